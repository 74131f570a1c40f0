"""Two erase at once, or the person acts meanwhile; and whatever came before, every number can be counted again."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.accounts import erasing
from portal.accounts.models import Erasure, Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.writing import write
from portal.errors import Refusal
from portal.forums.accepting import accept
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge
from portal.ideas.models import Idea
from portal.moderation.hiding import hide
from portal.voting.casting import cast as vote
from portal.voting.casting import withdraw
from tests.trying import examples


def differences():
    return [(each.name, each.differences) for each in audit_all() if each.differences]


def test_erased_twice_and_acting_meanwhile(make, cast, at_once, rows, catch_up):
    board = make.board()
    own, theirs = (make.idea(board=board, author=each) for each in (cast.customer, cast.other_customer))
    keys = cast.customer.id, own.id, theirs.id, cast.other_customer.id

    def get(model, which):
        return db.session.get_one(model, keys[which])

    def erase():
        erasing.erase(get(Person, 0), by=get(Person, 0), texts=True)

    def say():
        write(get(Idea, 2), by=get(Person, 0), body="Meanwhile")

    acts = [lambda: vote(get(Idea, 2), by=get(Person, 0)), lambda: vote(get(Idea, 1), by=get(Person, 3)), say]
    at_once([erase, *acts, erase])
    assert (rows(Erasure), rows(Entry, kind="person_erased")) == (1, 1)
    catch_up()
    assert {each.body for each in db.session.query(Post)} <= {erasing.REMOVED}
    assert get(Person, 0).name == "Former member"
    assert differences() == []


ACTS = (
    "vote",
    "withdraw",
    "comment",
    "reply",
    "accept",
    "hide",
    "ship",
    "merge",
    "erase",
    "erase with texts",
)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 2)), min_size=3, max_size=14
)


def test_any_acts_and_an_erasure_leave_every_number_right(make, cast, run):
    board = make.board(name="Mobile")

    @settings(
        max_examples=examples(12),
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS)
    def lived(steps):
        people = [make.person(company=cast.company) for _ in range(3)]
        ideas = [make.idea(board=board, author=each) for each in people]
        topic = make.topic(author=people[0])
        for act, who, which in [*steps, ("erase", 0, 0)]:
            try:
                _do(act, people[who], ideas[which], ideas, topic, cast)
                db.session.commit()
            except Refusal:
                db.session.rollback()
        assert differences() == []

    lived()
    assert "Every balance" in run("reputation", "rebuild", "--check").output


def _do(act, person, idea, ideas, topic, cast):
    if act.startswith("erase"):
        erasing.erase(person, by=person, texts=act.endswith("texts"))
    elif person.erased_at is None:
        {
            "vote": lambda: vote(idea, by=person),
            "withdraw": lambda: withdraw(idea, by=person),
            "comment": lambda: write(idea, by=person, body="Yes."),
            "reply": lambda: write(topic, by=person, body="Like so."),
            "accept": lambda: accept(_last(topic), by=cast.moderator),
            "hide": lambda: hide(idea, by=cast.moderator, reason="Why"),
            "ship": lambda: change_status(idea, to="shipped", by=cast.product_manager),
            "merge": lambda: merge(idea, ideas[0], by=cast.product_manager),
        }[act]()


def _last(topic):
    post = db.session.query(Post).filter_by(topic_id=topic.id).order_by(Post.id.desc()).first()
    if post is None:
        raise Refusal("There is no reply.")
    return post
