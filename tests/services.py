"""Real servers for the tests, each on a free loopback port and gone at the end, and what a run leaves out.

`tests/conftest.py` loads this file as a plugin. What tests get from it:

- `database_url`: an empty database of this process, kept for the session; SQLite, or PostgreSQL with
  `--database postgresql`. A test that asks for none of `app`, `scene`, `database_url`, `new_database` touches no
  database and is left out of the PostgreSQL run.
- `new_database(name)`: one more empty database of the same kind, as an address; `like="migrated"`: with the schema.
- `redis_url`: a Redis of this process, without persistence. `smtp`: a mail server with `.messages`.
- `chromium_path`: the browser of this machine. `shared`: the folder of real data beside the checkout.
"""

import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ordering import long_first
from tests.servers import IN_MEMORY, MailServer, PostgreSQL, Redis, ServiceMissing, program

ROOT = Path(__file__).parent.parent
ASKING_FOR_A_DATABASE = {"app", "scene", "database_url", "new_database"}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is here is taken. The shell is Chromium without its windows: the same pages for half the work."""

LEFT_OUT = pytest.StashKey[Counter[str]]()


def shared_folder() -> Path:
    """Where the real data lies: $PORTAL_SHARED, or `shared` beside the checkout. It may not exist."""
    return Path(os.environ.get("PORTAL_SHARED") or ROOT.parent / "shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the tests keep their rows in; postgresql runs only those that touch a database",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say what is missing before any test process begins. Whoever ends one with SIGTERM, interrupts it: servers end too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.stash[LEFT_OUT] = Counter()
    if os.environ.get("PORTAL_REQUIRE_SHARED") == "1" and not shared_folder().is_dir():
        raise pytest.UsageError(f"PORTAL_REQUIRE_SHARED=1, and there is no {shared_folder()}")
    if config.getoption("--database") == "postgresql":
        try:
            program("postgres", package="postgresql")
        except ServiceMissing as missing:
            raise pytest.UsageError(str(missing)) from None


# -- What a run leaves out, and says so -----------------------------------------------------------------


def _reason_to_leave_out(item: pytest.Item, database: str, shared_is_here: bool) -> str | None:
    fixtures = set(getattr(item, "fixturenames", ()))
    if not shared_is_here and (item.get_closest_marker("shared") or "shared" in fixtures):
        return "shared"
    if (only := item.get_closest_marker("only_on")) and database not in only.args:
        return f"speak of {' and '.join(only.args)} only"
    if database == "postgresql" and not fixtures & ASKING_FOR_A_DATABASE:
        return "touch no database"
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    database = config.getoption("--database")
    shared_is_here = shared_folder().is_dir()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        reason = _reason_to_leave_out(item, database, shared_is_here)
        if reason:
            config.stash[LEFT_OUT][reason] += 1
        (left_out if reason else kept).append(item)
    items[:] = long_first(kept)
    config.hook.pytest_deselected(items=left_out)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(session.config.stash[LEFT_OUT])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error) -> None:
    """Every test process collects the same tests, so one report stands for all."""
    if output := getattr(node, "workeroutput", None):
        node.config.stash[LEFT_OUT] |= Counter(output["left_out"])


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    left_out = dict(config.stash[LEFT_OUT])
    unshared = left_out.pop("shared", 0)
    for reason, count in sorted(left_out.items()):
        terminalreporter.write_line(
            f"Left out of the {config.getoption('--database')} run: {count} that {reason}"
        )
    if unshared:
        terminalreporter.write_line(
            f"NOT RUN: {unshared} tests need the real data in {shared_folder()}, which is not there",
            red=True,
            bold=True,
        )


# -- Fixtures -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def database_kind(pytestconfig) -> str:
    """`sqlite` or `postgresql`."""
    return pytestconfig.getoption("--database")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of this process: on one for all, transactions of other processes would hold back its journal."""
    server = PostgreSQL.started()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def new_database(request, database_kind):
    """A function: name in, address of an empty database out, or of a copy of the one that it shall be `like`: "migrated"
    has the schema (once the app was built). The same name twice is an error."""
    server = request.getfixturevalue("postgresql") if database_kind == "postgresql" else None
    folder = Path(tempfile.mkdtemp(prefix="portal-", dir=IN_MEMORY))

    def create(name: str, like: str = "") -> str:
        if server:
            return server.create_database(name, like or "template1")
        path = folder / f"{name}.sqlite3"
        path.touch(exist_ok=False)
        if like:
            shutil.copy(path.with_stem(like), path)
        return f"sqlite:///{path}"

    yield create
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_url(new_database) -> str:
    """The address of this process's own database, empty when the session starts."""
    return new_database("portal")


@pytest.fixture(scope="session")
def redis_url():
    """The address of a real Redis of this process, empty at first."""
    server = Redis.started()
    yield server.address
    server.stop()


@pytest.fixture
def smtp():
    """A real mail server: `.port` to send to, `.messages` that arrived, parsed, in order."""
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser of this machine, for Playwright's `executable_path`."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.fail("No Chromium here; `bin/test` installs it on Debian")
    return found


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and hostile inputs; a test that asks for it counts as marked `shared`."""
    return shared_folder()
