"""Every read of merges."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion.models import Label, Labelling, Link
from portal.errors import Conflict
from portal.ideas.merging.models import Merge
from portal.ideas.models import Board, Idea
from portal.ideas.queries import cards, listed_to, visible_to
from portal.ideas.standing import Votes, votes_of
from portal.voting.models import Vote
from portal.voting.uniting import Family

SHOWN = 50
UNSEEN = (
    "This idea is counted with another one that is not for everybody, so nothing new is taken here. "
    "What was said stays: you can answer a comment, and take your vote back."
)


@dataclass(frozen=True)
class Merges:
    """How an idea and others were merged, as one viewer reads it: what counts for it (`own`, and `target` where the
    viewer sees that), and the merges of those ideas that it counts for.
    `voted`: the viewer's vote on it counts where they do not see it."""

    own: Merge | None = None
    target: Idea | None = None
    sources: Sequence[Merge] = ()
    history: Sequence[Merge] = ()
    voted: bool = False

    @property
    def origins(self) -> dict[int, Idea]:
        """The ideas that it counts for, by id."""
        return {each.source_id: each.source for each in self.sources}

    @property
    def ended(self) -> Sequence[Merge]:
        """Those that were parted again."""
        return [each for each in self.history if each.undone_at]

    @property
    def told(self) -> bool:
        """Whether there is more to tell than what the idea itself was merged into."""
        return bool(self.sources or self.ended)

    def tells_of(self, other: Any) -> bool:
        """Whether this says already that something and the idea ask for the same."""
        there = [self.target.id if self.target else None, *self.origins]
        return other.name == "idea" and other.id in there

    def from_(self, source_id: int | None) -> Merge | None:
        """The merge of one of these sources."""
        return next((each for each in self.sources if each.source_id == source_id), None)


NONE = Merges()


def told_of(idea: Idea, viewer: Viewer) -> Merges:
    """The merges that the page of an idea tells of; no query for an idea without any."""
    if not idea.had_merges:
        return NONE
    past = history_of(idea, viewer)
    if idea.is_merged:
        target = seen_target(idea, viewer)
        voted = target is None and voted_on(idea, viewer)
        return Merges(in_force(idea.id), target, history=past, voted=voted)
    return Merges(sources=sources_of(idea, viewer), history=past)


def history_of(idea: Idea, viewer: Viewer) -> Sequence[Merge]:
    """The merges of this idea and into it, the first one first, where the viewer may know about the other one."""
    seen = visible_to(viewer).with_only_columns(Idea.id)
    here = sa.and_(Merge.source_id == idea.id, Merge.target_id.in_(seen))
    there = sa.and_(Merge.target_id == idea.id, Merge.source_id.in_(seen))
    return db.session.scalars(_merges().where(sa.or_(here, there)).order_by(Merge.id).limit(SHOWN)).all()


def in_force(idea_id: int) -> Merge | None:
    """The merge of an idea into another that holds now; None for an idea that stands for itself."""
    return db.session.scalar(_merges().where(Merge.source_id == idea_id, Merge.undone_at.is_(None)))


def below(idea: Idea) -> list[Idea]:
    """The ideas that were merged into this one, and into those, whatever counts for all of them now."""
    top = idea.merged_into_id or idea.id
    edges = sa.select(Merge.source_id, Merge.target_id).join(Idea, Idea.id == Merge.source_id)
    rows = db.session.execute(edges.where(Idea.merged_into_id == top, Merge.undone_at.is_(None)))
    into: dict[int, list[int]] = {}
    for source, target in rows:
        into.setdefault(target, []).append(source)
    found, ahead = list[int](), [idea.id]
    while ahead:
        found += (under := into.get(ahead.pop(), []))
        ahead += under
    ideas = sa.select(Idea).where(Idea.id.in_(found)).options(joinedload(Idea.board)).order_by(Idea.id)
    return list(db.session.scalars(ideas.execution_options(populate_existing=True))) if found else []


def merges_in_force(idea_ids: Sequence[int]) -> Sequence[Merge]:
    """The merges by which these ideas went, to act on."""
    held = sa.select(Merge).where(Merge.source_id.in_(idea_ids), Merge.undone_at.is_(None))
    return db.session.scalars(held.execution_options(populate_existing=True)).all()


