"""Fields: what a board asks beside title and text, who fills it in, and who reads it."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.ideas.fields import filling, queries
from portal.ideas.fields.models import Circle, FieldValue, Type
from portal.ideas.models import Idea

IDEA = {"title": "Print labels", "body": "For the shelves."}


@pytest.fixture
def board(make):
    return make.board(name="Mobile")


@pytest.fixture
def idea(make, cast, board):
    return make.idea(board=board, author=cast.customer)


def kept(idea):
    """The values of an idea, by the names of their fields."""
    db.session.expire_all()
    return {each.field.name: each.value for each in queries.values_of([idea.id]).get(idea.id, ())}


def only_idea():
    return db.session.query(Idea).one()


def test_every_type_is_asked_kept_and_read(make, as_, cast, board):
    make.field(board, "Phone", "Tablet", name="Device")
    make.field(board, "Mo", "Tu", "We", name="Days", type="choices")
    for kind in ("short_text", "long_text", "number", "date", "yes_no", "link"):
        make.field(board, name=kind, type=kind)
    ids = {each.name: each.key for each in queries.fields_of(board.id)}
    choices = {each.name: each.id for of in queries.fields_of(board.id) for each in of.choices}
    said = {
        ids["Device"]: choices["Tablet"],
        ids["Days"]: [choices["We"], choices["Mo"]],
        ids["short_text"]: "  4.2  beta ",
        ids["long_text"]: "Line one\r\nLine <two>",
        ids["number"]: "1,250",
        ids["date"]: "2027-03-01",
        ids["yes_no"]: "no",
        ids["link"]: "https://example.com/a?b=1",
    }
    browser = as_(cast.customer)
    assert browser.post("/ideas/", data=IDEA | {"board": board.id} | said).status_code == 303
    idea = only_idea()
    assert kept(idea) == {
        "Device": (choices["Tablet"],),
        "Days": (choices["Mo"], choices["We"]),
        "short_text": "4.2 beta",
        "long_text": "Line one\nLine <two>",
        "number": 1250,
        "date": date(2027, 3, 1),
        "yes_no": False,
        "link": "https://example.com/a?b=1",
    }
    page = as_(None).get(f"/ideas/{idea.id}").text
    for shown in ("Tablet", "Mo, We", "4.2 beta", "Line &lt;two&gt;", "1250", "2027-03-01", "No"):
        assert shown in page
    assert 'href="https://example.com/a?b=1" rel="nofollow ugc noopener"' in page
    form = browser.get(f"/ideas/{idea.id}/fields").text
    for held in ('value="4.2 beta"', 'value="1250"', 'value="2027-03-01"', 'selected value="no"', "checked"):
        assert held in form


@pytest.mark.parametrize("kind", list(Type))
def test_what_is_required_is_asked_for_and_nothing_typed_is_lost(make, as_, cast, board, rows, kind):
    of = make.field(board, *(["Phone"] if "choice" in kind else []), name="Device", type=kind, required=True)
    browser = as_(cast.customer)
    for empty in ({}, {of.key: ""}, {of.key: "  "}):
        answer = browser.post("/ideas/", data=IDEA | {"board": board.id} | empty)
        assert answer.status_code == 422
        assert "under “Device”: this board asks it of every idea." in answer.text
        assert 'value="Print labels"' in answer.text
        assert "For the shelves." in answer.text
    assert rows(Idea) == 0


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("number", "lots", "Type a whole number"),
        ("number", "1.5", "Type a whole number"),
        ("number", "9" * 5000, "Type a whole number"),
        ("date", "soon", "Type a date as"),
        ("date", "2027-02-30", "Type a date as"),
        ("link", "javascript:alert(1)", "begins with https://"),
        ("link", "https://", "begins with https://"),
        ("link", "https://[", "begins with https://"),
        ("link", "https://a b", "begins with https://"),
        ("short_text", "x" * 201, "at most 200"),
        ("long_text", "x" * 2001, "at most 2,000"),
        ("choice", "77", "Not a valid choice"),
        ("choices", ["1", "77"], "valid choice"),
        ("yes_no", "maybe", "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_typed_again(make, as_, cast, board, rows, kind, typed, says):
    of = make.field(board, *(["Phone"] if "choice" in kind else []), type=kind)
    answer = as_(cast.customer).post("/ideas/", data=IDEA | {"board": board.id, of.key: typed})
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(Idea) == 0
    if kind in ("number", "date", "link") and len(typed) < 100:
        assert f'value="{typed}"' in answer.text


def test_the_form_shows_the_fields_of_the_chosen_board_without_script_and_with(make, as_, cast, board):
    make.field(make.board(name="Desktop"), name="Screen")
    of = make.field(board, name="Device")
    browser = as_(cast.customer)
    first = browser.get("/ideas/new").text
    assert "Screen" in first
    assert "Device" not in first
    assert "Show what this board asks" in first
    assert "Device" in browser.get(f"/ideas/new?board={board.id}").text
    typed = IDEA | {"board": board.id, of.key: "Watch", "field-77": "Of another board"}
    page = browser.post("/ideas/new", data=typed)
    assert page.status_code == 200
    for there in ("Device", 'value="Watch"', 'value="Print labels"', "For the shelves.", "Of another board"):
        assert there in page.text
    part = browser.htmx("POST", "/ideas/new", data=typed).text
    assert "<html" not in part
    assert "Device" in part
    assert "Print labels" not in part


def test_a_portal_whose_boards_ask_nothing_shows_nothing_of_it(make, as_, cast, board, at_most):
    browser = as_(cast.customer)
    with at_most(queries=2):
        page = browser.get("/ideas/new").text
    assert "Show what this board asks" not in page
    assert browser.get(f"/ideas/{make.idea(board=board, author=cast.customer).id}/fields").status_code == 404


def test_drafts_carry_the_fields(make, as_, cast, board):
    make.board(name="Another")
    of = make.field(board, name="Device")
    days = make.field(board, "Mo", "Tu", type="choices")
    browser = as_(cast.customer)
    typed = IDEA | {"board": board.id, of.key: "Watch", days.key: ["1", "2"], "_method": "PUT"}
    form = browser.get(browser.post("/drafts/ideas", data=typed).location).text
    assert 'value="Watch"' in form
    assert form.count("checked") == 2
    # A likely duplicate comes between: the text waits as a draft, and is posted from there.
    answer = browser.post("/ideas/", data=IDEA | {"board": board.id, of.key: "Watch", "look": "1"})
    assert f'name="{of.key}" value="Watch"' in browser.get(answer.location).text


def test_customers_neither_fill_in_nor_learn_what_is_for_staff(make, as_, cast, board, rows):
    fields = {circle: make.field(board, name=f"Of {circle}", circle=circle) for circle in Circle}
    said = {of.key: f"Said for {circle}" for circle, of in fields.items()}
    form = as_(cast.customer).get("/ideas/new").text
    assert [f"Of {circle}" in form for circle in Circle] == [True, True, False, False]
    as_(cast.customer).post("/ideas/", data=IDEA | {"board": board.id} | said)
    idea = only_idea()
    assert set(kept(idea)) == {"Of everybody", "Of author"}
    path = f"/ideas/{idea.id}"
    assert as_(cast.moderator).put(f"{path}/fields", data=said).status_code == 303
    assert set(kept(idea)) == {"Of everybody", "Of author", "Of staff"}
    assert as_(cast.moderator).put(f"{path}/plan/fields", data=said).status_code == 403
    assert as_(cast.product_manager).put(f"{path}/plan/fields", data=said).status_code == 303
    assert len(kept(idea)) == 4
    sees = {
        None: ["Of everybody"],
        cast.other_customer: ["Of everybody"],
        cast.customer: ["Of everybody", "Of author"],
        cast.moderator: [f"Of {circle}" for circle in Circle],
    }
    for who, expected in sees.items():
        page = as_(who).get(path).text
        assert [f"Of {circle}" for circle in Circle if f"Of {circle}" in page] == expected
        assert [f"Of {c}" for c in Circle if f"Said for {c}" in page] == expected
    assert "Said for planners" in as_(cast.moderator).get(f"{path}/plan").text
    # What the customer saves takes nothing away that they do not see.
    assert as_(cast.customer).put(f"{path}/fields", data=dict.fromkeys(said, "")).status_code == 303
    assert set(kept(idea)) == {"Of staff", "Of planners"}


def test_author_and_staff_change_values_and_the_journal_names_the_fields(make, as_, cast, board, idea):
    of, other = make.field(board, name="Device"), make.field(board, name="Version")
    path = f"/ideas/{idea.id}/fields"
    assert "Add details" in as_(cast.customer).get(f"/ideas/{idea.id}").text
    assert as_(cast.customer).put(path, data={of.key: "Watch"}).status_code == 303
    assert as_(cast.customer).put(path, data={of.key: "Watch"}).status_code == 303
    assert as_(cast.product_manager).put(path, data={of.key: "Watch", other.key: "3"}).status_code == 303
    assert as_(cast.other_customer).put(path, data={of.key: "Mine"}).status_code == 403
    assert as_(None).put(path, data={of.key: "Mine"}).status_code == 401
    entries = db.session.query(Entry).filter_by(kind="values_changed").order_by(Entry.id).all()
    assert [(each.actor_id, each.data["fields"]) for each in entries] == [
        (cast.customer.id, ["Device"]),
        (cast.product_manager.id, ["Version"]),
    ]
    assert "Change the details" in as_(cast.customer).get(f"/ideas/{idea.id}").text
    assert "the details" not in as_(cast.other_customer).get(f"/ideas/{idea.id}").text


def test_staff_may_leave_empty_what_only_the_author_knows(make, as_, cast, board, idea):
    make.field(board, name="Device", required=True)
    of = make.field(board, name="Region", circle="staff")
    path = f"/ideas/{idea.id}/fields"
    assert as_(cast.moderator).put(path, data={of.key: "North"}).status_code == 303
    assert as_(cast.customer).put(path, data={}).status_code == 422


def test_acts_refuse_what_is_not_theirs(make, cast, board, idea):
    mine, staffs = make.field(board), make.field(board, circle="staff")
    planners, elsewhere = make.field(board, circle="planners"), make.field(make.board())
    with pytest.raises(NotAllowed):
        filling.fill(idea, by=cast.other_customer, values={mine: "x"})
    with pytest.raises(NotAllowed):
        filling.fill(idea, by=cast.customer, values={staffs: "x"})
    with pytest.raises(NotAllowed):
        filling.fill(idea, by=cast.moderator, values={planners: "x"})
    with pytest.raises(Conflict):
        filling.fill(idea, by=cast.customer, values={elsewhere: "x"})
    mine.archived_at = idea.created_at
    with pytest.raises(Conflict):
        filling.fill(idea, by=cast.customer, values={mine: "x"})
    assert kept(idea) == {}


def test_a_locked_idea_keeps_its_values(make, as_, cast, board, idea):
    of = make.field(board)
    idea.locked_at = idea.created_at
    db.session.commit()
    assert as_(cast.customer).put(f"/ideas/{idea.id}/fields", data={of.key: "x"}).status_code == 409
    assert as_(cast.moderator).put(f"/ideas/{idea.id}/fields", data={of.key: "x"}).status_code == 303


def test_the_database_refuses_what_cannot_be(make, board, idea):
    of, other = make.field(board, "Phone"), make.field(board, "Red")
    wrong = [
        {"field_id": of.id, "slot": 0},
        {"field_id": of.id, "slot": 0, "text": "x", "number": 1},
        {"field_id": of.id, "slot": 0, "choice_id": 2},
        {"field_id": other.id, "slot": 1, "choice_id": 2},
    ]
    for row in wrong:
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(sa.insert(FieldValue).values(idea_id=idea.id, **row))
    make.value(idea, of, (1,))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(sa.insert(FieldValue).values(idea_id=idea.id, field_id=of.id, slot=0, choice_id=1))


def test_sent_twice_is_one_idea_with_one_set_of_values(make, as_, cast, board, rows):
    of = make.field(board, "Mo", "Tu", type="choices")
    data = IDEA | {"board": board.id, of.key: ["1", "2"]}
    browser = as_(cast.customer)
    assert browser.post("/ideas/", data=data).location == browser.post("/ideas/", data=data).location
    assert (rows(Idea), rows(FieldValue)) == (1, 2)


def test_lists_are_narrowed_by_choices_of_fields_that_one_reads(make, as_, cast, board, at_most):
    device = make.field(board, "Phone", "Tablet", name="Device")
    cause = make.field(board, "Lost deal", "Support", name="Cause", circle="staff")
    whose = make.field(board, "Me", "My team", name="Whose", circle="author")
    ideas = [make.idea(board=board, title=f"Wish {n}", author=cast.customer) for n in range(2)]
    for idea, one in zip(ideas, (0, 1), strict=True):
        make.value(idea, device, (1 + one,))
        make.value(idea, cause, (3 + one,))
        make.value(idea, whose, (5 + one,))

    def shown(who, query):
        page = as_(who).get(f"/ideas/?{query}").text
        return [n for n in range(2) if f"Wish {n}" in page]

    here = f"board={board.id}"
    assert shown(None, f"{here}&field-{device.id}=2") == [1]
    assert shown(cast.moderator, f"{here}&field-{cause.id}=3") == [0]
    assert shown(cast.moderator, f"{here}&field-{cause.id}=3&field-{device.id}=2") == []
    # Nobody learns by a filter what they do not read.
    for hidden in (f"field-{cause.id}=3", f"field-{whose.id}=5"):
        assert shown(None, f"{here}&{hidden}") == [0, 1]
        assert shown(cast.customer, f"{here}&{hidden}") == [0, 1]
    page = as_(None).get(f"/ideas/?{here}&field-{device.id}=2").text
    assert "Device: Tablet" in page
    assert "Cause" not in page
    assert "Clear filters" in page
    assert "Cause: Support" in as_(cast.moderator).get(f"/ideas/?{here}").text
    # A filter of another board, or nonsense, narrows nothing.
    for nonsense in ("field-77=1", f"field-{device.id}=x", f"field-{device.id}=" + "9" * 40, "field-=1"):
        assert shown(None, f"{here}&{nonsense}") == [0, 1]
    path = f"/ideas/?{here}&field-{device.id}=2"
    with at_most(queries=4):
        as_(None).get(path)


def test_values_of_many_ideas_cost_one_query(make, board, at_most):
    device, note = make.field(board, "Phone", name="Device"), make.field(board, name="Note")
    ideas = [make.idea(board=board) for _ in range(5)]
    for idea in ideas:
        make.value(idea, device, (1,))
        make.value(idea, note, "Text")
    ids, board_id = [each.id for each in ideas], board.id
    with at_most(queries=1):
        found = queries.values_of(ids)
    assert [[each.words for each in found[key]] for key in ids] == [["Phone", "Text"]] * 5
    with at_most(queries=1):
        assert [each.name for each in queries.fields_of(board_id)] == ["Device", "Note"]


def test_the_page_of_an_idea_costs_one_query_more_where_the_board_asks(make, as_, cast, board, idea, at_most):
    browser = as_(cast.customer)
    with at_most(queries=9) as before:
        browser.get(f"/ideas/{idea.id}")
    for _ in range(4):
        make.value(idea, make.field(board, "Phone"), None)
    make.value(idea, make.field(board), "x")
    with at_most(queries=len(before) + 1):
        browser.get(f"/ideas/{idea.id}")
