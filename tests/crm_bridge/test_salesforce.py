"""What only Salesforce does."""

import pytest

from portal.crm_bridge.gateway import Activity, CrmError, Key, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from tests.crm_bridge.conftest import Bridge
from tests.crm_bridge.fakes.contract import Postman, ours
from tests.crm_bridge.fakes.salesforce import JWT, Salesforce
from tests.crm_bridge.fakes.server import body_of
from tests.crm_bridge.test_saas import contacts

POSTMAN = {"url": "", "endpoint": "", "site": "", "version": "67.0"}


def made(fake, **settings):
    crm = connect("salesforce", fake.settings | settings, fake.wire)
    crm.ensure_schema(KINDS)
    fake.requests.clear()
    return crm


@pytest.fixture
def fake():
    return Salesforce(ours("salesforce"))


@pytest.fixture
def crm(fake):
    return made(fake)


def of_account(count):
    return [
        Row(each.ref, {**each.fields, "account": f"company:{n % 3}"}, 1)
        for n, each in enumerate(contacts(count))
    ]


def votes(crm, count, idea="idea:1", title="Dark mode", status="open"):
    [person] = crm.upsert_many("contact", contacts(1))
    said = {"idea": idea, "idea_title": title, "idea_status": status, "idea_url": "/ideas/1", "value": 1}
    parent = Ref("person:1", person.remote_id)
    return [Row(Ref(f"vote:{n}:1"), said, 1, parent) for n in range(count)]


def test_it_signs_in_with_a_private_key():
    fake = Salesforce(ours("salesforce"), **JWT)
    crm = made(fake)
    assert [each.status for each in crm.upsert_many("contact", contacts(1))] == [Status.CREATED]
    assert "PRIVATE KEY" not in repr(fake.calls)
    as_one_line = made(fake, private_key=JWT["private_key"].replace("\n", "\\n"))
    assert as_one_line.read_many("contact", [Ref("person:1")])[0]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"private_key": "no key", "user": "u"}, "no RSA key in PEM"),
        ({"client_secret": ""}, "user and private_key, or client_secret"),
    ],
)
def test_what_is_wrong_with_the_key_is_said(fake, settings, says):
    with pytest.raises(CrmError, match=says) as caught:
        made(fake, **settings)
    assert (caught.value.auth, caught.value.permanent) == (True, False)


def test_the_calls_of_the_day_are_heard(fake, crm):
    crm.upsert_many("contact", contacts(1))
    assert fake.heard[-1] == (fake.used, 100_000)


def test_locks_on_one_row_in_twenty_lose_nothing(fake, crm):
    """200 rows of one account: one call at a time, and what somebody else locks is sent again."""
    tried = {}

    def locked(row):
        key = row.get("Community_User_Id__c", "")
        tried[key] = tried.get(key, 0) + 1
        return key.endswith("7") and int(key.rpartition(":")[2]) % 20 == 7 and tried[key] < 3

    crm.upsert_many("account", [Row(Ref("company:1"), {"name": "Acme"}, 1)])
    fake.org.locked = locked
    rows = [Row(each.ref, {**each.fields, "account": "company:1"}, 1) for each in contacts(200)]
    assert {each.status for each in crm.upsert_many("contact", rows)} == {Status.CREATED}
    assert [len(body_of(each)["records"]) for each in fake.sent(*fake.writes)] == [200, 10, 10]
    assert sorted(tried.values()) == [1] * 190 + [3] * 10
    accounts = {each["AccountId"] for each in fake.contacts()}
    assert (len(accounts), len(fake.contacts())) == (1, 200)


def test_a_lock_that_stays_is_left_to_the_next_push(fake, crm):
    fake.org.locked = lambda row: row.get("Community_User_Id__c") == "person:2"
    outcomes = crm.upsert_many("contact", contacts(3))
    assert [(each.status, each.permanent) for each in outcomes] == [
        (Status.CREATED, False),
        (Status.FAILED, False),
        (Status.CREATED, False),
    ]
    assert outcomes[1].message.startswith("UNABLE_TO_LOCK_ROW")


def test_rows_of_one_account_go_together(fake, crm):
    crm.upsert_many("contact", of_account(450))
    calls = [body_of(each)["records"] for each in fake.sent(*fake.writes)]
    assert [len(each) for each in calls] == [200, 200, 50]
    order = [row["Community_Account__c"] for call in calls for row in call]
    assert order == sorted(order)


def test_duplicate_rules_refuse_or_are_told_to_let_it_be(fake, crm):
    fake.refuses = lambda row: row.get("LastName") == "Number2" and "You may be creating a duplicate."
    outcomes = crm.upsert_many("contact", contacts(3))
    assert [each.status for each in outcomes] == [Status.CREATED, Status.FAILED, Status.CREATED]
    assert (outcomes[1].permanent, "DUPLICATES_DETECTED" in outcomes[1].message) == (True, True)
    allowed = made(fake, duplicates="allow")
    assert [each.status for each in allowed.upsert_many("contact", contacts(1, first=2))] == [Status.CREATED]


