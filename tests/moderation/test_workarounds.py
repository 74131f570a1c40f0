"""A comment or an answer helps until an idea is done: it stands on the idea, and voters say whether it helps them."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal import clock
from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Link, Post
from portal.discussion.writing import write
from portal.errors import Conflict, NotAllowed, Refusal, Unusable
from portal.forums.models import Topic
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import hold, merge
from portal.ideas.merging.separating import part
from portal.ideas.models import Idea
from portal.moderation import hiding
from portal.moderation.converting.asking import ask
from portal.moderation.converting.proposing import propose
from portal.moderation.converting.queries import find
from portal.moderation.converting.separating import part as separate
from portal.moderation.workarounds import helping
from portal.moderation.workarounds.marking import mark, unmark
from portal.moderation.workarounds.models import Help, Workaround
from portal.moderation.workarounds.queries import in_force
from portal.notifications.models import Notice
from portal.transfer.rows import ideas as exported
from portal.transfer.tables.adding_duplicates import Duplicates
from portal.voting import casting
from tests.ideas.dumping import dump
from tests.ideas.reading import shown
from tests.ideas.test_lock_order import Crossing
from tests.transfer.bringing import bring
from tests.voting.test_concurrency import in_parallel


@pytest.fixture
def idea(make, cast):
    """Mo's idea, for which Ines and Tomas voted, with a comment that works around it."""
    idea = make.idea(author=cast.moderator, title="Offline mode")
    for who in (cast.customer, cast.other_customer):
        casting.cast(idea, by=who)
    db.session.commit()
    return idea


@pytest.fixture
def comment(make, cast, idea):
    return make.comment(idea, author=cast.other_customer, body="Print the list before you leave.")


def helped(idea):
    db.session.commit()
    differences = [each.differences for each in audit_all() if each.differences]
    db.session.rollback()
    assert differences == []
    db.session.refresh(idea)
    return idea.helped


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


def test_a_workaround_on_a_board_for_staff_is_told_to_nobody_else_and_hidden_it_leaves_in_no_export(
    make, cast, idea, tell_now, rows
):
    secret = make.idea(board=make.board(audience="staff"), author=cast.product_manager)
    merge(secret, idea, by=cast.product_manager)
    casting.cast(idea, by=cast.admin)
    comment = make.comment(secret, body="Internal words")
    mark(idea, comment, by=cast.product_manager)
    db.session.commit()
    tell_now()
    told = db.session.query(Notice).filter_by(kind="workaround").order_by(Notice.person_id)
    assert [each.person_id for each in told] == [cast.moderator.id, cast.admin.id]
    hiding.hide(secret, by=cast.moderator, reason="Private data")
    db.session.commit()
    assert dict(exported.cells([idea.id], ["workaround"], cast.admin)) == {idea.id: [""]}


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


def test_it_follows_a_merge_with_whom_it_helps_and_comes_back_on_parting(as_, cast, make, idea, comment):
    target = make.idea(author=cast.moderator, title="Work without signal")
    casting.cast(target, by=cast.customer)
    mark(idea, comment, by=cast.moderator)
    for who in (cast.customer, cast.other_customer):
        helping.say(idea, by=who)
    before = dump()
    merge(idea, target, by=cast.moderator)
    assert (helped(idea), helped(target)) == (0, 2)
    page = shown(as_(None).get(f"/ideas/{target.id}"))
    assert "Print the list before you leave." in page
    assert "2 of 2 voters are helped for now." in page
    assert dict(exported.cells([target.id], ["helped", "workaround"], cast.admin)) == {
        target.id: [2, comment.body]
    }
    part(idea, by=cast.moderator)
    assert dump() == before
    # What its own words say comes before what came along, and is left behind.
    merge(idea, target, by=cast.moderator)
    own = make.comment(target, body="Use paper.")
    mark(target, own, by=cast.moderator)
    helping.say(target, by=cast.customer)
    assert helped(target) == 1
    part(idea, by=cast.moderator)
    assert (helped(idea), helped(target)) == (2, 1)


def test_what_was_said_on_a_merged_idea_and_marked_for_its_target_goes_with_it(
    as_, cast, make, idea, comment
):
    target = make.idea(author=cast.moderator, title="Work without signal")
    own = make.comment(target)
    mark(target, own, by=cast.moderator)
    merge(idea, target, by=cast.moderator)
    assert mark(target, comment, by=cast.moderator)
    assert not mark(target, comment, by=cast.moderator)
    helping.say(target, by=cast.other_customer)
    assert helped(target) == 1
    part(idea, by=cast.moderator)
    assert (helped(idea), helped(target)) == (1, 0)
    for each, there in ((idea, True), (target, False)):
        assert ("Workaround until it is done" in shown(as_(None).get(f"/ideas/{each.id}"))) == there
    merge(idea, target, by=cast.moderator)
    mark(target, own, by=cast.moderator)
    unmark(target, by=cast.moderator)
    assert (helped(target), in_force(target.id), in_force(idea.id)) == (0, None, None)


