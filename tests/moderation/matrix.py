"""Who may flag, judge, hide, lock and read the log."""

from tests.matrix import row

HIDE = {"reason": "Advertising"}
MODERATORS = {"moderator": 200, "admin": 200}
ACTING = {"stranger": 401, "moderator": 303, "admin": 303}

ROUTES = [
    row("GET", "moderation.queue", everyone=403, stranger=302, **MODERATORS),
    row("GET", "moderation.log", everyone=403, stranger=302, **MODERATORS),
    row(
        "GET",
        "moderation.show",
        {"subject": "idea", "thing_id": 1},
        everyone=403,
        stranger=302,
        moderator=303,
        admin=303,
    ),
    row("GET", "moderation.new_flag", {"subject": "idea", "thing_id": "1"}, everyone=200, stranger=302),
    row(
        "POST",
        "moderation.create_flag",
        data={"subject": "idea", "thing_id": "1", "reason": "spam"},
        everyone=303,
        stranger=401,
        customer=403,
    ),
    row("DELETE", "moderation.delete_flags", {"subject": "idea", "thing_id": 1}, everyone=403, **ACTING),
    row("PUT", "moderation.put_hiding", {"subject": "idea", "thing_id": 1}, HIDE, everyone=403, **ACTING),
    row(
        "PUT",
        "moderation.put_hiding",
        {"subject": "idea", "thing_id": 2},
        HIDE,
        everyone=404,
        customer=403,
        **ACTING,
    ),
    row("DELETE", "moderation.delete_hiding", {"subject": "topic", "thing_id": 1}, everyone=403, **ACTING),
    row("PUT", "moderation.put_lock", {"subject": "topic", "thing_id": 1}, HIDE, everyone=403, **ACTING),
    row("DELETE", "moderation.delete_lock", {"subject": "idea", "thing_id": 1}, everyone=403, **ACTING),
]
