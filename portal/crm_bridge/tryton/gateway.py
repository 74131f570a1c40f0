"""Tryton behind the gateway."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import (
    Activity,
    Changed,
    CrmError,
    Description,
    Held,
    Identity,
    Key,
    Kind,
    Names,
    Outcome,
    Ref,
    Row,
    Status,
)
from portal.crm_bridge.tryton.changes import changed
from portal.crm_bridge.tryton.declaration import DECLARATION
from portal.crm_bridge.tryton.erasing import Eraser
from portal.crm_bridge.tryton.pulling import DEAL, Puller
from portal.crm_bridge.tryton.records import (
    ID,
    MADE,
    MECHANISM,
    MODELS,
    NOTE,
    PARTY,
    VOTE,
    column,
    columns,
    held,
    mark_of,
    marked,
    values,
)
from portal.crm_bridge.tryton.rpc import Meanwhile, Rpc, halved

STEPS = (
    "Copy the folder crms/modules/community into trytond/modules of that Tryton, "
    "run trytond-admin -d {database} -u community, and start it again"
)

TRIES = 6
"""So often a row is written when others change it meanwhile. Each time one of them got through."""


class Tryton:
    """`url`, `database`, `user` and `password` in the settings say which Tryton and as whom."""

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        self.rpc = Rpc(settings, wire or Wire())
        self.steps = STEPS.format(database=settings["database"])
        self._types: dict[str, dict[str, str]] = {}
        self.puller = Puller(self.rpc, self._fields)

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=200)

    def introduce(self) -> Identity:
        told = self.rpc.ask("res.user.get_preferences", False, again=True)
        models = sorted(set(MODELS.values()) | {MECHANISM, NOTE})
        rights = self.rpc.ask("ir.model.access.get_access", models, again=True)
        writes = all(of["write"] and of["create"] for of in rights.values())
        name = told.get("name") or told.get("status_bar") or ""
        who = self.rpc.user if name in ("", self.rpc.user) else f"{name} ({self.rpc.user})"
        return Identity(who, self.rpc.place, writes)

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        missing = [
            f"{MODELS[kind.name]}.{name}"
            for kind in kinds
            for name in (ID, *(column(kind.name, each.name) for each in kind.fields))
            if name not in self._fields(MODELS[kind.name])
        ]
        missing = list(dict.fromkeys(missing))
        return [*missing, self.steps] if missing else []

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        # Fields come with a module, which no call can install.
        if missing := self.missing_schema(kinds):
            *fields, steps = missing
            raise CrmError(f"Tryton has no {', '.join(fields[:5])}. {steps}", permanent=False)
        return []

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        found = self._ids(kind, [key.external_id for key in keys])
        mails = [key.email for key in keys if key.email and key.external_id not in found]
        by_mail = self._by_mail(mails) if kind == "contact" and mails else {}
        return [
            found.get(key.external_id) or by_mail.get((key.email or "").casefold()) or key.known
            for key in keys
        ]

    def _ids(self, kind: str, ids: Sequence[str]) -> dict[str, str]:
        read = self.rpc.read(MODELS[kind], [[ID, "in", list(ids)]], [ID]) if ids else []
        return {each[ID]: str(each["id"]) for each in read}

    def _by_mail(self, mails: Sequence[str]) -> dict[str, str]:
        """The one party of nobody's with each of these addresses; two with the same are none."""
        any_of = ["OR", *([["value", "ilike", _literally(each)]] for each in mails)]
        domain = [["type", "=", "email"], ["party.community_id", "=", None], any_of]
        parties: dict[str, set[int]] = defaultdict(set)
        for each in self.rpc.read(MECHANISM, domain, ["value", "party"]):
            parties[each["value"].casefold()].add(each["party"])
        return {mail: str(*ids) for mail, ids in parties.items() if len(ids) == 1}

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        new = [row for row in rows if not row.ref.remote_id]
        old = [row for row in rows if row.ref.remote_id]
        made = halved(
            lambda part: self._create(kind, part), new, lambda row, error: self._adopt(kind, row, error)
        )
        written = self._write(kind, old)
        by_row = {id(row): outcome for row, outcome in zip([*new, *old], [*made, *written], strict=True)}
        return self._with_versions(kind, [by_row[id(row)] for row in rows])

    def _create(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """All of them or none: Tryton takes a call in one transaction."""
        # Without a word of addresses a party would get an empty one.
        more = {} if kind == "vote" else {MADE: True, "addresses": []}
        made = self.rpc.ask(f"{MODELS[kind]}.create", [{**self._values(kind, row), **more} for row in rows])
        return [Outcome(Status.CREATED, str(each)) for each in made]

    def _values(self, kind: str, row: Row) -> dict[str, Any]:
        sent = values(kind, row.ref.external_id, row.fields, self._fields(MODELS[kind]))
        if kind == "vote" and row.parent and row.parent.remote_id:
            sent["party"] = int(row.parent.remote_id)
        return sent

    def _adopt(self, kind: str, row: Row, error: CrmError) -> Outcome:
        """A row that could not be created: somebody may have made it just now, or we did and heard no answer."""
        there = self._ids(kind, [row.ref.external_id]).get(row.ref.external_id)
        if there is None:
            return _failed(error)
        known = Row(Ref(row.ref.external_id, there), row.fields, row.seq, row.parent)
        return self._write(kind, [known])[0]

    def _write(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """Write rows that are there, unless somebody changes them between reading and writing."""
        stamps = self._stamps(kind, [str(row.ref.remote_id) for row in rows])
        there = [row for row in rows if row.ref.remote_id in stamps]
        written = halved(lambda part: self._write_all(kind, part), there, lambda _, error: _failed(error))
        by_row = {id(row): outcome for row, outcome in zip(there, written, strict=True)}
        gone = Outcome(Status.GONE, message=f"No such {kind}")
        return [by_row.get(id(row), gone) for row in rows]

    def _write_all(self, kind: str, rows: Sequence[Row], tries: int = TRIES) -> list[Outcome]:
        model, stamps = MODELS[kind], self._stamps(kind, [str(row.ref.remote_id) for row in rows])
        pairs = [part for row in rows for part in ([int(str(row.ref.remote_id))], self._values(kind, row))]
        context = {"_timestamp": {f"{model},{key}": stamp for key, stamp in stamps.items()}}
        try:
            self.rpc.ask(f"{model}.write", *pairs, context=context, again=True)
        except Meanwhile:
            if tries == 1:
                raise
            return self._write_all(kind, rows, tries - 1)
        return [Outcome(Status.UPDATED, row.ref.remote_id) for row in rows]

    def _stamps(self, kind: str, ids: Sequence[str]) -> dict[str, str]:
        """When each record changed last, by its id; those that are not there are left out."""
        numbers = [int(each) for each in ids if each.isdigit()]
        read = self.rpc.read(MODELS[kind], [["id", "in", numbers]], ["_timestamp"]) if numbers else []
        return {str(each["id"]): each["_timestamp"] for each in read}

    def _with_versions(self, kind: str, outcomes: list[Outcome]) -> list[Outcome]:
        done = {each.remote_id for each in outcomes if each.status in (Status.CREATED, Status.UPDATED)}
        stamps = self._stamps(kind, [each for each in done if each])
        return [
            Outcome(each.status, each.remote_id, stamps.get(each.remote_id or ""))
            if each.remote_id in done
            else each
            for each in outcomes
        ]

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        unknown = [each.contact.external_id for each in activities if not each.contact.remote_id]
        ids = self._ids("contact", unknown) | {
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

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        types = self._fields(MODELS[kind])
        records, end = changed(self.rpc, kind, cursor, limit, self._names(kind))
        return Changed([held(kind, each, types) for each in records], end)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        types = self._fields(MODELS[kind])
        ids = [ref.external_id for ref in refs]
        read = self.rpc.read(MODELS[kind], [[ID, "in", ids]], self._names(kind)) if ids else []
        found = {each[ID]: held(kind, each, types) for each in read}
        return [found.get(each) for each in ids]

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        return Eraser(self.rpc, self._fields(PARTY)).erase(kind, refs)

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        return self.puller.pull(kind, names, cursor, limit)

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        return self.puller.look(kind, names, ids)

    def close(self) -> None:
        self.rpc.close()

    def _names(self, kind: str) -> list[str]:
        return [ID, "_timestamp", *columns(kind, self._fields(MODELS[kind])).values()]

    def _fields(self, model: str) -> dict[str, str]:
        """The fields of a model with their types; none when the model is not there."""
        if model not in self._types:
            try:
                told = self.rpc.ask(f"{model}.fields_get", None, again=True)
            except CrmError as error:
                if not error.permanent or model not in (VOTE, DEAL):
                    raise
                told = {}
            self._types[model] = {name: each["type"] for name, each in told.items()}
        return self._types[model]


def _failed(error: CrmError) -> Outcome:
    return Outcome(Status.FAILED, message=str(error), permanent=error.permanent)


def _literally(text: str) -> str:
    """A text for a comparison that would take % and _ for any letters."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
