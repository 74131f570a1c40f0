"""What the large CRMs do to who calls them, each against a fake that does it: nothing is lost and nothing is there twice.

Each fake knows the call that `writes` contacts, a field that is `bad` there, how one may be `named`, how it says that
something was `undeleted`, its `contacts`, and how somebody who works there would `merge`, `remove` or `fill` them.
"""

from datetime import timedelta

import httpx
import pytest

from portal import clock
from portal.crm_bridge import drifting
from portal.crm_bridge.gateway import CrmError, Field, Key, Kind, Outcome, Ref, Row, Status, connect
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.models import DEFAULT, CrmLink
from portal.crm_bridge.shaping import Shape
from portal.database import db
from tests.crm_bridge.conftest import Bridge
from tests.crm_bridge.fakes import FAKES
from tests.crm_bridge.faults import Killed, Mortal


@pytest.fixture(params=FAKES)
def fake(request):
    return FAKES[request.param]()


@pytest.fixture
def crm(fake):
    made = connect(
        next(name for name in FAKES if name == type(fake).__name__.lower()), fake.settings, fake.wire
    )
    made.ensure_schema(KINDS)
    fake.requests.clear()
    fake.waits.clear()
    yield made
    made.close()


def contacts(count, first=1, **fields):
    return [
        Row(
            Ref(f"person:{n}"),
            {"name": f"Ines Number{n}", "email": f"ines{n}@acme.example", "points": n, **fields},
            1,
        )
        for n in range(first, first + count)
    ]


def push(crm, rows):
    """As a push does it: what is there already is adopted."""
    found = crm.plan_keys("contact", [Key(row.ref.external_id) for row in rows])
    rows = [
        Row(Ref(row.ref.external_id, there), row.fields, row.seq)
        for row, there in zip(rows, found, strict=True)
    ]
    return crm.upsert_many("contact", rows)


def passing(crm, rows):
    """How a call ended of which nothing may be held against the rows."""
    try:
        outcomes = crm.upsert_many("contact", rows)
    except CrmError as error:
        outcomes = [Outcome(Status.FAILED, permanent=error.permanent or error.auth)]
    assert not any(each.permanent for each in outcomes)
    return {each.status for each in outcomes}


def all_there(fake, crm, rows):
    """Each row is there, once, as it was sent."""
    assert len(fake.contacts()) == len(rows)
    held = crm.read_many("contact", [row.ref for row in rows])
    assert [
        {name: each.fields[name] for name in row.fields} for each, row in zip(held, rows, strict=True)
    ] == [row.fields for row in rows]


def test_of_a_hundred_rows_exactly_the_bad_ones_fail(fake, crm):
    rows = contacts(100)
    for place in (0, 41, 99):
        rows[place] = Row(rows[place].ref, {**rows[place].fields, **fake.bad}, 1)
    outcomes = crm.upsert_many("contact", rows)
    failed = {place: each for place, each in enumerate(outcomes) if each.status is not Status.CREATED}
    assert set(failed) == {0, 41, 99}
    assert {(each.status, each.permanent, each.field) for each in failed.values()} == {
        (Status.FAILED, True, next(iter(fake.bad)))
    }
    assert all(each.message for each in failed.values())
    all_there(fake, crm, [row for place, row in enumerate(rows) if place not in failed])
    assert len({each.remote_id for each in outcomes if each.remote_id}) == 97


USELESS = {
    "a page": (500, "<html><h1>Server Error</h1></html>", {"content-type": "text/html"}),
    "cut off": (200, '{"results": [{"id": "1", "suc', {"content-type": "application/json"}),
    "nothing": (204,),
    "late": httpx.ReadTimeout("slow"),
}


@pytest.mark.parametrize("answer", USELESS.values(), ids=USELESS)
def test_what_was_written_without_a_word_is_not_there_twice(fake, crm, answer):
    """Once the next call mends it; when no answer comes at all, the next push finds what is there."""
    rows = contacts(20)
    fake.fail(*fake.writes, answer, times=1, after=True)
    written = passing(crm, rows[:10])
    assert written in ({Status.CREATED}, {Status.UPDATED}, {Status.FAILED})
    fake.fail(*fake.writes, answer, times=50, after=True)
    assert passing(crm, rows[10:]) == {Status.FAILED}
    fake.failures.clear()
    assert {each.status for each in push(crm, rows)} == {Status.UPDATED}
    all_there(fake, crm, rows)


@pytest.mark.parametrize(("header", "waits"), [({"retry-after": "7"}, [7]), ({}, [0.5])])
def test_too_many_calls(fake, crm, header, waits):
    rows = contacts(5)
    fake.fail(*fake.writes, (429, fake.too_many, header))
    assert [each.status for each in crm.upsert_many("contact", rows)] == [Status.CREATED] * 5
    assert fake.waits == waits
    all_there(fake, crm, rows)


