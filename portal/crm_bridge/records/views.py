"""The pages of the customer records: one for each person and each company, over all connections."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, request, url_for

from portal import pages
from portal.accounts.handles import linking
from portal.accounts.handles import queries as handles
from portal.accounts.models import Person, Viewer
from portal.accounts.permissions import Permission
from portal.activity.cli import current_jobs
from portal.crm_bridge import connecting, consenting
from portal.crm_bridge.models import DEFAULT, Entity
from portal.crm_bridge.pulling import queries as pulling
from portal.crm_bridge.receipts import queries as receipts
from portal.crm_bridge.records import handling, ordering, queries, rereading, surveying
from portal.crm_bridge.records.forms import AsideForm, RowForm
from portal.crm_bridge.records.recounting import KINDS, Whose
from portal.crm_bridge.views import PUSH, WATCHED, crm_bridge, sees_records
from portal.database import db
from portal.errors import NotFound, Unusable
from portal.voting.tallying import stake_words

limit = pages.limiter.limit("30/minute")


@crm_bridge.get("/people/<slugged:person_id>")
@sees_records
def show_person(person_id: int) -> Response:
    person, hidden = queries.person(person_id)
    record = _record(Entity.PERSON, person_id)
    refusals = {each.name: consenting.refusal(person, each.tombstone) for each in record["written"]}
    answer = pages.page(
        "crm_bridge/records/person.html",
        person=person,
        hidden=hidden,
        handles=[(each, linking.is_proven(each, person)) for each in handles.of(person_id)],
        refusals=refusals,
        **record,
        **_timeline(Whose(person_id=person_id)),
    )
    return _watched(answer, record)


@crm_bridge.get("/people/<slugged:person_id>/receipt")
@sees_records
def show_receipt(person_id: int) -> Response:
    """What was erased of a person, here and in each CRM; also of one who has no name any more."""
    person, _ = queries.person(person_id)
    receipt = receipts.receipt(person_id)
    if receipt.is_empty:
        raise NotFound("Nothing was erased of this person.")
    return pages.page("crm_bridge/receipts/show.html", person=person, receipt=receipt)


@crm_bridge.get("/companies/<slugged:company_id>")
@sees_records
def show_company(company_id: int) -> Response:
    counts = queries.company(company_id)
    record = _record(Entity.COMPANY, company_id)
    answer = pages.page(
        "crm_bridge/records/company.html",
        company=counts.Company,
        counts=counts,
        farthest=queries.FARTHEST,
        people=queries.people(company_id, record["names"]),
        refusals=dict.fromkeys(record["names"]),
        **record,
        **_wanted(company_id),
        **_timeline(Whose(company_id=company_id)),
    )
    return _watched(answer, record)


def _wanted(company_id: int) -> dict[str, Any]:
    top, undecided = queries.wanted(company_id)
    return {"top_ideas": top, "open_ideas": undecided, "stake_words": stake_words}


def _record(entity: Entity, entity_id: int) -> dict[str, Any]:
    """What was written, what was not taken, and what was said."""
    written = surveying.written(entity, entity_id)
    names = [each.name for each in written]
    pulled = [said for each in written for said in each.pulled]
    return {
        "written": written,
        "names": names,
        "pulled": pulled,
        "deals": pulling.deals(entity_id) if pulled and entity is Entity.COMPANY else (),
        "refused": queries.refused(entity, entity_id, names),
        "exchanges": queries.exchanges(entity, entity_id, names),
        "calls": queries.calls(entity, entity_id) if any(each.calls for each in written) else (),
    }


def _timeline(whose: Whose) -> dict[str, Any]:
    """A page of the timeline, as the address asks for it."""
    kind = ordering.kind_of(request.args.get("kind"))
    return {
        "timeline": ordering.page(whose, kind, request.args.get("cursor")),
        "kind": kind,
        "kinds": KINDS,
        "of_company": whose.company_id is not None,
    }


ROWS = '/<any("people", "companies"):of>/<slugged:entity_id>'
OF = {"people": Entity.PERSON, "companies": Entity.COMPANY}


@crm_bridge.post(f"{ROWS}/retries")
@sees_records
@limit
def create_retry(of: str, entity_id: int) -> Response:
    """Have the worker try again now what a CRM did not take."""
    done = handling.retry(_row(RowForm(), of, entity_id), by=pages.viewer())
    db.session.commit()
    if done:
        current_jobs().ask(PUSH)
    says = "It is tried again now. Load this page again in a moment to see what became of it."
    flash(says if done else "The CRM has taken it meanwhile.", "good")
    return _back(of, entity_id, "refused")


@crm_bridge.put(f"{ROWS}/aside")
@sees_records
@limit
def set_aside(of: str, entity_id: int) -> Response:
    """Nothing of it is sent until that is taken back."""
    form = AsideForm()
    row = _row(form, of, entity_id)
    if not form.validate():
        return pages.page("crm_bridge/records/ignore.html", 422, form=form, of=of, entity_id=entity_id)
    done = handling.ignore(row, by=pages.viewer(), reason=str(form.reason.data))
    db.session.commit()
    flash("It is set aside." if done else "It was set aside already, or the CRM has taken it.", "good")
    return _back(of, entity_id, "refused")


@crm_bridge.delete(f"{ROWS}/aside")
@sees_records
@limit
def take_back(of: str, entity_id: int) -> Response:
    """It stands among what was not taken again."""
    handling.take_back(_row(RowForm(), of, entity_id), by=pages.viewer())
    db.session.commit()
    flash("It is no longer set aside.", "good")
    return _back(of, entity_id, "refused")


@crm_bridge.post(f"{ROWS}/readings")
@sees_records
@limit
def create_reading(of: str, entity_id: int) -> Response:
    """Have the worker read the record from the CRM, to see what differs. No request waits for a CRM."""
    queries.find(OF[of], entity_id)
    connection = connecting.find(request.form.get("connection") or DEFAULT)
    connecting.refuse_unreadable(connection)
    rereading.ask(connection.name, OF[of], entity_id, by=pages.viewer())
    db.session.commit()
    current_jobs().ask(rereading.CHORE)
    if pages.wants_fragment():
        return show_reading(of=of, entity_id=entity_id, name=connection.name)
    return _back(of, entity_id, f"over-{connection.name}", watch=1)


@crm_bridge.get(f"{ROWS}/readings/<name>")
@sees_records
def show_reading(of: str, entity_id: int, name: str) -> Response:
    """How a record stands over one connection, as a part of its page."""
    found = queries.find(OF[of], entity_id)
    over = {each.name: each for each in surveying.written(OF[of], entity_id)}
    if name not in over:
        raise NotFound("There is no such connection.")
    refusal = consenting.refusal(found, over[name].tombstone) if isinstance(found, Person) else None
    about: dict[str, Any] = {"each": over[name], "refusal": refusal, "of": of, "entity_id": entity_id}
    return pages.page("crm_bridge/records/_over.html", names=list(over), **about)


def _row(form: RowForm, of: str, entity_id: int) -> handling.Row:
    """Which row is meant. Raises NotFound where there is no such record, Unusable for a row that is not of it."""
    queries.find(OF[of], entity_id)
    fields = (form.connection, form.what, form.number)
    if not all(each.validate(form) for each in fields):
        raise Unusable("Choose on the page of the record what is meant.")
    if (form.what.data == Entity.COMPANY) != (of == "companies"):
        raise Unusable("This is no part of that record.")
    return handling.Row(str(form.connection.data), form.what.data, entity_id, form.number.data or 0)


def _back(of: str, entity_id: int, anchor: str, **asked: Any) -> Response:
    """The page of the record again."""
    if of == "people":
        return pages.go(url_for("crm_bridge.show_person", person_id=entity_id, _anchor=anchor, **asked))
    return pages.go(url_for("crm_bridge.show_company", company_id=entity_id, _anchor=anchor, **asked))


def _watched(answer: Response, record: Mapping[str, Any]) -> Response:
    """The page looks again by itself where somebody who has no script waits for a reading."""
    if "watch" in request.args and any(each.asked and each.asked.waits for each in record["written"]):
        # The address is named, since one with a fragment would only be scrolled in.
        answer.headers["Refresh"] = f"{WATCHED}; url={request.full_path}"
    return answer


def record_of(viewer: Viewer, person: Person) -> str | None:
    """For the profile: where the record of this person is, if the viewer may see it."""
    may = viewer.may(Permission.SEE_RECORD)
    return url_for("crm_bridge.show_person", person_id=person) if may else None
