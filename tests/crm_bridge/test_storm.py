"""However fast people vote: a contact is written once a minute at most, and what comes last is what stays."""

import random
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest

from portal import clock
from portal.crm_bridge import connecting, drifting
from portal.crm_bridge.gateway import connect
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.memory.gateway import SHELF, Memory
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmDirty
from portal.database import db
from portal.voting import casting
from tests.crm_bridge.following import catch_up
from tests.crm_bridge.test_breaking import worker
from tests.factories import EPOCH

AT_ONCE = 20
"""Votes between two looks of the worker, which comes six times a minute here."""

written = defaultdict(list)
meanwhile = []


class Watching(Memory):
    """Notes when each contact and account was written; while votes are written, people go on voting."""

    def upsert_many(self, kind, rows):
        if kind == "vote":
            for vote in meanwhile:
                vote()
        else:
            for row in rows:
                written[row.ref.external_id].append(clock.now())
        return super().upsert_many(kind, rows)


@pytest.fixture
def storm(app, monkeypatch, make, consenting):
    """Five people of one company, and a function that lets them vote, back and forth."""
    monkeypatch.setattr("portal.crm_bridge.memory.gateway.Memory", Watching)
    written.clear()
    connecting.make_default()
    db.session.get_one(CrmConnection, DEFAULT).vendor = "memory"
    db.session.get_one(CrmConnection, DEFAULT).settings = {"name": "storm"}
    company = make.company()
    people, ideas = [consenting(company=company) for _ in range(5)], [make.idea() for _ in range(6)]
    chance = random.Random(7)

    def vote(times=1):
        for _ in range(times):
            who, idea = chance.choice(people), chance.choice(ideas)
            chance.choice([casting.withdraw, lambda on, by: casting.cast(on, by=by, value=1)])(idea, by=who)
            idea.title = f"Idea, heard {chance.random()}"
        db.session.commit()

    yield vote
    meanwhile.clear()
    SHELF.pop("storm", None)


def test_a_contact_is_written_once_a_minute_at_most_while_votes_pour_in(settings, storm, rows):
    meanwhile.append(storm)
    for moment in range(0, 200, 10):
        with clock.at(EPOCH + timedelta(seconds=moment)):
            storm(AT_ONCE)
            catch_up(CrmReader())
            worker(settings, 1, clock.now())
    assert len(written) == 6
    gaps = [(after - before).total_seconds() for each in written.values() for before, after in pairwise(each)]
    assert min(gaps) >= 60
    assert max(gaps) < 80, "and none waits much longer"
    # The storm is over: a minute later the CRM says what is so, and nothing waits.
    meanwhile.clear()
    catch_up(CrmReader())
    for minute in (5, 7):
        worker(settings, 1, EPOCH + timedelta(minutes=minute))
    assert rows(CrmDirty) == 0
    gateway = connect("memory", {"name": "storm"})
    assert [each for found in drifting.drift(DEFAULT, gateway) for each in found.drifts] == []
