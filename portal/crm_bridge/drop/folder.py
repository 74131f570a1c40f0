"""The folder of the drop: a file grows under a hidden name, and appears whole, with a manifest, when the push ends."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from portal.crm_bridge.gateway import CrmError
from portal.tables import write_csv

Line = dict[str, Any]
TAKEN = "taken"
HEAD = ("op", "id", "parent", "seq")


@contextmanager
def telling() -> Iterator[None]:
    """What the disk complains of is said as the CRM's own words."""
    try:
        yield
    except OSError as error:
        raise CrmError(f"The folder: {error.strerror or error}", permanent=False) from error


def replace_whole(path: Path, data: bytes) -> None:
    """Put a file in its place so that nobody ever sees half of it."""
    draft = path.with_name(f".{path.name}.draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def lines_of(path: Path) -> Iterator[Line]:
    """The whole lines of a file; one that a kill broke off is none."""
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line)


class Folder:
    """Writes files. `csv` also writes a table for each kind when a push ends."""

    def __init__(self, path: Path, csv: bool, now: Callable[[], datetime]) -> None:
        self.path, self.csv, self.now = path, csv, now
        self.part: Path | None = None

    def files(self) -> list[Path]:
        """All files of lines, the oldest first: those that were taken, those that wait, and what is being written."""
        found = [each for each in self.path.glob("*.jsonl") if not each.name.startswith(".")]
        found += self.path.glob(f"{TAKEN}/*.jsonl")
        found += self.path.glob(".*.jsonl.part")
        return sorted(found, key=lambda each: name_of(each))

    def append(self, lines: Sequence[Line]) -> None:
        """Write lines at the end of the file of this push; when it returns they are on the disk."""
        if not lines:
            return
        if self.part is None:
            self._sweep()
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.finish()
            self.part = self.path / f".push-{self.now():%Y%m%dT%H%M%S%fZ}.jsonl.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(self.part, flags, 0o600), "ab") as file:
            file.writelines(map(encoded, lines))
            file.flush()
            os.fsync(file.fileno())

    def _sweep(self) -> None:
        """Remove what a process that was killed had begun to write: it may hold somebody who is taken out later."""
        for draft in (*self.path.glob(".*.draft"), *self.path.glob(f"{TAKEN}/.*.draft")):
            draft.unlink()

    def finish(self) -> None:
        """Let what was written appear, also what a push that was killed left behind."""
        for part in sorted(self.path.glob(".*.jsonl.part")):
            _cut_what_is_broken_off(part)
            os.replace(part, self.path / f"{name_of(part)}.jsonl")
        for path in (*sorted(self.path.glob("*.jsonl")), *sorted(self.path.glob(f"{TAKEN}/*.jsonl"))):
            if not path.with_name(f"{name_of(path)}.manifest.json").exists():
                self._complete(path)
        self.part = None

    def take_out(self, path: Path, goes: Callable[[Line], bool]) -> bool:
        """Write a file anew without some lines; returns whether there were any."""
        self._sweep()
        draft, kept, gone = path.with_name(f".{path.name}.draft"), 0, 0
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for line in lines_of(path):
                if goes(line):
                    gone += 1
                else:
                    kept += 1
                    file.write(encoded(line))
            file.flush()
            os.fsync(file.fileno())
        if not gone:
            draft.unlink()
            return False
        # What stands beside it goes first: of whoever dies in between, nothing stays in a table.
        self._bare(path)
        os.replace(draft, path)
        if path != self.part:
            self._complete(path) if kept else path.unlink()
        return True

    def _bare(self, path: Path) -> None:
        for each in path.parent.glob(f"{name_of(path)}-*.csv"):
            each.unlink()
        path.with_name(f"{name_of(path)}.manifest.json").unlink(missing_ok=True)

    def _complete(self, path: Path) -> None:
        """What goes with a file; the manifest comes last."""
        columns: dict[str, set[str]] = {}
        count = 0
        for line in lines_of(path):
            count += 1
            columns.setdefault(line["kind"], set()).update(line.get("fields", ()))
        made = [path]
        if self.csv:
            made += [_table(path, kind, sorted(fields)) for kind, fields in sorted(columns.items())]
        manifest = {
            "name": name_of(path),
            "made_at": f"{self.now():%Y-%m-%dT%H:%M:%SZ}",
            "lines": count,
            "files": [_described(each) for each in made],
        }
        text = json.dumps(manifest, indent=2)
        replace_whole(path.with_name(f"{name_of(path)}.manifest.json"), text.encode())


def encoded(line: Line) -> bytes:
    """A line as it stands in a file."""
    return f"{json.dumps(line, ensure_ascii=False, sort_keys=True)}\n".encode()


def _cut_what_is_broken_off(path: Path) -> None:
    with path.open("rb+") as file:
        whole = sum(len(line) for line in file if line.endswith(b"\n"))
        file.truncate(whole)


def _table(path: Path, kind: str, columns: Sequence[str]) -> Path:
    """The lines of one kind as a table beside the file."""
    table = path.with_name(f"{name_of(path)}-{kind}.csv")
    draft = table.with_name(f".{table.name}.draft")
    rows = (
        [*(each.get(head) for head in HEAD), *(each.get("fields", {}).get(name) for name in columns)]
        for each in lines_of(path)
        if each["kind"] == kind
    )
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="", encoding="utf-8"
    ) as file:
        write_csv(file, (*HEAD, *columns), rows)
    os.replace(draft, table)
    return table


def name_of(path: Path) -> str:
    """The name of a push, whatever its file is called now."""
    return path.name.removeprefix(".").removesuffix(".part").removesuffix(".jsonl")


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {
            "name": path.name,
            "bytes": path.stat().st_size,
            "sha256": file_digest(file, "sha256").hexdigest(),
        }
