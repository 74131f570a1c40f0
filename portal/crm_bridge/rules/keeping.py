"""Keeping rules: making, changing, switching on and off, deleting. Each is written down with who, when and what it said."""

from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import FiringEnded, RuleChanged
from portal.crm_bridge.rules import offering, queries, testing
from portal.crm_bridge.rules.defining import Definition
from portal.crm_bridge.rules.firing import finish, let_go
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, CrmRuleChange, FiringState
from portal.database import db, insert_missing
from portal.errors import Conflict

DELETED = "The rule was deleted before anything was done."


def make(name: str, said: Definition, *, by: Person) -> CrmRule:
    """A rule, switched off."""
    rule = CrmRule(name=name, version=1, definition=said.data())
    db.session.add(rule)
    db.session.flush()
    _note(rule, "made", by)
    return rule


def take(key: str, *, by: Person) -> CrmRule:
    """The rule of a ready-made one, switched off; made at the first time. Raises NotFound."""
    ready = offering.find(key)
    row = {"ready": key, "name": ready.name, "version": 1, "definition": ready.said.data()}
    is_new = insert_missing(CrmRule, [row])
    rule = db.session.scalars(sa.select(CrmRule).where(CrmRule.ready == key)).one()
    if rule.deleted_at is not None:
        rule.deleted_at = None
        _note(rule, "restored", by)
    elif is_new:
        _note(rule, "made", by)
    return rule


def change(rule: CrmRule, name: str, said: Definition, *, by: Person) -> None:
    """Let the rule say something else. That is a new version: it must be tested anew, and is off until then. Saying the
    same again changes nothing."""
    _lock(rule)
    if (rule.name, rule.definition) == (name, said.data()):
        return
    if rule.definition != said.data():
        rule.version, rule.on_since, rule.checked_to = rule.version + 1, None, None
    rule.name, rule.definition = name, said.data()
    _note(rule, "changed", by)


def switch_on(rule: CrmRule, *, by: Person) -> None:
    """Have it fire from now on; a version that was not tested against history is tested first."""
    _lock(rule)
    if rule.on_since is not None:
        return
    if queries.last_test(rule) is None:
        testing.test(rule, by=by)
    rule.on_since = rule.checked_to = clock.now()
    _note(rule, "switched on", by)


def switch_off(rule: CrmRule, *, by: Person) -> None:
    """Have it fire no more. Its firings stay, and what waits is still done."""
    _lock(rule)
    if rule.on_since is not None:
        rule.on_since = None
        _note(rule, "switched off", by)


def delete(rule: CrmRule, *, by: Person) -> None:
    """Take it off the list and let go of what it has not done. What it said and did stays readable."""
    _lock(rule)
    if rule.deleted_at is None:
        rule.on_since, rule.deleted_at = None, clock.now()
        let_go(CrmFiring.rule_id == rule.id, DELETED)
        _note(rule, "deleted", by)


def retry(firing: CrmFiring, *, by: Person) -> None:
    """Have it tried again now. Raises Conflict for what did not fail."""
    _lock(firing)
    if firing.state == FiringState.WAITING and firing.try_at is None:
        return
    if firing.state not in (FiringState.FAILED, FiringState.WAITING):
        raise Conflict("This one did not fail, so there is nothing to try again.")
    firing.state, firing.tries, firing.try_at = FiringState.WAITING, 0, None
    # Who and what it is to be done with may have been changed in the rule meanwhile.
    said = Definition.read(db.session.get_one(CrmRule, firing.rule_id).definition)
    if (said.when, said.then) == (firing.does.get("when"), firing.act):
        firing.does = said.does
    journal.record(FiringEnded(actor_id=by.id, firing_id=firing.id, how="tried again"))


def end(firing: CrmFiring, *, by: Person) -> None:
    """Say that a task here is done. Raises Conflict for one that is not for staff here."""
    _lock(firing)
    if firing.state == FiringState.DONE:
        return
    if firing.state != FiringState.OPEN:
        raise Conflict("Only a task that staff do here is marked as done.")
    finish(firing, FiringState.DONE, firing.failure)
    firing.done_by_id = by.id
    journal.record(FiringEnded(actor_id=by.id, firing_id=firing.id, how="done"))


def _lock(row: CrmRule | CrmFiring) -> None:
    # With what is loaded beside it the row alone is locked: PostgreSQL locks nothing that may be missing.
    db.session.refresh(row, with_for_update={"of": type(row)})


def _note(rule: CrmRule, act: str, by: Person) -> None:
    said: dict[str, Any] = {"version": rule.version, "name": rule.name, "definition": rule.definition}
    db.session.add(CrmRuleChange(rule_id=rule.id, act=act, by_id=by.id, at=clock.now(), **said))
    journal.record(RuleChanged(actor_id=by.id, rule_id=rule.id, version=rule.version, act=act))
