"""The seam to the readers: kept bytes to documents."""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterator

import httpx

from onrecord.errors import SourceError
from onrecord.fetch._archive import Capture
from onrecord.model import Document, Failure
from onrecord.sources import html, text

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.I)
_HEAD = 65_536


def documents(data: bytes, capture: Capture, *, origin: str, publisher: str | None) -> Iterator[Document | Failure]:
    """What a captured page holds. Raises nothing for a bad page: it yields a Failure."""
    encoding = _encoding(capture.media)
    try:
        if html.looks_like(data[:_HEAD]):
            document = html.document(
                data, origin, capture.url, encoding=encoding, url=capture.url, fetched=capture.date
            )
        else:
            text.refuse(data[:_HEAD])
            document = text.document(data, origin, capture.url, encoding)
    except SourceError as error:
        yield Failure(capture.url, str(error))
        return
    yield dataclasses.replace(
        document,
        name=capture.url,
        url=document.url if _same_site(document.url, capture.url) else capture.url,
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
