"""Taking in a picture, and removing those that stand in no text."""

import secrets
from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ImageUploaded
from portal.database import db
from portal.discussion.images import queries
from portal.discussion.images.encoding import Encoded, NotAPicture
from portal.discussion.images.models import Image
from portal.discussion.images.storing import PARTS, Storage
from portal.errors import Conflict

MOST_BYTES = 100_000_000
"""Of all images of a customer; staff have ten times as many."""
KEPT_UNUSED = timedelta(days=1)
CHUNK = 100


def check_room(by: Person) -> None:
    """Raise Conflict when this person has as many images as fit."""
    most = MOST_BYTES * (10 if by.is_staff else 1)
    if queries.kept_for(by) >= most:
        raise Conflict(
            f"Your images here take {most // 1_000_000} MB, which is the most. Those that stand in no text "
            "are removed after a day; take one out of a text, or post this without a picture."
        )


def upload(picture: Encoded, *, by: Person, storage: Storage) -> Image:
    """Keep a picture of this person. The same picture again is the one that is there.

    Raises Conflict when there is no room left for this person, NoRoom when the storage does not take it.
    """
    db.session.execute(sa.select(Person.id).where(Person.id == by.id).with_for_update(key_share=True))
    digest = sha256(picture.reading).hexdigest()
    there = queries.uploaded(by, digest)
    if there is None:
        check_room(by)
    image = there or _add(picture, digest, by)
    if image.unused_since is not None:
        image.unused_since = clock.now()
    _hold(digest)
    storage.put(digest, "reading", picture.reading)
    storage.put(digest, "small", picture.small)
    return image


def _add(picture: Encoded, digest: str, by: Person) -> Image:
    image = Image(
        key=secrets.token_urlsafe(16),
        digest=digest,
        width=picture.width,
        height=picture.height,
        size=len(picture.reading) + len(picture.small),
        uploaded_by_id=by.id,
        uploaded_at=clock.now(),
        unused_since=clock.now(),
    )
    db.session.add(image)
    db.session.flush()
    journal.record(ImageUploaded(actor_id=by.id, image_id=image.id))
    return image


def sweep() -> set[str]:
    """Remove images that stood in no text for a day, but for those in drafts; returns the digests of their files.

    The caller commits, and then lets the files go (`remove_files`): a row never names a file that is gone.
    """
    old = sa.select(Image).where(Image.unused_since < clock.now() - KEPT_UNUSED)
    gone = set[str]()
    for image in db.session.scalars(old.order_by(Image.unused_since).limit(CHUNK)).all():
        if queries.waits_in_draft(image):
            image.unused_since = clock.now()
            continue
        db.session.delete(image)
        gone.add(image.digest)
    db.session.flush()
    return gone


def remove_files(digests: Collection[str], storage: Storage) -> None:
    """Remove the files of which no row speaks any more, whoever else uploads the same picture meanwhile."""
    for digest in sorted(digests):
        _hold(digest)
        if not queries.is_kept(digest):
            storage.delete(digest)


def left_lying(storage: Storage) -> set[str]:
    """Files of which no row speaks, because a process was killed between the two. Each minute looks at another part."""
    there = set(storage.digests(int(clock.now().timestamp()) // 60 % PARTS))
    return there - queries.kept(there)


def _hold(digest: str) -> None:
    """Who writes or removes files of this content waits for others who do, until the end. SQLite lets one transaction
    write at a time anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        key = sa.func.hashtextextended(f"image {digest}", 0)
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def checked(data: bytes | None) -> bytes:
    """The file that was sent. Raises NotAPicture when there was none."""
    if not data:
        raise NotAPicture("No picture was sent. Choose a file first.")
    return data
