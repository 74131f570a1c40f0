"""Dynamics 365 behind the gateway."""

from collections.abc import Mapping

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.dataverse.asking import TOGETHER, Asker
from portal.crm_bridge.dataverse.declaration import DECLARATION
from portal.crm_bridge.dataverse.erasing import Eraser
from portal.crm_bridge.dataverse.finding import Finder
from portal.crm_bridge.dataverse.pulling import Puller
from portal.crm_bridge.dataverse.records import Names
from portal.crm_bridge.dataverse.schema import Schema
from portal.crm_bridge.dataverse.writing import Writer
from portal.crm_bridge.dividing import Divided
from portal.crm_bridge.gateway import Description, Identity


class Dataverse(Divided):
    """What the settings mean stands in `declaration.py`."""

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        given = DECLARATION.defaults | dict(settings)
        names = Names(given["prefix"])
        self.org = Asker(given, wire or Wire())
        self.schema = Schema(self.org, names)
        self.puller = Puller(self.org, names)
        self.finder = Finder(self.org, self.schema, names)
        self.writer = Writer(self.finder)
        self.eraser = Eraser(self.finder)

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=TOGETHER)

    def introduce(self) -> Identity:
        user_id = self.org.call("GET", "WhoAmI").data["UserId"]
        [user] = self.org.rows(
            "systemusers", {"$select": "fullname", "$filter": f"systemuserid eq {user_id}"}
        )
        return Identity(str(user["fullname"]), self.org.address)

    def close(self) -> None:
        self.org.close()
