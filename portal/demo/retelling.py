"""The year of the demo community, told again: every act at its own moment, the oldest first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company, Person
from portal.database import db
from portal.demo import announcing, answering, converting, inquiring, peopling
from portal.demo.choosing import NOW, Electorate
from portal.demo.loading import Community, Item
from portal.discussion import writing
from portal.discussion.images.storing import Storage
from portal.discussion.models import Link
from portal.forums import accepting, starting
from portal.forums.models import Category
from portal.ideas import deciding, submitting
from portal.ideas.changelog import following
from portal.ideas.models import Board, Status
from portal.moderation import flagging, hiding, judging, locking
from portal.moderation.models import FlagReason
from portal.notifications.models import Notice
from portal.voting import casting

Name = tuple[str, str]
PROMISED = {Status.PLANNED, Status.STARTED, Status.SHIPPED}

JITTER = timedelta(minutes=7)
"""A thread begins up to this much later than the files say, so that the minutes of a year are not all alike."""


ON_TIME = timedelta()


def read_notices() -> None:
    """Everybody read what they had been told when they were last here."""
    last = sa.select(Person.last_active_at).where(Person.id == Notice.person_id).scalar_subquery()
    seen = sa.update(Notice).where(Notice.at <= last).values(read_at=Notice.at)
    db.session.execute(seen, execution_options={"synchronize_session": False})


@dataclass(frozen=True)
class Step:
    """One act and its moment."""

    at: datetime
    act: Callable[[], object]

    def take(self) -> None:
        """Do it, at that moment."""
        with clock.at(self.at):
            self.act()


@dataclass
class Story:
    """What has been made so far, by the keys of the files; `now` is the moment at which the story ends."""

    community: Community
    now: datetime
    companies: dict[str, Company]
    boards: dict[str, Board]
    categories: dict[str, Category]
    people: dict[str, Person] = field(default_factory=dict)
    storage: Storage | None = None
    things: dict[Name, Any] = field(default_factory=dict)
    last_acts: dict[str, datetime] = field(default_factory=dict)

    def steps(self) -> list[Step]:
        """Everything that happened, in order. A step may only be taken after those before it."""
        electorate = Electorate(self.community)
        told = [
            *self._arrivals(),
            *(step for idea in self.community.ideas for step in self._idea(idea, electorate)),
            *(step for topic in self.community.topics for step in self._topic(topic, electorate)),
            *self._moderation(),
            *self._answers(),
            *self._conversions(),
            self._step(inquiring.DAYS_AGO, inquiring.inquire, self.boards),
            *(self._step(entry["days_ago"], self._announce, entry) for entry in self.community.changelog),
            *(self._step(days, self._convert, key, following.follow) for key, days in announcing.FOLLOWERS),
        ]
        return sorted(told, key=lambda step: step.at)

    def tell(self, shown: Callable[[list[Step]], Iterable[Step]] = iter) -> None:
        """Take all steps, and note when each person was last here."""
        for step in shown(self.steps()):
            step.take()
        for key, moment in self.last_acts.items():
            self.people[key].last_active_at = moment

    def _arrivals(self) -> Iterator[Step]:
        for item in self.community.people:
            yield self._step(item["days_ago"], self._join, item)

    def _idea(self, idea: Item, electorate: Electorate) -> Iterator[Step]:
        subject, late = ("idea", idea["key"]), self._late(idea)
        yield self._step(idea["days_ago"], self._submit, idea, late=late)
        for n, comment in enumerate(idea["comments"]):
            name = ("post", comment.get("key", f"{idea['key']} {n}"))
            yield self._step(comment["days_ago"], self._write, subject, name, comment, None, late=late)
        for answer in idea["answers"]:
            yield self._step(answer["days_ago"], self._decide, subject, answer, idea["target"], late=late)
        if idea["duplicate_of"]:
            seen = min(comment["days_ago"] for comment in idea["comments"])
            yield self._step(seen, self._link, subject, ("idea", idea["duplicate_of"]), late=late)
        for ballot in electorate.on_idea(idea, self._locked(subject)):
            yield self._step(ballot.days_ago, self._vote, subject, ballot.person, ballot.value)

    def _topic(self, topic: Item, electorate: Electorate) -> Iterator[Step]:
        subject, late = ("topic", topic["key"]), self._late(topic)
        yield self._step(topic["days_ago"], self._start, topic, late=late)
        for n, reply in enumerate(topic["replies"]):
            name = ("post", reply.get("key", f"{topic['key']} {n}"))
            yield self._step(reply["days_ago"], self._write, subject, name, reply, None, late=late)
            for m, comment in enumerate(reply.get("comments", ())):
                own = ("post", comment.get("key", f"{name[1]} {m}"))
                yield self._step(comment["days_ago"], self._write, subject, own, comment, name, late=late)
            if "accepted_days_ago" in reply:
                yield self._step(reply["accepted_days_ago"], self._accept, name, topic["author"], late=late)
            for ballot in electorate.on_answer(f"{topic['key']} {n}", reply):
                yield self._step(ballot.days_ago, self._vote, name, ballot.person, ballot.value)

    def _moderation(self) -> Iterator[Step]:
        acts = self.community.moderation
        for flag in acts["flags"]:
            yield self._step(flag["days_ago"], self._flag, flag)
            if flag["judged"] and flag["judged"]["outcome"] == "rejected":
                yield self._step(flag["judged"]["days_ago"], self._reject, flag, flag["judged"])
        for hidden in acts["hidings"]:
            yield self._step(hidden["days_ago"], self._moderate, hiding.hide, hidden)
        for lock in acts["locks"]:
            yield self._step(lock["days_ago"], self._moderate, locking.lock, lock)

    def _answers(self) -> Iterator[Step]:
        for days_ago, act, key, number in answering.turns(self.community.ideas):
            yield self._step(days_ago, self._answer, act, ("idea", key), number, late=JITTER)

    def _conversions(self) -> Iterator[Step]:
        for days_ago, key, act in converting.turns(self.things, self.boards, self.categories):
            yield self._step(days_ago, self._convert, key, act)

    def _locked(self, subject: Name) -> float:
        """When an idea was locked, in days ago; soon, when it was not."""
        locks = self.community.moderation["locks"]
        return max((k["days_ago"] for k in locks if (k["subject"], k["key"]) == subject), default=NOW)

    def _late(self, item: Item) -> timedelta:
        """How much later than the files say a thread happens; one that tells of a weekday goes back to it."""
        if "starts_on" not in item:
            return JITTER * Random(item["key"]).random()  # noqa: S311
        begun = self.now - timedelta(days=item["days_ago"])
        day = begun - timedelta(days=(begun.weekday() - item["starts_on"]["weekday"]) % 7)
        meant = day.replace(hour=item["starts_on"]["hour"], minute=item["starts_on"]["minute"])
        return (meant if meant <= begun else meant - timedelta(days=7)) - begun

    def _step(
        self, days_ago: float, act: Callable[..., object], *args: Any, late: timedelta = ON_TIME
    ) -> Step:
        return Step(self.now - timedelta(days=days_ago) + late, partial(act, *args))

    def _as(self, key: str) -> Person:
        """The person who acts now."""
        self.last_acts[key] = clock.now()
        return self.people[key]

    def _join(self, item: Item) -> None:
        self.people[item["key"]] = peopling.join(item, self.companies.get(item["company"]))

    def _submit(self, item: Item) -> None:
        idea = submitting.submit(
            board=self.boards[item["board"]],
            by=self._as(item["author"]),
            title=item["title"],
            body=item["body"],
        )
        idea.kind = item["kind"]
        self.things["idea", item["key"]] = idea

    def _start(self, item: Item) -> None:
        self.things["topic", item["key"]] = starting.start(
            category=self.categories[item["category"]],
            by=self._as(item["author"]),
            title=item["title"],
            body=item["body"],
            kind=item["kind"],
        )

    def _write(self, subject: Name, name: Name, item: Item, parent: Name | None) -> None:
        self.things[name] = writing.write(
            self.things[subject],
            by=self._as(item["author"]),
            body=item["body"],
            parent=self.things[parent] if parent else None,
        )

    def _decide(self, name: Name, answer: Item, target: str | None) -> None:
        idea, by, to = self.things[name], self._as(answer["author"]), Status(answer["status"])
        meant_for = target if to in PROMISED else None
        deciding.change_status(idea, to=to, by=by, target=meant_for, ground=answer.get("ground", ""))
        deciding.answer(idea, by=by, body=answer["body"])

    def _vote(self, name: Name, who: str, value: int) -> None:
        casting.cast(self.things[name], by=self._as(who), value=value)

    def _accept(self, name: Name, who: str) -> None:
        accepting.accept(self.things[name], by=self._as(who))

    def _link(self, name: Name, other: Name) -> None:
        ends = {"from_idea_id": self.things[name].id, "to_idea_id": self.things[other].id}
        db.session.add(Link(kind="duplicate", created_at=clock.now(), **ends))

    def _flag(self, item: Item) -> None:
        flagging.flag(
            self._thing(item), by=self._as(item["by"]), reason=FlagReason(item["reason"]), note=item["note"]
        )

    def _reject(self, item: Item, judged: Item) -> None:
        judging.reject(self._thing(item), by=self._as(judged["by"]))

    def _moderate(self, act: Callable[..., object], item: Item) -> None:
        act(self._thing(item), by=self._as(item["by"]), reason=item["reason"])

    def _answer(self, act: answering.Act, name: Name, number: int) -> None:
        if (idea := self.things.get(name)) and (by := act(idea, number)):
            self.last_acts[next(key for key, each in self.people.items() if each.id == by.id)] = clock.now()

    def _convert(self, key: str, act: Callable[[Person], object]) -> None:
        if key in self.people:
            act(self._as(key))

    def _announce(self, item: Item) -> None:
        announcing.announce(item, by=self._as(item["author"]), things=self.things, storage=self.storage)

    def _thing(self, item: Item) -> Any:
        return self.things[item["subject"], item["key"]]
