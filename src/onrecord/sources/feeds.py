"""Feeds to Documents, one an entry: RSS of every version, Atom, JSON Feed; and the lists of feeds in OPML.

Broken feeds are mended as feed readers do (feedparser). Episodes of podcasts have no text and are left out.
"""

from __future__ import annotations

import html as entities
import io
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import struct_time
from typing import Any

import feedparser

from onrecord.errors import SourceError
from onrecord.model import Document, Failure, content_id
from onrecord.sources import _xml, html
from onrecord.sources import text as texts
from onrecord.sources.html import clean_address, day

ROOTS = {"rss", "rdf", "feed", "channel"}
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')
_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,500}>.{0,5000}?</\1\s*>", re.I | re.S)
_TAG = re.compile(r"<[^<>]{1,500}>")
_COMMENT = re.compile(r"<!--.{0,5000}?-->", re.S)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed. `content` is HTML, the whole (if the feed says so: `whole`) or an excerpt.

    `stamp` is when it was changed last, to the second, as the feed writes it: it tells versions apart.
    """

    id: str
    link: str | None
    title: str
    content: str
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    lang: str | None = None
    whole: bool = False
    podcast: bool = False
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its own name, address and language, its entries in their order, and where the next page of it stands."""

    title: str = ""
    link: str | None = None
    lang: str | None = None
    entries: tuple[Entry, ...] = field(default=())
    next: str | None = None


