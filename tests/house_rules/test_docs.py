"""Links in the README and in docs/ lead somewhere."""

import re

from tests.house_rules.source import ROOT, faults

TEXTS = sorted(path.relative_to(ROOT) for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def test_every_relative_link_leads_to_a_file():
    assert faults(TEXTS, leading_nowhere) == {}


def leading_nowhere(path):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", (ROOT / path).read_text())
    return [link for link in links if not ((ROOT / path).parent / link).exists()]


def test_the_readme_links_to_every_document():
    readme = (ROOT / "README.md").read_text()
    assert [str(path) for path in TEXTS[1:] if path.parts[0] == "docs" and f"({path})" not in readme] == []
