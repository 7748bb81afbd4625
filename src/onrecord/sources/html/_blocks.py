"""A tree of elements to paragraphs in the order of the page, each with what kind of element it stands in.

Invariant: no text is in two blocks, and what the page hides or is there to be clicked is in none. Not recursive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml.html import HtmlElement

Kind = Literal["head", "text", "quote", "caption", "item", "row", "time"]

_NEVER = {
    "script", "style", "noscript", "template", "svg", "iframe", "select", "button", "input", "textarea", "object",
    "video", "audio", "canvas", "map", "datalist", "dialog", "math", "embed", "head", "link", "meta", "title",
}  # fmt: skip
_BLOCK = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html",
    "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul", "legend", "caption",
}  # fmt: skip
_HEADS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:wp-caption-text|figcaption|captions?|image-?captions?|photo-?credits?|credit-?line|bildunterschrift|image-?credit)(?:$|[\s_-])",
    re.I,
)
_SPACE = re.compile(r"[ \t\r\n\x0b\f\x1c-\x1f\x85\u00a0\u2000-\u200b\u2028\u2029\u202f\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Link:
    """Characters `start` to `end` of a block that lead to `href`."""

    start: int
    end: int
    href: str


@dataclass(slots=True)
class Block:
    """A paragraph: `text` with single spaces, lines parted by line ends where the page breaks them."""

    kind: Kind
    text: str
    element: HtmlElement
    links: tuple[Link, ...] = ()
    level: int = 0
    place: int = 0
    words: str = field(default="", repr=False)

    @property
    def linked(self) -> int:
        """How many characters of the text are links."""
        return sum(link.end - link.start for link in self.links)


def hidden(element: HtmlElement, *, veiled: bool = False) -> bool:
    """True if a browser would not show the element, or it is there to be clicked.

    With `veiled`, what only waits for a script to show it is not hidden.
    """
    tag = element.tag
    if not isinstance(tag, str) or tag in _NEVER:
        return True
    if veiled:
        return False
    if element.get("hidden") is not None and element.get("hidden") != "until-found":
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style))


class _Writer:
    """Collects the text of a paragraph, with its links."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.links: list[tuple[int, int, str]] = []
        self.open: list[tuple[int, str]] = []

    def add(self, text: str | None) -> None:
        if text:
            text = _SPACE.sub(" ", text)
            if text == " | ":
                text = text if self.parts else ""
            elif text[0] == " " and (not self.parts or self.parts[-1][-1] in " \n"):
                text = text[1:]
            if text:
                self.parts.append(text)
                self.length += len(text)

    def line(self) -> None:
        if self.parts:
            if self.parts[-1][-1] == " ":
                self.parts[-1] = self.parts[-1][:-1]
                self.length -= 1
                if not self.parts[-1]:
                    self.parts.pop()
            self.parts.append("\n")
            self.length += 1

    def take(self) -> tuple[str, tuple[Link, ...]]:
        for start, href in self.open:
            self.links.append((start, self.length, href))
        if not self.parts:
            self.links = []
            self.open = [(0, href) for _, href in self.open]
            return "", ()
        text = "".join(self.parts)
        links, self.links, self.parts, self.length = self.links, [], [], 0
        self.open = [(0, href) for _, href in self.open]
        lead = len(text) - len(text.lstrip())
        bare = text.strip()
        kept = []
        for start, end, href in links:
            a, b = max(start - lead, 0), min(end - lead, len(bare))
            while a < b and bare[a].isspace():
                a += 1
            while b > a and bare[b - 1].isspace():
                b -= 1
            if a < b:
                kept.append(Link(a, b, href))
        return bare, tuple(sorted(kept, key=lambda k: (k.start, k.end)))


def blocks(
    root: HtmlElement, skip: frozenset[HtmlElement] | set[HtmlElement] = frozenset(), *, veiled: bool = False
) -> list[Block]:
    """The paragraphs within `root`; elements in `skip` are left out with all that is in them."""
    found: list[Block] = []
    for text, links, kind, level, element in _walk(root, skip, veiled):
        if "\n\n" not in text:
            found.append(Block(kind, text, element, links, level, len(found)))
            continue
        # An empty line within a paragraph (two <br>) makes two of it.
        at = 0
        for piece in re.split(r"(\n{2,})", text):
            if piece.strip():
                lead = len(piece) - len(piece.lstrip())
                start = at + lead
                bare = piece.strip()
                inner = tuple(
                    Link(max(x.start - start, 0), min(x.end - start, len(bare)), x.href)
                    for x in links
                    if x.start < start + len(bare) and x.end > start
                )
                found.append(Block(kind, bare, element, inner, level, len(found)))
            at += len(piece)
    return found


