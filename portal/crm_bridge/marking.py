"""Marking what may differ from its record. A reader follows the journal and leaves all else to the push."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company, Person
from portal.activity import events
from portal.activity.models import Entry
from portal.crm_bridge import hearing, noting
from portal.crm_bridge.connecting import make_default
from portal.crm_bridge.consenting import consents
from portal.crm_bridge.models import NO_IDEA, CrmConnection, CrmDirty, CrmExchange, CrmLink, Entity
from portal.crm_bridge.upserting import upsert
from portal.database import db
from portal.discussion.models import Post
from portal.voting.models import Vote


def _kinds(*of: type[events.Event]) -> frozenset[str]:
    return frozenset(each.kind for each in of)


OF_THE_ACTOR = _kinds(
    events.VoteCast,
    events.VoteChanged,
    events.VoteTakenOver,
    events.VoteWithdrawn,
    events.IdeaSubmitted,
    events.PostWritten,
)
OF_A_PERSON = _kinds(
    events.PersonRegistered,
    events.PersonConfirmed,
    events.PersonChanged,
    events.ConsentChanged,
    events.PersonErased,
    events.ReputationChanged,
    events.VoteAddedFor,
    events.AddedVoteRemoved,
)
OF_AN_AUTHOR = _kinds(events.AnswerAccepted, events.AcceptanceWithdrawn)
OF_AN_IDEA = _kinds(
    events.IdeaEdited,
    events.StatusChanged,
    events.OfficialAnswerGiven,
    events.IdeaMerged,
    events.IdeaParted,
)
TAKEN_BACK = _kinds(events.VoteWithdrawn, events.AddedVoteRemoved)
OF_CONTENT = _kinds(events.ContentHidden, events.ContentRestored)


UNSEEN = {"synchronize_session": False}
"""A bulk statement over rows that no session holds."""

_DIRTY: Any = CrmDirty.__table__
_ITS = _DIRTY.c.connection == sa.bindparam("its"), _DIRTY.c.entity == sa.bindparam("of")
_MARKS = sa.select(_DIRTY.c.entity_id, _DIRTY.c.marks).where(*_ITS)
_MARKS_OF = _MARKS.where(_DIRTY.c.entity_id.in_(sa.bindparam("ids", expanding=True)))
_MARKED = sa.select(_DIRTY.c.entity_id).where(*_ITS, _DIRTY.c.entity_id > sa.bindparam("after"))
_MARKED = _MARKED.order_by(_DIRTY.c.entity_id).limit(sa.bindparam("most", type_=sa.Integer))
_ONE = _DIRTY.c.entity_id == sa.bindparam("id_of"), _DIRTY.c.marks == sa.bindparam("seen")
_NAMES, _WITH_MARKS = sa.select(CrmConnection.name), sa.select(_DIRTY.c.connection).distinct()
_UNMARK = sa.delete(_DIRTY).where(*_ITS, *_ONE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A dirty row as it was seen; `marks` tells whether it was marked again since."""

    entity: Entity
    entity_id: int
    marks: int


@dataclass(slots=True)
class Touched:
    """What a batch of entries speaks of, by id."""

    people: set[int] = field(default_factory=set)
    companies: set[int] = field(default_factory=set)
    ideas: set[int] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    posts: set[int] = field(default_factory=set)

    def note(self, entry: Entry) -> None:
        """Add what one entry speaks of."""
        kind, data = entry.kind, entry.data
        if kind in OF_THE_ACTOR:
            self.people |= _known(entry.actor_id)
        elif kind in OF_A_PERSON:
            self.people |= _known(data["person_id"])
        elif kind in OF_AN_AUTHOR:
            self.people |= _known(data["author_id"])
        elif kind in OF_AN_IDEA:
            # Of a merge also the other idea: who voted on both has a record that says which of them counts.
            self.ideas |= {data[name] for name in ("idea_id", "into_id", "from_id") if name in data}
        elif kind in OF_CONTENT:
            {"idea": self.ideas, "topic": self.topics, "post": self.posts}[data["subject"]].add(
                data["subject_id"]
            )
        elif kind == events.CompanyChanged.kind:
            self.companies.add(data["company_id"])


def _known(person_id: int | None) -> set[int]:
    return set() if person_id is None else {person_id}


class CrmReader:
    """Marks people, ideas and companies dirty, in the transaction of its position."""

    name = "crm"

    def read(self, entries: Sequence[Entry]) -> None:
        touched = Touched()
        for entry in entries:
            touched.note(entry)
        _note_withdrawals(entries)
        if any(entry.kind == events.ContentHidden.kind for entry in entries):
            noting.forget_everything()
        _forget_what_was_said(_hidden(entries))
        people = touched.people | _authors(touched.posts, touched.topics)
        companies = touched.companies | _companies(people, touched.ideas)
        imported = any(entry.kind == events.ContentImported.kind for entry in entries)
        asked = {entry.data["connection"] for entry in entries if entry.kind == events.CrmPushAsked.kind}
        every = connections()
        hearing.note(every, entries)
        for connection in every:
            if imported or connection in asked:
                mark_everybody(connection)
            mark(connection, Entity.PERSON, people)
            mark(connection, Entity.IDEA, touched.ideas)
            mark(connection, Entity.COMPANY, companies)


