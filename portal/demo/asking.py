"""Asking more of ideas in the demo: what a board wants to know beside title and text."""

from collections.abc import Mapping
from random import Random
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.ideas.fields import filling
from portal.ideas.fields.models import BoardField, Circle, FieldChoice, Type
from portal.ideas.models import Board, Idea

DEVICES = ("Android phone", "iPhone", "Shared tablet", "Desktop")
CAUSES = ("Lost deal", "Renewal at risk", "Support load", "Our own idea")
SEED = 7
HOW_OFTEN = ("Every day", "Every week", "Every month", "Once a year")


def ask_more(boards: Mapping[str, Board]) -> None:
    """Give the second board fields of every circle, and values to the ideas that it holds."""
    board = list(boards.values())[1]
    fields = [
        _field(board, 1, "Where do you use it?", Type.CHOICES, "All that apply.", DEVICES),
        _field(board, 2, "How often does it come up?", Type.CHOICE, "", HOW_OFTEN),
        _field(board, 3, "People it touches", Type.NUMBER, "Roughly, at your company.", circle=Circle.AUTHOR),
        _field(board, 4, "Cause", Type.CHOICE, "Why we heard of it.", CAUSES, circle=Circle.STAFF),
        _field(board, 5, "Needs a new contract", Type.YES_NO, "", circle=Circle.PLANNERS),
    ]
    chance = Random(SEED)  # noqa: S311
    for idea_id in db.session.scalars(sa.select(Idea.id).where(Idea.board_id == board.id).order_by(Idea.id)):
        filling.put(idea_id, {each: _some(each, chance) for each in fields if chance.random() < 0.7})


def _field(
    board: Board,
    position: int,
    name: str,
    kind: Type,
    says: str,
    choices: tuple[str, ...] = (),
    **facts: Any,
) -> BoardField:
    given = {"name": name, "type": kind, "help": says, "position": position, "created_at": clock.now()}
    field = BoardField(board_id=board.id, **given, **facts)
    db.session.add(field)
    db.session.flush()
    for place, choice in enumerate(choices, 1):
        db.session.add(FieldChoice(field_id=field.id, name=choice, position=place))
    db.session.flush()
    db.session.refresh(field, ["choices"])
    return field


def _some(field: BoardField, chance: Random) -> Any:
    """A value that an idea might have."""
    ids = [each.id for each in field.choices]
    if field.type == Type.CHOICES:
        return tuple(sorted(chance.sample(ids, chance.randint(1, 2))))
    if field.type == Type.CHOICE:
        return (chance.choice(ids),)
    return chance.choice((4, 12, 25, 60, 140)) if field.type == Type.NUMBER else chance.random() < 0.2
