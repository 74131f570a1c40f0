"""Sending tasks and cases to the CRM: under the lease of the connection, and only about who agrees at that moment.

`send_some` is given a gateway and ends no transaction: the caller does before each call, and after it.
"""

from collections.abc import Generator, Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.activity.trying import try_later
from portal.crm_bridge import consenting, gathering
from portal.crm_bridge.describing import person_key
from portal.crm_bridge.gateway import Activity, CrmError, CrmGateway, Outcome, Ref, Status
from portal.crm_bridge.marking import mark
from portal.crm_bridge.models import Entity
from portal.crm_bridge.rules.acting import address_of, titles_of
from portal.crm_bridge.rules.defining import TO_CRM
from portal.crm_bridge.rules.firing import ERASED, HIDDEN, NOBODY, finish
from portal.crm_bridge.rules.knowing import accounts_of
from portal.crm_bridge.rules.models import WAITS, CrmFiring, FiringState
from portal.database import db

AT_ONCE = 20
TRIES = 8
DUE = timedelta(days=2)
"""By then a task is to be done."""
LONGEST_WAIT = timedelta(minutes=15)
ONE_MINUTE = timedelta(minutes=1)
NO_CONTACT = "The contact is not in the CRM yet."


def waiting_connections() -> list[str]:
    """Names of the connections for which a task or case waits."""
    name = CrmFiring.does["connection"].as_string()
    rows = sa.select(name).where(CrmFiring.state == WAITS, CrmFiring.act.in_(TO_CRM), _due()).distinct()
    return sorted(db.session.scalars(rows))


def _due() -> sa.ColumnElement[bool]:
    return sa.or_(CrmFiring.try_at.is_(None), CrmFiring.try_at <= clock.now())


def send_some(connection: str, gateway: CrmGateway, url: str) -> Generator[int]:
    """Send what waits, oldest first, `AT_ONCE` in a call; yields the id of the last firing each time a transaction must
    end. Raises CrmError when the CRM cannot be asked: then they wait."""
    after = 0
    while True:
        firings = _next(connection, after)
        if not firings:
            return
        after = firings[-1].id
        ready = _still_allowed(connection, firings, url)
        yield after
        try:
            outcomes = _row_by_row(gateway, [activity for _, activity in ready])
        except CrmError as error:
            for key, _ in ready:
                _wait(db.session.get_one(CrmFiring, key), str(error), ONE_MINUTE)
            yield after
            raise
        for (key, _), outcome in zip(ready, outcomes, strict=True):
            _record(connection, db.session.get_one(CrmFiring, key), outcome)
        yield after


def _next(connection: str, after: int) -> Sequence[CrmFiring]:
    mine = CrmFiring.does["connection"].as_string() == connection
    waits = sa.select(CrmFiring).where(CrmFiring.state == WAITS, CrmFiring.act.in_(TO_CRM), _due(), mine)
    # Locked, so that what is hidden here and restored meanwhile is not let go after it was looked at again.
    oldest = waits.where(CrmFiring.id > after).order_by(CrmFiring.id).limit(AT_ONCE)
    oldest = oldest.with_for_update(skip_locked=True, of=CrmFiring)
    its = (joinedload(CrmFiring.rule), joinedload(CrmFiring.person), joinedload(CrmFiring.company))
    return db.session.scalars(oldest.options(*its).execution_options(populate_existing=True)).all()


def _still_allowed(connection: str, firings: Sequence[CrmFiring], url: str) -> list[tuple[int, Activity]]:
    """Look once more, just before sending: something may have been hidden, consent may have gone, a contact may be
    missing. Returns what is to be sent of which firing."""
    refused = _refused(connection, firings)
    links = gathering.links(connection, Entity.PERSON, {each.person_id for each in firings if each.person_id})
    titles, ready = titles_of(firings), []
    for each in firings:
        link, why = links.get(each.person_id or 0), refused.get(each.id)
        if each.id not in titles:
            finish(each, FiringState.DROPPED, HIDDEN)
        elif why == consenting.ERASED:
            finish(each, FiringState.DROPPED, ERASED)
        elif why:
            finish(each, FiringState.OPEN, f"Not for the CRM: {why}.")
        elif link is None or not link.remote_id:
            mark(connection, Entity.PERSON, [each.person_id or 0])
            _later(each, NO_CONTACT)
        else:
            ready.append((each.id, _activity(each, link.remote_id, titles[each.id], url)))
    db.session.flush()
    return ready


