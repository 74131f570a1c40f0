"""Whatever is merged, voted and parted in whatever order: numbers equal rows, and parting is as if never merged."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal import clock
from portal.activity.auditing import audit_all
from portal.database import db
from portal.errors import Refusal
from portal.ideas.bulk import handling
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge, why_not
from portal.ideas.merging.models import Merge
from portal.ideas.merging.previewing import preview
from portal.ideas.merging.separating import part
from portal.ideas.models import Idea
from portal.voting import budgeting, casting, vouching
from portal.voting.models import Proof, Vote, weight_counted
from portal.voting.tallying import demand_for
from tests.ideas.dumping import dump
from tests.trying import examples

START = datetime(2026, 3, 1, tzinfo=UTC)
persons, ideas = st.integers(0, 3), st.integers(0, 5)


def votes_held():
    """How many votes hold a budget, of all people on all boards."""
    spent = sa.select(sa.func.coalesce(sa.func.sum(weight_counted()), 0)).join(
        Idea, Idea.id == Vote.counts_for_id
    )
    return db.session.scalar(spent.where(budgeting.spends(Idea)))


class Merging(RuleBasedStateMachine):
    """Six ideas on two boards, one of which takes several votes each and has a budget; four people and a company."""

    make = None
    people = ()
    company = None
    manager = None

    def __init__(self):
        super().__init__()
        wide = self.make.board(half_life=30.0, most_per_idea=3, vote_budget=6, importance=True)
        narrow = self.make.board(half_life=5.0, votes_against=True)
        self.boards = [wide, wide, wide, narrow, narrow, narrow]
        brought = {"imported_up": 7, "imported_hot": 12.5, "hot": 12.5}
        self.ideas = [
            self.make.idea(board=board, author=self.people[n % 2], **(brought if n in (1, 4) else {})).id
            for n, board in enumerate(self.boards)
        ]
        self.now = START

    def find(self, which):
        return db.session.get(Idea, self.ideas[which])

    @rule(hours=st.integers(1, 500))
    def wait(self, hours):
        self.now += timedelta(hours=hours)

    @rule(
        who=persons,
        which=ideas,
        value=st.sampled_from([1, 1, 1, -1]),
        weight=st.sampled_from([None, 1, 2, 3]),
        importance=st.sampled_from([None, None, 1, 3]),
    )
    def vote(self, who, which, value, weight, importance):
        words = {"value": value, "weight": weight, "importance": importance}
        self.attempt(lambda: casting.cast(self.find(which), by=self.people[who], **words))

    @rule(who=persons, which=ideas)
    def take_back(self, who, which):
        self.attempt(lambda: casting.withdraw(self.find(which), by=self.people[who]))

    @rule(who=st.integers(0, 4), which=ideas)
    def vouch(self, who, which):
        voter = [*self.people, self.company][who]
        proof = vouching.Evidence(Proof.CALL, text="They said so.")
        self.attempt(lambda: vouching.add(self.find(which), by=self.manager, voter=voter, evidence=proof))

    @rule(who=persons, which=ideas)
    def take_over(self, who, which):
        self.attempt(lambda: vouching.take_over(self.find(which), by=self.people[who]))

    @rule(which=ideas, status=st.sampled_from(["shipped", "declined", "open", "open"]))
    def decide(self, which, status):
        self.attempt(lambda: change_status(self.find(which), to=status, by=self.manager))

    @rule(source=ideas, into=ideas)
    def merge(self, source, into):
        self.is_as_was_said([self.find(source)], self.find(into))

    @rule(chosen=st.sets(ideas, min_size=2, max_size=4))
    def merge_several(self, chosen):
        into, *others = handling.ranked_to_merge([self.find(which) for which in chosen])
        self.is_as_was_said([each for each in others if each.merged_into_id != into.id], into)

    def is_as_was_said(self, sources, into):
        """What staff read before it is what comes of it."""
        sources = [each for each in sources if not why_not(each, into)]
        if not sources:
            return
        for each in (into, *sources):
            budgeting.read_rules(each)
        said, held = preview(sources, into), votes_held()
        for each in sources:
            assert self.attempt(lambda each=each: merge(each, into, by=self.manager))
        self.numbers_equal_the_rows()
        assert said.voters[2] == into.votes_up + into.votes_down
        assert said.demands[2] == demand_for(into.id)
        assert said.freed[0] == held - votes_held()

    @rule(source=ideas)
    def part(self, source):
        self.attempt(lambda: part(self.find(source), by=self.manager))

    @rule(source=ideas, into=ideas)
    def merge_and_part(self, source, into):
        before = dump()
        if self.attempt(lambda: merge(self.find(source), self.find(into), by=self.manager)):
            self.now += timedelta(hours=1)
            assert self.attempt(lambda: part(self.find(source), by=self.manager))
        assert dump() == before

    @rule(which=ideas)
    def part_everything_and_look(self, which):
        for n in range(6):
            self.attempt(lambda n=n: part(self.find(n), by=self.manager))
        votes = db.session.query(Vote).filter(Vote.idea_id.in_(self.ideas)).all()
        assert {(v.carried_to_id, v.eclipsed, v.counted, v.counts_for_id == v.idea_id) for v in votes} <= {
            (None, False, None, True)
        }
        assert {v.returned_for for v in votes} <= {None, "closing"}
        assert {self.find(n).imported_up for n in (1, 4)} == {7}
        assert {self.find(n).sources for n in range(6)} == {0}

    def attempt(self, act):
        """True when it did something; a refusal leaves nothing behind."""
        with clock.at(self.now):
            try:
                done = act()
                db.session.commit()
            except Refusal:
                db.session.rollback()
                return False
            except Exception:
                db.session.rollback()
                raise
        return bool(done)

    def teardown(self):
        self.numbers_equal_the_rows()

    def numbers_equal_the_rows(self):
        assert not [(each.name, each.differences) for each in audit_all() if each.differences]

    @invariant()
    def each_voter_counts_once(self):
        families, votes = self.families(), db.session.query(Vote).filter(Vote.idea_id.in_(self.ideas)).all()
        for idea in db.session.query(Idea).filter(Idea.id.in_(self.ideas)).all():
            assert idea.merged_into_id == (families[idea.id] if families[idea.id] != idea.id else None)
            if not idea.is_merged:
                rows = [vote for vote in votes if families[vote.idea_id] == idea.id]
                voters = {(row.person_id, row.company_id) for row in rows}
                assert idea.votes_up + idea.votes_down == len(voters)
                assert {
                    (row.person_id, row.company_id) for row in rows if row.counts_for_id == idea.id
                } == voters

    def families(self):
        """Each idea with the one that it was merged into, and that one, and so on: what counts for it."""
        merges = dict(db.session.query(Merge.source_id, Merge.target_id).filter(Merge.undone_at.is_(None)))
        tops = dict(zip(self.ideas, self.ideas, strict=True))
        while set(tops.values()) & set(merges):
            tops = {idea: merges.get(top, top) for idea, top in tops.items()}
        return tops

    @invariant()
    def nobody_has_less_than_nothing_left(self):
        for person in self.people:
            assert 0 <= budgeting.balance(person, self.boards[0], Idea).left <= 6


def test_any_order_of_merges_and_votes(make, cast):
    class Here(Merging):
        pass

    Here.make = make
    Here.people = [make.person() for _ in range(4)]
    Here.company, Here.manager = cast.company, cast.product_manager
    careful = settings(
        max_examples=examples(12),
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=(Phase.generate,),
    )
    run_state_machine_as_test(Here, settings=careful)
