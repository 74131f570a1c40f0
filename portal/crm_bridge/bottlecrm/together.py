"""Several calls at a time, for a CRM that takes records one by one.

Calls go out from threads; time, budget and notes of the connection are touched by the thread of whoever asks alone,
which may hold a database session that no other thread may use.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any, TypeVar

from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.manners import Manners
from portal.crm_bridge.calling.wire import Call, Wire

AT_A_TIME = 4
"""BottleCRM answers four at a time with two workers; six creates of one address at once made it stumble."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def _nothing(*_: object) -> None:
    pass


class Together:
    """Calls one CRM, one call after the other or several at a time."""

    def __init__(self, address: str, wire: Wire, manners: Manners) -> None:
        self.wire = wire
        self._made: deque[Call] = deque()
        quiet = replace(wire, spend=_nothing, hear=_nothing, beat=_nothing, note=self._made.append)
        self.caller = Caller(address, quiet, manners)
        self._threads: ThreadPoolExecutor | None = None

    def each(self, do: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """What `do` returns for each item, in their order.

        When one raises, those under way are waited for, and no other is begun.
        """
        futures: list[Future[Result]] = []
        running: set[Future[Result]] = set()
        try:
            for item in items:
                if len(running) >= AT_A_TIME:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    self._settle(done)
                self.wire.beat()
                self.wire.spend()
                futures.append(self._pool().submit(do, item))
                running.add(futures[-1])
        finally:
            wait(running)
            self._write_down(len(futures))
        return [each.result() for each in futures]

    def one(self, method: str, path: str, **options: Any) -> Any:
        """One call, as `Caller.call` makes it."""
        [answer] = self.each(lambda _: self.caller.call(method, path, **options), [None])
        return answer

    def close(self) -> None:
        """Let go of threads and connections."""
        if self._threads:
            self._threads.shutdown()
        self.caller.close()

    def _pool(self) -> ThreadPoolExecutor:
        self._threads = self._threads or ThreadPoolExecutor(AT_A_TIME)
        return self._threads

    def _settle(self, done: Iterable[Future[Any]]) -> None:
        for each in done:
            if error := each.exception():
                raise error

    def _write_down(self, spent: int) -> None:
        """Note the calls that were made, and spend those that were more than one an item."""
        more = len(self._made) - spent
        while self._made:
            self.wire.note(self._made.popleft())
        for _ in range(more):
            self.wire.spend()
