"""What staff do about what a CRM did not take: try again, set aside, take back, read again, open there."""

import pytest

from portal.accounts import erasing
from portal.activity.models import Entry
from portal.crm_bridge import connecting
from portal.crm_bridge.gateway import CrmError, Outcome, Status
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.memory.gateway import Memory
from portal.crm_bridge.models import CrmConnection, CrmInteraction, CrmLink
from portal.crm_bridge.records.models import CrmAside, CrmReading, CrmReadingAsked
from portal.crm_bridge.records.opening import page_of
from portal.database import db
from portal.discussion import writing
from portal.ideas.models import Idea
from portal.moderation.hiding import hide
from tests.crm_bridge.following import catch_up


@pytest.fixture
def worker(app):
    """`worker()` does what waits in its queue."""
    jobs = app.extensions["jobs"]
    jobs.huey.flush()

    def work():
        db.session.commit()
        while (task := jobs.huey.dequeue()) is not None:
            jobs.huey.execute(task)
        db.session.rollback()
        db.session.expire_all()

    return work


@pytest.fixture
def stuck(run, make, ines, second, vote, monkeypatch):
    """The second CRM refuses votes and histories of Ines; the first one took everything."""
    refusing = {"now": True}

    def refuse(call, kinds):
        def refused(self, *args):
            bad = refusing["now"] and (kinds is None or args[0] in kinds)
            no = Outcome(Status.FAILED, message="No <b>room</b>", field="title", permanent=True)
            return [no for _ in args[-1]] if bad else call(self, *args)

        return refused

    monkeypatch.setattr(Memory, "upsert_many", refuse(Memory.upsert_many, {"vote"}))
    monkeypatch.setattr(Memory, "add_activity", refuse(Memory.add_activity, None))
    idea = make.idea(title="Offline mode")
    catch_up(CrmReader())
    vote(ines, idea)
    writing.write(idea, by=ines, body="Wanted badly")
    db.session.commit()
    for name in ("embedded", second):
        run("crm", "push", "--connection", name)
    return refusing


def link():
    return db.session.query(CrmLink).filter_by(connection="sales", entity="vote").one()


def told():
    return db.session.query(CrmInteraction).filter_by(connection="sales").one()


def data(what, number, **more):
    return {"connection": "sales", "what": what, "number": str(number), **more}


def test_a_row_is_tried_again_and_got_through(pm, stuck, worker, ines, rows):
    where = f"/crm/people/{ines.id}"
    assert "No &lt;b&gt;room&lt;/b&gt;" in pm.get(where).text
    for entity, number in (("vote", link().idea_id), ("interaction", told().entry_id)):
        assert pm.post(f"{where}/retries", data=data(entity, number)).status_code == 303
    worker()
    assert (link().state, told().state) == ("quarantined", "quarantined")
    stuck["now"] = False
    for entity, number in (("vote", link().idea_id), ("interaction", told().entry_id)):
        pm.post(f"{where}/retries", data=data(entity, number))
    worker()
    assert (link().state, told().state) == ("done", "done")
    page = pm.get(where).text
    assert "Not taken by the CRM" not in page
    assert rows(Entry, kind="crm_row_handled") == 4
    pm.post(f"{where}/retries", data=data("vote", link().idea_id))
    assert "The CRM has taken it meanwhile" in pm.get(where).text
    assert rows(Entry, kind="crm_row_handled") == 4


def test_what_is_set_aside_stays_so_until_it_is_taken_back(pm, run, stuck, cast, ines, vote, rows):
    stuck["now"] = False
    where = f"/crm/people/{ines.id}"
    for entity, number in (("vote", link().idea_id), ("interaction", told().entry_id)):
        for _ in range(2):
            sent = data(entity, number, reason="Their limit, <i>known</i>")
            assert pm.put(f"{where}/aside", data=sent).status_code == 303
    assert rows(CrmAside) == 2
    page = pm.get(where).text
    assert "Set aside" in page
    assert "Their limit, &lt;i&gt;known&lt;/i&gt;" in page
    assert cast.product_manager.name in page
    assert "Not taken by the CRM" not in page
    assert "In quarantine" not in pm.get("/crm/?connection=sales").text
    assert pm.post(f"{where}/retries", data=data("vote", link().idea_id)).status_code == 409
    # It says something else now, and all is tried again: still nothing of it is sent.
    db.session.get_one(Idea, link().idea_id).title = "Offline mode, at last"
    run("crm", "push", "--retry", "--connection", "sales")
    assert (link().state, told().state) == ("ignored", "ignored")
    assert "set aside by staff" in run("crm", "plan", "--connection", "sales").output
    for entity, number in (("vote", link().idea_id), ("interaction", told().entry_id)):
        for _ in range(2):
            assert pm.delete(f"{where}/aside", data=data(entity, number)).status_code == 303
    assert rows(CrmAside, ended_at=None) == 0
    run("crm", "push", "--retry", "--connection", "sales")
    assert (link().state, told().state) == ("done", "done")


def test_a_reason_is_needed_and_what_was_typed_stays(pm, stuck, ines, rows):
    sent = data("vote", link().idea_id, reason="x" * 501)
    answer = pm.put(f"/crm/people/{ines.id}/aside", data=sent)
    assert answer.status_code == 422
    assert "x" * 501 in answer.text
    assert pm.put(f"/crm/people/{ines.id}/aside", data=data("vote", link().idea_id)).status_code == 422
    assert rows(CrmAside) == 0


