"""Keeping two exports in the demo: one that is made each Monday, and one that is taken when somebody asks."""

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.database import db
from portal.transfer.presets import preset
from portal.transfer.saved import keeping, scheduling
from portal.transfer.saved.models import Every
from portal.transfer.saved.scheduling import Rhythm

ADDRESS = "http://127.0.0.1:8000"
"""Where the demo is unless it was started elsewhere; who sets the schedule anew sets it right."""


def save_exports() -> None:
    """Both are of the first product manager, and shared."""
    first = sa.select(Person).where(Person.role == Role.PRODUCT_MANAGER).order_by(Person.id).limit(1)
    decider = db.session.scalar(first)
    if decider is None:
        return
    steering = keeping.save(
        preset("steering"), by=decider, name="Steering meeting: the 50 most wanted", shared=True
    )
    keeping.save(preset("sales"), by=decider, name="For sales: who wants what", shared=True)
    rhythm = Rhythm(Every.WEEK, hour=6)
    scheduling.schedule(steering, rhythm, by=decider, people=[decider.id], days_kept=7, base=ADDRESS)