def test_when_the_day_is_used_up_everything_waits(fake, crm):
    rows = contacts(5)
    fake.end_day()
    with pytest.raises(CrmError) as caught:
        crm.upsert_many("contact", rows)
    assert (caught.value.permanent, caught.value.auth) == (False, False)
    assert (caught.value.retry_at - fake.now()).total_seconds() > 60
    assert fake.contacts() == []


def test_a_token_that_ends_in_the_middle_of_ten_batches_is_renewed_once(fake, crm):
    rows = contacts(50)
    tokens = len(fake.tokens)
    for batch in range(10):
        if batch == 5:
            fake.expire()
        outcomes = crm.upsert_many("contact", rows[batch * 5 : batch * 5 + 5])
        assert [each.status for each in outcomes] == [Status.CREATED] * 5
    assert len(fake.tokens) == tokens + 2
    all_there(fake, crm, rows)


def test_a_secret_that_is_wrong_is_told_and_holds_nothing_against_the_rows(fake):
    made = connect(type(fake).__name__.lower(), fake.settings | fake.wrong_secret, fake.wire)
    with pytest.raises(CrmError) as caught:
        made.ensure_schema(KINDS)
    assert (caught.value.auth, caught.value.permanent) == (True, False)
    for secret in fake.wrong_secret.values():
        assert secret not in f"{caught.value} {fake.calls}"


# -- What people there do -------------------------------------------------------------------------------


@pytest.fixture
def story(app, crm, make, consenting, vote):
    """Two people of one company with votes on two ideas, all written there."""
    bridge = Bridge(crm)
    bridge.people = [consenting(company=make.company(name="Acme")), consenting()]
    bridge.ideas = [make.idea(), make.idea()]
    for person in bridge.people:
        for idea in bridge.ideas:
            vote(person, idea)
    bridge.push()
    return bridge


def whole(bridge):
    """Everything is there as it was written, nothing is in quarantine, nothing left to do."""
    db.session.rollback()
    assert [each for found in drifting.drift(DEFAULT, bridge.gateway) for each in found.drifts] == []
    assert bridge.plan()[0] == {}
    assert db.session.query(CrmLink).filter(CrmLink.state != "done").all() == []


def its(bridge, person):
    key = f"person:{person.id}"
    db.session.rollback()
    [held] = bridge.gateway.read_many("contact", [Ref(key)])
    return held


def test_a_push_writes_everything_and_a_second_one_nothing(fake, story):
    whole(story)
    assert len(fake.contacts()) == 2
    assert len(story.held("vote")) == 4
    story.gateway.calls.clear()
    assert story.push()["equal"] == 7
    assert story.gateway.writes == []


def test_a_contact_that_is_merged_away_is_followed(fake, story, vote, make):
    person = story.people[0]
    before = its(story, person)
    other = fake.somebody("Ines Doe", "ines.doe@other.example")
    fake.merge(other, before.ref.remote_id)
    vote(person, make.idea())
    assert story.push()["quarantined"] == 0
    after = its(story, person)
    assert (after.fields["votes"], len(fake.contacts())) == (3, 2)
    whole(story)


def test_a_contact_that_is_deleted_is_written_again_with_its_votes(fake, story, vote, make):
    person = story.people[0]
    fake.remove(its(story, person).ref.remote_id)
    vote(person, make.idea())
    story.push()
    story.push()
    assert its(story, person).fields["votes"] == 3
    assert len(story.held("vote")) == 5
    whole(story)


def test_two_of_ours_that_were_made_one_there_are_not_parted_again(fake, crm):
    one, two = [each.remote_id for each in crm.upsert_many("contact", contacts(2))]
    fake.merge(one, two)
    [gone] = crm.upsert_many("contact", [Row(Ref("person:2", two), {"points": 99}, 2)])
    assert gone.status is Status.GONE
    assert crm.plan_keys("contact", [Key("person:2")]) == [None]
    [outcome] = crm.upsert_many("contact", contacts(1, first=2))
    assert (outcome.status, outcome.permanent) == (Status.FAILED, True)
    assert "merged into that of person:1" in outcome.message
    assert crm.read_many("contact", [Ref("person:1")])[0].fields["points"] == 1
    assert len(fake.contacts()) == 1


def test_two_people_who_swap_their_addresses_keep_their_records(fake, story):
    one, two = story.people
    addresses = one.email, two.email
    for person, address in ((one, "between@acme.example"), (two, addresses[0]), (one, addresses[1])):
        person.email = address
        db.session.flush()
    assert story.push()["quarantined"] == 0
    assert (its(story, one).fields["email"], its(story, two).fields["email"]) == addresses[::-1]
    assert len(fake.contacts()) == 2
    whole(story)


