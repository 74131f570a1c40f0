"""Workarounds: what helps those who want an idea until it is done, and whom it helps."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known, attach pages and listeners, and let ideas and exports say what helps."""
    from portal.forums import reading as topics
    from portal.ideas import reading
    from portal.moderation.workarounds import (  # noqa: F401
        auditing,
        counting,
        forgetting,
        marking,
        offering,
        queries,
        views,
    )

    reading.read_beside("workaround", queries.of_idea, queries.told)
    reading.read_beside("helps_me", queries.helps, bool)
    topics.read_beside("has_ideas", queries.has_ideas, bool)
    offering.offer()
    views.register(app)
