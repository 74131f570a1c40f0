"""Everything goes out and comes back: the second export is the first to the byte, and every number agrees."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Post
from portal.errors import Conflict
from portal.ideas.models import Idea
from portal.transfer.complete import listing, writing
from portal.transfer.complete.reading import Restoring
from portal.transfer.opening import Unsafe
from portal.voting.models import Vote
from tests import keeping
from tests.transfer.communities import Community
from tests.trying import examples

DERIVED = ("votes_up", "votes_down", "weights_up", "comments", "last_position", "answer_version", "score")


def everything_to(path):
    writing.write(path)
    db.session.commit()
    return path.read_bytes()


def emptied(settings):
    db.session.remove()
    keeping.empty(settings)


def restored(path):
    report = Restoring(path).run()
    db.session.commit()
    return report


def numbers():
    """What stands beside the rows of ideas and people, and has to be worked out again."""
    ideas = sa.select(
        Idea.id, *(getattr(Idea, name) for name in DERIVED), sa.func.round(sa.cast(Idea.hot, sa.Numeric), 6)
    )
    people = sa.select(Person.id, Person.reputation)
    return [list(map(tuple, db.session.execute(query.order_by(sa.text("1"))))) for query in (ideas, people)]


@trying(
    max_examples=examples(6),
    deadline=None,
    derandomize=True,
    # The same acts one fewer tell nothing more, and cost minutes.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6), acts=st.integers(20, 90))
def test_what_goes_out_comes_back_the_same_to_the_byte(
    app, make, settings, tmp_path, monkeypatch, seed, acts
):
    emptied(settings)
    with monkeypatch.context() as patch:
        Community(make, seed, patch).acts(acts)
    first = everything_to(tmp_path / "first.json")
    before = numbers()
    emptied(settings)
    restored(tmp_path / "first.json")
    assert everything_to(tmp_path / "second.json") == first
    assert numbers() == before
    assert [each for each in audit_all() if each.differences] == []


@pytest.fixture
def community(make, monkeypatch):
    """A large enough community that every table that is carried has rows."""
    with monkeypatch.context() as patch:
        made = Community(make, 11, patch)
        made.acts(160)
    return made


@pytest.fixture
def export(community, tmp_path):
    everything_to(tmp_path / "all.json")
    return tmp_path / "all.json"


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    return tmp_path_factory.mktemp("complete") / "all.json"


@pytest.fixture
def file(request, app, settings, tmp_path, made_once):
    """That export beside an empty portal. The community is made once, for all who only read its file."""
    if not made_once.exists():
        shutil.copy(request.getfixturevalue("export"), made_once)
        emptied(settings)
    return Path(shutil.copy(made_once, tmp_path / "all.json"))


def test_every_table_is_carried_or_left_out_with_a_reason():
    names = [each.table.name for each in listing.carried()]
    assert set(names) | set(listing.left_out()) == set(db.metadata.tables)
    assert not set(names) & set(listing.left_out())
    assert all(listing.left_out().values())


def test_what_is_carried_points_to_nothing_that_is_left_out():
    names = {each.table.name for each in listing.carried()}
    for each in listing.carried():
        lost = {
            f"{each.table.name}.{column.name}"
            for column in each.columns
            for key in column.foreign_keys
            if key.column.table.name not in names
            and column.name not in {"topic_id", "from_topic_id", "to_topic_id"}
        }
        assert lost == set()
        assert set(each.without) <= set(each.table.columns.keys())


def test_the_file_has_a_row_a_line_of_every_table_and_no_secret(export):
    text = export.read_text()
    content, lines = json.loads(text), text.splitlines()
    assert (content["format"], content["version"]) == ("portal", 1)
    assert lines[0].startswith('{"format":"portal","version":1')
    assert sum(line.startswith("{") for line in lines[1:]) == sum(
        len(rows) for rows in content.values() if isinstance(rows, list)
    )
    # Scores and what people say of decided ideas have tests of their own.
    unmade = {"verdict", "appeal", "formula", "score"}
    assert {name for name, rows in content.items() if rows == []} <= unmade
    for person in db.session.scalars(sa.select(Person)):
        assert person.fs_uniquifier not in text
    for word in ("password", "fs_uniquifier", "token_hash", "body_html"):
        assert f'"{word}"' not in text
    # Who took everything out is in the journal.
    entry = db.session.scalars(sa.select(Entry).filter_by(kind="ideas_exported")).one()
    assert (entry.data["format"], entry.data["filters"]) == ("json", {"complete": True})


def test_texts_are_cooked_here(file):
    content = json.loads(file.read_text())
    post = content["post"][0]
    post["body"] = "<script>alert(1)</script> **bold**"
    file.write_text(json.dumps(content))
    restored(file)
    found = db.session.get_one(Post, post["id"])
    assert "<script" not in found.body_html
    assert "<strong>bold</strong>" in found.body_html


def test_the_next_rows_have_numbers_of_their_own(file, make):
    restored(file)
    last = max(each["id"] for each in json.loads(file.read_text())["idea"])
    assert make.idea(board_id=1, ghost_name="Ghost").id == last + 1


def test_only_an_empty_portal_takes_it(file, make, rows):
    make.company()
    with pytest.raises(Conflict, match="This portal is not empty"):
        Restoring(file).run()
    assert rows(Vote) == rows(Idea) == 0


def spoiled(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def set_in(table, **values):
    return lambda content: content[table][0].update(values)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda content: content.update(format="other"), "is no complete export of a portal"),
        (lambda content: content.update(version=2), "has another version than 1"),
        (lambda content: content.update(weather=[{"id": 1}]), "this portal has no table 'weather'"),
        (set_in("idea", colour="red"), "idea 1: this portal has no colour"),
        (set_in("idea", title=None), "idea 1: title is missing"),
        (set_in("idea", title="x" * 301), "idea 1: title is no text of at most 300 characters"),
        (set_in("idea", title="a\x00b"), "idea 1: title is no text"),
        (set_in("idea", created_at="yesterday"), "idea 1: created_at is no"),
        (set_in("idea", created_at="2026-01-01T00:00:00"), "idea 1: created_at is no"),
        (set_in("idea", board_id="1"), "idea 1: board_id is no"),
        (set_in("idea", board_id=2**70), "idea 1: board_id is no"),
        (set_in("idea", cooked_with="flash"), "idea 1: cooked_with is neither markdown nor html"),
        (set_in("idea", board_id=999), "a row breaks a rule"),
        (set_in("person", role="emperor"), "a row breaks a rule"),
        (lambda content: content["vote"].append(content["vote"][0]), "a row breaks a rule"),
        (lambda content: content["vote"].append(7), "there is no object"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_row_and_nothing_is_done(file, rows, change, says):
    spoiled(file, change)
    with pytest.raises(Unsafe) as refusal:
        Restoring(file).run()
    assert says in str(refusal.value)
    db.session.rollback()
    assert rows(Person) == rows(Idea) == rows(Entry) == 0


@pytest.mark.parametrize("cut", [10, 300, -10])
def test_a_file_that_is_cut_off_is_refused(file, rows, cut):
    text = file.read_text()
    file.write_text(text[:cut])
    with pytest.raises(Unsafe):
        Restoring(file).run()
    db.session.rollback()
    assert rows(Person) == 0


def test_the_commands_do_it(file, run, tmp_path):
    again = tmp_path / "again.json"
    done = run("transfer", "import", "table", str(file), "--preset", "portal")
    assert done.exit_code == 0, done.output
    words = ("transfer", "export", "ideas", "--format", "json", "--complete", "--output")
    said = run(*words, str(again))
    assert said.exit_code == 0, said.output
    assert "ideas and everything about them are in" in said.output
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ["--format", "json"],
        ["--format", "csv", "--complete"],
        ["--format", "json", "--complete", "--top", "3"],
    ],
)
def test_everything_has_no_other_choices(app, run, tmp_path, words):
    said = run("transfer", "export", "ideas", "--output", str(tmp_path / "x"), *words)
    assert said.exit_code == 2
    assert "Everything goes out as JSON" in said.output


def test_what_came_is_found(file, catch_up, as_, app):
    restored(file)
    seen = sa.select(Idea).where(Idea.hidden_at.is_(None), Idea.merged_into_id.is_(None), Idea.board_id == 1)
    idea = db.session.scalars(seen.order_by(Idea.id)).first()
    idea.title = "Quokka"
    catch_up()
    assert f"/ideas/{idea.id}-quokka" in as_().get("/search", query_string={"q": "quokka"}).text
