"""`flask crm`: plan, push, read back, export. The driver of a push is here too: it ends its transactions."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain

import click
from flask import current_app

from portal.accounts import mailing
from portal.activity.reading import catch_up
from portal.cli import Commands
from portal.crm_bridge import (
    breaking,
    connecting,
    gathering,
    interacting,
    leasing,
    marking,
    noting,
    planning,
    pushing,
    recording,
    serving,
    telling,
)
from portal.crm_bridge.alarms import alarming
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.describing import Voice
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.planning import Sheet
from portal.crm_bridge.pushing import Step
from portal.crm_bridge.translating import Translated
from portal.database import db, reading_only
from portal.errors import Conflict
from portal.settings import Settings

SECONDS_AT_A_TIME = 30
"""How long the worker pushes before it looks after other things; what is left waits for the next minute."""

SECONDS_BETWEEN_BEATS = 20

LINES = 200
"""How many lines plan and drift print unless asked for all."""

crm = Commands(
    "crm",
    help="Keep the CRM in step. First: connect, test, schema, plan, push. Then: status, and docs/crm.md.",
    epilog="Ends with 0 when all is well, with 1 when something was refused, failed or differs (it says what), with 2 "
    "when the command was not understood. Secrets are never shown.",
)
named = click.option("--connection", "name", default=DEFAULT, show_default=True, help="Which CRM connection.")
all_lines = click.option("--all", "every", is_flag=True, help="Print every line, however many.")


def settings_here() -> Settings:
    """The settings of the portal at work."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def deliver(
    connection: Connection, settings: Settings, plan: Callable[[Voice], Iterator[Sheet]]
) -> Generator[Step]:
    """Push the plan under a lease and say each step. Each transaction is ended here; so is the lease.

    Raises Conflict when the connection is paused or somebody else pushes, and when the CRM cannot be asked.
    """
    connecting.refuse_paused(connection)
    holder = leasing.take(connection.name)
    db.session.commit()
    counts, ended = Counter[str](), serving.Ended()
    try:
        with ended.noticing("The CRM did not take it: {}. Nothing is lost; the next push goes on from here."):
            yield from _steps(connection, settings, plan, holder, counts)
    finally:
        db.session.rollback()
        _end(connection.name, holder, counts, ended.failure)
        db.session.commit()
        mailing.deliver()


def _steps(
    connection: Connection,
    settings: Settings,
    plan: Callable[[Voice], Iterator[Sheet]],
    holder: str,
    counts: Counter[str],
) -> Iterator[Step]:
    with connecting.opened(connection, settings, keeping_the_lease(connection.name, holder)) as gateway:
        try:
            voice = connecting.voice(connection, settings)
            pushed = pushing.push(connection.name, gateway, holder, plan(voice))
            for step in chain(pushed, interacting.send(voice, gateway, holder)):
                noting.write(connection.name, gateway.notes)
                db.session.commit()
                counts.update(step.counts)
                yield step
        finally:
            db.session.rollback()
            noting.write(connection.name, gateway.notes)
            db.session.commit()


def keeping_the_lease(name: str, holder: str) -> Callable[[], None]:
    """Keeps the lease while the CRM is asked; no transaction of ours is open then."""
    last = time.monotonic()

    def beat() -> None:
        nonlocal last
        if time.monotonic() - last > SECONDS_BETWEEN_BEATS:
            leasing.keep(name, holder, while_paused=True)
            db.session.commit()
            last = time.monotonic()

    return beat


def _end(name: str, holder: str, counts: Counter[str], failure: CrmError | None) -> None:
    """Write down how a push ended."""
    words = f"The CRM did not take it: {failure}" if failure else None
    connecting.note_push(name, counts, words)
    if failure is None:
        breaking.got_through(name, counts.total() > 0)
    elif breaking.failed(name, failure, wrote=any(counts[each] for each in telling.WRITTEN)):
        alarming.raise_for(name, failure, settings_here().public_url)
    leasing.give_back(name, holder)


