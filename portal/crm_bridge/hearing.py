"""Hearing: what of the journal is to be told in the histories of contacts, and of whom."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import events
from portal.activity.models import Entry
from portal.crm_bridge.consenting import consents
from portal.crm_bridge.models import CrmInteraction, LinkState
from portal.crm_bridge.upserting import upsert
from portal.database import db
from portal.ideas.models import Idea

BY_THE_ACTOR = (events.IdeaSubmitted.kind, events.TopicStarted.kind, events.PostWritten.kind)
OF_THE_AUTHOR = (events.AnswerAccepted.kind, events.StatusChanged.kind)
OF_THE_IDEA = (events.OfficialAnswerGiven.kind,)


def note(connections: Collection[str], entries: Sequence[Entry]) -> None:
    """Note what of these entries is to be told of whom, in the transaction of the reader."""
    of_ideas = {each.data["idea_id"] for each in entries if each.kind in OF_THE_IDEA}
    authors = _authors(of_ideas) if of_ideas else {}
    whose = {each.id: _whose(each, authors) for each in entries}
    agreed = _consenting({each for each in whose.values() if each is not None})
    rows = [
        {
            "connection": connection,
            "entry_id": each.id,
            "person_id": whose[each.id],
            "kind": each.kind,
            "at": each.at,
            "state": LinkState.RETRY,
            "word": each.data.get("new"),
            **{name: each.data.get(name) for name in ("idea_id", "topic_id", "post_id")},
        }
        for connection in connections
        for each in entries
        if whose[each.id] in agreed
    ]
    upsert(CrmInteraction, rows, ())


def _whose(entry: Entry, authors: dict[int, int | None]) -> int | None:
    if entry.kind in BY_THE_ACTOR:
        return entry.actor_id
    if entry.kind in OF_THE_AUTHOR:
        author: int | None = entry.data["author_id"]
        return author
    return authors.get(entry.data["idea_id"]) if entry.kind in OF_THE_IDEA else None


def _authors(ideas: Collection[int]) -> dict[int, int | None]:
    rows = db.session.execute(sa.select(Idea.id, Idea.author_id).where(Idea.id.in_(ideas)))
    return {row.id: row.author_id for row in rows}


def _consenting(people: Collection[int]) -> set[int]:
    if not people:
        return set()
    return set(db.session.scalars(sa.select(Person.id).where(Person.id.in_(people), consents())))
