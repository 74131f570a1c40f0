"""Votes of a source: each voter has one on an idea, whatever the source wrote down twice."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity.events import VoteWithdrawn
from portal.activity.models import Entry
from portal.database import db
from portal.ideas.merging.settling import settle
from portal.ideas.models import Idea
from portal.ideas.standing import Votes as Rule
from portal.ideas.standing import votes_of
from portal.transfer import counting, storing
from portal.transfer.tables.adding_people import Companies
from portal.transfer.tables.checking import BadValue, Fields, Who
from portal.transfer.tables.taking import Rows, Taking
from portal.voting.models import Proof, Vote
from portal.voting.ruling import IMPORTANCE

QUIETLY = {"synchronize_session": False}
Pairs = set[tuple[int, int]]
"""Person and idea of votes."""


class Votes:
    """Takes rows of votes, batch by batch; `finish` counts them."""

    def __init__(self, taking: Taking, companies: Companies) -> None:
        self._taking = taking
        self._companies = companies
        self._touched: set[int] = set()
        self._with_voters: Counter[tuple[int, int]] = Counter()
        self._said: set[tuple[int, int]] = set()
        self._of_company: dict[Who, int] = {}

    def take(self, rows: Rows, *, voters_may_be_missing: bool) -> None:
        """`voters_may_be_missing`: a row without a voter is an idea that nobody voted for, and no mistake."""
        self._taking.note_ideas_of(rows)
        found = []
        for where, fields in rows:
            try:
                read = self._read(fields, voters_may_be_missing)
            except BadValue as error:
                self._taking.refuse(where, str(error))
                continue
            if read is not None:
                found.append((where, *read))
        self._taking.people.ids(who for *_, voter, adder in found for who in (voter, adder))
        self._taking.people.place([(voter, company, "") for voter, company in self._of_company.items()])
        self._of_company.clear()
        self._write(found)

    def _read(self, fields: Fields, may_be_missing: bool) -> tuple[dict[str, Any], Who, Who] | None:
        voter, adder = fields.who("voter"), fields.who("added_by")
        company = self._companies.id_of(fields)
        if may_be_missing and not voter.is_known and not voter.name and company is None:
            return None
        key, idea_id = self._taking.idea_needed(fields)
        at = fields.moment("voted_at", needed="voted_at" in fields)
        values = _value(fields) | {
            "idea_id": idea_id,
            "company_id": None if voter.is_known else company,
            # Later than the idea it was certainly not made: no demand of today is invented.
            "cast_at": at or self._taking.made_at(key),
            "imported": True,
        }
        if company is not None and voter.is_known:
            self._of_company[voter] = company
        return values | _proof(fields, adder), voter, adder

    def _write(self, found: Sequence[tuple[str, dict[str, Any], Who, Who]]) -> None:
        rows = []
        for where, values, voter, adder in found:
            try:
                person = None if values["company_id"] else self._taking.people.id_needed(voter, "the voter")
                added_by = self._taking.people.id_of(adder) if values["proof_kind"] else None
            except BadValue as error:
                self._taking.refuse(where, str(error))
                continue
            rows.append(
                values | {"person_id": person, "added_by_id": added_by} | ({} if added_by else NO_PROOF)
            )
        self._count(rows)

    def _count(self, rows: Sequence[dict[str, Any]]) -> None:
        """Insert those that are new, and take what has a voter now off the totals without one."""
        pairs = {(row["person_id"], row["idea_id"]) for row in rows if row["person_id"]}
        gone, own = _taken_back(pairs), _own(pairs)
        cast: Counter[tuple[int, int]] = Counter()
        new = [row for row in rows if (row["person_id"], row["idea_id"]) not in gone]
        for idea_id, value in storing.added(Vote, new, Vote.idea_id, Vote.value):
            cast[idea_id, value] += 1
        self._taking.report.taken["votes"] += cast.total()
        self._taking.report.known["votes"] += len(rows) - cast.total()
        self._touched |= {idea_id for idea_id, _value in cast}
        # The source counts them too: who voted here as well, and who took the vote back here.
        counted = {pair for pair in (gone | own) - self._said if pair[1] in self._taking.counted}
        self._said |= counted
        cast.update((idea_id, 1) for _person, idea_id in counted)
        self._with_voters.update(cast)

    def finish(self) -> None:
        """Counters and ranks of what was voted for, and the votes on what is decided are free again."""
        # Once for an idea: for each batch it took a third of the import of 100,000 votes on PostgreSQL.
        _take_off(self._with_voters)
        counting.count_votes(self._touched)
        closed = votes_of(Idea.board_id, Idea.status) == Rule.RETURNED
        for batch in storing.batches(self._touched):
            decided = sa.select(Idea.id).where(Idea.id.in_(batch), closed)
            free = sa.update(Vote).where(Vote.idea_id.in_(decided), Vote.imported, Vote.returned_at.is_(None))
            freed = free.values(returned_at=self._taking.began, returned_for="closing")
            db.session.execute(freed, execution_options=QUIETLY)
            settle(batch)


NO_PROOF = dict.fromkeys(("proof_kind", "proof_url", "proof_text"))


def _value(fields: Fields) -> dict[str, Any]:
    value = fields.number("value") if fields.line("value", 100) else 1
    if value not in (1, -1):
        raise BadValue(f"{fields.called('value')} is neither 1 nor -1")
    importance = fields.number("importance") or None
    if importance is not None and importance not in IMPORTANCE:
        raise BadValue(f"{fields.called('importance')} is none of 1, 2, 3")
    return {"value": value, "importance": importance}


def _proof(fields: Fields, adder: Who) -> dict[str, Any]:
    """What proves a vote that staff added: only with the name of who added it is it a proof."""
    if not adder.is_known:
        return NO_PROOF
    url, words = fields.address("proof_url"), fields.text("proof", 100_000)
    worth = fields.line("worth", 40)
    words = "\n".join(filter(None, (words, f"Worth {worth}" if worth else "")))
    kind = fields.line("proof_kind", 10) or (Proof.LINK if url else Proof.TEXT)
    kind = kind if kind in set(Proof) else Proof.TEXT
    return {"proof_kind": kind, "proof_url": url, "proof_text": words[:1000] or None}


def _taken_back(pairs: Pairs) -> Pairs:
    """Those whose person took the vote back here, and has none now: it does not come back by itself."""
    accounts = sa.select(Person.id).where(
        Person.id.in_({person for person, _ in pairs}), Person.confirmed_at.is_not(None)
    )
    entries = sa.select(Entry.actor_id, Entry.data).where(
        Entry.actor_id.in_(accounts), Entry.kind == VoteWithdrawn.kind
    )
    gone = {(row.actor_id, row.data["idea_id"]) for row in db.session.execute(entries)} & pairs
    return gone - _having(gone)


def _own(pairs: Pairs) -> Pairs:
    """Those who voted here themselves."""
    return _having(pairs, Vote.imported.is_(False))


def _having(pairs: Pairs, *more: Any) -> Pairs:
    people, ideas = {person for person, _ in pairs}, {idea for _, idea in pairs}
    rows = sa.select(Vote.person_id, Vote.idea_id).where(
        Vote.person_id.in_(people), Vote.idea_id.in_(ideas), *more
    )
    return {(row.person_id, row.idea_id) for row in db.session.execute(rows)} & pairs if pairs else pairs


def _take_off(cast: Counter[tuple[int, int]]) -> None:
    """Votes that have a voter now are no longer among those without one."""
    for column, value in ((Idea.imported_up, 1), (Idea.imported_down, -1)):
        rows = [{"key": idea_id, "n": count} for (idea_id, of), count in cast.items() if of == value]
        if rows:
            left = sa.case((column > sa.bindparam("n"), column - sa.bindparam("n")), else_=0)
            changed = sa.update(Idea.__table__).where(Idea.id == sa.bindparam("key"))  # type: ignore[arg-type]
            db.session.execute(changed.values({column.name: left}), rows)