def test_why_something_was_set_aside_goes_with_the_person(pm, stuck, ines, rows, worker):
    pm.put(f"/crm/people/{ines.id}/aside", data=data("vote", link().idea_id, reason="Ines asked for it"))
    pm.post(f"/crm/people/{ines.id}/readings", data={"connection": "sales"})
    worker()
    assert (rows(CrmAside), rows(CrmReading)) == (1, 1)
    erasing.erase(ines, by=ines)
    db.session.commit()
    assert (rows(CrmAside), rows(CrmReading)) == (0, 0)


def test_a_record_that_nobody_changed_is_as_it_was_written(pm, run, ines, cast, worker):
    run("crm", "push")
    for where, records in (
        (f"/crm/people/{ines.id}", "record is"),
        (f"/crm/companies/{cast.company.id}", "1 record"),
    ):
        assert pm.post(f"{where}/readings", data={"connection": "embedded"}).status_code == 303
        assert "It is read again" in pm.get(where).text
        worker()
        page = pm.get(where).text
        assert "as written" in page
        assert records in page
        assert "Differs" not in page


def test_reading_again_shows_field_by_field_what_differs(pm, run, make, ines, vote, second, worker):
    vote(ines, make.idea(title="Offline mode"))
    run("crm", "push", "--connection", second)
    held = Memory({"name": second}).records.by_kind
    [contact], [own] = held["contact"].values(), held["vote"].values()
    contact.fields["points"], own.fields["value"] = 4711, -1
    where = f"/crm/people/{ines.id}"
    pm.post(f"{where}/readings", data={"connection": second})
    worker()
    page = pm.get(where).text
    for said in ("4711", "Differs", "2 things differ", "Mira Kovač", "value 1 → -1"):
        assert said in page, said
    held["contact"].clear()
    pm.post(f"{where}/readings", data={"connection": second})
    worker()
    assert "the record is not there" in pm.get(where).text
    hide(db.session.query(Idea).one(), by=make.person(role="moderator"), reason="Advertising")
    db.session.commit()
    catch_up(CrmReader())
    assert db.session.query(CrmReading).count() == 0


def test_what_cannot_be_read_is_refused_with_a_sentence(pm, run, ines, monkeypatch):
    where = f"/crm/people/{ines.id}/readings"
    assert "Nothing of it was written" in pm.post(where).text
    connecting.make_default()
    hook = CrmConnection(name="hook", vendor="webhook", settings={"address": "https://x.example"}, sealed={})
    db.session.add(hook)
    db.session.commit()
    assert "cannot be read back" in pm.post(where, data={"connection": "hook"}).text
    assert pm.post(where, data={"connection": "nowhere"}).status_code == 404


def test_who_wants_a_record_read_again_gets_an_answer_at_once_and_the_crm_is_asked_later(
    pm, run, ines, second, worker, monkeypatch, rows
):
    """With script and without; also of a CRM that is dead: its words stand on the page, and it can be asked again."""
    run("crm", "push", "--connection", second)
    asked = []

    def dead(self, *_):
        asked.append(self)
        raise CrmError("The CRM cannot be reached", permanent=False)

    monkeypatch.setattr(Memory, "read_many", dead)
    where, data = f"/crm/people/{ines.id}", {"connection": second}
    answer = pm.post(f"{where}/readings", data=data)
    assert (answer.status_code, "watch=1" in answer.location, asked) == (303, True, [])
    assert pm.get(f"{where}?watch=1").headers["Refresh"] == f"3; url={where}?watch=1"
    again = pm.post(f"{where}/readings", data=data, headers={"HX-Request": "true"}).text
    assert f'hx-get="{where}/readings/{second}"' in again
    assert "Read again</button>" not in again
    assert (rows(CrmReadingAsked), asked) == (1, [])
    worker()
    assert len(asked) == 1
    part = pm.get(f"{where}/readings/{second}", headers={"HX-Request": "true"}).text
    for said in ("It could not be read again", "The CRM cannot be reached", "Read again</button>"):
        assert said in part, said
    assert "hx-get=" not in part
    assert "Refresh" not in pm.get(f"{where}?watch=1").headers
    monkeypatch.undo()
    pm.post(f"{where}/readings", data=data)
    worker()
    assert "as written" in pm.get(where).text
    assert rows(CrmReadingAsked) == 0
    assert pm.get(f"{where}/readings/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("vendor", "settings", "href"),
    [
        ("salesforce", {"url": "https://acme.my.salesforce.com/"}, "https://acme.my.salesforce.com/lightning/r/Contact/a%2F1/view"),
        ("hubspot", {}, None),
        ("hubspot", {"hub": "12"}, "https://app.hubspot.com/contacts/12/record/0-1/a%2F1"),
        ("dataverse", {"url": "https://acme.crm4.dynamics.com"}, "https://acme.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=contact&id=a%2F1"),
        ("tryton", {"url": "https://t.example", "database": "d b"}, None),
        ("tryton", {"web": "https://t.example", "database": "d b"}, "https://t.example/#d%20b/model/party.party/a%2F1"),
        ("bottlecrm", {"url": "https://api.example"}, None),
        ("bottlecrm", {"web": "https://crm.example"}, "https://crm.example/contacts/a%2F1"),
        ("bottlecrm", {"web": "javascript:alert(1)"}, None),
        ("embedded", {}, None),
        ("webhook", {"address": "https://x.example"}, None),
        ("drop", {"folder": "somewhere"}, None),
    ],
)  # fmt: skip
def test_a_record_is_opened_where_its_crm_has_pages_and_nowhere_else(vendor, settings, href):
    connection = CrmConnection(name="sales", vendor=vendor, settings=settings, sealed={})
    assert page_of(connection, "contact", "a/1") == href
    assert page_of(connection, "contact", None) is None
    assert page_of(connection, "nothing", "1") is None
