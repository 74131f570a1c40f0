"""What stands on a roadmap, in which column and order, and for whom."""

from datetime import UTC, date, datetime

import pytest

from portal import clock
from portal.accounts.models import Stranger
from portal.database import db
from portal.ideas.models import Admission, Audience
from portal.ideas.plans.models import Plan
from portal.ideas.roadmap import queries, reading
from portal.ideas.roadmap.filtering import RoadmapFilter
from portal.ideas.roadmap.models import Choice, RoadmapAdmission, RoadmapItem
from portal.voting import casting
from tests.ideas.reading import page_of, text_of

PLAIN = RoadmapFilter()


def on(roadmap, viewer=None, wanted=PLAIN):
    """Column -> titles, as a viewer reads them."""
    viewer = viewer or Stranger()
    screen = reading.read(queries.find(roadmap.id, viewer), viewer, wanted)
    return {each.column.key: [idea.title for idea in each.ideas] for each in screen.columns}


def meant(idea, day):
    db.session.add(Plan(idea_id=idea.id, target_on=day, target_grain="quarter"))
    db.session.commit()


def said(roadmap, idea, by, choice):
    db.session.add(
        RoadmapItem(roadmap_id=roadmap.id, idea_id=idea.id, choice=choice, by_id=by.id, at=clock.now())
    )
    db.session.commit()


def test_ideas_come_by_their_status_the_most_wanted_first(make):
    board = make.board()
    for n, status in enumerate(("planned", "planned", "started", "open", "shipped")):
        make.idea(board=board, title=f"Idea {n}", status=status, votes_up=n)
    roadmap = make.roadmap(statuses=("started", "planned"))
    assert on(roadmap) == {"started": ["Idea 2"], "planned": ["Idea 1", "Idea 0"]}
    assert list(on(roadmap)) == ["started", "planned"]


def test_by_quarter_what_is_overdue_stands_in_this_one_and_what_is_done_does_not(make):
    board, made = make.board(), {}
    for title, status, day in (
        ("This", "planned", date(2026, 11, 1)),
        ("Overdue", "started", date(2026, 4, 1)),
        ("Done long ago", "shipped", date(2026, 4, 1)),
        ("Done", "shipped", date(2026, 10, 1)),
        ("Next", "planned", date(2027, 1, 1)),
        ("Later", "planned", date(2027, 4, 1)),
        ("Much later", "planned", date(2029, 1, 1)),
        ("Open", "open", date(2026, 11, 1)),
    ):
        made[title] = make.idea(board=board, title=title, status=status, votes_up=len(made))
        meant(made[title], day)
    make.idea(board=board, title="Some day", status="planned")
    roadmap = make.roadmap(arrangement="quarter", statuses=("planned", "started", "shipped"))
    with clock.at(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)):
        assert on(roadmap) == {
            "this": ["Done", "Overdue", "This"],
            "next": ["Next"],
            "later": ["Much later", "Later"],
            "undated": ["Some day"],
        }
    with clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
        assert on(roadmap)["this"] == ["Next", "Overdue", "This"]
        assert on(roadmap)["next"] == ["Later"]


def test_boards_are_chosen_and_ideas_pinned_or_left_out(make, cast):
    mobile, other = make.board(), make.board()
    inside, outside = (make.idea(board=b, title=b.name, status="planned") for b in (mobile, other))
    roadmap = make.roadmap(boards=[mobile], statuses=("planned",))
    assert on(roadmap) == {"planned": [mobile.name]}
    said(roadmap, outside, cast.admin, Choice.PINNED)
    said(roadmap, inside, cast.admin, Choice.LEFT_OUT)
    assert on(roadmap) == {"planned": [other.name]}
    by_hand = make.roadmap(automatic=False, statuses=("planned",))
    assert on(by_hand) == {"planned": []}
    said(by_hand, inside, cast.admin, Choice.PINNED)
    assert on(by_hand) == {"planned": [mobile.name]}


def test_what_one_may_not_see_is_in_no_column_and_in_no_count(make, cast, as_):
    hidden = {"hidden_at": clock.now(), "author": cast.customer}
    boards = {
        "Public": make.board(),
        "Members": make.board(audience=Audience.SIGNED_IN),
        "Northwind": make.board(audience=Audience.COMPANIES),
        "House": make.board(audience=Audience.STAFF),
        "Own": make.board(own_only=True),
    }
    make._save(Admission(board_id=boards["Northwind"].id, company_id=cast.company.id))
    for title, board in boards.items():
        make.idea(board=board, title=title, status="planned", author=cast.customer)
    make.idea(board=boards["Public"], title="Hidden", status="planned", **hidden)
    roadmap = make.roadmap(statuses=("planned",))
    house = make.roadmap(statuses=("planned",), audience=Audience.STAFF)
    seen = {
        "stranger": {"Public"},
        "customer": {"Public", "Members", "Northwind", "Own"},
        "other_customer": {"Public", "Members"},
        "product_manager": {"Public", "Members", "Northwind", "Own"},
        "admin": {"Public", "Members", "Northwind", "Own"},
    }
    for who, titles in seen.items():
        [column] = reading.read(queries.find(roadmap.id, cast[who]), cast[who], PLAIN).columns
        assert {idea.title for idea in column.ideas} == titles
        assert column.many == len(titles)
    assert set(on(house, cast.moderator)["planned"]) == {*boards}
    assert as_(cast.customer).get(f"/roadmap/{house.id}").status_code == 404


