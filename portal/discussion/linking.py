"""What belongs together: the links of ideas and topics, read from either end, and their labels."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.database import db
from portal.discussion.models import Label, Labelling, Link
from portal.discussion.subjects import KINDS, Kind, name_of


def labels_of(subject: Any, others: Collection[int] = ()) -> list[str]:
    """The labels of an idea or topic, and of `others` of its kind, by name, each once."""
    place = getattr(Labelling, f"{name_of(subject)}_id").in_([subject.id, *others])
    names = sa.select(Label.name).join(Labelling).where(place).distinct()
    return list(db.session.scalars(names.order_by(Label.name)))


MOST = 50


@dataclass(frozen=True)
class Neighbour:
    """A thing that a link leads to. `kind`: "duplicate" (this one is the same as that), "duplicated" (the other
    way round) or "related"."""

    name: str
    id: int
    title: str
    kind: str

    @property
    def slug_source(self) -> str:
        return self.title


def neighbours_of(subject: Any, viewer: Viewer) -> list[Neighbour]:
    """What is linked with an idea or topic, from either end, as far as the viewer may know about it. One query."""
    sides = [
        _neighbours(subject, viewer, kind, forth=forth) for kind in KINDS.values() for forth in (True, False)
    ]
    rows = db.session.execute(sa.union_all(*sides).order_by("link_id").limit(MOST))
    found = {(r.name, r.id, r.kind): Neighbour(r.name, r.id, r.title, r.kind) for r in rows}
    return list(found.values())


def _neighbours(subject: Any, viewer: Viewer, kind: Kind, *, forth: bool) -> sa.Select[Any]:
    here, there = ("from", "to") if forth else ("to", "from")
    word = Link.kind if forth else sa.case((Link.kind == "duplicate", "duplicated"), else_=Link.kind)
    other = getattr(Link, f"{there}_{kind.name}_id")
    return (
        sa.select(
            Link.id.label("link_id"),
            sa.literal(kind.name).label("name"),
            kind.model.id,
            kind.model.title,
            word.label("kind"),
        )
        .join(kind.model, kind.model.id == other)
        .where(getattr(Link, f"{here}_{name_of(subject)}_id") == subject.id, kind.rule(viewer))
    )
