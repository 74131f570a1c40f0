"""Who may post, vote and comment on a board, and the sentence for those who may not."""

from collections.abc import Collection

import sqlalchemy as sa

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.errors import NotAllowed
from portal.ideas import seeing
from portal.ideas.models import Board, Idea, Party

POST, VOTE, COMMENT = "posts", "votes", "comments"

UNDER_AN_IDEA = (VOTE, COMMENT)

WORDS = {
    POST: "post ideas on the board {}",
    VOTE: "vote on ideas of the board {}",
    COMMENT: "comment on ideas of the board {}",
}
WHO = {Party.COMPANIES: "Only some companies", Party.STAFF: "Only staff", Party.NOBODY: "Nobody can"}
INSTEAD = (
    (VOTE, "You can vote instead."),
    (COMMENT, "Say in a comment why it matters to you."),
)


def may(viewer: Viewer, board: Board, act: str, admitting: Collection[int] | None = None) -> bool:
    """Whether the viewer, who sees the board, may do it (or might, once signed in).

    `admitting`: the boards for which the company of the viewer was chosen, where they are known already.
    """
    party = getattr(board, f"who_{act}")
    if party == Party.EVERYONE or (viewer.is_staff and party != Party.NOBODY):
        return True
    if party != Party.COMPANIES:
        return False
    return viewer.id is None or board.id in (
        seeing.boards_admitting(viewer) if admitting is None else admitting
    )


def may_post(viewer: Viewer) -> sa.ColumnElement[bool]:
    """What must hold for a row of Board so that the viewer, who sees it, may post on it."""
    if viewer.is_staff:
        return Board.who_posts != Party.NOBODY
    chosen = sa.and_(Board.who_posts == Party.COMPANIES, seeing.admits(viewer))
    return sa.or_(Board.who_posts == Party.EVERYONE, chosen)


def why_not(viewer: Viewer, board: Board, act: str) -> str:
    """The sentence that says why the viewer may not do it here, and what they may do; empty when they may."""
    if may(viewer, board, act):
        return ""
    who = WHO[Party(getattr(board, f"who_{act}"))]
    if act == POST:
        return f"{who} {WORDS[act].format(board.name)}. Choose another board."
    instead = next(
        (says for other, says in INSTEAD if other != act and may(viewer, board, other)), "You can read it."
    )
    return f"{who} {WORDS[act].format(board.name)}. {instead}"


def check(by: Person, board: Board, act: str) -> None:
    """Raise NotAllowed when this person may not do it on this board."""
    if reason := why_not(by, board, act):
        raise NotAllowed(reason)


def check_vote(idea: Idea, by: Person) -> None:
    """Raise NotAllowed when this person may not vote on this idea."""
    check(by, board_of(idea), VOTE)


def check_comment(idea: Idea, by: Person) -> None:
    """Raise NotAllowed when this person may not comment on this idea."""
    check(by, board_of(idea), COMMENT)


def board_of(idea: Idea) -> Board:
    """The board of an idea, whether it was read with it or not."""
    return db.session.get_one(Board, idea.board_id)
