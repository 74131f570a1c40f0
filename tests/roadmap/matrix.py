"""Who may do what with roadmaps."""

from tests.matrix import row

SEEN = {"roadmap_id": "roadmap"}
HOUSE = {"roadmap_id": "staff_roadmap"}
ITEM = SEEN | {"idea_id": "idea"}
DRAWN = {
    "name": "What is next", "position": "1", "arrangement": "status", "column_1": "planned", "automatic": "y",
    "audience": "public",
}  # fmt: skip
DECIDES = {"everyone": 403, "product_manager": 200, "admin": 200}
ACTS = {"everyone": 403, "stranger": 401, "product_manager": 303, "admin": 303}
OF_STAFF = {"everyone": 404, "moderator": 200, "product_manager": 200, "admin": 200}

ROUTES = [
    row("GET", "roadmap.index", everyone=200),
    row("GET", "roadmap.index", {"board": "board", "segment": "Food", "tier": "small"}, everyone=200),
    row("GET", "roadmap.show", SEEN, everyone=200),
    row("GET", "roadmap.show", {"roadmap_id": "quarters"}, everyone=200),
    row("GET", "roadmap.show", HOUSE, **OF_STAFF),
    row("GET", "roadmap.show", SEEN | {"board": 4711}, everyone=404),
    row("GET", "roadmap.show_column", SEEN | {"key": "open"}, everyone=200),
    row("GET", "roadmap.show_column", {"roadmap_id": "quarters", "key": "undated"}, everyone=200),
    row("GET", "roadmap.show_column", HOUSE | {"key": "open"}, **OF_STAFF),
    row("GET", "roadmap.show_column", SEEN | {"key": "nowhere"}, everyone=404),
    row("GET", "roadmap.new", **DECIDES, stranger=302),
    row("POST", "roadmap.create", {}, DRAWN, **ACTS),
    row("POST", "roadmap.create", {}, DRAWN | {"column_1": ""}, **ACTS | {"product_manager": 422, "admin": 422}),
    row("GET", "roadmap.edit", SEEN, **DECIDES, stranger=302),
    row("GET", "roadmap.edit", HOUSE, **OF_STAFF | {"moderator": 403}, stranger=302),
    row("PUT", "roadmap.put", SEEN, DRAWN, **ACTS),
    row("PUT", "roadmap.archive", SEEN, **ACTS),
    row("DELETE", "roadmap.reopen", SEEN, **ACTS),
    row("GET", "roadmap.new_item", SEEN, **DECIDES, stranger=302),
    row("GET", "roadmap.new_item", SEEN | {"q": "offline"}, **DECIDES, stranger=302),
    row("GET", "roadmap.edit_item", ITEM, **DECIDES, stranger=302),
    row(
        "GET", "roadmap.edit_item", SEEN | {"idea_id": "hidden_idea"},
        everyone=403, stranger=302, product_manager=404, admin=200,
    ),
    row("PUT", "roadmap.put_place", ITEM, {"column": "planned", "place": "1"}, **ACTS),
    row("PUT", "roadmap.put_place", ITEM, {"column": "nowhere"}, **ACTS | {"product_manager": 422, "admin": 422}),
    row("PUT", "roadmap.put_choice", ITEM, {"choice": "left_out", "reason": "Too early"}, **ACTS),
    row("PUT", "roadmap.put_choice", ITEM, {"choice": "x"}, **ACTS | {"product_manager": 422, "admin": 422}),
]  # fmt: skip
