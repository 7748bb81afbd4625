"""Document to posts to layers: one verb, `split`.

Invariant: for every layer with a `start`, `document.text[layer.start : layer.start + len(layer.text)] == layer.text`;
layers of a post do not overlap and stand in order. Nothing here runs a model, and all of it is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import replace

from onrecord.model import Document, Layer, Post, Span
from onrecord.split._credits import notice
from onrecord.split._days import is_day
from onrecord.split._layers import layers_of
from onrecord.split._lines import Line, lines
from onrecord.split._posts import Section, sections
from onrecord.split._years import Written, years

# Pictures and bullets before a title are no part of it.
_BULLET = re.compile(r"^[^\w\"'“”‘’„«»(\[{¿¡#@$€£+-]+")
_NUMBER = re.compile(r"^\d{1,4}[.)]\s+")

__all__ = ["split"]


def split(document: Document) -> tuple[Post, ...]:
    """The posts of a document in the order of the page, each with its layers.

    A document that its source gives a title is one post. A page without any text yields no post.
    """
    found = lines(document.text, document.marks)
    single = bool(document.title)
    cut = sections(found, title=document.title)
    numbered = len(cut) > 1 and all(s.title is not None and _NUMBER.match(found[s.title].text) for s in cut)
    read: list[tuple[Section, str, tuple[Layer, ...]]] = []
    headline: tuple[Layer, ...]
    for section in cut:
        head = _without_marker(found[section.title]) if section.title is not None else (document.title or "")
        title = _BULLET.sub("", " ".join(head.split()))
        if not head and not single:
            title = _first_words([found[i] for i in section.body])
        if numbered:
            title = _NUMBER.sub("", title)
        body = [found[i] for i in section.body]
        above: tuple[Layer, ...] = ()
        if section.title is not None:
            start = found[section.title].start
            # Photographs may stand above the title.
            above = layers_of(document, title, [x for x in body if x.start < start], first=0)
            headline = (Layer(len(above), "headline", "editor", head, start, (Span(0, len(head)),)),)
            body = [x for x in body if x.start > start]
        elif document.title:
            headline = (Layer(0, "headline", "editor", document.title, None, (Span(0, len(document.title)),)),)
        else:
            headline = ()
        layers = (*above, *headline)
        layers += layers_of(document, title, body, first=len(layers), truncated=section.truncated)
        if layers:
            read.append((section, title, layers))
    first = min((i for s in cut for i in (s.title, *s.body) if i is not None), default=0)
    posts: list[Post] = []
    when = years(document, found, first, [_written(section, layers) for section, _, layers in read])
    for (section, title, layers), year in zip(read, when, strict=True):
        layers = tuple(replace(x, original_date=_dated(x.original_date, year)) for x in layers)
        placed = [(layer.start, layer.start + len(layer.text)) for layer in layers if layer.start is not None]
        posts.append(
            Post(
                len(posts), title or " ".join(layers[0].text.split()[:12]), min((a for a, _ in placed), default=0),
                max((b for _, b in placed), default=0), layers, section.truncated, _dated(section.published, year),
                section.byline or (document.byline if single else None),
                section.categories or ((document.section,) if single and document.section else ()),
                section.link or document.url,
            )
        )  # fmt: skip
    return tuple(posts)


def _first_words(body: list[Line]) -> str:
    """What a post without a title is called: its first paragraph if it is short, else the beginning of it."""
    texts = [line for line in body if line.kind in ("text", "head")]
    first = next((x for x in texts if (said := notice(x.text)) is None or not said.label), None)
    words = _BULLET.sub("", " ".join(_without_marker(first).split())) if first else ""
    return words if len(words) <= 120 else " ".join(words.split()[:12])


def _without_marker(line: Line) -> str:
    return (line.text[: line.cut].rstrip() if line.cut else "") or line.text


def _written(section: Section, layers: tuple[Layer, ...]) -> Written | None:
    if section.published:
        return Written(section.published, section.weekday)
    day = next((x.original_date for x in layers if x.original_date and len(x.original_date) > 6), None)
    return Written(day, own=False) if day else None


def _dated(day: str | None, year: int | None) -> str | None:
    """`--MM-DD` with its year, if the page tells it and the day exists in it."""
    if not day or not day.startswith("--") or year is None:
        return day
    return f"{year}-{day[2:]}" if is_day(year, int(day[2:4]), int(day[5:7])) else day
