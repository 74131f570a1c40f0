"""Exports say what an idea has in the fields of its board, its score, what people say of it, and what was merged into it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.discussion.models import Label, Labelling
from portal.ideas import deciding
from portal.ideas.appeals.models import Appeal
from portal.ideas.fields.models import Circle, FieldChoice
from portal.ideas.inquiring import answering
from portal.ideas.inquiring.models import Inquiry
from portal.ideas.merging.joining import merge
from portal.ideas.scores import scoring
from portal.ideas.verdicts.judging import judge
from portal.moderation.hiding import hide
from portal.transfer import exporting
from portal.transfer.building import Export
from portal.transfer.rows.listing import KINDS
from portal.voting import casting
from tests.transfer.taking_out import tables_of

WEEKS_AGO = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def board(make):
    return make.board(name="Mobile")


@pytest.fixture
def idea(make, cast, board):
    idea = make.idea(board=board, author=cast.customer, title="Offline mode")
    for each in (cast.customer, cast.other_customer):
        casting.cast(idea, by=each)
    db.session.commit()
    return idea


@pytest.fixture
def take(tmp_path, cast):
    """`take(names…)`: the rows of these columns of every idea, as JSON, for a viewer."""

    def take(*names, viewer=None, rows="ideas"):
        db.session.commit()
        export = Export(rows, "json", names)
        export.check()
        path, _ = exporting.packed(export, viewer=viewer or cast.product_manager, folder=tmp_path)
        (found,) = tables_of(path.name, path.read_bytes()).values()
        path.unlink()
        return found

    return take


def test_fields_have_a_column_each_with_a_heading_that_people_read(make, cast, board, idea, take):
    number = make.field(board, name="Seats", type="number")
    device = make.field(board, "Phone", "Tablet", name="Device", type="choices")
    urgent = make.field(board, name="Urgent", type="yes_no")
    make.value(idea, number, 40)
    chosen = db.session.scalars(sa.select(FieldChoice.id).where(FieldChoice.field_id == device.id))
    make.value(idea, device, tuple(chosen))
    make.value(idea, urgent, True)
    names = [f"field_{each.id}" for each in (device, number, urgent)]
    said = {"Device (Mobile)": "Phone, Tablet", "Seats (Mobile)": 40, "Urgent (Mobile)": "Yes"}
    assert take(*names) == [said]
    (vote, _) = take("voter", *(f"idea_{each}" for each in names), rows="votes")
    assert vote == {"voter": vote["voter"]} | said
    # A saved export keeps its columns when a field gets another name.
    saved = Export("ideas", "json", tuple(names)).words()
    number.name = "Licences"
    db.session.commit()
    assert Export.read(saved).missing() == []
    assert "Licences (Mobile)" in take(*names)[0]


def test_headings_that_would_be_the_same_stay_apart(make, idea, take):
    here = make.field(make.board(name="Old) (iPad"), name="Seats")
    there = make.field(make.board(name="iPad"), name="Seats (Old)")
    make.value(idea, here, "Five")
    row = take(f"field_{here.id}", f"field_{there.id}")[0]
    assert row == {f"Seats (Old) (iPad) {here.id}": "Five", f"Seats (Old) (iPad) {there.id}": None}


def test_what_is_not_for_everybody_is_left_out_for_who_may_not_see_it(make, cast, board, idea, take):
    private = [make.field(board, name=f"For {each}", circle=each) for each in Circle if each != "everybody"]
    public = make.field(board, name="Open")
    for each in (*private, public):
        make.value(idea, each, "Words")
    names = ("product_score", *(f"field_{each.id}" for each in (*private, public)))
    assert len(take(*names)[0]) == len(names)
    assert take(*names, viewer=cast.other_customer) == [{"Open (Mobile)": "Words"}]


def test_the_score_with_what_it_was_worked_out_from(make, cast, board, idea, take):
    rice = {name: Decimal(n) for name, n in (("reach", 2), ("impact", 3), ("confidence", 80), ("effort", 4))}
    scoring.score(idea, by=cast.product_manager, inputs=rice)
    names = ("product_score", "product_score_formula", "product_score_inputs", "product_scored_on")
    first = take(*names)[0]
    assert (first["product_score"], first["product_score_formula"]) == (1.2, "RICE")
    assert first["product_score_inputs"] == "reach 2; impact 3; confidence 80; effort 4"
    factors = [{"name": "Value", "weight": "2"}, {"name": "Fit", "weight": "0.5"}]
    scoring.set_formula(idea.board_id, by=cast.product_manager, kind="weights", factors=factors)
    given = {"factor_1": Decimal(3), "factor_2": Decimal(5)}
    scoring.score(idea, by=cast.product_manager, inputs=given)
    second = take(*names)[0]
    assert (second["product_score"], second["product_score_inputs"]) == (8.5, "Value 3; Fit 5")
    assert second["product_score_formula"] == "Own formula, version 1 of the board"
    assert second["product_scored_on"] == f"{clock.now():%Y-%m-%d}"


def test_whether_it_solves_it_and_who_still_wants_it(make, cast, board, idea, take):
    names = ("solved_yes", "solved_partly", "solved_no", "appeals")
    assert take(*names) == [dict.fromkeys(names, 0)]
    deciding.change_status(idea, to="shipped", by=cast.product_manager)
    judge(idea, by=cast.customer, answer="no", words="")
    judge(idea, by=cast.other_customer, answer="yes", words="")
    idea.appeals = 2
    assert take(*names) == [dict(zip(names, (1, 0, 1, 2), strict=True))]
    assert db.session.query(Appeal).count() == 0


def test_what_was_merged_into_it(make, cast, board, idea, take):
    two = [make.idea(board_id=idea.board_id, title=f"Work {n} offline") for n in (1, 2)]
    for each in two:
        merge(each, idea, by=cast.admin)
    hide(two[1], by=cast.admin, reason="Advertising")
    (row,) = take("title", "merged_from_count", "merged_from")
    assert row == {
        "title": "Offline mode",
        "merged_from_count": 2,
        "merged_from": f"{two[0].id} Work 1 offline",
    }


def test_what_people_said_when_they_were_asked(make, cast, board, idea, take):
    names = [each.name for each in KINDS["ideas"].columns() if each.name.startswith("still_wanted_")]
    assert take(*names) == [dict.fromkeys(names)]
    with clock.at(WEEKS_AGO):
        make._save(Inquiry(idea_id=idea.id, asked_at=WEEKS_AGO, until=WEEKS_AGO + timedelta(days=30)))
        answering.answer(idea, by=cast.other_customer, says="no")
        assert take(*names)[0] == dict(zip(names, ("2026-05-04", "2026-06-03", 0, 1, None), strict=True))
        answering.answer(idea, by=cast.customer, says="yes")
    said = ("2026-05-04", "2026-06-03", 1, 1, "Somebody still wants it")
    assert take(*names)[0] == dict(zip(names, said, strict=True))


def test_however_many_ideas_there_are_it_costs_the_same(make, cast, board, idea, take, at_most):
    field = make.field(board, name="Seats")
    names = [each.name for each in KINDS["ideas"].columns()]
    make._save(Inquiry(idea_id=idea.id, asked_at=WEEKS_AGO, until=clock.now()))
    with at_most(queries=40) as few:
        take(*names)
    for n in range(30):
        other = make.idea(board_id=idea.board_id)
        make.value(other, field, f"{n}")
        make._save(Inquiry(idea_id=other.id, asked_at=WEEKS_AGO, until=clock.now()))
    with at_most(queries=len(few)):
        assert len(take(*names)) == 31


def test_they_are_chosen_in_the_builder(as_, cast, make, board, idea):
    field = make.field(board, name="Seats")
    make.value(idea, field, "Forty")
    browser = as_(cast.product_manager)
    page = browser.get("/exports/new")
    assert page.status_code == 200
    assert "Seats (Mobile)" in page.text
    assert "product_score_inputs" in page.text


def test_of_what_was_merged_from_elsewhere_only_who_may_see_it_reads_labels_and_titles(
    make, cast, idea, take
):
    secret = make.idea(board=make.board(audience="staff"), author=cast.moderator, title="Internal words")
    label = make._save(Label(name="internal"))
    make._save(Labelling(label_id=label.id, idea_id=secret.id))
    merge(secret, idea, by=cast.product_manager)
    names = ("number", "tags", "merged_from_count", "merged_from")
    for viewer, tags, titles in (
        (cast.product_manager, "internal", f"{secret.id} Internal words"),
        (cast.stranger, None, None),
    ):
        rows = take(*names, viewer=viewer)
        assert rows == [dict(zip(names, (idea.id, tags, 1, titles), strict=True))]
    hide(secret, by=cast.moderator, reason="Private data")
    assert [each["tags"] for each in take(*names)] == [None]
