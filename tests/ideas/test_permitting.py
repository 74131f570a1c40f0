"""Who may post, vote and comment on a board, and what others read instead."""

import pytest

from portal.database import db
from portal.errors import NotAllowed
from portal.ideas import permitting, seeing
from portal.ideas.models import Admission, Audience, Board, Party
from portal.ideas.submitting import submit
from portal.voting.models import Vote
from tests.cast import ACTORS

PEOPLE = ACTORS[1:]
STAFF = {"moderator", "product_manager", "admin"}
EXPECTED = {
    Party.EVERYONE: set(PEOPLE),
    Party.COMPANIES: STAFF | {"customer"},
    Party.STAFF: STAFF,
    Party.NOBODY: set(),
}


@pytest.mark.parametrize("party", Party)
def test_each_party_on_each_act(make, cast, as_, party):
    board = make.board(name="Fields", who_posts=party, who_votes=party, who_comments=party)
    make._save(Admission(board_id=board.id, company_id=cast.company.id))
    for name in PEOPLE:
        idea, browser, may = make.idea(board=board), as_(cast[name]), name in EXPECTED[party]
        form = browser.get("/ideas/new").text
        assert (">Fields<" in form) is may, name
        vote, says = browser.put(f"/ideas/{idea.id}/vote"), browser.get(f"/ideas/{idea.id}").text
        comment = browser.post(f"/ideas/{idea.id}/comments", data={"body": "Yes"})
        posted = browser.post("/ideas/", data={"board": board.id, "title": "More", "body": "More of it"})
        got = [each.status_code for each in (vote, comment, posted)]
        assert got == ([303, 303, 303] if may else [403, 403, 422]), name
        assert ("Post comment" in says) is may
        assert ("ideas of the board Fields" in says) is not may
        assert f'action="/ideas/{idea.id}/vote"' in browser.get("/ideas/?sort=new").text or not may


def test_a_sentence_says_what_to_do_instead(make, cast):
    board = make.board(
        name="Fields", who_votes=Party.STAFF, who_comments=Party.NOBODY, who_posts=Party.COMPANIES
    )
    assert permitting.why_not(cast.customer, board, permitting.VOTE) == (
        "Only staff vote on ideas of the board Fields. You can read it."
    )
    assert permitting.why_not(cast.admin, board, permitting.COMMENT) == (
        "Nobody can comment on ideas of the board Fields. You can vote instead."
    )
    assert "Choose another board" in permitting.why_not(cast.customer, board, permitting.POST)
    board.who_comments = Party.EVERYONE
    assert permitting.why_not(cast.customer, board, permitting.VOTE).endswith("why it matters to you.")
    with pytest.raises(NotAllowed):
        submit(board=board, by=cast.customer, title="More", body="More")


def test_who_may_post_but_not_vote_posts_without_a_vote(make, cast, rows):
    idea = submit(board=make.board(who_votes=Party.STAFF), by=cast.customer, title="More", body="More")
    assert (rows(Vote), idea.votes_up) == (0, 0)


def test_a_vote_can_be_taken_back_by_who_may_not_vote_any_more(make, cast, as_, rows):
    board = make.board()
    idea = submit(board=board, by=cast.customer, title="More", body="More")
    board.who_votes = Party.NOBODY
    db.session.commit()
    browser = as_(cast.customer)
    assert 'aria-pressed="true"' in browser.get(f"/ideas/{idea.id}").text
    assert browser.delete(f"/ideas/{idea.id}/vote").status_code == 303
    assert rows(Vote) == 0
    assert "aria-pressed" not in browser.get(f"/ideas/{idea.id}").text


def test_tiers_segments_and_companies_admit(make, cast, as_):
    cast.company.segment, cast.other_company.segment = "Energy", None
    for field, value in [("company_id", cast.company.id), ("segment", "Energy"), ("tier", "enterprise")]:
        board = make.board(audience=Audience.COMPANIES)
        make._save(Admission(board_id=board.id, **{field: value}))
        seen = [
            board in db.session.query(Board).filter(seeing.boards_seen(cast[name])).all() for name in ACTORS
        ]
        assert seen == [False, True, False, True, True, True]


def test_a_customer_without_a_company_is_among_none(make, as_):
    make.board(name="Chosen", audience=Audience.COMPANIES)
    alone = make.person(company=None)
    assert seeing.boards_admitting(alone) == frozenset()
    assert "Chosen" not in as_(alone).get("/ideas/").text


def test_the_walls_round_a_viewer(make, cast):
    shut = make.board(audience=Audience.STAFF).id
    own = make.board(own_only=True).id
    both = make.board(own_only=True, audience=Audience.STAFF).id
    make.board()
    walls = seeing.walls_of(cast.customer)
    assert (walls.shut, walls.own_only, walls.whose) == ({shut, both}, {own}, cast.customer.id)
    assert seeing.walls_of(cast.moderator) == seeing.Walls()
