"""Categories, topics, questions and accepted answers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known, and attach pages, commands and listeners."""
    from portal.accounts import profiles
    from portal.discussion import subjects
    from portal.forums import accepting, auditing, erasing, models, profiling, queries, views  # noqa: F401
    from portal.forums.answering import views as _answers  # noqa: F401

    subjects.register(
        subjects.Kind(
            name="topic",
            model=models.Topic,
            visible_to=queries.visible_to,
            endpoint="forums.show",
            post_endpoint="forums.show_post",
        )
    )
    profiles.add(30, "forums/_of_person.html", profiling.latest_of)
    views.register(app)
