"""Which ideas the desk shows, in which order: read from the address, and written back into it."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Viewer
from portal.discussion.models import Label
from portal.ideas import waiting
from portal.ideas.filtering import MEASURES, IdeaFilter
from portal.ideas.merging.queries import labelled
from portal.ideas.models import Idea, OfficialAnswer, StatusChange
from portal.ideas.plans.models import Plan
from portal.paging import Keyset

PAGE = 30
SORTS: dict[str, tuple[str, Keyset[Any] | None]] = {
    "waiting": ("Needs a decision", Keyset((Idea.waiting, Idea.id))),
    "rising": ("Rising", Keyset((Idea.rising, Idea.id))),
    "review": ("Review date", Keyset((Plan.review_on, Plan.idea_id), descending=False)),
    "hot": ("Hot", Keyset((Idea.hot, Idea.id))),
    "people": ("People", None),
    "accounts": ("Accounts", None),
    "revenue": ("Revenue at stake", None),
    "deals": ("Open deals", Keyset((Idea.deals_worth, Idea.id))),
    "weight": ("Account weight", None),
    "new": ("Newest", Keyset((Idea.created_at, Idea.id))),
}
"""What each order is called, and its pages; None where that depends on the votes that count."""
AGES = (7, 30, 90, 365)
SAME = ("status", "tier", "segment", "text", "chosen")
"""What the public list knows by the same names."""
_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)


@dataclass(frozen=True)
class Choice:
    """Empty fields narrow nothing. `age`: made in the last so many days; `since` and `until`: made on these days or
    between; `due`: the review date has come; `state`: one of STATES. `chosen`: fields of the board, each with the
    choice that is wanted, by their ids."""

    sort: str = "waiting"
    board: int = 0
    status: str = ""
    tier: str = ""
    segment: str = ""
    owner: int = 0
    label: int = 0
    text: str = ""
    age: int = 0
    since: str = ""
    until: str = ""
    due: str = ""
    state: str = ""
    chosen: tuple[tuple[int, int], ...] = ()

    @classmethod
    def read(cls, address: Mapping[str, str]) -> "Choice":
        """From the query of an address. What cannot be meant is left out."""
        of_list = IdeaFilter.read(address)
        readers: dict[str, Callable[[str], Any]] = {
            "sort": lambda text: text if text in SORTS else "waiting",
            "age": lambda text: int(text) if text in {str(each) for each in AGES} else 0,
            "since": day_of,
            "until": day_of,
            "due": lambda text: "1" if text == "1" else "",
            "state": lambda text: text if text in STATES else "",
            **dict.fromkeys(
                ("board", "owner", "label"), lambda text: int(text) if _NUMBER.fullmatch(text) else 0
            ),
        }
        same = {name: getattr(of_list, name) for name in SAME}
        return cls(**same, **{name: read(address.get(name, "")) for name, read in readers.items()})

    @property
    def of_list(self) -> IdeaFilter:
        """The part of it that the public list knows too."""
        is_top = self.sort in MEASURES
        return IdeaFilter(
            sort="top" if is_top else "hot",
            by=self.sort if is_top else "",
            board=self.board or None,
            **{name: getattr(self, name) for name in SAME},
        )

    @property
    def order(self) -> Keyset[Any]:
        """The pages of this list."""
        return SORTS[self.sort][1] or self.of_list.order

    @property
    def narrows(self) -> bool:
        """Whether anything beside the order is asked for."""
        return bool(self.as_query(sort="waiting"))

    def narrow(self, ideas: sa.Select[Any], viewer: Viewer) -> sa.Select[Any]:
        """The ideas among these that are asked for."""
        ideas = self.of_list.narrow(ideas, viewer).where(*self._conditions())
        if self.sort == "review" or self.owner or self.due:
            ideas = ideas.join(Plan, Plan.idea_id == Idea.id).where(*self._plans())
        return ideas

    def _conditions(self) -> list[sa.ColumnElement[bool]]:
        now = clock.now()
        found: list[sa.ColumnElement[bool]] = []
        if self.sort in ("waiting", "rising"):
            found.append((Idea.waiting if self.sort == "waiting" else Idea.rising) > 0)
        if self.sort == "deals":
            found.append(Idea.deals > 0)
        if self.label:
            found.append(Idea.id.in_(labelled(Label.id == self.label)))
        if self.age:
            found.append(Idea.created_at > now - timedelta(days=self.age))
        if self.since:
            found.append(Idea.created_at >= begin_of(date.fromisoformat(self.since)))
        if self.until:
            found.append(Idea.created_at < begin_of(date.fromisoformat(self.until)) + timedelta(days=1))
        if self.state:
            found.append(STATES[self.state]())
        return found

    def _plans(self) -> list[sa.ColumnElement[bool]]:
        due: sa.ColumnElement[bool] = Plan.review_on.is_not(None)
        found = [due] if self.sort == "review" else []
        if self.owner:
            found.append(Plan.owner_id == self.owner)
        if self.due:
            found.append(Plan.review_on <= clock.now().date())
        return found

    def offering(self, field_ids: Collection[int]) -> "Choice":
        """The same choice without those of fields that are not among these."""
        return self.but(chosen=self.of_list.offering(field_ids).chosen)

    def but(self, **changes: Any) -> "Choice":
        """The same choice with some fields changed."""
        return replace(self, **changes)

    def without(self, name: str) -> "Choice":
        """The same choice, not narrowed by this field."""
        return self.but(**{name: _PLAIN[name]})

    def as_query(self, **changes: Any) -> dict[str, Any]:
        """The fields as they stand in an address: only those that differ from the default."""
        mine = asdict(self.but(**changes))
        chosen = {f"field-{key}": choice for key, choice in mine.pop("chosen")}
        return {name: value for name, value in mine.items() if value != _PLAIN[name]} | chosen


_PLAIN = {each.name: each.default for each in fields(Choice)}


def begin_of(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), UTC)


def was_answered() -> sa.ColumnElement[bool]:
    """What must hold for a row of Idea to which somebody of the house gave a first answer: an official answer or a
    change of status."""
    answered = sa.select(OfficialAnswer.idea_id)
    changed = sa.select(StatusChange.idea_id).where(StatusChange.at.is_not(None))
    return sa.or_(Idea.id.in_(answered), Idea.id.in_(changed.where(StatusChange.changed_by_id.is_not(None))))


def day_of(text: str) -> str:
    """A day of a calendar as it stands in an address; empty for what is none that can be meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return day.isoformat() if 1970 <= day.year <= 2999 else ""


STATES: dict[str, Callable[[], sa.ColumnElement[bool]]] = {
    "undecided": waiting.is_undecided,
    "answered": was_answered,
    "again": lambda: Idea.asked_again_at.is_not(None),
    "helped": lambda: Idea.helped > 0,
}
"""What can be asked of the decision: not taken yet, had a first answer, enough customers still want it, or a workaround
helps some of them meanwhile."""
