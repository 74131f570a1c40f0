"""Marking, helping, hiding and parting at the same moment: whom it helps is counted once, and nobody waits for ever."""

import re

import pytest

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.discussion.models import Link, Post
from portal.discussion.writing import write
from portal.forums.models import Topic
from portal.ideas.merging.joining import hold
from portal.ideas.models import Idea
from portal.moderation import hiding
from portal.moderation.converting.asking import ask
from portal.moderation.converting.proposing import propose
from portal.moderation.converting.queries import find
from portal.moderation.converting.separating import part as separate
from portal.moderation.workarounds import helping
from portal.moderation.workarounds.marking import mark
from portal.moderation.workarounds.models import Help, Workaround
from portal.voting import casting
from tests.ideas.test_lock_order import Crossing
from tests.moderation.workarounds.counted import helped
from tests.voting.test_concurrency import in_parallel


def test_many_at_once_are_counted_once_each(app, make, cast, idea, comment, rows):
    mark(idea, comment, by=cast.moderator)
    people = [make.person().id for _ in range(4)]
    for key in people:
        casting.cast(idea, by=db.session.get(Person, key))
    db.session.commit()
    idea_id = idea.id

    def saying(key):
        return lambda: helping.say(db.session.get(Idea, idea_id), by=db.session.get(Person, key))

    done = in_parallel(app, [saying(key) for key in people * 3])
    assert sorted(done) == [False] * 8 + [True] * 4
    assert (helped(idea), rows(Help)) == (4, 4)


@pytest.fixture
def answered(make, cast):
    """An idea of a question, for which Tomas voted, and an answer to the question."""
    topic = make.topic(author=cast.customer)
    answer = make.reply(topic, body="Press P.")
    made = propose(topic, board=make.board(), title="Printing", body="A button", by=cast.moderator)
    idea = db.session.get(Idea, made.idea_id)
    casting.cast(idea, by=cast.other_customer)
    db.session.commit()
    return idea, answer


def crossing(app, at, first, second):
    """Both acts at once, the second from where the first has sent what `at` says."""

    def act(each):
        return lambda: each(lambda kind, key: db.session.get_one(kind, key))

    Crossing(app, re.compile(at, re.DOTALL)).cross(act(first), act(second))


@pytest.mark.only_on("postgresql")
def test_an_answer_that_is_hidden_while_it_is_marked_works_around_nothing(app, cast, answered, rows):
    idea, answer, moderator = answered[0].id, answered[1].id, cast.moderator.id
    crossing(
        app,
        "INSERT INTO workaround",
        lambda get: mark(get(Idea, idea), get(Post, answer), by=get(Person, moderator)),
        lambda get: hiding.hide(get(Post, answer), by=get(Person, moderator), reason="Private data"),
    )
    assert rows(Workaround, ended_at=None) == 0
    assert helped(db.session.get(Idea, idea)) == 0


@pytest.mark.only_on("postgresql")
def test_who_hides_an_answer_and_who_takes_a_vote_back_wait_for_each_other_and_not_for_ever(
    app, cast, answered
):
    idea, answer, moderator, voter = answered[0].id, answered[1].id, cast.moderator.id, cast.other_customer.id
    mark(*answered, by=cast.moderator)
    helping.say(answered[0], by=cast.other_customer)
    crossing(
        app,
        r"UPDATE help .*help.counted IS true",
        lambda get: hiding.hide(get(Post, answer), by=get(Person, moderator), reason="Wrong"),
        lambda get: casting.withdraw(get(Idea, idea), by=get(Person, voter)),
    )
    assert helped(db.session.get(Idea, idea)) == 0


@pytest.mark.only_on("postgresql")
def test_parting_a_question_whose_answer_helps_another_idea_takes_both_by_their_numbers(app, make, cast):
    board = make.board()
    other, idea = (make.idea(board=board, author=cast.moderator) for _ in range(2))
    words = {"title": "How to print?", "body": f"As in [this](/ideas/{other.id}).", "status": "declined"}
    made = ask(idea, category=make.category(), by=cast.moderator, **words)
    db.session.commit()
    answer = write(db.session.get(Topic, made.topic_id), by=cast.customer, body="Press P.")
    named = {"from_topic_id": made.topic_id, "to_idea_id": other.id, "created_at": clock.now()}
    make._save(Link(kind="related", **named))
    casting.cast(other, by=cast.customer)
    mark(other, answer, by=cast.moderator)
    helping.say(other, by=cast.customer)
    conversion, moderator, ids = made.id, cast.moderator.id, (other.id, idea.id)
    crossing(
        app,
        r"FROM idea\b.* FOR (NO KEY )?UPDATE",
        lambda get: separate(find(conversion), by=get(Person, moderator), reason="A wish"),
        lambda get: hold(*(get(Idea, key) for key in ids)),
    )
    assert helped(db.session.get(Idea, ids[0])) == 0
