"""Fields at the desk: what a board asks beside title and text."""

import pytest

from portal.activity.models import Entry
from portal.admin.fields import arranging
from portal.database import db
from portal.errors import Conflict
from portal.ideas.fields import queries
from portal.ideas.fields.models import MOST_FIELDS, BoardField, FieldChoice, FieldValue

FIELD = {"name": "Version", "help": "Help > About", "type": "short_text", "circle": "author", "position": "1"}


@pytest.fixture
def desk(as_, cast):
    return as_(cast.admin)


@pytest.fixture
def board(make):
    return make.board(name="Mobile")


@pytest.fixture
def device(make, board):
    return make.field(board, "Phone", "Tablet", name="Device")


def of(board, field=None, tail=""):
    return f"/admin/boards/{board.id}/fields" + (f"/{field.id}{tail}" if field else "")


def fields(board):
    db.session.expire_all()
    return list(queries.fields_of(board.id, archived=True))


def saved(device, **changes):
    """What the form of the field sends."""
    names = ("name", "help", "circle", "position")
    return {name: str(getattr(device, name)) for name in names} | changes


def test_the_page_of_a_board_leads_to_its_fields_and_one_is_added(desk, board):
    assert of(board) in desk.get(f"/admin/boards/{board.id}").text
    assert "Title and text, nothing else" in desk.get(of(board)).text
    assert desk.post(of(board), data=FIELD | {"required": "y"}).status_code == 303
    field = fields(board)[0]
    assert (field.name, field.help, field.type, field.circle, field.required) == (
        "Version",
        "Help > About",
        "short_text",
        "author",
        True,
    )
    assert "0 ideas have a value" in desk.get(of(board)).text
    entry = db.session.query(Entry).filter_by(kind="fields_changed").one()
    assert entry.data == {"board_id": board.id, "field_id": field.id, "fields": ["added"]}


def test_a_field_with_choices_takes_one_in_a_line_and_more_later(desk, board, rows):
    desk.post(of(board), data=FIELD | {"type": "choices", "choices": "Phone\n\n Tablet \nPhone"})
    field = fields(board)[0]
    assert [each.name for each in field.choices] == ["Phone", "Tablet"]
    desk.put(of(board, field), data=saved(field, choices="tablet\nWatch"))
    assert [each.name for each in fields(board)[0].choices] == ["Phone", "Tablet", "Watch"]
    # Choices that were typed for a field of another type are nobody's.
    desk.post(of(board), data=FIELD | {"choices": "Red"})
    assert rows(FieldChoice) == 3


def test_a_change_that_matters_is_explained_with_numbers_first(desk, board, device, make):
    idea, _other = make.idea(board=board), make.idea(board=board)
    make.value(idea, device, (device.id and 1,))
    data = saved(device, circle="staff", required="y")
    answer = desk.put(of(board, device), data=data)
    assert answer.status_code == 422
    assert "1 idea has a value in “Device”." in answer.text
    assert "only staff read what stands there" in answer.text
    assert "1 idea has none" in answer.text
    assert fields(board)[0].circle == "everybody"
    agreed = answer.text.split('name="agreed" type="hidden" value="')[1].split('"')[0]
    make.value(_other, device, (2,))
    again = desk.put(of(board, device), data=data | {"agreed": agreed})
    assert again.status_code == 422
    assert "2 ideas have a value" in again.text
    agreed = again.text.split('name="agreed" type="hidden" value="')[1].split('"')[0]
    assert desk.put(of(board, device), data=data | {"agreed": agreed}).status_code == 303
    assert (fields(board)[0].circle, fields(board)[0].required) == ("staff", True)


def test_a_new_name_or_place_needs_no_explanation(desk, board, device, as_, make):
    idea = make.idea(board=board)
    make.value(idea, device, (1,))
    assert desk.put(of(board, device), data=saved(device, name="Gadget", position="7")).status_code == 303
    page = as_(None).get(f"/ideas/{idea.id}").text
    assert "Gadget" in page
    assert "Device" not in page


