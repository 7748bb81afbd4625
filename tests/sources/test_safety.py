"""Nothing an input says may reach outward or take the machine down: entities, bombs, depth, size, names, patterns."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import kinds
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.errors import SourceError
from onrecord.model import Document, Failure
from onrecord.sources import feeds, html, mail, pdf, read, sitemaps, telegram, warc, wordpress
from onrecord.split import split

SECRET = "the harbour master's word is herring"
MB = 1_000_000


def add(path: Path, data: bytes | str, **options: int) -> list[Document | Failure]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read(path, **options))  # type: ignore[arg-type]


# ---------------------------------------------------------------- what an input may not reach


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.mark.parametrize("kind", ["RSS", "ATOM", "SITEMAP", "NEWS_SITEMAP", "OPML", "WXR"])
def test_an_entity_does_not_read_a_file(tmp_path: Path, secret: Path, kind: str) -> None:
    plain: str = getattr(kinds, kind)
    declared = f'<!DOCTYPE x [<!ENTITY secret SYSTEM "{secret.as_uri()}">]>'
    start = plain.index("?>") + 2 if plain.startswith("<?xml") else 0
    data = plain[:start] + declared + plain[start:].replace("Envoy", "Envoy &secret;").replace("News", "News &secret;")
    for item in add(tmp_path / "in.xml", data):
        assert SECRET not in str(item)


@pytest.mark.parametrize("kind", ["RSS", "ATOM", "NEWS_SITEMAP", "WXR"])
def test_entities_that_grow_do_not(tmp_path: Path, kind: str) -> None:
    plain: str = getattr(kinds, kind)
    bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "herring"}">' for i in range(12))
    start = plain.index("?>") + 2
    data = plain[:start] + f"<!DOCTYPE x [{bomb}]>" + plain[start:].replace("Envoy", "Envoy &a11;")
    started = time.monotonic()
    found = add(tmp_path / "in.xml", data)
    assert time.monotonic() - started < 5
    assert sum(len(str(item)) for item in found) < MB


def test_a_page_with_a_doctype_of_its_own_reads_no_file(tmp_path: Path, secret: Path) -> None:
    page = f'<!DOCTYPE html [<!ENTITY s SYSTEM "{secret.as_uri()}">]><html><body><p>Envoy &s; spoke of the reef.</p></body></html>'
    assert SECRET not in str(add(tmp_path / "in.html", page))


@pytest.mark.parametrize("make", [kinds.docx, kinds.odt])
def test_an_office_document_reads_no_file(tmp_path: Path, secret: Path, make: Callable[[], bytes]) -> None:
    members = {}
    with zipfile.ZipFile(io.BytesIO(make())) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            members[name] = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>' + text.replace(
                "Envoy", "Envoy &s;"
            )
    assert SECRET not in str(add(tmp_path / "in.docx", kinds.zipped(members)))


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    data = kinds.zipped(
        {
            "../../climbed.txt": "Envoy Vallis spoke.\n",
            "/etc/climbed.txt": "Okoro spoke.\n",
            "a\x00b\x1b[2J.txt": "x y\n",
        }
    )
    found = add(inside / "in.zip", data)
    assert sorted(d.text for d in found if isinstance(d, Document)) == [
        "Envoy Vallis spoke.\n",
        "Okoro spoke.\n",
        "x y\n",
    ]
    assert not list(tmp_path.rglob("climbed*"))
    assert "\x1b" not in str(found)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//[::1", "http://["]
)
def test_a_link_that_is_none_of_the_web_is_not_kept(tmp_path: Path, link: str) -> None:
    page = kinds.article().replace("https://mfa.nordhaven.example/notes/7", link)
    [found] = add(tmp_path / "in.html", page)
    assert isinstance(found, Document)
    assert all(mark.value.startswith("https://gazette.example/") for mark in found.marks if mark.kind == "link")


# ---------------------------------------------------------------- what is too large, too deep, too dense


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda x: gzip.compress(x), id="gzip"),
        pytest.param(lambda x: kinds.zipped({"a.txt": x}), id="zip"),
        pytest.param(lambda x: kinds.zipped({"mimetype": "x", "content.xml": x}), id="odt"),
        pytest.param(lambda x: kinds.zipped({"archive/data.warc": kinds.record("https://x.example/", x)}), id="wacz"),
        pytest.param(lambda x: kinds.warc({"https://x.example/": x}), id="warc"),
        pytest.param(lambda x: kinds.warc({"https://x.example/": x}, coding="gzip"), id="packed body"),
    ],
)
def test_what_inflates_is_not_unpacked_beyond_the_limit(tmp_path: Path, make: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "in.bin"
    path.write_bytes(make(b"<p>Envoy spoke.</p> " * (200 * MB // 20)))
    assert path.stat().st_size < 2 * MB
    tracemalloc.start()
    try:
        found = list(read(path, limit=MB))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert any(isinstance(item, Failure) and "--max-size" in item.reason for item in found), found
    assert peak < 60 * MB


def test_an_archive_in_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    inner = kinds.zipped({"a.txt": "Envoy Vallis spoke.\n"})
    [found] = add(tmp_path / "in.zip", kinds.zipped({"b.zip": inner}))
    assert isinstance(found, Failure)
    assert "within an archive" in found.reason
    many = b"Envoy Vallis spoke.\n"
    for _ in range(6):
        many = gzip.compress(many)
    [found] = add(tmp_path / "in.gz", many)
    assert isinstance(found, Failure)
    assert "more than twice" in found.reason


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "table", "ul", "font", "a href=x"])
def test_a_page_nested_a_million_deep_ends(tmp_path: Path, tag: str) -> None:
    page = f"<html><body><p>{kinds.BODY[0]}</p>" + f"<{tag}>" * (MB if tag == "div" else 100_000) + kinds.BODY[1]
    started = time.monotonic()
    add(tmp_path / "in.html", page)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("<rss><channel>" + "<item>" * 200_000, id="feed"),
        pytest.param('<urlset xmlns="x">' + "<url>" * 200_000, id="sitemap"),
        pytest.param('{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 200_000, id="json feed"),
        pytest.param('{"name": "x", "type": "public_channel", "messages": [' + '{"a":' * 200_000, id="telegram"),
        pytest.param('{"id": ' + "[" * 200_000 + "\n", id="json lines"),
        pytest.param(
            "From: a@b.example\nMIME-Version: 1.0\nMessage-ID: <a>\n"
            + "Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 5000,
            id="mail",
        ),
        pytest.param(kinds.article().replace('"@context"', '"a": ' + "[" * 200_000 + ', "@context"'), id="json-ld"),
    ],
)
def test_other_inputs_nested_deep_end_in_a_failure_or_a_document(tmp_path: Path, data: str) -> None:
    assert add(tmp_path / "in.bin", data)


def test_a_file_of_two_gigabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    for name, start in (
        ("a.html", b"<!doctype html><p>Envoy"),
        ("b.xml", kinds.ATOM.encode()[:200]),
        ("c.txt", b"Envoy Vallis\n"),
        ("d.pdf", b"%PDF-1.7\n"),
    ):
        path = tmp_path / name
        with path.open("wb") as out:
            out.write(start)
            out.truncate(2_000 * MB)  # sparse: it takes no room
        tracemalloc.start()
        try:
            [found] = read(path)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert isinstance(found, Failure)
        assert "--max-size" in found.reason
        assert peak < 60 * MB


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<",
        "&#",
        "\u00a0",
        " ",
        "-",
        "a@",
        "((((",
        "By ",
        "\n\t",
        "<a href=",
        "<script>",
        "2026-",
        "|",
        "<br>",
        "aaaa. ",
        "1.",
        "<td>",
        "]]>",
        '<meta charset="',
    ],
)
def test_no_pattern_explodes_on_what_repeats(tmp_path: Path, piece: str) -> None:
    for before, after in (
        ("<html><body><p>", ""),
        ("<html><head><title>", "</title></head><body><h1>x</h1>"),
        ('<html><meta name="author" content="', '"><body>x'),
    ):
        page = before + piece * (300_000 // len(piece)) + after
        started = time.monotonic()
        for item in add(tmp_path / "in.html", page):
            if isinstance(item, Document):
                split(item)
        assert time.monotonic() - started < 60, piece


def test_a_web_archive_of_nothing_but_damage_ends(tmp_path: Path) -> None:
    data = b"WARC/1.0\r\nContent-Length: x\r\n\r\n" * 5000
    started = time.monotonic()
    found = add(tmp_path / "in.warc", data)
    assert time.monotonic() - started < 60
    assert 0 < len(found) < 1100


# ---------------------------------------------------------------- anything at all

SEEDS = [
    kinds.article().encode(), kinds.RSS.encode(), kinds.ATOM.encode(), kinds.JSON_FEED.encode(), kinds.SITEMAP.encode(),
    kinds.NEWS_SITEMAP.encode(), kinds.OPML.encode(), kinds.WXR.encode(), kinds.TELEGRAM.encode(), kinds.EML, kinds.MBOX,
    kinds.docx(), kinds.odt(), kinds.pdf(), kinds.warc({"https://x.example/": kinds.article()}),
    kinds.warc({"https://x.example/": kinds.article()}, packed=False, chunked=True),
    kinds.zipped({"archive/data.warc.gz": kinds.warc({"https://x.example/": kinds.article()})}),
    gzip.compress(kinds.RSS.encode()), kinds.zipped({"a.html": kinds.article(), "b.txt": "x y"}),
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """One of the inputs with bytes struck out, changed, doubled or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        size = draw(st.integers(0, 60))
        what = draw(st.sampled_from(["out", "in", "double", "cut"]))
        if what == "out":
            del data[at : at + size]
        elif what == "in":
            data[at:at] = draw(st.binary(max_size=40))
        elif what == "double":
            data[at:at] = data[at : at + size]
        else:
            del data[max(at, 1) :]
    return bytes(data)


