"""Quiet ideas in any order of acts and time."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.database import db
from portal.discussion.writing import write
from portal.errors import Conflict, NotAllowed
from portal.ideas.deciding import change_status
from portal.ideas.inquiries.cli import ask_and_close
from portal.ideas.inquiring import answering
from portal.ideas.inquiring.finding import months_before
from portal.ideas.inquiring.models import Inquiry
from portal.ideas.plans import planning
from portal.voting import casting
from tests.ideas.inquiring.looking import NOW, audited, tell
from tests.trying import examples

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "look",
                "look",
                "tell",
                "tell",
                "wait",
                "wait",
                "vote",
                "back",
                "yes",
                "no",
                "comment",
                "staff",
                "status",
            ]
        ),
        st.integers(0, 2),
        st.integers(1, 40),
    ),
    max_size=30,
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
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
                elif act == "tell":
                    tell()
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
            assert each.ended_at >= each.until >= each.told_at + timedelta(days=20)
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
