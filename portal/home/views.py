"""The first screen, and the fork between an idea and a question."""

from flask import Blueprint, Flask, Response, current_app, request

from portal import pages
from portal.home import queries
from portal.home.counting import Remembered
from portal.ideas.queries import rising
from portal.search.suggesting import suggest
from portal.search.views import current_index
from portal.voting.queries import values_by

home = Blueprint("home", __name__)

RISING = 4
LONGEST = 200


def register(app: Flask) -> None:
    """Attach these pages."""
    app.register_blueprint(home)
    app.extensions["participants"] = Remembered(queries.participants)


@home.get("/")
def index() -> Response:
    viewer = pages.viewer()
    ideas, solved = rising(viewer, RISING), queries.solved_last(viewer)
    return pages.page(
        "home/index.html",
        ideas=ideas,
        votes=values_by(viewer, idea_ids=[idea.id for idea in ideas]),
        solved=solved,
        this_week=queries.all_this_week(solved),
        waiting=queries.waiting(viewer),
        shipped=queries.shipped_last(viewer),
        participants=current_app.extensions["participants"](),
    )


@home.get("/share")
def choose() -> Response:
    title = " ".join(request.args.get("title", "").replace("\x00", " ").split())[:LONGEST]
    similar = suggest(current_index(), pages.viewer(), title)
    return pages.page("home/choose.html", title=title, similar=similar)
