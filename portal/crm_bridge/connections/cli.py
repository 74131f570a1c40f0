"""`flask crm connect`, `status`, `schema`, `map`, `drift`, `export` and others: connections and how they stand."""

from collections import Counter
from pathlib import Path

import click

from portal.activity import journal
from portal.activity.events import CustomerRecordsExported
from portal.crm_bridge import connecting, drifting, exporting, queries, telling
from portal.crm_bridge.cli import LINES, all_lines, crm, named, opened, print_lines, settings_here
from portal.crm_bridge.connections import describing, mapping, setting_up
from portal.crm_bridge.connections.jobs.disconnecting import disconnect
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.pauses import pausing
from portal.crm_bridge.pulling.choosing import chosen
from portal.crm_bridge.shaping import Owner, shape_of
from portal.database import db, reading_only
from portal.errors import Unusable

PROMPTED, FROM_FILE = "-", "@"


@crm.command("connect")
@click.argument("name")
@click.option("--vendor", help="Which CRM: flask crm vendors lists them. Needed once.")
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting; KEY=- asks for it, KEY=@FILE reads it.",
)
@click.option(
    "--private", is_flag=True, help="The CRM is in our own network: not a public address, or no TLS."
)
def connect_command(name: str, vendor: str | None, pairs: tuple[str, ...], private: bool) -> None:
    """Set a connection up, or change its settings. Secrets are encrypted and shown nowhere."""
    given = dict(map(_pair, pairs))
    changed = setting_up.connect(name, vendor, given, private, settings_here().signing_key())
    db.session.commit()
    click.echo(f"{name} is set up ({', '.join(changed) or 'nothing changed'}).")
    click.echo(
        f"Look first: flask crm schema --check --connection {name}; flask crm plan --connection {name}"
    )


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Unusable(f"--set {name} says no value. Write --set NAME=VALUE.")
    if value == PROMPTED:
        value = click.prompt(name, hide_input=True, err=True)
    elif value.startswith(FROM_FILE):
        value = Path(value[1:]).read_text(encoding="utf-8")
    return name.strip(), value


@crm.command("disconnect")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def disconnect_command(name: str, yes: bool) -> None:
    """Take a connection away. What the CRM holds stays there; what we know of it is forgotten."""
    with reading_only():
        connecting.find(name)
        records = queries.state(name).written
        db.session.rollback()
    if not yes:
        click.confirm(f"{records:,} records stay in the CRM and are forgotten here. Go on?", abort=True)
    disconnect(name, by=None)
    db.session.commit()
    click.echo(f"{name} is no longer connected.")


@crm.command("vendors")
def vendors_command() -> None:
    """Print which CRMs there are, and what each needs."""
    for name, declared in setting_up.vendors().items():
        click.echo(f"{name}: {declared.title}")
        for line in describing.setting_lines(declared):
            click.echo(f"  {line}")


@crm.command("status")
@click.option("--connection", "name", help="Only this one.")
def status_command(name: str | None) -> None:
    """Print how each connection stands: its settings without secrets, what waits, what failed."""
    with reading_only():
        names = [name] if name else queries.connection_names()
        for each in names:
            connection = connecting.find(each)
            lines = describing.status_lines(connection, queries.connection(each), queries.state(each))
            click.echo("\n".join(lines))


@crm.command("schema")
@named
@click.option(
    "--check", "does", flag_value="check", default=True, help="Say what is missing; writes nothing."
)
@click.option("--apply", "does", flag_value="apply", help="Add what is missing, where the CRM lets us.")
def schema_command(name: str, does: str) -> None:
    """The fields and kinds that the CRM needs for us. Ends with 1 when something is missing."""
    with opened(name) as (_, gateway):
        added = gateway.ensure_schema(KINDS) if does == "apply" else []
        missing = gateway.missing_schema(KINDS)
    for each in added:
        click.echo(f"added    {each}")
    for each in missing:
        click.echo(f"missing  {each}")
    click.echo(f"{len(missing)} missing." if missing else "Everything is there.")
    if missing:
        raise SystemExit(1)


