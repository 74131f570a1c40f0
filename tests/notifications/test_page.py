"""The page of what changed for somebody: what it says, what is read, and following from an idea."""

import re

import pytest
import sqlalchemy as sa

from portal.activity.models import Entry
from portal.database import db
from portal.ideas.deciding import answer, change_status
from portal.ideas.models import Admission, Audience, Board, Idea
from portal.moderation.hiding import hide, restore
from portal.notifications.models import Notice, Watch
from portal.notifications.queries import MOST
from portal.voting import casting
from tests.ideas.reading import page_of, shown


@pytest.fixture
def idea(make, cast, tell_now):
    """An idea of somebody else that Ines voted for, declined and answered."""
    made = make.idea(title="Offline mode", author=cast.other_customer)
    casting.cast(made, by=cast.customer)
    why = {"reason": "Nobody goes underground.", "ground": "rare"}
    change_status(made, to="declined", by=cast.product_manager, **why)
    answer(made, by=cast.product_manager, body="We looked into it.")
    tell_now()
    return made


def waiting(page):
    """How many notices wait, as the head of the page says."""
    said = re.search(r'class="btn quiet news"[^>]*>(\S+) new<', page.text)
    return said[1] if said else ""


def test_it_says_what_changed_and_why_one_is_told(as_, cast, idea):
    page = as_(cast.customer).get("/notices/")
    words = shown(page)
    for expected in (
        "Offline mode",
        "Declined",
        "Main reason: Too few people need it",
        "Nobody goes underground.",
        "Official answer",
        "because you voted on it",
    ):
        assert expected in words
    assert waiting(page) == "2"
    assert f"/ideas/{idea.id}#official-answer" in page.text
    assert "because you posted it" in shown(as_(cast.other_customer).get("/notices/"))
    assert "Nothing yet" in shown(as_(cast.product_manager).get("/notices/"))
    assert waiting(as_(cast.product_manager).get("/")) == ""


def test_notices_are_marked_read_one_by_one_or_all(as_, cast, idea):
    me = as_(cast.customer)
    older, newer = db.session.query(Notice).filter_by(person_id=cast.customer.id).order_by(Notice.id)
    for _ in range(2):
        assert me.put(f"/notices/{newer.id}/reading").status_code == 303
    assert waiting(me.get("/")) == "1"
    read_at = db.session.get(Notice, newer.id).read_at
    for _ in range(2):
        assert me.put(f"/notices/{newer.id}/reading/all").status_code == 303
    assert waiting(me.get("/ideas/")) == ""
    assert "Mark" not in shown(me.get("/notices/"))
    assert db.session.get(Notice, newer.id).read_at == read_at
    assert db.session.get(Notice, older.id).read_at is not None


def test_what_came_after_the_page_stays_unread(as_, cast, idea, tell_now):
    seen = db.session.query(Notice).filter_by(person_id=cast.customer.id).order_by(Notice.id.desc()).first()
    change_status(idea, to="open", by=cast.product_manager)
    tell_now()
    as_(cast.customer).put(f"/notices/{seen.id}/reading/all")
    assert waiting(as_(cast.customer).get("/notices/")) == "1"


def test_what_was_hidden_since_shows_no_more(as_, cast, idea):
    hide(idea, by=cast.moderator, reason="Advertising")
    db.session.commit()
    me = as_(cast.customer)
    assert "Offline mode" not in me.get("/notices/").text
    assert waiting(me.get("/notices/")) == ""
    restore(idea, by=cast.moderator, reason="A mistake")
    db.session.commit()
    assert waiting(me.get("/notices/")) == "2"


@pytest.mark.parametrize(
    ("board", "shown"),
    [
        ({"audience": Audience.STAFF}, False),
        ({"audience": Audience.COMPANIES}, False),
        ({"audience": Audience.SIGNED_IN}, True),
        ({"own_only": True}, False),
    ],
)
def test_the_head_counts_what_the_list_shows(as_, cast, idea, board, shown):
    for name, value in board.items():
        setattr(db.session.get(Board, idea.board_id), name, value)
    db.session.commit()
    me = as_(cast.customer)
    page = me.get("/notices/")
    assert ("Offline mode" in page.text) is shown
    assert waiting(page) == ("2" if shown else "")
    if board.get("audience") == Audience.COMPANIES:
        db.session.add(Admission(board_id=idea.board_id, company_id=cast.customer.company_id))
        db.session.commit()
        assert waiting(me.get("/notices/")) == "2"


