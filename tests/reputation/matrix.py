"""Everybody may read how a reputation came about."""

from tests.matrix import row

ROUTES = [
    row("GET", "reputation.show", {"person_id": "customer"}, everyone=200),
    row("GET", "reputation.show", {"person_id": "imported_person"}, everyone=200),
]
