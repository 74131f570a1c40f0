"""`flask ideas stale` says beforehand what it would do."""

from datetime import timedelta

from portal import clock
from portal.database import db
from portal.ideas.inquiring.models import Inquiry
from portal.voting.models import Vote
from tests.ideas.inquiring.looking import asked


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
    inquiry.asked_at = inquiry.told_at = clock.now() - timedelta(days=31)
    inquiry.until = clock.now() - timedelta(days=1)
    db.session.commit()
    said = run("ideas", "stale", "--dry-run").output
    assert "Field: 0 quiet, 0 would be asked about today, 1 are due." in said
    assert f"close as Declined: {quiet.id} Fax reports" in said
    assert run("ideas", "stale").output == "Asked about: 0. Inquiries ended: 1.\n"
    assert quiet.status == "declined"
