"""Servers that mean ill or are broken cost no more than the bounds say, and end as a failure with its reason."""

from __future__ import annotations

import gzip
import shutil
import ssl
import subprocess
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from served import Answer, Handler, Site

from onrecord import fetch
from onrecord.errors import PlanError
from onrecord.fetch import Fetcher, Source
from onrecord.model import Document, Failure

Open = Callable[..., Fetcher]
TEXT = "Envoy Petra Vallis met President Ilyan Torvek in Nordhaven on 3 May 2026.\n"


def only(fetcher: Fetcher, url: str) -> Document | Failure:
    (item,) = fetcher.round([Source(url)], force=True)
    return item


def reason(fetcher: Fetcher, url: str) -> str:
    item = only(fetcher, url)
    assert isinstance(item, Failure), item
    return item.reason


def drip(data: bytes, pause: float) -> Callable[[Handler], None]:
    """Sends `data` a byte at a time."""

    def answer(handler: Handler) -> None:
        for n in range(len(data)):
            handler.wfile.write(data[n : n + 1])
            handler.wfile.flush()
            time.sleep(pause)

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\n"


@pytest.mark.parametrize(
    "sent", [HEAD + b"x" * 4000, b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 400], ids=["body", "head"]
)
def test_a_byte_now_and_then_is_given_up_when_the_time_is_over(site: Site, fetcher: Open, sent: bytes) -> None:
    site.routes["/slow"] = drip(sent, 0.02)
    started = time.monotonic()
    with fetcher(seconds=0.6, silence=0.5) as one:
        assert "took longer than 0.6 s" in reason(one, site.url("/slow"))
    assert time.monotonic() - started < 15.0, "it would take more than a minute"
    assert site.counts()["/slow"] == 1, "what is slow on purpose is not asked again at once"


def test_a_robots_txt_that_drips_is_given_up(site: Site, fetcher: Open) -> None:
    site.routes["/robots.txt"] = drip(HEAD + b"x" * 4000, 0.02)
    with fetcher(seconds=0.5, silence=0.5) as one:
        assert "took longer than" in reason(one, site.url("/page"))
    assert site.paths() == []


def test_silence_is_given_up_after_some_tries(site: Site, fetcher: Open) -> None:
    site.routes["/dead"] = lambda handler: time.sleep(0.6)
    with fetcher(silence=0.2, tries=2) as one:
        assert "sends nothing within 0.2 s" in reason(one, site.url("/dead"))
    assert site.counts()["/dead"] == 2


def test_a_page_that_says_it_is_too_large_is_not_read(site: Site, fetcher: Open) -> None:
    def answer(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2000000000\r\n\r\n")
        handler.wfile.flush()
        time.sleep(20)

    site.routes["/huge"] = answer
    started = time.monotonic()
    with fetcher(size=1_000_000) as one:
        assert "has 2,000.0 MB; 1.0 MB are the most" in reason(one, site.url("/huge"))
    assert time.monotonic() - started < 10.0


@pytest.mark.parametrize("chunked", [True, False])
def test_a_page_without_end_is_cut_off_at_the_bound(site: Site, fetcher: Open, chunked: bool) -> None:
    sent = 0

    def answer(handler: Handler) -> None:
        nonlocal sent
        framing = b"Transfer-Encoding: chunked" if chunked else b"Connection: close"
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + framing + b"\r\n\r\n")
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n" if chunked else b"x" * 65536
        while sent < 200_000_000:
            handler.wfile.write(piece)
            sent += 65536

    site.routes["/endless"] = answer
    with fetcher(size=1_000_000) as one:
        assert "larger than one page may be" in reason(one, site.url("/endless"))
    assert sent < 20_000_000


@pytest.mark.parametrize("kind", ["gzip", "deflate", "members"])
def test_what_inflates_is_unpacked_no_further_than_the_bound(site: Site, fetcher: Open, kind: str) -> None:
    blank = bytes(1_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if kind != "deflate" else 15)
    bomb = b"".join([*(packer.compress(blank) for _ in range(60)), packer.flush()])
    if kind == "members":
        bomb = gzip.compress(bytes(900_000)) * 60
    assert len(bomb) < 1_000_000
    coding = "deflate" if kind == "deflate" else "gzip"
    site.routes["/bomb"] = Answer(bomb, headers={"Content-Encoding": coding})
    with fetcher(size=1_000_000) as one:
        tracemalloc.start()
        why = reason(one, site.url("/bomb"))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert "unpacked it is larger" in why
    assert most < 10_000_000


