"""Who may do what with one post. `reply` is by `other_customer`, `hidden_reply` by `customer`."""

from tests.matrix import row

REPLY, HIDDEN = {"post_id": "reply"}, {"post_id": "hidden_reply"}
TEXT = {"body": "A better text"}
SEES_HIDDEN = ("customer", "moderator", "admin")


def those_who_see(status, **others):
    """`status` for the author of the hidden reply and those who moderate, 404 for everybody else."""
    return {"everyone": 404} | dict.fromkeys(SEES_HIDDEN, status) | others


def author_and_moderators(status, **others):
    """`status` for the author of the reply and those who moderate, 403 for everybody else."""
    return {"everyone": 403} | dict.fromkeys(("other_customer", "moderator", "admin"), status) | others


ROUTES = [
    row("GET", "discussion.show", REPLY, everyone=302),
    row("GET", "discussion.show", HIDDEN, **those_who_see(302)),
    row("GET", "discussion.edit_post", REPLY, **author_and_moderators(200, stranger=302)),
    row("GET", "discussion.edit_post", HIDDEN, **those_who_see(200, stranger=302)),
    row("PUT", "discussion.put_post", REPLY, TEXT, **author_and_moderators(303, stranger=401)),
    row("PUT", "discussion.put_post", HIDDEN, TEXT, **those_who_see(303, customer=409, stranger=401)),
    row("GET", "discussion.history", REPLY, everyone=200, customer=403, stranger=302),
    row("GET", "discussion.history", HIDDEN, **those_who_see(200, stranger=302)),
    row("GET", "discussion.comments", REPLY, everyone=200),
    row("GET", "discussion.comments", HIDDEN, **those_who_see(200)),
    row("GET", "discussion.new_comment", REPLY, everyone=200, stranger=302),
    row("GET", "discussion.new_comment", HIDDEN, **those_who_see(200, stranger=302)),
    row("POST", "discussion.create_comment", REPLY, TEXT, everyone=303, stranger=401),
    row("POST", "discussion.create_comment", HIDDEN, TEXT, **those_who_see(303, customer=409, stranger=401)),
]

DRAFT = {"draft_id": "draft"}

ROUTES += [
    row("GET", "drafts.index", everyone=200, stranger=302),
    row("PUT", "drafts.put", {"place": "ideas"}, TEXT, everyone=303, stranger=401),
    row(
        "PUT",
        "drafts.put",
        {"place": "changelog"},
        TEXT,
        everyone=403,
        stranger=401,
        product_manager=303,
        admin=303,
    ),
    row("DELETE", "drafts.delete", DRAFT, everyone=404, stranger=401, customer=303),
    row("GET", "drafts.kept", everyone=302),
]

MINE = {"name": "key-of-the-first-image-40x30"}
ROUTES += [
    row("GET", "images.index", everyone=200, stranger=302),
    row("POST", "images.create", everyone=422, stranger=401),
    # It stands in no text yet: only who uploaded it sees it.
    row("GET", "images.show", MINE, everyone=404, customer=200),
    row("GET", "images.show_small", MINE, everyone=404, customer=200),
    row("GET", "images.show", {"name": "nothing"}, everyone=404),
]
