"""Saved exports: one's own or shared, taken again, changed, copied, deleted; and who took out what."""

import pytest
import sqlalchemy as sa

from portal import tables
from portal.activity.models import EXPORTS, Entry
from portal.database import db
from portal.transfer.building import Export
from portal.transfer.narrowing import Choice
from portal.transfer.saved.models import ExportFile, SavedExport
from tests.transfer.taking_out import file_of

IDEAS = {"format": "csv", "rows": "ideas", "name": "The most wanted", "top": "5"}


@pytest.fixture
def other(make):
    return make.person(name="Pia Other", role="product_manager")


@pytest.fixture
def keep(make, cast):
    """`keep(Export(…), shared=True)`: a saved export of the product manager."""

    def keep(export=None, **fields):
        words = (export or Export("ideas", "csv")).words()
        person = fields.pop("person", cast.product_manager)
        fields = {"name": "The most wanted", "shared": False, "created_at": person.created_at} | fields
        return make._save(SavedExport(person=person, words=words, schedule=None, **fields))

    return keep


def newest():
    return db.session.query(SavedExport).order_by(SavedExport.id.desc()).first()


def test_what_was_built_is_saved_and_taken_again(make, as_, cast):
    make.idea(title="Offline mode")
    browser = as_(cast.product_manager)
    answer = browser.post(
        "/exports/saved", data=IDEAS | {"columns_ideas": ["title", "number"], "status": "open"}
    )
    saved = newest()
    assert answer.location == f"/exports/saved/{saved.id}-the-most-wanted"
    assert Export.read(saved.words) == Export(
        "ideas", "csv", ("number", "title"), choice=Choice(status="open", top=5)
    )
    page = browser.get(answer.location).text
    assert "number, title" in page
    assert "status: open; top: 5" in page
    taken = browser.post(f"{answer.location}/files")
    assert "filename=the-most-wanted-" in taken.headers["Content-Disposition"]
    assert [row["title"] for row in file_of(taken)] == ["Offline mode"]
    entry = db.session.query(Entry).filter_by(kind="ideas_exported").one()
    assert entry.data["saved_id"] == saved.id


def test_filters_are_said_by_name(make, as_, cast, keep):
    choice = Choice(
        board=str(make.board(name="Mobile").id), owner=str(cast.admin.id), status="open,planned", mine=True
    )
    page = (
        as_(cast.product_manager).get(f"/exports/saved/{keep(Export('ideas', 'csv', choice=choice)).id}").text
    )
    assert "board: Mobile; status: open, planned; owner: Ada Byrne; mine" in page


def test_a_name_is_asked_for_and_what_was_chosen_stays(as_, cast, rows):
    browser = as_(cast.product_manager)
    answer = browser.post("/exports/saved", data=IDEAS | {"name": " "})
    assert answer.status_code == 422
    assert "Give it a name" in answer.text
    assert 'value="5"' in answer.text
    assert browser.post("/exports/saved", data=IDEAS | {"name": "x" * 81}).status_code == 422
    assert browser.post("/exports/saved", data=IDEAS | {"rows": "secrets"}).status_code == 422
    assert rows(SavedExport) == 0


def test_it_is_changed_by_who_made_it(as_, cast, keep):
    saved, browser = keep(), as_(cast.product_manager)
    page = browser.get(f"/exports/saved/{saved.id}/edit").text
    assert 'value="The most wanted"' in page
    changed = {"name": "Votes", "rows": "votes", "format": "xlsx", "shared": "y"}
    assert browser.put(f"/exports/saved/{saved.id}", data=changed).status_code == 303
    assert (saved.name, saved.shared, saved.words["rows"]) == ("Votes", True, "votes")
    browser.put(f"/exports/saved/{saved.id}", data=changed)
    entries = db.session.query(Entry).filter_by(kind="export_saved").all()
    assert [each.data["fields"] for each in entries] == [["name", "shared", "words"]]


def test_what_is_not_shared_is_nobody_else_s(as_, cast, keep, other):
    saved = keep()
    for person in (other, cast.admin):
        browser = as_(person)
        assert "The most wanted" not in browser.get("/exports/").text
        for method, path in (
            ("GET", ""), ("GET", "/edit"), ("PUT", ""), ("DELETE", ""), ("POST", "/copies"), ("POST", "/files"),
            ("PUT", "/schedule"), ("DELETE", "/schedule"),
        ):  # fmt: skip
            assert (
                browser.open(f"/exports/saved/{saved.id}{path}", method=method, data=IDEAS).status_code == 404
            )


