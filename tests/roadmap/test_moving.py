"""Moving ideas on a roadmap: what it decides, the place it gives, and two who move at once."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.accounts.models import Person
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.grounds.models import BUILT_IN
from portal.ideas.models import Idea, StatusChange
from portal.ideas.plans.models import Plan
from portal.ideas.roadmap import choosing, columns, moving, queries, reading
from portal.ideas.roadmap.models import Choice, RoadmapItem
from tests.roadmap.test_reading import on


@pytest.fixture
def roadmap(make):
    return make.roadmap(statuses=("planned", "started", "declined"))


@pytest.fixture
def ideas(make):
    """Five planned ideas, the most wanted first."""
    board = make.board()
    return [make.idea(board=board, title=f"{n}", status="planned", votes_up=10 - n) for n in range(5)]


def move(roadmap, idea, column, by, **where):
    """As the page does it."""
    held = queries.find(roadmap.id, by)
    to = reading.column(held, column, by)
    moved = moving.move(held, idea, to=to, by=by, **where)
    db.session.commit()
    return moved


def kinds():
    entries = db.session.query(Entry).filter(Entry.kind != "reputation_changed")
    return [each.kind for each in entries.order_by(Entry.id)]


def test_another_column_changes_the_status_with_its_reason(cast, roadmap, ideas, rows):
    assert move(roadmap, ideas[2], "started", cast.product_manager, place=1, reason="Now.")
    assert ideas[2].status == "started"
    [change] = db.session.query(StatusChange)
    assert (change.old, change.new, change.reason) == ("planned", "started", "Now.")
    assert on(roadmap) == {"planned": ["0", "1", "3", "4"], "started": ["2"], "declined": []}
    assert kinds() == ["status_changed", "roadmap_item_moved"]
    assert not move(roadmap, ideas[2], "started", cast.product_manager, place=1, reason="Now.")
    assert kinds() == ["status_changed", "roadmap_item_moved"]


def test_what_will_not_be_done_needs_its_main_reason(as_, cast, roadmap, ideas):
    path = f"/roadmap/{roadmap.id}/ideas/{ideas[0].id}/place"
    manager = as_(cast.product_manager)
    answer = manager.put(path, data={"column": "declined", "place": "1"})
    assert answer.status_code == 422
    assert "Choose the main reason" in answer.text
    assert manager.htmx("PUT", path, data={"column": "declined"}).status_code == 409
    with pytest.raises(Unusable, match="main reason"):
        move(roadmap, ideas[0], "declined", cast.product_manager)
    db.session.rollback()
    assert ideas[0].status == "planned"
    ground = next(iter(BUILT_IN))
    assert manager.put(path, data={"column": "declined", "ground": ground}).status_code == 303
    assert ideas[0].status == "declined"
    assert db.session.query(StatusChange).one().ground == ground


def test_the_order_is_by_hand_above_and_by_votes_below(cast, roadmap, ideas):
    by = cast.product_manager
    assert on(roadmap)["planned"] == ["0", "1", "2", "3", "4"]
    move(roadmap, ideas[4], "planned", by, place=1)
    assert on(roadmap)["planned"] == ["4", "0", "1", "2", "3"]
    move(roadmap, ideas[3], "planned", by, after=ideas[0].id)
    assert on(roadmap)["planned"] == ["4", "0", "3", "1", "2"]
    ideas[2].votes_up = 100
    db.session.commit()
    assert on(roadmap)["planned"] == ["4", "0", "3", "2", "1"]
    move(roadmap, ideas[4], "planned", by)
    assert on(roadmap)["planned"] == ["0", "3", "2", "1", "4"]
    assert not move(roadmap, ideas[4], "planned", by)
    assert not move(roadmap, ideas[3], "planned", by, after=ideas[0].id)


def test_a_place_by_hand_ends_when_the_idea_goes_elsewhere(cast, roadmap, ideas):
    by = cast.product_manager
    move(roadmap, ideas[4], "planned", by, place=1)
    for status in ("started", "planned"):
        ideas[4].status = status
        db.session.commit()
    assert on(roadmap)["planned"][0] == "4"
    move(roadmap, ideas[4], "started", by)
    move(roadmap, ideas[4], "planned", by)
    assert on(roadmap)["planned"] == ["0", "1", "2", "3", "4"]


def test_another_quarter_changes_what_it_is_meant_for(make, cast, ideas):
    by, roadmap = cast.product_manager, make.roadmap(arrangement="quarter", statuses=("planned",))
    with clock.at(datetime(2026, 11, 26, tzinfo=UTC)):
        for column, words in (("next", "Q1 2027"), ("later", "Q2 2027"), ("this", "Q4 2026")):
            assert move(roadmap, ideas[3], column, by, place=1)
            assert ideas[3].target == words
            assert on(roadmap)[column] == ["3"]
        assert move(roadmap, ideas[3], "undated", by, after=ideas[0].id)
        assert ideas[3].target is None
        assert on(roadmap)["undated"] == ["0", "3", "1", "2", "4"]
        assert db.session.query(Plan).one().target_on is None
        assert not move(roadmap, ideas[3], "undated", by, after=ideas[0].id)
        ideas[1].status = "open"
        with pytest.raises(Conflict, match="Change its status first"):
            move(roadmap, ideas[1], "next", by)


def test_an_idea_of_another_board_is_pinned_by_moving_it_here(make, cast, ideas, rows):
    roadmap = make.roadmap(statuses=("planned",), boards=[make.board()])
    assert on(roadmap)["planned"] == []
    move(roadmap, ideas[1], "planned", cast.admin)
    assert on(roadmap)["planned"] == ["1"]
    assert rows(RoadmapItem, choice=Choice.PINNED) == 1


def test_only_who_decides_moves_and_chooses(cast, roadmap, ideas):
    for who in (cast.customer, cast.moderator):
        with pytest.raises(NotAllowed):
            move(roadmap, ideas[0], "started", who)
        with pytest.raises(NotAllowed):
            choosing.choose(roadmap, ideas[0], Choice.LEFT_OUT, by=who)


def test_leaving_out_and_taking_back(as_, cast, roadmap, ideas):
    path = f"/roadmap/{roadmap.id}/ideas/{ideas[0].id}"
    admin = as_(cast.admin)
    sent = {"choice": "left_out", "reason": "Not before the fair"}
    assert [admin.put(f"{path}/choice", data=sent).status_code for _ in "ab"] == [303, 303]
    assert "0" not in on(roadmap)["planned"]
    assert "Left out by hand" in admin.get(f"/roadmap/{roadmap.id}/ideas/new").text
    assert "Not before the fair" in admin.get(f"{path}/edit").text
    admin.put(f"{path}/choice", data={"choice": "automatic"})
    assert on(roadmap)["planned"][0] == "0"
    assert kinds().count("roadmap_item_chosen") == 2


def test_a_board_without_the_status_says_which_it_has(make, cast, roadmap):
    from portal.ideas.standing import BoardStatus

    board = make.board()
    make._save(BoardStatus(board_id=board.id, key="open", name="Fresh"))
    idea = make.idea(board=board)
    with pytest.raises(Conflict, match="It has: Fresh"):
        move(roadmap, idea, "planned", cast.admin)


def test_an_answer_to_a_script_is_the_columns_again(as_, cast, roadmap, ideas):
    path = f"/roadmap/{roadmap.id}/ideas/{ideas[1].id}/place"
    answer = as_(cast.product_manager).htmx("PUT", path, data={"column": "started", "place": "1"})
    assert answer.status_code == 200
    assert answer.text.count('class="roadmap__column"') == 3
    assert "<html" not in answer.text


def test_two_who_move_at_once_both_get_what_they_asked_for(at_once, make, cast, roadmap, ideas):
    keys, by, here = [idea.id for idea in ideas], cast.product_manager.id, roadmap.id

    def behind(n, other):
        def act():
            person = db.session.get_one(Person, by)
            held = queries.find(here, person)
            idea = db.session.get_one(Idea, keys[n])
            after = keys[other] if other is not None else None
            place = 1 if other is None else None
            to = columns.Column("planned", "Planned")
            moving.move(held, idea, to=to, by=person, after=after, place=place)

        return act

    at_once([behind(4, 0), behind(3, 1)])
    assert on(roadmap)["planned"] == ["0", "4", "1", "3", "2"]
    at_once([behind(n, None) for n in (0, 1, 2, 3, 4) * 4])
    assert sorted(on(roadmap)["planned"]) == ["0", "1", "2", "3", "4"]
    places = [each.position for each in db.session.query(RoadmapItem)]
    assert len(set(places)) == 5


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=12))
def test_places_rise_and_those_that_had_one_keep_it_while_there_is_room(held):
    found = moving._fitted(held)
    assert all(one < other for one, other in pairwise(found))
    given_ = [each for each in held if each is not None]
    room = all(b - a > 12 for a, b in pairwise(given_))
    if room:
        assert [f for f, h in zip(found, held, strict=True) if h is not None] == given_


def test_the_page_of_an_idea_says_where_it_stands(make, as_, cast, ideas, roadmap):
    quarters = make.roadmap(name="By quarter", arrangement="quarter", statuses=("planned",))
    assert "without a date yet" in as_(None).get(f"/ideas/{ideas[0].id}").text
    by = cast.product_manager
    move(quarters, ideas[0], "next", by)
    assert "On the roadmap: next quarter" in as_(None).get(f"/ideas/{ideas[0].id}").text
    choosing.choose(quarters, ideas[0], Choice.LEFT_OUT, by=by)
    db.session.commit()
    page = as_(None).get(f"/ideas/{ideas[0].id}").text
    assert roadmap.name in page
    assert "next quarter" not in page
    house = make.roadmap(name="For the house", audience="staff", statuses=("open",))
    idea = make.idea()
    assert house.name not in as_(cast.customer).get(f"/ideas/{idea.id}").text
    assert house.name in as_(cast.moderator).get(f"/ideas/{idea.id}").text