@crm.command("pause")
@named
@click.option("--why", default="", help="For whoever finds it paused: stands on its page.")
def pause_command(name: str, why: str) -> None:
    """Send nothing over the connection until it is resumed. What changes is noted."""
    pausing.pause(name, by=None, why=why)
    db.session.commit()
    click.echo(f"{name} is paused.")


@crm.command("resume")
@named
def resume_command(name: str) -> None:
    """Send again over a connection that was paused."""
    pausing.resume(name, by=None)
    db.session.commit()
    click.echo(f"{name} sends again; the worker begins within a minute.")


@crm.command("export")
@named
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def export_command(name: str, path: Path) -> None:
    """Write the customer records of the CRM into a CSV file. It holds personal data; the journal notes it."""
    with opened(name, reads_back=True) as (_, gateway), path.open("w", newline="", encoding="utf-8") as file:
        people = exporting.export(name, gateway, file)
    db.session.rollback()
    journal.record(CustomerRecordsExported(actor_id=None, connection=name, people=people))
    db.session.commit()
    click.echo(f"{people:,} customer records written to {path}.")


@crm.command("fields")
@named
def fields_command(name: str) -> None:
    """Print which fields the CRM gets and which are read from it, how it calls them, and who owns each."""
    with reading_only():
        vendor = connecting.find(name).vendor
        lines = [
            *describing.field_lines(shape_of(name, vendor)),
            *describing.pulled_lines(chosen(name, vendor)),
        ]
        db.session.rollback()
    for line in lines:
        click.echo(line)


@crm.command("map")
@named
@click.argument("field", metavar="KIND.FIELD")
@click.option("--to", "remote_name", help="How the CRM calls it.")
@click.option(
    "--owner",
    type=click.Choice(["portal", "portal_if_blank", "crm"]),
    help="Who says what stands in it; without a word the portal, or the CRM of what is read from it. portal_if_blank: "
    "it is filled, or taken over, only where nothing stands.",
)
def map_command(name: str, field: str, remote_name: str | None, owner: str | None) -> None:
    """Say how a field of ours is written into the CRM, or read from it."""
    whose = Owner(owner) if owner else mapping.owner_of(field)
    mapping.map_field(name, field, whose, remote_name)
    db.session.commit()
    click.echo(
        f"{field} belongs to {whose}. The next flask crm push or pull --connection {name} takes it so."
    )


@crm.command("unmap")
@named
@click.argument("field", metavar="KIND.FIELD")
@click.option("--leave", "does", flag_value="unmapped", help="What we wrote stays there.")
@click.option("--clear", "does", flag_value="cleared", help="What we wrote is taken out.")
def unmap_command(name: str, field: str, does: str | None) -> None:
    """Write a field no longer. What we wrote of it stays there, or is taken out."""
    if does is None:
        clear = click.confirm("Take out of the CRM what we wrote? Otherwise it stays as it is")
        does = "cleared" if clear else "unmapped"
    mapping.map_field(name, field, Owner(does), None)
    db.session.commit()
    what = "takes it out there" if does == "cleared" else "leaves it as it is"
    click.echo(f"{field} is no longer written. The next flask crm push --connection {name} {what}.")


@crm.command("drift")
@named
@all_lines
@click.option("--repair", is_flag=True, help="Have the next push write what differs again.")
def drift_command(name: str, every: bool, repair: bool) -> None:
    """Read the CRM back and compare it with what was last written. Ends with 1 when something differs."""
    records, drifted, left = 0, Counter[str](), None if every else LINES
    with opened(name, reads_back=True) as (_, gateway):
        for found in drifting.drift(name, gateway, gateway.shape):
            records += found.records
            drifted.update(field for each in found.drifts for field in each.fields or [each.what])
            left = print_lines(map(telling.drift_line, found.drifts), left)
            if repair:
                drifting.write_again(name, found.drifts)
                db.session.commit()
    click.echo(f"{records:,} records read back.")
    if drifted:
        click.echo("Differences: " + ", ".join(f"{name} {n:,}" for name, n in drifted.most_common()))
        raise SystemExit(1)
    click.echo("Everything is as it was written.")
