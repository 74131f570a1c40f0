"""What an import took, and which rows it could not take and why."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

KEPT = 10_000
"""How many single rows a report names; beyond that they are only counted."""


@dataclass
class Report:
    """Counts by what happened, the rows left out: (file, row, reason), and remarks in sentences."""

    source: str
    read: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    says: list[str] = field(default_factory=list)

    def refuse(self, file: str, row: str | None, reason: str) -> None:
        """A row cannot be taken."""
        self.refused[f"{file}: {reason}"] += 1
        if len(self.rows) < KEPT:
            self.rows.append((file, (row or "without id")[:40], reason))

    def lines(self) -> list[str]:
        """The report in words, for a terminal."""
        lines = [*self.says, f"Read: {_counted(self.read)}", f"Taken: {_counted(self.taken)}"]
        if +self.changed:
            lines.append(f"Changed, as the source says now: {_counted(self.changed)}")
        if +self.known:
            lines.append(f"Here already, left as they are: {_counted(self.known)}")
        lines += [f"Left out: {count:,} × {what}" for what, count in self.refused.most_common()]
        return lines

    def save(self, folder: Path, stamp: str) -> Path:
        """Write the report as JSON into `folder`/imports; returns the path."""
        path = folder / "imports" / f"{stamp}-{self.source.replace('/', '_')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "source": self.source,
            "read": self.read,
            "taken": self.taken,
            "known": self.known,
            "changed": self.changed,
            "refused": self.refused,
            "rows": [{"file": f, "row": r, "reason": why} for f, r, why in self.rows],
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
        return path


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count) or "nothing"
