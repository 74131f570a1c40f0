"""Kinds of entries."""

from flask import Response, flash, url_for
from flask_login import login_required

from portal import pages
from portal.database import db
from portal.errors import NotAllowed, NotFound
from portal.ideas.changelog import labelling, queries
from portal.ideas.changelog.forms import KindForm
from portal.ideas.changelog.models import ChangelogKind
from portal.ideas.changelog.views import changelog

KIND = "/kinds/<key>"


@changelog.get("/kinds/")
@login_required
def list_kinds() -> Response:
    _must_administer()
    return pages.page("changelog/kinds/index.html", kinds=queries.kinds(archived=True))


@changelog.get("/kinds/new")
@login_required
def new_kind() -> Response:
    _must_administer()
    return _form(KindForm(formdata=None, position=len(queries.kinds(archived=True)) + 1))


@changelog.post("/kinds/")
@login_required
def create_kind() -> Response:
    _must_administer()
    form = KindForm(others=[each.name for each in queries.kinds(archived=True)])
    if not form.validate_on_submit():
        return _form(form, 422)
    labelling.add(by=pages.viewer(), **form.fields())
    return _done(f"{form.name.data} is added.")


@changelog.get(f"{KIND}/edit")
@login_required
def edit_kind(key: str) -> Response:
    held = _find(key)
    return _form(KindForm(formdata=None, obj=held), held=held)


@changelog.put(KIND)
@login_required
def put_kind(key: str) -> Response:
    held = _find(key)
    form = KindForm(others=[each.name for each in queries.kinds(archived=True) if each.key != key])
    if not form.validate_on_submit():
        return _form(form, 422, held)
    labelling.change(key, by=pages.viewer(), **form.fields())
    return _done(f"{form.name.data} is saved.")


@changelog.put(f"{KIND}/archiving")
@login_required
def archive_kind(key: str) -> Response:
    held = _find(key)
    labelling.archive(key, by=pages.viewer())
    return _done(f"{held.name} is given up; entries that have it keep it.")


@changelog.delete(f"{KIND}/archiving")
@login_required
def reopen_kind(key: str) -> Response:
    held = _find(key)
    labelling.reopen(key, by=pages.viewer())
    return _done(f"{held.name} can be used again.")


def _must_administer() -> None:
    if not pages.viewer().may("administer"):
        raise NotAllowed("Only admins change the kinds of entries. Ask one of them.")


def _find(key: str) -> ChangelogKind:
    _must_administer()
    held = next((each for each in queries.kinds(archived=True) if each.key == key), None)
    if held is None:
        raise NotFound("There is no such kind of entries.")
    return held


def _done(says: str) -> Response:
    db.session.commit()
    flash(says, "good")
    return pages.go(url_for("changelog.list_kinds"))


def _form(form: KindForm, status: int = 200, held: ChangelogKind | None = None) -> Response:
    return pages.page("changelog/kinds/form.html", status, form=form, held=held)
