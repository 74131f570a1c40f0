"""Budgets: what outgrows them says more than one thing."""

import ast

import pytest

from tests.house_rules.source import MODULES, PAGES, ROOT, VIEWS, functions_of, length_of

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


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_is_short(path):
    if str(path) not in CATALOGUES:
        assert lines_in(path) <= MODULE


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_function_is_short(path):
    assert longer_than(FUNCTION, functions_of(path)) == {}


@pytest.mark.parametrize("path", VIEWS, ids=str)
def test_a_handler_is_short(path):
    assert longer_than(HANDLER, filter(is_handler, functions_of(path))) == {}


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_template_is_short(path):
    is_part = path.name.startswith("_") or path.name.endswith(".hx.html")
    assert lines_in(path) <= (PARTIAL if is_part else TEMPLATE)
