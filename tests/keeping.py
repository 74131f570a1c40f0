"""The database and the files of a test as they shall be: empty, or as they were kept once."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from portal.database import db
from portal.settings import Settings

# A TRUNCATE makes new files for each table and index, a fifth of a second for all: only what was large is worth it.
EMPTY = """
DO $$
DECLARE name regclass; filled boolean;
BEGIN
    FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace)
                AND relname <> 'alembic_version'
    LOOP
        IF pg_relation_size(name) > 1000000 THEN
            EXECUTE format('TRUNCATE %s CASCADE', name);
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
            IF filled THEN EXECUTE format('DELETE FROM %s', name); END IF;
        END IF;
    END LOOP;
    PERFORM setval(CAST(format('%I.%I', schemaname, sequencename) AS regclass), 1, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""

KEEP = """
DO $$
DECLARE name text; filled boolean;
BEGIN
    DROP SCHEMA IF EXISTS kept CASCADE;
    CREATE SCHEMA kept;
    CREATE TABLE kept.counts AS SELECT sequencename, last_value FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL;
    FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace)
                AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', name, name); END IF;
    END LOOP;
END $$
"""

BRING_BACK = """
DO $$
DECLARE name text; columns text;
BEGIN
    FOR name, columns IN
        SELECT kept.relname, string_agg(quote_ident(attname), ', ')
        FROM pg_class kept
        JOIN pg_class ours ON ours.relname = kept.relname AND ours.relnamespace = CAST('public' AS regnamespace)
        JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        WHERE kept.relkind = 'r' AND kept.relnamespace = CAST('kept' AS regnamespace)
        GROUP BY kept.relname
    LOOP
        EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM kept.%I', name, columns, columns, name);
    END LOOP;
    PERFORM setval(CAST(format('public.%I', sequencename) AS regclass), last_value) FROM kept.counts;
END $$
"""


def keep_schema(settings: Settings) -> None:
    """What the migrations made is what `empty` goes back to. (PostgreSQL empties its tables one by one.)"""
    if path := _file(settings):
        shutil.copy(path, path.with_suffix(".empty"))


def empty(settings: Settings) -> None:
    """No row anywhere, every number from one again; no mail, picture, upload or index."""
    _sweep(settings)
    if path := _file(settings):
        _put(path.with_suffix(".empty"), path)
    else:
        _do(EMPTY)


def keep(settings: Settings) -> None:
    """Remember every row and every file that is there now."""
    _kept(settings).mkdir()
    for place in _places(settings):
        shutil.copytree(place, _kept(settings) / place.name)
    if path := _file(settings):
        with (
            closing(sqlite3.connect(path)) as ours,
            closing(sqlite3.connect(path.with_suffix(".kept"))) as kept,
        ):
            ours.backup(kept)
    else:
        _do(KEEP)


def bring_back(settings: Settings) -> None:
    """The rows and files that `keep` remembered, and no others."""
    _sweep(settings)
    shutil.copytree(_kept(settings), settings.folder, dirs_exist_ok=True)
    if path := _file(settings):
        _put(path.with_suffix(".kept"), path)
    else:
        _do(EMPTY, BRING_BACK)


def _places(settings: Settings) -> list[Path]:
    """The folders of files; what lies beside them is the process's own."""
    return [each for each in settings.folder.iterdir() if each.is_dir()]


def _kept(settings: Settings) -> Path:
    return settings.folder.with_name(f"{settings.folder.name}.kept")


def _sweep(settings: Settings) -> None:
    for place in _places(settings):
        shutil.rmtree(place, ignore_errors=True)


def _file(settings: Settings) -> Path | None:
    kind, _, path = settings.database_url.partition(":///")
    return Path(path) if kind == "sqlite" else None


def _put(kept: Path, path: Path) -> None:
    db.engine.dispose()
    # A new file each time: a connection that somebody still holds to the old one writes into nothing.
    for tail in ("", "-wal", "-shm"):
        Path(f"{path}{tail}").unlink(missing_ok=True)
    shutil.copy(kept, path)


def _do(*blocks: str) -> None:
    with db.engine.begin() as connection:
        # The append-only trigger also guards against DELETE and TRUNCATE; only this session is let through.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for block in blocks:
            connection.execute(sa.text(block))
