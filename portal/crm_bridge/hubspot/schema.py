"""Our properties and our custom object in HubSpot: which are there, and making the others."""

from collections.abc import Sequence
from typing import Any

from portal.crm_bridge.gateway import CrmError, Kind
from portal.crm_bridge.hubspot.asking import NOT_FOUND, Asker, parts
from portal.crm_bridge.hubspot.records import ID, PREFIX, STANDARD, TYPES, VOTE, wanted

GROUP = "community"
CONFLICT = 409


class Schema:
    """Knows the properties of each kind with their types."""

    def __init__(self, org: Asker) -> None:
        self.org = org
        self.votes_are_notes = org.settings["votes"] == "notes"
        self._there: dict[str, dict[str, str]] = {}
        self._vote_type: str | None = None

    def type_of(self, kind: str) -> str | None:
        """The object type of a kind; None for votes while their object is not there."""
        if kind in TYPES:
            return TYPES[kind]
        if self._vote_type is None:
            listed = self.org.call("GET", self.org.schemas()).data["results"]
            self._vote_type = next((each["objectTypeId"] for each in listed if each["name"] == VOTE), None)
        return self._vote_type

    def there(self, kind: str) -> dict[str, str]:
        """The properties of ours, with their types; none when there is no such object."""
        if kind not in self._there:
            type_ = self.type_of(kind)
            found: list[dict[str, Any]] = []
            if type_:
                answer = self.org.call("GET", self.org.path("properties", type_), accept={NOT_FOUND})
                found = [] if answer.status == NOT_FOUND else answer.data["results"]
            ours = {each["name"]: each["type"] for each in found if each["name"].startswith(PREFIX)}
            standard = {theirs: "string" for (of_kind, _), theirs in STANDARD.items() if of_kind == kind}
            self._there[kind] = ours | (standard if ours else {})
        return self._there[kind]

    def is_ready(self, kind: str) -> bool:
        """Whether our id is on records of a kind."""
        return ID in self.there(kind)

    def missing(self, kinds: Sequence[Kind]) -> list[str]:
        """In words what is not there."""
        return [
            f"{TYPES.get(kind.name, VOTE)}.{name}"
            for kind in self._asked(kinds)
            for name in wanted(kind)
            if name not in self.there(kind.name)
        ]

    def ensure(self, kinds: Sequence[Kind]) -> list[str]:
        """Make what is missing; returns in words what was made. Raises CrmError with the steps to take."""
        missing = self.missing(kinds)
        try:
            for kind in self._asked(kinds) if missing else ():
                self._make(kind)
        except CrmError as error:
            if not error.auth:
                raise
            raise CrmError(_steps(str(error), missing), permanent=False, auth=True) from error
        if missing:
            self._there.clear()
        return missing

    def _asked(self, kinds: Sequence[Kind]) -> list[Kind]:
        return [kind for kind in kinds if kind.name in TYPES or not self.votes_are_notes]

    def _make(self, kind: Kind) -> None:
        type_ = self.type_of(kind.name)
        lacking = [each for name, each in wanted(kind).items() if name not in self.there(kind.name)]
        if type_ is None:
            self._vote_type = self._make_object(lacking)
            return
        if not lacking:
            return
        group = {"name": GROUP, "label": "Community"}
        self.org.call("POST", self.org.path("properties", f"{type_}/groups"), json=group, accept={CONFLICT})
        path = self.org.path("properties", f"{type_}/batch/create")
        for part in parts([{**each, "groupName": GROUP} for each in lacking]):
            self.org.call("POST", path, json={"inputs": list(part)}, again=True)

    def _make_object(self, properties: list[dict[str, Any]]) -> str:
        sent = {
            "name": VOTE,
            "labels": {"singular": "Community vote", "plural": "Community votes"},
            "properties": properties,
            "requiredProperties": [ID],
            "primaryDisplayProperty": ID,
            "searchableProperties": [ID],
            "associatedObjects": ["CONTACT", "COMPANY"],
        }
        return str(self.org.call("POST", self.org.schemas(), json=sent).data["objectTypeId"])


def _steps(why: str, missing: Sequence[str]) -> str:
    return (
        f"The token may not make properties ({why}). Give its app the scopes crm.schemas.contacts.write, "
        "crm.schemas.companies.write and, for votes as objects, crm.schemas.custom.write, or make in Settings, "
        f"Properties, with {ID} as a unique value: {', '.join(missing)}"
    )
