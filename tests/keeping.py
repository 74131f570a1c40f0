"""The database and the files of a test as they shall be: empty, or as they were kept once."""

import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from portal.database import db
from portal.settings import Settings

# Functions, because PostgreSQL remembers how their statements are done: a loop that puts a hundred together anew took ten
# milliseconds before each test. A TRUNCATE makes new files for each table and index, a fifth of a second for all: only
# what was large is worth it.
MAKE_EMPTY = """
DO $$
DECLARE steps text;
BEGIN
    SELECT string_agg(format(
        'IF pg_relation_size(%L) > 1000000 THEN TRUNCATE public.%I CASCADE;
         ELSIF EXISTS (SELECT FROM public.%I) THEN DELETE FROM public.%I; END IF;', 'public.' || quote_ident(relname),
        relname, relname, relname), ' ')
    INTO steps FROM pg_class
    WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace) AND relname <> 'alembic_version';
    CREATE SCHEMA IF NOT EXISTS tests;
    EXECUTE format('CREATE OR REPLACE FUNCTION tests.empty() RETURNS void LANGUAGE plpgsql AS %L', '#variable_conflict use_column
        BEGIN ' || steps || '
        PERFORM setval(CAST(format(''%I.%I'', schemaname, sequencename) AS regclass), 1, false)
        FROM pg_sequences WHERE schemaname = ''public'' AND last_value IS NOT NULL; END');
END $$
"""
EMPTY = "SELECT tests.empty()"

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

# Writing all rows anew took twenty milliseconds, five times what it takes to see that they are still those that were
# written the last time: of this transaction, and as many. What nobody wrote to since is left as it is.
MAKE_BRINGING_BACK = """
DO $$
DECLARE steps text; name text; columns text; rows int;
BEGIN
    CREATE TABLE kept.marks (name text PRIMARY KEY, written xid);
    steps := 'IF EXISTS (SELECT FROM pg_class WHERE relkind = ''r'' AND relnamespace = CAST(''public'' AS regnamespace)
                         AND pg_relation_size(oid) > 1000000) THEN PERFORM tests.empty(); END IF;';
    FOR name, columns IN
        SELECT relname, string_agg(quote_ident(attname), ', ') FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace) AND relname <> 'alembic_version'
        GROUP BY relname
    LOOP
        IF to_regclass(format('kept.%I', name)) IS NULL THEN
            steps := steps || format(' IF EXISTS (SELECT FROM public.%I) THEN DELETE FROM public.%I; END IF;', name, name);
            CONTINUE;
        END IF;
        EXECUTE format('SELECT count(*) FROM kept.%I', name) INTO rows;
        INSERT INTO kept.marks VALUES (name);
        steps := steps || format('
            IF (SELECT count(*) FILTER (WHERE xmin = (SELECT written FROM kept.marks WHERE marks.name = %L)) <> %s
                OR count(*) <> %s FROM public.%I) THEN
                DELETE FROM public.%I;
                INSERT INTO public.%I (%s) SELECT %s FROM kept.%I;
                UPDATE kept.marks SET written = CAST(pg_current_xact_id() AS xid) WHERE marks.name = %L;
            END IF;', name, rows, rows, name, name, name, columns, columns, name, name);
    END LOOP;
    EXECUTE format('CREATE OR REPLACE FUNCTION tests.bring_back() RETURNS void LANGUAGE plpgsql AS %L', '#variable_conflict use_column
        BEGIN ' || steps || '
        PERFORM setval(CAST(format(''public.%I'', now.sequencename) AS regclass), coalesce(counts.last_value, 1),
                       counts.last_value IS NOT NULL)
        FROM pg_sequences now LEFT JOIN kept.counts USING (sequencename)
        WHERE now.schemaname = ''public'' AND now.last_value IS DISTINCT FROM counts.last_value; END');
END $$
"""
BRING_BACK = "SELECT tests.bring_back()"


def keep_schema(settings: Settings) -> None:
    """What the migrations made is what `empty` goes back to. (PostgreSQL empties its tables one by one.)"""
    if path := _file(settings):
        shutil.copy(path, path.with_suffix(".empty"))
    else:
        _do(MAKE_EMPTY)


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
        _do(KEEP, MAKE_BRINGING_BACK)


def bring_back(settings: Settings) -> None:
    """The rows and files that `keep` remembered, and no others."""
    _sweep(settings)
    shutil.copytree(_kept(settings), settings.folder, dirs_exist_ok=True)
    if path := _file(settings):
        _put(path.with_suffix(".kept"), path)
    else:
        _do(BRING_BACK)


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
    with _keeper(db.engine.url).begin() as connection:
        for block in blocks:
            connection.execute(sa.text(block))


@cache
def _keeper(url: sa.URL) -> sa.Engine:
    """A connection of its own. The append-only trigger also guards against DELETE and TRUNCATE; only here they are let
    through, for good: whoever changes that forgets how the functions are done."""
    engine = sa.create_engine(url, pool_size=1, pool_pre_ping=True)
    event.listen(engine, "connect", lambda connection, _: _let_through(connection))
    return engine


def _let_through(connection: Any) -> None:
    connection.execute("SET session_replication_role = replica")
    connection.commit()
