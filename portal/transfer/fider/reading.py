"""What the columns of Fider's export mean. Our own export begins with the same fourteen."""

from portal.transfer.tables.mapping import Layout, Preset, Values

STATUSES = {
    "open": "open",
    "started": "started",
    "completed": "shipped",
    "declined": "declined",
    "planned": "planned",
    "duplicate": "open",
}
"""A duplicate is an idea that was merged into the original."""


def _adjust(_values: Values, found: Values) -> Values:
    """A response goes with a status, on the same day."""
    return found | {"status_at": found.get("answered_at")}


PRESET = Preset(
    name="fider",
    statuses=STATUSES,
    merges=True,
    layouts=(
        Layout(
            kinds=("ideas",),
            known_by=frozenset({"number", "title", "description", "votes_count", "status"}),
            columns={
                "number": "idea",
                "title": "title",
                "description": "body",
                "created_at": "created_at",
                "created_by": "author",
                "votes_count": "votes",
                "status": "status",
                "responded_by": "answered_by",
                "responded_at": "answered_at",
                "response": "answer",
                "original_number": "duplicate_of",
                "tags": "labels",
            },
            adjust=_adjust,
        ),
    ),
)
