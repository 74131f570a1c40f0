"""Pages that every stranger sees alike are made once and kept until anything in the database changes.

A kept page is as true as a new one: it is given out only while the database says that nothing was committed since it
was made (SQLite: `PRAGMA data_version` of a connection that never writes; PostgreSQL: `pg_current_snapshot()`), on the
same day, and for at most LONGEST seconds, for what depends on the time. Requests with any cookie are never answered from here.
"""

import os
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import sqlalchemy as sa
from flask import Flask, Response, g, make_response, request

from portal import clock, pages
from portal.database import db

LONGEST = 60.0
LARGEST = 262_144
LEFT_OUT = frozenset({None, "search.index", "static", "whole"})
"""Files, and what changes with more than the database: the search index follows it a moment later."""


@dataclass(frozen=True)
class Page:
    """What was sent: its bytes with the nonce of that answer, the state of the database before it was read, when."""

    body: bytes
    nonce: str
    state: object
    made: float


@dataclass
class Shelf:
    """The kept pages of this process by address, the least asked for given up first; `room` in bytes."""

    room: int
    pages: OrderedDict[str, Page] = field(default_factory=OrderedDict)
    taken: int = 0
    lock: Lock = field(default_factory=Lock)

    def get(self, address: str, state: object) -> Page | None:
        """The page of this address, if it was made from this state of the database and not too long ago."""
        with self.lock:
            page = self.pages.get(address)
            if page is None or page.state != state or time.monotonic() - page.made > LONGEST:
                return None
            self.pages.move_to_end(address)
            return page

    def put(self, address: str, page: Page) -> None:
        """Keep a page in the place of what was kept for this address."""
        with self.lock:
            old = self.pages.pop(address, None)
            self.taken += len(page.body) - (len(old.body) if old else 0)
            self.pages[address] = page
            while self.taken > self.room:
                self.taken -= len(self.pages.popitem(last=False)[1].body)


class Witness:
    """Says whether a SQLite file was written, by whatever process: a connection that only looks."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.lock = Lock()
        self.connection: sqlite3.Connection | None = None
        self.inode = self.times = 0

    def state(self) -> object:
        """A value that differs after every commit; None where the file cannot be read."""
        with self.lock:
            try:
                version = self._look().execute("PRAGMA data_version").fetchone()[0]
                # The number counts for one connection only.
                return self.times, version
            except (OSError, sqlite3.Error):
                self.connection = None
                return None

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self.lock:
            if self.connection is not None:
                self.connection.close()
                self.connection = None

    def _look(self) -> sqlite3.Connection:
        """The connection to the file that has the name now, also when another was put in its place."""
        inode = os.stat(self.path).st_ino
        if self.connection is None or inode != self.inode:
            self.connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, check_same_thread=False)
            self.inode, self.times = inode, self.times + 1
        return self.connection


def _snapshot() -> object:
    """What PostgreSQL has committed, as seen by the transaction of this request."""
    return db.session.scalar(sa.text("SELECT pg_current_snapshot()::text"))


@dataclass
class Keeper:
    """Gives kept pages to strangers and keeps what they were sent. `state` says what the database holds."""

    shelf: Shelf
    state: Callable[[], object]

    def give(self) -> Response | None:
        """Before a request: the kept page, or None when it must be made."""
        if request.method not in {"GET", "HEAD"} or request.cookies or pages.wants_fragment():
            return None
        if request.endpoint in LEFT_OUT:
            return None
        state = self._now()
        page = self.shelf.get(request.url, state) if state else None
        if page is None:
            g.state_before = state
            return None
        return make_response(page.body.replace(page.nonce.encode(), pages.csp_nonce().encode()))

    def _now(self) -> object:
        """The state of the database on this day; None where it cannot be told. What few have seen changes by the day."""
        state = self.state()
        return state and (clock.now().date(), state)

    def keep(self, response: Response) -> Response:
        """After a request, when the answer is as it leaves."""
        state = g.get("state_before")
        if state and _alike_for_all(response):
            page = Page(response.get_data(), pages.csp_nonce(), state, time.monotonic())
            self.shelf.put(request.url, page)
        return response


def register(app: Flask, *, url: str, megabytes: int) -> None:
    """Keep up to `megabytes` of pages in this process; 0 keeps none. Must come before `pages.register`, so that
    it sees answers as they leave."""
    if not megabytes:
        return
    state = _snapshot
    if url.startswith("sqlite"):
        witness = app.extensions["witness"] = Witness(sa.make_url(url).database or "")
        state = witness.state
    keeper = Keeper(Shelf(megabytes * 1_000_000), state)
    app.before_request(keeper.give)
    app.after_request(keeper.keep)


def _alike_for_all(response: Response) -> bool:
    return (
        response.status_code == 200
        and request.method == "GET"
        and response.mimetype == "text/html"
        and response.headers.get("Cache-Control") == "public, no-cache"
        and set(response.vary) <= {"Cookie", "HX-Request"}
        and not response.is_streamed
        and len(response.get_data()) <= LARGEST
    )
