"""Points follow what happens, and every point can be taken back by the mirror event."""

import pytest
import sqlalchemy as sa

from portal import clock
from portal.activity import journal
from portal.activity.events import (
    AcceptanceWithdrawn,
    AnswerAccepted,
    AnswerVoted,
    AnswerVoteWithdrawn,
    ContentHidden,
    ContentRestored,
    StatusChanged,
    VoteCast,
    VoteWithdrawn,
)
from portal.database import db
from portal.forums.models import Acceptance
from portal.reputation import rebuilding
from portal.reputation.models import LedgerLine
from portal.voting.models import Vote


def points(person):
    db.session.refresh(person)
    return person.reputation


def clean():
    return not [*rebuilding.wrong_balances(), *rebuilding.wrong_lines()]


def vote(voter, value, *, idea=None, post=None):
    """A vote as the act writes it: the row, then the event."""
    subject = {"idea_id": idea.id} if idea else {"post_id": post.id}
    row = db.session.scalar(sa.select(Vote).filter_by(person_id=voter.id, **subject))
    if row is None:
        db.session.add(Vote(person_id=voter.id, value=value, cast_at=clock.now(), **subject))
    else:
        row.value = value
    if idea:
        journal.record(VoteCast(actor_id=voter.id, idea_id=idea.id, author_id=idea.author_id, value=value))
    else:
        journal.record(
            AnswerVoted(
                actor_id=voter.id,
                post_id=post.id,
                topic_id=post.topic_id,
                author_id=post.author_id,
                value=value,
            )
        )


def accept(topic, post, by):
    db.session.add(Acceptance(topic_id=topic.id, post_id=post.id, accepted_by_id=by.id, at=clock.now()))
    journal.record(
        AnswerAccepted(
            actor_id=by.id,
            topic_id=topic.id,
            post_id=post.id,
            author_id=post.author_id,
            asker_id=topic.author_id,
        )
    )


@pytest.fixture
def answer(make, cast):
    """An answer by the other customer to the customer's question."""
    return make.reply(make.topic(author=cast.customer), author=cast.other_customer)


def test_an_answer_vote_earns_ten_and_its_withdrawal_takes_them_back(cast, answer):
    vote(cast.moderator, 1, post=answer)
    assert points(cast.other_customer) == 10
    db.session.execute(sa.delete(Vote))
    journal.record(
        AnswerVoteWithdrawn(
            actor_id=cast.moderator.id,
            post_id=answer.id,
            topic_id=answer.topic_id,
            author_id=answer.author_id,
            value=1,
        )
    )
    assert points(cast.other_customer) == 0
    first, second = db.session.scalars(sa.select(LedgerLine).order_by(LedgerLine.id)).all()
    assert (second.reverses_id, second.granted, second.reason) == (first.id, -10, "vote withdrawn")
    assert clean()


def test_a_vote_against_costs_both(cast, answer):
    vote(cast.customer, -1, post=answer)
    assert (points(cast.other_customer), points(cast.customer)) == (-2, -1)
    vote(cast.customer, 1, post=answer)
    assert (points(cast.other_customer), points(cast.customer)) == (10, 0)
    assert clean()


def test_the_same_vote_twice_earns_once(cast, answer, rows):
    vote(cast.customer, 1, post=answer)
    vote(cast.customer, 1, post=answer)
    assert (points(cast.other_customer), rows(LedgerLine)) == (10, 1)


def test_a_vote_on_a_comment_or_in_a_discussion_earns_nothing(make, cast, answer):
    comment = make.reply(answer_topic(answer), parent_id=answer.id, author=cast.other_customer)
    chat = make.reply(make.topic(kind="discussion"), author=cast.other_customer)
    vote(cast.customer, 1, post=comment)
    vote(cast.customer, 1, post=chat)
    assert points(cast.other_customer) == 0
    assert clean()


def answer_topic(answer):
    from portal.forums.models import Topic

    return db.session.get(Topic, answer.topic_id)


def test_acceptance_by_the_asker_pays_both_and_can_be_withdrawn(cast, answer):
    topic = answer_topic(answer)
    accept(topic, answer, cast.customer)
    assert (points(cast.other_customer), points(cast.customer)) == (15, 2)
    db.session.execute(sa.delete(Acceptance))
    journal.record(
        AcceptanceWithdrawn(
            actor_id=cast.customer.id,
            topic_id=topic.id,
            post_id=answer.id,
            author_id=answer.author_id,
            asker_id=topic.author_id,
        )
    )
    assert (points(cast.other_customer), points(cast.customer)) == (0, 0)
    assert clean()


def test_acceptance_by_staff_pays_ten_to_the_author_alone(cast, answer):
    accept(answer_topic(answer), answer, cast.moderator)
    assert (points(cast.other_customer), points(cast.moderator)) == (10, 0)
    assert clean()


@pytest.mark.parametrize("who", ["self", "colleague"])
def test_accepting_oneself_or_a_colleague_earns_nothing(make, cast, who):
    writer = cast.customer if who == "self" else make.person(company=cast.company)
    topic = make.topic(author=cast.customer)
    accept(topic, make.reply(topic, author=writer), cast.customer)
    assert (points(writer), points(cast.customer)) == (0, 0)
    assert clean()


def test_an_idea_vote_earns_two_but_not_one_s_own(make, cast):
    idea = make.idea(author=cast.customer)
    vote(cast.customer, 1, idea=idea)
    vote(cast.other_customer, 1, idea=idea)
    assert points(cast.customer) == 2
    vote(cast.other_customer, -1, idea=idea)
    assert points(cast.customer) == 0
    db.session.execute(sa.delete(Vote).where(Vote.value == -1))
    journal.record(
        VoteWithdrawn(actor_id=cast.other_customer.id, idea_id=idea.id, author_id=idea.author_id, value=-1)
    )
    assert clean()


def test_planned_and_shipped_pay_once_and_are_reversed_when_taken_back(make, cast):
    idea = make.idea(author=cast.customer)
    seen = []
    for status in ("planned", "started", "shipped", "shipped", "planned", "open", "shipped"):
        old, idea.status = idea.status, status
        journal.record(
            StatusChanged(
                actor_id=cast.product_manager.id,
                idea_id=idea.id,
                author_id=idea.author_id,
                old=old,
                new=status,
            )
        )
        seen.append(points(cast.customer))
    assert seen == [20, 20, 50, 50, 20, 0, 50]
    assert clean()


def test_hiding_takes_the_points_and_restoring_gives_back_what_still_stands(make, cast, answer):
    vote(cast.customer, 1, post=answer)
    vote(cast.moderator, 1, post=answer)
    answer.hidden_at = clock.now()
    journal.record(
        ContentHidden(actor_id=cast.moderator.id, subject="post", subject_id=answer.id, reason="spam")
    )
    assert points(cast.other_customer) == 0
    assert clean()
    answer.hidden_at = None
    journal.record(
        ContentRestored(actor_id=cast.moderator.id, subject="post", subject_id=answer.id, reason="mistake")
    )
    assert points(cast.other_customer) == 20
    assert clean()


def test_imported_votes_earn_nothing(make, cast):
    idea = make.idea(author=cast.customer)
    db.session.add(
        Vote(person_id=cast.other_customer.id, idea_id=idea.id, value=1, cast_at=clock.now(), imported=True)
    )
    db.session.flush()
    assert clean()
