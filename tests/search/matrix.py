"""Everybody may search; what they find is another test."""

from tests.matrix import row

ROUTES = [
    row("GET", "search.index", {}, everyone=200),
    row("GET", "search.similar", {}, everyone=200),
]
