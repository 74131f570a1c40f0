"""Every page of the visibility matrix in the real browser: no barrier in either theme, nothing cut off on a phone."""

from pathlib import Path

import pytest
from flask import url_for
from playwright.sync_api import Error as PlaywrightError

from tests import world
from tests.browsing import AXE
from tests.house_rules.test_visibility_matrix import READING

pytestmark = pytest.mark.only_on("sqlite")

STILL = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PHONE = {"width": 360, "height": 900}
DESK = {"width": 1280, "height": 900}
LOOKS = (Path(__file__).parent / "looks.js").read_text()
# One question and one answer: what lies between the test and the page takes as long as finding it out.
SEEN = f"""async (moved) => {{
    if (moved) await ({STILL})();
    const whole = document.documentElement;
    return [({LOOKS.strip().removesuffix(";")})(), whole.scrollWidth - whole.clientWidth];
}}"""
AT_LEAST = {"stranger": 15, "admin": 100}


def addresses(app, things, actor):
    """One address of every page that this actor may read."""
    with app.test_request_context():
        pages = {
            each.endpoint: url_for(each.endpoint, **{k: things.get(v, v) for k, v in each.args.items()})
            for each in reversed(READING)
            if each.expect[actor] == 200
        }
    return sorted(pages.values())


@pytest.fixture(scope="module")
def judge(axe):
    """One for all pages."""
    return Judge(axe)


@pytest.mark.parametrize("actor", ["stranger", "admin"])
def test_a_page_keeps_nobody_out(app, cast, make, visit, judge, actor):
    things = world.build(make, cast)
    paths = addresses(app, things, actor)
    page, found, looked = visit(cast[actor], width=360), {}, 0
    # It is compiled for each page in half the time that sending it there takes.
    page.add_init_script(path=AXE)
    for address in paths:
        if not opens(page, address):
            continue
        looked += 1
        if barriers := [*judge.barriers_of(page)]:
            found[address] = barriers
    assert found == {}
    assert looked > AT_LEAST[actor]


def opens(page, address):
    """Whether this is a page: not a fragment, a file or JSON."""
    try:
        page.goto(address)
    except PlaywrightError as no_page:
        if "Download is starting" not in no_page.message:
            raise
        return False
    return page.evaluate("document.doctype !== null && document.contentType === 'text/html'")


def seen_on(page, *, moved=False):
    """Of each element its colours, empty when it shows no text, and its part, as looks.js tells them; and how much the page
    is wider than the screen. Whatever `moved` is waited for."""
    told, cut_off = page.evaluate(SEEN, moved)
    said = [told["known"][place] for place in told["looks"]]
    return list(zip(said[::2], said[1::2], strict=True)), cut_off


class Judge:
    """Looks for barriers on one page after the other.

    On a phone, by light, everything is looked at on each page. Contrast is measured once for each set of colours, and of
    what is otherwise on a desk than on a phone, each difference once.
    """

    def __init__(self, axe):
        self.axe = axe
        self.known = set()

    def new(self, looks):
        """The numbers of the elements that look as none did before: one for each of these looks."""
        fresh = {look: number for number, look in enumerate(looks) if look and look not in self.known}
        self.known.update(fresh)
        return sorted(fresh.values())

    def barriers_of(self, page):
        """What is in the way on this page: by light and in the dark, on a phone and on a desk."""
        yield from self.axe(page, without="color-contrast")
        on_phone, cut_off = seen_on(page)
        if cut_off > 0:
            yield "wider than the screen"
        yield from self.contrast(page, on_phone)
        page.emulate_media(color_scheme="dark")
        yield from self.contrast(page, seen_on(page)[0])
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESK)
        at_desk, cut_off = seen_on(page, moved=True)
        if cut_off > 0:
            yield "wider than the screen of a desk"
        pairs = zip(on_phone, at_desk, strict=True)
        if fresh := self.new((phone, desk) if phone != desk else None for (_, phone), (_, desk) in pairs):
            yield from self.axe(page, without="color-contrast", only=fresh)
        page.set_viewport_size(PHONE)

    def contrast(self, page, looks):
        """What cannot be read, of the colours that are new here."""
        if fresh := self.new(colours for colours, _ in looks):
            page.evaluate(STILL)
            yield from self.axe(page, "color-contrast", only=fresh)
