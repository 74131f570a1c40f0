"""Commands that bring data in and take it out."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from flask import current_app

from portal import clock
from portal.cli import Commands
from portal.copying import on_a_copy
from portal.database import db
from portal.transfer import choosing, exporting, opening, taking
from portal.transfer.building import FORMATS
from portal.transfer.complete import writing
from portal.transfer.complete.reading import Restoring
from portal.transfer.narrowing import ORDERS
from portal.transfer.polis import importing as polis
from portal.transfer.reporting import Report
from portal.transfer.rows.listing import BOTH, ROWS
from portal.transfer.stackexchange import importing as stackexchange
from portal.transfer.tables.bringing import Bringing
from portal.transfer.tables.checking import DATES
from portal.transfer.tables.mapping import Wishes, said
from portal.transfer.tables.opening import tables_in

transfer = Commands("transfer", help="Import from other tools, and export.")
PATH = click.argument("path", type=click.Path(path_type=Path))
DRY = click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")


@transfer.group("import")
def bring() -> None:
    """Bring data in."""


@bring.command("stackexchange")
@PATH
@DRY
@click.option("--source", help="The site that it came from, where the file name does not say it.")
def bring_stackexchange(path: Path, dry_run: bool, source: str | None) -> None:
    """A Stack Exchange data dump: a folder or zip with Posts.xml, Users.xml, Votes.xml and so on."""
    with opening.opened(path) as archive:
        name = (source or stackexchange.source_of(path)).strip().lower()
        _bring(
            lambda advance: stackexchange.run(archive, name, advance), stackexchange.work(archive), dry_run
        )


@bring.command("polis")
@PATH
@DRY
@click.option("--source", help="A name for the conversation, where that of the folder will not do.")
def bring_polis(path: Path, dry_run: bool, source: str | None) -> None:
    """A Polis export: a folder or zip with comments.csv and votes.csv."""
    with opening.opened(path) as archive:
        name = (source or path.name.removesuffix(".zip")).strip()[:100]
        _bring(lambda advance: polis.run(archive, name, advance), polis.work(archive), dry_run, polis.summary)


@bring.command("table")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--preset", "name", type=click.Choice([*choosing.PRESETS, "portal"]), required=True, help="Whose tables."
)
@click.option("--source", default="", help="A name for where it comes from; two of one kind need two names.")
@click.option("--board", default="", help="One board for all ideas, made if it is not there.")
@click.option(
    "--map", "words", multiple=True, help="COLUMN=FIELD, COLUMN= to leave it out, status:WORD=STATUS."
)
@click.option(
    "--dates",
    type=click.Choice(list(DATES)),
    default=None,
    help="How dates are written, if not as 2026-01-31.",
)
@click.option("--currency", default="EUR", help="Of the revenue of companies.")
@DRY
def bring_table(
    paths: tuple[Path, ...], name: str, source: str, board: str, words: tuple[str, ...], dates: str | None,
    currency: str, dry_run: bool,
) -> None:  # fmt: skip
    """Tables of another tool: CSV, workbooks or JSON, told apart by what is in them."""
    if name == "portal":
        restoring = Restoring(paths[0])
        _bring(restoring.run, restoring.work, dry_run)
        return
    columns, statuses = said(words)
    wishes = Wishes(source.strip()[:100], board, columns, statuses, dates or "", currency.upper())
    bringing = Bringing(tables_in(paths), choosing.preset(name), wishes)
    _bring(bringing.run, bringing.work, dry_run)


def _bring(
    run: Callable[[Callable[[int], object]], Report], work: int, dry_run: bool, *more: Callable[[str], str]
) -> None:
    """Run an import in one transaction, with a bar, and tell what came of it; `more` adds lines of its own."""
    copy = current_app.extensions["settings"].folder / f"dry-run-{os.getpid()}.sqlite"
    with on_a_copy(copy) if dry_run else nullcontext():
        with click.progressbar(length=work, label="Reading", update_min_steps=max(work // 200, 1)) as bar:
            report = run(bar.update)
        lines = [*report.lines(), *(line(report.source) for line in more)]
    if dry_run:
        click.echo("This was a dry run: nothing was written.")
    else:
        db.session.commit()
        path = report.save(current_app.extensions["settings"].folder, f"{clock.now():%Y%m%d-%H%M%S}")
        click.echo(f"Every row that was left out is named in {path}")
    for line in lines:
        click.echo(line)


@transfer.group()
def export() -> None:
    """Take data out."""


DAY = click.DateTime(["%Y-%m-%d"])


def _only(name: str, says: str) -> Callable[[Any], Any]:
    return click.option(name, default="", help=f"Only ideas {says}.")


def _on(name: str, says: str) -> Callable[[Any], Any]:
    return click.option(name, type=DAY, help=f"Only ideas {says}.")


@export.command("ideas")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="What kind of file.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--board", default="", help="Only this board, by name or number.")
@click.option("--status", multiple=True, help="Only this status; may be given several times.")
@click.option("--top", type=click.IntRange(1), help="Only so many of the most wanted.")
@_on("--since", "proposed on this day or later")
@_on("--until", "proposed on this day or before")
@_only("--label", "with this label")
@_only("--owner", "that this member of staff looks after, by mail address")
@_only("--text", "that hold these words")
@_only("--segment", "wanted by companies of this segment, and only their votes")
@_only("--tier", "wanted by companies of this tier, and only their votes")
@_only("--company", "wanted by this company, by name or number, and only its votes")
@_on("--voted-since", "with votes of this day or later, and only these votes")
@_on("--voted-until", "with votes of this day or before, and only these votes")
@click.option("--order", type=click.Choice(list(ORDERS)), default="top", help="In which order.")
@click.option("--rows", type=click.Choice(ROWS), help="One row for each of these; one file.")
@click.option("--columns", default="", help="Names of columns with commas between them, in this order.")
@click.option("--without-personal", is_flag=True, help="Leave out columns that say who somebody is.")
@click.option("--complete", is_flag=True, help="Everything, as JSON, to be imported with --preset portal.")
@click.option("--saved", default="", help="A saved export, by name or number; says all but the file.")
def export_ideas(output: Path, saved: str, complete: bool, **said: Any) -> None:
    """Ideas with people, accounts and revenue at stake, and one row per vote.

    Without --rows, --columns, --without-personal and the filters that came with them, it writes what everybody sees
    on public boards; with them, or with --saved, also what stands on boards that are not public.
    """
    narrowed = bool(saved or taking.given(**said))
    if complete or (said["kind"] == "json" and not narrowed):
        return _export_everything(output.absolute(), said["kind"], narrowed=narrowed or not complete)
    what, viewer = taking.saved(saved, **said) if saved else taking.said(**said)
    written = exporting.taken(what, viewer=viewer, by=None, path=output.absolute())
    db.session.commit()
    beside = f" and {exporting.votes_beside(output)}" if what.format == "csv" and what.rows == BOTH else ""
    for name in what.missing():
        click.echo(f"The column {name} is no longer there and was left out.", err=True)
    rows = "" if what.rows in {BOTH, "ideas"} else f", {written.rows:,} rows,"
    click.echo(f"{written.ideas:,} ideas{rows} are in {output}{beside}")
    return None


def _export_everything(path: Path, kind: str | None, *, narrowed: bool) -> None:
    if kind != "json" or narrowed:
        raise click.UsageError(
            "Everything goes out as JSON: --format json --complete, without other choices. Rows: add --rows."
        )
    with click.progressbar(length=writing.work(), label="Writing") as bar:
        counts = writing.write(path, bar.update)
    db.session.commit()
    click.echo(
        f"{counts['idea']:,} ideas and everything about them are in {path}: {sum(counts.values()):,} rows"
    )
