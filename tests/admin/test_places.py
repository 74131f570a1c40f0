"""Boards and categories at the desk."""

import pytest

from portal.activity.models import Entry
from portal.database import db
from portal.forums.models import Category
from portal.ideas.models import Board

BOTH = pytest.mark.parametrize(("kind", "model"), [("boards", Board), ("categories", Category)])
PLACE = {"name": "Mobile  app", "description": "Everything on a phone.", "position": "2", "half_life": "30"}


@pytest.fixture
def desk(as_, cast):
    return as_(cast.admin)


@BOTH
def test_one_is_added_changed_and_archived(desk, kind, model):
    assert desk.post(f"/admin/{kind}", data=PLACE).location == f"/admin/{kind}"
    place = db.session.query(model).one()
    assert (place.name, place.position) == ("Mobile app", 2)
    path = f"/admin/{kind}/{place.id}"
    assert "Mobile app" in desk.get(f"/admin/{kind}").text
    desk.post(path, data=PLACE | {"_method": "put", "name": "Phones"})
    assert place.name == "Phones"
    desk.put(f"{path}/archiving")
    desk.put(f"{path}/archiving")
    assert place.archived_at is not None
    assert "Archived" in desk.get(f"/admin/{kind}").text
    desk.delete(f"{path}/archiving")
    assert place.archived_at is None
    entries = db.session.query(Entry).filter(Entry.kind.endswith("_changed")).order_by(Entry.id)
    told = [entry.data["fields"] for entry in entries]
    assert told[1:] == [["name"], ["archived_at"], ["archived_at"]]


@BOTH
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "Type a name"),
        ("name", "x" * 61, "at most 60"),
        ("name", "REPORTS", "Another one has this name"),
        ("description", "x" * 301, "at most 300"),
        ("position", "", "Type a number"),
        ("position", "-1", "from 0 to 9999"),
        ("position", "first", "Not a valid integer"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(desk, make, rows, kind, model, field, value, says):
    (make.board if kind == "boards" else make.category)(name="Reports")
    answer = desk.post(f"/admin/{kind}", data=PLACE | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Everything on a phone." in answer.text or field == "description"
    assert rows(model) == 1


@BOTH
def test_saving_keeps_the_own_name(desk, make, kind, model):
    place = (make.board if kind == "boards" else make.category)(name="Reports")
    assert desk.put(f"/admin/{kind}/{place.id}", data=PLACE | {"name": "Reports"}).status_code == 303


@pytest.mark.parametrize("value", ["0", "-3", "nan", "inf", "4000", "long"])
def test_a_half_life_is_a_sensible_number(desk, rows, value):
    assert desk.post("/admin/boards", data=PLACE | {"half_life": value}).status_code == 422
    assert rows(Board) == 0


def test_the_half_life_stays_once_there_are_ideas(desk, make):
    """Stored ranks are made with it."""
    board = make.board()
    path = f"/admin/boards/{board.id}"
    desk.put(path, data=PLACE | {"half_life": "60"})
    assert board.half_life == 60
    make.idea(board=board)
    assert "half_life" not in desk.get(path).text
    assert desk.put(path, data=PLACE | {"half_life": "90", "votes_against": "y"}).status_code == 303
    assert (board.half_life, board.votes_against) == (60, True)


def test_the_next_one_stands_behind_the_others(desk, make):
    make.category(position=7)
    assert 'value="8"' in desk.get("/admin/categories/new").text
