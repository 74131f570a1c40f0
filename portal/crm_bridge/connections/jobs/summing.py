"""What a job found, as its page keeps it: counts, and some lines of each sort with records by their ids alone.

What stands in a field is never kept here: whoever is erased, or withdraws, leaves nothing behind in it.
"""

from collections import Counter
from typing import Any

from portal.crm_bridge.comparing import Change, Subject, Verb, Waiting
from portal.crm_bridge.drifting import Compared
from portal.crm_bridge.planning import Sheet

LINES = 100
"""How many lines of each sort are kept."""


class Lines:
    """Lines as (sort, entity, id, idea or 0, words)."""

    def __init__(self) -> None:
        self.kept: list[list[Any]] = []
        self._of_sort: Counter[str] = Counter()

    def add(self, sort: str, subject: Subject, words: str) -> None:
        """Keep this line, unless there are enough of its sort."""
        self._of_sort[sort] += 1
        if self._of_sort[sort] <= LINES:
            entity = "person" if subject.entity == "vote" else str(subject.entity)
            self.kept.append([sort, entity, subject.entity_id, subject.idea_id, words])


class PlanSum:
    """What a plan comes to."""

    def __init__(self) -> None:
        self.verbs: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.equal = 0
        self.lines = Lines()

    def add(self, sheet: Sheet) -> None:
        """Count one sheet."""
        self.equal += sheet.equal
        for change in sheet.changes:
            if change.verb is Verb.SETTLE:
                self.equal += 1
            else:
                self.verbs[change.verb] += 1
                self.lines.add(change.verb, change.subject, _what(change))
        for subject, reason in sheet.skipped:
            # What the CRM said stands on the page of the record, and goes with it.
            plain = str(Waiting.QUARANTINED) if reason.startswith(Waiting.QUARANTINED) else str(reason)
            self.skipped[plain] += 1
            self.lines.add(f"skip: {plain}", subject, "")

    def found(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "verbs": {str(each): self.verbs[each] for each in Verb if each is not Verb.SETTLE},
            "equal": self.equal,
            "skipped": dict(self.skipped.most_common()),
            "lines": self.lines.kept,
        }


def _what(change: Change) -> str:
    return change.reason if change.verb is Verb.ERASE else ", ".join(change.diff)


class DriftSum:
    """What a comparison with the CRM comes to."""

    def __init__(self) -> None:
        self.records, self.drifted = 0, 0
        self.fields: Counter[str] = Counter()
        self.lines = Lines()

    def add(self, compared: Compared) -> None:
        """Count one part."""
        self.records += compared.records
        for each in compared.drifts:
            self.drifted += 1
            self.fields.update(list(each.fields) or [each.what])
            self.lines.add(each.what, each.subject, ", ".join(each.fields))

    def found(self) -> dict[str, Any]:
        """As it is kept."""
        fields = dict(self.fields.most_common(60))
        return {
            "records": self.records,
            "drifted": self.drifted,
            "fields": fields,
            "lines": self.lines.kept,
        }
