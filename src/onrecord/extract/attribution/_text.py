"""Quotation marks and sentences of a layer, by characters alone: one pass over the text, whatever it holds.

Invariant: spans lie within one paragraph and are exact; a mark that nobody closes ends with its paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from onrecord import lexicon
from onrecord.model import Layer, Span

_MARKS = re.compile(r"[\"“”„‟«»″‘’‚‛'`´「」『』]")
_OPENING = "“„‟«「『"
_CLOSING = "”»」』"
_DOUBLE = '"“”„‟«»″「」『』'
# Where a sentence may end: a full stop, question or exclamation mark, ellipsis, with the marks that close after it.
_STOP = re.compile(r"(?<![.!?…])[.!?…。！？]+[\"“”’'»)\]\}]*(?:\s+|$)|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"“‘'])(?:[A-Z]|[A-Z]\.[A-Z]|(?:[A-Z]\.){1,4}[A-Z]|Mr|Mrs|Ms|Mme|Dr|Drs|Prof|Gen|Lt|Col|Maj|Capt|Cpl|Sgt|Adm|Brig|Cmdr"
    r"|Gov|Sen|Rep|Hon|Rev|Fr|St|Ste|Sr|Sra|Jr|Messrs|Eng|Amb|Pres|Supt|Insp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec"
    r"|Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun|No|Nos|Art|Vol|vs|v|viz|cf|ca|approx|est|etc|e\.g|i\.e|a\.m|p\.m|H\.E|H\.H|H\.M"
    r"|Smt|Atty|Engr|Ma|Adj|Comr|Cde|Bro|Msgr|Mgr|Asst|Dy|Md|Mst|Arch|Barr|Alh|Ing|Lic|Cnel|Gral|Tte"
    r"|Co|Corp|Ltd|Inc|Bros|Dept|Mt|Ft|pp|p|fig|al|bin|Sh|Sheikh|Datuk|Hj|U\.S|U\.K|U\.N|E\.U|D\.C)$"
)  # fmt: skip
_OPENER = re.compile(r"[\"“„‘'«(\[¡¿]*(?:[A-Z0-9À-ÖØ-ÞĀ-Ž“\"]|[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words in quotation marks: `start` to `end` with the marks, `inner` without; quotations within it are `inside`."""

    start: int
    end: int
    inner: Span
    closed: bool = True
    inside: tuple[Quotation, ...] = ()
    single: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the layer, its quotations not cut: what is quoted may hold several sentences of its own."""

    start: int
    end: int
    paragraph: int
    quotations: tuple[Quotation, ...] = ()


def quotations(text: str, paragraph: Span) -> tuple[Quotation, ...]:
    """The quotations of a paragraph, outermost first in order; those within them under `inside`."""
    found: list[Quotation] = []
    stack: list[tuple[int, str, list[Quotation]]] = []

    def close(at: int, *, closed: bool = True) -> None:
        start, mark, inside = stack.pop()
        end = at + 1 if closed else at
        inner = _trimmed(text, start + 1, at)
        if inner.start >= inner.end:
            return
        one = Quotation(start, end, inner, closed, tuple(inside), mark in "‘‚‛'`")
        (stack[-1][2] if stack else found).append(one)

    surplus = text.count("“", paragraph.start, paragraph.end) - text.count("”", paragraph.start, paragraph.end)
    singles = _singles(text, paragraph)
    for match in _MARKS.finditer(text, paragraph.start, paragraph.end):
        at, mark = match.start(), match.group()
        before = text[at - 1] if at > paragraph.start else " "
        after = text[at + 1] if at + 1 < paragraph.end else " "
        if mark in "‘’‚‛'`´":
            if at in singles and len(stack) < 3:
                stack.append((at, "'", []))
            elif stack and stack[-1][1] == "'" and mark in "’'´" and not after.isalnum() and not before.isspace():
                close(at)
            continue
        level = next((n for n in range(len(stack) - 1, -1, -1) if stack[n][1] != "'"), None)
        current = stack[level][1] if level is not None else ""
        if mark in _CLOSING or (mark == "“" and current == "„") or (mark == "«" and current == "»"):
            if level is not None:
                while len(stack) > level:
                    close(at)
            elif mark == "»":
                stack.append((at, "»", []))
        elif mark in _OPENING:
            if level is not None and current == mark and not after.isspace() and (len(stack) > 1 or surplus > 0):
                surplus -= 1
                while len(stack) > level:
                    close(at, closed=False)
            stack.append((at, mark, []))
        elif current in ('"', "″"):  # a straight mark with one open: the second closes it, unless it plainly opens
            if (
                (before.isspace() or before in "([")
                and not after.isspace()
                and after not in ".,;:!?)"
                and len(stack) < 3
            ):
                while len(stack) > (level or 0):
                    close(at, closed=False)
                stack.append((at, mark, []))
            else:
                while len(stack) > (level or 0):
                    close(at)
        elif not after.isspace() and (not before.isalnum() or before in ":"):
            stack.append((at, mark, []))
        elif current and not before.isspace():
            while len(stack) > (level or 0):
                close(at)
        if len(stack) > 8:
            stack.clear()
    while stack:
        close(paragraph.end, closed=False)
    return tuple(sorted(found, key=lambda q: q.start))


def _singles(text: str, paragraph: Span) -> frozenset[int]:
    """Where single quotation marks open: those that a later mark closes, so that an apostrophe is none."""
    opens: list[int] = []
    good: set[int] = set()
    for match in re.finditer(r"[‘’‚‛'`´]", text[paragraph.start : paragraph.end]):
        at = match.start() + paragraph.start
        mark = text[at]
        before = text[at - 1] if at > paragraph.start else " "
        after = text[at + 1] if at + 1 < paragraph.end else " "
        if mark in "‘‚‛`'" and not before.isalnum() and before not in ".,!?" and (after.isalnum() or after in "[…¿¡"):
            opens.append(at)
        elif mark in "’'´" and opens and not after.isalnum() and not before.isspace():
            start = opens[-1]
            # A possessive plural ("the workers' hall") closes nothing unless what follows is a mark or the words fit.
            if before in ".,!?…" or after in '.,;:!?)]”"»-–— \n' or at + 1 >= paragraph.end:
                if before == "s" and after == " " and text[at + 2 : at + 3].islower() and start + 3 > at:
                    continue
                good.add(start)
                opens.clear()
    return frozenset(good)


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


_LONGEST = 20_000
_MOST_MARKS = 60


def _stretches(layer: Layer, cuts: Sequence[int]) -> Iterator[tuple[int, Span]]:
    """Paragraphs, cut at `cuts` and where they are longer than any press paragraph, with their numbers."""
    at = 0
    for number, paragraph in enumerate(layer.paragraphs):
        start = paragraph.start
        while at < len(cuts) and cuts[at] < paragraph.end:
            if cuts[at] > start:
                yield number, Span(start, cuts[at])
                start = cuts[at]
            at += 1
        while paragraph.end - start > _LONGEST:
            border = layer.text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
            border = border if border > start else start + _LONGEST
            yield number, Span(start, border)
            start = border
        yield number, Span(start, paragraph.end)


def sentences(layer: Layer, cuts: Sequence[int] = (), parsed: Container[int] = ()) -> tuple[Sentence, ...]:
    """The sentences of a layer in order. None crosses a paragraph or a place in `cuts`; no quotation is cut.

    `parsed` are the places where the language model begins a sentence: they decide after an abbreviation.
    """
    out: list[Sentence] = []
    for number, paragraph in _stretches(layer, cuts):
        marks = quotations(layer.text, paragraph)
        outer = [q for q in marks if not q.single] or list(marks)
        start = paragraph.start
        at = 0
        for border in _borders(layer.text, paragraph.start, paragraph.end, outer, parsed):
            piece = _trimmed(layer.text, start, border)
            held = []
            while at < len(marks) and marks[at].start < border:
                if marks[at].end > start:
                    held.append(marks[at])
                at += 1
            if piece.start < piece.end:
                out.append(Sentence(piece.start, piece.end, number, tuple(held[:_MOST_MARKS])))
            start = border
    return tuple(out)


def pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of what is quoted."""
    last = start
    for border in _borders(text, start, end, ()):
        piece = _trimmed(text, last, border)
        if piece.start < piece.end:
            yield piece
        last = border


