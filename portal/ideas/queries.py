"""Every read of boards and ideas."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, undefer, with_expression

from portal.accounts.models import Person, Viewer
from portal.accounts.viewing import kind_of, parameters_of
from portal.database import db
from portal.discussion.models import Post
from portal.errors import NotFound
from portal.ideas import permitting, seeing
from portal.ideas.models import Board, Idea, OfficialAnswer, Status, StatusChange
from portal.ideas.standing import Meaning, meaning_of
from portal.markup import text_of
from portal.paging import Keyset
from portal.voting.models import Vote

CARD = (
    Idea.board_id,
    Idea.author_id,
    Idea.title,
    Idea.summary,
    Idea.status,
    Idea.written_status,
    Idea.target,
    Idea.hot,
    Idea.score,
    Idea.comments,
    Idea.answer_version,
    Idea.created_at,
    Idea.hidden_at,
    Idea.locked_at,
    Idea.people,
    Idea.accounts,
    Idea.revenue,
    Idea.unpriced,
    Idea.house,
    Idea.account_weight,
    Idea.deals,
    Idea.deals_worth,
    Idea.rising,
    Idea.waiting,
    Idea.last_staff_word_at,
    Idea.merged_into_id,
    Idea.sources,
    Idea.appeals,
    Idea.asked_again_at,
    Idea.helped,
)
"""What a card shows or a page is found by."""

PLACE = (
    Board.name,
    Board.votes_against,
    Board.vote_budget,
    Board.most_per_idea,
    Board.importance,
    Board.opens_at,
    Board.votes_from,
    Board.closes_at,
    Board.counts_hidden,
    Board.counts_hidden_days,
    Board.audience,
    Board.own_only,
    Board.who_posts,
    Board.who_votes,
    Board.who_comments,
    Board.revive_at,
    Board.quiet_months,
)
"""What is known of the board of a card."""

FIRST_WORDS = 160

GONE = (
    "This idea does not exist, a moderator hid it, or it is not for everybody. "
    "The search may find a similar one; if it should be yours to see, sign in."
)

ORDERS: dict[str, Keyset[Idea]] = {
    "hot": Keyset((Idea.hot, Idea.id)),
    "top": Keyset((Idea.score, Idea.id)),
    "new": Keyset((Idea.created_at, Idea.id)),
}


Told = Callable[[Viewer], sa.ColumnElement[Any]]
"""Says something of a row of Idea as it is for a viewer, who may stand for all of a kind (portal/accounts/viewing.py)."""

_marks: dict[Any, Told] = {}


def mark_with(marked: Any, of: Told) -> None:
    """From now on the page of an idea reads this attribute of it, as it is for a viewer, in its first query."""
    _marks[marked] = of


def visible_to(viewer: Viewer) -> sa.Select[Idea]:
    """Ideas this viewer may know about: the one visibility rule. Every read starts here."""
    if viewer.may("moderate"):
        return sa.select(Idea)
    shown = Idea.hidden_at.is_(None)
    known = shown if viewer.id is None else sa.or_(shown, Idea.author_id == viewer.id)
    return sa.select(Idea).where(known, seeing.ideas_seen(viewer))


def listed_to(viewer: Viewer) -> sa.Select[Idea]:
    """Ideas that stand in lists for this viewer: those that they may know about and that stand for themselves."""
    return visible_to(viewer).where(Idea.merged_into_id.is_(None))


def for_cards(ideas: sa.Select[Idea]) -> sa.Select[Idea]:
    """The same ideas with all that a card shows and nothing else."""
    return ideas.options(*_card())


@cache
def _card() -> Sequence[Any]:
    board = joinedload(Idea.board).load_only(*PLACE, raiseload=True)
    return load_only(*CARD, raiseload=True), board


def cards(ideas: sa.Select[Any]) -> Sequence[Idea]:
    """Read ideas as cards."""
    return db.session.scalars(for_cards(ideas)).all()


def find(idea_id: int, viewer: Viewer) -> Idea:
    """The idea, to act on. Raises NotFound for what the viewer may not know about."""
    return _found(visible_to(viewer).where(Idea.id == idea_id))


def find_to_show(idea_id: int, viewer: Viewer) -> tuple[Idea, Vote | None]:
    """The idea with what its page shows of it, and the viewer's own vote, in one query. Raises NotFound."""
    idea, vote = find_with(idea_id, viewer)
    return idea, vote


def find_with(idea_id: int, viewer: Viewer, *more: Told) -> Any:
    """The same, and beside them what each of `more` says of a row of Idea. Raises NotFound."""
    # Of an option the session keeps what it was made with, and reads with it again: it is made for this viewer.
    marks = [with_expression(marked, of(viewer)) for marked, of in _marks.items() if viewer.id]
    parameters = {"idea_id": idea_id, **parameters_of(viewer)}
    found = db.session.execute(_shown_with(kind_of(viewer), more).options(*marks), parameters).first()
    if found is None:
        raise NotFound(GONE)
    return found