FUZZ = settings(
    max_examples=int(os.environ.get("ONRECORD_FUZZ", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.mark.slow
@given(data=damaged())
@FUZZ
def test_any_damage_ends_in_documents_or_failures(tmp_path: Path, data: bytes) -> None:
    for item in add(tmp_path / "in.bin", data, limit=200_000):
        if isinstance(item, Document):
            assert item.text.strip()
            item.text.encode()
            assert all(0 <= mark.start < mark.end <= len(item.text) for mark in item.marks)
            for post in split(item):
                for layer in post.layers:
                    assert layer.start is None or item.text[layer.start : layer.start + len(layer.text)] == layer.text


READERS: dict[str, Callable[[bytes], object]] = {
    "html": lambda data: html.document(data, "x", "x"),
    "feed": lambda data: list(feeds.documents(data, "x")),
    "opml": feeds.outlines,
    "sitemap": lambda data: sitemaps.document(io.BytesIO(data), "x", "x", MB),
    "plain sitemap": sitemaps.plain_places,
    "warc": lambda data: list(warc.read(io.BytesIO(data), "x", MB)),
    "wordpress": lambda data: list(wordpress.read(io.BytesIO(data), "x", MB)),
    "telegram": lambda data: list(telegram.read(io.BytesIO(data), "x", "x", MB)),
    "mail": lambda data: list(mail.read(data, io.BytesIO(data), "x", "x", MB)),
    "pdf": lambda data: pdf.document(data, "x", "x", MB),
}
_TAGGED = st.lists(
    st.sampled_from(["<p>", "</p>", "<div class=post>", "</div>", "<h2>", "<a href='/x'>", "</a>", "<table><tr><td>", "<li>", "<br>", "<article>", "<time datetime=2026-03-04>",
                     "2 March 2026", "Envoy Vallis met Okoro. ", "<script type='application/ld+json'>", '{"@type": "Article", "author": [[{}]], "headline": ', "[1]", "}", "</script>",
                     "<rss>", "<item>", "<title>", "<![CDATA[", "]]>", "&amp;", "\u2028", "\u00ad", "\ud7ff", "<blockquote>", "<figcaption>", "<urlset>", "<url><loc>"]),
    max_size=60,
).map(lambda parts: "".join(parts).encode())  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
@given(data=st.one_of(st.binary(max_size=400), _TAGGED, damaged()))
@FUZZ
def test_each_reader_gives_documents_or_says_why_not(reader: str, data: bytes) -> None:
    with suppress(SourceError):  # any other error is a bug
        READERS[reader](data)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda x: (
            st.lists(x, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "@type",
                        "name",
                        "author",
                        "headline",
                        "datePublished",
                        "@id",
                        "publisher",
                        "articleBody",
                        "articleSection",
                    ]
                ),
                x,
                max_size=6,
            )
        ),
    )
)
@FUZZ
def test_any_json_ld_is_survived(value: object) -> None:
    data = kinds.article(
        extra=f'<script type="application/ld+json">{json.dumps({"@type": "Article", "x": value, "author": value, "headline": value, "publisher": value})}</script>'
    )
    assert html.document(data.encode(), "x", "x").text
