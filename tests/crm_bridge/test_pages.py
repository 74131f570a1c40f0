"""The staff pages of the bridge."""

import csv
import io

import pytest

from portal.activity.models import Entry
from portal.crm_bridge import connecting, telling
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmLink
from portal.database import db
from portal.ideas.models import Idea
from portal.moderation.hiding import hide
from portal.voting import casting
from tests.crm_bridge.following import catch_up
from tests.factories import EPOCH

HERE = "/crm/connections/embedded"


@pytest.fixture
def ines(cast, store):
    """The customer of the cast, who agreed."""
    person = cast.customer
    person.crm_consent, person.crm_consent_at, person.reputation = True, EPOCH, 25
    db.session.commit()
    return person


@pytest.fixture
def pm(as_, cast):
    return as_(cast.product_manager)


def record(browser, person):
    return browser.get(f"/crm/people/{person.id}").get_data(as_text=True)


def test_the_record_shows_what_the_crm_got(pm, run, make, cast, ines, vote):
    idea, gone, hidden = (
        make.idea(title="Offline mode"),
        make.idea(title="Dark side"),
        make.idea(title="Watches"),
    )
    for each in (idea, gone, hidden):
        vote(ines, each)
    run("crm", "push")
    casting.withdraw(db.session.get_one(Idea, gone.id), by=ines)
    hide(db.session.get_one(Idea, hidden.id), by=cast.moderator, reason="Advertising")
    run("crm", "push")
    page = record(pm, ines)
    for words in (
        ines.email,
        "Northwind Utilities",
        "In step with the CRM",
        "Offline mode",
        "Dark side",
        "Points",
    ):
        assert words in page, words
    assert "Watches" not in page
    assert "Watches" not in pm.get(HERE).get_data(as_text=True)
    assert "A hidden idea" in page


def test_before_the_first_push_it_says_so(pm, ines):
    page = record(pm, ines)
    assert "The CRM knows nothing of it" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"crm_consent": False}, "no consent"),
        ({"confirmed_at": None}, "mail address not confirmed"),
        ({"erased_at": EPOCH, "email": None}, "erased"),
    ],
)
def test_it_says_why_somebody_is_not_written(pm, ines, fields, words):
    for name, value in fields.items():
        setattr(ines, name, value)
    page = record(pm, ines)
    assert "Not written to the CRM" in page
    assert f"The reason: {words}." in page


def test_it_says_when_a_record_was_taken_out(pm, run, ines):
    run("crm", "push")
    ines.crm_consent = False
    run("crm", "push")
    page = record(pm, ines)
    assert "Taken out of the CRM" in page
    assert "The CRM knows nothing of it" in page


def test_it_shows_the_words_of_the_crm(pm, run, make, ines, vote):
    vote(ines, make.idea())
    run("crm", "push")
    for link in db.session.query(CrmLink).filter(CrmLink.entity != "company"):
        link.state, link.message, link.field = "quarantined", f"<b>{link.entity}</b> is not welcome", "name"
    page = record(pm, ines)
    assert "&lt;b&gt;person&lt;/b&gt; is not welcome" in page
    assert "&lt;b&gt;vote&lt;/b&gt; is not welcome" in page
    index = pm.get(HERE).get_data(as_text=True)
    assert "&lt;b&gt;person&lt;/b&gt; is not welcome" in index
    assert "In quarantine" in index


def test_a_change_that_waits_is_said(pm, run, make, ines, vote):
    run("crm", "push")
    vote(ines, make.idea())
    catch_up(CrmReader())
    assert "the next push compares it" in record(pm, ines)


def test_the_company_shows_its_people_and_what_the_crm_got(pm, run, make, cast, ines, vote):
    vote(ines, make.idea(title="Offline mode"))
    run("crm", "push")
    page = pm.get(f"/crm/companies/{cast.company.id}").get_data(as_text=True)
    for words in ("Northwind Utilities", "enterprise", "Ines Duarte", "Offline mode (1)", "120,000 EUR"):
        assert words in page, words


