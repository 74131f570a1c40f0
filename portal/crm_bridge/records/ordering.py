"""Ordering the lines of all sources into one timeline, a page at a time, each line with what it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.crm_bridge.models import CrmInteraction, CrmLink, Entity
from portal.crm_bridge.records.recounting import KINDS, SOURCES, TOLD, Whose
from portal.database import UtcDateTime, db
from portal.discussion.models import Post
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.markup import text_of
from portal.paging import Keyset, Page

SIZE = 30
WORDS = 160
"""How much of a text is shown."""
COLUMNS: tuple[Any, ...] = (
    sa.column("happened_at", UtcDateTime()),
    sa.column("place", sa.Integer()),
    sa.column("row_id", sa.BigInteger()),
)
ORDER: Keyset[Any] = Keyset(COLUMNS)


@dataclass(frozen=True)
class Line:
    """One line of a timeline: the row of its source with what it is about, and how it stands in each CRM."""

    row: Any
    states: Sequence[Any] = ()

    @property
    def happened_at(self) -> Any:
        return self.row.happened_at

    @property
    def place(self) -> int:
        return int(self.row.place)

    @property
    def row_id(self) -> int:
        return int(self.row.row_id)

    @property
    def is_hidden(self) -> bool:
        """Whether what it is about was taken out of sight."""
        return any((self.row.idea_hidden, self.row.topic_hidden, self.row.post_hidden))

    @property
    def text(self) -> str:
        """The first words of a post."""
        is_shown = self.row.body_html and not self.is_hidden
        return text_of(self.row.body_html, WORDS) if is_shown else ""


def kind_of(asked: str | None) -> str:
    """The kind that was asked for, "" for all of them."""
    return asked if asked in KINDS else ""


def page(whose: Whose, kind: str = "", cursor: str | None = None) -> Page[Line]:
    """A page of the timeline, the newest first. Raises Unusable for a cursor that is not ours."""
    parts = []
    for place, source in enumerate(SOURCES):
        if source.kind == kind or (not kind and source.kind != TOLD):
            rows = source.rows(whose).add_columns(sa.literal(place).label("place"))
            at, key = rows.selected_columns["happened_at"], rows.selected_columns["row_id"]
            own = (at.element, sa.literal(place, sa.Integer()), key.element)
            parts.append(sa.select(ORDER.part(rows, own, cursor=cursor, size=SIZE).subquery()))
    lines = sa.union_all(*parts).subquery()
    columns = lines.c
    about = (
        *(Person.name, Idea.title.label("idea_title"), Topic.title.label("topic_title")),
        *(Idea.hidden_at.label("idea_hidden"), Topic.hidden_at.label("topic_hidden")),
        *(Post.hidden_at.label("post_hidden"), Post.body_html),
    )
    rows = (
        sa.select(lines, *about)
        .outerjoin(Person, Person.id == columns.person_id)
        .outerjoin(Idea, Idea.id == columns.idea_id)
        .outerjoin(Topic, Topic.id == columns.topic_id)
        .outerjoin(Post, Post.id == columns.post_id)
    )
    return ORDER.page(_lines, rows, cursor=cursor, size=SIZE)


def _lines(rows: sa.Select[Any]) -> list[Line]:
    found = db.session.execute(rows).all()
    votes = {(row.person_id, row.idea_id) for row in found if row.word.startswith(("vote_", "withdrawn"))}
    told = {(row.person_id, row.row_id) for row in found if row.word.startswith("told_")}
    states = {**_of_votes(votes), **_of_told(told)}
    return [Line(row, states.get(_key(row), ())) for row in found]


def _key(row: Any) -> tuple[str, int, int] | None:
    if row.word.startswith("told_"):
        return ("told", row.person_id, row.row_id)
    is_vote = row.word.startswith(("vote_", "withdrawn")) and row.person_id is not None
    return ("vote", row.person_id, row.idea_id) if is_vote else None


def _of_votes(votes: set[tuple[int, int]]) -> Mapping[Any, list[Any]]:
    """How these votes stand in each CRM."""
    if not votes:
        return {}
    columns = (CrmLink.connection, CrmLink.state, CrmLink.synced_at, CrmLink.message)
    people, ideas = {person for person, _ in votes}, {idea for _, idea in votes}
    links = sa.select(CrmLink.entity_id, CrmLink.idea_id, *columns).where(
        CrmLink.entity == Entity.VOTE, CrmLink.idea_id.in_(ideas), CrmLink.entity_id.in_(people)
    )
    links = links.where(CrmLink.idea_id != 0).order_by(CrmLink.connection)
    return _gathered("vote", db.session.execute(links))


def _of_told(told: set[tuple[int, int]]) -> Mapping[Any, list[Any]]:
    """How what was to be told stands in each CRM."""
    if not told:
        return {}
    columns = (CrmInteraction.connection, CrmInteraction.state, CrmInteraction.sent_at.label("synced_at"))
    people, entries = {person for person, _ in told}, {entry for _, entry in told}
    rows = sa.select(
        CrmInteraction.person_id, CrmInteraction.entry_id, *columns, CrmInteraction.message
    ).where(CrmInteraction.person_id.in_(people), CrmInteraction.entry_id.in_(entries))
    return _gathered("told", db.session.execute(rows.order_by(CrmInteraction.connection)))


def _gathered(word: str, rows: Any) -> Mapping[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault((word, row[0], row[1]), []).append(row)
    return found
