"""Scheduled exports: each due moment makes one file and one mail, whatever dies; links end; who may not, gets nothing."""

import errno
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.accounts import mailing
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict
from portal.transfer import exporting
from portal.transfer.building import Export
from portal.transfer.saved import delivering, scheduling
from portal.transfer.saved.cli import deliver
from portal.transfer.saved.models import (
    ExportFile,
    ExportLink,
    ExportRecipient,
    ExportSchedule,
    SavedExport,
)
from portal.transfer.saved.scheduling import Rhythm
from tests.transfer.taking_out import file_of

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("rhythm", "after", "due"),
    [
        (Rhythm("day", 6), "2026-03-02T05:59", "2026-03-02T06:00"),
        (Rhythm("day", 6), "2026-03-02T06:00", "2026-03-03T06:00"),
        (Rhythm("week", 6, weekday=0), "2026-03-02T06:00", "2026-03-09T06:00"),
        (Rhythm("week", 6, weekday=6), "2026-03-02T06:00", "2026-03-08T06:00"),
        (Rhythm("month", 0, monthday=1), "2026-12-01T00:00", "2027-01-01T00:00"),
        (Rhythm("month", 23, monthday=31), "2026-02-01T00:00", "2026-02-28T23:00"),
        (Rhythm("month", 23, monthday=31), "2028-02-28T23:30", "2028-02-29T23:00"),
    ],
)
def test_when_it_is_due_next(rhythm, after, due):
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert rhythm.next_after(moment) == datetime.fromisoformat(due).replace(tzinfo=UTC)


MINUTES = st.integers(0, 90 * 365 * 24 * 60)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["day", "week", "month"]), st.integers(0, 23), st.integers(0, 6), st.integers(1, 31), MINUTES
)  # fmt: skip
def test_due_moments_follow_each_other_without_a_gap(every, hour, weekday, monthday, minutes):
    moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    rhythm = Rhythm(every, hour, weekday, monthday)
    before, after = rhythm.last_before(moment), rhythm.next_after(moment)
    assert before <= moment < after
    assert rhythm.next_after(before) == after
    assert rhythm.last_before(after) == after


@pytest.fixture
def folder(settings):
    """The folder of the files, and that of the mails, empty."""
    for name in ("exports", "mail"):
        shutil.rmtree(settings.folder / name, ignore_errors=True)
    return settings.folder / "exports"


@pytest.fixture
def mails(settings, folder):
    """`mails()`: the texts of all mails, the oldest first."""
    return lambda: [each.read_text() for each in sorted((settings.folder / "mail").glob("*.eml"))]


@pytest.fixture
def scheduled(make, cast, folder):
    """A saved export of the product manager, made every Monday at 6 for her and the admin."""
    make.idea(title="Offline mode", author=cast.customer)
    saved = SavedExport(
        name="Steering", person=cast.product_manager, shared=True, words=Export("ideas", "csv").words(),
        created_at=MONDAY, schedule=None,
    )  # fmt: skip
    make._save(saved)
    with clock.at(MONDAY - DAY):
        scheduling.schedule(
            saved, Rhythm("week", 6), by=cast.product_manager, people=[cast.product_manager.id, cast.admin.id],
            days_kept=7, base="http://localhost",
        )  # fmt: skip
        db.session.commit()
    return saved


@pytest.fixture
def work(settings):
    """`work(moment)`: what the worker does at that moment."""

    def work(moment):
        db.session.commit()
        with clock.at(moment):
            deliver(settings)
        db.session.rollback()
        db.session.expire_all()

    return work


def link_in(mail):
    body = mail.replace("=\n", "").replace("=3D", "=")
    return re.search(r"http://localhost(/exports/links/[0-9a-f]{64})", body)[1]


def files():
    return db.session.query(ExportFile).order_by(ExportFile.id).all()


def test_a_due_moment_makes_one_file_and_one_mail_for_each(scheduled, work, folder, mails, rows, cast):
    work(MONDAY - HOUR)
    assert files() == []
    for minutes in (0, 1, 2, 300):
        work(MONDAY + timedelta(minutes=minutes))
    (file,) = files()
    assert (file.due_at, file.rows, file.people, file.removed_at) == (MONDAY, 1, 1, None)
    assert [path.name for path in folder.iterdir()] == [file.name]
    assert (folder / file.name).stat().st_mode & 0o077 == 0
    assert sorted(re.search(r"^To: (\S+)", mail, re.MULTILINE)[1] for mail in mails()) == sorted(
        [cast.product_manager.email, cast.admin.email]
    )
    entry = db.session.query(Entry).filter_by(kind="ideas_exported").one()
    assert (entry.actor_id, entry.data["file_id"]) == (cast.product_manager.id, file.id)
    work(MONDAY + 7 * DAY)
    assert [each.due_at for each in files()] == [MONDAY, MONDAY + 7 * DAY]


def test_after_a_downtime_it_catches_up_once(scheduled, work, rows):
    work(MONDAY + 30 * DAY)
    work(MONDAY + 30 * DAY + HOUR)
    assert [each.due_at for each in files()] == [MONDAY + 28 * DAY]
    assert db.session.get(ExportSchedule, scheduled.id).next_at == MONDAY + 35 * DAY


