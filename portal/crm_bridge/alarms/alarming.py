"""Alarming: admins are told once what is wrong with a connection, and once that it is all right again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock
from portal.accounts.mailing import post
from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.activity import journal
from portal.activity.events import (
    CrmConnectionBehind,
    CrmConnectionRecovered,
    CrmConnectionStopped,
    CrmSecretEnding,
)
from portal.crm_bridge.alarms.expiring import days_left
from portal.crm_bridge.alarms.models import Alarm, CrmAlarm
from portal.crm_bridge.declaring import ENDS
from portal.crm_bridge.gateway import CrmError
from portal.crm_bridge.models import CrmConnection, CrmDirty
from portal.database import db, insert_missing

LAG = timedelta(minutes=60)
"""Something that waits longer is behind, unless the connection says otherwise."""

SOON = 30
"""So many days before the secret of a connection ends admins are told."""

_OPEN = sa.select(CrmAlarm).where(CrmAlarm.over_at.is_(None)).order_by(CrmAlarm.at, CrmAlarm.id)
_OLDEST = sa.select(sa.func.min(CrmDirty.first_dirty_at)).where(CrmDirty.connection == CrmConnection.name)
_WATCHED = sa.select(CrmConnection, _OLDEST.scalar_subquery().label("oldest_at"))

STOPS = (Alarm.STOPPED, Alarm.REFUSED)
LETTERS = {
    Alarm.STOPPED: """The connection {name} to the CRM stopped. What the CRM said last:

{words}

Nothing is lost: what changes is noted, and the worker tries again by itself. How it stands: {url}""",
    Alarm.REFUSED: """The CRM does not let the connection {name} in any more. It said:

{words}

Nothing is lost: what changes is noted, and the worker tries again by itself. Give it new credentials on its page,
"Change the settings", or with `flask crm connect {name} --set …`: {url}""",
    Alarm.BEHIND: """What changes here does not reach the CRM over the connection {name}. {words}

Nothing is lost. Does the worker run (Admin > Health says so)? Are the calls of the day used up? {url}""",
    Alarm.ENDING: """{words} After that the CRM does not let the connection {name} in.

Make a new one there, give it under "Change the settings" together with the day on which it ends, and "Test and keep": {url}""",
}
SUBJECTS = {
    Alarm.STOPPED: "The CRM connection {name} stopped",
    Alarm.REFUSED: "The CRM connection {name} stopped: we are not let in",
    Alarm.BEHIND: "The CRM connection {name} is behind",
    Alarm.ENDING: "The secret of the CRM connection {name} ends soon",
}
AGAIN = """The connection {name} to the CRM is all right again. What waited is sent now, or was. How it stands: {url}"""


def raise_for(name: str, error: CrmError, url: str) -> None:
    """A push ended so that admins must hear of it."""
    raise_alarm(name, Alarm.REFUSED if error.auth else Alarm.STOPPED, str(error), url)


def raise_alarm(name: str, alarm: Alarm, words: str, url: str) -> bool:
    """A mail to each admin, sent after the commit; False when they know it already."""
    row = {"connection": name, "alarm": alarm, "words": words[:1_000], "at": clock.now()}
    if not insert_missing(CrmAlarm, [row]):
        return False
    _write(
        SUBJECTS[alarm].format(name=name), LETTERS[alarm].format(name=name, words=words, url=_page(name, url))
    )
    if alarm is Alarm.BEHIND:
        journal.record(CrmConnectionBehind(actor_id=None, connection=name))
    elif alarm is Alarm.ENDING:
        journal.record(CrmSecretEnding(actor_id=None, connection=name))
    else:
        journal.record(CrmConnectionStopped(actor_id=None, connection=name))
    return True


def all_right(name: str, url: str, alarms: Sequence[Alarm] = tuple(Alarm)) -> bool:
    """It got through: these alarms are over. Admins hear of it when no other one is left."""
    its = sa.update(CrmAlarm).where(CrmAlarm.connection == name, CrmAlarm.over_at.is_(None))
    over = its.where(CrmAlarm.alarm.in_(alarms)).values(over_at=clock.now()).returning(CrmAlarm.id)
    if not db.session.execute(over).all() or _is_alarmed(name):
        return False
    _write(f"The CRM connection {name} is all right again", AGAIN.format(name=name, url=_page(name, url)))
    journal.record(CrmConnectionRecovered(actor_id=None, connection=name))
    return True


def _is_alarmed(name: str) -> bool:
    its = sa.select(CrmAlarm.id).where(CrmAlarm.connection == name, CrmAlarm.over_at.is_(None))
    return db.session.scalar(its.limit(1)) is not None


def open_ones() -> Sequence[CrmAlarm]:
    """What is wrong now, the oldest first."""
    return db.session.scalars(_OPEN).all()


def lag_limit(row: CrmConnection | None) -> timedelta:
    """After how long something that waits is too late."""
    minutes = row.settings.get("lag_minutes") if row is not None else None
    return timedelta(minutes=int(minutes)) if minutes else LAG


def watch(url: str) -> None:
    """Look, once a minute, whether something waits for too long, whether a secret ends soon, and what is over.

    A connection that stopped, or is paused, was told of already: that it is behind as well is no news.
    """
    rows = db.session.execute(_WATCHED).all()
    known = {(each.connection, each.alarm) for each in open_ones()}
    for row, oldest_at in rows:
        late, stands_still = _late(row, oldest_at), row.paused or row.opened_at is not None
        if late and not stands_still and (row.name, Alarm.BEHIND) not in known:
            words = f"The oldest change waits since {oldest_at:%Y-%m-%d %H:%M} UTC."
            raise_alarm(row.name, Alarm.BEHIND, words, url)
        ends = _ends_soon(row)
        if ends and (row.name, Alarm.ENDING) not in known:
            raise_alarm(row.name, Alarm.ENDING, ends, url)
        over = set() if stands_still or row.failure else set(STOPS)
        over |= set() if late else {Alarm.BEHIND}
        over |= set() if ends else {Alarm.ENDING}
        if any((row.name, each) in known for each in over):
            all_right(row.name, url, sorted(over))


def _late(row: CrmConnection, oldest_at: datetime | None) -> bool:
    return oldest_at is not None and clock.now() - oldest_at > lag_limit(row)


def _ends_soon(row: CrmConnection) -> str:
    """What to say of a secret that ends within SOON days, or did; "" of any other."""
    days = days_left(row.settings, clock.now().date())
    if days is None or days > SOON:
        return ""
    return f"Its secret {'ends' if days >= 0 else 'ended'} on {row.settings[ENDS]}."


def _page(name: str, url: str) -> str:
    return f"{url.rstrip('/')}/crm/connections/{name}"


def _write(subject: str, text: str) -> None:
    admins = sa.select(Person.email).where(
        Person.role == Role.ADMIN, Person.active, Person.erased_at.is_(None), Person.email.is_not(None)
    )
    for email in db.session.scalars(admins.order_by(Person.id)):
        post(str(email), subject, text)
