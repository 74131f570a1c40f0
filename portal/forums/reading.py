"""One screen of a topic: what is read for it, in the same number of queries wherever it stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.discussion import queries as posts
from portal.discussion.linking import Neighbour, labels_of, neighbours_of
from portal.discussion.models import Post
from portal.discussion.queries import Marks, Stretch
from portal.forums import queries
from portal.forums.accepting import may_accept
from portal.forums.models import Topic
from portal.voting.queries import values_by

Told = Callable[[Viewer], sa.ColumnElement[Any]]
_beside: dict[str, tuple[Told, Callable[[Any], Any]]] = {}


def read_beside(name: str, told: Told, read: Callable[[Any], Any]) -> None:
    """From now on the screen also says this of a topic: `told` is an expression over a row of Topic, `read` makes
    something of its value."""
    _beside[name] = told, read


@dataclass(frozen=True)
class Screen:
    """A topic as one viewer reads it: the stretch of replies, what may be done, what it is linked with; `beside`: what
    others say of it in the same query, by name."""

    topic: Topic
    stretch: Stretch
    marks: Marks
    neighbours: Sequence[Neighbour]
    labels: Sequence[str]
    is_first: bool
    beside: Mapping[str, Any]


def read(topic_id: int, viewer: Viewer, *, start: int | None = None, end: int | None = None) -> Screen:
    """The screen whose replies begin at position `start`, or end at `end`, or the first one.

    Raises NotFound for a topic that the viewer may not know about.
    """
    columns = [column(viewer) for column, _ in _beside.values()]
    topic, accepted, *said = queries.find_to_show(topic_id, viewer, *columns)
    accepted = None if accepted is None or accepted.is_hidden else accepted
    stretch = posts.stretch(topic, viewer, start=start, end=end, pinned=accepted)
    return Screen(
        topic=topic,
        stretch=stretch,
        marks=marks(topic, viewer, stretch.voted_on, accepted),
        neighbours=neighbours_of(topic, viewer),
        labels=labels_of(topic),
        is_first=start is None and end is None,
        beside={name: _beside[name][1](value) for name, value in zip(_beside, said, strict=True)},
    )


def marks(topic: Topic, viewer: Viewer, voted_on: Sequence[int], accepted: Post | None) -> Marks:
    """What the viewer may do in this topic, and what they voted."""
    closed = topic.locked_at is not None or topic.is_hidden
    is_open = viewer.is_authenticated and (not closed or viewer.may("moderate"))
    return Marks(
        open=is_open,
        takes_votes=topic.is_question,
        may_accept=is_open and may_accept(viewer, topic),
        accepted_id=accepted.id if accepted else None,
        votes=values_by(viewer, post_ids=voted_on),
    )


def place_of(post: Post, viewer: Viewer, *, accepted_id: int | None) -> tuple[int | None, bool]:
    """Where a reply stands: the `start` of a screen that shows it (None: the first), and whether it is a
    comment that is only shown among all comments."""
    if not post.may_answer and not posts.is_among_first(post, viewer):
        return None, True
    top = posts.position_of(post.parent_id) if post.parent_id else post.position
    on_first = post.aside or (post.parent_id or post.id) == accepted_id or top <= posts.PAGE
    return (None if on_first else top), False
