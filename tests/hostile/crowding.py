"""Many rows at once, each with a text of its own, and the page that lists them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal import markup
from portal.accounts.models import Company, Person
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Category, Topic
from portal.ideas.models import Board, Idea, StatusChange
from portal.moderation.models import Flag, ModerationAct
from tests.factories import EPOCH

NUMBERS = count(1000)
WHO = {"author_id": 1, "created_at": EPOCH}


@dataclass(frozen=True)
class Crowd:
    """`add(texts)` makes a row of each; `page` lists them, as `cooked` HTML or as the text that it is."""

    name: str
    longest: int
    page: str
    add: Callable[[Sequence[str]], Any]
    cooked: bool = False


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    # As on the way in from a form: a NUL is marked as unreadable.
    rows = [
        {k: v.replace("\0", "\ufffd") if isinstance(v, str) else v for k, v in row.items()} for row in rows
    ]
    db.session.execute(sa.insert(model), rows)
    db.session.commit()


@cache
def _cooked(text: str) -> dict[str, Any]:
    cooked = markup.cook(text)
    return {"body": text, "body_html": cooked.html, "cooked_with": cooked.version}


def _person(text: str) -> dict[str, Any]:
    n = next(NUMBERS)
    key = {"email": f"p{n}@example.com", "fs_uniquifier": f"p{n}", "confirmed_at": EPOCH, "created_at": EPOCH}
    return {"name": text, "about": text, **key}


def people(texts: Sequence[str]) -> None:
    """Names."""
    _insert(Person, [_person(text) for text in texts])


def ideas(texts: Sequence[str]) -> None:
    """Titles and the words below them."""
    plain = {"body": "x", "body_html": "x", "cooked_with": "1", "board_id": 1, "target": "Q1"}
    _insert(Idea, [{"title": text, "summary": text, **plain, **WHO} for text in texts])


def topics(texts: Sequence[str]) -> None:
    """Titles and the words below them."""
    plain = {"body": "x", "body_html": "x", "cooked_with": "1", "category_id": 1, "last_activity_at": EPOCH}
    _insert(Topic, [{"title": text, "summary": text, **plain, **WHO} for text in texts])


def companies(texts: Sequence[str]) -> None:
    """Name, tier, segment and owner."""
    rows = (
        {"name": t, "tier": t[:40], "segment": t[:80], "owner": t[:120], "created_at": EPOCH} for t in texts
    )
    _insert(Company, list(rows))


def boards(texts: Sequence[str]) -> None:
    """Name and description."""
    _insert(Board, [{"name": text, "description": text, "created_at": EPOCH} for text in texts])


def categories(texts: Sequence[str]) -> None:
    """Name and description."""
    _insert(Category, [{"name": text, "description": text, "created_at": EPOCH} for text in texts])


def statuses(texts: Sequence[str]) -> None:
    """Reasons of status changes."""
    same = {"idea_id": 1, "old": "open", "new": "planned", "changed_by_id": 1, "at": EPOCH}
    _insert(StatusChange, [{"reason": text, **same} for text in texts])


def flags(texts: Sequence[str]) -> None:
    """Notes, and the names of those who wrote them."""
    people([text[:80] for text in texts])
    newest = db.session.scalars(sa.select(Person.id).order_by(Person.id.desc()).limit(len(texts))).all()
    same = {"idea_id": 1, "reason": "spam", "at": EPOCH}
    _insert(Flag, [{"note": t, "person_id": who, **same} for t, who in zip(texts, newest, strict=True)])


def acts(texts: Sequence[str]) -> None:
    """Reasons in the log of moderation."""
    same = {"act": "hide", "idea_id": 1, "moderator_id": 1, "at": EPOCH}
    _insert(ModerationAct, [{"reason": text, **same} for text in texts])


def comments(texts: Sequence[str]) -> None:
    """Cooked texts under an idea."""
    _insert(Post, [{"idea_id": 1, "position": next(NUMBERS), **_cooked(text), **WHO} for text in texts])


def replies(texts: Sequence[str]) -> None:
    """Cooked texts under a question, which are also structured data there."""
    _insert(Post, [{"topic_id": 1, "position": next(NUMBERS), **_cooked(text), **WHO} for text in texts])


CROWDS = [
    Crowd("ideas", 200, "/ideas/?sort=new", ideas),
    Crowd("topics", 200, "/questions/", topics),
    Crowd("people", 80, "/admin/people", people),
    Crowd("companies", 120, "/admin/companies", companies),
    Crowd("boards", 60, "/admin/boards", boards),
    Crowd("categories", 60, "/admin/categories", categories),
    Crowd("statuses", 500, "/ideas/1", statuses),
    Crowd("flags", 500, "/moderation/queue", flags),
    Crowd("acts", 500, "/moderation/log", acts),
    Crowd("comments", 4_000, "/ideas/1", comments, cooked=True),
    Crowd("replies", 4_000, "/questions/1", replies, cooked=True),
]
