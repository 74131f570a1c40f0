"""The list of ideas: order, filters, pages, marks, and how few queries it takes."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal import clock
from portal.database import db
from portal.ideas.filtering import IdeaFilter
from portal.voting import casting
from tests.ideas.reading import cards, page_of, text_of


def test_hot_top_and_new_order(as_, make, cast):
    old = make.idea(title="Old and liked")
    now = clock.now()
    with clock.at(now - timedelta(days=200)):
        for _ in range(3):
            casting.cast(old, by=make.person())
    fresh = make.idea(title="Fresh")
    with clock.at(now - timedelta(days=1)):
        casting.cast(fresh, by=cast.customer)
    make.idea(title="Newest")
    db.session.commit()
    stranger = as_(None)
    assert cards(stranger.get("/ideas/")) == ["Fresh", "Old and liked", "Newest"]
    assert cards(stranger.get("/ideas/?sort=top")) == ["Old and liked", "Fresh", "Newest"]
    assert cards(stranger.get("/ideas/?sort=new")) == ["Newest", "Fresh", "Old and liked"]
    assert cards(stranger.get("/ideas/?sort=nonsense")) == cards(stranger.get("/ideas/"))


def test_filters_by_board_status_words_and_mine(as_, make, cast):
    reports, mobile = make.board(name="Reports"), make.board(name="Mobile")
    make.idea(title="Totals", board=reports, status="planned")
    make.idea(title="Offline mode", board=mobile, author=cast.customer)
    voted = make.idea(title="Dark theme", body="for the control room", board=mobile)
    casting.cast(voted, by=cast.customer)
    db.session.commit()
    ada = as_(cast.customer)
    assert cards(ada.get(f"/ideas/?board={reports.id}")) == ["Totals"]
    assert cards(ada.get("/ideas/?status=planned")) == ["Totals"]
    assert cards(ada.get("/ideas/?text=OFFLINE")) == ["Offline mode"]
    assert cards(ada.get("/ideas/?text=control+dark")) == ["Dark theme"]
    assert cards(ada.get("/ideas/?text=100%25")) == []
    assert cards(ada.get("/ideas/?mine=written")) == ["Offline mode"]
    assert cards(ada.get("/ideas/?mine=voted")) == ["Dark theme"]
    assert cards(ada.get(f"/ideas/?mine=voted&board={reports.id}")) == []
    assert cards(as_(None).get("/ideas/?mine=voted")) == []


def test_every_filter_at_once_stands_in_the_links(as_, make):
    board = make.board(name="Reports")
    page = page_of(as_(None).get(f"/ideas/?board={board.id}&status=open&text=x&sort=top"))
    links = [a.get("href") for a in page.iter("a")]
    assert f"/ideas/?board={board.id}&status=open&text=x" in links
    assert f"/ideas/?sort=new&board={board.id}&status=open&text=x" in links


def test_pages_go_forth_and_back_without_a_gap(as_, make, cast):
    board = make.board()
    made = [make.idea(board=board, title=f"Idea {n:02}").title for n in range(45)]
    for idea in db.session.query(type(make.idea(board=board, title="Idea 99"))):
        idea.hot = float(idea.id)
    db.session.commit()
    browser, seen, path, steps = as_(cast.customer), [], "/ideas/", []
    while path:
        response = browser.get(path)
        steps.append(cards(response))
        seen += steps[-1]
        path = next((a.get("href") for a in page_of(response).iter("a") if a.get("rel") == "next"), None)
        back = next((a.get("href") for a in page_of(response).iter("a") if a.get("rel") == "prev"), None)
    assert seen == ["Idea 99", *reversed(made)]
    assert cards(browser.get(back)) == steps[-2]


def test_a_page_link_that_we_did_not_make_is_refused(as_, make):
    make.idea()
    assert as_(None).get("/ideas/?page=nonsense").status_code == 400


def test_an_unknown_board_is_not_there(as_):
    assert as_(None).get("/ideas/?board=4711").status_code == 404
    assert as_(None).get("/ideas/?board=99999999999999999999").status_code == 200


@pytest.mark.parametrize("who", ["stranger", "other_customer"])
def test_hidden_ideas_are_left_out(as_, make, cast, who):
    make.idea(title="Cheap watches", author=cast.customer, hidden_at=clock.now())
    assert cards(as_(cast[who]).get("/ideas/")) == []


@pytest.mark.parametrize("who", ["customer", "moderator"])
def test_hidden_ideas_are_marked_for_author_and_moderators(as_, make, cast, who):
    make.idea(title="Cheap watches", author=cast.customer, hidden_at=clock.now())
    page = as_(cast[who]).get("/ideas/")
    assert cards(page) == ["Cheap watches"]
    assert "Hidden" in page.text


def test_own_votes_are_marked_on_the_page(as_, make, cast):
    mine, other = make.idea(title="Mine"), make.idea(title="Other")
    casting.cast(mine, by=cast.customer)
    casting.cast(other, by=cast.other_customer)
    db.session.commit()
    pressed = [
        button.get("id")
        for button in page_of(as_(cast.customer).get("/ideas/")).iter("button")
        if button.get("aria-pressed") == "true"
    ]
    assert pressed == [f"vote-idea-{mine.id}-button"]
    assert "aria-pressed" not in as_(None).get("/ideas/").text


def test_an_empty_list_says_what_to_do(as_, make):
    assert "Be the first" in as_(None).get("/ideas/").text
    assert "Clear filters" in as_(None).get("/ideas/?status=parked").text


def test_title_description_and_canonical_link(as_, make):
    board = make.board(name="Mobile", description="On the road")
    page = page_of(as_(None).get(f"/ideas/?sort=new&board={board.id}&page=&x=1"))
    assert page.find(".//title").text == "Mobile · Ideas · Test Community"
    assert page.find(".//meta[@name='description']").get("content") == "On the road"
    assert page.find(".//link[@rel='canonical']").get("href").endswith(f"/ideas/?sort=new&board={board.id}")


def test_a_filter_reads_and_writes_its_address():
    wanted = IdeaFilter(sort="top", board=3, status="planned", text="dark theme", mine="voted")
    assert IdeaFilter.read({k: str(v) for k, v in wanted.as_query().items()}) == wanted
    assert IdeaFilter().as_query() == {}
    assert IdeaFilter.read({"status": "Gone!", "mine": "x", "board": "-1", "sort": ""}) == IdeaFilter()


def test_the_list_says_what_is_locked_or_meant_for_when(as_, make):
    make.idea(status="planned", target="Q1", locked_at=clock.now())
    text = as_(None).get("/ideas/").text
    assert "Planned · Q1" in text
    assert "Locked" in text
    assert "voting is closed" in text


def test_clearing_the_filters_leaves_board_and_order_alone(as_, make, cast):
    board = make.board(name="Reports")
    every = IdeaFilter(
        sort="top", board=board.id, status="parked", text="dark", mine="voted", by="accounts", days=30, tier="small",
        segment="Food", chosen=((1, 2),),
    )  # fmt: skip
    for each in ("status", "text", "mine", "tier", "segment", "chosen"):
        narrowed = IdeaFilter(**{each: getattr(every, each)})
        assert (narrowed.narrows, narrowed.cleared) == (True, IdeaFilter()), each
    assert every.cleared == IdeaFilter(sort="top", board=board.id, by="accounts", days=30)
    assert not every.cleared.narrows
    page = page_of(
        as_(cast.product_manager).get(f"/ideas/?board={board.id}&status=parked&tier=small&segment=Food")
    )
    ways = {a.get("href") for a in page.iter("a") if "Clear filters" in "".join(a.itertext())}
    assert ways == {f"/ideas/?board={board.id}"}
    on = {text_of(a): a.get("href") for a in page.find(".//ul[@class='filters-on']").iter("a")}
    assert list(on) == ["Parked", "Tier: small", "Segment: Food", "Clear filters"]
    assert on["Parked"] == f"/ideas/?board={board.id}&tier=small&segment=Food"


def test_on_a_phone_the_list_begins_below_one_line_of_filters(visit, make, axe):
    board = make.board(name="Reports")
    make.idea(board=board, title="A long list", status="planned")
    make.idea(title="Elsewhere")
    page = visit(None, width=390)
    page.goto("/ideas/?status=planned")
    first = page.get_by_role("heading", name="A long list")
    expect(first).to_be_in_viewport()
    assert page.locator("form.tools").bounding_box()["height"] < 80
    page.get_by_text("Filter · 1").click()
    page.get_by_label("Status").select_option("")
    page.get_by_label("Board").select_option("Reports")
    assert axe(page) == []
    page.get_by_role("button", name="Show").last.click()
    page.wait_for_url("**/ideas/?*board=*")
    expect(page.get_by_role("heading", name="A long list")).to_be_visible()
    expect(page.get_by_text("Elsewhere")).to_have_count(0)
