"""A question becomes an idea, an idea a question: both stay, know each other, and are parted again with nothing lost."""

import pytest

from portal import clock
from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.admin.statuses import arranging
from portal.database import db
from portal.discussion.writing import write
from portal.errors import Conflict, NotAllowed
from portal.forums.models import Category, Topic
from portal.ideas.deciding import change_status
from portal.ideas.merging import separating
from portal.ideas.merging.joining import merge
from portal.ideas.models import Audience, Board, Idea, StatusChange
from portal.moderation import hiding
from portal.moderation.converting.asking import ask
from portal.moderation.converting.models import Conversion
from portal.moderation.converting.proposing import propose
from portal.moderation.converting.queries import find
from portal.moderation.converting.renewing import renew
from portal.moderation.converting.separating import part
from portal.notifications.models import Notice, Watch
from portal.transfer.complete.listing import carried
from portal.voting import budgeting, casting
from portal.voting.models import Vote
from tests.ideas.dumping import dump
from tests.ideas.reading import shown
from tests.voting.test_concurrency import in_parallel

WORDS = {"title": "Export a rota as a calendar", "body": "So that **nobody** types it twice."}


@pytest.fixture
def board(make):
    return make.board(name="Rota", vote_budget=3)


@pytest.fixture
def topic(make, cast):
    """Ines asked; Tomas and Mo answered."""
    topic = make.topic(author=cast.customer, title="How do I export a rota?", body="I type it **twice**.")
    for who in (cast.other_customer, cast.moderator):
        make.reply(topic, author=who)
    return topic


@pytest.fixture
def idea(make, cast, board):
    """Ines wants it, Tomas voted and follows."""
    idea = make.idea(board=board, author=cast.customer, title="Print the rota", body="On **paper**.")
    make.comment(idea, author=cast.moderator, body="Press P.")
    casting.cast(idea, by=cast.other_customer, weight=1)
    db.session.add(
        Watch(person_id=cast.other_customer.id, idea_id=idea.id, since=clock.now(), because="vote")
    )
    db.session.commit()
    return idea


def made_idea(topic, board, by, **more):
    made = propose(topic, board=board, by=by, **WORDS | more)
    db.session.commit()
    return find(made.id)


def made_question(make, idea, by, **more):
    words = {"title": idea.title, "body": idea.body, "status": "declined"} | more
    made = ask(idea, category=words.pop("category", None) or make.category(), by=by, **words)
    db.session.commit()
    return find(made.id)


def idea_of(made):
    return db.session.get(Idea, made.idea_id)


def notices(kind):
    found = db.session.query(Notice).filter_by(kind=kind).order_by(Notice.person_id)
    return [(each.person_id, each.why) for each in found]


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


def test_parting_loses_nothing_and_bringing_back_restores_all(as_, cast, make, topic, board, rows):
    """What was before is as it was: the question with its replies is open, and only the idea is out of sight."""
    before = dump()
    made = made_idea(topic, board, cast.product_manager, lock=True)
    idea = made.idea
    casting.cast(idea, by=cast.other_customer)
    write(idea, by=cast.other_customer, body="Yes please.")
    db.session.commit()
    mira = as_(cast.product_manager)
    assert (
        mira.delete(f"/questions/{topic.id}/idea", data={"reason": "It was a question."}).status_code == 303
    )
    assert not part(find(made.id), by=cast.moderator, reason="Twice")
    after = dump()
    for table in ("topic", "post", "person", "acceptance", "board"):
        mine = [row for row in after[table] if table != "post" or row["topic_id"]]
        assert mine == before[table], table
    page = as_(None).get(f"/ideas/{idea.id}")
    assert page.status_code == 404
    assert "It was a question." in shown(as_(cast.customer).get(f"/ideas/{idea.id}"))
    assert "It was that before" in shown(mira.get(f"/questions/{topic.id}/idea"))
    assert "Bring the idea back" in shown(mira.get(f"/conversions/{made.id}"))
    assert mira.put(f"/conversions/{made.id}").location == "/conversions/2"
    assert mira.put(f"/conversions/{made.id}").location == "/conversions/2"
    db.session.refresh(idea)
    db.session.refresh(topic)
    assert (idea.hidden_at, idea.votes_up, idea.comments, topic.locked_at is not None) == (None, 2, 1, True)
    assert (rows(Idea), rows(Conversion), rows(Conversion, ended_at=None)) == (1, 2, 1)
    assert not [each.differences for each in audit_all() if each.differences]


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


