"""I still want this: enough customers bring a decided idea before staff again, and each decision begins anew."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.ideas.appeals.appealing import appeal, withdraw
from portal.ideas.appeals.models import Appeal
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge
from portal.ideas.models import Idea, StatusChange
from portal.voting.models import Vote
from tests.ideas.reading import page_of, shown
from tests.trying import examples


@pytest.fixture
def board(make):
    return make.board(name="Field", revive_at=3, vote_budget=1)


@pytest.fixture
def declined(make, cast, board):
    idea = make.idea(board=board, title="Fax reports")
    change_status(idea, to="declined", by=cast.product_manager, ground="rare")
    db.session.commit()
    return idea


def test_a_merged_idea_takes_none(make, cast, board, declined, rows):
    merge(declined, make.idea(board=board), by=cast.product_manager)
    with pytest.raises(Conflict, match="merged into another one"):
        appeal(declined, by=cast.customer)
    assert rows(Appeal) == 0


def test_a_customer_says_so_once_and_it_is_no_vote(as_, cast, declined, rows):
    me, path = as_(cast.customer), f"/ideas/{declined.id}"
    assert "When 3 customers say so, we look at it again." in shown(me.get(path))
    for _ in range(2):
        assert me.put(f"{path}/appeal").status_code == 303
    assert (declined.appeals, declined.score, rows(Appeal), rows(Vote)) == (1, 0, 1, 0)
    assert "You said that you still want this." in shown(me.get(path))
    assert "1 customer still wants this." in shown(as_(None).get(path))
    for _ in range(2):
        assert me.delete(f"{path}/appeal").status_code == 303
    db.session.refresh(declined)
    assert (declined.appeals, rows(Appeal)) == (0, 1)
    kinds = [each.kind for each in db.session.query(Entry).order_by(Entry.id)][-2:]
    assert kinds == ["appeal_made", "appeal_withdrawn"]


def test_enough_of_them_bring_it_before_staff(as_, cast, make, declined):
    people = [make.person() for _ in range(4)]
    for n, each in enumerate(people, start=1):
        appeal(declined, by=each)
        assert (declined.asked_again_at is not None) == (n >= 3)
    db.session.commit()
    assert [each.data["appeals"] for each in db.session.query(Entry).filter_by(kind="asked_for_again")] == [3]
    assert declined.status == "declined"
    page = as_(cast.product_manager).get("/ideas/second-look")
    assert "4 customers still want it" in shown(page)
    assert [link.text for link in page_of(page).findall(".//main//h2/a")] == ["Fax reports"]
    assert "Staff will look at it again." in shown(as_(people[0]).get(f"/ideas/{declined.id}"))
    change_status(declined, to="parked", by=cast.product_manager)
    change_status(declined, to="declined", by=cast.product_manager, ground="costly")
    db.session.commit()
    assert "Nothing is asked for again" in shown(as_(cast.product_manager).get("/ideas/second-look"))
    assert (declined.appeals, declined.asked_again_at) == (0, None)
    assert appeal(declined, by=people[0])
    assert declined.appeals == 1


def test_a_board_may_put_it_under_review_at_once(as_, cast, make, declined, board):
    board.revive_moves = True
    db.session.commit()
    for _ in range(3):
        appeal(declined, by=make.person())
    db.session.commit()
    assert (declined.status, declined.appeals) == ("under_review", 0)
    change = db.session.query(StatusChange).order_by(StatusChange.id.desc()).first()
    assert (change.changed_by_id, change.reason) == (None, "3 customers asked for it again.")
    assert "3 customers asked for it again." in shown(as_(None).get(f"/ideas/{declined.id}"))


@pytest.mark.parametrize("fields", [{"status": "open"}, {"status": "parked"}, {"status": "shipped"}])
def test_only_where_a_decision_ended_the_votes(as_, cast, make, board, fields):
    idea = make.idea(board=board, **fields)
    assert "I still want this" not in as_(cast.customer).get(f"/ideas/{idea.id}").text
    with pytest.raises(Conflict):
        appeal(idea, by=cast.customer)


def test_not_where_the_board_says_no_and_not_for_staff(as_, cast, declined, board):
    with pytest.raises(NotAllowed):
        appeal(declined, by=cast.moderator)
    board.revive_at = 0
    db.session.commit()
    assert "I still want this" not in as_(cast.customer).get(f"/ideas/{declined.id}").text
    assert as_(cast.customer).put(f"/ideas/{declined.id}/appeal").status_code == 409


def test_the_rule_is_explained_before_it_is_saved(as_, cast, make, declined, board):
    appeal(declined, by=make.person())
    db.session.commit()
    desk, path = as_(cast.product_manager), f"/admin/boards/{board.id}/rules"
    sent = {
        "vote_budget": 1, "most_per_idea": 1, "least_votes_to_post": 0, "counts_hidden": "never",
        "counts_hidden_days": 14, "revive_at": 1,
    }  # fmt: skip
    said = desk.put(path, data=sent)
    assert said.status_code == 422
    assert "when 1 person still wants it." in said.text
    assert "1 idea has as many already" in said.text
    mark = page_of(said).find(".//input[@name='agreed']").get("value")
    assert desk.put(path, data=sent | {"agreed": mark}).status_code == 303
    assert db.session.get(type(board), board.id).revive_at == 1


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["appeal", "appeal", "withdraw", "declined", "open"])),
    max_size=20,
)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(STEPS)
def test_the_count_is_of_the_people_since_the_decision(make, cast, board, steps):
    idea, people = make.idea(board=board, status="declined"), [make.person() for _ in range(4)]
    mine, status, enough = set(), "declined", False
    for who, act in steps:
        if act in ("declined", "open"):
            if change_status(idea, to=act, by=cast.product_manager, ground="rare"):
                mine, status, enough = set(), act, False
        elif act == "withdraw":
            withdraw(idea, by=people[who])
            mine.discard(who)
        elif status == "declined":
            appeal(idea, by=people[who])
            mine.add(who)
            enough = enough or len(mine) >= 3
    db.session.commit()
    db.session.refresh(idea)
    assert (idea.appeals, idea.asked_again_at is not None) == (len(mine), enough)
    assert not [each for each in audit_all() if each.differences]


def test_the_audit_sees_a_wrong_number(cast, declined):
    appeal(declined, by=cast.customer)
    db.session.query(Idea).update({"appeals": 5})
    db.session.commit()
    assert [each.name for each in audit_all() if each.differences] == ["appeals for ideas"]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_saying_so_in_the_browser(visit, cast, declined, script):
    path = f"/ideas/{declined.id}"
    page = visit(cast.customer, script=script, width=390)
    page.goto(path)
    page.click("button:text('I still want this')")
    page.wait_for_selector("#appeal:has-text('1 customer still wants this')")
    page.click("button:text('I do not want it any more')")
    page.wait_for_selector("button:text('I still want this')")
