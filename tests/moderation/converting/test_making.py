"""A question becomes an idea, an idea a question: both stay, and know each other."""

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.forums.models import Topic
from portal.ideas.models import Audience, Idea, StatusChange
from portal.moderation.converting.models import Conversion
from portal.moderation.converting.proposing import propose
from portal.notifications.models import Notice, Watch
from portal.voting import budgeting, casting
from portal.voting.models import Vote
from tests.ideas.reading import shown
from tests.moderation.converting.making import WORDS, made_idea, notices


def test_staff_make_an_idea_of_a_question_on_its_page(as_, cast, topic, board, rows):
    mo, here = as_(cast.moderator), f"/questions/{topic.id}"
    assert f'href="{here}-how-do-i-export-a-rota/idea"' in mo.get(here).text
    form = mo.get(f"{here}/idea")
    assert "Ines Duarte is its author, is told, and has the first vote" in shown(form)
    assert "2 others who took part follow the idea" in shown(form)
    assert 'value="How do I export a rota?"' in form.text
    assert "I type it **twice**." in form.text
    data = WORDS | {"_method": "put", "board": board.id, "followers": "y", "lock": "y"}
    went = mo.post(f"{here}/idea", data=data)
    assert went.location == "/ideas/1-export-a-rota-as-a-calendar"
    page = shown(mo.get(went.location))
    assert "by Ines Duarte" in page
    assert "Proposed from the question How do I export a rota? on" in page
    assert "by Mo Adeyemi. Answers stand there." in page
    there = shown(as_(None).get(here))
    assert "Became the idea Export a rota as a calendar on" in there
    assert "It became the idea “Export a rota as a calendar”." in there
    assert "Part them again" not in there
    assert mo.get(f"{here}/idea").location == "/conversions/1"
    for again in (WORDS, WORDS | {"title": "Another title"}):
        assert mo.post(f"{here}/idea", data=data | again).location == went.location
    assert rows(Idea) == rows(Conversion) == 1
    idea = db.session.get(Idea, 1)
    assert (idea.author_id, idea.votes_up, rows(Vote, person_id=cast.customer.id)) == (cast.customer.id, 1, 1)
    entry = db.session.query(Entry).filter_by(kind="question_became_idea").one()
    assert entry.actor_id == cast.moderator.id
    assert entry.data == {
        "topic_id": topic.id,
        "idea_id": 1,
        "author_id": cast.customer.id,
        "followers": True,
    }


def test_author_and_who_took_part_are_told_once_and_follow(cast, make, topic, board, tell_now):
    made_idea(topic, board, cast.moderator)
    follows = {each.person_id: each.because for each in db.session.query(Watch).filter_by(idea_id=1)}
    assert follows == {
        cast.customer.id: "idea",
        cast.other_customer.id: "comment",
        cast.moderator.id: "comment",
    }
    tell_now()
    assert notices("proposed") == [(cast.customer.id, "author"), (cast.other_customer.id, "follower")]


def test_nobody_follows_where_staff_say_so_and_a_ghost_stays_the_author(
    as_, make, cast, board, tell_now, rows
):
    topic = make.topic(author=None, ghost_name="Old Olga")
    make.reply(topic, author=cast.other_customer)
    idea = made_idea(topic, board, cast.product_manager, followers=False).idea
    assert (idea.votes_up, rows(Watch)) == (0, 0)
    assert "by Old Olga" in shown(as_(None).get(f"/ideas/{idea.id}"))
    tell_now()
    assert notices("proposed") == []


def test_the_rules_of_the_board_hold_for_the_first_vote(make, cast, topic, as_):
    """No votes left, nobody votes, not for the author: there is an idea without a vote, and who sees it not is not told."""
    full = make.board(vote_budget=1)
    casting.cast(make.idea(board=full), by=cast.customer)
    walled = make.board(audience=Audience.STAFF)
    for board in (full, make.board(who_votes="staff"), walled):
        other = make.topic(author=cast.customer)
        assert made_idea(other, board, cast.moderator).idea.votes_up == 0
    assert budgeting.balance(cast.customer, full, Idea).left == 0
    page = as_(cast.customer).get(f"/questions/{other.id}")
    assert WORDS["title"] not in page.text
    for board in (make.board(archived_at=clock.now()), make.board(who_posts="nobody")):
        with pytest.raises((Conflict, NotAllowed)):
            propose(topic, board=board, by=cast.moderator, **WORDS)
        db.session.rollback()


def test_staff_make_a_question_of_an_idea(as_, cast, make, idea, board, tell_now, rows):
    category, mo, here = make.category(name="Printing"), as_(cast.moderator), f"/ideas/{idea.id}"
    assert "Make it a question" in shown(mo.get(here))
    form = shown(mo.get(f"{here}/question"))
    assert "Ines Duarte asks the question. 1 other person follows it" in form
    assert "1 comment stays with the idea." in form
    assert budgeting.balance(cast.other_customer, board, Idea).left == 2
    data = {
        "title": "How do I print the rota?",
        "body": idea.body,
        "category": category.id,
        "status": "declined",
    }
    went = mo.put(f"{here}/question", data=data | {"followers": "y"})
    assert went.location == "/questions/1-how-do-i-print-the-rota"
    assert mo.put(f"{here}/question", data=data).location == went.location
    topic = db.session.get(Topic, 1)
    assert (topic.author_id, topic.kind, rows(Watch, topic_id=1)) == (cast.customer.id, "question", 1)
    change = db.session.query(StatusChange).one()
    assert (change.new, change.ground, change.changed_by_id) == ("declined", "question", cast.moderator.id)
    assert budgeting.balance(cast.other_customer, board, Idea).left == 3
    db.session.rollback()
    page = shown(as_(None).get(here))
    assert "This is a question. It goes on at How do I print the rota?" in page
    assert "Main reason: It is a question, which is answered." in page
    assert "Proposed as the idea Print the rota" in shown(as_(None).get(went.location))
    tell_now()
    assert notices("status") == [(cast.customer.id, "author"), (cast.other_customer.id, "voter")]
    assert rows(Notice) == 2
