"""Acting on firings here: labels, mails and followers. Each is done in the transaction that says so.

A mail is sent between two: the first has it wait for some minutes, the second says whether it went. A process that dies
in between sends it twice rather than never, and no write waits for a mail server.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.mailing import Letter
from portal.accounts.models import Person
from portal.accounts.permissions import Permission
from portal.activity import journal
from portal.activity.events import FollowingArranged, IdeaLabelled
from portal.activity.trying import try_later
from portal.crm_bridge.rules.defining import TO_CRM
from portal.crm_bridge.rules.firing import HIDDEN, finish
from portal.crm_bridge.rules.models import WAITS, CrmFiring, FiringState, Then
from portal.database import db, insert_missing
from portal.discussion.models import Label, Labelling, Post
from portal.forums.models import Topic
from portal.ideas.models import Idea

AT_ONCE = 50
LONGEST_WAIT = timedelta(hours=1)
SENDING = timedelta(minutes=10)
"""After so long a mail of which nothing was heard is sent again."""
GONE_FROM_STAFF = "Whom the rule names may no longer see customer records. Change the rule, then try again."

LETTER = """The rule “{rule}” fired{whose}.

{note}

{title}
{url}

All that it did: {firings}
"""


def act_on_some(url: str) -> tuple[int, dict[int, Letter]]:
    """Do what the oldest waiting firings ask for here; returns how many there were, and for firings the mails to send.
    `url`: where the portal is.

    The caller commits, then sends each mail and says so by `mailed`.
    """
    due = sa.or_(CrmFiring.try_at.is_(None), CrmFiring.try_at <= clock.now())
    waiting = sa.select(CrmFiring).where(CrmFiring.state == WAITS, CrmFiring.act.not_in(TO_CRM), due)
    oldest = waiting.order_by(CrmFiring.id).limit(AT_ONCE).with_for_update(skip_locked=True, of=CrmFiring)
    firings = db.session.scalars(
        oldest.options(
            joinedload(CrmFiring.rule), joinedload(CrmFiring.person), joinedload(CrmFiring.company)
        ).execution_options(populate_existing=True)
    ).all()
    titles = titles_of(firings)
    letters = {firing.id: _act(firing, titles.get(firing.id), url) for firing in firings}
    db.session.flush()
    return len(firings), {key: letter for key, letter in letters.items() if letter}


def mailed(firing_id: int, sent: bool) -> None:
    """Write down whether a mail went. What was let go meanwhile stays so, unless it went."""
    firing = db.session.get_one(CrmFiring, firing_id, with_for_update=True, populate_existing=True)
    if sent:
        finish(firing, FiringState.DONE)
    elif firing.state == FiringState.WAITING:
        try_later(firing, "The mail server did not take the mail.", LONGEST_WAIT)


def titles_of(firings: Sequence[Any]) -> dict[int, str]:
    """Firing -> the title of what it is about; one whose idea, question or post is hidden is not in it, and one that is
    about a person alone has an empty title. Three queries."""
    ideas = _titles(Idea, {each.idea_id for each in firings})
    topics = _titles(Topic, {each.topic_id for each in firings})
    posts = {each.post_id for each in firings if each.post_id}
    shown = sa.select(Post.id).where(Post.id.in_(posts), Post.hidden_at.is_(None))
    readable = set(db.session.scalars(shown)) if posts else set()
    found = {}
    for each in firings:
        if each.post_id and each.post_id not in readable:
            continue
        if each.idea_id or each.topic_id:
            title = ideas.get(each.idea_id) if each.idea_id else topics.get(each.topic_id)
        else:
            title = ""
        if title is not None:
            found[each.id] = title
    return found


def _titles(model: Any, ids: set[int | None]) -> dict[int, str]:
    ids.discard(None)
    select = sa.select(model.id, model.title).where(model.id.in_(ids), model.hidden_at.is_(None))
    return {row.id: row.title for row in db.session.execute(select)} if ids else {}


def address_of(firing: CrmFiring, url: str) -> str:
    """Where what it is about stands."""
    if firing.idea_id:
        return f"{url}/ideas/{firing.idea_id}"
    return f"{url}/questions/{firing.topic_id}" if firing.topic_id else f"{url}/people/{firing.person_id}"


def _act(firing: CrmFiring, title: str | None, url: str) -> Letter | None:
    if title is None:
        finish(firing, FiringState.DROPPED, HIDDEN)
    elif firing.act == Then.TAG:
        _label(firing)
    else:
        staff = db.session.get(Person, firing.does["person_id"] or 0, populate_existing=True)
        if staff is None or not (staff.active and staff.may(Permission.SEE_RECORD)):
            finish(firing, FiringState.FAILED, GONE_FROM_STAFF)
        elif firing.act == Then.WATCH:
            _have_follow(firing, staff)
        else:
            firing.try_at = clock.now() + SENDING
            return _letter(firing, staff, title, url)
    return None


def _label(firing: CrmFiring) -> None:
    insert_missing(Label, [{"name": firing.does["tag"]}])
    label_id = db.session.scalars(sa.select(Label.id).where(Label.name == firing.does["tag"])).one()
    place = {"idea_id": firing.idea_id} if firing.idea_id else {"topic_id": firing.topic_id}
    if insert_missing(Labelling, [{"label_id": label_id, **place}]) and firing.idea_id:
        journal.record(IdeaLabelled(actor_id=None, idea_id=firing.idea_id, label_id=label_id))
    finish(firing, FiringState.DONE)


def _have_follow(firing: CrmFiring, staff: Person) -> None:
    facts = {"idea_id": firing.idea_id, "topic_id": None if firing.idea_id else firing.topic_id}
    journal.record(FollowingArranged(actor_id=None, person_id=staff.id, **facts))
    finish(firing, FiringState.DONE)


def _letter(firing: CrmFiring, staff: Person, title: str, url: str) -> Letter:
    whose = f" for {firing.company.name}" if firing.company else ""
    name = firing.person.name if firing.person and not firing.subject.startswith("company") else ""
    text = LETTER.format(
        rule=firing.rule.name,
        whose=whose,
        note=firing.does["note"] or name,
        title=title or name,
        url=address_of(firing, url),
        firings=f"{url}/crm/firings?rule={firing.rule_id}",
    )
    return Letter(str(staff.email), f"{firing.rule.name}: {title or name}"[:150], text.strip())
