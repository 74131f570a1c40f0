"""Running an import as the command does, and comparing what the database holds."""

from pathlib import Path
from typing import Any

from portal.database import db
from portal.transfer.opening import opened
from portal.transfer.stackexchange import importing
from tests import reading_rows

DUMP = Path(__file__).parent / "data" / "dump"
SOURCE = "old.example.com"


def bring(path: Path = DUMP, source: str = SOURCE) -> Any:
    """Import and commit; returns the report."""
    with opened(path) as archive:
        report = importing.run(archive, source)
    db.session.commit()
    return report


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, so that two states can be compared."""
    with db.engine.connect() as connection:
        return {name: list(map(repr, rows)) for name, rows in reading_rows.of_all(connection)}
