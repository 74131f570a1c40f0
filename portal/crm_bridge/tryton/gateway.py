"""Tryton behind the gateway."""

from collections.abc import Mapping

from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.dividing import Divided
from portal.crm_bridge.gateway import Description, Identity
from portal.crm_bridge.tryton.declaration import DECLARATION
from portal.crm_bridge.tryton.erasing import Eraser
from portal.crm_bridge.tryton.finding import Finder
from portal.crm_bridge.tryton.pulling import Puller
from portal.crm_bridge.tryton.records import MECHANISM, MODELS, NOTE
from portal.crm_bridge.tryton.rpc import Rpc
from portal.crm_bridge.tryton.schema import Schema
from portal.crm_bridge.tryton.writing import Writer


class Tryton(Divided):
    """`url`, `database`, `user` and `password` in the settings say which Tryton and as whom."""

    def __init__(self, settings: Mapping[str, str], wire: Wire | None = None) -> None:
        self.rpc = Rpc(settings, wire or Wire())
        self.schema = Schema(self.rpc, settings["database"])
        self.finder = Finder(self.rpc, self.schema)
        self.writer = Writer(self.finder)
        self.eraser = Eraser(self.rpc, self.schema)
        self.puller = Puller(self.rpc, self.schema)

    def describe(self) -> Description:
        return Description(title=DECLARATION.title, batch=200)

    def introduce(self) -> Identity:
        told = self.rpc.ask("res.user.get_preferences", False, again=True)
        models = sorted(set(MODELS.values()) | {MECHANISM, NOTE})
        rights = self.rpc.ask("ir.model.access.get_access", models, again=True)
        writes = all(of["write"] and of["create"] for of in rights.values())
        name = told.get("name") or told.get("status_bar") or ""
        who = self.rpc.user if name in ("", self.rpc.user) else f"{name} ({self.rpc.user})"
        return Identity(who, self.rpc.place, writes)

    def close(self) -> None:
        self.rpc.close()
