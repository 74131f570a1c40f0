"""A workaround follows its idea when that is merged, with whom it helps, and comes back when they are parted."""

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal import clock
from portal.activity.auditing import audit_all
from portal.database import db
from portal.discussion.models import Post
from portal.errors import Refusal
from portal.ideas.merging.joining import merge
from portal.ideas.merging.separating import part
from portal.ideas.models import Idea
from portal.moderation import hiding
from portal.moderation.workarounds import helping
from portal.moderation.workarounds.marking import mark, unmark
from portal.moderation.workarounds.queries import in_force
from portal.notifications.models import Notice
from portal.transfer.rows import ideas as exported
from portal.transfer.tables.adding_duplicates import Duplicates
from portal.voting import casting
from tests.ideas.dumping import dump
from tests.ideas.reading import shown
from tests.moderation.workarounds.counted import helped
from tests.transfer.bringing import bring
from tests.trying import examples


def test_a_workaround_on_a_board_for_staff_is_told_to_nobody_else_and_hidden_it_leaves_in_no_export(
    make, cast, idea, tell_now, rows
):
    secret = make.idea(board=make.board(audience="staff"), author=cast.product_manager)
    merge(secret, idea, by=cast.product_manager)
    casting.cast(idea, by=cast.admin)
    comment = make.comment(secret, body="Internal words")
    mark(idea, comment, by=cast.product_manager)
    db.session.commit()
    tell_now()
    told = db.session.query(Notice).filter_by(kind="workaround").order_by(Notice.person_id)
    assert [each.person_id for each in told] == [cast.moderator.id, cast.admin.id]
    hiding.hide(secret, by=cast.moderator, reason="Private data")
    db.session.commit()
    assert dict(exported.cells([idea.id], ["workaround"], cast.admin)) == {idea.id: [""]}


def test_it_follows_a_merge_with_whom_it_helps_and_comes_back_on_parting(as_, cast, make, idea, comment):
    target = make.idea(author=cast.moderator, title="Work without signal")
    casting.cast(target, by=cast.customer)
    mark(idea, comment, by=cast.moderator)
    for who in (cast.customer, cast.other_customer):
        helping.say(idea, by=who)
    before = dump()
    merge(idea, target, by=cast.moderator)
    assert (helped(idea), helped(target)) == (0, 2)
    page = shown(as_(None).get(f"/ideas/{target.id}"))
    assert "Print the list before you leave." in page
    assert "2 of 2 voters are helped for now." in page
    assert dict(exported.cells([target.id], ["helped", "workaround"], cast.admin)) == {
        target.id: [2, comment.body]
    }
    part(idea, by=cast.moderator)
    assert dump() == before
    # What its own words say comes before what came along, and is left behind.
    merge(idea, target, by=cast.moderator)
    own = make.comment(target, body="Use paper.")
    mark(target, own, by=cast.moderator)
    helping.say(target, by=cast.customer)
    assert helped(target) == 1
    part(idea, by=cast.moderator)
    assert (helped(idea), helped(target)) == (2, 1)


def test_what_was_said_on_a_merged_idea_and_marked_for_its_target_goes_with_it(
    as_, cast, make, idea, comment
):
    target = make.idea(author=cast.moderator, title="Work without signal")
    own = make.comment(target)
    mark(target, own, by=cast.moderator)
    merge(idea, target, by=cast.moderator)
    assert mark(target, comment, by=cast.moderator)
    assert not mark(target, comment, by=cast.moderator)
    helping.say(target, by=cast.other_customer)
    assert helped(target) == 1
    part(idea, by=cast.moderator)
    assert (helped(idea), helped(target)) == (1, 0)
    for each, there in ((idea, True), (target, False)):
        assert ("Workaround until it is done" in shown(as_(None).get(f"/ideas/{each.id}"))) == there
    merge(idea, target, by=cast.moderator)
    mark(target, own, by=cast.moderator)
    unmark(target, by=cast.moderator)
    assert (helped(target), in_force(target.id), in_force(idea.id)) == (0, None, None)


