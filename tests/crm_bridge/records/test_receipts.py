"""The receipt of an erasure: what was taken out where, when, and what the CRM answered; a kill loses nothing of it."""

import email
import signal
from datetime import timedelta
from email import policy

import pytest

from portal import clock
from portal.accounts import consenting, erasing, mailing
from portal.accounts.erasure.cli import deliver_left
from portal.accounts.models import LastMail
from portal.crm_bridge.gateway import Outcome, Status
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.memory.gateway import Memory
from portal.crm_bridge.models import CrmTombstone
from portal.crm_bridge.receipts.models import CrmReceipt
from portal.database import db
from portal.discussion import writing
from tests.crm_bridge.following import catch_up


@pytest.fixture
def written(run, make, ines, second, vote):
    """Ines with two votes and a comment in both CRMs."""
    idea = make.idea(title="Offline mode")
    catch_up(CrmReader())
    for each in (idea, make.idea()):
        vote(ines, each)
    writing.write(idea, by=ines, body="Wanted badly")
    db.session.commit()
    for name in ("embedded", second):
        run("crm", "push", "--connection", name)
    return ines


def lines(**equal):
    rows = db.session.query(CrmReceipt).filter_by(**equal).order_by(CrmReceipt.id)
    return {(each.connection, each.done, each.remote_type): each.records for each in rows}


def of(done, *connections):
    kinds = {"contact": 1, "vote": 2, "history": 1}
    return {(name, done, kind): count for name in connections for kind, count in kinds.items()}


def test_who_was_erased_has_a_receipt_of_every_crm(pm, run, written, second, monkeypatch, cast):
    name, number = written.name, written.id
    erasing.erase(written, by=cast.admin, reason="Letter of 3 May")
    db.session.commit()
    assert lines() == of("asked", "embedded", second)
    page = pm.get(f"/crm/people/{number}/receipt").text
    for said in ("Letter of 3 May", cast.admin.name, "To be taken out", "the next push takes it out"):
        assert said in page, said
    both = Outcome(Status.ERASED, "7", blanked=True)
    taken = Memory.erase
    monkeypatch.setattr(
        Memory,
        "erase",
        lambda self, kind, refs: [both] * len(refs) if kind == "contact" else taken(self, kind, refs),
    )
    for each in ("embedded", second):
        run("crm", "push", "--connection", each)
    done = of("removed", "embedded", second)
    done[second, "blanked", "contact"] = done.pop((second, "removed", "contact"))
    assert lines() == of("asked", "embedded", second) | done
    page = pm.get(f"/crm/people/{number}/receipt").text
    for said in (
        "Our fields blanked",
        "Removed",
        "Tombstone, sales",
        "A backfill does not bring it back",
        "1 lines",
    ):
        assert said in page, said
    assert "Still there" not in page
    assert name not in page
    assert "Offline mode" not in page
    record = pm.get(f"/crm/people/{number}").text
    assert f'href="/crm/people/{number}-former-member/receipt"' in record
    assert "Taken out of the CRM" in record
    run("crm", "push")
    assert lines() == of("asked", "embedded", second) | done


def test_who_withdrew_has_one_too_and_keeps_it_after_agreeing_anew(pm, as_, run, written, rows):
    consenting.consent(written, granted=False)
    db.session.commit()
    run("crm", "push")
    assert lines() == of("removed", "embedded")
    page = pm.get(f"/crm/people/{written.id}/receipt").text
    assert "consent was withdrawn" in page
    assert "no consent" in page
    consenting.consent(written, granted=True)
    db.session.commit()
    run("crm", "push")
    assert rows(CrmTombstone, lifted_at=None) == 0
    assert "lifted by a new consent" in pm.get(f"/crm/people/{written.id}/receipt").text
    assert len(as_(written).post("/account/data/").get_json()["taken_out_of_a_crm"]) == 3


def test_what_a_crm_does_not_let_go_stands_on_it(pm, run, written, second, monkeypatch):
    locked = Outcome(Status.FAILED, "7", message="Locked by <b>Sam</b>")
    monkeypatch.setattr(Memory, "erase", lambda self, kind, refs: [locked] * len(refs))
    erasing.erase(written, by=written)
    db.session.commit()
    run("crm", "push", "--connection", second)
    page = pm.get(f"/crm/people/{written.id}/receipt").text
    assert "Still there" in page
    assert "Locked by &lt;b&gt;Sam&lt;/b&gt;" in page


@pytest.fixture
def die(settings, launch):
    """Runs a `flask` command that is killed when it calls the function `module:name`."""

    def run(function, *words):
        db.session.commit()
        db.session.remove()
        process = launch(settings).call("tests.crm_bridge.records.dying:run", function, *words)
        assert process.end() == -signal.SIGKILL, process.said()

    return run


def last_mails(settings, address):
    found = [
        email.message_from_bytes(each.read_bytes(), policy=policy.default)
        for each in sorted((settings.folder / "mail").glob("*.eml"))
    ]
    return [each for each in found if address in each["to"]]


def test_killed_right_after_the_erasure_the_last_mail_is_sent_all_the_same(settings, written, rows, die):
    number, address = written.id, written.email
    mailing.post(address, "Earlier", "It names them.")
    mailing.deliver()
    die("portal.accounts.mailing:deliver", "accounts", "erase", address, "--reason", "Letter")
    assert rows(LastMail) == 1
    assert lines(person_id=number) == of("asked", "embedded", "sales")
    deliver_left(lambda: False)
    assert [each["subject"] for each in last_mails(settings, address)] == ["Earlier"]
    with clock.at(clock.now() + timedelta(minutes=6)):
        deliver_left(lambda: False)
        deliver_left(lambda: False)
    [mail] = last_mails(settings, address)
    assert mail["subject"] == "Your account was deleted"
    assert rows(LastMail) == 0


def test_a_last_mail_that_no_server_takes_is_given_up_and_its_address_goes(
    settings, written, rows, monkeypatch
):
    erasing.erase(written, by=written)
    db.session.commit()
    monkeypatch.setattr(mailing, "_send", lambda letter: False)
    assert mailing.deliver() is False
    for days, left in ((1, 1), (2, 1), (4, 0)):
        with clock.at(clock.now() + timedelta(days=days)):
            deliver_left(lambda: False)
        assert rows(LastMail) == left


def test_killed_between_the_answer_of_the_crm_and_ours_the_receipt_is_whole(written, run, rows, die):
    erasing.erase(written, by=written)
    die("portal.crm_bridge.pushing:record", "crm", "push")
    assert lines(done="removed") == {}
    run("crm", "push")
    done = lines(done="removed", connection="embedded")
    assert done == of("removed", "embedded")
    assert rows(CrmTombstone, connection="embedded") == 1
