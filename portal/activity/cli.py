"""`flask worker`, and `flask activity`: read the journal, let readers catch up, recount."""

import json
import logging
from datetime import UTC, datetime
from itertools import islice

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal import clock
from portal.activity import queries
from portal.activity.auditing import SHOWN, audit_all
from portal.activity.jobs import Jobs, wake_after_commits
from portal.activity.models import Entry
from portal.activity.reading import catch_up_all, readers
from portal.activity.rebasing import rebase
from portal.cli import UNREADY, Commands, is_ready
from portal.database import db, reading_only

activity = Commands("activity", help="The journal: read it, let its readers catch up, recount the numbers.")


def register(app: Flask) -> None:
    """Attach the commands and the queue of this portal."""
    app.extensions["jobs"] = Jobs(app.extensions["settings"], app.app_context)
    app.cli.add_command(activity)
    app.cli.add_command(worker)


def current_jobs() -> Jobs:
    """The queue of the portal at work."""
    jobs: Jobs = current_app.extensions["jobs"]
    return jobs


wake_after_commits(current_jobs)


@click.command("worker")
@click.option("--workers", default=2, type=click.IntRange(1, 8), help="How many tasks run side by side.")
@with_appcontext
def worker(workers: int) -> None:
    """Do what can be done later: search, CRM, mail. Ctrl-C or SIGTERM stops it after the batch in hand."""
    if not is_ready():
        raise click.ClickException(UNREADY)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s worker %(levelname)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    db.session.remove()
    current_jobs().work(workers)


@activity.command("catch-up")
def catch_up_command() -> None:
    """Let all readers read what they have not read yet, here and now, without the worker."""
    for name, taken in catch_up_all().items():
        click.echo(f"{name}: {taken} entries")
    db.session.rollback()
    failed = [each for each in queries.lag(readers.names()) if each.failure]
    for each in failed:
        click.echo(f"{each.reader} failed: {each.failure}", err=True)
    if failed:
        raise SystemExit(1)


@activity.command("status")
def status() -> None:
    """How far each reader is behind."""
    with reading_only():
        for each in queries.lag(readers.names()):
            behind = f"more than {each.behind - 1}" if each.behind >= queries.FARTHEST else str(each.behind)
            since = f", the oldest of {each.oldest_at:%Y-%m-%d %H:%M:%S}" if each.oldest_at else ""
            click.echo(f"{each.reader}: {behind} entries behind{since}")
            if each.failure:
                click.echo(f"  failed at {each.failed_at:%Y-%m-%d %H:%M:%S}: {each.failure}")
        held = queries.held_back_since()
    if held:
        click.echo(f"Entries wait for a transaction that is open since {held:%Y-%m-%d %H:%M:%S}.")


@activity.command("audit")
def audit() -> None:
    """Count every stored number again from its rows; ends with 1 and the first differences if one is wrong."""
    findings = audit_all()
    for each in findings:
        rows = "" if each.compared is None else f" ({each.compared} rows)"
        click.echo(f"{'WRONG' if each.differences else 'ok'}  {each.name}{rows}")
    differences = [text for each in findings for text in each.differences]
    if not differences:
        total = sum(each.compared or 0 for each in findings)
        click.echo(f"All numbers agree: {len(findings)} audits, {total} rows.")
        return
    click.echo(f"The first differences (at most {SHOWN}):", err=True)
    for text in islice(differences, SHOWN):
        click.echo(f"  {text}", err=True)
    raise SystemExit(1)


@activity.command("log")
@click.option("--person", "person_id", type=int, help="Only what this person (by id) did.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), help="Only from then on (UTC).")
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), help="At most so many, the newest.")
def log(person_id: int | None, since: datetime | None, limit: int) -> None:
    """Print entries, the newest last."""
    with reading_only():
        moment = since.replace(tzinfo=UTC) if since else None
        for entry in reversed(queries.log(person_id=person_id, since=moment, limit=limit)):
            click.echo(_line(entry))


def _line(entry: Entry) -> str:
    who = f"person {entry.actor_id}" if entry.actor_id else "the system"
    facts = " ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in entry.data.items())
    return f"{entry.at:%Y-%m-%d %H:%M:%S}  #{entry.id}  {who}  {entry.kind}  {facts}"


@activity.command("rebase")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rebase_command(yes: bool) -> None:
    """After a dump was restored into another PostgreSQL cluster: make the journal readable there.

    Stop the worker first.
    """
    if not yes:
        click.confirm(
            "This rewrites the transaction number of every entry. Is the worker stopped?", abort=True
        )
    moved = rebase()
    db.session.commit()
    click.echo(f"{moved} entries moved, {clock.now():%Y-%m-%d %H:%M:%S} UTC. Start the worker again.")
