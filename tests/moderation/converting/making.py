"""Making an idea of a question and a question of an idea, as the tests of this folder do."""

from portal.database import db
from portal.ideas.models import Idea
from portal.moderation.converting.asking import ask
from portal.moderation.converting.proposing import propose
from portal.moderation.converting.queries import find
from portal.notifications.models import Notice

WORDS = {"title": "Export a rota as a calendar", "body": "So that **nobody** types it twice."}


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
