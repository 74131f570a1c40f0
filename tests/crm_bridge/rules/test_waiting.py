"""Nothing waits for a CRM that does not answer: while a push, a job and a reading hang, rules send mails, people are told, and
search finds what was written."""

import threading
import time

import pytest

from portal.accounts import mailing
from portal.activity.cli import current_jobs
from portal.crm_bridge.connections.jobs.models import CrmJob
from portal.crm_bridge.marking import mark
from portal.crm_bridge.memory.gateway import Memory
from portal.crm_bridge.models import CrmConnection, CrmLink, Entity
from portal.crm_bridge.records.models import CrmReadingAsked
from portal.crm_bridge.views import PUSH
from portal.database import db
from portal.ideas import deciding
from portal.ideas.models import Status
from portal.notifications.models import Notice
from tests import waiting
from tests.crm_bridge.rules.conftest import said

SECONDS = 30


@pytest.fixture
def hanging(monkeypatch):
    """A CRM that lets whoever asks it wait: `hanging.asking` says who does, `hanging.answers.set()` ends it."""

    class Hanging:
        asking: set[str] = set()
        answers = threading.Event()

    def wait_in(name, usual):
        def wait(self, *args):
            Hanging.asking.add(threading.current_thread().name)
            assert Hanging.answers.wait(SECONDS)
            return usual(self, *args)

        monkeypatch.setattr(Memory, name, wait)

    for name in ("missing_schema", "plan_keys", "read_many"):
        wait_in(name, getattr(Memory, name))
    yield Hanging
    Hanging.answers.set()


@pytest.fixture
def acme(agreed):
    """Over this connection one person is written, and another waits to be."""
    db.session.add(CrmConnection(name="acme", vendor="memory", settings={"name": "waiting"}, sealed={}))
    written, waits = agreed(), agreed()
    facts = {"entity": "person", "remote_type": "contact", "remote_id": "c1", "state": "done"}
    db.session.add(
        CrmLink(connection="acme", entity_id=written.id, last_hash="x", last_fields={"points": 1}, **facts)
    )
    mark("acme", Entity.PERSON, [waits.id])
    db.session.commit()
    return written


def until(ready):
    end = time.monotonic() + SECONDS
    while not ready():
        assert time.monotonic() < end, "it takes too long"
        db.session.rollback()
        time.sleep(0.02)
    # Who has looked holds the lock of SQLite, for which the lanes would wait in vain.
    db.session.rollback()


def test_while_a_push_a_job_and_a_reading_hang_all_else_goes_on(
    on, boss, acme, hanging, make, write, as_, cast, rows, monkeypatch
):
    sent = []
    monkeypatch.setattr(mailing, "post", lambda to, *_: sent.append(to))
    on(said(words=("slow",), then="mail", person_id=boss.id))
    jobs = current_jobs()
    jobs.huey.flush()
    ada = as_(cast.admin)
    with jobs.lanes():
        ada.post("/crm/connections/acme/jobs", data={"act": "check"})
        ada.post(f"/crm/people/{acme.id}/readings", data={"connection": "acme"})
        jobs.ask(PUSH)
        _work(jobs)
        until(lambda: len(hanging.asking) == 3)
        idea = make.idea(title="Faster reports", author=cast.customer)
        write(acme, idea, "It is slow as an okapi")
        deciding.change_status(idea, to=Status.PLANNED, by=cast.product_manager, reason="Soon")
        # Whatever else runs on the server for a moment (it gathers statistics) is none of the three.
        waiting.until_all_can_be_read()
        for chore in ("act_by_rules", "tell_people"):
            jobs.ask(chore)
        _work(jobs)
        assert sent == [boss.email]
        assert rows(Notice, person_id=cast.customer.id) == 1
        assert "Faster reports" in ada.get("/search?q=okapi").text
        assert (rows(CrmJob, stage="running"), rows(CrmReadingAsked)) == (1, 1)
        db.session.rollback()
        hanging.answers.set()
        until(lambda: rows(CrmJob, stage="done") == 1 and rows(CrmReadingAsked) == 0)
        until(lambda: rows(CrmLink, connection="acme", state="done") == 2)
    assert not [each for each in threading.enumerate() if each.name.startswith("lane ")]


def _work(jobs):
    """One thread of the worker does all that waits: the second could be as busy."""
    while (task := jobs.huey.dequeue()) is not None:
        jobs.huey.execute(task)
    db.session.rollback()
