"""Who may do what under /questions/. The topic and its hidden twin are by `customer`; so is the hidden reply (4)."""

from tests.matrix import row

TOPIC, HIDDEN = {"topic_id": "topic"}, {"topic_id": "hidden_topic"}
REPLY = TOPIC | {"post_id": "reply"}
HIDDEN_REPLY = TOPIC | {"post_id": "hidden_reply"}
ELSEWHERE = TOPIC | {"post_id": "comment"}
TEXT = {"title": "A better title", "body": "A better text"}
STAFF = ("moderator", "product_manager", "admin")


def those_who_see(status, **others):
    """`status` for the author and those who moderate, 404 for everybody else."""
    seen = dict.fromkeys(("customer", "moderator", "admin"), status)
    return {"everyone": 404} | seen | others


def author_and_moderators(status, **others):
    """`status` for the author and those who moderate, 403 for everybody else."""
    return those_who_see(status) | {"everyone": 403} | others


ROUTES = [
    row("GET", "forums.index", everyone=200),
    row("GET", "forums.new", everyone=200, stranger=302),
    row("POST", "forums.create", {}, TEXT | {"category": "1"}, everyone=303, stranger=401),
    row("POST", "forums.create", {}, {}, everyone=422, stranger=401),
    row("GET", "forums.show", TOPIC, everyone=200),
    row("GET", "forums.show", HIDDEN, **those_who_see(200)),
    row("GET", "forums.edit_topic", TOPIC, **author_and_moderators(200, stranger=302)),
    row("GET", "forums.edit_topic", HIDDEN, **those_who_see(200, stranger=302)),
    row("PUT", "forums.put_topic", TOPIC, TEXT, **author_and_moderators(303, stranger=401)),
    row("PUT", "forums.put_topic", HIDDEN, TEXT, **those_who_see(303, customer=409, stranger=401)),
    row("GET", "forums.history", TOPIC, everyone=200, other_customer=403, stranger=302),
    row("GET", "forums.history", HIDDEN, **those_who_see(200, stranger=302)),
    row("POST", "forums.create_post", TOPIC, TEXT, everyone=303, stranger=401),
    row("POST", "forums.create_post", HIDDEN, TEXT, **those_who_see(303, customer=409, stranger=401)),
    row("GET", "forums.comments", TOPIC, everyone=200),
    row("GET", "forums.comments", HIDDEN, **those_who_see(200)),
    row("GET", "forums.newest", TOPIC, everyone=302),
    row("GET", "forums.newest", HIDDEN, **those_who_see(302)),
    row("GET", "forums.show_post", REPLY, everyone=302),
    row("GET", "forums.show_post", HIDDEN_REPLY, **those_who_see(302)),
    row("GET", "forums.show_post", ELSEWHERE, everyone=404),
    row("PUT", "forums.put_vote", REPLY, {"value": "1"}, everyone=303, other_customer=403, stranger=401),
    row("PUT", "forums.put_vote", HIDDEN_REPLY, {"value": "1"}, **those_who_see(409, stranger=401)),
    row("PUT", "forums.put_vote", ELSEWHERE, {"value": "1"}, everyone=404, stranger=401),
    row("DELETE", "forums.delete_vote", REPLY, everyone=303, stranger=401),
    row("DELETE", "forums.delete_vote", HIDDEN_REPLY, **those_who_see(409, stranger=401)),
    row(
        "PUT",
        "forums.put_acceptance",
        TOPIC,
        {"post_id": "3"},
        everyone=303,
        other_customer=403,
        stranger=401,
    ),
    row("PUT", "forums.put_acceptance", TOPIC, {"post_id": "4"}, **those_who_see(409, stranger=401)),
    row("PUT", "forums.put_acceptance", TOPIC, {"post_id": "1"}, everyone=404, stranger=401),
    row("DELETE", "forums.delete_acceptance", TOPIC, everyone=303, other_customer=403, stranger=401),
    row("DELETE", "forums.delete_acceptance", HIDDEN, **those_who_see(303, customer=409, stranger=401)),
]
