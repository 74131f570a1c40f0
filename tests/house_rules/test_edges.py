"""What only the edges may do, and what nobody does."""

import ast
import re

from portal.database import db
from tests.house_rules.source import MODULES, PAGES, ROOT, TESTS, faults, names_of, nodes_naming

# The worker's loop is an edge too: each step of a reader is a transaction.
COMMITTING = {"views", "cli"}
THE_WORKER = {"portal/activity/reading.py"}


def calls_in(path, name):
    """The calls of a method of that name in a module, as source."""
    return [
        names_of(node)
        for node in nodes_naming(path, f".{name}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_only_the_edges_commit():
    inside = [path for path in MODULES if path.stem not in COMMITTING and str(path) not in THE_WORKER]
    assert faults(inside, lambda path: [call for call in calls_in(path, "commit") if "session" in call]) == {}


def test_only_the_clock_knows_the_time():
    assert faults([path for path in MODULES if path.stem != "clock"], times_asked) == {}


def times_asked(path):
    return [
        call
        for name in ("now", "utcnow", "today")
        for call in calls_in(path, name)
        if call.startswith(("datetime", "date."))
    ]


def test_no_page_is_found_by_counting_rows():
    assert faults(MODULES, lambda path: calls_in(path, "offset")) == {}


def test_a_relationship_is_never_loaded_by_looking_at_it():
    loaded = [
        f"{mapper.class_.__name__}.{each.key}"
        for mapper in db.Model.registry.mappers
        for each in mapper.relationships
        if each.lazy not in {"raise", "raise_on_sql"}
    ]
    assert loaded == []


def test_a_template_holds_neither_script_nor_style():
    assert faults(PAGES, script_and_style) == {}


def script_and_style(path):
    text = (ROOT / path).read_text()
    tags = re.findall(r"<(?:script|style)\b[^>]*>", text)
    inline = re.findall(r"\s(?:style|on\w+)\s*=|javascript:|hx-on|hx-vars|js:", text)
    return inline + [tag for tag in tags if "nonce=" not in tag]


LEAVING_OUT = {
    "pytest.skip",
    "pytest.mark.skip",
    "pytest.mark.skipif",
    "pytest.importorskip",
    "pytest.xfail",
    "pytest.mark.xfail",
}


def test_no_test_is_skipped():
    assert faults(TESTS, lambda path: LEAVING_OUT & attributes_in(path)) == {}


def attributes_in(path):
    last = {f".{each.rpartition('.')[2]}" for each in LEAVING_OUT}
    return {names_of(node) for node in nodes_naming(path, *last) if isinstance(node, ast.Attribute)}
