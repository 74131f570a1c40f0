"""Guarding: a call goes to a public address only, over TLS, and to exactly the address that was looked at.

Otherwise whoever may name the address of a CRM could have the portal talk to its own network. A name is resolved
here, each address of it is looked at, and the connection is made to the first of them, so that a name which
resolves differently a moment later changes nothing. Redirects are not followed by whoever uses this.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from portal.crm_bridge.calling.bounding import Bounded
from portal.crm_bridge.gateway import CrmError

Address = IPv4Address | IPv6Address
NAT64 = IPv6Network("64:ff9b::/96")


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system resolves them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(text: str) -> bool:
    """Whether an address is on the public network, also one that carries another address within."""
    address: Address = ip_address(text.partition("%")[0])
    within: Sequence[Address | None] = ()
    if isinstance(address, IPv6Address):
        nat = IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
        within = (address.ipv4_mapped, address.sixtofour, nat, *(address.teredo or ()))
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    return all(
        each.is_global and not each.is_multicast and not each.is_reserved
        for each in (address, *within)
        if each is not None and not (each is address and _only_carries(address))
    )


def _only_carries(address: Address) -> bool:
    """An IPv4 address written as IPv6 counts for what it carries."""
    return isinstance(address, IPv6Address) and address.ipv4_mapped is not None


def staying(request: httpx.Request, place: httpx.URL) -> httpx.Request:
    """The request, if it goes where the CRM was set up: a link in an answer may lead anywhere. Raises CrmError."""
    asked = request.url
    if (asked.scheme, asked.host, asked.port) != (place.scheme, place.host, place.port):
        raise CrmError(f"{asked.host} is not where this CRM was set up", permanent=False)
    return request


class Guarded(httpx.BaseTransport):
    """A transport that connects to looked-at addresses only. With `private`, to any, also without TLS."""

    def __init__(
        self,
        private: bool,
        inner: httpx.BaseTransport | None = None,
        resolve: Callable[[str, int], list[str]] = resolved,
    ) -> None:
        self.private = private
        self.inner = inner or Bounded()
        self.resolve = resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it. Raises CrmError for an address that may not be called, and what httpx raises."""
        url = request.url
        if url.scheme != "https" and not (self.private and url.scheme == "http"):
            raise CrmError(
                f"{url.host} is not called without TLS: its address must begin with https", permanent=False
            )
        try:
            addresses = self.resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{url.host} is not known: {error}", request=request) from error
        if not self.private and not all(map(is_public, addresses)):
            raise CrmError(f"{url.host} is not a public address", permanent=False)
        request.url = url.copy_with(host=addresses[0])
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Let go of the connections."""
        self.inner.close()
