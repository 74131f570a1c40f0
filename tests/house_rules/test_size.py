"""Budgets: what outgrows them says more than one thing."""

import ast

from tests.house_rules.source import MODULES, PAGES, ROOT, VIEWS, faults, functions_of, length_of

MODULE, FUNCTION, HANDLER, TEMPLATE, PARTIAL = 250, 25, 15, 60, 40
# Lists with one entry per thing: splitting them would only hide the list.
CATALOGUES = {"portal/activity/events.py"}
VERBS = {"route", "get", "post", "put", "patch", "delete"}


def lines_in(path):
    return len((ROOT / path).read_text().splitlines())


def is_handler(function):
    return any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in VERBS
        for each in function.decorator_list
    )


def longer_than(limit, functions):
    return {each.name: length_of(each) for each in functions if length_of(each) > limit}


def test_a_module_is_short():
    ordinary = [path for path in MODULES if str(path) not in CATALOGUES]
    assert faults(ordinary, lambda path: lines_in(path) > MODULE) == {}


def test_a_function_is_short():
    assert faults(MODULES, lambda path: longer_than(FUNCTION, functions_of(path))) == {}


def test_a_handler_is_short():
    assert faults(VIEWS, lambda path: longer_than(HANDLER, filter(is_handler, functions_of(path)))) == {}


def test_a_template_is_short():
    assert faults(PAGES, lambda path: lines_in(path) > (PARTIAL if is_part(path) else TEMPLATE)) == {}


def is_part(path):
    return path.name.startswith("_") or path.name.endswith(".hx.html")
