"""Votes hang under their contact and their idea: the ideas of votes are written before them, each once."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.crm_bridge.gateway import Outcome, Row, Status, Value
from portal.crm_bridge.salesforce.asking import parts
from portal.crm_bridge.salesforce.finding import Finder
from portal.crm_bridge.salesforce.records import IDEA, IDEA_FIELDS, IDEA_ID
from portal.crm_bridge.salesforce.sending import Sender, outcome

OF_VOTE = "merged"
"""A status that says something of the vote and not of its idea."""


class Ideas:
    """The ideas that were written so far, with their ids there."""

    def __init__(self, finder: Finder, sender: Sender) -> None:
        self.finder, self.sender = finder, sender
        self._written: dict[str, Mapping[str, Value]] = {}
        self._ids: dict[str, str] = {}

    def write(self, rows: Sequence[Row]) -> dict[int, Outcome]:
        """Write the ideas of these votes, as far as they say something new; returns the votes that cannot be sent."""
        keys = self._keys(rows)
        wanted = {
            keys[place]: _content(row)
            for place, row in enumerate(rows)
            if place in keys and ("idea" in row.fields or _content(row))
        }
        new = {key: each for key, each in wanted.items() if self._written.get(key) != each}
        bodies = [{"attributes": {"type": IDEA}, IDEA_ID: key, **each} for key, each in new.items()]
        refused: dict[str, Outcome] = {}
        for key, result in zip(new, self.sender.upsert(IDEA, IDEA_ID, bodies), strict=True):
            if result.get("success"):
                self._written[key], self._ids[key] = new[key], str(result["id"])
            else:
                said = outcome(result, "", None, str)
                refused[key] = Outcome(
                    Status.FAILED, message=f"{key}: {said.message}", permanent=said.permanent
                )
        return {place: refused[key] for place, key in keys.items() if key in refused}

    def links(self, row: Row) -> dict[str, Any]:
        """The look-ups of a vote to its contact and its idea."""
        contact = row.parent.remote_id if row.parent else None
        idea = self._ids.get(str(row.fields.get("idea")))
        return ({"Contact__c": contact} if contact else {}) | ({"Idea__c": idea} if idea else {})

    def _keys(self, rows: Sequence[Row]) -> dict[int, str]:
        """Per vote the idea that it speaks of. A change that does not name it leaves it as it is there."""
        keys = {place: str(row.fields["idea"]) for place, row in enumerate(rows) if row.fields.get("idea")}
        open_ = {
            str(row.ref.remote_id): place
            for place, row in enumerate(rows)
            if place not in keys and row.ref.remote_id and _content(row)
        }
        for part in parts(list(open_)):
            found = self.finder.where("vote", ["Id", "Idea_Key__c"], "Id", part)
            keys |= {open_[each["Id"]]: str(each["Idea_Key__c"]) for each in found if each["Idea_Key__c"]}
        return keys


def _content(row: Row) -> dict[str, Value]:
    return {
        IDEA_FIELDS[name]: value
        for name, value in row.fields.items()
        if name in IDEA_FIELDS and not (name == "idea_status" and value == OF_VOTE)
    }
