"""The pages that a feed, a sitemap or a list of feeds names, each with a mark that is another when its version is."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onrecord.errors import SourceError
from onrecord.sources import _xml, feeds, sitemaps

_GZIP = b"\x1f\x8b"
_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Link:
    """A page that is listed, or a further feed or sitemap (`listing`). `mark` is empty where the list says nothing."""

    url: str
    mark: str = ""
    listing: bool = False


def links(data: bytes, url: str | None = None, *, most: int, plain: bool = False) -> list[Link] | None:
    """What `data` lists, in its order, each address once; None if it is no feed, sitemap or list of feeds (OPML).

    `url` is where it was fetched from, for relative links; `most` is the most bytes that it may have when unpacked;
    with `plain`, a text with an address a line is a sitemap. Raises SourceError if it is larger, or too broken to list
    anything.
    """
    if data.startswith(_GZIP):
        data = _unpacked(data, most)
    found = _found(data, url, plain)
    if found is None:
        return None
    first: dict[str, Link] = {}
    try:
        for link in found:
            first.setdefault(link.url, link)
    except SourceError:
        if not first:  # a sitemap that breaks off lists what it listed so far
            raise
    return list(first.values())


def _found(data: bytes, url: str | None, plain: bool) -> Iterable[Link] | None:
    head = data[:_HEAD]
    root = _xml.root_name(head)
    if feeds.looks_like_json(head) or root in feeds.ROOTS:
        return _entries(data, url)
    if root in sitemaps.ROOTS:
        return (Link(p.url, p.modified or "", p.sitemap) for p in sitemaps.places(io.BytesIO(data), url))
    if root == "opml":
        return (Link(address, listing=True) for _, address in feeds.outlines(data))
    if plain and b"<" not in head and (listed := sitemaps.plain_places(data)):
        return (Link(p.url) for p in listed)
    return None


def _entries(data: bytes, url: str | None) -> Iterator[Link]:
    for entry in feeds.parse(data, url).entries:
        if entry.link and not entry.podcast:
            said = "\n".join((entry.stamp, entry.title, entry.content))
            yield Link(entry.link, hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16])


def _unpacked(data: bytes, most: int) -> bytes:
    try:
        out = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, most + 1)
    except zlib.error as error:
        raise SourceError(f"is packed with gzip and damaged: {error}") from error
    if len(out) > most:
        raise SourceError(f"unpacked it is larger than {most / 1e6:,.1f} MB, the most that a list of pages may have")
    return out
