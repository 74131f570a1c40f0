"""An idea that few have seen stands among those of a page: never twice, always one that the reader may see and vote on."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.database import db
from portal.ideas import exploring, queries
from portal.ideas.exploring import FEW
from portal.ideas.filtering import IdeaFilter
from portal.ideas.models import Audience, Board, Idea, Party
from portal.ideas.views import PAGE
from portal.voting import casting
from portal.voting.models import Vote
from tests.ideas.reading import cards, page_of, text_of
from tests.trying import examples


@pytest.fixture
def board(make, cast):
    """A page of ideas that many want, and six that few have seen."""
    with make.in_one_transaction():
        board = make.board(name="Mobile", explores=True)
        for n in range(PAGE):
            make.idea(board=board, author=cast.moderator, title=f"Wanted {n}", votes_up=50, hot=100.0 + n)
        for n in range(6):
            make.idea(board=board, author=cast.moderator, title=f"Quiet {n}", votes_up=n, hot=float(n))
    return board


def slot(response):
    """What stands there: the words of the mark and the title; None where there is none."""
    section = page_of(response).find(".//section[@class='explored']")
    return None if section is None else text_of(section)


def titles(response):
    shown = cards(response)
    return [each for each in shown if each.startswith("Quiet")], shown


def test_one_that_few_have_seen_stands_among_those_of_the_page(as_, cast, board, at_most):
    stranger, customer = as_(None), as_(cast.customer)
    for query in ("", "&sort=top"):
        with at_most(queries=6):
            page = stranger.get(f"/ideas/?board={board.id}{query}")
        quiet, shown = titles(page)
        assert len(quiet) == 1
        assert len(shown) == len(set(shown)) == PAGE + 1
        assert shown.index(quiet[0]) == 3
        assert "Little seen, what do you think?" in slot(page)
        with at_most(queries=8):
            assert slot(customer.get(f"/ideas/?board={board.id}{query}"))
    # Of at most so many voters.
    assert quiet[0] != "Quiet 5"
    assert FEW == 4


def test_it_stays_for_a_day_and_for_all_strangers_and_their_page_with_it(as_, board, monkeypatch):
    path, morning = f"/ideas/?board={board.id}", clock.now().replace(hour=9)

    def at(**later):
        monkeypatch.setattr(clock, "now", lambda: morning + timedelta(**later))
        return as_(None).get(path)

    assert at().headers["ETag"] == at().headers["ETag"]
    assert slot(at()) == slot(at(hours=14))
    assert len({slot(at(days=n)) for n in range(12)}) > 2


@pytest.mark.parametrize(
    "query",
    ["&sort=new", "&status=open", "&text=quiet", "&mine=written"],
    ids=["new", "status", "words", "mine"],
)
def test_who_looks_for_something_sees_that_alone(as_, cast, board, query):
    assert slot(as_(cast.customer).get(f"/ideas/?board={board.id}{query}")) is None
    # Among all ideas it is one of a board that has the rule.
    assert slot(as_(cast.customer).get("/ideas/"))
    board.explores = False
    assert slot(as_(cast.customer).get("/ideas/")) is None


@pytest.mark.parametrize(
    "rule",
    [
        {"explores": False},
        {"closes_at": clock.now() - timedelta(days=1)},
        {"who_votes": Party.STAFF},
        {"counts_hidden": "until_voted"},
        {"archived_at": clock.now()},
        {"counts_hidden": "first_days", "counts_hidden_days": 36_500},
    ],
    ids=["off", "closed", "only staff votes", "no order of votes", "archived", "all are veiled"],
)
def test_a_board_that_takes_no_votes_or_hides_them_shows_none(as_, cast, board, rule):
    for name, value in rule.items():
        setattr(board, name, value)
    assert slot(as_(cast.customer).get(f"/ideas/?board={board.id}")) is None


def test_with_a_vote_it_makes_room_for_another_one(as_, cast, board, rows):
    browser, path, seen = as_(cast.customer), f"/ideas/?board={board.id}", []
    for _ in range(5):
        [title] = titles(browser.get(path))[0]
        seen.append(title)
        casting.cast(db.session.scalars(sa.select(Idea).where(Idea.title == title)).one(), by=cast.customer)
        db.session.commit()
    assert sorted(seen) == [f"Quiet {n}" for n in range(5)]
    assert slot(browser.get(path)) is None


facts = st.fixed_dictionaries(
    {
        "votes_up": st.integers(0, 8),
        "imported_up": st.sampled_from([0, 0, 0, 9]),
        "status": st.sampled_from(["open", "open", "planned", "shipped", "declined"]),
        "hidden_at": st.sampled_from([None, None, clock.now()]),
        "locked_at": st.sampled_from([None, None, clock.now()]),
        "hot": st.floats(-100, 100),
    }
)


def test_whatever_is_there_it_is_never_twice_and_always_one_to_vote_on(make, cast):
    boards = [make.board(explores=True, audience=each) for each in (Audience.PUBLIC, Audience.STAFF)]
    ideas = [make.idea(board=board, author=cast.customer) for board in boards for _ in range(7)]
    ids, viewers = (
        [each.id for each in ideas],
        [cast.stranger, cast.customer, cast.other_customer, cast.admin],
    )

    @settings(
        max_examples=examples(40), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(
        st.lists(facts, min_size=14, max_size=14),
        st.sets(st.integers(0, 13)),
        st.sets(st.integers(0, 13)),
        st.integers(0, 14),
        st.integers(0, 400),
    )
    def check(rows, voted, written, size, days):
        one, other = cast.customer.id, cast.other_customer.id
        authors = [other if n in written else one for n in range(len(ids))]
        facts = zip(ids, authors, rows, strict=True)
        db.session.execute(sa.update(Idea), [{"id": id_, "author_id": who, **row} for id_, who, row in facts])
        db.session.execute(sa.delete(Vote))
        db.session.add_all(
            Vote(person_id=other, idea_id=ids[n], value=1, cast_at=clock.now()) for n in sorted(voted)
        )
        db.session.commit()
        for viewer in viewers:
            for place in boards:
                holds(viewer, db.session.get_one(Board, place.id), size, days)

    def holds(viewer, board, size, days):
        wanted = IdeaFilter(board=board.id)
        seen = queries.cards(
            wanted.narrow(queries.listed_to(viewer), viewer).order_by(Idea.hot.desc(), Idea.id)
        )
        shown = seen[:size]
        with clock.at(clock.now() + timedelta(days=days)):
            asked = (viewer, wanted, [board], (), shown)
            found = exploring.explored(*asked, cursor=None)
            assert found is exploring.explored(*asked, cursor=None)
        mine = (
            set()
            if viewer.id is None
            else set(db.session.scalars(sa.select(Vote.counts_for_id).where(Vote.person_id == viewer.id)))
        )
        fitting = {
            each.id
            for each in seen[size:]
            if each.why_no_votes == "" and not each.is_hidden and each.score <= FEW and each.id not in mine
            and (viewer.id is None or each.author_id != viewer.id)
        }  # fmt: skip
        assert (found is None) == (not fitting or not shown)
        assert found is None or found.id in fitting

    check()
