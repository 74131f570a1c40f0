"""Calling a CRM: what is tried again, when, and what is said when it is of no use."""

from datetime import timedelta

import httpx
import pytest

from portal.crm_bridge.calling.asking import TRIES, Caller
from portal.crm_bridge.calling.manners import Manners
from portal.crm_bridge.calling.pacing import Bucket, Heard, Rate, backoff, retry_after
from portal.crm_bridge.gateway import CrmError
from tests.crm_bridge.answering import Lines
from tests.factories import EPOCH

FINE = (200, {"id": "7"})
ADDRESS = "https://crm.example/api"


def caller(lines, **manners):
    return Caller(ADDRESS, lines.wire, Manners(**manners))


def refused(lines, *call, manners=None, **options):
    with pytest.raises(CrmError) as caught:
        caller(lines, **manners or {}).call(*(call or ("GET", "/x")), **options)
    return caught.value


def test_an_answer_is_read_as_json():
    lines = Lines(FINE)
    answer = caller(lines).call("POST", "/contacts", json={"name": "Ines"})
    assert (answer.status, answer.data) == (200, {"id": "7"})
    [request] = lines.requests
    assert (str(request.url), request.content) == (f"{ADDRESS}/contacts", b'{"name":"Ines"}')


def test_nothing_in_the_body_is_an_answer_too():
    assert caller(Lines(204)).call("PATCH", "/contacts/7").data is None


# -- Too many calls -------------------------------------------------------------------------------------


def test_it_waits_as_long_as_it_is_told_and_goes_on():
    lines = Lines((429, None, {"retry-after": "7"}), FINE)
    assert caller(lines).call("POST", "/contacts").data == {"id": "7"}
    assert lines.waits == [7]


def test_a_date_to_wait_for_is_understood():
    at = (EPOCH + timedelta(seconds=9)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    lines = Lines((503, None, {"retry-after": at}), FINE)
    caller(lines).call("GET", "/contacts")
    assert lines.waits == [9]


def test_without_a_word_the_waits_double_and_are_drawn():
    lines = Lines(429, chance=0.5)
    error = refused(lines)
    assert lines.waits == [0.5, 1, 2, 4]
    assert len(lines.requests) == TRIES
    assert (error.permanent, error.auth) == (False, False)
    assert error.retry_at == EPOCH + timedelta(seconds=7.5 + 8)
    assert [backoff(attempt, 1.0) for attempt in (0, 1, 9, 10, 500)] == [1, 2, 512, 900, 900]


def test_a_long_wait_is_not_sat_out():
    lines = Lines((429, None, {"retry-after": "600"}))
    assert refused(lines).retry_at == EPOCH + timedelta(seconds=600)
    assert (lines.waits, len(lines.requests)) == ([], 1)


@pytest.mark.parametrize("header", ["", "soon", "-5", "1e9", "٣"])
def test_what_is_no_time_is_not_waited_for(header):
    assert retry_after(header, EPOCH) is None


def test_when_the_day_is_used_up_it_stops_until_the_crm_says():
    until = EPOCH + timedelta(hours=5)
    lines = Lines((403, {"message": "REQUEST_LIMIT_EXCEEDED"}))
    error = refused(lines, manners={"hears": lambda answer: Heard(until=until)})
    assert (error.retry_at, error.auth, error.permanent) == (until, False, False)


def test_the_pace_is_learnt_from_the_answers():
    def hears(answer):
        return Heard(rate=Rate(int(answer.headers["x-limit"]), 10, int(answer.headers["x-left"])))

    lines = Lines((200, {}, {"x-limit": "100", "x-left": "12"}), (200, {}))
    calls = caller(lines, hears=hears)
    for _ in range(3):
        calls.call("GET", "/x")
    # Twelve are left, and ten of them are left to others; a third has to wait for the next to be free.
    assert lines.waits == []
    calls.call("GET", "/x")
    assert lines.waits == [pytest.approx(10 / 72)]


@pytest.mark.parametrize(("calls", "seconds"), [(100, 10), (5, 1), (2, 60), (6_000, 300)])
def test_no_window_ever_holds_more_than_our_share(calls, seconds):
    bucket, at, gone = Bucket(Rate(calls, seconds)), 0.0, []
    for _ in range(calls * 3):
        at += bucket.delay(at)
        bucket.take(at)
        gone.append(at)
    first = 0
    for last, end in enumerate(gone):
        while gone[first] <= end - seconds:
            first += 1
        assert last - first + 1 <= calls * 0.9
    # And it is not held up for nothing: sustained, four fifths of the share go.
    assert at <= seconds * 3 / 0.9 / 0.5


# -- Who are you? ---------------------------------------------------------------------------------------


class Signs:
    """Signs in with tokens t1, t2, …"""

    def __init__(self):
        self.fresh = []

    def __call__(self, fresh):
        self.fresh.append(fresh)
        return {"authorization": f"Bearer token-{len(self.fresh)}"}


def only(token, unknown=401):
    def answer(request):
        known = request.headers["authorization"] == f"Bearer {token}"
        return httpx.Response(200 if known else unknown, json={"detail": "Who are you?"})

    return answer


@pytest.mark.parametrize("unknown", [401, 403])
def test_a_token_that_ends_in_the_middle_of_ten_batches_is_renewed_once(unknown):
    """BottleCRM says 403 where others say 401."""
    signs = Signs()
    lines = Lines(*[only("token-1", unknown)] * 4, *[only("token-2", unknown)] * 7)
    calls = caller(lines, sign_in=signs, unknown={unknown})
    assert [calls.call("POST", f"/batch/{n}").status for n in range(10)] == [200] * 10
    assert signs.fresh == [False, True]
    paths = [request.url.path.rpartition("/")[2] for request in lines.requests]
    assert paths == ["0", "1", "2", "3", "4", "4", "5", "6", "7", "8", "9"]


def test_who_is_not_known_after_that_is_told_so():
    signs, lines = Signs(), Lines((401, {"detail": "Bad token"}))
    error = refused(lines, "POST", "/x", manners={"sign_in": signs})
    assert (error.auth, error.permanent, str(error)) == (True, False, "The CRM answered 401: Bad token")
    assert (signs.fresh, len(lines.requests)) == ([False, True], 2)


def test_a_403_that_is_none_of_that_is_not_asked_again():
    signs, lines = Signs(), Lines((403, {"detail": "No right to do it"}))
    assert refused(lines, manners={"sign_in": signs}).auth
    assert (signs.fresh, len(lines.requests)) == ([False], 1)


def test_a_sign_in_that_is_refused_says_nothing_against_the_rows():
    lines = Lines((400, {"error": "invalid_grant"}))
    calls = Caller(ADDRESS, lines.wire)
    calls.manners = Manners(sign_in=lambda _: calls.call("POST", "/token", signed=False).headers)
    with pytest.raises(CrmError, match="invalid_grant") as caught:
        calls.call("GET", "/x")
    assert (caught.value.auth, caught.value.permanent) == (True, False)


# -- Answers that are none ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((500, "<html><style>a{}</style><h1>Server Error (500)</h1></html>"), "500: Server Error (500)"),
        ((200, '{"results": [{"id": 1}, {"i'), "cut off or no JSON"),
        ((200, "<html>Sign in to the Wi-Fi</html>", {"content-type": "text/html"}), "cut off or no JSON"),
        (408, "408"),
        ((302, None, {"location": "https://elsewhere.example"}), "302"),
        (404, "404"),
        (httpx.ReadTimeout("slow"), "did not answer in time"),
        (httpx.RemoteProtocolError("gone"), "cannot be reached: gone"),
    ],
)
def test_what_may_have_been_done_is_tried_again_only_where_that_does_no_harm(answer, says):
    once, often = Lines(answer), Lines(answer)
    error = refused(once, "POST", "/contacts")
    assert says in str(error)
    assert (error.permanent, error.auth, len(once.requests)) == (False, False, 1)
    assert error.retry_at == EPOCH + timedelta(seconds=0.5)
    refused(often, "POST", "/contacts", again=True)
    assert len(often.requests) == TRIES


