"""Puts evidence into the text it stands in: cuts spans so that none overlaps, and wraps each in a mark.

Invariant: with the tags taken away, the text is unchanged, character for character.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from onrecord.model import Evidence, Layer, Post, Span


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start` to `end` to be marked. Of two that overlap, the one of lower `rank` keeps the place."""

    start: int
    end: int
    rank: int
    css: str = ""
    href: str | None = None
    anchor: str | None = None
    title: str = ""


def holds(post: Post, evidence: Evidence) -> bool:
    """Whether the evidence lies within the post, as it should."""
    return 0 <= evidence.layer < len(post.layers) and (
        0 <= evidence.start < evidence.end <= len(post.layers[evidence.layer].text)
    )


def paragraphs(layer: Layer) -> Sequence[Span]:
    return layer.paragraphs or (Span(0, len(layer.text)),)


def paragraph_at(layer: Layer, position: int) -> tuple[int, Span]:
    """The number and the span of the paragraph that holds a position of the layer's text."""
    spans = paragraphs(layer)
    number = max(bisect_right(spans, position, key=lambda span: span.start) - 1, 0)
    return number, spans[number]


def lay(marks: Iterable[Mark]) -> list[Mark]:
    """The marks in order of place, cut so that none overlaps another; a mark that nothing is left of is dropped."""
    laid: list[Mark] = []
    ranks: dict[int, list[Mark]] = {}
    for mark in marks:
        ranks.setdefault(mark.rank, []).append(mark)
    for _, group in sorted(ranks.items()):
        group.sort(key=lambda m: (m.start, -m.end))
        laid = _merge(laid, _apart(group))
    return laid


def _apart(group: list[Mark]) -> list[Mark]:
    out: list[Mark] = []
    free = 0
    for mark in group:
        start = max(mark.start, free)
        if start < mark.end:
            out.append(_cut(mark, start, mark.end))
            free = mark.end
    return out


def _merge(laid: list[Mark], group: list[Mark]) -> list[Mark]:
    """`laid` with what `group` covers of the places between."""
    out: list[Mark] = []
    at = 0
    for mark in group:
        start = mark.start
        while at < len(laid) and laid[at].end <= start:
            out.append(laid[at])
            at += 1
        while at < len(laid) and laid[at].start < mark.end:
            if start < laid[at].start:
                out.append(_cut(mark, start, laid[at].start))
            start = max(start, laid[at].end)
            if laid[at].end > mark.end:
                break
            out.append(laid[at])
            at += 1
        if start < mark.end:
            out.append(_cut(mark, start, mark.end))
    return out + laid[at:]


def _cut(mark: Mark, start: int, end: int) -> Mark:
    if (start, end) == (mark.start, mark.end):
        return mark
    return Mark(start, end, mark.rank, mark.css, mark.href, mark.anchor if start == mark.start else None, mark.title)


def marked(text: str, start: int, end: int, laid: Sequence[Mark]) -> Markup:
    """`text[start:end]` as HTML, with the marks (from `lay`) that lie in it."""
    parts: list[str] = []
    position = start
    for number in range(bisect_right(laid, start, key=lambda mark: mark.end), len(laid)):
        mark = laid[number]
        if mark.start >= end:
            break
        low, high = max(mark.start, position), min(mark.end, end)
        parts.append(escape(text[position:low]))
        parts.append(_wrapped(text[low:high], mark, whole=low == mark.start))
        position = high
    parts.append(escape(text[position:end]))
    return Markup("".join(parts))


def _wrapped(words: str, mark: Mark, *, whole: bool) -> str:
    if not words.strip():
        return escape(words)
    css = f' class="{escape(mark.css)}"' if mark.css else ""
    anchor = f' id="{escape(mark.anchor)}"' if mark.anchor and whole else ""
    title = f' title="{escape(mark.title)}"' if mark.title else ""
    inner = f"<mark{css}>{escape(words)}</mark>"
    if mark.href:
        return f'<a{anchor} class="ev" href="{escape(mark.href)}"{title}>{inner}</a>'
    return f"<mark{css}{anchor}{title}>{escape(words)}</mark>"
