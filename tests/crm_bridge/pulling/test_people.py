"""What people want, by what the CRM says of them, and who is not read at all."""

import sqlalchemy as sa

from portal import clock
from portal.accounts import erasing
from portal.accounts.models import Person
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmLink, CrmTombstone
from portal.crm_bridge.pulling.models import CrmPulled, CrmReread
from portal.database import db
from tests.crm_bridge.pulling.conftest import told


def test_who_wants_no_news_there_is_known_and_who_may_not_be_written_is_not_read(
    make, cast, as_, consenting, enters, pull
):
    ines, tomas, gone = consenting(), make.person(), consenting()
    db.session.flush()
    db.session.add(CrmConnection(name=DEFAULT, vendor="embedded", settings={}))
    db.session.flush()
    db.session.add(
        CrmTombstone(
            connection=DEFAULT,
            entity="person",
            entity_id=gone.id,
            remote_type="contact",
            reason="no consent",
            erased_at=clock.now(),
        )
    )
    out = {"mail_opt_out": "true", "do_not_call": "false", "job_role": "Head of Grid", "owner": "Dana"}
    enters("contact", {f"person:{each.id}": out for each in (ines, tomas, gone)})
    lines, _ = pull()
    assert lines == [f"person:{ines.id}: no news by mail"]
    assert "Wants no news by mail" in as_(cast.admin).get(f"/crm/people/{ines.id}").text
    assert [each.entity_id for each in db.session.scalars(sa.select(CrmPulled))] == [ines.id]
    assert db.session.get_one(Person, ines.id).mail_opt_out_at is not None
    enters("contact", {f"person:{ines.id}": {"mail_opt_out": "0"}})
    pull()
    assert db.session.get_one(Person, ines.id, populate_existing=True).mail_opt_out_at is None
    assert len(told("crm_opt_out_pulled")) == 2


def test_who_is_erased_is_forgotten_here_too(make, consenting, enters, pull, rows):
    ines = consenting()
    enters("contact", {f"person:{ines.id}": {"mail_opt_out": "true"}})
    pull()
    erasing.erase(db.session.get_one(Person, ines.id), by=None, reason="", texts=False)
    db.session.commit()
    assert (rows(CrmPulled), rows(CrmReread), rows(CrmLink)) == (0, 0, 0)


def test_two_people_who_swap_their_addresses_keep_what_was_said_of_each(consenting, enters, pull):
    ines, tomas = consenting(email="a@example.com"), consenting(email="b@example.com")
    keys = [f"person:{each.id}" for each in (ines, tomas)]
    enters("contact", dict(zip(keys, [{"mail_opt_out": "1"}, {"mail_opt_out": "0"}], strict=True)))
    pull()
    ines.email = "c@example.com"
    db.session.flush()
    tomas.email = "a@example.com"
    db.session.flush()
    ines.email = "b@example.com"
    enters("contact", {key: {"job_role": "Engineer"} for key in keys})
    pull()
    out = [
        db.session.get_one(Person, each.id, populate_existing=True).mail_opt_out_at for each in (ines, tomas)
    ]
    assert [each is not None for each in out] == [True, False]
