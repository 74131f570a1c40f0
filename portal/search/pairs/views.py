"""The list of pairs for staff."""

from flask import Blueprint, Response, flash, request, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.ideas.merging.joining import must_merge
from portal.search.pairs import pairing, queries

pairs = Blueprint("pairs", __name__, url_prefix="/ideas/pairs")


@pairs.get("/")
@login_required
def index() -> Response:
    must_merge(pages.viewer())
    past = request.args.get("list") == "dismissed"
    found = queries.dismissed() if past else queries.waiting()
    return pages.page("search/pairs/index.html", pairs=found, past=past)


@pairs.put("/<int:pair_id>/dismissal")
@login_required
def put_dismissal(pair_id: int) -> Response:
    must_merge(pages.viewer())
    pairing.dismiss(queries.find(pair_id), by=pages.viewer())
    db.session.commit()
    flash("They will not be suggested again.", "good")
    return pages.go(url_for("pairs.index"))


@pairs.delete("/<int:pair_id>/dismissal")
@login_required
def delete_dismissal(pair_id: int) -> Response:
    must_merge(pages.viewer())
    pairing.suggest_again(queries.find(pair_id), by=pages.viewer())
    db.session.commit()
    flash("They are suggested again.", "good")
    return pages.go(url_for("pairs.index"))


@pairs.put("/<int:pair_id>/merging")
@login_required
def put_merging(pair_id: int) -> Response:
    must_merge(pages.viewer())
    pair = queries.find(pair_id)
    few, many = pair.ordered
    pairing.accept(pair, by=pages.viewer())
    db.session.commit()
    flash(f"“{few.title}” counts for “{many.title}” now.", "good")
    return pages.go(url_for("pairs.index"))
