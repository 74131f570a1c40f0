"""The desk of the staff, the first admin, and what monitors and designers look at."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, flash, jsonify, url_for
from flask_login import current_user, login_required
from flask_security.utils import hash_password, login_user

from portal import pages
from portal.accounts import queries
from portal.accounts.permissions import Permission
from portal.accounts.security.views import security
from portal.admin import preparing
from portal.admin.forms import FirstAdminForm
from portal.cli import is_ready
from portal.crm_bridge.alarms.alarming import open_ones
from portal.database import db
from portal.errors import NotAllowed, NotFound

admin = Blueprint("admin", __name__)

CARDS: tuple[tuple[str, dict[str, Any], Permission, str, str], ...] = (
    ("moderation.queue", {}, Permission.MODERATE, "Review queue", "Flags that wait for a decision"),
    ("pairs.index", {}, Permission.MODERATE, "Suggested merges", "Ideas that seem to ask for the same"),
    (
        "insights.bursts",
        {},
        Permission.MODERATE,
        "Bursts of votes",
        "Many votes within an hour, by accounts that have something in common",
    ),
    (
        "moderation.log",
        {},
        Permission.MODERATE,
        "Moderation log",
        "Who hid, restored or locked what, and why",
    ),
    ("admin.list_people", {}, Permission.ADMINISTER, "People", "Roles, and closing accounts"),
    ("admin.list_companies", {}, Permission.ADMINISTER, "Companies", "Mail domains, tier, revenue, owner"),
    ("admin.list_rates", {}, Permission.ADMINISTER, "Rates", "In which currency revenue is added up"),
    ("admin.list_places", {"kind": "boards"}, Permission.ADMINISTER, "Boards", "Where ideas are proposed"),
    (
        "admin.list_statuses",
        {"board_id": 0},
        Permission.ADMINISTER,
        "Statuses",
        "What can become of an idea",
    ),
    (
        "admin.list_grounds",
        {},
        Permission.ADMINISTER,
        "Reasons for declining",
        "What who declines an idea chooses from",
    ),
    ("ideas.scores", {}, Permission.DECIDE, "Scores", "Ideas by RICE or by your own formula"),
    (
        "ideas.second_look",
        {},
        Permission.DECIDE,
        "Second look",
        "Ideas that are asked for again, and shipped ones that do not solve it",
    ),
    (
        "ideas.still_wanted",
        {},
        Permission.DECIDE,
        "Asked whether still wanted",
        "Quiet ideas: who wanted them is asked, and what nobody wants is closed",
    ),
    ("ideas.declined", {}, Permission.DECIDE, "Declined ideas", "Why, how often, and how many wanted them"),
    ("roadmap.index", {}, Permission.DECIDE, "Roadmaps", "What is planned, and who sees it"),
    ("changelog.drafts", {}, Permission.DECIDE, "Changelog", "Drafts, and what is published when"),
    ("changelog.list_kinds", {}, Permission.ADMINISTER, "Kinds of entries", "New, better, fixed"),
    (
        "admin.list_places",
        {"kind": "categories"},
        Permission.ADMINISTER,
        "Categories",
        "Where questions are asked",
    ),
    (
        "crm_bridge.index",
        {},
        Permission.SEE_RECORD,
        "Customer records",
        "What the CRM got of whom, and what waits",
    ),
    (
        "crm_bridge.list_rules",
        {},
        Permission.SEE_RECORD,
        "Rules",
        "What is to be done when something happens here, and what was",
    ),
    ("transfer.new_export", {}, Permission.EXPORT, "Export", "Ideas with who wants them, as a file"),
    ("imports.index", {}, Permission.ADMINISTER, "Import", "Ideas, votes and people from another tool"),
    ("admin.show_health", {}, Permission.ADMINISTER, "Health", "Readers, worker, versions"),
)
"""Screens of the desk: endpoint and its values, who may, its name, what it is for."""


def needs(
    permission: Permission | None, says: str
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """A view for those who may; without permission, for all staff. Others read what they can do instead."""

    def guard(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        @login_required
        def guarded(**values: Any) -> Response:
            if not (current_user.may(permission) if permission else current_user.is_staff):
                raise NotAllowed(says)
            return view(**values)

        return guarded

    return guard


administers = needs(Permission.ADMINISTER, "Only admins come here. Ask one of them for what you need.")
is_staff = needs(None, "This is for staff. What you look for may stand under Ideas or Questions.")


@admin.after_request
def _keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response


@admin.get("/admin/")
@is_staff
def index() -> Response:
    there = current_app.view_functions
    cards = [
        (words, url_for(endpoint, **values), says)
        for endpoint, values, permission, words, says in CARDS
        if endpoint in there and current_user.may(permission)
    ]
    alarms = open_ones() if current_user.may(Permission.ADMINISTER) else []
    return pages.page("admin/index.html", cards=cards, alarms=alarms)


@admin.get("/-/components")
def show_components() -> Response:
    if not (current_app.extensions["settings"].development or current_user.is_staff):
        raise NotFound("There is no such page.")
    return pages.page("components.html")


@admin.get("/-/health")
def answer_monitors() -> Response:
    """For monitors: 200 when requests can be served, 503 when not."""
    try:
        ready = is_ready()
    except (OSError, sa.exc.SQLAlchemyError):
        ready = False
    response = jsonify(status="ok" if ready else "not ready", database=ready)
    response.status_code = 200 if ready else 503
    return response


@admin.route("/first-admin/<token>", methods=["GET", "POST"])
@pages.limiter.limit("30/minute")
def make_first_admin(token: str) -> Response:
    folder = current_app.extensions["settings"].folder
    if not preparing.is_invited(folder, token):
        raise NotFound("This link was used or is too old. Start the portal again to get another.")
    form = FirstAdminForm()
    if not (form.validate_on_submit() and _is_good(form)):
        return pages.page("admin/first_admin.html", 422 if form.errors else 200, form=form)
    return _become_admin(folder, token, form)


def _become_admin(folder: Path, token: str, form: FirstAdminForm) -> Response:
    hashed = hash_password(form.password.data)
    name, email = form.name.data, form.email.data
    person = preparing.make_first_admin(folder, token, name=name, email=email, password=hashed)
    login_user(person, authn_via=["password"])
    db.session.commit()
    preparing.forget_invitation(folder)
    flash("Welcome. You administer this portal.", "good")
    return pages.go(url_for(".index"))


def _is_good(form: FirstAdminForm) -> bool:
    known = {"name": form.name.data, "email": form.email.data}
    said, form.password.data = security.password_util.validate(form.password.data, True, **known)
    form.password.errors = said or []
    if queries.by_mail(form.email.data):
        form.email.errors = ["This address has an account. Use: flask --app wsgi admin grant"]
    return not form.errors
