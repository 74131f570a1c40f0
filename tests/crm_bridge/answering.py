"""A CRM that answers as a test says, and a wire whose time passes only by waiting."""

from datetime import timedelta

import httpx

from portal.crm_bridge.calling.wire import Wire
from tests.factories import EPOCH


class Slow(Exception):
    """In the place of an answer: none comes in time."""


class Lines:
    """Answers calls one after the other; the last answer stays. An answer is (status, body, headers) or less."""

    def __init__(self, *answers, chance=0.5, **options):
        self.answers = list(answers)
        self.requests, self.waits, self.calls = [], [], []
        self.passed = 0.0
        self.wire = Wire(
            transport=httpx.MockTransport(self.answer),
            sleep=self.sleep,
            monotonic=lambda: self.passed,
            now=lambda: EPOCH + timedelta(seconds=self.passed),
            chance=lambda: chance,
            note=self.calls.append,
            **options,
        )

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.passed += seconds

    def answer(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(request)
        status, body, headers = (
            (*answer, None, None)[:3] if isinstance(answer, tuple) else (answer, None, None)
        )
        if isinstance(body, (bytes, str)):
            return httpx.Response(status, content=body, headers=headers)
        return (
            httpx.Response(status, json=body, headers=headers)
            if body is not None
            else httpx.Response(status, headers=headers)
        )