def test_the_link_is_for_whoever_signed_in_and_may_export(scheduled, work, mails, as_, cast, make, rows):
    now = clock.now()
    with_schedule = db.session.get(ExportSchedule, scheduled.id)
    with_schedule.next_at = now - HOUR
    work(now)
    path = link_in(mails()[0])
    stranger = as_(None).get(path)
    assert stranger.status_code == 302
    assert stranger.location.startswith("/login")
    assert as_(cast.customer).get(path).status_code == 403
    assert as_(cast.moderator).get(path).status_code == 403
    assert rows(Entry, kind="export_fetched") == 0
    fetched = as_(cast.product_manager).get(path)
    assert fetched.headers["Cache-Control"] == "private, no-store"
    assert [row["title"] for row in file_of(fetched)] == ["Offline mode"]
    other = make.person(name="Pia", role="product_manager")
    assert file_of(as_(other).get(path))
    assert [each.actor_id for each in db.session.query(Entry).filter_by(kind="export_fetched").order_by(Entry.id)] == [
        cast.product_manager.id, other.id,
    ]  # fmt: skip
    cast.product_manager.role = "customer"
    db.session.commit()
    assert as_(cast.product_manager).get(path).status_code == 403
    for wrong in (
        path[:-1] + ("0" if path[-1] != "0" else "1"),
        "/exports/links/x",
        "/exports/links/" + "0" * 5000,
    ):
        assert as_(other).get(wrong).status_code == 404


def test_no_token_is_stored(scheduled, work, mails):
    work(MONDAY)
    tokens = [link_in(mail).rpartition("/")[2] for mail in mails()]
    kept = {each.token_hash for each in db.session.query(ExportLink)}
    assert len(set(tokens)) == 2
    assert not set(tokens) & kept
    assert kept == {delivering.hash_of(token) for token in tokens}


def test_links_and_files_end_after_their_days(scheduled, work, mails, folder, as_, cast):
    now = clock.now()
    db.session.get(ExportSchedule, scheduled.id).next_at = now - HOUR
    work(now - 8 * DAY)
    assert files() == []
    work(now)
    file = files()[0]
    file.expires_at = now - timedelta(seconds=1)
    db.session.commit()
    expired = as_(cast.product_manager).get(link_in(mails()[0]))
    assert expired.status_code == 404
    assert "This link has expired" in expired.text
    assert as_(cast.product_manager).get(f"/exports/files/{file.id}").status_code == 404
    work(now + timedelta(minutes=1))
    assert list(folder.iterdir()) == []
    assert files()[0].removed_at
    page = as_(cast.product_manager).get(f"/exports/saved/{scheduled.id}").text
    assert "Expired" in page
    assert "Gone" in as_(cast.admin).get("/exports/log").text


def test_who_lost_the_role_gets_nothing(scheduled, work, mails, cast, as_):
    cast.admin.role = "customer"
    work(MONDAY)
    assert len(mails()) == 1
    assert f"To: {cast.admin.email}" not in mails()[0]
    page = as_(cast.product_manager).get(f"/exports/saved/{scheduled.id}").text
    assert "This person may no longer export." in page
    cast.product_manager.role = "moderator"
    work(MONDAY + 7 * DAY)
    assert len(mails()) == 1
    assert files()[1].refused == "Mira Kovač, in whose name it is made, may no longer export."
    assert files()[1].made_at is None


@pytest.mark.parametrize("fields", [{"active": False}, {"email": None}])
def test_a_closed_account_gets_nothing(scheduled, work, mails, cast, fields):
    for name, value in fields.items():
        setattr(cast.admin, name, value)
    work(MONDAY)
    assert len(mails()) == 1


def test_a_full_disk_is_said_and_tried_again(scheduled, work, mails, folder, as_, cast, monkeypatch, rows):
    def full(*_any, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "write_csv", full)
        work(MONDAY)
        work(MONDAY)
    file = files()[0]
    assert (file.tries, file.made_at) == (1, None)
    assert "No space left on device" in as_(cast.product_manager).get(f"/exports/saved/{scheduled.id}").text
    assert list(folder.iterdir()) == []
    assert rows(Entry, kind="ideas_exported") == 0
    work(MONDAY + timedelta(minutes=1))
    assert files()[0].made_at is None
    work(MONDAY + timedelta(minutes=2))
    file = files()[0]
    assert (file.failure, len(mails())) == (None, 2)
    assert rows(Entry, kind="ideas_exported") == 1


def test_mail_that_is_not_taken_is_said_and_tried_again(scheduled, work, mails, as_, cast, monkeypatch):
    def refuses(_letter):
        return False

    with monkeypatch.context() as patch:
        patch.setattr(mailing, "_send", refuses)
        work(MONDAY)
    assert mails() == []
    page = as_(cast.product_manager).get(f"/exports/saved/{scheduled.id}").text
    assert page.count("The mail server did not take the mail.") == 2
    work(MONDAY + timedelta(minutes=3))
    assert len(mails()) == 2
    assert {link.failure for link in db.session.query(ExportLink)} == {None}


