"""Document to posts to layers: one verb, `split`.

Invariant: for every layer with a `start`, `document.text[layer.start : layer.start + len(layer.text)] == layer.text`;
layers of a post do not overlap and stand in order. Nothing here runs a model, and all of it is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import replace

from onrecord.model import Document, Layer, Post, Span
from onrecord.split._layers import layers_of
from onrecord.split._lines import Line, lines
from onrecord.split._posts import sections

_NUMBER = re.compile(r"^\d{1,4}[.)]\s+")

__all__ = ["split"]


def split(document: Document) -> tuple[Post, ...]:
    """The posts of a document in the order of the page, each with its layers.

    A document that its source gives a title is one post. A page without any text yields no post.
    """
    found = lines(document.text)
    posts: list[Post] = []
    year = _page_year(document, found)
    month = 0
    cut = sections(found, single=bool(document.title))
    numbered = len(cut) > 1 and all(s.title is not None and _NUMBER.match(found[s.title].text) for s in cut)
    for section in cut:
        title = found[section.title].text if section.title is not None else (document.title or "")
        title = " ".join(title.split())
        if numbered:
            title = _NUMBER.sub("", title)
        headline: list[Layer] = []
        if section.title is not None:
            line = found[section.title]
            headline.append(Layer(0, "headline", "editor", line.text, line.start, (Span(0, len(line.text)),)))
        elif document.title:
            headline.append(Layer(0, "headline", "editor", document.title, None, (Span(0, len(document.title)),)))
        body = [found[i] for i in section.body]
        layers = tuple(headline) + layers_of(
            document, title, body, first=len(headline), truncated=section.truncated
        )
        if not layers:
            continue
        published = section.published
        if year:
            # An archive runs backwards: from January up to December is a year back.
            written = published or next((x.original_date for x in layers if x.original_date), None)
            if written and written.startswith("--"):
                year -= bool(month and month <= 3 and int(written[2:4]) >= 10)
                month = int(written[2:4])
            elif written and len(written) == 10 and (published or abs(int(written[:4]) - year) < 2):
                # What was first published years ago says nothing about the post.
                year, month = int(written[:4]), int(written[5:7])
            published = _dated(published, year)
            layers = tuple(replace(x, original_date=_dated(x.original_date, year)) for x in layers)
        placed = [layer for layer in layers if layer.start is not None]
        start = min((layer.start for layer in placed if layer.start is not None), default=0)
        end = max((layer.start + len(layer.text) for layer in placed if layer.start is not None), default=0)
        posts.append(
            Post(
                len(posts), title or " ".join(layers[0].text.split()[:12]), start, end, layers, section.truncated,
                published, section.byline, section.categories, document.url,
            )
        )  # fmt: skip
    return tuple(posts)


def _dated(date: str | None, year: int) -> str | None:
    return f"{year}-{date[2:]}" if date and date.startswith("--") else date


def _page_year(document: Document, found: list[Line]) -> int | None:
    """The year that dates without one most likely mean: from the page's head, its other dates, or when it was read."""
    for line in found[:12]:
        if len(line.text) < 80 and (match := re.search(r"\b(19\d\d|20\d\d)\b", line.text)):
            return int(match[1])
    for date in (document.published, document.fetched):
        if date and date[:4].isdigit():
            return int(date[:4])
    written = [int(line.date[:4]) for line in found if line.date and line.date[:2] != "--"]
    written += [int(m[1]) for m in _WRITTEN.finditer(document.text[:2_000_000])]
    return max(written, default=None)


# A day written out with its year, in the orders that English uses.
_WRITTEN = re.compile(r"\b(?:\d{1,2}\s+[A-Z][a-z]{2,8}\.?,?|[A-Z][a-z]{2,8}\.?\s+\d{1,2},)\s+((?:19|20)\d\d)\b")
