"""The pages that a feed or a sitemap lists, each with a mark that is another when its version is."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import xml.parsers.expat
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from onrecord.errors import FetchError

_GZIP = b"\x1f\x8b"
_DEEP = 100  # elements within each other; a feed has some ten
_START = re.compile(
    rb"\s*(?:<\?xml.*?\?>\s*|<!--.*?-->\s*|<\?.*?\?>\s*|<!DOCTYPE[^>\[]*>\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.S
)
_ROOTS = {"rss": "feed", "feed": "feed", "RDF": "feed", "urlset": "sitemap", "sitemapindex": "sitemap"}
_ITEMS = ("item", "entry", "url", "sitemap")
_LISTS = ("channel", "feed", "RDF", "rss", "urlset", "sitemapindex")
_ADDRESS = re.compile(r"https?://\S+")
# What of an entry makes its mark: when it was written and changed, and what it says of itself.
_MARKS = frozenset(("pubDate", "date", "updated", "published", "modified", "title", "description", "summary"))


@dataclass(frozen=True, slots=True)
class Link:
    """A page that is listed, or a further sitemap (`listing`)."""

    url: str
    mark: str = ""
    listing: bool = False


def links(data: bytes, *, most: int, kind: str = "auto") -> list[Link] | None:
    """What `data` lists, in its order, each address once; None if it is neither a feed nor a sitemap.

    `most` is the most bytes that a packed sitemap may have when unpacked. Raises FetchError if it breaks its bounds or
    is too broken to hold anything.
    """
    if data.startswith(_GZIP):
        data = _unpacked(data, most)
    data = data.removeprefix(b"\xef\xbb\xbf")
    head = data[:65536].lstrip()
    if head.startswith(b"{"):
        found = _json(data)
    elif (match := _START.match(head)) and match[1].decode("ascii", "replace") in _ROOTS:
        found = _xml(data)
    elif kind == "sitemap" and (listed := _ADDRESS.findall(data.decode("utf-8", "replace"))) and b"<" not in head:
        found = [Link(url) for url in listed]
    else:
        return None
    if found is None:
        return None
    first: dict[str, Link] = {}
    for link in found:
        first.setdefault(link.url, link)
    return list(first.values())


def _unpacked(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        out = unpacker.decompress(data, most + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise FetchError(f"is packed with gzip and damaged: {error}") from error
    if len(out) > most:
        raise FetchError(f"unpacked it is larger than {most / 1e6:,.1f} MB, the most, unless --max-size says otherwise")
    return out


def _json(data: bytes) -> list[Link] | None:
    try:
        feed = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version", "")):
        return None
    items = feed.get("items")
    found = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and isinstance(url := item.get("url") or item.get("external_url"), str):
            said = (item.get(key) for key in ("date_modified", "date_published", "title", "summary"))
            found.append(Link(url.strip(), _mark(str(value) for value in said if value)))
    return found


class _Listing:
    """Takes the links out of the events of an XML parser."""

    def __init__(self) -> None:
        self.found: list[Link] = []
        self._path: list[str] = []
        self._words: list[str] = []
        self._said: list[str] = []
        self._url = ""
        self._whole = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        parent = self._path[-1] if self._path else ""
        self._path.append(local)
        if len(self._path) > _DEEP:
            raise FetchError(f"has elements {_DEEP} deep within each other; that is no feed")
        self._words = []
        if local in _ITEMS and parent in _LISTS:
            self._said, self._url, self._whole = [], "", False
        elif local == "link" and "href" in attributes and attributes.get("rel", "alternate") == "alternate":
            self._url = self._url or attributes["href"]

    def end(self, name: str) -> None:
        local = self._path.pop()
        words = "".join(self._words).strip()
        parent = self._path[-1] if self._path else ""
        self._words = []
        if parent in ("item", "entry"):
            if (local == "link" and words and not self._whole) or (local == "origLink" and words):
                self._url, self._whole = words, local == "origLink"
            elif local == "guid" and not self._url and _ADDRESS.fullmatch(words):
                self._url = words
            elif local in _MARKS and name.rpartition(":")[0] in ("", "dc", "atom", "dcterms"):
                self._said.append(f"{local} {words}")
        elif parent in ("url", "sitemap"):
            if local == "loc" and name == local:
                self._url = words
            elif local == "lastmod":
                self._said.append(words)
        if local in _ITEMS and parent in _LISTS and self._url:
            self.found.append(Link(self._url.strip(), _mark(self._said), listing=local == "sitemap"))
            self._url = ""

    def words(self, text: str) -> None:
        self._words.append(text)


def _xml(data: bytes) -> list[Link]:
    listing = _Listing()
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = listing.start, listing.end
    parser.CharacterDataHandler = listing.words
    parser.EntityDeclHandler = _no_entities
    parser.UseForeignDTD(True)  # entities that are not declared are left out, not an error; nothing is loaded
    parser.ExternalEntityRefHandler = lambda *_: 1
    try:
        parser.Parse(data, True)
    except (xml.parsers.expat.ExpatError, ValueError, LookupError) as error:
        if not listing.found:
            raise FetchError(f"is broken XML: {error}") from error
    return listing.found


def _no_entities(*_: object) -> None:
    raise FetchError("declares XML entities; no feed or sitemap needs any, and they are not followed")


def _mark(said: Iterable[str]) -> str:
    words = "\n".join(said)
    return hashlib.sha256(words.encode()).hexdigest()[:16] if words else ""
