"""Messages that are signed: genuine, fresh and new, or not accepted."""

import time
from base64 import b64encode
from datetime import datetime, timedelta

import pytest

from portal.crm_bridge.calling.signing import Unverified, key_of, new_secret, signed, verify
from tests.factories import EPOCH

BODY = b'{"test": 2432232314}'


def test_it_is_the_signature_of_the_specification():
    """The example of the reference implementations."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, EPOCH.tzinfo)
    headers = signed([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, BODY)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.fixture
def secret():
    return new_secret()


def judged(secrets, headers, body=BODY, now=EPOCH, is_new=lambda _: True):
    try:
        return verify(secrets, headers, body, now, is_new)
    except Unverified as refusal:
        return str(refusal)


def test_what_is_genuine_is_accepted_whatever_the_case_of_headers(secret):
    headers = signed([secret], "m1", EPOCH, BODY)
    assert judged([secret], headers) == "m1"
    assert judged([secret], {name.title(): value for name, value in headers.items()}) == "m1"


def test_while_secrets_change_both_are_good(secret):
    other = new_secret()
    assert judged([other], signed([secret, other], "m1", EPOCH, BODY)) == "m1"
    assert judged([other, secret], signed([secret], "m1", EPOCH, BODY)) == "m1"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"webhook-signature": ""}, "not signed with our secret"),
        ({"webhook-signature": "v1,AAAA"}, "not signed with our secret"),
        ({"webhook-signature": "v2,same"}, "not signed with our secret"),
        ({"webhook-signature": "v1,ü"}, "not signed with our secret"),
        ({"webhook-id": "m2"}, "not signed with our secret"),
        ({"webhook-id": ""}, "no id or no time"),
        ({"webhook-timestamp": "now"}, "no id or no time"),
        ({"webhook-timestamp": "٣"}, "no id or no time"),
        ({"webhook-timestamp": "1"}, "older than five minutes"),
        ({"webhook-timestamp": "99999999999"}, "or of the future"),
    ],
)
def test_what_was_tampered_with_is_not_accepted_and_uses_up_no_id(secret, change, says):
    asked = []
    headers = signed([secret], "m1", EPOCH, BODY) | change
    assert says in judged([secret], headers, is_new=asked.append)
    assert asked == []


def test_another_body_another_time_and_another_secret_are_not_accepted(secret):
    headers = signed([secret], "m1", EPOCH, BODY)
    assert "not signed" in judged([secret], headers, body=BODY + b" ")
    assert "not signed" in judged([new_secret()], headers)
    assert judged([secret], headers, now=EPOCH + timedelta(minutes=5)) == "m1"
    for minutes in (5.1, -5.1):
        assert "older" in judged([secret], headers, now=EPOCH + timedelta(minutes=minutes))


def test_what_is_replayed_is_accepted_once(secret):
    seen = set()

    def is_new(name):
        return name not in seen and not seen.add(name)

    headers = signed([secret], "m1", EPOCH, BODY)
    assert [judged([secret], headers, is_new=is_new) for _ in range(3)] == [
        "m1",
        *["It was received before"] * 2,
    ]


def test_a_thousand_are_verified_in_a_second(secret):
    headers = signed([secret], "m1", EPOCH, BODY)
    began = time.process_time()
    for _ in range(1_000):
        assert judged([secret], headers) == "m1"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "whsec_????", f"whsec_{b64encode(b'x' * 23).decode()}", b64encode(b"x" * 32).decode()],
)
def test_what_is_no_secret_is_said(secret):
    with pytest.raises(ValueError, match="A secret is whsec_ and base64"):
        key_of(secret)
