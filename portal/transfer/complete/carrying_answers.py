"""What people say of a decided idea, and how staff score ideas: their counts come along as columns of the idea."""

from portal.ideas.appeals.models import Appeal
from portal.ideas.scores.models import Formula, Score
from portal.ideas.verdicts.models import Verdict
from portal.transfer.complete.listing import carry

for model in (Verdict, Appeal, Formula, Score):
    carry(model)
