"""Readers see every entry once, in order, whatever fails or is late."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.activity import excluding, journal, queries, reading
from portal.activity.events import IdeaEdited
from portal.activity.models import Entry, ReaderPosition
from portal.database import db
from tests.activity.readers import Remembering, RememberingElsewhere

BOTH = pytest.mark.parametrize("kind", [Remembering, RememberingElsewhere])


@pytest.fixture
def record(app):
    """`record(n)` commits n entries and returns their ids."""

    def write(count=1):
        ids = [journal.record(IdeaEdited(actor_id=None, idea_id=n)) for n in range(1, count + 1)]
        db.session.commit()
        return ids

    return write


@pytest.fixture
def follow(catch_up):
    """`follow(reader)` registers it for this test and returns it."""
    names = []

    def register(reader):
        names.append(reader.name)
        reading.readers.register(reader)
        return reader

    yield register
    for name in names:
        reading.readers.forget(name)


@BOTH
def test_every_entry_is_read_once_and_in_order(record, follow, catch_up, kind):
    reader = follow(kind())
    ids = record(3)
    assert catch_up()[reader.name] == 3
    assert catch_up()[reader.name] == 0
    ids += record(2)
    catch_up()
    assert reader.seen == ids


@BOTH
def test_many_entries_are_read_in_bounded_batches(record, follow, catch_up, kind, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 4)
    sizes = []
    reader = follow(kind(after=lambda: sizes.append(len(reader.seen))))
    record(10)
    catch_up()
    assert sizes == [4, 8, 10]


@BOTH
def test_a_failure_is_written_down_and_the_same_entries_come_again(record, follow, catch_up, kind):
    def fail():
        raise RuntimeError("the index is on fire")

    reader = follow(kind(after=fail))
    ids = record(2)
    with pytest.raises(AssertionError):
        catch_up()
    [lag] = queries.lag([reader.name])
    assert (lag.behind, lag.failure) == (2, "RuntimeError: the index is on fire")
    assert lag.failed_at is not None
    reader.after = lambda: None
    catch_up()
    [lag] = queries.lag([reader.name])
    assert (lag.behind, lag.failure, lag.failed_at) == (0, None, None)
    assert reader.seen == ids + ids


def test_what_a_failing_reader_wrote_is_taken_back(record, follow, make, catch_up):
    board = make.board(name="Before")

    def write_and_fail():
        db.session.execute(sa.text("UPDATE board SET name = 'After'"))
        raise RuntimeError

    follow(Remembering(after=write_and_fail))
    record()
    with pytest.raises(AssertionError):
        catch_up()
    db.session.refresh(board)
    assert board.name == "Before"


def test_one_that_fails_does_not_hold_up_the_others(record, follow, catch_up):
    def fail():
        raise RuntimeError

    follow(Remembering("first", after=fail))
    last = follow(Remembering("last"))
    ids = record(2)
    with pytest.raises(AssertionError):
        catch_up()
    assert last.seen == ids


def test_a_busy_reader_does_not_keep_the_others_waiting(record, follow, catch_up, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 1)
    order = []
    follow(Remembering("first", after=lambda: order.append("first")))
    follow(RememberingElsewhere("second", after=lambda: order.append("second")))
    record(3)
    catch_up()
    assert order == ["first", "second"] * 3


def test_it_stops_between_batches_when_asked(record, monkeypatch, catch_up):
    monkeypatch.setattr(reading, "BATCH", 2)
    catch_up()
    reader = Remembering()
    record(5)
    reading.catch_up(reader, stopping=lambda: len(reader.seen) >= 2)
    assert len(reader.seen) == 2


def test_only_one_process_takes_the_turn_of_a_reader_elsewhere(record, follow, catch_up):
    reader = follow(RememberingElsewhere())
    ids = record(1)
    with excluding.alone(reader.name) as mine:
        assert mine
        assert catch_up()[reader.name] == 0
    catch_up()
    assert reader.seen == ids


def test_a_reader_elsewhere_holds_no_write_lock(record, follow, catch_up, app):
    """While it works, somebody else commits."""
    done = []

    def write():
        with app.app_context():
            journal.record(IdeaEdited(actor_id=None, idea_id=7))
            db.session.commit()
        done.append(True)

    def write_from_another_thread():
        if not done:
            thread = threading.Thread(target=write)
            thread.start()
            thread.join(10)

    reader = follow(RememberingElsewhere(after=write_from_another_thread))
    record()
    catch_up()
    assert done
    assert len(reader.seen) == 2


def test_what_comes_while_another_process_has_the_turn_is_read_by_that_one(record, follow, catch_up, app):
    """The second finds the turn taken and goes away: the first looks again before it does."""
    came = []

    def come_second():
        with app.app_context():
            journal.record(IdeaEdited(actor_id=None, idea_id=7))
            db.session.commit()
            came.append(reading.catch_up(reader))

    def let_another_come():
        if not came:
            thread = threading.Thread(target=come_second)
            thread.start()
            thread.join(10)

    reader = follow(RememberingElsewhere(after=let_another_come))
    record()
    reading.catch_up(reader)
    catch_up()
    assert came == [0]
    assert len(reader.seen) == 2


def test_lag_counts_up_to_a_bound(record, monkeypatch, catch_up, at_most):
    monkeypatch.setattr(queries, "FARTHEST", 5)
    record(7)
    with at_most(queries=3):
        first, second = queries.lag(["nobody", "nobody else"])
    assert (first.behind, first.moved_at) == (5, None)
    assert first.oldest_at == db.session.scalar(sa.select(sa.func.min(Entry.at)))
    assert second.reader == "nobody else"


@pytest.fixture
def other():
    """Two more connections, to hold transactions open."""
    with db.engine.connect() as first, db.engine.connect() as second:
        yield first, second


def insert(connection):
    entry = sa.insert(Entry).values(at=sa.func.now(), kind="x", data={})
    return connection.scalar(entry.returning(Entry.id))


@pytest.mark.only_on("postgresql")
@BOTH
def test_entries_that_commit_in_the_other_order_than_their_ids(app, follow, catch_up, other, kind):
    reader = follow(kind())
    early, late = other
    low = insert(early)
    high = insert(late)
    late.commit()
    reading.catch_up(reader)
    assert reader.seen == []
    assert queries.held_back()
    assert queries.held_back_since(timedelta(0)) is not None
    assert queries.held_back_since() is None
    early.commit()
    catch_up()
    assert (reader.seen, low < high) == ([low, high], True)


@pytest.mark.only_on("postgresql")
def test_entries_whose_ids_are_in_the_other_order_than_their_transactions(app, follow, catch_up, other):
    reader = follow(Remembering())
    older, younger = other
    older.execute(sa.text("SELECT pg_current_xact_id()"))
    first = insert(younger)
    younger.commit()
    second = insert(older)
    reading.catch_up(reader)
    assert reader.seen == []
    older.commit()
    catch_up()
    assert (reader.seen, first < second) == ([second, first], True)


@pytest.mark.only_on("postgresql")
def test_two_processes_do_not_read_the_same_entries(app, record, follow, catch_up, other):
    reader = follow(Remembering())
    ids = record(2)
    catch_up()
    ids += record(2)
    locked = sa.select(ReaderPosition).where(ReaderPosition.reader == reader.name).with_for_update()
    other[0].execute(locked)
    db.session.rollback()
    assert reading.catch_up(reader) == 0
    other[0].rollback()
    catch_up()
    assert reader.seen == ids


@pytest.mark.only_on("postgresql")
def test_a_restore_into_another_cluster_is_noticed_and_mended(app, record, follow, catch_up):
    """Numbers of the old cluster, far above ours: without `rebase` new entries would never be read."""
    reader = follow(Remembering())
    ids = record(3)
    catch_up()
    ids += record(2)
    for table in (Entry, ReaderPosition):
        db.session.execute(sa.update(table).values(xid=table.xid + 10**12))
    db.session.commit()
    reading.catch_up(reader)
    [lag] = queries.lag([reader.name])
    assert "activity rebase" in lag.failure
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["activity", "rebase", "--yes"])
    assert (result.exit_code, result.output[:15]) == (0, "5 entries moved"), result.output
    ids += record(1)
    catch_up()
    assert reader.seen == ids
    newcomer = follow(Remembering("newcomer"))
    catch_up()
    assert newcomer.seen == ids


def test_there_is_nothing_to_rebase_in_ones_own_database(app, record):
    record()
    result = app.test_cli_runner().invoke(args=["activity", "rebase", "--yes"])
    assert result.exit_code == 1
    assert "nothing to rebase" in result.output
