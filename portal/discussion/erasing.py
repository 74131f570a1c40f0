"""Erasing what somebody wrote, or only whose profile elsewhere it came from; with drafts and pictures."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from portal import clock, markup
from portal.accounts.erasing import REMOVED, erases, rows_of
from portal.database import db
from portal.discussion.drafts.models import Draft
from portal.discussion.images.models import Image, ImageUse
from portal.discussion.images.uploading import KEPT_UNUSED
from portal.discussion.models import Post, Revision
from portal.discussion.subjects import KINDS


@erases(order=10)
def forget_texts(person_id: int, texts: bool) -> Mapping[str, int]:
    """Ideas and topics in the order of their numbers, then posts: as everybody locks them."""
    models: dict[str, Any] = {
        "ideas": KINDS["idea"].model,
        "questions": KINDS["topic"].model,
        "comments and replies": Post,
    }
    rows = {}
    for word, model in models.items():
        mine = model.author_id == person_id
        hold = sa.select(model.id).where(mine).order_by(model.id).with_for_update(key_share=True)
        db.session.execute(hold)
        elsewhere = model.source_author_url.is_not(None) | model.ghost_name.is_not(None)
        rows_of(sa.update(model).where(mine, elsewhere).values(source_author_url=None, ghost_name=None))
        if texts:
            rows[word] = rows_of(_blank(model).where(mine, model.body != REMOVED))
    if texts:
        rows["texts before an edit"] = _blank_revisions(person_id)
        _take_images_out(person_id)
    return rows


def _blank(model: Any) -> Any:
    """An edit, as an import sees it: what was changed here it leaves alone."""
    cooked = markup.cook(REMOVED)
    return sa.update(model).values(
        body=REMOVED, body_html=cooked.html, cooked_with=cooked.version, edited_at=clock.now()
    )


def _blank_revisions(person_id: int) -> int:
    title = sa.case((Revision.title.is_not(None), REMOVED))
    changed = sa.update(Revision).values(body=REMOVED, title=title)
    return sum(
        rows_of(changed.where(column.in_(_ids(model, person_id)), Revision.body != REMOVED))
        for column, model in _places(Revision)
    )


def _places(table: Any) -> list[tuple[Any, Any]]:
    named = {"idea": KINDS["idea"].model, "topic": KINDS["topic"].model, "post": Post}
    return [(getattr(table, f"{name}_id"), model) for name, model in named.items()]


def _ids(model: Any, person_id: int) -> sa.Select[int]:
    return sa.select(model.id).where(model.author_id == person_id)


def _take_images_out(person_id: int) -> None:
    for column, model in _places(ImageUse):
        mine = column.in_(_ids(model, person_id)), ImageUse.part == "text"
        gone = set(db.session.scalars(sa.select(ImageUse.image_id).where(*mine)))
        if gone:
            rows_of(sa.delete(ImageUse).where(*mine))
            _let_go(gone)


def _let_go(image_ids: Collection[int]) -> None:
    unused = ~sa.exists().where(ImageUse.image_id == Image.id)
    now = sa.update(Image).where(Image.id.in_(image_ids), Image.unused_since.is_(None), unused)
    rows_of(now.values(unused_since=clock.now()))


@erases(order=50)
def forget_drafts(person_id: int, _texts: bool) -> Mapping[str, int]:
    """Drafts go at once; pictures that stand in no text go when the worker looks next."""
    drafts = rows_of(sa.delete(Draft).where(Draft.person_id == person_id))
    long_ago = clock.now() - 2 * KEPT_UNUSED
    unused = sa.update(Image).where(Image.uploaded_by_id == person_id, Image.unused_since > long_ago)
    return {"drafts": drafts, "pictures": rows_of(unused.values(unused_since=long_ago))}
