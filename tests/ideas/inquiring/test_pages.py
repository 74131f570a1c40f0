"""Where people are asked whether they still want an idea, where staff see it, and where the rule is made."""

from datetime import timedelta

from portal import clock
from portal.database import db
from portal.ideas.inquiries.cli import ask_and_close
from portal.ideas.inquiring import answering
from portal.voting.models import Vote
from tests.ideas.inquiring.looking import asked
from tests.ideas.reading import page_of, shown


def test_it_is_asked_on_the_page_and_in_the_own_list(as_, cast, make, asked_now, at_most):
    path = f"/ideas/{asked_now.id}"
    me, other = as_(cast.other_customer), as_(make.person())
    for page in (path, "/ideas/?mine=voted"):
        assert "Do you still want this?" in shown(me.get(page))
        assert "“No longer” takes your vote back." in shown(me.get(page))
    assert "Do you still want this?" in shown(as_(cast.customer).get("/ideas/?mine=written"))
    assert "Do you still want this?" not in shown(me.get("/ideas/"))
    for stranger in (as_(None), other):
        assert "A vote or a comment keeps it open." in shown(stranger.get(path))
        assert "Yes, I still want it" not in shown(stranger.get(path))
    assert other.put(f"{path}/still-wanted", data={"says": "yes"}).status_code == 403
    assert me.put(f"{path}/still-wanted", data={"says": "maybe"}).status_code == 400
    with at_most(queries=6):
        me.get("/ideas/?mine=voted")
    for _ in range(2):
        assert me.put(f"{path}/still-wanted", data={"says": "no"}).status_code == 303
    assert "You said that you do not want it any more." in shown(me.get(path))
    assert db.session.query(Vote).count() == 0
    again = me.htmx("PUT", f"{path}/still-wanted", data={"says": "yes"})
    assert "Thank you. It stays open." in again.text
    assert "still want" not in shown(me.get(path))


def test_staff_see_what_is_asked_and_may_keep_it(as_, cast, make, asked_now, at_most):
    desk = as_(cast.product_manager)
    assert "/ideas/still-wanted" in desk.get("/desk/").text
    assert "/ideas/still-wanted" in desk.get("/admin/").text
    answering.answer(asked_now, by=cast.customer, says="no")
    db.session.commit()
    page = shown(desk.get("/ideas/still-wanted"))
    assert "0 yes and 1 no so far" in page
    assert "Fax reports" in page
    with at_most(queries=3):
        desk.get("/ideas/still-wanted")
    assert "Keep it open" in shown(desk.get(f"/ideas/{asked_now.id}"))
    for _ in range(2):
        assert desk.put(f"/ideas/{asked_now.id}/still-wanted/keeping").status_code == 303
    assert "Nobody is asked about anything" in shown(desk.get("/ideas/still-wanted"))
    past = shown(desk.get("/ideas/still-wanted?list=past"))
    assert "Staff kept it open, Mira Kovač" in past
    assert as_(cast.customer).put(f"/ideas/{asked_now.id}/still-wanted/keeping").status_code == 403


def test_the_rule_is_explained_before_it_is_saved(as_, cast, make, board, quiet):
    desk, path = as_(cast.product_manager), f"/admin/boards/{board.id}/rules"
    for vote in db.session.query(Vote):
        vote.cast_at = quiet.created_at = clock.now() - timedelta(days=200)
    quiet.edited_at = None
    for entry in (make.idea(board=board), make.idea(board=board)):
        entry.created_at = clock.now()
    sent = {
        "vote_budget": 3, "most_per_idea": 1, "least_votes_to_post": 0, "counts_hidden": "never",
        "counts_hidden_days": 14, "revive_at": 10, "quiet_months": 6, "quiet_days": 14, "quiet_status": "declined",
    }  # fmt: skip
    said = desk.put(path, data=sent)
    assert said.status_code == 422
    assert "That is 1 idea and 2 people today." in shown(said)
    assert "nobody says yes within 14 days, the idea is Declined and its votes are free" in shown(said)
    mark = page_of(said).find(".//input[@name='agreed']").get("value")
    assert desk.put(path, data=sent | {"agreed": mark}).status_code == 303
    db.session.expire_all()
    assert (board.quiet_months, board.quiet_days, board.quiet_status) == (6, 14, "declined")
    for wrong in (
        {"quiet_status": "shipped"},
        {"quiet_status": "x" * 500},
        {"quiet_days": 0},
        {"quiet_months": -1},
    ):
        assert desk.put(path, data=sent | wrong).status_code == 422
    with clock.at(clock.now()):
        assert ask_and_close() == (1, 0)
    off = sent | {"quiet_months": 0}
    said = desk.put(path, data=off)
    assert "1 idea about which people are asked now stays open." in shown(said)
    mark = page_of(said).find(".//input[@name='agreed']").get("value")
    desk.put(path, data=off | {"agreed": mark})
    assert asked(quiet) == ["rule"]
