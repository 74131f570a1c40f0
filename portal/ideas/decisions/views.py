"""Setting the status of an idea, and giving the official answer."""

from flask import Response, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.ideas import deciding, queries
from portal.ideas.forms import AnswerForm, StatusForm
from portal.ideas.grounds import queries as grounds
from portal.ideas.statuses.queries import set_of
from portal.ideas.views import ideas, show_again


@ideas.put("/<slugged:idea_id>/status")
@login_required
@pages.limiter.limit("60/minute")
def put_status(idea_id: int) -> Response:
    idea = queries.find(idea_id, pages.viewer())
    deciding.must_decide(pages.viewer())
    form = StatusForm().offer(set_of(idea.board_id), grounds.offered())
    if not form.validate_on_submit():
        return show_again(idea_id, 422, status_form=form)
    deciding.change_status(idea, to=form.status.data, by=pages.viewer(), **form.words())
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea))


@ideas.post("/<slugged:idea_id>/answers")
@login_required
@pages.limiter.limit("30/minute")
def create_answer(idea_id: int) -> Response:
    idea = queries.find(idea_id, pages.viewer())
    deciding.must_decide(pages.viewer())
    form = AnswerForm().offer(set_of(idea.board_id), grounds.offered())
    if not form.validate_on_submit():
        return show_again(idea_id, 422, answer_form=form)
    said = {"status": form.status.data or None, "ground": form.ground.data or ""}
    deciding.answer(idea, by=pages.viewer(), body=form.body.data or "", **said)
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea, _anchor="official-answer"))
