"""Every read of rules and firings. Whoever asks was found to be allowed to see customer records."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Company, Person
from portal.accounts.permissions import PERMISSIONS, Permission
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, CrmRuleChange, CrmRuleTest, FiringState
from portal.database import db
from portal.errors import NotFound
from portal.paging import Keyset, Page

NEWEST: Keyset[Any] = Keyset((CrmFiring.id,))
SHOWN = 10
MANY = 1_001
"""Counts go up to here: "more than 1,000" is all that a page needs to say."""


def rules() -> Sequence[Any]:
    """The rules that were not deleted, each with the time of its last firing."""
    last = sa.select(sa.func.max(CrmFiring.fired_at)).where(CrmFiring.rule_id == CrmRule.id)
    select = sa.select(CrmRule, last.correlate(CrmRule).scalar_subquery().label("fired_at"))
    return db.session.execute(select.where(CrmRule.deleted_at.is_(None)).order_by(CrmRule.id)).all()


def find(rule_id: int) -> CrmRule:
    """A rule that was not deleted. Raises NotFound."""
    rule = db.session.get(CrmRule, rule_id)
    if rule is None or rule.deleted_at is not None:
        raise NotFound(
            "This rule does not exist, or somebody deleted it. What it did stands in the list of firings."
        )
    return rule


def last_test(rule: CrmRule) -> CrmRuleTest | None:
    """The newest test of what the rule says now."""
    tests = sa.select(CrmRuleTest).where(CrmRuleTest.rule_id == rule.id, CrmRuleTest.version == rule.version)
    return db.session.scalar(tests.order_by(CrmRuleTest.id.desc()).limit(1))


def changes(rule: CrmRule) -> Sequence[CrmRuleChange]:
    """What was done to the rule, the newest first."""
    mine = sa.select(CrmRuleChange).where(CrmRuleChange.rule_id == rule.id)
    newest = mine.options(joinedload(CrmRuleChange.by)).order_by(CrmRuleChange.id.desc())
    return db.session.scalars(newest.limit(SHOWN)).all()


def firings(cursor: str | None, rule_id: int | None = None, state: str = "") -> Page[CrmFiring]:
    """A page of firings, the newest first; of one rule or in one state, if said."""
    its = (joinedload(CrmFiring.rule), joinedload(CrmFiring.person), joinedload(CrmFiring.company))
    select = sa.select(CrmFiring).options(*its)
    if rule_id is not None:
        select = select.where(CrmFiring.rule_id == rule_id)
    if state in set(FiringState):
        select = select.where(CrmFiring.state == state)
    return NEWEST.page(lambda rows: db.session.scalars(rows).all(), select, cursor=cursor)


def firing(firing_id: int) -> CrmFiring:
    """One firing with its rule. Raises NotFound."""
    select = sa.select(CrmFiring).options(joinedload(CrmFiring.rule)).where(CrmFiring.id == firing_id)
    found = db.session.scalar(select)
    if found is None:
        raise NotFound("There is no firing of that number.")
    return found


def counts() -> dict[str, int]:
    """How many firings wait, are tasks for staff here, and failed; up to MANY of each."""
    states = (FiringState.WAITING, FiringState.OPEN, FiringState.FAILED)
    some = [
        sa.select(CrmFiring.state).where(CrmFiring.state == each).limit(MANY).subquery() for each in states
    ]
    rows = sa.union_all(*(sa.select(each.c.state) for each in some)).subquery()
    counted = sa.select(rows.c.state, sa.func.count()).group_by(rows.c.state)
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {each: found.get(each, 0) for each in states}


def staff() -> Sequence[Person]:
    """Who may be written to, or made to follow something: whoever may see customer records."""
    may = Person.role.in_(PERMISSIONS[Permission.SEE_RECORD])
    people = sa.select(Person).where(
        may, Person.active, Person.erased_at.is_(None), Person.email.is_not(None)
    )
    return db.session.scalars(people.order_by(Person.name, Person.id)).all()


def names(people: set[int], companies: set[int]) -> tuple[dict[int, str], dict[int, str]]:
    """The names of these people and companies."""
    return _names(Person, people), _names(Company, companies)


def _names(model: Any, ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(sa.select(model.id, model.name).where(model.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}
