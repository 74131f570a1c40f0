"""Top by people, accounts, revenue and account weight, over all time or a window, and by tier and segment."""

from datetime import timedelta

import pytest

from portal import clock
from portal.database import db
from portal.ideas.filtering import IdeaFilter
from portal.insights import cli
from portal.voting import casting
from tests.ideas.reading import cards, page_of

STAFF_ORDERS = ["by=accounts", "by=weight", "by=accounts&days=30", "by=weight&days=365"]


@pytest.fixture
def wanted(make, cast, catch_up):
    """Crowd is wanted by five people of one firm, Spread by three firms, Rich by the richest, Old by seven long ago."""
    cast.company.segment, cast.other_company.segment = "Water", "Food"
    now, board = clock.now(), make.board(name="All")
    ideas = {
        name: make.idea(title=name, board=board) for name in ("Crowd", "Spread", "Rich", "Old", "Nobody")
    }
    firms = [make.company(revenue=1000, tier="small") for _ in range(3)]
    crowd = [make.person(company=firms[0]) for _ in range(5)]
    votes = {
        "Crowd": crowd,
        "Spread": [make.person(company=firm) for firm in firms],
        "Rich": [cast.customer],
        "Old": [make.person() for _ in range(7)],
    }
    for name, voters in votes.items():
        with clock.at(now - timedelta(days=200 if name == "Old" else 10)):
            for person in voters:
                casting.cast(ideas[name], by=person)
    db.session.commit()
    catch_up()
    cli.fold_waiting()
    return ideas


def test_staff_choose_what_top_counts(as_, cast, wanted):
    manager = as_(cast.product_manager)
    shown = {
        by: cards(manager.get(f"/ideas/?sort=top&by={by}")) for by in ("", "accounts", "revenue", "weight")
    }
    assert shown[""] == ["Old", "Crowd", "Spread", "Rich", "Nobody"]
    assert shown["accounts"] == ["Spread", "Rich", "Crowd", "Nobody", "Old"]
    assert shown["revenue"] == ["Rich", "Spread", "Crowd", "Nobody", "Old"]
    assert shown["weight"] == ["Old", "Spread", "Crowd", "Rich", "Nobody"]


def test_everybody_has_windows_and_only_staff_the_other_measures(as_, cast, wanted):
    assert cards(as_(None).get("/ideas/?sort=top&days=30")) == ["Crowd", "Spread", "Rich"]
    assert cards(as_(None).get("/ideas/?sort=top&days=7")) == []
    assert cards(as_(None).get("/ideas/?sort=top&days=365"))[0] == "Old"
    assert cards(as_(None).get("/ideas/?sort=top&days=31")) == cards(as_(None).get("/ideas/?sort=top"))
    customer, moderator = as_(cast.customer), as_(cast.moderator)
    public = cards(as_(None).get("/ideas/?sort=top"))
    for query in ("by=accounts", "by=revenue", "by=weight", "tier=small", "segment=Water"):
        page = customer.get(f"/ideas/?sort=top&{query}")
        assert cards(page) == public
        assert "account" not in page.text.split("<main")[1].lower().replace("account settings", "")
    assert cards(moderator.get("/ideas/?sort=top&by=accounts"))[0] == "Spread"
    assert cards(moderator.get("/ideas/?sort=top&by=revenue")) == public
    assert cards(moderator.get("/ideas/?sort=top&tier=small")) == public


def test_cards_show_staff_the_three_numbers(as_, cast, wanted):
    manager, moderator = (
        as_(cast.product_manager).get("/ideas/").text,
        as_(cast.moderator).get("/ideas/").text,
    )
    assert "5 people" in manager
    assert "3 accounts" in manager
    assert "€120k at stake" in manager
    assert "3 accounts" in moderator
    assert "at stake" not in moderator
    for person in (None, cast.customer):
        text = as_(person).get("/ideas/").text
        assert "at stake" not in text
        assert "1 account<" not in text


def test_tier_and_segment_narrow_and_count_within(as_, cast, wanted):
    manager = as_(cast.product_manager)
    small = manager.get("/ideas/?sort=top&tier=small")
    assert cards(small) == ["Crowd", "Spread"]
    assert "5 people of this tier" in small.text
    assert cards(manager.get("/ideas/?segment=Water")) == ["Rich"]
    assert cards(manager.get("/ideas/?tier=small&segment=Water")) == []
    assert cards(manager.get("/ideas/?sort=top&tier=small&days=7")) == []
    assert cards(manager.get("/ideas/?sort=top&by=accounts&tier=small")) == ["Spread", "Crowd"]


def test_a_window_turns_pages_without_a_gap(as_, make, cast, catch_up):
    board = make.board()
    made = [make.idea(board=board, title=f"Idea {n:02}") for n in range(45)]
    for n, idea in enumerate(made):
        casting.cast(idea, by=cast.customer)
        if n % 3 == 0:
            casting.cast(idea, by=cast.other_customer)
    catch_up()
    cli.fold_waiting()
    for query in ("sort=top&days=7", "sort=top&by=revenue", "sort=top&by=weight&days=30", "tier=enterprise"):
        browser, seen, path = as_(cast.product_manager), [], f"/ideas/?{query}"
        while path:
            response = browser.get(path)
            seen += cards(response)
            links = {a.get("rel"): a.get("href") for a in page_of(response).iter("a")}
            path = links.get("next")
        assert sorted(seen) == sorted(idea.title for idea in made)
        assert cards(browser.get(links["prev"])) == seen[20:40]


def test_a_veiled_board_gives_no_window_away(as_, make, cast, catch_up):
    board = make.board(counts_hidden="until_voted")
    for n in range(3):
        casting.cast(make.idea(board=board, title=f"Veiled {n}"), by=cast.customer)
    catch_up()
    cli.fold_waiting()
    stranger = as_(None)
    assert cards(stranger.get("/ideas/?sort=top&days=7")) == []
    newest = cards(stranger.get(f"/ideas/?board={board.id}&sort=new"))
    assert cards(stranger.get(f"/ideas/?board={board.id}&sort=top&days=7")) == newest
    assert len(cards(as_(cast.moderator).get("/ideas/?sort=top&days=7"))) == 3


def test_by_and_days_are_of_top_alone():
    assert IdeaFilter.read({"sort": "hot", "by": "accounts", "days": "7"}) == IdeaFilter()
    assert IdeaFilter.read({"sort": "top", "by": "nonsense", "days": "-7"}) == IdeaFilter(sort="top")
    asked = IdeaFilter(sort="top", by="weight", days=30, tier="small", segment="Food")
    assert IdeaFilter.read({k: str(v) for k, v in asked.as_query().items()}) == asked
