"""The profile: who somebody is, what they are known for, what they wrote; within what the viewer may see."""

import pytest

from portal import clock
from portal.database import db
from portal.voting import casting


@pytest.fixture
def ines(cast, make):
    hidden = {"hidden_at": clock.now(), "hidden_reason": "Advertising"}
    for n in range(7):
        make.idea(author=cast.customer, title=f"Idea number {n}")
        make.topic(author=cast.customer, title=f"Question number {n}")
    make.idea(author=cast.customer, title="Cheap watches", **hidden)
    make.topic(author=cast.customer, title="Cheap bags", **hidden)
    return cast.customer


def test_it_shows_the_newest_of_everything(as_, ines, at_most):
    browser = as_(None)
    with at_most(queries=8):
        page = browser.get(f"/people/{ines.id}").text
    assert "Ines Duarte" in page
    assert "Northwind Utilities" in page
    assert "Idea number 6" in page
    assert "Question number 6" in page
    assert "Idea number 0" not in page


def test_somebody_signed_in_costs_one_query_more(as_, ines, at_most, cast):
    browser = as_(cast.admin)
    with at_most(queries=8):
        assert browser.get(f"/people/{ines.id}").status_code == 200


@pytest.mark.parametrize(
    ("who", "sees"), [("stranger", False), ("other_customer", False), ("customer", True), ("moderator", True)]
)
def test_hidden_things_stay_hidden(as_, cast, ines, who, sees):
    page = as_(cast[who]).get(f"/people/{ines.id}").text
    assert ("Cheap watches" in page) is sees
    assert ("Cheap bags" in page) is sees


def test_what_is_private_is_not_shown(as_, ines, cast):
    for viewer in (None, cast.other_customer, cast.moderator):
        assert ines.email not in as_(viewer).get(f"/people/{ines.id}").text


def test_the_ledger_is_shown_line_by_line(as_, ines, cast, make):
    casting.cast(make.idea(author=ines), by=cast.other_customer)
    db.session.commit()
    page = as_(None).get(f"/people/{ines.id}").text
    assert "<dt>reputation</dt><dd>2</dd>" in page
    assert "Every line" in page


def test_an_imported_person_says_where_from_and_cannot_be_claimed(as_, make):
    person = make.person(
        name="Imported Ivan",
        email=None,
        source_system="ask.example",
        source_id="7",
        source_url="https://ask.example/users/7",
        imported_reputation=1234,
    )
    page = as_(None).get(f"/people/{person.id}").text
    assert "Brought over from ask.example" in page
    assert "https://ask.example/users/7" in page
    assert "cannot be claimed" in page
    assert "1234" in page


def test_the_tail_of_the_address_is_not_trusted(as_, ines):
    assert as_(None).get(f"/people/{ines.id}-somebody-else").status_code == 200
    assert as_(None).get("/people/0-ines").status_code == 404


def test_names_and_words_are_text(as_, make):
    person = make.person(name="<script>alert(1)</script>", about="<img src=x onerror=alert(1)>")
    page = as_(None).get(f"/people/{person.id}").text
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
