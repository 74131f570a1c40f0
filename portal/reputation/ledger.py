"""Writing lines: a cause is granted once, reversed by a line of its own, and may be granted again."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ReputationChanged
from portal.database import db
from portal.reputation.claims import Claim
from portal.reputation.models import LedgerLine
from portal.reputation.rules import VERSION

_LINES: Any = LedgerLine.__table__
_LAST = sa.select(_LINES).where(_LINES.c.cause == sa.bindparam("cause")).order_by(_LINES.c.id.desc()).limit(1)
_INSERT = sa.insert(_LINES).returning(*_LINES.c)
_PEOPLE: Any = Person.__table__
_MOVE = (
    sa.update(_PEOPLE)
    .where(_PEOPLE.c.id == sa.bindparam("of"))
    .values(reputation=_PEOPLE.c.reputation + sa.bindparam("granted", type_=sa.Integer))
)


def grant(claim: Claim) -> bool:
    """Write the line of a claim; False when it stands already. Another rule for the same cause replaces the line."""
    last = _last(claim.cause)
    if last is not None and last.reverses_id is None:
        if last.rule == claim.rule and last.person_id == claim.person_id:
            return False
        last = _reverse(last, actor_id=claim.actor_id, reason="replaced")
    _write(
        last,
        cause=claim.cause,
        person_id=claim.person_id,
        actor_id=claim.actor_id,
        rule=claim.rule,
        source=claim.source,
        source_id=claim.source_id,
        granted=claim.points,
    )
    return True


def reverse(cause: str, *, actor_id: int | None, reason: str) -> bool:
    """Take back what stands for a cause with a line of its own; False when nothing stands."""
    last = _last(cause)
    if last is None or last.reverses_id is not None:
        return False
    _reverse(last, actor_id=actor_id, reason=reason)
    return True


def standing(**equal: Any) -> list[LedgerLine]:
    """Lines that are not reversed (and reverse nothing), by column values."""
    taken_back = sa.select(LedgerLine.reverses_id).where(LedgerLine.reverses_id.is_not(None))
    lines = sa.select(LedgerLine).filter_by(**equal)
    return list(
        db.session.scalars(lines.where(LedgerLine.reverses_id.is_(None), LedgerLine.id.not_in(taken_back)))
    )


def _last(cause: str) -> sa.Row[Any] | None:
    return db.session.execute(_LAST, {"cause": cause}).first()


def _reverse(line: sa.Row[Any], *, actor_id: int | None, reason: str) -> sa.Row[Any]:
    return _write(
        line,
        cause=line.cause,
        person_id=line.person_id,
        actor_id=actor_id,
        rule=line.rule,
        source=line.source,
        source_id=line.source_id,
        granted=-line.granted,
        reverses_id=line.id,
        reason=reason,
    )


def _write(last: sa.Row[Any] | None, *, granted: int, **columns: Any) -> sa.Row[Any]:
    """Add a line after the `last` one of its cause, and move the balance of the person with it."""
    number = int(last.key.rpartition("#")[2]) + 1 if last is not None else 1
    key = f"{columns['cause']}#{number}"
    written = {"at": clock.now(), "rule_version": VERSION, "asked": granted, "granted": granted, "key": key}
    # Whom and what it names must be there before it.
    db.session.flush()
    line = db.session.execute(_INSERT, written | columns).one()
    # The balance moves in SQL, so that two lines written at once both count.
    _move(line.person_id, granted)
    journal.record(ReputationChanged(actor_id=line.actor_id, person_id=line.person_id, points=granted))
    return line


def _move(person_id: int, granted: int) -> None:
    db.session.execute(_MOVE, {"of": person_id, "granted": granted})
    person = db.session.identity_map.get(db.session.identity_key(Person, person_id))
    if person is not None and "reputation" in person.__dict__:
        set_committed_value(person, "reputation", person.reputation + granted)
