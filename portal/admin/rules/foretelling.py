"""Foretelling what the rules of a board about its lists and about forgetting do."""

from portal.admin.rules import queries
from portal.ideas.exploring import FEW
from portal.ideas.forgetting.finding import how_many
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


def forgets(board: Board, months: int) -> Said:
    """What forgetting who voted does, and of how many votes at once."""
    if not months:
        return ["Who voted is kept from now on. What was forgotten already does not come back."]
    ideas, votes = how_many(board, months)
    after = "1 month" if months == 1 else f"{months} months"
    now = f"{votes:,} {'vote' if votes == 1 else 'votes'} of {ideas:,} {'idea' if ideas == 1 else 'ideas'}"
    return [
        (
            f"{after} after an idea was closed it is forgotten who voted on it, for good, in every list, export, notice and "
            "customer record; the words of proofs are gone. All counts stay, and who wrote the idea."
        ),
        f"That is {now} within a day.",
    ]
