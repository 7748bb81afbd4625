"""The seam to the readers: kept bytes to documents."""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterator

import httpx

from onrecord import sources
from onrecord.errors import SourceError
from onrecord.fetch._archive import Capture
from onrecord.model import Document, Failure
from onrecord.sources import html

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.I)
_HEAD = 65_536


def documents(
    data: bytes, capture: Capture, *, origin: str, publisher: str | None, most: int
) -> Iterator[Document | Failure]:
    """What a captured page holds. Raises nothing for a bad page: it yields a Failure."""
    encoding = _encoding(capture.media)
    if not html.looks_like(data[:_HEAD]):
        for item in sources.held(data, origin, capture.url, limit=most, encoding=encoding):
            if isinstance(item, Failure):
                yield Failure(item.origin.replace(origin, capture.url, 1), item.reason)
            else:
                yield _placed(item, capture, publisher)
        return
    try:
        document = html.document(data, origin, capture.url, encoding=encoding, url=capture.url, fetched=capture.date)
    except SourceError as error:
        yield Failure(capture.url, str(error))
        return
    if not _same_site(document.url, capture.url):
        document = dataclasses.replace(document, url=capture.url)
    yield _placed(document, capture, publisher)


def _placed(document: Document, capture: Capture, publisher: str | None) -> Document:
    """`document` with what is known of its page; what it says of itself stays, but for a publisher that is named."""
    return dataclasses.replace(
        document,
        url=document.url or capture.url,
        fetched=capture.date,
        publisher=publisher or document.publisher,
    )


def _encoding(media: str) -> str | None:
    """The encoding that a server names, if it is one."""
    match = _CHARSET.search(media)
    try:
        return codecs.lookup(match[1]).name if match else None
    except LookupError:
        return None


def _same_site(one: str | None, other: str) -> bool:
    """Whether a page may call `one` its address, having been found at `other`: no page may speak for another site."""
    try:
        return one is not None and _host(one) == _host(other)
    except (httpx.InvalidURL, ValueError):
        return False


def _host(url: str) -> str:
    return httpx.URL(url).host.removeprefix("www.")
