"""The custom fields of ours in BottleCRM: which are missing, and making them."""

from collections.abc import Sequence

from portal.crm_bridge.bottlecrm.records import TARGETS, label, wanted
from portal.crm_bridge.bottlecrm.together import Together
from portal.crm_bridge.gateway import CrmError, Kind

PLACE = "Settings, Custom fields"


class Schema:
    """`kept` says per kind which custom fields BottleCRM keeps, once they were looked at."""

    def __init__(self, crm: Together) -> None:
        self.crm = crm
        self.kept: dict[str, frozenset[str]] = {}

    def missing(self, kinds: Sequence[Kind]) -> list[str]:
        """In words what is not there, and what somebody there switched off."""
        there = self._there()
        words = []
        for kind, key, _ in _all(kinds):
            if key not in there[kind]:
                words.append(f"{TARGETS[kind]}.{key}")
            elif not there[kind][key]:
                words.append(f"{TARGETS[kind]}.{key} is switched off; switch it on in {PLACE}")
        return words

    def ensure(self, kinds: Sequence[Kind]) -> list[str]:
        """Make what is missing; returns in words what was made. What somebody switched off stays off.

        Raises CrmError with the steps to take when the token may not.
        """
        there, made = self._there(), []
        for kind, key, type_ in _all(kinds):
            if key not in there[kind]:
                self._make(TARGETS[kind], key, type_)
                there[kind][key] = True
                made.append(f"{TARGETS[kind]}.{key}")
        self.kept = {kind: frozenset(key for key, on in keys.items() if on) for kind, keys in there.items()}
        return made

    def _there(self) -> dict[str, dict[str, bool]]:
        """Per kind the custom fields with whether they are switched on."""
        data = self.crm.one("GET", "custom-fields/", params={"include_counts": "false"}).data
        kinds = {target: kind for kind, target in TARGETS.items()}
        there: dict[str, dict[str, bool]] = {kind: {} for kind in TARGETS}
        for each in data["definitions"]:
            if each["target_model"] in kinds:
                there[kinds[each["target_model"]]][each["key"]] = each["is_active"]
        return there

    def _make(self, target: str, key: str, type_: str) -> None:
        sent = {"target_model": target, "key": key, "label": label(key), "field_type": type_}
        try:
            self.crm.one("POST", "custom-fields/", json={**sent, "is_filterable": type_ == "text"})
        except CrmError as error:
            if not error.auth:
                raise
            raise CrmError(
                f"The token may not make custom fields ({error}). Make it as an admin of the organisation, or have an "
                f"admin add to {target} in {PLACE}: {key}, of the type {type_}, and so on for what `flask crm schema "
                "--check` names",
                permanent=False,
                auth=True,
            ) from error


def _all(kinds: Sequence[Kind]) -> list[tuple[str, str, str]]:
    return [
        (kind.name, key, type_)
        for kind in kinds
        if kind.name in TARGETS
        for key, type_ in wanted(kind).items()
    ]
