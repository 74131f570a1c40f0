"""Every hostile text as Markdown and as imported HTML: nothing that a browser makes of it is active."""

import csv
import io
import time

import pytest

from portal import markup
from portal.accounts import mailing
from portal.tables import FORMULA, guarded, write_csv
from tests.hostile import payloads

PAGE = "<main>{}</main>"
PROSE = '<main><div class="prose">{}</div></main>'


@pytest.fixture(scope="module", params=["own", pytest.param("collected", marks=pytest.mark.shared)])
def texts(request):
    return request.getfixturevalue(request.param)


def batches(texts, size=40):
    """So many at a time, for the browser and for us."""
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def alarms(shapes, texts, cook):
    """What is alive in the texts when they are cooked so, each in a place of its own."""
    many = batches(texts)
    found = shapes(*("".join(PROSE.format(cook(text)) for text in batch) for batch in many))
    return {tuple(batch): each.alarms for batch, each in zip(many, found, strict=True) if each.alarms}


# Outside of Markdown's own signs nothing that was written is lost.
SIGNS = set("[]()!*_`~#|>&\\+-=\n:./@\x00")


def test_markdown(shapes, texts):
    cooked = {text: markup.cook(text).html for text in texts}
    assert alarms(shapes, texts, cooked.__getitem__) == {}
    assert max(len(markup.text_of(cooked[text])) for text in payloads.sample(texts, 800)) <= 300
    plain = [text for text in texts if not set(text) & SIGNS and len(text) < 2000]
    assert len(plain) > 20
    many = batches(plain)
    found = shapes(*("".join(PAGE.format(cooked[text]) for text in batch) for batch in many))
    hidden = [text for batch, each in zip(many, found, strict=True) for text in batch if not each.shows(text)]
    assert hidden == []


def test_imported_html(shapes, texts):
    assert alarms(shapes, texts, lambda text: markup.clean(text).html) == {}


def test_markdown_that_was_exported_as_html_and_imported_again(shapes, texts):
    some = payloads.sample(texts, 300)
    assert alarms(shapes, some, lambda text: markup.clean(markup.cook(text).html).html) == {}


LINKS = ("[x]({})", "[x](<{}>)", "![x](<{}>)", "<{}>", '[x](http://a.example "{}")')


def test_the_target_of_a_link(shapes, texts):
    """Of a link, of a picture, between angle brackets, and as a title."""
    lines = [" ".join(each.split()) for each in texts if len(each) <= markup.LONGEST_LINK]
    for turn, shape in enumerate(LINKS):
        links = ["\n\n".join(map(shape.format, batch)) for batch in batches(lines[turn :: len(LINKS)])]
        assert alarms(shapes, links, lambda text: markup.cook(text).html) == {}, shape


def test_the_words_of_a_mail_as_html(shapes, texts):
    found = shapes(*(mailing.as_html(pack) for pack in payloads.packed(texts, 3000, " | ")))
    made = {kind for each in found for kind in each.made}
    usual = {
        "<html lang=en>",
        "<head>",
        "<body>",
        "<p>",
        "<br>",
        "<a href>http:>",
        "<a href>https:>",
        "<a href>nowhere>",
    }
    assert made <= usual | {"<a href>ours>"}


def test_a_text_for_a_mail_is_readable(shapes, texts):
    some = payloads.sample([text for text in texts if len(text) < 500], 300)
    found = shapes(*(mailing.as_html(text) for text in some))
    assert [text for text, each in zip(some, found, strict=True) if not each.shows(text)] == []


def test_a_cell_of_a_table_is_no_formula(texts):
    file = io.StringIO(newline="")
    write_csv(file, ["n", "text"], enumerate(texts))
    file.seek(0)
    csv.field_size_limit(1_000_000)
    rows = list(csv.reader(file))[1:]
    assert len(rows) == len(texts)
    for (_n, cell), text in zip(rows, texts, strict=True):
        assert not cell.startswith(FORMULA)
        assert not cell.lstrip().startswith(FORMULA)
        assert cell in {text, f"'{text}"}
    assert guarded(-5) == -5


@pytest.mark.shared
def test_the_rule_of_each_markdown_case_is_met(shapes, shared):
    for case in payloads.read(shared / "data/hostile/markdown/cases.json"):
        began = time.process_time()
        cooked = markup.cook(case["markdown"]).html
        took = time.process_time() - began
        (found,) = shapes(PROSE.format(cooked))
        assert found.alarms == [], case["id"]
        if case["must"] == "resource-bound":
            assert took < 0.5, case["id"]
        if case["must"] == "link-ok":
            assert 'href="https://example.invalid/?a=1&amp;lt=2&amp;copy=3"' in cooked
        if case["must"] == "text-survives" and case["id"] not in {24, 25}:
            words = case["markdown"].replace("[good](https://example.invalid)", "good")
            assert found.shows(words), case["id"]
