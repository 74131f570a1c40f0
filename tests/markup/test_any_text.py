"""Any text at all can be cooked, safely, and within its bounds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import markup
from portal.markup import LONGEST, MOST_CELLS, clean, cook, cook_again, link_allowed, plain, text_of
from tests.markup import oracle

PIECES = [
    "<script>", "</a>", "<a href=", "'", '"', "javascript:", "java\tscript:", "&#106;", "&colon;", "<img src=x onerror=",
    "<svg/onload=", "![", "[x](", ")", "](", "<", ">", "`", "```", "\n", "\n\n", "    ", "> ", "- ", "1. ", "|", "---",
    "http://a.example", "//b.example", "<!--", "-->", "<style>", "<math><mtext>", "</p>", "<table><tr><td>", "\x00",
    "\u202e", "\ud800", "*", "**", "_", "~~", "#", "\\", "@", "{{", "}}", "<p class=", "hl-x card", " style=", "é", "漢",
]  # fmt: skip
texts = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(texts)
def test_markdown(source):
    html = cook(source).html
    assert oracle.faults(html) == []
    html.encode()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(texts)
def test_imported_html(source):
    html = clean(source).html
    assert oracle.faults(html) == []
    assert clean(html).html == html


LETTERS = [
    "<br />\n",
    "&quot;",
    "&lt;",
    "&gt;",
    "&amp;",
    "&nbsp;",
    "&",
    "<",
    "b>",
    "lt;",
    "\n\n",
    "\x0b",
    "\x7f",
    "\ufeff",
]
letters = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(LETTERS)), max_size=5).map("".join)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(letters.map("<p>{}</p>\n".format), max_size=3).map("".join), st.booleans())
def test_paragraphs_of_letters_are_what_the_cleaner_makes_of_them(html, follow):
    html = plain(html)
    assert markup._safe(html, follow=follow) == str(markup._cleaner(follow).clean(html))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(texts)
def test_plain_text(source):
    assert "<script" not in text_of(cook(source).html, 50) or "&lt;script" in cook(source).html
    assert plain(plain(source)) == plain(source)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet="javscript:/\\\t\n \x01#?&;x", max_size=30))
def test_a_link_that_is_allowed_has_a_known_scheme(url):
    assert not link_allowed(url) or oracle.scheme_of(url) in oracle.SCHEMES | {""}


LONG = {
    "quotes": "> " * 5_000,
    "lists": "- " * 5_000,
    "deep lists": "\n".join("  " * n + "- x" for n in range(500)),
    "brackets": "[" * 20_000,
    "pictures": "![a](" * 5_000,
    "emphasis": "*a_" * 10_000,
    "strikes": "~~a" * 10_000,
    "table": "|" * 2_000 + "\n" + "-|" * 2_000,
    "entities": "&amp" * 10_000,
    "links": "http://a.example/(" * 3_000,
    "one word": "a" * 200_000,
}


@pytest.mark.parametrize("name", LONG)
def test_the_caps_hold(name):
    html = cook(LONG[name]).html
    assert oracle.depth(html) <= 90
    assert len(oracle.text(html)) <= LONGEST
    assert oracle.faults(html) == []


@pytest.mark.parametrize("tag", ["b", "div", "blockquote", "li", "p", "table"])
def test_nested_html_is_cut(tag):
    html = clean(f"<{tag}>" * 20_000).html
    assert oracle.faults(html) == []


@pytest.mark.parametrize("tables", [1, 20])
def test_a_text_has_only_so_many_cells(tables):
    wide = 500 if tables == 1 else 90
    table = "|a" * wide + "\n" + "|-" * wide + "\n" + "|\n" * (9_000 // tables) + "\n"
    html = cook(table * tables).html
    assert 1_000 < html.count("<td") + html.count("<th") <= MOST_CELLS
    assert html.rstrip().endswith("</p>")


def test_a_tag_with_attributes_without_end_is_text():
    for html in ("<a " * 30_000, "<a " + "/".join(f"a{n}" for n in range(14_000)) + ">x</a>"):
        assert "<a" not in clean(html).html
    usual = '<a href="https://a.example/" title="A" class="b" id="c">x</a>' * 200
    assert clean(usual).html.count("<a") == 200


def test_a_source_is_cooked_as_what_it_was():
    for way_in, source in ((cook, "**a** <b>b</b>"), (clean, "**a** <b>b</b>")):
        first = way_in(source)
        assert cook_again(source, first.version) == first
    assert cook("a").version != clean("a").version
