"""`flask accounts`: erase somebody who asked for it by letter."""

from collections.abc import Callable, Mapping

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from portal.accounts import erasing, mailing, queries
from portal.accounts.burying import buried
from portal.accounts.models import Person
from portal.database import db
from portal.errors import NotFound, Refusal

accounts = AppGroup("accounts", help="Accounts of people.")


@accounts.command("erase")
@click.argument("who", metavar="MAIL")
@click.option("--reason", required=True, help="Why, without the name; it is kept.")
@click.option("--texts", is_flag=True, help="Remove what they wrote, too.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and do nothing.")
def erase(who: str, reason: str, texts: bool, dry_run: bool) -> None:
    """Erase the person with this mail address (or number): their name goes, what they did stays counted."""
    try:
        rows = erasing.erase(_find(who.strip().lower()), by=None, reason=reason, texts=texts)
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
    if dry_run:
        db.session.rollback()
        mailing.forget()
    else:
        db.session.commit()
        _tell(mailing.deliver())
        db.session.commit()
    click.echo(_in_words(rows, dry_run))


def _find(who: str) -> Person:
    """Raises NotFound, with another sentence for an address that was erased."""
    if who.isdecimal() and len(who) < 19:
        person = db.session.scalar(sa.select(Person).where(Person.id == int(who)))
    else:
        person = queries.by_mail(who)
    if person is None:
        gone = " Somebody with it was erased before." if buried([who]) else ""
        raise NotFound(f"Nobody here has the address or number {who}.{gone}")
    return person


def _tell(delivered: bool) -> None:
    if not delivered:
        click.echo(
            "The last mail could not be sent; the worker tries again for three days, then the address goes.",
            err=True,
        )


def deliver_left(stopping: Callable[[], bool]) -> None:
    """What the worker does each minute: last mails that are still here are sent. Commits."""
    for _ in mailing.deliver_left():
        db.session.commit()
        if stopping():
            return


def _in_words(rows: Mapping[str, int] | None, dry_run: bool) -> str:
    if rows is None:
        return "This person was erased before."
    counts = ", ".join(f"{count} {word}" for word, count in sorted(rows.items()) if count) or "nothing else"
    return f"Would erase: {counts}. Nothing was changed." if dry_run else f"Erased: {counts}."