def _refused(connection: str, firings: Sequence[CrmFiring]) -> dict[int, str]:
    """Firing -> why it may not be sent. For an account somebody else of theirs who agreed stands in, if there is."""
    refused = _refused_people(connection, firings)
    lost = [each for each in firings if not each.subject.startswith("person") and each.id in refused]
    others = accounts_of({each.idea_id for each in lost if each.idea_id})
    for each in lost:
        agreed = {company.id: person_id for company, person_id in others.get(each.idea_id or 0, ())}
        each.person_id = agreed.get(each.company_id or 0)
    # One of them may have been erased in that CRM before.
    again = _refused_people(connection, lost)
    return {
        key: why for key, why in refused.items() if key not in {each.id for each in lost}
    } | dict.fromkeys(again, NOBODY)


def _refused_people(connection: str, firings: Sequence[CrmFiring]) -> dict[int, str]:
    people = {each.person_id for each in firings if each.person_id}
    refused = consenting.refusals(connection, people) if people else {}
    why = {each.id: refused.get(each.person_id) if each.person_id else NOBODY for each in firings}
    return {key: words for key, words in why.items() if words}


def _activity(firing: CrmFiring, remote_id: str, title: str, url: str) -> Activity:
    """The same for the same firing, whenever it is made: the CRM leaves alone what is already there."""
    company = firing.company
    subject = f"{firing.rule.name}: {title}" if title else firing.rule.name
    # What a webhook carries are the details alone.
    details = {"kind": firing.act, "rule": firing.rule.name, "title": title, "note": firing.does["note"]}
    details |= {"link": address_of(firing, url), "due": (firing.fired_at + DUE).date().isoformat()}
    if company is not None:
        details |= {"account": company.name, "for": company.owner or ""}
    return Activity(
        ref=f"rule-{firing.rule_id}-{firing.subject}-{firing.event}".replace(":", "-"),
        contact=Ref(person_key(firing.person_id or 0), remote_id),
        kind=firing.act,
        subject=subject[:200],
        body=firing.does["note"],
        occurred_at=firing.happened_at.isoformat(timespec="seconds"),
        details={name: value for name, value in details.items() if value},
    )


def _row_by_row(gateway: CrmGateway, activities: Sequence[Activity]) -> list[Outcome]:
    """The outcomes of a call; where the CRM refuses all of it for good, each is sent by itself."""
    if not activities:
        return []
    try:
        return gateway.add_activity(activities)
    except CrmError as error:
        if not error.permanent or error.auth or error.ended:
            raise
        if len(activities) == 1:
            return [Outcome(Status.FAILED, message=str(error), permanent=True)]
    return [outcome for each in activities for outcome in _row_by_row(gateway, [each])]


def _record(connection: str, firing: CrmFiring, outcome: Outcome) -> None:
    if outcome.status in (Status.CREATED, Status.UPDATED):
        finish(firing, FiringState.DONE)
    elif outcome.wait is not None:
        _wait(firing, outcome.message, timedelta(seconds=outcome.wait))
    elif outcome.permanent:
        finish(firing, FiringState.FAILED, outcome.message or "The CRM refused it.")
    else:
        if outcome.status is Status.GONE:
            mark(connection, Entity.PERSON, [firing.person_id or 0])
        _later(firing, outcome.message or "The CRM did not take it.")


def _wait(firing: CrmFiring, words: str, wait: timedelta) -> None:
    """Nothing was said against this one: it waits, however often the CRM could not be asked."""
    firing.failure, firing.try_at = words[:500], clock.now() + wait


def _later(firing: CrmFiring, words: str) -> None:
    """Try it again, or give up into quarantine."""
    try_later(firing, words, LONGEST_WAIT)
    if firing.tries >= TRIES:
        finish(firing, FiringState.FAILED, f"Given up after {firing.tries} tries: {words}")
