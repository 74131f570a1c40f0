"""Reads for the index: documents from the rows, and which rows an entry may have touched."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person, Stranger
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.queries import visible_posts
from portal.discussion.subjects import KINDS
from portal.ideas.models import Idea, OfficialAnswer
from portal.markup import text_of
from portal.moderation.subjects import model_of
from portal.search.filling import Document

LONGEST_TEXT = 50_000
CHUNK = 500


def documents(kind: str, ids: Sequence[int]) -> list[Document]:
    """What the index should hold of these things: those that nobody hid or merged, on whatever board, as they are now."""
    model = model_of(kind)
    rows = _not_hidden(kind).where(model.id.in_(ids)).outerjoin(Person, Person.id == model.author_id)
    columns = [model.id, model.body_html, model.edited_at, Person.name, model.ghost_name]
    if kind == "post":
        rows = rows.outerjoin(Idea, Idea.id == Post.idea_id)
    if kind != "topic":
        columns += [Idea.board_id, Idea.author_id.label("owner_id")]
    if kind != "post":
        columns.append(model.title)
    if kind == "idea":
        rows = rows.outerjoin(OfficialAnswer, _latest_answer())
        columns += [OfficialAnswer.body_html.label("answer_html"), Idea.answer_version]
    return [_document(kind, row) for row in db.session.execute(rows.with_only_columns(*columns))]


def stamp_of(thing: Any) -> str:
    """Changes whenever the text of an idea, a topic or a post does."""
    edited = thing.edited_at.isoformat() if thing.edited_at else ""
    return f"{edited} {getattr(thing, 'answer_version', 0)}"


def _document(kind: str, row: Any) -> Document:
    html = f"{row.body_html}<p>{row.answer_html}</p>" if getattr(row, "answer_html", None) else row.body_html
    return Document(
        kind=kind,
        id=row.id,
        title=getattr(row, "title", ""),
        text=text_of(html, LONGEST_TEXT),
        author=row.name or row.ghost_name or "",
        stamp=stamp_of(row),
        board=getattr(row, "board_id", None),
        owner=getattr(row, "owner_id", None),
    )


class _Insider(Stranger):
    """Nobody in particular who sees every board, but nothing that is hidden."""

    is_staff = True


def _not_hidden(kind: str) -> sa.Select[Any]:
    if kind == "post":
        return visible_posts(_Insider())
    things = KINDS[kind].visible_to(_Insider())
    return things.where(Idea.merged_into_id.is_(None)) if kind == "idea" else things


def _latest_answer() -> sa.ColumnElement[bool]:
    return sa.and_(OfficialAnswer.idea_id == Idea.id, OfficialAnswer.version == Idea.answer_version)


def chunks(kind: str, *conditions: sa.ColumnElement[bool]) -> Iterator[list[int]]:
    """The ids of all things of a kind that meet the conditions, hidden ones too, CHUNK at a time."""
    model, last = model_of(kind), 0
    while True:
        rows = sa.select(model.id).where(model.id > last, *conditions).order_by(model.id).limit(CHUNK)
        ids = list(db.session.scalars(rows))
        if ids:
            yield ids
            last = ids[-1]
        if len(ids) < CHUNK:
            return


def how_many(kind: str) -> int:
    """How many rows of a kind there are, for a progress bar."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model_of(kind))) or 0


def under(kind: str, thing_id: int) -> sa.ColumnElement[bool]:
    """Posts that are seen only if this idea, topic or post is."""
    return {"idea": Post.idea_id, "topic": Post.topic_id, "post": Post.parent_id}[kind] == thing_id
