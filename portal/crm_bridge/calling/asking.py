"""Asking: one call, made as often as it may be until there is an answer, or a CrmError that says why there is none."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from portal.crm_bridge.calling import bounding
from portal.crm_bridge.calling.blanking import BLANK, blanked, noted
from portal.crm_bridge.calling.guarding import Guarded, staying
from portal.crm_bridge.calling.judging import OVERLOADED, Answer, Fate, judge, read
from portal.crm_bridge.calling.manners import Headers, Manners
from portal.crm_bridge.calling.pacing import Bucket, Heard, backoff, retry_after, sensible
from portal.crm_bridge.calling.wire import Call, Wire
from portal.crm_bridge.gateway import CrmError

LONGEST_PAUSE = 45.0
"""A longer wait is left to the next push. Together with the longest call it is shorter than a lease."""

TRIES = 5
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be sent. `again`: nothing is there twice when it is carried out twice."""

    request: Callable[[Headers], httpx.Request]
    signed: bool
    again: bool
    accept: Collection[int]
    reads: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer to return. `done`: the CRM may have carried it out all the same; `unknown`: it asks who
    we are."""

    fate: Fate
    message: str
    wait: float | None = None
    done: bool = True
    unknown: bool = False


class Caller:
    """Calls one CRM at `address`. Close it at the end."""

    def __init__(self, address: str, wire: Wire, manners: Manners | None = None) -> None:
        self.wire = wire
        self.manners = manners or Manners()
        self.bucket = Bucket(self.manners.rate, wire.monotonic())
        transport = wire.transport or Guarded(wire.private)
        times = httpx.Timeout(wire.patience, connect=min(10.0, wire.patience))
        try:
            self.client = httpx.Client(
                base_url=address, transport=transport, timeout=times, trust_env=False, follow_redirects=False
            )
        except httpx.InvalidURL as error:
            raise CrmError(f"{address!r} is no address: {error}", permanent=False) from error
        self._signed: Headers | None = None
        self._signs_in = False

    def close(self) -> None:
        """Let go of the connections."""
        self.client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | str | None = None,
        data: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Headers | None = None,
        signed: bool = True,
        again: bool | None = None,
        accept: Collection[int] = (),
        reads: bool = True,
    ) -> Answer:
        """The answer to a call. Statuses in `accept` are answers too; any other than 2xx raises CrmError.

        `again` says that carrying it out twice does no harm; without a word that is so for GET, PUT and DELETE. What
        may have been carried out and must not be twice is not sent again here: the next push looks for it.
        With `reads=False` the body may be anything.
        """

        def request(more: Headers) -> httpx.Request:
            every = {"accept": "application/json", **(headers or {}), **more}
            return self.client.build_request(
                method, path, json=json, content=content, data=data, params=params, headers=every
            )

        may_repeat = method in REPEATABLE if again is None else again
        return self._insist(Question(request, signed, may_repeat, accept, reads))

    def _insist(self, question: Question) -> Answer:
        """Ask until there is an answer, or no use in asking."""
        fresh = anew = False
        attempt = 0
        while isinstance(found := self._once(question, fresh), Trouble):
            fresh = found.unknown and question.signed and self.manners.sign_in is not None and not anew
            if fresh:
                anew = True
                continue
            wait = backoff(attempt, self.wire.chance()) if found.wait is None else found.wait
            attempt += 1
            is_last = (
                attempt >= min(TRIES, self.wire.tries)
                or wait > LONGEST_PAUSE
                or (found.done and not question.again)
            )
            if found.fate is not Fate.PASSING or is_last:
                raise self._error(found, wait)
            self.wire.sleep(wait)
        return found

    def _error(self, trouble: Trouble, wait: float) -> CrmError:
        passing = trouble.fate is Fate.PASSING
        return CrmError(
            trouble.message,
            permanent=trouble.fate is Fate.PERMANENT,
            auth=trouble.fate is Fate.AUTH,
            retry_at=self.wire.now() + timedelta(seconds=wait) if passing else None,
        )

    def _once(self, question: Question, fresh: bool) -> Answer | Trouble:
        """One attempt. What is spent is spent whatever becomes of it."""
        request = self._request(question, fresh)
        if trouble := self._wait_for_turn():
            return trouble
        self.wire.beat()
        self.wire.spend()
        began = self.wire.monotonic()
        try:
            answer = self._send(request)
        except httpx.HTTPError as error:
            trouble = _unanswered(error)
            self._note(request, None, trouble.message, began)
            return trouble
        self._note(request, answer.status, answer.text, began)
        return self._judge(question, answer)

    def _request(self, question: Question, fresh: bool) -> httpx.Request:
        headers = self._headers(fresh) if question.signed else {}
        try:
            request = question.request(headers)
        except (UnicodeError, httpx.InvalidURL) as error:
            raise CrmError(f"That cannot be sent: {type(error).__name__}", permanent=True) from error
        return staying(request, self.client.base_url)

    def _headers(self, fresh: bool) -> Headers:
        if self.manners.sign_in is None:
            return {}
        if self._signed is None or fresh:
            self._signed = self._sign_in(self.manners.sign_in, fresh)
            for value in self._signed.values():
                # "Bearer abc": what follows the word is the secret.
                self.wire.secrets.update((value, value.rpartition(" ")[2]))
        return self._signed

    def _sign_in(self, sign_in: Callable[[bool], Headers], fresh: bool) -> Headers:
        """Whatever a sign-in is refused for, it says nothing against the rows."""
        self._signs_in = True
        try:
            return sign_in(fresh)
        except CrmError as error:
            if error.permanent:
                raise CrmError(str(error), permanent=False, auth=True) from error
            raise
        finally:
            self._signs_in = False

    def _wait_for_turn(self) -> Trouble | None:
        wait = self.bucket.delay(self.wire.monotonic())
        if wait > LONGEST_PAUSE:
            return Trouble(Fate.PASSING, "The CRM takes no more calls for now", wait, done=False)
        if wait > 0:
            self.wire.sleep(wait)
        self.bucket.take(self.wire.monotonic())
        return None

    def _send(self, request: httpx.Request) -> Answer:
        """The answer, read within bounds of time and size. Raises what httpx raises while there is none."""
        ends = self.wire.monotonic() + bounding.LONGEST_CALL
        response = self.client.send(request, stream=True)
        body, cut = bytearray(), False
        try:
            for part in response.iter_bytes():
                body += part
                if len(body) > bounding.LARGEST_ANSWER or self.wire.monotonic() > ends:
                    cut = True
                    break
        except httpx.HTTPError:
            cut = True
        finally:
            with suppress(httpx.HTTPError):
                response.close()
        return read(response.status_code, response.headers, bytes(body), cut)

    def _judge(self, question: Question, answer: Answer) -> Answer | Trouble:
        heard = sensible(self.manners.heard(answer), self.wire.now())
        self._hear(heard)
        if answer.status in question.accept:
            return answer
        now = self.wire.now()
        wait = retry_after(answer.headers.get("retry-after"), now)
        if heard.until is not None:
            wait = max(0.0, (heard.until - now).total_seconds())
        limited = answer.status == OVERLOADED or heard.until is not None
        fate = Fate.PASSING if limited else judge(answer, self.manners.unknown)
        if fate is Fate.FINE or (200 <= answer.status < 300 and not question.reads):
            return answer
        said = blanked(self.manners.says(answer), self.wire.secrets)
        what = "an answer that is cut off or no JSON" if answer.status < 300 else answer.status
        unknown = answer.status in self.manners.unknown and not limited
        message = f"The CRM answered {what}{f': {said}' if said else ''}"
        return Trouble(fate, message, wait, done=not limited, unknown=unknown)

    def _hear(self, heard: Heard) -> None:
        if heard.rate:
            self.bucket.hear(heard.rate, self.wire.monotonic())
        if heard.day:
            self.wire.hear(*heard.day)

    def _note(self, request: httpx.Request, status: int | None, answer: str, began: float) -> None:
        secrets, path = self.wire.secrets, request.url.raw_path.decode("ascii")
        seconds = round(self.wire.monotonic() - began, 3)
        sent, said = (
            (BLANK, BLANK) if self._signs_in else (noted(request.content, secrets), noted(answer, secrets))
        )
        self.wire.note(
            Call(self.wire.now(), request.method, noted(path, secrets), status, sent, said, seconds)
        )


def _unanswered(error: httpx.HTTPError) -> Trouble:
    """No answer came. Where no connection was made, nothing was carried out."""
    unsent = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    if isinstance(error, httpx.TimeoutException):
        return Trouble(Fate.PASSING, "The CRM did not answer in time", done=not unsent)
    return Trouble(Fate.PASSING, f"The CRM cannot be reached: {error}", done=not unsent)
