"""Forgetting who voted: firings at these votes name nobody any more, and what waits of them is let go."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from portal.crm_bridge.rules.firing import NOT_DONE, finish
from portal.crm_bridge.rules.models import CrmFiring, CrmRuleTest, FiringState, When
from portal.database import db
from portal.ideas.forgetting.replacing import forgets

OF_VOTES = frozenset({When.VOTED, When.MOVED})
FORGOTTEN = "Who voted was forgotten before anything was sent."


@forgets
def forget_in_rules(family: Collection[int], names: Mapping[int, int]) -> None:
    """Put the nameless person in the place of who voted."""
    voters = list(names)
    mine = sa.select(CrmFiring).where(CrmFiring.idea_id.in_(list(family)), CrmFiring.person_id.in_(voters))
    for firing in db.session.scalars(mine):
        if firing.does.get("when") in OF_VOTES:
            firing.person_id = names[firing.person_id or 0]
            firing.company_id = None
            firing.subject = f"forgotten:{firing.id}"
            if firing.state in NOT_DONE:
                finish(firing, FiringState.DROPPED, FORGOTTEN)
    for test in db.session.scalars(sa.select(CrmRuleTest).order_by(CrmRuleTest.id)):
        test.examples = [each for each in test.examples if each["idea_id"] not in set(family)]
    db.session.flush()