def push_waiting(settings: Settings, stopping: Callable[[], bool]) -> None:
    """What the worker does each minute: send what is marked dirty, for a while. Commits."""
    ends = time.monotonic() + SECONDS_AT_A_TIME
    names = sorted({*marking.connections_with_marks(), *interacting.connections_with_some()})
    db.session.rollback()
    enough = lambda: stopping() or time.monotonic() > ends  # noqa: E731
    serving.each(names, lambda name: _push_for_a_while(name, settings, enough), "pushed")
    alarming.watch(settings.public_url)
    db.session.commit()
    mailing.deliver()


def _push_for_a_while(name: str, settings: Settings, enough: Callable[[], bool]) -> None:
    connection = connecting.find(name)
    db.session.rollback()
    if not connection.paused and not breaking.rests(connection.not_before):
        with closing(deliver(connection, settings, planning.at_rest)) as steps:
            for _ in steps:
                if enough():
                    return


@crm.command("plan")
@named
@all_lines
def plan_command(name: str, every: bool) -> None:
    """Print what a push would do. Writes nothing, neither here nor in the CRM."""
    tally, left = telling.Tally(), None if every else LINES
    with opened(name) as (connection, gateway):
        untold = interacting.untold(name)
        click.echo(f"Plan for {name} ({gateway.describe().title}). Nothing is written.")
        for sheet in planning.everything(connecting.voice(connection, settings_here())):
            db.session.rollback()
            sheet.changes = pushing.adopt_all(gateway, sheet.changes)
            tally.add(sheet)
            left = print_lines(telling.plan_lines(sheet), left)
    for line in tally.lines(untold):
        click.echo(line)


@crm.command("push")
@named
@click.option("--waiting", is_flag=True, help="Only what is marked dirty, as the worker does it.")
@click.option("--retry", is_flag=True, help="Also what the CRM refused before.")
def push_command(name: str, waiting: bool, retry: bool) -> None:
    """Write the difference into the CRM. Ends with 1 when the CRM did not take everything."""
    catch_up(marking.CrmReader())
    if retry:
        recording.release(name)
        db.session.commit()
    with reading_only():
        connection, people = connecting.find(name), gathering.size()
        db.session.rollback()
    counts: Counter[str] = Counter()
    plan = planning.waiting if waiting else planning.everything
    with click.progressbar(length=people, label=f"Pushing to {name}", file=sys.stderr) as bar:
        for step in deliver(connection, settings_here(), plan):
            counts += step.counts
            bar.update(step.looked_at)
    for line in telling.push_lines(counts):
        click.echo(line)
    if any(counts[each] for each in telling.FAILED):
        raise SystemExit(1)


def _nothing() -> None:
    pass


@contextmanager
def opened(
    name: str, reads_back: bool = False, beat: Callable[[], None] | None = None
) -> Iterator[tuple[Connection, Translated]]:
    """A connection to read from; what it cannot answer becomes a sentence. `reads_back`: its records are asked for.
    `beat` is called often while it is asked."""
    with reading_only():
        connection = connecting.find(name)
        db.session.rollback()
    if reads_back:
        connecting.refuse_unreadable(connection)
    try:
        with connecting.opened(connection, settings_here(), beat or _nothing) as gateway:
            try:
                yield connection, gateway
            finally:
                db.session.rollback()
                noting.write(name, gateway.notes)
                db.session.commit()
    except CrmError as error:
        raise Conflict(f"The CRM did not answer: {error}. Try again later.") from error


def print_lines(lines: Iterable[str], left: int | None) -> int | None:
    """Print at most `left` lines (None: all); returns how many may still follow."""
    for line in lines:
        if left == 0:
            click.echo("… and more; --all prints every line.")
        if left is None or left > 0:
            click.echo(line)
        left = None if left is None else left - 1
    return left
