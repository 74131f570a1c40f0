"""A check of an import works on a copy: nobody waits for it, nothing of it stays, and it says what the import would say."""

import contextvars
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from portal.copying import on_a_copy
from portal.database import db
from portal.ideas.models import Idea
from portal.transfer import choosing
from portal.transfer.tables.bringing import Bringing
from portal.transfer.tables.mapping import Wishes
from portal.transfer.tables.opening import tables_in
from portal.voting import casting
from portal.voting.models import Vote

SECONDS = 20


@pytest.fixture
def table(tmp_path):
    """A table that was taken once, with other words for its idea by now, and a voter who was not there."""
    path = tmp_path / "ideas.csv"
    path.write_text("id,title,votes\n1,Offline mode,3\n")
    return path


def bringing(path):
    return Bringing(tables_in([path]), choosing.preset("table"), Wishes(source="old"))


def test_people_vote_while_an_import_is_checked(app, make, cast, table, tmp_path):
    """A voter comes while the rows that the import changes are changed in the copy, and does not wait for its end."""
    bringing(table).run()
    db.session.commit()
    table.write_text("id,title,votes\n1,Offline mode on the train,5\n2,Dark theme,1\n")
    before = db.session.query(Idea).one()
    idea_id, voter_id, revised = before.id, cast.customer.id, (before.title, before.imported_up)
    db.session.commit()

    def vote():
        with app.app_context():
            casting.cast(
                db.session.get_one(Idea, idea_id), by=db.session.get_one(type(cast.customer), voter_id)
            )
            db.session.commit()
            db.session.remove()

    with on_a_copy(tmp_path / "copy.sqlite"):
        report = bringing(table).run()
        assert (report.taken["ideas"], report.changed["ideas"]) == (1, 1)
        assert db.session.query(Idea).count() == 2
        with ThreadPoolExecutor(1) as pool:
            pool.submit(contextvars.Context().run, vote).result(SECONDS)
        assert db.session.query(Vote).count() == 0
    db.session.expire_all()
    (after,) = db.session.query(Idea)
    assert (after.title, after.imported_up, after.votes_up) == (*revised, 1)


def test_rules_of_the_database_hold_in_the_copy(make, cast, tmp_path):
    with on_a_copy(tmp_path / "copy.sqlite"):
        db.session.add(Vote(person_id=10**9, idea_id=10**9, value=1, cast_at=cast.customer.created_at))
        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
    assert db.session.query(Vote).count() == 0


@pytest.mark.only_on("postgresql")
def test_the_copy_is_gone_and_holds_nothing_of_the_real_tables(make, cast, tmp_path):
    make.idea()
    held = sa.text(
        "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation "
        "WHERE relname IN ('idea', 'vote', 'person') AND relpersistence = 'p'"
    )
    copies = sa.text("SELECT count(*) FROM pg_class WHERE relname = 'idea' AND relpersistence = 't'")
    with on_a_copy(tmp_path / "copy"):
        db.session.query(Idea).one().title = "Another"
        db.session.flush()
        with db.engine.connect() as looking:
            assert (looking.scalar(held), looking.scalar(copies)) == (0, 1)
    # The server notices a closed connection in its own time.
    end = time.monotonic() + SECONDS
    with db.engine.connect() as looking:
        while looking.scalar(copies):
            assert time.monotonic() < end
            looking.rollback()
