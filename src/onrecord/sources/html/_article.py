"""Which of a page's paragraphs are its article.

trafilatura says which text is; that is laid over the page's own paragraphs, so that headings, quotations, captions and
links keep their form and place. Where the page gives its text as data (JSON-LD), both count.
"""

from __future__ import annotations

import itertools
import logging
import re
from copy import deepcopy

import trafilatura
from lxml.html import HtmlElement

from onrecord.sources.html._blocks import Block, blocks
from onrecord.sources.html._tree import words_of

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

# Beyond this a page is not handed to trafilatura, whose patterns were not made for it; its longest column is taken.
_MOST_BLOCKS = 20_000
_ANCHOR = 40
_REACH = 12


def chosen(root: HtmlElement, body: str | None, title: str | None = None, deck: str | None = None) -> list[Block]:
    """The paragraphs of the article in order, with the captions among them. `body` is its text as the markup has it."""
    within = root.body if root.body is not None else root
    found = _read(within)
    text = _trafilatura(root) if len(found) <= _MOST_BLOCKS else ""
    picked = _matching(found, text)
    if text and _words(found, picked) < 0.1 * len(text):
        # The text waits in hidden elements for a script that puts it in its place.
        unveiled = _read(within, veiled=True)
        again = _matching(unveiled, text)
        if _words(unveiled, again) > 2 * _words(found, picked):
            found, picked = unveiled, again
    if body:
        said = _matching(found, re.sub(r"<[^<>]{1,300}>", " ", body))
        if sum(len(found[i].words) for i in said) >= 0.6 * len(words_of(body)):
            picked |= said
    if not picked:
        picked = _column(found)
    if not picked:
        return []
    picked = _without_title(found, picked, title)
    if not picked:
        return []
    picked |= _holes(found, picked)
    if deck and (place := _deck(found, picked, deck)) is not None:
        picked.add(place)
    return _with_captions(found, picked)


def _read(within: HtmlElement, *, veiled: bool = False) -> list[Block]:
    found = blocks(within, veiled=veiled)
    for block in found:
        block.words = words_of(block.text)
    return found


def _words(found: list[Block], places: set[int]) -> int:
    return sum(len(found[i].words) for i in places)


def _without_title(found: list[Block], picked: set[int], title: str | None) -> set[int]:
    """The places without the headings that are the title, and without what repeats it word for word."""
    name = words_of(title or "")
    return {i for i in picked if found[i].level != 1 and (not name or found[i].words != name)} or picked


def _holes(found: list[Block], picked: set[int]) -> set[int]:
    """The places of paragraphs between two of the text that stand in the very same element as both of them."""
    out: set[int] = set()
    places = sorted(picked)
    for a, b in itertools.pairwise(places):
        if 1 < b - a <= _REACH and found[a].element is found[b].element:
            out |= {i for i in range(a + 1, b) if found[i].element is found[a].element and not _linked(found[i])}
    return out


def _linked(block: Block) -> bool:
    return block.linked > 0.5 * len(block.text)


def _deck(found: list[Block], picked: set[int], deck: str) -> int | None:
    """The place above the text of the lines under the title, if they are what the markup describes the article as."""
    said = words_of(deck)
    if len(said) < 30:
        return None
    for i in range(min(picked) - 1, max(min(picked) - 25, -1), -1):
        words = found[i].words
        if len(words) >= 30 and (
            words == said or (words.startswith(said[: len(said) * 9 // 10]) and len(words) < 2 * len(said))
        ):
            return i
    return None


def _trafilatura(root: HtmlElement) -> str:
    try:
        made = trafilatura.bare_extraction(
            deepcopy(root), with_metadata=False, include_comments=False, include_tables=True, as_dict=False
        )
    except Exception:  # whatever trips it up, the page is still read, by its longest column
        return ""
    return (getattr(made, "text", None) or "") if made is not None else ""


def _matching(found: list[Block], text: str) -> set[int]:
    """The places of the paragraphs that `text` is made of.

    Long ones are looked up anywhere in it, in their order; a short one ("Share", "World") must be a line of its own, or
    begin or end one, between the long ones around it.
    """
    lines = [words for line in text.split("\n") if (words := words_of(line))]
    said = f" {' '.join(lines)} "
    starts: dict[int, int] = {}
    at = 0
    for line in lines:
        starts[at] = at + len(line) + 1
        at += len(line) + 1
    ends = set(starts.values())
    places: dict[int, tuple[int, int]] = {}
    used: set[int] = set()
    at = 0
    for i, block in enumerate(found):
        if len(block.words) < _ANCHOR:
            continue
        needle = f" {block.words} "
        where = said.find(needle, at)
        if where < 0:
            where = said.find(needle)
        if where >= 0 and where not in used:
            used.add(where)
            places[i] = (where, where + len(needle) - 1)
            at = places[i][1]
    anchors = sorted(places)
    at, k = 0, 0
    for i, block in enumerate(found):
        while k < len(anchors) and anchors[k] <= i:
            k += 1
        if i in places:
            at = places[i][1]
            continue
        if not block.words or len(block.words) >= _ANCHOR:
            continue
        until = places[anchors[k]][0] if k < len(anchors) else len(said)
        near = (k < len(anchors) and anchors[k] - i <= _REACH) or (k > 0 and i - anchors[k - 1] <= _REACH)
        if until < at or not near:
            continue
        needle = f" {block.words} "
        where = said.find(needle, at, until + len(needle))
        if where >= 0 and (where in starts or where + len(needle) - 1 in ends):
            places[i] = (where, where + len(needle) - 1)
            at = places[i][1]
    return set(places)


def _column(found: list[Block]) -> set[int]:
    """The paragraphs of the element that holds most running text."""
    weight: dict[HtmlElement, int] = {}
    for block in found:
        if block.kind in ("text", "quote", "item") and block.linked < 0.3 * len(block.text):
            parent = block.element.getparent()
            key = parent if parent is not None and block.element.tag in ("p", "li", "blockquote") else block.element
            weight[key] = weight.get(key, 0) + len(block.text)
    if not weight:
        return set()
    best = max(weight, key=lambda e: weight[e])
    inside = set(best.iter())
    return {i for i, block in enumerate(found) if block.element in inside and block.kind != "caption"}


def _with_captions(found: list[Block], picked: set[int]) -> list[Block]:
    first, last = min(picked), max(picked)
    out = []
    for i in range(max(first - 3, 0), last + 1):
        block = found[i]
        if i in picked or (block.kind == "caption" and 3 <= len(block.text) <= 700):
            out.append(block)
    return out
