"""Bursts: many votes within an hour, by accounts that have something in common, are shown to staff, who decide."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.insights.bursts.gathering import MANY, WITHIN, Press, bursts
from portal.moderation.hiding import hide
from portal.voting import casting
from tests.factories import EPOCH
from tests.ideas.reading import page_of

OLD = EPOCH - timedelta(days=400)


@pytest.fixture
def crowd(make):
    """`crowd(5, minutes=10)`: so many people vote for one idea in so many minutes, an hour ago; returns the idea."""

    def vote(count, *, minutes, title="Offline mode", ago=timedelta(hours=2), **person):
        with make.in_one_transaction():
            idea, begun = make.idea(title=title), clock.now() - ago
            for n in range(count):
                with clock.at(begun + timedelta(minutes=minutes) * n / count):
                    casting.cast(idea, by=make.person(**{"created_at": OLD} | person))
        return idea

    return vote


def shown(response):
    """Title and words of each burst."""
    items = page_of(response).findall(".//main//ul[@class='card list plain']/li")
    return [(item.findtext("a"), " ".join("".join(item.find("p").itertext()).split())) for item in items]


def test_new_accounts_that_vote_together_are_shown_with_their_votes(as_, cast, crowd):
    crowd(6, minutes=30, created_at=clock.now() - timedelta(hours=3))
    page = as_(cast.moderator).get("/desk/bursts")
    assert shown(page) == [("Offline mode", "6 votes, 6 by new accounts, 6 from example.com")]
    link = page_of(page).find(".//main//li/p/a").get("href")
    votes = page_of(as_(cast.moderator).get(link)).findall(".//tbody/tr")
    assert len(votes) == 6
    assert "Bursts of votes" in as_(cast.moderator).get("/admin/").text


def test_colleagues_are_named_by_their_company(as_, cast, crowd):
    crowd(5, minutes=59, company=cast.company)
    page = as_(cast.product_manager).get("/desk/bursts")
    assert shown(page) == [("Offline mode", "5 votes, 0 by new accounts, 5 from Northwind Utilities")]


def test_what_is_no_burst_is_not_shown(as_, cast, crowd, make):
    crowd(MANY - 1, minutes=10)
    crowd(6, minutes=400)
    crowd(6, minutes=10, ago=timedelta(days=31))
    strangers = make.idea()
    for n in range(6):
        casting.cast(strangers, by=make.person(email=f"ann{n}@gmail.com", created_at=OLD))
    page = as_(cast.admin).get("/desk/bursts")
    assert shown(page) == []
    assert "No bursts" in page.text


def test_a_burst_for_a_hidden_idea_is_for_moderators(as_, cast, crowd):
    hide(crowd(5, minutes=5), by=cast.moderator, reason="Advertising")
    assert len(shown(as_(cast.moderator).get("/desk/bursts"))) == 1
    assert shown(as_(cast.product_manager).get("/desk/bursts")) == []


def test_it_costs_the_same_for_many(as_, cast, crowd, at_most):
    browser = as_(cast.admin)
    for n in range(4):
        crowd(5, minutes=5, title=f"Idea {n}")
    with at_most(queries=4):
        assert len(shown(browser.get("/desk/bursts"))) == 4


presses = st.builds(
    lambda minute, is_new, company: Press(
        at := EPOCH + timedelta(minutes=minute), at if is_new else OLD, company, "gmail.com"
    ),
    st.integers(0, 300),
    st.booleans(),
    st.sampled_from([None, "Northwind", "Harbor"]),
)


@given(st.lists(presses, max_size=40))
def test_no_vote_is_in_two_bursts_and_each_has_what_it_says(cast_votes):
    votes = sorted(cast_votes, key=lambda each: each.cast_at)
    found = list(bursts(votes))
    assert sum(each.votes for each in found) <= len(votes)
    for before, after in pairwise(found):
        assert before.last < after.first
    for each in found:
        assert each.last - each.first <= WITHIN
        assert each.votes >= MANY
        assert max(each.new, each.alike) * 2 >= each.votes