_Item = tuple[str, tuple[Link, ...], Kind, int, HtmlElement]


def _walk(root: HtmlElement, skip: frozenset[HtmlElement] | set[HtmlElement], veiled: bool) -> Iterator[_Item]:
    writer = _Writer()
    kinds: list[tuple[Kind, int, HtmlElement]] = [("text", 0, root)]

    def flush() -> Iterator[_Item]:
        text, links = writer.take()
        if text:
            kind, level, element = kinds[-1]
            yield text, links, kind, level, element

    # (element, stage): stage 0 enters, stage 1 leaves.
    stack: list[tuple[HtmlElement, int]] = [(root, 0)]
    while stack:
        element, stage = stack.pop()
        tag = element.tag
        if stage == 0:
            if element is not root and (element in skip or hidden(element, veiled=veiled)):
                writer.add(element.tail)
                continue
            if tag == "br" or _br_like(element):
                writer.line()
                writer.add(element.tail)
                continue
            if tag in _BLOCK or _caption_like(element):
                if tag in ("td", "th") and _in_row(kinds):
                    writer.add(" | ")
                elif writer.parts:
                    yield from flush()
                kinds.append(_kind(element, kinds[-1]))
            elif tag == "a":
                href = element.get("href")
                if href:
                    writer.open.append((writer.length, href))
            elif tag == "img":
                pass
            elif tag == "q":
                writer.add("“")
            writer.add(element.text)
            stack.append((element, 1))
            stack += [(child, 0) for child in reversed(element)]
        else:
            if tag in _BLOCK or _caption_like(element):
                if writer.parts and not (tag in ("td", "th") and len(kinds) > 1 and kinds[-2][0] == "row"):
                    yield from flush()
                kinds.pop()
            elif tag == "a" and element.get("href") and writer.open:
                start, href = writer.open.pop()
                if writer.length > start:
                    writer.links.append((start, writer.length, href))
            elif tag == "q":
                writer.add("”")
            if element is not root:
                writer.add(element.tail)
    yield from flush()


def _br_like(element: HtmlElement) -> bool:
    """An empty <span class="br">, with which some editors break lines."""
    return (
        element.tag == "span" and not len(element) and not element.text and "br" in (element.get("class") or "").split()
    )


def _in_row(kinds: list[tuple[Kind, int, HtmlElement]]) -> bool:
    return kinds[-1][0] == "row"


def _caption_like(element: HtmlElement) -> bool:
    mark = element.get("class")
    return bool(mark and element.tag in ("span", "small", "em", "cite", "figcaption") and _CAPTION.search(mark))


def _kind(element: HtmlElement, around: tuple[Kind, int, HtmlElement]) -> tuple[Kind, int, HtmlElement]:
    tag = element.tag
    if around[0] == "caption":
        return "caption", 0, element
    if tag in _HEADS:
        return "head", int(tag[1]), element
    mark = element.get("class")
    if tag == "figcaption" or (
        mark
        and tag != "body"
        and len(mark) < 200
        and _CAPTION.search(mark)
        and tag in ("p", "div", "span", "small", "em", "cite", "dd")
    ):
        return "caption", 0, element
    if around[0] == "head":
        return around
    if tag == "blockquote" or around[0] == "quote":
        return "quote", 0, element
    if tag in ("li", "dd", "dt"):
        return "item", 0, element
    if tag == "tr":
        # Cells that hold paragraphs of their own make a layout, not a row of a list.
        plain = not any(True for _ in element.iter("p", "div", "h1", "h2", "h3", "h4", "table", "article"))
        return ("row" if plain else "text"), 0, element
    if around[0] == "row" and tag in ("td", "th"):
        return "row", 0, around[2]
    if around[0] == "item" and tag in ("p", "div", "span"):
        return "item", 0, element
    return "text", 0, element
