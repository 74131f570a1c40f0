"""Exploring: one idea that few have seen stands on each page of Hot and Top, of the boards that have this rule.

Who looks where everybody looks sees what everybody sees. Which one it is follows from the day, the list, the page and
the viewer (all strangers are one), by multiplying modulo a prime: it stays the same for a day, until the viewer voted on
it or it is no longer little seen, and needs no random numbers, so that kept pages and their ETags hold.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas import permitting, queries, seeing, veiling
from portal.ideas.filtering import IdeaFilter
from portal.ideas.models import Board, Idea, Party
from portal.ideas.standing import Votes, votes_of
from portal.voting.models import Vote

FEW = 4
"""So many voters, tallies among them, an idea has at most that few have seen."""
NEWEST = 200
"""Among so many of the newest ideas one is looked for."""
PRIME = 1_000_003


def explored(
    viewer: Viewer,
    wanted: IdeaFilter,
    boards: Iterable[Board],
    veiled: Iterable[Board],
    shown: Sequence[Idea],
    *,
    cursor: str | None,
) -> Idea | None:
    """The idea for this page of a list, none of those `shown` on it; None where there is none to show.

    `boards`: those that the viewer sees, `veiled` those that hide counts from this order. `cursor`: the page as its
    address names it. One query, two where only some companies vote on a board; whatever is there.
    """
    if not shown or wanted.sort == "new" or wanted.narrows:
        return None
    places = [each for each in boards if each.explores and wanted.board in (None, each.id)]
    places = _open_to(viewer, places)
    if not places:
        return None
    turn = (Idea.id % PRIME) * _seed(viewer, wanted, cursor) % PRIME
    listed = queries.listed_to(viewer).where(*veiling.unveiled(veiled))
    elsewhere = Idea.id.not_in([each.id for each in shown])
    found = little_seen(places, listed).where(elsewhere, *_not_theirs(viewer))
    return db.session.scalar(queries.for_cards(found).order_by(turn, Idea.id).limit(1))


def little_seen(boards: Iterable[Board], listed: sa.Select[Idea]) -> sa.Select[Idea]:
    """The ideas of these boards that few have seen and that take votes, among those that are `listed`."""
    newest = listed.where(Idea.board_id.in_([each.id for each in boards])).with_only_columns(Idea.id)
    newest = newest.order_by(Idea.created_at.desc(), Idea.id.desc()).limit(NEWEST)
    voters = Idea.votes_up + Idea.votes_down + Idea.imported_up + Idea.imported_down
    return sa.select(Idea).where(
        Idea.id.in_(newest),
        voters <= FEW,
        Idea.locked_at.is_(None),
        Idea.hidden_at.is_(None),
        votes_of(Idea.board_id, Idea.status) == Votes.TAKES,
    )


def _open_to(viewer: Viewer, boards: list[Board]) -> list[Board]:
    """Those on which the viewer votes now."""
    now = clock.now()
    chosen = any(each.who_votes == Party.COMPANIES for each in boards)
    admitting = seeing.boards_admitting(viewer) if chosen else ()
    return [
        each
        for each in boards
        if not each.archived_at
        and not each.why_no_votes(now)
        and permitting.may(viewer, each, permitting.VOTE, admitting)
    ]


def _not_theirs(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    if viewer.id is None:
        return []
    voted = sa.exists().where(Vote.counts_for_id == Idea.id, Vote.person_id == viewer.id)
    return [~voted, sa.or_(Idea.author_id.is_(None), Idea.author_id != viewer.id)]


def _seed(viewer: Viewer, wanted: IdeaFilter, cursor: str | None) -> int:
    text = f"{clock.now().date()} {viewer.id or 0} {wanted.board or 0} {cursor or ''}"
    return 1 + int.from_bytes(sha256(text.encode()).digest()[:8]) % (PRIME - 1)
