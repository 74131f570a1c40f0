"""Nothing active survives: hostile texts through both ways in, parsed as a browser does."""

import json

import pytest

from portal.markup import LONGEST, clean, cook, text_of
from tests.markup import oracle

pytestmark = pytest.mark.shared

# The visible text of the cases that must keep it, where Markdown takes signs away or a sign stands for another.
SEEN = {
    24: "<img src=x onerror=alert(1)>",
    25: "<script>alert(1)</script>",
    46: "\u202egnp.exe\u202c good",
    57: "\ufffd\ufffe\ud7ff x",
}


@pytest.fixture
def hostile(shared):
    return shared / "data/hostile"


def test_every_markdown_case_meets_its_rule(hostile):
    cases = json.loads((hostile / "markdown/cases.json").read_text())
    assert len(cases) >= 58
    failed = {case["id"]: found for case in cases if (found := broken(case))}
    assert failed == {}


def broken(case):
    """Why the case does not meet its rule, or nothing."""
    source, must = case["markdown"], case["must"]
    html = cook(source).html
    found = oracle.faults(html)
    if must == "text-survives":
        seen = " ".join(SEEN.get(case["id"], source).split())
        found += [] if oracle.text(html) == seen else [f"reads {oracle.text(html)!r}"]
    elif must == "link-ok":
        found += [] if oracle.links(html) == [source] else [f"links to {oracle.links(html)}"]
    elif must == "resource-bound":
        found += [] if oracle.depth(html) <= 90 and len(html) < 20 * LONGEST else ["outgrows its bounds"]
    elif must not in {"no-script-url", "no-active-html"}:
        found.append(f"unknown rule {must}")
    return found


def payloads(folder):
    for path in sorted((folder / "xss").glob("*.txt")):
        if "LICENSE" not in path.name:
            yield from path.read_text(errors="replace").splitlines()
    for vector in json.loads((folder / "xss/h5sc-vectors.json").read_text()):
        yield (
            vector["data"].replace("%js_alert%", "alert(1)").replace("%js_uri_alert%", "javascript:alert(1)")
        )
    yield from (each["payload"] for each in json.loads((folder / "xss/dompurify-expect.json").read_text()))
    yield from (each["input"] for each in json.loads((folder / "xss/bleach-data.json").read_text()))
    yield from json.loads((folder / "strings/blns.json").read_text())
    yield from (each["name"] for each in json.loads((folder / "strings/usernames.json").read_text()))
    yield from (each["url"] for each in json.loads((folder / "strings/urls.json").read_text()))


def some_of(hostile, step):
    """All of them go into a browser (tests/hostile/test_cooking.py); here some are read by a second parser."""
    everything = list(payloads(hostile))
    assert len(everything) > 8_300
    return everything[::step]


@pytest.mark.parametrize("way_in", [cook, clean])
def test_no_payload_survives(hostile, way_in):
    some = some_of(hostile, 10)
    live = [(payload, found) for payload in some if (found := oracle.faults(way_in(payload).html))]
    assert live[:5] == []


def test_no_payload_survives_as_a_link(hostile):
    """As the target of a Markdown link, of a picture, and between angle brackets."""
    some = [" ".join(each.split()) for each in some_of(hostile, 13)]
    shapes = ("[x]({})", "[x](<{}>)", "![x](<{}>)", "<{}>", '[x](http://a.example "{}")')
    for turn, shape in enumerate(shapes):
        live = [each for each in some[turn :: len(shapes)] if oracle.faults(cook(shape.format(each)).html)]
        assert live[:5] == []


def test_the_plain_text_of_a_payload_is_plain(hostile):
    for payload in some_of(hostile, 20):
        seen = text_of(cook(payload).html)
        assert len(seen) <= 300
        assert "\n" not in seen
