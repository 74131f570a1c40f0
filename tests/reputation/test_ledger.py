"""The ledger only grows, and the balance is always its sum."""

import pytest
import sqlalchemy as sa

from portal.database import db
from portal.reputation import ledger, rebuilding
from portal.reputation.claims import Claim
from portal.reputation.models import LedgerLine


def claim(person, cause="idea_vote:1:2", rule="idea_upvoted"):
    return Claim(cause, person.id, None, rule, "idea", 1)


@pytest.mark.parametrize("change", [sa.update(LedgerLine).values(granted=999), sa.delete(LedgerLine)])
def test_the_database_refuses_to_change_or_delete_a_line(cast, change):
    ledger.grant(claim(cast.customer))
    db.session.commit()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(change)
    db.session.rollback()
    assert db.session.scalar(sa.select(LedgerLine.granted)) == 2


def test_a_cause_is_granted_once_reversed_once_and_may_come_again(cast, rows):
    assert ledger.grant(claim(cast.customer))
    assert not ledger.grant(claim(cast.customer))
    assert ledger.reverse("idea_vote:1:2", actor_id=None, reason="vote withdrawn")
    assert not ledger.reverse("idea_vote:1:2", actor_id=None, reason="vote withdrawn")
    assert ledger.grant(claim(cast.customer))
    assert [each.key for each in db.session.scalars(sa.select(LedgerLine).order_by(LedgerLine.id))] == [
        "idea_vote:1:2#1",
        "idea_vote:1:2#2",
        "idea_vote:1:2#3",
    ]
    assert len(ledger.standing()) == 1


def test_the_same_key_cannot_be_written_twice(cast):
    ledger.grant(claim(cast.customer))
    line = db.session.scalar(sa.select(LedgerLine))
    copy = {c.name: getattr(line, c.name) for c in LedgerLine.__table__.columns if c.name != "id"}
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.insert(LedgerLine).values(**copy))
    db.session.rollback()


def test_rebuild_check_finds_a_wrong_balance_and_rebuild_mends_it(run, cast):
    ledger.grant(claim(cast.customer))
    cast.customer.reputation = 99
    found = run("reputation", "rebuild", "--check")
    assert found.exit_code == 1
    assert f"person {cast.customer.id}: reputation 99, ledger 2" in found.output
    assert "1 balances set right" in run("reputation", "rebuild").output
    assert run("reputation", "rebuild", "--check").exit_code == 0
    assert not list(rebuilding.wrong_balances())
