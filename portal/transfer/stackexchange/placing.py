"""Where things go: people, the board and the categories, made once for each source."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.database import db
from portal.forums.models import Category
from portal.ideas.models import Board
from portal.transfer import storing
from portal.transfer.stackexchange.reading import BadValue, Dump, moment, number

CATEGORIES = {"support": "Support", "discussion": "Discussion", None: "Other questions"}
LONGEST_NAME = 80


def board(source: str, *, half_life: float) -> int:
    """The board that ideas of this source go to; votes against are part of the source's tallies."""
    fields = {"votes_against": True, "half_life": half_life, "description": f"Imported from {source}"}
    return _made(Board, f"Ideas from {source}"[:60], fields)


def categories() -> dict[str | None, int]:
    """The category of each placing tag; None is for topics without one."""
    return {tag: _made(Category, name, {}) for tag, name in CATEGORIES.items()}


def _made(model: Any, name: str, fields: dict[str, Any]) -> int:
    found = db.session.scalar(sa.select(model.id).where(model.name == name))
    if found is None:
        last = db.session.scalar(sa.select(sa.func.max(model.position))) or 0
        thing = model(name=name, position=last + 1, created_at=clock.now(), **fields)
        db.session.add(thing)
        db.session.flush()
        found = thing.id
    return int(found)


class People:
    """Accounts of the source: who has a person here, and the names of all for those who have none."""

    def __init__(self, dump: Dump, source: str) -> None:
        self._dump = dump
        self._source = source
        self._names: dict[int, str] = {}
        self._ids: dict[int, int] = {}
        self._erased: set[int] = set()

    def bring(self) -> None:
        """Add a person for each account of the source that is not here yet. They cannot sign in."""
        known = storing.known(Person, self._source)
        self._dump.report.taken["people"] += storing.add(Person, self._new(known))
        self._ids = {int(key): value for key, value in storing.known(Person, self._source).items()}
        erased = sa.select(Person.id).where(
            Person.source_system == self._source, Person.erased_at.is_not(None)
        )
        self._erased = set(db.session.scalars(erased))

    def _new(self, known: dict[str, int]) -> Iterator[dict[str, Any]]:
        for key, row in self._dump.taken("Users"):
            shown = row.get("DisplayName", "")
            name = (shown if shown.strip() else f"user{key}")[:LONGEST_NAME]
            self._names[key] = name
            if key <= 0:
                continue
            if str(key) in known:
                self._dump.report.known["people"] += 1
                continue
            try:
                yield self._person(key, name, row)
            except BadValue as error:
                self._dump.report.refuse("Users", str(key), str(error))

    def _person(self, key: int, name: str, row: dict[str, str]) -> dict[str, Any]:
        return {
            "name": name,
            "email": None,
            "active": True,
            "fs_uniquifier": uuid4().hex,
            "created_at": moment(row, "CreationDate"),
            "last_active_at": moment(row, "LastAccessDate", needed=False),
            "imported_reputation": number(row, "Reputation"),
            "source_system": self._source,
            "source_id": str(key),
            "source_url": f"https://{self._source}/users/{key}",
        }

    def author(self, row: dict[str, str], user: str, name: str) -> dict[str, Any]:
        """The columns that say who wrote a row: a person, or a ghost by name. Raises BadValue."""
        key = number(row, user)
        person_id = self._ids.get(key)
        ghost = row.get(name, "").strip() or self._names.get(key) or (f"user{key}" if key > 0 else "Unknown")
        page = f"https://{self._source}/users/{key}"
        return {
            "author_id": person_id,
            "ghost_name": None if person_id else ghost[:LONGEST_NAME],
            "source_author_url": page if key > 0 and person_id not in self._erased else None,
        }

    def id_of(self, key: int | None) -> int | None:
        """The person of an account of the source, None where there is none."""
        return self._ids.get(key) if key else None

    def who_has(self, key: int | None, called: str = "the person") -> int:
        """The person of an account, to whom something can be given. Raises BadValue where there is none, and for who was
        erased here: that row stays without what would say who it was."""
        person_id = self.id_of(key)
        if person_id is None:
            raise BadValue(f"{called} is not there")
        if person_id in self._erased:
            raise BadValue(f"{called} was erased here")
        return person_id
