"""The pages of people: settings, sessions, profile."""

from typing import cast

from flask import Blueprint, Response, flash, g, request, url_for
from flask_login import current_user, login_required

from portal import pages
from portal.accounts import changing, consenting, profiles, queries, signing_in
from portal.accounts.forms import ProfileForm
from portal.accounts.models import Person
from portal.database import db
from portal.errors import NotFound

accounts = Blueprint("accounts", __name__)
limit = pages.limiter.limit("30/minute", methods=["POST", "PUT", "DELETE"])


@accounts.after_request
def _keep_nowhere(response: Response) -> Response:
    """Settings stand in no cache; the profile is for everybody."""
    if request.endpoint != "accounts.show":
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _me() -> Person:
    return cast(Person, current_user._get_current_object())


@accounts.get("/account/")
@login_required
def edit() -> Response:
    return _settings(ProfileForm(obj=current_user))


@accounts.put("/account/")
@login_required
@limit
def update() -> Response:
    form = ProfileForm()
    if not form.validate():
        return _settings(form, 422)
    changing.change_profile(_me(), name=form.name.data, about=form.about.data)
    db.session.commit()
    flash("Your profile is saved.", "good")
    return pages.go(url_for(".edit"))


def _settings(form: ProfileForm, status: int = 200) -> Response:
    company = queries.company(current_user.company_id)
    return pages.page("accounts/settings.html", status, form=form, company=company)


@accounts.put("/account/consent")
@login_required
@limit
def give_consent() -> Response:
    return _consent(granted=True)


@accounts.delete("/account/consent")
@login_required
@limit
def withdraw_consent() -> Response:
    return _consent(granted=False)


def _consent(*, granted: bool) -> Response:
    consenting.consent(_me(), granted=granted)
    db.session.commit()
    says = "Thank you. You can take this back at any time." if granted else "Your consent is withdrawn."
    flash(says, "good")
    return pages.go(url_for(".edit", _anchor="consent"))


@accounts.get("/account/sessions")
@login_required
def list_sessions() -> Response:
    return pages.page("accounts/sessions.html", sessions=queries.sessions(_me()), here=g.sign_in.id)


@accounts.delete("/account/sessions")
@login_required
@limit
def end_other_sessions() -> Response:
    ended = signing_in.end_all(_me(), but_id=g.sign_in.id)
    db.session.commit()
    flash(f"{ended} other {'device is' if ended == 1 else 'devices are'} signed out.", "good")
    return pages.go(url_for(".list_sessions"))


@accounts.delete("/account/sessions/<int:session_id>")
@login_required
@limit
def end_session(session_id: int) -> Response:
    if session_id == g.sign_in.id or not signing_in.end(_me(), session_id):
        raise NotFound(
            "This session ended already, or it is the one you are using. To end this one, sign out."
        )
    db.session.commit()
    flash("That device is signed out.", "good")
    return pages.go(url_for(".list_sessions"))


@accounts.get("/people/<slugged:person_id>")
def show(person_id: int) -> Response:
    person = queries.visible_to(current_user, person_id)
    sections = profiles.load(current_user, person)
    return pages.page("accounts/show.html", person=person, sections=sections)
