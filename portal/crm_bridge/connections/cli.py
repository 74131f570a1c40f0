"""`flask crm status`, `schema`, `map`, `drift`, `export` and others: connections and how they stand."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from portal import clock
from portal.activity import journal
from portal.activity.events import CustomerRecordsExported
from portal.crm_bridge import connecting, drifting, exporting, queries, recording, sealing, telling
from portal.crm_bridge.cli import LINES, all_lines, crm, named, opened, print_lines, settings_here
from portal.crm_bridge.connections import describing, mapping, measuring
from portal.crm_bridge.connections.standing import standing
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.pauses import pausing
from portal.crm_bridge.pulling.choosing import chosen
from portal.crm_bridge.shaping import Owner, shape_of
from portal.database import db, reading_only


@crm.command("status")
@click.option("--connection", "name", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="The numbers alone, for a program.")
def status_command(name: str | None, as_json: bool) -> None:
    """Print how each connection stands: its settings without secrets, what waits, what failed, and what is measured."""
    with reading_only():
        names = [name] if name else queries.connection_names()
        if as_json:
            told = [_measured(each) for each in names]
            click.echo(json.dumps(told[0] if name else told, ensure_ascii=False, indent=2))
            return
        for each in names:
            connection, row = connecting.find(each), queries.connection(each)
            closed = sealing.unreadable(each, connection.sealed, settings_here().signing_key())
            lines = describing.status_lines(connection, row, queries.state(each), closed)
            click.echo("\n".join([*lines, *describing.number_lines(measuring.numbers(each, row))]))


def _measured(name: str) -> dict[str, Any]:
    connecting.find(name)
    row, state = queries.connection(name), queries.state(name)
    told = measuring.numbers(name, row).as_json()
    return {"connection": name, "state": standing(row, state.oldest_at, clock.now()).word, **told}


@crm.command("retry")
@named
def retry_command(name: str) -> None:
    """Let everything that the CRM refused be sent again with the next push, as if for the first time."""
    connecting.find(name)
    records = recording.release(name)
    db.session.commit()
    click.echo(f"{records:,} records are tried again; the worker begins within a minute.")


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
    whose = Owner(owner) if owner else mapping.owner_of(field, connecting.find(name).vendor)
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
