"""An admin imports by a page: upload, look, change what columns mean, take; the worker does the work, all or nothing."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.accounts.models import Person
from portal.activity.models import Entry
from portal.database import db
from portal.ideas.models import Board, Idea
from portal.transfer.tables import bringing
from portal.transfer.uploads import checking, cli, queries
from portal.transfer.uploads.models import Upload
from portal.voting import casting
from portal.voting.models import Vote
from tests.transfer.bringing import TABLES, idea
from tests.transfer.dumping import everything

WISHES = b"Feature;Stimmen;Stage;Created\nDark mode;7;open;2024-01-31\nPrint;2;doing;2024-02-01\n;1;open;2024-02-02\n"


@pytest.fixture
def ada(as_, cast):
    return as_(cast.admin)


@pytest.fixture
def work(settings):
    """The worker does what waits."""

    def do(stopping=lambda: False):
        db.session.rollback()
        cli.work(settings, stopping)
        db.session.expire_all()

    return do


def send(browser, *files, **wishes):
    data = {"files": [(io.BytesIO(content), name) for name, content in files], "currency": "EUR"} | wishes
    return browser.post("/admin/imports", data=data, content_type="multipart/form-data")


def upload():
    db.session.expire_all()
    return db.session.query(Upload).order_by(Upload.id.desc()).first()


def test_what_is_uploaded_is_checked_and_nothing_is_written(ada, work, rows):
    before = everything()
    answer = send(ada, ("wishes.csv", WISHES), preset="table")
    assert answer.status_code == 303
    assert "Waiting for the worker" in ada.get(answer.location).text
    work()
    page = ada.get(answer.location).text
    assert "Nothing was written yet" in page
    assert "wishes.csv is UTF-8, with a semicolon between the columns." in page
    assert "title is missing" in page or "Feature is missing" in page
    after = everything()
    assert {name for name in before if before[name] != after[name]} <= {"upload", "sign_in_session"}
    assert rows(Idea) == rows(Entry, kind="content_imported") == 0


def test_columns_and_statuses_are_explained_and_then_it_is_taken(ada, work, settings, cast):
    where = send(ada, ("wishes.csv", WISHES)).location
    work()
    page = ada.get(where).text
    assert 'name="means:stimmen"' in page
    assert 'name="status:doing"' in page
    wishes = {
        "preset": "table",
        "currency": "EUR",
        "board": "Wishes",
        "means:stimmen": "votes",
        "status:doing": "started",
    }
    wishes |= {"means:feature": "title", "means:stage": "status", "means:created": "created_at"}
    assert ada.put(where, data=wishes).status_code == 303
    work()
    assert upload().found["taken"]["ideas"] == 2
    assert 'name="status:doing"' in ada.get(where).text
    assert ada.put(f"{where}/taking").status_code == 303
    work()
    assert "It is imported" in ada.get(where).text
    ideas = {each.title: each for each in db.session.query(Idea).join(Board).filter(Board.name == "Wishes")}
    assert (ideas["Dark mode"].imported_up, ideas["Print"].status) == (7, "started")
    assert db.session.query(Entry).filter_by(kind="content_imported").one().actor_id == cast.admin.id


def test_a_preset_is_found_by_what_is_in_the_files(ada, work, rows):
    names = ("posts.csv", "post_votes.csv", "users.csv")
    where = send(ada, *((name, (TABLES / "quackback" / name).read_bytes()) for name in names)).location
    work()
    assert upload().found["preset"] == "quackback"
    ada.put(f"{where}/taking")
    work()
    assert rows(Vote) == 4
    again = send(ada, *((name, (TABLES / "quackback" / name).read_bytes()) for name in names))
    work()
    assert "Here already" in ada.get(again.location).text
    assert upload().found["taken"] == {}


def test_rows_that_were_left_out_can_be_downloaded_and_no_cell_runs(ada, work):
    content = b"id,title,votes\n=1+1,,1\n2,b,=cmd\n"
    where = send(ada, ("=x.csv", content), preset="table").location
    work()
    answer = ada.get(f"{where}/rows")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = answer.text.splitlines()
    assert lines[0] == "file,row,reason"
    assert not [cell for line in lines for cell in line.split(",") if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b"id,title\n1,\x00\n", "a.csv, line 2: there is a NUL"),
        ("a.pdf", b"%PDF-1.7 ...", "a.pdf is no table"),
        ("../../etc/passwd", b"colour\nred\n", "no column is a title"),
        ("a.json", b"[" * 5000, "nested too deep"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(ada, work, name, content, says):
    where = send(ada, (name, content)).location
    work()
    assert says in ada.get(where).text
    assert upload().stage == "refused"


def test_a_name_never_leads_out_of_the_folder(ada, work, settings):
    send(ada, ("../../../x/../passwd.csv", WISHES), ("..", WISHES), ("a\x00b/\\c.csv", WISHES))
    folder = queries.folder_of(settings.folder, upload())
    assert [
        path.resolve().is_relative_to(folder.resolve())
        for path in queries.paths_of(settings.folder, upload())
    ] == [True] * 3
    assert sorted(path.name for path in folder.glob("*/*")) == ["c.csv", "file", "passwd.csv"]


def test_a_file_is_needed_and_the_typed_text_stays(ada):
    answer = send(ada, board="My board")
    assert answer.status_code == 422
    assert "Choose a file" in answer.text
    assert "My board" in answer.text


# -- Who may, and how much ------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("stranger", 401), ("customer", 403), ("product_manager", 403)])
def test_nothing_is_read_of_whoever_may_not(as_, cast, rows, who, status):
    class Unread(io.BytesIO):
        def read(self, *_size):
            raise AssertionError("it was read")

    browser = as_(cast[who])
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": "1000000"}
    answer = browser.post("/admin/imports", input_stream=Unread(b"x"), headers=headers)
    assert answer.status_code == status
    assert rows(Upload) == 0


def test_an_upload_has_a_limit_of_its_own(app, ada, rows, monkeypatch):
    assert send(ada, ("wishes.csv", WISHES + b"x;1;open;2024-01-01\n" * 80_000)).status_code == 303
    monkeypatch.setitem(app.config, "MAX_UPLOAD", 2_000)
    assert send(ada, ("wishes.csv", WISHES * 100)).status_code == 413
    assert rows(Upload) == 1


def test_an_upload_says_how_long_it_is(ada, rows):
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Transfer-Encoding": "chunked"}
    answer = ada.post(
        "/admin/imports",
        input_stream=io.BytesIO(b"--b--"),
        headers=headers,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code in {411, 422}
    assert rows(Upload) == 0


def test_no_other_form_takes_files(ada, rows):
    answer = ada.post(
        "/ideas/", data={"title": (io.BytesIO(b"Offline"), "x.txt"), "files": (io.BytesIO(b"x"), "y")}
    )
    assert answer.status_code == 422
    assert rows(Upload) == rows(Idea) == 0


# -- The worker -----------------------------------------------------------------------------------------


def test_a_worker_that_is_asked_to_stop_leaves_nothing_and_the_next_one_does_it(ada, work, rows, monkeypatch):
    monkeypatch.setattr("portal.transfer.uploads.checking.SECONDS", 0)
    where = send(ada, ("wishes.csv", WISHES)).location
    asked = []
    work(lambda: bool(asked.append(1)) or len(asked) > 1)
    assert (upload().stage, upload().began_at, rows(Idea)) == ("to_check", None, 0)
    work()
    assert "Nothing was written yet" in ada.get(where).text


def test_a_worker_that_was_killed_leaves_nothing_and_it_can_be_started_again(ada, work, rows, monkeypatch):
    where = send(ada, ("wishes.csv", WISHES)).location
    work()
    ada.put(f"{where}/taking")

    class Killed(BaseException):
        pass

    def die(*_any, **_more):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(bringing.ContentImported, "__init__", die)
        with pytest.raises(Killed):
            work()
    db.session.rollback()
    db.session.remove()
    assert (upload().stage, rows(Idea)) == ("to_take", 0)
    work()
    assert "Nothing was written. Start it again." in ada.get(where).text
    ada.put(f"{where}/taking")
    work()
    assert (upload().stage, rows(Idea)) == ("taken", 1)


def test_pressed_twice_it_is_taken_once(ada, work, rows):
    where = send(ada, ("wishes.csv", WISHES)).location
    work()
    for _press in range(2):
        assert ada.put(f"{where}/taking").status_code == 303
    work()
    assert ada.put(f"{where}/taking").status_code == 303
    work()
    assert rows(Idea) == 1
    assert ada.put(where, data={"currency": "EUR"}).status_code == 409


def test_what_was_not_checked_is_not_taken(ada, rows):
    where = send(ada, ("wishes.csv", WISHES)).location
    assert ada.put(f"{where}/taking").status_code == 409
    assert ada.delete(where).status_code == 409


def test_nobody_waits_while_a_check_is_under_way(app, ada, work, rows, make, cast, settings, monkeypatch):
    """A customer votes in the middle of it; the check sees the portal as it was, and leaves nothing lying."""
    wanted, voter = make.idea().id, cast.customer.id
    monkeypatch.setattr(checking, "SECONDS", 0)
    votes = []

    def vote():
        with app.app_context():
            voted = casting.cast(db.session.get(Idea, wanted), by=db.session.get(Person, voter))
            db.session.commit()
            return voted

    def note(*_how_far):
        if not votes:
            with ThreadPoolExecutor(1) as pool:
                votes.append(pool.submit(vote).result())

    monkeypatch.setattr(checking, "note_progress", note)
    where = send(ada, ("wishes.csv", WISHES)).location
    work()
    assert votes == [True]
    assert rows(Vote, idea_id=wanted) == rows(Idea) == 1
    assert "Nothing was written yet" in ada.get(where).text
    there = queries.folder_of(settings.folder, upload())
    assert sorted(each.name for each in there.iterdir()) == ["0", "rows.json"]


def test_what_nobody_foresaw_ends_one_import_and_says_so(ada, work, monkeypatch):
    monkeypatch.setattr(checking, "tables_in", lambda _paths: {}["no such key"])
    where = send(ada, ("wishes.csv", WISHES)).location
    work()
    assert "It could not be finished, and nothing was written" in ada.get(where).text


def test_progress_is_shown_while_it_lasts(ada, work, settings, monkeypatch):
    where = send(ada, ("wishes.csv", WISHES)).location
    path = queries.folder_of(settings.folder, upload()) / "progress"
    path.write_text(json.dumps([40, 100]))
    assert 'value="40" max="100"' in ada.htmx("GET", f"{where}/progress").text
    assert "Refresh" not in ada.get(where).headers
    assert ada.get(f"{where}?watch=1").headers["Refresh"] == "3"
    work()
    done = ada.htmx("GET", f"{where}/progress")
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, where)


def test_discarded_files_are_gone(ada, work, settings):
    where = send(ada, ("wishes.csv", WISHES)).location
    work()
    folder = queries.folder_of(settings.folder, upload())
    assert folder.exists()
    assert ada.delete(where).status_code == 303
    assert not folder.exists()
    assert ada.get(where).status_code == 404


def test_a_page_costs_few_queries(ada, work, at_most, make, cast):
    for _ in range(5):
        make.upload(cast.admin)
    with at_most(queries=5):
        ada.get("/admin/imports")
    with at_most(queries=6):
        ada.get(f"/admin/imports/{upload().id}")


def test_hostile_words_of_a_file_are_text_on_the_page(ada, work):
    nasty = '"><script>alert(1)</script>'
    content = (
        f'id,title,"{nasty.replace(chr(34), chr(34) * 2)}",status\n1,{nasty[2:]},x,{nasty[2:]}\n'.encode()
    )
    where = send(ada, ("<img onerror=x>.csv", content), preset="table").location
    work()
    page = ada.get(where).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_an_admin_imports_in_the_browser(visit, cast, work, tmp_path, axe):
    path = tmp_path / "wishes.csv"
    path.write_bytes(WISHES)
    page = visit(cast.admin)
    page.goto("/admin/")
    page.get_by_role("link", name="Import", exact=True).click()
    page.set_input_files("#files", str(path))
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_text("Waiting for the worker").wait_for()
    work()
    page.get_by_text("Nothing was written yet").wait_for()
    assert axe(page) == []
    page.get_by_label("Stimmen").select_option("votes")
    page.get_by_label("doing").select_option("planned")
    page.get_by_role("button", name="Check again").click()
    page.get_by_text("Waiting for the worker").wait_for()
    work()
    page.get_by_role("button", name="Import now").click()
    page.get_by_text("Waiting for the worker").wait_for()
    work()
    page.get_by_text("It is imported").wait_for()
    assert db.session.query(Idea).filter_by(title="Print").one().status == "planned"


@pytest.mark.only_on("sqlite")
def test_the_same_without_script(visit, cast, work, tmp_path):
    path = tmp_path / "posts.csv"
    path.write_bytes((TABLES / "fider-posts.csv").read_bytes())
    page = visit(cast.admin, script=False, width=390)
    page.goto("/admin/imports")
    page.set_input_files("#files", str(path))
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_role("link", name="Watch it").click()
    work()
    # The page looks again by itself every three seconds.
    page.get_by_role("button", name="Import now").click()
    page.get_by_role("link", name="Watch it").click()
    work()
    page.get_by_text("It is imported").wait_for()
    assert idea("1").title == "Dark colours"
