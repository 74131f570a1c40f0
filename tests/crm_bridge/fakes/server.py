"""What all fake CRMs share: routes, failures on demand, a clock that passes only by waiting, and the contract."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta

import httpx

from portal.crm_bridge.calling.wire import Wire
from tests.factories import EPOCH


@dataclass
class Failure:
    """The next `times` requests whose method and path match are answered so; `after`: once they were carried out."""

    method: str
    path: str
    answer: object
    times: int = 1
    skip: int = 0
    after: bool = False


class Fake:
    """A CRM behind an httpx transport. `routes` are (method, pattern of the path, name of the method that answers).

    `contract` is called with each request and raises AssertionError for one that the published API does not know.
    """

    routes = ()

    def __init__(self, contract=None):
        self.contract = contract
        self.requests, self.waits, self.calls, self.failures, self.heard = [], [], [], [], []
        self.passed = 0.0
        self.wire = Wire(
            transport=httpx.MockTransport(self.answer),
            sleep=self.sleep,
            monotonic=lambda: self.passed,
            now=self.now,
            chance=lambda: 0.5,
            note=self.calls.append,
            hear=lambda *day: self.heard.append(day),
        )

    def now(self):
        return EPOCH + timedelta(seconds=self.passed)

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.passed += seconds

    def fail(self, method, path, answer, **how):
        self.failures.append(Failure(method, path, answer, **how))

    def answer(self, request):
        self.requests.append(request)
        if self.contract:
            self.contract(request)
        failure = self._failure(request)
        if failure and not failure.after:
            return self._failed(failure)
        response = self.refusal(request) or self.route(request)
        return self._failed(failure) if failure else response

    def refusal(self, request):
        """An answer for one who is not known or calls too often."""

    def route(self, request):
        for method, pattern, name in self.routes:
            found = re.fullmatch(pattern, request.url.path)
            if found and method == request.method:
                return getattr(self, name)(request, *found.groups())
        return self.not_found(request)

    def not_found(self, request):
        return httpx.Response(404, json={"message": f"No {request.method} {request.url.path}"})

    def _failure(self, request):
        for each in self.failures:
            if each.times and each.method == request.method and re.search(each.path, request.url.path):
                if each.skip:
                    each.skip -= 1
                    continue
                each.times -= 1
                return each
        return None

    def _failed(self, failure):
        if isinstance(failure.answer, Exception):
            raise failure.answer
        status, body, headers = (*failure.answer, None, None)[:3]
        if isinstance(body, (bytes, str)):
            return httpx.Response(status, content=body, headers=headers)
        return httpx.Response(status, headers=headers, **({} if body is None else {"json": body}))

    def sent(self, method, path):
        """The requests so far that match."""
        return [each for each in self.requests if each.method == method and re.search(path, each.url.path)]


def body_of(request):
    return json.loads(request.content)
