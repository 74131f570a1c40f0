"""Saying what becomes visible to whom, before the audience of a board is changed."""

from hashlib import sha256

from portal.admin.audiences import queries
from portal.admin.audiences.queries import Chosen
from portal.ideas.models import Audience, Board

WITHOUT_NAMES = "everybody who has not signed in, search engines too"


def explain(board: Board, audience: str, own_only: bool, chosen: Chosen) -> list[str]:
    """What follows for whom, in sentences; none when nobody begins or ceases to see anything."""
    before = queries.seeing_people(board.audience, queries.chosen_for(board))
    after = queries.seeing_people(audience, chosen)
    said = _who_comes(queries.how_many_customers(after, ~before), board, audience)
    gone = queries.how_many_customers(before, ~after)
    said += _who_goes(
        gone, queries.how_many_customers(before, ~after, queries.took_part(board)), board, audience
    )
    if own_only != board.own_only:
        said.append(_own_only(own_only))
    if not said:
        return []
    ideas, comments = queries.contents(board)
    holds = f"This board holds {_counted(ideas, 'idea')} and {_counted(comments, 'comment')}."
    return [
        holds,
        *said,
        f"From then on {_counted(queries.how_many_customers(after), 'customer')} see the board.",
    ]


def mark_of(sentences: list[str]) -> str:
    """A mark of exactly this explanation, to agree to."""
    return sha256("\n".join(sentences).encode()).hexdigest()[:16]


def _who_comes(customers: int, board: Board, audience: str) -> list[str]:
    opened = audience == Audience.PUBLIC != board.audience
    if not customers:
        return [f"It becomes visible to {WITHOUT_NAMES}."] if opened else []
    others = f", and so does {WITHOUT_NAMES}" if opened else ""
    do = "does" if customers == 1 else "do"
    whole = f"who {do} not see it now will see it, with everything in it{others}."
    return [f"{_counted(customers, 'customer')} {whole}"]


def _who_goes(customers: int, took_part: int, board: Board, audience: str) -> list[str]:
    said = []
    if board.audience == Audience.PUBLIC != audience:
        said.append(f"It is hidden from {WITHOUT_NAMES}. What they copied stays with them.")
    if customers:
        said.append(f"{_counted(customers, 'customer')} no longer see it.")
    if took_part:
        said.append(
            f"{took_part} of them wrote or voted there: what they did stays and counts, but they cannot reach it."
        )
    return said


def _own_only(own_only: bool) -> str:
    if own_only:
        return (
            "Customers see only what they wrote themselves; all other ideas of the board disappear for them."
        )
    return "Customers see what others wrote here believing that only staff would read it."


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
