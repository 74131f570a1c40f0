"""Submitting an idea."""

from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaSubmitted
from portal.database import db
from portal.errors import Conflict
from portal.ideas import admitting, permitting
from portal.ideas.models import Board, Idea
from portal.voting import casting

SENT_TWICE = timedelta(minutes=10)
"""The same idea by the same person within this time is one idea sent twice."""


def submit(
    *, board: Board, by: Person, title: str, body: str, vote: bool = True, key: str | None = None
) -> Idea:
    """A new idea, with its author's vote. Sent twice (same `key`, or same words soon after) it is the first one.

    `key` is of the form that was sent; other words from the same form are another idea. Raises NotAllowed when the
    board does not let this person post, Conflict when it takes no idea of this person now. The author has no vote on
    it where voting has not begun or no votes are left.
    """
    permitting.check(by, board, permitting.POST)
    admitting.must_admit(board, by)
    title, body = " ".join(markup.plain(title).split()), markup.plain(body).strip()
    return _just_submitted(board, by, title, body, key) or _add(board, by, title, body, vote, key)


def _just_submitted(board: Board, by: Person, title: str, body: str, key: str | None) -> Idea | None:
    soon = Idea.created_at > clock.now() - SENT_TWICE
    again = sa.or_(Idea.form_key == key, soon) if key else soon
    same = (Idea.board_id == board.id, Idea.title == title, Idea.body == body)
    mine = sa.select(Idea).where(Idea.author_id == by.id, *same, again)
    return db.session.scalar(mine.order_by(Idea.id).limit(1))


def submit_for(author: Person | None, ghost_name: str | None, *, board: Board, title: str, body: str) -> Idea:
    """A new idea in the name of somebody who said it elsewhere, without a vote. Whether the board takes it is the
    caller's matter."""
    title, body = " ".join(markup.plain(title).split()), markup.plain(body).strip()
    idea = _written(board, author, title, body)
    idea.ghost_name = ghost_name
    db.session.add(idea)
    db.session.flush()
    journal.record(IdeaSubmitted(actor_id=idea.author_id, idea_id=idea.id))
    return idea


def _written(board: Board, author: Person | None, title: str, body: str) -> Idea:
    cooked = markup.cook(body)
    words = {"title": title, "body": body, "body_html": cooked.html, "cooked_with": cooked.version}
    return Idea(board=board, author=author, created_at=clock.now(), **words)


def _add(board: Board, by: Person, title: str, body: str, vote: bool, key: str | None) -> Idea:
    idea = _written(board, by, title, body)
    idea.form_key = key
    try:
        with db.session.begin_nested():
            db.session.add(idea)
    except IntegrityError:
        # The form was sent before: twice at once, or again with other words after going back in the browser.
        return _just_submitted(board, by, title, body, key) or _add(board, by, title, body, vote, None)
    journal.record(IdeaSubmitted(actor_id=by.id, idea_id=idea.id))
    if vote and permitting.may(by, board, permitting.VOTE):
        with suppress(Conflict):
            casting.cast(idea, by=by)
    return idea
