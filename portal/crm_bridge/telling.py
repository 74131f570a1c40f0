"""Telling people at a terminal what the plan is, what a push did, and what has drifted."""

from collections import Counter
from collections.abc import Iterator, Mapping

from portal.crm_bridge.comparing import Change, Subject, Verb
from portal.crm_bridge.drifting import Drift
from portal.crm_bridge.gateway import Value
from portal.crm_bridge.planning import Sheet

WRITTEN = ("created", "adopted", "updated", "erased", "added to histories")
DONE = (*WRITTEN, "equal", "skipped", "not sent")
FAILED = ("quarantined", "to be tried again")


class Tally:
    """Counts over the sheets of a plan."""

    def __init__(self) -> None:
        self.verbs: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.equal = 0

    def add(self, sheet: Sheet) -> None:
        """Count one sheet."""
        self.verbs.update(str(change.verb) for change in sheet.changes)
        self.equal += sum(change.verb is Verb.SETTLE for change in sheet.changes)
        self.reasons.update(reason for _, reason in sheet.skipped)
        self.equal += sheet.equal

    def lines(self, untold: int = 0) -> Iterator[str]:
        """The totals in words; `untold` interactions wait to be added to histories."""
        verbs = ", ".join(f"{self.verbs[each]:,} to {each}" for each in Verb if each is not Verb.SETTLE)
        yield f"In all: {verbs}; {self.equal:,} equal; {self.reasons.total():,} skipped."
        for reason, number in sorted(self.reasons.items()):
            yield f"  skipped, {reason}: {number:,}"
        if untold:
            yield f"{untold:,} interactions to add to histories, of those who agree then."


def plan_lines(sheet: Sheet) -> Iterator[str]:
    """One line for each change and for each record that is left out."""
    for change in sheet.changes:
        if change.verb is Verb.SETTLE:
            continue
        yield f"{change.verb:<7} {change.kind.name:<8} {change.subject}{_what(change)}"
    for subject, reason in sheet.skipped:
        yield f"skip    {kind_of(subject):<8} {subject}: {reason}"


def kind_of(subject: Subject) -> str:
    """What the CRM calls such a record."""
    return {"person": "contact", "company": "account"}.get(subject.entity, "vote")


def _what(change: Change) -> str:
    if change.verb is Verb.ERASE:
        return f": {change.reason}"
    if change.verb is Verb.ADOPT:
        return f": is there as {change.remote_id}"
    return f": {_fields(change.diff)}" if change.diff else ""


def _fields(fields: dict[str, tuple[Value, Value]]) -> str:
    return ", ".join(f"{name} {_short(old)} -> {_short(new)}" for name, (old, new) in fields.items())


def _short(value: Value) -> str:
    text = "nothing" if value is None else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def push_lines(counts: Counter[str]) -> Iterator[str]:
    """What a push did."""
    words = [f"{counts[each]:,} {each}" for each in DONE if counts[each] or each in ("created", "updated")]
    yield ", ".join(words) + "."
    failed = [f"{counts[each]:,} {each}" for each in FAILED if counts[each]]
    if failed:
        yield f"The CRM did not take {' and '.join(failed)}; the page /crm/ shows its words."


def written(counts: Mapping[str, int]) -> str:
    """What a push wrote, in a few words. What it only looked at is left out: a push of the worker meets a
    record once for each of its ideas, so these counts would mislead."""
    words = [f"{counts[each]:,} {each}" for each in (*WRITTEN, *FAILED) if counts.get(each)]
    return ", ".join(words) or ("nothing; every record was equal" if counts.get("equal") else "nothing")


def drift_line(drift: Drift) -> str:
    """One record that has drifted: per field what we wrote and what is there."""
    return f"{kind_of(drift.subject):<8} {drift.subject} {drift.what}" + (
        f": {_fields(drift.fields)}" if drift.fields else ""
    )
