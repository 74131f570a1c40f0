"""Whatever people do, wherever the reader and the sender die, and whatever is read again: each firing once."""

import itertools
from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ContentHidden, ContentRestored, PostWritten
from portal.activity.models import Entry, ReaderPosition
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.memory.gateway import Memory
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.rules import acting, firing, keeping, sending
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, CrmRuleChange, CrmRuleTest, FiringState
from portal.database import db
from portal.discussion.models import Post
from portal.ideas.models import Idea
from tests.crm_bridge.rules.conftest import URL, read, said
from tests.trying import examples

who, which = st.integers(0, 2), st.integers(0, 1)
names = itertools.count(1)


class Killed(BaseException):
    """The process is gone."""


class Dying:
    """A CRM that takes what it is sent; then, or before, the process dies or the answer is lost."""

    def __init__(self, inner, how):
        self.inner, self.how = inner, how

    def add_activity(self, activities):
        if self.how == "before":
            raise Killed
        self.inner.add_activity(activities)
        if self.how == "after":
            raise Killed
        raise CrmError("No answer", permanent=False)


class Ruled(RuleBasedStateMachine):
    """Three people, two of whom agreed; two ideas; a rule with a task and one with a label."""

    make = agreed = boss = None

    def __init__(self):
        super().__init__()
        for table in (CrmFiring, CrmRuleTest, CrmRuleChange, CrmRule, ReaderPosition):
            db.session.execute(sa.delete(table))
        read()
        # Later than all that examples before this one did.
        self.now = clock.now() + timedelta(days=next(names))
        self.crm = Memory({"name": f"rules in any order {next(names)}"})
        self.people = [self.agreed().id, self.agreed().id, self.make.person().id]
        self.ideas = [self.make.idea().id for _ in range(2)]
        self.rules = []
        for definition in (said(risk=True), said(risk=True, then="tag", tag="Risk")):
            with clock.at(self.now):
                made = keeping.make("A rule", definition, by=self.boss)
                keeping.switch_on(made, by=self.boss)
            self.rules.append(made.id)
        db.session.commit()

    @rule(by=who, on=which, risky=st.booleans())
    def write(self, by, on, risky):
        self.now += timedelta(minutes=7)
        with clock.at(self.now):
            text = "We cancel." if risky else "We like it."
            author, idea = db.session.get(Person, self.people[by]), db.session.get(Idea, self.ideas[on])
            post = self.make.comment(idea, author=author, body=text, created_at=self.now)
            journal.record(PostWritten(actor_id=author.id, post_id=post.id, idea_id=idea.id, topic_id=None))
            db.session.commit()

    @rule(on=which)
    def hide_or_restore(self, on):
        self.turn(db.session.get(Idea, self.ideas[on]), "idea")

    @rule(nth=st.integers(0, 5))
    def hide_or_restore_a_post(self, nth):
        posts = sa.select(Post).where(Post.idea_id.in_(self.ideas)).order_by(Post.id).offset(nth).limit(1)
        if post := db.session.scalar(posts):
            self.turn(post, "post")

    def turn(self, thing, subject):
        self.now += timedelta(minutes=1)
        with clock.at(self.now):
            event = ContentRestored if thing.hidden_at else ContentHidden
            thing.hidden_at = None if thing.hidden_at else self.now
            journal.record(event(actor_id=None, subject=subject, subject_id=thing.id, reason="Why"))
            db.session.commit()

    @rule(by=who)
    def change_mind(self, by):
        person = db.session.get(Person, self.people[by])
        person.crm_consent = not person.crm_consent
        db.session.commit()

    @rule(dies=st.booleans())
    def read_some(self, dies):
        if dies:
            entries = db.session.scalars(sa.select(Entry).order_by(Entry.id)).all()
            firing.RuleReader().read(entries)
            db.session.rollback()
        else:
            read()

    @rule()
    def read_all_again(self):
        db.session.execute(sa.delete(ReaderPosition))
        read()

    @rule(how=st.sampled_from(["before", "after", "lost", ""]))
    def send(self, how):
        self.now += timedelta(minutes=20)
        with clock.at(self.now):
            try:
                for _ in sending.send_some(DEFAULT, Dying(self.crm, how) if how else self.crm, URL):
                    db.session.commit()
            except (Killed, CrmError):
                pass
            db.session.rollback()

    @rule(dies=st.booleans())
    def act(self, dies):
        acting.act_on_some(URL)
        db.session.rollback() if dies else db.session.commit()

    def teardown(self):
        read()
        db.session.execute(sa.update(CrmFiring).values(try_at=None))
        db.session.commit()
        for _ in sending.send_some(DEFAULT, self.crm, URL):
            db.session.commit()
        acting.act_on_some(URL)
        db.session.commit()
        fired = db.session.query(CrmFiring).all()
        assert set(Counter((each.rule_id, each.subject, each.event) for each in fired).values()) <= {1}
        risky = dict(
            db.session.execute(
                sa.select(Post.id, sa.func.coalesce(Post.hidden_at, Idea.hidden_at))
                .join(Idea, Idea.id == Post.idea_id)
                .where(Post.idea_id.in_(self.ideas), Post.body == "We cancel.")
            ).all()
        )
        # What can be read at the end fired, once for each rule, and was not let go; what cannot waits for nothing;
        # nothing else than what is risky fired.
        wanted = Counter(
            {(rule_id, post) for rule_id in self.rules for post, gone in risky.items() if not gone}
        )
        found = Counter((each.rule_id, each.post_id) for each in fired)
        assert not wanted - found
        assert {each.post_id for each in fired if each.state == FiringState.DROPPED} <= {
            post for post, gone in risky.items() if gone
        }
        assert {each.state for each in fired if risky[each.post_id]} <= {
            FiringState.DROPPED,
            FiringState.DONE,
        }
        assert {post for _, post in found} <= set(risky)
        assert max(found.values(), default=1) == 1
        tasks = [each for each in fired if each.act == "task"]
        done = {self.ref(each) for each in tasks if each.state == FiringState.DONE}
        assert done <= set(self.crm.records.activities) <= {self.ref(each) for each in tasks}
        # Only what is of somebody who agreed late, and whom no push has brought to the CRM yet.
        waiting = {(each.person_id, each.failure) for each in fired if each.state == FiringState.WAITING}
        assert waiting <= {(self.people[2], sending.NO_CONTACT)}

    def ref(self, each):
        return f"rule-{each.rule_id}-{each.subject}-{each.event}".replace(":", "-")


def test_each_firing_is_there_once(make, agreed, boss):
    Ruled.make, Ruled.agreed, Ruled.boss = make, staticmethod(agreed), boss
    run_state_machine_as_test(
        Ruled,
        settings=settings(
            max_examples=examples(12),
            stateful_step_count=14,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
