"""The figures of the desk."""

from datetime import timedelta
from typing import Any

from flask import Response, request

from portal import clock, pages
from portal.errors import NotFound
from portal.ideas import queries as ideas
from portal.ideas.filtering import IdeaFilter
from portal.ideas.grounds import queries as grounds
from portal.ideas.statuses.queries import set_of
from portal.insights import queries as desk
from portal.insights.figures import queries
from portal.insights.views import decides, insights
from portal.insights.votes.choosing import NOBODY
from portal.voting.tallying import mix_of


@insights.get("/figures")
@decides
def figures() -> Response:
    """What is wanted over time, by whom, and how soon it is answered."""
    viewer = pages.viewer()
    boards, asked = ideas.boards(viewer), IdeaFilter.read(request.args).board
    board = next((each for each in boards if each.id == asked), None)
    if asked is not None and board is None:
        raise NotFound("There is no such board. Look at the figures of all boards instead.")
    return pages.page("insights/figures/index.html", boards=boards, board=board, **_figures(viewer, asked))


def _figures(viewer: Any, board_id: int | None) -> dict[str, Any]:
    today, of = clock.now().date(), queries.Seen(viewer, board_id)
    declined = grounds.counted(grounds.declined(viewer, board_id))
    return {
        "weeks": queries.votes_by_week(of, today),
        "mix": queries.mix(of, today),
        "months": queries.first_answers(of, today),
        "statuses": _statuses(queries.by_status(of), board_id),
        "declined": [(key, grounds.names().get(key, key), count) for key, count, _ in declined],
        "compared": queries.boards_compared(viewer),
        "lately": (today - timedelta(days=queries.LATELY - 1)).isoformat(),
        "age": desk.age(),
        "nobody": NOBODY,
        "shares": lambda parts: mix_of({_named(name): count for name, count in parts}),
    }


def _named(name: str | None) -> str:
    return name[:1].upper() + name[1:] if name else "None"


def _statuses(counts: dict[str, int], board_id: int | None) -> list[tuple[str, str, int]]:
    names = {each.key: each.name for each in set_of(board_id, archived=True)}
    known = [(key, name, counts[key]) for key, name in names.items() if key in counts]
    return known + [(key, key, count) for key, count in counts.items() if key not in names]
