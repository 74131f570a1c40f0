"""Who may do what at the desk."""

from tests.matrix import row

STAFF = {"everyone": 403, "stranger": 302, "moderator": 200, "product_manager": 200, "admin": 200}
ADMIN = {"everyone": 403, "stranger": 302, "admin": 200}

ACT = {"everyone": 403, "stranger": 401, "admin": 303}
FORM = {"everyone": 403, "stranger": 401, "admin": 422}

ROUTES = [
    row("GET", "admin.index", **STAFF),
    row("GET", "admin.show_components", everyone=404, moderator=200, product_manager=200, admin=200),
    row("GET", "admin.answer_monitors", everyone=200),
    row("GET", "admin.make_first_admin", {"token": "forged"}, everyone=404),
    row("POST", "admin.make_first_admin", {"token": "forged"}, everyone=404),
    row("GET", "admin.show_health", **ADMIN),
    row("GET", "admin.list_people", **ADMIN),
    row("GET", "admin.show_person", {"person_id": 1}, **ADMIN),
    row("PUT", "admin.put_role", {"person_id": 1}, {"role": "moderator", "reason": "x"}, **ACT),
    row("PUT", "admin.put_role", {"person_id": 1}, {"role": "king"}, **FORM),
    row("PUT", "admin.put_company", {"person_id": 1}, {"company": "Harbor Foods"}, **ACT),
    row("PUT", "admin.put_company", {"person_id": 1}, {"company": "Nobody"}, **FORM),
    row("PUT", "admin.put_closure", {"person_id": 1}, **ACT),
    row("DELETE", "admin.delete_closure", {"person_id": 1}, **ACT),
    row("PUT", "admin.put_erasure", {"person_id": 1}, {"texts": "leave", "reason": "By letter"}, **ACT),
    row("PUT", "admin.put_erasure", {"person_id": 1}, {"texts": "leave", "reason": ""}, **FORM),
    row("GET", "admin.list_rates", **ADMIN),
    row("POST", "admin.create_rate", {}, {"currency": "USD", "rate": "0.9", "on": "2026-01-02"}, **ACT),
    row("POST", "admin.create_rate", {}, {"currency": "USD", "rate": "0", "on": "2026-01-02"}, **FORM),
    row("PUT", "admin.put_house", {}, {"house": "USD"}, **ACT),
    row("PUT", "admin.put_house", {}, {"house": "dollars"}, **FORM),
    row("GET", "admin.list_companies", **ADMIN),
    row("GET", "admin.new_company", **ADMIN),
    row("POST", "admin.create_company", {}, {"name": "Third"}, **ACT),
    row("POST", "admin.create_company", {}, {"name": ""}, **FORM),
    row("GET", "admin.edit_company", {"company_id": 1}, **ADMIN),
    row("PUT", "admin.update_company", {"company_id": 1}, {"name": "First"}, **ACT),
]
AUDIENCE = {
    "audience": "public",
    "who_posts": "everyone",
    "who_votes": "everyone",
    "who_comments": "everyone",
}
ROUTES += [
    row("GET", "admin.edit_audience", {"board_id": 1}, **ADMIN),
    row("PUT", "admin.put_audience", {"board_id": 1}, AUDIENCE, **ACT),
    row("PUT", "admin.put_audience", {"board_id": 1}, AUDIENCE | {"audience": "companies"}, **FORM),
    row("PUT", "admin.put_audience", {"board_id": 1}, AUDIENCE | {"audience": "staff"}, **FORM),
]
RULES = {"most_per_idea": 1, "least_votes_to_post": 0, "counts_hidden": "never", "counts_hidden_days": 14}
ROUTES += [
    row("GET", "admin.edit_rules", {"board_id": 1}, **ADMIN | {"product_manager": 200}),
    row("PUT", "admin.put_rules", {"board_id": 1}, RULES, **ACT | {"product_manager": 303}),
    row(
        "PUT",
        "admin.put_rules",
        {"board_id": 1},
        RULES | {"vote_budget": 5},
        **FORM | {"product_manager": 422},
    ),
    row("PUT", "admin.put_rules", {"board_id": 1}, {"vote_budget": 0}, **FORM | {"product_manager": 422}),
    row("GET", "admin.edit_rules", {"board_id": 4711}, **ADMIN | {"product_manager": 404, "admin": 404}),
]
STATUS = {"name": "Piloted", "colour": "good", "position": "9", "meaning": "active", "votes": "takes"}
ROUTES += [
    row("GET", "admin.list_statuses", {"board_id": 0}, **ADMIN),
    row("GET", "admin.list_statuses", {"board_id": 1}, **ADMIN),
    row("GET", "admin.new_status", {"board_id": 0}, **ADMIN),
    row("POST", "admin.create_status", {"board_id": 1}, STATUS, **ACT),
    row("POST", "admin.create_status", {"board_id": 0}, **FORM),
    row("GET", "admin.edit_status", {"board_id": 0, "key": "planned"}, **ADMIN),
    row("PUT", "admin.update_status", {"board_id": 1, "key": "parked"}, STATUS, **ACT),
    row("PUT", "admin.archive_status", {"board_id": 1, "key": "parked"}, {"target": "open"}, **ACT),
    row("DELETE", "admin.reopen_status", {"board_id": 1, "key": "parked"}, **ACT),
]
REASON = {"name": "We tried it", "position": "9"}
ROUTES += [
    row("GET", "admin.list_grounds", **ADMIN),
    row("GET", "admin.new_ground", **ADMIN),
    row("POST", "admin.create_ground", {}, REASON, **ACT),
    row("POST", "admin.create_ground", {}, REASON | {"name": "Not now"}, **FORM),
    row("GET", "admin.edit_ground", {"key": "rare"}, **ADMIN),
    row("GET", "admin.edit_ground", {"key": "never"}, **ADMIN | {"admin": 404}),
    row("PUT", "admin.update_ground", {"key": "rare"}, REASON, **ACT),
    row("PUT", "admin.archive_ground", {"key": "rare"}, **ACT),
    row("DELETE", "admin.reopen_ground", {"key": "rare"}, **ACT),
]
FIELD = {"name": "Version", "type": "number", "circle": "author", "position": "2"}
DEVICE = {"board_id": 1, "field_id": 1}
ROUTES += [
    row("GET", "admin.list_fields", {"board_id": 1}, **ADMIN),
    row("GET", "admin.new_field", {"board_id": 1}, **ADMIN),
    row("POST", "admin.create_field", {"board_id": 1}, FIELD, **ACT),
    row("POST", "admin.create_field", {"board_id": 1}, **FORM),
    row("GET", "admin.edit_field", DEVICE, **ADMIN),
    row(
        "PUT",
        "admin.update_field",
        DEVICE,
        {"name": "Machine", "circle": "everybody", "position": "1"},
        **ACT,
    ),
    row("PUT", "admin.archive_field", DEVICE, **ACT),
    row("DELETE", "admin.reopen_field", DEVICE, **ACT),
    row("PUT", "admin.update_choice", DEVICE | {"choice_id": 1}, {"name": "Mobile"}, **ACT),
    row("PUT", "admin.archive_choice", DEVICE | {"choice_id": 1}, **ACT),
    row("DELETE", "admin.reopen_choice", DEVICE | {"choice_id": 1}, **ACT),
]
for kind in ("boards", "categories"):
    place = {"kind": kind, "place_id": 1}
    ROUTES += [
        row("GET", "admin.list_places", {"kind": kind}, **ADMIN),
        row("GET", "admin.new_place", {"kind": kind}, **ADMIN),
        row(
            "POST",
            "admin.create_place",
            {"kind": kind},
            {"name": "New", "position": 1, "half_life": 30},
            **ACT,
        ),
        row("POST", "admin.create_place", {"kind": kind}, **FORM),
        row("GET", "admin.edit_place", place, **ADMIN),
        row("PUT", "admin.update_place", place, {"name": "Other", "position": 1}, **ACT),
        row("PUT", "admin.archive_place", place, **ACT),
        row("DELETE", "admin.reopen_place", place, **ACT),
    ]
