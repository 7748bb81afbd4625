"""Nothing inside is asked, however its address is written or hidden."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest
from served import Answer, Site

from onrecord.errors import FetchError
from onrecord.fetch import Fetcher, Source, _addresses
from onrecord.model import Failure

Open = Callable[..., Fetcher]


def asked(fetcher: Fetcher, url: str) -> str:
    """The reason why nothing came of asking for `url`."""
    (item,) = fetcher.round([Source(url)], force=True)
    assert isinstance(item, Failure), item
    return item.reason


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
        "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127.0.0.1.", "１２７.０.０.１", "①②⑦.⓪.⓪.①",
    ],
)  # fmt: skip
def test_loopback_is_not_asked_however_it_is_written(site: Site, fetcher: Open, host: str) -> None:
    with fetcher(private=()) as one:
        reason = asked(one, f"http://{host}:{site.port}/")
    assert "only public addresses are asked" in reason or "no address" in reason, reason
    assert site.asked == []


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "[fe80::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]", "[2001:db8::1]", "[2002:a00:1::]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "0xa000001",
    ],
)  # fmt: skip
def test_private_and_reserved_addresses_are_refused(host: str) -> None:
    with pytest.raises(FetchError, match=r"only public addresses are asked|no address"):
        _addresses.resolve(_addresses.look(f"http://{host}/").host, 80)


@pytest.mark.parametrize("host", ["93.184.215.14", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]", "[64:ff9b::5db8:d70e]"])
def test_public_addresses_are_given_as_they_are(host: str) -> None:
    (number,) = _addresses.resolve(host, 443)
    assert ipaddress.ip_address(number) == ipaddress.ip_address(host.strip("[]"))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "FILE:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "javascript:alert(1)",
        "data:text/html,x", "unix:///run/x", "ws://a.example/", "//a.example/x", "a.example/x", "", "http://", "http:///x",
        "https://", "http://:80/", "http:a.example", "mailto:a@b.example",
    ],
)  # fmt: skip
def test_other_schemes_and_halves_of_addresses_are_refused(url: str) -> None:
    with pytest.raises(FetchError, match=r"scheme|no address"):
        _addresses.look(url)


@pytest.mark.parametrize("port", [22, 25, 110, 143, 1, 6000, 6667, 5060, 10080])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(FetchError, match="not one of the web"):
        _addresses.look(f"http://a.example:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/\r\nHost: b.example", "http://a.example/x y", "http://a.example/\x00", "http://a.example\\@b.example/",
        "http://a\r\n.example/", "http://a.example/\u2028x", "http://a.example:80\r\n/", "http://a.example/?q=\nX: y",
        "http://user@a.example/", "http://user:word@a.example/", "http://a.example:99999/", "http://[::1/",
        "http://a.example/" + "x" * 5000,
    ],
)  # fmt: skip
def test_addresses_that_hide_something_are_refused(url: str) -> None:
    with pytest.raises(FetchError):
        _addresses.look(url)


@pytest.mark.parametrize("path", ["/", "/up", "/deep/down"])
def test_redirects_inward_are_refused(site: Site, fetcher: Open, path: str) -> None:
    with Site("127.0.0.2") as inner:
        site.routes[path] = Answer(status=302, headers={"Location": inner.url("/secret")})
        with fetcher(private=(ipaddress.ip_network("127.0.0.1/32"),)) as one:
            assert "127.0.0.2 leads to an address that is loopback" in asked(one, site.url(path))
        assert inner.asked == []


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "the scheme file:"),
        ("ftp://a.example/", "the scheme ftp:"),
        ("http://localhost:22/", "port 22"),
        ("http://me:secret@127.0.0.1/", "user name"),
        ("http://[bad/", "no address"),
    ],
)
def test_redirects_to_what_is_no_page_are_refused(site: Site, fetcher: Open, location: str, reason: str) -> None:
    site.routes["/"] = Answer(status=301, headers={"Location": location})
    with fetcher() as one:
        assert reason in asked(one, site.url())


def test_a_listed_address_may_not_lead_inward(site: Site, fetcher: Open) -> None:
    with Site("127.0.0.2") as inner:
        listed = [inner.url("/admin"), "file:///etc/passwd", "http://127.0.0.1:25/", "/plain"]
        items = "".join(f"<item><link>{url}</link></item>" for url in listed)
        site.routes["/feed"] = Answer(f"<rss><channel>{items}</channel></rss>", media="application/rss+xml")
        site.routes["/plain"] = Answer("Envoy Petra Vallis met Ilyan Torvek.")
        with fetcher(private=(ipaddress.ip_network("127.0.0.1/32"),)) as one:
            items_ = list(one.round([Source(site.url("/feed"))], force=True))
        assert sorted(item.origin for item in items_ if isinstance(item, Failure)) == sorted([listed[0], listed[2]])
        assert len(items_) == 3
        assert inner.asked == []


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Lets a name server answer `news.example` with each of `answers` in turn; what it is asked is put in the list."""
    real, questions = socket.getaddrinfo, []

    def look_up(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        if host != "news.example":
            return real(host, port, *rest, **options)
        numbers = answers[min(len(questions), len(answers) - 1)]
        questions.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return questions


def test_a_name_that_leads_inward_is_refused(site: Site, fetcher: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["127.0.0.1"])
    with fetcher(private=()) as one:
        assert "news.example leads to 127.0.0.1 that is loopback" in asked(one, f"http://news.example:{site.port}/")
    assert site.asked == []


def test_a_name_with_one_address_inside_is_refused(fetcher: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["93.184.215.14", "10.0.0.7"])
    with fetcher(private=()) as one:
        assert "news.example leads to 10.0.0.7 that is private" in asked(one, "http://news.example/")


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    site: Site, fetcher: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes between check and connection (DNS rebinding) gains nothing: it is asked once a connection."""
    questions = names(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    site.routes["/page"] = Answer("Envoy Petra Vallis met Ilyan Torvek.")
    with Site("127.0.0.2") as inner:
        url = f"http://news.example:{site.port}/page"
        with fetcher(private=(ipaddress.ip_network("127.0.0.1/32"),)) as one:
            (document,) = one.round([Source(url)], force=True)
            one.saved()
        assert not isinstance(document, Failure), document
        assert len(questions) == 1, "one connection for robots.txt and page: the name is asked once"
        assert {request.headers["Host"] for request in site.asked} == {f"news.example:{site.port}"}
        assert inner.asked == []
        # Asked anew for a new connection, it now leads elsewhere, and that is checked again.
        with fetcher(private=(ipaddress.ip_network("127.0.0.1/32"),)) as one:
            assert "leads to 127.0.0.2 that is loopback" in asked(one, f"http://news.example:{inner.port}/page")
        assert inner.asked == []
