"""Every read of drafts. A draft is its writer's alone, staff included."""

from collections.abc import Sequence

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.database import db
from portal.discussion.drafts.models import Draft
from portal.errors import NotFound


def visible_to(viewer: Viewer) -> sa.Select[Draft]:
    """The viewer's own drafts that are not posted."""
    return sa.select(Draft).where(Draft.person_id == viewer.id, Draft.used_at.is_(None))


def latest(viewer: Viewer, limit: int = 100) -> Sequence[Draft]:
    """Their drafts, the one written last first."""
    return db.session.scalars(
        visible_to(viewer).order_by(Draft.updated_at.desc(), Draft.id.desc()).limit(limit)
    ).all()


def how_many(viewer: Viewer) -> int:
    """How many drafts they have; there is a limit, so counting is cheap."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(visible_to(viewer).subquery())) or 0


def find(draft_id: int, viewer: Viewer) -> Draft:
    """One of the viewer's drafts. Raises NotFound."""
    draft = db.session.scalar(visible_to(viewer).where(Draft.id == draft_id))
    if draft is None:
        raise NotFound("There is no such draft of yours: it was posted or discarded. Your drafts are listed.")
    return draft


def by_key(key: str, viewer: Viewer) -> Draft | None:
    """The viewer's draft of one form, posted or not."""
    mine = sa.select(Draft).where(Draft.person_id == viewer.id, Draft.key == key)
    return db.session.scalar(mine.with_for_update())


def waiting(claims: Sequence[str]) -> Sequence[Draft]:
    """What was kept for somebody who was signed out."""
    return db.session.scalars(sa.select(Draft).where(Draft.claim.in_(claims)).order_by(Draft.id)).all()
