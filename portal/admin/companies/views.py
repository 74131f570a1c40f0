"""Companies at the desk."""

from flask import Response, flash, request, url_for

from portal import pages
from portal.accounts.forms import tidy
from portal.accounts.models import Company
from portal.admin.companies import keeping, queries
from portal.admin.companies.forms import CompanyForm
from portal.admin.views import admin, administers
from portal.crm_bridge.pulling.queries import owned
from portal.database import db

FIELDS = ("name", "tier", "segment", "revenue", "currency", "owner", "renews_on")


@admin.get("/admin/companies")
@administers
def list_companies() -> Response:
    text = tidy(request.args.get("q"))[:200]
    companies = queries.search(text, request.args.get("page"))
    people = queries.people_of(companies.rows)
    return pages.page("admin/companies/index.html", companies=companies, people=people, text=text)


@admin.get("/admin/companies/new")
@administers
def new_company() -> Response:
    return _form(CompanyForm(currency="EUR"))


@admin.post("/admin/companies")
@administers
def create_company() -> Response:
    form = CompanyForm()
    if not form.validate():
        return _form(form, status=422)
    company = keeping.add(by=pages.viewer(), domains=form.listed(), **_fields(form))
    db.session.commit()
    flash(f"{company.name} is added.", "good")
    return pages.go(url_for(".list_companies"))


@admin.get("/admin/companies/<int:company_id>")
@administers
def edit_company(company_id: int) -> Response:
    company = queries.find(company_id)
    domains = "\n".join(queries.domains_of(company_id))
    return _form(
        CompanyForm(obj=company, domains=domains, company_id=company_id).but(owned(company_id)), company
    )


@admin.put("/admin/companies/<int:company_id>")
@administers
def update_company(company_id: int) -> Response:
    company, theirs = queries.find(company_id), owned(company_id)
    form = CompanyForm(company_id=company_id).but(theirs)
    if not form.validate():
        return _form(form, company, 422)
    fields = {name: value for name, value in _fields(form).items() if name not in theirs}
    changed = keeping.change(company, by=pages.viewer(), domains=form.listed(), **fields)
    db.session.commit()
    flash(f"{company.name} is saved." if changed else "Nothing was different.", "good")
    return pages.go(url_for(".edit_company", company_id=company_id))


def _fields(form: CompanyForm) -> dict[str, object]:
    """What was typed; an empty field is not known."""
    return {name: form[name].data or (form[name].data if form[name].data == 0 else None) for name in FIELDS}


def _form(form: CompanyForm, company: Company | None = None, status: int = 200) -> Response:
    return pages.page("admin/companies/form.html", status, form=form, company=company)
