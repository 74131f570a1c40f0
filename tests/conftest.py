"""What every test may ask for."""

import contextvars
import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event

from portal import pages
from portal.accounts import burying, mailing
from portal.activity import queries as activity_queries
from portal.activity import reading
from portal.app import Portal, create_app
from portal.database import db
from portal.settings import Settings
from tests import cast as cast_module
from tests import keeping, trying, waiting
from tests.factories import Factories
from tests.standing import Scene

pytest_plugins = ["tests.services", "tests.real_crms", "tests.browsing", "tests.forking"]


def pytest_configure(config: pytest.Config) -> None:
    trying.use(config.getoption("--database"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """The portal and thousands of tests are no garbage: looking at them again and again is time lost."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class Client(FlaskClient):
    """A browser without script. Each request runs as in production: a context and a session of its own."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        # From here on the session of the test knows nothing: what it is asked for next is what the request left.
        if db.session().in_transaction():
            db.session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)

    def htmx(self, method: str, path: str, **kwargs: Any) -> Any:
        """The same request as htmx sends it."""
        return self.open(path, method=method, headers={"HX-Request": "true"}, **kwargs)


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        instance=str(tmp_path_factory.mktemp("instance")),
        database_url=database_url,
        secret_key="for tests only",
        rate_limits=False,
        page_cache_mb=0,
        community_name="Test Community",
    )


@pytest.fixture(scope="session", autouse=True)
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one app of this run has compiled of the templates, all of them know."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "templates"
    folder.mkdir(exist_ok=True)
    Portal.jinja_options = Portal.jinja_options | {"bytecode_cache": FileSystemBytecodeCache(str(folder))}


@pytest.fixture(scope="session")
def _built(settings: Settings, new_database: Callable[..., str]) -> Iterator[Flask]:
    """The app over a database with the schema that the migrations make."""
    made = create_app(settings)
    made.test_client_class = Client
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    cast_module.hash_cheaply(made)
    with made.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
        new_database("migrated", like="portal")
        keeping.keep_schema(settings)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def _scene(_built: Flask, settings: Settings) -> Scene:
    made = Scene(_built, settings)
    with _built.app_context():
        made.watch()
    return made


@pytest.fixture
def app(_built: Flask, _scene: Scene, settings: Settings) -> Iterator[Flask]:
    """The app over an empty database, inside an app context. What a test commits is really committed."""
    _scene.stands = False
    with _in(_built):
        keeping.empty(settings)
        yield _built


@pytest.fixture
def scene(_built: Flask, _scene: Scene) -> Iterator[Scene]:
    """The world of tests/world.py, for tests that only look at it or are refused: `scene.browser("admin")`.

    It is the one of the test before where that one wrote nothing.
    """
    with _in(_built):
        _scene.stand()
        yield _scene


@contextmanager
def _in(built: Flask) -> Iterator[None]:
    # The newest app of this process decides for all whether limits count, which secret it is, and where mails lie.
    pages.limiter.enabled = False
    burying.use_key(built.extensions["settings"].signing_key())
    mailing.register(built)
    with built.app_context():
        yield
        db.session.remove()


@pytest.fixture
def make(app: Flask) -> Factories:
    """Factories: `make.person()`, `make.idea(author=…)`; everything with sensible defaults."""
    return Factories()


@pytest.fixture
def cast(make: Factories) -> cast_module.Cast:
    """The people of the stories: customer, other_customer, moderator, product_manager, admin, stranger."""
    return cast_module.assemble(make)


@pytest.fixture
def as_(app: Flask) -> Callable[[Any], Client]:
    """`as_(person)` is that person's browser, signed in; `as_(None)` is a stranger's."""

    def client(person: Any = None) -> Any:
        browser = app.test_client()
        if person is not None and person.is_authenticated:
            cast_module.sign_in(browser, person)
        return browser

    return client


@pytest.fixture
def run(app: Flask) -> Callable[..., Any]:
    """`run("reputation", "rebuild")` is a flask command, as another process would run it."""

    def command(*words: str, **kwargs: Any) -> Any:
        waiting.until_all_can_be_read()
        result = contextvars.Context().run(app.test_cli_runner().invoke, args=list(words), **kwargs)
        db.session.rollback()
        db.session.expire_all()
        return result

    return command


@pytest.fixture
def at_most(app: Flask) -> Callable[..., Any]:
    """`with at_most(queries=5):` counts the statements that reach the database."""

    @contextmanager
    def budget(*, queries: int) -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert len(seen) <= queries, f"{len(seen)} queries, allowed {queries}:\n" + "\n".join(seen)

    return budget


@pytest.fixture
def rows(app: Flask) -> Callable[..., int]:
    """`rows(Vote, person_id=1)` counts rows."""

    def count(model: Any, **equal: Any) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).filter_by(**equal)) or 0

    return count


@pytest.fixture
def at_once(app: Flask) -> Callable[[Sequence[Callable[[], Any]]], None]:
    """`at_once([act, …])` runs each act in a thread, a context and a transaction of its own."""

    def one(act: Callable[[], Any]) -> None:
        with app.app_context():
            act()
            db.session.commit()
            db.session.remove()

    def run(acts: Sequence[Callable[[], Any]]) -> None:
        db.session.commit()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda act: contextvars.Context().run(one, act), acts))
        db.session.expire_all()

    return run


@pytest.fixture
def catch_up(app: Flask) -> Callable[[], dict[str, int]]:
    """`catch_up()` commits, lets every reader read all there is, and fails if one failed."""

    def read_all() -> dict[str, int]:
        waiting.until_all_can_be_read()
        taken = reading.catch_up_all()
        failures = [each for each in activity_queries.lag(reading.readers.names()) if each.failure]
        db.session.rollback()
        assert not failures
        return taken

    return read_all
