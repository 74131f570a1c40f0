"""Whoever says no says why: one reason from the list of the house, that is shown, and counted with its rows."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.activity.models import Entry
from portal.admin.grounds import arranging
from portal.database import db
from portal.errors import Conflict, Unusable
from portal.ideas.deciding import answer, change_status
from portal.ideas.grounds import queries
from portal.ideas.grounds.models import BUILT_IN, Ground
from portal.ideas.models import StatusChange
from tests.ideas.reading import page_of, shown
from tests.trying import examples


@pytest.fixture
def idea(make, cast):
    return make.idea(author=cast.customer, title="Fax reports")


def test_declining_needs_a_reason_of_the_list(as_, cast, idea, rows):
    manager, path = as_(cast.product_manager), f"/ideas/{idea.id}/status"
    sent = {"_method": "put", "status": "declined", "reason": "Nobody has a fax."}
    refused = manager.post(path, data=sent)
    assert refused.status_code == 422
    assert "Choose the main reason" in refused.text
    assert "Nobody has a fax." in refused.text
    assert manager.post(path, data=sent | {"ground": "because"}).status_code == 422
    assert rows(StatusChange) == 0
    assert manager.post(path, data=sent | {"ground": "rare"}).status_code == 303
    change = db.session.query(StatusChange).one()
    assert (change.new, change.ground, change.reason) == ("declined", "rare", "Nobody has a fax.")
    for who in (None, cast.customer, cast.product_manager):
        assert shown(as_(who).get(f"/ideas/{idea.id}")).count("Main reason: Too few people need it") == 2


def test_the_act_itself_asks_for_it_and_other_statuses_need_none(cast, idea):
    for ground in ("", "because"):
        with pytest.raises(Unusable):
            change_status(idea, to="declined", by=cast.product_manager, ground=ground)
    assert idea.status == "open"
    assert change_status(idea, to="planned", by=cast.product_manager, ground="rare")
    assert db.session.query(StatusChange).one().ground is None


def test_an_answer_that_declines_needs_one_too(as_, cast, idea):
    manager, path = as_(cast.product_manager), f"/ideas/{idea.id}/answers"
    sent = {"body": "We will not.", "status": "declined"}
    refused = manager.post(path, data=sent)
    assert refused.status_code == 422
    assert "We will not." in refused.text
    assert manager.post(path, data=sent | {"ground": "costly"}).status_code == 303
    assert db.session.query(StatusChange).one().ground == "costly"
    answer(idea, by=cast.product_manager, body="We still will not.", status="declined")


def test_the_house_has_its_own_list(as_, cast, idea, rows):
    desk = as_(cast.admin)
    assert all(name in desk.get("/admin/reasons").text for name in BUILT_IN.values())
    assert rows(Ground) == 0
    assert desk.post("/admin/reasons", data={"name": "We tried it", "position": "9"}).status_code == 303
    assert rows(Ground) == len(BUILT_IN) + 1
    change_status(idea, to="declined", by=cast.product_manager, ground="we_tried_it")
    db.session.commit()
    desk.put("/admin/reasons/we_tried_it", data={"name": "We tried that once", "position": "1"})
    assert "Main reason: We tried that once" in shown(as_(None).get(f"/ideas/{idea.id}"))
    for _ in range(2):
        assert desk.put("/admin/reasons/we_tried_it/archiving").status_code == 303
    assert "we_tried_it" not in queries.offered()
    assert "Main reason: We tried that once" in shown(as_(None).get(f"/ideas/{idea.id}"))
    desk.delete("/admin/reasons/we_tried_it/archiving")
    assert "we_tried_it" in queries.offered()
    told = [
        each.data["fields"]
        for each in db.session.query(Entry).filter_by(kind="grounds_changed").order_by(Entry.id)
    ]
    assert told == [["added"], ["name", "position"], ["archived_at"], ["archived_at"]]


def test_the_last_one_stays(cast):
    *others, last = arranging.own()
    for each in others:
        arranging.archive(each, by=cast.admin)
    with pytest.raises(Conflict, match="the last one stays"):
        arranging.archive(last, by=cast.admin)


def counts_on(page):
    """Reason -> (ideas, votes, address of the rows), as the table says."""
    body = page_of(page).find(".//tbody")
    cells = [(row.find("th"), *row.findall("td")) for row in body.iter("tr")] if body is not None else []
    link = [(head.text, ideas.find("a"), votes.text) for head, ideas, votes in cells]
    return {words: (int(a.text), int(votes), a.get("href")) for words, a, votes in link}


def test_the_reasons_are_counted_by_board_and_time_and_lead_to_their_rows(as_, make, cast):
    board, old = make.board(name="Field"), clock.now() - timedelta(days=60)
    declined = [make.idea(board=board, title=f"Wish {n}", votes_up=n) for n in range(1, 4)]
    for each, ground, at in zip(declined, ("rare", "rare", "costly"), (old, None, None), strict=True):
        with clock.at(at or clock.now()):
            change_status(each, to="declined", by=cast.product_manager, ground=ground)
    elsewhere, imported = make.idea(), make.idea(status="declined")
    change_status(elsewhere, to="declined", by=cast.product_manager, ground="rare")
    db.session.add(StatusChange(idea_id=imported.id, old=None, new="declined", at=None))
    reopened = make.idea(board=board)
    change_status(reopened, to="declined", by=cast.product_manager, ground="rare")
    change_status(reopened, to="open", by=cast.product_manager)
    db.session.commit()
    staff = as_(cast.product_manager)
    seen = counts_on(staff.get("/ideas/declined"))
    numbers = {words: (ideas, votes) for words, (ideas, votes, _) in seen.items()}
    assert numbers == {
        "Too few people need it": (3, 3),
        "It costs too much for what it brings": (1, 3),
        "Not said": (1, 0),
    }
    narrowed = counts_on(staff.get(f"/ideas/declined?board={board.id}&days=30"))
    assert {words: ideas for words, (ideas, _, _) in narrowed.items()} == {
        "Too few people need it": 1,
        "It costs too much for what it brings": 1,
    }
    for ideas, _, address in (*seen.values(), *narrowed.values()):
        listed = page_of(staff.get(address)).findall(".//main//ul[@class='card list plain']/li")
        assert len(listed) == ideas


def test_hidden_ideas_are_counted_for_those_who_see_them(as_, make, cast):
    idea = make.idea(hidden_at=clock.now())
    change_status(idea, to="declined", by=cast.product_manager, ground="rare")
    db.session.commit()
    assert counts_on(as_(cast.admin).get("/ideas/declined"))
    assert counts_on(as_(cast.product_manager).get("/ideas/declined")) == {}


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(["open", "declined", "parked"]), st.sampled_from(list(BUILT_IN))
    ),
    max_size=20,
)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(STEPS)
def test_counts_equal_the_ideas_that_stand_declined(make, cast, steps):
    ideas, last = [make.idea() for _ in range(4)], {}
    mine = {each.id for each in ideas}
    for which, to, ground in steps:
        if change_status(ideas[which], to=to, by=cast.product_manager, ground=ground):
            last[which] = ground if to == "declined" else None
    held = [ground for ground in last.values() if ground]
    decisions = queries.declined(cast.admin).where(StatusChange.idea_id.in_(mine))
    assert {key: ideas for key, ideas, _ in queries.counted(decisions)} == {g: held.count(g) for g in held}
    db.session.rollback()


def test_the_page_takes_few_queries(as_, make, cast, at_most):
    for n in range(25):
        change_status(make.idea(), to="declined", by=cast.product_manager, ground=list(BUILT_IN)[n % 6])
    db.session.commit()
    browser = as_(cast.product_manager)
    with at_most(queries=6):
        assert browser.get("/ideas/declined").status_code == 200
