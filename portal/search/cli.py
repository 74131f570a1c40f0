"""`flask search`: look at the index, and make it anew."""

import click
from flask import Flask, current_app

from portal.activity.excluding import alone
from portal.activity.models import ReaderPosition
from portal.cli import Commands
from portal.database import db, reading_only
from portal.errors import Conflict
from portal.search import queries
from portal.search.index import Index, NoIndex
from portal.search.indexing import Indexing, rebuild
from portal.search.matching import KINDS

commands = Commands("search", help="The search index: look at it, make it anew.")


def register(app: Flask) -> None:
    """Attach the commands."""
    app.cli.add_command(commands)


def current_index() -> Index:
    """The index of the portal at work."""
    index: Index = current_app.extensions["search"]
    return index


@commands.command("rebuild")
def rebuild_command() -> None:
    """Make the index anew from all rows. Searches use the old one until the new one takes its place."""
    with alone(Indexing.name) as mine, reading_only():
        if not mine:
            raise Conflict("The worker writes the index just now. Try again in a moment.")
        total = sum(queries.how_many(kind) for kind in KINDS)
        with click.progressbar(length=total, label="Reading") as bar:
            for looked_at in rebuild(current_index()):
                bar.update(looked_at)
        db.session.rollback()
    counts = current_index().counts()
    click.echo(f"Made the index of {sum(counts.values())} documents ({current_index().size() / 1e6:.1f} MB).")


@commands.command("status")
def status() -> None:
    """What the index holds, and how far it has come in the journal."""
    try:
        counts, size = current_index().counts(), current_index().size()
    except NoIndex as why:
        click.echo(f"{why} The worker makes it, or `flask search rebuild` at once.")
        raise SystemExit(1) from None
    click.echo(
        ", ".join(f"{count} of kind {kind}" for kind, count in counts.items()) + f"; {size / 1e6:.1f} MB"
    )
    with reading_only():
        position = db.session.get(ReaderPosition, Indexing.name)
        click.echo(f"Read up to entry {position.entry_id}." if position else "No entry was read yet.")
    if not current_index().is_sound():
        click.echo("A search met damage: the worker makes the index anew within a minute.")
        raise SystemExit(1)
