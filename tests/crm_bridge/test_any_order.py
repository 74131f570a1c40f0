"""Whatever people do, whatever the CRM does and wherever a push dies: one clean push later all is equal."""

import itertools
from datetime import timedelta
from random import Random

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ConsentChanged, ContentHidden, ContentRestored, IdeaEdited, PersonChanged
from portal.crm_bridge import drifting, marking, planning, recording
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.memory.gateway import Memory
from portal.crm_bridge.models import DEFAULT, CrmDirty, Entity
from portal.database import db
from portal.errors import Conflict
from portal.ideas.models import Idea
from portal.voting import casting
from portal.voting.models import Vote
from tests.crm_bridge.conftest import Bridge, forget_everything
from tests.crm_bridge.faults import Killed, Moody, Mortal
from tests.factories import EPOCH
from tests.trying import examples

who = st.integers(0, 3)
which = st.integers(0, 2)
seeds = st.integers(0, 10_000)
plans = st.sampled_from([planning.everything, planning.waiting])
names = itertools.count(1)


class Living(RuleBasedStateMachine):
    """Four people, two of them agreed; three ideas; a CRM without keys of its own."""

    make = None

    def __init__(self):
        super().__init__()
        db.session.execute(sa.update(Person).values(crm_consent=False))
        forget_everything()
        self.now = EPOCH + timedelta(days=1)
        with self.make.in_one_transaction():
            company = self.make.company()
            self.people = [self.person(n, company) for n in range(4)]
            self.ideas = [self.make.idea().id for _ in range(3)]
        marking.mark(DEFAULT, Entity.PERSON, self.people)
        marking.mark(DEFAULT, Entity.COMPANY, [company.id])
        db.session.commit()
        self.bridge = Bridge(Memory({"name": f"any order {next(names)}"}))

    def person(self, n, company):
        agreed = {"crm_consent": n % 2 == 0, "crm_consent_at": EPOCH}
        return self.make.person(company=company if n < 2 else None, **agreed).id

    def do(self, act):
        self.now += timedelta(minutes=7)
        with clock.at(self.now):
            try:
                act()
                db.session.commit()
            except Conflict:
                db.session.rollback()

    @rule(by=who, on=which)
    def vote(self, by, on):
        self.do(lambda: casting.cast(self.idea(on), by=self.one(by)))

    @rule(by=who, on=which)
    def take_back(self, by, on):
        self.do(lambda: casting.withdraw(self.idea(on), by=self.one(by)))

    @rule(by=who)
    def change_mind(self, by):
        def act():
            person = self.one(by)
            person.crm_consent, person.crm_consent_at = not person.crm_consent, self.now
            granted = person.crm_consent
            journal.record(ConsentChanged(actor_id=person.id, person_id=person.id, granted=granted))

        self.do(act)

    @rule(by=who, name=st.text("abc", min_size=1, max_size=3))
    def rename(self, by, name):
        def act():
            self.one(by).name = name
            journal.record(PersonChanged(actor_id=None, person_id=self.people[by], fields=["name"]))

        self.do(act)

    @rule(on=which, title=st.text("xyz", min_size=1, max_size=3))
    def retitle(self, on, title):
        def act():
            self.idea(on).title = title
            journal.record(IdeaEdited(actor_id=None, idea_id=self.ideas[on]))

        self.do(act)

    @rule(on=which)
    def hide_or_restore(self, on):
        def act():
            idea = self.idea(on)
            kind = ContentHidden if idea.hidden_at is None else ContentRestored
            idea.hidden_at = self.now if idea.hidden_at is None else None
            journal.record(kind(actor_id=None, subject="idea", subject_id=idea.id, reason=""))

        self.do(act)

    @rule(plan=plans, seed=seeds)
    def push_to_a_moody_crm(self, plan, seed):
        self.push(plan, Moody(self.bridge.gateway.gateway, Random(seed)))

    @rule(plan=plans, moment=st.integers(1, 12))
    def push_and_die(self, plan, moment):
        self.push(plan, Mortal(self.bridge.gateway.gateway, moment))

    def push(self, plan, gateway):
        self.now += timedelta(hours=1)
        with clock.at(self.now):
            try:
                self.bridge.push(plan, gateway)
            except (CrmError, Killed):
                db.session.rollback()

    @rule(plan=plans)
    def push_cleanly(self, plan):
        self.now += timedelta(hours=1)
        with clock.at(self.now):
            recording.release(DEFAULT)
            self.bridge.push(plan)
            # Who changed the company while nobody looked left a mark on the old one.
            self.bridge.push_waiting()
            self.everything_is_equal()

    def teardown(self):
        with clock.at(self.now + timedelta(hours=1)):
            recording.release(DEFAULT)
            self.bridge.push()
            self.everything_is_equal()

    def everything_is_equal(self):
        db.session.rollback()
        agreed = {each for each in self.people if db.session.get_one(Person, each).crm_consent}
        self.contacts_are(agreed)
        self.votes_are(agreed)
        assert [each for found in drifting.drift(DEFAULT, self.bridge.gateway) for each in found.drifts] == []
        assert self.bridge.plan()[0] == {}
        assert db.session.query(CrmDirty).count() == 0

    def contacts_are(self, agreed):
        held = self.bridge.held("contact")
        assert set(held) == {f"person:{each}" for each in agreed}
        for each in agreed:
            assert held[f"person:{each}"]["name"] == db.session.get_one(Person, each).name

    def votes_are(self, agreed):
        held = self.bridge.held("vote")
        shown = {each.id for each in db.session.query(Idea).filter_by(hidden_at=None)}
        there = {
            (each.idea_id, each.person_id)
            for each in db.session.query(Vote).filter(Vote.idea_id.is_not(None))
        }
        standing = {key for key, fields in held.items() if fields["withdrawn_at"] is None}
        wanted = {(idea, person) for idea, person in there if person in agreed}
        must = {f"vote:{idea}:{person}" for idea, person in wanted if idea in shown}
        assert must <= standing <= {f"vote:{idea}:{person}" for idea, person in wanted}
        assert {int(key.split(":")[2]) for key in held} <= agreed
        for key, fields in held.items():
            idea = db.session.get_one(Idea, int(key.split(":")[1]))
            assert fields["idea_title"] == ("(hidden)" if idea.hidden_at else idea.title)

    def one(self, number):
        return db.session.get_one(Person, self.people[number])

    def idea(self, number):
        return db.session.get_one(Idea, self.ideas[number])


def test_any_order_ends_equal(make):
    class Here(Living):
        pass

    Here.make = make
    careful = settings(
        max_examples=examples(15),
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
    )
    run_state_machine_as_test(Here, settings=careful)
