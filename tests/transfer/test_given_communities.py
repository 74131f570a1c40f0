"""Real communities: every figure of EXPECTED.json, which a script that knows nothing of the portal computed."""

import json

import pytest
import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.database import db
from portal.discussion.models import Label, Labelling, Link, Post
from portal.forums.models import Acceptance, Topic
from portal.ideas.models import Idea
from portal.reputation.models import ImportedBadge
from tests.transfer.dumping import bring, everything

SITE = "apple.meta.stackexchange.com"
FULL = f"{SITE}-2017-08.zip"

pytestmark = pytest.mark.shared


@pytest.fixture(params=["mini", FULL])
def given(request, app, shared):
    """(what the source holds, the report of its import, how to import it again)"""
    expected = json.loads((shared / "data/given/EXPECTED.json").read_text())[request.param]
    path = shared / "data/given" / request.param
    return expected, bring(path, SITE), lambda: bring(path, SITE)


def number(query):
    return db.session.scalar(query) or 0


def count(model, *conditions):
    return number(sa.select(sa.func.count()).select_from(model).where(*conditions))


def test_every_figure_agrees_and_a_second_import_changes_nothing(given):
    expected, report, again = given
    for figure, seen in figures(report).items():
        assert seen == wanted(expected)[figure], figure
    assert [each for each in audit_all() if each.differences] == []
    before = everything()
    assert not +again().taken
    assert everything() == before


def wanted(expected):
    """The figures of EXPECTED.json in the form in which the portal holds them."""
    pairs = {tuple(pair) for pair in expected["duplicate_pairs"]}
    kinds = expected["kind_of_question"]
    return {
        "rows read": {k: v for k, v in expected["rows"].items() if k != "tags"},
        "questions": expected["questions"],
        "answers": expected["answers"],
        "kinds": kinds,
        "statuses": {kind: expected["status_by_kind"][kind] for kind in ("feature", "problem")},
        "accepted": expected["accepted"]["resolvable"],
        "accepted that is not there": expected["accepted"]["declared"] - expected["accepted"]["resolvable"],
        "self-accepted": expected["accepted"]["self_accepted"],
        "scores": expected["sum_score"],
        "top ideas": expected["top_ideas"],
        "top topics": expected["top_topics"],
        "comments of nobody": expected["comments_no_user"],
        "closed": expected["closed"],
        "unanswered": expected["unanswered"],
        "names used twice": expected["display_names_used_twice_or_more"],
        "people in a name collision": expected["users_in_name_collision"],
        "duplicates": {source: end(source, dict(pairs)) for source, _ in pairs},
        "links": expected["duplicates"]["both_ends_exist"],
        "first day": expected["dates"][0],
        "most useful people": expected["top_users_by_upvotes_received"],
        "badges": expected["rows"]["badges"],
    }


def end(start, targets):
    while start in targets:
        start = targets[start]
    return start


def figures(report):
    ups = sa.func.sum(Idea.score), sa.func.sum(Topic.score)
    answer = (Post.source_id.startswith("post:"),)
    return {
        "rows read": dict(report.read),
        "questions": count(Idea) + count(Topic),
        "answers": count(Post, *answer),
        "kinds": kinds(),
        "statuses": statuses(),
        "accepted": count(Acceptance) + count(Post, Post.candidate),
        "accepted that is not there": report.refused["Posts: the answer it accepts is not there"],
        "self-accepted": self_accepted(),
        "scores": {
            "questions": number(sa.select(ups[0])) + number(sa.select(ups[1])),
            "answers": number(sa.select(sa.func.sum(Post.score)).where(*answer)),
        },
        "top ideas": top(Idea, Idea.kind == "feature"),
        "top topics": top(Topic),
        "comments of nobody": count(
            Post, Post.source_id.startswith("comment:"), Post.source_author_url.is_(None)
        ),
        "closed": count(Idea, Idea.locked_at.is_not(None)) + count(Topic, Topic.locked_at.is_not(None)),
        "unanswered": unanswered(),
        **names(),
        "duplicates": duplicates(),
        "links": count(Link, Link.kind == "duplicate"),
        "first day": first_day(),
        "most useful people": most_useful(),
        "badges": count(ImportedBadge),
    }


