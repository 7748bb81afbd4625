"""HTML to documents: an article page, a listing with many posts, or a page of which only the text can be told.

Invariant: everything a document says of the page stands in its text or its fields, and every mark lies on whole lines
or, for links, within one. Nothing is fetched, and no address leaves the page but as text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from onrecord.errors import SourceError
from onrecord.model import Document, Mark, MarkKind
from onrecord.sources import text as texts
from onrecord.sources.html import _article, _listing, _markup, _tree
from onrecord.sources.html._blocks import Block, Link, blocks

clean_address = _tree.address
day = _markup.day

__all__ = ["Page", "article", "clean_address", "day", "document", "looks_like", "marked_text"]

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,5000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_TAGS = re.compile(rb"</(?:p|div|a|span|li|ul|h[1-6]|td|article|section|script)\s*>", re.I)
_OF_BLOCK: dict[str, MarkKind] = {"head": "head", "quote": "quote", "caption": "caption"}
_LEAST_DATES = 3


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with `head` is a page of HTML."""
    plain = head
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            plain = head[2:].decode(codec, "ignore").encode()
    plain = plain.removeprefix(b"\xef\xbb\xbf")
    return bool(_HTML.match(plain)) or len(_TAGS.findall(plain)) >= 5


@dataclass(frozen=True, slots=True)
class Page:
    """An article page: what its markup says, and its paragraphs."""

    markup: _markup.Markup
    blocks: tuple[Block, ...]

    @property
    def body(self) -> str:
        """The text of the article, a paragraph a line, without its title and captions."""
        return "\n".join(block.text for block in self.blocks if block.kind != "caption")


def article(data: bytes, url: str | None = None, encoding: str | None = None) -> Page:
    """The article that a page shows. Raises SourceError if there is no HTML in `data`."""
    root = _tree.parse(_tree.decode(data, encoding))
    markup = _markup.read(root, url)
    return Page(markup, tuple(_article.chosen(root, markup.body, markup.title, markup.deck)))


def document(
    data: bytes, origin: str, name: str, *, encoding: str | None = None, url: str | None = None,
    fetched: str | None = None,
) -> Document:  # fmt: skip
    """The page in `data` as a Document called `name`. `url` is where it was fetched from, if that is known.

    A listing becomes one document whose `title` marks begin its posts; an article has a `title`. Raises SourceError if
    the page shows no text.
    """
    root = _tree.parse(_tree.decode(data, encoding))
    markup = _markup.read(root, url)
    base = _base(root, markup.url or url)
    writer = _Text(base)
    listing = _listing.possible(root, markup)
    skip = _listing.frame(root) if listing or not markup.article else set()
    posts = _listing.items(root, skip) if listing else []
    title: str | None = None
    if posts:
        for line in _listing.context(root, posts[0].title):
            writer.paragraph(line, None)
        for post in posts:
            _write(writer, post)
    elif not markup.article and _dates(loose := blocks(_body(root), skip)) >= _LEAST_DATES:
        for block in loose:
            writer.paragraph(block.text, None, links=block.links)
    else:
        title = markup.title if markup.titled else None
        if title:
            writer.paragraph(title, "title", markup.url or "")
        for block in _article.chosen(root, markup.body, markup.title, markup.deck):
            writer.paragraph(block.text, _OF_BLOCK.get(block.kind, "text"), links=block.links)
    if not writer.length:
        raise SourceError("is a page that shows no text; perhaps a script writes it: save the page from the browser")
    return Document(
        name=texts.clean(name),
        text=texts.clean(writer.text),
        origin=origin,
        url=markup.url or url,
        publisher=_said(markup.publisher),
        published=None if posts else markup.published,
        fetched=fetched,
        title=_said(title),
        lang=markup.lang,
        byline=None if posts else _said(", ".join(markup.authors)),
        section=None if posts else _said(markup.section),
        updated=None if posts else markup.updated,
        marks=tuple(sorted(writer.marks)),
    )


def marked_text(markup: str, base: str | None = None) -> tuple[str, tuple[Mark, ...]]:
    """The text of a piece of HTML, such as an entry of a feed, with its marks; a plain text is left as it is."""
    if not re.search(r"<[a-zA-Z!/]|&[a-zA-Z#]\w{1,30};", markup):
        return texts.clean(markup).strip(), ()
    try:
        root = _tree.parse(f"<html><body>{markup}</body></html>")
    except SourceError:
        return "", ()
    writer = _Text(base)
    for block in blocks(_body(root)):
        writer.paragraph(block.text, _OF_BLOCK.get(block.kind, "text"), links=block.links)
    return texts.clean(writer.text), tuple(sorted(writer.marks))


def _body(root: HtmlElement) -> HtmlElement:
    return root.body if root.body is not None else root


def _base(root: HtmlElement, url: str | None) -> str | None:
    for element in root.iter("base"):
        if found := _tree.address(element.get("href"), url):
            return found
    return url


def _said(value: str | None) -> str | None:
    return texts.clean(value).replace("\u00ad", "").strip() or None if value else None


def _dates(found: Sequence[Block]) -> int:
    return sum(len(b.text) <= 60 and bool(re.search(r"\b(?:19|20)\d\d\b", b.text)) for b in found)


def _write(writer: _Text, post: _listing.Item) -> None:
    writer.paragraph(post.title, "title", _tree.address(post.link, writer.base) or "")
    for kind, text, value in post.lines:
        writer.paragraph(text, kind, value)  # type: ignore[arg-type]
    for block in post.blocks:
        # Whether a paragraph is a credit, a caption or the cut-off end of the post, its own words say.
        writer.paragraph(block.text, _OF_BLOCK.get(block.kind), links=block.links)
    if post.marker:
        writer.paragraph(post.marker, "marker")


class _Text:
    """Paragraphs put together to a text, with the marks on it."""

    def __init__(self, base: str | None) -> None:
        self.base = base
        self.parts: list[str] = []
        self.length = 0
        self.marks: list[Mark] = []

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def paragraph(self, text: str, kind: MarkKind | None, value: str = "", links: Sequence[Link] = ()) -> None:
        text, links = _plain(text, links)
        if not text:
            return
        if self.length:
            self.parts.append("\n\n")
            self.length += 2
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        if kind is not None:
            at = start
            for line in text.split("\n"):
                self.marks.append(Mark(at, at + len(line), kind, value))
                at += len(line) + 1
                value = "" if kind == "title" else value
                kind = "text" if kind == "title" else kind
        for link in links:
            if (href := _tree.address(link.href, self.base)) and len(href) <= 500:
                self.marks.append(Mark(start + link.start, start + link.end, "link", href))


def _plain(text: str, links: Sequence[Link]) -> tuple[str, Sequence[Link]]:
    """`text` without soft hyphens and white space at the ends of its lines; links keep to their words."""
    if "\u00ad" not in text and "\n" not in text:
        return " ".join(text.split()) if not links else text, links
    places: list[int] = []
    out: list[str] = []
    for i, char in enumerate(text):
        if char == "\u00ad" or (char == "\n" and (not out or out[-1] == "\n")):
            continue
        if char == " " and (not out or out[-1] in " \n"):
            continue
        if char == "\n":
            while out and out[-1] == " ":
                out.pop()
                places.pop()
        out.append(char)
        places.append(i)
    while out and out[-1].isspace():
        out.pop()
        places.pop()
    made = "".join(out)
    if made == text or not links:
        return made, links
    moved = []
    for link in links:
        a, b = bisect_left(places, link.start), bisect_left(places, link.end)
        if a < b:
            moved.append(Link(a, b, link.href))
    return made, moved
