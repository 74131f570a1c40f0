"""A comment or an answer helps until an idea is done: it stands on the idea, and voters say whether it helps them."""

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.deciding import change_status
from portal.moderation import hiding
from portal.moderation.converting.proposing import propose
from portal.moderation.workarounds import helping
from portal.moderation.workarounds.marking import mark, unmark
from portal.moderation.workarounds.models import Help, Workaround
from portal.notifications.models import Notice
from portal.transfer.rows import ideas as exported
from portal.voting import casting
from tests.ideas.reading import shown
from tests.moderation.workarounds.counted import helped


def test_staff_mark_a_comment_and_voters_say_that_it_helps(as_, cast, idea, comment, rows):
    path, mo, ines = f"/ideas/{idea.id}", as_(cast.moderator), as_(cast.customer)
    assert "This works around it" in shown(mo.get(path))
    assert "This works around it" not in shown(ines.get(path))
    for _ in range(2):
        went = mo.post(f"{path}/workaround", data={"_method": "put", "post_id": comment.id})
        assert went.location == f"{path}-offline-mode#workaround"
    assert rows(Workaround) == 1
    page = shown(ines.get(path))
    assert "Workaround until it is done marked by Mo Adeyemi" in page
    assert "Nobody said yet that it helps. Votes count as before." in page
    for _ in range(2):
        ines.post(f"{path}/workaround/help", data={"_method": "put"})
    fragment = ines.htmx("PUT", f"{path}/workaround/help")
    assert "<b>1</b> of 2 voters" in fragment.text
    assert 'aria-pressed="true"' in fragment.text
    assert "<html" not in fragment.text
    assert (helped(idea), rows(Help), idea.votes_up) == (1, 1, 2)
    assert "1 of 2 voters is helped for now." in shown(as_(None).get(path))
    assert "1 of 2 voters is helped by a workaround" in shown(mo.get(path))
    for _ in range(2):
        ines.delete(f"{path}/workaround/help")
    assert (helped(idea), rows(Help)) == (0, 0)
    kinds = ("workaround_marked", "helped_by_workaround", "helped_no_more")
    assert [rows(Entry, kind=kind) for kind in kinds] == [1, 1, 1]


def test_the_desk_and_exports_say_how_many_are_helped(as_, cast, make, idea, comment):
    mark(idea, comment, by=cast.moderator)
    helping.say(idea, by=cast.customer)
    make.idea(title="Another wish")
    db.session.commit()
    desk = shown(as_(cast.product_manager).get("/desk/?sort=new&state=helped"))
    assert "1 voter helped by a workaround" in desk
    assert "Another wish" not in desk
    cells = dict(exported.cells([idea.id], ["number", "helped", "workaround"], cast.admin))
    assert cells == {idea.id: [idea.id, 1, "Print the list before you leave."]}


def test_an_answer_to_the_question_that_became_the_idea_is_marked_there(as_, cast, make):
    topic = make.topic(author=cast.customer, title="How do I print?")
    answer, aside = make.reply(topic, body="Press P."), make.reply(topic)
    aside.parent_id = answer.id
    board = make.board()
    idea_id = propose(topic, board=board, title="Printing", body="A button", by=cast.moderator).idea_id
    db.session.commit()
    here = as_(cast.moderator).get(f"/questions/{topic.id}")
    assert shown(here).count("Works around “Printing”") == 1
    assert "Works around" not in as_(cast.customer).get(f"/questions/{topic.id}").text
    as_(cast.customer).put(f"/ideas/{idea_id}/workaround", data={"post_id": answer.id})
    page = shown(as_(None).get(f"/ideas/{idea_id}"))
    assert "Press P." in page
    assert "In its question" in page
    hiding.hide(topic, by=cast.moderator, reason="Private data")
    db.session.commit()
    for who in (None, cast.customer, cast.moderator):
        assert "Press P." not in as_(who).get(f"/ideas/{idea_id}").text


