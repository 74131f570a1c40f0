"""`flask crm pull`, and what the worker does of it. The driver is here: it ends its transactions."""

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from datetime import timedelta

import click
import sqlalchemy as sa

from portal import clock
from portal.accounts import mailing
from portal.crm_bridge import breaking, connecting, leasing, noting, serving
from portal.crm_bridge.alarms import alarming
from portal.crm_bridge.cli import (
    LINES,
    all_lines,
    crm,
    keeping_the_lease,
    named,
    print_lines,
    settings_here,
)
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import CrmConnection
from portal.crm_bridge.pulling import rereading
from portal.crm_bridge.pulling.choosing import chosen
from portal.crm_bridge.pulling.fetching import Pull, Step
from portal.crm_bridge.pulling.landing import Source
from portal.crm_bridge.pulling.models import CrmCursor
from portal.database import db, reading_only
from portal.errors import Conflict
from portal.settings import Settings
from portal.voting.demand import pricing

SECONDS_AT_A_TIME = 30


def refuse_unreadable(connection: Connection) -> None:
    """Raise Conflict when there is nothing to read."""
    declared = declaration(connection.vendor)
    if not declared.pulls:
        raise Conflict(
            f"There is nothing to read from {connection.name} ({declared.title}): it only takes what is sent."
        )


def pull(connection: Connection, settings: Settings) -> Generator[Step]:
    """Read what changed under the lease of the connection, and say each step. Transactions end here, and so does the lease.

    Raises Conflict when there is nothing to read, it is paused, somebody else is at it, or the CRM does not answer.
    """
    refuse_unreadable(connection)
    connecting.refuse_paused(connection)
    holder = leasing.take(connection.name)
    db.session.commit()
    ended, wrote = serving.Ended(), False
    try:
        with ended.noticing("The CRM did not answer: {}. The next pull goes on from here."):
            for step in _steps(connection, settings, holder):
                wrote = wrote or bool(step.counts)
                yield step
    finally:
        db.session.rollback()
        _end(connection.name, holder, ended.failure, wrote)
        db.session.commit()
        mailing.deliver()


def _steps(connection: Connection, settings: Settings, holder: str) -> Iterator[Step]:
    name = connection.name
    with connecting.opened(connection, settings, keeping_the_lease(name, holder)) as gateway:
        try:
            source = Source(name, _currency(connection))
            choices = chosen(name, connection.vendor)
            for step in Pull(source, gateway, choices, lambda: leasing.keep(name, holder)).fetch():
                noting.write(name, gateway.notes)
                db.session.commit()
                yield step
        finally:
            db.session.rollback()
            noting.write(name, gateway.notes)
            db.session.commit()


def _currency(connection: Connection) -> str:
    return connection.settings.get("currency") or pricing.house_currency()


def _end(name: str, holder: str, failure: CrmError | None, wrote: bool) -> None:
    if failure is None:
        breaking.got_through(name, wrote)
    else:
        connecting.note_push(name, {}, f"The CRM did not answer: {failure}")
        if breaking.failed(name, failure, wrote=wrote):
            alarming.raise_for(name, failure, settings_here().public_url)
    leasing.give_back(name, holder)


def pull_due(settings: Settings, stopping: Callable[[], bool]) -> None:
    """What the worker does each minute: read from the connections whose time has come, for a while. Commits."""
    ends = time.monotonic() + SECONDS_AT_A_TIME
    with reading_only():
        names = _due()
        db.session.rollback()

    def enough() -> bool:
        return stopping() or time.monotonic() > ends

    serving.each(names, lambda name: _pull_for_a_while(name, settings, enough), "read")


def _pull_for_a_while(name: str, settings: Settings, enough: Callable[[], bool]) -> None:
    connection = connecting.find(name)
    db.session.rollback()
    if enough():
        return
    with closing(pull(connection, settings)) as steps:
        for _ in steps:
            if enough():
                return


def _due() -> list[str]:
    """Connections that are not paused, do not rest, and were not read for a while or have something to read again."""
    now = clock.now()
    rows = db.session.scalars(sa.select(CrmConnection).order_by(CrmConnection.name)).all()
    ends = sa.select(CrmCursor.connection, sa.func.min(CrmCursor.ended_at, type_=CrmCursor.ended_at.type))
    read = {row[0]: row[1] for row in db.session.execute(ends.group_by(CrmCursor.connection))}
    asked = set(rereading.connections_with_some())

    def is_due(row: CrmConnection) -> bool:
        at = read.get(row.name)
        return (
            row.name in asked
            or at is None
            or at <= now - timedelta(minutes=declaration(row.vendor).pull_minutes)
        )

    return [
        row.name
        for row in rows
        if declaration(row.vendor).pulls
        and not row.paused
        and not breaking.rests(row.not_before)
        and is_due(row)
    ]


@crm.command("pull")
@named
@all_lines
@click.option("--dry-run", is_flag=True, help="Only say what would change here; nothing is kept.")
def pull_command(name: str, every: bool, dry_run: bool) -> None:
    """Read what changed in the CRM: attributes of companies, opt-outs of people, open deals."""
    with reading_only():
        connection = connecting.find(name)
        db.session.rollback()
    counts, left = Counter[str](), None if every else LINES
    for step in _tried(connection) if dry_run else pull(connection, settings_here()):
        counts += step.counts
        left = print_lines(step.lines, left)
    words = ", ".join(f"{number:,} {what}" for what, number in sorted(counts.items())) or "nothing changed"
    click.echo(f"{words}.{' Nothing was kept.' if dry_run else ''}")


def _tried(connection: Connection) -> Iterator[Step]:
    """The same, with nothing kept."""
    refuse_unreadable(connection)
    connecting.make_default()
    db.session.commit()
    try:
        with connecting.opened(connection, settings_here()) as gateway:
            source = Source(connection.name, _currency(connection))
            choices = chosen(connection.name, connection.vendor)
            for step in Pull(source, gateway, choices, lambda: None).changed():
                db.session.rollback()
                yield step
    except CrmError as error:
        raise Conflict(f"The CRM did not answer: {error}. Try again later.") from error
    finally:
        db.session.rollback()
