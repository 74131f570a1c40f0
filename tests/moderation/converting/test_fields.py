"""What a board asks of every idea is asked, too, of an idea that is made of a question."""

import pytest
from playwright.sync_api import expect

from portal.activity.models import Entry
from portal.database import db
from portal.ideas.fields.models import Circle, FieldChoice, FieldValue
from portal.ideas.models import Idea
from portal.moderation.converting.models import Conversion

WORDS = {"title": "Export a rota as a calendar", "body": "So that nobody types it twice."}


@pytest.fixture
def topic(make, cast):
    return make.topic(author=cast.customer, title="How do I export a rota?", body="I type it twice.")


@pytest.fixture
def plain(make):
    return make.board(name="Anything", position=1)


@pytest.fixture
def rota(make):
    return make.board(name="Rota", position=2)


@pytest.fixture
def device(make, rota):
    return make.field(rota, "Phone", "Desktop", name="Device", type="choice", required=True)


@pytest.fixture
def effort(make, rota):
    return make.field(rota, name="Effort", type="number", circle=Circle.STAFF)


def test_what_the_board_requires_is_asked_and_what_was_typed_stays(
    as_, cast, topic, plain, rota, device, effort, rows
):
    mo, form = as_(cast.moderator), f"/questions/{topic.id}/idea"
    first = mo.get(form).text
    assert "Show what this board asks" in first
    assert "Device" not in first
    chosen = mo.post(form, data=WORDS | {"board": rota.id, "followers": ""}).text
    assert all(each in chosen for each in ("Device", "Effort", WORDS["title"], WORDS["body"]))
    data = WORDS | {"_method": "put", "board": rota.id, effort.key: "12"}
    refused = mo.post(form, data=data)
    assert refused.status_code == 422
    assert "this board asks it of every idea" in refused.text
    assert 'value="12"' in refused.text
    assert rows(Idea) == rows(Conversion) == 0
    elsewhere = mo.post(form, data=data | {"board": plain.id, "_method": ""}).text
    assert f'<input type="hidden" name="{effort.key}" value="12"' in elsewhere
    phone = db.session.query(FieldChoice.id).filter_by(name="Phone").scalar()
    went = mo.post(form, data=data | {device.key: str(phone)})
    assert went.status_code == 303
    assert "Phone" in mo.get(went.location).text
    assert rows(FieldValue) == 2
    filled = db.session.query(Entry).filter_by(kind="values_changed").one()
    assert (filled.actor_id, filled.data["fields"]) == (cast.moderator.id, ["Device", "Effort"])
    seen = as_(cast.other_customer).get(went.location).text
    assert "Phone" in seen
    assert "Effort" not in seen


def test_choosing_another_board_asks_at_once(visit, cast, topic, plain, rota, device):
    form = f"/questions/{topic.id}/idea"
    page = visit(cast.moderator)
    page.goto(form)
    page.get_by_label("Title of the idea").fill(WORDS["title"])
    page.get_by_label("Board").select_option("Rota")
    page.get_by_label("Device").select_option("Desktop")
    expect(page.get_by_role("button", name="Show what this board asks")).to_be_hidden()
    page.get_by_role("button", name="Make it an idea").click()
    page.wait_for_url("**/ideas/1-export-a-rota-as-a-calendar")
    expect(page.get_by_label("Details")).to_contain_text("Desktop")
