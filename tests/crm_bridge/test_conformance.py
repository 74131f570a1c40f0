"""What every vendor must do; one suite for all of them."""

import pytest

from crms.making import CRMS
from portal.crm_bridge.declaring import declaration
from portal.crm_bridge.gateway import Activity, CrmError, Key, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.shaping import shape_of
from portal.crm_bridge.translating import Translated
from tests.crm_bridge import vendors
from tests.crm_bridge.fakes import FAKES
from tests.crm_bridge.there import WORKED_IN


def contact(n, seq=1, remote_id=None, **fields):
    return Row(Ref(f"person:{n}", remote_id), fields or {"name": f"Person {n}", "points": n}, seq)


REAL = [pytest.param(name, marks=pytest.mark.real_crm(name)) for name in CRMS]


WHO = {
    "bottlecrm": "admin@crm.example, admin",
    "dataverse": "# Community",
    "hubspot": "account 4711 (standard)",
    "salesforce": "Community Bridge (bridge@acme.example)",
    "tryton": "Community portal (community)",
}


@pytest.fixture(params=[*vendors.READING_BACK, *FAKES, *REAL])
def vendor(request):
    """Here real CRMs are asked, too, and fakes of those that cannot be run here."""
    return request.param


@pytest.fixture
def ready(gateway):
    gateway.ensure_schema(KINDS)
    return gateway


@pytest.fixture(params=vendors.EVERY)
def any_vendor(request, tmp_path):
    made = vendors.opened(request.param, tmp_path)
    made.ensure_schema(KINDS)
    yield made
    made.close()


def test_every_vendor_says_what_it_is_and_takes_what_it_is_given(any_vendor):
    assert any_vendor.describe().title
    assert any_vendor.describe().batch >= 1
    assert any_vendor.missing_schema(KINDS) == []
    made, other = any_vendor.upsert_many("contact", [contact(1), contact(2)])
    assert (made.status, other.status) == (Status.CREATED, Status.CREATED)
    assert made.remote_id != other.remote_id
    [changed] = any_vendor.upsert_many("contact", [contact(1, 2, made.remote_id, points=5)])
    assert (changed.status, changed.remote_id) == (Status.UPDATED, made.remote_id)
    parent = Ref("person:1", made.remote_id)
    [vote] = any_vendor.upsert_many("vote", [Row(Ref("vote:3:1"), {"value": 1}, 3, parent)])
    assert vote.status is Status.CREATED
    said = Activity("entry:1", parent, "note", "Shipped", "An idea of theirs", "2026-01-01T00:00:00Z")
    assert [each.status for each in any_vendor.add_activity([said])] == [Status.CREATED]
    for _ in range(2):
        assert [each.status for each in any_vendor.erase("contact", [parent])] == [Status.ERASED]


@pytest.mark.parametrize("vendor", vendors.EVERY)
def test_a_vendor_that_cannot_be_read_back_says_so(vendor, tmp_path):
    made = vendors.opened(vendor, tmp_path)
    assert declaration(vendor).reads_back is (vendor in vendors.READING_BACK)
    if vendor not in vendors.READING_BACK:
        with pytest.raises(CrmError, match="cannot be read back"):
            made.read_many("contact", [Ref("person:1")])
        assert made.plan_keys("contact", [Key("person:1")]) == [None]
    made.close()


def test_it_says_what_it_is_and_who_we_are_there(gateway, vendor):
    description, identity = gateway.describe(), gateway.introduce()
    assert description.title
    assert description.batch >= 1
    assert identity.place
    assert identity.who == WHO.get(vendor, identity.who)
    assert identity.writes is (None if vendor in ("bottlecrm", "dataverse", "hubspot") else True)


def test_the_schema_is_made_once(gateway, vendor):
    # The fields of Tryton come with a module, which is there.
    assert gateway.missing_schema(KINDS) or vendor == "tryton"
    assert gateway.ensure_schema(KINDS) or vendor == "tryton"
    assert gateway.ensure_schema(KINDS) == gateway.missing_schema(KINDS) == []


