"""flask discussion: commands about texts."""

import click

from portal.cli import Commands
from portal.database import db
from portal.discussion import rerendering

group = Commands("discussion", help="What people wrote.")


@group.command()
@click.option("--batch", default=500, show_default=True, help="Rows in one transaction.")
def rerender(batch: int) -> None:
    """Cook all texts again that an older renderer cooked. It can be stopped and started again."""
    for model, count in rerendering.stale_counts().items():
        with click.progressbar(length=count, label=f"{model.__tablename__:16}") as bar:
            for done in rerendering.rerender(model, batch=batch):
                db.session.commit()
                bar.update(done)
    click.echo("All texts are cooked with this version of the renderer.")
