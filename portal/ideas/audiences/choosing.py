"""Choosing for which companies a place is."""

from typing import Any

import sqlalchemy as sa

from portal.database import db
from portal.ideas.audiences.queries import Chosen, chosen_for


def choose(place: Any, chosen: Chosen) -> bool:
    """Set the companies of a place, which has its id; False when they were chosen already."""
    if chosen == chosen_for(place):
        return False
    row, here = place.admission, {place.admission.place: place.id}
    db.session.execute(sa.delete(row).filter_by(**here))
    db.session.add_all(row(**here, company_id=each) for each in sorted(chosen.companies))
    db.session.add_all(row(**here, segment=each) for each in sorted(chosen.segments))
    db.session.add_all(row(**here, tier=each) for each in sorted(chosen.tiers))
    db.session.flush()
    return True
