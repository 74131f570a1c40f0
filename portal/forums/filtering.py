"""Which topics a list shows, as its address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from portal.forums.models import Topic
from portal.paging import Keyset

SHOWN = {"all": "All", "unanswered": "Unanswered", "solved": "Solved", "discussions": "Discussions"}
SORTS = {"activity": "Last activity", "newest": "Newest"}

ACTIVITY = Keyset[Topic]((Topic.last_activity_at, Topic.id))
NEWEST = Keyset[Topic]((Topic.created_at, Topic.id))
SOLVED = Keyset[Topic]((Topic.solved_at, Topic.id))


@dataclass(frozen=True)
class TopicFilter:
    """Reads an address, narrows the query, and writes the address of a neighbouring list."""

    show: str = "all"
    category: int | None = None
    sort: str = "activity"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "TopicFilter":
        """The filter that a query string asks for; what it does not know is left as it is by default."""
        show, sort, category = query.get("show", ""), query.get("sort", ""), query.get("category", "")
        number = category.partition("-")[0]
        return cls(
            show if show in SHOWN else cls.show,
            int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None,
            sort if sort in SORTS else cls.sort,
        )

    @property
    def keyset(self) -> Keyset[Topic]:
        """The order. Solved questions come by when they were solved, unless the newest are asked for."""
        if self.sort == "newest":
            return NEWEST
        return SOLVED if self.show == "solved" else ACTIVITY

    def narrow(self, topics: sa.Select[Topic]) -> sa.Select[Topic]:
        """Only the topics that this filter lets through."""
        if self.category is not None:
            topics = topics.where(Topic.category_id == self.category)
        if self.show == "unanswered":
            # Written out, not bound: only so does the partial index of unanswered questions apply.
            return topics.where(sa.text("topic.kind = 'question' AND topic.answers = 0"))
        if self.show == "solved":
            return topics.where(Topic.solved_at.is_not(None))
        if self.show == "discussions":
            return topics.where(sa.text("topic.kind = 'discussion'"))
        return topics

    def but(self, **changes: Any) -> dict[str, Any]:
        """The query string of this list with something changed, without what is so by default."""
        changed, usual = replace(self, **changes), TopicFilter()
        return {name: value for name, value in vars(changed).items() if value != getattr(usual, name)}
