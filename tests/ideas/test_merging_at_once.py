"""Merging while people vote, each on a connection of its own: counters equal rows, and nobody counts twice."""

import random
from itertools import permutations

from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.database import db
from portal.errors import Conflict
from portal.ideas.merging.joining import merge
from portal.ideas.merging.queries import standing_for
from portal.ideas.merging.separating import part
from portal.ideas.models import Idea
from portal.voting import casting
from portal.voting.models import Vote
from tests.voting.test_concurrency import in_parallel


def find(idea_id):
    return db.session.get(Idea, idea_id)


class Acts:
    """Acts of their own transactions; a refusal is no failure."""

    def __init__(self, manager_id):
        self.manager_id = manager_id

    def trying(self, act, *ids):
        def attempt():
            try:
                return act(*ids)
            except Conflict:
                db.session.rollback()
                return False

        return attempt

    @property
    def manager(self):
        return db.session.get(Person, self.manager_id)

    def vote(self, person_id, idea_id):
        person = db.session.get(Person, person_id)
        return casting.cast(standing_for(find(idea_id), person), by=person)

    def take_back(self, person_id, idea_id):
        person = db.session.get(Person, person_id)
        return casting.withdraw(standing_for(find(idea_id), person), by=person)

    def merge(self, source, into):
        return merge(find(source), find(into), by=self.manager)

    def part(self, source):
        return part(find(source), by=self.manager)


def test_parallel_merges_partings_and_votes(app, make, cast):
    board, acts = make.board(vote_budget=6), Acts(cast.product_manager.id)
    ideas = [make.idea(board=board, author=cast.moderator).id for _ in range(3)]
    people = [make.person().id for _ in range(12)]
    plan = [acts.trying(acts.vote, person, idea) for person in people for idea in ideas]
    plan += [acts.trying(acts.take_back, person, ideas[0]) for person in people[::2]]
    plan += [acts.trying(acts.merge, *pair) for pair in permutations(ideas, 2)] * 2
    plan += [acts.trying(acts.part, idea) for idea in ideas * 2]
    random.Random(4711).shuffle(plan)
    in_parallel(app, plan)
    assert not [(each.name, each.differences) for each in audit_all() if each.differences]
    for idea in db.session.query(Idea):
        counting = db.session.query(Vote).filter_by(counts_for_id=idea.id).count()
        assert idea.is_merged or idea.votes_up == counting
    for source in ideas * 2:
        acts.part(source)
    db.session.commit()
    for idea in db.session.query(Idea):
        assert idea.votes_up == db.session.query(Vote).filter_by(idea_id=idea.id).count()


def test_two_who_merge_each_other_at_once_end_with_one_merge(app, make, cast):
    one, other, acts = make.idea().id, make.idea().id, Acts(cast.product_manager.id)
    both = [acts.trying(acts.merge, one, other), acts.trying(acts.merge, other, one)]
    assert sum(in_parallel(app, both * 4)) == 1
    assert [each.sources for each in db.session.query(Idea) if not each.is_merged] == [1]
