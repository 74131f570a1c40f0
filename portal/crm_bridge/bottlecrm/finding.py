"""Finding records in BottleCRM, which finds one at a time, or lists many.

Lists are cheap as long as they are short: about 6 ms a record, against 40 ms and more for a look-up of one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.crm_bridge.bottlecrm.records import ID, PATHS
from portal.crm_bridge.bottlecrm.together import Together
from portal.crm_bridge.bottlecrm.votes import by_mark
from portal.crm_bridge.calling.following import pages
from portal.crm_bridge.gateway import Key, Outcome, Status

Record = Mapping[str, Any]

PAGE = 500
OF_A_CONTACT = 200
"""So many interactions BottleCRM lists at most."""

FEW = 3
CHEAPER = 10
"""Reading the list is cheaper while it holds at most so many times more than are looked for."""


class Finder:
    """Reads records; writes nothing."""

    def __init__(self, crm: Together) -> None:
        self.crm = crm
        self.gone: dict[str, str] = {}
        """The last known ids there of records that were not there any more, by ours."""
        self.accounts: list[Record] | None = None
        """All accounts as they were read last: with each list of them come all contacts, too."""
        self._lists: dict[str, list[Record]] = {}
        """What `read` listed, and of what it told since."""
        self._told: dict[str, set[str]] = {}

    def by_id(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """The records of these ids of ours, as far as they are there."""
        return {each: found for each, found in self._by_key(kind, [Key(one) for one in ids]).items() if found}

    def read(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """The same, as they are now. A list serves whoever compares part by part: until a record is asked for again, or
        one is written."""
        told = self._told.get(kind)
        if told is None or not told.isdisjoint(ids):
            self.forget_list(kind)
            listed = self._list_if_short(kind, len(ids)) if kind == "account" or len(ids) > FEW else None
            if listed is None:
                return self.by_id(kind, ids)
            self._lists[kind], told = listed, set()
        self._told[kind] = told | set(ids)
        keys = {each: _match(Key(each), self._lists[kind]) for each in ids}
        return {each: found for each, found in keys.items() if found}

    def by_there(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """The records of these ids there, whosever they are."""

        def one(id_: str) -> Record | None:
            answer = self.crm.caller.call("GET", f"{PATHS[kind]}/{id_}/", accept={400, 404})
            return answer.data[f"{kind}_obj"] if answer.status == 200 else None

        found = zip(ids, self.crm.each(one, ids), strict=True)
        return {id_: record for id_, record in found if record}

    def forget_list(self, kind: str) -> None:
        """What was listed may be no longer so."""
        self.forget_reading(kind)
        if kind == "account":
            self.accounts = None

    def forget_reading(self, kind: str) -> None:
        """What `read` listed is no longer so."""
        self._lists.pop(kind, None)
        self._told.pop(kind, None)

    def by_key(self, kind: str, keys: Sequence[Key]) -> list[Record | None]:
        """The record that each key stands for: ours, else one of nobody's with the mail address."""
        found = self._by_key(kind, keys)
        return [found[key.external_id] for key in keys]

    def was_joined(self, external_id: str, remote_id: str) -> bool:
        """Whether somebody there merged the record of ours into this one, which is then others' as well."""
        return self.gone.get(external_id, remote_id) != remote_id

    def _by_key(self, kind: str, keys: Sequence[Key]) -> dict[str, Record | None]:
        if kind == "account" or len(keys) > FEW:
            listed = self._list_if_short(kind, len(keys))
            if listed is not None:
                return {key.external_id: _match(key, listed) for key in keys}
        found = dict(
            zip(
                [key.external_id for key in keys],
                self.crm.each(lambda key: self._ask(kind, key), keys),
                strict=True,
            )
        )
        unknown = [key for key in keys if key.email and found[key.external_id] is None]
        by_mail = self.crm.each(self._ask_mail, unknown)
        return found | {key.external_id: record for key, record in zip(unknown, by_mail, strict=True)}

    def _list_if_short(self, kind: str, wanted: int) -> list[Record] | None:
        """All records, unless they are too many to be read for so few."""
        if kind == "account":
            if self.accounts is None:
                self.accounts = list(self.all(kind))
            return self.accounts
        count = self.crm.one("GET", f"{PATHS[kind]}/", params={"limit": 1}).data["count"]
        return list(self.all(kind)) if count <= wanted * CHEAPER else None

    def note_accounts(self, written: Mapping[str, Outcome]) -> None:
        """Remember, by our id, accounts that were written. Whether one that failed or went is there must be looked for."""
        if any(each.status in (Status.FAILED, Status.GONE) for each in written.values()):
            self.accounts = None
        if self.accounts is not None:
            self.accounts += [
                {"id": each.remote_id, "custom_fields": {ID: key}, "created_at": each.version}
                for key, each in written.items()
                if each.status is Status.CREATED
            ]

    def ask(self, kind: str, key: Key) -> Record | None:
        """The record that one key stands for. For threads: it asks the Caller itself."""
        return self._ask(kind, key) or (self._ask_mail(key) if key.email else None)

    def _ask(self, kind: str, key: Key) -> Record | None:
        params = {f"cf_{ID}": key.external_id, "limit": 10}
        answer = self.crm.caller.call("GET", f"{PATHS[kind]}/", params=params)
        return _match(Key(key.external_id), listed(kind, answer.data))

    def _ask_mail(self, key: Key) -> Record | None:
        # It looks for a part of an address, so that others may come along.
        params = {"email": key.email, "limit": PAGE}
        return _match(key, listed("contact", self.crm.caller.call("GET", "contacts/", params=params).data))

    def all(self, kind: str) -> Iterator[Record]:
        """Every record of a kind, ours and others, each once.

        Pages move when a record comes or goes while they are read: then they are read again.
        """
        for _ in range(3):
            seen: dict[str, Record] = {}
            offset, count = 0, 1
            for _ in pages():
                if offset >= count:
                    break
                params = {"limit": PAGE, "offset": offset}
                data = self.crm.one("GET", f"{PATHS[kind]}/", params=params).data
                seen |= {each["id"]: each for each in listed(kind, data)}
                count, offset = counted(kind, data), offset + PAGE
            if len(seen) >= count or kind == "account":
                break
        yield from seen.values()

    def interactions(self, contact_id: str) -> dict[str, Record] | None:
        """The interactions of a contact that are ours, by our id; None when there is no such contact.

        For threads: it asks the Caller itself.
        """
        found = self.every_interaction(contact_id)
        return None if found is None else by_mark(found)

    def every_interaction(self, contact_id: str) -> list[Record] | None:
        """All interactions of a contact, ours and others, also one that is there twice. For threads."""
        found: list[Record] = []
        count = 1
        for _ in pages():
            if len(found) >= count:
                break
            params = {"contact": contact_id, "limit": OF_A_CONTACT, "offset": len(found)}
            answer = self.crm.caller.call("GET", "interactions/", params=params, accept={400, 404})
            if answer.status != 200:
                return None
            if not answer.data["interactions"]:
                break
            found += answer.data["interactions"]
            count = answer.data["count"]
        return found


def listed(kind: str, data: Any) -> list[Record]:
    """The records of a page."""
    if kind == "contact":
        return list(data["results"])
    if kind == "deal":
        return list(data["opportunities"])
    return [*data["active_accounts"]["open_accounts"], *data["closed_accounts"]["close_accounts"]]


def counted(kind: str, data: Any) -> int:
    """How many records there are in all. Active and closed accounts are paged beside each other."""
    if kind != "account":
        return int(data["count" if kind == "contact" else "opportunities_count"])
    counts = data["active_accounts"]["open_accounts_count"], data["closed_accounts"]["close_accounts_count"]
    return max(map(int, counts))


def _match(key: Key, records: Sequence[Record]) -> Record | None:
    """Which of the records a key stands for; of two with our id, the older."""
    ours = [each for each in records if (each.get("custom_fields") or {}).get(ID) == key.external_id]
    if not ours and key.email:
        mail = key.email.casefold()
        ours = [
            each
            for each in records
            if (each.get("email") or "").casefold() == mail and not (each.get("custom_fields") or {}).get(ID)
        ]
    return min(ours, key=lambda each: str(each["created_at"]), default=None)
