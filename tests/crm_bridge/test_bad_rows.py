"""Of a thousand rows the bad ones are found, however many they are, and the others go through."""

import random

import pytest
import sqlalchemy as sa

from portal.accounts.models import Person
from portal.crm_bridge.models import CrmLink
from portal.database import db
from tests.crm_bridge.faults import Strict
from tests.factories import EPOCH

MANY = 1_000
A_BAD_ROW = 14
"""A call of 100 is halved until the bad row stands alone: at most twice the logarithm of 100 to the base 2."""


@pytest.fixture
def vendor():
    return "memory"


@pytest.fixture
def everybody(app):
    """The ids of a thousand people who agreed."""
    people = [
        {
            "name": f"Person {n}",
            "email": f"person{n}@example.com",
            "fs_uniquifier": f"person-{n}",
            **dict.fromkeys(("confirmed_at", "created_at", "crm_consent_at"), EPOCH),
            "crm_consent": True,
        }
        for n in range(MANY)
    ]
    ids = db.session.scalars(sa.insert(Person).returning(Person.id), people).all()
    db.session.commit()
    return ids


def test_1_10_and_100_bad_rows_in_1000(bridge, everybody):
    for bad in (1, 10, 100):
        db.session.execute(sa.update(Person).values(name=Person.name + " again"))
        chosen = set(random.Random(bad).sample(everybody, bad))
        crm = Strict(bridge.gateway.gateway, {f"person:{each}" for each in chosen})
        counts = bridge.push(gateway=crm)
        assert (counts["quarantined"], counts["created"] + counts["updated"]) == (bad, MANY - bad)
        assert len(crm.writes) - MANY // 100 <= bad * A_BAD_ROW
        refused = db.session.scalars(sa.select(CrmLink).where(CrmLink.state == "quarantined")).all()
        assert {each.entity_id for each in refused} == chosen
        assert {each.message for each in refused} == {"One of the rows is invalid"}
        held = {int(key.partition(":")[2]): each["name"] for key, each in bridge.held("contact").items()}
        names = {each.id: each.name for each in db.session.execute(sa.select(Person.id, Person.name))}
        assert {each for each in names if held.get(each) == names[each]} == set(everybody) - chosen
        db.session.rollback()
