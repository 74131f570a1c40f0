"""Merging in the demo what asks for the same, once its year is over; one pair is left for staff to find, another one was
looked at and is not the same."""

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.accounts.permissions import Role
from portal.database import db
from portal.discussion.models import Link
from portal.ideas.merging import joining
from portal.ideas.models import Idea
from portal.search.pairs import pairing
from portal.search.pairs.models import Pair

MERGED = 2
REASON = "The same wish in other words: one idea with all votes weighs more than two."
SURELY = 0.8
ALIKE = (
    (
        "Fair share should count the whole year, not the month on the screen",
        "Fair share: let Christmas count more than a Tuesday",
    ),
    (
        "Before I ask for a day off: show how many have asked already",
        "Show a night shift on both days, as a setting",
    ),
)


def merge_duplicates() -> None:
    """Merge the first duplicates of ideas; the next pair waits under "Suggested merges"."""
    deciders = sa.select(Person).where(Person.role == Role.PRODUCT_MANAGER).order_by(Person.id)
    by = db.session.scalar(deciders.limit(1))
    links = sa.select(Link).where(Link.kind == "duplicate", Link.to_idea_id.is_not(None)).order_by(Link.id)
    done = 0
    for link in db.session.scalars(links.where(Link.from_idea_id.is_not(None))).all():
        source, into = (db.session.get_one(Idea, key) for key in (link.from_idea_id, link.to_idea_id))
        if by is None or joining.why_not(source, into):
            continue
        if done == MERGED:
            pairing.keep(source.id, {into.id: SURELY})
            break
        joining.merge(source, into, by=by, reason=REASON)
        done += 1
    if by is not None:
        _dismiss(by)


def _dismiss(by: Person) -> None:
    """Those whose titles are alike and ask for different things."""
    for titles in ALIKE:
        found = db.session.scalars(sa.select(Idea.id).where(Idea.title.in_(titles)).order_by(Idea.id)).all()
        if len(found) == len(titles):
            pairing.keep(found[0], {found[1]: SURELY})
            pair = sa.select(Pair).where(Pair.one_id == found[0], Pair.other_id == found[1])
            pairing.dismiss(db.session.scalars(pair).one(), by=by)
