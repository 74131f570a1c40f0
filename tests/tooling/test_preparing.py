"""What PostgreSQL prepared of a statement serves the next request, too, whatever became of the one before."""

import psycopg
import pytest
import sqlalchemy as sa

from portal.accounts.models import Person
from portal.database import db

pytestmark = pytest.mark.only_on("postgresql")
ENOUGH = 8
"""So often a statement is asked until the driver has the server prepare it."""

SPOILED = sa.text("SELECT 1 / 0")


@pytest.fixture
def ask(make):
    """Asks for somebody by name; returns how many plans the server made for that until now."""
    make.person(name="Ada")
    counting = sa.text(
        "SELECT coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements WHERE statement LIKE :like"
    )

    def ask():
        assert db.session.scalar(sa.select(Person.name).where(Person.name == "Ada")) == "Ada"
        return db.session.scalar(counting, {"like": "SELECT person.name%"})

    return ask


def test_a_request_uses_what_one_before_had_prepared(ask):
    for _ in range(ENOUGH):
        ask()
        db.session.rollback()
    assert ask() > 1


def test_a_transaction_that_failed_takes_nothing_away(ask):
    for _ in range(ENOUGH):
        ask()
        with pytest.raises(sa.exc.DataError):
            db.session.execute(SPOILED)
        db.session.rollback()
    assert ask() > 1


def test_what_was_written_is_undone_all_the_same(ask):
    db.session.execute(sa.update(Person).values(name="Grace"))
    db.session.rollback()
    assert ask() is not None


def test_a_connection_that_was_lost_says_so(app):
    theirs = db.engine.raw_connection()
    theirs.execute("SELECT 1")
    theirs.driver_connection.pgconn.finish()
    with pytest.raises(psycopg.OperationalError):
        theirs.driver_connection.rollback()
    theirs.invalidate()
