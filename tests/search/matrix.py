"""Everybody may search; what they find is another test."""

from tests.matrix import row

ROUTES = [
    row("GET", "search.index", {}, everyone=200),
    row("GET", "search.similar", {}, everyone=200),
]

STAFF = {"everyone": 403, "moderator": 200, "product_manager": 200, "admin": 200}
DONE = {"everyone": 403, "stranger": 401, "moderator": 303, "product_manager": 303, "admin": 303}
ROUTES += [
    row("GET", "pairs.index", **STAFF, stranger=302),
    row("PUT", "pairs.put_dismissal", {"pair_id": 1}, **DONE),
    row("DELETE", "pairs.delete_dismissal", {"pair_id": 1}, **DONE),
    row("PUT", "pairs.put_merging", {"pair_id": 1}, **DONE),
]
