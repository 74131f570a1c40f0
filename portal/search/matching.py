"""A question as a query of Whoosh, shaped so that common words cost little."""

import time
from collections.abc import Collection
from typing import Any

from whoosh import query
from whoosh.collectors import TimeLimit, WrappingCollector
from whoosh.searching import Searcher

from portal.ideas.seeing import Walls
from portal.search.asking import Question

KINDS = ("idea", "topic", "post")
FIELDS = {"title": 3.0, "text": 1.0, "author": 0.5}
NO_WALLS = Walls()
COMMON = 0.2
"""A word in more than this share of the documents narrows nothing; it is not required beside a rarer one."""
FEW = 1_000
"""Below so many documents no word is too common."""


class Within(WrappingCollector):
    """Collects hits for a while, then stops with TimeLimit. Whoosh's own starts a thread for each search."""

    def __init__(self, child: Any, seconds: float) -> None:
        super().__init__(child)
        self.end = time.monotonic() + seconds

    def collect_matches(self) -> None:
        for count, number in enumerate(self.child.matches()):
            if count % 64 == 0 and time.monotonic() > self.end:
                raise TimeLimit
            self.child.collect(number)


def strict(question: Question, kinds: Collection[str], searcher: Searcher) -> query.Query:
    """Documents that hold every word of the question."""
    common = {term for term in question.terms if _is_common(term, searcher)}
    if common.issuperset(question.terms) and not question.phrases:
        common = set()
    needed = [anywhere(term) for term in question.terms if term not in common]
    needed += [_phrase(phrase) for phrase in question.phrases]
    found = needed[0] if len(needed) == 1 else query.And(needed)
    if common:
        found = query.AndMaybe(found, query.Or([anywhere(term) for term in sorted(common)]))
    return _narrow(found, question, kinds)


def loose(question: Question, kinds: Collection[str], searcher: Searcher) -> query.Query:
    """Documents that hold some of the words; the more and the rarer, the higher."""
    terms = sorted(question.all_terms)
    telling = [term for term in terms if not _is_common(term, searcher)] or terms
    return _narrow(query.Or([anywhere(term) for term in telling], scale=0.9), question, kinds)


def anywhere(term: str) -> query.Query:
    """The word in any field, the title counting most."""
    return query.Or([query.Term(field, term, boost=boost) for field, boost in FIELDS.items()])


def within(walls: Walls, found: query.Query) -> query.Query:
    """What is found on this side of the walls."""
    unseen = behind(walls)
    return found if unseen is None else query.AndNot(found, unseen)


def behind(walls: Walls) -> query.Query | None:
    """All that is on the other side; None where there are no walls."""
    unseen: list[query.Query] = [query.Term("board", str(board)) for board in sorted(walls.shut)]
    for board in sorted(walls.own_only):
        place = query.Term("board", str(board))
        whose = query.Term("owner", str(walls.whose))
        unseen.append(place if walls.whose is None else query.AndNot(place, whose))
    return query.Or(unseen) if unseen else None


def _phrase(terms: tuple[str, ...]) -> query.Query:
    return query.Or([query.Phrase(name, list(terms), boost=FIELDS[name]) for name in ("title", "text")])


def _narrow(found: query.Query, question: Question, kinds: Collection[str]) -> query.Query:
    # Not query.Require, which is made for this: in 2.7.4 it finds nothing.
    if set(kinds) != set(KINDS):
        found = query.And([found, query.Or([query.Term("kind", kind, boost=0.0) for kind in kinds])])
    if question.without:
        unwanted = [query.Term(field, term) for field in ("title", "text") for term in question.without]
        found = query.AndNot(found, query.Or(unwanted))
    return found


def _is_common(term: str, searcher: Searcher) -> bool:
    documents = searcher.doc_count_all()
    return documents > FEW and searcher.doc_frequency("text", term) > COMMON * documents
