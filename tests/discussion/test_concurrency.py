"""Many people write and one moderator hides, all at once: positions, counters and the double click stay right."""

from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.writing import write
from portal.forums.accepting import accept
from portal.forums.models import Acceptance, Category, Topic
from portal.forums.starting import start
from portal.moderation.hiding import hide, restore


def test_writing_and_hiding_at_once(make, cast, at_once):
    topic = make.topic(author=cast.customer)
    first = make.reply(topic, author=cast.other_customer)
    keys = topic.id, first.id, cast.customer.id, cast.moderator.id

    def get(model, which):
        return db.session.get_one(model, keys[which])

    def reply(n):
        return lambda: write(get(Topic, 0), by=get(Person, 2), body=f"Reply {n}")

    def comment(n):
        return lambda: write(get(Topic, 0), by=get(Person, 3), body=f"Comment {n}", parent=get(Post, 1))

    def moderate(act):
        return lambda: act(get(Post, 1), by=get(Person, 3), reason="Off topic")

    acts = [act for n in range(10) for act in (reply(n), comment(n), moderate(hide if n % 2 else restore))]
    at_once(acts)
    positions = sorted(post.position for post in db.session.query(Post).filter_by(topic_id=keys[0]))
    assert positions == list(range(1, 22))
    db.session.commit()
    assert [finding for finding in audit_all() if finding.differences] == []


def test_a_double_click_is_one_reply_and_one_question(make, cast, at_once, rows):
    topic, category, person_id = make.topic(), make.category(), cast.customer.id
    keys = topic.id, category.id

    def reply():
        write(db.session.get_one(Topic, keys[0]), by=db.session.get_one(Person, person_id), body="Twice")

    def ask():
        start(
            category=db.session.get_one(Category, keys[1]),
            by=db.session.get_one(Person, person_id),
            title="Why twice?",
            body="…",
        )

    at_once([reply, ask] * 8)
    assert (rows(Post), rows(Topic, title="Why twice?")) == (1, 1)


def test_two_answers_accepted_at_once_leave_one(make, cast, at_once, rows):
    topic = make.topic(author=cast.customer)
    keys = [make.reply(topic, author=cast.other_customer).id for _ in range(4)]
    person_id = cast.customer.id

    def accepting(key):
        return lambda: accept(db.session.get_one(Post, key), by=db.session.get_one(Person, person_id))

    at_once([accepting(key) for key in keys * 4])
    assert rows(Acceptance) == cast.other_customer.accepted_answers == 1
    db.session.commit()
    assert [finding for finding in audit_all() if finding.differences] == []
