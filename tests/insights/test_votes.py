"""Who voted: one by one, with company, tier, weight, importance and proof; and the pictures of an idea."""

from datetime import date, timedelta

import pytest

from portal import clock
from portal.database import db
from portal.insights.bucketing import filled, months, over_time, weeks
from portal.voting import casting, vouching
from portal.voting.models import Proof
from portal.voting.vouching import Evidence
from tests.ideas.reading import page_of


def shown(response):
    """Who stands in the table, in order."""
    return ["".join(th.itertext()).strip() for th in page_of(response).findall(".//tbody/tr/th")]


@pytest.fixture
def idea(make, cast, catch_up):
    cast.company.segment = "Water"
    idea = make.idea(
        board=make.board(votes_against=True, importance=True, most_per_idea=3), title="Offline mode"
    )
    now = clock.now()
    for age, person, more in (
        (40, cast.customer, {"weight": 2, "importance": 3}),
        (9, cast.other_customer, {}),
        (1, make.person(name="Alone Ann"), {}),
        (1, make.person(name="Against Al"), {"value": -1}),
    ):
        with clock.at(now - timedelta(days=age)):
            casting.cast(idea, by=person, **more)
    with clock.at(now - timedelta(days=5)):
        proof = Evidence(Proof.TICKET, url="https://tickets.example/7")
        vouching.add(idea, by=cast.product_manager, voter=cast.company, evidence=proof)
    catch_up()
    return idea


def test_each_vote_with_whose_it_is(as_, cast, idea):
    page = as_(cast.product_manager).get(f"/desk/votes?idea={idea.id}")
    assert shown(page) == ["Alone Ann", "The company", "Tomas Lind", "Ines Duarte"]
    for said in (
        "Northwind Utilities",
        "enterprise",
        "Critical",
        "Ticket, by",
        "Mira Kovač",
        "https://tickets.example/7",
    ):
        assert said in page.text
    assert shown(as_(cast.product_manager).get(f"/desk/votes?idea={idea.id}&against=1")) == ["Against Al"]


def test_moderators_see_who_voted_and_nothing_of_the_record(as_, cast, idea):
    page = as_(cast.moderator).get(f"/desk/votes?idea={idea.id}&tier=small")
    assert len(shown(page)) == 4
    assert "Harbor Foods" in page.text
    for secret in ("enterprise", "Water", "€"):
        assert secret not in page.text


def test_every_filter(as_, cast, make, idea):
    manager, other = as_(cast.product_manager), make.idea()
    casting.cast(other, by=cast.customer)
    db.session.commit()

    def found(query):
        return shown(manager.get(f"/desk/votes?{query}"))

    assert len(found("")) == 5
    assert found(f"board={other.board_id}") == ["Ines Duarte"]
    assert found(f"company={cast.other_company.id}") == ["Tomas Lind"]
    assert found("company=-") == ["Alone Ann"]
    assert found(f"tier=enterprise&idea={idea.id}") == ["The company", "Ines Duarte"]
    assert found("segment=Water&company=x&idea=-1") == ["Ines Duarte", "The company", "Ines Duarte"]
    assert found("segment=-") == ["Alone Ann", "Tomas Lind"]
    day = (clock.now() - timedelta(days=9)).date().isoformat()
    assert found(f"since={day}&until={day}") == ["Tomas Lind"]
    assert manager.get("/desk/votes?idea=4711").status_code == 404


def test_pages_turn_without_a_gap(as_, make, cast):
    idea = make.idea()
    with make.in_one_transaction():
        for n in range(120):
            casting.cast(idea, by=make.person(name=f"Voter {n:03}"))
    db.session.commit()
    seen, path = [], f"/desk/votes?idea={idea.id}"
    while path:
        response = as_(cast.moderator).get(path)
        seen += shown(response)
        path = next((a.get("href") for a in page_of(response).iter("a") if a.get("rel") == "next"), None)
    assert len(seen) == len(set(seen)) == 120


def test_the_pictures_of_an_idea_link_to_their_rows(as_, cast, idea, at_most):
    manager = as_(cast.product_manager)
    here = f"/desk/ideas/{idea.id}/wanted"
    assert here in manager.get(f"/ideas/{idea.id}").text
    with at_most(queries=7):
        page = manager.get(here)
    assert "Votes by week" in page.text
    assert "€120k" in page.text
    links = [a.get("href") for a in page_of(page).iter("a")]
    weeks_shown = [link for link in links if "since=" in link]
    assert sum(len(shown(manager.get(link))) for link in weeks_shown) == 4
    assert f"/desk/votes?idea={idea.id}&company={cast.company.id}" in links
    moderators = as_(cast.moderator).get(here).text
    assert "Northwind" not in moderators
    assert "€" not in moderators
    assert here not in as_(cast.customer).get(f"/ideas/{idea.id}").text


def test_weeks_and_months():
    today = date(2026, 3, 15)
    assert [(each.since.isoformat(), each.until.isoformat()) for each in weeks(today, 2)] == [
        ("2026-03-02", "2026-03-08"),
        ("2026-03-09", "2026-03-15"),
    ]
    assert [each.name for each in months(today, 3)] == ["Jan 2026", "Feb 2026", "Mar 2026"]
    assert over_time([], today) == []
    young = over_time([(today - timedelta(days=10), 2), (today, 1)], today)
    assert [each.votes for each in young] == [2, 1]
    old = over_time([(date(2025, 1, 1), 2), (today, 1)], today)
    assert (len(old), old[0].name, old[0].votes, old[-1].votes) == (15, "Jan 2025", 2, 1)
    assert filled(weeks(today, 2), [(date(2020, 1, 1), 9)]) == []
