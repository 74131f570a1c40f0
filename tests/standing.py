"""A world that stands: built once, and looked at by one test after the other while nothing is written to it."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from portal import clock
from portal.accounts.models import SignInSession
from portal.database import db
from portal.settings import Settings
from tests import cast as cast_module
from tests import keeping, world
from tests.factories import Factories

READS = ("SELECT", "BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "SET")


@dataclass
class Scene:
    """The world of tests/world.py with everybody of the cast signed in; `things` belong to no session."""

    app: Flask
    settings: Settings
    things: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    stands: bool = False
    made: int = 0

    def stand(self) -> None:
        """See to it that the world is there, untouched."""
        if self.stands:
            return
        if self.things:
            keeping.bring_back(self.settings)
        else:
            keeping.empty(self.settings)
            self._build()
            keeping.keep(self.settings)
        self.stands = True

    def lend(self, make: Factories, cast: cast_module.Cast) -> dict[str, Any]:
        """The things of the world in the session of a test that writes to it, beside its cast, whose rows are the same.

        What the factories make from here on has other numbers than what is there.
        """
        people = [each for each in vars(cast).values() if isinstance(each, db.Model)]
        db.session.expunge_all()
        db.session.rollback()
        self.stands = False
        self.stand()
        self.stands = False
        db.session.add_all(people)
        db.session.expire_all()
        make.count = itertools.count(self.made)
        return {name: self._own(thing) for name, thing in self.things.items()}

    def _own(self, thing: Any) -> Any:
        return (
            db.session.get(type(thing), sa.inspect(thing).identity) if isinstance(thing, db.Model) else thing
        )

    def _build(self) -> None:
        make = Factories()
        cast = cast_module.assemble(make)
        self.things = world.build(make, cast)
        self.made = next(make.count)
        self.cookies = {name: self._cookie(cast[name]) for name in cast_module.ACTORS if name != "stranger"}
        # Or after some minutes each of them would be noted again, and whoever is refused would have written.
        later = clock.now() + timedelta(days=1)
        db.session.execute(sa.update(SignInSession).values(last_seen_at=later))
        self._let_go()

    def browser(self, actor: str) -> Any:
        """A browser of this actor, with nothing in it but the sign-in."""
        browser = self.app.test_client()
        if actor in self.cookies:
            browser.set_cookie(self._name, self.cookies[actor])
        return browser

    def watch(self) -> None:
        """From now on the world falls with the first statement that writes a row."""
        event.listen(db.engine, "after_cursor_execute", self._note)

    @property
    def _name(self) -> str:
        return str(self.app.config["SESSION_COOKIE_NAME"])

    def _cookie(self, person: Any) -> str:
        browser = self.app.test_client()
        cast_module.sign_in(browser, person)
        cookie = browser.get_cookie(self._name)
        assert cookie is not None
        return str(cookie.value)

    def _let_go(self) -> None:
        db.session.commit()
        for thing in self.things.values():
            if isinstance(thing, db.Model) and thing in db.session:
                db.session.refresh(thing)
        db.session.expunge_all()
        db.session.rollback()

    def _note(self, _connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.lstrip().upper()
        # How many rows a statement with RETURNING wrote is known only when they were fetched.
        harmless = words.startswith(READS) or ("RETURNING" not in words and cursor.rowcount == 0)
        self.stands = self.stands and harmless
