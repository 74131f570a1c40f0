"""What the health page shows."""

import platform
from dataclasses import dataclass
from importlib.metadata import version

import sqlalchemy as sa

from portal.activity.models import Entry
from portal.cli import newest_revision
from portal.database import db

PARTS = ("Flask", "SQLAlchemy", "Flask-Security", "granian", "huey", "Whoosh")


@dataclass(frozen=True)
class Store:
    """The database: what it is, how large, and whether its schema is the one of this program."""

    product: str
    megabytes: int
    entries: int
    revision: str
    is_newest: bool


def store() -> Store:
    """Look at the database. The number of entries is the highest one given out."""
    revision = db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) or ""
    return Store(
        product=_product(),
        megabytes=round((db.session.scalar(sa.text(_size())) or 0) / 1_000_000),
        entries=db.session.scalar(sa.select(sa.func.max(Entry.id))) or 0,
        revision=revision,
        is_newest=revision == newest_revision(),
    )


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _product() -> str:
    asked = "SELECT sqlite_version()" if _is_sqlite() else "SHOW server_version"
    return f"{'SQLite' if _is_sqlite() else 'PostgreSQL'} {db.session.scalar(sa.text(asked))}"


def _size() -> str:
    if _is_sqlite():
        return "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return "SELECT pg_database_size(current_database())"


def versions() -> list[tuple[str, str]]:
    """What the portal runs on."""
    return [("Python", platform.python_version()), *((part, version(part)) for part in PARTS)]
