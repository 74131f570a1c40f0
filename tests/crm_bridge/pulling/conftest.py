"""A portal that reads from the embedded store, and people in that CRM who enter things."""

from contextlib import closing

import pytest
import sqlalchemy as sa

from portal.activity.models import Entry
from portal.crm_bridge import connecting
from portal.crm_bridge.embedded.filling import fill
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.pulling import cli
from portal.database import db


@pytest.fixture
def enters(store):
    """`enters("account", {"company:1": {...}})`: somebody in the CRM enters that; returns the ids there."""
    return lambda kind, records: fill(store, kind, records)


@pytest.fixture
def pull(settings, store):
    """Pull from the embedded store; returns the lines and the counts."""

    def pulled(steps=None):
        lines, counts = [], {}
        db.session.commit()
        with closing(cli.pull(connecting.find(DEFAULT), settings)) as going:
            for number, step in enumerate(going):
                lines += step.lines
                counts |= step.counts
                if number == steps:
                    break
        db.session.expire_all()
        return lines, counts

    return pulled


def facts(company):
    db.session.refresh(company)
    names = ("tier", "revenue", "currency", "segment", "owner", "renews_on")
    return tuple(getattr(company, name) for name in names)


ACME = {
    "tier": "Gold",
    "revenue": 480_000,
    "currency": "USD",
    "segment": "Energy",
    "owner": "Dana Cole",
    "renews_on": "2027-03-01",
}


def told(kind):
    return db.session.scalars(sa.select(Entry).where(Entry.kind == kind)).all()
