"""A text that changed after people voted: they see how, are asked after a large change, and no vote goes by itself."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.comparing import compare
from portal.discussion.editing import edit
from portal.ideas.confirming import weighing
from portal.ideas.confirming.models import Confirmation
from portal.ideas.models import Idea
from portal.voting import casting
from portal.voting.models import Vote

OLD = "There is no signal in the basements where our people read the meters every month."
SMALL = OLD.replace("every month", "each month")
LARGE = "Meters should send their numbers by themselves, so that nobody has to go there."


@pytest.fixture
def voted(make, cast):
    idea = make.idea(title="Offline mode", body=OLD, author=cast.customer)
    with clock.at(clock.now() - timedelta(hours=1)):
        casting.cast(idea, by=cast.other_customer)
    db.session.commit()
    return idea


def change(idea, by, body, minutes=1, title="Offline mode"):
    with clock.at(clock.now() - timedelta(minutes=60 - minutes)):
        edit(idea, by=by, title=title, body=body)
    db.session.commit()


def page_for(as_, person, idea):
    return as_(person).get(f"/ideas/{idea.id}").text


def test_a_small_change_is_shown_to_those_who_voted_before(as_, cast, voted):
    change(voted, cast.customer, SMALL)
    page = page_for(as_, cast.other_customer, voted)
    assert "The text changed since you voted." in page
    assert "<del>every</del><ins>each</ins>" in page
    assert "Is it still what you want?" not in page
    for other in (cast.customer, cast.product_manager, None):
        assert "since you voted" not in page_for(as_, other, voted)


def test_a_large_change_asks_again_and_removes_nothing(as_, cast, voted, rows):
    change(voted, cast.customer, LARGE)
    assert "Is it still what you want?" in page_for(as_, cast.other_customer, voted)
    assert "0 of 1 votes are for it as it stands now" in page_for(as_, cast.product_manager, voted)
    assert rows(Vote) == 1
    for _ in range(2):
        assert as_(cast.other_customer).put(f"/ideas/{voted.id}/confirmation").status_code == 303
    assert "Is it still" not in page_for(as_, cast.other_customer, voted)
    assert "1 of 1 votes are for it as it stands now" in page_for(as_, cast.product_manager, voted)
    assert (rows(Vote), rows(Confirmation)) == (1, 1)
    assert "vote_confirmed" in [each.kind for each in db.session.query(Entry)]


def test_small_changes_add_up_and_a_change_taken_back_is_none(as_, cast, voted):
    change(voted, cast.customer, LARGE)
    change(voted, cast.customer, OLD, minutes=2)
    assert "since you voted" not in page_for(as_, cast.other_customer, voted)
    words = OLD.split()
    for minute in range(3, 10):
        words[minute] = f"changed{minute}"
        change(voted, cast.customer, " ".join(words), minutes=minute)
    assert "Is it still what you want?" in page_for(as_, cast.other_customer, voted)


def test_another_title_is_a_large_change(as_, cast, voted):
    change(voted, cast.customer, OLD, title="Meters that report by themselves")
    assert "Is it still what you want?" in page_for(as_, cast.other_customer, voted)


def test_withdrawing_is_offered_beside_keeping(as_, cast, voted):
    change(voted, cast.customer, LARGE)
    as_(cast.other_customer).delete(f"/ideas/{voted.id}/vote")
    assert db.session.get_one(Idea, voted.id).votes_up == 0
    assert "Is it still" not in page_for(as_, cast.other_customer, voted)


@given(st.lists(st.sampled_from("abcdef"), max_size=12), st.lists(st.sampled_from("abcdef"), max_size=12))
def test_the_share_is_that_of_the_words(old, new):
    share = weighing.share_changed(compare(" ".join(old), " ".join(new)))
    assert 0 <= share <= 1
    assert (share == 0) == (old == new)
    if old and new and not set(old) & set(new):
        assert share == 1
