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

TEXT = {"title": "Offline mode", "body": "For visits."}

ROUTES += [
    row("GET", "ideas.edit_idea", SEEN, everyone=403, stranger=302, customer=200, moderator=200, admin=200),
    row("GET", "ideas.edit_idea", HIDDEN, everyone=404, stranger=302, customer=200, moderator=200, admin=200),
    row("PUT", "ideas.put_idea", SEEN, TEXT, everyone=403, stranger=401, customer=303, moderator=303, admin=303),
    row("PUT", "ideas.put_idea", HIDDEN, TEXT, everyone=404, stranger=401, customer=409, moderator=303, admin=303),
    row("GET", "ideas.history", SEEN, everyone=200, stranger=302, other_customer=403),
    row("GET", "ideas.history", HIDDEN, everyone=404, stranger=302, customer=200, moderator=200, admin=200),
    row("POST", "ideas.create_comment", SEEN, {"body": "Yes"}, everyone=303, stranger=401),
    row("POST", "ideas.create_comment", SEEN, {"body": " "}, everyone=422, stranger=401),
    row(
        "POST", "ideas.create_comment", HIDDEN, {"body": "Yes"},
        everyone=404, stranger=401, customer=409, moderator=303, admin=303,
    ),
    row("GET", "ideas.show_post", SEEN | {"post_id": "comment"}, everyone=302),
    row(
        "GET", "ideas.show_post", SEEN | {"post_id": "hidden_comment"},
        everyone=404, customer=302, moderator=302, admin=302,
    ),
    row("GET", "ideas.show_post", SEEN | {"post_id": "reply"}, everyone=404),
    row(
        "PUT", "ideas.put_status", SEEN, {"status": "planned"},
        everyone=403, stranger=401, product_manager=303, admin=303,
    ),
    row(
        "PUT", "ideas.put_status", HIDDEN, {"status": "planned"},
        everyone=404, stranger=401, customer=403, moderator=403, admin=303,
    ),
    row(
        "POST", "ideas.create_answer", SEEN, {"body": "We build it."},
        everyone=403, stranger=401, product_manager=303, admin=303,
    ),
    row(
        "POST", "ideas.create_answer", HIDDEN, {"body": "We build it."},
        everyone=404, stranger=401, customer=403, moderator=403, admin=303,
    ),
]  # fmt: skip

ROUTES += [
    row("GET", "ideas.similar", {"draft_id": "draft"}, everyone=404, stranger=302, customer=200),
    row("POST", "ideas.create", {}, IDEA | {"look": "1"}, everyone=303, stranger=401),
]
VOUCHED = {"customer": "person:2", "proof": "call", "text": "They said so."}
STAFF = {"everyone": 403, "moderator": 200, "product_manager": 200, "admin": 200}
ROUTES += [
    row("GET", "ideas.new_vote_for", SEEN, **STAFF, stranger=302),
    row("GET", "ideas.new_vote_for", SEEN | {"q": "i"}, **STAFF, stranger=302),
    row("GET", "ideas.new_vote_for", SEEN | {"customer": "person:2"}, **STAFF, stranger=302),
    row("GET", "ideas.new_vote_for", HIDDEN, everyone=404, stranger=302, customer=403, moderator=200, admin=200),
    row(
        "POST", "ideas.create_vote_for", SEEN, VOUCHED,
        everyone=403, stranger=401, moderator=303, product_manager=303, admin=303,
    ),
    row(
        "POST", "ideas.create_vote_for", SEEN, {"proof": "call"},
        everyone=403, stranger=401, moderator=422, product_manager=422, admin=422,
    ),
    row(
        "DELETE", "ideas.delete_vote_for", SEEN | {"vote_id": 4711},
        everyone=403, stranger=401, moderator=404, product_manager=404, admin=404,
    ),
    row("PUT", "ideas.put_vote_owner", SEEN, everyone=303, stranger=401),
    row("PUT", "ideas.put_vote_owner", HIDDEN, everyone=404, stranger=401, customer=303, moderator=303, admin=303),
]  # fmt: skip

