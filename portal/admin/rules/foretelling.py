"""Foretelling what a rule of a board about its lists does."""

from portal.admin.rules import queries
from portal.ideas.exploring import FEW
from portal.ideas.models import Board

Said = list[str]


def explores(board: Board, shown: bool) -> Said:
    """What showing ideas that few have seen does, and of how many ideas."""
    if not shown:
        return ["Hot and Top show nothing beside their order."]
    number = queries.ideas_little_seen(board)
    ideas = "1 idea" if number == 1 else f"{number:,} ideas"
    return [
        "Each page of Hot and Top shows one more idea than stands there by its votes, marked “Little seen”.",
        f"It is one of {ideas} of at most {FEW} voters among the newest, not one that the reader wrote or voted on.",
    ]
