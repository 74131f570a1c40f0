"""Saying what a change of a field means for how many ideas, before it is made."""

from typing import Any

from portal.admin.audiences.explaining import mark_of as mark_of
from portal.admin.fields.queries import how_many_ideas
from portal.ideas.fields.models import BoardField, Circle
from portal.ideas.fields.queries import how_many

READERS = {
    Circle.EVERYBODY: "From then on everybody who sees an idea reads what stands there.",
    Circle.AUTHOR: "From then on only the author of an idea and staff read what stands there.",
    Circle.STAFF: "From then on only staff read what stands there; authors no longer see what they wrote.",
    Circle.PLANNERS: "From then on only staff read what stands there, and product managers fill it in beside the plan.",
}


def explain(field: BoardField, facts: dict[str, Any]) -> list[str]:
    """What follows, in sentences; none when who reads it and whether it is required stay as they are."""
    said = []
    if facts["circle"] != field.circle:
        said.append(READERS[Circle(facts["circle"])])
    if facts["required"] and not field.required:
        said.append(without(field))
    elif field.required and not facts["required"]:
        said.append("From then on it may be left empty.")
    return [with_value(field), *said] if said else []


def with_value(field: BoardField) -> str:
    """How many ideas have a value: "37 ideas have a value in “Version”."."""
    values = how_many([field.id]).get(field.id, 0)
    return f"{_ideas(values)} {'has' if values == 1 else 'have'} a value in “{field.name}”."


def without(field: BoardField) -> str:
    """What becomes of ideas without a value when one is required."""
    missing = how_many_ideas(field.board_id) - how_many([field.id]).get(field.id, 0)
    if not missing:
        return "Every new idea needs a value then."
    have = "has" if missing == 1 else "have"
    return (
        f"Every new idea needs a value then. {_ideas(missing)} {have} none and may stay so until "
        "the details are changed."
    )


def _ideas(number: int) -> str:
    return "1 idea" if number == 1 else f"{number:,} ideas"