# Nobody of the world but the customer voted; whoever has no vote has none to keep.
ROUTES += [
    row("PUT", "ideas.put_confirmation", SEEN, everyone=409, stranger=401),
    row(
        "PUT", "ideas.put_confirmation", HIDDEN,
        everyone=404, stranger=401, customer=409, moderator=409, admin=409,
    ),
]  # fmt: skip
ROUTES += [
    row("GET", "ideas.show_plan", SEEN, everyone=403, stranger=302, moderator=200, product_manager=200, admin=200),
    row("GET", "ideas.show_plan", HIDDEN, everyone=404, stranger=302, customer=403, moderator=200, admin=200),
    row("PUT", "ideas.put_plan", SEEN, {"target": "Q1 2027"}, everyone=403, stranger=401, product_manager=303, admin=303),
    row(
        "POST", "ideas.create_note", SEEN, {"body": "Ask Finance."},
        everyone=403, stranger=401, moderator=303, product_manager=303, admin=303,
    ),
]  # fmt: skip
STAFF_ONLY = {"everyone": 403, "stranger": 302, "moderator": 200, "product_manager": 200, "admin": 200}
ROUTES += [
    row("GET", "ideas.declined", **STAFF_ONLY),
    row("GET", "ideas.declined", {"board": 1, "days": 90, "ground": "rare"}, **STAFF_ONLY),
    row(
        "PUT", "ideas.put_status", SEEN, {"status": "declined"},
        everyone=403, stranger=401, product_manager=422, admin=422,
    ),
]  # fmt: skip
DEVICE = {"field-1": "1"}
ROUTES += [
    row("POST", "ideas.ask", data=IDEA, everyone=200, stranger=401),
    row("GET", "ideas.edit_values", SEEN, everyone=200, stranger=302, other_customer=403),
    row("GET", "ideas.edit_values", HIDDEN, everyone=404, stranger=302, customer=200, moderator=200, admin=200),
    row("PUT", "ideas.put_values", SEEN, DEVICE, everyone=303, stranger=401, other_customer=403),
    row("PUT", "ideas.put_values", SEEN, {"field-1": "77"}, everyone=422, stranger=401, other_customer=403),
    row(
        "PUT", "ideas.put_values", HIDDEN, DEVICE,
        everyone=404, stranger=401, customer=409, moderator=303, admin=303,
    ),
    row(
        "PUT", "ideas.put_planned_values", SEEN,
        everyone=403, stranger=401, product_manager=303, admin=303,
    ),
    row("PUT", "ideas.put_planned_values", HIDDEN, everyone=404, stranger=401, customer=403, moderator=403, admin=303),
    row("GET", "ideas.index", {"board": 1, "field-1": "1"}, everyone=200),
]  # fmt: skip
# Nobody of the world but staff asks for the list; the idea there is open, so nothing can be judged or asked for again.
ROUTES += [
    row("GET", "ideas.second_look", **STAFF_ONLY),
    row("GET", "ideas.second_look", {"list": "unsolved"}, **STAFF_ONLY),
    row("PUT", "ideas.put_verdict", SEEN, {"answer": "yes"}, everyone=409, stranger=401),
    row("PUT", "ideas.put_verdict", SEEN, everyone=422, stranger=401),
    row(
        "PUT", "ideas.put_verdict", HIDDEN, {"answer": "yes"},
        everyone=404, stranger=401, customer=409, moderator=409, admin=409,
    ),
    row(
        "PUT", "ideas.put_appeal", SEEN,
        everyone=403, stranger=401, customer=409, other_customer=409,
    ),
    row("PUT", "ideas.put_appeal", HIDDEN, everyone=404, stranger=401, customer=409, moderator=403, admin=403),
    row("DELETE", "ideas.delete_appeal", SEEN, everyone=303, stranger=401),
    row("DELETE", "ideas.delete_appeal", HIDDEN, everyone=404, stranger=401, customer=303, moderator=303, admin=303),
]  # fmt: skip
# The customer wrote the idea that is asked about; nobody else voted for it or follows it.
ASKED = {"idea_id": "twin_idea"}
ROUTES += [
    row("GET", "ideas.still_wanted", **STAFF_ONLY),
    row("GET", "ideas.still_wanted", {"list": "past"}, **STAFF_ONLY),
    row("PUT", "ideas.put_still_wanted", ASKED, {"says": "no"}, everyone=403, stranger=401, customer=303),
    row("PUT", "ideas.put_still_wanted", ASKED, {"says": "perhaps"}, everyone=400, stranger=401),
    row("PUT", "ideas.put_still_wanted", SEEN, {"says": "yes"}, everyone=409, stranger=401),
    row(
        "PUT", "ideas.put_still_wanted", HIDDEN, {"says": "yes"},
        everyone=404, stranger=401, customer=409, moderator=409, admin=409,
    ),
    row("PUT", "ideas.put_keeping", ASKED, everyone=303, stranger=401, customer=403, other_customer=403),
    row("PUT", "ideas.put_keeping", HIDDEN, everyone=404, stranger=401, customer=403, moderator=303, admin=303),
]  # fmt: skip
SCORE = {"reach": "0", "impact": "2", "confidence": "80", "effort": "2"}
DECIDERS = {"everyone": 403, "product_manager": 303, "admin": 303}
ROUTES += [
    row("GET", "ideas.scores", **STAFF_ONLY),
    row("GET", "ideas.scores", {"board": 1}, **STAFF_ONLY),
    row("GET", "ideas.show_score", SEEN, **STAFF_ONLY),
    row("GET", "ideas.show_score", HIDDEN, everyone=404, stranger=302, customer=403, moderator=200, admin=200),
    row("PUT", "ideas.put_score", SEEN, SCORE, **DECIDERS, stranger=401),
    row("PUT", "ideas.put_score", SEEN, SCORE | {"effort": "0"}, **DECIDERS | {"product_manager": 422, "admin": 422}, stranger=401),
    row("GET", "ideas.edit_formula", {"board_id": 0}, everyone=403, stranger=302, product_manager=200, admin=200),
    row("GET", "ideas.edit_formula", {"board_id": 4711}, everyone=403, stranger=302, product_manager=404, admin=404),
    row("PUT", "ideas.put_formula", {"board_id": 1}, {"kind": "weights", "factors": "Value: 2"}, **DECIDERS, stranger=401),
]  # fmt: skip

