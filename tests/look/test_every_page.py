"""Every page of the visibility matrix in the real browser: no barrier in either theme, nothing cut off on a phone."""

import pytest
from flask import url_for

from tests import world
from tests.house_rules.test_visibility_matrix import READING

CUT_OFF = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


STILL = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


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
    page = visit(cast[actor], width=390)
    found = {}
    for address in addresses(app, things, actor):
        if not page.request.get(address).text().startswith("<!doctype html>"):
            continue  # a fragment, a file or JSON
        page.goto(address)
        barriers = axe(page)
        page.emulate_media(color_scheme="dark")
        page.evaluate(STILL)
        barriers += axe(page, "color-contrast")
        page.emulate_media(color_scheme="light")
        if page.evaluate(CUT_OFF) > 0:
            barriers.append("wider than the screen")
        if barriers:
            found[address] = barriers
    assert found == {}
