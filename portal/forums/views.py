"""The pages under /questions/."""

from typing import Any

from flask import Blueprint, Flask, Response, redirect, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.accounts.models import Person
from portal.database import db
from portal.discussion.editing import edit, may_edit
from portal.discussion.forms import PostForm
from portal.discussion.models import Post
from portal.discussion.queries import Shown, newest_post, visible_posts, with_author
from portal.discussion.views import history_page, post_url
from portal.discussion.writing import write
from portal.errors import Conflict, NotAllowed, NotFound, Unusable
from portal.forums import queries, reading
from portal.forums.accepting import accept, withdraw_acceptance
from portal.forums.describing import describe
from portal.forums.filtering import SHOWN, SORTS, TopicFilter, number
from portal.forums.forms import TextForm, TopicForm
from portal.forums.models import Category, Topic
from portal.forums.starting import start
from portal.voting.casting import cast, withdraw

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
    form = TopicForm(request.args).offer(queries.categories())
    return pages.page("forums/new.html", form=form)


@forums.post("/")
@login_required
@pages.limiter.limit("20/hour;6/minute")
def create() -> Response:
    form = TopicForm().offer(queries.categories())
    if not form.validate_on_submit():
        return pages.page("forums/new.html", 422, form=form)
    words = {"title": form.title.data, "body": form.body.data, "kind": form.kind.data}
    topic = start(category=db.session.get_one(Category, form.category.data), by=pages.viewer(), **words)
    db.session.commit()
    return pages.go(_address(topic))


@forums.get("/<slugged:topic_id>")
def show(topic_id: int) -> Response:
    return _show(topic_id, _empty_form())


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
    return pages.go(_address(topic))


@forums.get("/<slugged:topic_id>/history")
@login_required
def history(topic_id: int) -> Response:
    topic = queries.find(topic_id, pages.viewer())
    return history_page(topic, back=_address(topic))


@forums.post("/<slugged:topic_id>/posts")
@login_required
@pages.limiter.limit("30/minute")
def create_post(topic_id: int) -> Response:
    viewer, form = pages.viewer(), PostForm()
    topic = queries.find(topic_id, viewer)
    if not form.validate_on_submit():
        return _refused(topic, form)
    post = write(topic, by=viewer, body=form.body.data)
    db.session.commit()
    return pages.answer("forums/posts/create.hx.html", post_url(post), **_one(topic.id, post.id))


@forums.get("/<slugged:topic_id>/newest")
def newest(topic_id: int) -> Any:
    topic = queries.find(topic_id, pages.viewer())
    post = newest_post(topic, pages.viewer())
    return redirect(post_url(post) if post else _address(topic))


@forums.get("/<slugged:topic_id>/posts/<slugged:post_id>")
def show_post(topic_id: int, post_id: int) -> Any:
    viewer = pages.viewer()
    topic = queries.find(topic_id, viewer)
    post = queries.find_post(topic_id, post_id, visible_posts(viewer))
    start, apart = reading.place_of(post, viewer, accepted_id=queries.accepted_id(topic_id))
    anchor = pages.dom_id(post)
    if apart:
        after = post.position - 1
        return redirect(url_for("discussion.comments", post_id=post.parent_id, after=after, _anchor=anchor))
    return redirect(_address(topic, **{"from": start} if start else {}, _anchor=anchor))


@forums.put("/<slugged:topic_id>/posts/<slugged:post_id>/vote")
@login_required
@pages.limiter.limit("60/minute")
def put_vote(topic_id: int, post_id: int) -> Response:
    post = _answer(topic_id, post_id)
    value = {"1": 1, "-1": -1}.get(request.form.get("value", "1"))
    if value is None:
        raise Unusable("A vote is either for or against.")
    cast(post, by=pages.viewer(), value=value)
    db.session.commit()
    return pages.answer("forums/vote/update.hx.html", post_url(post), **_one(topic_id, post_id))


@forums.delete("/<slugged:topic_id>/posts/<slugged:post_id>/vote")
@login_required
@pages.limiter.limit("60/minute")
def delete_vote(topic_id: int, post_id: int) -> Response:
    post = _answer(topic_id, post_id)
    withdraw(post, by=pages.viewer())
    db.session.commit()
    return pages.answer("forums/vote/update.hx.html", post_url(post), **_one(topic_id, post_id))


@forums.put("/<slugged:topic_id>/acceptance")
@login_required
@pages.limiter.limit("30/minute")
def put_acceptance(topic_id: int) -> Response:
    viewer = pages.viewer()
    topic = queries.find(topic_id, viewer)
    if not topic.is_question:
        raise Conflict("This is a discussion: there is no one answer to accept.")
    post = queries.find_post(topic_id, request.form.get("post_id", 0, type=number), visible_posts(viewer))
    accept(post, by=viewer)
    db.session.commit()
    return pages.go(_address(topic))


@forums.delete("/<slugged:topic_id>/acceptance")
@login_required
@pages.limiter.limit("30/minute")
def delete_acceptance(topic_id: int) -> Response:
    topic = queries.find(topic_id, pages.viewer())
    withdraw_acceptance(topic, by=pages.viewer())
    db.session.commit()
    return pages.go(_address(topic))


def _address(topic: Topic, **query: Any) -> str:
    return url_for("forums.show", topic_id=topic, **query)


def _empty_form() -> PostForm | None:
    """A form to write in; none for strangers, because its token would give their page a cookie."""
    return PostForm(formdata=None) if current_user.is_authenticated else None


def _show(topic_id: int, form: PostForm | None, status: int = 200) -> Response:
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


def _refused(topic: Topic, form: PostForm) -> Response:
    if not pages.wants_fragment():
        return _show(topic.id, form, 422)
    marks = reading.marks(topic, pages.viewer(), [], None)
    response = pages.page("forums/_reply.html", 422, topic=topic, form=form, marks=marks)
    response.headers.update({"HX-Retarget": "#reply", "HX-Reswap": "outerHTML"})
    return response


def _answer(topic_id: int, post_id: int) -> Post:
    viewer = pages.viewer()
    topic = queries.find(topic_id, viewer)
    post = queries.find_post(topic_id, post_id, visible_posts(viewer))
    if not topic.is_question or not post.may_answer:
        raise Conflict("Only answers to questions take votes.")
    return post


def _one(topic_id: int, post_id: int) -> dict[str, Any]:
    """What the fragment of one reply needs."""
    viewer = pages.viewer()
    topic, accepted = queries.find_to_show(topic_id, viewer)
    post = queries.find_post(topic_id, post_id, with_author(visible_posts(viewer)))
    marks = reading.marks(topic, viewer, [post_id], accepted)
    return {
        "topic": topic,
        "shown": Shown(post),
        "post": post,
        "marks": marks,
        "form": PostForm(formdata=None),
    }


def _full_address(thing: Any) -> str:
    if isinstance(thing, Person):
        return url_for("accounts.show", person_id=thing, _external=True)
    if isinstance(thing, Post):
        return url_for("forums.show_post", topic_id=thing.topic_id, post_id=thing.id, _external=True)
    return _address(thing, _external=True)
