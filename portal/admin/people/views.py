"""People at the desk."""

from flask import Response, flash, request, url_for

from portal import pages
from portal.accounts import closing, erasing, granting, mailing, placing
from portal.accounts.erasure.forms import REMOVE
from portal.accounts.forms import tidy
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.admin.people import queries
from portal.admin.people.forms import ErasureForm, PlaceForm, RoleForm
from portal.admin.views import admin, administers
from portal.database import db
from portal.errors import Conflict


@admin.get("/admin/people")
@administers
def list_people() -> Response:
    text, standing = tidy(request.args.get("q"))[:200], request.args.get("standing", "")
    people = queries.search(text, standing, request.args.get("page"))
    return pages.page("admin/people/index.html", people=people, text=text, standing=standing)


@admin.get("/admin/people/<int:person_id>")
@administers
def show_person(person_id: int) -> Response:
    person = queries.find(person_id)
    return _show(person)


@admin.put("/admin/people/<int:person_id>/role")
@administers
def put_role(person_id: int) -> Response:
    person, form = queries.find(person_id), RoleForm()
    if not form.validate():
        return _show(person, role=form, status=422)
    changed = granting.change_role(
        person, to=Role(form.role.data), by=pages.viewer(), reason=form.reason.data
    )
    db.session.commit()
    flash(f"{person.name} has {'now' if changed else 'already'} this role.", "good")
    return pages.go(url_for(".show_person", person_id=person_id))


@admin.put("/admin/people/<int:person_id>/company")
@administers
def put_company(person_id: int) -> Response:
    person, form = queries.find(person_id), PlaceForm()
    if not form.validate():
        return _show(person, place=form, status=422)
    placing.place(person, form.found, by=pages.viewer())
    db.session.commit()
    where = f"belongs to {form.found.name}" if form.found else "belongs to no company"
    flash(f"{person.name} {where} now.", "good")
    return pages.go(url_for(".show_person", person_id=person_id))


@admin.put("/admin/people/<int:person_id>/closure")
@administers
def put_closure(person_id: int) -> Response:
    closing.close(queries.find(person_id), by=pages.viewer())
    db.session.commit()
    flash("The account is closed, and every device is signed out.", "good")
    return pages.go(url_for(".show_person", person_id=person_id))


@admin.delete("/admin/people/<int:person_id>/closure")
@administers
def delete_closure(person_id: int) -> Response:
    closing.reopen(queries.find(person_id), by=pages.viewer())
    db.session.commit()
    flash("The account is open again.", "good")
    return pages.go(url_for(".show_person", person_id=person_id))


@admin.put("/admin/people/<int:person_id>/erasure")
@administers
def put_erasure(person_id: int) -> Response:
    person, form = queries.find(person_id), ErasureForm()
    if not form.validate():
        return _show(person, erasure=form, status=422)
    if person.id == pages.viewer().id:
        raise Conflict("You delete your own account in your account settings, with your password.")
    texts = form.texts.data == REMOVE
    erasing.erase(person, by=pages.viewer(), reason=form.reason.data, texts=texts)
    db.session.commit()
    mailing.deliver()
    db.session.commit()
    flash("This person is erased.", "good")
    return pages.go(url_for(".show_person", person_id=person_id))


def _show(
    person: Person,
    *,
    role: RoleForm | None = None,
    place: PlaceForm | None = None,
    erasure: ErasureForm | None = None,
    status: int = 200,
) -> Response:
    forms = {
        "erasure": erasure or ErasureForm(None),
        "role": role or RoleForm(None, role=person.role),
        "place": place or PlaceForm(None, company=person.company.name if person.company else ""),
    }
    return pages.page(
        "admin/people/show.html", status, person=person, devices=queries.devices(person.id), **forms
    )
