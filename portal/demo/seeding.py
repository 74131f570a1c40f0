"""Filling an empty database with the demo community."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask_security.utils import hash_password

from portal import clock
from portal.accounts.models import Company, Person
from portal.database import db
from portal.demo import (
    answering,
    arranging,
    asking,
    drawing,
    keeping,
    leaving,
    peopling,
    picturing,
    pricing,
    recording,
    ruling,
)
from portal.demo.loading import Community, load
from portal.demo.retelling import Step, Story
from portal.discussion.images.storing import Storage
from portal.errors import Conflict
from portal.forums.models import Category
from portal.ideas.models import Board


@dataclass(frozen=True)
class SignIn:
    """How to enter the demo in one role. The password stands nowhere else: it is shown once."""

    role: str
    name: str
    email: str
    password: str


def is_empty() -> bool:
    """Whether nobody and nothing is in the database yet."""
    return not any(
        db.session.scalar(sa.select(sa.exists(sa.select(model.id))))
        for model in (Person, Company, Board, Category)
    )


def seed(
    shown: Callable[[list[Step]], Iterable[Step]] = iter, storage: Storage | None = None
) -> list[SignIn]:
    """Let a year of the demo community happen, and return how to sign in with each role. Does not commit.

    `shown` gets all steps and gives them back one by one (a progress bar); without `storage` there are no images. Raises Conflict when the database
    is not empty.
    """
    if not is_empty():
        raise Conflict(
            "This database is not empty, so the demo community is not written into it. To see the demo, "
            "set PORTAL_INSTANCE to a new folder (or PORTAL_DATABASE_URL to an empty database)."
        )
    community = load()
    companies = peopling.companies(community)
    boards, categories = peopling.places(community)
    story = Story(community, clock.now(), companies, boards, categories, storage=storage)
    story.tell(shown)
    ruling.set_rules(boards, companies)
    pricing.price(companies)
    drawing.draw()
    answering.score_some()
    asking.ask_more(boards)
    if storage:
        picturing.picture(story.things, storage)
    keeping.save_exports()
    arranging.arrange()
    leaving.leave(story.people)
    recording.record()
    return [_let_in(story.people[item["key"]]) for item in _doors(community)]


def _doors(community: Community) -> list[dict[str, str]]:
    order = ["customer", "moderator", "product_manager", "admin"]
    return sorted((p for p in community.people if p["demo_login"]), key=lambda p: order.index(p["role"]))


def _let_in(person: Person) -> SignIn:
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    person.password = hash_password(password)
    return SignIn(role=person.role, name=person.name, email=str(person.email), password=password)
