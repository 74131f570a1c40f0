"""What is no longer there is not known here either; what is there keeps its age."""

from datetime import timedelta

from portal import clock
from portal.accounts.models import Company
from portal.crm_bridge.embedded.filling import take_out
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.pulling import rereading
from portal.crm_bridge.pulling.models import CrmDeal, CrmReread
from portal.database import db
from tests.crm_bridge.pulling.conftest import ACME, facts


def test_a_record_that_was_deleted_there_takes_along_what_came_from_it(make, enters, pull, store, rows):
    acme = make.company(owner="Kim")
    key = f"company:{acme.id}"
    ids = enters("account", {key: ACME | {"owner": None}})
    enters("deal", {"d1": {"title": "Renewal", "account": ids[key]}})
    pull()
    take_out(store, "account", key)
    rereading.ask(DEFAULT, "account", [ids[key]])
    lines, _ = pull()
    assert f"account {ids[key]} is no longer there" in lines
    assert facts(acme) == (None, None, "USD", None, "Kim", None)
    assert (rows(CrmDeal), rows(CrmReread)) == (0, 0)


def test_what_was_not_read_for_a_day_is_read_again(make, enters, pull, store):
    acme = make.company()
    key = f"company:{acme.id}"
    enters("account", {key: ACME})
    with clock.at(clock.now() - timedelta(hours=30)):
        pull()
    take_out(store, "account", key)
    pull()
    assert facts(acme)[0] is None


def test_the_age_is_that_of_the_last_look_not_of_the_last_change(make, enters, pull):
    acme = make.company()
    enters("account", {f"company:{acme.id}": ACME})
    with clock.at(clock.now() - timedelta(hours=3)) as then:
        pull()
    pull()
    assert db.session.get_one(Company, acme.id, populate_existing=True).crm_read_at > then + timedelta(
        hours=2
    )
