"""Which ideas count for which, since when and by whom, and what was said of those that seem to be the same."""

from portal.ideas.merging.models import Merge
from portal.search.pairs.models import Pair, Unpaired
from portal.transfer.complete.listing import carry, leave_out

carry(Merge)
carry(Pair)
leave_out(Unpaired, "the worker looks for what resembles an idea anew")
