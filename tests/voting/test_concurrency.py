"""Two hundred votes and un-votes at once, each on a connection of its own: the counter equals the rows."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Post
from portal.errors import Conflict
from portal.ideas.models import Idea
from portal.voting import casting, queries, ranking
from portal.voting.models import Vote

AT_ONCE = 12


def in_parallel(app, acts):
    """Run the acts in threads, each in a transaction of its own; returns what they returned."""

    def run(act):
        with app.app_context():
            try:
                done = act()
                db.session.commit()
                return done
            finally:
                db.session.remove()

    db.session.commit()  # the test itself must not hold the database
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, acts))


def find(kind, key):
    return db.session.get(kind, key)


@pytest.fixture
def crowd(make):
    people = [make.person() for _ in range(40)]
    return [person.id for person in people]


def test_two_hundred_votes_and_unvotes_at_once(app, make, crowd):
    idea_id = make.idea().id
    chance = random.Random(4711)
    plan = [(person_id, n % 5 != 4) for n in range(5) for person_id in crowd]
    chance.shuffle(plan)
    assert len(plan) == 200

    def act_of(person_id, votes):
        def act():
            idea, person = find(Idea, idea_id), find(Person, person_id)
            return casting.cast(idea, by=person) if votes else casting.withdraw(idea, by=person)

        return act

    changed = in_parallel(app, [act_of(*each) for each in plan])

    idea = find(Idea, idea_id)
    rows = db.session.scalar(sa.select(sa.func.count()).select_from(Vote).where(Vote.idea_id == idea_id))
    assert idea.votes_up == rows > 0
    expected = ranking.of_votes(queries.dated_values(idea_id), 30.0)
    assert idea.hot == pytest.approx(expected, abs=1e-9)
    kinds = sa.select(Entry.kind, sa.func.count()).where(Entry.kind.startswith("vote_")).group_by(Entry.kind)
    told = dict(db.session.execute(kinds).all())
    assert told["vote_cast"] - told.get("vote_withdrawn", 0) == rows
    assert sum(told.values()) == sum(changed)


def test_one_person_pressing_twice_at_once_votes_once(app, make, cast):
    idea_id, person_id = make.idea().id, cast.customer.id

    def act():
        return casting.cast(find(Idea, idea_id), by=find(Person, person_id))

    assert sum(in_parallel(app, [act] * 24)) == 1
    assert find(Idea, idea_id).votes_up == 1


def test_votes_for_and_against_at_once_on_answers(app, make, crowd):
    post_id = make.reply(make.topic()).id

    def act_of(person_id, value):
        return lambda: casting.cast(find(Post, post_id), by=find(Person, person_id), value=value)

    in_parallel(app, [act_of(person_id, value) for value in (1, -1, 1) for person_id in crowd])
    post = find(Post, post_id)
    values = list(db.session.scalars(sa.select(Vote.value).where(Vote.post_id == post_id)))
    assert (post.votes_up, post.votes_down) == (values.count(1), values.count(-1))
    assert post.votes_up + post.votes_down == len(crowd)


def test_two_hundred_presses_at_once_never_overspend_a_budget(app, make):
    """Five people, forty ideas, each pressing for up to three votes: nobody gets more than seven."""
    board = make.board(vote_budget=7, most_per_idea=3)
    authors = [make.person() for _ in range(5)]
    idea_ids = [make.idea(board=board, author=authors[n % 5]).id for n in range(40)]
    people = [author.id for author in authors]

    def act_of(idea_id, person_id, weight):
        def act():
            try:
                return casting.cast(find(Idea, idea_id), by=find(Person, person_id), weight=weight)
            except Conflict:
                db.session.rollback()
                return False

        return act

    plan = [(idea_id, person_id, n % 3 + 1) for n, idea_id in enumerate(idea_ids) for person_id in people]
    random.Random(4711).shuffle(plan)
    assert len(plan) == 200
    in_parallel(app, [act_of(*each) for each in plan])
    sums = sa.select(Vote.person_id, sa.func.sum(Vote.weight)).group_by(Vote.person_id)
    assert dict(db.session.execute(sums).all()) == dict.fromkeys(people, 7)
