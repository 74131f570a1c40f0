"""Who may do what with the changelog."""

from tests.matrix import row

SEEN = {"entry_id": "entry"}
DRAFT = {"entry_id": "draft_entry"}
HOUSE = {"entry_id": "staff_entry"}
LINK = DRAFT | {"idea_id": "idea"}
WRITTEN = {"title": "Offline mode is here", "body": "It *works*.", "audience": "public"}
DECIDES = {"everyone": 403, "stranger": 302, "product_manager": 200, "admin": 200}
ACTS = {"everyone": 403, "stranger": 401, "product_manager": 303, "admin": 303}
ON_DRAFT = {"everyone": 404, "stranger": 401, "product_manager": 303, "admin": 303}
REFUSED = {"product_manager": 422, "admin": 422}
ADMINS = {"everyone": 403, "stranger": 302, "admin": 200}
ADMIN_ACTS = {"everyone": 403, "stranger": 401, "admin": 303}

ROUTES = [
    row("GET", "changelog.index", everyone=200),
    row("GET", "changelog.index", {"kind": "new", "board": "board"}, everyone=200),
    row("GET", "changelog.index", {"board": 4711}, everyone=404),
    row("GET", "changelog.show", SEEN, everyone=200),
    row("GET", "changelog.show", HOUSE, everyone=404, moderator=200, product_manager=200, admin=200),
    row("GET", "changelog.show", DRAFT, everyone=404, product_manager=200, admin=200),
    row("GET", "changelog.show", {"entry_id": "withdrawn_entry"}, everyone=410),
    row("GET", "changelog.feed", everyone=200),
    row("GET", "changelog.feed", {"kind": "fixed"}, everyone=200),
    row("PUT", "changelog.follow", everyone=303, stranger=401),
    row("DELETE", "changelog.stop", everyone=303, stranger=401),
    row("GET", "changelog.drafts", **DECIDES),
    row("GET", "changelog.new", **DECIDES),
    row("POST", "changelog.create", {}, WRITTEN, **ACTS),
    row("POST", "changelog.create", {}, WRITTEN | {"title": ""}, **ACTS | REFUSED),
    row("GET", "changelog.edit", SEEN | {"q": "offline"}, **DECIDES),
    row("GET", "changelog.edit", DRAFT, **DECIDES | {"everyone": 404}),
    row("PUT", "changelog.put", SEEN, WRITTEN, **ACTS),
    row("PUT", "changelog.put", DRAFT, WRITTEN, **ON_DRAFT),
    row("PUT", "changelog.put_idea", LINK, **ON_DRAFT),
    row("PUT", "changelog.put_idea", SEEN | {"idea_id": "idea"}, **ACTS),
    row("PUT", "changelog.put_idea", SEEN | {"idea_id": 4711}, **ACTS | {"product_manager": 404, "admin": 404}),
    row("DELETE", "changelog.delete_idea", LINK, **ON_DRAFT),
    row("PUT", "changelog.put_schedule", DRAFT, {"publish_at": "2099-01-01T09:00"}, **ON_DRAFT),
    row("PUT", "changelog.put_schedule", DRAFT, {"publish_at": "soon"}, **ON_DRAFT | REFUSED),
    row("PUT", "changelog.put_schedule", DRAFT, {"publish_at": "2001-01-01T09:00"}, **ON_DRAFT | {"product_manager": 409, "admin": 409}),
    row("DELETE", "changelog.delete_schedule", DRAFT, **ON_DRAFT),
    row("PUT", "changelog.put_publication", DRAFT, **ON_DRAFT),
    row("PUT", "changelog.put_publication", SEEN, **ACTS),
    row("PUT", "changelog.put_withdrawal", SEEN, {"reason": "Too early"}, **ACTS),
    row("PUT", "changelog.put_withdrawal", SEEN, {"reason": ""}, **ACTS | REFUSED),
    row("DELETE", "changelog.delete_withdrawal", SEEN, **ACTS),
    row("GET", "changelog.list_kinds", **ADMINS),
    row("GET", "changelog.new_kind", **ADMINS),
    row("POST", "changelog.create_kind", {}, {"name": "Removed", "colour": "bad", "position": "4"}, **ADMIN_ACTS),
    row("POST", "changelog.create_kind", {}, {"name": "New", "colour": "bad", "position": "4"}, **ADMIN_ACTS | {"admin": 422}),
    row("GET", "changelog.edit_kind", {"key": "new"}, **ADMINS),
    row("GET", "changelog.edit_kind", {"key": "nothing"}, **ADMINS | {"admin": 404}),
    row("PUT", "changelog.put_kind", {"key": "new"}, {"name": "Brand new", "colour": "good", "position": "1"}, **ADMIN_ACTS),
    row("PUT", "changelog.archive_kind", {"key": "new"}, **ADMIN_ACTS),
    row("DELETE", "changelog.reopen_kind", {"key": "new"}, **ADMIN_ACTS),
]  # fmt: skip
