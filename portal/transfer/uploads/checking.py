"""What the worker does with an upload: it takes everything, and for a check it puts all back and keeps what it saw."""

import json
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from portal.accounts.models import Person
from portal.database import db
from portal.errors import Refusal
from portal.transfer import choosing
from portal.transfer.reporting import Report
from portal.transfer.tables.bringing import Bringing
from portal.transfer.tables.describing import Table
from portal.transfer.tables.mapping import FIELDS, Preset, Wishes, meanings
from portal.transfer.tables.opening import tables_in
from portal.transfer.uploads import queries
from portal.transfer.uploads.models import Upload

FIRST = 20
"""How many rows the page shows as they would be taken."""
LONGEST = 60
SECONDS = 0.5
"""How often the progress is written down."""


class Stopped(Exception):
    """The worker shall end; what it had in hand is done again by the next one."""


class Attempt:
    """One pass over the files of an upload, in the open transaction. `found` grows as far as it comes.

    All that it has to know of the upload it reads at once: a check does not look into the database of others.
    """

    def __init__(self, upload: Upload, instance: Path, stopping: Callable[[], bool]) -> None:
        self.folder = queries.folder_of(instance, upload)
        self._paths = queries.paths_of(instance, upload)
        self._said, self._by_id = dict(upload.wishes), upload.by_id
        self._stopping = stopping
        self._done, self._total, self._told = 0, 0, 0.0
        self.found: dict[str, Any] = {"tables": []}
        self.report: Report | None = None

    def run(self) -> Report:
        """Take every row that can be taken. Raises a Refusal with what is wrong with the files, or Stopped."""
        tables = tables_in(self._paths)
        wishes = _wishes(self._said)
        self.found["tables"] = [_described(each, None, wishes) for each in tables]
        name = self._said.get("preset") or choosing.recognised(tables, wishes)
        preset = choosing.preset(name)
        self.found["preset"] = name
        self.found["tables"] = [_described(each, preset, wishes) for each in tables]
        bringing = Bringing(tables, preset, wishes)
        self._total = bringing.work
        self.report = bringing.run(self._advance, by=db.session.get(Person, self._by_id))
        self.found |= summary(self.report) | {
            "source": bringing.source,
            "rows": _first_rows(bringing, self.report),
        }
        self.found["unknown"] = sorted(bringing.places.unknown)[:40]
        return self.report

    def _advance(self, size: int) -> None:
        self._done += size
        now = time.monotonic()
        if now - self._told > SECONDS:
            self._told = now
            if self._stopping():
                raise Stopped
            note_progress(self.folder, self._done, self._total)

    def keep_rows(self) -> None:
        """Write down which rows were left out, to be downloaded."""
        if self.report is not None:
            path = self.folder / "rows.json"
            path.write_text(json.dumps(self.report.rows, ensure_ascii=False), encoding="utf-8")


def note_progress(folder: Path, done: int, total: int) -> None:
    """Where others see it: the transaction in hand shows nothing before its end."""
    path = folder / "progress"
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps([done, total]))
    draft.replace(path)


def summary(report: Report) -> dict[str, Any]:
    """The counts of a report, as the page shows them."""
    counts = {name: dict(+getattr(report, name)) for name in ("read", "taken", "changed", "known")}
    refused = [[what, count] for what, count in report.refused.most_common(20)]
    return counts | {"refused": refused, "left_out": report.refused.total(), "says": report.says}


def _wishes(said: dict[str, Any]) -> Wishes:
    return Wishes(
        source=said.get("source", ""),
        board=said.get("board", ""),
        columns=said.get("columns", {}),
        statuses=said.get("statuses", {}),
        dates=said.get("dates", ""),
        currency=said.get("currency") or "EUR",
    )


def _described(table: Table, preset: Preset | None, wishes: Wishes) -> dict[str, Any]:
    """A table with its columns: plain name, title, and what it means."""
    meant, kinds = dict(wishes.columns), []
    if preset is not None:
        try:
            layout = preset.layout_of(table.name, table.columns, wishes.columns)
            meant, kinds = meanings(layout, wishes, table.columns), list(layout.kinds)
        except Refusal:
            kinds = []
    columns = [
        [plain, title[:LONGEST], meant.get(plain, "")] for plain, title in table.titles.items() if plain
    ]
    return {"name": table.name, "kinds": kinds, "columns": columns[:100]}


def _first_rows(bringing: Bringing, report: Report) -> dict[str, Any]:
    """The first rows of the first table of ideas (or of another), with what is wrong with each."""
    several = sorted(bringing.layouts, key=lambda each: "ideas" not in each[1].kinds)
    table, layout = several[0]
    if not layout.kinds:
        return {"table": table.name, "fields": [], "rows": []}
    meant = meanings(layout, bringing.wishes, table.columns)
    fields = [name for name in FIELDS if name in meant.values()][:8]
    wrong: dict[str, str] = {}
    for file, where, why in report.rows:
        if file == table.name:
            wrong.setdefault(where, why)
    rows = []
    for where, read in islice(bringing.rows(table, layout, layout.kinds[0], lambda _bytes: None), FIRST):
        rows.append([where, [_short(read.raw(name)) for name in fields], wrong.get(where, "")])
    return {"table": table.name, "fields": fields, "rows": rows}


def _short(value: Any) -> str:
    text = " ".join(str("" if value is None else value).replace("\0", "").split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
