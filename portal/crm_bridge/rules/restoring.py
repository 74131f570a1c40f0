"""Restoring: what comes back into sight is looked at once more, as of that moment, so that a rule fires after all.

A task that was let go because its idea was hidden waits again; what was looked at before fires no second time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from portal.activity import events
from portal.activity.models import Entry
from portal.crm_bridge.rules import happening
from portal.crm_bridge.rules.defining import Definition
from portal.crm_bridge.rules.happening import WHENS, Happening
from portal.crm_bridge.rules.matching import Subject
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, FiringState, When
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Topic

LOOKS_BACK = timedelta(days=30)
AMONG = 100_000
"""What happened to a thing is looked for among so many entries before it came back, and not further than LOOKS_BACK."""

Found = tuple[Happening, Subject]


def came_back(entries: Iterable[Entry], whens: Collection[str]) -> list[Happening]:
    """What happened to the things that these entries brought back, oldest first; only that for which rules wait."""
    restored = {
        (entry.data["subject"], entry.data["subject_id"]): entry
        for entry in entries
        if entry.kind == events.ContentRestored.kind
    }
    kinds = [kind for kind, its in WHENS.items() if not set(its).isdisjoint(whens)]
    return [
        replace(one, back_at=entry.at)
        for entry in restored.values()
        for one in happening.happenings(_about(entry, kinds))
    ]


def _about(restored: Entry, kinds: Sequence[str]) -> Sequence[Entry]:
    subject = Entry.data[f"{restored.data['subject']}_id"].as_integer()
    lately = sa.select(Entry).where(
        Entry.id > restored.id - AMONG,
        Entry.id < restored.id,
        Entry.at >= restored.at - LOOKS_BACK,
        Entry.kind.in_(kinds),
        subject == restored.data["subject_id"],
    )
    return db.session.scalars(lately.order_by(Entry.id)).all() if kinds else ()


def unanswered(hours: int, entries: Iterable[Entry]) -> list[Happening]:
    """Questions without an answer whose time was over when they came back, or when their answer was hidden."""
    moved = [entry for entry in entries if entry.kind in _MOVES]
    topics = {each.data["subject_id"]: each.at for each in moved if _brings_back(each)}
    posts = {each.data["subject_id"]: each.at for each in moved if _takes_away(each)}
    rows = db.session.execute(sa.select(Post.id, Post.topic_id).where(Post.id.in_(posts))) if posts else ()
    topics |= {row.topic_id: posts[row.id] for row in rows if row.topic_id}
    if not topics:
        return []
    asked = db.session.execute(happening.QUESTIONS.where(Topic.id.in_(topics)).order_by(Topic.id)).all()
    answered, wait = happening.first_answers([row.id for row in asked]), timedelta(hours=hours)
    return [
        replace(happening.waits(row, hours), back_at=topics[row.id])
        for row in asked
        if row.id not in answered and topics[row.id] - LOOKS_BACK <= row.created_at + wait <= topics[row.id]
    ]


_MOVES = (events.ContentHidden.kind, events.ContentRestored.kind)


def _brings_back(entry: Entry) -> bool:
    return entry.kind == events.ContentRestored.kind and entry.data["subject"] == "topic"


def _takes_away(entry: Entry) -> bool:
    return entry.kind == events.ContentHidden.kind and entry.data["subject"] == "post"


def once_each(rule: CrmRule, said: Definition, found: Sequence[Found]) -> list[Found]:
    """Of what is counted and came back: the newest about each thing, unless the rule fired about it within its days."""
    newest = {_counted(said, *each): each for each in sorted(found, key=lambda each: each[0].at)}
    return [each for key, each in newest.items() if not _fired_lately(rule, said, key, each[0])]


def _counted(said: Definition, one: Happening, subject: Subject) -> tuple[str, int | None]:
    """With what else it is counted: a column of firings, and its value."""
    if said.when == When.ASKED:
        return ("company_id", subject.company_id) if subject.company_id else ("person_id", subject.person_id)
    return ("idea_id", one.idea_id) if one.idea_id else ("topic_id", one.topic_id)


def _fired_lately(rule: CrmRule, said: Definition, key: tuple[str, int | None], one: Happening) -> bool:
    column, value = key
    fired = sa.select(CrmFiring.id).where(
        CrmFiring.rule_id == rule.id,
        getattr(CrmFiring, column) == value,
        CrmFiring.state != FiringState.DROPPED,
        CrmFiring.happened_at > one.judged_at - timedelta(days=said.days),
    )
    return db.session.scalar(fired.limit(1)) is not None
