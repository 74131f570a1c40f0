"""What Markdown and imported HTML become, case by case."""

import json
from pathlib import Path

import pytest

from portal.markup import clean, cook, text_of

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.get("markdown") or case["html_source"])
def test_it_becomes(case):
    cooked = cook(case["markdown"]) if "markdown" in case else clean(case["html_source"])
    assert cooked.html.strip() == case["html"]


@pytest.mark.parametrize(
    ("html", "length", "text"),
    [
        ("<p>one</p><p>two</p>", 300, "one two"),
        ("<p>a &lt;b&gt; &amp; c</p>", 300, "a <b> & c"),
        ("<ul><li>x</li><li>y</li></ul>", 300, "x y"),
        ("<p>one two three</p>", 9, "one two…"),
        ("<p>onetwothree</p>", 6, "onetw…"),
        ("", 10, ""),
    ],
)
def test_plain_text(html, length, text):
    assert text_of(html, length) == text
