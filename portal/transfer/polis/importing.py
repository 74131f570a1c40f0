"""The import as a whole, in the open transaction."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ContentImported
from portal.database import db
from portal.discussion.models import introduction
from portal.errors import Unusable
from portal.ideas.models import Board, Idea
from portal.transfer import counting, storing
from portal.transfer.opening import Archive
from portal.transfer.polis.reading import Ballot, Statement, ballots, statements
from portal.transfer.reporting import Report
from portal.voting.models import Vote

LICENSE = "CC BY 4.0"
REJECTED = "It was rejected by the moderators of the conversation"
LONGEST_TITLE = 300
Last = dict[tuple[int, int], Ballot]


def work(archive: Archive) -> int:
    """How many rows an import reads, roughly: bytes of both tables by the length of a row."""
    return archive.size("comments.csv") // 200 + archive.size("votes.csv") // 52


def run(archive: Archive, source: str, advance: Callable[[int], object] = lambda _rows: None) -> Report:
    """Import a conversation; the caller commits. One vote stands for each voter and statement: the last one.

    Rejected statements come in hidden, with their votes. Raises Unusable where a table is missing.
    """
    if "comments.csv" not in archive or "votes.csv" not in archive:
        raise Unusable("There is no comments.csv with a votes.csv in it: this is not a Polis export.")
    report = Report(source)
    said = list(_counted(statements(archive, report), advance))
    last = _last(_counted(ballots(archive, report), advance))
    board = _board(source)
    people = _people(source, {each.author for each in said} | {voter for _, voter in last}, report)
    ideas = _ideas(source, board, said, people, report)
    _votes(last, ideas, people, report)
    counting.count_votes(ideas.values())
    if report.taken["ideas"] or report.taken["votes"]:
        journal.record(
            ContentImported(actor_id=None, source=source, ideas=report.taken["ideas"], topics=0, posts=0)
        )
    return report


def summary(source: str) -> str:
    """How the votes of a conversation stand, hidden ideas included."""
    sums = sa.select(sa.func.sum(Idea.votes_up), sa.func.sum(Idea.votes_down)).where(
        Idea.source_system == source
    )
    up, down = db.session.execute(sums).one()
    return f"Votes now: {up or 0:,} up and {down or 0:,} down"


def _counted(rows: Iterator[Any], advance: Callable[[int], object]) -> Iterator[Any]:
    for row in rows:
        advance(1)
        yield row


def _last(cast: Iterator[Ballot]) -> Last:
    """The vote that counts of each voter on each statement: the latest, and of two at once the later row."""
    last: Last = {}
    for each in cast:
        key = (each.statement, each.voter)
        if key not in last or each.at >= last[key].at:
            last[key] = each
    return last


def _board(source: str) -> Board:
    name = f"Ideas from {source}"[:60]
    board = db.session.scalar(sa.select(Board).filter_by(name=name))
    if board is None:
        text = f"Imported from the Polis conversation {source}"
        position = (db.session.scalar(sa.select(sa.func.max(Board.position))) or 0) + 1
        board = Board(
            name=name, description=text[:300], position=position, votes_against=True, created_at=clock.now()
        )
        db.session.add(board)
        db.session.flush()
    return board


def _people(source: str, keys: set[int], report: Report) -> dict[int, int]:
    known = storing.known(Person, source)
    rows = (
        {
            "name": f"Participant {key}",
            "fs_uniquifier": uuid4().hex,
            "created_at": clock.now(),
            "source_system": source,
            "source_id": str(key),
        }
        for key in sorted(keys)
        if str(key) not in known
    )
    report.taken["people"] += storing.add(Person, rows)
    return {int(key): value for key, value in storing.known(Person, source).items()}


def _ideas(
    source: str, board: Board, said: list[Statement], people: dict[int, int], report: Report
) -> dict[int, int]:
    known = storing.known(Idea, source)
    new = {each.key: each for each in said if str(each.key) not in known}
    report.known["ideas"] += len(said) - len(new)
    rows = (_idea(each, source, board, people) for each in new.values())
    report.taken["ideas"] += storing.add(Idea, rows)
    return {int(key): value for key, value in storing.known(Idea, source).items()}


def _idea(said: Statement, source: str, board: Board, people: dict[int, int]) -> dict[str, Any]:
    cooked = markup.cook(said.text)
    return {
        "board_id": board.id,
        "title": " ".join(said.text.split())[:LONGEST_TITLE],
        "body": said.text,
        "body_html": cooked.html,
        "cooked_with": cooked.version,
        "summary": introduction(cooked.html),
        "author_id": people[said.author],
        "created_at": said.at,
        "hidden_at": said.at if said.rejected else None,
        "hidden_reason": REJECTED if said.rejected else None,
        "source_system": source,
        "source_id": str(said.key),
        "license": LICENSE,
    }


def _votes(last: Last, ideas: dict[int, int], people: dict[int, int], report: Report) -> None:
    pairs = sa.select(Vote.person_id, Vote.idea_id).where(
        Vote.idea_id.in_(sa.select(Idea.id).where(Idea.source_system == report.source))
    )
    known = {tuple(row) for row in db.session.execute(pairs)}
    report.taken["votes"] += storing.add(Vote, _new_votes(last, ideas, people, known, report))


def _new_votes(
    last: Last, ideas: dict[int, int], people: dict[int, int], known: set[tuple[Any, ...]], report: Report
) -> Iterator[dict[str, Any]]:
    for (statement, voter), ballot in last.items():
        idea_id, person_id = ideas.get(statement), people[voter]
        if idea_id is None:
            report.refuse("votes.csv", f"{voter} on {statement}", "the statement is not there")
        elif (person_id, idea_id) in known:
            report.known["votes"] += 1
        elif ballot.value:
            yield {
                "person_id": person_id,
                "idea_id": idea_id,
                "value": ballot.value,
                "cast_at": ballot.at,
                "imported": True,
            }
        else:
            report.read["passes"] += 1
