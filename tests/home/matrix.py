"""The first screen is for everybody."""

from tests.matrix import row

ROUTES = [
    row("GET", "home.index", everyone=200),
    row("GET", "home.choose", {"title": "Offline mode"}, everyone=200),
]
