"""Boards with their rules, audiences and statuses; ideas with all that was decided, planned, voted and confirmed."""

from portal.ideas.confirming.models import Confirmation
from portal.ideas.grounds.models import Ground
from portal.ideas.models import Admission, Board, Idea, OfficialAnswer, StatusChange
from portal.ideas.plans.models import InternalNote, Plan
from portal.ideas.standing import BoardStatus
from portal.transfer.complete.carrying_people import FOLLOWS
from portal.transfer.complete.cooking import COOKED, INTRODUCED, cook, introduce, tell
from portal.transfer.complete.listing import carry
from portal.voting.models import Vote

COUNTED = (
    "votes_up", "votes_down", "weights_up", "hot", "comments", "last_position", "answer_version",
    "people", "accounts", "revenue", "unpriced", "account_weight", "deals", "deals_worth", "rising", "waiting", "helped",
)  # fmt: skip

carry(Board)
carry(Admission)
carry(BoardStatus)
carry(Ground)
carry(
    Idea,
    # One that was merged stands after the one that counts for it.
    first=(Idea.merged_into_id.is_not(None),),
    without=INTRODUCED | dict.fromkeys(COUNTED, FOLLOWS) | {"form_key": "belongs to a form that was sent"},
    tell=tell,
    make=introduce,
)
carry(StatusChange)
carry(OfficialAnswer, without=COOKED, tell=tell, make=cook)
carry(Plan)
carry(InternalNote, without=COOKED, tell=tell, make=cook)
carry(Confirmation)
carry(Vote, where=lambda: Vote.idea_id.is_not(None))
