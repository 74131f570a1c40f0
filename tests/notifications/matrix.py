"""Who may read what they are told, and follow what."""

from tests.matrix import row

SEEN, HIDDEN = {"idea_id": "idea"}, {"idea_id": "hidden_idea"}
OWN = {"notice_id": 1}

ROUTES = [
    row("GET", "notices.index", everyone=200, stranger=302),
    row("PUT", "notices.put_reading", OWN, everyone=404, stranger=401, customer=303),
    row("PUT", "notices.put_all_readings", OWN, everyone=404, stranger=401, customer=303),
    row("PUT", "notices.put_following", SEEN, everyone=303, stranger=401),
    row("DELETE", "notices.delete_following", SEEN, everyone=303, stranger=401),
    row(
        "PUT", "notices.put_following", HIDDEN,
        everyone=404, stranger=401, customer=303, moderator=303, admin=303,
    ),
    row(
        "DELETE", "notices.delete_following", HIDDEN,
        everyone=404, stranger=401, customer=303, moderator=303, admin=303,
    ),
]  # fmt: skip
