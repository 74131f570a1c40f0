"""The pages under /drafts/, and what is kept of somebody who was signed out while writing."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import login_required
from werkzeug.datastructures import MultiDict

from portal import pages
from portal.accounts.visiting import views as visiting
from portal.database import db
from portal.discussion.comparing import compare
from portal.discussion.drafts import queries, saving
from portal.discussion.drafts.forms import KEY, DraftForm, fields_of
from portal.discussion.drafts.models import KINDS, Draft
from portal.discussion.subjects import KINDS as SUBJECTS

drafts = Blueprint("drafts", __name__, url_prefix="/drafts")

PLACES = {"ideas": "idea", "questions": "topic", "changelog": "entry"}
SWEEP = "sweep_drafts"
"""The chore of the worker."""


@dataclass(frozen=True)
class Home:
    """Where the forms of a kind are that is no subject: `form` is the address of the form of a draft, or of an empty one;
    `sends` are the endpoints that it is sent to; `check` raises NotAllowed for who may not fill one in."""

    form: Callable[[Draft | None], str]
    sends: tuple[str, ...]
    check: Callable[[Any], None]


_homes: dict[str, Home] = {}


def give_home(kind: str, home: Home) -> None:
    """From now on drafts of this kind are kept too."""
    _homes[kind] = home


def register(app: Flask) -> None:
    """Attach these pages, and keep what is sent by those whose session ended."""
    app.register_blueprint(drafts)
    app.extensions["jobs"].add(SWEEP, _sweep)
    visiting.keep_with(_keep)


def resume_url(draft: Draft) -> str:
    """The form that a draft is of, filled in."""
    if draft.kind in _homes:
        return _homes[draft.kind].form(draft)
    return url_for(SUBJECTS[draft.kind].endpoint.replace("show", "new"), draft=draft.id)


def filled(kind: str) -> tuple[Draft | None, MultiDict[str, str] | None]:
    """The draft that the address asks for, and its fields for the form. Raises NotFound."""
    draft_id = request.args.get("draft", type=int)
    if draft_id is None:
        return None, None
    draft = queries.find(draft_id, pages.viewer())
    return draft, MultiDict([(name, text) for name, texts in draft.fields.items() for text in texts])


@drafts.get("/")
@login_required
def index() -> Response:
    mine = [(draft, resume_url(draft)) for draft in queries.latest(pages.viewer())]
    return pages.page("drafts/index.html", mine=mine, most=saving.MOST)


@drafts.put("/<any(ideas, questions, changelog):place>")
@login_required
@pages.limiter.limit("60/minute")
def put(place: str) -> Response:
    form, kind = DraftForm(), PLACES[place]
    if kind in _homes:
        _homes[kind].check(pages.viewer())
    key = form.usable_key or secrets.token_urlsafe(18)
    words: dict[str, Any] = {"kind": kind, "key": key, "version": form.number}
    saved = saving.save(**words, fields=fields_of(request.form), by=pages.viewer())
    db.session.commit()
    if pages.wants_fragment():
        return pages.page("drafts/_state.html", key=key, **_told(saved))
    flash("The draft is saved." if saved else "There was nothing to save yet: write a title or a text first.")
    return pages.go(resume_url(saved.draft) if saved else _empty_form(kind))


@drafts.delete("/<slugged:draft_id>")
@login_required
def delete(draft_id: int) -> Response:
    saving.discard(queries.find(draft_id, pages.viewer()))
    db.session.commit()
    flash("The draft is gone.")
    return pages.go(url_for("drafts.index"))


@drafts.get("/kept")
@login_required
def kept() -> Response:
    """What was written when the session ended comes back after signing in."""
    claims = [each for each in session.get("kept", []) if isinstance(each, str)]
    mine = saving.claim_kept(claims, by=pages.viewer()) if claims else []
    session.pop("kept", None)
    db.session.commit()
    goal = resume_url(mine[0]) if len(mine) == 1 else url_for("drafts.index")
    return redirect(goal)  # type: ignore[return-value]


def _empty_form(kind: str) -> str:
    return (
        _homes[kind].form(None) if kind in _homes else url_for(SUBJECTS[kind].endpoint.replace("show", "new"))
    )


def _told(saved: saving.Saved | None) -> dict[str, Any]:
    """What the form learns about its draft: `changes` is how what is here differs from the other tab."""
    other = saved.other if saved else None
    changes = compare(other.said("body"), saved.draft.said("body")) if saved and other else []
    url = resume_url(other) if other else ""
    return {"draft": saved.draft if saved else None, "other": other, "other_url": url, "changes": changes}


def _kind_of_form() -> str:
    """The kind of the form that was sent, "" for forms without drafts."""
    ends = {
        f"{SUBJECTS[kind].endpoint.rpartition('.')[0]}.create": kind for kind in KINDS if kind in SUBJECTS
    }
    ends |= {endpoint: kind for kind, home in _homes.items() for endpoint in home.sends}
    if request.endpoint == "drafts.put":
        return PLACES[str((request.view_args or {}).get("place"))]
    return ends.get(request.endpoint or "", "")


def _keep() -> Response | str:
    """Keep what a stranger sent, for when they are back: where that is, or the answer to a save by script."""
    kind, key = _kind_of_form(), request.form.get("key", "")
    if not kind:
        return ""
    claims = [each for each in session.get("kept", []) if isinstance(each, str)] or [
        secrets.token_urlsafe(24)
    ]
    key = key if KEY.fullmatch(key) else secrets.token_urlsafe(18)
    if not saving.keep_for_later(kind=kind, key=key, fields=fields_of(request.form), claim=claims[0]):
        return ""
    db.session.commit()
    session["kept"] = claims
    if request.endpoint == "drafts.put" and pages.wants_fragment():
        return current_app.make_response((render_template("drafts/signed_out.hx.html"), 401))
    return url_for("drafts.kept")


def _sweep(_stopping: Callable[[], bool]) -> None:
    saving.sweep()
    db.session.commit()
