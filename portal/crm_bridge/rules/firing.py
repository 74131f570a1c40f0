"""Firing: what matches becomes a row, once, in the transaction of the reader's position; the worker does what it asks."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.activity import events
from portal.activity.models import Entry
from portal.crm_bridge import consenting, noting
from portal.crm_bridge.rules import happening, matching, restoring
from portal.crm_bridge.rules.defining import TO_CRM, Definition
from portal.crm_bridge.rules.happening import Happening
from portal.crm_bridge.rules.knowing import Known, know
from portal.crm_bridge.rules.matching import Subject
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, FiringState, When
from portal.database import db, insert_missing
from portal.discussion.models import Post
from portal.forums.models import Topic
from portal.ideas.models import Idea

AT_ONCE = 500
"""How many rows go into one statement, and at how many questions one look takes."""

HIDDEN = "What it is about was hidden before anything was sent."
ERASED = "The person was erased before anything was done."
NOBODY = "nobody of this account agreed"
NOT_DONE = (FiringState.WAITING, FiringState.FAILED, FiringState.OPEN)
THINGS: dict[str, Any] = {"idea": Idea, "topic": Topic, "post": Post}
LOOKS_BACK = timedelta(minutes=10)
"""A look for unanswered questions begins so much before the end of the last one: clocks differ."""


class RuleReader:
    """Has the rules that are on fire at what the journal tells and at what came back, and lets go of what was hidden."""

    name = "rules"

    def read(self, entries: Sequence[Entry]) -> None:
        _let_go(entries)
        rules = rules_on()
        if rules:
            fire(rules, [*happening.happenings(entries), *_crossings(rules, entries)])
            _fire_again(rules, entries)


def rules_on() -> Sequence[CrmRule]:
    """The rules that are switched on."""
    on = sa.select(CrmRule).where(CrmRule.on_since.is_not(None), CrmRule.deleted_at.is_(None))
    return db.session.scalars(on.order_by(CrmRule.id)).all()


def _fire_again(rules: Sequence[CrmRule], entries: Sequence[Entry]) -> None:
    """What came back into sight fires now; a question whose only answer was hidden has none."""
    said = [Definition.read(rule.definition) for rule in rules]
    fire(rules, restoring.came_back(entries, {each.when for each in said}))
    for rule, each in zip(rules, said, strict=True):
        if each.when == When.UNANSWERED:
            fire([rule], restoring.unanswered(each.hours or 1, entries))


def _crossings(rules: Sequence[CrmRule], entries: Sequence[Entry]) -> list[Happening]:
    """Who reached a number of points in this batch; entries behind it are there to count back from today."""
    wanted = any(rule.definition["when"] == When.REACHED for rule in rules)
    changed = [entry for entry in entries if entry.kind == events.ReputationChanged.kind]
    if not wanted or not changed:
        return []
    since = happening.changes_since(min(entry.id for entry in changed))
    here = {entry.id for entry in changed}
    told = happening.crossings(since, happening.points_of(since))
    return [one for entry, one in zip(since, told, strict=True) if entry.id in here]


def fire(rules: Iterable[CrmRule], happened: Sequence[Happening]) -> int:
    """Write down of whom each of these rules speaks; returns how many firings are new. What is from before a rule was
    switched on is nothing to it."""
    on = [(rule, Definition.read(rule.definition)) for rule in rules]
    kinds = {said.when for _, said in on}
    concerned = [one for one in happened if one.when in kinds]
    known, fired = know(concerned) if concerned else Known(), 0
    for rule, said in on:
        found = [
            (one, subject)
            for one in concerned
            if rule.on_since is not None and one.at >= rule.on_since
            for subject in matching.subjects(said, one, known)
        ]
        if said.times > 1 and any(one.back_at for one, _ in found):
            found = restoring.once_each(rule, said, found)
        fired += sum(_write(rule, said, found[n : n + AT_ONCE]) for n in range(0, len(found), AT_ONCE))
    return fired


def _write(rule: CrmRule, said: Definition, found: Sequence[tuple[Happening, Subject]]) -> int:
    people = {subject.person_id for _, subject in found if subject.person_id is not None}
    refused = consenting.refusals(said.connection, people) if said.then in TO_CRM else {}
    rows = [_row(rule, said, one, subject, refused) for one, subject in found]
    came_back = [row for row, (one, _) in zip(rows, found, strict=True) if one.back_at]
    return insert_missing(CrmFiring, rows) + (_revive(rule, came_back) if came_back else 0)


def _revive(rule: CrmRule, rows: Sequence[dict[str, Any]]) -> int:
    """What was let go because it was hidden waits again; returns how many do."""
    wanted = {(row["subject"], row["event"]): row for row in rows}
    subjects, told = {subject for subject, _ in wanted}, {event for _, event in wanted}
    there = sa.select(CrmFiring).where(
        CrmFiring.rule_id == rule.id, CrmFiring.subject.in_(subjects), CrmFiring.event.in_(told)
    )
    locked = there.order_by(CrmFiring.id).with_for_update().execution_options(populate_existing=True)
    revived = 0
    for firing in db.session.scalars(locked):
        row = wanted.get((firing.subject, firing.event))
        if row and firing.state == FiringState.DROPPED and firing.failure == HIDDEN:
            for name, value in row.items():
                setattr(firing, name, value)
            firing.try_at = firing.done_at = None
            revived += 1
    db.session.flush()
    return revived


def _row(
    rule: CrmRule, said: Definition, one: Happening, subject: Subject, refused: dict[int, str]
) -> dict[str, Any]:
    why = refused.get(subject.person_id, "") if subject.person_id else NOBODY
    here = said.then in TO_CRM and bool(why)
    return {
        "rule_id": rule.id,
        "version": rule.version,
        "subject": subject.name,
        "event": one.event,
        "person_id": subject.person_id,
        "company_id": subject.company_id,
        "act": said.then,
        "idea_id": one.idea_id,
        "topic_id": one.topic_id,
        "post_id": one.post_id,
        "does": said.does,
        "happened_at": one.at,
        "fired_at": clock.now(),
        "tries": 0,
        "state": FiringState.OPEN if here else FiringState.WAITING,
        "failure": f"Not for the CRM: {why}." if here else None,
    }


def look(rule: CrmRule) -> int:
    """Fire the rule at questions that had no answer in time since the last look; returns how many are new."""
    said, now = Definition.read(rule.definition), clock.now()
    since = max(rule.on_since or now, (rule.checked_to or rule.on_since or now) - LOOKS_BACK)
    fired, upto = 0, now
    while upto >= since:
        waits, looked = happening.unanswered(said.hours or 1, since, upto, AT_ONCE)
        fired += fire([rule], waits)
        if looked < AT_ONCE or not waits or waits[-1].at >= upto:
            break
        upto = waits[-1].at
    rule.checked_to = now
    db.session.flush()
    return fired


def _let_go(entries: Sequence[Entry]) -> None:
    """What is about hidden things, or about who was erased, is dropped if it was not done. The CRM's words, which may
    repeat a title, go."""
    erased = [f"person:{each.data['person_id']}" for each in entries if each.kind == events.PersonErased.kind]
    if erased:
        let_go(CrmFiring.subject.in_(erased), ERASED)
    told = [entry.data for entry in entries if entry.kind == events.ContentHidden.kind]
    if told:
        noting.forget_everything()
    for subject, model in THINGS.items():
        ids = {data["subject_id"] for data in told if data["subject"] == subject}
        # What is in sight again was not to be let go, or came back already.
        hidden = sa.select(model.id).where(model.id.in_(ids), model.hidden_at.is_not(None))
        if ids:
            let_go(getattr(CrmFiring, f"{subject}_id").in_(hidden), HIDDEN)


def let_go(which: sa.ColumnElement[bool], why: str) -> None:
    """Drop those of these firings that were not done."""
    dropped = {"state": FiringState.DROPPED, "failure": why, "try_at": None, "done_at": clock.now()}
    update = sa.update(CrmFiring).where(which, CrmFiring.state.in_(NOT_DONE)).values(dropped)
    db.session.execute(update, execution_options={"synchronize_session": False})


def finish(firing: CrmFiring, state: FiringState, words: str | None = None) -> None:
    """Write down how it ended."""
    now: datetime = clock.now()
    firing.state, firing.failure, firing.try_at = state, words[:500] if words else None, None
    firing.done_at = now if state in (FiringState.DONE, FiringState.DROPPED) else None
