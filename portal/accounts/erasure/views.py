"""The page on which a person deletes their account."""

from flask import Response, flash, g
from flask_login import login_required
from flask_security.utils import logout_user

from portal import pages
from portal.accounts import erasing, mailing
from portal.accounts.erasure.forms import REMOVE, EraseForm
from portal.accounts.security.views import security, went_wrong
from portal.accounts.views import accounts
from portal.database import db

tries = pages.limiter.limit("10/minute;40/hour", methods=["DELETE"], deduct_when=went_wrong)


@accounts.get("/account/erasure")
@login_required
def show_erasure() -> Response:
    return pages.page("accounts/erasure/show.html", form=EraseForm())


@accounts.delete("/account/erasure")
@login_required
@tries
def erase() -> Response:
    form, me = EraseForm(), pages.viewer()
    if not form.validate() or not _is_mine(form):
        return pages.page("accounts/erasure/show.html", 422, form=form)
    erasing.erase(me, by=me, texts=form.texts.data == REMOVE)
    db.session.commit()
    told = mailing.deliver()
    db.session.commit()
    # The session went with the account: there is no visit to note.
    g.pop("sign_in", None)
    logout_user()
    last = " A last mail says so." if told else ""
    flash(f"Your account is deleted.{last} Thank you for your time here.", "good")
    return pages.go("/")


def _is_mine(form: EraseForm) -> bool:
    normal, me = security.password_util.normalize(form.password.data), pages.viewer()
    if me.password and me.verify_and_update_password(normal):
        return True
    form.password.errors = ["This is not your password. Nothing was deleted."]
    return False
