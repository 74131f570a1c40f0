"""What the bridge can ask of any CRM. A vendor knows this file and nothing else of the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from portal.crm_bridge.calling.wire import Wire

GATEWAYS = {
    "embedded": "portal.crm_bridge.embedded.gateway:Embedded",
    "bottlecrm": "portal.crm_bridge.bottlecrm.gateway:BottleCRM",
    "webhook": "portal.crm_bridge.webhook.gateway:Webhook",
    "drop": "portal.crm_bridge.drop.gateway:Drop",
    "memory": "portal.crm_bridge.memory.gateway:Memory",
    "dataverse": "portal.crm_bridge.dataverse.gateway:Dataverse",
    "hubspot": "portal.crm_bridge.hubspot.gateway:HubSpot",
    "salesforce": "portal.crm_bridge.salesforce.gateway:Salesforce",
    "tryton": "portal.crm_bridge.tryton.gateway:Tryton",
}
"""One line per vendor, loaded on first use. What a vendor says of itself stands in `declaration.py` beside it."""

Value = str | int | float | bool | None
Fields = Mapping[str, Value]
Names = Mapping[str, str]
"""Per field of ours how the CRM calls what stands for it."""
BLANK = (None, "")
"""An empty text and nothing are the same to a CRM."""


class CrmError(Exception):
    """The CRM did not take a whole call; `str(error)` is what it said.

    `permanent`: sending the same again would fail again. Else (no answer, a lock, a limit) it may work later, and not
    before `retry_at` if that is known. `auth`: it does not know us; somebody must look at the connection. `ended`: it
    wants nothing any more, and the connection is paused.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        auth: bool = False,
        retry_at: datetime | None = None,
        ended: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent, self.auth = permanent, auth
        self.retry_at, self.ended = retry_at, ended


@dataclass(frozen=True, slots=True)
class Field:
    """A field of ours in the CRM. `type` is text, number, date or datetime (both as ISO text)."""

    name: str
    type: str = "text"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: account, contact or vote. `parent` names the kind that a record of it hangs under."""

    name: str
    fields: tuple[Field, ...]
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What the vendor is: a title for people, and how many rows one call may carry.

    Of `bulk_from` new rows on (0: never) all that there are together may be given at once: it has a way for many.
    """

    title: str
    batch: int
    bulk_from: int = 0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in the CRM, and where. Whether we may write is None where it does not say."""

    who: str
    place: str
    writes: bool | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """A record by our id and, once we know it, by the id there; by that alone ("" is no id) it may be nobody's yet."""

    external_id: str
    remote_id: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """What a record may be found by before it is created: our id, else a verified mail address; else it is `known`, an
    id there that was read and recognised before."""

    external_id: str
    email: str | None = None
    known: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A record to write.

    With a `remote_id` it is known to exist and `fields` are those that differ; without one it is new and they
    are all. `seq` grows with each call: a CRM that keeps it can drop what comes late. `records` are the canonical
    records that changed, for vendors that send them as they are. `key` stays the same while the same change is tried
    again, `tries` counts how often that was.
    """

    ref: Ref
    fields: Fields
    seq: int
    parent: Ref | None = None
    records: tuple[Mapping[str, Any], ...] = ()
    key: str = ""
    tries: int = 0


class Status(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    ERASED = "erased"
    """Of a row to write: people there erased it for good."""
    GONE = "gone"
    """The `remote_id` is no record there any more."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; `message` and `field` are the CRM's own words on a failure. `wait`: to be tried again in so
    many seconds, however often it was tried before. `blanked`: only our fields went, the record is others' as well."""

    status: Status
    remote_id: str | None = None
    version: str | None = None
    message: str = ""
    field: str = ""
    permanent: bool = False
    wait: float | None = None
    blanked: bool = False

    def as_answer(self) -> dict[str, Any]:
        """For the log of exchanges: only what was said."""
        said = {name: getattr(self, name) for name in ("remote_id", "version", "message", "field", "blanked")}
        return {"status": str(self.status), **{name: value for name, value in said.items() if value}}


@dataclass(frozen=True, slots=True)
class Held:
    """A record as the CRM holds it now; of a changed one, whether it was deleted, into which it was merged, and whether
    people there `erased` it for good, so that it must not come back."""

    ref: Ref
    fields: dict[str, Value]
    version: str | None = None
    gone: bool = False
    merged_into: str | None = None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """Records that changed, oldest first, and the cursor to go on from; `more`: there may be others behind it now."""

    records: list[Held]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened, for the history of a contact. `ref` is ours and makes it unique."""

    ref: str
    contact: Ref
    kind: str
    subject: str
    body: str
    occurred_at: str
    details: Fields = field(default_factory=dict)


class CrmGateway(Protocol):
    """The door to one CRM. Answers stand in the order of what was asked.

    Every method raises CrmError when the call as a whole fails; what happens to single rows is in the outcomes.
    """

    def describe(self) -> Description: ...

    def introduce(self) -> Identity: ...

    def missing_schema(self, kinds: Sequence[Kind]) -> list[str]:
        """In words what `ensure_schema` would add, and what somebody must add by hand. Writes nothing."""

    def ensure_schema(self, kinds: Sequence[Kind]) -> list[str]:
        """Create missing kinds and fields; returns in words what was added."""

    def plan_keys(self, kind: str, keys: Sequence[Key]) -> list[str | None]:
        """The remote id of the record that each key stands for, None if there is none. Writes nothing."""

    def upsert_many(self, kind: str, rows: Sequence[Row]) -> list[Outcome]:
        """Write the rows, each by itself: one that fails holds up no other."""

    def add_activity(self, activities: Sequence[Activity]) -> list[Outcome]:
        """Add to the history of contacts; one that is already there is left as it is."""

    def fetch_changed(self, kind: str, cursor: str, limit: int) -> Changed:
        """Records that changed after the cursor ("" for the beginning)."""

    def read_many(self, kind: str, refs: Sequence[Ref]) -> list[Held | None]:
        """The records as they are now; None where there is none."""

    def erase(self, kind: str, refs: Sequence[Ref]) -> list[Outcome]:
        """Remove the records with all that hangs under them. One that is not there counts as erased."""

    def close(self) -> None:
        """Let go of connections and files."""


class Readable(CrmGateway, Protocol):
    """A CRM from which more can be read than what we wrote: what its people know of accounts, contacts and deals."""

    def pull(self, kind: str, names: Names, cursor: str, limit: int) -> Changed:
        """Records of an account, a contact or a deal that changed after the cursor, ours and others, each with its own
        fields under our names. Contacts may be ours alone. A name that the CRM does not know is left out."""

    def look(self, kind: str, names: Names, ids: Sequence[str]) -> list[Held | None]:
        """The same records as they are now, by their ids there; None where there is none."""


def connect(vendor: str, settings: Mapping[str, str], wire: "Wire | None" = None) -> CrmGateway:
    """The gateway of a vendor; KeyError for one that is not registered. `wire` is for those that call over HTTP."""
    module, _, name = GATEWAYS[vendor].partition(":")
    gateway: CrmGateway = getattr(import_module(module), name)(settings, wire)
    return gateway