def test_a_key_that_matches_several_is_refused_for_that_row(fake, crm):
    fake.org.unique.clear()
    for _ in range(2):
        fake.org.create("Contact", {"LastName": "Twice", "Community_User_Id__c": "person:2"})
    outcomes = crm.upsert_many("contact", contacts(3))
    assert [each.status for each in outcomes] == [Status.CREATED, Status.FAILED, Status.CREATED]
    assert (outcomes[1].permanent, "more than one" in outcomes[1].message) == (True, True)


@pytest.mark.parametrize("answer", [[], [{"success": True, "id": "003"}] * 2])
def test_results_that_cannot_be_told_apart_are_no_results(fake, crm, answer):
    fake.fail(*fake.writes, (200, answer), after=True)
    with pytest.raises(CrmError, match="without a result for each row") as caught:
        crm.upsert_many("contact", contacts(3))
    assert not caught.value.permanent
    found = crm.plan_keys("contact", [Key(f"person:{n}") for n in (1, 2, 3)])
    assert all(found)


def test_a_contact_is_known_by_its_mail_address_when_it_is_the_only_one(fake, crm):
    one = fake.somebody("Ines Old", "INES1@acme.example")
    for _ in range(2):
        fake.somebody("Ines Twin", "ines2@acme.example")
    keys = [Key("person:1", "ines1@acme.example"), Key("person:2", "ines2@acme.example"), Key("person:3")]
    assert crm.plan_keys("contact", keys) == [one, None, None]
    [row] = contacts(1)
    [outcome] = crm.upsert_many("contact", [Row(Ref("person:1", one), row.fields, 1)])
    assert (outcome.status, fake.name_of(one)) == (Status.UPDATED, "Ines Old")
    assert crm.read_many("contact", [Ref("person:1")])[0].fields["name"] == "Ines Number1"


# -- Ideas and votes ------------------------------------------------------------------------------------


def test_an_idea_is_written_once_for_all_its_votes(fake, crm):
    rows = votes(crm, 450)
    outcomes = crm.upsert_many("vote", rows)
    assert {each.status for each in outcomes} == {Status.CREATED}
    assert len(fake.sent("PATCH", "sobjects/Idea__c")) == 1
    [idea] = fake.org.alive("Idea__c")
    assert (idea["Community_Id__c"], idea["Title__c"], idea["Status__c"]) == ("idea:1", "Dark mode", "open")
    assert {each["Idea__c"] for each in fake.org.alive("IdeaVote__c")} == {idea["Id"]}
    changed = [
        Row(Ref(row.ref.external_id, said.remote_id), {"idea_status": "shipped"}, 2, row.parent)
        for row, said in zip(rows, outcomes, strict=True)
    ]
    assert {each.status for each in crm.upsert_many("vote", changed)} == {Status.UPDATED}
    assert (idea["Status__c"], idea["Title__c"]) == ("shipped", "Dark mode")
    assert len(fake.sent("PATCH", "sobjects/Idea__c")) == 2


def test_a_vote_that_another_counts_for_says_nothing_of_the_idea(fake, crm):
    crm.upsert_many("vote", votes(crm, 1))
    crm.upsert_many("vote", votes(crm, 1, status="merged"))
    [idea], [vote] = fake.org.alive("Idea__c"), fake.org.alive("IdeaVote__c")
    assert (idea["Status__c"], vote["Idea_Status__c"]) == ("open", "merged")


def test_votes_on_an_idea_that_is_refused_are_refused_with_its_words(fake, crm):
    outcomes = crm.upsert_many("vote", [*votes(crm, 1), *votes(crm, 2, idea="idea:2", title="x" * 300)[1:]])
    assert [each.status for each in outcomes] == [Status.CREATED, Status.FAILED]
    assert "idea:2: STRING_TOO_LONG" in outcomes[1].message


# -- Many at once ---------------------------------------------------------------------------------------


def test_many_new_rows_are_a_job_and_each_of_its_three_lists_is_read(fake, crm):
    rows = contacts(3_000)
    rows[5] = Row(rows[5].ref, {**rows[5].fields, "email": "no address"}, 1)
    rows[7] = Row(
        rows[7].ref, {**rows[7].fields, "open_ideas": 'Say "no", twice\nand more', "status": None}, 1
    )
    fake.left_out = lambda number: number in (10, 2_999)
    outcomes = crm.upsert_many("contact", rows)
    failed = {n: each for n, each in enumerate(outcomes) if each.status is not Status.CREATED}
    assert {n: (each.permanent, each.field) for n, each in failed.items()} == {
        5: (True, "email"),
        10: (False, ""),
        2_999: (False, ""),
    }
    assert fake.sent(*fake.writes) == []
    assert len(fake.requests) == 8
    [held] = crm.read_many("contact", [rows[7].ref])
    assert (held.fields["open_ideas"], held.fields["points"]) == ('Say "no", twice\nand more', 8)
    again = [rows[10], rows[2_999]]
    assert [each.status for each in crm.upsert_many("contact", again)] == [Status.CREATED] * 2
    assert len(fake.contacts()) == 2_999


