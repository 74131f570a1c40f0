"""Statuses at the desk: of the house, and of a board."""

import pytest

from portal.activity.models import Entry
from portal.admin.statuses import arranging
from portal.database import db
from portal.errors import Conflict
from portal.ideas.deciding import change_status
from portal.ideas.models import Idea, StatusChange
from portal.ideas.standing import BUILT_IN, BoardStatus
from portal.ideas.statuses import queries
from portal.voting import casting
from portal.voting.models import Vote

PILOTED = {"name": "Piloted", "colour": "warm", "position": "4", "meaning": "active", "votes": "closed"}


@pytest.fixture
def desk(as_, cast):
    return as_(cast.admin)


def keys(board_id=None):
    return [each.key for each in queries.set_of(board_id)]


def test_a_portal_without_own_statuses_has_the_seven(desk):
    assert queries.set_of(None) == BUILT_IN
    page = desk.get("/admin/boards/0/statuses").text
    assert all(each.name in page for each in BUILT_IN)


def test_a_board_gets_its_own_with_the_first_change(desk, make, rows, cast, as_):
    board, other = make.board(name="Field"), make.board()
    assert "uses <a" in desk.get(f"/admin/boards/{board.id}/statuses").text
    desk.post(f"/admin/boards/{board.id}/statuses", data=PILOTED)
    assert rows(BoardStatus) == 8
    assert keys(board.id)[3:5] == ["started", "piloted"] or "piloted" in keys(board.id)
    assert "piloted" not in keys(other.id) + keys()
    manager, idea = as_(cast.product_manager), make.idea(board=board)
    put = {"_method": "put", "status": "piloted"}
    assert manager.post(f"/ideas/{idea.id}/status", data=put).status_code == 303
    assert manager.post(f"/ideas/{make.idea(board=other).id}/status", data=put).status_code == 422
    for path in (
        f"/ideas/{idea.id}",
        "/ideas/",
        f"/ideas/?board={board.id}&status=piloted",
        "/ideas/?status=piloted",
    ):
        page = as_(None).get(path).text
        assert '<span class="chip warm">Piloted' in page, path
        assert idea.title in page
    assert "voting is closed" in as_(None).get("/ideas/").text
    with pytest.raises(Conflict):
        casting.cast(idea, by=cast.customer)


def test_a_status_is_renamed_and_recoloured_everywhere(desk, make, as_):
    idea = make.idea(status="planned")
    seen = desk.get("/admin/boards/0/statuses/planned")
    assert 'value="Planned"' in seen.text
    data = {"_method": "put", "name": "On the list", "colour": "bad", "position": "3", "meaning": "active"}
    assert desk.post("/admin/boards/0/statuses/planned", data=data | {"votes": "takes"}).status_code == 303
    for path in (f"/ideas/{idea.id}", "/ideas/"):
        assert '<span class="chip bad">On the list' in as_(None).get(path).text
    entry = db.session.query(Entry).filter_by(kind="statuses_changed").one()
    assert entry.data == {"board_id": None, "key": "planned", "fields": ["name", "colour"]}


def test_what_a_used_status_means_stays(desk, make, cast):
    make.idea(status="planned")
    row = arranging.find(None, "planned")
    with pytest.raises(Conflict, match="Ideas stand in Planned"):
        arranging.change(row, by=cast.admin, meaning="complete")
    assert arranging.change(arranging.find(None, "parked"), by=cast.admin, votes="returned") == ["votes"]


def test_giving_a_status_up_moves_its_ideas(desk, make, cast, rows, as_):
    board = make.board()
    there, elsewhere = make.idea(status="parked", board=board), make.idea(status="parked")
    path = f"/admin/boards/{board.id}/statuses/parked/archiving"
    for target in ("", "parked", "moon"):
        assert desk.put(path, data={"target": target}).status_code == 409
    assert desk.put(path, data={"target": "declined"}).status_code == 303
    assert (there.status, elsewhere.status, rows(StatusChange)) == ("declined", "parked", 1)
    assert "parked" not in keys(board.id)
    assert "The status Parked was given up." in as_(None).get(f"/ideas/{there.id}").text
    assert "Given up" in desk.get(f"/admin/boards/{board.id}/statuses").text
    assert desk.delete(path).status_code == 303
    assert "parked" in keys(board.id)
    assert (
        desk.put(f"/admin/boards/{board.id}/statuses/open/archiving", data={"target": "parked"}).status_code
        == 409
    )


def test_votes_follow_what_the_status_says(make, cast, rows):
    idea = make.idea()
    casting.cast(idea, by=cast.customer)
    arranging.add(
        None, by=cast.admin, name="Done", colour="good", position=8, meaning="complete", votes="returned"
    )
    change_status(idea, to="done", by=cast.product_manager)
    assert rows(Vote, returned_for="closing") == 1
    assert db.session.query(Idea).filter(queries.is_complete(), queries.is_closed()).one() == idea
    change_status(idea, to="open", by=cast.product_manager)
    assert rows(Vote, returned_for="closing") == 0
    assert idea.takes_votes


def test_an_own_status_that_means_done_earns_and_is_shown_as_shipped(make, cast, as_):
    idea = make.idea(author=cast.customer, title="Labels")
    arranging.add(
        idea.board_id,
        by=cast.admin,
        name="Live",
        colour="good",
        position=8,
        meaning="complete",
        votes="closed",
    )
    change_status(idea, to="live", by=cast.product_manager)
    db.session.commit()
    assert cast.customer.reputation > 0
    assert "Shipped because you asked" in as_(None).get("/").text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"name": " "}, "Type a name"),
        ({"name": "PLANNED"}, "has this name"),
        ({"name": "x" * 41}, "at most 40"),
        ({"colour": "pink"}, "Not a valid choice"),
        ({"meaning": "maybe"}, "Not a valid choice"),
        ({"position": "-1"}, "from 0 to 9999"),
    ],
)
def test_what_is_wrong_is_said(desk, rows, data, says):
    answer = desk.post("/admin/boards/0/statuses", data=PILOTED | data)
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(BoardStatus) == 0


def test_names_of_any_script_make_keys(make, cast):
    made = [
        arranging.add(None, by=cast.admin, name=name, position=9).key
        for name in ("試行", "Open!", "…", "x" * 40)
    ]
    assert len(set(made)) == 4
    assert all(0 < len(key) <= 20 for key in made)


def test_unknown_ones_are_not_found(desk):
    for path in ("/admin/boards/99/statuses", "/admin/boards/0/statuses/moon"):
        assert desk.get(path).status_code == 404
