"""Where ideas go: boards by their name, and what the words of a source for a status mean there."""

from collections.abc import Mapping

import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.ideas.models import Audience, Board, Status
from portal.ideas.statuses import queries
from portal.transfer.reporting import Report
from portal.transfer.tables.checking import BadValue, Fields
from portal.transfer.tables.mapping import plain_name

LONGEST_BOARD = 60


class Places:
    """Boards and statuses. `board` is one for all; else each idea goes to the board that its row names."""

    def __init__(
        self, source: str, board: str, words: Mapping[str, str], wished: Mapping[str, str], report: Report
    ) -> None:
        self._source = source
        self._board = board
        self._words = {plain_name(word): key for word, key in words.items()}
        self._wished = wished
        self._report = report
        self._boards: dict[str, tuple[int, str]] = {}
        self._statuses: dict[int, dict[str, str]] = {}
        self.unknown: set[str] = set()
        """Words for statuses that nobody explained."""

    def board_of(self, fields: Fields) -> int:
        """The board of a row, made where there is none of its name: for staff where the source kept it private.

        Raises BadValue.
        """
        own = "" if self._board else fields.line("board", LONGEST_BOARD)
        board_id, audience = self._board_named(self._board or own or f"Ideas from {self._source}", fields)
        if not self._board and fields.flag("board_private") and audience != Audience.STAFF:
            raise BadValue(
                f"the board {own!r} was private there, and is for others than staff here: say --board"
            )
        return board_id

    def _board_named(self, name: str, fields: Fields) -> tuple[int, str]:
        name = " ".join(name.split())[:LONGEST_BOARD]
        if name not in self._boards:
            row = db.session.execute(sa.select(Board.id, Board.audience).where(Board.name == name)).first()
            private = not self._board and fields.flag("board_private")
            audience = Audience.STAFF if private else Audience.PUBLIC
            self._boards[name] = (row.id, row.audience) if row else (self._made(name, audience), audience)
        return self._boards[name]

    def _made(self, name: str, audience: str) -> int:
        last = db.session.scalar(sa.select(sa.func.max(Board.position))) or 0
        says = f"Imported from {self._source}"[:300]
        board = Board(
            name=name, description=says, position=last + 1, audience=audience, created_at=clock.now()
        )
        db.session.add(board)
        db.session.flush()
        self._report.taken["boards"] += 1
        return board.id

    def status_of(self, fields: Fields) -> str:
        """The status that a row names, as its board knows it. Raises BadValue for a word that nobody explained."""
        word = fields.line("status", 100)
        if not word:
            return Status.OPEN
        plain = plain_name(word)
        there = self._there(self.board_of(fields))
        for meant in (self._wished.get(plain), self._words.get(plain), plain):
            if meant and plain_name(meant) in there:
                return there[plain_name(meant)]
        self.unknown.add(word)
        raise BadValue(
            f"nobody knows what the status {word!r} means here: explain it as one of "
            f"{', '.join(sorted(set(there.values())))}"
        )

    def _there(self, board_id: int) -> dict[str, str]:
        """The statuses of a board by plain name and by key."""
        if board_id not in self._statuses:
            every = queries.set_of(board_id)
            names = {plain_name(each.name): each.key for each in every} | {
                plain_name(each.key): each.key for each in every
            }
            self._statuses[board_id] = names
        return self._statuses[board_id]
