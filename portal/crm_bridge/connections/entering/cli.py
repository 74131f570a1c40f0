"""`flask crm connect`, `test`, `disconnect`, `reseal` and `vendors`: what a connection is made of."""

import sys
from pathlib import Path

import click

from portal import clock
from portal.activity import journal
from portal.activity.events import CrmSecretsResealed
from portal.activity.reading import never
from portal.crm_bridge import connecting, queries, sealing
from portal.crm_bridge.cli import crm, named, opened, settings_here
from portal.crm_bridge.connections import describing, setting_up, testing
from portal.crm_bridge.connections.advising import advice
from portal.crm_bridge.connections.jobs import asking
from portal.crm_bridge.connections.jobs import cli as driver
from portal.crm_bridge.connections.jobs.disconnecting import disconnect
from portal.crm_bridge.connections.jobs.models import Act, CrmJob, Stage
from portal.crm_bridge.declaring import Declaration, declaration
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import CrmConnection
from portal.crm_bridge.pauses import pausing
from portal.database import db, reading_only
from portal.errors import Conflict, Unusable

PROMPTED, FROM_FILE, FROM_STDIN = "-", "@", "@-"


@crm.command("connect")
@click.argument("name")
@click.option("--vendor", help="Which CRM: flask crm vendors lists them. Needed once.")
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting. For secrets: KEY=- asks without showing it, KEY=@FILE reads a file, KEY=@- what is piped in.",
)
@click.option(
    "--private", is_flag=True, help="The CRM is in our own network: not a public address, or no TLS."
)
def connect_command(name: str, vendor: str | None, pairs: tuple[str, ...], private: bool) -> None:
    """Set a connection up, or change its settings. Secrets are encrypted and shown nowhere."""
    given = dict(map(_pair, pairs))
    changed = setting_up.connect(name, vendor, given, private, settings_here().signing_key())
    _warn(declaration(connecting.find(name).vendor), pairs)
    db.session.commit()
    click.echo(f"{name} is set up ({', '.join(changed) or 'nothing changed'}).")
    click.echo(
        f"Look first: flask crm schema --check --connection {name}; flask crm plan --connection {name}"
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Unusable(f"--set {name} says no value. Write --set NAME=VALUE.")
    return name.strip(), _value(name, value)


def _value(name: str, text: str) -> str:
    """A value as it is meant: asked for, read from a file, or what was written."""
    if text == PROMPTED:
        return str(click.prompt(name, hide_input=True, err=True))
    if text == FROM_STDIN:
        return sys.stdin.read()
    if text.startswith(FROM_FILE):
        try:
            return Path(text[1:]).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise Unusable(f"{text[1:]} is no text.") from None
    return text


def _warn(declared: Declaration, pairs: tuple[str, ...]) -> None:
    """What stands on the command line stands in the list of processes and in the history of the shell."""
    secret = {each.name for each in declared.settings if each.secret}
    for each in pairs:
        name, _, value = each.partition("=")
        if name.strip() in secret and value and value != PROMPTED and not value.startswith(FROM_FILE):
            click.echo(
                f"{name} may stand in the history of your shell now. Next time: --set {name}=-", err=True
            )


@crm.command("test")
@named
def test_command(name: str) -> None:
    """Ask the CRM who we are, what we may, and what it lacks for us. Ends with 1 when it does not let us in.

    Writes nothing there; a webhook gets a signed message that speaks of nobody.
    """
    try:
        with opened(name) as (connection, gateway):
            found = testing.test(connection, gateway, clock.now())
    except Conflict as refusal:
        if isinstance(refusal.__cause__, CrmError):
            raise Conflict(advice(refusal.__cause__, connecting.find(name))) from refusal
        raise
    for asked, answer in testing.lines(found):
        click.echo(f"{asked + ':':<24} {answer}")
    for each in found["missing"]:
        click.echo(f"  missing  {each}")


@crm.command("disconnect")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--erase", is_flag=True, help="First take out of the CRM what was written there.")
def disconnect_command(name: str, yes: bool, erase: bool) -> None:
    """Take a connection away. What the CRM holds stays there unless --erase; what we know of it is forgotten.

    Ends with 1 when something could not be erased; the connection then stays, paused.
    """
    with reading_only():
        connection = connecting.find(name)
        records = queries.state(name).written
        db.session.rollback()
    becomes = "are taken out of the CRM" if erase else "stay in the CRM and are forgotten here"
    if not yes:
        click.confirm(f"{records:,} records {becomes}. Go on?", abort=True)
    if erase:
        _erase(connection)
    else:
        disconnect(name, by=None)
    db.session.commit()
    click.echo(f"{name} is no longer connected.")


def _erase(connection: connecting.Connection) -> None:
    """Do here what the worker does for the page."""
    job_id = asking.ask(connection, Act.ERASE, None).id
    pausing.pause(connection.name, by=None, why="It is taken away: what it wrote is erased first.")
    db.session.commit()
    driver.work_waiting(settings_here(), never)
    job = db.session.get_one(CrmJob, job_id, populate_existing=True)
    if job.stage != Stage.DONE or job.found["failed"]:
        words = job.found.get("words") or job.says or "The worker is at it."
        raise Conflict(f"Not everything could be erased; {connection.name} stays, paused. {words}")
    click.echo(f"{job.found['erased']:,} records are erased there.")


@crm.command("reseal")
@click.option(
    "--old-key",
    required=True,
    metavar="KEY",
    help="The secret key of before: - asks for it, @FILE, or @- from a pipe.",
)
def reseal_command(old_key: str) -> None:
    """Encrypt the secrets of all connections with the secret key of now, after it changed.

    Ends with 1 when some open with neither key: those have to be given again, and are named.
    """
    if old_key != PROMPTED and not old_key.startswith(FROM_FILE):
        raise Unusable(
            "The old key does not belong on the command line. Write --old-key - or --old-key @FILE."
        )
    old, new, lost, done = _value("Old key", old_key).strip(), settings_here().signing_key(), [], []
    for row in db.session.query(CrmConnection).order_by(CrmConnection.name):
        if sealing.unreadable(row.name, row.sealed, new):
            row.sealed, gone = sealing.reseal(row.name, row.sealed, old, new)
            lost += [f"flask crm connect {row.name} --set {each}=-" for each in gone]
            done.append(row.name)
    journal.record(CrmSecretsResealed(actor_id=None, connections=done))
    db.session.commit()
    click.echo(f"Sealed anew: {', '.join(done) or 'nothing, all can be read'}.")
    for each in lost:
        click.echo(f"Neither key opens it; give it again: {each}")
    if lost:
        raise SystemExit(1)


@crm.command("vendors")
def vendors_command() -> None:
    """Print which CRMs there are, what each needs, and where to find it there."""
    for name, declared in setting_up.vendors().items():
        click.echo(f"{name}: {declared.title}")
        for line in describing.setting_lines(declared):
            click.echo(f"  {line}")
