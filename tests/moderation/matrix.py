"""Who may flag, judge, hide, lock and read the log."""

from tests.matrix import row

HIDE = {"reason": "Advertising"}
MODERATORS = {"moderator": 200, "admin": 200}
ACTING = {"stranger": 401, "moderator": 303, "admin": 303}

COMMENT = {"post_id": "1"}
CUSTOMERS = {"customer": 403, "other_customer": 403}
IDEA = {"board": "1", "title": "A wish", "body": "Said in a question"}
QUESTION = {"category": "1", "title": "How so?", "body": "Said in an idea", "status": "declined"}

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
    row("GET", "converting.new_idea", {"topic_id": "topic"}, everyone=200, stranger=302, **CUSTOMERS),
    row("GET", "converting.new_idea", {"topic_id": "asked_topic"}, everyone=303, stranger=302, **CUSTOMERS),
    row(
        "GET",
        "converting.new_idea",
        {"topic_id": "hidden_topic"},
        everyone=404,
        stranger=302,
        customer=403,
        **MODERATORS,
    ),
    row("PUT", "converting.put_idea", {"topic_id": "topic"}, IDEA, everyone=303, stranger=401, **CUSTOMERS),
    row("POST", "converting.ask_more", {"topic_id": "topic"}, IDEA, everyone=200, stranger=401, **CUSTOMERS),
    row("GET", "converting.new_question", {"idea_id": "idea"}, everyone=200, stranger=302, **CUSTOMERS),
    row(
        "GET",
        "converting.new_question",
        {"idea_id": "hidden_idea"},
        everyone=404,
        stranger=302,
        customer=403,
        **MODERATORS,
    ),
    row(
        "PUT",
        "converting.put_question",
        {"idea_id": "twin_idea"},
        QUESTION,
        everyone=303,
        stranger=401,
        **CUSTOMERS,
    ),
    row("GET", "converting.show", {"conversion_id": "conversion"}, everyone=200, stranger=302, **CUSTOMERS),
    row(
        "DELETE",
        "converting.delete_idea",
        {"topic_id": "asked_topic"},
        HIDE,
        everyone=303,
        stranger=401,
        **CUSTOMERS,
    ),
    row(
        "DELETE",
        "converting.delete_question",
        {"idea_id": "proposed_idea"},
        HIDE,
        everyone=303,
        stranger=401,
        **CUSTOMERS,
    ),
    row("PUT", "converting.put", {"conversion_id": "conversion"}, everyone=303, stranger=401, **CUSTOMERS),
    row(
        "PUT", "workarounds.put", {"idea_id": "idea"}, COMMENT, everyone=303, stranger=401, other_customer=403
    ),
    row(
        "PUT",
        "workarounds.put",
        {"idea_id": "idea"},
        {"post_id": "2"},
        everyone=404,
        stranger=401,
        customer=409,
        moderator=409,
        admin=409,
    ),
    row(
        "DELETE",
        "workarounds.delete",
        {"idea_id": "proposed_idea"},
        everyone=303,
        stranger=401,
        other_customer=403,
    ),
    row(
        "PUT",
        "workarounds.put_help",
        {"idea_id": "proposed_idea"},
        everyone=403,
        stranger=401,
        other_customer=303,
    ),
    row("DELETE", "workarounds.delete_help", {"idea_id": "proposed_idea"}, everyone=303, stranger=401),
    row(
        "PUT",
        "workarounds.put_help",
        {"idea_id": "hidden_idea"},
        everyone=404,
        stranger=401,
        customer=409,
        moderator=409,
        admin=409,
    ),
]
