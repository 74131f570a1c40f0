"""Following the journal: which ideas' demand is to be counted again. Few at once here, many later by the worker."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import events
from portal.activity.models import Entry
from portal.database import db
from portal.ideas.models import Idea
from portal.insights.marking import mark
from portal.insights.recounting import MOST_AT_ONCE, recount
from portal.voting.models import Vote

OF_COMPANIES = frozenset({"tier", "segment", "revenue", "currency", "deals"})
"""What of a company is part of the demand of its people."""


def _kinds(*of: type[events.Event]) -> frozenset[str]:
    return frozenset(each.kind for each in of)


OF_AN_IDEA = _kinds(
    events.VoteCast,
    events.VoteWithdrawn,
    events.VoteAddedFor,
    events.AddedVoteRemoved,
    events.StatusChanged,
    events.IdeaMerged,
    events.IdeaParted,
    events.OfficialAnswerGiven,
    events.PostWritten,
)
OF_CONTENT = _kinds(events.ContentHidden, events.ContentRestored)
OF_OTHERS = _kinds(
    events.PersonConfirmed,
    events.PersonChanged,
    events.CompanyChanged,
    events.ContentImported,
    events.RateEntered,
)
"""What changes the demand for ideas without a vote."""


@dataclass
class Touched:
    """What a batch of entries speaks of, by id; `rates`: that revenue is worth something else."""

    ideas: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    companies: set[int] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    rates: bool = False

    def note(self, entry: Entry) -> None:
        """Add what one entry speaks of."""
        kind, data = entry.kind, entry.data
        if kind in OF_AN_IDEA:
            # Of a merge also the other idea.
            self.ideas |= {key for name in ("idea_id", "into_id", "from_id") if (key := data.get(name))}
        elif kind in OF_CONTENT and data["subject"] == "idea":
            self.ideas.add(data["subject_id"])
        elif kind == events.PersonConfirmed.kind or _moves(entry):
            self.people.add(data["person_id"])
        elif kind == events.CompanyChanged.kind and OF_COMPANIES & set(data["fields"]):
            self.companies.add(data["company_id"])
        elif kind == events.ContentImported.kind:
            self.sources.add(data["source"])
        elif kind == events.RateEntered.kind:
            self.rates = True

    def selects(self) -> Iterable[sa.Select[Any]]:
        """The ideas that are meant beside `ideas`, as selects of their ids."""
        mine = sa.select(Vote.counts_for_id).where(Vote.counts_for_id.is_not(None)).distinct()
        if self.people:
            yield mine.where(Vote.person_id.in_(self.people))
        if self.companies:
            theirs = sa.select(Person.id).where(Person.company_id.in_(self.companies))
            yield mine.where(Vote.person_id.in_(theirs))
            yield mine.where(Vote.company_id.in_(self.companies))
        if self.sources:
            # A whole portal came from no other source.
            everything = sa.true() if "" in self.sources else sa.false()
            yield sa.select(Idea.id).where(Idea.source_system.in_(self.sources) | everything)
        if self.rates:
            yield sa.select(Idea.id).where(Idea.accounts > 0)


def _moves(entry: Entry) -> bool:
    return entry.kind == events.PersonChanged.kind and "company" in entry.data["fields"]


class DemandReader:
    """Counts demand again, in the transaction of its position, or leaves a mark where that is too much at once."""

    name = "demand"

    def read(self, entries: Sequence[Entry]) -> None:
        touched = Touched()
        for entry in entries:
            touched.note(entry)
        some = [each for select in touched.selects() for each in _first(select)]
        if len(touched.ideas) + len(some) <= MOST_AT_ONCE:
            recount(sorted({*touched.ideas, *some}))
            return
        for select in touched.selects():
            mark(select)
        mark(sa.select(Idea.id).where(Idea.id.in_(touched.ideas)))


def _first(select: sa.Select[Any]) -> list[int]:
    return list(db.session.scalars(select.limit(MOST_AT_ONCE + 1)))
