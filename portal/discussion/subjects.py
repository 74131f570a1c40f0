"""The kinds of things that people talk about. Each slice registers its own, so that this one need not know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import Person, Viewer
from portal.discussion.models import Post

KINDS: dict[str, "Kind"] = {}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of subject: "idea" or "topic".

    `visible_to` is the one visibility rule of the kind: a select over `model` alone (no joins), of which only
    the conditions are read here. `endpoint` shows one and takes `<name>_id`; `post_endpoint` leads to one post
    of it and takes `<name>_id` and `post_id`. `check_writer` raises NotAllowed for a person who sees a subject and
    may not write under it.
    """

    name: str
    model: type[Any]
    visible_to: Callable[[Viewer], sa.Select[Any]]
    endpoint: str
    post_endpoint: str
    check_writer: Callable[[Any, Person], None] = lambda _subject, _by: None

    @property
    def argument(self) -> str:
        """The name of the id in addresses, events and columns: "idea_id"."""
        return f"{self.name}_id"

    @property
    def column(self) -> InstrumentedAttribute[Any]:
        """The column of a post that names such a subject."""
        return getattr(Post, self.argument)

    def rule(self, viewer: Viewer) -> sa.ColumnElement[bool]:
        """What must hold for a row of `model` so that the viewer may know about it."""
        condition = self.visible_to(viewer).whereclause
        return sa.true() if condition is None else condition


def register(kind: Kind) -> None:
    """Make a kind known. Registering it again replaces it (each app made in one process registers)."""
    KINDS[kind.name] = kind


def name_of(thing: Any) -> str:
    """ "idea", "topic" or "post": the word of flags, events and columns for this thing."""
    return str(type(thing).__tablename__)


def kind_of(thing: Any) -> Kind:
    """The kind of a subject, or of the subject that a post belongs to."""
    return KINDS[_word(thing) if isinstance(thing, Post) else name_of(thing)]


def model_of(post: Post) -> Any:
    """The model of the subject of a post: Idea or Topic, found by its table."""
    word = _word(post)
    return next(each.class_ for each in Post.registry.mappers if each.class_.__tablename__ == word)


def subject_id(post: Post) -> int:
    """The id of the idea or topic of a post."""
    return int(getattr(post, f"{_word(post)}_id"))


def _word(post: Post) -> str:
    return "idea" if post.idea_id is not None else "topic"
