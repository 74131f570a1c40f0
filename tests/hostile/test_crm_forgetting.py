"""Who is erased, or withdraws, leaves nothing behind in what a CRM said, whatever and about whomever it said it."""

import json
import os
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.accounts import consenting, erasing
from portal.crm_bridge import connecting, noting
from portal.crm_bridge.alarms import alarming
from portal.crm_bridge.calling.wire import Call
from portal.crm_bridge.connections.jobs import asking
from portal.crm_bridge.connections.jobs.models import Act, Stage
from portal.crm_bridge.drop.folder import Folder, lines_of
from portal.crm_bridge.gateway import CrmError, Ref, connect
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.models import DEFAULT, CrmCall, CrmLink
from portal.crm_bridge.pauses import pausing
from portal.crm_bridge.translating import Translated
from portal.database import Model, db
from tests.crm_bridge.fakes import FAKES
from tests.factories import EPOCH

NAME, MAIL = "Zoë Quistgaard", "zoe.quistgaard@northwind.example"
SAID = f"Duplicate: {NAME} <{MAIL}> is there already"


@pytest.fixture
def zoe(make, cast):
    return make.person(name=NAME, email=MAIL, company=cast.company, crm_consent=True, crm_consent_at=EPOCH)


def places():
    """Where something of her stands."""
    marks = (NAME, "Quistgaard", "quistgaard", json.dumps(NAME)[1:-1])
    return {
        f"{table.name}.{name}"
        for table in Model.metadata.sorted_tables
        for row in db.session.execute(sa.select(table)).mappings()
        for name, value in row.items()
        if any(mark in json.dumps(value, default=str, ensure_ascii=False) for mark in marks)
    }


@pytest.fixture
def said(zoe, make, cast, run):
    """A CRM that names her wherever it says something."""
    assert run("crm", "push").exit_code == 0
    other = make.person(company=cast.company, crm_consent=True, crm_consent_at=EPOCH)
    key = {"connection": DEFAULT, "entity": "person", "entity_id": other.id, "remote_type": "contact"}
    db.session.add(CrmLink(**key, state="quarantined", message=SAID))
    error = CrmError(SAID, permanent=False, auth=True)
    connecting.note_push(DEFAULT, {}, str(error))
    alarming.raise_for(DEFAULT, error, "https://community.example")
    for act, stage in ((Act.PLAN, Stage.FAILED), (Act.TEST, Stage.DONE)):
        asking.ask(connecting.find(DEFAULT), act, None)
        job = asking.claim()
        asking.end(job.id, stage, SAID, 0, {"words": SAID, "refusal": SAID, "failed": 1})
    pausing.pause(DEFAULT, by=None, why=SAID)
    pausing.resume(DEFAULT, by=None)
    # What is read as a list is about nobody in particular.
    call = Call(clock.now(), "GET", "/contacts/", 200, "", json.dumps({"results": [{"name": NAME}]}), 0.1)
    noting.write(DEFAULT, [(call, ())])
    db.session.commit()
    return other


def test_nothing_that_a_crm_said_names_who_was_erased(said, zoe, run, catch_up):
    assert {"crm_alarm.words", "crm_call.answer", "crm_connection.failure", "crm_job.found"} <= places()
    erasing.erase(zoe, by=zoe)
    db.session.commit()
    assert places() - {"entry.data"} == set()
    # The journal never had the words of a CRM; of a pause it keeps what staff wrote.
    catch_up()
    assert run("crm", "push").exit_code in (0, 1)
    assert places() - {"entry.data"} == set()
    stopped = db.session.execute(
        sa.text("SELECT data FROM entry WHERE kind = 'crm_connection_stopped'")
    ).all()
    assert len(stopped) == 1
    assert "uistgaard" not in str(stopped)


def test_who_withdraws_leaves_no_list_behind_in_the_calls(said, zoe, run, rows):
    with clock.at(EPOCH + timedelta(days=9)):
        consenting.consent(zoe, granted=False)
        db.session.commit()
        run("crm", "push")
    assert rows(CrmLink, entity_id=zoe.id) == 0
    assert rows(CrmCall) == 0


@pytest.mark.parametrize("vendor", FAKES)
def test_what_is_read_of_contacts_is_not_kept_as_it_came(vendor):
    """A pull reads lists: what stands in them belongs to many, and goes with none of them."""
    fake = FAKES[vendor]()
    gateway = Translated(connect(vendor, fake.settings, fake.wire), fake.wire)
    gateway.ensure_schema(KINDS)
    gateway.notes.clear()
    gateway.pull("contact", {"owner": "Owner.Name"}, "", 10)
    gateway.look("contact", {"owner": "Owner.Name"}, ["003A"])
    gateway.fetch_changed("contact", "", 10)
    assert gateway.notes
    assert {call.answer for call, _ in gateway.notes} == {""}
    gateway.close()


CONTACT = {
    "op": "upsert",
    "kind": "contact",
    "id": "person:7",
    "parent": None,
    "seq": 1,
    "fields": {"name": NAME},
}
VOTE = {
    "op": "upsert",
    "kind": "vote",
    "id": "vote:3:7",
    "parent": "person:7",
    "seq": 1,
    "fields": {"idea_title": NAME},
}
OTHER = {
    "op": "upsert",
    "kind": "account",
    "id": "company:1",
    "parent": None,
    "seq": 1,
    "fields": {"name": "Acme"},
}


class Died(BaseException):
    """The process ends here."""


class Mortal:
    """Dies at the call of that number."""

    def __init__(self, left):
        self.left = left

    def dying(self, call):
        def step(*args, **named):
            self.left -= 1
            if not self.left:
                raise Died
            return call(*args, **named)

        return step


def still_named(folder):
    return [each.name for each in folder.rglob("*") if each.is_file() and NAME.encode() in each.read_bytes()]


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_whoever_is_taken_out_of_files_is_in_none_of_them_wherever_the_process_dies(
    tmp_path, monkeypatch, format_
):
    """Also not in a table beside a file, nor in a copy that was begun; and who takes files is told."""
    moment, done = 0, False
    while not done:
        moment += 1
        place = tmp_path / str(moment)
        folder = Folder(place, format_ == "csv", clock.now)
        folder.append([CONTACT, VOTE, OTHER])
        folder.finish()
        with monkeypatch.context() as patch:
            mortal = Mortal(moment)
            for name in ("replace", "fsync", "open"):
                patch.setattr(os, name, mortal.dying(getattr(os, name)))
            try:
                erase_from(place, format_)
                done = True
            except Died:
                pass
        erase_from(place, format_)
        assert still_named(place) == [], moment
        told = [
            line["id"] for path in place.rglob("*.jsonl") for line in lines_of(path) if line["op"] == "erase"
        ]
        assert {"person:7", "vote:3:7"} <= set(told), moment
        assert [line["id"] for path in place.rglob("*.jsonl") for line in lines_of(path)].count(
            "company:1"
        ) == 1
    assert moment > 5


def erase_from(place, format_):
    gateway = connect("drop", {"folder": str(place), "format": format_})
    gateway.erase("contact", [Ref("person:7")])
    gateway.close()
