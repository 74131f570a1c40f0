"""What an installation wrote before is brought to what the journal keeps today."""

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from portal import clock
from portal.activity.models import Entry
from portal.database import db


def migrate(revision):
    """Run the upgrade of one revision on the database as it stands."""
    script = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    with Operations.context(MigrationContext.configure(db.session.connection())):
        script.get_revision(revision).module.upgrade()


def test_words_of_a_crm_leave_the_journal(app):
    stopped = {"connection": "crm", "words": "422: Zoë Nuistgaard is there twice"}
    for kind in ("crm_connection_stopped", "crm_connection_paused"):
        db.session.add(Entry(at=clock.now(), actor_id=None, kind=kind, data=stopped))
    db.session.commit()
    for _again in range(2):
        migrate("20261126_said_by_a_crm")
        db.session.commit()
        kept = db.session.execute(sa.select(Entry.kind, Entry.data)).all()
        assert dict(map(tuple, kept)) == {
            "crm_connection_stopped": {"connection": "crm"},
            "crm_connection_paused": stopped,
        }
