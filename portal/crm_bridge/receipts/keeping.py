"""Keeping receipts: written in the transaction of what they say, so that a kill loses neither or both."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.consenting import ERASED, TO_ERASE
from portal.crm_bridge.models import CrmConnection, CrmInteraction, CrmLink, Entity, LinkState
from portal.crm_bridge.receipts.models import CrmReceipt, Done
from portal.database import db

HISTORY = "history"
THEIRS = (Entity.PERSON, Entity.VOTE)


def note(connection: str, results: Sequence[Any], now: datetime) -> None:
    """Write down which records of people were taken out, and how many lines of history went with a contact; `results` are
    those that the CRM says are erased. To be called while the interactions are there."""
    taken = [each for each in results if each.change.reason in TO_ERASE]
    counts = Counter(_line(each) for each in taken)
    answers = {_line(each): each.outcome.as_answer() for each in taken}
    rows: list[dict[str, Any]] = [
        {
            "person_id": person_id,
            "done": done,
            "remote_type": kind,
            "remote_id": remote_id,
            "records": count,
            "reason": reason,
            "answer": answers[person_id, kind, remote_id, done, reason],
        }
        for (person_id, kind, remote_id, done, reason), count in counts.items()
    ]
    people = {each.change.subject.entity_id: each.change.reason for each in taken if _is_person(each)}
    what: dict[str, Any] = {"remote_type": HISTORY, "remote_id": None, "done": Done.REMOVED, "answer": {}}
    for person_id, count in _told(connection, list(people)):
        rows.append({**what, "person_id": person_id, "records": count, "reason": people[person_id]})
    _insert(connection, rows, now)


def _told(connection: str, people: Sequence[int]) -> Sequence[Any]:
    """How many lines of history each of them had."""
    its = CrmInteraction.connection == connection, CrmInteraction.person_id.in_(people)
    here = sa.select(CrmInteraction.person_id, sa.func.count()).where(
        *its, CrmInteraction.sent_at.is_not(None)
    )
    # Of an account that was erased they went from here already.
    asked = sa.select(CrmReceipt.person_id, CrmReceipt.records).where(
        *(CrmReceipt.connection == connection, CrmReceipt.person_id.in_(people)),
        *(CrmReceipt.done == Done.ASKED, CrmReceipt.remote_type == HISTORY),
    )
    counted = here.group_by(CrmInteraction.person_id).union_all(asked)
    return db.session.execute(counted).all() if people else ()


def _is_person(result: Any) -> bool:
    return bool(result.change.subject.entity is Entity.PERSON)


def _line(result: Any) -> tuple[int, str, str | None, str, str]:
    """What is one line: a contact is named by its number there, votes are counted."""
    change, done = result.change, Done.BLANKED if result.outcome.blanked else Done.REMOVED
    remote_id = change.remote_id if _is_person(result) else None
    return (change.subject.entity_id, change.kind.name, remote_id, done, change.reason)


def ask(person_id: int) -> None:
    """The account is erased: write down what each CRM has of it, which the next push takes out. Repeating it changes
    nothing."""
    asked = sa.select(CrmReceipt.connection).where(
        CrmReceipt.person_id == person_id, CrmReceipt.done == Done.ASKED
    )
    known = set(db.session.scalars(asked))
    for table, kind, by, whose, there in _known(person_id):
        counted = sa.select(table.connection, kind, sa.func.count()).where(*whose, *there)
        for connection, name, count in db.session.execute(counted.group_by(table.connection, *by)):
            if connection not in known:
                line = {"person_id": person_id, "done": Done.ASKED, "remote_type": name, "remote_id": None}
                _insert(connection, [{**line, "records": count, "reason": ERASED, "answer": {}}], clock.now())


def _known(person_id: int) -> tuple[tuple[Any, ...], ...]:
    """Where what a CRM has of a person is counted: the table, the kind, by what, whose, and that it is there."""
    links = CrmLink.entity.in_(THEIRS), CrmLink.entity_id == person_id
    told = (CrmInteraction.person_id == person_id,)
    sent = CrmInteraction.state == LinkState.DONE, CrmInteraction.sent_at.is_not(None)
    return (
        (CrmLink, CrmLink.remote_type, (CrmLink.remote_type,), links, (CrmLink.remote_id.is_not(None),)),
        (CrmInteraction, sa.literal_column(f"'{HISTORY}'"), (), told, sent),
    )


def _insert(connection: str, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    if rows:
        vendor = db.session.scalar(sa.select(CrmConnection.vendor).where(CrmConnection.name == connection))
        of_it = {"connection": connection, "vendor": vendor or "", "at": now}
        db.session.execute(sa.insert(CrmReceipt.__table__), [each | of_it for each in rows])  # type: ignore[arg-type]
