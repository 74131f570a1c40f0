"""Whatever people press in whatever order, the stored numbers equal the rows and no budget is overspent."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal import clock
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, Unusable
from portal.ideas.deciding import change_status
from portal.ideas.models import CLOSED, Idea, Status
from portal.voting import budgeting, casting, ranking
from portal.voting.counting import Ballot
from portal.voting.models import Vote
from tests.trying import examples

START = datetime(2026, 3, 1, tzinfo=UTC)
HALF_LIVES = (30.0, 5.0)
MOST = 3
persons = st.integers(0, 3)
ideas = st.integers(0, 3)


def told():
    """How many votes the journal knows, cast, changed or withdrawn."""
    return db.session.query(Entry).filter(Entry.kind.startswith("vote_")).count()


class Pressing(RuleBasedStateMachine):
    """A few people, four ideas on two boards with votes against and several votes each; one has a budget."""

    make = None
    people = ()
    manager = None

    def __init__(self):
        super().__init__()
        rules = {"votes_against": True, "most_per_idea": MOST, "importance": True}
        self.boards = [self.make.board(half_life=h, **rules) for h in HALF_LIVES]
        self.boards[0].vote_budget = 4
        both = self.boards * 2
        self.ideas = [self.make.idea(board=board, author=self.people[0]).id for board in both]
        self.votes = {}
        self.now = START
        self.changes = 0
        self.told_before = told()

    def find(self, which):
        return db.session.get(Idea, self.ideas[which])

    def spent(self, who, but=None):
        """What one person's votes on open ideas of the board with the budget come to."""
        mine = {w: v for (p, w), v in self.votes.items() if p == who and w % 2 == 0 and w != but}
        return sum(ballot.weight for w, (ballot, _) in mine.items() if self.find(w).status not in CLOSED)

    @rule(hours=st.integers(1, 2000))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    @rule(
        who=persons,
        which=ideas,
        value=st.sampled_from([1, 1, 1, -1]),
        weight=st.sampled_from([None, 1, 2, 3]),
        importance=st.sampled_from([None, None, 1, 3]),
    )
    def press(self, who, which, value, weight, importance):
        idea, had = self.find(which), self.votes.get((who, which))
        before = had[0] if had else None
        kept = before if before and before.value == value else Ballot(value)
        wanted = Ballot(value, weight or kept.weight, importance or kept.importance)
        words = {"by": self.people[who], "value": value, "weight": weight, "importance": importance}
        with clock.at(self.now):
            error = self.why_not(who, which, before, wanted)
            if error:
                with pytest.raises(error):
                    casting.cast(idea, **words)
                db.session.rollback()
                return
            changed = casting.cast(idea, **words)
        db.session.commit()
        assert changed == (before != wanted)
        if changed:
            turned = before is None or before.value != value
            self.votes[who, which] = (wanted, self.now if turned else had[1])
            self.changes += 2 if before and turned else 1

    def why_not(self, who, which, before, wanted):
        if self.find(which).status in CLOSED:
            return Conflict
        if wanted.value < 0 and wanted.weight > 1:
            return Unusable
        grows = wanted.weight > (before.weight if before else 0)
        too_many = self.spent(who, but=which) + wanted.weight > self.boards[0].vote_budget
        return Conflict if which % 2 == 0 and grows and too_many else None

    @rule(who=persons, which=ideas)
    def take_back(self, who, which):
        idea = self.find(which)
        if idea.status in CLOSED:
            return
        changed = casting.withdraw(idea, by=self.people[who])
        db.session.commit()
        assert changed == (self.votes.pop((who, which), None) is not None)
        self.changes += changed

    @rule(which=ideas)
    def fail_half_way(self, which):
        idea = self.find(which)
        if idea.status not in CLOSED:
            casting.withdraw(idea, by=self.people[1])
            casting.cast(idea, by=self.people[1])
        db.session.rollback()

    @rule(which=ideas, status=st.sampled_from([Status.SHIPPED, Status.DECLINED, Status.OPEN, Status.OPEN]))
    def decide(self, which, status):
        change_status(self.find(which), to=status, by=self.manager, ground="rare")
        db.session.commit()

    @rule(budget=st.integers(1, 6))
    def change_the_budget(self, budget):
        self.boards[0].vote_budget = budget
        db.session.commit()

    @invariant()
    def numbers_equal_the_rows(self):
        db.session.expire_all()
        for which in range(4):
            mine = [vote for (_, idea), vote in self.votes.items() if idea == which]
            idea = self.find(which)
            stored = db.session.query(Vote).filter_by(idea_id=idea.id).all()
            assert {v.person_id: (Ballot.of(v), v.cast_at) for v in stored} == {
                self.people[who].id: vote for (who, idea), vote in self.votes.items() if idea == which
            }
            assert {v.returned_at is not None for v in stored} <= {idea.status in CLOSED}
            ups = [ballot for ballot, _ in mine if ballot.value == 1]
            assert (idea.votes_up, idea.votes_down) == (len(ups), len(mine) - len(ups))
            assert idea.score == sum(ballot.value for ballot, _ in mine)
            assert idea.weights_up == sum(ballot.weight for ballot in ups)
            self.rank_equals_the_direct_sum(idea, mine, HALF_LIVES[which % 2])
        assert told() - self.told_before == self.changes

    def teardown(self):
        assert not [each for each in audit_all() if each.differences]

    @invariant()
    def nobody_has_less_than_nothing_left(self):
        board = self.boards[0]
        for who, person in enumerate(self.people):
            balance = budgeting.balance(person, board, Idea)
            assert balance.spent == self.spent(who)
            assert balance.left == max(0, board.vote_budget - self.spent(who))

    def rank_equals_the_direct_sum(self, idea, votes, half_life):
        day = timedelta(days=1)
        wanted = math.fsum(b.value * b.weight * 2 ** ((at - START) / day / half_life) for b, at in votes)
        if wanted <= 0:
            assert idea.hot == ranking.NEVER_VOTED
        else:
            expected = math.log2(wanted) + ranking.height(START, half_life)
            assert idea.hot == pytest.approx(expected, abs=1e-9)


def test_any_order_of_presses_keeps_the_numbers(make, cast):
    class Here(Pressing):
        pass

    Here.make = make
    Here.people = [make.person() for _ in range(4)]
    Here.manager = cast.product_manager
    careful = settings(
        max_examples=examples(10),
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=(Phase.generate,),
    )
    run_state_machine_as_test(Here, settings=careful)
