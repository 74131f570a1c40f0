"""`flask notices`: tell people at once what waits to be told; also what the worker does each minute."""

from collections.abc import Callable

import click

from portal.activity.reading import never
from portal.cli import Commands
from portal.database import db
from portal.notifications import telling

notices = Commands("notices", help="What people are told about ideas.")


@notices.command("deliver")
def deliver() -> None:
    """Tell everybody who still waits to be told, here and now, without the worker."""
    click.echo(f"{tell_waiting()} people told.")


def tell_waiting(stopping: Callable[[], bool] = never) -> int:
    """Tell in batches, each a transaction of its own, until nothing waits; returns how many people were told."""
    told = 0
    db.session.rollback()
    while not stopping():
        batch = telling.tell()
        db.session.commit()
        if batch is None:
            break
        told += batch
    return told