def test_the_address_carries_a_readable_tail(pm, cast, ines):
    assert pm.get(f"/crm/companies/{cast.company.id}-anything").status_code == 200
    assert f"/crm/companies/{cast.company.id}-northwind-utilities" in record(pm, ines)


def test_staff_find_the_record_from_the_profile_and_others_do_not(as_, pm, cast, ines):
    link = f'href="/crm/people/{ines.id}-ines-duarte"'
    assert link in pm.get(f"/people/{ines.id}").get_data(as_text=True)
    assert link not in as_(cast.moderator).get(f"/people/{ines.id}").get_data(as_text=True)
    assert link not in as_(ines).get(f"/people/{ines.id}").get_data(as_text=True)


@pytest.mark.parametrize("votes", [1, 30])
def test_the_record_needs_few_queries(pm, run, make, ines, at_most, votes):
    board = make.board()
    for _ in range(votes):
        casting.cast(make.idea(board=board, author=ines), by=ines)
    db.session.commit()
    run("crm", "push")
    with at_most(queries=9):
        assert pm.get(f"/crm/people/{ines.id}").status_code == 200


def test_the_other_pages_need_few_queries(pm, run, make, cast, ines, vote, at_most):
    vote(ines, make.idea())
    run("crm", "push")
    for path, queries in (("/crm/", 5), (HERE, 18), (f"/crm/companies/{cast.company.id}", 9)):
        with at_most(queries=queries):
            assert pm.get(path).status_code == 200


def test_the_index_says_how_things_stand(pm, run, make, ines, vote):
    assert "none yet" in pm.get(HERE).get_data(as_text=True)
    run("crm", "push")
    vote(ines, make.idea())
    catch_up(CrmReader())
    page = pm.get(HERE).get_data(as_text=True)
    for words in ("wait to be compared", "records written", "2 created", "embedded"):
        assert words in page, words
    assert "skipped" not in page


def test_it_belongs_to_the_desk(pm):
    assert '<a href="/admin/" aria-current="true">' in pm.get("/crm/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"created": 1200, "equal": 5, "skipped": 9}, "1,200 created"),
        ({"updated": 1, "quarantined": 2}, "1 updated, 2 quarantined"),
        ({"equal": 7}, "nothing; every record was equal"),
        ({"skipped": 7}, "nothing"),
        ({}, "nothing"),
    ],
)
def test_what_a_push_wrote_is_said_without_what_it_only_looked_at(counts, words):
    assert telling.written(counts) == words


def test_the_page_says_that_it_is_paused_or_failing(pm, app):
    connecting.make_default()
    kept = db.session.get_one(CrmConnection, DEFAULT)
    kept.paused, kept.failure, kept.failed_at = True, "Disk full", EPOCH
    page = pm.get(HERE).get_data(as_text=True)
    assert "The connection is paused" in page
    assert "Disk full" in page


def test_the_table_is_guarded_and_journaled(pm, run, cast, ines):
    ines.name = "=cmd|' /C calc'!A0"
    run("crm", "push")
    answer = pm.get("/crm/export.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=customer-records-")
    assert answer.headers["Cache-Control"] == "private, no-store"
    [line] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert line["name"] == "'=cmd|' /C calc'!A0"
    [entry] = db.session.query(Entry).filter_by(kind="customer_records_exported").all()
    assert (entry.actor_id, entry.data["people"]) == (cast.product_manager.id, 1)


def test_an_unreadable_store_is_said_in_words(pm, run, ines, store):
    run("crm", "push")
    store.write_text("This is a letter, not a database." * 100)
    for tail in ("-wal", "-shm"):
        store.with_name(store.name + tail).unlink(missing_ok=True)
    answer = pm.get("/crm/export.csv")
    assert answer.status_code == 409
    assert "file is not a database" in answer.get_data(as_text=True)