def test_what_is_shared_is_taken_and_copied_by_others_and_changed_by_admins(as_, cast, keep, other, rows):
    saved = keep(shared=True)
    browser, path = as_(other), f"/exports/saved/{saved.id}"
    page = browser.get(path).text
    assert "Download now" in page
    assert "Change it" not in page
    assert browser.post(f"{path}/files").status_code == 200
    for method, tail in (
        ("GET", "/edit"),
        ("PUT", ""),
        ("DELETE", ""),
        ("PUT", "/schedule"),
        ("DELETE", "/schedule"),
    ):
        assert browser.open(path + tail, method=method, data=IDEAS).status_code == 403
    assert browser.post(f"{path}/copies").status_code == 303
    copied = newest()
    assert (copied.name, copied.person_id, copied.shared) == ("Copy of The most wanted", other.id, False)
    assert as_(cast.admin).put(path, data=IDEAS | {"name": "By Ada"}).status_code == 303
    assert saved.name == "By Ada"


def test_deleting_ends_it_and_again_changes_nothing(as_, cast, keep, rows):
    saved, browser = keep(), as_(cast.product_manager)
    assert browser.delete(f"/exports/saved/{saved.id}").status_code == 303
    assert browser.get(f"/exports/saved/{saved.id}").status_code == 404
    assert browser.delete(f"/exports/saved/{saved.id}").status_code == 404
    assert "Nothing is saved yet" in browser.get("/exports/").text
    assert rows(Entry, kind="export_deleted") == 1


def test_columns_that_went_away_are_said_and_left_out(make, as_, cast, keep):
    make.idea(title="Offline mode")
    tables.offer("tests", [tables.Column("mood", "Mood", "How it feels")], lambda ids, _viewer: {})
    saved = keep(Export("ideas", "csv", ("title", "mood")))
    browser = as_(cast.product_manager)
    assert "no longer there" not in browser.get(f"/exports/saved/{saved.id}").text
    tables._offered.pop("tests")
    for tail in ("", "/edit"):
        page = browser.get(f"/exports/saved/{saved.id}{tail}").text
        assert "Some columns are no longer there" in page
        assert "mood: they went away" in page
    assert file_of(browser.post(f"/exports/saved/{saved.id}/files")) == [{"title": "Offline mode"}]


def test_lists_cost_the_same_queries_for_many(as_, cast, keep, at_most):
    for number in range(30):
        keep(name=f"Export {number}", shared=number % 2 == 0)
    browser = as_(cast.product_manager)
    with at_most(queries=6):
        page = browser.get("/exports/").text
    assert "Export 29" in page


def test_admins_read_who_took_what_out(make, as_, cast, keep, at_most):
    make.idea(author=cast.customer)
    mira, ada = as_(cast.product_manager), as_(cast.admin)
    assert "Nothing was taken out yet" in ada.get("/exports/log").text
    saved = keep(Export("votes", "csv"), shared=True)
    mira.post(f"/exports/saved/{saved.id}/files")
    for _ in range(60):
        mira.post("/exports/", data={"format": "csv"})
    with at_most(queries=8):
        page = ada.get("/exports/log").text
    assert page.count("Mira Kovač") == 50
    assert "Older" in page
    older = ada.get("/exports/log?page=" + page.partition("/exports/log?page=")[2].partition('"')[0]).text
    assert older.count("Mira Kovač") == 11
    assert "“The most wanted”" in older
    assert "voter_id, voter, voter_email, on_behalf_of" in older
    assert ada.get("/exports/log?page=nonsense").status_code == 400
    assert mira.get("/exports/log").status_code == 403


@pytest.mark.only_on("sqlite")
def test_the_log_is_found_by_an_index_however_long_the_journal_is(app):
    asked = sa.select(Entry.id).where(EXPORTS).order_by(Entry.id.desc()).limit(51)
    text = str(asked.compile(db.engine, compile_kwargs={"literal_binds": True}))
    assert "ix_entry_exports" in str(db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {text}")).all())


def test_nothing_of_it_shows_on_profiles_and_settings(as_, cast, keep):
    keep(shared=True)
    mira = as_(cast.product_manager)
    mira.post("/exports/", data={"format": "csv"})
    for who, path in (
        (None, f"/people/{cast.product_manager.id}"), (cast.customer, f"/people/{cast.product_manager.id}"),
        (cast.customer, "/account/"), (cast.product_manager, "/account/"),
    ):  # fmt: skip
        page = as_(who).get(path).text.lower()
        assert "the most wanted" not in page
        assert "export" not in page


def test_the_file_of_somebody_s_private_export_is_theirs(make, as_, cast, keep, other, rows):
    saved = keep()
    file = ExportFile(
        saved_id=saved.id, by_id=cast.product_manager.id, due_at=saved.created_at, days_kept=7, base="http://x",
        name="77.csv", made_at=saved.created_at, expires_at=saved.created_at.replace(year=2099), rows=0, people=0,
    )  # fmt: skip
    file = make._save(file)
    assert as_(other).get(f"/exports/files/{file.id}").status_code == 404
    gone = as_(cast.product_manager).get(f"/exports/files/{file.id}")
    assert gone.status_code == 404
    assert "no longer in its folder" in gone.text
    assert rows(Entry, kind="export_fetched") == 0
