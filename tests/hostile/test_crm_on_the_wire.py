"""A CRM that means harm: whatever it answers, a call ends soon, stays small, goes nowhere else and tells no secret."""

import gzip
import json
import socket
import time
import tracemalloc
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Thread

import pytest

from portal.crm_bridge.calling import bounding
from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.blanking import noted, words_of
from portal.crm_bridge.calling.judging import read
from portal.crm_bridge.calling.manners import Manners
from portal.crm_bridge.calling.pacing import Heard, Rate
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.dataverse.signing import Door
from portal.crm_bridge.dataverse.signing import sign_in as sign_in_to_entra
from portal.crm_bridge.gateway import CrmError
from tests.crm_bridge.answering import Lines
from tests.factories import EPOCH

ADDRESS = "https://crm.example/api"


@contextmanager
def speaking(*parts, between=0.0):
    """The address of a server that sends these bytes to whoever calls, with pauses between them; the last for ever."""
    server = socket.create_server(("127.0.0.1", 0))

    def speak():
        connection, _ = server.accept()
        connection.recv(65_536)
        try:
            for part in parts:
                connection.sendall(part)
            while between:
                time.sleep(between)
                connection.sendall(parts[-1])
        except OSError:
            pass
        connection.close()

    thread = Thread(target=speak)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.close()
        thread.join()


def asked(address):
    caller = Caller(address, Wire(private=True, tries=1))
    try:
        return caller.call("GET", "/x")
    finally:
        caller.close()


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"HTTP/1.1 ", b"1"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" "),
    ],
    ids=["headers", "first line", "hints", "body"],
)
def test_who_drips_is_not_listened_to_for_longer_than_a_call_may_take(monkeypatch, parts):
    monkeypatch.setattr(bounding, "LONGEST_CALL", 0.3)
    with speaking(*parts, between=0.02) as address:
        began = time.monotonic()
        with pytest.raises(CrmError) as caught:
            asked(address)
        assert time.monotonic() - began < 3
    assert not caught.value.permanent


def packed(times, size=40_000_000):
    body = b" " * size
    for _ in range(times):
        body = gzip.compress(body, 9)
    encoding = ", ".join(["gzip"] * times)
    return (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n".encode(),
        body,
    )


@pytest.mark.parametrize("times", [1, 3])
def test_a_small_answer_that_unpacks_into_a_large_one_is_cut_off(monkeypatch, times):
    monkeypatch.setattr(bounding, "LARGEST_ANSWER", 1_000_000)
    parts = packed(times)
    tracemalloc.start()
    with speaking(*parts) as address, pytest.raises(CrmError, match="cut off"):
        asked(address)
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()


def test_what_is_packed_once_is_read():
    body = gzip.compress(json.dumps({"id": "7"}).encode())
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: GZIP\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with speaking(head, body) as address:
        assert asked(address).data == {"id": "7"}


@pytest.mark.parametrize("body", [b"[" + b"{}," * 3_000_000 + b"1]", b"[" * 200_000, b"9" * 5_000])
def test_what_would_fill_the_memory_or_the_stack_is_no_answer(body):
    assert not read(200, {}, body).is_whole


def test_an_error_of_however_many_layers_is_put_into_words_at_once():
    layers = "Nobody will read this"
    for _ in range(300):
        layers = {"message": {}, "errors": [layers, {}], "detail": []}
    began = time.monotonic()
    for data, text in (
        (layers, ""),
        (None, "<" * 1_000_000),
        (None, "<script" * 200_000),
        ({"message": " " * 30_000_000}, ""),
    ):
        assert len(words_of(data, text)) <= 300
    for text in ("a" * 500_000, '{"a":"' + "\\\n" * 300_000, '"a"' + " " * 500_000, "a=b&" * 500_000):
        assert len(noted(text, ["secret-of-ours"])) <= 2_000
    assert time.monotonic() - began < 3


def test_words_of_a_crm_can_be_kept_and_read():
    said = words_of({"message": "No\0such\ud800 \u202efield\x1b[31m\r\nBcc: a@b.example"}, "")
    assert said == "No such field [31m Bcc: a@b.example"
    assert "\0" not in noted(b"\0 is no text", [])


