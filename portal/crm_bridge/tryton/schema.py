"""Our fields in Tryton, which come with a module that no call can install."""

from collections.abc import Mapping, Sequence

from portal.crm_bridge.gateway import CrmError, Kind
from portal.crm_bridge.tryton.records import DEAL, ID, MODELS, VOTE, column
from portal.crm_bridge.tryton.rpc import Rpc

STEPS = (
    "Copy the folder crms/modules/community into trytond/modules of that Tryton, "
    "run trytond-admin -d {database} -u community, and start it again"
)


class Schema:
    """Knows the fields of each model with their types."""

    def __init__(self, rpc: Rpc, database: str) -> None:
        self.rpc, self.steps = rpc, STEPS.format(database=database)
        self._types: dict[str, dict[str, str]] = {}

    def there(self, model: str) -> Mapping[str, str]:
        """The fields of a model with their types; none when the model is not there."""
        if model not in self._types:
            try:
                told = self.rpc.ask(f"{model}.fields_get", None, again=True)
            except CrmError as error:
                if not error.permanent or model not in (VOTE, DEAL):
                    raise
                told = {}
            self._types[model] = {name: each["type"] for name, each in told.items()}
        return self._types[model]

    def missing(self, kinds: Sequence[Kind]) -> list[str]:
        """In words what is not there, and the steps to take."""
        missing = [
            f"{MODELS[kind.name]}.{name}"
            for kind in kinds
            for name in (ID, *(column(kind.name, each.name) for each in kind.fields))
            if name not in self.there(MODELS[kind.name])
        ]
        missing = list(dict.fromkeys(missing))
        return [*missing, self.steps] if missing else []

    def ensure(self, kinds: Sequence[Kind]) -> list[str]:
        """Makes nothing. Raises CrmError with the steps when something is missing."""
        if missing := self.missing(kinds):
            *fields, steps = missing
            raise CrmError(f"Tryton has no {', '.join(fields[:5])}. {steps}", permanent=False)
        return []
