"""Sitemaps: which pages a site has (sitemaps.org 0.9), which of them are news (Google), and indexes of sitemaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from onrecord.errors import SourceError
from onrecord.model import Document, Failure, Mark
from onrecord.sources import _xml
from onrecord.sources import text as texts
from onrecord.sources.html import clean_address, day

ROOTS = {"urlset", "sitemapindex"}


@dataclass(frozen=True, slots=True)
class Place:
    """An address that a sitemap names. `sitemap` is true if another sitemap stands there."""

    url: str
    modified: str | None = None
    sitemap: bool = False
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    lang: str | None = None


def places(stream: IO[bytes], base: str | None = None) -> Iterator[Place]:
    """The addresses of a sitemap or an index of sitemaps, in order, as they are read. `modified` is as it is written.

    Raises SourceError where the XML breaks.
    """
    for element in _xml.elements(stream, "url", "sitemap"):
        said: dict[str, str] = {}
        for child in element.iter():
            name = _xml.local(child)
            if name and name not in said and not len(child):
                said[name] = " ".join((child.text or "").split())
        url = clean_address(said.get("loc"), base)
        if url:
            yield Place(
                url, said.get("lastmod") or None, _xml.local(element) == "sitemap", said.get("title") or None,
                day(said.get("publication_date")), said.get("name") or None, said.get("language") or None,
            )  # fmt: skip


def plain_places(data: bytes) -> list[Place]:
    """The addresses of a sitemap that is a plain list, one a line."""
    lines = re.split(r"[\r\n]+", data.decode("utf-8", "replace"))
    return [Place(url) for line in lines if (url := clean_address(line.strip().lstrip("\ufeff"), None))]


def document(stream: IO[bytes], origin: str, name: str, limit: int) -> Document | Failure:
    """A news sitemap as a listing of its headlines; a Failure for one that names addresses and says nothing of them."""
    parts: list[str] = []
    marks: list[Mark] = []
    length = number = 0
    publisher: set[str] = set()
    langs: set[str] = set()
    for place in places(stream):
        number += 1
        if not place.title:
            continue
        for text, kind, value in ((place.title, "title", place.url), (place.published, "date", place.published)):
            if not text:
                continue
            text = texts.clean(text)
            if length:
                parts.append("\n\n")
                length += 2
            marks.append(Mark(length, length + len(text), kind, value or ""))  # type: ignore[arg-type]
            parts.append(text)
            length += len(text)
        publisher.add(place.publisher or "")
        langs.add(place.lang or "")
        if length > limit:
            raise SourceError(f"has headlines of more than {limit / 1e6:,.1f} MB; raise --max-size")
    if not parts:
        return Failure(
            origin, f"is a sitemap: it names {number:,} addresses and holds no text; add the pages themselves"
        )
    return Document(
        name=name, text="".join(parts), origin=origin,
        publisher=publisher.pop() or None if len(publisher) == 1 else None,
        lang=langs.pop() or None if len(langs) == 1 else None, marks=tuple(marks),
    )  # fmt: skip