@pytest.mark.parametrize("moment", [2, 4, 5, 7, 8])
def test_killed_in_the_middle_and_nothing_is_there_twice(fake, crm, app, make, consenting, vote, moment):
    bridge = Bridge(crm)
    people, idea = [consenting(company=make.company()), consenting()], make.idea()
    for person in people:
        vote(person, idea)
    with pytest.raises(Killed):
        bridge.push(gateway=Mortal(crm, moment))
    fresh = Bridge(connect(type(fake).__name__.lower(), fake.settings, fake.wire))
    assert fresh.push()["quarantined"] == 0
    assert (len(fake.contacts()), len(fresh.held("vote"))) == (2, 2)
    whole(fresh)


def test_who_withdraws_is_taken_out_and_what_belongs_to_others_stays(fake, story, vote):
    theirs = fake.somebody("Known Before", "known@acme.example")
    known = story.people[1]
    known.email = "known@acme.example"
    for person in story.people:
        person.crm_consent = False
    db.session.commit()
    assert story.push()["erased"] == 6
    assert [each["id"] for each in fake.contacts()] == [theirs]
    assert story.held("contact") == story.held("vote") == {}
    known.crm_consent, known.crm_consent_at = True, clock.now() + timedelta(seconds=1)
    assert story.push()["adopted"] == 1
    assert its(story, known).ref.remote_id == theirs
    known.crm_consent = False
    story.push()
    assert [each["id"] for each in fake.contacts()] == [theirs]
    assert story.held("contact") == story.held("vote") == {}
    assert fake.name_of(theirs) == "Known Before"


def test_a_contact_stays_while_something_of_ours_hangs_under_it(fake, crm):
    [person] = crm.upsert_many("contact", contacts(1))
    parent = Ref("person:1", person.remote_id)
    [vote] = crm.upsert_many("vote", [Row(Ref("vote:3:1"), {"value": 1}, 1, parent)])
    fake.fail(*fake.undeleted, times=9)
    with pytest.raises(CrmError) as caught:
        crm.erase("contact", [parent])
    assert not caught.value.permanent
    fake.failures.clear()
    assert len(fake.contacts()) == 1
    assert crm.erase("contact", [parent])[0].status is Status.ERASED
    assert (fake.contacts(), crm.read_many("vote", [Ref("vote:3:1", vote.remote_id)])) == ([], [None])


def test_a_field_that_was_given_the_name_that_it_has_there_keeps_it(fake, crm):
    kind = Kind("contact", (Field("name"), Field(fake.named, "number")))
    assert any(each.endswith(fake.named) for each in crm.ensure_schema([kind]))
    written = {"name": "Ines", "points": 3, fake.named: 7}
    [said] = crm.upsert_many("contact", [Row(Ref("person:1"), written, 1)])
    [held] = crm.read_many("contact", [Ref("person:1", said.remote_id)])
    assert held.fields[fake.named] == 7
    # Mapped to it, points are read from there, though the field that had them before is there still.
    assert Shape(names={"contact": {"points": fake.named}}).ours("contact", held.fields)["points"] == 7


# -- The way back ---------------------------------------------------------------------------------------


def fetched(crm, cursor=""):
    """All that changed, and the cursor; it must end."""
    seen = []
    for _ in range(100):
        changed = crm.fetch_changed("contact", cursor, 2_000)
        cursor = changed.cursor
        if not changed.records:
            return seen, cursor
        seen += [each.ref.external_id for each in changed.records]
    raise AssertionError("it does not end")


def test_12_000_rows_of_one_time_and_one_that_comes_late(fake, crm):
    fake.sleep(3_600)
    fake.fill(12_000)
    # That each call is as the API says is seen elsewhere; here there are hundreds of them.
    fake.contract = None
    seen, cursor = fetched(crm)
    assert len(seen) == len(set(seen)) == 12_000
    fake.sleep(60)
    fake.fill(1, first=20_001)
    fake.fill(1, first=20_002, ago=300)
    seen, cursor = fetched(crm, cursor)
    assert sorted(seen) == ["person:20001", "person:20002"]
    # Another process, which knows the cursor only, may read the last ten minutes once more, and misses nothing.
    fresh = connect(type(fake).__name__.lower(), fake.settings, fake.wire)
    fake.fill(1, first=20_003, ago=300)
    again, _ = fetched(fresh, cursor)
    assert "person:20003" in again


def test_it_says_who_we_are_there(crm, fake):
    identity = crm.introduce()
    assert identity.who in (
        "account 4711 (standard)",
        "# Community",
        "Community Bridge (bridge@acme.example)",
    )
    assert identity.place
    assert identity.writes in (True, None)
    if fake.settings["url"].endswith("salesforce.com") if "url" in fake.settings else False:
        fake.may_write = False
        assert crm.introduce().writes is False