def _borders(text: str, start: int, end: int, marks: Sequence[Quotation], parsed: Container[int] = ()) -> Iterator[int]:
    """Where sentences end between `start` and `end`, the last border being `end`. Quotations are not looked into."""
    number = 0
    for match in _STOP.finditer(text, start, end):
        at = match.start()
        while number < len(marks) and marks[number].end <= at:
            number += 1
        inside = number < len(marks) and marks[number].start < at
        if inside:
            # The stop that ends the quotation may end the sentence around it, too.
            quotation = marks[number]
            if not (quotation.closed and match.end() >= quotation.end and quotation.inner.end - at <= 3):
                continue
            if quotation.start - start < 0:
                continue
        after = match.end()
        if after >= end:
            break
        if not _OPENER.match(text, after):
            continue
        if (
            match.group()[0] == "."
            and not match.group().startswith("..")
            and _abbreviated(text, at, after, start, parsed)
        ):
            continue
        if inside and _goes_on(text, after, end):
            continue
        yield after
    yield end


def _abbreviated(text: str, at: int, after: int, start: int, parsed: Container[int]) -> bool:
    if text[at : at + 3] == ".) " and "." in text[max(start, at - 4) : at]:
        return after not in parsed
    if text[at : at + 2] not in (". ", ".\n", ".\t", ".\u00a0"):
        return False
    found = _ABBREVIATION.search(text[max(start, at - 12) : at])
    if not found:
        return False
    word = found.group().strip(" ([\"“‘'\n\t")
    # "the U.S. The minister": a state's abbreviation before an article or pronoun ends the sentence.
    if "." in word or word in ("Co", "Corp", "Ltd", "Inc", "etc", "Jr", "Sr"):
        following = re.match(r"[A-Za-z]+", text[after : after + 20])
        if (following and following.group() in _starters()) or (
            after in parsed and word not in ("U.S", "U.K", "U.N", "E.U")
        ):
            return False
    return not (len(word) == 1 and word == "I")


@cache
def _starters() -> frozenset[str]:
    return frozenset(lexicon.words("en/speech", "sentences.starters"))


_SAID = re.compile(
    r"[^.!?\n]{0,60}\b(?:said|says|asked|asks|told|added|adds|replied|wrote|writes|shouted|stated|noted)\b[^.!?\n]{0,80}[.!?]?\s*$"
)


def _goes_on(text: str, after: int, end: int) -> bool:
    """True if, after a quotation that ends in a stop, the sentence goes on with the words that attribute it."""
    before = text[max(0, after - 6) : after]
    if not re.search(r"[!?…]", before):
        return False
    tail = text[after : min(end, after + 160)]
    first = re.match(r"[^.!?\n]*[.!?]?", tail)
    return bool(first and _SAID.match(first.group()) and "“" not in first.group() and '"' not in first.group())