def test_whom_it_helped_counts_where_an_import_says_that_their_idea_was_merged(app, cast, make, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Duplicates, "_merge", lambda _self, _keys: set())
        bring("fider", "fider-posts.csv")
    dark, again = (db.session.scalars(sa.select(Idea).filter_by(source_id=each)).one() for each in "13")
    casting.cast(again, by=cast.customer)
    mark(again, make.comment(again), by=cast.moderator)
    helping.say(again, by=cast.customer)
    assert helped(again) == 1
    bring("fider", "fider-posts.csv")
    assert (helped(again), helped(dark)) == (0, 1)


MOVED = (
    "people helped by workarounds",
    "votes on ideas and answers",
    "votes of merged ideas",
    "demand for ideas",
)
"""Audits of the numbers that these acts move; the others are asked at the end."""


class Helping(RuleBasedStateMachine):
    """Three people, two ideas, two comments on each; merged and parted, voted and taken back. In the beginning the one
    idea has a workaround that helps two of its voters: it is from there that an act can spoil a number."""

    make = None
    people = ()
    staff = None

    def __init__(self):
        super().__init__()
        board = self.make.board(votes_against=True)
        self.ideas = [self.make.idea(board=board, author=self.staff).id for _ in range(2)]
        self.posts = [[self.make.comment(self.find(n)).id for _ in range(2)] for n in range(2)]
        self.mark(which=0, of=0, post=0)
        for who in range(2):
            self.vote(who=who, which=0, value=1)
            self.say(who=who, which=0)
        assert self.find(0).helped == 2

    def find(self, which):
        return db.session.get(Idea, self.ideas[which])

    @rule(who=st.integers(0, 2), which=st.integers(0, 1), value=st.sampled_from((1, 1, 1, -1)))
    def vote(self, who, which, value):
        self.attempt(lambda: casting.cast(self.find(which), by=self.people[who], value=value))

    @rule(who=st.integers(0, 2), which=st.integers(0, 1))
    def take_back(self, who, which):
        self.attempt(lambda: casting.withdraw(self.find(which), by=self.people[who]))

    @rule(which=st.integers(0, 1), of=st.integers(0, 1), post=st.integers(0, 1))
    def mark(self, which, of, post):
        found = db.session.get(Post, self.posts[of][post])
        self.attempt(lambda: mark(self.find(which), found, by=self.staff))

    @rule(which=st.integers(0, 1))
    def unmark(self, which):
        self.attempt(lambda: unmark(self.find(which), by=self.staff))

    @rule(who=st.integers(0, 2), which=st.integers(0, 1))
    def say(self, who, which):
        self.attempt(lambda: helping.say(self.find(which), by=self.people[who]))

    @rule(who=st.integers(0, 2), which=st.integers(0, 1))
    def say_no_more(self, who, which):
        self.attempt(lambda: helping.take_back(self.find(which), by=self.people[who]))

    @rule()
    def merge_and_part(self):
        before = dump()
        if self.attempt(lambda: merge(self.find(0), self.find(1), by=self.staff)):
            self.attempt(lambda: part(self.find(0), by=self.staff))
        assert dump() == before

    @rule()
    def merge(self):
        self.attempt(lambda: merge(self.find(0), self.find(1), by=self.staff))

    @rule()
    def part(self):
        self.attempt(lambda: part(self.find(0), by=self.staff))

    def attempt(self, act):
        try:
            done = act()
            db.session.commit()
        except Refusal:
            db.session.rollback()
            return False
        return bool(done)

    @invariant()
    def numbers_equal_the_rows(self):
        assert [each.differences for each in audit_all(only=MOVED) if each.differences] == []
        db.session.rollback()
        for which in range(2):
            idea = self.find(which)
            db.session.refresh(idea)
            assert idea.helped <= idea.people

    def teardown(self):
        assert [each.differences for each in audit_all() if each.differences] == []
        db.session.rollback()


def test_whatever_is_said_marked_and_merged_the_count_is_of_voters_whom_it_helps(make, cast, monkeypatch):
    now = [clock.now()]

    def tick():
        now[0] += timedelta(seconds=1)
        return now[0]

    monkeypatch.setattr(clock, "now", tick)
    Helping.make, Helping.staff = make, cast.moderator
    Helping.people = [make.person() for _ in range(3)]
    phases = (Phase.explicit, Phase.generate)
    how = settings(
        max_examples=examples(8),
        stateful_step_count=25,
        deadline=None,
        phases=phases,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Helping, settings=how)
