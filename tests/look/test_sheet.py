"""The component sheet renders with names that exist, and its parts refer to one another correctly."""

from collections import Counter
from html.parser import HTMLParser

import pytest
from flask import render_template


class Elements(HTMLParser):
    """The attributes of every element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def sheet(app):
    with app.test_request_context("/-/components"):
        return Elements(render_template("components.html")).found


def test_ids_are_unique(sheet):
    counts = Counter(attributes["id"] for _tag, attributes in sheet if "id" in attributes)
    assert [name for name, times in counts.items() if times > 1] == []


@pytest.mark.parametrize("attribute", ["for", "aria-describedby", "aria-labelledby"])
def test_what_is_referred_to_exists(sheet, attribute):
    ids = {attributes.get("id") for _tag, attributes in sheet}
    named = {name for _tag, attributes in sheet for name in (attributes.get(attribute) or "").split()}
    assert named
    assert named <= ids


def test_every_button_says_what_it_is(sheet):
    buttons = [attributes for tag, attributes in sheet if tag == "button"]
    assert len(buttons) > 20
    assert all(each.get("type", "submit") in {"button", "submit"} for each in buttons)
