"""Audits: the numbers of demand, folded again from the votes. What waits to be counted again is left out."""

from collections.abc import Generator, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.activity import queries as journal
from portal.activity.auditing import audits
from portal.activity.models import Entry
from portal.database import db
from portal.ideas import waiting
from portal.ideas.models import Idea
from portal.insights.following import OF_OTHERS, DemandReader
from portal.insights.recounting import MOST_AT_ONCE, folded_day
from portal.voting.demand import folding
from portal.voting.demand.folding import ALL, Fold
from portal.voting.demand.models import Portion, Recount, VoteDay

Differences = Generator[str, None, int]
NAMES = tuple(asdict(folding.Numbers()))
CLOSE = 1e-5


@audits("demand for ideas")
def count_demand() -> Differences:
    """People, accounts, revenue, what is unpriced and account weight of each idea, against the votes.

    While the reader has not read what happened to people, companies and rates, nothing is compared.
    """
    compared = 0
    if _is_behind(Entry.kind.in_(OF_OTHERS)):
        return compared
    for ids in _batches():
        folds = folding.fold(ids, _today())
        for row in db.session.execute(
            sa.select(Idea.id, *(getattr(Idea, name) for name in NAMES)).where(Idea.id.in_(ids))
        ):
            compared += 1
            yield from _differences(f"idea {row.id}", row, asdict(folds[row.id].whole))
    return compared


@audits("portions and days of demand")
def count_portions() -> Differences:
    """Windows, tiers, segments, days, and what rises and waits, as of the day that was folded last."""
    compared = 0
    if _is_behind() or folded_day() is None:
        return compared
    for ids in _batches():
        folds = folding.fold(ids, _today())
        for what, stored, counted in _parts(ids, folds):
            compared += 1
            if stored != counted:
                yield f"{what}: stored {stored}, counted {counted}"
    return compared


def _parts(ids: list[int], folds: dict[int, Fold]) -> Iterator[tuple[str, Any, Any]]:
    """Of each part of these ideas: what it is, as stored and as counted."""
    portions = {(p.idea_id, p.among): tuple(getattr(p, name) for name in NAMES) for p in _rows(Portion, ids)}
    days = {(each.idea_id, each.day): each.votes for each in _rows(VoteDay, ids)}
    counted = {
        (key, among): tuple(asdict(numbers).values())
        for key, each in folds.items()
        for among, numbers in each.portions.items()
        if among != ALL
    }
    by_day = {(key, day): votes for key, each in folds.items() for day, votes in each.days.items()}
    pairs: tuple[tuple[str, dict[Any, Any], dict[Any, Any]], ...] = (
        ("portion", portions, counted),
        ("day", days, by_day),
    )
    for name, stored, right in pairs:
        for key in sorted(stored.keys() | right.keys()):
            yield f"{name} {key[1]} of idea {key[0]}", stored.get(key), right.get(key)
    waits = waiting.measure(ids, _today())
    for row in db.session.execute(sa.select(Idea.id, Idea.rising, Idea.waiting).where(Idea.id.in_(ids))):
        rises = folds[row.id].rising
        yield f"rising of idea {row.id}", row.rising, row.rising if abs(row.rising - rises) < CLOSE else rises
        yield f"waiting of idea {row.id}", row.waiting, waits[row.id]


def _rows(table: Any, ids: list[int]) -> Any:
    return db.session.scalars(sa.select(table).where(table.idea_id.in_(ids)))


def _stored() -> sa.Select[Any]:
    return sa.select(Idea.id, *(getattr(Idea, name) for name in NAMES))


def _differences(what: str, row: Any, counted: dict[str, int]) -> Iterator[str]:
    for name, right in counted.items():
        if (stored := getattr(row, name)) != right:
            yield f"{name} of {what}: stored {stored}, counted {right}"


def _today() -> date:
    return folded_day() or clock.now().date()


def _is_behind(*matters: sa.ColumnElement[bool]) -> bool:
    at = journal.position(DemandReader.name)
    return db.session.scalar(sa.select(journal.after(*at).where(*matters).exists())) or False


def _batches() -> Iterator[list[int]]:
    last = 0
    while True:
        ids = sa.select(Idea.id).where(Idea.id > last, Idea.id.not_in(sa.select(Recount.idea_id)))
        some = list(db.session.scalars(ids.order_by(Idea.id).limit(MOST_AT_ONCE)))
        if not some:
            return
        yield some
        last = some[-1]
