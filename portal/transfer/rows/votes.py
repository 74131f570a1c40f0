"""A row for each vote that has a voter: who, of which company, how much it matters, and what is known of the idea."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.accounts.models import Company, Person
from portal.crm_bridge.models import DEFAULT, CrmLink, Entity
from portal.database import db
from portal.ideas.models import Idea
from portal.tables import Column
from portal.transfer.rows import ideas
from portal.transfer.rows.ideas import stamp
from portal.transfer.rows.meaning import Meant
from portal.transfer.rows.weighing import IMPORTANCE
from portal.transfer.storing import batches
from portal.voting.models import Vote

ADDER = aliased(Person)
VOTE, VOTER, COMPANY = "The vote", "The voter", "The company"
TOGETHER = 100
"""Of how many ideas the votes are read together."""

COLUMNS = (
    Column("idea_number", ideas.IDEA, "Number of the idea"),
    Column("idea_title", ideas.IDEA, "Title of the idea"),
    Column("voter_id", VOTER, "Number of the voter here", personal=True),
    Column("voter", VOTER, "Name", personal=True),
    Column("voter_email", VOTER, "Mail address", personal=True),
    Column("company", COMPANY, "Company that the vote speaks for"),
    Column("tier", COMPANY, "Tier"),
    Column("segment", COMPANY, "Segment"),
    Column("revenue", COMPANY, "Revenue of a year, as a number"),
    Column("currency", COMPANY, "Currency of the revenue"),
    Column("crm_id", COMPANY, "Number of the company in the CRM"),
    Column("value", VOTE, "1 for it, -1 against"),
    Column("voted_at", VOTE, "When it was cast"),
    Column("on_behalf_of", VOTE, "Who added it for the customer, and the proof", personal=True),
    Column("weight", VOTE, "How many votes the person gave it"),
    Column("importance", VOTE, "nice, important or critical, where it was said"),
    Column("returned_at", VOTE, "Since when it is free for other ideas again"),
    Column("source_type", VOTE, "What proves a vote that staff added: call, ticket, mail, link, text"),
    Column("source_url", VOTE, "Address of the proof"),
    Column("added_by", VOTE, "Who of the staff added it, by name", personal=True),
    Column("reputation", VOTER, "Points of the voter"),
    Column("crm_contact_id", VOTER, "Number of the voter in the CRM", personal=True),
    Column("account_id", COMPANY, "Number of the company here"),
    Column("account_owner", COMPANY, "Who looks after the company, by name", personal=True),
    Column("renews_on", COMPANY, "When the contract renews"),
)
USUAL = tuple(each.name for each in COLUMNS[:14])
BEFORE = "idea_"


def columns() -> list[Column]:
    """All columns of a vote; those of its idea have "idea_" before their names."""
    known = {each.name for each in COLUMNS}
    beside = [replace(each, name=BEFORE + each.name) for each in ideas.columns()]
    return [*COLUMNS, *(each for each in beside if each.name not in known)]


def rows(meant: Meant, names: Sequence[str]) -> Iterator[list[Any]]:
    """The cells of these names for each vote, in the order of the ideas, the oldest vote first."""
    of_vote = _expressions()
    of_idea = [name.removeprefix(BEFORE) for name in names if name not in of_vote]
    for batch in batches(meant.ids, TOGETHER):
        known = dict(ideas.cells(batch, of_idea, meant.viewer)) if of_idea else {}
        for row in db.session.execute(_select(meant, batch, names)):
            own = {name: _plain(name, cell) for name, cell in row._mapping.items() if name in of_vote}
            if "on_behalf_of" in own:
                own["on_behalf_of"] = _on_behalf(row)
            beside = dict(zip(of_idea, known.get(row.idea_number, ()), strict=False))
            yield [own[n] if n in own else beside.get(n.removeprefix(BEFORE), "") for n in names]


def _select(meant: Meant, batch: Sequence[int], names: Sequence[str]) -> sa.Select[Any]:
    order = {key: place for place, key in enumerate(batch)}
    known = _expressions()
    wanted = [known[name].label(name) for name in dict.fromkeys(("idea_number", *names)) if name in known]
    proof = (Vote.proof_kind, Vote.proof_url, Vote.proof_text, Vote.taken_over_at, Vote.added_by_id)
    select = meant.votes(*wanted, *(proof if "on_behalf_of" in names else ()))
    if "idea_title" in names:
        select = select.join(Idea, Idea.id == Vote.counts_for_id)
    if {"on_behalf_of", "added_by"} & set(names):
        select = select.outerjoin(ADDER, ADDER.id == Vote.added_by_id)
    if "crm_contact_id" in names:
        select = select.outerjoin(CrmLink, sa.and_(*_of_contact()))
    return (
        select.where(Vote.counts_for_id.in_(batch))
        .order_by(sa.case(order, value=Vote.counts_for_id), Vote.cast_at, Vote.id)
        .execution_options(yield_per=1000)
    )


def _of_contact() -> tuple[Any, ...]:
    return (
        CrmLink.connection == DEFAULT,
        CrmLink.entity == Entity.PERSON,
        CrmLink.entity_id == Vote.person_id,
    )


@cache
def _expressions() -> dict[str, Any]:
    """What each column is read from."""
    return {
        "idea_number": Vote.counts_for_id, "idea_title": Idea.title, "voter_id": Person.id,
        "voter": Person.name, "voter_email": Person.email, "company": Company.name, "tier": Company.tier,
        "segment": Company.segment, "revenue": Company.revenue, "currency": Company.currency,
        "crm_id": Company.crm_id, "value": Vote.value, "voted_at": Vote.cast_at, "on_behalf_of": ADDER.name,
        "weight": Vote.weight, "importance": Vote.importance, "returned_at": Vote.returned_at,
        "source_type": Vote.proof_kind, "source_url": Vote.proof_url, "added_by": ADDER.name,
        "reputation": Person.reputation, "crm_contact_id": CrmLink.remote_id, "account_id": Company.id,
        "account_owner": Company.owner, "renews_on": Company.renews_on,
    }  # fmt: skip


def _plain(name: str, cell: Any) -> Any:
    if name in {"voted_at", "returned_at"}:
        return stamp(cell)
    if name == "importance":
        return IMPORTANCE.get(cell, "")
    if cell is None:
        return ""
    return cell.isoformat() if name == "renews_on" else cell


def _on_behalf(vote: Any) -> str:
    """Who added the vote for the customer and what proves it: "added by Mira Kovač: call, https://…"."""
    if vote.added_by_id is None:
        return ""
    proof = ", ".join(filter(None, [vote.proof_kind, vote.proof_url, vote.proof_text]))
    taken = f" (taken over {stamp(vote.taken_over_at)})" if vote.taken_over_at else ""
    return f"added by {vote.on_behalf_of}: {proof}{taken}"
