"""Announcing in the demo: the entries of the changelog, each at its own moment."""

from collections.abc import Mapping
from typing import Any

from portal.accounts.models import Person
from portal.demo import picturing
from portal.demo.loading import Item
from portal.discussion.images.storing import Storage
from portal.ideas.changelog import linking, publishing, writing
from portal.ideas.models import Audience

FOLLOWERS = (("denise", 98.2), ("asha", 60.4), ("solveig", 35.9), ("jhun", 12.7))
"""Who follows the changelog, and since how many days: some of them are told of its last entries."""


def announce(
    item: Item, *, by: Person, things: Mapping[tuple[str, str], Any], storage: Storage | None = None
) -> None:
    """Write an entry, link it with those of its ideas that are there, and publish it unless it is a draft. Without
    `storage` it has no picture."""
    body = item["body"]
    if "picture" in item:
        line = picturing.line_of(item["picture"], by=by, storage=storage) if storage else ""
        body = body.replace("{picture}", line)
    entry = writing.write(
        by=by, title=item["title"], body=body, audience=Audience.PUBLIC, kinds=item["kinds"]
    )
    for key in item["ideas"]:
        if ("idea", key) in things:
            linking.link(entry, things["idea", key], by=by)
    if item.get("published", True):
        publishing.publish(entry, by=by)
