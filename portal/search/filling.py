"""Writing documents into the index, many at a time."""

from dataclasses import dataclass

from whoosh import fields
from whoosh.query import Term
from whoosh.writing import IndexWriter

from portal.search.analyzing import Words
from portal.search.stemming import PART, kept_as


@dataclass(frozen=True)
class Document:
    """What is kept of an idea, a topic or a post. `stamp` changes with the text (see `Hit.text`).

    `board` and `owner` are those of the idea that it is or belongs to: who sees it depends on them.
    """

    kind: str
    id: int
    title: str
    text: str
    author: str
    stamp: str
    board: int | None = None
    owner: int | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def alike(self) -> set[str]:
        """The terms by which a title that is being typed finds it; comments and replies have no title."""
        return kept_as(self.title, self.text) if self.title and self.kind != "post" else set()


def schema() -> fields.Schema:
    """What Whoosh keeps of a document."""
    plain = {"spelling": False, "multitoken_query": "and"}
    return fields.Schema(
        key=fields.ID(unique=True, stored=True),
        kind=fields.ID,
        board=fields.ID,
        owner=fields.ID,
        title=fields.TEXT(analyzer=Words(), **plain),
        text=fields.TEXT(analyzer=Words(), stored=True, **plain),
        author=fields.TEXT(analyzer=Words(), phrase=False, **plain),
        stamp=fields.STORED,
        alike=fields.KEYWORD(scorable=False),
        backwards=fields.KEYWORD(scorable=False),
    )


class Batch:
    """Changes that become visible together. The first word on a key counts: later ones come from the same rows."""

    def __init__(self, writer: IndexWriter) -> None:
        self._writer = writer
        self._before = writer.searcher()
        self._done: set[str] = set()

    def update(self, document: Document) -> None:
        """Add or replace."""
        if self._drop(document.key):
            stored = {"key": document.key, "kind": document.kind, "stamp": document.stamp}
            searched = {"title": document.title, "text": document.text, "author": document.author}
            place = {"board": document.board, "owner": document.owner}
            known = {name: str(value) for name, value in place.items() if value is not None}
            alike = document.alike
            # Read from its end a compound begins with its last word.
            ends = (term[::-1] for term in alike if len(term) > 2 * PART)
            likeness = {"alike": " ".join(alike), "backwards": " ".join(ends)}
            self._writer.add_document(**stored, **searched, **known, **likeness)

    def delete(self, kind: str, thing_id: int) -> None:
        """Remove; it need not be there."""
        self._drop(f"{kind}:{thing_id}")

    def _drop(self, key: str) -> bool:
        if key in self._done:
            return False
        self._done.add(key)
        for number in list(self._before.docs_for_query(Term("key", key))):
            self._writer.delete_document(number)
        return True
