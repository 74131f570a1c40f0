"""The pages on which a question becomes an idea, an idea a question, and both are parted again."""

from typing import Any

from flask import Blueprint, Flask, Response, flash, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.forums import queries as forums
from portal.forums.models import Category, Topic
from portal.ideas import queries as ideas
from portal.ideas.fields.forms import asked_with_new
from portal.ideas.models import Idea
from portal.moderation.converting import queries
from portal.moderation.converting.asking import ask, closing_statuses, why_not
from portal.moderation.converting.forms import ApartForm, IdeaOfQuestionForm, QuestionOfIdeaForm
from portal.moderation.converting.models import Conversion
from portal.moderation.converting.permitting import may_convert, must_convert
from portal.moderation.converting.proposing import propose
from portal.moderation.converting.renewing import renew
from portal.moderation.converting.separating import part
from portal.moderation.views import address_of

converting = Blueprint("converting", __name__)


def register(app: Flask) -> None:
    """Attach these pages."""
    app.register_blueprint(converting)
    app.jinja_env.globals.update(may_convert=may_convert)


@converting.get("/questions/<slugged:topic_id>/idea")
@login_required
def new_idea(topic_id: int) -> Response:
    topic = _topic(topic_id)
    if there := queries.in_force(topic):
        return pages.go(_address(there))
    text = {"title": topic.title, "body": topic.body}
    return _idea_page(topic, IdeaOfQuestionForm(formdata=None, **text))


@converting.post("/questions/<slugged:topic_id>/idea")
@login_required
@pages.limiter.limit("60/minute")
def ask_more(topic_id: int) -> Response:
    """The form again with what is typed so far, and with the fields of the board that was chosen."""
    topic, form = _topic(topic_id), IdeaOfQuestionForm()
    if pages.wants_fragment():
        return pages.page("ideas/fields/_asked.html", **_asked(form, request.form))
    return _idea_page(topic, form, typed=request.form)


@converting.put("/questions/<slugged:topic_id>/idea")
@login_required
@pages.limiter.limit("30/minute")
def put_idea(topic_id: int) -> Response:
    topic, form = _topic(topic_id), IdeaOfQuestionForm()
    names = _asked(form, request.form)
    if not all([form.validate_on_submit(), names["asked"].validate()]):
        return _idea_page(topic, form, 422, **names)
    words: dict[str, Any] = {name: form[name].data for name in ("title", "body", "followers", "lock")}
    words["values"] = names["asked"].values()
    made = propose(topic, board=names["board"], by=pages.viewer(), **words)
    db.session.commit()
    idea = queries.find(made.id).idea
    flash(_said_of(idea), "good")
    return pages.go(url_for("ideas.show", idea_id=idea))


@converting.delete("/questions/<slugged:topic_id>/idea")
@login_required
@pages.limiter.limit("30/minute")
def delete_idea(topic_id: int) -> Response:
    return _part(_topic(topic_id))


@converting.get("/ideas/<slugged:idea_id>/question")
@login_required
def new_question(idea_id: int) -> Response:
    idea = _idea(idea_id)
    if there := queries.in_force(idea):
        return pages.go(_address(there))
    text = {"title": idea.title, "body": idea.body}
    return _question_page(idea, QuestionOfIdeaForm(formdata=None, **text))


@converting.put("/ideas/<slugged:idea_id>/question")
@login_required
@pages.limiter.limit("30/minute")
def put_question(idea_id: int) -> Response:
    idea, form = _idea(idea_id), QuestionOfIdeaForm()
    form.offer(forums.categories(), closing_statuses(idea))
    if not form.validate_on_submit():
        return _question_page(idea, form, 422)
    words = {name: getattr(form, name).data for name in ("title", "body", "status", "followers")}
    made = ask(idea, category=db.session.get_one(Category, form.category.data), by=pages.viewer(), **words)
    db.session.commit()
    flash("It is a question now. Who voted for the idea is told once, with the link.", "good")
    return pages.go(url_for("forums.show", topic_id=queries.find(made.id).topic))


