"""Ten thousand acts of everybody in any order: every number still agrees with its rows."""

import random
from datetime import timedelta

import pytest

from portal import clock
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.writing import write
from portal.errors import Refusal
from portal.forums.accepting import accept, withdraw_acceptance
from portal.ideas.deciding import change_status
from portal.ideas.models import CLOSED, Status
from portal.moderation.hiding import hide, restore
from portal.moderation.locking import lock, unlock
from portal.reputation.models import LedgerLine
from portal.voting import casting, queries, vouching
from portal.voting.models import Proof
from portal.voting.vouching import Evidence
from tests.factories import EPOCH

TOGETHER = 200
"""Acts in one transaction, to spare the disk."""


class Crowd:
    """People, ideas and questions, and one act at a time."""

    def __init__(self, make, cast, seed):
        self.chance = random.Random(seed)
        board = make.board(votes_against=True, most_per_idea=3, importance=True, vote_budget=9)
        self.people = [cast.customer, cast.other_customer, *(make.person() for _ in range(3))]
        self.moderator, self.manager, self.company = cast.moderator, cast.product_manager, cast.company
        self.ideas = [make.idea(board=board, author=self.some(self.people)) for _ in range(5)]
        self.topics = [make.topic(author=self.some(self.people)) for _ in range(3)]
        self.answers = [make.reply(t, author=self.some(self.people)) for t in self.topics for _ in range(2)]
        self.comments = []

    def some(self, things):
        return self.chance.choice(things)

    def act(self, n):
        kinds = (
            self.vote,
            self.take_back,
            self.vouch,
            self.take_over,
            self.judge_answer,
            self.decide,
            self.moderate,
            self.talk,
            self.solve,
        )
        weights = (36, 16, 6, 4, 19, 5, 3, 7, 4)
        with clock.at(EPOCH + timedelta(hours=n)):
            try:
                self.chance.choices(kinds, weights)[0]()
            except Refusal:
                return False
        return True

    def vote(self):
        more = {"weight": self.some((None, 1, 2, 3)), "importance": self.some((None, 1, 2, 3))}
        casting.cast(self.some(self.ideas), by=self.some(self.people), value=self.some((1, 1, 1, -1)), **more)

    def vouch(self):
        idea, added = self.some(self.ideas), Evidence(Proof.CALL, text="They said so.")
        there = queries.added_to(idea.id)
        if there and self.chance.random() < 0.5:
            vouching.remove(self.some(there), idea, by=self.moderator)
        else:
            voter = self.some([*self.people, self.company])
            vouching.add(idea, by=self.manager, voter=voter, evidence=added)

    def take_over(self):
        vouching.take_over(self.some(self.ideas), by=self.some(self.people))

    def take_back(self):
        casting.withdraw(self.some(self.ideas + self.answers), by=self.some(self.people))

    def judge_answer(self):
        casting.cast(self.some(self.answers), by=self.some(self.people), value=self.some((1, 1, -1)))

    def decide(self):
        closed = [idea for idea in self.ideas if idea.status in CLOSED]
        status = self.some(list(Status)) if len(closed) < 2 else Status.OPEN
        idea = self.some(closed if len(closed) > 1 else self.ideas)
        change_status(idea, to=status, by=self.manager, ground="rare")

    def moderate(self):
        things = self.ideas + self.answers + self.comments[-5:]
        hidden = [thing for thing in things if thing.is_hidden]
        locked = [idea for idea in self.ideas if idea.locked_at]
        if len(hidden) > 3 or (hidden and self.chance.random() < 0.4):
            restore(self.some(hidden), by=self.moderator, reason="So be it")
        elif locked:
            unlock(self.some(locked), by=self.moderator, reason="So be it")
        elif self.chance.random() < 0.3:
            lock(self.some(self.ideas), by=self.moderator, reason="So be it")
        else:
            hide(self.some(things), by=self.moderator, reason="So be it")

    def talk(self):
        subject = self.some(self.ideas + self.topics)
        post = write(subject, by=self.some(self.people), body=f"Word {self.chance.random()}")
        (self.answers if subject in self.topics and len(self.answers) < 30 else self.comments).append(post)

    def solve(self):
        topic = self.some(self.topics)
        if self.chance.random() < 0.3:
            withdraw_acceptance(topic, by=self.moderator)
        else:
            accept(self.some([a for a in self.answers if a.topic_id == topic.id]), by=self.moderator)


def some_acts(crowd, count):
    done = 0
    for n in range(count):
        done += crowd.act(n)
        if n % TOGETHER == TOGETHER - 1:
            db.session.commit()
    db.session.commit()
    return done


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_acts_in_four_communities_leave_every_number_right(make, cast, rows, seed):
    assert some_acts(Crowd(make, cast, seed), 2_500) > 1_500
    assert rows(Entry) > 1_500
    assert rows(LedgerLine) > 300
    assert {each.name: each.differences for each in audit_all() if each.differences} == {}


@pytest.mark.only_on("postgresql")
def test_some_acts_leave_every_number_right(make, cast):
    some_acts(Crowd(make, cast, seed=8), 500)
    assert {each.name: each.differences for each in audit_all() if each.differences} == {}