def test_following_and_stopping_on_the_idea_and_from_a_notice(as_, cast, make, idea, rows):
    me, path = as_(cast.customer), f"/ideas/{idea.id}"
    assert "Stop following" in shown(me.get(path))
    back = me.delete(f"{path}/following?from=notices")
    assert back.location.endswith("/notices/")
    assert "Stop following" not in shown(me.get(path))
    assert db.session.query(Watch).filter_by(person_id=cast.customer.id).one().stopped_at is not None
    assert me.put(f"{path}/following").location.endswith(f"{path}-offline-mode")
    assert "Stop following" in shown(me.get(path))
    assert "Follow" not in shown(as_(None).get(path))


def test_voting_and_commenting_make_a_follower(as_, make, cast, tell_now, rows):
    idea = make.idea()
    path = f"/ideas/{idea.id}"
    me = as_(cast.customer)
    assert "Stop following" not in shown(me.get(path))
    me.put(f"{path}/vote")
    assert "Stop following" in shown(me.get(path))
    tell_now()
    assert rows(Watch, idea_id=idea.id, because="vote") == 1
    me.delete(f"{path}/vote")
    tell_now()
    assert "Stop following" not in shown(me.get(path))
    me.post(f"{path}/comments", data={"body": "For us too."})
    assert "Stop following" in shown(me.get(path))
    me.delete(f"{path}/following")
    me.put(f"{path}/vote")
    assert "Stop following" not in shown(me.get(path))


def test_the_list_is_paged_and_takes_few_queries(as_, make, cast, tell_now, at_most):
    ideas = [make.idea(title=f"Wish {n}", author=cast.customer) for n in range(45)]
    for each in ideas:
        change_status(each, to="planned", by=cast.product_manager)
    tell_now()
    browser, path, titles = as_(cast.customer), "/notices/", []
    while path:
        with at_most(queries=4):
            page = page_of(browser.get(path))
        titles += [link.text for link in page.findall(".//main//h2/a")]
        path = next((a.get("href") for a in page.iter("a") if a.get("rel") == "next"), None)
    assert titles == [f"Wish {n}" for n in reversed(range(45))]


def test_the_count_in_the_head_costs_no_query_and_has_an_end(as_, cast, make, at_most, idea):
    entry = db.session.query(Notice).first()
    db.session.execute(sa.delete(Notice))
    same = {name: getattr(entry, name) for name in ("idea_id", "kind", "what", "at")}
    told = [
        same | {"person_id": cast.customer.id, "entry_id": n, "why": "voter"} for n in range(1, MOST + 20)
    ]
    _entries(entry, MOST + 20)
    db.session.execute(sa.insert(Notice), told)
    db.session.commit()
    browser = as_(cast.customer)
    with at_most(queries=8):
        assert waiting(browser.get("/")) == f"{MOST}+"


def _entries(notice, count):
    there = set(db.session.scalars(sa.select(Entry.id)))
    rows = [{"id": n, "at": notice.at, "kind": "idea_edited", "data": {}} for n in range(1, count)]
    db.session.execute(sa.insert(Entry), [row for row in rows if row["id"] not in there])


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_a_vote_to_the_notice_of_a_decline(visit, make, cast, tell_now, script):
    idea = make.idea(title="Fax reports", author=cast.other_customer)
    which, path, button = idea.id, f"/ideas/{idea.id}", f"#vote-idea-{idea.id}-button"
    page, manager = visit(cast.customer, script=script, width=390), visit(cast.product_manager, script=script)
    page.goto(path)
    page.click(button)
    page.wait_for_selector(f"{button}[aria-pressed=true]")
    manager.goto(path)
    manager.click("summary:text('Set the status')")
    manager.select_option("#status", "declined")
    manager.select_option("#ground", "rare")
    manager.fill("#reason", "Nobody has a fax.")
    manager.click("button:text('Set the status')")
    manager.wait_for_selector(".facts .chip:text('Declined')")
    tell_now()
    page.goto("/")
    page.click("a:has-text('1 new')")
    page.wait_for_selector("#told a:text('Fax reports')")
    assert "Main reason: Too few people need it" in page.inner_text("#told")
    page.click("#told button:text('Stop following')")
    page.wait_for_selector("h1:text('What changed for you')")
    page.goto(path)
    page.wait_for_selector("button:text-is('Follow')")
    db.session.rollback()
    assert db.session.query(Watch).filter_by(idea_id=which).one().stopped_at is not None
    assert db.session.get(Idea, which).votes_up == 1