@converting.delete("/ideas/<slugged:idea_id>/question")
@login_required
@pages.limiter.limit("30/minute")
def delete_question(idea_id: int) -> Response:
    return _part(_idea(idea_id))


@converting.get("/conversions/<int:conversion_id>")
@login_required
def show(conversion_id: int) -> Response:
    return _page(_conversion(conversion_id), ApartForm(formdata=None))


@converting.put("/conversions/<int:conversion_id>")
@login_required
@pages.limiter.limit("30/minute")
def put(conversion_id: int) -> Response:
    made = renew(_conversion(conversion_id), by=pages.viewer())
    db.session.commit()
    flash("It is back, with all that it had.", "good")
    return pages.go(_address(made))


def _topic(topic_id: int) -> Topic:
    """The question, for those who convert. Raises NotFound and NotAllowed."""
    topic = forums.find(topic_id, pages.viewer())
    must_convert(pages.viewer())
    return topic


def _idea(idea_id: int) -> Idea:
    """The idea, for those who convert. Raises NotFound and NotAllowed."""
    idea, _ = ideas.find_to_show(idea_id, pages.viewer())
    must_convert(pages.viewer())
    return idea


def _conversion(conversion_id: int) -> Conversion:
    must_convert(pages.viewer())
    return queries.find(conversion_id)


def _address(conversion: Conversion) -> str:
    return url_for("converting.show", conversion_id=conversion.id)


def _part(thing: Topic | Idea) -> Response:
    """End the conversion that an idea or a question is part of; nothing, where it is of none."""
    conversion, form = queries.in_force(thing), ApartForm()
    if conversion is None:
        return pages.go(address_of(thing))
    if not form.validate_on_submit():
        return _page(conversion, form, 422)
    part(conversion, by=pages.viewer(), reason=form.reason.data or "")
    db.session.commit()
    flash("They are parted. Nothing is lost: you can bring it back here.", "good")
    return pages.go(_address(conversion))


def _asked(form: IdeaOfQuestionForm, typed: Any = None) -> dict[str, Any]:
    """The form with the boards that take an idea, and what the board that is chosen asks of one."""
    boards = ideas.open_boards(pages.viewer())
    form.offer(boards)
    board = next((each for each in boards if each.id == form.board.data), next(iter(boards), None))
    asked = asked_with_new(board, pages.viewer(), typed)
    others = asked.others(typed) if typed else []
    more = any(each.has_fields for each in boards)
    return {"board": board, "asked": asked, "others": others, "ask_more": more}


def _idea_page(
    topic: Topic, form: IdeaOfQuestionForm, status: int = 200, *, typed: Any = None, **names: Any
) -> Response:
    names = names or _asked(form, typed)
    about: dict[str, Any] = {"author": queries.author_of(topic), "count": queries.followers_of(topic)}
    about["ended"] = queries.last_ended(topic, "idea")
    return pages.page("converting/idea.html", status, topic=topic, form=form, **about, **names)


def _question_page(idea: Idea, form: QuestionOfIdeaForm, status: int = 200) -> Response:
    statuses = closing_statuses(idea)
    form.offer(forums.categories(), statuses)
    about: dict[str, Any] = {"author": queries.author_of(idea), "count": queries.followers_of(idea)}
    about["ended"] = queries.last_ended(idea, "topic")
    about["refusal"] = why_not(idea, None)
    return pages.page("converting/question.html", status, idea=idea, form=form, **about)


def _page(conversion: Conversion, form: ApartForm, status: int = 200) -> Response:
    can_renew = queries.can_be_renewed(conversion)
    return pages.page("converting/show.html", status, conversion=conversion, form=form, can_renew=can_renew)


def _said_of(idea: Idea) -> str:
    """What to say of a new idea: who is told, or why nobody is."""
    author = queries.author_of(idea)
    if author is None:
        return "It is an idea now. Its author has no account, so nobody is told."
    if not queries.sees(author, idea):
        return f"It is an idea now. {author.name} does not see its board, and is not told."
    return f"It is an idea now. {author.name} is its author, and is told."