def test_before_the_schema_there_is_nothing_to_read(gateway):
    assert gateway.plan_keys("contact", [Key("person:1")]) == [None]
    assert gateway.read_many("contact", [Ref("person:1")]) == [None]
    assert gateway.fetch_changed("contact", "", 10).records == []
    assert [each.status for each in gateway.erase("contact", [Ref("person:1")])] == [Status.ERASED]


def test_a_row_is_created_and_read_back(ready):
    [outcome] = ready.upsert_many("contact", [contact(1)])
    assert outcome.status is Status.CREATED
    [held] = ready.read_many("contact", [Ref("person:1", outcome.remote_id)])
    assert held.ref == Ref("person:1", outcome.remote_id)
    assert (held.fields["name"], held.fields["points"]) == ("Person 1", 1)


def test_an_update_writes_the_fields_it_names_and_no_other(ready):
    [made] = ready.upsert_many("contact", [contact(1)])
    [outcome] = ready.upsert_many("contact", [contact(1, 2, made.remote_id, points=None)])
    assert (outcome.status, outcome.remote_id) == (Status.UPDATED, made.remote_id)
    assert outcome.version != made.version
    [held] = ready.read_many("contact", [Ref("person:1", made.remote_id)])
    assert (held.fields["name"], held.fields.get("points")) == ("Person 1", None)


def test_what_is_gone_is_said_to_be_gone(ready):
    [outcome] = ready.upsert_many("contact", [contact(1, remote_id="4711", points=1)])
    assert outcome.status is Status.GONE
    assert ready.read_many("contact", [Ref("person:1")]) == [None]


def test_keys_find_what_is_there(ready):
    [made] = ready.upsert_many("contact", [contact(1)])
    assert ready.plan_keys("contact", [Key("person:2"), Key("person:1")]) == [None, made.remote_id]


def test_a_vote_hangs_under_its_contact(ready):
    [made] = ready.upsert_many("contact", [contact(1)])
    parent = Ref("person:1", made.remote_id)
    [outcome] = ready.upsert_many("vote", [Row(Ref("vote:3:1"), {"value": 1}, 2, parent)])
    assert outcome.status is Status.CREATED
    ready.erase("contact", [parent])
    assert ready.read_many("vote", [Ref("vote:3:1", outcome.remote_id)]) == [None]


def test_erasing_is_final_and_may_be_repeated(ready):
    [made] = ready.upsert_many("contact", [contact(1)])
    ref = Ref("person:1", made.remote_id)
    for _ in range(2):
        assert [each.status for each in ready.erase("contact", [ref])] == [Status.ERASED]
    assert ready.read_many("contact", [ref]) == [None]


@pytest.mark.parametrize("kind", ["note", "task"])
def test_an_activity_is_there_once_and_goes_with_the_contact(ready, kind):
    [made] = ready.upsert_many("contact", [contact(1)])
    due = {"due": "2026-01-03"} if kind == "task" else {}
    said = Activity(
        "entry:1", Ref("person:1"), kind, "Shipped", "An idea of theirs", "2026-01-01T00:00:00Z", due
    )
    assert [each.status for each in ready.add_activity([said])] == [Status.CREATED]
    assert [each.status for each in ready.add_activity([said])] == [Status.UPDATED]
    ref = Ref("person:1", made.remote_id)
    assert [each.status for each in ready.erase("contact", [ref])] == [Status.ERASED]
    assert ready.read_many("contact", [ref]) == [None]


def test_changes_are_fetched_in_parts_without_loss(ready):
    ready.upsert_many("contact", [contact(n) for n in range(1, 8)])
    seen, cursor = [], ""
    while (changed := ready.fetch_changed("contact", cursor, 3)).records:
        seen += [each.ref.external_id for each in changed.records]
        cursor = changed.cursor
    assert sorted(seen) == [f"person:{n}" for n in range(1, 8)]
    ids = ready.plan_keys("contact", [Key("person:3")])
    ready.upsert_many("contact", [contact(3, 2, ids[0], points=9)])
    [again] = ready.fetch_changed("contact", cursor, 3).records
    assert again.fields["points"] == 9