def test_a_secret_at_the_edge_of_what_is_noted_is_not_left_half():
    secret = "abcdefghijklmnopqrstuvwxyz-0123456789"
    for before in range(15_900, 16_100):
        text = noted(f'{{"token": "{"x" * before}", "said": "{secret}"', [secret])
        assert "klmnop" not in text


@pytest.mark.parametrize(
    "written", ["abc\\/def&ghi", "abc/def&amp;ghi", "abc%2Fdef%26ghi", "abc/def\\u0026ghi"]
)
def test_a_secret_that_comes_back_in_another_form_is_blanked(written):
    assert "def" not in noted(f'{{"said": "{written}"}}', ["abc/def&ghi"])


@pytest.mark.parametrize(
    "place",
    [
        *(
            "https://evil.example/x",
            "//evil.example/x",
            "http://crm.example/api/x",
            "https://crm.example:8443/x",
        ),
        *(
            "https://crm.example@evil.example/x",
            "https://evil.example\\@crm.example/x",
            "HTTPS://EVIL.example",
        ),
    ],
)
def test_a_link_in_an_answer_leads_nowhere_else(place):
    """The next page of a list is where the CRM says; what signs us in goes nowhere else with it."""
    lines = Lines((200, {}))
    with suppress(CrmError):
        Caller(ADDRESS, lines.wire).call("GET", place, headers={"authorization": "Bearer ours"})
    assert {(each.url.scheme, each.url.host, each.url.port) for each in lines.requests} <= {
        ("https", "crm.example", None)
    }


def test_a_link_to_the_same_place_is_followed():
    lines = Lines((200, {}))
    for place in ("https://crm.example/api/x?page=2", "https://CRM.example:443/y", "/x"):
        Caller(ADDRESS, lines.wire).call("GET", place)
    assert len(lines.requests) == 3


def test_the_secret_of_an_application_goes_to_no_other_place_than_entra():
    """Where tokens are given is said by the answer to the first call."""
    place = {
        "token_endpoint": "https://evil.example/token",
        "authorization_endpoint": "https://evil.example/a",
    }
    lines = Lines((200, place | {"issuer": "https://login.example/tenant/v2.0"}))
    names = ("client_id", "client_secret", "tenant", "url")
    settings = dict.fromkeys(names, "x") | {"login": "https://login.example", "url": "https://crm.example"}
    with pytest.raises(CrmError):
        sign_in_to_entra(settings, Door(settings["login"], lines.wire))
    assert {each.url.host for each in lines.requests} == {"login.example"}


@pytest.mark.parametrize(
    "heard",
    [
        Heard(day=(10**30, 10**31)),
        Heard(day=(-5, 10)),
        Heard(rate=Rate(10**400, 1)),
        Heard(rate=Rate(1, float("inf"))),
        Heard(rate=Rate(10, float("nan"), 10**400)),
        Heard(rate=Rate(1, 10.0**300, 0)),
        Heard(until=EPOCH.replace(year=9999)),
    ],
)
def test_limits_that_make_no_sense_stop_nobody_for_longer_than_a_day(heard):
    days = []
    lines = Lines((200, {}), hear=lambda *day: days.append(day))
    calls = Caller(ADDRESS, lines.wire, Manners(hears=lambda _: heard))
    refused = []
    for _ in range(3):
        try:
            calls.call("GET", "/x")
        except CrmError as error:
            refused.append(error.retry_at)
    assert max(refused, default=EPOCH) <= EPOCH + timedelta(days=1)
    assert all(0 <= each < 2**31 for day in days for each in day)


@pytest.mark.parametrize(
    "after", ["Fri, 31 Dec 9999 23:59:59 GMT", "999999999", "Mon, 01 Jan 0001 00:00:00 GMT"]
)
def test_nobody_is_told_to_wait_for_longer_than_a_day(after):
    with pytest.raises(CrmError) as caught:
        Caller(ADDRESS, Lines((429, None, {"retry-after": after})).wire).call("GET", "/x")
    assert EPOCH <= caught.value.retry_at <= EPOCH + timedelta(days=1)
