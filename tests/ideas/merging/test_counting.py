"""Every voter counts once, and parting is as if the two had never been one."""

import pytest
import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.database import db
from portal.errors import Conflict
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge
from portal.ideas.merging.models import Merge
from portal.ideas.merging.separating import part
from portal.ideas.merging.settling import settle
from portal.ideas.models import Idea
from portal.voting import budgeting, casting, queries, ranking, vouching
from portal.voting.models import Proof, Vote
from portal.voting.tallying import demand_for
from portal.voting.vouching import Evidence
from tests.ideas.dumping import dump
from tests.ideas.merging.making import merged, no_differences


def test_every_voter_counts_once_with_the_greater_weight(pair, staff):
    assert merged(pair, staff, reason="The same wish")
    _source, target = pair
    assert (target.votes_up, target.weights_up, target.sources) == (2, 3, 1)
    assert demand_for(target.id).people == 2
    assert no_differences()


def test_turning_round_takes_back_what_each_vote_brought(pair, board, staff, cast):
    board.votes_against = True
    merged(pair, staff)
    for value in (-1, 1, -1):
        assert casting.cast(pair[1], by=cast.customer, value=value)
        db.session.commit()
        assert no_differences()


def test_the_rank_comes_from_the_dates_of_the_votes(pair, staff, board):
    merged(pair, staff)
    dates = queries.dated_values(pair[1].id)
    assert sorted(at.year for at, _ in dates) == [2025, 2025]
    assert pair[1].hot == pytest.approx(ranking.of_votes(dates, board.half_life))


def test_what_is_counted_twice_no_more_is_free_again(pair, staff, cast, board):
    before = budgeting.balance(cast.customer, board, Idea).left
    merged(pair, staff)
    assert (before, budgeting.balance(cast.customer, board, Idea).left) == (2, 3)
    kept = db.session.query(Vote).filter_by(idea_id=pair[1].id).one()
    assert (kept.returned_for, kept.eclipsed) == ("merging", True)


def test_parting_is_as_if_they_had_never_been_one(pair, staff):
    before = dump()
    merged(pair, staff)
    assert dump() != before
    assert part(pair[0], by=staff, reason="Two wishes after all")
    assert dump() == before
    row = db.session.query(Merge).one()
    assert (row.merged_by_id, row.undone_by_id, row.undone_reason) == (
        staff.id,
        staff.id,
        "Two wishes after all",
    )
    assert not part(pair[0], by=staff)


def test_merging_again_changes_nothing(pair, staff):
    merged(pair, staff)
    before = dump()
    assert not merged(pair, staff)
    assert dump() == before


def test_no_vote_is_dropped_by_a_closed_target(pair, staff):
    change_status(pair[1], to="shipped", by=staff)
    merged(pair, staff)
    assert (pair[1].votes_up, pair[1].weights_up) == (2, 3)
    assert {vote.returned_for for vote in db.session.query(Vote)} == {"closing"}
    assert no_differences()


def test_chains_count_at_their_end_and_circles_are_refused(make, pair, staff, cast, board):
    third = make.idea(board=board, author=cast.moderator)
    casting.cast(third, by=cast.admin)
    merged(pair, staff)
    merged((pair[1], third), staff)
    assert [each.merged_into_id for each in pair] == [third.id, third.id]
    assert (third.votes_up, third.sources, pair[1].votes_up) == (3, 2, 1)
    for source, into in ((third, pair[0]), (third, pair[1]), (third, third), (pair[0], pair[1])):
        with pytest.raises(Conflict):
            merge(source, into, by=staff)
        db.session.rollback()
    part(pair[1], by=staff)
    db.session.commit()
    assert (pair[0].merged_into_id, pair[1].votes_up, third.votes_up) == (pair[1].id, 2, 1)
    assert no_differences()


def test_other_boards_cap_weights_and_spend_nothing(make, pair, staff, cast, board):
    other = make.board(vote_budget=1)
    target = make.idea(board=other, author=cast.moderator)
    merged((pair[0], target), staff)
    assert (target.votes_up, target.weights_up) == (2, 2)
    assert budgeting.balance(cast.customer, other, Idea).left == 1
    assert budgeting.balance(cast.customer, board, Idea).left == 4


def test_votes_without_voters_stay_apart_and_go_back(make, pair, staff):
    pair[0].imported_up = 40
    db.session.commit()
    merged(pair, staff)
    assert (pair[1].imported_up, pair[1].score, pair[0].imported_up) == (40, 42, 40)
    part(pair[0], by=staff)
    assert (pair[1].imported_up, pair[0].imported_up) == (0, 40)


def test_votes_that_an_import_adds_count_where_the_idea_counts(pair, staff, cast):
    merged(pair, staff)
    db.session.add(
        Vote(person_id=cast.admin.id, idea_id=pair[0].id, value=1, cast_at=clock.now(), imported=True)
    )
    db.session.flush()
    assert settle([pair[0].id]) == 1
    db.session.commit()
    assert pair[1].votes_up == 3
    assert no_differences()


def test_a_vote_that_staff_added_is_taken_over_by_the_old_address(as_, pair, staff, make):
    vouching.add(
        pair[0], by=staff, voter=(guest := make.person()), evidence=Evidence(Proof.CALL, text="Yes.")
    )
    merged(pair, staff)
    answer = as_(guest).put(f"/ideas/{pair[0].id}/vote/owner")
    assert (answer.status_code, answer.location.split("-")[0]) == (303, f"/ideas/{pair[1].id}")
    assert db.session.query(Vote).filter_by(person_id=guest.id).one().taken_over_at
    assert [(e.name, e.differences) for e in audit_all() if e.differences] == []


def test_who_turns_round_does_so_on_every_idea_and_its_author_loses_the_points(make, staff, cast):
    board = make.board(votes_against=True)
    source, target = (make.idea(board=board, author=author) for author in (cast.customer, cast.moderator))
    for each, voter in ((source, make.person()), (target, voter_of_both := make.person())):
        casting.cast(each, by=voter)
    casting.cast(source, by=voter_of_both)
    merged((source, target), staff)
    for person_id in db.session.scalars(sa.select(Vote.person_id).distinct()).all():
        casting.cast(target, by=db.session.get(Person, person_id), value=-1)
    db.session.commit()
    assert (target.votes_up, target.votes_down) == (0, 2)
    assert {vote.value for vote in db.session.query(Vote)} == {-1}
    assert (cast.customer.reputation, cast.moderator.reputation) == (0, 0)
    assert no_differences()
