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


@pytest.fixture(scope="module")
def cooked(texts):
    return [markup.cook(text).html for text in texts]


def alarms(shapes, texts, shown):
    found = shapes(*(PROSE.format(each) for each in shown))
    return {text[:200]: each.alarms for text, each in zip(texts, found, strict=True) if each.alarms}


def test_markdown(shapes, texts, cooked):
    assert alarms(shapes, texts, cooked) == {}


def test_imported_html(shapes, texts):
    assert alarms(shapes, texts, [markup.clean(text).html for text in texts]) == {}


def test_markdown_that_was_exported_as_html_and_imported_again(shapes, texts):
    some = payloads.sample(texts, 500)
    assert alarms(shapes, some, [markup.clean(markup.cook(text).html).html for text in some]) == {}


def test_what_is_cooked_shows_the_text(shapes, texts, cooked):
    """Outside of Markdown's own signs nothing that was written is lost."""
    signs = set("[]()!*_`~#|>&\\+-=\n:./@\x00")
    plain = {
        text: html
        for text, html in zip(texts, cooked, strict=True)
        if not set(text) & signs and len(text) < 2000
    }
    found = shapes(*(PAGE.format(html) for html in plain.values()))
    assert [text for text, each in zip(plain, found, strict=True) if not each.shows(text)] == []


def test_the_first_words_of_a_text_are_short(cooked):
    assert max(len(markup.text_of(html)) for html in payloads.sample(cooked, 800)) <= 300


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
