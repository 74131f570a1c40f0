"""Who converts, what can be converted, and what the other one is to who may not see it."""

import pytest

from portal import clock
from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.forums.models import Category, Topic
from portal.ideas.merging.joining import merge
from portal.ideas.models import Board, Idea
from portal.moderation import hiding
from portal.moderation.converting.asking import ask
from portal.moderation.converting.models import Conversion
from portal.moderation.converting.proposing import propose
from portal.moderation.converting.queries import find
from portal.moderation.converting.renewing import renew
from portal.moderation.converting.separating import part
from portal.transfer.complete.listing import carried
from tests.moderation.converting.making import WORDS, idea_of, made_idea, made_question
from tests.voting.test_concurrency import in_parallel


def test_what_cannot_be_taken_comes_back_with_what_was_typed(as_, cast, topic, board, idea, make, rows):
    for who in (cast.moderator, cast.product_manager):
        refused = as_(who).put(
            f"/questions/{topic.id}/idea", data={"title": "x" * 201, "board": board.id, "body": "Mine"}
        )
        assert (refused.status_code, "Mine" in refused.text, "x" * 201 in refused.text) == (422, True, True)
        refused = as_(who).put(f"/questions/{topic.id}/idea", data=WORDS | {"board": 99})
        assert "Choose one of the boards." in refused.text
        refused = as_(who).put(
            f"/ideas/{idea.id}/question", data={"title": "A title", "body": "Mine", "category": 99}
        )
        assert (refused.status_code, "Mine" in refused.text) == (422, True)
    assert rows(Conversion) == 0
    made = made_idea(topic, board, cast.moderator)
    refused = as_(cast.moderator).delete(f"/questions/{topic.id}/idea", data={"reason": " "})
    assert refused.status_code == 422
    assert db.session.get(Conversion, made.id).ended_at is None


@pytest.mark.parametrize("who", ["customer", "other_customer"])
def test_only_staff_convert(cast, make, topic, board, idea, who):
    made = made_idea(topic, board, cast.moderator)
    acts = (
        lambda: propose(make.topic(), board=board, by=cast[who], **WORDS),
        lambda: made_question(make, idea, cast[who]),
        lambda: part(made, by=cast[who], reason="No"),
        lambda: renew(made, by=cast[who]),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_two_at_once_make_one_idea_and_one_question(app, make, cast, topic, board, idea, rows):
    topic_id, board_id, idea_id, mo, category = (
        topic.id,
        board.id,
        idea.id,
        cast.moderator.id,
        make.category().id,
    )

    def to_idea():
        return propose(
            db.session.get(Topic, topic_id),
            board=db.session.get(Board, board_id),
            by=db.session.get(Person, mo),
            **WORDS,
        ).idea_id

    def to_question():
        wish = db.session.get(Idea, idea_id)
        words = {"title": wish.title, "body": wish.body, "status": "declined"}
        return ask(
            wish, category=db.session.get(Category, category), by=db.session.get(Person, mo), **words
        ).topic_id

    for act, model in ((to_idea, Idea), (to_question, Topic)):
        before = rows(model)
        assert len(set(in_parallel(app, [act] * 4))) == 1
        assert rows(model) == before + 1
    assert rows(Conversion) == 2
    assert not [each.differences for each in audit_all() if each.differences]


def test_what_cannot_be_converted_now_says_why(cast, make, topic, board, idea):
    hidden = make.topic(hidden_at=clock.now(), hidden_reason="Spam")
    shipped = make.idea(board=board, status="shipped")
    made = made_idea(topic, board, cast.moderator)
    for act, says in (
        (lambda: propose(hidden, board=board, by=cast.moderator, **WORDS), "hidden"),
        (lambda: made_question(make, shipped, cast.moderator), "done"),
        (lambda: made_question(make, idea_of(made), cast.moderator), "was made of a question"),
        (lambda: made_question(make, idea, cast.moderator, status="planned"), "will not be done"),
        (lambda: part(find(made.id), by=cast.moderator, reason="  "), "Write a reason"),
    ):
        with pytest.raises(Conflict, match=says):
            act()
        db.session.rollback()
    merge(idea, idea_of(made), by=cast.moderator)
    with pytest.raises(Conflict, match="part of a merge"):
        part(find(made.id), by=cast.moderator, reason="No")


def test_who_may_not_see_the_other_one_learns_nothing_of_it(as_, cast, make, topic, board):
    made = made_idea(topic, board, cast.moderator)
    hiding.hide(topic, by=cast.moderator, reason="Private data")
    db.session.commit()
    page = as_(None).get(f"/ideas/{made.idea_id}")
    assert topic.title not in page.text
    assert topic.title in as_(cast.customer).get(f"/ideas/{made.idea_id}").text


def test_a_page_costs_no_query_more_where_nothing_was_converted(as_, cast, make, at_most):
    path, client = f"/questions/{make.topic().id}", as_(None)
    client.get(path)
    with at_most(queries=5) as seen:
        client.get(path)
    assert not [each for each in seen if each.lstrip().startswith("SELECT conversion.")]


def test_the_question_stays_at_home_when_everything_is_taken_out():
    columns = {each.table.name: {c.name for c in each.columns} for each in carried()}
    assert "topic_id" not in columns["conversion"]
    assert "ended_reason" in columns["conversion"]
