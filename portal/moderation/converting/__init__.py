"""Making an idea of a question and a question of an idea. Both stay, know each other, and can be parted again."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the table known, attach the pages, and let ideas and questions say what they became."""
    from portal.forums import reading as topics
    from portal.ideas import reading as ideas
    from portal.moderation.converting import queries, views

    ideas.read_beside("conversion", queries.of_idea, queries.told)
    topics.read_beside("conversion", queries.of_topic, queries.told)
    views.register(app)
