"""Pulling from Tryton: parties and opportunities with whatever fields its modules give them, in the order of changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from portal.crm_bridge.calling.digging import fields_of
from portal.crm_bridge.calling.following import Follower, Found
from portal.crm_bridge.gateway import Changed, CrmError, Held, Names, Ref
from portal.crm_bridge.tryton.records import DEAL, ID, OURS, PARTY, REPLACED
from portal.crm_bridge.tryton.rpc import Rpc
from portal.crm_bridge.tryton.schema import Schema

MODELS = {"account": PARTY, "contact": PARTY, "deal": DEAL}
DOMAINS: Mapping[str, list[Any]] = {
    "account": [["OR", [ID, "like", OURS["account"]], [ID, "=", None]]],
    "contact": [[ID, "like", OURS["contact"]]],
    "deal": [],
}
OPEN = frozenset({"lead", "opportunity"})
LARGEST = 1_000


class Puller:
    """Reads parties that are companies or of ours, and opportunities where that module is there."""

    def __init__(self, rpc: Rpc, schema: Schema) -> None:
        self.rpc, self.fields = rpc, schema.there
        self._followers: dict[str, Follower] = {}
        self._context: Mapping[str, Any] | None = None
        self._readable: dict[tuple[str, str], bool] = {}

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        """Records that changed after the cursor."""
        if not self.fields(MODELS[kind]):
            return Changed([], cursor)
        if kind not in self._followers:
            self._followers[kind] = Follower(partial(self._page, kind, self._known(kind, names)), LARGEST)
        return self._followers[kind].after(cursor, limit)

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        """The records of these ids as they are now."""
        numbers = [int(each) for each in ids if each.isascii() and each.isdigit()]
        if not numbers or not self.fields(MODELS[kind]):
            return [None for _ in ids]
        known = self._known(kind, names)
        read = self._read(kind, [["id", "in", numbers]], self._wanted(kind, known))
        found = {str(each["id"]): _held(kind, each, known) for each in read}
        return [found.get(each) for each in ids]

    def _read(
        self,
        kind: str,
        domain: Sequence[Any],
        names: Sequence[str],
        limit: int | None = None,
        order: Any = None,
    ) -> list[dict[str, Any]]:
        """Also parties that are out of sight, but not their addresses that are: those are no longer so."""
        every = [["active", "in", [True, False]]] if MODELS[kind] == PARTY else []
        context = self._firms() if kind == "deal" else {}
        return self.rpc.read(
            MODELS[kind], [*domain, *every], names, limit, order, hidden=False, context=context
        )

    def _firms(self) -> Mapping[str, Any]:
        """Opportunities belong to firms; Tryton shows those of the firms that whoever asks says to be at work for."""
        if self._context is None:
            self._context = self.rpc.ask("res.user.get_preferences", True, again=True)
        return self._context

    def _known(self, kind: str, names: Names) -> Names:
        """Those that are there, and that our user may read."""
        there = self.fields(MODELS[kind])
        return {
            ours: theirs
            for ours, theirs in names.items()
            if theirs.partition(".")[0] in there
            and ("." not in theirs or self._may_read(MODELS[kind], theirs))
        }

    def _may_read(self, model: str, name: str) -> bool:
        if (model, name) not in self._readable:
            try:
                self.rpc.read(model, [], ["id", name], 1)
            except CrmError as error:
                if not error.permanent:
                    raise
                self._readable[model, name] = False
            else:
                self._readable[model, name] = True
        return self._readable[model, name]

    def _wanted(self, kind: str, names: Names) -> list[str]:
        own = ["id"] if kind == "deal" else ["id", ID, REPLACED]
        return list(dict.fromkeys([*own, *names.values()]))

    def _page(self, kind: str, names: Names, at: str, id_: str, limit: int) -> tuple[list[Found], bool]:
        """A record that was never written again has no `write_date`: there are two lists to go through side by side."""
        found: list[Found] = []
        full = False
        for field, is_set in (("write_date", "!="), ("create_date", "=")):
            domain = [*DOMAINS[kind], ["write_date", is_set, None], *_after(field, at, id_)]
            order = [[field, "ASC"], ["id", "ASC"]]
            read = self._read(kind, domain, [*self._wanted(kind, names), field], limit, order)
            found += [Found(_text(each[field]), str(each["id"]), _held(kind, each, names)) for each in read]
            full = full or len(read) == limit
        found.sort(key=lambda each: (each.at, int(each.id)))
        return found[:limit], full or len(found) > limit


def _after(field: str, at: str, id_: str) -> list[Any]:
    if not at:
        return []
    moment = _moment(at)
    return [["OR", [[field, ">", moment]], [[field, "=", moment], ["id", ">", int(id_ or 0)]]]]


def _text(moment: Mapping[str, Any]) -> str:
    day = f"{moment['year']:04}-{moment['month']:02}-{moment['day']:02}"
    time = f"{moment['hour']:02}:{moment['minute']:02}:{moment['second']:02}"
    return f"{day}T{time}.{moment['microsecond']:06}Z"


def _moment(text: str) -> dict[str, Any]:
    when = datetime.fromisoformat(text)
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{name: getattr(when, name) for name in names}}


def _held(kind: str, record: Mapping[str, Any], names: Names) -> Held:
    # What is read through a relation stands under its name with a point: "categories.".
    whole = {**record, **{key[:-1]: value for key, value in record.items() if key.endswith(".")}}
    plain = {key: _plain(value) for key, value in whole.items()}
    fields = fields_of(plain, names)
    if "closed" in names:
        fields["closed"] = record.get(names["closed"]) not in OPEN
    replaced = record.get(REPLACED)
    return Held(
        Ref(str(record.get(ID) or ""), str(record["id"])),
        fields,
        merged_into=str(replaced) if replaced else None,
    )


def _plain(value: Any) -> Any:
    """Days and sums as their texts."""
    if isinstance(value, dict) and value.get("__class__") in ("date", "datetime"):
        return f"{value['year']:04}-{value['month']:02}-{value['day']:02}"
    if isinstance(value, dict) and value.get("__class__") == "Decimal":
        return value["decimal"]
    return value