def test_parting_a_question_opens_the_idea_as_it_stood(as_, cast, make, idea, board, rows):
    change_status(idea, to="under_review", by=cast.product_manager)
    db.session.commit()
    made = made_question(make, idea, cast.product_manager)
    topic = made.topic
    write(topic, by=cast.other_customer, body="Press P.")
    db.session.commit()
    assert part(find(made.id), by=cast.product_manager, reason="It is a wish after all.")
    db.session.commit()
    assert (idea.status, topic.is_hidden, topic.replies) == ("under_review", True, 1)
    assert budgeting.balance(cast.other_customer, board, Idea).left == 2
    renewed = renew(find(made.id), by=cast.moderator)
    db.session.commit()
    assert (idea.status, topic.is_hidden, renewed.status_before) == ("declined", False, "under_review")
    change_status(idea, to="planned", by=cast.product_manager)
    part(find(renewed.id), by=cast.moderator, reason="Again")
    db.session.commit()
    assert idea.status == "planned", "what was decided meanwhile stays"
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


@pytest.fixture
def parted(make, cast, idea):
    """It was a question once, and is an idea again."""
    made = made_question(make, idea, cast.moderator)
    part(made, by=cast.moderator, reason="It is a wish after all")
    db.session.commit()
    return made


def renewing(made, cast):
    try:
        renew(find(made.id), by=cast.moderator)
        return ""
    except Conflict as error:
        return str(error)
    finally:
        db.session.rollback()


def test_what_became_of_the_idea_meanwhile_refuses_to_bring_the_question_back(
    make, cast, board, idea, parted
):
    merge(idea, make.idea(board=board), by=cast.moderator)
    db.session.commit()
    assert "merged into another" in renewing(parted, cast)
    separating.part(idea, by=cast.moderator)
    arranging.own(None)
    arranging.archive(arranging.find(None, "declined"), by=cast.admin, target="open")
    db.session.commit()
    assert "no such status now" in renewing(parted, cast)
    change_status(idea, to="shipped", by=cast.product_manager)
    db.session.commit()
    assert renewing(parted, cast)
    assert (idea.status, db.session.query(Conversion).count()) == ("shipped", 1)


def test_an_idea_that_is_done_or_hidden_meanwhile_becomes_no_question_again(cast, idea, parted):
    hiding.hide(idea, by=cast.moderator, reason="Private data")
    db.session.commit()
    assert "is hidden" in renewing(parted, cast)
    hiding.restore(idea, by=cast.moderator, reason="")
    change_status(idea, to="shipped", by=cast.product_manager)
    db.session.commit()
    assert "done" in renewing(parted, cast)
    assert idea.status == "shipped"


def test_a_merged_idea_keeps_its_status_until_it_is_parted(make, cast, board, idea):
    made = made_question(make, idea, cast.moderator)
    merge(idea, make.idea(board=board), by=cast.moderator)
    db.session.commit()
    with pytest.raises(Conflict, match="merged"):
        part(find(made.id), by=cast.moderator, reason="A wish")
    db.session.rollback()
    assert idea.status == "declined"


def test_what_a_moderator_hid_does_not_come_back_with_a_conversion(cast, topic, board):
    made = made_idea(topic, board, cast.product_manager)
    idea = idea_of(made)
    hiding.hide(idea, by=cast.moderator, reason="Names of customers")
    part(made, by=cast.product_manager, reason="A question after all")
    db.session.commit()
    assert "for another reason" in renewing(made, cast)
    assert idea.is_hidden
    hiding.restore(idea, by=cast.moderator, reason="")
    db.session.commit()
    for reason in ("First", "Second"):
        again = find(renew(find(made.id), by=cast.product_manager).id)
        part(again, by=cast.product_manager, reason=reason)
        db.session.commit()
    # Hidden by the last parting: the first of them brings it back too.
    renew(find(made.id), by=cast.product_manager)
    assert not idea.is_hidden
