"""The vendors that need no server, each over a place of its own."""

import itertools

import httpx

from portal.crm_bridge.calling.signing import new_secret
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import connect

READING_BACK = ("embedded", "memory", "drop")
EVERY = (*READING_BACK, "webhook")
numbers = itertools.count(1)


def settings_in(folder):
    """What any of them needs."""
    return {
        "path": str(folder / "crm.sqlite"),
        "name": f"test {next(numbers)}",
        "folder": str(folder / "drop"),
        "address": "https://receiver.example/hooks",
        "secret": new_secret(),
    }


def opened(vendor, folder):
    """The gateway of a vendor; a webhook meets a receiver that takes all."""
    wire = Wire(transport=httpx.MockTransport(lambda _: httpx.Response(204)))
    return connect(vendor, settings_in(folder), wire)