def test_a_roadmap_is_for_its_audience(make, cast, as_):
    for name, audience in (
        ("One", "public"),
        ("Two", "signed_in"),
        ("Three", "companies"),
        ("Four", "staff"),
    ):
        roadmap = make.roadmap(name=name, audience=audience)
        if name == "Three":
            make._save(RoadmapAdmission(roadmap_id=roadmap.id, tier="enterprise"))
    tabs = {
        who: [a.text for nav in page_of(as_(cast[who]).get("/roadmap/")).iter("nav")
              if nav.get("aria-label") == "Roadmaps" for a in nav.iter("a")]
        for who in ("stranger", "customer", "other_customer", "moderator")
    }  # fmt: skip
    assert tabs == {
        "stranger": [],
        "customer": ["One", "Two", "Three"],
        "other_customer": ["One", "Two"],
        "moderator": ["One", "Two", "Three", "Four"],
    }


def test_no_order_tells_a_veiled_count(make, cast):
    open_board, veiled = make.board(), make.board(counts_hidden="until_voted")
    make.idea(board=veiled, title="Secretly wanted", status="planned", votes_up=50)
    make.idea(board=veiled, title="Not at all", status="planned", votes_up=0)
    make.idea(board=open_board, title="Openly wanted", status="planned", votes_up=2)
    roadmap = make.roadmap(statuses=("planned",))
    assert on(roadmap)["planned"] == ["Openly wanted", "Not at all", "Secretly wanted"]
    assert on(roadmap, cast.admin)["planned"][0] == "Secretly wanted"


def test_who_sees_records_narrows_to_what_a_segment_or_tier_wants(make, cast, as_):
    board = make.board()
    wanted, other = (make.idea(board=board, title=t, status="planned") for t in ("Theirs", "Ours"))
    casting.cast(wanted, by=cast.other_customer)
    casting.cast(other, by=cast.customer)
    cast.other_company.segment = "Food"
    db.session.commit()
    roadmap = make.roadmap(statuses=("planned",))
    assert on(roadmap, cast.admin, RoadmapFilter(segment="Food")) == {"planned": ["Theirs"]}
    assert on(roadmap, cast.admin, RoadmapFilter(tier="enterprise")) == {"planned": ["Ours"]}
    assert "Ours" not in as_(cast.product_manager).get("/roadmap/?segment=Food").text
    for who in (None, cast.customer, cast.moderator):
        page = as_(who).get("/roadmap/?segment=Food").text
        assert "Ours" in page
        assert "All segments" not in page


def test_a_card_shows_votes_target_and_the_first_words_of_the_answer(make, cast, as_, run):
    from portal.ideas import deciding

    idea = make.idea(title="Offline mode", board=make.board(name="Mobile"))
    casting.cast(idea, by=cast.customer)
    deciding.answer(idea, by=cast.product_manager, body="We **build** it.", status="planned")
    idea.target = "Q1 2027"
    make.roadmap(name="What is coming", statuses=("planned",))
    page = as_(None).get("/roadmap/")
    words = text_of(page_of(page).find(".//main"))
    assert "Offline mode We build it. Q1 2027 Mobile" in words
    assert "1 vote" in words
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "public, no-cache"
    assert page.headers["ETag"]


@pytest.mark.parametrize("who", ["stranger", "product_manager"])
def test_empty_roadmaps_say_what_to_do(as_, cast, make, who):
    assert "There is no roadmap yet" in as_(cast[who]).get("/roadmap/").text
    make.roadmap()
    assert "Nothing is planned here yet" in as_(cast[who]).get("/roadmap/").text
    board = make.board()
    assert "Nothing with these filters" in as_(cast[who]).get(f"/roadmap/?board={board.id}").text


def test_a_column_shows_twenty_and_says_how_many_more(make, as_):
    board = make.board()
    for n in range(43):
        make.idea(board=board, title=f"Idea {n}", status="planned", votes_up=n, author=None, ghost_name="G")
    make.roadmap(statuses=("planned",))
    page = page_of(as_(None).get("/roadmap/"))
    more = next(a for a in page.iter("a") if a.get("class") == "more")
    assert text_of(more).startswith("and 23 more")
    first = as_(None).get(more.get("href"))
    assert first.text.count('<article class="idea"') == 20
    older = next(a.get("href") for a in page_of(first).iter("a") if a.get("rel") == "next")
    assert as_(None).get(older).text.count('<article class="idea"') == 20
