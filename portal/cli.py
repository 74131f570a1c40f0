"""The shape of every command: it needs a ready database, and a refusal is one line, not a traceback."""

from functools import cache
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask.cli import AppGroup, ScriptInfo

from portal.database import db, reading_only
from portal.errors import Refusal

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
UNREADY = "The database is not ready. Run: flask --app wsgi db upgrade"


@cache
def newest_revision() -> str | None:
    """The revision that this version of the program needs."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def is_ready() -> bool:
    """Whether the database has the newest schema."""
    try:
        with reading_only(), db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == newest_revision()
    except sa.exc.DBAPIError:
        return False


class Commands(AppGroup):
    """A group of commands of one slice."""

    def invoke(self, ctx: click.Context) -> Any:
        with ctx.ensure_object(ScriptInfo).load_app().app_context():
            ready = is_ready()
        if not ready:
            raise click.ClickException(UNREADY)
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except (OSError, sa.exc.OperationalError) as failure:
            reason = getattr(failure, "orig", None) or failure
            raise click.ClickException(
                f"It could not be finished: {reason}. Mend that and run it again."
            ) from failure