def test_who_may_say_what_and_what_cannot_be_said(cast, make, idea, comment):
    other, elsewhere = make.idea(), make.comment(make.idea())
    against = make.idea(board=make.board(votes_against=True), author=cast.customer)
    casting.cast(against, by=cast.other_customer, value=-1)
    mark(against, make.comment(against), by=cast.customer)
    db.session.commit()
    hidden = make.comment(idea, hidden_at=clock.now(), hidden_reason="Spam")
    shipped = make.idea(status="shipped")
    for error, act in (
        (NotAllowed, lambda: mark(idea, comment, by=cast.customer)),
        (NotAllowed, lambda: unmark(idea, by=cast.customer)),
        (Unusable, lambda: mark(idea, elsewhere, by=cast.moderator)),
        (Unusable, lambda: mark(other, make.reply(make.topic()), by=cast.moderator)),
        (Conflict, lambda: mark(idea, hidden, by=cast.moderator)),
        (Conflict, lambda: mark(shipped, make.comment(shipped), by=cast.moderator)),
        (Conflict, lambda: helping.say(idea, by=cast.customer)),
        (NotAllowed, lambda: helping.say(against, by=cast.other_customer)),
        (NotAllowed, lambda: helping.say(against, by=make.person())),
    ):
        with pytest.raises(error):
            act()
        db.session.rollback()


def test_another_post_takes_its_place_and_the_first_comes_back_with_what_was_said(
    cast, make, idea, comment, rows
):
    other = make.comment(idea)
    mark(idea, comment, by=cast.moderator)
    helping.say(idea, by=cast.customer)
    assert helped(idea) == 1
    mark(idea, other, by=cast.moderator)
    assert helped(idea) == 0
    helping.say(idea, by=cast.other_customer)
    assert unmark(idea, by=cast.moderator)
    assert not unmark(idea, by=cast.moderator)
    assert (helped(idea), rows(Help), rows(Workaround, ended_at=None)) == (0, 2, 0)
    mark(idea, comment, by=cast.moderator)
    assert (helped(idea), rows(Workaround)) == (1, 3)


def test_voters_are_told_of_a_workaround_once(cast, make, idea, comment, tell_now):
    mark(idea, comment, by=cast.moderator)
    unmark(idea, by=cast.moderator)
    mark(idea, comment, by=cast.moderator)
    db.session.commit()
    tell_now()
    told = db.session.query(Notice).filter_by(kind="workaround").order_by(Notice.person_id)
    assert [each.person_id for each in told] == [cast.customer.id, cast.other_customer.id]


def test_what_is_hidden_works_around_nothing_and_a_vote_taken_back_counts_no_more(
    as_, cast, make, idea, comment
):
    mark(idea, comment, by=cast.moderator)
    for who in (cast.customer, cast.other_customer):
        helping.say(idea, by=who)
    casting.withdraw(idea, by=cast.customer)
    assert helped(idea) == 1
    hiding.hide(comment, by=cast.moderator, reason="Wrong")
    assert helped(idea) == 0
    page = as_(None).get(f"/ideas/{idea.id}").text
    assert "Workaround" not in page
    assert comment.body not in page


def test_a_vote_turned_against_counts_no_more(make, cast):
    idea = make.idea(board=make.board(votes_against=True), author=cast.moderator)
    casting.cast(idea, by=cast.customer)
    mark(idea, make.comment(idea), by=cast.moderator)
    helping.say(idea, by=cast.customer)
    assert helped(idea) == 1
    casting.cast(idea, by=cast.customer, value=-1)
    assert helped(idea) == 0


def test_an_erased_person_still_counts_without_a_name(cast, idea, comment):
    mark(idea, comment, by=cast.moderator)
    helping.say(idea, by=cast.customer)
    cast.customer.name, cast.customer.email, cast.customer.active = "Nobody", None, False
    cast.customer.erased_at = clock.now()
    assert helped(idea) == 1


def test_a_status_says_whether_it_is_still_asked(as_, cast, idea, comment):
    mark(idea, comment, by=cast.moderator)
    helping.say(idea, by=cast.customer)
    change_status(idea, to="shipped", by=cast.product_manager)
    db.session.commit()
    page = shown(as_(cast.customer).get(f"/ideas/{idea.id}"))
    assert "1 of 2 voters is helped for now." in page
    assert "This helps me for now" not in page
