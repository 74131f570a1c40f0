"""A push may be killed anywhere: what comes after makes it whole, and nothing is there twice."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import psutil
import pytest

from portal.crm_bridge import connecting, drifting
from portal.crm_bridge.gateway import connect
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmDirty, CrmExchange, CrmLink
from portal.database import db
from portal.voting.models import Vote
from tests.crm_bridge.conftest import PLANNED, Bridge, forget_everything, spoken
from tests.crm_bridge.faults import Killed, Mortal
from tests.factories import EPOCH
from tests.forking import environment
from tests.services import ROOT

KILLS = 50


def community(make, consenting, people, ideas):
    """People who agreed, each with a vote on every idea, written straight."""
    with make.in_one_transaction():
        company = make.company()
        made = [consenting(company=company) for _ in range(people)]
        on = [make.idea() for _ in range(ideas)]
    db.session.add_all(
        Vote(person_id=who.id, idea_id=idea.id, value=1, cast_at=EPOCH) for who in made for idea in on
    )
    db.session.commit()
    return made, on


def whole(bridge, people, ideas):
    """Every record is there once, says what we wrote, and that is what is so."""
    assert set(bridge.held("contact")) == {f"person:{each.id}" for each in people}
    assert set(bridge.held("vote")) == {f"vote:{idea.id}:{who.id}" for idea in ideas for who in people}
    assert [each for found in drifting.drift(DEFAULT, bridge.gateway) for each in found.drifts] == []
    assert bridge.plan()[0] == {}


def test_killed_at_every_moment_of_a_push(bridge, make, consenting, vendor, tmp_path):
    people, ideas = community(make, consenting, 3, 2)
    moments, done = 0, False
    while not done:
        moments += 1
        forget_everything()
        settings = {"path": str(tmp_path / f"{moments}.sqlite"), "name": f"{tmp_path} {moments}"}
        fresh = Bridge(connect(vendor, settings))
        try:
            fresh.push(gateway=Mortal(fresh.gateway.gateway, moments))
            done = True
        except Killed:
            db.session.rollback()
        counts = fresh.push()
        whole(fresh, people, ideas)
        assert counts["quarantined"] == 0
    assert moments > 15


@pytest.fixture
def flask(app, settings, store, launch):
    connecting.make_default()
    # Small calls: many moments at which a push can die.
    db.session.get_one(CrmConnection, DEFAULT).settings = {"batch": "5"}
    db.session.commit()
    return launch(spoken(settings), PLANNED)


def calls_in(reader):
    """How many writing calls the store has taken so far."""
    try:
        return reader.execute("SELECT version FROM counter").fetchone()[0]
    except (sqlite3.Error, TypeError):
        return 0


def kill_soon(push, store, chance):
    """SIGKILL after the store has taken a few more calls, at no moment in particular."""
    process = psutil.Process(push.pid)
    while not store.exists() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.001)
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as reader:
        enough = calls_in(reader) + chance.randrange(4)
        while calls_in(reader) < enough and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.001)
    time.sleep(chance.random() * 0.01)
    push.kill()


def test_killed_at_50_random_points(flask, make, consenting, store, settings):
    people, ideas = community(make, consenting, 12, 10)
    chance, killed = random.Random(), 0
    for number in range(KILLS):
        people[number % 12].name = f"Renamed {number}"
        ideas[number % 10].title = f"Other words {number}"
        db.session.commit()
        push = flask.start("crm", "push")
        kill_soon(push, store, chance)
        killed += push.end() == -signal.SIGKILL
    assert killed >= KILLS - 5, "the pushes ended before they could be killed"
    from_nothing = [sys.executable, "-m", "flask", "--app", "wsgi", "crm", "push"]
    subprocess.run(from_nothing, cwd=ROOT, env=environment(spoken(settings)), check=True)
    with connecting.opened(connecting.find(DEFAULT), settings) as gateway:
        whole(Bridge(gateway), people, ideas)
    db.session.rollback()
    assert db.session.query(CrmLink).filter(CrmLink.state != "done").count() == 0
    assert db.session.query(CrmDirty).count() == 0
    assert db.session.get_one(CrmConnection, DEFAULT).lease_holder is None


def test_two_pushes_at_once_write_nothing_twice(flask, make, consenting, store, settings):
    people, ideas = community(make, consenting, 12, 5)
    pushes = [flask.start("crm", "push") for _ in range(2)]
    codes = sorted(each.end() for each in pushes)
    assert codes in ([0, 0], [0, 1])
    with connecting.opened(connecting.find(DEFAULT), settings) as gateway:
        whole(Bridge(gateway), people, ideas)
    db.session.rollback()
    said = db.session.query(CrmExchange).all()
    assert len(said) == len({(each.entity, each.entity_id, each.idea_id) for each in said}) == 12 + 60 + 1
