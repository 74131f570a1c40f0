"""Noticing in the journal what people are to be told, in the transaction of the position."""

from collections.abc import Sequence

from portal.activity.models import Entry
from portal.notifications import following, telling


class NoticeReader:
    """Writes down what is to be told, and tells the first people at once; the worker tells the others in batches."""

    name = "notices"

    def read(self, entries: Sequence[Entry]) -> None:
        following.follow_votes(entries)
        telling.begin(entries)
        left = telling.BATCH
        while left > 0:
            told = telling.tell(left)
            if told is None:
                return
            left -= max(told, 1)
