"""Python looks for garbage between requests and tasks, never while one is at work.

In CPython 3.11 a look for garbage that begins while the `__dict__` of an object is being made may free that very
`__dict__` (its callbacks use the object), and the process crashes. SQLAlchemy makes thousands of these for each page
under load, so that a web server with threads crashed once in some thousand requests.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

THOROUGHLY_EVERY = 100
AT_A_TIME = 10_000
_looks = count(1)


@contextmanager
def loading() -> Iterator[None]:
    """What is loaded meanwhile is no garbage, and no time is spent on finding that out."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        loaded()


def loaded() -> None:
    """What is loaded by now is never looked at again, and of what comes, ten thousand things at a time: a command that
    goes through everybody makes millions that need no look."""
    gc.freeze()
    gc.set_threshold(AT_A_TIME)


def only_when_asked() -> None:
    """From now on Python looks for garbage in `collect` alone."""
    if gc.isenabled():
        gc.disable()
        gc.collect()
        loaded()


def collect() -> None:
    """Free what the last request or task left behind; now and then also what older ones did."""
    gc.collect(2 if next(_looks) % THOROUGHLY_EVERY == 0 else 0)


def between_requests(wsgi: Wsgi) -> Wsgi:
    """The same application, whose requests are at work without a look for garbage."""

    def run(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        only_when_asked()
        try:
            return wsgi(environ, start_response)
        finally:
            collect()

    return run
