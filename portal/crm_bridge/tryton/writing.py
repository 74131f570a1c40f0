"""Writing parties, votes and notes into Tryton, many in one call."""

from collections.abc import Sequence
from typing import Any

from portal.crm_bridge.gateway import Activity, CrmError, Outcome, Ref, Row, Status
from portal.crm_bridge.tryton.finding import Finder
from portal.crm_bridge.tryton.records import (
    MADE,
    MODELS,
    NOTE,
    PARTY,
    mark_of,
    marked,
    values,
)
from portal.crm_bridge.tryton.rpc import Meanwhile, halved

TRIES = 6
"""So often a row is written when others change it meanwhile. Each time one of them got through."""


class Writer:
    """Writes rows of one kind at a time."""

    def __init__(self, finder: Finder) -> None:
        self.finder, self.rpc, self.schema = finder, finder.rpc, finder.schema

    def upsert(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """Write the rows: new ones together, known ones unless somebody changes them meanwhile."""
        told = self._refused(kind, rows)
        rest = [row for row in rows if row.ref.external_id not in told]
        new = [row for row in rest if not row.ref.remote_id]
        old = [row for row in rest if row.ref.remote_id]
        made = halved(
            lambda part: self._create(kind, part), new, lambda row, error: self._adopt(kind, row, error)
        )
        written = self._write(kind, old)
        for row, outcome in zip([*new, *old], [*made, *written], strict=True):
            told[row.ref.external_id] = outcome
        return self._with_versions(kind, [told[row.ref.external_id] for row in rows])

    def _refused(self, kind: str, rows: Sequence[Row]) -> dict[str, Outcome]:
        """Rows whose party was replaced, and is not to be had."""
        why = self.finder.replaced if MODELS[kind] == PARTY else {}
        return {
            key: Outcome(Status.FAILED, message=why[key], permanent=True)
            for row in rows
            if row.ref.remote_id is None and (key := row.ref.external_id) in why
        }

    def _create(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """All of them or none: Tryton takes a call in one transaction."""
        # Without a word of addresses a party would get an empty one.
        more = {} if kind == "vote" else {MADE: True, "addresses": []}
        made = self.rpc.ask(f"{MODELS[kind]}.create", [{**self._values(kind, row), **more} for row in rows])
        return [Outcome(Status.CREATED, str(each)) for each in made]

    def _values(self, kind: str, row: Row) -> dict[str, Any]:
        sent = values(kind, row.ref.external_id, row.fields, self.schema.there(MODELS[kind]))
        if kind == "vote" and row.parent and row.parent.remote_id:
            sent["party"] = int(row.parent.remote_id)
        return sent

    def _adopt(self, kind: str, row: Row, error: CrmError) -> Outcome:
        """A row that could not be created: somebody may have made it just now, or we did and heard no answer."""
        there = self.finder.ids(kind, [row.ref.external_id]).get(row.ref.external_id)
        if there is None:
            return _failed(error)
        known = Row(Ref(row.ref.external_id, there), row.fields, row.seq, row.parent)
        return self._write(kind, [known])[0]

    def _write(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """Write rows that are there, unless somebody changes them between reading and writing."""
        stamps = self.finder.stamps(kind, [str(row.ref.remote_id) for row in rows])
        there = [row for row in rows if row.ref.remote_id in stamps]
        written = halved(lambda part: self._write_all(kind, part), there, lambda _, error: _failed(error))
        by_row = {id(row): outcome for row, outcome in zip(there, written, strict=True)}
        gone = Outcome(Status.GONE, message=f"No such {kind}")
        return [by_row.get(id(row), gone) for row in rows]

    def _write_all(self, kind: str, rows: Sequence[Row], tries: int = TRIES) -> list[Outcome]:
        model = MODELS[kind]
        stamps = self.finder.stamps(kind, [str(row.ref.remote_id) for row in rows])
        pairs = [part for row in rows for part in ([int(str(row.ref.remote_id))], self._values(kind, row))]
        context = {"_timestamp": {f"{model},{key}": stamp for key, stamp in stamps.items()}}
        try:
            self.rpc.ask(f"{model}.write", *pairs, context=context, again=True)
        except Meanwhile:
            if tries == 1:
                raise
            return self._write_all(kind, rows, tries - 1)
        return [Outcome(Status.UPDATED, row.ref.remote_id) for row in rows]

    def _with_versions(self, kind: str, outcomes: list[Outcome]) -> list[Outcome]:
        done = {each.remote_id for each in outcomes if each.status in (Status.CREATED, Status.UPDATED)}
        stamps = self.finder.stamps(kind, [each for each in done if each])
        return [
            Outcome(each.status, each.remote_id, stamps.get(each.remote_id or ""))
            if each.remote_id in done
            else each
            for each in outcomes
        ]

    def add(self, activities: Sequence[Activity]) -> list[Outcome]:
        """Add notes to parties; those that are there already stay as they are."""
        unknown = [each.contact.external_id for each in activities if not each.contact.remote_id]
        ids = self.finder.ids("contact", unknown) | {
            each.contact.external_id: each.contact.remote_id for each in activities if each.contact.remote_id
        }
        resources = [f"{PARTY},{each}" for each in ids.values()]
        read = self.rpc.read(NOTE, [["resource", "in", resources]], ["message"]) if resources else []
        known = {mark_of(each["message"]): str(each["id"]) for each in read}
        return [
            self._add(each, ids.get(each.contact.external_id), known.get(each.ref)) for each in activities
        ]

    def _add(self, activity: Activity, party: str | None, there: str | None) -> Outcome:
        if there:
            return Outcome(Status.UPDATED, there)
        if party is None:
            return Outcome(Status.FAILED, message=f"No contact {activity.contact.external_id}")
        details = [f"{name}: {value}" for name, value in activity.details.items()]
        text = "\n".join([f"{activity.occurred_at} {activity.subject}", activity.body, *details])
        note = {"resource": f"{PARTY},{party}", "message": marked(text, activity.ref)}
        [made] = self.rpc.ask(f"{NOTE}.create", [note])
        return Outcome(Status.CREATED, str(made))


def _failed(error: CrmError) -> Outcome:
    return Outcome(Status.FAILED, message=str(error), permanent=error.permanent)
