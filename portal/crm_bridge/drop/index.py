"""Where in the files the newest line of each record is. It can always be made again from them."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from portal.crm_bridge.drop.folder import Folder, Line, name_of

TABLES = """
CREATE TABLE IF NOT EXISTS file (name TEXT PRIMARY KEY, size INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS line (n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL,
  parent TEXT, file TEXT NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL, UNIQUE (kind, id));
CREATE INDEX IF NOT EXISTS line_file ON line (file);
CREATE INDEX IF NOT EXISTS line_parent ON line (parent);
"""
NAME = ".index.sqlite"


class Index:
    """Follows the files of a folder; `catch_up` reads what it has not seen."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection:
            self._connection.close()
            self._connection = None

    @property
    def connection(self) -> sqlite3.Connection:
        """The database; one that is damaged is made anew."""
        if self._connection is None:
            path = self.folder.path / NAME
            try:
                self._connection = _opened(path)
            except sqlite3.DatabaseError:
                path.unlink()
                self._connection = _opened(path)
        return self._connection

    def catch_up(self) -> dict[str, Path]:
        """Read what is new in the files; returns them by name."""
        if not self.folder.path.is_dir():
            return {}
        files = {name_of(path): path for path in self.folder.files()}
        known = dict(self.connection.execute("SELECT name, size FROM file"))
        for name in known.keys() - files.keys():
            self.forget(name)
        for name, path in files.items():
            size = path.stat().st_size
            if size < known.get(name, 0):
                self.forget(name)
                known.pop(name)
            if size > known.get(name, 0):
                self._read(name, path, known.get(name, 0))
        return files

    def forget(self, name: str) -> None:
        """A file is gone or was written anew."""
        self.connection.execute("DELETE FROM line WHERE file = ?", (name,))
        self.connection.execute("DELETE FROM file WHERE name = ?", (name,))

    def _read(self, name: str, path: Path, start: int) -> None:
        with path.open("rb") as file:
            file.seek(start)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._take(json.loads(line), name, start, len(line))
                start += len(line)
        self.connection.execute("INSERT OR REPLACE INTO file VALUES (?, ?)", (name, start))

    def _take(self, line: Line, name: str, start: int, length: int) -> None:
        key = (line["kind"], line["id"])
        known = self.connection.execute("SELECT file, start FROM line WHERE kind = ? AND id = ?", key)
        # A file that is read anew is older than what came after it.
        if any((file, at) > (name, start) for file, at in known):
            return
        self.connection.execute("DELETE FROM line WHERE kind = ? AND id = ?", key)
        if line["op"] != "erase":
            values = (*key, line.get("parent"), name, start, length)
            columns = "(kind, id, parent, file, start, length)"
            self.connection.execute(f"INSERT INTO line {columns} VALUES (?, ?, ?, ?, ?, ?)", values)  # noqa: S608

    def find(self, kind: str, ids: Iterable[str]) -> dict[str, Line]:
        """The newest lines of these records, as the files say it."""
        files = self.catch_up()
        found = {}
        for each in ids if files else ():
            row = self._row("kind = ? AND id = ?", (kind, each))
            if row:
                found[each] = self._line(files, row[0])
        return found

    def children(self, parent: str) -> list[tuple[str, str]]:
        """(kind, id) of what hangs under a record."""
        rows = self.connection.execute("SELECT kind, id FROM line WHERE parent = ? ORDER BY n", (parent,))
        return [(kind, each) for kind, each in rows]

    def after(self, kind: str, n: int, limit: int) -> list[tuple[int, Line]]:
        """The lines of a kind after the n-th, in the order in which they were written."""
        files = self.catch_up()
        rows = self._row("kind = ? AND n > ? ORDER BY n LIMIT ?", (kind, n, limit)) if files else []
        return [(row[0], self._line(files, row)) for row in rows]

    def _row(self, where: str, values: Sequence[object]) -> list[tuple[int, str, int, int]]:
        select = f"SELECT n, file, start, length FROM line WHERE {where}"  # noqa: S608
        return self.connection.execute(select, values).fetchall()

    @staticmethod
    def _line(files: dict[str, Path], row: tuple[int, str, int, int]) -> Line:
        _, name, start, length = row
        with files[name].open("rb") as file:
            file.seek(start)
            line: Line = json.loads(file.read(length))
            return line


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=15, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.executescript(TABLES)
    path.chmod(0o600)
    return connection
