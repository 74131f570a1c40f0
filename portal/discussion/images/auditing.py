"""Audit: an image is said to stand in no text exactly when it does not."""

from collections.abc import Generator

import sqlalchemy as sa

from portal.activity.auditing import audits
from portal.database import db
from portal.discussion.images.models import Image, ImageUse


@audits("uses of images")
def check_uses() -> Generator[str, None, int]:
    """`unused_since` against the uses."""
    used = sa.exists().where(ImageUse.image_id == Image.id)
    compared = 0
    for image_id, is_used, says_so in db.session.execute(
        sa.select(Image.id, used, Image.unused_since.is_(None)).order_by(Image.id)
    ):
        compared += 1
        if bool(is_used) != bool(says_so):
            yield f"image {image_id}: used {bool(is_used)}, said to be {bool(says_so)}"
    return compared
