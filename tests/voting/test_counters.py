"""Whatever people press in whatever order, the stored numbers equal the rows."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict
from portal.ideas.models import Idea
from portal.voting import casting, ranking
from portal.voting.models import Vote

START = datetime(2026, 3, 1, tzinfo=UTC)
HALF_LIVES = (30.0, 5.0)
persons = st.integers(0, 3)
ideas = st.integers(0, 1)


def told():
    """How many votes the journal knows, cast or withdrawn."""
    return db.session.query(Entry).filter(Entry.kind.startswith("vote_")).count()


class Pressing(RuleBasedStateMachine):
    """A few people, two ideas on boards that take votes against, and a clock that moves."""

    make = None
    people = ()

    def __init__(self):
        super().__init__()
        boards = [self.make.board(votes_against=True, half_life=h) for h in HALF_LIVES]
        self.ideas = [self.make.idea(board=board, author=self.people[0]).id for board in boards]
        self.votes = {}
        self.now = START
        self.changes = 0
        self.told_before = told()

    def find(self, which):
        return db.session.get(Idea, self.ideas[which])

    @rule(hours=st.integers(1, 2000))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    @rule(who=persons, which=ideas, value=st.sampled_from([1, 1, 1, -1]))
    def press(self, who, which, value):
        had = self.votes.get((who, which))
        idea = self.find(which)
        if not idea.takes_votes:
            with pytest.raises(Conflict):
                casting.cast(idea, by=self.people[who], value=value)
            return
        with clock.at(self.now):
            changed = casting.cast(idea, by=self.people[who], value=value)
        db.session.commit()
        assert changed == (had is None or had[0] != value)
        if changed:
            self.votes[who, which] = (value, self.now)
            self.changes += 2 if had else 1

    @rule(who=persons, which=ideas)
    def take_back(self, who, which):
        idea = self.find(which)
        if not idea.takes_votes:
            return
        changed = casting.withdraw(idea, by=self.people[who])
        db.session.commit()
        assert changed == (self.votes.pop((who, which), None) is not None)
        self.changes += changed

    @rule(which=ideas)
    def fail_half_way(self, which):
        idea = self.find(which)
        if idea.takes_votes:
            casting.withdraw(idea, by=self.people[1])
            casting.cast(idea, by=self.people[1])
        db.session.rollback()

    @rule(which=ideas)
    def close_or_open(self, which):
        idea = self.find(which)
        idea.status = "open" if idea.status == "shipped" else "shipped"
        db.session.commit()

    @invariant()
    def numbers_equal_the_rows(self):
        db.session.expire_all()
        for which, half_life in enumerate(HALF_LIVES):
            mine = [vote for (_, idea), vote in self.votes.items() if idea == which]
            idea = self.find(which)
            stored = db.session.query(Vote).filter_by(idea_id=idea.id).all()
            assert sorted((v.value, v.cast_at) for v in stored) == sorted(mine)
            assert idea.votes_up == sum(value == 1 for value, _ in mine)
            assert idea.votes_down == sum(value == -1 for value, _ in mine)
            assert idea.score == sum(value for value, _ in mine)
            self.rank_equals_the_direct_sum(idea, mine, half_life)
        assert told() - self.told_before == self.changes

    def rank_equals_the_direct_sum(self, idea, votes, half_life):
        day = timedelta(days=1)
        wanted = math.fsum(value * 2 ** ((at - START) / day / half_life) for value, at in votes)
        if wanted <= 0:
            assert idea.hot == ranking.NEVER_VOTED
        else:
            expected = math.log2(wanted) + ranking.height(START, half_life)
            assert idea.hot == pytest.approx(expected, abs=1e-9)


def test_any_order_of_presses_keeps_the_numbers(make):
    class Here(Pressing):
        pass

    Here.make = make
    Here.people = [make.person() for _ in range(4)]
    careful = settings(
        max_examples=20,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    run_state_machine_as_test(Here, settings=careful)
