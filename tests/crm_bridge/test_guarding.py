"""A call goes to a public address over TLS, or nowhere."""

import httpx
import pytest

from portal.crm_bridge.calling.asking import Caller
from portal.crm_bridge.calling.guarding import Guarded, is_public
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.gateway import CrmError

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1"),
    *("224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "2001:db8::1"),
    *("fec0::1", "::ffff:169.254.169.254", "64:ff9b:1::a9fe:a9fe", "2001:0:7f00:1::", "100.100.100.200"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:220:1::1", "::ffff:93.184.215.14"])
def test_a_public_address_is_known(address):
    assert is_public(address)


def guarded(*addresses, private=False):
    seen = []

    def answer(request):
        seen.append(request)
        return httpx.Response(200, json={})

    return Guarded(private, httpx.MockTransport(answer), lambda host, port: list(addresses)), seen


def get(guard, url):
    with httpx.Client(transport=guard) as client:
        return client.get(url)


def test_it_connects_to_the_address_that_was_looked_at_under_the_name():
    guard, seen = guarded("93.184.215.14")
    get(guard, "https://crm.example:8443/x")
    [request] = seen
    assert (request.url.host, request.url.port) == ("93.184.215.14", 8443)
    assert request.headers["host"] == "crm.example:8443"
    assert request.extensions["sni_hostname"] == "crm.example"


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("93.184.215.14", "10.0.0.1"), ("::1",)])
def test_a_name_that_leads_inside_is_not_called(addresses):
    guard, seen = guarded(*addresses)
    with pytest.raises(CrmError, match=r"crm\.example is not a public address"):
        get(guard, "https://crm.example/x")
    assert seen == []


def test_without_tls_nothing_goes_out():
    guard, seen = guarded("93.184.215.14")
    with pytest.raises(CrmError, match="must begin with https"):
        get(guard, "http://crm.example/x")
    assert seen == []


def test_what_the_operator_set_up_may_lead_inside_and_nowhere_but_by_http():
    guard, seen = guarded("127.0.0.1", private=True)
    get(guard, "http://crm.internal:8000/x")
    assert len(seen) == 1
    with pytest.raises(CrmError):
        get(guard, "ftp://crm.internal/x")


INSIDE = ["0x7f.1", "2130706433", "127.1", "localhost", "[::1]", "[::ffff:7f00:1]", "0"]
NO_NAMES = ["0177.0.0.1", "①②⑦.⓪.⓪.①", "a b.example", "[::1%25lo]x", "ex\u202eample.org", "*.example"]


@pytest.mark.parametrize("host", [*INSIDE, *NO_NAMES])
def test_an_address_inside_is_not_called_however_it_is_written(host):
    """Without the name of a server either: nobody is to learn from the answer what there is."""
    with pytest.raises(CrmError) as caught:
        Caller(f"https://{host}/latest", Wire(tries=1)).call("GET", "/meta-data")
    assert not caught.value.permanent
    assert ("is not a public address" in str(caught.value)) is (host in INSIDE)


def test_a_name_that_nobody_knows_is_tried_again_and_then_said():
    waits = []
    wire = Wire(sleep=waits.append)
    with pytest.raises(CrmError, match=r"cannot be reached: crm\.invalid is not known") as caught:
        Caller("https://crm.invalid", wire).call("POST", "/x")
    assert not caught.value.permanent
    assert len(waits) == 4
