"""What resembles a title, with all that is shown of it: the viewer's own votes and the official word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.accounts.models import Viewer
from portal.ideas.models import Idea
from portal.ideas.queries import first_words
from portal.search import finding, resembling
from portal.search.index import Index
from portal.voting.queries import values_by


@dataclass(frozen=True)
class Suggestions:
    """Ideas and questions, the nearest first; votes of the viewer and first words of official answers by idea."""

    things: Sequence[Any] = ()
    votes: Mapping[int, int] = field(default_factory=dict)
    answers: Mapping[int, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.things)

    @property
    def keys(self) -> str:
        """Which they are, as a form says what was seen: "idea:7 topic:3"."""
        return " ".join(f"{each.__tablename__}:{each.id}" for each in self.things)


def suggest(index: Index, viewer: Viewer, title: str, *, limit: int = finding.SIMILAR) -> Suggestions:
    """What may already say it; at most four queries, and none where nothing resembles."""
    things = finding.similar(index, viewer, title, limit)
    ids = [thing.id for thing in things if isinstance(thing, Idea)]
    return Suggestions(
        things,
        values_by(viewer, idea_ids=ids),
        first_words([thing for thing in things if isinstance(thing, Idea)]),
    )


def likely(index: Index, viewer: Viewer, title: str) -> Suggestions:
    """Only what resembles it so much that somebody who posts should see it first."""
    things = finding.similar(index, viewer, title, least=resembling.LIKELY)
    return Suggestions(things)
