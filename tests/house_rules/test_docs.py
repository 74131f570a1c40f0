"""Links in the README and in docs/ lead somewhere, and what they name as proof is there."""

import re
from functools import cache

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


def test_every_test_and_bench_that_a_document_names_is_there():
    assert faults(TEXTS, naming_what_is_not_there) == {}


def naming_what_is_not_there(path):
    text = (ROOT / path).read_text()
    tests = [f"{file}::{name}" for file, name in re.findall(r"(test_\w+\.py)::(test_\w+)", text)]
    benches = re.findall(r"\bbench/\w+\.py", text)
    return [each for each in tests if each not in every_test()] + [
        each for each in benches if not (ROOT / each).is_file()
    ]


@cache
def every_test():
    """Every test as `file::name`."""
    files = (ROOT / "tests").rglob("test_*.py")
    return {
        f"{file.name}::{name}"
        for file in files
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
