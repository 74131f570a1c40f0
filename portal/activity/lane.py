"""A lane: a thread of the worker that does only some chores, so that nothing else waits for them however long they take."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Lane:
    """One thread with what waits for it. A chore that waits already is not put there again."""

    def __init__(self, name: str) -> None:
        self._waiting: dict[str, Callable[[], None]] = {}
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name=f"lane {name}", daemon=True)

    def start(self) -> None:
        """Begin to do what is put there."""
        self._thread.start()

    def put(self, name: str, work: Callable[[], None]) -> None:
        """Have it done after what waits already. It returns at once."""
        with self._changed:
            self._waiting.setdefault(name, work)
            self._changed.notify()

    def end(self, seconds: float) -> None:
        """Do no more, and wait for so long until what is in hand is done."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(seconds)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except Exception:
                log.exception("A chore broke off; it is done again within a minute")

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._waiting)
            if self._ended:
                return None
            return self._waiting.pop(next(iter(self._waiting)))
