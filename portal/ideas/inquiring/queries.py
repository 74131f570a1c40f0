"""Every read of inquiries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, load_only

from portal.accounts.models import Person, Viewer
from portal.activity.trying import Tried
from portal.database import db
from portal.ideas.inquiring.finding import is_quiet
from portal.ideas.inquiring.models import Inquiry, InquiryAnswer, InquiryLook, Says
from portal.ideas.models import Board, Idea
from portal.ideas.standing import Standing
from portal.ideas.statuses.queries import set_of
from portal.paging import Keyset, Page
from portal.voting.models import Vote

OPEN, PAST = "open", "past"
LISTS: dict[str, tuple[sa.ColumnElement[bool], Keyset[Any]]] = {
    OPEN: (Inquiry.ended_at.is_(None), Keyset((Inquiry.until, Inquiry.id), descending=False)),
    PAST: (Inquiry.ended_at.is_not(None), Keyset((Inquiry.id,))),
}
SHOWN = (Idea.id, Idea.title, Idea.status, Idea.written_status, Idea.board_id, Idea.votes_up)


@dataclass(frozen=True)
class Asked:
    """That an idea is asked about, as one viewer reads it: until when, and what they said."""

    until: datetime
    says: str | None = None


def asked_until(_viewer: Viewer) -> sa.ColumnElement[Any]:
    """Until when people are asked about a row of Idea; None when they are not."""
    return sa.select(Inquiry.until).where(*_open()).correlate(Idea).scalar_subquery()


def said_by(viewer: Viewer) -> sa.ColumnElement[Any]:
    """What the viewer said of a row of Idea while people are asked about it."""
    mine = sa.select(InquiryAnswer.says).join(Inquiry, Inquiry.id == InquiryAnswer.inquiry_id)
    return mine.where(*_open(), InquiryAnswer.person_id == viewer.id).correlate(Idea).scalar_subquery()


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    return Inquiry.idea_id == Idea.id, Inquiry.ended_at.is_(None)


def asked_about(viewer: Viewer, idea_ids: Collection[int]) -> Mapping[int, Asked]:
    """Of these ideas those that people are asked about, and what the viewer said; none that the viewer is against. One
    query for a page."""
    if not idea_ids:
        return {}
    mine = sa.and_(InquiryAnswer.inquiry_id == Inquiry.id, InquiryAnswer.person_id == viewer.id)
    found = sa.select(Inquiry.idea_id, Inquiry.until, InquiryAnswer.says).outerjoin(InquiryAnswer, mine)
    asked = found.where(Inquiry.ended_at.is_(None), Inquiry.idea_id.in_(idea_ids))
    against = is_against(sa.literal(viewer.id), Inquiry.idea_id)
    rows = db.session.execute(asked.where(sa.or_(InquiryAnswer.id.is_not(None), ~against)))
    return {idea_id: Asked(until, says) for idea_id, until, says in rows}


def is_against(person_id: Any, idea_id: Any) -> sa.ColumnElement[bool]:
    """Whether a person has a vote against an idea: nobody asks them whether they still want it."""
    return sa.exists().where(Vote.person_id == person_id, Vote.counts_for_id == idea_id, Vote.value < 0)


def newest(idea_id: int) -> Inquiry | None:
    """The last inquiry about an idea, to act on: nobody else ends it meanwhile."""
    its = sa.select(Inquiry).where(Inquiry.idea_id == idea_id).order_by(Inquiry.id.desc()).limit(1)
    return db.session.scalar(its.with_for_update().execution_options(populate_existing=True))


def answer_of(person: Person, inquiry: Inquiry) -> InquiryAnswer | None:
    """What a person said in an inquiry."""
    mine = sa.select(InquiryAnswer).filter_by(inquiry_id=inquiry.id, person_id=person.id)
    return db.session.scalar(mine)


def endings(board_id: int) -> Sequence[Standing]:
    """The statuses of a board that end an idea which nobody wants: not done, and without votes from then on."""
    return [each for each in set_of(board_id) if not each.is_complete and not each.takes_votes]


def ending_of(board: Board) -> Standing | None:
    """The one that an idea takes when nobody wants it; None where the board has none."""
    there = endings(board.id)
    return next((each for each in there if each.key == board.quiet_status), next(iter(there), None))


def quiet_ideas(board: Board, months: int) -> sa.Select[Any]:
    """The quiet ideas of a board, the oldest first."""
    return sa.select(Idea).where(is_quiet(board, months)).order_by(Idea.created_at, Idea.id)


def asked_since(board_id: int, moment: datetime) -> int:
    """How many inquiries about ideas of a board were begun since then."""
    begun = sa.select(sa.func.count(Inquiry.id)).join(Idea, Idea.id == Inquiry.idea_id)
    return db.session.scalar(begun.where(Idea.board_id == board_id, Inquiry.asked_at >= moment)) or 0


def open_on(board_id: int) -> sa.Select[Any]:
    """The inquiries about ideas of a board that did not end."""
    running = sa.select(Inquiry).join(Idea, Idea.id == Inquiry.idea_id)
    return running.where(Idea.board_id == board_id, Inquiry.ended_at.is_(None))


def page_of(ideas: sa.Select[Any], which: str, cursor: str | None) -> Page[Any]:
    """A page of the inquiries about these ideas: those that run, the first to end first; or the past ones."""
    condition, order = LISTS[which]
    found = ideas.join(Inquiry, Inquiry.idea_id == Idea.id).where(condition).with_only_columns(Inquiry)
    about = contains_eager(Inquiry.idea).load_only(*SHOWN, raiseload=True)
    board = about.joinedload(Idea.board).load_only(Board.name, Board.quiet_months, raiseload=True)
    by = joinedload(Inquiry.ended_by).options(load_only(Person.name, raiseload=True))
    shown: Any = found.options(about, board, by)
    return order.page(lambda rows: db.session.scalars(rows).all(), shown, cursor=cursor)


def counted(inquiries: Sequence[Inquiry]) -> Mapping[int, Mapping[Says, int]]:
    """Of each of these inquiries how many said yes, and no. One query."""
    if not inquiries:
        return {}
    ids = [each.id for each in inquiries]
    counts = sa.select(InquiryAnswer.inquiry_id, InquiryAnswer.says, sa.func.count())
    counts = counts.where(InquiryAnswer.inquiry_id.in_(ids)).group_by(
        InquiryAnswer.inquiry_id, InquiryAnswer.says
    )
    found = {key: dict.fromkeys(Says, 0) for key in ids}
    for key, says, number in db.session.execute(counts):
        found[key][Says(says)] = number
    return found


def due(moment: datetime) -> sa.Select[Any]:
    """The inquiries that nobody said yes to until their day, though all were told, the first one first; without what
    is tried again later."""
    told = Inquiry.told_at.is_not(None)
    late = sa.select(Inquiry).where(Inquiry.ended_at.is_(None), Inquiry.until <= moment, told)
    return late.where(waits_no_longer(Inquiry, moment)).order_by(Inquiry.until, Inquiry.id)


def waits_no_longer(kind: type[Tried], moment: datetime) -> sa.ColumnElement[bool]:
    """The condition on rows whose work did not fail, or is to be tried again by now."""
    return sa.or_(kind.try_at.is_(None), kind.try_at <= moment)


def failed(limit: int) -> Sequence[tuple[str, str, int, datetime]]:
    """What could not be closed or asked about, the last failures first: what it is, why, how often, and when it is
    tried again. Two queries."""
    ideas = sa.select(Idea.title, Inquiry).join(Inquiry, Inquiry.idea_id == Idea.id)
    boards = sa.select(Board.name, InquiryLook).join(InquiryLook, InquiryLook.board_id == Board.id)
    found = [
        (f"{deed}: {name}", str(row.failure), row.tries, row.try_at)
        for deed, kind, rows in (
            ("Closing a quiet idea", Inquiry, ideas.where(Inquiry.ended_at.is_(None))),
            ("Asking about quiet ideas", InquiryLook, boards),
        )
        for name, row in db.session.execute(
            rows.where(kind.try_at.is_not(None)).order_by(kind.try_at.desc()).limit(limit)
        )
    ]
    return sorted(found, key=itemgetter(3), reverse=True)[:limit]
