"""Who may do what at the desk of product managers."""

from tests.matrix import row

DECIDES = {"everyone": 403, "stranger": 302, "product_manager": 200, "admin": 200}

STAFF = DECIDES | {"moderator": 200}
HIDDEN = STAFF | {"product_manager": 404}

ROUTES = [
    row("GET", "insights.figures", **DECIDES),
    row("GET", "insights.figures", {"board": "board"}, **DECIDES),
    row(
        "GET", "insights.figures", {"board": 4711}, everyone=403, stranger=302, product_manager=404, admin=404
    ),
    row("GET", "insights.votes", **STAFF),
    row("GET", "insights.votes", {"idea": 1, "tier": "enterprise", "since": "2026-01-01"}, **STAFF),
    row("GET", "insights.wanted", {"idea_id": "idea"}, **STAFF),
    row("GET", "insights.wanted", {"idea_id": "hidden_idea"}, **HIDDEN),
    row("GET", "insights.bursts", **STAFF),
    row("GET", "insights.desk", **DECIDES),
    row("GET", "insights.desk", {"sort": "new"}, **DECIDES),
]
