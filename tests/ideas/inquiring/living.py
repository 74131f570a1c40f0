"""What keeps an idea from being quiet, lately or for good."""

from datetime import timedelta

from portal import clock
from portal.discussion.editing import edit
from portal.discussion.writing import write
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge
from portal.ideas.plans import planning
from portal.moderation import locking
from portal.voting import casting, vouching
from portal.voting.models import Proof
from tests.factories import EPOCH
from tests.ideas.inquiring.looking import NOW


def _vote_lately(make, cast, idea):
    casting.cast(idea, by=make.person())


def _merged(make, cast, idea):
    merge(idea, make.idea(board_id=idea.board_id), by=cast.admin)


def _merged_into(make, cast, idea):
    merge(make.idea(board_id=idea.board_id), idea, by=cast.admin)


def _looked_after(make, cast, idea):
    with clock.at(EPOCH + timedelta(days=5)):
        planning.plan(idea, by=cast.admin, owner_id=cast.admin.id, review_on=(NOW + timedelta(days=1)).date())


LATELY = {
    "a vote": _vote_lately,
    "a vote for a customer": lambda make, cast, idea: vouching.add(
        idea, by=cast.admin, voter=cast.company, evidence=vouching.Evidence(Proof.CALL)
    ),
    "a comment": lambda make, cast, idea: write(idea, by=make.person(), body="Still here?"),
    "a note": lambda make, cast, idea: planning.note(idea, by=cast.admin, body="Ask sales."),
    "a plan": lambda make, cast, idea: planning.plan(idea, by=cast.admin, cost="Two weeks"),
    "another text": lambda make, cast, idea: edit(
        idea, by=cast.customer, title="Fax all reports", body="Please"
    ),
    "a look by staff": lambda make, cast, idea: change_status(idea, to="under_review", by=cast.admin),
    "a merge into it": _merged_into,
}


NEVER = {
    "planned": lambda make, cast, idea: change_status(idea, to="planned", by=cast.admin),
    "parked": lambda make, cast, idea: change_status(idea, to="parked", by=cast.admin),
    "shipped": lambda make, cast, idea: change_status(idea, to="shipped", by=cast.admin),
    "merged": _merged,
    "looked after": _looked_after,
    "locked": lambda make, cast, idea: locking.lock(idea, by=cast.admin, reason="Heated"),
}
