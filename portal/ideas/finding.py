"""Finding ideas by words, for the filter of the list and for likely duplicates.

The search slice stands above this one; it brings its index in with `use`. Until then, and where there is no
index, the words are looked for in a bounded number of rows.
"""

from collections.abc import Callable, Collection

import sqlalchemy as sa

from portal.database import db
from portal.ideas.models import Idea

CANDIDATES = 20_000
FOUND = 200
WORDS = 8

Finder = Callable[[str], Collection[int]]


def in_rows(text: str) -> Collection[int]:
    """Ids of at most FOUND ideas that hold every word in title or text, among the CANDIDATES best liked."""
    best = sa.select(Idea.id, Idea.title, Idea.body).order_by(Idea.score.desc(), Idea.id.desc())
    rows = best.limit(CANDIDATES).subquery()
    holds = [
        sa.or_(rows.c.title.icontains(word, autoescape=True), rows.c.body.icontains(word, autoescape=True))
        for word in text.split()[:WORDS]
    ]
    return db.session.scalars(sa.select(rows.c.id).where(*holds).limit(FOUND)).all() if holds else ()


_finders: list[Finder] = [in_rows]


def use(finder: Finder) -> None:
    """From now on words are found this way: text in, ids of at most FOUND ideas out, hidden ones or not."""
    _finders[:] = [finder]


def ids_of(text: str) -> Collection[int]:
    """Ids of ideas that the words lead to. Whoever shows them narrows them to what the viewer may see."""
    return _finders[-1](text)
