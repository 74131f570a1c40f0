"""The worker is killed (kill -9) at each step of delivering an export: one file, one line in the journal, the mail."""

import random
import re
import signal
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import current_app

from portal import clock
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.activity.models import Entry
from portal.app import create_app
from portal.database import db
from portal.settings import Settings
from portal.transfer.building import Export
from portal.transfer.saved import cli as saved_exports
from portal.transfer.saved import scheduling
from portal.transfer.saved.models import ExportFile, ExportLink, ExportSchedule, SavedExport
from portal.transfer.saved.scheduling import Rhythm
from tests import cast as cast_module
from tests.activity.stage import SMALL_BATCHES
from tests.factories import Factories

STEP = 5
DELIVER = "tests.activity.stage:deliver"
DELIVER_ONCE = f"{__name__}:deliver_once"


@pytest.fixture(scope="module")
def place(_built, new_database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("delivering")
    url = new_database("delivering", like="migrated")
    return Settings(instance=str(folder), database_url=url, secret_key="delivering")


@pytest.fixture(scope="module")
def portal(place):
    made = create_app(place)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def stage(people, place, launch):
    """Where workers start; none is left at the end of a test."""
    made = launch(place, SMALL_BATCHES, DELIVER_ONCE)
    yield made
    made.stop()


def deliver_once():
    """What each worker would compile for itself is compiled before they part."""
    manager = db.session.scalars(sa.select(Person.id).filter_by(role=Role.PRODUCT_MANAGER)).one()
    due(manager, "Before all others")
    saved_exports.deliver(current_app.extensions["settings"])


@pytest.fixture(scope="module")
def people(portal):
    cast = cast_module.assemble(Factories())
    Factories().idea(author=cast.customer)
    number = cast.product_manager.id
    # Also a transaction that only read holds the write lock of SQLite, which the workers want.
    db.session.rollback()
    return number


def due(person_id, name):
    """A saved export that is due; returns its id."""
    person = db.session.get(cast_module.Person, person_id)
    saved = SavedExport(
        name=name, person=person, words=Export("ideas", "csv").words(), created_at=clock.now(), schedule=None
    )
    db.session.add(saved)
    db.session.flush()
    scheduling.schedule(
        saved, Rhythm("day", 0), by=person, people=[person_id], days_kept=7, base="http://localhost"
    )
    db.session.get(ExportSchedule, saved.id).next_at = clock.now() - timedelta(minutes=1)
    number = saved.id
    db.session.commit()
    return number


def check(place, saved_id, name):
    """One file, made once and written down once, and its mail; returns how many mails."""
    db.session.rollback()
    file = db.session.scalars(sa.select(ExportFile).where(ExportFile.saved_id == saved_id)).one()
    assert file.made_at
    assert (place.folder / "exports" / file.name).stat().st_size == file.size
    taken = db.session.scalars(sa.select(Entry).where(Entry.kind == "ideas_exported")).all()
    assert [each.data["saved_id"] for each in taken].count(saved_id) == 1
    link = db.session.scalars(sa.select(ExportLink).where(ExportLink.file_id == file.id)).one()
    assert link.sent_at
    db.session.rollback()
    mails = [each.read_text() for each in (place.folder / "mail").glob("*.eml")]
    mine = [each for each in mails if f"Your export: {name}" in each]
    assert len({re.search(r"links/([0-9a-f=\\n]{64,})", each)[1] for each in mine}) == 1
    return len(mine)


def test_killed_at_each_step_it_makes_one_file_and_forgets_no_mail(portal, place, people, stage):
    """Only one who dies between handing the mail over and writing that down makes a second mail, with the same link."""
    moment, ended, twice = random.randint(1, STEP), -signal.SIGKILL, 0
    while ended == -signal.SIGKILL:
        name = f"Round {moment}"
        saved_id = due(people, name)
        ended = stage.call(DELIVER, moment).end()
        assert stage.call(DELIVER, 0).end() == 0
        twice += check(place, saved_id, name) == 2
        moment += STEP
    assert ended == 0
    assert moment > 40
    assert twice <= 2


def test_two_workers_side_by_side_make_each_file_once(portal, place, people, stage):
    made = {name: due(people, name) for name in ("First of two", "Second of two", "Third of two")}
    both = [stage.call(DELIVER, 0) for _ in range(2)]
    assert [each.end() for each in both] == [0, 0]
    # One who found the other at work left everything to it.
    for name, saved_id in made.items():
        assert check(place, saved_id, name) == 1
