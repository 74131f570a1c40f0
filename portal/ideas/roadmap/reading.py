"""The screen of a roadmap: what is read for it, in the same number of queries however many ideas there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Company, Viewer
from portal.errors import NotFound
from portal.ideas import queries as ideas_queries
from portal.ideas.audiences.queries import words_of
from portal.ideas.models import Board, Idea
from portal.ideas.roadmap import columns, queries
from portal.ideas.roadmap.columns import Column
from portal.ideas.roadmap.filtering import RoadmapFilter
from portal.ideas.roadmap.models import Roadmap
from portal.ideas.standing import Standing
from portal.ideas.statuses.queries import offered
from portal.voting.queries import values_by


@dataclass(frozen=True)
class Filled:
    """A column with its first ideas; `many` counts all of them, up to COUNTED."""

    column: Column
    ideas: Sequence[Idea]
    many: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.many - len(self.ideas)

    @property
    def is_full(self) -> bool:
        """Whether there are more than are counted."""
        return self.many > queries.COUNTED


@dataclass(frozen=True)
class Screen:
    """A roadmap as one viewer reads it. `answers`: the first words of official answers by idea."""

    roadmap: Roadmap
    roadmaps: Sequence[Roadmap]
    wanted: RoadmapFilter
    boards: Sequence[Board]
    columns: Sequence[Filled]
    votes: Mapping[int, int]
    answers: Mapping[int, str]
    segments: Sequence[str]
    tiers: Sequence[str]

    @property
    def is_empty(self) -> bool:
        return not any(each.many for each in self.columns)

    @property
    def filters(self) -> Sequence[tuple[str, str, str, Sequence[tuple[Any, str]]]]:
        """What it can be narrowed by: the name of the field, its words, the words for no choice, and the choices."""
        return (
            ("board", "Board", "All boards", [(each.id, each.name) for each in self.boards]),
            ("segment", "Wanted by segment", "All segments", [(each, each) for each in self.segments]),
            ("tier", "Wanted by tier", "All tiers", [(each, each) for each in self.tiers]),
        )


def read(roadmap: Roadmap, viewer: Viewer, wanted: RoadmapFilter, roadmaps: Sequence[Roadmap] = ()) -> Screen:
    """The screen. Raises NotFound for a board that the viewer may not know about."""
    boards = ideas_queries.boards(viewer)
    if wanted.board is not None and wanted.board not in {each.id for each in boards}:
        raise NotFound("There is no such board. Look at the whole roadmap instead.")
    held = columns.of(roadmap, known_by(viewer))
    ids = queries.first_ids(roadmap, held, viewer, wanted, boards)
    many = queries.how_many(roadmap, held, viewer, wanted)
    every = [key for column in ids for key in column]
    cards = {each.id: each for each in _cards(every, viewer)}
    filled = [
        Filled(column, [cards[key] for key in keys if key in cards], count)
        for column, keys, count in zip(held, ids, many, strict=True)
    ]
    records = viewer.may("see_record")
    return Screen(
        roadmap=roadmap,
        roadmaps=roadmaps,
        wanted=wanted,
        boards=boards,
        columns=filled,
        votes=values_by(viewer, idea_ids=every),
        answers=ideas_queries.first_words(list(cards.values())),
        segments=words_of(Company.segment) if records else (),
        tiers=words_of(Company.tier) if records else (),
    )


def known_by(viewer: Viewer) -> Mapping[str, Standing]:
    """The statuses that the viewer meets on any board, by key."""
    return {each.key: each for each in offered(viewer, None)}


def column(roadmap: Roadmap, key: str, viewer: Viewer) -> Column:
    """One column of a roadmap. Raises NotFound."""
    found = next((each for each in columns.of(roadmap, known_by(viewer)) if each.key == key), None)
    if found is None:
        raise NotFound("This roadmap has no such column. It may have been changed a moment ago.")
    return found


def _cards(ids: Sequence[int], viewer: Viewer) -> Sequence[Idea]:
    if not ids:
        return ()
    shown: sa.Select[Idea] = ideas_queries.listed_to(viewer).where(Idea.id.in_(ids))
    return ideas_queries.cards(shown)
