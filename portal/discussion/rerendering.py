"""Cooking texts again that an older renderer cooked."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from portal import markup
from portal.database import db
from portal.discussion.models import Post


def stale_counts() -> dict[Any, int]:
    """How many rows of each table hold text cooked by another version of the renderer."""
    return {
        model: db.session.scalar(sa.select(sa.func.count()).select_from(model).where(_stale(model))) or 0
        for model in _cooked_models()
    }


def rerender(model: Any, *, batch: int = 500) -> Iterator[int]:
    """Cook stale texts of one table again, a batch at a time; yields how many. The caller commits after each.

    Killed at any point, the next run goes on where it stopped: a cooked row is no longer stale.
    """
    done = 0
    while rows := db.session.scalars(_next(model, done).limit(batch)).all():
        for row in rows:
            cooked = markup.cook_again(row.body, row.cooked_with)
            row.body_html, row.cooked_with = cooked.html, cooked.version
        done = rows[-1].id
        yield len(rows)


def _next(model: Any, after: int) -> sa.Select[Any]:
    return sa.select(model).where(_stale(model), model.id > after).order_by(model.id).with_for_update()


def _stale(model: Any) -> sa.ColumnElement[bool]:
    return model.cooked_with.not_in(markup.VERSIONS)


def _cooked_models() -> list[Any]:
    """Every table with a source text and its HTML, of whatever slice."""
    models = [each.class_ for each in Post.registry.mappers]
    return sorted((m for m in models if hasattr(m, "cooked_with")), key=lambda m: m.__tablename__)
