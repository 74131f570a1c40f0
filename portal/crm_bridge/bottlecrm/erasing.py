"""Taking out of BottleCRM what the portal wrote, and nothing that others did."""

from collections.abc import Mapping
from typing import Any

from portal.crm_bridge.bottlecrm.assigning import ours
from portal.crm_bridge.bottlecrm.finding import Finder
from portal.crm_bridge.bottlecrm.records import ID, MADE, PATHS, PREFIX
from portal.crm_bridge.bottlecrm.votes import mark_of
from portal.crm_bridge.bottlecrm.writing import GONE, REFUSES, refused
from portal.crm_bridge.gateway import Outcome, Ref, Status

OF_OTHERS = ("opportunities", "cases", "comments", "attachments")


class Eraser:
    """Erases one record at a time; for threads, so it asks the Caller itself."""

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.call = finder.crm.caller.call

    def erase(self, kind: str, ref: Ref, remote_id: str | None) -> Outcome:
        """Take out a vote, or all of ours of a contact or an account. What is not there is erased."""
        if remote_id is None:
            return Outcome(Status.ERASED)
        if kind == "vote":
            return self._delete(f"interactions/{remote_id.rpartition('/')[2]}/", remote_id)
        answer = self.call("GET", f"{PATHS[kind]}/{remote_id}/", accept={GONE})
        record = answer.data[f"{kind}_obj"] if answer.status != GONE else {}
        custom = record.get("custom_fields") or {}
        if custom.get(ID) != ref.external_id:
            return Outcome(Status.ERASED, remote_id)
        if kind == "contact":
            for task in ours(answer.data["tasks"]).values():
                if (outcome := self._delete(f"tasks/{task}/", remote_id)).status is not Status.ERASED:
                    return outcome
        if kind == "contact" and custom.get(MADE) and self._is_ours_alone(answer.data, remote_id):
            return self._delete(f"contacts/{remote_id}/", remote_id)
        return self._blank(kind, remote_id, custom)

    def _is_ours_alone(self, detail: Mapping[str, Any], contact_id: str) -> bool:
        """Whether nobody there has added anything to a contact that we made."""
        theirs = {str(each["id"]) for each in detail["tasks"]} - set(ours(detail["tasks"]).values())
        if theirs or any(detail.get(name) for name in OF_OTHERS):
            return False
        return all(map(mark_of, self.finder.every_interaction(contact_id) or ()))

    def _blank(self, kind: str, remote_id: str, custom: Mapping[str, Any]) -> Outcome:
        """Our interactions go, our fields become empty; the record belongs to others as well."""
        there = self.finder.every_interaction(remote_id) if kind == "contact" else None
        for each in filter(mark_of, there or ()):
            outcome = self._delete(f"interactions/{each['id']}/", remote_id)
            if outcome.status is not Status.ERASED:
                return outcome
        empty = {key: None for key in custom if key.startswith(PREFIX)}
        sent = {"custom_fields": empty}
        answer = self.call(
            "PATCH", f"{PATHS[kind]}/{remote_id}/", json=sent, accept={*REFUSES, GONE}, again=True
        )
        return (
            refused(answer) if answer.status in REFUSES else Outcome(Status.ERASED, remote_id, blanked=True)
        )

    def _delete(self, path: str, remote_id: str) -> Outcome:
        answer = self.call("DELETE", path, accept={*REFUSES, GONE}, reads=False)
        return refused(answer) if answer.status in REFUSES else Outcome(Status.ERASED, remote_id)
