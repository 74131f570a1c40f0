"""One style sheet and one script for all pages."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
KINDS = pytest.mark.parametrize(("kind", "holds"), [("css", "@layer"), ("js", "htmx:load")])


@KINDS
def test_the_page_asks_for_one_file_that_may_be_kept(as_, kind, holds):
    address = re.search(rf'="(/static/{kind}/all-\w+)"', as_().get("/nowhere").text)[1]
    answer = as_().get(address)
    assert "immutable" in answer.headers["Cache-Control"]
    assert holds in answer.text


@KINDS
def test_an_outdated_address_still_answers_but_is_not_kept(as_, kind, holds):
    answer = as_().get(f"/static/{kind}/all-0")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert holds in answer.text


def test_the_accent_is_the_setting(as_, settings):
    assert f":root {{ --hue: {settings.accent_hue}; }}" in as_().get("/static/css/all-0").text


def test_every_part_is_in_the_order():
    assert sorted(_order("css")) == _parts("css")
    # The colours are chosen before the page is drawn, so that script stands alone in the head.
    assert sorted([*_order("js"), "theme"]) == _parts("js")


def _order(kind):
    return (STATIC / kind / "order.txt").read_text().split()


def _parts(kind):
    return sorted(each.stem for each in (STATIC / kind).glob(f"*.{kind}"))