def kinds():
    found = {kind: count(Idea, Idea.kind == kind) for kind in ("feature", "problem")}
    return found | {"topic": count(Topic)}


def statuses():
    """Counted by the tags of the source, which the reasons tell apart where one status has two of them."""
    from portal.transfer.stackexchange.gathering import STATUSES

    found = {"feature": {}, "problem": {}}
    for tag, (status, reason) in STATUSES.items():
        for kind in found:
            same = sa.text(
                "EXISTS (SELECT 1 FROM status_change c WHERE c.idea_id = idea.id AND c.new = :new AND "
                "coalesce(c.reason, '') = :reason AND c.id = (SELECT max(id) FROM status_change WHERE idea_id = idea.id))"
            ).bindparams(new=status, reason=reason or "")
            here = count(Idea, Idea.kind == kind, Idea.status == status, same) + labelled(tag, kind)
            if here:
                found[kind][tag] = here
    return found


def labelled(tag, kind):
    """An idea with two status tags has the one that decides, and the other as a label."""
    ideas = (
        sa.select(sa.func.count()).select_from(Labelling).join(Label).join(Idea, Idea.id == Labelling.idea_id)
    )
    return number(ideas.where(Label.name == tag, Idea.kind == kind))


def self_accepted():
    by_topic = sa.select(sa.func.count()).select_from(Acceptance).join(Topic, Topic.id == Acceptance.topic_id)
    by_topic = by_topic.join(Post, Post.id == Acceptance.post_id).where(Post.author_id == Topic.author_id)
    by_idea = sa.select(sa.func.count()).select_from(Post).join(Idea, Idea.id == Post.idea_id)
    return number(by_topic) + number(by_idea.where(Post.candidate, Post.author_id == Idea.author_id))


def top(model, *conditions):
    columns = (model.source_id, model.score, model.imported_up, model.imported_down, model.title)
    by_score = (
        sa.select(*columns)
        .where(*conditions)
        .order_by(model.score.desc(), sa.cast(model.source_id, sa.Integer))
    )
    rows = db.session.execute(by_score)
    return [[int(row[0]), *row[1:]] for row in rows.fetchmany(10)]


def unanswered():
    with_answer = sa.select(Post.idea_id).where(Post.idea_id.is_not(None), Post.source_id.startswith("post:"))
    return count(Topic, Topic.answers == 0) + count(Idea, Idea.id.not_in(with_answer))


def names():
    same = sa.select(sa.func.count().label("n")).select_from(Person).group_by(Person.name)
    twice = same.having(sa.func.count() > 1).subquery()
    return {
        "names used twice": count(twice),
        "people in a name collision": number(sa.select(sa.func.sum(twice.c.n))),
    }


def duplicates():
    ids = {(model, key): int(source) for model in (Idea, Topic) for key, source in rows_of(model)}
    links = db.session.scalars(sa.select(Link).filter_by(kind="duplicate"))
    return {
        ids[(Idea, each.from_idea_id) if each.from_idea_id else (Topic, each.from_topic_id)]: ids[
            (Idea, each.to_idea_id) if each.to_idea_id else (Topic, each.to_topic_id)
        ]
        for each in links
    }


def rows_of(model):
    return db.session.execute(sa.select(model.id, model.source_id)).all()


def first_day():
    days = [number(sa.select(sa.func.min(model.created_at))) for model in (Idea, Topic)]
    return min(days).date().isoformat()


def most_useful():
    texts = sa.union_all(
        *[sa.select(m.author_id, m.imported_up).where(m.author_id.is_not(None)) for m in (Idea, Topic)],
        sa.select(Post.author_id, Post.imported_up).where(
            Post.author_id.is_not(None), Post.source_id.startswith("post:")
        ),
    ).subquery()
    received = sa.func.sum(texts.c.imported_up)
    best = (
        sa.select(Person.source_id, Person.name, received)
        .join(texts, texts.c.author_id == Person.id)
        .group_by(Person.id, Person.source_id, Person.name)
        .order_by(received.desc(), sa.cast(Person.source_id, sa.Integer))
        .limit(10)
    )
    return [[int(key), name, points] for key, name, points in db.session.execute(best)]
