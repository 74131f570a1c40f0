"""A CRM that answers what cannot be: what makes sense lands, the rest is left out, and nobody else has to wait."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.activity.auditing import audit_all
from portal.crm_bridge import cli, connecting, marking
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import Changed, Held, Outcome, Ref, Status
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.memory.gateway import SHELF, Memory
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmLink, Entity
from portal.crm_bridge.pulling import rereading
from portal.crm_bridge.pulling.choosing import Choice
from portal.crm_bridge.pulling.fetching import Pull
from portal.crm_bridge.pulling.landing import Source
from portal.crm_bridge.pulling.models import CrmDeal, CrmPulled, CrmReread
from portal.crm_bridge.translating import Translated
from portal.database import db
from tests.crm_bridge.following import catch_up

ODD_IDS = [None, "", "a\0b", "\ud800", "x" * 121, {"id": 7}, 7, "a\nb"]
ODD_KEYS = [
    "person:" + "9" * 30,
    "company:" + "9" * 30,
    "person:-1",
    "person:\u0661",
    "person:",
    "\0",
    "vote:1:1",
    None,
    7,
]
DEEP = []
for _ in range(400):
    DEEP = [DEEP]
ODD_VALUES = [float("nan"), float("inf"), -float("inf"), 10**4000, -1, DEEP, {"a": [1]}, "\ud800", "a\0b", "x" * 99_999, b"x",
              "9999-12-31", "0001-01-01", "1e999999", "-5", "1E-999999", True, "\u202e<script>alert(1)</script>"]  # fmt: skip
NAMES = ("tier", "revenue", "currency", "segment", "owner", "renews_on", "domains", "parent", "title", "account", "amount",
         "stage", "closes_on", "mail_opt_out", "job_role")  # fmt: skip


def odd_records(good):
    """Records that cannot be, one that can in their middle."""
    rows = [Held(Ref("", each), {"tier": "x"}) for each in ODD_IDS]
    rows += [Held(Ref(each, f"k{n}"), {"tier": "x", "mail_opt_out": True}) for n, each in enumerate(ODD_KEYS)]
    rows.append(good)
    rows += [
        Held(Ref("", f"v{n}"), dict.fromkeys(NAMES, each), "v" * 99) for n, each in enumerate(ODD_VALUES)
    ]
    rows += [Held(Ref("", f"m{n}"), {}, merged_into=each) for n, each in enumerate([*ODD_IDS, "m0", "m1"])]
    rows += [Held(Ref("", "a"), {}, merged_into="b"), Held(Ref("", "b"), {}, merged_into="a")]
    return [*rows, *rows]


class Odd(Memory):
    """Answers so; `turns` says how often there is more."""

    turns = 3

    def __init__(self, good):
        super().__init__({})
        self.good, self.asked = good, 0

    def pull(self, kind, names, cursor, limit):
        self.asked += 1
        return Changed(odd_records(self.good), f"c{self.asked % 2}", more=self.asked % self.turns > 0)

    def look(self, kind, names, ids):
        return [Held(Ref("", each), {}, merged_into={"a": "b", "b": "a"}.get(each)) for each in ids]


def pulled(crm):
    choices = {kind: Choice(dict.fromkeys(NAMES, "x")) for kind in ("account", "contact", "deal")}
    steps = Pull(Source(DEFAULT, "EUR"), Translated(crm, Wire()), choices, lambda: None).fetch()
    for number, _ in enumerate(steps):
        db.session.commit()
        assert number < 200, "it never ends"


def test_what_cannot_be_kept_is_left_out_and_the_rest_lands(app, make):
    connecting.make_default()
    acme = make.company(tier="Old")
    crm = Odd(Held(Ref(f"company:{acme.id}", "good"), {"tier": "Gold", "revenue": 5, "amount": 7}))
    for _ in range(2):
        pulled(crm)
        rereading.ask(DEFAULT, "account", ["a", "b"])
        db.session.commit()
    db.session.refresh(acme)
    assert (acme.tier, acme.revenue) == ("Gold", Decimal(5))
    assert db.session.scalars(sa.select(CrmDeal.amount).where(CrmDeal.remote_id == "good")).all() == [
        Decimal(7)
    ]
    pulled(crm)
    assert db.session.query(CrmReread).all() == []
    assert db.session.query(CrmPulled).count() > 20
    assert [each for audit in audit_all() for each in audit.differences] == []


class Endless(Odd):
    """There is always more, and it always says something new of where to go on; or goes round and round."""

    turns = 10**9


def test_a_list_that_goes_round_and_round_ends(app):
    connecting.make_default()
    pulled(Endless(Held(Ref("", "good"), {})))


ANSWERS = []


class Lying(Memory):
    """Says of what it wrote what stands in ANSWERS, or raises it."""

    def ensure_schema(self, kinds):
        return self._lie(super().ensure_schema(kinds), "ensure_schema")

    def plan_keys(self, kind, keys):
        return self._lie(super().plan_keys(kind, keys), "plan_keys")

    def upsert_many(self, kind, rows):
        return self._lie(super().upsert_many(kind, rows), "upsert_many")

    def add_activity(self, activities):
        return self._lie(super().add_activity(activities), "add_activity")

    def _lie(self, truth, method):
        where, what = ANSWERS[0] if ANSWERS else ("", None)
        if where != method:
            return truth
        if isinstance(what, Exception):
            raise what
        return what(truth)


def each_with(**values):
    return lambda truth: [Outcome(**{"status": Status.FAILED, **values}) for _ in truth]


LIES = {
    "a missing name": ("ensure_schema", KeyError("results")),
    "no list": ("upsert_many", TypeError("'NoneType' object is not subscriptable")),
    "no date": ("plan_keys", ValueError("Invalid isoformat string: 'soon'")),
    "too deep": ("upsert_many", RecursionError()),
    "too large": ("plan_keys", OverflowError()),
    "too few": ("upsert_many", lambda truth: truth[1:]),
    "too many": ("plan_keys", lambda truth: [*truth, None]),
    "a NUL in its words": (
        "upsert_many",
        each_with(message="a\0b\ud800", field="c\0" + "x" * 500, permanent=True),
    ),
    "a long version": ("upsert_many", each_with(status=Status.CREATED, remote_id="7", version="v\0" * 500)),
    "an odd id": ("upsert_many", each_with(status=Status.CREATED, remote_id="x" * 500)),
    "an id with a NUL": ("upsert_many", each_with(status=Status.CREATED, remote_id="a\0b")),
    "an odd id of what it found": ("plan_keys", lambda truth: ["\ud800"] * len(truth)),
}


@pytest.fixture
def liar(app, monkeypatch, consenting, store, settings):
    """A connection whose CRM lies, and the store of the house beside it, with a person who waits for both."""
    monkeypatch.setattr("portal.crm_bridge.memory.gateway.Memory", Lying)
    connecting.make_default()
    db.session.add(CrmConnection(name="acme", vendor="memory", settings={"name": "liar"}))
    db.session.commit()
    person = consenting()
    catch_up(CrmReader())
    for name in ("acme", DEFAULT):
        marking.mark(name, Entity.PERSON, [person.id])
    db.session.commit()
    yield person
    ANSWERS.clear()
    SHELF.pop("liar", None)


@pytest.mark.parametrize("lie", LIES)
def test_answers_that_make_no_sense_are_said_and_hold_up_nobody_else(liar, settings, rows, lie):
    ANSWERS[:] = [LIES[lie]]
    for _ in range(6):
        cli.push_waiting(settings, lambda: False)
        db.session.rollback()
        db.session.execute(sa.update(CrmConnection).values(not_before=None))
        marking.mark("acme", Entity.PERSON, [liar.id])
        db.session.commit()
    # The one whose name comes later is served all the same.
    assert rows(CrmLink, connection=DEFAULT, state="done") == 1
    its = db.session.get_one(CrmConnection, "acme")
    said = rows(CrmLink, connection="acme", state="quarantined") + rows(
        CrmLink, connection="acme", state="done"
    )
    assert its.lease_holder is None
    assert said or (its.opened_at is not None and its.failure)


def test_what_breaks_off_over_one_connection_is_noted_there_and_the_others_go_on(
    liar, settings, rows, monkeypatch, caplog
):
    """A fault of ours, too: it opens the circuit, and admins are told."""

    def broken(*_):
        raise sa.exc.DataError("statement", {}, ValueError("nothing that the database takes"))

    monkeypatch.setattr(Lying, "upsert_many", broken)
    for _ in range(5):
        cli.push_waiting(settings, lambda: False)
    db.session.rollback()
    its = db.session.get_one(CrmConnection, "acme")
    assert rows(CrmLink, connection=DEFAULT, state="done") == 1
    assert (its.failures, its.lease_holder) == (5, None)
    assert "error of the portal" in its.failure
    assert its.opened_at is not None
