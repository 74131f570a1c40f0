"""A Stack Exchange dump comes in: the mapping, row by row, on a small dump that holds the odd cases."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from portal.accounts.erasing import erase
from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Label, Labelling, Link, Post
from portal.forums.models import Acceptance, Category, Topic
from portal.ideas.models import Idea, StatusChange
from portal.moderation.models import ModerationAct
from portal.notifications.models import Watch
from portal.reputation.models import ImportedBadge
from portal.transfer.opening import opened
from portal.transfer.stackexchange import importing
from portal.voting.models import Vote
from tests.transfer.dumping import DUMP, SOURCE, bring, everything


@pytest.fixture
def report(app):
    return bring()


def by_source(model, source_id):
    return db.session.scalars(sa.select(model).filter_by(source_id=source_id)).one()


def test_a_feature_request_becomes_an_idea_with_its_tallies(report):
    idea = by_source(Idea, "10")
    assert (idea.kind, idea.title) == ("feature", "Button for the <kbd> tag?")
    assert (idea.imported_up, idea.imported_down, idea.score) == (3, 1, 2)
    assert (idea.source_url, idea.license) == (f"https://{SOURCE}/q/10", "CC BY-SA 2.5")
    assert "<kbd>X</kbd>" in idea.body_html
    assert "<script" not in idea.body_html


def test_no_voter_is_invented(report, rows):
    assert rows(Vote) == 0


def test_bugs_are_problems_and_a_closed_one_is_locked(report):
    bug = by_source(Idea, "11")
    assert (bug.kind, bug.status, bug.score) == ("problem", "declined", -1)
    assert bug.locked_at == datetime(2011, 6, 1, tzinfo=UTC)
    assert by_source(Idea, "16").kind == "feature"


def test_other_questions_become_topics_of_their_category(report):
    names = {
        key: db.session.get(Category, by_source(Topic, key).category_id).name for key in ("12", "13", "14")
    }
    assert names == {"12": "Discussion", "13": "Support", "14": "Other questions"}


def test_answers_and_comments_stand_in_order_of_time(report):
    topic = by_source(Topic, "12")
    posts = db.session.scalars(sa.select(Post).filter_by(topic_id=topic.id).order_by(Post.position)).all()
    assert [(each.position, each.source_id, each.aside, each.parent_id) for each in posts] == [
        (1, "comment:2", True, None),
        (2, "post:22", False, None),
        (3, "post:21", False, None),
        (4, "comment:3", False, by_source(Post, "post:21").id),
    ]
    assert (topic.answers, topic.replies, topic.last_position) == (2, 4, 4)


def test_an_accepted_answer_solves_the_topic_on_the_day_it_was_accepted(report):
    topic = by_source(Topic, "12")
    acceptance = db.session.get(Acceptance, topic.id)
    assert acceptance.post_id == by_source(Post, "post:21").id
    assert acceptance.accepted_by_id is None
    assert topic.solved_at == datetime(2011, 5, 6, tzinfo=UTC)
    assert by_source(Topic, "13").solved_at is None


def test_the_accepted_answer_of_an_idea_is_a_candidate_for_the_official_one(report):
    assert by_source(Post, "post:20").candidate


def test_the_status_keeps_its_history_with_dates_and_people(report):
    idea = by_source(Idea, "10")
    changes = db.session.scalars(sa.select(StatusChange).filter_by(idea_id=idea.id).order_by(StatusChange.id))
    asa = by_source(Person, "3").id
    assert [(each.old, each.new, each.at.year, each.changed_by_id) for each in changes] == [
        ("open", "planned", 2010, asa),
        ("planned", "shipped", 2011, asa),
    ]
    assert idea.status == "shipped"


def test_a_status_without_history_has_no_date_but_a_reason(report):
    change = db.session.scalars(sa.select(StatusChange).filter_by(idea_id=by_source(Idea, "11").id)).one()
    assert (change.new, change.at, change.reason) == ("declined", None, "It could not be reproduced")


def test_people_come_without_mail_password_consent_and_private_details(report):
    people = db.session.scalars(sa.select(Person)).all()
    assert sorted(each.name for each in people) == ["Alex", "Alex", "user4", "Åsa Öberg"]
    assert all(each.email is None and each.password is None and not each.crm_consent for each in people)
    assert by_source(Person, "2").imported_reputation == 2500
    assert by_source(Person, "2").reputation == 0
    assert by_source(Person, "2").about == ""


@pytest.mark.parametrize(("model", "key", "name"), [(Topic, "12", "Old Hand"), (Topic, "14", "Community")])
def test_who_has_no_account_is_a_ghost_by_name(report, model, key, name):
    thing = by_source(model, key)
    assert (thing.author_id, thing.ghost_name) == (None, name)


def test_comments_by_vanished_people_keep_the_name(report):
    assert by_source(Post, "comment:3").ghost_name == "Gone Person"
    assert "<b>" not in by_source(Post, "comment:1").body_html


def test_duplicates_lead_to_the_end_of_their_chain(report):
    ends = {
        each.from_idea_id: each.to_idea_id
        for each in db.session.scalars(sa.select(Link).filter_by(kind="duplicate"))
    }
    end = by_source(Idea, "10").id
    assert ends == {by_source(Idea, "16").id: end, by_source(Idea, "15").id: end}


def test_tags_without_a_meaning_of_their_own_are_labels(report):
    words = sa.select(Label.name).join(Labelling).order_by(Label.name)
    assert db.session.scalars(words).all() == ["editor", "rules"]


def test_favourites_follow_and_flags_stand_in_the_log(report, rows):
    assert rows(Watch, person_id=by_source(Person, "2").id) == 2
    acts = db.session.scalars(sa.select(ModerationAct).order_by(ModerationAct.id)).all()
    assert [each.reason for each in acts] == ["Flagged as spam", "Reviewed by a moderator"]


def test_badges_are_kept_apart(report, rows):
    assert rows(ImportedBadge, person_id=by_source(Person, "1").id) == 3
    assert rows(ImportedBadge, name="Autobiographer", grade=None) == 1


def test_who_was_erased_here_gets_nothing_back_from_the_source(report, rows):
    gone = [by_source(Person, each) for each in ("1", "2")]
    for person in gone:
        erase(person, by=None, reason="They asked for it")
    db.session.commit()
    people = [each.id for each in gone]
    again = bring()
    for model in (Watch, ImportedBadge):
        assert db.session.query(model).filter(model.person_id.in_(people)).count() == 0
    assert ("Badges", "1", "the person it was given to was erased here") in again.rows
    assert ("Votes", "without id", "a favourite: the person was erased here") in again.rows
    assert {each.name for each in gone} == {"Former member"}
    db.session.commit()
    before = everything()
    bring()
    assert everything() == before
    post = by_source(Post, "post:21")
    post.source_id = None
    db.session.commit()
    bring()
    told = by_source(Post, "post:21")
    assert (told.author_id in people, told.source_author_url, told.ghost_name) == (True, None, None)


def test_what_cannot_be_taken_is_named_with_its_reason(report):
    assert ("Posts", "23", "the question it answers is not there") in report.rows
    assert ("Posts", "13", "the answer it accepts is not there") in report.rows
    assert ("Comments", "4", "what it comments on is not there") in report.rows
    assert ("Badges", "4", "the person it was given to is not there") in report.rows
    assert ("PostLinks", "4", "an end of the link is not there") in report.rows
    assert report.read["posts"] == 13


def test_every_number_agrees_with_the_rows(report):
    assert [each for each in audit_all() if each.differences] == []


def test_the_journal_has_one_entry_for_all(report, rows):
    assert rows(Entry, kind="content_imported") == 1


def test_again_changes_nothing(report):
    before = everything()
    again = bring()
    assert everything() == before
    assert not +again.taken


def test_a_newer_dump_brings_only_what_is_new(report, tmp_path, rows):
    newer = tmp_path / "dump"
    newer.mkdir()
    for each in DUMP.iterdir():
        (newer / each.name).write_bytes(each.read_bytes())
    comments = newer / "Comments.xml"
    line = (
        '<row Id="9" PostId="10" Text="New" CreationDate="2013-05-04T10:00:00.000" UserId="1" /></comments>'
    )
    comments.write_text(comments.read_text("utf-8").replace("</comments>", line), "utf-8")
    assert bring(newer).taken["comments"] == 1
    assert by_source(Post, "comment:9").position == by_source(Idea, "10").last_position == 3
    assert [each for each in audit_all() if each.differences] == []


def test_older_dumps_without_votes_history_and_links_come_in(app, tmp_path):
    for name in ("Posts", "Users"):
        (tmp_path / f"{name}.xml").write_bytes((DUMP / f"{name}.xml").read_bytes())
    bring(tmp_path)
    assert (by_source(Idea, "10").score, by_source(Idea, "11").score) == (2, -1)


def test_a_dry_run_writes_nothing(run, app):
    before = everything()
    said = run("transfer", "import", "stackexchange", str(DUMP), "--source", SOURCE, "--dry-run")
    assert said.exit_code == 0, said.output
    assert "nothing was written" in said.output
    assert "4 people, 4 ideas, 3 topics" in said.output
    assert everything() == before


def test_the_command_says_what_came_of_it(run, app, settings):
    said = run("transfer", "import", "stackexchange", str(DUMP), "--source", SOURCE)
    assert "Taken: 4 people, 4 ideas, 3 topics, 3 answers, 3 comments" in said.output
    assert "Left out: 1 × Posts: the question it answers is not there" in said.output
    assert list((settings.folder / "imports").glob("*.json"))


def test_bad_single_values_are_reported_rows(app, tmp_path):
    rows = [
        '<row Id="1" PostTypeId="1" Title="a" CreationDate="2010-13-45" />',
        '<row Id="2" PostTypeId="1" Title="b" CreationDate="2010-12-05T00:00:00" Score="abc" />',
        '<row Id="3" PostTypeId="1" Title="" CreationDate="2010-12-05T00:00:00" />',
        '<row PostTypeId="1" Title="no id" CreationDate="2010-12-05T00:00:00" />',
        '<row Id="99999999999999999999" PostTypeId="1" Title="huge" CreationDate="2010-12-05T00:00:00" />',
        '<row Id="5" PostTypeId="1" Title="good" CreationDate="2010-12-05T00:00:00" />',
        '<row Id="5" PostTypeId="1" Title="again" CreationDate="2010-12-05T00:00:00" />',
    ]
    (tmp_path / "Posts.xml").write_text(f"<posts>{''.join(rows)}</posts>")
    report = bring(tmp_path)
    assert report.taken["topics"] == 1
    assert [reason for _, _, reason in report.rows] == [
        "CreationDate is no date",
        "Score is no usable number",
        "Title is missing",
        "Id is missing",
        "Id is no usable number",
        "the same id twice",
    ]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("apple.meta.stackexchange.com-2017-08.zip", "apple.meta.stackexchange.com"),
        ("stackoverflow.com", "stackoverflow.com"),
        ("mini", "mini"),
    ],
)
def test_the_source_is_read_off_the_file_name(tmp_path, name, source):
    assert importing.source_of(tmp_path / name) == source


def test_a_folder_without_posts_is_refused(app, run, tmp_path):
    said = run("transfer", "import", "stackexchange", str(tmp_path))
    assert said.exit_code == 1
    assert "no Posts.xml" in said.output


def test_opened_needs_a_path(tmp_path, app, run):
    said = run("transfer", "import", "stackexchange", str(tmp_path / "nowhere"))
    assert "There is no file or folder" in said.output
    with opened(DUMP) as archive:
        assert "posts.xml" in archive


def test_an_import_that_breaks_in_the_middle_leaves_nothing(app, run, monkeypatch):
    before = everything()

    def full_disk(_texts):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.transfer.stackexchange.joining.award", full_disk)
    said = run("transfer", "import", "stackexchange", str(DUMP))
    assert said.exit_code == 1
    assert "could not be finished: [Errno 28] No space left" in said.output
    assert everything() == before
    monkeypatch.undo()
    assert run("transfer", "import", "stackexchange", str(DUMP)).exit_code == 0
