"""Rates of currencies come along; what is counted from votes by the worker does not."""

from portal.transfer.complete.carrying_people import FOLLOWS
from portal.transfer.complete.listing import carry, leave_out
from portal.voting.demand.models import FoldedDay, Portion, Rate, Recount, VoteDay

carry(Rate)
for model in (Portion, VoteDay, FoldedDay, Recount):
    leave_out(model, FOLLOWS)
