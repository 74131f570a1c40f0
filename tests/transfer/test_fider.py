"""Fider's posts come in: tallies without voters, responses as imported answers, duplicates as merges."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person, Stranger
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Label, Labelling, Link, Post
from portal.ideas import deciding
from portal.ideas.merging.models import Merge
from portal.ideas.merging.separating import part
from portal.ideas.models import Board, Idea, StatusChange
from portal.transfer import choosing, exporting
from portal.transfer.collecting import Choice
from portal.transfer.tables.adding_duplicates import Duplicates
from portal.voting import casting
from portal.voting.models import Vote
from tests.ideas.reading import shown
from tests.transfer.bringing import TABLES, bring, idea, refusals
from tests.transfer.dumping import everything

POSTS = "fider-posts.csv"
CHAIN = [("1", "2"), ("2", "4"), ("3", "4"), ("4", ""), ("5", "6"), ("6", "5")]
"""Number, and of which it is a duplicate; the last two say so of each other."""
KNOWN = "declined, open, parked, planned, shipped, started, under_review"


@pytest.fixture
def report(app):
    return bring("fider", POSTS)


def test_a_post_becomes_an_idea(report):
    dark = idea("1")
    assert (dark.title, dark.status, dark.source_system) == ("Dark colours", "shipped", "fider")
    assert dark.created_at == datetime(2024, 2, 1, 8, 30, tzinfo=UTC)
    assert "<strong>Please</strong>" in dark.body_html
    assert idea("2").created_at == datetime(2024, 3, 5, 8, tzinfo=UTC)
    assert db.session.get(Board, dark.board_id).name == "Ideas from fider"


def test_totals_without_voters_stay_apart(report, rows):
    assert (idea("1").imported_up, idea("1").votes_up, idea("1").score) == (41, 0, 41)
    assert rows(Vote) == 0


def test_a_name_alone_makes_no_person(report, rows):
    assert rows(Person) == 0
    assert idea("1").ghost_name == "Lena Fuchs"


def test_a_response_is_kept_as_imported_and_may_become_the_official_answer(report):
    answer = db.session.scalars(sa.select(Post).filter_by(source_id="answer:1")).one()
    assert (answer.candidate, answer.ghost_name) == (True, "Omar Haddad")
    assert answer.created_at == datetime(2024, 5, 10, 12, tzinfo=UTC)
    assert (idea("1").comments, idea("1").answer_version) == (1, 0)


def test_a_status_has_a_line_in_the_history(report):
    (change,) = db.session.scalars(sa.select(StatusChange).filter_by(idea_id=idea("2").id)).all()
    assert (change.old, change.new, change.changed_by_id) == ("open", "planned", None)
    assert change.at == datetime(2024, 6, 1, 9, tzinfo=UTC)


def test_a_duplicate_was_merged_into_the_original_which_counts_it_already(report, rows, as_, cast):
    (merge,) = db.session.scalars(sa.select(Merge)).all()
    assert (merge.source_id, merge.target_id, merge.merged_by_id) == (idea("3").id, idea("1").id, None)
    assert (merge.imported_up, idea("1").imported_up, idea("1").sources) == (0, 41, 1)
    assert rows(Link) == 0
    page = as_(cast.customer).get(f"/ideas/{idea('3').id}")
    assert page.location.startswith(f"/ideas/{idea('1').id}")
    assert "because whoever brought them here merged both" in shown(as_(cast.customer).get(page.location))
    assert idea("3").title in as_(cast.moderator).get(f"/ideas/{idea('3').id}/merging").text


def test_a_merge_that_came_is_parted_and_stays_so(report, cast, rows):
    before = idea("3").imported_up
    assert part(idea("3"), by=cast.moderator)
    db.session.commit()
    assert (idea("3").merged_into_id, idea("3").imported_up, idea("1").sources) == (None, before, 0)
    assert not +bring("fider", POSTS).taken
    assert idea("3").merged_into_id is None
    assert [each for each in audit_all() if each.differences] == []


def test_chains_are_merged_step_by_step_and_circles_are_linked(app, tmp_path, cast, rows):
    lines = ["number,title,description,votes_count,status,original_number"]
    lines += [f"{n},Wish number {n},Text,{n},{'duplicate' if to else 'open'},{to}" for n, to in CHAIN]
    path = tmp_path / "posts.csv"
    path.write_text("\n".join(lines))
    report = bring("fider", str(path))
    assert (report.taken["merges"], report.taken["links"]) == (4, 1)
    assert {idea(n).merged_into_id for n in ("1", "2", "3")} == {idea("4").id}
    assert (idea("4").sources, idea("4").imported_up) == (3, 4)
    part(idea("2"), by=cast.moderator)
    db.session.commit()
    assert (idea("1").merged_into_id, idea("3").merged_into_id) == (idea("2").id, idea("4").id)
    assert [each for each in audit_all() if each.differences] == []
    before = everything()
    assert not +bring("fider", str(path)).taken
    assert everything() == before


def test_what_an_earlier_import_linked_is_merged_by_the_next(app, rows, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Duplicates, "_merge", lambda _self, _keys: set())
        assert bring("fider", POSTS).taken["links"] == 1
    again = bring("fider", POSTS)
    assert (again.taken["merges"], rows(Link), idea("3").merged_into_id) == (1, 0, idea("1").id)


def test_tags_are_labels(report):
    words = sa.select(Idea.source_id, Label.name).join(Labelling, Labelling.idea_id == Idea.id).join(Label)
    found = [tuple(row) for row in db.session.execute(words.order_by(Idea.id, Label.name))]
    assert found == [("1", "appearance"), ("1", "mobile"), ("2", "reports"), ("4", "appearance")]


def test_text_is_harmless_and_a_guard_against_formulas_is_no_part_of_it(report):
    assert "<script" not in idea("4").body_html
    assert (idea("9").title, idea("9").body) == ("=SUM(A1:A9)", "-5 degrees")


def test_what_cannot_be_taken_is_named_with_its_reason(report):
    assert refusals(report) == [
        ("line 14", "the row has 15 cells, and the heading has 14"),
        ("line 8", "created_at is no date: 2024-02-30T00:00:00Z"),
        (
            "line 9",
            f"nobody knows what the status 'doing' means here: explain it as one of {KNOWN}",
        ),
        ("line 10", "title is missing"),
        ("line 11", "votes_count is no whole number that can be used: many"),
        ("line 12", "the same id twice"),
        ("11", "what it is a duplicate of (99) is not there"),
    ]
    assert (report.read["ideas"], report.taken["ideas"]) == (12, 6)


def test_a_status_can_be_explained(app):
    assert bring("fider", POSTS, words=["status:Doing=started"]).taken["ideas"] == 7
    assert idea("6").status == "started"


def test_numbers_agree_and_a_second_import_changes_nothing(report, rows):
    assert [each for each in audit_all() if each.differences] == []
    before = everything()
    again = bring("fider", POSTS)
    assert not +again.taken
    assert not +again.changed
    assert again.known["ideas"] == 6
    assert everything() == before
    assert rows(Entry, kind="content_imported") == 1


def changed(tmp_path, *swaps):
    text = (TABLES / POSTS).read_text()
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "posts.csv"
    path.write_text(text)
    return path


def test_a_changed_row_changes_what_came_from_there(report, tmp_path):
    swaps = ("Our board reads", "Our whole board reads"), (",7,0,planned", ",9,0,started")
    again = bring("fider", changed(tmp_path, *swaps))
    assert (again.changed["ideas"], again.known["ideas"]) == (1, 5)
    assert (idea("2").imported_up, idea("2").status) == (9, "started")
    assert "whole board" in idea("2").body_html
    assert [each for each in audit_all() if each.differences] == []


def test_what_was_said_here_since_stays(report, tmp_path, cast):
    deciding.change_status(idea("2"), to="parked", by=cast.product_manager)
    edited = idea("2")
    edited.edited_at, edited.title = clock.now(), "Export to paper"
    db.session.commit()
    swaps = ("Our board reads", "Our whole board reads"), (",7,0,planned", ",9,0,started")
    bring("fider", changed(tmp_path, *swaps))
    assert (idea("2").title, idea("2").status, idea("2").imported_up) == ("Export to paper", "parked", 9)


def test_votes_cast_here_stand_beside_the_tallies(report, cast):
    casting.cast(idea("2"), by=cast.customer)
    db.session.commit()
    bring("fider", POSTS)
    assert (idea("2").imported_up, idea("2").votes_up, idea("2").score) == (7, 1, 8)
    assert [each for each in audit_all() if each.differences] == []


def test_one_board_for_all_can_be_named(app, make):
    board = make.board(name="Wishes")
    bring("fider", POSTS, board="Wishes")
    assert idea("1").board_id == board.id


def test_two_sources_of_one_kind_have_two_names(report, rows):
    bring("fider", POSTS, source="fider of the shop")
    assert rows(Idea) == 12


def test_our_own_export_reads_as_fider_s(report, tmp_path, rows):
    path = tmp_path / "ideas.csv"
    exporting.export(Choice(), format="csv", viewer=Stranger(), by=None, path=path)
    again = bring("fider", path, words=["status:shipped=shipped"], source="elsewhere")
    # The one that was merged is counted with the other, and stands in no list.
    assert again.taken["ideas"] == 5
    assert idea(str(idea("9", source_system="fider").id), source_system="elsewhere").title == "=SUM(A1:A9)"


def test_the_command_says_what_came_of_it(app, run, settings):
    before = everything()
    dry = run("transfer", "import", "table", str(TABLES / POSTS), "--preset", "fider", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "nothing was written" in dry.output
    assert everything() == before
    done = run("transfer", "import", "table", str(TABLES / POSTS), "--preset", "fider")
    assert "Taken: 1 boards, 6 ideas, 4 labels, 1 merges, 2 comments" in done.output
    assert "Read: 12 ideas" in done.output
    assert "fider-posts.csv is UTF-8, with a comma between the columns." in done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--map", "colour=title"], "There is no column colour. There are: comments_count, created_at"),
        (["--map", "title=heading"], "There is no field 'heading'. There are: idea, title, body"),
        (["--map", "title"], "cannot be read. Write COLUMN=FIELD"),
        (["--preset", "madrid"], "is no table of madrid"),
    ],
)
def test_a_wish_that_means_nothing_says_what_there_is(app, run, words, says):
    before = everything()
    said = run("transfer", "import", "table", str(TABLES / POSTS), "--preset", "fider", *words)
    assert said.exit_code == 1
    assert says in said.output
    assert everything() == before


def test_every_preset_says_what_it_reads():
    for name in choosing.PRESETS:
        assert choosing.preset(name).layouts


def test_duplicates_of_one_original_are_merged_together(app, tmp_path, at_most, rows):
    """Forty cost some eight statements each, not thirty, and the numbers are those of one after the other."""
    path = tmp_path / "posts.csv"
    lines = ["number,title,description,votes_count,status,original_number", "1,Wish,Text,50,open,"]
    lines += [f"{n},Wish number {n},Text,{n},duplicate,1" for n in range(2, 42)]
    path.write_text("\n".join(lines))
    with at_most(queries=380):
        report = bring("fider", path)
    assert (report.taken["merges"], rows(Merge)) == (40, 40)
    assert (idea("1").sources, idea("1").score) == (40, 50)
    assert [each.differences for each in audit_all() if each.differences] == []
