"""Narrowing down what an export is about: which ideas, which votes on them, in which order."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Person, Viewer
from portal.accounts.permissions import STAFF
from portal.database import db
from portal.discussion.models import Label
from portal.errors import Unusable
from portal.ideas import queries as ideas
from portal.ideas.merging.queries import labelled
from portal.ideas.models import Board, Idea, Status
from portal.ideas.plans.models import Plan
from portal.ideas.statuses import queries as statuses
from portal.voting.models import Vote
from portal.voting.tallying import company_of_vote

ORDERS: dict[str, tuple[Any, ...]] = {
    "top": (Idea.score.desc(), Idea.id.desc()),
    "hot": (Idea.hot.desc(), Idea.id.desc()),
    "new": (Idea.created_at.desc(), Idea.id.desc()),
    "old": (Idea.created_at, Idea.id),
}
TEXTS = (Idea.title, Idea.body)
OF_VOTES = ("segment", "tier", "company", "voted_since", "voted_until")
DAY = timedelta(days=1)
WORDS = 8
"""How many words of a text are looked for."""


@dataclass(frozen=True)
class Choice:
    """Which ideas: of one board (by id or name), in some statuses, the most wanted `top`, made since a day.

    What is said of votes (`segment`, `tier`, `company` by id or name, and when they were cast) chooses the ideas
    that have such a vote, and of their votes only these. `mine`: those that the viewer looks after.
    """

    board: str = ""
    status: str = ""
    top: int | None = None
    since: date | None = None
    until: date | None = None
    label: str = ""
    segment: str = ""
    tier: str = ""
    company: str = ""
    owner: str = ""
    text: str = ""
    voted_since: date | None = None
    voted_until: date | None = None
    mine: bool = False
    order: str = "top"

    def narrow(self, rows: sa.Select[Any], viewer: Viewer | None = None) -> sa.Select[Any]:
        """The ideas meant. Raises Unusable, naming what there is, for a board or status that is not there."""
        rows = rows.where(*self._places(), *self._days(Idea.created_at, self.since, self.until))
        if self.mine:
            looked_after = sa.select(Plan.idea_id).where(Plan.owner_id == (viewer.id if viewer else None))
            rows = rows.where(Idea.id.in_(looked_after))
        wanted = self.of_votes()
        if wanted:
            rows = rows.where(Idea.id.in_(_voted(Vote.counts_for_id).where(*wanted)))
        return rows.order_by(*ORDERS.get(self.order, ORDERS["top"])).limit(self.top)

    def of_votes(self) -> list[sa.ColumnElement[bool]]:
        """What must hold for a row of Vote, beside its Person and the Company that it speaks for."""
        conditions = self._days(Vote.cast_at, self.voted_since, self.voted_until)
        if self.segment:
            conditions.append(Company.segment == self.segment)
        if self.tier:
            conditions.append(Company.tier == self.tier)
        if self.company:
            conditions.append(Company.id == _company_id(self.company))
        return conditions

    def _places(self) -> list[sa.ColumnElement[bool]]:
        conditions: list[sa.ColumnElement[bool]] = []
        if self.board:
            conditions.append(Idea.board_id == _board_id(self.board))
        if self.status:
            conditions.append(Idea.status.in_(_statuses(self.status)))
        if self.label:
            conditions.append(Idea.id.in_(labelled(Label.name == self.label)))
        if self.owner:
            owned = sa.select(Plan.idea_id).where(Plan.owner_id == _owner_id(self.owner))
            conditions.append(Idea.id.in_(owned))
        conditions += [_holds(word) for word in self.text.split()[:WORDS]]
        return conditions

    @staticmethod
    def _days(column: Any, since: date | None, until: date | None) -> list[sa.ColumnElement[bool]]:
        conditions = [column >= datetime.combine(since, time(), UTC)] if since else []
        if until:
            conditions.append(column < datetime.combine(until, time(), UTC) + DAY)
        return conditions

    def words(self) -> dict[str, Any]:
        """The filters that were set, as plain values: for the journal, and to be kept."""
        every = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "order"}
        if self.order != "top":
            every["order"] = self.order
        plain = {name: each.isoformat() if isinstance(each, date) else each for name, each in every.items()}
        return {name: value for name, value in plain.items() if value}

    @classmethod
    def read(cls, words: dict[str, Any]) -> "Choice":
        """From `words`. What has another name by now is left out."""
        known = {each.name for each in fields(cls)}
        days = {"since", "until", "voted_since", "voted_until"}
        read: dict[str, Any] = {
            k: date.fromisoformat(v) if k in days else v for k, v in words.items() if k in known
        }
        return cls(**read)


def ideas_meant(choice: Choice, viewer: Viewer) -> sa.Select[Any]:
    """The ids of the ideas meant which the viewer may see, in their order. What is hidden never leaves."""
    seen = ideas.listed_to(viewer).where(Idea.hidden_at.is_(None))
    return choice.narrow(seen.with_only_columns(Idea.id), viewer)


def _voted(*columns: Any) -> sa.Select[Any]:
    """Votes on ideas with their people and companies."""
    return (
        sa.select(*columns)
        .select_from(Vote)
        .outerjoin(Person, Person.id == Vote.person_id)
        .outerjoin(Company, Company.id == company_of_vote())
        .where(Vote.counts_for_id.is_not(None))
    )


votes_with = _voted


def _holds(word: str) -> sa.ColumnElement[bool]:
    # SQLite only knows the small letters of English: what was typed is looked for as it is, too.
    looks = [(each.icontains(word, autoescape=True), each.contains(word, autoescape=True)) for each in TEXTS]
    return sa.or_(*(condition for pair in looks for condition in pair))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _board_id(board: str) -> int:
    found: dict[str, int] = {row.name: row.id for row in db.session.execute(sa.select(Board.id, Board.name))}
    if board.isascii() and board.isdigit() and int(board[:18]) in found.values():
        return int(board)
    if board not in found:
        raise Unusable(f"There is no board {board!r}. There are: {', '.join(sorted(found)) or 'none yet'}.")
    return found[board]


def _statuses(text: str) -> list[str]:
    wanted = [each.strip() for each in text.split(",") if each.strip()]
    known = statuses.keys()
    for each in wanted:
        if each not in known:
            there = [*Status, *sorted(known - set(Status))]
            raise Unusable(f"There is no status {each!r}. There are: {', '.join(there)}.")
    return wanted


def _company_id(text: str) -> int:
    named = sa.func.lower(Company.name) == sa.func.lower(text)
    wanted = sa.or_(named, Company.name == text, Company.id == (int(text) if _is_number(text) else -1))
    found = db.session.scalars(sa.select(Company.id).where(wanted).order_by(Company.id).limit(2)).all()
    if not found:
        raise Unusable(
            f"There is no company {text!r}. Give its whole name as it stands under Admin > Companies."
        )
    if len(found) > 1:
        raise Unusable(f"There are several companies {text!r}. Give the number of one, such as {found[0]}.")
    return found[0]


def _owner_id(text: str) -> int:
    wanted = Person.id == int(text) if _is_number(text) else Person.email == text.lower()
    found = db.session.scalar(sa.select(Person.id).where(wanted, Person.role.in_(STAFF)))
    if found is None:
        raise Unusable(f"Nobody of the staff is {text!r}. Give a mail address.")
    return found
