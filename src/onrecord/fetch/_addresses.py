"""Which addresses may be asked: http and https, on the public internet, with nothing hidden in them.

Invariant: `resolve` is the only way from a name to a machine, and what it gives has been checked; whoever connects to
what it gave, and asks no second time, cannot be led inward by a name that changes its mind.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx

from onrecord.errors import FetchError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

EVERYWHERE: tuple[Network, ...] = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))

_LONGEST = 4000  # characters; RFC 9110 asks servers for 8000 octets, and a letter may take nine when it is escaped
# What no address holds, and what could end a line of a header: control marks, white space, and the separators of
# lines that Unicode knows.
_HIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Below 1024 only the web's own; above, those of other services that can be made to act on what a browser sends
# ("port blocking" of the WHATWG's Fetch standard).
_OWN_PORTS = frozenset((80, 443))
_OTHER_SERVICES = frozenset(
    (1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080)
)
# IPv6 addresses that stand for an IPv4 address: NAT64 (RFC 6052), and 6to4 and Teredo, which ipaddress knows.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def look(address: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """`address` in its normal form, without a fragment, joined to `base` if it is relative.

    Raises FetchError if it is none, has another scheme than http and https, names a user, or a port that is not the
    web's. Whether its host may be asked is known only when it is resolved.
    """
    address = address.strip(" \t\r\n\f")
    shown = _shown(address)
    if len(address) > _LONGEST:
        raise FetchError(f"is an address of {len(address):,} characters; {_LONGEST:,} are the most")
    if _HIDDEN.search(address):
        raise FetchError(f"{shown} holds white space or control marks; it is no address")
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise FetchError(f"{shown} has the scheme {scheme[1].lower()[:20]}:; only http: and https: are fetched")
    try:
        url = httpx.URL(address) if base is None else base.join(address)
        host, port = url.host, url.port
    except (httpx.InvalidURL, ValueError, TypeError, UnicodeError) as error:
        raise FetchError(f"{shown} is no address: {error}") from error
    if url.scheme not in ("http", "https"):
        raise FetchError(f"{shown} is no address; it must begin with http:// or https://")
    if not host:
        raise FetchError(f"{shown} is no address: it names no host")
    if url.userinfo:
        raise FetchError(f"{url.host} is asked with a user name in the address; leave it out")
    if port is not None and port > 65535:
        raise FetchError(f"{shown} names port {port}, which is none")
    if port is not None and ((port < 1024 and port not in _OWN_PORTS) or port in _OTHER_SERVICES):
        raise FetchError(f"{shown} names port {port}, which is not one of the web")
    url = url.copy_with(fragment=None, raw_path=url.raw_path)  # which is "/" where there is none
    if urlsplit(str(url)).hostname is None:
        raise FetchError(f"{shown} is no address: it names no host")
    return url


def resolve(host: str, port: int, *, private: Iterable[Network] = ()) -> list[str]:
    """The numeric addresses of `host`, asked for once; the caller must connect to one of these.

    Raises FetchError if it has none, or if any of them is inward: private, loopback, link-local, shared, multicast or
    reserved, written in whichever way, and not in one of the networks of `private`.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "is no name"
        raise FetchError(f"{host} has no address: {reason}", again=True) from error
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    allowed = tuple(private)
    for number in numbers:
        if why := _inward(ipaddress.ip_address(number.partition("%")[0]), allowed):
            which = number if number != host else "an address"
            raise FetchError(f"{host} leads to {which} that is {why}; only public addresses are asked")
    if not numbers:
        raise FetchError(f"{host} has no address")
    return numbers


def _inward(address: _Address, private: Iterable[Network]) -> str:
    """Why an address is not public, empty if it is."""
    private = tuple(private)
    if any(address in network for network in private):
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        for inner in _within(address):
            if why := _inward(inner, private):
                return why
        if address.ipv4_mapped is not None or address in _NAT64:
            return ""
    for why in ("loopback", "link_local", "multicast", "unspecified"):
        if getattr(address, f"is_{why}"):
            return why.replace("_", "-")
    if address.is_reserved:
        return "reserved"
    return "" if address.is_global else "private"


def _within(address: ipaddress.IPv6Address) -> list[_Address]:
    """The IPv4 addresses that packets to an IPv6 address may end at."""
    found: list[_Address | None] = [address.ipv4_mapped, address.sixtofour]
    found += address.teredo or ()
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


def _shown(address: str) -> str:
    """An address as a message shows it."""
    plain = _HIDDEN.sub("\ufffd", address)
    return f"“{plain[:200]}…”" if len(plain) > 200 else f"“{plain}”"
