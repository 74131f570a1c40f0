"""Every page of the visibility matrix in the real browser: no barrier in either theme, nothing cut off on a phone."""

import pytest
from flask import url_for

from tests import world
from tests.house_rules.test_visibility_matrix import READING

pytestmark = pytest.mark.only_on("sqlite")

CUT_OFF = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STILL = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PHONE = {"width": 360, "height": 900}
DESK = {"width": 1280, "height": 900}


def addresses(app, things, actor):
    """One address of every page that this actor may read."""
    with app.test_request_context():
        pages = {
            each.endpoint: url_for(each.endpoint, **{k: things.get(v, v) for k, v in each.args.items()})
            for each in reversed(READING)
            if each.expect[actor] == 200
        }
    return sorted(pages.values())


@pytest.mark.parametrize("actor", ["stranger", "admin"])
def test_a_page_keeps_nobody_out(app, cast, make, visit, axe, actor):
    things = world.build(make, cast)
    paths = addresses(app, things, actor)
    page, found = visit(cast[actor], width=360), {}
    for address in paths:
        if not page.request.get(address).text().startswith("<!doctype html>"):
            continue  # a fragment, a file or JSON
        page.goto(address)
        if barriers := [*barriers_of(page, axe)]:
            found[address] = barriers
    assert found == {}


def barriers_of(page, axe):
    """What is in the way on this page: by light and in the dark, on a phone and on a desk."""
    yield from axe(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(STILL)
    yield from axe(page, "color-contrast")
    page.emulate_media(color_scheme="light")
    if page.evaluate(CUT_OFF) > 0:
        yield "wider than the screen"
    page.set_viewport_size(DESK)
    page.evaluate(STILL)
    yield from axe(page, without="color-contrast")
    if page.evaluate(CUT_OFF) > 0:
        yield "wider than the screen of a desk"
    page.set_viewport_size(PHONE)
