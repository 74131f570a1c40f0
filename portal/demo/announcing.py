"""Announcing in the demo: the entries of the changelog, each at its own moment."""

from collections.abc import Mapping
from typing import Any

from portal.accounts.models import Person
from portal.demo.loading import Item
from portal.ideas.changelog import linking, publishing, writing
from portal.ideas.models import Audience


def announce(item: Item, *, by: Person, things: Mapping[tuple[str, str], Any]) -> None:
    """Write an entry, link it with those of its ideas that are there, and publish it unless it is a draft."""
    entry = writing.write(
        by=by, title=item["title"], body=item["body"], audience=Audience.PUBLIC, kinds=item["kinds"]
    )
    for key in item["ideas"]:
        if ("idea", key) in things:
            linking.link(entry, things["idea", key], by=by)
    if item.get("published", True):
        publishing.publish(entry, by=by)
