"""Numbers that stand beside rows, worked out again after all rows came in; and the next number of each table."""

from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.discussion.counting import is_counted
from portal.discussion.models import Post
from portal.ideas.merging.settling import settle
from portal.ideas.models import Idea, OfficialAnswer
from portal.moderation.workarounds.queries import helped_now
from portal.reputation.rebuilding import rebuild
from portal.transfer import counting, storing
from portal.transfer.complete.listing import Carried
from portal.voting.models import Vote

QUIETLY = {"synchronize_session": False}


def count_everything(tables: list[Carried]) -> None:
    """Set every number of ideas and people from the rows."""
    storing.make_ready_to_count(Idea, Post, Vote)
    counting.count_votes(
        db.session.scalars(sa.select(Vote.idea_id).where(Vote.idea_id.is_not(None)).distinct())
    )
    db.session.execute(sa.update(Idea).values(_numbers()), execution_options=QUIETLY)
    imported = sa.update(Idea).where(
        Idea.imported_hot.is_not(None), ~sa.exists().where(Vote.idea_id == Idea.id)
    )
    db.session.execute(imported.values(hot=Idea.imported_hot), execution_options=QUIETLY)
    settle(list(db.session.scalars(sa.select(Idea.id).where(Idea.sources > 0))))
    rebuild()
    if db.engine.dialect.name == "postgresql":
        for each in tables:
            _go_on_counting(each.table)


def _numbers() -> dict[str, Any]:
    """What stands on an idea beside its votes, counted from the rows."""
    posts = sa.select(sa.func.count(Post.id)).where(Post.idea_id == Idea.id, is_counted())
    last = sa.select(sa.func.coalesce(sa.func.max(Post.position), 0)).where(Post.idea_id == Idea.id)
    highest = sa.func.coalesce(sa.func.max(OfficialAnswer.version), 0)
    answers = sa.select(highest).where(OfficialAnswer.idea_id == Idea.id)
    counts: dict[str, Any] = {
        "comments": posts,
        "last_position": last,
        "answer_version": answers,
    }
    numbers = {name: count.correlate(Idea).scalar_subquery() for name, count in counts.items()}
    return numbers | {"helped": helped_now()}


def _go_on_counting(table: sa.Table) -> None:
    """Have the database give numbers above those that came with the rows."""
    key = next(iter(table.primary_key))
    if isinstance(key.type, sa.Integer) and key.autoincrement is not False and not key.foreign_keys:
        name = sa.func.pg_get_serial_sequence(table.name, key.name)
        highest = sa.select(sa.func.max(key)).scalar_subquery()
        db.session.execute(
            sa.select(sa.func.setval(name, sa.func.coalesce(highest, 1), highest.is_not(None)))
        )
