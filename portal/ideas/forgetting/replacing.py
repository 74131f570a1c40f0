"""Replacing voters by people without a name: all counts stay as they are, and nobody knows any more who it was.

Each voter of an idea becomes one such person, of the same company, who is nobody else: so the numbers of people, companies
and revenue stay, also when ideas are merged or parted later. Who keeps more of it says so with `forgets`.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import (
    AddedVoteRemoved,
    HelpedByWorkaround,
    HelpedNoMore,
    IdeaJudged,
    VoteAddedFor,
    VoteCast,
    VoteChanged,
    VoteConfirmed,
    VotersForgotten,
    VoteTakenOver,
    VoteWithdrawn,
)
from portal.activity.models import Entry
from portal.database import db
from portal.ideas.confirming.models import Confirmation
from portal.ideas.forgetting.finding import due, family_of, named
from portal.ideas.forgetting.models import Forgetting
from portal.ideas.models import Board, Idea
from portal.ideas.verdicts.models import Verdict
from portal.voting import casting
from portal.voting.models import Vote

BATCH = 100
"""Voters that are forgotten in one transaction."""
NAME = "Name not kept"
VOTED = (VoteCast, VoteChanged, VoteTakenOver, VoteWithdrawn, VoteConfirmed)
VOTERS_SAY = (IdeaJudged, HelpedByWorkaround, HelpedNoMore)
BY_THEM = tuple(each.kind for each in (*VOTED, *VOTERS_SAY))
FOR_THEM = tuple(each.kind for each in (VoteAddedFor, AddedVoteRemoved))

Forgets = Callable[[Collection[int], Mapping[int, int]], None]
_others: list[Forgets] = []


def forgets(also: Forgets) -> Forgets:
    """Register what else knows who voted: it gets the ids of the ideas, and who each voter is from now on. It runs in the
    same transaction and never commits."""
    _others.append(also)
    return also


def forget_some(idea_id: int) -> int:
    """Forget the next voters of a closed idea; how many, 0 when it is done or not due (any more). The caller commits."""
    idea = db.session.get_one(Idea, idea_id)
    casting.hold(idea)
    board = db.session.get_one(Board, idea.board_id)
    is_due = board.forget_months and db.session.scalar(
        due(board, board.forget_months).where(Idea.id == idea_id).with_only_columns(Idea.id)
    )
    if not is_due:
        return 0
    family = list(db.session.scalars(family_of(idea_id)))
    row = db.session.get(Forgetting, idea_id) or Forgetting(idea_id=idea_id, votes=0, begun_at=clock.now())
    db.session.add(row)
    names = _nameless(family)
    if not names:
        _end(row, family)
        return 0
    votes = _count(family, names)
    row.votes += votes
    for forget in (_votes, _answers, _entries, *_others):
        forget(family, names)
    journal.record(VotersForgotten(actor_id=None, idea_id=idea_id, votes=votes))
    return len(names)


def _nameless(family: list[int]) -> dict[int, int]:
    """The next voters, each with the person without a name who takes their place."""
    voters = sa.select(Vote.person_id, Person.company_id).where(Vote.id.in_(named(family)))
    voters = voters.join(Person, Person.id == Vote.person_id).distinct().order_by(Vote.person_id).limit(BATCH)
    found: Sequence[Any] = db.session.execute(voters).all()
    now = clock.now()
    made = [
        Person(
            name=NAME, active=False, created_at=now, erased_at=now, company_id=company_id,
            fs_uniquifier=secrets.token_hex(32),
        )
        for _, company_id in found
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    return {row[0]: person.id for row, person in zip(found, made, strict=True)}


def _count(family: list[int], names: Mapping[int, int]) -> int:
    votes = sa.select(sa.func.count(Vote.id)).where(Vote.idea_id.in_(family), Vote.person_id.in_(names))
    return db.session.scalar(votes) or 0


def rename(model: Any, family: Collection[int], names: Mapping[int, int], **values: Any) -> None:
    """Rows of a table with an idea and a person belong to those without a name; `values` are set there too."""
    theirs = sa.select(model.id, model.person_id).where(
        model.idea_id.in_(list(family)), model.person_id.in_(list(names))
    )
    pairs = [{"key": key, "new": names[old]} for key, old in db.session.execute(theirs)]
    if pairs:
        change = sa.update(model.__table__).where(model.id == sa.bindparam("key"))
        db.session.execute(change.values(person_id=sa.bindparam("new"), **values), pairs)


def _votes(family: Collection[int], names: Mapping[int, int]) -> None:
    rename(Vote, family, names, proof_text=None, proof_url=None)


def _answers(family: Collection[int], names: Mapping[int, int]) -> None:
    rename(Verdict, family, names)
    known = sa.delete(Confirmation).where(
        Confirmation.idea_id.in_(list(family)), Confirmation.person_id.in_(list(names))
    )
    db.session.execute(known, execution_options={"synchronize_session": False})


def _entries(family: Collection[int], names: Mapping[int, int]) -> None:
    """The journal says that somebody voted, or said what only voters say, and not who."""
    adders = sa.select(Vote.added_by_id).where(Vote.idea_id.in_(list(family)), Vote.added_by_id.is_not(None))
    theirs = sa.and_(Entry.kind.in_(BY_THEM), Entry.actor_id.in_(list(names)))
    added = sa.and_(Entry.kind.in_(FOR_THEM), Entry.actor_id.in_(adders))
    rows = db.session.execute(
        sa.select(Entry.id, Entry.actor_id, Entry.kind, Entry.data).where(theirs | added)
    ).all()
    for entry_id, actor_id, kind, data in rows:
        if data["idea_id"] not in family:
            continue
        change: dict[str, Any] = {"actor_id": names.get(actor_id)}
        if kind in FOR_THEM:
            if data["person_id"] not in names:
                continue
            change = {"data": data | {"person_id": names[data["person_id"]]}}
        db.session.execute(sa.update(Entry.__table__).where(Entry.id == entry_id).values(change))  # type: ignore[arg-type]


def _end(row: Forgetting, family: list[int]) -> None:
    """Nobody is left: also of companies the words of the proof go."""
    words = sa.update(Vote).where(Vote.idea_id.in_(family), Vote.proof_kind.is_not(None))
    db.session.execute(
        words.values(proof_text=None, proof_url=None), execution_options={"synchronize_session": False}
    )
    row.ended_at = clock.now()
