"""Attaching a second CRM in the demo: files for a warehouse, paused until somebody looked at its plan."""

from pathlib import Path

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.crm_bridge import connecting
from portal.crm_bridge.connections import setting_up
from portal.crm_bridge.connections.jobs import asking
from portal.crm_bridge.connections.jobs.models import Act
from portal.crm_bridge.pauses import pausing
from portal.database import db

NAME = "warehouse"
WHY = "The data team looks at the plan first. Morag"


def attach(folder: Path) -> None:
    """Set it up as an admin would, in the folder of the portal; the worker makes the plan when it first runs."""
    admin = db.session.scalar(sa.select(Person.id).where(Person.role == Role.ADMIN).order_by(Person.id))
    # It has no secrets, so no key seals anything.
    setting_up.connect(NAME, "drop", {"folder": str(folder / "drop" / NAME)}, False, "", admin)
    pausing.pause(NAME, by=admin, why=WHY)
    asking.ask(connecting.find(NAME), Act.PLAN, admin)
