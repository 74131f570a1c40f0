"""Two who take several ideas at once take them in one order: each waits for the other, and nobody for ever."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.admin.statuses import arranging
from portal.database import db
from portal.discussion.models import Post
from portal.ideas.bulk.handling import merge_all, set_status
from portal.ideas.changelog.models import ChangelogEntry
from portal.ideas.changelog.publishing import publish
from portal.ideas.merging.joining import merge
from portal.ideas.merging.separating import part
from portal.ideas.merging.settling import settle
from portal.ideas.models import Idea
from portal.insights.recounting import recount
from portal.moderation.hiding import hide
from portal.moderation.workarounds import helping
from portal.moderation.workarounds.marking import mark
from portal.voting import casting, vouching
from portal.voting.models import Proof, Vote

pytestmark = pytest.mark.only_on("postgresql")

TAKING = re.compile(r"FROM idea\b.* FOR (NO KEY )?UPDATE", re.DOTALL)
PEOPLE = re.compile(r"(UPDATE person\b|FROM person\b.* FOR (NO KEY )?UPDATE)", re.DOTALL)
WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
SECONDS = 20


class Crossing:
    """Runs one act up to where it has taken its first ideas, then another until it waits for those or is done, then
    both to their ends. Each has a connection of its own. `at` says what is waited for instead of ideas."""

    def __init__(self, app, at=TAKING):
        self.app, self.at = app, at
        self.taken, self.go_on = threading.Event(), threading.Event()

    def run(self, act, *, pausing):
        def pause(_connection, _cursor, statement, *_rest):
            if threading.current_thread() is me and self.at.search(statement) and not self.taken.is_set():
                self.taken.set()
                assert self.go_on.wait(SECONDS)

        me = threading.current_thread()
        with self.app.app_context():
            if pausing:
                event.listen(db.engine, "after_cursor_execute", pause)
            try:
                act()
                db.session.commit()
            finally:
                if pausing:
                    event.remove(db.engine, "after_cursor_execute", pause)
                db.session.remove()

    def cross(self, first, second):
        db.session.commit()
        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(self.run, first, pausing=True)
            assert self.taken.wait(SECONDS), one.exception()
            other = pool.submit(self.run, second, pausing=False)
            with db.engine.connect() as looking:
                while not other.done() and not looking.scalar(WAITING):
                    looking.rollback()
            self.go_on.set()
            one.result(SECONDS)
            other.result(SECONDS)
        db.session.rollback()


def idea(key):
    return db.session.get_one(Idea, key)


@pytest.fixture
def family(make, cast):
    """An idea that counts for an older and for a newer one, each with votes of the same customer and company."""
    board = make.board(votes_against=True)
    older, top, newer, other = (make.idea(board=board, author=cast.moderator) for _ in range(4))
    for each in (older, top, newer):
        casting.cast(each, by=cast.customer)
        vouching.add(
            each,
            by=cast.moderator,
            voter=make.company(),
            evidence=vouching.Evidence(Proof.CALL, "https://calls.example/1"),
        )
    db.session.commit()
    for each in (older, newer):
        merge(each, top, by=cast.product_manager)
    db.session.commit()
    return older.id, top.id, newer.id, other.id


def acts(family, cast):
    """Everything that takes several ideas, by name."""
    older, top, newer, other = family
    ids = {"customer": cast.customer.id, "manager": cast.product_manager.id}

    def by(role):
        return db.session.get_one(Person, ids[role])

    def remove():
        added = sa.select(Vote).where(Vote.idea_id == older, Vote.added_by_id.is_not(None))
        vouching.remove(db.session.scalars(added).one(), idea(top), by=by("manager"))

    return {
        "taking back": lambda: casting.withdraw(idea(top), by=by("customer")),
        "voting otherwise": lambda: casting.cast(idea(top), by=by("customer"), value=-1),
        "removing": remove,
        "parting": lambda: part(idea(older), by=by("manager")),
        "merging the top": lambda: merge(idea(top), idea(other), by=by("manager")),
        "merging all": lambda: merge_all(
            [idea(other), *db.session.scalars(sa.select(Idea).where(Idea.id == top))], by=by("manager")
        ),
        "settling": lambda: settle([newer, top]),
        "counting again": lambda: recount([older, top, newer, other]),
    }


ALL = (
    "taking back",
    "voting otherwise",
    "removing",
    "parting",
    "merging the top",
    "merging all",
    "settling",
)


@pytest.mark.parametrize("name", ALL)
def test_nobody_waits_for_ever_while_demand_is_counted(app, cast, family, name):
    every = acts(family, cast)
    Crossing(app).cross(every[name], every["counting again"])
    recount(family)
    db.session.commit()
    assert not [(each.name, each.differences) for each in audit_all() if each.differences]


def test_a_vote_while_the_workaround_is_hidden_that_stands_under_what_was_merged(app, make, cast, family):
    _, top, newer, _ = family
    comment = make.comment(idea(newer))
    mark(idea(top), comment, by=cast.moderator)
    helping.say(idea(top), by=cast.customer)
    moderator, customer, post = cast.moderator.id, cast.customer.id, comment.id

    def hiding():
        hide(db.session.get_one(Post, post), by=db.session.get_one(Person, moderator), reason="Spam")

    def voting():
        casting.cast(idea(top), by=db.session.get_one(Person, customer), value=-1)

    Crossing(app).cross(hiding, voting)
    assert (idea(top).helped, idea(top).votes_down) == (0, 1)


def test_two_merge_many_at_once(app, make, cast):
    """One press merges A, B and C, the other C, D and A, each into the one that most want."""
    board = make.board()
    a, b, c, d = (make.idea(board=board).id for _ in range(4))
    for key, votes in ((b, 2), (d, 2), (c, 1)):
        for _ in range(votes):
            casting.cast(idea(key), by=make.person())
    db.session.commit()
    manager = cast.product_manager.id

    def merging(*ids):
        return lambda: merge_all([idea(key) for key in ids], by=db.session.get_one(Person, manager))

    Crossing(app).cross(merging(a, b, c), merging(c, d, a))
    assert idea(a).merged_into_id == idea(c).merged_into_id == b
    assert idea(d).merged_into_id is None


@pytest.fixture
def crossed(make, cast):
    """Four ideas of two authors, whose points change when they are planned or shipped: Ada, Bo, Bo, Ada."""
    ada, bo, board = make.person(), make.person(), make.board()
    ideas = [make.idea(board=board, author=each).id for each in (ada, bo, bo, ada)]
    return ideas, cast.product_manager.id


def planning(manager, *ids):
    """A press on the desk that plans these ideas."""
    return lambda: set_status(
        [idea(key) for key in ids], by=db.session.get_one(Person, manager), status="planned"
    )


def statuses(ids):
    return [str(idea(key).status) for key in ids]


def test_two_who_decide_on_different_ideas_of_the_same_authors(app, crossed):
    ids, manager = crossed
    Crossing(app, PEOPLE).cross(planning(manager, *ids[:2]), planning(manager, *ids[2:]))
    assert statuses(ids) == ["planned"] * 4


def test_a_vote_on_one_of_many_that_are_decided_upon(app, make, crossed):
    """The vote holds an idea of Ada and wants her points; the press has her points and comes to that idea last."""
    (first, _, _, last), manager = crossed
    voter = make.person().id

    def vote():
        casting.cast(idea(last), by=db.session.get_one(Person, voter))

    Crossing(app, PEOPLE).cross(planning(manager, first, last), vote)
    assert statuses([first, last]) == ["planned"] * 2
    assert idea(last).votes_up == 1


def test_an_entry_of_the_changelog_ships_ideas_of_the_same_authors(app, make, crossed):
    ids, manager = crossed
    entry = make.entry([idea(key) for key in ids[:2]], stage="draft").id

    def ship():
        publish(db.session.get_one(ChangelogEntry, entry), by=db.session.get_one(Person, manager))

    Crossing(app, PEOPLE).cross(ship, planning(manager, *ids[2:]))
    assert statuses(ids) == ["shipped"] * 2 + ["planned"] * 2


def test_a_status_that_is_given_up_moves_ideas_of_the_same_authors(app, make, cast, crossed):
    ids, manager = crossed
    admin = cast.admin.id
    for key in ids[:2]:
        db.session.get_one(Idea, key).status = "parked"
    db.session.commit()

    def give_up():
        by = db.session.get_one(Person, admin)
        arranging.archive(arranging.find(None, "parked"), by=by, target="planned")

    arranging.own(None)
    Crossing(app, PEOPLE).cross(give_up, planning(manager, *ids[2:]))
    assert statuses(ids) == ["planned"] * 4
