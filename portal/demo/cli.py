"""`flask demo`: a community to try the portal with; also what the very first start of a demo shows."""

import gc
from collections.abc import Iterator

import click
from flask import current_app

from portal.activity import reading
from portal.cli import Commands
from portal.crm_bridge.connecting import STORE, find
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.pulling.cli import pull
from portal.database import db
from portal.demo import attaching, retelling, seeding, selling
from portal.demo.retelling import Step
from portal.notifications.cli import tell_waiting

demo = Commands("demo", help="A community to try the portal with.")


@demo.command("seed")
def seed() -> None:
    """Fill an empty database with the demo community and print how to sign in."""
    tell()


def tell() -> None:
    """Seed, commit, let the readers catch up, and print the passwords, which stand nowhere else."""
    # Nothing of it can be thrown away before the commit, so looking for garbage only takes time (a sixth of it).
    gc.disable()
    try:
        doors = seeding.seed(_with_progress, current_app.extensions["images"])
        attaching.attach(current_app.extensions["settings"].folder)
        db.session.commit()
    finally:
        gc.enable()
    reading.catch_up_all()
    tell_waiting()
    retelling.read_notices()
    db.session.commit()
    _look_into_the_crm()
    click.echo("\nSign in as (these passwords are shown once):\n")
    for door in doors:
        click.echo(f"  {door.role.replace('_', ' '):16} {door.email:42} {door.password}")


def _look_into_the_crm() -> None:
    """Sales of the demo enter what they know, it is read as from any CRM, and ideas are worth what is known of deals."""
    settings = current_app.extensions["settings"]
    selling.sell(settings.folder / STORE)
    db.session.rollback()
    for _ in pull(find(DEFAULT), settings):
        pass
    reading.catch_up_all()


def fill() -> None:
    """The same on the very first start, where a database with anything in it is no mistake."""
    if seeding.is_empty():
        tell()


def _with_progress(steps: list[Step]) -> Iterator[Step]:
    with click.progressbar(steps, label="A year of the demo community") as bar:
        yield from bar
