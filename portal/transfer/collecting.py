"""What an export of ideas holds, collected in batches so that memory stays small."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, load_only

from portal.accounts.models import Company, Person, Viewer
from portal.database import db
from portal.discussion.models import Label, Labelling, Link
from portal.errors import Unusable
from portal.ideas import queries as ideas
from portal.ideas.models import Board, Idea, OfficialAnswer, Status
from portal.ideas.statuses import queries as statuses
from portal.transfer.storing import batches
from portal.voting.models import Vote
from portal.voting.tallying import Demand, company_of_vote, demands

ADDER = aliased(Person)

IDEA_COLUMNS = (
    # The columns of Fider's export come first, under its names, so that what reads the one reads the other.
    "number", "title", "description", "created_at", "created_by", "votes_count", "comments_count", "status",
    "responded_by", "responded_at", "response", "original_number", "original_title", "tags",
    "people", "accounts", "revenue_at_stake", "last_staff_word_at", "board", "votes_against",
    "imported_votes", "imported_votes_against",
)  # fmt: skip
VOTE_COLUMNS = (
    "idea_number", "idea_title", "voter_id", "voter", "voter_email", "company", "tier", "segment", "revenue",
    "currency", "crm_id", "value", "voted_at", "on_behalf_of",
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """Which ideas: of one board (by id or name), in one status, the most wanted `top`, made since a day."""

    board: str = ""
    status: str = ""
    top: int | None = None
    since: date | None = None

    def narrow(self, rows: sa.Select[Any]) -> sa.Select[Any]:
        """The ideas meant. Raises Unusable, naming what there is, for a board or status that is not there."""
        if self.board:
            rows = rows.where(Idea.board_id == _board_id(self.board))
        if self.status:
            known = statuses.keys()
            if self.status not in known:
                there = [*Status, *sorted(known - set(Status))]
                raise Unusable(f"There is no status {self.status!r}. There are: {', '.join(there)}.")
            rows = rows.where(Idea.status == self.status)
        if self.since:
            rows = rows.where(Idea.created_at >= datetime.combine(self.since, time(), UTC))
        return rows.order_by(Idea.score.desc(), Idea.id.desc()).limit(self.top)

    def words(self) -> dict[str, Any]:
        """The filters that were set, for the journal."""
        since = self.since.isoformat() if self.since else None
        every = {"board": self.board, "status": self.status, "top": self.top, "since": since}
        return {name: value for name, value in every.items() if value}


def _board_id(board: str) -> int:
    found: dict[str, int] = {row.name: row.id for row in db.session.execute(sa.select(Board.id, Board.name))}
    if board.isascii() and board.isdigit() and int(board[:18]) in found.values():
        return int(board)
    if board not in found:
        raise Unusable(f"There is no board {board!r}. There are: {', '.join(sorted(found)) or 'none yet'}.")
    return found[board]


def idea_ids(choice: Choice, viewer: Viewer) -> list[int]:
    """The ids of the ideas meant which the viewer may see, most wanted first."""
    return list(db.session.scalars(choice.narrow(ideas.visible_to(viewer).with_only_columns(Idea.id))))


def idea_rows(ids: Sequence[int]) -> Iterator[list[Any]]:
    """A row of IDEA_COLUMNS for each idea."""
    for batch in batches(ids):
        answers, labels, originals = _answers(batch), _labels(batch), _originals(batch)
        demand = demands(batch)
        for idea in _in_order(batch):
            answer = answers.get(idea.id)
            original = originals.get(idea.id, ("", ""))
            wanted = demand.get(idea.id, Demand())
            yield [
                idea.id, idea.title, idea.body, _stamp(idea.created_at), idea.author_name, idea.up,
                idea.comments, idea.status, answer.author.name if answer else "",
                _stamp(answer.at) if answer else "", answer.body if answer else "", *original,
                ", ".join(labels.get(idea.id, ())), wanted.people, wanted.companies, _money(wanted.revenue),
                _stamp(idea.last_staff_word_at), idea.board.name, idea.down, idea.imported_up, idea.imported_down,
            ]  # fmt: skip


def vote_rows(ids: Sequence[int]) -> Iterator[list[Any]]:
    """A row of VOTE_COLUMNS for each vote that has a voter, in the order of the ideas."""
    for batch in batches(ids, 100):
        order = {key: place for place, key in enumerate(batch)}
        votes = (
            sa.select(Vote, Idea.title, Person, Company, ADDER.name)
            .join(Idea, Idea.id == Vote.idea_id)
            .outerjoin(Person, Person.id == Vote.person_id)
            .outerjoin(Company, Company.id == company_of_vote())
            .outerjoin(ADDER, ADDER.id == Vote.added_by_id)
            .where(Vote.idea_id.in_(batch))
            .order_by(sa.case(order, value=Vote.idea_id), Vote.cast_at, Vote.id)
            .execution_options(yield_per=1000)
        )
        for vote, title, person, company, adder in db.session.execute(votes):
            yield _vote_row(vote, title, person, company, adder)


def people_in(ids: Sequence[int]) -> int:
    """How many people's votes are on these ideas."""
    voters: set[int] = set()
    for batch in batches(ids):
        people = sa.select(Vote.person_id).where(Vote.idea_id.in_(batch), Vote.person_id.is_not(None))
        voters.update(each for each in db.session.scalars(people.distinct()) if each)
    return len(voters)