def connections() -> list[str]:
    """Names of all connections, the default one among them."""
    make_default()
    return list(db.session.scalars(_NAMES))


def connections_with_marks() -> list[str]:
    """Names of the connections for which something is marked dirty."""
    return list(db.session.scalars(_WITH_MARKS))


def mark(connection: str, entity: Entity, ids: Iterable[int]) -> None:
    """Mark these dirty. One that is marked already counts it, and keeps the time of the first."""
    now = clock.now()
    rows = [
        {"connection": connection, "entity": entity, "entity_id": each, "first_dirty_at": now}
        for each in sorted(ids)
    ]
    upsert(CrmDirty, rows, (), count="marks")


def mark_everybody(connection: str) -> None:
    """Mark all people who agreed or have a record, and all companies: a backfill, or after an import."""
    linked = sa.select(CrmLink.entity_id).where(
        CrmLink.connection == connection, CrmLink.entity == Entity.PERSON
    )
    people = sa.select(Person.id).where(consents() | Person.id.in_(linked))
    mark(connection, Entity.PERSON, db.session.scalars(people))
    mark(connection, Entity.COMPANY, db.session.scalars(sa.select(Company.id)))


def marks(connection: str, entity: Entity, ids: Collection[int] | None = None) -> list[Mark]:
    """The dirty rows of these (None: of all), as they stand now. Read them before what they speak of."""
    of = {"its": connection, "of": entity} | ({} if ids is None else {"ids": list(ids)})
    return [Mark(entity, *row) for row in db.session.execute(_MARKS if ids is None else _MARKS_OF, of)]


def marked(connection: str, entity: Entity, after: int, limit: int) -> list[int]:
    """Ids that are dirty, in order."""
    of = {"its": connection, "of": entity, "after": after, "most": limit}
    return list(db.session.scalars(_MARKED, of))


def unmark(connection: str, seen: Iterable[Mark]) -> None:
    """Forget the marks that were dealt with. What was marked again since stays."""
    gone = [
        {"its": connection, "of": each.entity, "id_of": each.entity_id, "seen": each.marks} for each in seen
    ]
    if gone:
        db.session.execute(_UNMARK, gone)


def _authors(posts: Collection[int], topics: Collection[int]) -> set[int]:
    """Who wrote these posts, and who wrote in these topics."""
    its = Post.id.in_(posts) | Post.topic_id.in_(topics)
    authors = db.session.scalars(sa.select(Post.author_id).where(its)) if posts or topics else ()
    return {each for each in authors if each is not None}


def _companies(people: Collection[int], ideas: Collection[int]) -> set[int]:
    """Companies whose record speaks of these people, or of these ideas by votes of their people or their own."""
    theirs = sa.or_(Vote.idea_id.in_(ideas), Vote.carried_to_id.in_(ideas))
    voters = sa.select(Vote.person_id).where(theirs)
    select = sa.select(Person.company_id).where(Person.id.in_(people) | Person.id.in_(voters))
    added = sa.select(Vote.company_id).where(theirs)
    companies = db.session.scalars(select.union(added)) if people or ideas else ()
    return {each for each in companies if each is not None}


def _hidden(entries: Sequence[Entry]) -> set[int]:
    """Ideas that were hidden."""
    return {
        entry.data["subject_id"]
        for entry in entries
        if entry.kind == events.ContentHidden.kind and entry.data["subject"] == "idea"
    }


def _forget_what_was_said(ideas: Collection[int]) -> None:
    """The log of exchanges repeats titles; those of hidden ideas must not stay readable there."""
    if ideas:
        theirs = sa.or_(Vote.idea_id.in_(ideas), Vote.carried_to_id.in_(ideas))
        voters = sa.select(Vote.person_id).where(theirs)
        people = CrmExchange.entity == Entity.PERSON, CrmExchange.entity_id.in_(voters)
        companies = (
            CrmExchange.entity == Entity.COMPANY,
            CrmExchange.entity_id.in_(sa.select(Person.company_id).where(Person.id.in_(voters))),
        )
        about = sa.or_(CrmExchange.idea_id.in_(ideas), sa.and_(*people), sa.and_(*companies))
        db.session.execute(sa.delete(CrmExchange).where(about), execution_options=UNSEEN)


def _note_withdrawals(entries: Sequence[Entry]) -> None:
    """Write beside the links of votes when they were taken back: the vote itself is gone."""
    gone: list[dict[str, Any]] = [
        {"person": entry.data.get("person_id", entry.actor_id), "idea": entry.data["idea_id"], "at": entry.at}
        for entry in entries
        if entry.kind in TAKEN_BACK
    ]
    if not gone:
        return
    update = sa.update(CrmLink.__table__).where(  # type: ignore[arg-type]
        CrmLink.entity == Entity.VOTE,
        CrmLink.idea_id != NO_IDEA,
        CrmLink.entity_id == sa.bindparam("person"),
        CrmLink.idea_id == sa.bindparam("idea"),
    )
    db.session.execute(update.values(withdrawn_at=sa.bindparam("at")), gone)
