"""Pages that need proof of the mailbox: confirming, recovering, another address."""

from hashlib import sha256

import sqlalchemy as sa
from flask import Flask, Response, abort, flash, render_template, session, url_for
from flask_login import current_user
from flask_security import auth_required
from flask_security.confirmable import confirm_email_token_status, send_confirmation_instructions
from flask_security.recoverable import send_reset_password_instructions
from flask_security.utils import check_and_get_token_status, hash_password, login_user

from portal import pages
from portal.accounts import changing, mailing, queries, registering
from portal.accounts.mailbox.forms import AddressForm, ConfirmForm
from portal.accounts.models import Person
from portal.accounts.security.fitting import FRESH, MAIL_WITHIN
from portal.accounts.security.views import account, security, show_mail, went_wrong
from portal.accounts.views import accounts
from portal.database import db

posts = pages.limiter.limit("30/hour", methods=["POST"])
posts_for_one = pages.limiter.limit("5/hour", key_func=account, methods=["POST"])
tries = pages.limiter.limit("10/minute;40/hour", methods=["POST"], deduct_when=went_wrong)


def register(app: Flask) -> None:
    """Take these pages of Flask-Security into our own hands: its answers differ for addresses that it knows."""
    for view in (forgot_password, send_confirmation, confirm_email):
        app.view_functions[f"security.{view.__name__}"] = view


@posts_for_one
@posts
def forgot_password() -> Response:
    form = AddressForm()
    if not form.validate_on_submit():
        return pages.page("security/forgot_password.html", 422 if form.errors else 200, form=form)
    person = queries.by_mail(form.email.data)
    if person and person.active:
        send_reset_password_instructions(person)  # type: ignore[no-untyped-call]
    hash_password("so that an address we do not know takes as long")
    mailing.deliver()
    return show_mail(form.email.data, about="recover", delivered=True)


@posts_for_one
@posts
def send_confirmation() -> Response:
    form = AddressForm()
    if not form.validate_on_submit():
        return pages.page("security/send_confirmation.html", 422 if form.errors else 200, form=form)
    person = queries.by_mail(form.email.data)
    if person and person.active and person.confirmed_at is None and person.password:
        send_confirmation_instructions(person)  # type: ignore[no-untyped-call]
    mailing.deliver()
    return show_mail(form.email.data, about="confirm", delivered=True)


@tries
def confirm_email(token: str) -> Response:
    """The link proves the mailbox, the password that it is the person who registered: together they sign in."""
    expired, invalid, person = confirm_email_token_status(token)  # type: ignore[no-untyped-call]
    if expired or invalid or not person or not person.active or person.confirmed_at is not None:
        return _cannot_confirm(person)
    form = ConfirmForm()
    if form.validate_on_submit() and _is_password_of(person, form):
        registering.confirm(person)
        login_user(person, authn_via=["password"])
        db.session.commit()
        flash(f"Welcome, {person.name}. Your address is confirmed.", "good")
        return pages.go(session.pop("after", "/"))
    return pages.page("security/confirm.html", 422 if form.errors else 200, form=form, person=person)


def _cannot_confirm(person: Person | None) -> Response:
    if person is not None and person.confirmed_at is not None:
        flash("This address is confirmed already. Sign in.", "info")
        return pages.go(url_for("security.login"))
    flash("This link is too old or not complete. Ask for a new mail.", "warm")
    return pages.go(url_for("security.send_confirmation"))


def _is_password_of(person: Person, form: ConfirmForm) -> bool:
    normal = security.password_util.normalize(form.password.data)
    if person.verify_and_update_password(normal):
        return True
    form.password.errors = ["This is not the password that was chosen for this account."]
    return False


@accounts.get("/mail")
def show_mail_sent() -> Response:
    """What was sent where, and what to do when nothing comes."""
    sent = session.get("mail")
    return pages.page("accounts/mail_sent.html", sent=sent) if sent else pages.go(url_for("security.login"))


@accounts.route("/account/mail", methods=["GET", "POST"])
@auth_required("session", within=lambda: FRESH, grace=lambda: FRESH)
@posts
def edit_mail() -> Response:
    form = AddressForm()
    if form.is_submitted() and form.validate() and form.email.data == current_user.email:
        form.email.errors = ["This is your address already."]
    if not form.is_submitted() or form.errors:
        return pages.page("accounts/mail.html", 422 if form.errors else 200, form=form)
    _ask(current_user, form.email.data)
    return show_mail(form.email.data, about="change", delivered=mailing.deliver())


def _ask(person: Person, email: str) -> None:
    if queries.by_mail(email):
        text = render_template("accounts/mails/taken.txt", person=person)
    else:
        token = security.change_email_serializer.dumps([person.fs_uniquifier, _mark(person.email), email])
        text = render_template("accounts/mails/change.txt", person=person, token=token)
    mailing.post(email, "Confirm your new mail address", text)


def _mark(email: str | None) -> str:
    return sha256((email or "").encode()).hexdigest()


def _asked(token: str) -> tuple[Person, str] | None:
    """Who asked for which address with this token; None when it is too old, forged, or was used."""
    expired, invalid, data = check_and_get_token_status(token, "change_email", MAIL_WITHIN)
    person = None if expired or invalid else queries.by_key(data[0])
    if person is None or not person.active or _mark(person.email) != data[1]:
        return None
    return person, data[2]


@accounts.route("/account/mail/<token>", methods=["GET", "POST"])
def confirm_mail(token: str) -> Response:
    """The link proves the new mailbox. Opening it changes nothing yet, because mail programs open links too."""
    asked = _asked(token)
    if asked is None:
        flash("This link is too old, or was used. Start again.", "warm")
        return pages.go(url_for(".edit_mail"))
    form = pages.Form()
    if not form.validate_on_submit():
        return pages.page("accounts/confirm_mail.html", form=form, email=asked[1])
    return _take(*asked)


def _take(person: Person, email: str) -> Response:
    old = person.email or ""
    try:
        changing.change_mail(person, email)
    except sa.exc.IntegrityError:
        db.session.rollback()
        abort(409)
    notice = render_template("accounts/mails/changed.txt", person=person)
    mailing.post(old, "Your mail address was changed", notice)
    db.session.commit()
    mailing.deliver()
    flash(f"From now on we write to {email}, and you sign in with it.", "good")
    return pages.go(url_for(".edit"))
