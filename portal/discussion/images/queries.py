"""Every read of images, and the one rule of who sees one: whoever may read a text that it stands in."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion.drafts.models import Draft
from portal.discussion.images.models import Image, ImageUse
from portal.discussion.models import Post
from portal.discussion.queries import visible_posts
from portal.discussion.subjects import KINDS
from portal.errors import NotFound

Rule = Callable[[Viewer], sa.ColumnElement[bool]]

_places: dict[str, tuple[type[Any], Rule]] = {}


def stand_in(name: str, model: type[Any], rule: Rule) -> None:
    """Images also stand in the texts of this table, which a use names by the column `name`; whoever the `rule` lets
    read a row sees them."""
    _places[name] = (model, rule)


def place(name: str) -> type[Any]:
    """The table of this column."""
    return _places[name][0]


def visible_to(viewer: Viewer) -> sa.Select[Image]:
    """Images that this viewer may see: those they uploaded, and those in texts that they may read."""
    seen = [
        sa.exists()
        .where(kind.model.id == getattr(ImageUse, kind.argument), kind.rule(viewer))
        .correlate(ImageUse)
        for kind in KINDS.values()
    ]
    posts = visible_posts(viewer).where(Post.id == ImageUse.post_id).with_only_columns(Post.id)
    seen.append(posts.correlate(ImageUse).exists())
    seen += [
        sa.exists().where(model.id == getattr(ImageUse, name), rule(viewer)).correlate(ImageUse)
        for name, (model, rule) in _places.items()
    ]
    used = sa.exists().where(ImageUse.image_id == Image.id, sa.or_(*seen))
    if not viewer.is_staff:
        used = used.where(ImageUse.part != "note")
    return sa.select(Image).where(sa.or_(Image.uploaded_by_id == viewer.id, used.correlate(Image)))


def find(name: str, viewer: Viewer) -> Image:
    """The image of this name. Raises NotFound for one that the viewer may not see."""
    image = db.session.scalar(visible_to(viewer).where(Image.key == name[:22]))
    if image is None or image.name != name:
        raise NotFound("There is no such image, or it stands in a text that is not for everybody.")
    return image


def latest_of(person: Person, limit: int = 30) -> Sequence[Image]:
    """What somebody uploaded, the newest first."""
    mine = sa.select(Image).where(Image.uploaded_by_id == person.id)
    return db.session.scalars(mine.order_by(Image.id.desc()).limit(limit)).all()


def kept_for(person: Person) -> int:
    """The bytes of all that somebody uploaded."""
    size = sa.select(sa.func.coalesce(sa.func.sum(Image.size), 0)).where(Image.uploaded_by_id == person.id)
    return int(db.session.scalar(size) or 0)


def uploaded(person: Person, digest: str) -> Image | None:
    """The image with this content that the person uploaded before."""
    same = sa.select(Image).where(Image.uploaded_by_id == person.id, Image.digest == digest)
    return db.session.scalar(same)


def is_kept(digest: str) -> bool:
    """Whether any image has this content."""
    return db.session.scalar(sa.select(Image.id).where(Image.digest == digest).limit(1)) is not None


def kept(digests: Collection[str]) -> set[str]:
    """Those of which any image has the content."""
    return set(db.session.scalars(sa.select(Image.digest).where(Image.digest.in_(digests))))


def waits_in_draft(image: Image) -> bool:
    """Whether the one who uploaded it has a draft in which it stands; a person has few."""
    drafts = db.session.scalars(sa.select(Draft).where(Draft.person_id == image.uploaded_by_id))
    return any(image.key in draft.said("body") for draft in drafts)


def used_in(place: dict[str, int], part: str) -> Collection[int]:
    """The ids of images in one text."""
    uses = sa.select(ImageUse.image_id).filter_by(**place, part=part)
    return set(db.session.scalars(uses))
