"""The demo community goes into an empty database through the acts, and into no other."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_security.utils import verify_password

from portal import clock
from portal.accounts.models import Company, Person
from portal.activity import reading
from portal.activity.models import Entry
from portal.database import db
from portal.demo import announcing, choosing, converting, loading, merging, picturing, seeding
from portal.discussion.images.models import ImageUse
from portal.discussion.models import Link, Post
from portal.errors import Conflict
from portal.forums.models import Acceptance, Topic
from portal.ideas.changelog.models import ChangelogEntry, ChangelogFollow
from portal.ideas.models import Idea
from portal.insights.bursts import queries as bursts
from portal.moderation.converting.models import Conversion
from portal.moderation.models import Flag
from portal.reputation.models import LedgerLine
from portal.search.pairs.models import Pair
from portal.voting.models import Vote
from tests.crm_bridge import canonical

NOTHING_TO_JUDGE = {"flags": [], "hidings": [], "locks": []}


def as_written(community):
    """For each idea: its status, own votes for and against, comments (one shows a picture), versions of the answer."""
    hidden = {act["key"] for act in community.moderation["hidings"]}
    return {
        idea["title"]: (
            idea["status"],
            idea["votes"],
            idea["votes_against"],
            sum(comment.get("key") not in hidden for comment in idea["comments"])
            + (idea["title"] == picturing.TITLE),
            len(idea["answers"]),
        )
        for idea in community.ideas
    }


def abridged(community):
    """A part of the community that has a bit of everything: what the moderators looked at, and its surroundings."""
    looked_at = {act["key"] for acts in community.moderation.values() for act in acts}

    def keep(things, written):
        return [
            thing
            for n, thing in enumerate(things)
            if n % 9 == 0 or looked_at & {thing["key"], *(post.get("key") for post in written(thing))}
        ]

    ideas = keep(community.ideas, lambda idea: idea["comments"])
    originals = {idea["duplicate_of"] for idea in ideas}
    more = [idea for idea in community.ideas if idea["key"] in originals and idea not in ideas]
    return replace(community, ideas=[*ideas, *more], topics=keep(community.topics, loading.posts_of))


@pytest.mark.only_on("postgresql")
def test_a_part_of_it_can_be_told_on_every_database(app, run, rows, monkeypatch):
    """On SQLite the whole of it is told, below."""
    community = abridged(loading.load())
    monkeypatch.setattr(seeding, "load", lambda: community)
    doors = seeding.seed()
    db.session.commit()
    assert [door.role for door in doors] == ["customer", "moderator", "product_manager", "admin"]
    assert rows(Idea) == len(community.ideas) + rows(Conversion, made="idea")
    assert rows(Topic) == len(community.topics) + rows(Conversion, made="topic")
    audit = run("activity", "audit")
    assert audit.exit_code == 0, audit.output
    check_schemas(least=0)


@pytest.mark.only_on("sqlite")
def test_the_whole_community_is_told_once(app, run, rows):
    community = loading.load()
    begun = clock.now()

    result = run("demo", "seed")

    assert result.exit_code == 0, result.output
    assert "Every balance" in run("reputation", "rebuild", "--check").output
    audit = run("activity", "audit")
    assert audit.exit_code == 0, audit.output
    ideas = db.session.scalars(sa.select(Idea)).all()
    # Of an idea that counts for others, its own.
    ballots = sa.select(Vote.idea_id, Vote.value).where(Vote.idea_id.is_not(None))
    cast = Counter((row.idea_id, row.value) for row in db.session.execute(ballots))
    [for_a_customer] = db.session.scalars(sa.select(Vote).where(Vote.added_by_id.is_not(None)))
    proposed = {converting.TITLE: ("open", len(converting.VOTERS) + 1, 0, 0, 0)}
    told = as_written(community)
    [asked] = (each["title"] for each in community.ideas if each["key"] == converting.THERE[1])
    told[asked] = ("declined", *told[asked][1:])
    assert told | proposed == {
        idea.title: (
            idea.status,
            cast[idea.id, 1] - (idea.id == for_a_customer.idea_id),
            cast[idea.id, -1],
            idea.comments,
            idea.answer_version,
        )
        for idea in ideas
    }
    assert rows(Person) == len(community.people)
    assert rows(Company) == len(community.companies)
    assert rows(Topic) == len(community.topics) + 1
    duplicates = sum(idea["duplicate_of"] is not None for idea in community.ideas)
    assert rows(Link, kind="duplicate") == duplicates
    merged = db.session.scalars(sa.select(Idea).where(Idea.merged_into_id.is_not(None))).all()
    assert len(merged) == merging.MERGED
    assert [rows(Conversion, made=each) for each in ("idea", "topic")] == [1, 1]
    assert [idea.helped for idea in ideas if idea.helped] == [converting.HELPED]
    accepted = [
        reply for topic in community.topics for reply in topic["replies"] if "accepted_days_ago" in reply
    ]
    assert rows(Acceptance) == len(accepted) + 1
    assert rows(ChangelogFollow) == len(announcing.FOLLOWERS)
    assert rows(Pair, outcome="dismissed") == len(merging.ALIKE)
    [gone] = db.session.scalars(sa.select(Person).where(Person.erased_at.is_not(None)))
    assert (gone.name, rows(Idea, author_id=gone.id)) == ("Former member", 1)
    assert rows(Flag, outcome=None) == sum(not flag["judged"] for flag in community.moderation["flags"])
    assert rows(LedgerLine) > 500
    times = db.session.scalars(sa.select(Entry.at).order_by(Entry.id)).all()
    assert times == sorted(times)
    assert times[-1] < clock.now()
    assert begun - max(db.session.scalars(sa.select(Post.created_at)).all()) < timedelta(hours=2)
    slow = db.session.scalars(sa.select(Topic).where(Topic.title.contains("on Monday mornings"))).one()
    assert (slow.created_at.weekday(), slow.created_at.hour) == (0, 6)
    check_bursts_and_pictures(begun)
    check_schemas(least=10)
    check_who_may_enter(result.output)
    check_readers()
    check_no_second_time(run, rows)


def check_bursts_and_pictures(begun):
    manager = db.session.scalars(sa.select(Person).where(Person.role == "product_manager").limit(1)).one()
    [found] = bursts.latest(manager, begun)
    assert (found.burst.votes, found.burst.new, found.burst.company) == (
        6,
        6,
        "Pacific Switch Contact Centres",
    )
    [shown] = db.session.scalars(sa.select(ImageUse).where(ImageUse.entry_id.is_not(None)))
    entry = db.session.get_one(ChangelogEntry, shown.entry_id)
    assert (entry.stage, "<img" in entry.body_html) == ("published", True)


def check_schemas(least):
    """Every canonical record of the demo keeps to its published schema."""
    counts = dict.fromkeys(canonical.SCHEMAS, 0)
    for name, record in canonical.records():
        canonical.check(name, record)
        counts[name] += 1
    assert min(count for name, count in counts.items() if name != "interaction") > least


def check_who_may_enter(output):
    printed = dict(re.findall(r"(\S+@tidetable\.example|\S+@harcourtbakeries\.example)\s+(\S+)", output))
    people = db.session.scalars(sa.select(Person).where(Person.password.is_not(None))).all()
    assert Counter(person.role for person in people) == Counter(
        ["customer", "moderator", "product_manager", "admin"]
    )
    assert all(verify_password(printed[person.email], person.password) for person in people)
    assert all(len(password) >= 10 for password in printed.values())


def check_readers():
    assert all(taken == 0 for taken in reading.catch_up_all().values())


def check_no_second_time(run, rows):
    before = rows(Entry)
    again = run("demo", "seed")
    assert again.exit_code == 1
    assert "not empty" in again.output
    assert rows(Entry) == before


@pytest.mark.parametrize("thing", ["person", "board", "category", "company"])
def test_a_database_with_anything_in_it_is_left_alone(app, make, rows, thing):
    getattr(make, thing)()
    with pytest.raises(Conflict, match="not empty"):
        seeding.seed()
    assert rows(Vote) == 0


def test_the_same_people_vote_in_every_demo():
    community = loading.load()
    first, second = choosing.Electorate(community), choosing.Electorate(loading.load())
    idea = max(community.ideas, key=lambda each: each["votes"])
    assert first.on_idea(idea) == second.on_idea(idea)
    assert first.on_idea(idea) != choosing.Electorate(community, seed=8).on_idea(idea)


def test_the_very_first_start_tells_it_and_the_second_leaves_it(app, run, rows, monkeypatch):
    small = replace(abridged(loading.load()), ideas=[], topics=[], moderation=NOTHING_TO_JUDGE, changelog=[])
    monkeypatch.setattr(seeding, "load", lambda: small)
    first, second = run("admin", "prepare"), run("admin", "prepare")
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "shown once" in first.output
    assert second.output == ""
    assert rows(Person) == len(small.people)


def test_a_first_start_over_boards_without_people_tells_nothing(app, make, run, rows):
    make.board()
    assert run("admin", "prepare").exit_code == 0
    assert rows(Person) == 0
