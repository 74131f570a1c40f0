"""The screen of one idea: what is read for it, in the same number of queries however long the discussion is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.accounts.models import Viewer
from portal.discussion import queries as posts
from portal.discussion.linking import Neighbour, labels_of, neighbours_of
from portal.discussion.models import Post
from portal.discussion.queries import Marks, Stretch
from portal.ideas import permitting, queries
from portal.ideas.confirming import queries as changes
from portal.ideas.confirming.queries import Change
from portal.ideas.fields import queries as fields
from portal.ideas.fields.queries import Value
from portal.ideas.grounds import queries as grounds
from portal.ideas.merging.queries import Merges, sources_of, told_of
from portal.ideas.merging.reading import Together, is_on_first_stretch, together
from portal.ideas.models import Idea, OfficialAnswer, StatusChange
from portal.ideas.queries import Told
from portal.ideas.standing import FIRST, Standing
from portal.ideas.statuses import queries as statuses
from portal.voting.budgeting import Balance, balance
from portal.voting.models import Vote
from portal.voting.queries import added_to
from portal.voting.tallying import Demand, demand_for
from portal.voting.vouching import may_vouch

PAGE = 50
"""Comments on one screen."""

_beside: dict[str, tuple[Told, Callable[[Any], Any]]] = {}


def read_beside(name: str, told: Told, read: Callable[[Any], Any]) -> None:
    """From now on the screen also says this of an idea: `told` is an expression over a row of Idea, `read` makes
    something of its value."""
    _beside[name] = told, read


@dataclass(frozen=True)
class Choices:
    """What a decision chooses from: the statuses of the board, and the grounds of the house by key."""

    statuses: Sequence[Standing] = ()
    grounds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Screen:
    """An idea as one viewer reads it. `demand` and `added`, the votes added
    for customers, are for staff only, and the revenue for those who see records.

    `change`: how the text differs from the one that the viewer voted for. `standing`, for staff: how many voters know
    the text as it is now, and how many there are. `grounds`: the words of those in its history, by key.
    `beside`: what others say of it in the same query, by name. `values`: what it has in those fields of its board that
    the viewer reads.
    """

    idea: Idea
    vote: Vote | None
    merges: Merges
    stretch: Stretch
    marks: Marks
    answers: Sequence[OfficialAnswer]
    history: Sequence[StatusChange]
    neighbours: Sequence[Neighbour]
    labels: Sequence[str]
    demand: Demand | None
    balance: Balance | None
    added: Sequence[Vote] | None
    is_first: bool
    change: Change | None
    standing: tuple[int, int] | None
    choices: Choices
    grounds: Mapping[str, str]
    beside: Mapping[str, Any]
    values: Sequence[Value]

    @property
    def comments(self) -> int:
        """How many comments there are, with those on the ideas that it counts for."""
        return self.idea.comments + sum(each.comments for each in self.merges.origins.values())

    @property
    def statuses(self) -> Mapping[str, Standing]:
        """The statuses of the board by key."""
        return {each.key: each for each in self.choices.statuses}

    @property
    def ground(self) -> str:
        """Why it was declined, in the words of the house; empty when nobody said, or it was not."""
        last = self.history[-1] if self.history else None
        return self.grounds.get(last.ground or "", "") if last and last.new == self.idea.status else ""


def read(idea_id: int, viewer: Viewer, *, start: int | None = None, end: int | None = None) -> Screen:
    """The screen whose comments begin at position `start`, or end at `end`, or the first one.

    Raises NotFound for an idea that the viewer may not know about.
    """
    idea, vote, *told = queries.find_with(idea_id, viewer, *(column for column, _ in _beside.values()))
    history, merges = queries.history_of(idea), told_of(idea, viewer)
    return Screen(
        idea=idea,
        vote=vote,
        merges=merges,
        stretch=_stretch(idea, merges, viewer, start, end),
        marks=Marks(open=takes_comments(idea, viewer)),
        answers=queries.answers_to(idea),
        history=history,
        neighbours=[each for each in neighbours_of(idea, viewer) if not merges.tells_of(each)],
        labels=labels_of(idea, merges.origins),
        demand=demand_for(idea.id) if viewer.is_staff else None,
        balance=balance(viewer, idea.board, Idea),
        added=added_to(idea.id) if may_vouch(viewer) else None,
        is_first=start is None and end is None,
        change=changes.change_since(idea, vote),
        standing=changes.standing(idea) if viewer.is_staff else None,
        choices=_choices(idea, viewer),
        grounds=grounds.names() if any(each.ground for each in history) else {},
        beside={name: _beside[name][1](said) for name, said in zip(_beside, told, strict=True)},
        values=fields.values_for(viewer, idea),
    )


def _stretch(
    idea: Idea, merges: Merges, viewer: Viewer, start: int | None, end: int | None
) -> Stretch | Together:
    """The comments of a screen; with those on ideas that were merged into it, by date."""
    if merges.sources:
        return together(idea, merges.origins, viewer, start=start, end=end, size=PAGE)
    return posts.stretch(idea, viewer, start=start, end=end, size=PAGE)


def _choices(idea: Idea, viewer: Viewer) -> Choices:
    """The statuses of the board, those that were given up too: for the history, and for who decides."""
    if viewer.may("decide"):
        return Choices(*grounds.choices(idea.board_id))
    if idea.status_at or idea.status != FIRST:
        return Choices(statuses.set_of(idea.board_id, archived=True))
    return Choices()


def takes_comments(idea: Idea, viewer: Viewer) -> bool:
    """Whether the viewer is offered to comment."""
    closed = idea.locked_at is not None or idea.is_hidden
    if not viewer.is_authenticated or (closed and not viewer.may("moderate")):
        return False
    return permitting.may(viewer, idea.board, permitting.COMMENT)


def place_of(post: Post, idea: Idea, viewer: Viewer) -> tuple[int | None, bool]:
    """Where a comment stands on the page of an idea, which may count for its own: the `start` of a screen that shows
    it (None: the first), and whether it is a comment on a comment that is only shown among all of those."""
    if post.parent_id is not None and not posts.is_among_first(post, viewer):
        return None, True
    if sources := sources_of(idea, viewer):
        top_id, origins = post.parent_id or post.id, {each.source_id: each.source for each in sources}
        return (None if is_on_first_stretch(top_id, idea, origins, viewer, PAGE) else top_id), False
    top = posts.position_of(post.parent_id) if post.parent_id else post.position
    return (None if top <= PAGE else top), False
