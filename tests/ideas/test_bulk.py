"""Acts on several ideas at once, and moving an idea to another board."""

import pytest

from portal import clock
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


def test_before_several_are_merged_it_says_what_changes(some, make, as_, cast, board, at_most, catch_up):
    cast.company.revenue = 120_000
    make.comment(some[0])
    hidden = make.idea(board=board, title="Hidden wish", hidden_at=clock.now(), votes_up=9)
    for idea in (some[0], some[2]):
        casting.cast(idea, by=cast.customer)
        casting.cast(idea, by=cast.other_customer)
    casting.cast(some[1], by=make.person())
    merge(make.idea(board=board, author=cast.moderator, imported_up=4), some[2], by=cast.product_manager)
    catch_up()
    browser = as_(cast.admin)

    def asked(*ideas):
        sent = {"idea": [each.id for each in ideas], "act": "merge"}
        with at_most(queries=17):
            return browser.post("/ideas/bulk", data=sent)

    page = shown(asked(*some, hidden))
    # Wish 2 has most votes, with those that came from elsewhere.
    assert "All count for Wish 2, which most want." in page
    for row in (
        "Voters 2 3 3",
        "People for it 2 3 3",
        "Companies 2 2 2",
        "Followers 2 3 3",
        "Comments 0 1 1",
    ):
        assert row in page, row
    assert "A year at stake €129k €129k €129k" in page
    assert "2 voters have a vote on more than one" in page
    assert "3 votes come back to the budgets of 2 people." in page
    assert "These stay as they are Hidden wish: A hidden idea is not merged" in page
    asked(*some[:2])
    nothing = shown(asked(hidden))
    assert "There is nothing to merge" in nothing
    assert "Do it" not in nothing


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
