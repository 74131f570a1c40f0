"""Our columns, keys and table in Dataverse: which are there, and making the others."""

from collections.abc import Sequence
from typing import Any

from portal.crm_bridge.dataverse import defining
from portal.crm_bridge.dataverse.asking import Asker
from portal.crm_bridge.dataverse.records import Names
from portal.crm_bridge.gateway import CrmError, Kind

NOT_FOUND = 404
PAUSE, PATIENCE = 2.0, 100
ACTIVE, FAILED = "Active", "Failed"


class Schema:
    """Knows the columns of each kind with their types."""

    def __init__(self, org: Asker, names: Names) -> None:
        self.org, self.names = org, names
        self._there: dict[str, dict[str, str]] = {}

    def _path(self, kind: str, part: str) -> str:
        return f"EntityDefinitions(LogicalName='{self.names.table(kind)}')/{part}"

    def there(self, kind: str) -> dict[str, str]:
        """The columns of a table; none when there is no such table."""
        if kind not in self._there:
            params = {"$select": "LogicalName,AttributeType"}
            answer = self.org.call("GET", self._path(kind, "Attributes"), params=params, accept={NOT_FOUND})
            rows = [] if answer.status == NOT_FOUND else answer.data["value"]
            self._there[kind] = {each["LogicalName"]: each["AttributeType"] for each in rows}
        return self._there[kind]

    def columns(self, kind: str) -> dict[str, str]:
        """Those of ours."""
        return {name: type_ for name, type_ in self.there(kind).items() if self.names.field(kind, name)}

    def is_ready(self, kind: str) -> bool:
        """Whether our id is on records of a kind."""
        return self.names.key in self.there(kind)

    def missing(self, kinds: Sequence[Kind]) -> list[str]:
        """In words what is not there."""
        words = []
        for kind in kinds:
            table = self.names.table(kind.name)
            lacking = [name for name in self.names.wanted(kind) if name not in self.there(kind.name)]
            words += [f"{table}.{name}" for name in lacking]
            if self.names.key in lacking or not self._key(kind.name):
                words.append(f"{table}: an alternate key of {self.names.key}")
        return words

    def ensure(self, kinds: Sequence[Kind]) -> list[str]:
        """Make what is missing; returns in words what was made. Raises CrmError with the steps to take."""
        missing = self.missing(kinds)
        try:
            for kind in kinds if missing else ():
                self._make(kind)
        except CrmError as error:
            if not error.auth:
                raise
            raise CrmError(_steps(str(error), missing), permanent=False, auth=True) from error
        return missing

    def _make(self, kind: Kind) -> None:
        table = self.names.table(kind.name)
        if not self.there(kind.name):
            self.org.call(
                "POST", "EntityDefinitions", json=defining.table(table, f"{self.names.prefix}_name")
            )
            link = defining.link(self.names.contact, table)
            self.org.call("POST", "RelationshipDefinitions", json=link)
            self._there.pop(kind.name)
        for name, type_ in self.names.wanted(kind).items():
            if name not in self.there(kind.name):
                column = defining.column(name, type_)
                self.org.call("POST", self._path(kind.name, "Attributes"), json=column)
        if not self._key(kind.name):
            self.org.call("POST", self._path(kind.name, "Keys"), json=defining.key(self.names.key))
        self._there.pop(kind.name)
        self._wait_for_key(kind.name)

    def _key(self, kind: str) -> Any:
        """The alternate key of our id."""
        params = {"$select": "KeyAttributes,EntityKeyIndexStatus"}
        answer = self.org.call("GET", self._path(kind, "Keys"), params=params, accept={NOT_FOUND})
        rows = [] if answer.status == NOT_FOUND else answer.data["value"]
        return next((each for each in rows if each["KeyAttributes"] == [self.names.key]), None)

    def _wait_for_key(self, kind: str) -> None:
        """A key holds once its index is built."""
        for _ in range(PATIENCE):
            found = self._key(kind)
            if found and found["EntityKeyIndexStatus"] == ACTIVE:
                return
            if found and found["EntityKeyIndexStatus"] == FAILED:
                raise CrmError(
                    f"The key of {self.names.key} cannot be built: two rows have one id", permanent=False
                )
            self.org.wire.sleep(PAUSE)
        raise CrmError(f"The key of {self.names.key} is not built yet", permanent=False)


def _steps(why: str, missing: Sequence[str]) -> str:
    return (
        f"The application user may not change tables ({why}). Give it the role System Customizer for the first push, or "
        f"add in the maker portal: {', '.join(missing)}"
    )