def test_a_type_stays_and_the_refusal_says_the_way_out(desk, board, device, make):
    make.value(make.idea(board=board), device, (1,))
    answer = desk.put(of(board, device), data=saved(device, type="number"))
    assert answer.status_code == 409
    assert "1 idea has a value of it" in answer.text
    assert "archive this one" in answer.text
    assert fields(board)[0].type == "choice"


def test_a_choice_is_renamed_everywhere_and_offered_no_more(desk, board, device, as_, cast, make):
    idea = make.idea(board=board, author=cast.customer)
    make.value(idea, device, (1,))
    path = of(board, device, "/choices/1")
    assert desk.put(path, data={"name": "Pocket phone"}).status_code == 303
    assert "Pocket phone" in as_(None).get(f"/ideas/{idea.id}").text
    assert desk.put(path, data={"name": "TABLET"}).status_code == 409
    assert desk.put(path, data={"name": " "}).status_code == 409
    assert desk.put(f"{path}/archiving").status_code == 303
    assert "Pocket phone" in as_(None).get(f"/ideas/{idea.id}").text
    asked = as_(cast.other_customer).get(f"/ideas/new?board={board.id}").text
    assert "Tablet" in asked
    assert "Pocket phone" not in asked
    # Whoever has it keeps it.
    browser, here = as_(cast.customer), f"/ideas/{idea.id}/fields"
    assert "Pocket phone" in browser.get(here).text
    assert browser.put(here, data={"field-1": "1"}).status_code == 303
    assert desk.delete(f"{path}/archiving").status_code == 303
    assert "Pocket phone" in as_(cast.other_customer).get(f"/ideas/new?board={board.id}").text


def test_an_archived_field_is_not_asked_and_its_values_stay_for_staff(
    desk, board, device, as_, cast, make, rows
):
    idea = make.idea(board=board, author=cast.customer)
    make.value(idea, device, (1,))
    assert "1 idea has a value in “Device”. Staff still read them" in desk.get(of(board, device)).text
    assert desk.put(of(board, device, "/archiving")).status_code == 303
    assert desk.put(of(board, device, "/archiving")).status_code == 303
    assert rows(FieldValue) == 1
    assert "Device" not in as_(cast.customer).get(f"/ideas/new?board={board.id}").text
    assert "Phone" not in as_(cast.customer).get(f"/ideas/{idea.id}").text
    assert "Not asked any more" in as_(cast.moderator).get(f"/ideas/{idea.id}").text
    assert desk.delete(of(board, device, "/archiving")).status_code == 303
    assert "Phone" in as_(None).get(f"/ideas/{idea.id}").text
    kinds = [
        each.data["fields"]
        for each in db.session.query(Entry).filter_by(kind="fields_changed").order_by(Entry.id)
    ]
    assert kinds == [["archived_at"], ["archived_at"]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"name": " "}, "Type a name"),
        ({"name": "DEVICE"}, "has this name"),
        ({"name": "x" * 61}, "at most 60"),
        ({"type": "colour"}, "Not a valid choice"),
        ({"type": "choice"}, "at least one choice"),
        ({"type": "choice", "choices": "x" * 81}, "at most 80"),
        ({"circle": "friends"}, "Not a valid choice"),
        ({"position": "-1"}, "from 0 to 9999"),
    ],
)
def test_what_is_wrong_is_said(desk, board, device, rows, data, says):
    answer = desk.post(of(board), data=FIELD | data)
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(BoardField) == 1


def test_a_board_asks_for_a_bounded_number_of_things(board, cast, make):
    for _ in range(MOST_FIELDS):
        make.field(board)
    with pytest.raises(Conflict, match="at most 30"):
        arranging.add(board, by=cast.admin, name="One more", type="number", position=1)
    field = arranging.find(board, fields(board)[0].id)
    with pytest.raises(Conflict, match="at most 50"):
        arranging.change(field, by=cast.admin, choices=[str(n) for n in range(51)])


def test_fields_of_other_boards_are_not_found(desk, board, device, make):
    other = make.board()
    for path in (of(other, device), of(board, device, "/choices/77/archiving")):
        assert desk.put(path).status_code == 404
