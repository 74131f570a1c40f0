"""Who may do what at the desk of product managers."""

from tests.matrix import row

DECIDES = {"everyone": 403, "stranger": 302, "product_manager": 200, "admin": 200}

ROUTES = [
    row("GET", "insights.desk", **DECIDES),
    row("GET", "insights.desk", {"sort": "new"}, **DECIDES),
]
