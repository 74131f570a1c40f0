"""What was made is parted again with nothing lost, and comes back as it could be made now."""

import pytest

from portal.activity.auditing import audit_all
from portal.admin.statuses import arranging
from portal.database import db
from portal.discussion.writing import write
from portal.errors import Conflict
from portal.ideas.deciding import change_status
from portal.ideas.merging import separating
from portal.ideas.merging.joining import merge
from portal.ideas.models import Idea
from portal.moderation import hiding
from portal.moderation.converting.models import Conversion
from portal.moderation.converting.queries import find
from portal.moderation.converting.renewing import renew
from portal.moderation.converting.separating import part
from portal.voting import budgeting, casting
from tests.ideas.dumping import dump
from tests.ideas.reading import shown
from tests.moderation.converting.making import idea_of, made_idea, made_question


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