def test_what_was_never_sent_is_sent_again():
    lines = Lines(httpx.ConnectError("refused"), FINE)
    assert caller(lines).call("POST", "/contacts").data == {"id": "7"}


@pytest.mark.parametrize("status", [400, 402, 409, 413, 422])
def test_what_the_crm_refuses_is_said_in_its_words(status):
    lines = Lines((status, {"errors": {"email": ["Enter a valid address."]}}))
    error = refused(lines, "PATCH", "/contacts/7")
    assert (error.permanent, len(lines.requests)) == (True, 1)
    assert str(error) == f"The CRM answered {status}: email: Enter a valid address."


def test_a_status_that_the_vendor_understands_is_an_answer():
    assert caller(Lines(404)).call("GET", "/contacts/7", accept={404}).status == 404


def test_an_answer_without_end_is_cut_off():
    def endless():
        while True:
            yield b" " * 2**22

    lines = Lines(lambda _: httpx.Response(200, content=endless()))
    assert "cut off" in str(refused(lines, "POST", "/x"))


# -- What is noted --------------------------------------------------------------------------------------


def test_calls_are_noted_without_secrets():
    lines = Lines(
        (200, {"access_token": "tok-123456", "scope": "all"}), (200, {"name": "Ines", "api_key": "k"})
    )
    calls = Caller(ADDRESS, lines.wire)
    lines.wire.secrets.add("hunter2 & co")

    def sign_in(_):
        said = calls.call("POST", "/token", data={"secret": "hunter2 & co"}, signed=False)
        return {"authorization": f"Bearer {said.data['access_token']}"}

    calls.manners = Manners(sign_in=sign_in)
    calls.call(
        "POST", "/x?key=hunter2%20%26%20co", json={"password": 'a"b', "text": "say hunter2 & co tok-123456"}
    )
    said = repr(lines.calls)
    for secret in ("hunter2", "tok-123456", 'a\\"b', '"k"'):
        assert secret not in said, secret
    token, call = lines.calls
    assert (token.method, token.path, token.status, token.sent) == ("POST", "/api/token", 200, "•••")
    assert call.sent == '{"password":"•••","text":"say ••• •••"}'
    assert call.answer == '{"name":"Ines","api_key":"•••"}'


def test_an_error_is_said_and_noted_without_secrets():
    lines = Lines((400, {"message": "Bad key super-secret-key"}))
    lines.wire.secrets.add("super-secret-key")
    assert str(refused(lines)) == "The CRM answered 400: Bad key •••"


def test_long_bodies_are_cut_and_what_has_no_answer_is_noted():
    lines = Lines(httpx.ReadTimeout("slow"))
    refused(lines, "POST", "/x", json={"text": "long " * 1_000})
    [call] = lines.calls
    assert (len(call.sent), call.sent[-1], call.status) == (2_000, "…", None)
    assert call.answer == "The CRM did not answer in time"


def test_the_day_is_counted_before_each_call_and_may_say_no():
    left = [1, 2, 3]

    def spend():
        if not left:
            raise CrmError("Used up", permanent=False, retry_at=EPOCH)
        left.pop()

    lines = Lines(429, FINE, spend=spend)
    calls = caller(lines)
    for _ in range(2):
        calls.call("GET", "/x")
    with pytest.raises(CrmError, match="Used up"):
        calls.call("GET", "/x")
    assert len(lines.requests) == 3
