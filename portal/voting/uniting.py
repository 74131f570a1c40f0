"""Uniting the votes on ideas that were merged, and parting them again: by whole sets of rows, in the database.

Every vote stays on its idea, with its date, its proof and what it says. Of the votes of one voter on the ideas of a
family one counts: an own one before one that staff added, then the one of the greatest weight, then the last. What a
merge made free again in a budget bears `returned_for` "merging"; parting takes exactly that back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.voting.models import Vote, is_own, weight_counted
from portal.voting.returning import CLOSING, MERGING


@dataclass(frozen=True)
class Family:
    """An idea and those that it counts for: `sources` by id, with those among them whose votes were returned when
    they were closed (`closed`) and those of other boards (`abroad`). `is_closed`: so is the idea itself."""

    idea: Any
    sources: Collection[int] = ()
    closed: Collection[int] = ()
    abroad: Collection[int] = ()
    is_closed: bool = False

    @property
    def votes(self) -> sa.ColumnElement[bool]:
        """The condition on votes on any of them."""
        return Vote.idea_id.in_([self.idea.id, *self.sources])

    @property
    def decided(self) -> sa.ColumnElement[bool]:
        """The condition on votes that were returned by what became of their own idea."""
        return Vote.idea_id.in_([*self.closed, *([self.idea.id] if self.is_closed else [])])


def is_own_first() -> sa.ColumnElement[int]:
    """1 for votes that their person cast or took over, 0 for those that staff added."""
    return sa.case((is_own(), 1), else_=0)


def unite(family: Family) -> None:
    """Have the votes of a family that just grew count for its idea. Nobody loses or spends anything by it."""
    now = clock.now()
    _put_to_sleep(family)
    _carry(family)
    _set(_first(family) & Vote.eclipsed, eclipsed=False)
    if family.is_closed:
        _set(_of(family.sources) & Vote.returned_at.is_(None) & ~family.decided, **_returned(now, CLOSING))
    else:
        _set(_of(family.abroad) & Vote.returned_at.is_(None), **_returned(now, MERGING))


def part(family: Family, rest: Family) -> None:
    """Have the votes of a family count for its idea again, which was part of `rest` until now."""
    _put_to_sleep(family)
    _carry(family)
    _set(_first(family) & Vote.eclipsed, eclipsed=False)
    _return_as_before(family)
    _wake(rest)


def reopen(family: Family) -> None:
    """The idea of a family takes votes again: they hold their budgets again, but for those freed by a merge.

    Somebody who spent the freed votes meanwhile has none left then, and not fewer than none.
    """
    closed_by_it = family.votes & (Vote.returned_for == CLOSING) & ~_of(family.closed)
    freed = Vote.eclipsed | _of(family.abroad)
    _set(closed_by_it & freed, returned_for=MERGING)
    _set(closed_by_it & ~freed, returned_at=None, returned_for=None)


def _put_to_sleep(family: Family) -> None:
    """Of several votes of a voter only the first counts; the others are free again."""
    late = Vote.id.in_(_ranked(family, first=False)) & ~Vote.eclipsed
    if not family.is_closed:
        _set(late & Vote.returned_at.is_(None), **_returned(clock.now(), MERGING))
    _set(late, eclipsed=True)


def _carry(family: Family) -> None:
    most = family.idea.board.most_per_idea
    capped = sa.case((Vote.weight > most, most), else_=None)
    elsewhere = sa.or_(Vote.carried_to_id.is_(None), Vote.carried_to_id != family.idea.id)
    _set(_of(family.sources) & elsewhere, carried_to_id=family.idea.id, counted=capped)
    _set(Vote.idea_id == family.idea.id, carried_to_id=None, counted=None)


def _wake(family: Family) -> None:
    """What slept beside votes that left counts again, and holds its budget as it did."""
    waking = _first(family) & Vote.eclipsed & (Vote.returned_for == MERGING)
    if family.is_closed:
        _set(waking & ~(Vote.imported & family.decided), returned_for=CLOSING)
        _set(waking & Vote.imported & family.decided, returned_at=None, returned_for=None)
    else:
        _set(waking & ~_of(family.abroad), returned_at=None, returned_for=None)
    _set(_first(family) & Vote.eclipsed, eclipsed=False)


def _return_as_before(family: Family) -> None:
    """What holds a budget now that the idea stands for itself. Dates of what stays returned stay."""
    now, freed = clock.now(), Vote.eclipsed | _of(family.abroad)
    merged = family.votes & (Vote.returned_for == MERGING)
    if family.is_closed:
        theirs = Vote.imported & family.decided
        _set(merged & ~Vote.eclipsed & ~theirs, returned_for=CLOSING)
        _set(merged & ~Vote.eclipsed & theirs, returned_at=None, returned_for=None)
        _set(_of(family.sources) & ~family.decided & Vote.returned_at.is_(None), **_returned(now, CLOSING))
        return
    closed_there = family.votes & (Vote.returned_for == CLOSING) & ~family.decided
    _set(closed_there & freed, returned_for=MERGING)
    _set((closed_there | merged) & ~freed, returned_at=None, returned_for=None)
    _set(family.votes & Vote.returned_at.is_(None) & freed, **_returned(now, MERGING))


def _of(idea_ids: Collection[int]) -> sa.ColumnElement[bool]:
    return Vote.idea_id.in_(list(idea_ids))


def _first(family: Family) -> sa.ColumnElement[bool]:
    return Vote.id.in_(_ranked(family, first=True))


def precedence(idea: Any) -> tuple[sa.ColumnElement[Any], ...]:
    """The order in which votes of one voter come before each other where one of them counts for this idea. Needs its
    board."""
    own, most = Vote.idea_id == idea.id, idea.board.most_per_idea
    there = Vote.carried_to_id == idea.id
    weight = sa.case(
        (own, Vote.weight), (there, weight_counted()), (Vote.weight <= most, Vote.weight), else_=most
    )
    return is_own_first().desc(), weight.desc(), Vote.cast_at.desc(), Vote.id.desc()


def _ranked(family: Family, *, first: bool) -> sa.Select[int]:
    """Ids of the votes that count for the idea of a family, or of all others."""
    voter = (Vote.person_id, Vote.company_id)
    place = sa.func.row_number().over(partition_by=voter, order_by=precedence(family.idea))
    ranked = sa.select(Vote.id, place.label("place")).where(family.votes).subquery()
    return sa.select(ranked.c.id).where(ranked.c.place == 1 if first else ranked.c.place > 1)


def _returned(at: Any, why: str) -> dict[str, Any]:
    return {"returned_at": at, "returned_for": why}


def _set(which: sa.ColumnElement[bool], **values: Any) -> None:
    changed = sa.update(Vote).where(which).values(**values)
    db.session.execute(changed, execution_options={"synchronize_session": False})
