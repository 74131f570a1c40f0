"""Interactions: what people did, and what became of it, is added to the history of their contact, each once.

The reader of the journal notes what there is to tell, for those who agree to it at that time. A push tells it once the
contact is there, under the number of the entry in the journal as its marker, and does not tell it again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.crm_bridge import consenting, describing, leasing
from portal.crm_bridge.describing import Voice, person_key
from portal.crm_bridge.gateway import Activity, CrmGateway, Outcome, Ref, Status
from portal.crm_bridge.models import CrmExchange, CrmInteraction, CrmLink, Entity, LinkState
from portal.crm_bridge.pushing import Step, row_by_row
from portal.crm_bridge.retrying import judged
from portal.database import db
from portal.discussion.models import Post
from portal.forums.models import Topic
from portal.ideas.models import Idea

TOGETHER = 50
ADDED = "added to histories"
HIDDEN = "hidden"


def connections_with_some() -> set[str]:
    """Names of the connections over which something is to be told now."""
    return set(db.session.scalars(_where_some(), {"now": clock.now()}))


@cache
def _where_some() -> sa.Select[*tuple[Any, ...]]:
    return _due().with_only_columns(CrmInteraction.connection).distinct()


def untold(connection: str) -> int:
    """How many interactions wait."""
    waiting = sa.select(sa.func.count()).select_from(CrmInteraction)
    its = CrmInteraction.connection == connection, CrmInteraction.state == LinkState.RETRY
    return db.session.scalar(waiting.where(*its)) or 0


def _due() -> sa.Select[*tuple[Any, ...]]:
    """What waits and may be told now: its contact is there, and a failure is long enough ago."""
    contact = sa.and_(
        CrmLink.connection == CrmInteraction.connection,
        CrmLink.entity == Entity.PERSON,
        CrmLink.entity_id == CrmInteraction.person_id,
        CrmLink.idea_id == 0,
        CrmLink.remote_id.is_not(None),
    )
    due = CrmInteraction.next_at.is_(None) | (CrmInteraction.next_at <= sa.bindparam("now"))
    return (
        sa.select(CrmInteraction, CrmLink.remote_id)
        .join(CrmLink, contact)
        .where(CrmInteraction.state == LinkState.RETRY, due)
    )


def send(voice: Voice, gateway: CrmGateway, holder: str) -> Iterator[Step]:
    """Tell what waits, under the lease of `holder`; a transaction must end at each `yield`. Raises CrmError."""
    after = 0
    while rows := _next(voice.connection, after):
        after = rows[-1].entry_id
        seq = leasing.keep(voice.connection, holder)
        refused = consenting.refusals(voice.connection, {row.person_id for row in rows})
        hidden = [row for row in rows if row.is_hidden]
        _skip(hidden)
        told = [row for row in rows if not row.is_hidden and row.person_id not in refused]
        yield Step()
        activities = [_activity(voice, row, seq) for row in told]
        outcomes = row_by_row(gateway.add_activity, activities) if activities else []
        yield Step(_record(list(zip(told, activities, outcomes, strict=True))))


def _next(connection: str, after: int) -> Sequence[Any]:
    its = {"connection": connection, "after": after, "now": clock.now()}
    return db.session.execute(_rows(), its).all()


@cache
def _rows() -> sa.Select[*tuple[Any, ...]]:
    columns = (
        *(CrmInteraction.connection, CrmInteraction.entry_id, CrmInteraction.person_id, CrmInteraction.kind),
        *(CrmInteraction.at, CrmInteraction.word, CrmInteraction.attempts, CrmInteraction.idea_id),
        *(CrmInteraction.topic_id, CrmInteraction.post_id, CrmLink.remote_id),
        sa.func.coalesce(Idea.title, Topic.title).label("title"),
        Topic.kind.label("topic_kind"),
        *(Post.body_html, Post.parent_id),
        sa.func.coalesce(Idea.hidden_at, Topic.hidden_at, Post.hidden_at).is_not(None).label("is_hidden"),
    )
    return (
        _due()
        .with_only_columns(*columns)
        .outerjoin(Idea, Idea.id == CrmInteraction.idea_id)
        .outerjoin(Topic, Topic.id == CrmInteraction.topic_id)
        .outerjoin(Post, Post.id == CrmInteraction.post_id)
        .where(CrmInteraction.connection == sa.bindparam("connection"))
        .where(CrmInteraction.entry_id > sa.bindparam("after"))
        .order_by(CrmInteraction.entry_id)
        .limit(TOGETHER)
    )


def _activity(voice: Voice, row: Any, seq: int) -> Activity:
    record = describing.interaction(voice, row)
    return Activity(
        ref=record["id"],
        contact=Ref(person_key(row.person_id), row.remote_id),
        kind=record["type"],
        subject=record["summary"],
        body=record["object_url"],
        occurred_at=record["occurred_at"],
        details={**record, "seq": seq},
    )


def _skip(rows: Sequence[Any]) -> None:
    """What is hidden before it was told is never told."""
    for row in rows:
        _set(row, state=LinkState.DONE, message=HIDDEN)


def _record(told: Sequence[tuple[Any, Activity, Outcome]]) -> Counter[str]:
    """Write down what became of each. The log keeps the marker and the address, not the words."""
    now, counts = clock.now(), Counter[str]()
    for row, activity, outcome in told:
        said = {"activity": activity.ref, "type": activity.kind, "object_url": activity.body}
        whose = {"connection": row.connection, "entity": Entity.PERSON, "entity_id": row.person_id}
        db.session.add(CrmExchange(**whose, at=now, verb="add", sent=said, answer=outcome.as_answer()))
        if outcome.status in (Status.CREATED, Status.UPDATED):
            _set(row, state=LinkState.DONE, sent_at=now, message=None, next_at=None)
            counts[ADDED] += 1
            continue
        state, next_at, message = judged(outcome, row.attempts + 1, now)
        _set(row, state=state, attempts=row.attempts + 1, next_at=next_at, message=message[:1_000])
        counts["quarantined" if state is LinkState.QUARANTINED else "to be tried again"] += 1
    db.session.flush()
    return counts


def _set(row: Any, **values: Any) -> None:
    key = {name: getattr(row, name) for name in ("connection", "entry_id", "person_id")}
    db.session.execute(sa.update(CrmInteraction).filter_by(**key).values(values))
