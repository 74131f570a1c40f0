"""The pages of votes that staff add for customers."""

from flask import Response, flash, render_template, request, url_for
from flask_login import login_required

from portal import pages
from portal.accounts import mailing
from portal.accounts.models import Person
from portal.database import db
from portal.errors import Conflict, NotAllowed, NotFound
from portal.ideas import queries
from portal.ideas.merging import queries as merging
from portal.ideas.models import Idea
from portal.ideas.views import ideas
from portal.ideas.vouched.forms import VouchForm
from portal.voting import vouching
from portal.voting.models import Proof
from portal.voting.queries import added_vote, customers_like
from portal.voting.vouching import Evidence


@ideas.get("/<slugged:idea_id>/votes/new")
@login_required
def new_vote_for(idea_id: int) -> Response:
    return _form(_idea(idea_id), VouchForm(formdata=None, customer=request.args.get("customer", "")[:30]))


@ideas.post("/<slugged:idea_id>/votes")
@login_required
@pages.limiter.limit("60/minute")
def create_vote_for(idea_id: int) -> Response:
    idea, form = _idea(idea_id), VouchForm()
    if not form.validate_on_submit() or not _can_be_told(form, idea) or not _is_added(form, idea):
        return _form(idea, form, 422)
    db.session.commit()
    mailing.deliver()
    flash("The vote is added.", "good")
    return pages.go(url_for("ideas.show", idea_id=idea))


@ideas.delete("/<slugged:idea_id>/votes/<int:vote_id>")
@login_required
def delete_vote_for(idea_id: int, vote_id: int) -> Response:
    idea = _idea(idea_id)
    vouching.remove(added_vote(idea.id, vote_id), idea, by=pages.viewer())
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea))


@ideas.put("/<slugged:idea_id>/vote/owner")
@login_required
def put_vote_owner(idea_id: int) -> Response:
    """The customer makes the vote the own one."""
    idea = merging.taking_for(queries.find(idea_id, pages.viewer()), pages.viewer())
    vouching.take_over(idea, by=pages.viewer())
    db.session.commit()
    return pages.go(url_for("ideas.show", idea_id=idea))


def _idea(idea_id: int) -> Idea:
    idea, _ = queries.find_to_show(idea_id, pages.viewer())
    if not vouching.may_vouch(pages.viewer()):
        raise NotAllowed("Only staff add votes for customers. You can vote yourself.")
    return idea


def _can_be_told(form: VouchForm, idea: Idea) -> bool:
    """Whether the customer can be told, where that is wanted; if not, the form says why."""
    voter = form.voter()
    if not form.tell.data:
        return True
    if not isinstance(voter, Person) or not voter.email or not voter.confirmed_at or not voter.active:
        form.tell.errors = ["We have no mail address of theirs that they confirmed."]
    elif voter.mail_opt_out_at:
        form.tell.errors = ["The CRM says that they want no news by mail. They see the vote on the idea."]
    else:
        try:
            queries.find(idea.id, voter)
        except NotFound:
            form.tell.errors = ["They cannot see this idea, so a mail would lead nowhere."]
    return not form.tell.errors


def _is_added(form: VouchForm, idea: Idea) -> bool:
    """Add the vote and post the mail. Where the customer has a vote already, the form says so."""
    voter, by, proof = form.voter(), pages.viewer(), Proof(form.proof.data)
    evidence = Evidence(proof, form.url.data or "", form.text.data or "")
    try:
        vouching.add(idea, by=by, voter=voter, evidence=evidence, told=form.tell.data)
    except Conflict as refusal:
        form.customer.errors = [str(refusal)]
        return False
    if form.tell.data and isinstance(voter, Person) and voter.email:
        text = render_template("ideas/mails/added.txt", idea=idea, voter=voter, by=by, proof=proof)
        mailing.post(voter.email, f"{by.name} added your vote for “{idea.title}”", text)
    return True


def _form(idea: Idea, form: VouchForm, status: int = 200) -> Response:
    text = " ".join(request.args.get("q", "").replace("\x00", " ").split())[:80]
    people, companies = customers_like(text)
    found = {"text": text, "people": people, "companies": companies, "voter": form.voter()}
    return pages.page("ideas/vouched/new.html", status, idea=idea, form=form, **found)
