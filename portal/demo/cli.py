"""`flask demo`: a community to try the portal with."""

from collections.abc import Iterator

import click

from portal.activity import reading
from portal.cli import Commands
from portal.database import db
from portal.demo import seeding
from portal.demo.retelling import Step

demo = Commands("demo", help="A community to try the portal with.")


@demo.command("seed")
def seed() -> None:
    """Fill an empty database with the demo community and print how to sign in."""
    fill()


def fill() -> None:
    """The same, for the very first start."""

    def shown(steps: list[Step]) -> Iterator[Step]:
        with click.progressbar(steps, label="A year of the demo community") as bar:
            yield from bar

    doors = seeding.seed(shown)
    db.session.commit()
    reading.catch_up_all()
    click.echo("\nSign in as (these passwords are shown once):\n")
    for door in doors:
        click.echo(f"  {door.role.replace('_', ' '):16} {door.email:32} {door.password}")
