"""Vouching: staff add a vote for a customer, with proof; the customer makes it the own one or takes it back."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company, Person
from portal.activity import journal
from portal.activity.events import AddedVoteRemoved, VoteAddedFor
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.voting import carrying, casting, queries
from portal.voting.counting import Ballot, count
from portal.voting.models import Proof, Vote


def may_vouch(person: Any) -> bool:
    """Whether this person may add votes for customers."""
    return bool(person.may("decide") or person.may("moderate"))


@dataclass(frozen=True)
class Evidence:
    """What proves that a customer wants it: how it was said, where that can be read, and in which words."""

    kind: Proof
    url: str = ""
    text: str = ""


def add(
    idea: Any, *, by: Person, voter: Person | Company | None, evidence: Evidence, told: bool = False
) -> Vote:
    """A vote for the idea in the name of a person or a company. It takes nothing from anybody's budget.

    Raises NotAllowed unless the actor may vouch, Unusable for nobody, Conflict where no votes are taken or the
    customer voted already.
    """
    _must_vouch(by)
    casting.hold(idea)
    casting.refuse_when_closed(idea)
    if voter is None:
        raise Unusable("Say for whom the vote is.")
    whose = {"person_id" if isinstance(voter, Person) else "company_id": voter.id}
    if db.session.scalar(sa.select(Vote.id).filter_by(counts_for_id=idea.id, **whose)):
        raise Conflict(f"{voter.name} has a vote on this idea already.")
    vote = _vote(idea, by, evidence, told, **whose)
    count(idea, vote.cast_at, by=voter, given=Ballot(1))
    names = {"person_id": vote.person_id, "company_id": vote.company_id}
    journal.record(VoteAddedFor(actor_id=by.id, idea_id=idea.id, proof=evidence.kind, told=told, **names))
    return vote


def _vote(idea: Any, by: Person, evidence: Evidence, told: bool, **whose: int) -> Vote:
    at = clock.now()
    proof = {
        "proof_kind": evidence.kind,
        "proof_url": evidence.url or None,
        "proof_text": evidence.text or None,
        "told_at": at if told else None,
    }
    vote = Vote(idea_id=idea.id, value=1, cast_at=at, added_by_id=by.id, **whose, **proof)
    db.session.add(vote)
    db.session.flush()
    return vote


def take_over(idea: Any, *, by: Person) -> bool:
    """The vote that staff added is the person's own from now on, whatever is left to vote with.

    False when there is none, or it is the own one already.
    """
    casting.hold(idea)
    vote = queries.own_vote(by, idea)
    if vote is None or not vote.is_for_a_customer:
        return False
    vote.taken_over_at = clock.now()
    casting.tell_taken_over(idea, vote.idea_id or idea.id, by)
    return True


def remove(vote: Vote, idea: Any, *, by: Person) -> None:
    """Take away a vote that was added by mistake. Raises NotAllowed unless the actor may vouch, Conflict once it
    belongs to its customer."""
    _must_vouch(by)
    casting.hold(idea)
    casting.refuse_when_closed(idea)
    db.session.refresh(vote)
    if not vote.is_for_a_customer:
        raise Conflict("The customer took this vote over: only they can take it back.")
    gone, voter, own_id = Ballot.of(vote), queries.voter_of(vote), vote.idea_id or idea.id
    names = {"person_id": vote.person_id, "company_id": vote.company_id}
    db.session.delete(vote)
    db.session.flush()
    if idea.sources:
        carrying.wake(idea, **names)
        carrying.recount_all(idea, {own_id})
    else:
        count(idea, clock.now(), by=voter, taken=gone)
    journal.record(AddedVoteRemoved(actor_id=by.id, idea_id=own_id, **names))


def _must_vouch(by: Person) -> None:
    if not may_vouch(by):
        raise NotAllowed("Only staff add votes for customers. You can vote yourself.")
