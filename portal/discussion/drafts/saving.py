"""Saving what somebody began to write, so that nothing typed is lost. Nothing of it is journaled: it is private.

A draft is saved under the key of its form. A form that knows an older version than the one that is kept was left
behind by another tab: what it holds then goes on as a draft of its own, and both texts stay.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import Person, Viewer
from portal.activity import journal
from portal.activity.events import PersonChanged
from portal.database import db
from portal.discussion.drafts import queries
from portal.discussion.drafts.models import Draft
from portal.errors import Conflict, Unusable

MOST = 20
"""Drafts of one person."""
LONGEST = 60_000
"""Characters of one draft, all its fields together."""
KEPT_FOR_STRANGERS = 500
FORGOTTEN_AFTER = timedelta(days=1)
"""When the empty rows of posted drafts, and what nobody signed in for, are removed."""

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Saved:
    """The draft that holds what was sent, and the one of another tab that it parted from, if any."""

    draft: Draft
    other: Draft | None = None


def save(*, kind: str, key: str, version: int, fields: Fields, by: Person) -> Saved | None:
    """Keep what a form holds now. `version` is what the form knows (0: nothing). None when there is nothing to keep.

    Raises Conflict at MOST drafts, Unusable for more than LONGEST characters.
    """
    _must_fit(fields)
    draft = queries.by_key(key, by)
    if draft is None:
        return _begin(kind, key, fields, by) if _says_something(fields) else None
    if draft.used_at is not None:
        return None
    if draft.fields == fields:
        return Saved(draft)
    if draft.version != version:
        return Saved(_add(kind, secrets.token_urlsafe(18), fields, by), other=draft)
    draft.fields, draft.updated_at = dict(fields), clock.now()
    draft.version += 1
    return Saved(draft)


def use(key: str | None, *, by: Person) -> None:
    """What the form of this key held was posted: its draft goes, and a late save of the form makes no new one."""
    if key is None:
        return
    draft = queries.by_key(key, by) or _add("idea", key, {}, by)
    draft.fields, draft.used_at, draft.updated_at = {}, clock.now(), clock.now()


def discard(draft: Draft) -> None:
    """Throw a draft away; a form of it that is still open somewhere may save it again."""
    db.session.delete(draft)


def keep_for_later(*, kind: str, key: str, fields: Fields, claim: str) -> bool:
    """Keep what somebody sent who is signed out; whoever holds the claim gets it by signing in. False: nothing kept."""
    if not _says_something(fields) or sum(map(len, _texts(fields))) > LONGEST:
        return False
    newest = sa.select(Draft.id).where(Draft.claim.is_not(None)).order_by(Draft.id.desc())
    few = newest.limit(KEPT_FOR_STRANGERS).scalar_subquery()
    db.session.execute(sa.delete(Draft).where(Draft.claim.is_not(None), Draft.id.not_in(few)))
    same = sa.delete(Draft).where(Draft.claim == claim, Draft.key == key)
    db.session.execute(same)
    db.session.add(Draft(kind=kind, key=key, fields=dict(fields), claim=claim, updated_at=clock.now()))
    return True


def claim_kept(claims: Sequence[str], *, by: Person) -> list[Draft]:
    """Give what was kept to the person who signed in. A draft of theirs with the same form stays beside it."""
    mine = []
    for draft in queries.waiting(claims):
        taken = queries.by_key(draft.key, by)
        if taken is not None and taken.fields == draft.fields:
            db.session.delete(draft)
            mine.append(taken)
            continue
        if taken is not None:
            draft.key = secrets.token_urlsafe(18)
        draft.person_id, draft.claim = by.id, None
        mine.append(draft)
    db.session.flush()
    return mine


def sweep() -> int:
    """Remove what nobody can need any more; returns how many rows. Commits nothing."""
    old = Draft.updated_at < clock.now() - FORGOTTEN_AFTER
    over = sa.or_(Draft.used_at.is_not(None), Draft.claim.is_not(None))
    return int(db.session.execute(sa.delete(Draft).where(old, over)).rowcount)  # type: ignore[attr-defined]


@journal.hears(PersonChanged)
def forget_erased(event: PersonChanged) -> None:
    """Whoever is erased leaves no drafts."""
    person = db.session.get(Person, event.person_id)
    if person is not None and person.erased_at is not None:
        db.session.execute(sa.delete(Draft).where(Draft.person_id == person.id))


def _begin(kind: str, key: str, fields: Fields, by: Person) -> Saved:
    if queries.how_many(by) >= MOST:
        raise Conflict(
            f"You have {MOST} drafts, which is the most. Post or discard one; this text is not kept yet."
        )
    return Saved(_add(kind, key, fields, by))


def _add(kind: str, key: str, fields: Fields, by: Viewer) -> Draft:
    draft = Draft(person_id=by.id, kind=kind, key=key, fields=dict(fields), version=1, updated_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:
        # The same form saved twice at once: the other was first.
        there = db.session.scalar(sa.select(Draft).where(Draft.person_id == by.id, Draft.key == key))
        return there or _add(kind, secrets.token_urlsafe(18), fields, by)
    return draft


def _texts(fields: Fields) -> list[str]:
    return [text for texts in fields.values() for text in texts]


def _says_something(fields: Fields) -> bool:
    return any(text.strip() for name in ("title", "body") for text in fields.get(name, ()))


def _must_fit(fields: Fields) -> None:
    over = sum(map(len, _texts(fields))) - LONGEST
    if over > 0:
        raise Unusable(
            f"This is {over:,} characters too long to be kept as a draft. Shorten it, then save it."
        )
