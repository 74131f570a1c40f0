"""The figures of the desk: each number leads to a list that shows exactly so many rows."""

import math
import random
import re
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.ideas import queries as ideas
from portal.ideas.deciding import answer, change_status
from portal.ideas.merging.joining import merge
from portal.ideas.models import Idea, OfficialAnswer, StatusChange
from portal.insights import cli
from portal.insights.bucketing import months
from portal.insights.figures import queries
from portal.insights.figures.queries import _rank
from portal.moderation.hiding import hide
from portal.voting import casting, vouching
from portal.voting.models import Proof
from portal.voting.vouching import Evidence
from tests.ideas.reading import page_of

LISTS = ("/desk/?", "/desk/votes?", "/ideas/declined?")


@pytest.fixture
def community(make, cast, catch_up):
    cast.company.segment = "Water"
    now = clock.now()
    with make.in_one_transaction():
        boards = [make.board(name=name) for name in ("Mobile", "Reports")]
        people = [cast.customer, cast.other_customer, *(make.person() for _ in range(3))]
        ideas = []
        for n in range(9):
            made = now - timedelta(days=20 * n + 1)
            idea = make.idea(board=boards[n % 2], created_at=made)
            ideas.append(idea)
            for person in people[: n % 6]:
                with clock.at(made + timedelta(days=n % 3)):
                    casting.cast(idea, by=person)
            if n % 3 == 0:
                with clock.at(made + timedelta(days=n + 2)):
                    answer(
                        idea,
                        by=cast.product_manager,
                        body="We look at it.",
                        status="planned" if n % 2 else None,
                    )
    vouching.add(
        ideas[1], by=cast.product_manager, voter=cast.company, evidence=Evidence(Proof.CALL, text="Said so.")
    )
    change_status(ideas[4], to="declined", by=cast.product_manager, ground="rare")
    hide(ideas[5], by=cast.moderator, reason="Advertising")
    db.session.commit()
    catch_up()
    cli.fold_waiting()
    return boards


def rows_of(browser, path):
    """How many rows a list shows, over all its pages."""
    count = 0
    while path:
        page = page_of(browser.get(path))
        count += (
            len(page.findall(".//tbody/tr"))
            if not path.startswith("/ideas/declined")
            else len(page.findall(".//ul/li/p/.."))
        )
        path = next((a.get("href") for a in page.iter("a") if a.get("rel") == "next"), None)
    return count


def test_each_number_leads_to_exactly_so_many_rows(as_, cast, community):
    for who in ("product_manager", "admin"):
        browser = as_(cast[who])
        for place in (None, community[0].id):
            address = "/desk/figures" if place is None else f"/desk/figures?board={place}"
            links = links_of(browser, address)
            assert len(links) > 20 if place is None else len(links) > 10
            assert len({path.split("?")[0] for _, path in links}) == 3
            for number, path in links:
                assert rows_of(browser, path) == number, (who, path)


def links_of(browser, address):
    """Each number of the figures that leads to a list, with where it leads."""
    return [
        (int(number[0].replace(",", "")), a.get("href"))
        for a in page_of(browser.get(address)).find(".//main").iter("a")
        if a.get("href").startswith(LISTS) and (number := re.match(r"[\d,]+", "".join(a.itertext())))
    ]


def test_time_to_the_first_answer(as_, cast, make):
    now = clock.now()
    day = now.replace(day=15, hour=12)
    made = day if day < now - timedelta(days=12) else (day - timedelta(days=31)).replace(day=15)
    for wait in (1, 2, 3, 10):
        idea = make.idea(created_at=made)
        with clock.at(made + timedelta(days=wait)):
            answer(idea, by=cast.product_manager, body="Yes.")
    make.idea(created_at=made)
    db.session.commit()
    page = page_of(as_(cast.product_manager).get("/desk/figures"))
    row = next(tr for tr in page.iter("tr") if f"{made:%b %Y}" in "".join(tr.itertext()))
    assert ["".join(cell.itertext()).strip() for cell in row] == [
        f"{made:%b %Y}",
        "5",
        "4",
        "2 days",
        "10 days",
    ]


def nearest(days, part):
    """The value that this part of them does not exceed."""
    days = sorted(days)
    return days[math.ceil(round(part * len(days), 6)) - 1] if days else None


