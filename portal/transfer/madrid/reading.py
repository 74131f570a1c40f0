"""What the columns of the proposals of Decide Madrid mean."""

from portal.transfer.tables.mapping import Layout, Preset, Values

ADDRESS = "https://decide.madrid.es/proposals/"


def _adjust(_values: Values, found: Values) -> Values:
    """Each proposal has a page of its own, to which the idea links."""
    key = str(found.get("idea") or "")
    return found | {"url": f"{ADDRESS}{key}"} if key.isascii() and key.isdigit() else found


PRESET = Preset(
    name="madrid",
    source="decide.madrid.es",
    dates="dd/mm/yyyy",
    layouts=(
        Layout(
            kinds=("ideas",),
            known_by=frozenset({"id", "title", "description", "cached_votes_up", "created_at"}),
            columns={
                "id": "idea",
                "title": "title",
                "description": "body",
                "cached_votes_up": "votes",
                "created_at": "created_at",
                "retired_at": "retired_at",
            },
            adjust=_adjust,
        ),
    ),
)