def _vote_row(
    vote: Vote, title: str, person: Person | None, company: Company | None, adder: str | None
) -> list[Any]:
    of_company = (
        [company.name, company.tier, company.segment, company.revenue, company.currency, company.crm_id]
        if company
        else [""] * 6
    )
    return [
        vote.idea_id,
        title,
        *([person.id, person.name, person.email] if person else ["", "", ""]),
        *of_company,
        vote.value,
        _stamp(vote.cast_at),
        _on_behalf(vote, adder),
    ]


def _on_behalf(vote: Vote, adder: str | None) -> str:
    """Who added the vote for the customer and what proves it: "added by Mira Kovač: call, https://…"."""
    if vote.added_by_id is None:
        return ""
    proof = ", ".join(filter(None, [vote.proof_kind, vote.proof_url, vote.proof_text]))
    taken = f" (taken over {_stamp(vote.taken_over_at)})" if vote.taken_over_at else ""
    return f"added by {adder}: {proof}{taken}"


def _in_order(batch: Sequence[int]) -> list[Idea]:
    found = sa.select(Idea).where(Idea.id.in_(batch))
    found = found.options(joinedload(Idea.author).options(load_only(Person.name)), joinedload(Idea.board))
    by_id = {idea.id: idea for idea in db.session.scalars(found)}
    return [by_id[key] for key in batch if key in by_id]


def _answers(batch: Sequence[int]) -> dict[int, OfficialAnswer]:
    """The version of the official answer that holds."""
    versions = (
        sa.select(OfficialAnswer).where(OfficialAnswer.idea_id.in_(batch)).order_by(OfficialAnswer.version)
    )
    return {
        each.idea_id: each for each in db.session.scalars(versions.options(joinedload(OfficialAnswer.author)))
    }


def _labels(batch: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = sa.select(Labelling.idea_id, Label.name).join(Label).where(Labelling.idea_id.in_(batch))
    for idea_id, name in db.session.execute(rows.order_by(Label.name)):
        found[int(idea_id or 0)].append(name)
    return found


def _originals(batch: Sequence[int]) -> dict[int, tuple[int, str]]:
    """What an idea is a duplicate of."""
    rows = (
        sa.select(Link.from_idea_id, Idea.id, Idea.title)
        .join(Idea, Idea.id == Link.to_idea_id)
        .where(Link.kind == "duplicate", Link.from_idea_id.in_(batch), Idea.hidden_at.is_(None))
        .order_by(Link.id)
    )
    return {int(row[0] or 0): (row[1], row[2]) for row in db.session.execute(rows)}


def _money(revenue: Sequence[tuple[str, Decimal]]) -> str:
    return " + ".join(f"{amount:.2f} {currency}" for currency, amount in sorted(revenue))


def _stamp(at: datetime | None) -> str:
    """RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
