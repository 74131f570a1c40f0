"""One style sheet for all pages."""

import re
from pathlib import Path

CSS = Path(__file__).parents[2] / "static" / "css"


def test_the_page_asks_for_one_sheet_that_may_be_kept(as_):
    address = re.search(r'href="(/static/css/all-\w+\.css)"', as_().get("/nowhere").text)[1]
    sheet = as_().get(address)
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "@layer" in sheet.text


def test_an_outdated_address_still_answers_but_is_not_kept(as_):
    assert as_().get("/static/css/all-0.css").headers["Cache-Control"] == "no-cache"


def test_every_sheet_is_in_the_order():
    assert sorted((CSS / "order.txt").read_text().split()) == sorted(each.stem for each in CSS.glob("*.css"))
