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
from dataclasses import dataclass
from typing import IO, Any, cast

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
# What warcio and zlib raise over a damaged record.
_DAMAGE = (
    ArchiveLoadFailed, zlib.error, EOFError, ValueError, OSError, KeyError, IndexError, AttributeError, TypeError,
)  # fmt: skip
_ENCODING = ("gzip", "x-gzip", "deflate", "br", "identity")


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with `head` (unpacked) is a web archive."""
    return head.startswith((*_STARTS, b"filedesc://"))


def read(stream: IO[bytes], origin: str, limit: int, *, passed: int = 0) -> Iterator[Document | Failure]:
    """The pages of a web archive. `stream` is the file as it is, packed or not; a damaged one must be seekable.

    `limit` is the most bytes that one page may have, `passed` how many documents were read from the file already.
    """
    start = broken = found = 0
    iterator = _Quiet(stream, arc2warc=True, check_digests=False)
    while True:
        try:
            kept = _kept(next(iterator), limit)
        except StopIteration:
            break
        except _DAMAGE as error:
            if "non-chunked gzip" in str(error) and not broken and stream.seekable():
                # Packed as a whole, not record by record.
                stream.seek(0)
                whole = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=stream)), 1 << 16)
                yield from read(cast(IO[bytes], _Forward(whole)), origin, limit, passed=found)
                return
            broken += 1
            at = start + (iterator.offset or 0)
            words = str(error).strip().split("\n")[0][:120] or type(error).__name__
            yield Failure(f"{origin}, byte {at:,}", f"has a damaged record there ({words}); it was passed over")
            following = _next_record(stream, at + 1) if broken < _MOST_BROKEN else None
            if following is None:
                if broken >= _MOST_BROKEN:
                    yield Failure(origin, f"has {broken:,} damaged records or more; the rest of it was not read")
                break
            start = following
            iterator = _Quiet(stream, arc2warc=True, check_digests=False)
            continue
        for item in _documents(kept, origin, limit) if kept is not None else ():
            found += isinstance(item, Document)
            if found > passed or isinstance(item, Failure):
                yield item
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


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record that may be a page or a feed. `coding` names a packing that is not known here."""

    url: str
    kind: str
    body: bytes
    fetched: str | None
    charset: str | None
    coding: str = ""


def _kept(record: Any, limit: int) -> _Kept | None:
    """What a record holds, None if it is no page; of its body no more than one byte over `limit`."""
    if record.rec_type not in ("response", "resource", "conversion"):
        return None
    url = clean_address((record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>"), None)
    if url is None:
        return None
    headers = record.http_headers if record.http_headers is not None else record.rec_headers
    if record.http_headers is not None and not (record.http_headers.get_statuscode() or "").startswith("2"):
        return None
    kind = (headers.get_header("Content-Type") or "").split(";")[0].strip().lower()
    if kind and kind not in _PAGES and kind not in _FEEDS:
        return None
    fetched = (record.rec_headers.get_header("WARC-Date") or "")[:19] or None
    coding = (headers.get_header("Content-Encoding") or "identity").lower().strip()
    if coding not in _ENCODING:
        return _Kept(url, kind, b"", fetched, None, coding)
    body = record.content_stream().read(limit + 1)
    if len(body) <= limit:
        while record.raw_stream.read(_CHUNK):
            pass
        if getattr(record.raw_stream, "limit", 0) > 0:
            raise EOFError("the file ends within it")
    return _Kept(url, kind, body, fetched, _charset(record))


def _documents(kept: _Kept, origin: str, limit: int) -> Iterator[Document | Failure]:
    """The documents of one record: one of a page, several of a feed, none of anything else."""
    where = f"{origin}, {kept.url}"
    body = kept.body
    if kept.coding:
        yield Failure(where, f"is packed with {kept.coding}, which onrecord does not unpack")
    elif len(body) > limit:
        yield Failure(where, f"has more than {limit / 1e6:,.1f} MB, the most for one document; raise --max-size")
    elif body.strip():
        try:
            if kept.kind in _FEEDS or not kept.kind:
                root = _xml.root_name(body[:4096])
                if root in feeds.ROOTS or feeds.looks_like_json(body[:4096]):
                    yield from feeds.documents(body, where, url=kept.url, fetched=kept.fetched)
                    return
                if root != "html" and not html.looks_like(body[:65_536]):
                    return
            yield html.document(body, where, kept.url, url=kept.url, encoding=kept.charset, fetched=kept.fetched)
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
