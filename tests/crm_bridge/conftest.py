"""A portal with a CRM beside it."""

from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crms.making import CRMS
from portal.crm_bridge import connecting, drifting, leasing, planning, pushing
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.describing import Voice
from portal.crm_bridge.gateway import connect
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import DEFAULT, CrmDirty, CrmExchange, CrmLink, CrmTombstone
from portal.database import db
from portal.voting import casting
from tests.crm_bridge import vendors
from tests.crm_bridge.fakes import FAKES
from tests.crm_bridge.faults import Watched
from tests.crm_bridge.following import catch_up
from tests.crm_bridge.there import people_in
from tests.factories import EPOCH

VOICE = Voice(DEFAULT, "Test Community", "https://community.example")


PLANNED = f"{__name__}:plan_once"


def plan_once():
    """What every process that pushes does first (see tests/forking.py)."""
    for _ in planning.everything(VOICE):
        pass


def spoken(settings):
    """These settings, for processes that write with VOICE."""
    return replace(settings, community_name=VOICE.tenant, public_url=VOICE.url)


class Bridge:
    """Pushes over one gateway, as the edges do it."""

    def __init__(self, gateway):
        self.gateway = Watched(gateway)

    def push(self, plan=planning.everything, gateway=None):
        """Commit, read the journal and push; returns the counts. Whatever ends it, the lease is given back."""
        db.session.commit()
        catch_up(CrmReader())
        holder = leasing.take(DEFAULT)
        db.session.commit()
        counts = Counter()
        try:
            for step in pushing.push(DEFAULT, gateway or self.gateway, holder, plan(VOICE)):
                db.session.commit()
                counts += step.counts
        finally:
            db.session.rollback()
            leasing.give_back(DEFAULT, holder)
            db.session.commit()
        return counts

    def push_waiting(self):
        return self.push(planning.waiting)

    def plan(self, plan=planning.everything):
        """All changes and all that is skipped, as {subject: …}."""
        changes, skipped = {}, {}
        for sheet in plan(VOICE):
            db.session.rollback()
            changes |= {str(each.subject): each for each in sheet.changes}
            skipped |= {str(subject): reason for subject, reason in sheet.skipped}
        return changes, skipped

    def held(self, kind):
        """What the CRM holds of a kind, by our id; a double fails."""
        records = self.gateway.fetch_changed(kind, "", 1_000_000).records
        records = [each for each in records if not each.gone]
        by_id = {each.ref.external_id: each.fields for each in records}
        assert len(by_id) == len(records), "a record is there twice"
        return by_id


def drifts(gateway):
    """What the CRM holds otherwise than it was written."""
    return [each for found in drifting.drift(DEFAULT, gateway) for each in found.drifts]


def forget_everything():
    """An empty ledger, and a reader that has read all: for a test that begins again."""
    connecting.make_default()
    for table in (CrmLink, CrmDirty, CrmExchange, CrmTombstone):
        db.session.execute(sa.delete(table))
    db.session.commit()
    catch_up(CrmReader())
    db.session.execute(sa.delete(CrmDirty))
    db.session.commit()


@pytest.fixture(params=["embedded", "memory"])
def vendor(request):
    return request.param


@pytest.fixture
def gateway(vendor, tmp_path, request):
    settings, wire = vendors.settings_in(tmp_path), Wire(private=True)
    if vendor in CRMS:
        settings = request.getfixturevalue("real_crm")(vendor)
    elif vendor in FAKES:
        fake = FAKES[vendor]()
        settings, wire = fake.settings, fake.wire
    made = connect(vendor, settings, wire)
    yield made
    made.close()


@pytest.fixture
def there(vendor, request):
    """People who work in that CRM, who has nothing in it yet."""
    made = people_in(vendor, lambda: request.getfixturevalue("real_crm"))
    yield made
    made.close()


@pytest.fixture
def bridge(app, gateway):
    return Bridge(gateway)


@pytest.fixture
def store(settings):
    """The path of the embedded store of the app, which is not there yet. No other test finds what this one wrote."""
    path = settings.folder / connecting.STORE

    def remove():
        for tail in ("", "-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)

    remove()
    yield path
    remove()


@pytest.fixture
def consenting(make):
    """Makes people who agreed to the CRM."""

    def person(**fields):
        return make.person(crm_consent=True, crm_consent_at=EPOCH, **fields)

    return person


@pytest.fixture
def vote():
    """Casts a vote and commits."""

    def cast(person, idea, value=1):
        casting.cast(idea, by=person, value=value)
        db.session.commit()

    return cast