# -- Where others work beside us ------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", WORKED_IN, indirect=True)
def test_an_account_that_was_recognised_keeps_the_name_that_it_has_there(app, there, vendor):
    theirs, ref = there.account("Acme Grid", 7), "company:1"
    inner = connect(vendor, there.settings, there.wire)
    crm = Translated(inner, there.wire, shape_of("sales", vendor), {ref: theirs})
    crm.ensure_schema(KINDS)
    assert crm.plan_keys("account", [Key(ref)]) == [theirs]
    written = {"name": "Acme here", "votes": 3}
    for seq, fields in enumerate(({**written}, {"name": "Acme by another name", "votes": 4})):
        [said] = crm.upsert_many("account", [Row(Ref(ref, theirs), fields, seq)])
        assert (said.status, said.remote_id) == (Status.UPDATED, theirs)
        assert there.name_of(theirs) == "Acme Grid"
        [held] = crm.read_many("account", [Ref(ref, theirs)])
        assert held.fields["votes"] == fields["votes"]
    crm.close()


@pytest.mark.parametrize("vendor", WORKED_IN, indirect=True)
def test_erasing_says_whether_a_record_went_or_was_only_emptied(there, vendor):
    theirs = there.contact("Known Before", "known@acme.example")
    crm = connect(vendor, there.settings, there.wire)
    crm.ensure_schema(KINDS)
    assert crm.plan_keys("contact", [Key("person:1", "known@acme.example")]) == [theirs]
    known = contact(1, 1, theirs, name="Ines", email="known@acme.example", points=3)
    made = crm.upsert_many("contact", [known, contact(2, name="Tomas", email="tomas@acme.example")])
    refs = [Ref(f"person:{n}", each.remote_id) for n, each in enumerate(made, 1)]
    assert [(each.status, each.blanked) for each in crm.erase("contact", refs)] == [
        (Status.ERASED, True),
        (Status.ERASED, False),
    ]
    assert there.counts()[1] == 1
    assert crm.read_many("contact", refs) == [None, None]
    # Nobody is found there any more by our id; whoever agrees anew is, by the address that stayed.
    assert crm.plan_keys("contact", [Key("person:1")]) == [None]
    assert crm.plan_keys("contact", [Key("person:1", "known@acme.example")]) == [theirs]
    crm.close()


# -- What the embedded store does beyond that -----------------------------------------------------------


@pytest.fixture
def embedded(tmp_path):
    made = connect("embedded", {"path": str(tmp_path / "store.sqlite")})
    made.ensure_schema(KINDS)
    yield made
    made.close()


def test_a_call_that_comes_late_changes_nothing(embedded):
    [made] = embedded.upsert_many("contact", [contact(1, 5)])
    [late] = embedded.upsert_many("contact", [contact(1, 4, made.remote_id, name="Old")])
    assert (late.status, late.permanent) == (Status.FAILED, False)
    assert embedded.read_many("contact", [Ref("person:1")])[0].fields["name"] == "Person 1"


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"shoe_size": 43}, "shoe_size"), ({"points": "many"}, "points"), ({"name": 7}, "name")],
)
def test_what_it_cannot_keep_it_refuses_by_name(embedded, fields, field):
    bad, good = embedded.upsert_many("contact", [contact(1, **fields), contact(2)])
    assert (bad.status, bad.field, bad.permanent) == (Status.FAILED, field, True)
    assert good.status is Status.CREATED


def test_a_vote_waits_for_its_contact(embedded):
    [outcome] = embedded.upsert_many("vote", [Row(Ref("vote:3:1"), {"value": 1}, 1, Ref("person:1"))])
    assert (outcome.status, outcome.permanent) == (Status.FAILED, False)


def test_reading_makes_no_file(tmp_path):
    path = tmp_path / "none.sqlite"
    gateway = connect("embedded", {"path": str(path)})
    assert gateway.read_many("contact", [Ref("person:1")]) == [None]
    assert gateway.erase("contact", [Ref("person:1")])[0].status is Status.ERASED
    assert not path.exists()


def test_a_file_that_is_no_store_is_said_in_words(tmp_path):
    path = tmp_path / "text.sqlite"
    path.write_text("This is a letter, not a database." * 100)
    gateway = connect("embedded", {"path": str(path)})
    with pytest.raises(CrmError, match=r"The store text\.sqlite: file is not a database") as refused:
        gateway.ensure_schema(KINDS)
    assert not refused.value.permanent