def test_rows_of_a_job_that_were_locked_are_sent_again(fake, crm):
    locked = {"person:3", "person:4"}
    fake.org.locked = lambda row: (
        row.get("Community_User_Id__c") in locked and not locked.discard(row["Community_User_Id__c"])
    )
    outcomes = made(fake, bulk_from="10").upsert_many("contact", contacts(20))
    assert {each.status for each in outcomes} == {Status.CREATED}
    assert len(fake.contacts()) == 20


def test_a_push_makes_a_job_by_itself_where_there_are_many_new_rows(fake, app, make, consenting, vote):
    people, ideas = [consenting() for _ in range(4)], [make.idea() for _ in range(3)]
    for who in people:
        for idea in ideas:
            vote(who, idea)
    bridge = Bridge(made(fake, batch="2", bulk_from="12"))
    assert bridge.push()["created"] == 4 + 12
    # The contacts are few and go two to a call; the votes are many.
    assert len(fake.sent(*fake.writes)) == 2
    assert len(fake.sent("POST", "jobs/ingest")) == 1
    assert len(bridge.held("vote")) == 12
    ideas[0].title = "Work offline"
    assert bridge.push()["updated"] == 4 + 4
    assert len(fake.sent("POST", "jobs/ingest")) == 1


# -- The schema -----------------------------------------------------------------------------------------


def test_who_may_not_change_the_org_is_told_the_steps(fake):
    fake.may_deploy = False
    crm = connect("salesforce", fake.settings, fake.wire)
    with pytest.raises(CrmError, match="Object Manager") as caught:
        crm.ensure_schema(KINDS)
    assert (caught.value.auth, caught.value.permanent) == (True, False)
    for name in ("Contact: Community_User_Id__c", "Task: Community_Ref__c", "IdeaVote__c: "):
        assert name in str(caught.value)
    assert "Contact.Community_Reputation__c" in crm.missing_schema(KINDS)


def test_a_deployment_that_fails_says_of_what(fake):
    failure = {"fullName": "Contact.Community_Points__c", "problem": "Too many custom fields"}
    result = {"done": True, "success": False, "details": {"componentFailures": [failure]}}
    fake.fail("GET", "metadata/deployRequest", (200, {"deployResult": result}))
    with pytest.raises(CrmError, match="Too many custom fields"):
        connect("salesforce", fake.settings, fake.wire).ensure_schema(KINDS)


def test_fields_are_made_with_room_and_with_a_permission_set(fake, crm):
    assert crm.missing_schema(KINDS) == []
    assert fake.org.unique["Contact"] == {"Community_User_Id__c"}
    assert fake.org.fields["Contact"]["Community_Reputation__c"] == "double"
    [given] = fake.org.alive("PermissionSetAssignment")
    assert given["AssigneeId"] == fake.org.user


# -- The published API ----------------------------------------------------------------------------------


@pytest.mark.shared
def test_what_the_published_collection_names_is_called_as_it_says(shared):
    published = Postman(shared / "specs/salesforce/postman_collection.json", POSTMAN)
    fake = Salesforce(published, **JWT)
    crm = made(fake, bulk_from="10")
    crm.upsert_many("contact", contacts(20))
    assert set(published.checked) >= {
        "JWT Bearer Token Flow",
        "Create job",
        "Upload Job Data",
        "Close or Abort a Job",
        "Get Job Info",
        "Get Job Successful Record Results",
        "Get Job Failed Record Results",
        "Get Job Unprocessed Record Results",
    }


@pytest.mark.shared
def test_a_request_that_is_not_as_published_is_seen(shared):
    published = Postman(shared / "specs/salesforce/postman_collection.json", POSTMAN)
    fake = Salesforce(published)
    crm = connect("salesforce", fake.settings, fake.wire)
    with pytest.raises(AssertionError, match="is not as any of"):
        crm.org.call("PATCH", "jobs/ingest", json={})


def test_what_is_to_be_done_is_an_open_task_of_the_owner_of_the_account(fake, crm):
    [account] = crm.upsert_many("account", [Row(Ref("company:0"), {"name": "Northwind"}, 1)])
    people = crm.upsert_many("contact", of_account(2))
    fake.org.touch("Account", account.remote_id, OwnerId="005000000000007AAA")
    fake.org.touch("Contact", people[1].remote_id, OwnerId="005000000000008AAA")
    when = "2026-02-01T00:00:00Z"
    said = [
        Activity("rule-1-a", Ref("person:1"), "task", "Tell them", "Note", when, {"due": "2026-02-03"}),
        Activity("rule-1-b", Ref("person:2"), "task", "Tell them", "Note", when),
        Activity("entry:1", Ref("person:1"), "comment", "Wrote", "", when),
    ]
    for status in (Status.CREATED, Status.UPDATED):
        assert [each.status for each in crm.add_activity(said)] == [status] * 3
    tasks = fake.org.records["Task"].values()
    assert [(each["Status"], each["ActivityDate"], each["OwnerId"]) for each in tasks] == [
        ("Not Started", "2026-02-03", "005000000000007AAA"),
        ("Not Started", "2026-02-01", "005000000000008AAA"),
        ("Completed", "2026-02-01", fake.org.user),
    ]
