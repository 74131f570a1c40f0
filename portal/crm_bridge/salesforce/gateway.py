"""Salesforce behind the gateway."""

from collections.abc import Mapping

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.dividing import Divided
from portal.crm_bridge.gateway import Description, Identity
from portal.crm_bridge.salesforce.asking import Asker
from portal.crm_bridge.salesforce.declaration import DECLARATION
from portal.crm_bridge.salesforce.erasing import Eraser
from portal.crm_bridge.salesforce.finding import Finder
from portal.crm_bridge.salesforce.pulling import Puller
from portal.crm_bridge.salesforce.records import quoted
from portal.crm_bridge.salesforce.schema import Schema
from portal.crm_bridge.salesforce.sending import Sender
from portal.crm_bridge.salesforce.writing import Writer


class Salesforce(Divided):
    """What the settings mean stands in `declaration.py`."""

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        given = DECLARATION.defaults | dict(settings)
        self.org = Asker(given, wire or Wire())
        self.schema = Schema(self.org)
        self.finder = Finder(self.org, self.schema)
        self.puller = Puller(self.org, self.schema)
        sender = Sender(self.org)
        self.bulk_from = int(given["bulk_from"])
        self.writer = Writer(self.finder, sender, self.bulk_from)
        self.eraser = Eraser(self.finder, sender)
        self.batch = int(given["batch"])

    def describe(self) -> Description:
        return Description(DECLARATION.title, self.batch, self.bulk_from)

    def introduce(self) -> Identity:
        rights = [self.org.call("GET", f"sobjects/{each}/describe").data for each in ("Contact", "Account")]
        users = self.org.query(("Name", "Username"), "User", f"Id = {quoted(self.org.user_id)}")
        who = f"{users[0]['Name']} ({users[0]['Username']})" if users else self.org.user_id
        writes = all(each.get("createable") and each.get("updateable") for each in rights)
        return Identity(who, self.org.settings["url"], writes)

    def close(self) -> None:
        self.org.caller.close()
