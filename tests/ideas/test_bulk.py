"""Acts on several ideas at once, and moving an idea to another board."""

import pytest

from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Labelling
from portal.errors import Conflict
from portal.ideas.merging.joining import merge
from portal.ideas.models import Idea
from portal.ideas.moving import move
from portal.ideas.plans.models import Plan
from portal.voting import budgeting, casting, queries, ranking
from tests.ideas.reading import shown


@pytest.fixture
def board(make):
    return make.board(name="Mobile", vote_budget=3)


@pytest.fixture
def some(make, board, cast):
    """Three ideas; the second is wanted most."""
    ideas = [make.idea(board=board, author=cast.moderator, title=f"Wish {n}") for n in range(3)]
    casting.cast(ideas[1], by=cast.customer)
    db.session.commit()
    return ideas


def press(browser, ideas, **fields):
    """Both presses: what is asked, and what is done."""
    sent = {"idea": [str(each.id) for each in ideas]} | fields
    asked = browser.post("/ideas/bulk", data=sent)
    assert asked.status_code == 200
    done = browser.put("/ideas/bulk", data=sent)
    assert done.status_code == 303
    db.session.expire_all()
    return shown(asked), browser.get(done.location).text


def test_a_status_for_several_and_again_nothing(some, as_, cast, rows):
    asked, done = press(as_(cast.product_manager), some, act="status", status="planned")
    assert "This happens to 3 ideas" in asked
    assert "3 ideas changed." in done
    assert {idea.status for idea in some} == {"planned"}
    _, again = press(as_(cast.product_manager), some, act="status", status="planned")
    assert "0 ideas changed. 3 were so already." in again
    assert rows(Entry, kind="status_changed") == 3


def test_labels_and_an_owner(some, as_, cast, rows):
    browser = as_(cast.product_manager)
    press(browser, some, act="label", label="Field work")
    press(browser, some, act="label", label="Field work")
    assert rows(Labelling) == 3
    press(browser, some, act="owner", owner=str(cast.admin.id))
    assert {plan.owner_id for plan in db.session.query(Plan)} == {cast.admin.id}


def test_several_are_merged_into_the_one_that_most_want(some, as_, cast):
    asked, _ = press(as_(cast.product_manager), some, act="merge", reason="The same")
    assert "All count for Wish 1" in asked
    assert [idea.merged_into_id for idea in some] == [some[1].id, None, some[1].id]


def test_one_that_refuses_is_named_and_the_others_are_done(some, as_, cast):
    merge(some[0], some[1], by=cast.product_manager)
    db.session.commit()
    asked, done = press(as_(cast.product_manager), some, act="status", status="started")
    assert "1 of them was merged and stays as it is." in asked
    assert "2 ideas changed." in done
    assert "“Wish 0” is left as it is: This idea was merged" in done
    assert [idea.status for idea in some] == ["open", "started", "started"]


def test_moving_takes_votes_rank_and_budgets_along(some, make, board, cast):
    other = make.board(name="Desktop", vote_budget=5, half_life=5.0)
    assert budgeting.balance(cast.customer, board, Idea).left == 2
    assert move(some[1], to=other, by=cast.product_manager)
    db.session.commit()
    assert budgeting.balance(cast.customer, board, Idea).left == 3
    assert budgeting.balance(cast.customer, other, Idea).left == 4
    assert some[1].hot == pytest.approx(ranking.of_votes(queries.dated_values(some[1].id), 5.0))
    assert not move(some[1], to=other, by=cast.product_manager)
    assert not [each for each in audit_all() if each.differences]


def test_a_merged_idea_is_not_moved(some, make, cast):
    merge(some[0], some[1], by=cast.product_manager)
    with pytest.raises(Conflict, match="merged"):
        move(some[0], to=make.board(), by=cast.product_manager)
