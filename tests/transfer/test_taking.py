"""The command line takes out what the builder builds; what it could always do, it does as it always did."""

import csv
import json

import pytest

from portal.activity.models import Entry
from portal.database import db
from portal.ideas.models import Audience, Idea
from portal.transfer.building import Export
from portal.transfer.narrowing import Choice
from portal.transfer.saved.models import SavedExport
from portal.voting import casting
from portal.voting.models import Vote


@pytest.fixture
def idea(make, cast):
    idea = make.idea(author=cast.customer, title="Offline mode", board=make.board(name="Mobile"))
    for person in (cast.customer, cast.other_customer):
        casting.cast(idea, by=person)
    cast.company.segment = "Utilities"
    make.idea(title="For staff", board=make.board(name="House", audience=Audience.STAFF))
    return idea


@pytest.fixture
def take(run, tmp_path):
    """`take("--rows", "votes", kind="json")`: what was said, and the rows of the file."""

    def take(*words, kind="csv", name="out"):
        path = tmp_path / f"{name}.{kind}"
        said = run("transfer", "export", "ideas", "--format", kind, "--output", str(path), *words)
        assert said.exit_code == 0, said.output
        if kind == "json":
            return said.output, json.loads(path.read_text())
        with path.open(encoding="utf-8", newline="") as file:
            return said.output, list(csv.DictReader(file))

    return take


def test_without_new_words_it_writes_what_it_always_wrote(idea, take, tmp_path):
    said, rows = take("--status", "open", "--board", "Mobile")
    assert said == f"1 ideas are in {tmp_path / 'out.csv'} and {tmp_path / 'out-votes.csv'}\n"
    assert [row["title"] for row in rows] == ["Offline mode"]
    entry = db.session.query(Entry).filter_by(kind="ideas_exported").one()
    assert entry.data == {
        "format": "csv", "filters": {"board": "Mobile", "status": "open"}, "ideas": 1, "people": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ((), ["Offline mode"]),
        (("--rows", "ideas"), ["Offline mode", "For staff"]),
        (("--status", "open", "--status", "planned"), ["Offline mode", "For staff"]),
        (("--segment", "Utilities"), ["Offline mode"]),
        (("--tier", "small", "--top", "1"), ["Offline mode"]),
        (("--company", "Harbor Foods"), ["Offline mode"]),
        (("--text", "staff"), ["For staff"]),
        (("--until", "2020-01-01"), []),
        (("--order", "new", "--top", "1"), ["For staff"]),
    ],
)
def test_filters(idea, take, words, titles):
    assert [row["title"] for row in take(*words)[1]] == titles


def test_rows_and_columns_are_those_that_were_named(idea, take, tmp_path):
    said, rows = take("--rows", "votes", "--columns", "voter,company, weight", kind="json")
    assert said == f"2 ideas, 2 rows, are in {tmp_path / 'out.json'}\n"
    assert rows == [
        {"voter": "Ines Duarte", "company": "Northwind Utilities", "weight": 1},
        {"voter": "Tomas Lind", "company": "Harbor Foods", "weight": 1},
    ]
    assert [
        list(row) for row in take("--rows", "votes", "--without-personal", "--columns", "voter,company")[1]
    ] == [
        ["company"],
        ["company"],
    ]
    assert [row["company"] for row in take("--rows", "companies")[1]] == [
        "Northwind Utilities",
        "Harbor Foods",
    ]
    assert len(take("--rows", "voters")[1]) == 3


def test_a_saved_export_says_all_but_the_file(idea, take, run, make, cast, tmp_path):
    words = Export("ideas", "xlsx", ("title", "mood"), choice=Choice(top=1)).words()
    saved = make._save(
        SavedExport(
            name="Steering",
            person=cast.product_manager,
            words=words,
            created_at=idea.created_at,
            schedule=None,
        )
    )
    for name in ("Steering", str(saved.id)):
        said, rows = take("--saved", name)
        assert "The column mood is no longer there and was left out." in said
        assert rows == [{"title": "Offline mode"}]
    path = str(tmp_path / "x.xlsx")
    said = run("transfer", "export", "ideas", "--output", path, "--saved", "Steering", "--top", "3")
    assert (said.exit_code, "leave out --top" in said.output) == (1, True)
    assert run("transfer", "export", "ideas", "--output", path, "--saved", "Steering").exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--format", "csv", "--saved", "Nobody's"), "There is no saved export"),
        (("--rows", "ideas"), "Say what kind of file"),
        (
            ("--format", "csv", "--columns", "title,secrets"),
            "There is no column 'secrets'. There are: number, title",
        ),
        (("--format", "csv", "--rows", "secrets"), "Invalid value for '--rows'"),
        (("--format", "csv", "--rows", "ideas", "--owner", "nobody@example.com"), "Nobody of the staff"),
    ],
)
def test_what_means_nothing_is_refused_and_nothing_is_written(idea, run, tmp_path, words, says, rows):
    said = run("transfer", "export", "ideas", "--output", str(tmp_path / "x"), *words)
    assert said.exit_code in {1, 2}
    assert says in said.output
    assert list(tmp_path.iterdir()) == []
    assert rows(Entry, kind="ideas_exported") == 0


def test_a_row_for_each_idea_and_voter_comes_in_again_as_uservoice_s(idea, take, run, tmp_path, rows):
    take("--rows", "voters", name="there")
    said = run("transfer", "import", "table", str(tmp_path / "there.csv"), "--preset", "uservoice")
    assert said.exit_code == 0, said.output
    assert (rows(Idea), rows(Idea, title="Offline mode")) == (4, 2)
    (copied,) = (
        db.session.query(Vote.person_id).join(Idea, Idea.id == Vote.idea_id).filter(Idea.id > 2).limit(1)
    )
    assert copied
    assert db.session.query(Vote).count() == 4
