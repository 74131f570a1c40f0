"""Records of Tryton in the order in which they changed, a part at a time, none left out and none told twice.

A record that was never written again has no `write_date`, so there are two lists to go through side by side, each by
(time, id): those by the time of their change, and those by the time they were made.
"""

from collections.abc import Sequence
from typing import Any

from portal.crm_bridge.tryton.records import ID, MODELS, OURS
from portal.crm_bridge.tryton.rpc import Rpc

Place = tuple[str, int]
PARTS = {"year": 4, "month": 2, "day": 2, "hour": 2, "minute": 2, "second": 2, "microsecond": 6}
"""Of a moment, with their digits: one after the other they sort as moments do."""


def changed(
    rpc: Rpc, kind: str, cursor: str, limit: int, names: Sequence[str]
) -> tuple[list[dict[str, Any]], str]:
    """Records of a kind that changed after the cursor, oldest first, and the cursor of the last."""
    ours = [ID, "like", OURS[kind]]
    found: list[tuple[Place, dict[str, Any]]] = []
    for field, domain in (
        ("write_date", [ours, ["write_date", "!=", None]]),
        ("create_date", [ours, ["write_date", "=", None]]),
    ):
        order = [[field, "ASC"], ["id", "ASC"]]
        read = rpc.read(MODELS[kind], [*domain, *_after(field, cursor)], [*names, field], limit, order)
        found += [((_text(each[field]), each["id"]), each) for each in read]
    found = sorted(found, key=lambda each: each[0])[:limit]
    end = "|".join(map(str, found[-1][0])) if found else cursor
    return [record for _, record in found], end


def _after(field: str, cursor: str) -> list[Any]:
    if not cursor:
        return []
    text, _, last = cursor.partition("|")
    moment = _moment(text)
    return [["OR", [[field, ">", moment]], [[field, "=", moment], ["id", ">", int(last)]]]]


def _text(moment: dict[str, Any]) -> str:
    return "-".join(f"{moment[part]:0{digits}}" for part, digits in PARTS.items())


def _moment(text: str) -> dict[str, Any]:
    return {"__class__": "datetime", **dict(zip(PARTS, map(int, text.split("-")), strict=True))}
