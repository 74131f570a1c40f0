"""Our fields and objects in Salesforce: which are there, and making the others by one deployment."""

from collections.abc import Sequence

from portal.crm_bridge.gateway import CrmError, Kind
from portal.crm_bridge.salesforce import deploying
from portal.crm_bridge.salesforce.asking import Asker
from portal.crm_bridge.salesforce.records import (
    IDEA,
    IDEA_FIELDS,
    IDEA_ID,
    OBJECTS,
    TASK,
    TASK_ID,
    our_name,
    wanted,
)

NOT_FOUND = 404
PERMISSIONS = "Community_Bridge"


class Schema:
    """Knows what our user may see of the objects; that is what the API takes."""

    def __init__(self, org: Asker) -> None:
        self.org = org
        self._there: dict[str, dict[str, str]] = {}

    def there(self, object_: str) -> dict[str, str]:
        """The fields of an object with their types; none when there is no such object."""
        if object_ not in self._there:
            answer = self.org.call("GET", f"sobjects/{object_}/describe", accept={NOT_FOUND})
            fields = answer.data["fields"] if answer.status != NOT_FOUND else []
            self._there[object_] = {each["name"]: each["type"] for each in fields}
        return self._there[object_]

    def names(self, kind: str) -> dict[str, str]:
        """The fields of a kind that are there, with our names."""
        named = {name: our_name(kind, name) for name in self.there(OBJECTS[kind])}
        return {name: ours for name, ours in named.items() if ours}

    def missing(self, kinds: Sequence[Kind]) -> list[str]:
        """In words what is not there for our user."""
        return [f"{object_}.{name}" for object_, fields in self._lacking(kinds).items() for name in fields]

    def ensure(self, kinds: Sequence[Kind]) -> list[str]:
        """Deploy what is missing, with a permission set by which our user sees it; returns in words what was made.

        Raises CrmError with the steps to take when our user may not.
        """
        lacking = self._lacking(kinds)
        if not any(lacking.values()):
            return []
        made = self.missing(kinds)
        every = {object_: fields for object_, fields in all_fields(kinds).items() if fields}
        try:
            deploying.deploy(self.org, lacking, every, PERMISSIONS)
            deploying.assign(self.org, PERMISSIONS)
        except CrmError as error:
            if not (error.auth or error.permanent):
                raise
            raise CrmError(_steps(str(error), lacking), permanent=False, auth=True) from error
        self._there.clear()
        return made

    def _lacking(self, kinds: Sequence[Kind]) -> dict[str, dict[str, str]]:
        return {
            object_: {name: type_ for name, type_ in fields.items() if name not in self.there(object_)}
            for object_, fields in all_fields(kinds).items()
        }


def all_fields(kinds: Sequence[Kind]) -> dict[str, dict[str, str]]:
    """The fields of ours by object, with our types."""
    fields = {OBJECTS[kind.name]: wanted(kind) for kind in kinds}
    if any(kind.name == "vote" for kind in kinds):
        # A look-up needs the object that it leads to.
        fields = {IDEA: {IDEA_ID: "id"} | dict.fromkeys(IDEA_FIELDS.values(), "text")} | fields
    return fields | {TASK: {TASK_ID: "id"}}


def _steps(why: str, lacking: dict[str, dict[str, str]]) -> str:
    fields = "; ".join(f"{object_}: {', '.join(names)}" for object_, names in lacking.items() if names)
    return (
        f"Our user may not change the org ({why}). Give it the permissions Modify Metadata Through Metadata API Functions "
        "and Assign Permission Sets for the first push, or have an admin make in Setup, Object Manager (fields of Task "
        f"under Activity), as `flask crm schema --check` names them, and let our user read and edit: {fields}"
    )
