"""Arranging in the demo what happens next: two rules that have been on for a while, with what they did."""

from datetime import timedelta

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.activity.models import Entry
from portal.crm_bridge.rules import firing, happening, keeping
from portal.crm_bridge.rules.models import CrmFiring, CrmRuleChange, FiringState
from portal.database import db

RULES = {"shipped": 120, "unanswered": 100}
"""Which ready-made rules are on, and since how many days."""
LEFT = 3
"""So many tasks wait; staff or the CRM did the older ones."""


def arrange() -> None:
    """Switch the rules on as of then, and have them fire at what happened since."""
    first = sa.select(Person).where(Person.role == Role.PRODUCT_MANAGER).order_by(Person.id).limit(1)
    decider = db.session.scalar(first)
    if decider is None:
        return
    for key, days in RULES.items():
        rule = keeping.take(key, by=decider)
        keeping.switch_on(rule, by=decider)
        # The journal of the demo is in order, so that only the rows say how long it has been on.
        rule.on_since = rule.checked_to = clock.now() - timedelta(days=days)
        mine = sa.update(CrmRuleChange).where(CrmRuleChange.rule_id == rule.id)
        db.session.execute(mine.values(at=rule.on_since))
        if key == "unanswered":
            firing.look(rule)
        else:
            entries = db.session.scalars(
                sa.select(Entry).where(Entry.kind == "status_changed").order_by(Entry.id)
            )
            firing.fire([rule], list(happening.happenings(entries)))
    _do_the_older_ones(decider)


def _do_the_older_ones(decider: Person) -> None:
    opened = sa.select(CrmFiring).where(CrmFiring.state == FiringState.OPEN).order_by(CrmFiring.id.desc())
    for each in db.session.scalars(opened).all()[LEFT:]:
        firing.finish(each, FiringState.DONE, each.failure)
        each.done_by_id = decider.id
    db.session.execute(sa.update(CrmFiring).values(fired_at=CrmFiring.happened_at))