def test_what_could_not_be_made_gives_way_to_the_next_one(scheduled, work, monkeypatch):
    def wrong(*_any, **_named):
        raise Conflict("Never")

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "packed", wrong)
        work(MONDAY)
    work(MONDAY + 7 * DAY)
    first, second = files()
    assert first.refused == "It could not be made before the next one was due."
    assert second.made_at


def test_one_that_breaks_says_so_and_keeps_no_other_waiting(
    scheduled, make, work, as_, cast, mails, monkeypatch
):
    """Nobody foresaw the failure: no refusal, no full disk. The next one is made and mailed all the same."""
    with clock.at(MONDAY - DAY):
        words = Export("votes", "csv").words()
        other = make._save(
            SavedExport(
                name="Votes", person=cast.product_manager, shared=True, words=words, created_at=MONDAY
            )
        )
        people = [cast.product_manager.id]
        given = {"by": cast.product_manager, "people": people, "days_kept": 7, "base": "http://localhost"}
        scheduling.schedule(other, Rhythm("week", 6), **given)
        db.session.commit()
    right = exporting.packed

    def broken(export, **how):
        if export.rows == "ideas":
            raise LookupError("nobody knows why")
        return right(export, **how)

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "packed", broken)
        work(MONDAY)
    assert {each.saved_id: bool(each.made_at) for each in files()} == {scheduled.id: False, other.id: True}
    assert len(mails()) == 1
    page = as_(cast.product_manager).get(f"/exports/saved/{scheduled.id}").text
    assert "It failed for a reason that stands in the log." in page
    assert "nobody knows why" not in page
    work(MONDAY + timedelta(minutes=2))
    assert all(each.made_at for each in files())


def test_ending_the_schedule_ends_what_waits_and_keeps_what_was_made(scheduled, work, as_, cast, rows):
    work(MONDAY)
    browser = as_(cast.product_manager)
    assert "every Monday, 06:00 UTC" in browser.get("/exports/").text
    for _ in range(2):
        assert browser.delete(f"/exports/saved/{scheduled.id}/schedule").status_code == 303
    work(MONDAY + 7 * DAY)
    assert len(files()) == 1
    assert (rows(ExportSchedule), rows(ExportRecipient)) == (0, 0)
    assert rows(Entry, kind="export_scheduled") == 2


def test_deleting_the_export_removes_its_files(scheduled, work, as_, cast, folder):
    work(MONDAY)
    as_(cast.product_manager).delete(f"/exports/saved/{scheduled.id}")
    work(MONDAY + HOUR)
    assert list(folder.iterdir()) == [] or files()[0].expires_at > MONDAY + HOUR
    work(clock.now() + DAY)
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_is_swept(scheduled, work, folder):
    folder.mkdir()
    (folder / ".making-abc").mkdir()
    (folder / "999.csv").write_text("x")
    work(clock.now())
    assert {"999.csv", ".making-abc"} < {each.name for each in folder.iterdir()}
    work(clock.now() + 2 * HOUR)
    assert [each.name for each in folder.iterdir()] == [files()[0].name]


FORM = {"every": "month", "weekday": "0", "monthday": "31", "hour": "23", "days_kept": "3"}


def test_the_form_sets_a_schedule(as_, cast, scheduled, rows):
    browser, path = as_(cast.product_manager), f"/exports/saved/{scheduled.id}/schedule"
    data = FORM | {"people": [str(cast.admin.id)]}
    for _ in range(2):
        assert browser.put(path, data=data).status_code == 303
    schedule = db.session.get(ExportSchedule, scheduled.id)
    assert (schedule.every, schedule.monthday, schedule.hour, schedule.days_kept) == ("month", 31, 23, 3)
    assert schedule.base == "http://localhost"
    assert [each.person_id for each in db.session.query(ExportRecipient)] == [cast.admin.id]
    assert "on day 31 of each month, 23:00 UTC" in browser.get(f"/exports/saved/{scheduled.id}").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": []},
        {"people": ["1"]},
        {"hour": "24"},
        {"every": "hour"},
        {"days_kept": "91"},
        {"monthday": "0"},
    ],
)
def test_a_schedule_that_means_nothing_is_refused(as_, cast, scheduled, wrong):
    """Person 1 is a customer, who gets no exports."""
    assert cast.customer.id == 1
    data = FORM | {"people": [str(cast.admin.id)]} | wrong
    assert (
        as_(cast.product_manager).put(f"/exports/saved/{scheduled.id}/schedule", data=data).status_code == 422
    )
    assert db.session.get(ExportSchedule, scheduled.id).every == "week"


def test_the_address_in_the_mail_is_that_of_the_page(app):
    with app.test_request_context():
        assert app.url_for("transfer.fetch_link", token="x") == delivering.PATH + "x"


def test_the_worker_knows_the_chore(app):
    assert "deliver_exports" in app.extensions["jobs"]._chores
