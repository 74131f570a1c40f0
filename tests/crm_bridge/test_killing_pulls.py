"""A pull may be killed anywhere: what comes after makes it whole, and nothing counts twice."""

import random
import signal
import time
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.accounts.models import Company, Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.crm_bridge import connecting
from portal.crm_bridge.embedded.filling import fill
from portal.crm_bridge.models import DEFAULT, CrmConnection
from portal.crm_bridge.pulling import cli, rereading
from portal.crm_bridge.pulling.models import CrmDeal, CrmPulled, CrmReread
from portal.database import db
from tests.crm_bridge.conftest import spoken

MANY, KILLS = 5, 15


class Turns:
    """People in the CRM change everything there, turn by turn; `whole` fails unless all of it is here, once."""

    def __init__(self, path, companies, people):
        self.path, self.turn, self.chance = path, 0, random.Random()
        self.companies, self.people = [each.id for each in companies], [each.id for each in people]
        self.marked = self.before = 0

    def begin(self):
        self.turn += 1
        accounts = {f"company:{each}": self.account(each) for each in self.companies}
        ids = fill(self.path, "account", accounts)
        fill(
            self.path, "contact", {f"person:{each}": {"mail_opt_out": self.turn % 2} for each in self.people}
        )
        deals = {f"deal {n}": self.deal(n, list(ids.values())) for n in range(MANY)}
        fill(self.path, "deal", deals)
        rereading.ask(DEFAULT, "account", ids.values())
        db.session.commit()

    def account(self, company_id):
        return {"tier": f"Tier {self.turn}", "revenue": company_id * 1_000 + self.turn, "currency": "EUR"}

    def deal(self, n, accounts):
        return {
            "title": f"Deal {n}",
            "account": accounts[n % MANY],
            "amount": self.turn * 10 + n,
            "closed": not self.is_open(n, self.turn),
        }

    @staticmethod
    def is_open(n, turn):
        """Each deal is open in every other turn."""
        return (turn + n) % 2 == 0

    def whole(self):
        db.session.rollback()
        db.session.expire_all()
        facts = db.session.execute(
            sa.select(Company.id, Company.tier, Company.revenue).where(Company.id.in_(self.companies))
        )
        assert {row.id: (row.tier, row.revenue) for row in facts} == {
            each: (f"Tier {self.turn}", Decimal(each * 1_000 + self.turn)) for each in self.companies
        }
        out = sa.select(Person.id).where(Person.mail_opt_out_at.is_not(None), Person.id.in_(self.people))
        assert set(db.session.scalars(out)) == (set(self.people) if self.turn % 2 else set())
        deals = db.session.execute(sa.select(CrmDeal.name, CrmDeal.amount, CrmDeal.company_id))
        open_ones = [n for n in range(MANY) if self.is_open(n, self.turn)]
        assert sorted(deals.all()) == [
            (f"Deal {n}", Decimal(self.turn * 10 + n), self.companies[n]) for n in open_ones
        ]
        # Each change of each turn is told once, however often it was read.
        told = db.session.scalars(sa.select(Entry).where(Entry.kind == "company_changed")).all()
        of_deals = [each for each in told if each.data["fields"] == ["deals"]]
        first = sum(self.is_open(n, 1) for n in range(MANY))
        assert len(of_deals) == first + (self.turn - 1) * MANY
        assert len(told) - len(of_deals) == self.turn * MANY
        out = sa.select(sa.func.count()).where(Entry.kind == "crm_opt_out_pulled")
        assert db.session.scalar(out) == self.turn * MANY
        assert db.session.query(CrmPulled).count() == 2 * MANY
        assert db.session.query(CrmReread).count() == 0
        assert db.session.get_one(CrmConnection, DEFAULT).lease_holder is None
        db.session.rollback()


@pytest.fixture
def turns(app, make, consenting, store):
    connecting.make_default()
    company = make.company()
    companies = [make.company(tier="None yet") for _ in range(MANY)]
    people = [consenting(company=company) for _ in range(MANY)]
    db.session.commit()
    return Turns(store, companies, people)


@pytest.fixture
def portal(launch, settings):
    return launch(spoken(settings), "tests.crm_bridge.mortal_pulls:in_small_steps")


def pull(portal, dies_at=0):
    return portal.call("tests.crm_bridge.mortal_pulls:pull", dies_at)


@pytest.fixture
def recover(app, settings):
    """`recover()`: this process pulls what a killed one left."""

    def pull():
        list(cli.pull(connecting.find(DEFAULT), settings))

    return pull


def test_killed_at_every_commit_of_a_pull(portal, turns, recover):
    """`kill -9` of the process before each of its transactions ends, which is after the one before."""
    moment, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        moment += 1
        turns.begin()
        code = pull(portal, moment).end()
        recover()
        turns.whole()
    assert code == 0
    assert moment > 12
    assert [each for audit in audit_all() for each in audit.differences] == []


def test_killed_at_random_moments_of_a_pull(portal, turns, recover):
    turns.begin()
    began = time.monotonic()
    assert pull(portal).end() == 0
    takes, killed = time.monotonic() - began, 0
    turns.whole()
    while killed < KILLS:
        turns.begin()
        running = portal.start("crm", "pull")
        time.sleep(turns.chance.random() * takes)
        running.kill()
        died = running.end() == -signal.SIGKILL
        killed += died
        # The pull that was timed may have been a slow one.
        takes *= 1 if died else 0.9
        recover()
        turns.whole()
    assert [each for audit in audit_all() for each in audit.differences] == []


def test_two_pulls_at_once_tell_each_change_once(portal, turns):
    for _ in range(3):
        turns.begin()
        codes = sorted(each.end() for each in [pull(portal), pull(portal)])
        assert codes in ([0, 0], [0, 1])
        turns.whole()