MERGED = {"idea_id": "merged_idea"}
ROUTES += [
    row("GET", "ideas.show", MERGED, everyone=303),
    row("GET", "ideas.show", MERGED | {"original": 1}, everyone=200),
    row("GET", "ideas.show", SEEN | {"merged": 4}, everyone=200),
    row("PUT", "ideas.put_vote", MERGED, everyone=303, stranger=401),
    row("PUT", "ideas.put_status", MERGED, {"status": "planned"}, everyone=403, stranger=401, product_manager=409, admin=409),
    row("GET", "ideas.show_merging", MERGED, **STAFF, stranger=302),
    row("GET", "ideas.show_merging", HIDDEN, everyone=404, stranger=302, customer=403, moderator=200, admin=200),
    row("GET", "ideas.show_merging", {"idea_id": "twin_idea"}, **STAFF, stranger=302),
    row("GET", "ideas.show_merging", {"idea_id": "twin_idea", "q": "mode"}, **STAFF, stranger=302),
    row("GET", "ideas.show_merging", {"idea_id": "twin_idea", "into": "4711"}, **STAFF, stranger=302),
    row("GET", "ideas.show_merging", {"idea_id": "twin_idea", "into": "1"}, **STAFF, stranger=302),
    row(
        "PUT", "ideas.put_merging", {"idea_id": "twin_idea"}, {"into": "1"},
        everyone=403, stranger=401, moderator=303, product_manager=303, admin=303,
    ),
    row(
        "PUT", "ideas.put_merging", SEEN, {"into": "1"},
        everyone=403, stranger=401, moderator=409, product_manager=409, admin=409,
    ),
    row(
        "DELETE", "ideas.delete_merging", MERGED,
        everyone=403, stranger=401, moderator=303, product_manager=303, admin=303,
    ),
]  # fmt: skip

ALL = {"everyone": 403, "stranger": 401}
ROUTES += [
    row("POST", "ideas.ask_bulk", {}, {"act": "status", "idea": ["1"]}, **ALL, product_manager=200, admin=200),
    row("POST", "ideas.ask_bulk", {}, {"act": "nothing", "idea": ["1"]}, **ALL, product_manager=400, admin=400),
    row("POST", "ideas.ask_bulk", {}, {"act": "merge"}, **ALL, product_manager=400, admin=400),
    row("PUT", "ideas.put_bulk", {}, {"act": "label", "idea": ["1"], "label": ""}, **ALL, product_manager=422, admin=422),
    row(
        "PUT", "ideas.put_bulk", {}, {"act": "status", "idea": ["1", "3"], "status": "planned"},
        **ALL, product_manager=303, admin=303,
    ),
]  # fmt: skip
