"""BottleCRM behind the gateway."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from portal.crm_bridge.bottlecrm.assigning import TASK, Assigner
from portal.crm_bridge.bottlecrm.declaration import DECLARATION
from portal.crm_bridge.bottlecrm.erasing import Eraser
from portal.crm_bridge.bottlecrm.finding import Finder, Record
from portal.crm_bridge.bottlecrm.pulling import Puller
from portal.crm_bridge.bottlecrm.records import held, said
from portal.crm_bridge.bottlecrm.schema import Schema
from portal.crm_bridge.bottlecrm.together import Together
from portal.crm_bridge.bottlecrm.votes import activity_body, mark_of, owner, vote_fields
from portal.crm_bridge.bottlecrm.writing import GONE, REFUSES, Votes, Writer, refused
from portal.crm_bridge.calling.manners import Manners
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import (
    Activity,
    Changed,
    Description,
    Held,
    Identity,
    Key,
    Kind,
    Outcome,
    Ref,
    Row,
    Status,
)

WRITTEN = (Status.CREATED, Status.UPDATED)


class BottleCRM:
    """`url` in the settings is where it answers, `token` a personal access token. The id of a vote there is that of its contact
    and that of the interaction, with a slash between."""

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        signed = {"authorization": f"Bearer {settings['token']}"}
        # A token that is not known is answered with 403; there is nothing to sign in with again.
        manners = Manners(sign_in=lambda _: signed, unknown=frozenset())
        self.place = settings["url"].rstrip("/")
        self.crm = Together(f"{self.place}/api/", wire or Wire(), manners)
        self.finder = Finder(self.crm)
        puller = Puller(self.finder)
        self.pull, self.look = puller.pull, puller.look
        self.writer = Writer(self.finder)
        self.schema = Schema(self.crm)
        self._ids: dict[str, str] = {}
        """Contacts and accounts that were seen, by our id."""
        self._new: set[str] = set()
        """Contacts that were made just now: nothing hangs under them that we did not put there."""
        self._known: dict[str, Votes] = {}
        """Of the contacts whose votes were looked for or written last: what hangs under them of ours."""
        self._changed: dict[str, list[Held]] = {}

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=100)

    def introduce(self) -> Identity:
        told = self.crm.one("GET", "profile/").data["user_obj"]
        mail = (told.get("user_details") or {}).get("email") or told.get("email") or "a user"
        role = str(told.get("role") or "").lower()
        return Identity(f"{mail}{f', {role}' if role else ''}", self.place)

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        return self.schema.missing(kinds)

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        # It is the beginning of a push: what was read before may be no longer so.
        self._forget_lists()
        added = self.schema.ensure(kinds)
        self.writer.kept = self.schema.kept
        return added

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        if kind != "vote":
            found = self.finder.by_key(kind, keys)
            return [str(each["id"]) if each else key.known for key, each in zip(keys, found, strict=True)]
        known = self._read_votes(self._contact_ids({owner(key.external_id): None for key in keys}).values())
        self._known = {contact_id: each for contact_id, each in known.items() if each is not None}
        votes = {mark: each for one in self._known.values() for mark, each in one.items()}
        there = [votes.get(key.external_id) for key in keys]
        return [self._vote_id(each) if each else None for each in there]

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        if kind == "vote":
            return self._upsert_votes(rows)
        links = self._account_links(rows) if kind == "contact" else {}
        outcomes = self.crm.each(
            lambda row: self.writer.record(kind, row, links.get(row.ref.external_id, {})), rows
        )
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.status in WRITTEN and outcome.remote_id:
                self._ids[row.ref.external_id] = outcome.remote_id
                if outcome.status is Status.CREATED:
                    self._new.add(outcome.remote_id)
        self.finder.forget_reading(kind)
        if kind == "account":
            self.finder.note_accounts(dict(zip([row.ref.external_id for row in rows], outcomes, strict=True)))
        return outcomes

    def _account_links(self, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
        """Per contact the account that it is to be linked to, where that is there."""
        wanted = {
            row.ref.external_id: str(row.fields["account"]) for row in rows if row.fields.get("account")
        }
        unknown = sorted(set(wanted.values()) - set(self._ids))
        if unknown:
            self._ids |= {key: str(each["id"]) for key, each in self.finder.by_id("account", unknown).items()}
        there = {key: self._ids.get(account) for key, account in wanted.items()}
        return {key: {"account": account} for key, account in there.items() if account}

    def _upsert_votes(self, rows: Sequence[Row]) -> list[Outcome]:
        """Several at a time, also of one contact."""
        contacts = [row.parent.remote_id or "" if row.parent else "" for row in rows]
        known = self._read_votes(filter(None, contacts))

        def write(place: int) -> Outcome:
            there = known.get(contacts[place])
            if there is None:
                return Outcome(Status.FAILED, message="No contact to hang it under")
            return self.writer.vote(contacts[place], rows[place], there)

        outcomes = self.crm.each(write, range(len(rows)))
        failed = {each for each, said in zip(contacts, outcomes, strict=True) if said.status not in WRITTEN}
        # Whether a vote that failed is there must be looked for.
        self._known = {key: each for key, each in known.items() if each is not None and key not in failed}
        self._new.difference_update(contacts)
        return outcomes

    def _read_votes(self, contact_ids: Iterable[str]) -> dict[str, Votes | None]:
        """Per contact what hangs under it of ours, by our id; None for a contact that is not there."""
        ids = list(dict.fromkeys(contact_ids))
        known: dict[str, Votes | None] = {each: {} for each in ids if each in self._new}
        known |= {each: self._known[each] for each in ids if each in self._known}
        unknown = [each for each in ids if each not in known]
        return known | dict(zip(unknown, self.crm.each(self.finder.interactions, unknown), strict=True))

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        contacts = self._contact_ids(
            {each.contact.external_id: each.contact.remote_id for each in activities}
        )
        return self.crm.each(lambda each: self._add(each, contacts.get(each.contact.external_id)), activities)

    def _add(self, activity: Activity, contact_id: str | None) -> Outcome:
        if activity.kind == TASK and contact_id:
            return Assigner(self.finder).add(activity, contact_id)
        known = self.finder.interactions(contact_id) if contact_id else None
        if known is None:
            return Outcome(Status.FAILED, message=f"No contact {activity.contact.external_id}")
        if there := known.get(activity.ref):
            return Outcome(Status.UPDATED, f"{contact_id}/{there['id']}")
        sent = {**activity_body(activity), "contact": contact_id}
        answer = self.crm.caller.call("POST", "interactions/", json=sent, accept={*REFUSES, GONE})
        if answer.status != 201:
            return refused(answer)
        return Outcome(Status.CREATED, f"{contact_id}/{answer.data['id']}")

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        # BottleCRM neither sorts nor filters by the time of a change: everything is read once, and told in parts.
        left = self._changed.pop(f"{kind} {cursor}", None) or self._snapshot(kind, cursor)
        records, rest = left[:limit], left[limit:]
        end = _place(records[-1]) if records else cursor
        if rest:
            self._changed = {f"{kind} {end}": rest}
        return Changed(records, end)

    def _snapshot(self, kind: str, cursor: str) -> list[Held]:
        if kind == "vote":
            everybody = (held("contact", record) for record in self.finder.all("contact"))
            ids = [str(each.ref.remote_id) for each in everybody if each]
            found = [one for some in self.crm.each(self.finder.every_interaction, ids) for one in some or ()]
            records = [self._held_vote(each) for each in found if (mark_of(each) or "").startswith("vote:")]
        else:
            records = [each for record in self.finder.all(kind) if (each := held(kind, record))]
        return sorted((each for each in records if _place(each) > cursor), key=_place)

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        if kind != "vote":
            ids = [ref.external_id for ref in refs if ref.external_id]
            found = (
                {key: held(kind, each) for key, each in self.finder.read(kind, ids).items()} if ids else {}
            )
            theirs = [str(ref.remote_id) for ref in refs if not ref.external_id]
            by_there = {key: said(kind, each) for key, each in self.finder.by_there(kind, theirs).items()}
            return [found.get(ref.external_id) or by_there.get(ref.remote_id or "") for ref in refs]
        self._known = {}
        contacts = {owner(ref.external_id): ref.remote_id and ref.remote_id.partition("/")[0] for ref in refs}
        votes = self._votes_of(contacts)
        return [
            self._held_vote(votes[each.external_id]) if each.external_id in votes else None for each in refs
        ]

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        self._forget_lists()
        unknown = [ref.external_id for ref in refs if not ref.remote_id]
        if kind == "vote":
            found = self._votes_of({owner(each): None for each in unknown}) if unknown else {}
            ids = {key: self._vote_id(each) for key, each in found.items()}
        else:
            ids = (
                {key: str(each["id"]) for key, each in self.finder.by_id(kind, unknown).items()}
                if unknown
                else {}
            )
        eraser = Eraser(self.finder)
        outcomes = self.crm.each(
            lambda ref: eraser.erase(kind, ref, ref.remote_id or ids.get(ref.external_id)), refs
        )
        for ref in refs:
            self._new.discard(self._ids.pop(ref.external_id, ""))
        return outcomes

    def close(self) -> None:
        self.crm.close()

    def _forget_lists(self) -> None:
        """What was read before may be no longer so."""
        self._known = {}
        for kind in ("account", "contact"):
            self.finder.forget_list(kind)

    def _contact_ids(self, contacts: Mapping[str, str | None]) -> dict[str, str]:
        """The ids there of contacts by ours, as far as they are there."""
        known = {key: remote or self._ids.get(key) for key, remote in contacts.items()}
        unknown = [key for key, remote in known.items() if not remote]
        found = self.finder.by_id("contact", unknown) if unknown else {}
        self._ids |= {key: str(each["id"]) for key, each in found.items()}
        return {key: remote or self._ids[key] for key, remote in known.items() if remote or key in self._ids}

    def _votes_of(self, contacts: Mapping[str, str | None]) -> dict[str, Record]:
        """All interactions of ours of these contacts, by our id."""
        found = self._read_votes(self._contact_ids(contacts).values())
        return {mark: each for known in found.values() for mark, each in (known or {}).items()}

    def _vote_id(self, interaction: Record) -> str:
        return f"{interaction['contact']}/{interaction['id']}"

    def _held_vote(self, interaction: Record) -> Held:
        ref = Ref(str(mark_of(interaction)), self._vote_id(interaction))
        return Held(ref, vote_fields(interaction), interaction["created_at"])


def _place(record: Held) -> str:
    """Where a record stands among the changes: the time of its own, then its id."""
    return f"{record.version} {record.ref.remote_id}"
