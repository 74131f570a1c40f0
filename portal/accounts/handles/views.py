"""Where else I am found: added and taken away in the account settings."""

from flask import Response, flash, url_for
from flask_login import login_required

from portal import pages
from portal.accounts.handles import linking, queries
from portal.accounts.handles.forms import HandleForm
from portal.accounts.handles.models import Place
from portal.accounts.views import accounts, limit
from portal.database import db


@accounts.get("/account/handles")
@login_required
def list_handles() -> Response:
    return _page(HandleForm())


@accounts.post("/account/handles")
@login_required
@limit
def create_handle() -> Response:
    form = HandleForm()
    if not form.validate():
        return _page(form, 422)
    linking.link(pages.viewer(), place=Place(form.place.data), address=str(form.address.data))
    db.session.commit()
    flash("It is linked.", "good")
    return pages.go(url_for("accounts.list_handles"))


@accounts.delete("/account/handles/<int:handle_id>")
@login_required
@limit
def delete_handle(handle_id: int) -> Response:
    me = pages.viewer()
    linking.unlink(me, queries.own(me.id, handle_id))
    db.session.commit()
    flash("It is taken away.", "good")
    return pages.go(url_for("accounts.list_handles"))


def _page(form: HandleForm, status: int = 200) -> Response:
    me = pages.viewer()
    handles = [(each, linking.is_proven(each, me)) for each in queries.of(me.id)]
    return pages.page("accounts/handles/index.html", status, form=form, handles=handles)
