"""The canonical records are what their published schemas say, whatever people do."""

from datetime import timedelta
from types import SimpleNamespace as Row

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from portal.crm_bridge import describing
from portal.crm_bridge.describing import SCHEMA_VERSION
from portal.crm_bridge.summing import CompanyDoings, Doings
from portal.database import db
from portal.moderation.hiding import hide
from portal.voting import casting
from tests.crm_bridge.canonical import SCHEMAS, check, records
from tests.crm_bridge.conftest import VOICE
from tests.factories import EPOCH

D2 = {
    "participant": "id external_ids email email_verified name locale company_domain account_ref joined_at "
    "last_active_at status consent merged_into",
    "vote": "id idea_id idea_title idea_status url participant_id account_ref value weight weight_basis cast_at "
    "withdrawn_at on_behalf_of",
    "reputation": "participant_id points tier rank_pct badges ideas ideas_shipped votes_cast answers "
    "accepted_answers as_of rule_version",
    "interaction": "id type participant_id object_url summary occurred_at",
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_and_names_what_was_agreed(name):
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"community.{name}.v{SCHEMA_VERSION}"
    assert set(D2.get(name, "").split()) | {"schema_version", "tenant", "seq"} <= set(schema["required"])
    assert not schema["additionalProperties"]


def test_a_record_that_says_something_else_is_found(make, consenting):
    consenting()
    name, record = next(records())
    check(name, record)
    for wrong in ({"email": None}, {"status": "happy"}, {"shoe_size": 43}, {"joined_at": "yesterday"}):
        with pytest.raises(ValidationError):
            check(name, record | wrong)
    with pytest.raises(ValidationError):
        check(name, record, seq=0)


def test_whatever_happened_to_somebody_the_records_keep_to_their_schemas(make, consenting, vote, cast):
    company = make.company(name="Nördwind\u202e 🌊", tier=None, revenue=None)
    rich = make.company(tier="enterprise", revenue=120_000, currency="EUR", crm_read_at=EPOCH)
    ines = consenting(company=company, last_active_at=EPOCH + timedelta(days=1))
    tomas = consenting(company=rich, active=False, name="<script>")
    hidden, gone, long = make.idea(author=ines), make.idea(author=ines), make.idea(title="x" * 120)
    for each in (ines, tomas):
        for idea in (hidden, gone, long):
            vote(each, idea)
    hide(hidden, by=cast.moderator, reason="Advertising")
    casting.withdraw(gone, by=ines)
    db.session.commit()
    made = list(records())
    for name, record in made:
        check(name, record)
    assert {name for name, _ in made} == {"account", "participant", "reputation", "vote"}


TEXT = st.text(max_size=60)
# How long a drawing takes on a busy machine says nothing of the records.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


@UNHURRIED
@given(
    name=TEXT,
    title=TEXT,
    points=st.integers(-(2**31), 2**31),
    arr=st.none() | st.decimals(0, 10**12, places=2),
)
def test_no_text_and_no_number_breaks_them(name, title, points, arr):
    person = Row(
        id=7,
        name=name,
        email="a@b.example",
        confirmed_at=EPOCH,
        erased_at=None,
        active=True,
        company_id=3,
        created_at=EPOCH,
        last_active_at=None,
        crm_consent=True,
        crm_consent_at=EPOCH,
        reputation=points,
        accepted_answers=0,
        tier=name,
        revenue=arr,
        crm_read_at=EPOCH,
    )
    row = Row(
        idea_id=12,
        person_id=7,
        about_id=12,
        title=title,
        status="open",
        is_hidden=False,
        eclipsed=False,
        value=1,
        added_by=None,
        proof=None,
        cast_at=EPOCH,
        withdrawn_at=None,
    )
    whose = describing.voter(VOICE, person)
    check("participant", describing.participant(VOICE, person))
    check("reputation", describing.reputation(VOICE, person, Doings(open_ideas=[title] * 9), EPOCH))
    check("vote", describing.vote(VOICE, whose, row))
    company = Row(id=3, name=name)
    check("account", describing.account(VOICE, company, CompanyDoings(top_ideas=[title] * 9)))


def test_the_numbers_of_a_participant_only_grow(bridge, make, consenting, vote):
    seen = {}
    upsert = bridge.gateway.upsert_many

    def watch(kind, rows):
        for row in rows:
            assert row.seq > seen.get(row.ref.external_id, 0)
            assert all(record["schema_version"] == SCHEMA_VERSION for record in row.records)
            seen[row.ref.external_id] = row.seq
        return upsert(kind, rows)

    bridge.gateway.upsert_many = watch
    people = [consenting() for _ in range(3)]
    for points in range(4):
        for each in people:
            each.reputation = points
            vote(each, make.idea())
        bridge.push()
    assert len(seen) == 3 + 12
