"""Contracts: a request that the published API does not know fails the test that sent it."""

import json
from functools import cache
from pathlib import Path

import yaml
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathNotFound
from openapi_core.testing import MockRequest

HERE = Path(__file__).parent


@cache
def ours(name):
    """The contract of a vendor as far as we call it, from a small file of our own."""
    return Contract([yaml.safe_load((HERE / f"{name}.openapi.yaml").read_text())])


class Contract:
    """Checks requests against OpenAPI documents; `checked` counts those that each path was found for.

    With `strict=False` a request whose path stands in none of them passes: not every part of an API is published.
    """

    def __init__(self, documents, strict=True):
        self.documents = [OpenAPI.from_dict(each) for each in documents]
        self.strict, self.checked = strict, 0
        self.fitting = {}

    def __call__(self, request):
        """One that was right once, to its last header and byte, is right again."""
        told = request.method, str(request.url), tuple(request.headers.multi_items()), request.content
        if told not in self.fitting:
            self.fitting[told] = self._is_known(request)
        self.checked += self.fitting[told]

    def _is_known(self, request):
        """Whether its path stands in a document; AssertionError for one that is not as it stands there."""
        sent = mock(request)
        for each in self.documents:
            try:
                each.validate_request(sent)
            except PathNotFound:
                continue
            except OpenAPIError as error:
                raise AssertionError(f"{request.method} {request.url}: {error} {error.__cause__}") from error
            return True
        assert not self.strict, f"{request.method} {request.url.path} is in no contract"
        return False


def mock(request):
    """The request as openapi-core wants it."""
    kind = request.headers.get("content-type", "application/json")
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    return MockRequest(
        f"{request.url.scheme}://{request.url.host}",
        request.method.lower(),
        request.url.path,
        args=dict(request.url.params.multi_items()),
        headers=headers,
        data=request.content,
        content_type=kind,
    )


class Postman:
    """Checks requests against a Postman collection: method, path, kind of content and the names in the body.

    Such a collection holds examples: an address that it names must be called as the example does, others pass.
    """

    def __init__(self, path, values):
        self.calls, self.checked = [], []
        self._read(json.loads(path.read_text())["item"], values)

    def _read(self, items, values):
        for each in items:
            if "item" in each:
                self._read(each["item"], values)
            elif isinstance(address := each["request"]["url"], dict):
                raw = address["raw"].partition("?")[0]
                for name, value in values.items():
                    raw = raw.replace(f"{{{{{name}}}}}", value)
                self.calls.append((raw.strip("/").split("/"), each["name"], each["request"]))

    def __call__(self, request):
        path = request.url.path.strip("/").split("/")
        there = [
            (name, example)
            for parts, name, example in self.calls
            if len(parts) == len(path) and all(a == b or "{{" in a for a, b in zip(parts, path, strict=True))
        ]
        if not there:
            return
        fitting = [name for name, example in there if self._fits(request, example)]
        assert fitting, f"{request.method} {request.url.path} is not as any of {[name for name, _ in there]}"
        self.checked += fitting

    def _fits(self, request, example):
        kinds = [each["value"] for each in example.get("header", ()) if each["key"] == "Content-Type"]
        kind = request.headers.get("content-type", "").partition(";")[0]
        if request.method != example["method"] or (request.content and kinds and kind not in kinds):
            return False
        body = example.get("body", {})
        if body.get("mode") == "raw" and body["raw"]:
            return set(json.loads(body["raw"])) <= set(json.loads(request.content))
        if body.get("mode") == "urlencoded":
            sent = {pair.partition("=")[0] for pair in request.content.decode().split("&")}
            return {each["key"] for each in body["urlencoded"]} == sent
        return True