def test_a_vote_turned_against_counts_no_more(make, cast):
    idea = make.idea(board=make.board(votes_against=True), author=cast.moderator)
    casting.cast(idea, by=cast.customer)
    mark(idea, make.comment(idea), by=cast.moderator)
    helping.say(idea, by=cast.customer)
    assert helped(idea) == 1
    casting.cast(idea, by=cast.customer, value=-1)
    assert helped(idea) == 0


def test_whom_it_helped_counts_where_an_import_says_that_their_idea_was_merged(app, cast, make, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Duplicates, "_merge", lambda _self, _keys: set())
        bring("fider", "fider-posts.csv")
    dark, again = (db.session.scalars(sa.select(Idea).filter_by(source_id=each)).one() for each in "13")
    casting.cast(again, by=cast.customer)
    mark(again, make.comment(again), by=cast.moderator)
    helping.say(again, by=cast.customer)
    assert helped(again) == 1
    bring("fider", "fider-posts.csv")
    assert (helped(again), helped(dark)) == (0, 1)


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


class Helping(RuleBasedStateMachine):
    """Three people, two ideas, two comments on each; merged and parted, voted and taken back."""

    make = None
    people = ()
    staff = None

    def __init__(self):
        super().__init__()
        board = self.make.board(votes_against=True)
        self.ideas = [self.make.idea(board=board, author=self.staff).id for _ in range(2)]
        self.posts = [[self.make.comment(self.find(n)).id for _ in range(2)] for n in range(2)]

    def find(self, which):
        return db.session.get(Idea, self.ideas[which])

    @rule(who=st.integers(0, 2), which=st.integers(0, 1), value=st.sampled_from((1, 1, 1, -1)))
    def vote(self, who, which, value):
        self.attempt(lambda: casting.cast(self.find(which), by=self.people[who], value=value))

    @rule(who=st.integers(0, 2), which=st.integers(0, 1))
    def take_back(self, who, which):
        self.attempt(lambda: casting.withdraw(self.find(which), by=self.people[who]))

    @rule(which=st.integers(0, 1), of=st.integers(0, 1), post=st.integers(0, 1))
    def mark(self, which, of, post):
        found = db.session.get(Post, self.posts[of][post])
        self.attempt(lambda: mark(self.find(which), found, by=self.staff))

    @rule(which=st.integers(0, 1))
    def unmark(self, which):
        self.attempt(lambda: unmark(self.find(which), by=self.staff))

    @rule(who=st.integers(0, 2), which=st.integers(0, 1))
    def say(self, who, which):
        self.attempt(lambda: helping.say(self.find(which), by=self.people[who]))

    @rule(who=st.integers(0, 2), which=st.integers(0, 1))
    def say_no_more(self, who, which):
        self.attempt(lambda: helping.take_back(self.find(which), by=self.people[who]))

    @rule()
    def merge_and_part(self):
        before = dump()
        if self.attempt(lambda: merge(self.find(0), self.find(1), by=self.staff)):
            self.attempt(lambda: part(self.find(0), by=self.staff))
        assert dump() == before

    @rule()
    def merge(self):
        self.attempt(lambda: merge(self.find(0), self.find(1), by=self.staff))

    @rule()
    def part(self):
        self.attempt(lambda: part(self.find(0), by=self.staff))

    def attempt(self, act):
        try:
            done = act()
            db.session.commit()
        except Refusal:
            db.session.rollback()
            return False
        return bool(done)

    @invariant()
    def numbers_equal_the_rows(self):
        assert [each.differences for each in audit_all() if each.differences] == []
        db.session.rollback()
        for which in range(2):
            idea = self.find(which)
            db.session.refresh(idea)
            assert idea.helped <= idea.people


def test_whatever_is_said_marked_and_merged_the_count_is_of_voters_whom_it_helps(make, cast, monkeypatch):
    now = [clock.now()]

    def tick():
        now[0] += timedelta(seconds=1)
        return now[0]

    monkeypatch.setattr(clock, "now", tick)
    Helping.make, Helping.staff = make, cast.moderator
    Helping.people = [make.person() for _ in range(3)]
    phases = (Phase.explicit, Phase.generate)
    how = settings(
        max_examples=8,
        stateful_step_count=25,
        deadline=None,
        phases=phases,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Helping, settings=how)


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
