"""Whether everything runs: for monitors, and for the staff."""

import pytest

from portal.activity.jobs import Jobs
from portal.activity.models import ReaderPosition
from portal.database import db


def test_monitors_hear_ok_and_no_secrets(as_, at_most):
    with at_most(queries=2):
        answer = as_(None).get("/-/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": True})
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_monitors_hear_when_the_schema_is_old(as_, monkeypatch):
    from portal.admin import views

    monkeypatch.setattr(views, "is_ready", lambda: False)
    answer = as_(None).get("/-/health")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")


def test_staff_see_readers_worker_and_versions(as_, cast, monkeypatch):
    # The queue of this session may remember a worker of another test.
    monkeypatch.setattr(Jobs, "worker_seen_at", lambda _jobs: None)
    page = as_(cast.admin).get("/admin/health").text
    for text in ("The worker does not run", "Readers of the journal", "Flask-Security", "Schema"):
        assert text in page
    assert "is not the one of this version" not in page


def test_a_reader_that_failed_is_named_with_its_words(as_, cast, make):
    from portal.activity.reading import readers

    names = readers.names()
    if not names:
        pytest.fail("nobody reads the journal")
    from portal import clock

    db.session.merge(
        ReaderPosition(reader=names[0], failure="OSError: the disk <is> full", failed_at=clock.now())
    )
    page = as_(cast.admin).get("/admin/health").text
    assert "the disk &lt;is&gt; full" in page
    assert "Failed" in page


def test_the_component_sheet_is_for_staff(as_, cast):
    assert as_(cast.moderator).get("/-/components").status_code == 200
    assert as_(None).get("/-/components").status_code == 404


@pytest.mark.parametrize(
    ("who", "sees", "not_"),
    [
        ("moderator", {"Review queue"}, {"People", "Health"}),
        ("admin", {"Review queue", "People", "Companies", "Boards", "Categories", "Health"}, set()),
    ],
)
def test_the_desk_shows_what_one_may_use(as_, cast, who, sees, not_):
    page = as_(cast[who]).get("/admin/").text
    cards = page.split('id="main"')[1]
    assert all(f">{word}</a>" in cards for word in sees)
    assert not any(f">{word}</a>" in cards for word in not_)