def test_a_packed_sitemap_that_inflates_is_refused(site: Site, fetcher: Open) -> None:
    site.routes["/sitemap.xml.gz"] = Answer(gzip.compress(bytes(50_000_000)), media="application/gzip")
    with fetcher(size=1_000_000) as one:
        assert "unpacked it is larger" in reason(one, site.url("/sitemap.xml.gz"))


def test_packed_pages_are_read(site: Site, fetcher: Open) -> None:
    for n, (coding, data) in enumerate(
        [
            ("gzip", gzip.compress(TEXT.encode())),
            ("gzip", gzip.compress(TEXT[:20].encode()) + gzip.compress(TEXT[20:].encode())),
            ("deflate", zlib.compress(TEXT.encode())),
            ("deflate", zlib.compress(TEXT.encode(), wbits=-15)),
            ("gzip", TEXT.encode()),
        ]
    ):
        site.routes[f"/{n}"] = Answer(data, headers={"Content-Encoding": coding})
        with fetcher() as one:
            item = only(one, site.url(f"/{n}"))
            assert isinstance(item, Document), item
            assert item.text == TEXT
            one.saved()


@pytest.mark.parametrize(
    ("coding", "body", "why"),
    [("br", b"\x0b\x02", "packed as 'br'"), ("gzip", gzip.compress(TEXT.encode())[:-12], "damaged")],
)
def test_packing_that_cannot_be_undone_is_a_failure(
    site: Site, fetcher: Open, coding: str, body: bytes, why: str
) -> None:
    site.routes["/packed"] = Answer(body, headers={"Content-Encoding": coding})
    with fetcher() as one:
        assert why in reason(one, site.url("/packed"))


def test_redirects_without_end_are_left(site: Site, fetcher: Open) -> None:
    def on(handler: Handler) -> Answer:
        return Answer(status=302, headers={"Location": f"/{int(handler.path[1:]) + 1}"})

    site.routes.update({f"/{n}": on for n in range(100)})
    with fetcher(redirects=7) as one:
        assert "7 redirects are the most" in reason(one, site.url("/1"))
    assert len(site.paths()) == 8


def test_redirects_in_a_circle_are_left(site: Site, fetcher: Open) -> None:
    site.routes |= {
        "/a": Answer(status=301, headers={"Location": "/b"}),
        "/b": Answer(status=301, headers={"Location": "/a#here"}),
    }
    with fetcher() as one:
        assert "leads in a circle" in reason(one, site.url("/a"))
    assert site.paths() == ["/a", "/b"]


@pytest.mark.parametrize(
    "answer",
    [
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60_000 + b"\r\n",
        b"",
    ],
    ids=["noise", "two lengths", "bad chunk", "breaks off", "long header", "many headers", "nothing"],
)
def test_broken_http_is_a_failure(site: Site, fetcher: Open, answer: bytes) -> None:
    def send(handler: Handler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    site.routes["/broken"] = send
    with fetcher(tries=2, silence=1.0) as one:
        assert reason(one, site.url("/broken"))
        one.saved()
        site.routes["/well"] = Answer(TEXT)
        assert isinstance(only(one, site.url("/well")), Document), "the fetcher is as good as before"


def test_interim_answers_and_what_follows_an_answer_are_no_part_of_it(site: Site, fetcher: Open) -> None:
    final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(TEXT) + TEXT.encode()

    def send(handler: Handler) -> None:
        handler.wfile.write(
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + final + b"HTTP/1.1 200 OK\r\n\r\nanother"
        )
        handler.close_connection = True

    site.routes["/early"] = send
    with fetcher() as one:
        item = only(one, site.url("/early"))
    assert isinstance(item, Document)
    assert item.text == TEXT


def test_nothing_a_server_says_gets_into_a_request(site: Site, fetcher: Open) -> None:
    def evil(handler: Handler) -> None:
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n" % len(TEXT)
            + b'ETag: "a\xe9\x01"\r\nLast-Modified: '
            + b"z" * 5000
            + b"\r\nSet-Cookie: id=7; Path=/\r\n\r\n"
            + TEXT.encode()
        )

    site.routes |= {
        "/page": evil,
        "/moved": Answer(status=302, headers={"Location": "/next%0d%0aX-Evil:%201"}),
        "/next%0d%0aX-Evil:%201": Answer(TEXT),
    }
    with fetcher() as one:
        assert isinstance(only(one, site.url("/page")), Document)
        one.saved()
        list(one.round([Source(site.url("/page")), Source(site.url("/moved"))], force=True))
    assert len(site.asked) == 5
    for request in site.asked:
        assert set(request.headers) <= {"Host", "Connection", "User-Agent", "Accept-Encoding", "Accept"}, request


