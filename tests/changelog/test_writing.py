"""Writing entries: drafts, what is suggested, kinds, and what is refused."""

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict
from portal.ideas.changelog.linking import link
from portal.ideas.changelog.models import ChangelogEntry, ChangelogIdea, ChangelogKind
from portal.ideas.merging.joining import merge
from tests.ideas.reading import page_of, shown

WRITTEN = {
    "title": "Offline mode is here",
    "body": "It *works*.",
    "audience": "public",
    "kinds": ["new", "better"],
}
KEY = {"key": "key-of-a-form-0001"}


def test_from_a_draft_to_a_published_entry(as_, cast, make, rows):
    idea, manager = make.idea(title="Offline mode", status="planned"), as_(cast.product_manager)
    answers = [manager.post("/changelog/", data=WRITTEN | KEY) for _ in "ab"]
    assert [each.status_code for each in answers] == [303, 303]
    assert rows(ChangelogEntry) == 1
    place = answers[0].location
    assert place.endswith("/edit")
    assert as_(None).get("/changelog/1").status_code == 404
    assert as_(cast.moderator).get("/changelog/1").status_code == 404
    found = manager.get(f"{place}?q=offline").text
    assert "Offline mode" in found
    assert manager.put(f"/changelog/1/ideas/{idea.id}").status_code == 303
    preview = manager.put("/changelog/1", data=WRITTEN | {"preview": "y"})
    assert preview.location.startswith("/changelog/1")
    assert not preview.location.endswith("/edit")
    assert "Only product managers and admins see this draft" in shown(manager.get(preview.location))
    assert manager.put("/changelog/1/publication").status_code == 303
    page = as_(None).get("/changelog/1")
    assert "<em>works</em>" in page.text
    assert "New" in shown(page)
    assert "Shipped because you asked: Offline mode" in shown(page)
    assert db.session.get(type(idea), idea.id).status == "shipped"
    manager.put("/changelog/1", data=WRITTEN | {"title": "Offline mode is really here"})
    assert "edited" in shown(as_(None).get("/changelog/1"))
    kinds = [each.kind for each in db.session.query(Entry).order_by(Entry.id)]
    assert kinds.count("changelog_changed") == 3


def test_what_was_shipped_since_the_last_entry_is_suggested(as_, cast, make):
    board, now = make.board(), clock.now()
    before = make.idea(
        board=board, title="Long ago", status="shipped", status_at=now - 3 * (now - now.replace(day=1))
    )
    make.entry(title="Last", published_at=now.replace(microsecond=0) - (now - now.replace(hour=0)), ideas=[])
    fresh = make.idea(board=board, title="Just now", status="shipped", status_at=now)
    told = make.idea(board=board, title="Told", status="shipped", status_at=now)
    make.entry(title="Other", stage="draft", ideas=[told])
    entry = make.entry(title="Next", stage="draft")
    page = as_(cast.product_manager).get(f"/changelog/{entry.id}/edit").text
    assert fresh.title in page
    assert told.title not in page
    assert before.status == "shipped"


def test_a_scheduled_entry_says_when(as_, cast, make):
    entry, manager = make.entry(title="Next", stage="draft"), as_(cast.product_manager)
    path = f"/changelog/{entry.id}/schedule"
    assert manager.put(path, data={"publish_at": "2099-03-01T09:30"}).status_code == 303
    for page in (f"/changelog/{entry.id}", f"/changelog/{entry.id}/edit", "/changelog/drafts"):
        assert "1 March 2099, 09:30 UTC" in shown(manager.get(page))
    assert manager.delete(path).status_code == 303
    assert "2099" not in shown(manager.get("/changelog/drafts"))
    refused = manager.put(path, data={"publish_at": "9999-03-01T09:30"})
    assert refused.status_code == 422
    assert "too far away" in refused.text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "", "Please write a title."),
        ("body", " ", "Please write a text."),
        ("kinds", ["odd"], "is not a valid choice"),
        ("audience", "companies", "Choose at least one company"),
        ("companies", "Nobody", "There is no company called Nobody."),
    ],
)
def test_what_is_wrong_is_said_and_the_text_is_kept(as_, cast, app, rows, field, value, says):
    answer = as_(cast.admin).post("/changelog/", data=WRITTEN | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert field == "body" or "It *works*." in answer.text
    assert rows(ChangelogEntry) == 0


def test_kinds_are_named_anew_added_and_given_up(as_, cast, make, rows):
    admin = as_(cast.admin)
    make.entry(title="Repaired", kinds=("fixed",))
    fixed = {"name": "Put right", "colour": "bad", "position": "1"}
    assert admin.put("/changelog/kinds/fixed", data=fixed).status_code == 303
    assert (
        admin.post(
            "/changelog/kinds/", data={"name": "Removed", "colour": "ended", "position": "9"}
        ).status_code
        == 303
    )
    assert rows(ChangelogKind) == 4
    assert "Put right" in shown(as_(None).get("/changelog/1"))
    assert [admin.put("/changelog/kinds/new/archiving").status_code for _ in "ab"] == [303, 303]
    boxes = [
        each.get("value")
        for each in page_of(admin.get("/changelog/new")).iter("input")
        if each.get("name") == "kinds"
    ]
    assert boxes == ["fixed", "better", "removed"]
    assert admin.delete("/changelog/kinds/new/archiving").status_code == 303
    assert admin.put("/changelog/kinds/nothing", data=fixed).status_code == 404


def test_empty_pages_say_what_to_do(as_, cast, app):
    assert "Nothing was announced yet" in shown(as_(None).get("/changelog/"))
    assert "There are no drafts" in shown(as_(cast.admin).get("/changelog/drafts"))


def test_an_idea_is_linked_once(as_, cast, make, rows):
    idea, entry = make.idea(), make.entry(stage="draft")
    manager, path = as_(cast.product_manager), f"/changelog/{entry.id}/ideas/{idea.id}"
    assert [manager.put(path).status_code for _ in "ab"] == [303, 303]
    assert rows(ChangelogIdea) == 1
    assert [manager.delete(path).status_code for _ in "ab"] == [303, 303]
    assert rows(ChangelogIdea) == 0


def test_for_a_merged_idea_stands_the_one_that_counts(as_, cast, make, rows):
    target, manager = make.idea(title="Offline mode", status="planned"), as_(cast.product_manager)
    source, late = (
        make.idea(title=title, board_id=target.board_id) for title in ("No signal", "In basements")
    )
    merge(source, target, by=cast.product_manager)
    entry = make.entry(title="Offline is here", stage="draft", ideas=[late])
    for _ in "ab":
        assert manager.put(f"/changelog/{entry.id}/ideas/{source.id}").status_code == 303
    assert rows(ChangelogIdea, idea_id=target.id) == 1
    with pytest.raises(Conflict, match="merged into another one"):
        link(entry, source, by=cast.product_manager)
    db.session.rollback()
    # One that is merged after it was linked ships what counts for it, once.
    merge(late, target, by=cast.product_manager)
    assert manager.put(f"/changelog/{entry.id}/publication").status_code == 303
    kinds = [
        (each.kind, each.data["idea_id"])
        for each in db.session.query(Entry).order_by(Entry.id)
        if "idea_id" in each.data
    ]
    assert kinds[-1:] == [("status_changed", target.id)]
    assert {db.session.get(type(target), each.id).status for each in (source, late)} == {"open"}
    assert db.session.get(type(target), target.id).status == "shipped"
