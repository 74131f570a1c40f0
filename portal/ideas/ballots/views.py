"""The addresses of the viewer's own vote on an idea."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Response, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.ideas import queries
from portal.ideas.forms import VoteForm
from portal.ideas.merging import queries as merging
from portal.ideas.models import Idea
from portal.ideas.views import ideas
from portal.voting import budgeting, casting


@ideas.put("/<slugged:idea_id>/vote")
@login_required
@pages.limiter.limit("60/minute")
def put_vote(idea_id: int) -> Response:
    form = VoteForm()
    idea = merging.taking_for(queries.find(idea_id, pages.viewer()), pages.viewer())
    shown, more = idea.id, {"weight": form.votes, "importance": form.matters}
    casting.cast(idea, by=pages.viewer(), value=form.number, **more)
    db.session.commit()
    return _voted(shown)


@ideas.delete("/<slugged:idea_id>/vote")
@login_required
@pages.limiter.limit("60/minute")
def delete_vote(idea_id: int) -> Response:
    idea = queries.find(idea_id, pages.viewer())
    shown = merging.standing_for(idea, pages.viewer()).id
    # A vote can be taken back from where its voter does not look in.
    counting = db.session.get_one(Idea, idea.merged_into_id) if idea.merged_into_id else idea
    casting.withdraw(counting, by=pages.viewer())
    db.session.commit()
    return _voted(shown)


def _voted(idea_id: int) -> Response:
    names = after_vote(idea_id)
    return pages.answer("ideas/vote/update.hx.html", back_to(names["idea"]), **names)


def after_vote(idea_id: int) -> dict[str, Any]:
    """What a page shows of an idea once the viewer voted, or took the vote back."""
    viewer = pages.viewer()
    idea, vote = queries.find_to_show(idea_id, viewer)
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    on_its_page = here.path == _address(idea)
    # Lists of several boards show no balance.
    has_balance = not here.path or on_its_page or parse_qs(here.query).get("board") == [str(idea.board_id)]
    return {
        "idea": idea,
        "vote": vote,
        "value": vote.value if vote else 0,
        "on_its_page": on_its_page,
        "balance": budgeting.balance(viewer, idea.board, Idea) if has_balance else None,
    }


def _address(idea: Idea) -> str:
    return url_for("ideas.show", idea_id=idea)


def back_to(idea: Idea) -> str:
    """The list or page of ours from which the vote was sent, at the idea; or the idea."""
    place = pages.ours(request.referrer or "")
    return f"{place}#{pages.dom_id(idea)}" if place else _address(idea)
