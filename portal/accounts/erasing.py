"""Erasing a person: who they were goes, what they did stays counted under a row without a name.

The row stays, with its number and its company: so the counts of people, companies and revenue stay exactly as they are, as
they do when a board forgets who voted. Whoever keeps more of a person says so with `erases`.
"""

import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts import mailing
from portal.accounts.burying import mark_of
from portal.accounts.granting import keep_one_admin
from portal.accounts.models import Erasure, Person, SignInSession
from portal.accounts.permissions import STAFF, Permission
from portal.activity import journal
from portal.activity.events import PersonErased
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed

MEMBER, STAFF_MEMBER = "Former member", "Former staff"
"""What somebody is called who was erased."""
REMOVED = "The author removed this text."
"""What stands where a text was."""
TITLE = "Removed by its author"
"""What stands where a title was."""
UNSEEN = {"synchronize_session": False}
_OPAQUE = re.compile(r"[0-9]{1,20}")
"""Numbers say of nobody who it is, so an import knows the row again by them; any other id may be a name."""

RECEIPT = """Your account in our community was deleted, as you asked or as staff did for you.

Your name, your mail address, your password and all that belonged to you alone are gone. Your votes stay counted, without
your name. {texts}

This is the last mail from us: your address is not kept. If you come back, you begin anew.
"""
LEFT, GONE = "What you wrote stays, without your name.", "What you wrote was removed, too."

Erases = Callable[[int, bool], Mapping[str, int]]
_others: list[tuple[int, Erases]] = []


def erases(order: int) -> Callable[[Erases], Erases]:
    """Register what else knows something of a person, in the order in which rows are locked (docs/engineering.md).

    It gets the number of the person and whether the texts go too, and returns how many rows it changed, by what they
    are. It runs in the same transaction and a second time after it, never commits, and changes nothing when repeated.
    """

    def register(also: Erases) -> Erases:
        _others.append((order, also))
        _others.sort(key=lambda each: each[0])
        return also

    return register


def rows_of(statement: Any) -> int:
    """How many rows an UPDATE or DELETE meets, which is run."""
    return int(db.session.execute(statement, execution_options=UNSEEN).rowcount)  # type: ignore[attr-defined]


def erase(person: Person, *, by: Person | None, reason: str = "", texts: bool = False) -> Counter[str] | None:
    """Erase somebody, with their `texts` or without; returns the rows that changed, by what they are. None when it was
    done before. `by` is the person, an admin, or None at the command line.

    Raises NotAllowed for anybody else, Conflict for the last admin and for a reason that names the person.
    """
    _check(person, by, reason)
    if person.erased_at is not None:
        return None
    rows = _clear(person.id, texts)
    db.session.refresh(
        person, ["name", "email", "role", "active", "erased_at", "source_id"], with_for_update=True
    )
    if person.erased_at is not None:
        return None
    keep_one_admin(person)
    _note(person, by, reason, texts).cleared = {word: count for word, count in rows.items() if count}
    if person.email and person.confirmed_at:
        text = RECEIPT.format(texts=GONE if texts else LEFT)
        mailing.post_last(person.email, "Your account was deleted", text)
    _forget(person)
    actor_id = by.id if by else None
    journal.record(PersonErased(actor_id=actor_id, person_id=person.id, texts=texts))
    return rows


def _check(person: Person, by: Person | None, reason: str) -> None:
    if by is not None and by.id != person.id and not by.may(Permission.ADMINISTER):
        raise NotAllowed("Only an admin erases somebody else.")
    said = reason.casefold()
    if any(each and each.casefold() in said for each in (person.name, person.email)):
        raise Conflict("Leave the name and the mail address out of the reason: it is kept, and they are not.")


def _note(person: Person, by: Person | None, reason: str, texts: bool) -> Erasure:
    mark = mark_of(person.email) if person.email else None
    row = Erasure(person_id=person.id, at=clock.now(), reason=reason, texts=texts, mail_mark=mark)
    row.by_id = by.id if by else None
    db.session.add(row)
    return row


def _forget(person: Person) -> None:
    if person.source_id and not _OPAQUE.fullmatch(person.source_id):
        person.source_id = mark_of(person.source_id)
    person.fs_uniquifier, person.erased_at = secrets.token_hex(32), clock.now()
    for name, value in _nameless(person.role).items():
        setattr(person, name, value)


def _nameless(role: str) -> dict[str, Any]:
    """What stands in the row from now on. The role stays: what staff said officially was said by staff."""
    return {
        "name": STAFF_MEMBER if role in STAFF else MEMBER,
        "active": False,
        "about": "",
        "crm_consent": False,
        **dict.fromkeys(
            (
                *("email", "password", "confirmed_at", "last_active_at", "crm_consent_at"),
                *("imported_reputation", "source_url"),
            )
        ),
    }


def _clear(person_id: int, texts: bool) -> Counter[str]:
    rows: Counter[str] = Counter()
    for _order, also in _others:
        rows.update(also(person_id, texts))
    return rows


@erases(order=90)
def end_sessions(person_id: int, _texts: bool) -> Mapping[str, int]:
    """Every device is signed out."""
    return {"devices": rows_of(sa.delete(SignInSession).where(SignInSession.person_id == person_id))}


class Leftovers:
    """Clears once more what the person did while they were erased. A reader comes when every transaction that ran at
    that moment has ended."""

    name = "erasing"

    def read(self, entries: Sequence[Entry]) -> None:
        """Repeat it; nothing changes where nothing came between."""
        for entry in entries:
            if entry.kind == PersonErased.kind:
                _clear_again(entry.data["person_id"], entry.data["texts"])


def _clear_again(person_id: int, texts: bool) -> None:
    _clear(person_id, texts)
    role = db.session.scalar(sa.select(Person.role).where(Person.id == person_id))
    if role is not None:
        again = sa.update(Person).where(Person.id == person_id, Person.erased_at.is_not(None))
        db.session.execute(again.values(_nameless(role)), execution_options=UNSEEN)