def family_of(idea: Idea, sources: Sequence[Idea] | None = None) -> Family:
    """An idea with all that it counts for (or would, with these `sources`), as its votes are united. Two queries."""
    counted = (
        Idea.merged_into_id == idea.id if sources is None else Idea.id.in_([each.id for each in sources])
    )
    returned = votes_of(Idea.board_id, Idea.status) == Votes.RETURNED
    rows = db.session.execute(sa.select(Idea.id, Idea.board_id, returned).where(counted)).all()
    is_closed = db.session.scalar(sa.select(returned).where(Idea.id == idea.id))
    return Family(
        idea,
        sources=[row[0] for row in rows],
        closed=[row[0] for row in rows if row[2]],
        abroad=[row[0] for row in rows if row[1] != idea.board_id],
        is_closed=bool(is_closed),
    )


def sources_of(idea: Idea, viewer: Viewer) -> Sequence[Merge]:
    """The merges by which other ideas count for this one, the newest first: of those ideas that the viewer sees."""
    if not idea.sources:
        return ()
    seen = visible_to(viewer).with_only_columns(Idea.id).where(Idea.merged_into_id == idea.id)
    held = _merges().where(Merge.source_id.in_(seen), Merge.undone_at.is_(None))
    return db.session.scalars(held.order_by(Merge.at.desc(), Merge.id.desc()).limit(SHOWN)).all()


def said_to_be(idea: Idea, viewer: Viewer) -> Sequence[Idea]:
    """The ideas of which somebody said that they and this one are the same, those that most want first."""
    forth = sa.select(Link.to_idea_id).where(Link.from_idea_id == idea.id, Link.kind == "duplicate")
    back = sa.select(Link.from_idea_id).where(Link.to_idea_id == idea.id, Link.kind == "duplicate")
    linked = listed_to(viewer).where(sa.or_(Idea.id.in_(forth), Idea.id.in_(back)))
    return cards(linked.order_by(Idea.score.desc(), Idea.id).limit(SHOWN))


def labelled(which: sa.ColumnElement[bool]) -> sa.Select[int]:
    """The ids of ideas that have such a label themselves, or count for one that has it: the one rule of labels.

    `which` is a condition on rows of Label, or of Idea.
    """
    counting = sa.select(sa.func.coalesce(Idea.merged_into_id, Idea.id))
    with_labels = counting.join(Labelling, Labelling.idea_id == Idea.id)
    return with_labels.join(Label, Label.id == Labelling.label_id).where(which)


def seen_by(viewer: Viewer, there: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether the viewer may know about a row of Idea; `there` says which rows are asked about, so that no other is read."""
    return Idea.id.in_(visible_to(viewer).where(there).with_only_columns(Idea.id).correlate(None))


def labels_on(ids: Collection[int], viewer: Viewer) -> Mapping[int, list[str]]:
    """The labels of each of these ideas, by the same rule, by name and each once: of those that the viewer may know about.
    One query."""
    there = sa.or_(Idea.id.in_(ids), Idea.merged_into_id.in_(ids))
    found: dict[int, list[str]] = defaultdict(list)
    named = (
        labelled(sa.and_(there, seen_by(viewer, there)))
        .add_columns(Label.name)
        .distinct()
        .order_by(Label.name)
    )
    for idea_id, name in db.session.execute(named):
        found[idea_id].append(name)
    return found


def seen_target(idea: Idea, viewer: Viewer) -> Idea | None:
    """The idea that counts for this one, if the viewer may know about it."""
    return db.session.scalar(visible_to(viewer).where(Idea.id == idea.merged_into_id))


def voted_on(idea: Idea, viewer: Viewer) -> bool:
    """Whether the viewer has a vote that was cast on this very idea, wherever it counts."""
    mine = sa.select(Vote.id).where(Vote.idea_id == idea.id, Vote.person_id == viewer.id)
    return viewer.id is not None and db.session.scalar(mine.limit(1)) is not None


def taking_for(idea: Idea, viewer: Viewer) -> Idea:
    """The idea that takes what the viewer says on this one. Raises Conflict where they do not see it."""
    taking = standing_for(idea, viewer)
    if taking.is_merged:
        raise Conflict(UNSEEN)
    return taking


def standing_for(idea: Idea, viewer: Viewer) -> Idea:
    """Where a vote or a comment on an idea goes: the idea that counts for it, or itself where the viewer does not see
    that one."""
    return (seen_target(idea, viewer) or idea) if idea.is_merged else idea


@cache
def _merges() -> sa.Select[Merge]:
    people = (
        joinedload(Merge.merged_by).load_only(Person.name),
        joinedload(Merge.undone_by).load_only(Person.name),
    )
    board = joinedload(Idea.board).load_only(Board.name, Board.audience, Board.own_only)
    ideas = (joinedload(Merge.source).options(board), joinedload(Merge.target).options(board))
    return sa.select(Merge).options(*people, *ideas)
