"""Bounding: however a CRM answers, a call ends in time, and what is read of it stays small.

httpx bounds the time of each read, so whoever sends a byte now and then would hold us for ever; and it unpacks what comes
packed, however large that becomes. Here the whole call has an end, and nothing is unpacked beyond a size.
"""

import ssl
import time
import zlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

LONGEST_CALL = 60.0
LARGEST_ANSWER = 32 * 1024 * 1024
AT_ONCE = 65_536
PACKED = {"gzip": 47, "x-gzip": 47, "deflate": 47}
"""How zlib is told to look at the head for itself."""

_ends: ContextVar[float] = ContextVar("ends", default=float("inf"))
"""When the call of this thread has to be over."""


def begin(patience: float | None) -> None:
    """A call begins, of which each answer may take `patience` seconds."""
    _ends.set(time.monotonic() + min(LONGEST_CALL, 2 * (patience or LONGEST_CALL)))


def _left(seconds: float | None) -> float:
    """How long the next step may take. Raises ReadTimeout when the call is over."""
    left = _ends.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("It took too long")
    return left if seconds is None else min(left, seconds)


class Stream(httpcore.NetworkStream):
    """A connection on which no step takes longer than its call."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self.inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), AT_ONCE):
            self.inner.write(buffer[start : start + AT_ONCE], _left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Stream(self.inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class Backend(httpcore.SyncBackend):
    """Makes such connections."""

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return Stream(super().connect_tcp(*args, **options))


@cache
def trusted() -> ssl.SSLContext:
    """Whom a connection over TLS believes. Reading all certificates takes longer than most calls: once is enough."""
    return httpx.create_ssl_context(trust_env=False)


class Bounded(httpx.HTTPTransport):
    """A transport over such connections; what it answers is unpacked already, within bounds."""

    def __init__(self) -> None:
        super().__init__(verify=trusted(), trust_env=False)
        # httpx has no way to give a backend to the pool that it makes.
        self._pool = httpcore.ConnectionPool(ssl_context=trusted(), network_backend=Backend())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer. Raises what httpx raises."""
        begin(request.extensions.get("timeout", {}).get("read"))
        response = super().handle_request(request)
        how = response.headers.pop("content-encoding", "identity").strip().lower()
        if how not in ("", "identity"):
            response.stream = Unpacked(response.stream, how)
        return response


class Unpacked(httpx.SyncByteStream):
    """What comes packed, unpacked a part at a time up to LARGEST_ANSWER."""

    def __init__(self, inner: Any, how: str) -> None:
        self.inner, self.how = inner, how

    def __iter__(self) -> Iterator[bytes]:
        if self.how not in PACKED:
            raise httpx.DecodingError(f"The answer is packed by {self.how[:40]}")
        return _unpacked(self.inner, PACKED[self.how])

    def close(self) -> None:
        self.inner.close()


def _unpacked(parts: Iterable[bytes], window: int) -> Iterator[bytes]:
    unpacking, size = zlib.decompressobj(window), 0
    try:
        for part in parts:
            while part and size <= LARGEST_ANSWER:
                some = unpacking.decompress(part, AT_ONCE)
                size, part = size + len(some), unpacking.unconsumed_tail
                yield some
    except zlib.error as error:
        raise httpx.DecodingError("The answer cannot be unpacked") from error
