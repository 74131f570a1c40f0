"""Whatever people write, edit, hide, vote and accept in whatever order, every number can be counted again."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal import clock
from portal.activity.auditing import audit_all
from portal.database import db
from portal.discussion.editing import edit
from portal.discussion.models import Post
from portal.discussion.writing import write
from portal.errors import Refusal
from portal.forums.accepting import accept, withdraw_acceptance
from portal.forums.models import Acceptance, Topic
from portal.ideas.models import Idea
from portal.moderation.hiding import hide, restore
from portal.moderation.locking import lock, unlock
from portal.voting.casting import cast, withdraw
from tests.factories import EPOCH
from tests.trying import examples

who = st.integers(0, 4)
which = st.integers(0, 30)


class Talking(RuleBasedStateMachine):
    """Three customers, a moderator and a product manager around a question, a discussion and an idea."""

    make = None
    people = ()

    def __init__(self):
        super().__init__()
        asker = self.people[0]
        self.places = [
            (Topic, self.make.topic(author=asker).id),
            (Topic, self.make.topic(author=asker, kind="discussion").id),
            (Idea, self.make.idea(author=asker).id),
        ]
        self.now = EPOCH + timedelta(days=1)
        self.written = 0
        for number in (0, 0, 1, 2):
            self.say(by=1, where=number, again=False)
        for number in (0, 0, 3):
            self.comment(by=2, on=number)

    def do(self, act, *things, **words):
        """Let it happen, or be refused; either way the transaction ends, and time passes."""
        self.now += timedelta(minutes=7)
        with clock.at(self.now):
            try:
                act(*things, **words)
                db.session.commit()
            except Refusal:
                db.session.rollback()

    def place(self, number):
        return db.session.get_one(*self.places[number % 3])

    def post(self, number):
        posts = self.posts()
        return posts[number % len(posts)] if posts else None

    def posts(self):
        topics, ideas = [key for _, key in self.places[:2]], [self.places[2][1]]
        mine = Post.topic_id.in_(topics) | Post.idea_id.in_(ideas)
        return db.session.query(Post).filter(mine).order_by(Post.id).all()

    @rule(by=who, where=which, again=st.booleans())
    def say(self, by, where, again):
        self.written += not again
        self.do(write, self.place(where), by=self.people[by], body=f"Text {self.written}")

    @rule(by=who, on=which)
    def comment(self, by, on):
        if post := self.post(on):
            self.written += 1
            place = db.session.get_one(Topic if post.topic_id else Idea, post.topic_id or post.idea_id)
            self.do(write, place, by=self.people[by], body=f"Comment {self.written}", parent=post)

    @rule(by=who, what=which)
    def change(self, by, what):
        if post := self.post(what):
            self.do(edit, post, by=self.people[by], body=f"{post.body} and more")

    @rule(what=which)
    def take_out_of_sight(self, what):
        if post := self.post(what):
            self.do(hide, post, by=self.people[3], reason="Off topic")

    @rule(what=which)
    def put_back(self, what):
        if post := self.post(what):
            self.do(restore, post, by=self.people[3], reason="Fine after all")

    @rule(where=which, closing=st.booleans())
    def close_or_open(self, where, closing):
        self.do(lock if closing else unlock, self.place(where), by=self.people[3], reason="Settled")

    @rule(by=who, what=which, value=st.sampled_from([1, 1, -1]))
    def vote(self, by, what, value):
        if post := self.post(what):
            self.do(cast, post, by=self.people[by], value=value)

    @rule(by=who, what=which)
    def take_vote_back(self, by, what):
        if post := self.post(what):
            self.do(withdraw, post, by=self.people[by])

    @rule(by=who, what=which)
    def say_it_solved_it(self, by, what):
        if post := self.post(what):
            self.do(accept, post, by=self.people[by])

    @rule(by=st.sampled_from([0, 3]), answer=st.integers(0, 1))
    def say_that_this_one_solved_it(self, by, answer):
        self.do(accept, self.post(answer), by=self.people[by])

    @rule(by=who, where=which)
    def say_it_did_not(self, by, where):
        place = self.place(where)
        if isinstance(place, Topic):
            self.do(withdraw_acceptance, place, by=self.people[by])

    @rule(by=who, where=which)
    def fail_half_way(self, by, where):
        with clock.at(self.now):
            try:
                write(self.place(where), by=self.people[by], body="Never kept")
            except Refusal:
                pass
            finally:
                db.session.rollback()

    @invariant()
    def counters_and_positions_are_right(self):
        db.session.expire_all()
        posts = self.posts()
        hidden = {post.id for post in posts if post.is_hidden}
        seen = [post for post in posts if post.id not in hidden and post.parent_id not in hidden]
        for number in range(3):
            place, column = self.place(number), "idea_id" if number == 2 else "topic_id"
            mine = [post for post in seen if getattr(post, column) == place.id]
            answers = [post for post in mine if post.parent_id is None]
            if number == 2:
                assert place.comments == len(mine)
            else:
                assert (place.replies, place.answers) == (len(mine), len(answers))
                assert place.last_activity_at == max([place.created_at, *[post.created_at for post in mine]])
                assert (place.solved_at is None) == (db.session.get(Acceptance, place.id) is None)
            every = sorted(post.position for post in posts if getattr(post, column) == place.id)
            assert every == list(range(1, place.last_position + 1))

    def teardown(self):
        assert [finding for finding in audit_all() if finding.differences] == []


def test_any_order_of_acts_keeps_every_number(make):
    class Here(Talking):
        pass

    Here.make = make
    roles = ["customer", "customer", "customer", "moderator", "product_manager"]
    Here.people = [make.person(role=role) for role in roles]
    careful = settings(
        max_examples=examples(15),
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
    )
    run_state_machine_as_test(Here, settings=careful)
