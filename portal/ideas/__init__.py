"""Boards, ideas, statuses and official answers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: "Flask") -> None:
    """Make the tables known, and attach pages, commands and listeners."""
    from portal.accounts import profiles
    from portal.discussion import subjects
    from portal.ideas import auditing, closing, models, permitting, profiling, queries, views, waiting  # noqa: F401
    from portal.ideas import erasing as _erasing  # noqa: F401
    from portal.voting import casting

    subjects.register(
        subjects.Kind(
            name="idea",
            model=models.Idea,
            visible_to=queries.visible_to,
            endpoint="ideas.show",
            post_endpoint="ideas.show_post",
            check_writer=permitting.check_comment,
        )
    )
    casting.ask_before("idea", permitting.check_vote)
    profiles.add(20, "ideas/_of_person.html", profiling.latest_of)
    profiles.add(25, "ideas/vouched/_of_person.html", profiling.added_for)
    _offer_columns()
    _know_pages()
    _ask_afterwards(app)
    views.register(app)
    _show_what_becomes_of_them(app)


def _show_what_becomes_of_them(app: "Flask") -> None:
    """Roadmaps and the changelog, and what the page of an idea says of them."""
    from portal.ideas import reading
    from portal.ideas.changelog import queries as told
    from portal.ideas.changelog import views as changelog
    from portal.ideas.roadmap import placing
    from portal.ideas.roadmap import views as roadmap

    reading.read_beside("placed", placing.first_of, placing.read)
    reading.read_beside("told", told.told_in, told.read_told)
    roadmap.register(app)
    changelog.register(app)


def _offer_columns() -> None:
    """What exports can say of ideas."""
    from portal.ideas.fields import offering as fields
    from portal.ideas.grounds import offering as grounds
    from portal.ideas.inquiring import offering as inquiring
    from portal.ideas.merging import offering as merging
    from portal.ideas.plans import offering as plans
    from portal.ideas.scores import offering as scores

    for each in (grounds, plans, scores, inquiring, merging, fields):
        each.offer()


def _know_pages() -> None:
    """The pages that stand in folders of their own, on the blueprint of this slice."""
    from portal.ideas.ballots import views as ballots  # noqa: F401
    from portal.ideas.bulk import views as bulk  # noqa: F401
    from portal.ideas.changelog.edited import views as edited  # noqa: F401
    from portal.ideas.changelog.kinds import views as kinds  # noqa: F401
    from portal.ideas.decisions import views as decisions  # noqa: F401
    from portal.ideas.declined import views as declined  # noqa: F401
    from portal.ideas.details import views as details  # noqa: F401
    from portal.ideas.merges import views as merges  # noqa: F401
    from portal.ideas.plans import views as plans  # noqa: F401
    from portal.ideas.posting import views as posting  # noqa: F401
    from portal.ideas.reconsidering import views as reconsidering  # noqa: F401
    from portal.ideas.reviewing import views as reviewing  # noqa: F401
    from portal.ideas.roadmap.drawn import views as drawn  # noqa: F401
    from portal.ideas.vouched import views as vouched  # noqa: F401


def _ask_afterwards(app: "Flask") -> None:
    """What is said of an idea in numbers: does it solve it, who still wants it, what does it score; and what of it is
    forgotten one day."""
    from portal.ideas import inquiries
    from portal.ideas.appeals import auditing as appeals_counted  # noqa: F401
    from portal.ideas.appeals import views as appeals
    from portal.ideas.forgetting.cli import EachNight
    from portal.ideas.scores import views as scores
    from portal.ideas.verdicts import auditing as verdicts_counted  # noqa: F401
    from portal.ideas.verdicts import views as verdicts

    appeals.register(app)
    inquiries.register(app)
    verdicts.register(app)
    scores.register(app)
    app.extensions["jobs"].add("forget_voters", EachNight(app.extensions["settings"].quiet_hour))
