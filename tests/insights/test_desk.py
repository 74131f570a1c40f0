"""The desk: what waits for a decision, what rises, and every filter and order; each page in few queries."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from portal import clock
from portal.crm_bridge import connecting
from portal.crm_bridge.gateway import Held, Ref
from portal.crm_bridge.pulling import dealing, keeping
from portal.database import db
from portal.discussion.models import Label, Labelling
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge
from portal.ideas.models import Board
from portal.ideas.plans.models import Plan
from portal.insights import cli
from portal.insights.choosing import SORTS, Choice
from portal.voting import casting
from tests.ideas.reading import page_of, shown


def titles(response):
    """The ideas of the table, in order."""
    rows = page_of(response).findall(".//tbody/tr/th/a")
    return ["".join(a.itertext()) for a in rows]


def words(element):
    return " ".join("".join(element.itertext()).split())


def chips_of(response):
    """What the list is narrowed by: the words of each, and the address without it."""
    links = page_of(response).findall(".//ul[@class='filters-on']//a")
    return {
        words(a).removesuffix(" take away"): dict(parse_qsl(urlsplit(a.get("href")).query)) for a in links
    }


@pytest.fixture
def desk(make, cast, catch_up):
    """Four ideas: Quiet had a word yesterday, Old waits longest, Fresh rises, Decided is planned and to be reviewed."""
    now = clock.now()
    with make.in_one_transaction():
        boards = {name: make.board(name=name) for name in ("Mobile", "Reports")}
        made = {"Quiet": 50, "Old": 300, "Fresh": 3, "Decided": 200}
        ideas = {
            name: make.idea(title=name, board=boards["Reports" if name == "Old" else "Mobile"], created_at=now - timedelta(days=age))
            for name, age in made.items()
        }  # fmt: skip
        ideas["Quiet"].last_staff_word_at = now - timedelta(days=1)
        votes = {"Quiet": (40, 2), "Old": (250, 3), "Fresh": (1, 4), "Decided": (150, 5)}
        for name, (age, count) in votes.items():
            with clock.at(now - timedelta(days=age)):
                for n in range(count):
                    casting.cast(ideas[name], by=cast.customer if n == 0 else make.person())
        with clock.at(now - timedelta(days=100)):
            change_status(ideas["Decided"], to="planned", by=cast.product_manager)
        plan = {"owner": cast.admin, "review_on": now.date() - timedelta(days=1)}
        make._save(Plan(idea_id=ideas["Decided"].id, **plan))
        label = make._save(Label(name="offline"))
        make._save(Labelling(label_id=label.id, idea_id=ideas["Fresh"].id))
    catch_up()
    cli.fold_waiting()
    return ideas


def test_first_comes_what_most_wait_for_longest(as_, cast, desk):
    page = as_(cast.product_manager).get("/desk/")
    assert titles(page) == ["Old", "Fresh", "Quiet"]
    assert "300 days without a word" in page.text
    assert "1 idea is to be looked at again" in page.text
    assert "to be looked at again" not in as_(cast.product_manager).get("/desk/?sort=new").text


def test_every_order(as_, cast, desk):
    manager = as_(cast.product_manager)
    shown = {sort: titles(manager.get(f"/desk/?sort={sort}")) for sort in SORTS}
    assert shown["rising"] == ["Fresh"]
    assert shown["review"] == ["Decided"]
    assert shown["people"] == shown["weight"] == ["Decided", "Fresh", "Old", "Quiet"]
    assert shown["revenue"] == shown["accounts"] == ["Decided", "Fresh", "Old", "Quiet"]
    assert shown["new"] == ["Fresh", "Quiet", "Decided", "Old"]
    assert shown["hot"][0] == "Fresh"
    assert titles(manager.get("/desk/?sort=nonsense")) == shown["waiting"]


def test_every_filter(as_, cast, desk):
    manager = as_(cast.product_manager)

    def found(query):
        return titles(manager.get(f"/desk/?sort=new&{query}"))

    assert found(f"board={desk['Old'].board_id}") == ["Old"]
    assert found("status=planned") == ["Decided"]
    assert found(f"owner={cast.admin.id}") == ["Decided"]
    assert found("due=1") == ["Decided"]
    assert found("label=1") == ["Fresh"]
    assert found("text=quiet") == ["Quiet"]
    assert found("age=7") == ["Fresh"]
    assert found("state=answered") == ["Decided"]
    assert found("state=undecided") == ["Fresh", "Quiet", "Old"]
    assert found("tier=enterprise") == ["Fresh", "Quiet", "Decided", "Old"]
    assert found("tier=small") == []
    day = desk["Quiet"].created_at.date().isoformat()
    assert found(f"since={day}&until={day}") == ["Quiet"]
    assert found("since=yesterday&until=9999-99-99&owner=x&label=-1&age=3&due=maybe") == found("")
    assert found(f"owner={cast.admin.id}&sort=review&tier=enterprise") == ["Decided"]


def test_what_narrows_it_is_said_and_can_be_taken_away(as_, cast, desk):
    manager, board = as_(cast.product_manager), db.session.get(Board, desk["Old"].board_id)
    asked = {
        "text": ("e", "Words: e"),
        "board": (str(board.id), f"Board: {board.name}"),
        "tier": ("enterprise", "Tier: enterprise"),
        "owner": (str(cast.admin.id), "Owner: Ada Byrne"),
        "state": ("answered", "Had an answer"),
        "due": ("1", "Review is due"),
        "since": ("2026-01-02", "Made from: 2026-01-02"),
    }
    typed = {"sort": "new"} | {name: value for name, (value, _) in asked.items()}
    on = chips_of(manager.get("/desk/", query_string=typed))
    assert on.pop("Clear filters") == {"sort": "new"}
    for name, (_, said) in asked.items():
        assert on.pop(said) == {key: value for key, value in typed.items() if key != name}
    assert on == {}
    # One is taken away by itself; nothing chosen is no line at all.
    assert list(chips_of(manager.get("/desk/?tier=enterprise"))) == ["Tier: enterprise"]
    assert chips_of(manager.get("/desk/?sort=new")) == {}


def test_what_an_address_cannot_mean_is_said_where_it_can_be_mended(as_, cast, desk):
    manager = as_(cast.product_manager)

    def panel(query):
        return page_of(manager.get(f"/desk/?{query}")).find(".//details[@class='more-filters']")

    for query in ("", "status=planned", "sort=nonsense&text=+"):
        assert panel(query).get("open") is None, query
    opened = panel("since=yesterday&age=3&owner=9999&status=<b>&tier=huge")
    assert opened.get("open") is not None
    assert [words(each) for each in opened.iter("p")] == [
        "Status: “<b>” means nothing here and was left out.",
        "Age: “3” means nothing here and was left out.",
        "Made from: “yesterday” means nothing here and was left out.",
        "Tier: “huge” is none of those there are.",
        "Owner: “9999” is none of those there are.",
    ]


def test_rows_show_numbers_owner_weeks_and_the_last_word(as_, cast, desk):
    text = as_(cast.product_manager).get("/desk/?sort=people").text
    assert "Ada Byrne" in text
    assert "€120k" in text
    assert "4 votes in 12 weeks, 4 in the last" in text
    assert "review was due" in text or "was due" in text
    assert "never" in text


def test_nothing_found_says_what_to_do(as_, cast):
    assert "Nothing waits for a decision" in as_(cast.product_manager).get("/desk/").text
    assert "Clear filters" in as_(cast.product_manager).get("/desk/?status=parked").text


def test_the_address_keeps_the_filter():
    choice = Choice(
        sort="revenue", board=3, status="open", tier="small", segment="Food", owner=4, label=5, text="dark",
        age=30, since="2026-01-01", until="2026-02-01", due="1", state="undecided",
    )  # fmt: skip
    assert Choice.read({k: str(v) for k, v in choice.as_query().items()}) == choice
    assert Choice().as_query() == {}


def test_pages_turn_by_every_order_without_a_gap(as_, make, cast, catch_up):
    with make.in_one_transaction():
        board = make.board()
        long_ago = clock.now() - timedelta(days=30)
        for n in range(65):
            idea = make.idea(board=board, title=f"Idea {n:02}", created_at=long_ago)
            casting.cast(idea, by=cast.customer)
            make._save(Plan(idea_id=idea.id, review_on=long_ago.date() + timedelta(days=n % 7)))
    deal = {"title": "Renewal", "account": "a1", "amount": 900, "currency": "EUR"}
    connecting.make_default()
    keeping.keep(
        [
            keeping.row("embedded", "account", Held(Ref("", "a1"), {}), None, clock.now())
            | {"entity_id": cast.company.id}
        ]
    )
    dealing.land("embedded", "EUR", [Held(Ref("", "d1"), deal)])
    db.session.commit()
    catch_up()
    cli.fold_waiting()
    manager = as_(cast.product_manager)
    for sort in SORTS:
        seen, path = [], f"/desk/?sort={sort}&tier=enterprise"
        while path:
            response = manager.get(path)
            seen += titles(response)
            links = {a.get("rel"): a.get("href") for a in page_of(response).iter("a")}
            path = links.get("next")
        assert len(seen) == len(set(seen)) == 65, sort
        assert titles(manager.get(links["prev"])) == seen[30:60]


def test_it_takes_few_queries(as_, cast, desk, at_most):
    manager = as_(cast.product_manager)
    for query in ("", "sort=revenue&tier=enterprise", "sort=review"):
        with at_most(queries=15):
            manager.get(f"/desk/?{query}")


def test_customers_and_moderators_are_told_where_else_to_look(as_, cast):
    for who in ("customer", "moderator"):
        answer = as_(cast[who]).get("/desk/")
        assert answer.status_code == 403
        assert "under Ideas" in answer.text
    db.session.rollback()


def test_what_is_asked_for_again_and_the_fields_of_a_board_help_to_decide(as_, cast, desk, make, at_most):
    manager, board = as_(cast.product_manager), db.session.get(Board, desk["Quiet"].board_id)
    device = make.field(board, "Phone", "Tablet", name="Device")
    secret = make.field(board, "Support", "Lost deal", name="Cause", circle="staff")
    for name, choices in (("Quiet", (1, 3)), ("Fresh", (2, 4))):
        for field, choice in zip((device, secret), choices, strict=True):
            make.value(desk[name], field, (choice,))
    desk["Decided"].appeals, desk["Decided"].asked_again_at = 12, clock.now()
    source = make.idea(title="Rather fresh", board=board)
    make._save(Labelling(label_id=make._save(Label(name="depots")).id, idea_id=source.id))
    merge(source, desk["Fresh"], by=cast.admin)
    db.session.commit()
    page = manager.get("/desk/")
    assert "1 idea is asked for again" in shown(page)
    assert "Device" not in page.text
    assert titles(manager.get("/desk/?sort=new&state=again")) == ["Decided"]
    assert "12 still want it" in shown(manager.get("/desk/?sort=new&state=again"))
    here = f"/desk/?sort=new&board={board.id}"
    page = shown(manager.get(here))
    assert "counts for 1 other · Device: Tablet · Cause: Lost deal depots offline" in page
    assert titles(manager.get(f"{here}&field-{device.id}=1")) == ["Quiet"]
    assert titles(manager.get(f"{here}&field-{secret.id}=4")) == ["Fresh"]
    assert "Clear filters" in manager.get(f"{here}&field-{device.id}=1").text
    # Of another board, or of none, a choice narrows nothing.
    everything = titles(manager.get("/desk/?sort=new"))
    assert titles(manager.get(f"/desk/?sort=new&field-{device.id}=1")) == everything
    with at_most(queries=15):
        manager.get(f"{here}&field-{device.id}=1")


def test_after_acts_on_several_it_is_the_desk_again_and_no_other_site(as_, cast, desk):
    manager = as_(cast.product_manager)
    form = {"act": "owner", "owner": "", "idea": str(desk["Old"].id)}
    place = "/desk/?sort=people&tier=enterprise"
    assert f'name="back" value="{place.replace("&", "&amp;")}"' in manager.get(place).text
    for back, leads in (
        (place, place),
        (f"http://localhost{place}", place),
        ("https://elsewhere.example/desk/", "/ideas/?sort=new"),
        ("//elsewhere.example", "/ideas/?sort=new"),
        ("/\\elsewhere.example", "/ideas/?sort=new"),
        ("javascript:alert(1)", "/ideas/?sort=new"),
        ("http://[", "/ideas/?sort=new"),
        ("", "/ideas/?sort=new"),
    ):
        asked = manager.post("/ideas/bulk", data=form | {"back": back})
        assert f'href="{leads.replace("&", "&amp;")}"' in asked.text
        assert manager.put("/ideas/bulk", data=form | {"back": back}).location == leads
