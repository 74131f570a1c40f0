"""What a product manager builds is what the file holds: a row for each, in the chosen columns."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock, tables
from portal.database import db
from portal.ideas import deciding
from portal.ideas.models import Status
from portal.ideas.plans.models import Plan
from portal.transfer import exporting
from portal.transfer.building import Export
from portal.transfer.presets import presets
from portal.transfer.rows.listing import KINDS
from portal.voting import casting, vouching
from portal.voting.models import Proof, Vote
from tests.transfer.building.only import one
from tests.trying import examples

NAMES = [each.name for each in KINDS["ideas"].columns()]


def test_a_row_for_each_idea_has_what_is_known_of_it(idea, take, cast, make):
    make._save(Plan(idea_id=idea.id, owner=cast.admin, review_on=date(2027, 3, 1), cost="Ten weeks"))
    deciding.change_status(
        idea, by=cast.product_manager, to=Status.DECLINED, reason="Too few", ground="costly"
    )
    names = (
        "number",
        "people",
        "accounts",
        "damped_weight",
        "importance_critical",
        "segments",
        "tiers",
        "owner",
    )
    (row,) = one(
        take(
            Export(
                "ideas",
                "json",
                (*names, "review_on", "cost", "status_name", "status_reason", "decline_reason"),
            )
        )
    )
    assert list(row) == [*names, "review_on", "cost", "status_name", "status_reason", "decline_reason"]
    assert (row["number"], row["people"], row["accounts"], row["importance_critical"]) == (idea.id, 3, 2, 1)
    assert row["damped_weight"] == 2.414
    assert row["segments"] == "Food (1), Utilities (1)"
    assert row["tiers"] == "enterprise (1), small (1)"
    assert (row["owner"], row["review_on"], row["cost"]) == ("Ada Byrne", "2027-03-01", "Ten weeks")
    assert (row["status_name"], row["status_reason"]) == ("Declined", "Too few")
    assert row["decline_reason"] == "It costs too much for what it brings"


def test_a_row_for_each_vote_can_say_what_is_known_of_its_idea(idea, take, cast):
    names = ("company", "voter", "importance", "idea_title", "idea_board", "idea_people", "revenue", "weight")
    rows = one(take(Export("votes", "json", names)))
    assert [row["voter"] for row in rows] == ["Ines Duarte", "Tomas Lind", "Col League"]
    assert rows[1] == {
        "company": "Harbor Foods", "voter": "Tomas Lind", "importance": "critical", "idea_title": "Offline mode",
        "idea_board": "Mobile", "idea_people": 3, "revenue": 9000, "weight": 1,
    }  # fmt: skip


def test_a_row_for_each_idea_and_voter_reads_like_uservoice(idea, make, take):
    make.idea(title="Nobody wants it", board_id=idea.board_id)
    rows = one(take(Export("voters", "csv")))
    assert [(row["ideaTitle"], row["userName"]) for row in rows] == [
        ("Offline mode", "Ines Duarte"),
        ("Offline mode", "Tomas Lind"),
        ("Offline mode", "Col League"),
        ("Nobody wants it", ""),
    ]
    assert len(rows[0]["linkedIdeaCreationDate"]) == len("2026-01-31 09:00:00")
    assert rows[0]["votersCount"] == "3"


def test_a_row_for_each_company_says_what_it_wants_most(idea, make, take, cast):
    other = make.idea(title="Dark theme", board_id=idea.board_id, status=Status.SHIPPED)
    make._save(Vote(person_id=cast.customer.id, idea_id=other.id, value=1, cast_at=clock.now()))
    proof = vouching.Evidence(Proof.CALL, text="They said so.")
    vouching.add(idea, by=cast.product_manager, voter=make.company(name="By phone"), evidence=proof)
    rows = one(take(Export("companies", "json", KINDS["companies"].usual)))
    assert [row["company"] for row in rows] == ["Northwind Utilities", "Harbor Foods", "By phone"]
    first = rows[0]
    assert (first["people"], first["ideas_wanted"], first["still_open"], first["shipped"]) == (2, 2, 1, 1)
    assert first["wants_most"] == "Offline mode; Dark theme"
    assert (rows[1]["critical"], rows[2]["people"], rows[2]["ideas_wanted"]) == (1, 0, 1)


def test_what_another_slice_offers_is_there_at_once(idea, take):
    tables.offer(
        "tests",
        [tables.Column("mood", "Mood", "How it feels")],
        lambda ids, _viewer: {n: {"mood": n * 2} for n in ids},
    )
    try:
        assert "mood" in {each.name for each in KINDS["ideas"].columns()}
        (row,) = one(take(Export("ideas", "json", ("number", "mood"))))
        assert row == {"number": idea.id, "mood": idea.id * 2}
        assert one(take(Export("votes", "json", ("idea_mood",))))[0] == {"idea_mood": idea.id * 2}
    finally:
        tables._offered.pop("tests")
    export = Export("ideas", "json", ("number", "mood"))
    assert export.missing() == ["mood"]
    assert one(take(export)) == [{"number": idea.id}]


def test_presets_mean_something_today(idea, take):
    for each in presets():
        each.export.check()
        assert all(take(each.export).values())


@pytest.mark.parametrize("rows", ["ideas", "votes", "voters", "companies"])
def test_an_export_costs_the_same_queries_for_many(make, cast, at_most, tmp_path, rows):
    people = [make.person(company=make.company()) for _ in range(8)]
    for _ in range(12):
        idea = make.idea(author=cast.customer, board_id=make.board().id)
        for person in people:
            casting.cast(idea, by=person)
    db.session.commit()
    every = tuple(each.name for each in KINDS[rows].columns())
    with at_most(queries=20):
        exporting.packed(Export(rows, "csv", every), viewer=cast.product_manager, folder=tmp_path)


@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=8),
    st.sampled_from(["csv", "xlsx", "json"]),
    st.booleans(),
)
def test_any_columns_in_any_order_are_the_columns_of_the_file(idea, take, names, kind, is_secret):
    export = Export("ideas", kind, tuple(names), impersonal=is_secret)
    personal = {each.name for each in KINDS["ideas"].columns() if each.personal}
    wanted = [name for name in names if not (is_secret and name in personal)]
    (row,) = one(take(export)) or [{}]
    assert list(row) == wanted
    assert Export.read(export.words()) == export
    assert set(replace(export, impersonal=False).personal()) == personal & set(names)
