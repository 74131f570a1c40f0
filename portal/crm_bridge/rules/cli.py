"""The worker's part of rules, and `flask crm fire`: look for what nobody answers, act here, send to the CRM."""

import time
from collections.abc import Callable
from contextlib import closing

import click
import sqlalchemy as sa

from portal.accounts import mailing
from portal.activity.reading import catch_up
from portal.crm_bridge import breaking, connecting, leasing, noting, serving
from portal.crm_bridge.alarms import alarming
from portal.crm_bridge.cli import crm, settings_here
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.rules import acting, firing, sending
from portal.crm_bridge.rules.models import CrmRule, When
from portal.database import db
from portal.settings import Settings

SECONDS_AT_A_TIME = 30


def fire_waiting(settings: Settings, stopping: Callable[[], bool]) -> None:
    """What the worker does each minute, one after the other. Commits."""
    act_waiting(settings, stopping)
    send_waiting(settings, stopping)


def _for_a_while(stopping: Callable[[], bool]) -> Callable[[], bool]:
    ends = time.monotonic() + SECONDS_AT_A_TIME
    return lambda: stopping() or time.monotonic() > ends


def act_waiting(settings: Settings, stopping: Callable[[], bool]) -> None:
    """Look for what nobody answers, and do what is done here: no CRM is asked. Commits."""
    enough = _for_a_while(stopping)
    look_at_all(enough)
    _act_here(settings, enough)


def send_waiting(settings: Settings, stopping: Callable[[], bool]) -> None:
    """Send what waits for CRMs. Commits."""
    enough = _for_a_while(stopping)
    names = sending.waiting_connections()
    db.session.rollback()
    serving.each(names, lambda name: send_to(connecting.find(name), settings, enough), "sent its tasks")


def look_at_all(enough: Callable[[], bool]) -> None:
    """Have each rule that waits for an answer look once; each in a transaction of its own."""
    ids = [rule.id for rule in firing.rules_on() if rule.definition["when"] == When.UNANSWERED]
    db.session.rollback()
    for rule_id in ids:
        if enough():
            return
        locked = sa.select(CrmRule).where(CrmRule.id == rule_id, CrmRule.on_since.is_not(None))
        rule = db.session.scalar(locked.with_for_update(skip_locked=True))
        if rule is not None:
            firing.look(rule)
        db.session.commit()


def _act_here(settings: Settings, enough: Callable[[], bool]) -> None:
    more = 1
    while more and not enough():
        more, letters = acting.act_on_some(settings.public_url.rstrip("/"))
        db.session.commit()
        for firing_id, letter in letters.items():
            mailing.post(letter.to, letter.subject, letter.text)
            acting.mailed(firing_id, mailing.deliver())
            db.session.commit()


def send_to(connection: Connection, settings: Settings, enough: Callable[[], bool]) -> None:
    """Send what waits for one connection, under its lease. Raises Conflict while somebody else pushes."""
    if connection.paused or breaking.rests(connection.not_before):
        db.session.rollback()
        return
    holder = leasing.take(connection.name)
    db.session.commit()
    ended = serving.Ended()
    try:
        with ended.noticing("The CRM did not take it: {}. It waits."):
            did_something = _send(connection, settings, holder, enough)
            breaking.got_through(connection.name, did_something)
            db.session.commit()
    finally:
        # What was not committed is done again: the CRM leaves alone what is already there.
        db.session.rollback()
        if ended.failure and breaking.failed(connection.name, ended.failure, wrote=False):
            alarming.raise_for(connection.name, ended.failure, settings.public_url)
        leasing.give_back(connection.name, holder)
        db.session.commit()
        mailing.deliver()


def _send(connection: Connection, settings: Settings, holder: str, enough: Callable[[], bool]) -> bool:
    """Whether the CRM was asked at all."""
    asked = False
    with connecting.opened(connection, settings) as gateway:
        url = settings.public_url.rstrip("/")
        with closing(sending.send_some(connection.name, gateway, url)) as steps:
            for _ in steps:
                asked = asked or bool(gateway.notes)
                noting.write(connection.name, gateway.notes)
                leasing.keep(connection.name, holder, while_paused=True)
                db.session.commit()
                if enough() or connecting.find(connection.name).paused:
                    break
    return asked


@crm.command("fire")
def fire_command() -> None:
    """Do now what rules ask for: read the journal, look for unanswered questions, act, send."""
    catch_up(firing.RuleReader())
    fire_waiting(settings_here(), lambda: False)
    click.echo("What fired stands at /crm/firings.")
