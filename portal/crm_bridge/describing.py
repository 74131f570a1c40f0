"""The desired records in their canonical form: what a participant, a vote, a standing and a company are now.

The forms are the same for every CRM; `mapping.py` makes fields of them. `schema_version` and `tenant` stand in
each; `seq` is given when a record is sent. What the portal does not know yet is None.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.crm_bridge.gateway import Fields
from portal.markup import text_of

SCHEMA_VERSION = 1
HIDDEN = "(hidden)"
LONGEST_LIST = 240
LONGEST_SUMMARY = 200
OF_POSTS = ("comment", "answer", "reply")
SAID = {
    "idea_submitted": ("idea.created", "Proposed {title}"),
    "topic_started": ("question.asked", "Asked {title}"),
    "post_written": ("comment", "Commented on {title}"),
    "answer_accepted": ("answer.accepted", "The answer to {title} was accepted"),
    "status_changed": ("idea.status_changed", "{title} is now {word}"),
    "official_answer_given": ("idea.answered", "Staff answered {title}"),
}
"""By the kind of an entry of the journal: the type of the interaction, and its sentence."""

Record = dict[str, Any]


def every_field(_: str, fields: Fields) -> Fields:
    """For a connection over which all is written."""
    return fields


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name records are made: the connection, the tenant, and where the portal is reached.

    `keep` says which fields of a kind are written over the connection. A contact or account that was written less than
    `rest` ago is left for a later push.
    """

    connection: str
    tenant: str
    url: str
    keep: Callable[[str, Fields], Fields] = every_field
    rest: timedelta = timedelta()

    @property
    def head(self) -> Record:
        """What stands in each record."""
        return {"schema_version": SCHEMA_VERSION, "tenant": self.tenant}


def moment(when: datetime | None) -> str | None:
    """A time as ISO text in UTC, to the second."""
    return f"{when.isoformat()[:19]}Z" if when else None


def person_key(person_id: int) -> str:
    """How a person is called in the CRM."""
    return f"person:{person_id}"


def company_key(company_id: int | None) -> str | None:
    """How a company is called in the CRM; None for none."""
    return None if company_id is None else f"company:{company_id}"


def participant(voice: Voice, person: Any) -> Record:
    """The participant: `person` is a row of `gathering.people`."""
    return {
        **voice.head,
        "id": person_key(person.id),
        "external_ids": {},
        "email": person.email,
        "email_verified": person.confirmed_at is not None,
        "name": person.name,
        "locale": None,
        "company_domain": person.email.partition("@")[2] if person.company_id else None,
        "account_ref": company_key(person.company_id),
        "joined_at": moment(person.created_at),
        "last_active_at": moment(person.last_active_at),
        "status": _status(person),
        "consent": {
            "crm_sync": person.crm_consent,
            "marketing": None,
            "basis": "consent",
            "at": moment(person.crm_consent_at),
        },
        "merged_into": None,
        "url": f"{voice.url}/people/{person.id}",
    }


def _status(person: Any) -> str:
    if person.erased_at is not None:
        return "erased"
    return "active" if person.active else "suspended"


def reputation(voice: Voice, person: Any, doings: Any, as_of: datetime) -> Record:
    """The standing of a person: points and counts. `doings` is a row of `summing.doings`."""
    return {
        **voice.head,
        "participant_id": person_key(person.id),
        "points": person.reputation,
        "tier": None,
        "rank_pct": None,
        "badges": [],
        "ideas": doings.ideas,
        "ideas_shipped": doings.shipped,
        "votes_cast": doings.votes,
        "answers": doings.answers,
        "accepted_answers": person.accepted_answers,
        "open_ideas": listed(doings.open_ideas),
        "as_of": moment(as_of),
        "rule_version": None,
    }


def voter(voice: Voice, person: Any) -> Record:
    """What all votes of a person share: whose they are and what stands behind their weight."""
    return {
        **voice.head,
        "participant_id": person_key(person.id),
        "account_ref": company_key(person.company_id),
        "weight": 1,
        "weight_basis": {
            "tier": person.tier,
            "arr": None if person.revenue is None else str(person.revenue),
            "as_of": moment(person.crm_read_at),
        },
    }


def vote(voice: Voice, whose: Record, row: Any) -> Record:
    """A vote: `whose` is its `voter`, `row` is of `gathering.votes` or `gathering.withdrawn`.

    A hidden idea keeps its words for itself. After a merge it speaks of the idea that counts, and says "merged" where
    that counts another vote of the person. `on_behalf_of` names who of the staff added it, with what proof.
    """
    status = "merged" if row.eclipsed else row.status
    return {
        **whose,
        "id": f"{row.idea_id}:{row.person_id}",
        "idea_id": row.about_id,
        "idea_title": HIDDEN if row.is_hidden else row.title,
        "idea_status": "hidden" if row.is_hidden else status,
        "url": None if row.is_hidden else f"{voice.url}/ideas/{row.about_id}",
        "value": row.value,
        "on_behalf_of": {"added_by": row.added_by, "proof": row.proof} if row.added_by else None,
        "cast_at": moment(row.cast_at),
        "withdrawn_at": moment(row.withdrawn_at),
    }


def account(voice: Voice, company: Any, doings: Any) -> Record:
    """A company and what its consenting people do here. `doings` is a row of `summing.company_doings`."""
    return {
        **voice.head,
        "id": company_key(company.id),
        "name": company.name,
        "participants": doings.participants,
        "votes": doings.votes,
        "top_ideas": listed(doings.top_ideas),
        "last_activity_at": moment(doings.last_vote_at),
        "url": f"{voice.url}/crm/companies/{company.id}",
    }


def interaction(voice: Voice, row: Any) -> Record:
    """Something that happened: `row` is of `interacting`. Its words are those of now, not of then."""
    kind, says = _said(row)
    text = f": {text_of(row.body_html, LONGEST_SUMMARY)}" if kind in OF_POSTS else ""
    page = f"ideas/{row.idea_id}" if row.idea_id is not None else f"questions/{row.topic_id}"
    return {
        **voice.head,
        "id": f"entry:{row.entry_id}",
        "type": kind,
        "participant_id": person_key(row.person_id),
        "object_url": f"{voice.url}/{page}",
        "summary": summary(f"{says.format(title=row.title, word=(row.word or '').replace('_', ' '))}{text}"),
        "occurred_at": moment(row.at),
    }


def _said(row: Any) -> tuple[str, str]:
    """The type of an interaction, and its sentence."""
    if row.kind == "post_written" and row.topic_id is not None:
        is_answer = row.topic_kind == "question" and row.parent_id is None
        return ("answer", "Answered {title}") if is_answer else ("reply", "Replied in {title}")
    if row.kind == "topic_started" and row.topic_kind != "question":
        return "discussion.started", "Started the discussion {title}"
    return SAID[row.kind]


def summary(text: str) -> str:
    """Plain text in one line of at most 200 characters."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= LONGEST_SUMMARY else f"{line[: LONGEST_SUMMARY - 1]}…"


def listed(titles: list[str]) -> str:
    """Titles in one line that fits a text field of a CRM."""
    line = "; ".join(titles)
    return line if len(line) <= LONGEST_LIST else f"{line[: LONGEST_LIST - 1]}…"
