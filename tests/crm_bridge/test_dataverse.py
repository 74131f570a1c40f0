"""What only Dynamics 365 does."""

import pytest

from portal.crm_bridge.dataverse.batching import Operation, content, read
from portal.crm_bridge.gateway import Activity, CrmError, Key, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from tests.crm_bridge.fakes.contract import ours
from tests.crm_bridge.fakes.dataverse import SECRET, Dataverse
from tests.crm_bridge.test_saas import contacts


def made(fake):
    crm = connect("dataverse", fake.settings, fake.wire)
    crm.ensure_schema(KINDS)
    fake.requests.clear()
    fake.waits.clear()
    return crm


@pytest.fixture
def fake():
    return Dataverse(ours("dataverse"))


@pytest.fixture
def crm(fake):
    return made(fake)


def test_the_library_gets_its_token_over_our_wire_and_no_secret_is_noted(fake, crm):
    paths = [call.path for call in fake.calls[:3]]
    assert any(each.endswith("/oauth2/v2.0/token") for each in paths)
    assert SECRET not in repr(fake.calls)
    assert fake.tokens[0] not in repr(fake.calls)


def test_what_entra_refuses_is_said_in_its_words(fake):
    fake.settings["client_secret"] = "wrong-secret"
    with pytest.raises(CrmError, match="AADSTS7000215") as caught:
        made(fake)
    assert (caught.value.auth, caught.value.permanent) == (True, False)


def test_a_hundred_rows_are_a_call_and_each_a_change_set_of_its_own(fake, crm):
    assert {each.status for each in crm.upsert_many("contact", contacts(250))} == {Status.CREATED}
    calls = fake.sent(*fake.writes)
    assert [each.content.count(b"Content-ID: ") for each in calls] == [100, 100, 50]
    assert b"new_community_id" not in calls[0].content.replace(b"contacts(new_community_id=", b"")
    assert b"contacts(new_community_id=%27person%3A1%27)" in calls[0].content


@pytest.mark.parametrize("code", ["0x80072322", "0x80072321", "0x80072326"])
def test_each_of_the_three_limits_is_waited_for(fake, crm, code):
    body = {"error": {"code": code, "message": "Service protection"}}
    fake.fail(*fake.writes, (429, body, {"retry-after": "17"}))
    assert [each.status for each in crm.upsert_many("contact", contacts(2))] == [Status.CREATED] * 2
    assert fake.waits == [17]


def test_a_row_that_came_in_between_is_left_to_the_next_push(fake, crm):
    """412: somebody has made a row with our id, or a rule found a double."""
    answer = (
        "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 412 Precondition Failed\r\n\r\n{}\r\n--b--\r\n"
    )
    fake.fail(*fake.writes, (200, answer, {"content-type": "multipart/mixed; boundary=b"}))
    [outcome] = crm.upsert_many("contact", contacts(1))
    assert (outcome.status, outcome.permanent) == (Status.FAILED, False)


def test_a_row_that_somebody_changes_while_it_is_erased_is_emptied(fake, crm):
    [made_] = crm.upsert_many("contact", contacts(1))
    before = fake.tables.version

    def changed(request):
        if request.url.path.endswith("$batch") and fake.tables.version == before:
            fake.tables.change("contact", made_.remote_id, {"firstname": "Agnes"}, "somebody")

    fake.contract = changed
    assert crm.erase("contact", [Ref("person:1", made_.remote_id)])[0].status is Status.ERASED
    [left] = fake.contacts()
    assert (left["firstname"], left["new_community_id"], left["new_community_points"]) == (
        "Agnes",
        None,
        None,
    )


def test_a_contact_that_was_merged_twice_is_followed_to_the_end(fake, crm):
    [row] = contacts(1)
    [first] = crm.upsert_many("contact", [row])
    second, third = fake.somebody("In Between", "b@x.example"), fake.somebody("At Last", "c@x.example")
    fake.merge(second, first.remote_id)
    fake.merge(third, second)
    [found] = crm.plan_keys("contact", [Key("person:1")])
    assert found == third
    [outcome] = crm.upsert_many("contact", [Row(Ref("person:1", third), row.fields, 2)])
    assert (outcome.status, outcome.remote_id) == (Status.UPDATED, third)
    assert crm.read_many("contact", [Ref("person:1")])[0].ref.remote_id == third
    assert fake.name_of(third) == "At Last"


def test_deletions_are_told_and_a_cursor_that_is_too_old_begins_anew(fake, crm):
    one, _ = crm.upsert_many("contact", contacts(2))
    changed = crm.fetch_changed("contact", "", 10)
    assert len(changed.records) == 2
    fake.remove(one.remote_id)
    after = crm.fetch_changed("contact", changed.cursor, 10)
    assert [(each.ref.remote_id, each.gone) for each in after.records] == [(one.remote_id, True)]
    fake.expired = True
    again = crm.fetch_changed("contact", after.cursor, 10)
    assert [each.ref.external_id for each in again.records] == ["person:2"]


