"""What only the edges may do, and what nobody does."""

import ast
import re

import pytest

from portal.database import db
from tests.house_rules.source import MODULES, PAGES, ROOT, TESTS, names_of, tree_of

# The worker's loop is an edge too: each step of a reader is a transaction.
COMMITTING = {"views", "cli"}
THE_WORKER = {"portal/activity/reading.py"}


def calls_in(path, name):
    """The calls of a method of that name in a module, as source."""
    return [
        names_of(node)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_the_edges_commit(path):
    commits = [call for call in calls_in(path, "commit") if "session" in call]
    assert not commits or path.stem in COMMITTING or str(path) in THE_WORKER


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_the_clock_knows_the_time(path):
    asked = [
        call
        for name in ("now", "utcnow", "today")
        for call in calls_in(path, name)
        if call.startswith(("datetime", "date."))
    ]
    assert not asked or path.stem == "clock"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_no_page_is_found_by_counting_rows(path):
    assert calls_in(path, "offset") == []


def test_a_relationship_is_never_loaded_by_looking_at_it():
    loaded = [
        f"{mapper.class_.__name__}.{each.key}"
        for mapper in db.Model.registry.mappers
        for each in mapper.relationships
        if each.lazy not in {"raise", "raise_on_sql"}
    ]
    assert loaded == []


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_template_holds_neither_script_nor_style(path):
    text = (ROOT / path).read_text()
    assert not re.findall(r"\s(?:style|on\w+)\s*=|javascript:|hx-on|hx-vars|js:", text)
    scripts = re.findall(r"<(?:script|style)\b[^>]*>", text)
    assert all("nonce=" in tag for tag in scripts)


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_no_test_is_skipped(path):
    calls = {names_of(node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}
    assert not calls & {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.importorskip"}
    assert not calls & {"pytest.xfail", "pytest.mark.xfail"}
