"""Who may do what with ideas."""

from tests.matrix import row

IDEA = {"title": "Print labels", "body": "For the shelves.", "board": "1"}
HIDDEN = {"idea_id": "hidden_idea"}
SEEN = {"idea_id": "idea"}

ROUTES = [
    row("GET", "ideas.index", everyone=200),
    row("GET", "ideas.index", {"board": 1, "status": "open", "sort": "top", "text": "mode"}, everyone=200),
    row("GET", "ideas.new", everyone=200, stranger=302),
    row("POST", "ideas.create", data=IDEA, everyone=303, stranger=401),
    row("POST", "ideas.create", data=IDEA | {"board": "4711"}, everyone=422, stranger=401),
    row("GET", "ideas.show", SEEN, everyone=200),
    row("GET", "ideas.show", HIDDEN, everyone=404, customer=200, moderator=200, admin=200),
    row("GET", "ideas.show", {"idea_id": 4711}, everyone=404),
    row("PUT", "ideas.put_vote", SEEN, everyone=303, stranger=401),
    row("PUT", "ideas.put_vote", HIDDEN, everyone=404, stranger=401, customer=409, moderator=409, admin=409),
    row("PUT", "ideas.put_vote", SEEN, {"value": "-1"}, everyone=403, stranger=401),
    row("PUT", "ideas.put_vote", SEEN, {"value": "7"}, everyone=400, stranger=401),
    row("DELETE", "ideas.delete_vote", SEEN, everyone=303, stranger=401),
    row(
        "DELETE",
        "ideas.delete_vote",
        HIDDEN,
        everyone=404,
        stranger=401,
        customer=409,
        moderator=409,
        admin=409,
    ),
]
