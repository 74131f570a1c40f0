"""Quiet ideas: who wanted one is asked whether they still do, once; one yes keeps it, and without one it is closed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.editing import edit
from portal.discussion.writing import write
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.appeals.appealing import appeal
from portal.ideas.deciding import change_status
from portal.ideas.inquiries.cli import ask_and_close
from portal.ideas.inquiring import answering, asking, ending
from portal.ideas.inquiring.finding import months_before
from portal.ideas.inquiring.models import Inquiry, InquiryAnswer
from portal.ideas.merging.joining import merge
from portal.ideas.models import StatusChange
from portal.ideas.plans import planning
from portal.ideas.standing import BUILT_IN, BoardStatus
from portal.moderation import locking
from portal.notifications import following
from portal.notifications.models import Notice
from portal.voting import casting, vouching
from portal.voting.models import Proof, Vote
from tests.factories import EPOCH
from tests.ideas.reading import page_of, shown
from tests.voting.test_concurrency import in_parallel

NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)
"""Long after everything that factories make."""


@pytest.fixture
def board(make):
    return make.board(name="Field", quiet_months=12, quiet_days=30, vote_budget=3)


@pytest.fixture
def quiet(make, cast, board):
    """An old idea of Ines that Tomas voted for long ago."""
    idea = make.idea(board=board, author=cast.customer, title="Fax reports")
    with clock.at(EPOCH + timedelta(days=3)):
        casting.cast(idea, by=cast.other_customer)
    db.session.commit()
    return idea


def look(moment=NOW):
    """What the worker does at that moment; how many were asked and closed."""
    db.session.commit()
    with clock.at(moment):
        done = ask_and_close()
    db.session.expire_all()
    return done


def asked(idea):
    """How each inquiry about an idea ended, the first one first."""
    rows = sa.select(Inquiry.ended).where(Inquiry.idea_id == idea.id).order_by(Inquiry.id)
    return list(db.session.scalars(rows))


def audited():
    return [(each.name, each.differences) for each in audit_all() if each.differences]


@pytest.mark.parametrize(
    ("now", "months", "before"),
    [((2027, 3, 31), 1, (2027, 2, 28)), ((2028, 1, 5), 1, (2027, 12, 5)), ((2028, 2, 29), 12, (2027, 2, 28))],
)
def test_months_are_those_of_the_calendar(now, months, before):
    assert months_before(datetime(*now, tzinfo=UTC), months) == datetime(*before, tzinfo=UTC)


def test_who_wanted_it_is_asked_once(make, cast, board, quiet, catch_up):
    follower = make.person()
    with clock.at(EPOCH + timedelta(days=9)):
        following.follow(quiet, by=follower)
    assert look() == (1, 0)
    assert look(NOW + timedelta(hours=1)) == look(NOW + timedelta(days=20)) == (0, 0)
    catch_up()
    told = db.session.query(Notice).filter_by(kind="inquiry").all()
    assert {each.person_id for each in told} == {cast.customer.id, cast.other_customer.id, follower.id}
    assert {each.what for each in told} == {"2027-07-01"}
    opened = db.session.query(Entry).filter_by(kind="inquiry_opened").one()
    assert (opened.actor_id, opened.data["idea_id"], opened.data["until"]) == (None, quiet.id, "2027-07-01")


def _vote_lately(make, cast, idea):
    casting.cast(idea, by=make.person())


def _merged(make, cast, idea):
    merge(idea, make.idea(board_id=idea.board_id), by=cast.admin)


def _merged_into(make, cast, idea):
    merge(make.idea(board_id=idea.board_id), idea, by=cast.admin)


def _looked_after(make, cast, idea):
    with clock.at(EPOCH + timedelta(days=5)):
        planning.plan(idea, by=cast.admin, owner_id=cast.admin.id, review_on=(NOW + timedelta(days=1)).date())


LATELY = {
    "a vote": _vote_lately,
    "a vote for a customer": lambda make, cast, idea: vouching.add(
        idea, by=cast.admin, voter=cast.company, evidence=vouching.Evidence(Proof.CALL)
    ),
    "a comment": lambda make, cast, idea: write(idea, by=make.person(), body="Still here?"),
    "a note": lambda make, cast, idea: planning.note(idea, by=cast.admin, body="Ask sales."),
    "a plan": lambda make, cast, idea: planning.plan(idea, by=cast.admin, cost="Two weeks"),
    "another text": lambda make, cast, idea: edit(
        idea, by=cast.customer, title="Fax all reports", body="Please"
    ),
    "a look by staff": lambda make, cast, idea: change_status(idea, to="under_review", by=cast.admin),
    "a merge into it": _merged_into,
}
NEVER = {
    "planned": lambda make, cast, idea: change_status(idea, to="planned", by=cast.admin),
    "parked": lambda make, cast, idea: change_status(idea, to="parked", by=cast.admin),
    "shipped": lambda make, cast, idea: change_status(idea, to="shipped", by=cast.admin),
    "merged": _merged,
    "looked after": _looked_after,
    "locked": lambda make, cast, idea: locking.lock(idea, by=cast.admin, reason="Heated"),
}


@pytest.mark.parametrize("what", LATELY)
def test_whatever_happened_lately_keeps_it_from_being_asked(make, cast, quiet, what):
    """In the same months nobody is asked; later, when nothing more happens, they are."""
    with clock.at(NOW - timedelta(days=200)):
        LATELY[what](make, cast, quiet)
    look()
    assert asked(quiet) == []
    look(NOW + timedelta(days=200))
    assert asked(quiet) == [None]


@pytest.mark.parametrize("what", NEVER)
def test_what_is_promised_done_or_looked_after_is_never_asked(make, cast, quiet, what):
    with clock.at(EPOCH + timedelta(days=10)):
        NEVER[what](make, cast, quiet)
    look()
    assert asked(quiet) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"quiet_months": 0},
        {"closes_at": NOW - timedelta(days=1)},
        {"votes_from": NOW + timedelta(days=1)},
        {"archived_at": NOW},
        {"who_votes": "nobody"},
    ],
)
def test_boards_that_take_no_votes_do_not_ask(board, quiet, run, rule):
    for name, value in rule.items():
        setattr(board, name, value)
    assert look() == (0, 0)


@pytest.mark.parametrize("what", [*LATELY, "a yes", "kept by staff", "a lock"])
def test_one_sign_of_life_ends_it_for_the_whole_period(make, cast, quiet, what):
    look()
    with clock.at(NOW + timedelta(days=29)):
        if what == "a yes":
            answering.answer(quiet, by=cast.other_customer, says="yes")
        elif what == "kept by staff":
            assert ending.keep(quiet, by=cast.moderator)
            assert not ending.keep(quiet, by=cast.moderator)
        elif what == "a lock":
            locking.lock(quiet, by=cast.moderator, reason="Heated")
            locking.unlock(quiet, by=cast.moderator, reason="Calm again")
        else:
            LATELY[what](make, cast, quiet)
    how = asked(quiet)[0]
    assert how not in (None, "closed")
    for days in (31, 200, 390):
        look(NOW + timedelta(days=days))
    assert (asked(quiet), quiet.standing.takes_votes) == ([how], True)
    look(NOW + timedelta(days=400))
    assert asked(quiet) == [how, None]
    assert audited() == []


def test_a_no_takes_the_own_vote_back_and_nothing_else(make, cast, board, quiet):
    look()
    with clock.at(NOW + timedelta(days=1)):
        assert answering.answer(quiet, by=cast.other_customer, says="no")
        assert not answering.answer(quiet, by=cast.other_customer, says="no")
        assert answering.answer(quiet, by=cast.customer, says="no")
        assert (quiet.votes_up, asked(quiet)) == (0, [None])
        with pytest.raises(NotAllowed, match="vote for it"):
            answering.answer(quiet, by=make.person(), says="yes")
        with pytest.raises(Unusable):
            answering.answer(quiet, by=cast.customer, says="perhaps")
        assert answering.answer(quiet, by=cast.other_customer, says="yes")
        assert not answering.answer(quiet, by=cast.other_customer, says="yes")
        with pytest.raises(Conflict, match="not asked any more"):
            answering.answer(quiet, by=cast.customer, says="yes")
    assert (asked(quiet), quiet.votes_up) == (["yes"], 0)
    kinds = [each.kind for each in db.session.query(Entry).order_by(Entry.id)][-5:]
    assert kinds[-2:] == ["inquiry_answered", "inquiry_ended"]
    assert audited() == []


def test_what_nobody_wants_is_closed_and_can_be_asked_for_again(make, cast, board, quiet, catch_up):
    look()
    with clock.at(NOW + timedelta(days=2)):
        answering.answer(quiet, by=cast.customer, says="no")
    assert look(NOW + timedelta(days=29)) == (0, 0)
    assert look(NOW + timedelta(days=30)) == (0, 1)
    assert look(NOW + timedelta(days=31)) == (0, 0)
    assert (quiet.status, asked(quiet)) == ("declined", ["closed"])
    change = db.session.query(StatusChange).one()
    assert (change.ground, change.changed_by_id) == ("quiet", None)
    assert change.reason == (
        "Nothing happened here for 12 months, and within 30 days nobody said that they still want it."
    )
    vote = db.session.query(Vote).one()
    assert (vote.returned_for, vote.idea_id) == ("closing", quiet.id)
    catch_up()
    told = db.session.query(Notice).filter_by(kind="status", idea_id=quiet.id)
    assert sorted(each.person_id for each in told) == [cast.customer.id, cast.other_customer.id]
    board.revive_at = 1
    assert appeal(quiet, by=cast.other_customer)
    assert quiet.asked_again_at is not None
    assert audited() == []


@pytest.mark.parametrize(
    ("status", "becomes"), [("declined", "declined"), ("gone", "declined"), ("archive", "archive")]
)
def test_the_board_says_what_becomes_of_it(make, quiet, board, status, becomes):
    """A status that the board has no more is replaced by one that it has."""
    for place, each in enumerate(BUILT_IN):
        fields = {"key": each.key, "name": each.name, "meaning": each.meaning, "votes": each.votes}
        make._save(BoardStatus(board_id=board.id, position=place, **fields))
    make._save(BoardStatus(board_id=board.id, position=9, key="archive", name="Archive", votes="closed"))
    board.quiet_status = status
    look()
    look(NOW + timedelta(days=30))
    assert quiet.status == becomes


def test_what_may_not_be_closed_any_more_stays_open(quiet, board):
    look()
    board.closes_at = NOW + timedelta(days=3)
    assert look(NOW + timedelta(days=30)) == (0, 1)
    assert (quiet.status, asked(quiet)) == ("open", ["overtaken"])


def test_a_vote_on_an_idea_that_was_merged_into_it_counts_for_it(make, cast, board, quiet):
    board.most_per_idea = 2
    source, voter = make.idea(board=board), make.person()
    with clock.at(EPOCH + timedelta(days=5)):
        casting.cast(source, by=voter)
        merge(source, quiet, by=cast.admin)
    look()
    with clock.at(NOW + timedelta(days=1)):
        casting.cast(quiet, by=voter, weight=2)
    assert (asked(source), asked(quiet)) == ([], ["vote"])


def test_a_vote_that_did_not_know_of_the_question_counts_too(make, quiet):
    """Both at the same moment: the vote ended nothing, and the idea stays open all the same."""
    look()
    facts = {
        "person_id": make.person().id,
        "idea_id": quiet.id,
        "value": 1,
        "cast_at": NOW + timedelta(seconds=1),
    }
    make._save(Vote(**facts))
    look(NOW + timedelta(days=30))
    assert (quiet.status, asked(quiet)) == ("open", ["overtaken"])


def test_a_huge_board_never_makes_a_flood(app, make, board, monkeypatch):
    """A few each day, in transactions of their own; whoever is killed goes on, and two at once ask once."""
    monkeypatch.setattr(asking, "MOST", 7)
    monkeypatch.setattr(asking, "BATCH", 3)
    author = make.person()
    ids = [make.idea(board=board, author=author).id for _ in range(20)]
    with clock.at(NOW):
        turns = iter([False, False, True])
        assert ask_and_close(lambda: next(turns)) == (3, 0)
        db.session.rollback()
        in_parallel(app, [lambda: _at(NOW)] * 3)
    assert db.session.query(Inquiry).count() == 7
    assert look(NOW + timedelta(hours=5)) == (0, 0)
    assert [look(NOW + timedelta(days=n))[0] for n in (1, 2, 3)] == [7, 6, 0]
    rows = db.session.query(Inquiry).order_by(Inquiry.id)
    assert [each.idea_id for each in rows] == ids
    in_parallel(app, [lambda: _at(NOW + timedelta(days=40))] * 3)
    assert db.session.query(StatusChange).count() == 20
    assert audited() == []


def _at(moment):
    with clock.at(moment):
        return ask_and_close()


def test_the_command_says_beforehand_what_it_would_do(run, make, cast, board, quiet):
    board.quiet_months = 0
    db.session.commit()
    assert "No board asks" in run("ideas", "stale", "--dry-run").output
    board.quiet_months = 12
    db.session.commit()
    with clock.at(clock.now() - timedelta(days=500)):
        quiet.created_at = clock.now()
    for vote in db.session.query(Vote):
        vote.cast_at = quiet.created_at
    db.session.commit()
    said = run("ideas", "stale", "--dry-run").output
    assert "Field: 1 quiet, 1 would be asked about today, 0 are due." in said
    assert f"ask    {quiet.id} Fax reports" in said
    assert asked(quiet) == []
    assert run("ideas", "stale").output == "Asked about: 1. Inquiries ended: 0.\n"
    inquiry = db.session.query(Inquiry).one()
    inquiry.asked_at, inquiry.until = clock.now() - timedelta(days=31), clock.now() - timedelta(days=1)
    db.session.commit()
    said = run("ideas", "stale", "--dry-run").output
    assert "Field: 0 quiet, 0 would be asked about today, 1 are due." in said
    assert f"close as Declined: {quiet.id} Fax reports" in said
    assert run("ideas", "stale").output == "Asked about: 0. Inquiries ended: 1.\n"
    assert quiet.status == "declined"


@pytest.fixture
def asked_now(make, quiet):
    """People are asked about it since an hour."""
    now = clock.now()
    make._save(Inquiry(idea_id=quiet.id, asked_at=now - timedelta(hours=1), until=now + timedelta(days=30)))
    return quiet


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


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["look", "look", "wait", "wait", "vote", "back", "yes", "no", "comment", "staff", "status"]
        ),
        st.integers(0, 2),
        st.integers(1, 40),
    ),
    max_size=30,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(STEPS)
def test_any_order_of_acts_and_time(make, cast, steps):
    """Asked at most once in a period, and never closed after a yes; counters equal the rows all the time."""
    board = make.board(quiet_months=2, quiet_days=20)
    people = [make.person() for _ in range(3)]
    idea, now, signs = make.idea(board=board, author=people[0]), NOW, []
    for act, who, days in steps:
        with clock.at(now):
            now += timedelta(minutes=1)
            try:
                if act == "wait":
                    now += timedelta(days=days)
                elif act == "look":
                    ask_and_close()
                else:
                    signs += [clock.now()] if _do(act, idea, people[who], cast) else []
            except (Conflict, NotAllowed):
                db.session.rollback()
            db.session.commit()
    rows = db.session.query(Inquiry).filter_by(idea_id=idea.id).order_by(Inquiry.id).all()
    for before, after in pairwise(rows):
        assert before.ended_at is not None
        assert months_before(after.asked_at, 2) >= before.ended_at
    for each in rows:
        assert not [at for at in signs if months_before(each.asked_at, 2) < at <= each.asked_at]
        if each.ended == "closed":
            assert not [at for at in signs if each.asked_at <= at <= each.ended_at]
            assert each.ended_at >= each.until
    assert audited() == []


def _do(act, idea, person, cast):
    """Whether that was a sign of life."""
    if act == "vote":
        return casting.cast(idea, by=person)
    if act == "back":
        casting.withdraw(idea, by=person)
    elif act in ("yes", "no"):
        return answering.answer(idea, by=person, says=act) and act == "yes"
    elif act == "comment":
        write(idea, by=person, body=f"Word at {clock.now()}")
        return True
    elif act == "staff":
        planning.note(idea, by=cast.moderator, body="Seen.")
        return True
    else:
        to = "open" if idea.status == "declined" else "under_review"
        return change_status(idea, to=to, by=cast.product_manager)
    return False


def test_the_audit_sees_a_yes_that_ended_nothing(asked_now, cast):
    inquiry = db.session.query(Inquiry).one()
    facts = {"inquiry_id": inquiry.id, "person_id": cast.customer.id, "says": "yes", "at": clock.now()}
    db.session.add(InquiryAnswer(**facts))
    db.session.commit()
    assert [name for name, _ in audited()] == ["whether ideas are still wanted"]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_answering_in_the_browser(visit, cast, asked_now, script, axe):
    """On a phone: in the own list a no, on the page a yes after all; by keyboard."""
    key = asked_now.id
    page = visit(cast.other_customer, script=script, width=390)
    page.goto("/ideas/?mine=voted")
    page.focus("button:text('No longer')")
    page.keyboard.press("Enter")
    if script:
        page.wait_for_selector("text=You said that you do not want it any more.")
        assert axe(page) == []
        assert page.get_attribute(f"#vote-idea-{key}-button", "aria-pressed") == "false"
    else:
        # Without the vote it stands in this list no more.
        page.wait_for_selector("text=Your word is noted")
        page.wait_for_selector("text=No idea is like that")
    page.goto(f"/ideas/{key}")
    page.wait_for_selector("text=You said that you do not want it any more.")
    page.click("button:text('Yes, I still want it')")
    if script:
        page.wait_for_selector("text=Thank you. It stays open.")
        assert axe(page) == []
    page.wait_for_selector("text=still wanted", state="detached")
    page.goto(f"/ideas/{key}")
    page.wait_for_selector("h1:text('Fax reports')")
    assert page.locator(".notice").count() == 0
