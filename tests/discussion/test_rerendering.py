"""flask discussion rerender: everything that an older renderer cooked, once, in batches, from where it stopped."""

import pytest

from portal import markup
from portal.database import db
from portal.discussion import rerendering
from portal.discussion.models import Post
from portal.ideas.models import Idea


@pytest.fixture
def stale(make):
    topic = make.topic(body="# T", body_html="old", cooked_with="0")
    idea = make.idea(body="**i**", body_html="old", cooked_with="0")
    posts = [make.reply(topic, body=f"*{n}*", body_html="old", cooked_with="0") for n in range(7)]
    imported = make.reply(topic, body="<b>x</b>", body_html="old", cooked_with="html-0")
    fresh = make.reply(topic, body="fresh", body_html="by hand")
    return {"topic": topic, "idea": idea, "posts": posts, "imported": imported, "fresh": fresh}


def rerender(app, *arguments):
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["discussion", "rerender", *arguments])
    db.session.rollback()
    db.session.expire_all()
    return result


def test_everything_stale_is_cooked_again(app, stale):
    result = rerender(app, "--batch", "3")
    assert result.exit_code == 0
    assert stale["topic"].body_html == "<h3>T</h3>\n"
    assert (stale["idea"].body_html, stale["idea"].summary) == ("<p><strong>i</strong></p>\n", "i")
    assert [post.body_html for post in stale["posts"]] == [f"<p><em>{n}</em></p>\n" for n in range(7)]
    assert (stale["imported"].body_html, stale["imported"].cooked_with) == ("<b>x</b>", markup.HTML_VERSION)
    assert stale["fresh"].body_html == "by hand"
    assert stale["topic"].edited_at is None
    assert set(rerendering.stale_counts().values()) == {0}


def test_it_goes_on_where_it_was_stopped(app, stale, monkeypatch):
    steps, cook = iter(range(4)), markup.cook_again

    def failing(*words):
        next(steps)
        return cook(*words)

    monkeypatch.setattr(markup, "cook_again", failing)
    assert rerender(app, "--batch", "2").exit_code == 1
    left = sum(rerendering.stale_counts().values())
    assert 0 < left < 10
    monkeypatch.setattr(markup, "cook_again", cook)
    assert rerender(app).exit_code == 0
    assert db.session.query(Post).filter_by(body_html="old").count() == 0
    assert db.session.query(Idea).filter_by(body_html="old").count() == 0


def test_a_second_run_does_nothing(app, stale, at_most):
    rerender(app)
    with at_most(queries=20) as seen:
        assert rerender(app).exit_code == 0
    assert not any(statement.startswith("UPDATE") for statement in seen)
