"""What BottleCRM and Tryton are sent reads back as it was, whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.crm_bridge.bottlecrm.records import joined, split
from portal.crm_bridge.bottlecrm.votes import LONGEST_SUBJECT, by_mark, mark_of, owner, vote_body, vote_fields
from portal.crm_bridge.tryton.records import values

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.one_of(st.none(), st.integers(), TEXT)


@given(TEXT.map(str.strip))
def test_a_name_is_split_and_joined_letter_by_letter(name):
    first, last = split(name)
    assert joined(first, last) == name
    # BottleCRM cuts spaces off at both ends.
    assert (first, last) == (first.strip(), last.strip())


@pytest.mark.parametrize("name", ["Ines", "Ines -", "- -", "Ines  Duarte", "Ines María Duarte"])
def test_odd_names_are_no_exception(name):
    first, last = split(name)
    assert first
    assert last
    assert joined(first, last) == name


@given(st.dictionaries(st.sampled_from(["idea_title", "value", "proof", "account", "withdrawn_at"]), VALUES))
def test_the_fields_of_a_vote_come_back(fields):
    sent = vote_body("vote:12:7", fields)
    assert vote_fields(sent) == {name: value for name, value in fields.items() if value is not None}
    assert mark_of(sent) == "vote:12:7"
    assert len(sent["subject"]) <= LONGEST_SUBJECT
    assert owner("vote:12:7") == "person:7"


def test_of_two_with_one_mark_the_older_counts():
    older, newer = (
        {"id": number, "created_at": f"2026-01-0{number}", "body": "x\nref:vote:1:2"} for number in (1, 2)
    )
    others = {"id": 3, "created_at": "2026-01-01", "body": "Called her; ref:vote:1:3"}
    assert by_mark([newer, others, older]) == {"vote:1:2": older}


def test_a_date_that_is_none_goes_to_tryton_as_it_is():
    types = {"community_joined_on": "date", "community_consent_at": "datetime"}
    sent = values("contact", "person:1", {"joined_on": "soon", "consent_at": "2026-02-30"}, types)
    assert (sent["community_joined_on"], sent["community_consent_at"]) == ("soon", "2026-02-30")