def looks_like_json(head: bytes) -> bool:
    """Whether a file that begins with `head` is a JSON Feed."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_JSON_FEED.search(head[:4096]))


def parse(data: bytes, url: str | None = None) -> Feed:
    """The feed in `data`, which was fetched from `url` if that is known. Raises SourceError if there is none."""
    if looks_like_json(data[:4096]):
        return _json_feed(data, url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            # A stream: given bytes, feedparser may take them for the name of a file or an address.
            made = feedparser.parse(
                io.BytesIO(data), response_headers={"content-location": url} if url else None, sanitize_html=False,
                resolve_relative_uris=bool(url),
            )  # fmt: skip
        except Exception as error:  # its parsers raise much; a feed that trips them up is a broken feed
            raise SourceError(f"is a feed so damaged that it cannot be read: {error}") from error
    if not made.entries and not made.feed.get("title"):
        reason = made.get("bozo_exception")
        raise SourceError(f"is a damaged feed: {reason}" if reason else "is XML, but no feed with entries")
    feed = made.feed
    podcast = any("itunes" in (space or "") for space in made.get("namespaces", {}).values())
    return Feed(
        title=_words(feed.get("title")),
        link=clean_address(feed.get("link"), url),
        lang=_tag(feed.get("language")),
        entries=tuple(_entry(e, url, podcast) for e in made.entries),
        next=next((clean_address(k.get("href"), url) for k in feed.get("links", []) if k.get("rel") == "next"), None),
    )


def documents(
    data: bytes, origin: str, *, url: str | None = None, fetched: str | None = None
) -> Iterator[Document | Failure]:
    """The entries of the feed in `data`, each a Document; those without any text become Failures."""
    feed = parse(data, url)
    told = [entry for entry in feed.entries if not entry.podcast]
    if not told:
        many = f"{len(feed.entries)} episodes of a podcast" if feed.entries else "no entries"
        yield Failure(origin, f"is a feed with {many} and no text")
    for entry in told:
        try:
            yield document(entry, feed, origin, fetched=fetched)
        except SourceError as error:
            yield Failure(f"{origin}, entry {entry.link or entry.title or entry.id}", str(error))


def document(entry: Entry, feed: Feed, origin: str, *, fetched: str | None = None) -> Document:
    """An entry as a Document. Raises SourceError if it has neither title nor text."""
    body, marks = html.marked_text(entry.content, entry.link or feed.link)
    title = texts.clean(entry.title)
    if not title and not body:
        raise SourceError("has neither title nor text")
    name = entry.id or entry.link or content_id(title, body)
    return Document(
        name=texts.clean(name),
        text=body or title,
        origin=origin,
        url=entry.link,
        publisher=texts.clean(feed.title) or None,
        published=entry.published,
        fetched=fetched,
        title=title or None,
        lang=entry.lang or feed.lang,
        byline=texts.clean(", ".join(entry.authors)) or None,
        section=texts.clean(entry.categories[0]) if entry.categories else None,
        updated=entry.updated,
        marks=marks,
    )


def outlines(data: bytes) -> list[tuple[str, str]]:
    """(title, address) of the feeds that an OPML list names, in order. Raises SourceError if it names none."""
    found = []
    for element in _xml.tree(data).iter("{*}outline"):
        href = element.get("xmlUrl") or element.get("xmlurl") or element.get("url")
        if address := clean_address(href, None):
            found.append((" ".join((element.get("title") or element.get("text") or "").split()), address))
    if not found:
        raise SourceError("is an OPML list that names no feed")
    return list(dict.fromkeys(found))


def _entry(entry: Any, url: str | None, podcast: bool) -> Entry:
    contents = [
        c.get("value") or ""
        for c in entry.get("content", [])
        if not (c.get("type") or "").startswith(("audio", "video"))
    ]
    summary = entry.get("summary") or ""
    content = max([*contents, ""], key=len)
    whole = bool(content)
    if len(summary) > len(content):
        content = summary
    if not re.search(r"<[a-zA-Z/!]", content) and entry.get("summary_detail", {}).get("type") == "text/plain":
        content = entities.escape(content, quote=False).replace("\n", "<br>")
    sounds = any((e.get("type") or "").startswith(("audio/", "video/")) for e in entry.get("enclosures", []))
    people = [_words(a.get("name")) for a in entry.get("authors", []) if a.get("name")] or [_words(entry.get("author"))]
    link = clean_address(entry.get("link"), url)
    return Entry(
        id=str(entry.get("id") or link or ""),
        link=link,
        title=_words(entry.get("title")),
        content=content,
        published=_day(dict.get(entry, "published_parsed"))
        or _day(dict.get(entry, "updated_parsed"))
        or _day(dict.get(entry, "created_parsed")),
        updated=_day(dict.get(entry, "updated_parsed")),  # not `entry.get`, which warns that it will cease to guess
        authors=tuple(dict.fromkeys(p for p in people if p)),
        categories=tuple(dict.fromkeys(_words(t.get("term")) for t in entry.get("tags", []) if t.get("term"))),
        lang=_tag(next((c.get("language") for c in entry.get("content", []) if c.get("language")), None)),
        whole=whole,
        podcast=sounds and (podcast or len(_TAG.sub("", content)) < 400),
        stamp=str(dict.get(entry, "updated") or dict.get(entry, "published") or ""),
    )


def _json_feed(data: bytes, url: str | None) -> Feed:
    try:
        feed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"is a damaged JSON Feed: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise SourceError("is a JSON Feed without items")

    def said(thing: dict[str, Any], key: str) -> str:
        value = thing.get(key)
        return (
            value
            if isinstance(value, str)
            else str(value)
            if isinstance(value, int | float) and not isinstance(value, bool)
            else ""
        )

    def people(thing: dict[str, Any]) -> tuple[str, ...]:
        authors = thing.get("authors") or [thing.get("author")]
        names = [said(a, "name") for a in authors if isinstance(a, dict)] if isinstance(authors, list) else []
        return tuple(dict.fromkeys(" ".join(n.split()) for n in names if n.strip()))

    entries = []
    for item in items:
        if not isinstance(item, dict):
            continue
        whole = said(item, "content_html") or entities.escape(said(item, "content_text"), quote=False).replace(
            "\n", "<br>"
        )
        sounds = any(
            isinstance(a, dict) and said(a, "mime_type").startswith(("audio/", "video/"))
            for a in _list(item.get("attachments"))
        )
        link = clean_address(said(item, "url") or said(item, "external_url"), url)
        tags = item.get("tags")
        entries.append(
            Entry(
                id=said(item, "id") or link or "",
                link=link,
                title=" ".join(said(item, "title").split()),
                content=whole or entities.escape(said(item, "summary"), quote=False),
                published=day(said(item, "date_published")) or day(said(item, "date_modified")),
                updated=day(said(item, "date_modified")),
                authors=people(item) or people(feed),
                categories=tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else (),
                lang=_tag(said(item, "language")),
                whole=bool(whole),
                podcast=sounds and len(_TAG.sub("", whole)) < 400,
                stamp=said(item, "date_modified") or said(item, "date_published"),
            )
        )
    return Feed(
        " ".join(said(feed, "title").split()), clean_address(said(feed, "home_page_url"), url),
        _tag(said(feed, "language")),
        tuple(entries), clean_address(said(feed, "next_url"), url),
    )  # fmt: skip


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _words(value: Any) -> str:
    text = entities.unescape(_TAG.sub(" ", _SCRIPT.sub(" ", _COMMENT.sub(" ", str(value))))) if value else ""
    return " ".join(text.split())


def _day(when: struct_time | None) -> str | None:
    if not when or not 1900 <= when[0] <= 2100:
        return None
    return f"{when[0]:04d}-{when[1]:02d}-{when[2]:02d}"


def _tag(value: Any) -> str | None:
    tag = str(value or "").strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag) else None