@pytest.mark.parametrize("contact", ["a@b.example\r\nX: y", "x" * 300, "é@b.example", "a) evil (b"])
def test_a_contact_that_is_no_address_is_refused(contact: str) -> None:
    with pytest.raises(PlanError, match="contact"):
        fetch.check_contact(contact)


@pytest.mark.parametrize(
    "feed",
    [
        '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>',
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>'
        "<item><link>http://127.0.0.1/&x;</link></item></channel></rss>",
        "<rss>" + "<a>" * 200_000,
        '<rss><channel><item><link>"',
        '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 200_000,
    ],
    ids=["entities", "file", "deep", "cut", "deep json"],
)
def test_feeds_that_mean_ill_lead_nowhere(site: Site, fetcher: Open, feed: str) -> None:
    site.routes["/feed"] = Answer(feed, media="application/xml")
    with fetcher() as one:
        found = list(one.round([Source(site.url("/feed"), "feed")], force=True))
    assert all(isinstance(item, Failure) and "passwd" not in item.reason for item in found)
    assert [path for path in site.paths() if path not in ("/feed", "/")] == []


def test_an_external_dtd_is_not_loaded(site: Site, fetcher: Open) -> None:
    site.routes["/feed"] = Answer(
        f'<!DOCTYPE rss SYSTEM "{site.url("/feed.dtd")}"><rss><channel><item><link>/page</link></item></channel></rss>'
    )
    site.routes["/page"] = Answer(TEXT)
    with fetcher() as one:
        assert len(list(one.round([Source(site.url("/feed"), "feed")], force=True))) == 1
    assert site.paths() == ["/feed", "/page"]


def test_a_robots_txt_made_to_fill_the_memory_is_read_at_once(site: Site, fetcher: Open) -> None:
    agents = "".join(f"User-agent: a{n}\n" for n in range(20_000))
    rules = "".join(f"Disallow: /{'*a' * 10}{n}\n" for n in range(10_000))
    site.routes["/robots.txt"] = Answer(agents + "User-agent: *\nDisallow: /private\n" + rules)
    site.routes["/" + "a" * 3000] = Answer(TEXT)
    started = time.monotonic()
    with fetcher() as one:
        assert isinstance(only(one, site.url("/" + "a" * 3000)), Document)
    assert time.monotonic() - started < 20.0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_certificates_are_checked_against_the_name(tmp_path: Path, fetcher: Open) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    bounds = fetch.Bounds(delay=0.0, backoff=0.01, silence=2.0, private=fetch.EVERYWHERE)
    with Site() as site:
        site._server.socket = secure.wrap_socket(site._server.socket, server_side=True)
        site.routes["/page"] = Answer(TEXT)
        with Fetcher(tmp_path / "a.fetched", bounds=bounds, trust=trust) as one:
            assert isinstance(only(one, f"https://localhost:{site.port}/page"), Document)
            one.saved()
            assert "certificate" in reason(one, f"https://127.0.0.1:{site.port}/page")
        with Fetcher(tmp_path / "b.fetched", bounds=bounds) as one:
            assert "certificate" in reason(one, f"https://localhost:{site.port}/page")


def test_a_run_that_is_left_in_the_middle_ends_at_once(site: Site, fetcher: Open) -> None:
    site.routes.update({f"/{n}": Answer(TEXT) for n in range(9)})
    with fetcher(delay=0.7) as one:
        round_ = one.round([Source(site.url(f"/{n}"), "page") for n in range(9)], force=True)
        next(round_)
        started = time.monotonic()
        round_.close()
        assert time.monotonic() - started < 5.0, "the nine pages would take longer"
    time.sleep(1.0)
    assert len(site.paths()) <= 2
