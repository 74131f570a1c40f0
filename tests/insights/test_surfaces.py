"""The three numbers stand wherever an idea stands, for staff; customers see none of them anywhere."""

import pytest

from portal.accounts.placing import place
from portal.activity.auditing import audit_all
from portal.database import db
from portal.voting import casting


@pytest.fixture
def idea(make, cast, catch_up):
    idea = make.idea(title="Offline mode for field visits")
    for person in (cast.customer, cast.other_customer):
        casting.cast(idea, by=person)
    catch_up()
    return idea


PLACES = ("/", "/ideas/", "/ideas/?sort=new", "/search?q=offline", "/search?q=offline&kind=ideas")


@pytest.mark.parametrize("path", PLACES)
def test_cards_and_hits(as_, cast, idea, path):
    manager, moderator = as_(cast.product_manager).get(path).text, as_(cast.moderator).get(path).text
    for said in ("2 people", "2 accounts"):
        assert said in manager
        assert said in moderator
    assert "€129k at stake" in manager
    assert "€" not in moderator
    for who in (None, cast.customer):
        text = as_(who).get(path).text
        assert not [said for said in ("2 people", "2 accounts", "€") if said in text]


def test_while_companies_may_have_changed_the_audit_compares_nothing(cast, idea, catch_up):
    place(cast.customer, None, by=cast.admin)
    db.session.commit()
    compared = {each.name: each.compared for each in audit_all()}
    assert compared["demand for ideas"] == 0
    catch_up()
    compared = {each.name: each.compared for each in audit_all()}
    assert compared["demand for ideas"] == 1
