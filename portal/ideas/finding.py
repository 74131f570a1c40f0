"""Finding ideas by words, for the filter of the list and for likely duplicates.

The search slice stands above this one; it brings its index in with `use`. Until then, and where there is no
index, the words are looked for in a bounded number of rows.
"""

from collections.abc import Callable, Collection
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.models import Idea
from portal.ideas.queries import listed_to

CANDIDATES = 20_000
FOUND = 200
WORDS = 8

Finder = Callable[[str, Viewer], Collection[int]]
Suggester = Callable[[str, bool], Any]


def in_rows(text: str, viewer: Viewer) -> Collection[int]:
    """Ids of at most FOUND ideas that hold every word in title or text, among the CANDIDATES best liked that the
    viewer may see."""
    best = listed_to(viewer).with_only_columns(Idea.id, Idea.title, Idea.body)
    rows = best.order_by(Idea.score.desc(), Idea.id.desc()).limit(CANDIDATES).subquery()
    holds = [
        sa.or_(rows.c.title.icontains(word, autoescape=True), rows.c.body.icontains(word, autoescape=True))
        for word in text.split()[:WORDS]
    ]
    return db.session.scalars(sa.select(rows.c.id).where(*holds).limit(FOUND)).all() if holds else ()


_finders: list[Finder] = [in_rows]
_suggesters: list[Suggester] = []


def use(finder: Finder) -> None:
    """From now on words are found this way: text and viewer in, ids of at most FOUND ideas out."""
    _finders[:] = [finder]


def ids_of(text: str, viewer: Viewer) -> Collection[int]:
    """Ids of ideas that the words lead to. Whoever shows them narrows them to what the viewer may see."""
    return _finders[-1](text, viewer)


def suggest_with(suggester: Suggester) -> None:
    """From now on likely duplicates of a title are found this way; `sure`: only those that say just that."""
    _suggesters[:] = [suggester]


def suggestions(title: str, *, sure: bool = False) -> Any:
    """What resembles a title, as `templates/search/_similar.html` shows it; None where nothing can look."""
    return _suggesters[-1](title, sure) if _suggesters else None
