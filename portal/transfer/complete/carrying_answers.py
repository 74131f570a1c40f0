"""What people say of a decided idea or of a quiet one, and how staff score ideas: their counts come along as columns of the idea."""

from portal.ideas.appeals.models import Appeal
from portal.ideas.forgetting.models import Forgetting
from portal.ideas.inquiring.models import IdeaTouch, Inquiry, InquiryAnswer, InquiryLook
from portal.ideas.scores.models import Formula, Score
from portal.ideas.verdicts.models import Verdict
from portal.transfer.complete.listing import carry, leave_out
from portal.transfer.tables.mapping import Values

for model in (Verdict, Appeal, Formula, Score, InquiryAnswer, IdeaTouch, Forgetting):
    carry(model)


def told(values: Values) -> Values:
    """Whoever was not told yet sees it on the page of the idea; nobody tells them there."""
    return values | {"told_at": values["told_at"] or values["asked_at"]}


WORK = dict.fromkeys(("tries", "try_at", "failure"), "belongs to the worker of that portal")
carry(Inquiry, without=WORK, tell=told, make=told)
leave_out(InquiryLook, "says how far the worker has come today")
