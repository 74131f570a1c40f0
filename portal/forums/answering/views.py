"""The pages and forms of replies under /questions/<topic>/."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.discussion.forms import PostForm, number
from portal.discussion.models import Post
from portal.discussion.queries import Marks, Shown, comments_on, newest_post, visible_posts, with_author
from portal.discussion.views import post_url
from portal.discussion.writing import write
from portal.errors import Conflict, Unusable
from portal.forums import queries, reading
from portal.forums.accepting import accept, withdraw_acceptance
from portal.forums.models import Topic
from portal.forums.views import address, forums, show_page
from portal.voting.casting import cast, withdraw


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


@forums.get("/<slugged:topic_id>/comments")
def comments(topic_id: int) -> Response:
    viewer, after = pages.viewer(), request.args.get("after", 0, type=number)
    topic = queries.find(topic_id, viewer)
    rows, more = comments_on(topic, viewer, after=after)
    return pages.page("forums/comments.html", topic=topic, rows=rows, more=more, after=after, marks=Marks())


@forums.get("/<slugged:topic_id>/newest")
def newest(topic_id: int) -> Any:
    topic = queries.find(topic_id, pages.viewer())
    post = newest_post(topic, pages.viewer())
    return redirect(post_url(post) if post else address(topic))


@forums.get("/<slugged:topic_id>/posts/<slugged:post_id>")
def show_post(topic_id: int, post_id: int) -> Any:
    viewer = pages.viewer()
    topic = queries.find(topic_id, viewer)
    post = queries.find_post(topic_id, post_id, visible_posts(viewer))
    start, apart = reading.place_of(post, viewer, accepted_id=queries.accepted_id(topic_id))
    anchor = pages.dom_id(post)
    if apart:
        return redirect(_among_all(post, after=post.position - 1, _anchor=anchor))
    return redirect(address(topic, **{"from": start} if start else {}, _anchor=anchor))


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
    return pages.go(address(topic))


@forums.delete("/<slugged:topic_id>/acceptance")
@login_required
@pages.limiter.limit("30/minute")
def delete_acceptance(topic_id: int) -> Response:
    topic = queries.find(topic_id, pages.viewer())
    withdraw_acceptance(topic, by=pages.viewer())
    db.session.commit()
    return pages.go(address(topic))


def _refused(topic: Topic, form: PostForm) -> Response:
    if not pages.wants_fragment():
        return show_page(topic.id, form, 422)
    marks = reading.marks(topic, pages.viewer(), [], None)
    response = pages.page("forums/_reply.html", 422, topic=topic, form=form, marks=marks)
    response.headers.update({"HX-Retarget": "#reply", "HX-Reswap": "outerHTML"})
    return response


def _among_all(comment: Post, **query: Any) -> str:
    """Where all comments stand that stand beside this one."""
    if comment.parent_id is None:
        return url_for("forums.comments", topic_id=comment.topic_id, **query)
    return url_for("discussion.comments", post_id=comment.parent_id, **query)


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
