"""Flags, the queue, hiding and locking, and the log."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.database import db
from portal.discussion.subjects import kind_of, subject_id
from portal.errors import Unusable
from portal.moderation import flagging, hiding, judging, locking, queries
from portal.moderation.forms import FlagForm, ReasonForm
from portal.moderation.models import FlagReason
from portal.moderation.permitting import must_moderate
from portal.moderation.subjects import find

moderation = Blueprint("moderation", __name__, url_prefix="/moderation")
THING = "/<any(idea, topic, post):subject>/<int:thing_id>"


@moderation.get("/queue")
@login_required
def queue() -> Response:
    """What waits for a moderator."""
    must_moderate(current_user)
    after = request.args.get("after", 0, type=int)
    return pages.page("moderation/queue.html", queue=queries.queue(current_user, min(after, 2**62)))


@moderation.get("/log")
@login_required
def log() -> Response:
    """Every act of moderators."""
    must_moderate(current_user)
    return pages.page("moderation/log.html", lines=queries.log(request.args.get("page")))


@moderation.get("/flags/new")
@login_required
def new_flag() -> Response:
    """The form that asks what is wrong."""
    form = FlagForm(request.args, meta={"csrf": False})
    thing = _flagged(form)
    return pages.page("moderation/flags/new.html", form=form, thing=thing, back=address_of(thing))


@moderation.post("/flags")
@login_required
@pages.limiter.limit("20/hour")
def create_flag() -> Response:
    """Put a thing into the queue."""
    form = FlagForm()
    thing = _flagged(form)
    if not form.validate_on_submit():
        return pages.page("moderation/flags/new.html", 422, form=form, thing=thing, back=address_of(thing))
    flagging.flag(thing, by=current_user, reason=FlagReason(form.reason.data), note=form.note.data or "")
    db.session.commit()
    flash("Thank you. A moderator will look at it.")
    return pages.go(address_of(thing))


@moderation.get(THING)
@login_required
def show(subject: str, thing_id: int) -> Response:
    """Where the log points: on to the page of the thing."""
    must_moderate(current_user)
    return pages.go(address_of(find(current_user, subject, thing_id)))


@moderation.delete(THING + "/flags")
@login_required
def delete_flags(subject: str, thing_id: int) -> Response:
    """The thing stays: its flags are rejected."""
    thing = find(current_user, subject, thing_id)
    judging.reject(thing, by=current_user)
    db.session.commit()
    return _done(subject, thing, "Kept. The flags are closed.")


@moderation.put(THING + "/hiding")
@login_required
def put_hiding(subject: str, thing_id: int) -> Response:
    """Hide a thing, with a reason."""
    thing = find(current_user, subject, thing_id)
    must_moderate(current_user)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _ask(subject, thing, form, "hiding")
    hiding.hide(thing, by=current_user, reason=form.reason.data)
    db.session.commit()
    return _done(subject, thing, "Hidden. The author sees the reason.")


@moderation.delete(THING + "/hiding")
@login_required
def delete_hiding(subject: str, thing_id: int) -> Response:
    """Put a hidden thing back."""
    thing = find(current_user, subject, thing_id)
    hiding.restore(thing, by=current_user, reason=request.values.get("reason", "")[:500])
    db.session.commit()
    return _done(subject, thing, "Restored. Everybody sees it again.")


@moderation.put("/<any(idea, topic):subject>/<int:thing_id>/lock")
@login_required
def put_lock(subject: str, thing_id: int) -> Response:
    """Lock an idea or a topic, with a reason."""
    thing = find(current_user, subject, thing_id)
    must_moderate(current_user)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _ask(subject, thing, form, "lock")
    locking.lock(thing, by=current_user, reason=form.reason.data)
    db.session.commit()
    return _done(subject, thing, "Locked. Everybody sees the reason.")


@moderation.delete("/<any(idea, topic):subject>/<int:thing_id>/lock")
@login_required
def delete_lock(subject: str, thing_id: int) -> Response:
    """Unlock it."""
    thing = find(current_user, subject, thing_id)
    locking.unlock(thing, by=current_user, reason=request.values.get("reason", "")[:500])
    db.session.commit()
    return _done(subject, thing, "Unlocked.")


def address_of(thing: Any) -> str:
    """Where the thing is shown."""
    kind = kind_of(thing)
    if thing.__tablename__ == "post":
        return url_for(kind.post_endpoint, **{kind.argument: subject_id(thing), "post_id": thing.id})
    return url_for(kind.endpoint, **{kind.argument: thing})


def _flagged(form: FlagForm) -> Any:
    number = form.thing_id.data or ""
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise Unusable("This link does not say what you want to flag. Go back and press Flag again.")
    return find(current_user, form.subject.data or "", int(number))


def _ask(subject: str, thing: Any, form: ReasonForm, act: str) -> Response:
    return pages.page(
        "moderation/reason.html",
        422,
        form=form,
        subject=subject,
        thing=thing,
        act=act,
        back=address_of(thing),
    )


def _done(subject: str, thing: Any, said: str) -> Response:
    """In the queue the case is replaced by what was done; elsewhere the page of the thing comes back."""
    if pages.wants_fragment():
        return pages.page("moderation/_done.html", subject=subject, thing=thing, said=said)
    flash(said)
    from_queue = request.form.get("from") == "queue"
    return pages.go(url_for("moderation.queue") if from_queue else address_of(thing))


def register(app: Any) -> None:
    """Attach the pages, and the names that partials of moderation use."""
    app.register_blueprint(moderation)
    app.jinja_env.globals["moderation_address"] = address_of
    app.jinja_env.globals["flag_reasons"] = {each.value: each.label for each in FlagReason}
