"""The pages under /questions/."""

import secrets
from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.accounts.models import Person
from portal.database import db
from portal.discussion.drafts import queries as drafts
from portal.discussion.drafts import saving
from portal.discussion.drafts.forms import DraftForm
from portal.discussion.drafts.views import filled
from portal.discussion.editing import edit, may_edit
from portal.discussion.forms import PostForm, number
from portal.discussion.models import Post
from portal.discussion.views import history_page
from portal.errors import NotAllowed, NotFound
from portal.forums import queries, reading
from portal.forums.describing import describe
from portal.forums.filtering import SHOWN, SORTS, TopicFilter
from portal.forums.forms import TextForm, TopicForm
from portal.forums.models import Category, Topic
from portal.forums.starting import start

forums = Blueprint("forums", __name__, url_prefix="/questions")


def register(app: Flask) -> None:
    """Attach these pages."""
    app.register_blueprint(forums)


@forums.get("/")
def index() -> Response:
    chosen, categories = TopicFilter.of(request.args), queries.categories()
    category = next((each for each in categories if each.id == chosen.category), None)
    if chosen.category is not None and category is None:
        raise NotFound("This category does not exist. All questions are on the first page.")
    topics = chosen.narrow(queries.for_list(pages.viewer()))
    page = chosen.keyset.page(queries.fetch, topics, cursor=request.args.get("cursor"))
    words: dict[str, Any] = {
        "chosen": chosen,
        "category": category,
        "categories": categories,
        "shown": SHOWN,
        "sorts": SORTS,
    }
    return pages.page("forums/index.html", page=page, **words)


@forums.get("/new")
@login_required
def new() -> Response:
    draft, fields = filled("topic")
    form = TopicForm(fields if draft else request.args).offer(queries.categories())
    return _new(form, key=draft.key if draft else "")


@forums.post("/")
@login_required
@pages.limiter.limit("20/hour;6/minute")
def create() -> Response:
    form = TopicForm().offer(queries.categories())
    if not form.validate_on_submit():
        return _new(form, 422, key=DraftForm().usable_key or "")
    words = {"title": form.title.data, "body": form.body.data, "kind": form.kind.data}
    topic = start(category=db.session.get_one(Category, form.category.data), by=pages.viewer(), **words)
    saving.use(DraftForm().usable_key, by=pages.viewer())
    db.session.commit()
    return pages.go(address(topic))


@forums.get("/<slugged:topic_id>")
def show(topic_id: int) -> Response:
    return show_page(topic_id, _empty_form())


@forums.get("/<slugged:topic_id>/edit")
@login_required
def edit_topic(topic_id: int) -> Response:
    topic = queries.find(topic_id, pages.viewer())
    if not may_edit(current_user, topic):
        raise NotAllowed("Only who wrote it and moderators may change this text.")
    return pages.page("forums/edit.html", topic=topic, form=TextForm(obj=topic))


@forums.put("/<slugged:topic_id>")
@login_required
@pages.limiter.limit("30/minute")
def put_topic(topic_id: int) -> Response:
    topic, form = queries.find(topic_id, pages.viewer()), TextForm()
    if not form.validate_on_submit():
        return pages.page("forums/edit.html", 422, topic=topic, form=form)
    edit(topic, by=pages.viewer(), title=form.title.data, body=form.body.data)
    db.session.commit()
    return pages.go(address(topic))


@forums.get("/<slugged:topic_id>/history")
@login_required
def history(topic_id: int) -> Response:
    topic = queries.find(topic_id, pages.viewer())
    return history_page(topic, back=address(topic))


def _new(form: TopicForm, status: int = 200, *, key: str) -> Response:
    draft = drafts.by_key(key, pages.viewer()) if key else None
    key = key or secrets.token_urlsafe(18)
    state: dict[str, Any] = {"place": "questions", "key": key, "draft": draft, "other": None, "changes": []}
    return pages.page("forums/new.html", status, form=form, **state)


def address(topic: Topic, **query: Any) -> str:
    """Where the topic stands."""
    return url_for("forums.show", topic_id=topic, **query)


def _empty_form() -> PostForm | None:
    """A form to write in; none for strangers, because its token would give their page a cookie."""
    return PostForm(formdata=None) if current_user.is_authenticated else None


def show_page(topic_id: int, form: PostForm | None, status: int = 200) -> Response:
    """The page of a topic, with the stretch of replies that the address asks for."""
    ends = {name: request.args.get(name, type=number) for name in ("from", "to")}
    screen = reading.read(topic_id, pages.viewer(), start=ends["from"], end=ends["to"])
    return pages.page(
        "forums/show.html",
        status,
        screen=screen,
        topic=screen.topic,
        marks=screen.marks,
        form=form,
        description=describe(screen, _full_address),
    )


def _full_address(thing: Any) -> str:
    if isinstance(thing, Person):
        return pages.address(url_for("accounts.show", person_id=thing))
    if isinstance(thing, Post):
        return pages.address(url_for("forums.show_post", topic_id=thing.topic_id, post_id=thing.id))
    return pages.address(address(thing))
