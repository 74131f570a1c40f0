"""The demo community as it is written down in content/*.json: who is in it and what they wrote, without any ids."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
Item = dict[str, Any]


@dataclass(frozen=True)
class Community:
    """Everything that the files say. Items refer to each other by their `key`, and to times by `days_ago`."""

    about: Item
    companies: list[Item]
    people: list[Item]
    boards: list[Item]
    categories: list[Item]
    ideas: list[Item]
    topics: list[Item]
    moderation: dict[str, list[Item]]
    changelog: list[Item]


def load(folder: Path = CONTENT) -> Community:
    """Read the files. An idea also gets the key of its `board`, a topic that of its `category`."""
    boards, categories = _read(folder, "boards"), _read(folder, "categories")
    return Community(
        about=_read(folder, "community"),
        companies=_read(folder, "companies"),
        people=_read(folder, "people"),
        boards=boards,
        categories=categories,
        ideas=[idea | {"board": b["key"]} for b in boards for idea in _read(folder, f"ideas-{b['key']}")],
        topics=[
            topic | {"category": c["key"]}
            for c in categories
            for topic in _read(folder, f"topics-{c['key']}")
        ],
        moderation=_read(folder, "moderation"),
        changelog=_read(folder, "changelog"),
    )


def posts_of(topic: Item) -> list[Item]:
    """The replies of a topic, each followed by the comments on it, oldest first."""
    posts = [post for reply in topic["replies"] for post in (reply, *reply.get("comments", ()))]
    return sorted(posts, key=lambda post: -post["days_ago"])


def _read(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
