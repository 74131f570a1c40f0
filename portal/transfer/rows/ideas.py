"""A row for each idea: its own columns, and what the slices offer beside them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from portal import tables
from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion.models import Link
from portal.ideas.merging.queries import labels_on, seen_by
from portal.ideas.models import Board, Idea, OfficialAnswer
from portal.ideas.standing import Standing
from portal.tables import Cells, Column, Source, fixed
from portal.transfer.rows import weighing
from portal.transfer.storing import batches

IDEA, DECISION, ORIGIN = "The idea", "What was decided", "Where it came from"

OWN = (
    Column("number", IDEA, "Number of the idea, as in its address"),
    Column("title", IDEA, "Title"),
    Column("description", IDEA, "The whole text"),
    Column("created_at", IDEA, "When it was proposed"),
    Column("created_by", IDEA, "Who proposed it, by name", personal=True),
    Column("votes_count", IDEA, "All votes for it, with those that were counted elsewhere"),
    Column("comments_count", IDEA, "Comments"),
    Column("status", IDEA, "Status, by its key"),
    Column("board", IDEA, "Board"),
    Column("votes_against", IDEA, "Votes against it"),
    Column("imported_votes", ORIGIN, "Votes that were counted elsewhere, without voters"),
    Column("imported_votes_against", ORIGIN, "Votes against it that were counted elsewhere"),
    Column("last_staff_word_at", DECISION, "When staff last said something in public"),
    Column("author_email", IDEA, "Mail address of who proposed it", personal=True),
    Column("kind", IDEA, "feature or problem"),
    Column("hot", IDEA, "Rank in the order Hot; the higher, the more it is wanted now"),
    Column("score", IDEA, "Votes for it minus votes against it"),
    Column("edited_at", IDEA, "When its text was last changed"),
    Column("status_name", DECISION, "Status, by the name that its board gives it"),
    Column("status_since", DECISION, "Since when it has this status"),
    Column("target", DECISION, "What it is meant for, as customers read it"),
    Column("locked_at", DECISION, "Since when nothing can be added"),
    Column("solved_yes", DECISION, "People who say that it solves it"),
    Column("solved_partly", DECISION, "People who say that it solves it partly"),
    Column("solved_no", DECISION, "People who say that it does not solve it"),
    Column("appeals", DECISION, "Customers who still want it though it was decided against"),
    Column("source_system", ORIGIN, "The tool that it was imported from"),
    Column("source_id", ORIGIN, "Its number there"),
    Column("source_url", ORIGIN, "Its address there"),
)
ANSWER = (
    Column("responded_by", IDEA, "Who gave the official answer, by name", personal=True),
    Column("responded_at", IDEA, "When it was given"),
    Column("responded_by_email", IDEA, "Mail address of who gave it", personal=True),
    Column("response", IDEA, "The official answer"),
)
ORIGINAL = (
    Column("original_number", IDEA, "Number of the idea that it is a duplicate of"),
    Column("original_title", IDEA, "Title of that idea"),
)
TAGS = (Column("tags", IDEA, "Labels, also of what was merged into it"),)


def stamp(at: datetime | None) -> str:
    """RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _own(batch: Sequence[int], _viewer: Viewer) -> Cells:
    author = aliased(Person)
    rows = (
        sa.select(*Idea.__table__.c, sa.type_coerce(Idea.written_status, sa.String).label("written"))
        .add_columns(author.name.label("author_name"), author.email.label("email"), Board.name.label("board"))
        .join(Board, Board.id == Idea.board_id)
        .outerjoin(author, author.id == Idea.author_id)
        .where(Idea.id.in_(batch))
    )
    return {row.id: _cells_of(row) for row in db.session.execute(rows)}


def _cells_of(row: Any) -> dict[str, Any]:
    return {
        "number": row.id, "title": row.title, "description": row.body, "created_at": stamp(row.created_at),
        "created_by": row.author_name or row.ghost_name or "Unknown",
        "votes_count": row.votes_up + row.imported_up, "comments_count": row.comments, "status": row.status,
        "board": row.board, "votes_against": row.votes_down + row.imported_down,
        "imported_votes": row.imported_up, "imported_votes_against": row.imported_down,
        "last_staff_word_at": stamp(row.last_staff_word_at), "author_email": row.email, "kind": row.kind,
        "hot": round(row.hot, 6), "score": row.score, "edited_at": stamp(row.edited_at),
        "status_name": Standing.read(row.status, row.written or "plain|active|takes|Open").name,
        "status_since": stamp(row.status_at), "target": row.target, "locked_at": stamp(row.locked_at),
        "solved_yes": row.solved_yes, "solved_partly": row.solved_partly, "solved_no": row.solved_no,
        "appeals": row.appeals, "source_system": row.source_system, "source_id": row.source_id, "source_url": row.source_url,
    }  # fmt: skip


def _answers(batch: Sequence[int], _viewer: Viewer) -> Cells:
    """The version of the official answer that holds."""
    versions = (
        sa.select(OfficialAnswer).where(OfficialAnswer.idea_id.in_(batch)).order_by(OfficialAnswer.version)
    )
    found = db.session.scalars(versions.options(joinedload(OfficialAnswer.author)))
    return {
        each.idea_id: {
            "responded_by": each.author.name,
            "responded_by_email": each.author.email,
            "responded_at": stamp(each.at),
            "response": each.body,
        }
        for each in found
    }


def _tags(batch: Sequence[int], viewer: Viewer) -> Cells:
    return {key: {"tags": ", ".join(names)} for key, names in labels_on(batch, viewer).items()}


def _originals(batch: Sequence[int], viewer: Viewer) -> Cells:
    """What an idea is a duplicate of."""
    duplicates = Link.kind == "duplicate", Link.from_idea_id.in_(batch)
    there = Idea.id.in_(sa.select(Link.to_idea_id).where(*duplicates))
    rows = (
        sa.select(Link.from_idea_id, Idea.id, Idea.title)
        .join(Idea, Idea.id == Link.to_idea_id)
        .where(*duplicates, Idea.hidden_at.is_(None), seen_by(viewer, there))
        .order_by(Link.id)
    )
    return {
        int(row[0] or 0): {"original_number": row[1], "original_title": row[2]}
        for row in db.session.execute(rows)
    }


SOURCES = (
    fixed(OWN, _own), fixed(ANSWER, _answers), fixed(TAGS, _tags), fixed(ORIGINAL, _originals),
)  # fmt: skip


def sources() -> list[Source]:
    """Everything that can be known of an idea: our own first, then what other slices offer."""
    return [*SOURCES, *weighing.SOURCES, *tables.offered()]


def columns() -> list[Column]:
    """All columns of an idea, each name once."""
    every = [column for each in sources() for column in each.columns()]
    return list({each.name: each for each in reversed(every)}.values())[::-1]


def cells(ids: Sequence[int], names: Sequence[str], viewer: Viewer) -> Iterator[tuple[int, list[Any]]]:
    """The cells of these names for each idea that is there, in the order of `ids`; batch by batch. What else they name is
    only what the viewer may know about."""
    wanted = set(names)
    first, *others = (each for each in sources() if each.load is _own or each.has_some_of(wanted))
    for batch in batches(ids):
        own = first.load(batch, viewer)
        beside = [source.load(batch, viewer) for source in others]
        for key in batch:
            if key in own:
                known = dict(own[key])
                for part in beside:
                    known.update(part.get(key, {}))
                yield key, [known.get(name, "") for name in names]
