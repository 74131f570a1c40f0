"""From what somebody typed to what this viewer may see of it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import joinedload

from portal.accounts.models import Person, Viewer
from portal.database import db
from portal.discussion.models import Post
from portal.discussion.queries import visible_posts
from portal.discussion.subjects import KINDS, kind_of, subject_id
from portal.forums import queries as forums
from portal.forums.models import Topic
from portal.ideas import queries as ideas
from portal.ideas import seeing
from portal.ideas.models import Idea
from portal.markup import text_of
from portal.search.asking import LONGEST, Question, ask
from portal.search.excerpting import excerpt, marked
from portal.search.index import Hit, Index, NoIndex
from portal.search.queries import LONGEST_TEXT, stamp_of

log = logging.getLogger(__name__)

SIZE = 20
LAST_PAGE = 10
SIMILAR = 5
FILTERS = {"": ("idea", "topic", "post"), "ideas": ("idea",), "questions": ("topic",), "replies": ("post",)}


@dataclass(frozen=True)
class Result:
    """A thing that was found. `subject` is the idea or topic that it is, or belongs to."""

    thing: Any
    subject: Any
    title: Markup
    excerpt: Markup

    @property
    def is_post(self) -> bool:
        return isinstance(self.thing, Post)

    @property
    def of_idea(self) -> bool:
        """Whether it is an idea or a comment on one."""
        return isinstance(self.subject, Idea)

    @property
    def word(self) -> str:
        """What it is called on the page."""
        if not self.is_post:
            return "idea" if self.of_idea else str(self.thing.kind)
        if self.of_idea:
            return "comment"
        return "answer" if self.subject.is_question and self.thing.parent_id is None else "reply"


@dataclass(frozen=True)
class Results:
    """A page of results. `partial`: the time was up. `loosened`: nothing held every word. `missing`: no index."""

    rows: Sequence[Result] = ()
    more: bool = False
    partial: bool = False
    loosened: bool = False
    missing: bool = False


def find(index: Index, viewer: Viewer, text: str, *, kinds: str = "", page: int = 1) -> Results:
    """What the text leads to, best first; a fixed number of queries. `kinds` is a key of FILTERS."""
    question = ask(text)
    try:
        found = index.search(
            question, kinds=FILTERS[kinds], limit=page * SIZE + 1, walls=seeing.walls_of(viewer)
        )
    except NoIndex as why:
        log.warning("The search cannot answer: %s", why)
        return Results(missing=True)
    hits = found.hits[(page - 1) * SIZE : page * SIZE]
    return Results(
        rows=_results(hits, viewer, question),
        more=len(found.hits) > page * SIZE and page < LAST_PAGE,
        partial=found.partial,
        loosened=found.loosened,
    )


def similar(
    index: Index, viewer: Viewer, title: str, limit: int = SIMILAR, *, least: float = 0.0
) -> list[Any]:
    """Ideas of every status, and questions, that may already say what somebody begins to write, nearest first.

    At most three queries. Solved questions stand before open ones, which answer nothing. `least`: the share of the
    title (0 to 1) that each must cover.
    """
    if not title.strip():
        return []
    try:
        # Some of the nearest may be hidden from this viewer: a few more are looked at.
        kinds, walls = ("idea", "topic"), seeing.walls_of(viewer)
        hits = index.similar(title[:LONGEST], kinds=kinds, limit=2 * limit, walls=walls)
    except NoIndex:
        return []
    near = [(hit.kind, hit.id) for hit in hits if hit.covers >= least]
    things = _subjects(viewer, near)
    found = [things[key] for key in near if key in things]
    open_questions = [thing for thing in found if isinstance(thing, Topic) and thing.solved_at is None]
    return [*(thing for thing in found if thing not in open_questions), *open_questions][:limit]


def idea_ids(index: Index, viewer: Viewer, text: str, limit: int) -> Sequence[int]:
    """Ids of the ideas that the words lead to, hidden ones or not. Raises NoIndex."""
    found = index.search(ask(text), kinds=("idea",), limit=limit, walls=seeing.walls_of(viewer))
    return [hit.id for hit in found.hits]


def _results(hits: Sequence[Hit], viewer: Viewer, question: Question) -> list[Result]:
    """The hits that the viewer may see: what the index holds decides nothing."""
    posts = _posts(viewer, [hit.id for hit in hits if hit.kind == "post"])
    wanted = [(hit.kind, hit.id) for hit in hits if hit.kind != "post"]
    subjects = _subjects(viewer, wanted + [_subject_of(post) for post in posts.values()])
    rows = []
    for hit in hits:
        thing = posts.get(hit.id) if hit.kind == "post" else subjects.get((hit.kind, hit.id))
        subject = subjects.get(_subject_of(thing)) if isinstance(thing, Post) else thing
        if thing is not None and subject is not None:
            rows.append(_result(thing, subject, hit, question))
    return rows


def _result(thing: Any, subject: Any, hit: Hit, question: Question) -> Result:
    # The index may be a moment behind an edit: what was taken out of a text is not shown from there.
    text = hit.text if hit.stamp == stamp_of(thing) else text_of(thing.body_html, LONGEST_TEXT)
    terms = question.all_terms
    return Result(thing, subject, marked(subject.title, terms), excerpt(text, terms))


def _subject_of(post: Post) -> tuple[str, int]:
    return kind_of(post).name, subject_id(post)


def _posts(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, Post]:
    if not ids:
        return {}
    rows = (
        visible_posts(viewer).where(Post.id.in_(ids)).options(joinedload(Post.author).load_only(Person.name))
    )
    return {post.id: post for post in db.session.scalars(rows)}


def _subjects(viewer: Viewer, wanted: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Any]:
    """Ideas and topics by kind and id, one query for each kind."""
    found: dict[tuple[str, int], Any] = {}
    options: dict[str, tuple[Any, Any, Any]] = {
        "idea": (ideas.visible_to(viewer), Idea, joinedload(Idea.board)),
        "topic": (forums.visible_to(viewer), Topic, joinedload(Topic.category)),
    }
    for name in KINDS:
        ids = {each for kind, each in wanted if kind == name}
        if ids:
            rows, model, place = options[name]
            with_names = rows.where(model.id.in_(ids)).options(
                place, joinedload(model.author).load_only(Person.name)
            )
            found |= {(name, thing.id): thing for thing in db.session.scalars(with_names)}
    return found
