"""Numbers and places of what came in: set in SQL for all of it at once, from the rows."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.discussion.counting import is_counted
from portal.discussion.models import Post
from portal.forums.models import Topic
from portal.ideas.models import Board, Idea
from portal.transfer import storing
from portal.voting import ranking
from portal.voting.models import Vote

QUIETLY = {"synchronize_session": False}


def give_positions() -> None:
    """Posts that came in stand behind those that were there, in order of time."""
    for column, model in ((Post.idea_id, Idea), (Post.topic_id, Topic)):
        rank = sa.func.row_number().over(partition_by=column, order_by=(Post.created_at, Post.id))
        new = (
            sa.select(Post.id, (rank + model.last_position).label("place"))
            .join(model, model.id == column)
            .where(Post.position < 0)
            .subquery()
        )
        placed = sa.update(Post).where(Post.id == new.c.id).values(position=new.c.place)
        db.session.execute(placed, execution_options=QUIETLY)


def count_comments(source: str) -> None:
    """Comments and the last position on ideas of a source."""
    comments = posts_of(Post.idea_id == Idea.id)
    set_values(
        Idea,
        source,
        {"comments": number_of(comments), "last_position": last_position(Post.idea_id == Idea.id)},
    )


def count_votes(ideas: Iterable[int]) -> None:
    """Tallies and rank of these ideas, from their votes."""
    for batch in storing.batches(sorted(ideas)):
        votes = sa.select(
            Vote.idea_id, Board.half_life, Idea.imported_hot, Vote.cast_at, Vote.value, Vote.weight
        )
        votes = votes.join(Idea, Idea.id == Vote.idea_id).join(Board, Board.id == Idea.board_id)
        rows: Any = db.session.execute(votes.where(Idea.id.in_(batch)).order_by(Vote.idea_id, Vote.id))
        found = [_tally(key, list(group)) for key, group in groupby(rows, key=itemgetter(0, 1, 2))]
        if found:
            idea = Idea.__table__
            names = ("votes_up", "votes_down", "weights_up", "hot")
            changed = sa.update(idea).where(idea.c.id == sa.bindparam("key"))  # type: ignore[arg-type]
            db.session.execute(changed.values({name: sa.bindparam(f"new_{name}") for name in names}), found)


def _tally(key: tuple[int, float, float | None], votes: list[Any]) -> dict[str, Any]:
    idea_id, half_life, imported_hot = key
    dated = [(vote.cast_at, vote.value * vote.weight) for vote in votes]
    up = [vote.weight for vote in votes if vote.value > 0]
    hot = ranking.of_votes(dated, half_life, imported_hot=imported_hot)
    down = len(votes) - len(up)
    return {
        "key": idea_id,
        "new_votes_up": len(up),
        "new_votes_down": down,
        "new_weights_up": sum(up),
        "new_hot": hot,
    }


def posts_of(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The posts that count under an idea or a topic."""
    return sa.select(Post.id).where(condition, is_counted()).correlate(Idea, Topic)


def number_of(posts: sa.Select[Any]) -> Any:
    """How many they are."""
    return posts.with_only_columns(sa.func.count(Post.id)).scalar_subquery()


def last_position(condition: sa.ColumnElement[bool]) -> Any:
    """The highest position under an idea or a topic."""
    highest = sa.func.coalesce(sa.func.max(Post.position), 0)
    return sa.select(highest).where(condition).correlate(Idea, Topic).scalar_subquery()


def set_values(model: Any, source: str, values: dict[str, Any]) -> None:
    """Set columns of everything that came from a source."""
    changed = sa.update(model).where(model.source_system == source).values(values)
    db.session.execute(changed, execution_options=QUIETLY)
