"""Plans and internal notes: for staff alone, but for what an idea is meant for."""

from datetime import date

import pytest

from portal.activity.models import Entry
from portal.database import db
from portal.errors import NotAllowed
from portal.ideas.plans import planning
from portal.ideas.plans.forms import target_of
from portal.ideas.plans.models import InternalNote, Plan


@pytest.fixture
def idea(make, cast):
    return make.idea(author=cast.customer, target="soon")


def test_a_plan_is_saved_and_its_target_is_read_by_everybody(as_, cast, idea):
    manager, path = as_(cast.product_manager), f"/ideas/{idea.id}/plan"
    assert "Now it says “<span" in manager.get(path).text
    data = {
        "owner": cast.moderator.id,
        "target": "q2 2027",
        "review_on": "2027-01-15",
        "cost": "Ten weeks",
        "impact": "High",
    }
    assert manager.put(path, data=data).status_code == 303
    plan = db.session.query(Plan).one()
    assert (plan.owner_id, plan.target_on, plan.target_grain) == (
        cast.moderator.id,
        date(2027, 4, 1),
        "quarter",
    )
    assert (plan.review_on, plan.cost, plan.impact, idea.target) == (
        date(2027, 1, 15),
        "Ten weeks",
        "High",
        "Q2 2027",
    )
    assert "Q2 2027" in as_(None).get(f"/ideas/{idea.id}").text
    page = manager.get(path).text
    assert 'value="Q2 2027"' in page
    assert "Ten weeks" in page
    assert "Mo Adeyemi</b> looks after it" in as_(cast.moderator).get(path).text
    manager.put(path, data=data | {"target": "2027-03"})
    assert idea.target == "March 2027"
    entries = db.session.query(Entry).filter_by(kind="idea_planned").order_by(Entry.id).all()
    assert entries[1].data["fields"] == ["target_on", "target_grain"]


def test_words_that_were_typed_before_stay_until_a_target_is_set(cast, idea):
    planning.plan(idea, by=cast.product_manager, cost="Little")
    assert idea.target == "soon"
    assert planning.plan(idea, by=cast.product_manager, cost="Little") == []


def test_notes_are_for_staff(as_, cast, idea, rows):
    path = f"/ideas/{idea.id}/notes"
    assert as_(cast.moderator).post(path, data={"body": "Ask **Finance**."}).status_code == 303
    assert "<strong>Finance</strong>" in as_(cast.product_manager).get(f"/ideas/{idea.id}/plan").text
    assert as_(cast.moderator).post(path, data={"body": " "}).status_code == 422
    assert as_(cast.customer).post(path, data={"body": "Mine"}).status_code == 403
    assert rows(InternalNote) == 1
    with pytest.raises(NotAllowed):
        planning.note(idea, by=cast.customer, body="Mine")
    for who in (None, cast.customer):
        page = as_(who).get(f"/ideas/{idea.id}").text
        assert "Finance" not in page
        assert "Plan and notes" not in page


@pytest.mark.parametrize(
    "data",
    [{"target": "soon"}, {"target": "2027-13"}, {"review_on": "x"}, {"owner": "77"}, {"cost": "x" * 1001}],
)
def test_what_is_wrong_is_refused(as_, cast, idea, rows, data):
    assert as_(cast.product_manager).put(f"/ideas/{idea.id}/plan", data=data).status_code == 422
    assert rows(Plan) == 0


def test_targets_are_months_or_quarters():
    assert target_of(" 2027 Q4 ") == (date(2027, 10, 1), "quarter")
    assert target_of("2027-9") == (date(2027, 9, 1), "month")
    assert target_of("") == (None, None)
