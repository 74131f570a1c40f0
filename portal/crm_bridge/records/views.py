"""The pages of the customer records: one for each person and each company, over all connections."""

from typing import Any

from flask import Response, request, url_for

from portal import pages
from portal.accounts.handles import linking
from portal.accounts.handles import queries as handles
from portal.accounts.models import Person, Viewer
from portal.accounts.permissions import Permission
from portal.crm_bridge import consenting
from portal.crm_bridge.models import Entity
from portal.crm_bridge.records import ordering, queries
from portal.crm_bridge.records.recounting import KINDS, Whose
from portal.crm_bridge.views import crm_bridge, sees_records
from portal.voting.tallying import stake_words


@crm_bridge.get("/people/<slugged:person_id>")
@sees_records
def show_person(person_id: int) -> Response:
    person, hidden = queries.person(person_id)
    record = _record(Entity.PERSON, person_id)
    refusals = {each.name: consenting.refusal(person, each.tombstone) for each in record["written"]}
    return pages.page(
        "crm_bridge/records/person.html",
        person=person,
        hidden=hidden,
        handles=[(each, linking.is_proven(each, person)) for each in handles.of(person_id)],
        refusals=refusals,
        **record,
        **_timeline(Whose(person_id=person_id)),
    )


@crm_bridge.get("/companies/<slugged:company_id>")
@sees_records
def show_company(company_id: int) -> Response:
    counts = queries.company(company_id)
    record = _record(Entity.COMPANY, company_id)
    return pages.page(
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


def _wanted(company_id: int) -> dict[str, Any]:
    top, undecided = queries.wanted(company_id)
    return {"top_ideas": top, "open_ideas": undecided, "stake_words": stake_words}


def _record(entity: Entity, entity_id: int) -> dict[str, Any]:
    """What was written, what was not taken, and what was said."""
    written = queries.written(entity, entity_id)
    names = [each.name for each in written]
    return {
        "written": written,
        "names": names,
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


def record_of(viewer: Viewer, person: Person) -> str | None:
    """For the profile: where the record of this person is, if the viewer may see it."""
    may = viewer.may(Permission.SEE_RECORD)
    return url_for("crm_bridge.show_person", person_id=person) if may else None