def test_the_nearest_rank():
    ranks = [(4, 5, 2), (4, 9, 4), (1, 5, 1), (1, 9, 1), (10, 9, 9), (0, 5, 0)]
    assert [(count, tenths, _rank(count, tenths)) for count, tenths, _ in ranks] == ranks
    for count in range(1, 300):
        places = list(range(1, count + 1))
        assert (_rank(count, 5), _rank(count, 9)) == (nearest(places, 0.5), nearest(places, 0.9))


def slowly(today):
    """By month of the idea, from all rows: how many were made, and after how many days each had its first answer."""
    begin = months(today, 12)[0].since
    found = {}
    for idea in db.session.query(Idea).filter(Idea.hidden_at.is_(None)).order_by(Idea.created_at):
        if idea.created_at.date() < begin:
            continue
        answers = [each.at for each in db.session.query(OfficialAnswer).filter_by(idea_id=idea.id)]
        changes = db.session.query(StatusChange).filter_by(idea_id=idea.id)
        answers += [each.at for each in changes if each.at and each.changed_by_id]
        made = found.setdefault(f"{idea.created_at:%b %Y}", [])
        made.append(max((min(answers) - idea.created_at) / timedelta(days=1), 0.0) if answers else None)
    return [
        (
            name,
            len(each),
            len(days := [day for day in each if day is not None]),
            nearest(days, 0.5),
            nearest(days, 0.9),
        )
        for name, each in found.items()
    ]


@pytest.mark.parametrize("who", ["product_manager", "admin", "moderator"])
def test_what_is_counted_is_what_lists_show(make, cast, community, who):
    """With an idea that was merged, and a hidden one of the own."""
    open_idea, other = (make.idea(board=community[0]) for _ in range(2))
    make.idea(board=community[0], author=cast[who], hidden_at=clock.now())
    merge(other, open_idea, by=cast.product_manager)
    db.session.commit()
    for board in (None, community[0].id):
        of = queries.Seen(cast[who], board)
        listed = ideas.listed_to(cast[who])
        listed = listed if board is None else listed.where(Idea.board_id == board)
        shown = {each.id: each.status for each in db.session.scalars(listed)}
        assert set(db.session.scalars(sa.select(Idea.id).where(of.has(Idea.id)))) == set(shown)
        assert queries.by_status(of) == Counter(shown.values())


def test_first_answers_are_those_that_all_rows_say(make, cast):
    chance, now, board = random.Random(11), clock.now(), make.board()
    with make.in_one_transaction():
        for n in range(120):
            at = now - timedelta(days=chance.random() * 420)
            idea = make.idea(board=board, author=cast.customer, created_at=at)
            said = [
                at + timedelta(days=chance.random() * 90 - 2) for _ in range(chance.choice((0, 0, 1, 1, 2)))
            ]
            for version, moment in enumerate(said, 1):
                by = None if chance.random() < 0.2 else cast.product_manager.id
                db.session.add(StatusChange(idea_id=idea.id, new="planned", changed_by_id=by, at=moment))
                if n % 3 == 0:
                    text = {"body": "Yes.", "body_html": "<p>Yes.</p>", "cooked_with": "1", "status": "open"}
                    whose = {"idea_id": idea.id, "version": version, "author_id": cast.product_manager.id}
                    db.session.add(OfficialAnswer(at=moment + timedelta(hours=n % 5 - 2), **whose, **text))
    db.session.commit()
    of = queries.Seen(cast.product_manager)
    counted = queries.first_answers(of, now.date())
    facts = [(each.bucket.name, each.made, each.answered, each.middle, each.slow) for each in counted]
    assert len(facts) >= 11
    assert facts == slowly(now.date())


def test_nothing_yet_is_said(as_, cast):
    text = as_(cast.product_manager).get("/desk/figures").text
    for says in (
        "No votes in the last 26 weeks",
        "No ideas in the last twelve months",
        "Nothing was declined",
        "No boards yet",
    ):
        assert says in text


def test_it_takes_a_fixed_number_of_queries(as_, cast, community, at_most):
    browser = as_(cast.product_manager)
    with at_most(queries=16):
        browser.get("/desk/figures")
