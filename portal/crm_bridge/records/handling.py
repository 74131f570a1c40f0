"""Handling what a CRM did not take: it is tried again now, set aside with who and why, or taken back from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.erasing import erases, rows_of
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import CrmRowHandled
from portal.crm_bridge import breaking, connecting
from portal.crm_bridge.marking import mark
from portal.crm_bridge.models import CrmInteraction, CrmLink, Entity, LinkState
from portal.crm_bridge.recording import TRIED_ANEW
from portal.crm_bridge.records.models import CrmAside
from portal.database import db
from portal.errors import Conflict, NotFound
from portal.ideas.forgetting.replacing import forgets

INTERACTION = "interaction"
THEIRS = (Entity.PERSON, Entity.VOTE, INTERACTION)


@dataclass(frozen=True)
class Row:
    """Something that goes over a connection: a contact, an account, a vote (`number` is its idea), or an interaction
    (`number` is the entry)."""

    connection: str
    entity: str
    entity_id: int
    number: int = 0

    def key(self) -> dict[str, Any]:
        """The columns that name it in CrmAside."""
        names = ("connection", "entity", "entity_id", "number")
        return {name: getattr(self, name) for name in names}


def find(row: Row) -> Any:
    """Its row of the ledger, locked. Raises NotFound."""
    if row.entity == INTERACTION:
        key: tuple[Any, ...] = (row.connection, row.number, row.entity_id)
        found: Any = db.session.get(CrmInteraction, key, with_for_update=True, populate_existing=True)
    else:
        key = (row.connection, row.entity, row.entity_id, row.number)
        found = db.session.get(CrmLink, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("Nothing of it waits here any more. Load the record again.")
    return found


def retry(row: Row, *, by: Person) -> bool:
    """Let the next push try it again, at once. False when the CRM has taken it. Raises NotFound, Conflict."""
    connecting.refuse_paused(connecting.find(row.connection))
    found = find(row)
    if found.state == LinkState.DONE:
        return False
    if found.state == LinkState.IGNORED:
        raise Conflict("It is set aside. Take that back first.")
    for name, value in TRIED_ANEW.items():
        setattr(found, name, value)
    breaking.try_again(row.connection)
    if row.entity != INTERACTION:
        entity = Entity.COMPANY if row.entity == Entity.COMPANY else Entity.PERSON
        mark(row.connection, entity, [row.entity_id])
    _record(row, by, "retry")
    return True


def ignore(row: Row, *, by: Person, reason: str) -> bool:
    """Set it aside: nothing of it is sent until that is taken back. False when it was for this reason, or when the CRM took
    it; another reason takes the place of the one before. Raises NotFound."""
    found = find(row)
    if found.state == LinkState.DONE or (found.state == LinkState.IGNORED and _why(row) == reason.strip()):
        return False
    found.state, found.next_at = LinkState.IGNORED, None
    # A push under way may have got it through all the same, after it was set aside before.
    _end(row, by)
    db.session.add(CrmAside(**row.key(), by_id=by.id, at=clock.now(), reason=reason.strip()))
    db.session.flush()
    _record(row, by, "ignore")
    return True


def take_back(row: Row, *, by: Person) -> bool:
    """It stands among what was not taken again, until it says something else or is tried. False when it was not set aside.
    Raises NotFound."""
    found = find(row)
    if found.state != LinkState.IGNORED:
        return False
    found.state = LinkState.QUARANTINED
    _end(row, by)
    entity = Entity.COMPANY if row.entity == Entity.COMPANY else Entity.PERSON
    mark(row.connection, entity, [row.entity_id])
    _record(row, by, "take_back")
    return True


def _why(row: Row) -> str | None:
    its = sa.select(CrmAside.reason).filter_by(**row.key()).where(CrmAside.ended_at.is_(None))
    return db.session.scalar(its)


def _end(row: Row, by: Person) -> None:
    ended = sa.update(CrmAside).filter_by(**row.key()).where(CrmAside.ended_at.is_(None))
    db.session.execute(ended.values(ended_at=clock.now(), ended_by_id=by.id))


def _record(row: Row, by: Person, act: str) -> None:
    """The journal does not say which vote: that would tell who voted after it is forgotten."""
    entity = Entity.COMPANY if row.entity == Entity.COMPANY else Entity.PERSON
    about: dict[str, Any] = {"connection": row.connection, "entity": str(entity), "entity_id": row.entity_id}
    journal.record(CrmRowHandled(actor_id=by.id, act=act, **about))


@erases(order=61)
def forget_reasons(person_id: int, _texts: bool) -> Mapping[str, int]:
    """Why something of them was set aside may say who they are."""
    theirs = sa.delete(CrmAside).where(CrmAside.entity.in_(THEIRS), CrmAside.entity_id == person_id)
    return {"notes on what was set aside": rows_of(theirs)}


@forgets
def forget_votes(family: Any, names: Mapping[int, int]) -> None:
    """That something was said of a vote tells who cast it."""
    ids, voters = list(family), list(names)
    its = CrmAside.entity == Entity.VOTE, CrmAside.number.in_(ids), CrmAside.entity_id.in_(voters)
    db.session.execute(sa.delete(CrmAside).where(*its), execution_options={"synchronize_session": False})
