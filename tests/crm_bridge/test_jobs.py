"""What staff have done with a connection is done once, by the worker, and what came of it stays on its page."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity import auditing
from portal.activity.models import Entry
from portal.crm_bridge import connecting, leasing
from portal.crm_bridge.connections.jobs import asking
from portal.crm_bridge.connections.jobs import cli as driver
from portal.crm_bridge.connections.jobs.models import Act, CrmJob
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.memory.gateway import SHELF, Memory
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmDirty, CrmLink
from portal.crm_bridge.pauses.models import CrmPause
from portal.database import db
from portal.errors import Conflict
from tests.crm_bridge.following import catch_up
from tests.factories import EPOCH

SAYS = {}


class Moody(Memory):
    """Fails where SAYS names an error."""

    def introduce(self):
        return self._or(super().introduce)

    def plan_keys(self, *asked):
        return self._or(super().plan_keys, *asked)

    def erase(self, *asked):
        return self._or(super().erase, *asked)

    def _or(self, does, *asked):
        if error := SAYS.get(does.__name__):
            raise error
        return does(*asked)


@pytest.fixture
def acme(app, monkeypatch, consenting, make, cast, vote):
    """A connection to a CRM of the tests, over which one person with a vote and a company are to be written."""
    monkeypatch.setattr("portal.crm_bridge.memory.gateway.Memory", Moody)
    SAYS.clear()
    connecting.make_default()
    db.session.add(CrmConnection(name="acme", vendor="memory", settings={"name": "jobs"}))
    ines = consenting(company=cast.company)
    vote(ines, make.idea())
    catch_up(CrmReader())
    yield ines
    SHELF.pop("jobs", None)


@pytest.fixture
def ada(as_, cast, acme):
    return as_(cast.admin)


@pytest.fixture
def work(app, settings):
    """Let the worker do what it was asked for."""

    def work(stopping=lambda: False):
        db.session.commit()
        driver.work_waiting(settings, stopping)
        db.session.expire_all()

    return work


@pytest.fixture
def do(ada, work):
    """`do("plan")`: press the button, let the worker work, and read the page of the job."""

    def do(act):
        answer = ada.post("/crm/connections/acme/jobs", data={"act": act})
        assert answer.status_code == 303
        work()
        return ada.get(answer.location).get_data(as_text=True)

    return do


def last():
    return db.session.query(CrmJob).order_by(CrmJob.id.desc()).first()


def test_from_the_first_look_to_no_difference(do, acme, rows):
    page = do("test")
    for words in (
        "the portal itself",
        "May we write",
        "3 missing",
        "The CRM lacks something for us",
        ">Add fields</button>",
    ):
        assert words in page, words
    assert "contact" in do("check")
    page = do("apply")
    assert "Added" in page
    assert "Everything is there." in page
    page = do("plan")
    assert last().found["verbs"] == {"create": 3, "adopt": 0, "update": 0, "erase": 0}
    assert f"/crm/people/{acme.id}" in page
    assert "no consent" in page
    assert rows(CrmLink, connection="acme") == 0
    page = do("push")
    assert '<th scope="row" dir="auto">Created</th><td class="n">3</td>' in page
    assert rows(CrmLink, connection="acme", state="done") == 3
    assert rows(CrmDirty, connection="acme") == 0
    assert "Everything is as it was written" in do("drift")
    assert last().found["records"] == 3


def test_drift_is_counted_by_field_and_repaired(do, work, acme):
    do("push")
    record = next(iter(SHELF["jobs"].by_kind["contact"].values()))
    record.fields["points"] = 4711
    page = do("drift")
    assert (last().found["drifted"], last().found["fields"]) == (1, {"points": 1})
    assert acme.name in page
    assert "4711" not in page
    do("repair")
    assert record.fields["points"] == acme.reputation
    assert last().act == "push"


def test_two_presses_make_one(ada, work, rows):
    first, second = (ada.post("/crm/connections/acme/jobs", data={"act": "plan"}) for _ in range(2))
    assert first.location == second.location
    work()
    assert (rows(CrmJob), rows(Entry, kind="crm_job_asked")) == (1, 1)
    assert ada.post("/crm/connections/acme/jobs", data={"act": "plan"}).location != first.location


def test_what_the_crm_says_comes_with_what_to_do(do):
    SAYS["introduce"] = CrmError("Invalid token", permanent=False, auth=True)
    page = do("test")
    assert "did not let us in: Invalid token" in page
    assert last().stage == "failed"
    SAYS["introduce"] = CrmError("crm.local is not a public address", permanent=False)
    assert "flask crm connect acme --private" in do("test")
    SAYS["introduce"] = ValueError("Invalid isoformat string: 'soon'")
    assert "The CRM answered something that makes no sense (ValueError)" in do("test")
    SAYS["introduce"] = RuntimeError("a fault of ours")
    assert "It broke off with an error of the portal" in do("test")


def test_a_job_is_stopped(ada, work, acme):
    place = ada.post("/crm/connections/acme/jobs", data={"act": "plan"}).location
    assert "Stop it" in ada.get(place).get_data(as_text=True)
    assert ada.delete(place).status_code == 303
    work()
    assert (last().stage, last().found) == ("stopped", {})
    job = asking.ask(connecting.find("acme"), Act.PLAN, None)
    assert asking.claim().id == job.id
    asking.stop(job)
    assert asking.beat(job.id, 1, 2) is False


def test_a_worker_that_ends_leaves_the_job_to_the_next_one(ada, work):
    ada.post("/crm/connections/acme/jobs", data={"act": "plan"})
    ends = iter([False, True, True])
    work(lambda: next(ends, True))
    assert (last().stage, last().tries) == ("waiting", 0)
    work()
    assert last().stage == "done"


def test_a_killed_worker_leaves_it_too_and_not_for_ever(acme, work):
    asking.ask(connecting.find("acme"), Act.PLAN, None)
    for kill in range(asking.TRIES):
        with clock.at(EPOCH + timedelta(minutes=10 * kill)):
            assert asking.claim() is not None
            db.session.commit()
            assert asking.claim() is None
    with clock.at(EPOCH + timedelta(minutes=50)):
        assert asking.claim() is None
    db.session.commit()
    assert (last().stage, "was ended 3 times" in last().says) == ("failed", True)


def test_one_job_at_a_time_and_none_beside_a_push(acme, work):
    for act in (Act.PLAN, Act.DRIFT):
        asking.ask(connecting.find("acme"), act, None)
    assert asking.claim().act == "plan"
    assert asking.claim() is None
    db.session.rollback()
    holder = leasing.take("acme")
    asking.ask(connecting.find("acme"), Act.PUSH, None)
    work()
    push = db.session.query(CrmJob).filter_by(act="push").one()
    assert (push.stage, push.says) == ("waiting", "It waits for the push that is under way.")
    leasing.give_back("acme", holder)
    work()
    assert push.stage == "done"


def test_what_cannot_be_is_said_before(ada, acme):
    connecting.make_default()
    db.session.add(CrmConnection(name="hook", vendor="webhook", settings={}))
    answer = ada.post("/crm/connections/hook/jobs", data={"act": "drift"})
    assert (answer.status_code, "cannot be read back" in answer.get_data(as_text=True)) == (409, True)
    ada.put("/crm/connections/acme/pause", data={"why": "The CRM moves"})
    answer = ada.post("/crm/connections/acme/jobs", data={"act": "push"})
    assert (answer.status_code, "is paused" in answer.get_data(as_text=True)) == (409, True)
    assert ada.post("/crm/connections/acme/jobs", data={"act": "nonsense"}).status_code == 400


def test_a_pause_says_who_and_why_and_ends(ada, cast, rows, run):
    for _ in range(2):
        ada.put("/crm/connections/acme/pause", data={"why": "<b>The CRM moves</b>"})
    page = ada.get("/crm/connections/acme").get_data(as_text=True)
    assert "&lt;b&gt;The CRM moves&lt;/b&gt;" in page
    assert cast.admin.name in page
    assert (rows(CrmPause), rows(Entry, kind="crm_paused")) == (1, 1)
    assert [each.differences for each in auditing.audit_all() if each.name == "paused connections"] == [[]]
    for _ in range(2):
        ada.delete("/crm/connections/acme/pause")
    assert (rows(CrmPause, ended_at=None), rows(Entry, kind="crm_resumed")) == (0, 1)
    run("crm", "pause", "--connection", "acme", "--why", "Moving")
    assert "By a command" in ada.get("/crm/connections/acme").get_data(as_text=True)
    assert ada.put("/crm/connections/acme/pause", data={"why": "x" * 501}).status_code == 422


def test_disconnecting_leaves_what_was_written(do, ada, rows):
    do("push")
    assert ada.delete("/crm/connections/acme", data={}).status_code == 422
    assert ada.delete("/crm/connections/acme", data={"written": "leave"}).location == "/crm/"
    assert rows(CrmConnection, name="acme") == 0
    assert len(SHELF["jobs"].by_kind["contact"]) == 1
    with pytest.raises(Conflict):
        asking.ask(connecting.Connection(DEFAULT, "webhook", {}, False), Act.DRIFT, None)


def test_disconnecting_takes_out_what_was_written_first(do, work, ada, rows, cast):
    do("push")
    SAYS["erase"] = CrmError("Contacts are locked", permanent=True)
    place = ada.delete("/crm/connections/acme", data={"written": "erase"}).location
    work()
    page = ada.get(place).get_data(as_text=True)
    assert "it wrote is erased first" in page
    job = last()
    assert (job.act, job.stage, job.found["failed"]) == ("erase", "done", 3)
    assert "Contacts are locked" in ada.get(f"/crm/connections/acme/jobs/{job.id}").get_data(as_text=True)
    assert len(SHELF["jobs"].by_kind["contact"]) == 1
    SAYS.clear()
    ada.delete("/crm/connections/acme", data={"written": "erase"})
    work()
    assert [len(each) for each in SHELF["jobs"].by_kind.values()] == [0, 0, 0]
    assert rows(CrmConnection, name="acme") == 0
    page = ada.get("/crm/").get_data(as_text=True)
    assert "Taken away, with what they had written" in page
    assert "3 records" in page
    assert cast.admin.name in page
