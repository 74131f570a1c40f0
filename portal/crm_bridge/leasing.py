"""The lease of a connection: one process pushes at a time, and says every few moments that it still lives."""

import os
import secrets
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge.connecting import make_default
from portal.crm_bridge.models import CrmConnection
from portal.database import db
from portal.errors import Conflict

LASTS = timedelta(minutes=2)
"""A holder that has said nothing for so long is taken for dead. No call to a CRM may take longer."""


_NAMED: Any = sa.bindparam("named")
_HELD = sa.select(CrmConnection.lease_holder, CrmConnection.lease_until).where(CrmConnection.name == _NAMED)
_AT_LEAST: Any = sa.bindparam("at_least", type_=sa.BigInteger)
_TABLE: Any = CrmConnection.__table__
_KEPT = (
    sa.update(_TABLE)
    .where(_TABLE.c.name == _NAMED, _TABLE.c.lease_holder == sa.bindparam("holder"))
    .values(
        lease_until=sa.bindparam("until"),
        seq=sa.case((_TABLE.c.seq >= _AT_LEAST, _TABLE.c.seq + 1), else_=_AT_LEAST),
    )
    .returning(_TABLE.c.seq, _TABLE.c.paused)
)


class Busy(Conflict):
    """Somebody else holds the lease."""


def take(connection: str) -> str:
    """Take the lease; returns the name of the holder. Raises Busy while somebody else has it.

    The lease of a process of this machine that no longer lives is taken over at once.
    """
    make_default()
    now, holder = clock.now(), f"{_machine()} {os.getpid()} {_began(os.getpid())} {secrets.token_hex(4)}"
    held, until = db.session.execute(_HELD, {"named": connection}).one()
    if held is not None and until is not None and _lasts(held, until):
        raise Busy(f"Another push is under way on {connection}. It has the lease until {until:%H:%M:%S} UTC.")
    taken = (
        sa.update(CrmConnection)
        .where(CrmConnection.name == connection, CrmConnection.lease_holder.is_not_distinct_from(held))
        .values(lease_holder=holder, lease_until=now + LASTS)
    )
    if db.session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        raise Busy(f"Another push began on {connection} just now.")
    return holder


def holds(row: CrmConnection) -> bool:
    """Whether somebody who may still live has the lease."""
    return row.lease_holder is not None and _lasts(row.lease_holder, row.lease_until)


def _lasts(holder: str, until: datetime | None) -> bool:
    return until is not None and until > clock.now() and not _is_dead(holder)


def keep(connection: str, holder: str, while_paused: bool = False) -> int:
    """Say that the holder lives; returns the number of the next call. Raises Conflict when the lease is lost, and when the
    connection was paused meanwhile: then no call follows, unless that is done `while_paused`.

    The number grows with the time, so that it also grows when the database was put back to an older state.
    """
    now = clock.now()
    values = {"until": now + LASTS, "at_least": int(now.timestamp() * 1000)}
    row = db.session.execute(_KEPT, {"named": connection, "holder": holder, **values}).one_or_none()
    if row is None:
        raise Conflict(f"Another push took over {connection}. Nothing is lost; it goes on from here.")
    if row.paused and not while_paused:
        raise Conflict(f"The connection {connection} is paused. What waits is sent when it is resumed.")
    return int(row.seq)


def give_back(connection: str, holder: str) -> None:
    """Let go of the lease, if it is still ours."""
    mine = sa.update(CrmConnection).where(
        CrmConnection.name == connection, CrmConnection.lease_holder == holder
    )
    db.session.execute(mine.values(lease_holder=None, lease_until=None))


@cache
def _machine() -> str:
    """Where a process number means something: this boot of this machine, and this room of it."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    return socket.gethostname()


def _began(pid: int) -> str:
    """When a process began, so that another one that got its number later is not taken for it; "-" if unknown."""
    with suppress(OSError):
        # The name of the program, in brackets, may hold anything; the start is the 20th value after it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return "-"


def _is_dead(holder: str) -> bool:
    """Whether the holder is certainly gone: a process of this machine that runs no more."""
    machine, pid, began, _ = holder.split(" ")
    if machine != _machine():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _began(int(pid)) != began
