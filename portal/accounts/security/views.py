"""The edge between Flask-Security and the portal: its views commit here, and answer in our manner."""

from collections.abc import Callable
from functools import partial, wraps
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, make_response, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from flask_security import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.signals import password_changed, password_reset
from flask_wtf import FlaskForm

from portal import pages
from portal.accounts import changing, mailing, registering, vetting
from portal.accounts.models import NamedRole, Person
from portal.accounts.security import forms
from portal.accounts.security.fitting import CONFIG
from portal.accounts.visiting import views as visiting
from portal.database import db

View = Callable[..., Any]


class People(SQLAlchemyUserDatastore):
    """Where Flask-Security finds and makes people."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Person | None:
        return db.session.scalar(sa.select(Person).filter_by(**by))

    def create_user(self, **fields: Any) -> Person:
        return registering.register(**fields)


security = Security(
    login_form=forms.SignInForm,
    register_form=forms.RegisterForm,
    reset_password_form=forms.NewPasswordForm,
    change_password_form=forms.PasswordForm,
    verify_form=forms.AgainForm,
    mail_util_cls=mailing.Addresses,
    password_util_cls=vetting.Passwords,
)


def register(app: Flask) -> None:
    """Attach Flask-Security and mail."""
    app.config.from_mapping(CONFIG, SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"])
    mailing.register(app)
    security.init_app(app, People(db, Person, NamedRole), render_template=_render)  # type: ignore[arg-type]
    security.want_json(lambda _request: False)
    security.principal.skip_static = True
    security.unauthn_handler(visiting.ask_to_sign_in)
    visiting.register(app)
    for endpoint in [name for name in app.view_functions if name.startswith("security.")]:
        app.view_functions[endpoint] = _settled(app.view_functions[endpoint])
    _limit(app)
    password_changed.connect(_changed, app)
    password_reset.connect(_reset, app)
    app.jinja_env.globals["mail_link"] = mail_link


def mail_link(endpoint: str, **values: Any) -> str:
    """The address of a page for a mail: below the public address if one is set."""
    public = current_app.extensions["settings"].public_url.rstrip("/")
    return public + url_for(endpoint, **values) if public else url_for(endpoint, **values, _external=True)


def _render(template: str, **context: Any) -> str | Response:
    """A page of Flask-Security: with 422 when the form came back. Mails are plain texts."""
    form = next((each for each in context.values() if isinstance(each, FlaskForm)), None)
    if template.endswith(".txt") or form is None:
        return render_template(template, **context)
    if isinstance(form, forms.SignInForm):
        form.speak()
    status = 422 if request.method not in pages.SAFE and form.errors else 200
    return pages.page(template, status, form=form, **context)


def _settled(view: View) -> View:
    """Commits inside the request, where a failure still becomes a refusal; then mail goes out."""

    @wraps(view)
    def settled(**values: Any) -> Response:
        response = make_response(_tried(view, values))
        if request.method in pages.SAFE:
            return response
        db.session.commit()
        delivered = mailing.deliver()
        if response.status_code != 302:
            return response
        if request.endpoint == "security.register" and not current_user.is_authenticated:
            return show_mail(request.form["email"], about="register", delivered=delivered)
        where = response.location or ""
        return pages.go(where if forms.is_ours(where) else "/")

    return settled


def _tried(view: View, values: dict[str, Any]) -> Any:
    try:
        return view(**values)
    except sa.exc.IntegrityError:
        # Somebody took the address between our look and our write. The second look finds it taken.
        db.session.rollback()
        mailing.forget()
        return view(**values)


def show_mail(address: str, *, about: str, delivered: bool) -> Response:
    """To the page that says what was sent where; the same words whether or not the address is known."""
    cookie.pop("_flashes", None)
    if forms.is_ours(request.form.get("next", "")):
        cookie["after"] = request.form["next"]
    cookie["mail"] = {"to": address.strip()[:254], "about": about, "delivered": delivered}
    return pages.go(url_for("accounts.show_mail_sent"))


def _changed(_app: Flask, user: Person, **_: Any) -> None:
    changing.note_new_password(user, but=cookie["_user_id"])


def _reset(_app: Flask, user: Person, **_: Any) -> None:
    changing.note_new_password(user)
    if user.confirmed_at is None:
        # The link came by mail, so who followed it reads the address.
        registering.confirm(user)


def account() -> str:
    """The key under which tries against one account are counted, whoever makes them."""
    return "account:" + sha256(request.form.get("email", "").strip().lower().encode()).hexdigest()


def _address() -> str:
    return f"address:{request.remote_addr}"


def went_wrong(response: Response) -> bool:
    """Whether a try counts towards its limit: only those that failed do."""
    return response.status_code == 422


def _limit(app: Flask) -> None:
    tries = partial(pages.limiter.limit, methods=["POST"], deduct_when=went_wrong)
    posts = partial(pages.limiter.limit, methods=["POST"])
    views: dict[str, Any] = app.view_functions
    limits = {
        "login": [
            tries("30/minute;300/hour", key_func=_address),
            tries("10/minute;40/hour", key_func=account),
        ],
        "verify": [tries("10/minute;40/hour")],
        "change_password": [tries("10/minute;40/hour")],
        "reset_password": [posts("60/hour", key_func=_address)],
        "register": [posts("60/hour", key_func=_address), posts("5/hour", key_func=account)],
    }
    for name, rules in limits.items():
        for rule in rules:
            views[f"security.{name}"] = rule(views[f"security.{name}"])