@cache
def _shown_with(viewer: Viewer, more: Sequence[Told]) -> sa.Select[Any]:
    """What `find_with` reads, for viewers of a kind: putting it together took a fourth of the page of an idea."""
    own = sa.and_(Vote.counts_for_id == Idea.id, Vote.person_id == viewer.id)
    idea = visible_to(viewer).where(Idea.id == sa.bindparam("idea_id"))
    beside = idea.add_columns(Vote, *(each(viewer) for each in more)).outerjoin(Vote, own)
    return beside.options(*_around())


@cache
def _around() -> Sequence[Any]:
    """What the page of an idea shows beside it."""
    return (
        joinedload(Idea.board).undefer(Board.has_fields),
        joinedload(Idea.author).joinedload(Person.company),
        joinedload(Vote.added_by).load_only(Person.name, raiseload=True),
    )


def find_card(idea_id: int, viewer: Viewer) -> Idea:
    """The idea as cards show it. Raises NotFound."""
    return _found(for_cards(visible_to(viewer)).where(Idea.id == idea_id))


def find_comment(idea_id: int, post_id: int, posts: sa.Select[Post]) -> Post:
    """A post among `posts` (those the viewer sees) of this very idea. Raises NotFound."""
    post = db.session.scalar(posts.where(Post.id == post_id, Post.idea_id == idea_id))
    if post is None:
        raise NotFound("This comment does not exist here, or a moderator hid it.")
    return post


def _found(ideas: sa.Select[Idea]) -> Idea:
    idea = db.session.scalar(ideas)
    if idea is None:
        raise NotFound(GONE)
    return idea


def rising(viewer: Viewer, count: int) -> Sequence[Idea]:
    """The ideas that are wanted most now, for the first screen."""
    veiled = sa.select(Board.id).where(Board.counts_hidden != "never")
    shown = listed_to(viewer) if viewer.is_staff else listed_to(viewer).where(Idea.board_id.not_in(veiled))
    return cards(shown.order_by(Idea.hot.desc(), Idea.id.desc()).limit(count))


def latest_shipped(viewer: Viewer) -> Idea | None:
    """The idea that was shipped last, as far as that is known, whatever its board calls that."""
    is_complete = meaning_of(Idea.board_id, Idea.status) == Meaning.COMPLETE
    shipped = listed_to(viewer).where(is_complete, Idea.hidden_at.is_(None))
    newest = shipped.where(Idea.status_at.is_not(None)).order_by(Idea.status_at.desc())
    return db.session.scalar(for_cards(newest).limit(1))


def boards(viewer: Viewer) -> Sequence[Board]:
    """All boards that the viewer may know about, in the order of their places; archived ones last."""
    seen = sa.select(Board).where(seeing.boards_seen(viewer)).options(undefer(Board.has_fields))
    return db.session.scalars(seen.order_by(Board.archived_at.is_not(None), Board.position, Board.name)).all()


def open_boards(viewer: Viewer) -> Sequence[Board]:
    """The boards that take new ideas from this viewer."""
    posts = permitting.may_post(viewer)
    takes = sa.select(Board).where(Board.archived_at.is_(None), seeing.boards_seen(viewer), posts)
    in_order = takes.order_by(Board.position, Board.name)
    return db.session.scalars(in_order.options(undefer(Board.has_fields))).all()


def answers_to(idea: Idea) -> Sequence[OfficialAnswer]:
    """All versions of the official answer, the one that holds first."""
    if not idea.answer_version:
        return ()
    versions = sa.select(OfficialAnswer).where(OfficialAnswer.idea_id == idea.id)
    latest_first = versions.order_by(OfficialAnswer.version.desc())
    return db.session.scalars(latest_first.options(joinedload(OfficialAnswer.author))).all()


def first_words(ideas: Sequence[Idea]) -> dict[int, str]:
    """The first words of the official answers to these ideas, by idea."""
    answered = [idea.id for idea in ideas if idea.answer_version]
    if not answered:
        return {}
    words = (
        sa.select(OfficialAnswer.idea_id, OfficialAnswer.body_html)
        .join(Idea, Idea.id == OfficialAnswer.idea_id)
        .where(Idea.id.in_(answered), OfficialAnswer.version == Idea.answer_version)
    )
    return {idea_id: text_of(html, FIRST_WORDS) for idea_id, html in db.session.execute(words)}


def history_of(idea: Idea) -> Sequence[StatusChange]:
    """Every change of status, the first one first; those without a known date stand by their id."""
    if idea.status == Status.OPEN and idea.status_at is None:
        return ()
    changes = sa.select(StatusChange).where(StatusChange.idea_id == idea.id).order_by(StatusChange.id)
    return db.session.scalars(changes.options(joinedload(StatusChange.changed_by))).all()