def test_a_new_contact_is_put_under_its_account(fake, crm):
    [company] = crm.upsert_many("account", [Row(Ref("company:3"), {"name": "Acme"}, 1)])
    crm.upsert_many("contact", contacts(1, account="company:3"))
    assert fake.contacts()[0]["_parentcustomerid_value"] == company.remote_id


def test_notes_of_others_outlive_ours(fake, crm):
    theirs = fake.somebody("Known Before", "ines1@acme.example")
    [found] = crm.plan_keys("contact", [Key("person:1", "ines1@acme.example")])
    assert found == theirs
    [row] = contacts(1)
    crm.upsert_many("contact", [Row(Ref("person:1", theirs), row.fields, 1)])
    note = Activity("entry:1", Ref("person:1"), "note", "Shipped", "It's there", "2026-01-01T00:00:00Z")
    assert [each.status for each in crm.add_activity([note])] == [Status.CREATED]
    fake.tables.put("annotation", {"notetext": "Call him", "_objectid_value": theirs})
    assert len(fake.tables.rows["annotation"]) == 2
    crm.erase("contact", [Ref("person:1", theirs)])
    assert [each["notetext"] for each in fake.tables.rows["annotation"].values()] == ["Call him"]


def test_a_name_with_quotes_finds_its_row(fake, crm):
    """Ids are ours and have none; mail addresses may."""
    theirs = fake.somebody("Pat", "pat.o'neil@acme.example")
    assert crm.plan_keys("contact", [Key("person:1", "pat.o'neil@acme.example")]) == [theirs]


def test_who_may_not_change_tables_is_told_the_role():
    fake = Dataverse(ours("dataverse"))
    fake.may_customise = False
    with pytest.raises(CrmError, match="System Customizer") as caught:
        made(fake)
    assert (caught.value.auth, "contact.new_community_id" in str(caught.value)) == (True, True)


def test_a_key_is_waited_for_until_its_index_is_built():
    fake = Dataverse(ours("dataverse"))
    crm = connect("dataverse", fake.settings, fake.wire)
    crm.ensure_schema(KINDS)
    assert fake.waits == [2.0, 2.0, 2.0]
    assert crm.missing_schema(KINDS) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "0 of 2"), ("--b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--b--", "1 of 2"), ("<html>", "0 of 2")],
)
def test_answers_that_cannot_be_told_apart_are_no_answers(text, says):
    with pytest.raises(CrmError, match=says):
        read("multipart/mixed; boundary=b", text, 2)


def test_a_batch_is_written_as_the_format_says():
    sent = content(
        "/api/data/v9.2", [Operation("PATCH", "contacts(7)", {"a": "ü"}, {"If-Match": "*"})]
    ).decode()
    lines = sent.split("\r\n")
    assert lines[0] == "--batch_of_the_portal"
    assert "PATCH /api/data/v9.2/contacts(7) HTTP/1.1" in lines
    assert lines[lines.index("If-Match: *") + 1 :][:2] == ["", '{"a": "\\u00fc"}']
    assert lines[-2] == "--batch_of_the_portal--"


def test_what_is_to_be_done_is_an_open_task_of_the_owner_of_the_account(fake, crm):
    [account] = crm.upsert_many("account", [Row(Ref("company:1"), {"name": "Northwind"}, 1)])
    rows = [Row(each.ref, {**each.fields, "account": "company:1"}, 1) for each in contacts(1)]
    people = crm.upsert_many("contact", [*rows, *contacts(2)[1:]])
    ours, theirs = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    fake.tables.change("account", account.remote_id, {"_owninguser_value": ours}, "somebody")
    fake.tables.change("contact", people[1].remote_id, {"_owninguser_value": theirs}, "somebody")
    said = [
        Activity(
            f"rule-{n}",
            each.ref,
            "task",
            "Tell them",
            "x" * 3_000,
            "2026-02-01T00:00:00Z",
            {"due": "2026-02-03"},
        )
        for n, each in enumerate(contacts(2))
    ]
    for status in (Status.CREATED, Status.UPDATED):
        assert [each.status for each in crm.add_activity(said)] == [status] * 2
    tasks = list(fake.tables.rows["task"].values())
    assert [(each["scheduledend"], each["_ownerid_value"]) for each in tasks] == [
        ("2026-02-03T12:00:00Z", ours),
        ("2026-02-03T12:00:00Z", theirs),
    ]
    assert [len(each["description"]) for each in tasks] == [2_000] * 2
    fake.tables.put("task", {"description": "Of theirs", "_regardingobjectid_value": people[1].remote_id})
    crm.erase("contact", [Ref(f"person:{n}", each.remote_id) for n, each in enumerate(people, 1)])
    assert [each["description"] for each in fake.tables.rows["task"].values()] == ["Of theirs"]
