"""Web archives (WARC 0.18 to 1.1, and ARC) to Documents, one a page, streamed: a file of any size, a record at a time.

A damaged record becomes a Failure and reading goes on with the next. What is no page (pictures, scripts, redirects,
errors, requests, revisits, which repeat a page already archived) is passed over.
"""

from __future__ import annotations

import gzip
import io
import logging
import zlib
from collections.abc import Iterator
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from onrecord.errors import SourceError
from onrecord.model import Document, Failure
from onrecord.sources import _xml, feeds, html
from onrecord.sources.html import clean_address

logging.getLogger("warcio").setLevel(logging.CRITICAL)

_PAGES = ("text/html", "application/xhtml+xml")
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json", "text/xml", "application/xml")
_GZIP = b"\x1f\x8b\x08"
_STARTS = (b"WARC/1.", b"WARC/0.")
_CHUNK = 1 << 20
_MOST_BROKEN = 1000
_ENCODING = ("gzip", "x-gzip", "deflate", "br", "identity")


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with `head` (unpacked) is a web archive."""
    return head.startswith((*_STARTS, b"filedesc://"))


def read(stream: IO[bytes], origin: str, limit: int, *, passed: int = 0) -> Iterator[Document | Failure]:
    """The pages of a web archive. `stream` is the file as it is, packed or not; a damaged one must be seekable to go on.

    `limit` is the most bytes that one page may have, `passed` how many documents were read from the file already.
    """
    start = 0
    broken = 0
    found = 0
    while True:
        iterator = _Quiet(stream, arc2warc=True, check_digests=False)
        try:
            for record in iterator:
                for item in _record(record, origin, limit):
                    found += isinstance(item, Document)
                    if found > passed or isinstance(item, Failure):
                        yield item
            break
        except (ArchiveLoadFailed, zlib.error, EOFError, ValueError, OSError, KeyError, IndexError, AttributeError, UnicodeError) as error:
            if "non-chunked gzip" in str(error) and not broken and stream.seekable():
                # Packed as a whole, not record by record.
                stream.seek(0)
                whole = io.BufferedReader(gzip.GzipFile(fileobj=stream), 1 << 16)  # type: ignore[type-var]
                yield from read(_Forward(whole), origin, limit, passed=found)  # type: ignore[arg-type]
                return
            broken += 1
            at = start + (iterator.offset or 0)
            yield Failure(f"{origin}, byte {at:,}", f"has a damaged record there ({_first_line(error)}); it was passed over")
            following = _next_record(stream, at + 1) if broken < _MOST_BROKEN else None
            if following is None:
                if broken >= _MOST_BROKEN:
                    yield Failure(origin, f"has {broken:,} damaged records or more; the rest of it was not read")
                break
            start = following
    if not found and not broken:
        yield Failure(origin, "is a web archive without a page of HTML")


class _Quiet(ArchiveIterator):  # type: ignore[misc]
    """warcio's reader, which writes what it finds odd to standard error."""

    INC_RECORD = ""


class _Forward:
    """A stream that can only be read on: to go back in a packed one would mean to unpack it anew."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.read = stream.read
        self.readline = stream.readline
        self.close = stream.close

    def seekable(self) -> bool:
        return False


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:120] or type(error).__name__


def _next_record(stream: IO[bytes], start: int) -> int | None:
    """Where the next record begins at or after byte `start`; the stream is left there. None if there is no telling."""
    try:
        stream.seek(start)
    except (OSError, ValueError, AttributeError):
        return None
    at, tail = start, b""
    while chunk := stream.read(_CHUNK):
        window = tail + chunk
        base = at - len(tail)
        look = 0
        while True:
            places = [p for mark in (_GZIP, *_STARTS) if (p := window.find(mark, look)) >= 0]
            if not places:
                break
            place = min(places)
            if place + 64 > len(window) and len(chunk) == _CHUNK:
                break
            if _begins(window[place : place + 4096]):
                stream.seek(base + place)
                return base + place
            look = place + 1
        at += len(chunk)
        tail = window[-128:]
    return None


def _begins(data: bytes) -> bool:
    if not data.startswith(_GZIP):
        return data.startswith(_STARTS)
    try:
        return zlib.decompressobj(31).decompress(data, 16).startswith(_STARTS)
    except zlib.error:
        return False


def _record(record: Any, origin: str, limit: int) -> Iterator[Document | Failure]:
    """The documents of one record: one of a page, several of a feed, none of anything else."""
    if record.rec_type not in ("response", "resource", "conversion"):
        return
    url = clean_address(record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"), None)
    if url is None:
        return
    kind = "text/html"
    if record.http_headers is not None:
        if not (record.http_headers.get_statuscode() or "").startswith("2"):
            return
        kind = (record.http_headers.get_header("Content-Type") or "").split(";")[0].strip().lower()
        coding = (record.http_headers.get_header("Content-Encoding") or "identity").lower().strip()
    else:
        kind = (record.rec_headers.get_header("Content-Type") or "").split(";")[0].strip().lower()
        coding = "identity"
    if kind and kind not in _PAGES and kind not in _FEEDS:
        return
    where = f"{origin}, {url}"
    if coding not in _ENCODING:
        yield Failure(where, f"is packed with {coding}, which onrecord does not unpack")
        return
    body = record.content_stream().read(limit + 1)
    if len(body) > limit:
        yield Failure(where, f"has more than {limit / 1e6:,.1f} MB, the most for one document; raise --max-size")
        return
    while record.raw_stream.read(_CHUNK):
        pass
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise EOFError("the file ends within it")
    if not body.strip():
        return
    fetched = (record.rec_headers.get_header("WARC-Date") or "")[:19] or None
    try:
        if kind in _FEEDS or not kind:
            root = _xml.root_name(body[:4096])
            if root in feeds.ROOTS or feeds.looks_like_json(body[:4096]):
                yield from feeds.documents(body, where, url=url, fetched=fetched)
                return
            if root != "html" and not html.looks_like(body[:65_536]):
                return
        yield html.document(body, where, url, url=url, encoding=_charset(record), fetched=fetched)
    except SourceError as error:
        yield Failure(where, str(error))


def _charset(record: Any) -> str | None:
    """The encoding that the server gave for a page, if there is one of that name."""
    if record.http_headers is None:
        return None
    kind = record.http_headers.get_header("Content-Type") or ""
    for part in kind.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == "charset":
            name = value.strip().strip("\"'")
            try:
                "".encode(name)
            except (LookupError, ValueError):
                return None
            return name
    return None
