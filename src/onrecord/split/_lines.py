"""Text to paragraphs, and what each paragraph is to the page: a cut-off marker, a line about the post, page furniture.

Everything here is linear in the length of the text, whatever stands in it.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from onrecord import lexicon
from onrecord.model import Mark
from onrecord.split._credits import notice
from onrecord.split._days import CLOCK, NUMERIC, line_date, weekday, yearless

Kind = Literal["marker", "meta", "chrome", "caption", "head", "text"]

# No sane title, marker or line about a post is longer; longer lines are text without further looking.
_SHORT = 260
_DASHES = "-‐‑‒–—―"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: its place in the text, what it is, and what a line about the post says."""

    start: int
    end: int
    text: str
    gap: bool
    kind: Kind = "text"
    date: str | None = None
    weekday: int | None = None
    byline: str | None = None
    categories: tuple[str, ...] = ()
    counts: bool = False
    title: str | None = None
    cut: int | None = None
    loose: bool = False
    # A row of a list of links ("date | title"), or the header that a message of a channel begins with.
    row: bool = False
    message: bool = False
    # What the markup of the source says: the line is the title of a post, and where the whole of it stands.
    marked: bool = False
    link: str | None = None


def lines(text: str, marks: Sequence[Mark] = ()) -> list[Line]:
    """The paragraphs of `text` in order, each classified on its own words, or as `marks` say that it is."""
    if marks:
        said = {mark.start: mark for mark in marks if mark.kind != "link"}
        return _month_first([_marked(line, said.get(line.start)) for line in _paragraphs(text, wrapped=False)])
    found = _month_first([_classify(line) for line in _paragraphs(text)])
    return _messages(_rows(found))


def _marked(line: Line, mark: Mark | None) -> Line:
    """The line as its source's markup has it; where that says nothing, on its own words."""
    if mark is None:
        return _classify(line)
    if mark.kind == "title":
        cut = tail_marker(line.text)
        return replace(line, kind="head", marked=True, link=mark.value or None, cut=cut or None)
    if mark.kind == "marker":
        return replace(line, kind="marker")
    if mark.kind == "caption":
        return replace(line, kind="caption")
    if mark.kind in ("date", "byline", "category", "meta"):
        made = _meta(line) or replace(line, kind="meta")
        if mark.kind == "date":
            return replace(made, date=mark.value or made.date)
        if mark.kind == "byline":
            return replace(made, byline=mark.value or made.byline or line.text, categories=())
        if mark.kind == "category":
            return replace(made, categories=(mark.value or line.text,), byline=None)
        return replace(made, loose=False)
    found = _classify(line)
    if mark.kind == "head":
        return found if found.kind in ("caption", "chrome") else replace(found, kind="head", cut=None)
    # A paragraph of a text is no date line and no furniture, however short; but it may be a caption or cut off.
    return replace(line, kind="text", cut=found.cut) if found.kind in ("meta", "chrome") else found


def _month_first(lines: list[Line]) -> list[Line]:
    """The lines with dates such as 2/5/2026 read as the page means them: month first if another line has 2/13/2026."""
    numeric = {
        i: (int(match[1]), int(match[3]))
        for i, line in enumerate(lines)
        if line.kind == "meta" and (match := NUMERIC.search(line.text)) and len(match[1]) < 3 and len(match[4]) == 4
    }
    if not any(b > 12 for _, b in numeric.values()) or any(a > 12 for a, _ in numeric.values()):
        return lines
    out = list(lines)
    for i, (a, b) in numeric.items():
        date = lines[i].date
        if date is not None and a <= 12 and b <= 12:
            out[i] = replace(lines[i], date=f"{date[:4]}-{a:02d}-{b:02d}")
    return out


# "19.03.2026 | Minister receives ambassador", "Minister receives ambassador (19 March 2026)"
_DATE_FIRST = re.compile(r"^(?P<date>[^|\n]{6,40}?)(?:\s*[|·•–—:]\s*|\s+-\s+|\t+|\s{2,})(?P<title>\S.{3,240})$")
_DATE_LAST = re.compile(
    r"^(?P<title>\S.{3,240}?)(?:\s*[|·•–—]\s*|\s+-\s+|\t+|\s{2,}|,\s+|\s*(?P<open>[(\[]))"
    r"(?P<date>[^|\n()\[\]]{6,40})(?(open)[)\]])$"
)
_LEAST_ROWS = 3


def _rows(lines: list[Line]) -> list[Line]:
    """The lines with the rows of a list of links, one post a line, taken apart into date and title.

    Rows stand right under each other; "date · section" between title and text is no row.
    """
    found: dict[int, tuple[Line, Line]] = {}
    for i, line in enumerate(lines):
        if len(line.text) < _SHORT and any(c.isdigit() for c in line.text[:40] + line.text[-40:]):
            row = _row(line)
            if row is not None:
                found[i] = row
    following = sum(i + 1 in found for i in found)
    others = sum(line.kind in ("text", "head") for i, line in enumerate(lines) if i not in found)
    if len(found) < _LEAST_ROWS or following < 0.6 * (len(found) - 1) or others > len(found):
        return lines
    out: list[Line] = []
    for i, line in enumerate(lines):
        out += found.get(i, (line,))
    return out


def _row(line: Line) -> tuple[Line, Line] | None:
    for pattern in (_DATE_FIRST, _DATE_LAST):
        match = pattern.match(line.text)
        date = line_date(match["date"].strip()) if match else None
        if match is None or date is None or line_date(match["title"]) or not any(c.isalpha() for c in match["title"]):
            continue
        pieces = {}
        for name in ("date", "title"):
            text = match[name].strip()
            start = line.start + match.start(name) + match[name].index(text)
            pieces[name] = Line(start, start + len(text), text, line.gap)
        when = replace(pieces["date"], kind="meta", date=date)
        title = replace(pieces["title"], kind="head", row=True)
        return (when, title) if when.start < title.start else (title, when)
    return None


# "Press Office, [12.03.2026 09:14]" over each message of a channel saved as text, "[12/03/2026, 09:14] Press Office"
_MESSAGE = re.compile(
    r"^(?:(?P<who>[^\[\]\n]{2,80}?),?\s*\[(?P<when>[^\[\]\n]{6,40})\]"
    r"|\[(?P<first>[^\[\]\n]{6,40})\]\s*(?P<name>[^\[\]\n:]{2,80}):?)$"
)


def _messages(lines: list[Line]) -> list[Line]:
    """The lines with the headers of a channel's messages known as such, if there are several."""
    found: dict[int, Line] = {}
    for i, line in enumerate(lines):
        match = _MESSAGE.match(line.text) if len(line.text) < 130 and "]" in line.text else None
        date = line_date((match["when"] or match["first"]).replace(",", " ")) if match else None
        if match is not None and date is not None:
            who = (match["who"] or match["name"]).strip(" ,:")
            found[i] = replace(line, kind="meta", date=date, byline=who, cut=None, message=True)
    if len(found) < 2:
        return lines
    return [found.get(i, line) for i, line in enumerate(lines)]


def _paragraphs(text: str, *, wrapped: bool = True) -> list[Line]:
    raw: list[tuple[int, int, bool]] = []
    gap = True
    for match in re.finditer(r"[^\n\r\u2028\u2029\x0b\x0c\x85]+|\r\n?|[\n\u2028\u2029\x0b\x0c\x85]", text):
        part = match.group()
        if part[0] in "\n\r\u2028\u2029\x0b\x0c\x85":
            continue
        stripped = part.strip()
        if not stripped:
            gap = True
            continue
        start = match.start() + part.index(stripped[0])
        end = start + len(stripped)
        # An empty line between two lines shows as two breaks in a row.
        between = text[raw[-1][1] : start] if raw else "\n\n"
        gap = gap or len(re.findall(r"\r\n|[\n\r\u2028\u2029\x85]", between)) > 1
        raw.append((start, end, gap))
        gap = False
    if wrapped and _is_wrapped(text, raw):
        whole: list[tuple[int, int, bool]] = []
        width = 0
        for start, end, gapped in raw:
            if whole and not gapped and _continues(text[whole[-1][1] - 1], text[start : start + 8], width):
                whole[-1] = whole[-1][0], end, whole[-1][2]
            else:
                whole.append((start, end, gapped))
            width = end - start
        raw = whole
    return [Line(start, end, text[start:end], gapped) for start, end, gapped in raw]


def _is_wrapped(text: str, raw: list[tuple[int, int, bool]]) -> bool:
    """True if lines are cut at a column: most lines that are followed by another without a gap end mid-sentence."""
    inner = [(a, b) for a, b in itertools.pairwise(raw) if not b[2]]
    if len(inner) < 3:
        return False
    broken = sum(
        1
        for (start, end, _), (follow, stop, _) in inner
        if 40 <= end - start <= 120 and text[end - 1] not in '.!?:;。！？”"’»' and text[follow:stop][:1].islower()
    )
    # Measured on our twelve pages and on hard-wrapped press statements: prose wrapped at 60 to 90 columns has 0.3 to
    # 0.6 of its inner lines followed by a small letter; pages with a paragraph a line have under 0.05.
    return broken >= 0.2 * len(inner)


def _continues(last: str, following: str, width: int) -> bool:
    """True if a line that begins with `following` goes on after one of `width` characters that ends in `last`."""
    if width < 36 and last in ".!?:":
        return False
    return not re.match(r"\s*(?:[-•*▪◦‣·]\s|\d{1,2}[.)]\s)", following)


@cache
def _phrases(name: str, key: str) -> tuple[str, ...]:
    return tuple(sorted((w.casefold() for w in lexicon.words(name, key)), key=lambda w: (-len(w), w)))


@cache
def _phrase_index(key: str) -> dict[str, tuple[str, ...]]:
    """Phrases by their first character, longest first, so that a line is held against a few of them only."""
    out: dict[str, list[str]] = {}
    for phrase in _phrases("split", key):
        out.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(group) for first, group in out.items()}


def _opening(text: str, key: str) -> str | None:
    phrases = _phrase_index(key).get(text[:1])
    if phrases is None or not text.startswith(phrases):
        return None
    for phrase in phrases:
        if text.startswith(phrase):
            after = text[len(phrase) : len(phrase) + 1]
            if not after or not after.isalnum() or not phrase[-1].isascii():
                return phrase
    return None


_EDGE = " \t\u00a0[](){}<>«»‹›←→➔➜►▶»›⟶⇒…·•|*_~#=" + _DASHES
_TAIL = re.compile(
    r"""(?ix)\s*(?:
      [\[(]\s*(?:…|\.{3})\s*[\])] (?:\s*(?:→|»|›|&raquo;|&rarr;))?
    | [\[(]?\s*(?P<phrase>[^\[\]()\n.!?。]{2,40}?)\s*(?:…|\.{3})?\s*[\])]?\s*(?P<arrow>→|»|›|>>|➔|➜|►|▶|…|\.{3})?
    )\s*$"""
)


def _marker(text: str) -> tuple[str, str] | None:
    """(phrase, what follows it) if a line is a cut-off marker."""
    bare = text.strip(_EDGE + ".:")
    folded = bare.casefold()
    phrase = _opening(folded, "markers.phrases")
    if phrase is None:
        return ("[…]", "") if re.fullmatch(r"\s*[\[(]\s*(?:…|\.{3})\s*[\])]\s*(?:→|»|›)?\s*", text) else None
    rest = bare[len(phrase) :].strip(" \t\u00a0:" + _EDGE).strip('“”"„«»')
    folded_rest = rest.casefold()
    filler = _opening(folded_rest, "markers.fillers")
    while filler is not None:
        rest = rest[len(filler) :].strip(" :" + _EDGE)
        folded_rest = rest.casefold()
        filler = _opening(folded_rest, "markers.fillers") if rest else None
    return phrase, rest


def tail_marker(text: str) -> int | None:
    """Where a cut-off marker at the end of a paragraph begins (`… Read more →`, `[…]`, `(more…)`), or None."""
    window = text[-80:]
    base = len(text) - len(window)
    match = re.search(r"\s*[\[(]\s*(?:…|\.{3})\s*[\])]\s*(?:[→»›➔]|\S{1,2})?\s*$", window)
    if match:
        return base + match.start()
    # A phrase after the end of a sentence or an ellipsis, or one in brackets, or one before an arrow.
    for opening in re.finditer(r"(?:…|\.{3}|[.!?。”\"’)])\s+|[\[(]\s*|\s{2,}|(?<=…)|(?<=\.\.\.)", window):
        part = window[opening.end() :]
        found = _marker(part)
        if found is not None and not found[1] and len(found[0]) > 3 and found[0] != "suite":
            return (
                base + opening.start() + len(opening.group().rstrip("[( \t\u00a0"))
                if opening.group().strip()
                else base + opening.start()
            )
        if found is not None and not found[1] and re.search(r"[\[(]\s*$", opening.group()):
            return base + opening.start()
    return None


_HASHTAGS = re.compile(r"^(?:#\w+[\s,]*)+$")
_SEPARATORS = re.compile(r"\s*(?:[|•·∙/,;»›]|\s[" + _DASHES + r"]\s|\s{3,}|\t)\s*")
_LABEL = 6  # words of a line about a post that ends like a sentence
_COUNT = re.compile(r"^\(?\s*\d[\d.,kK]*\s*\)?\s*")
_NAME = re.compile(r"^[^\W\d_][\w.'’\- ]*$")


def _meta(line: Line) -> Line | None:
    """The line with what it says about the post, if it says nothing else: date, byline, categories, counts."""
    text = line.text
    if len(text) > 200 or "\n" in text:
        return None
    if text[:1] == "#" and _HASHTAGS.match(text):
        return replace(line, kind="meta", categories=tuple(re.findall(r"#(\w+)", text)))
    bare = text.strip(_EDGE + ".:")
    whole = line_date(bare) or yearless(bare)
    if whole:
        return replace(line, kind="meta", date=whole)
    date = byline = None
    categories: list[str] = []
    counts = False
    known = unknown = 0
    after_category = False
    parts = _meta_parts(text)
    for part in parts:
        bare = part.strip(_EDGE + ".,:")
        folded = bare.casefold()
        if not bare:
            continue
        if found := line_date(bare):
            date = date or found
            known, after_category = known + 2, False
            continue
        lead = _opening(folded, "posted.date")
        if lead and (found := line_date(bare[len(lead) :].strip(_EDGE + ".,:"))):
            date = date or found
            known, after_category = known + 2, False
            continue
        if _is_count(folded):
            counts, known, after_category = True, known + 1, False
            continue
        lead = _opening(folded, "posted.by")
        if (
            lead
            and (name := bare[len(lead) :].strip(_EDGE + ".,:"))
            and len(name) < 60
            and _NAME.match(name)
            and len(name.split()) <= 6
        ):
            byline = byline or name
            known += 2 if len(lead) > 2 else 1
            after_category = False
            continue
        lead = _opening(folded, "posted.categories")
        rest = bare[len(lead) :].strip(_EDGE + ".,:") if lead else ""
        if lead and rest and len(rest) < 80 and (len(lead) > 2 or known or len(parts) > 1):
            categories.append(rest)
            known, after_category = known + 1, True
            continue
        if (after_category and len(bare) < 40) or _is_chrome(folded):
            categories.append(bare)
            continue
        if CLOCK.fullmatch(bare):
            continue
        unknown += 1
        if len(bare) < 40 and _NAME.match(bare) and len(bare.split()) <= 4:
            # A name or a section beside a date: "Ana Ruiz | 3 March 2026 | World"
            categories.append(bare)
        else:
            unknown += 3
    if not known or unknown > 2 or (unknown and not date):
        return None
    if not date and not counts and not byline and not categories:
        return None
    if not date and not counts and byline is None and text[-1:] in ".:!?" and len(text.split()) > _LABEL:
        return None  # "In reply to the press, the Spokesman, Ana Mora, said:" is no list of categories
    # "By Name" alone is a byline; "in Something" or "From Something" alone may be a title.
    named = byline is not None and 2 <= len(byline.split()) <= 4 and all(w[:1].isupper() for w in byline.split())
    if not date and not counts and known < 2 and not (categories and ":" in text) and not named:
        return None
    if not date and not counts and byline and unknown:
        return None
    if byline is not None and not date and not counts and text[:1].islower():
        return None
    if unknown and (said := notice(text)) is not None and said.label:
        # "First published in the Courier, March 9, 2026" is a credit, not the line of the post.
        return None
    return replace(
        line, kind="meta", date=date, byline=byline, categories=tuple(categories), counts=counts, loose=unknown > 0
    )


def _meta_parts(text: str) -> list[str]:
    """The pieces of a line about a post, cut at its separators but never within a date."""
    parts: list[str] = []
    # "28/02/2026 · World": the strokes within the date are no separators.
    dates = [match.span() for match in NUMERIC.finditer(text)]
    at = 0
    pieces: list[str] = []
    for match in _SEPARATORS.finditer(text):
        if not any(start <= match.start() < end for start, end in dates):
            pieces.append(text[at : match.start()])
            at = match.end()
    for part in [*pieces, text[at:]]:
        # "March 3, 2026" is cut at its comma; put it together again.
        year = re.fullmatch(r"\s*\d{4}(?:\s.*)?", part)
        if parts and (
            (year and re.search(r"\d{1,2}(?:st|nd|rd|th)?$", parts[-1])) or line_date(f"{parts[-1]}, {part}")
        ):
            parts[-1] = f"{parts[-1]}, {part}"
        else:
            parts.append(part)
    out: list[str] = []
    for part in parts:
        # "Posted on March 3, 2026 by Ana Ruiz in News"
        part, *counted = _AFTER_CLOCK.split(part)
        cut = re.split(r"\s+(?=(?:by|por|par|von|in|en|dans)\s+[^\W\d_])", part)
        head = cut[0]
        lead = _opening(part.casefold(), "posted.by")
        if lead and part[len(lead) :].strip()[:1].isalpha():
            out.append(part)
        elif len(cut) > 1 and (
            _opening(head.casefold(), "posted.date") or line_date(head) or _is_count(head.casefold())
        ):
            out += cut
        else:
            out.append(part)
        out += counted
    return out


# "Posted by Ana Ruiz at 10:32 AM 2 comments"
_AFTER_CLOCK = re.compile(
    r"\s+(?:(?:at|um|a\s+las?|à|às|kl\.?|pukul)\s+)?\d{1,2}[:.]\d\d(?:\s*[ap]\.?m\.?)?"
    r"(?-i:\s+\(?[A-Z]{2,5}\)?(?![\w.]))?(?:\s+(?=\d|[^\W\d_])|$)",
    re.I,
)


def _is_count(folded: str) -> bool:
    bare = _COUNT.sub("", folded).strip(" ():…." + _EDGE)
    bare = re.sub(r"[\s:(]*\d[\d.,k]*\)?$", "", bare).strip(" :")
    if not bare:
        return False
    words = _count_words()
    if bare in words and (bare != folded or " " in bare or len(bare) > 6):
        return True
    lead = _opening(bare, "posted.counts")
    return bool(
        lead
        and " " in lead
        and len(bare) - len(lead) < 90
        and re.match(r"\s*(?:on|to|in|en|sur|a|sobre|auf|zu)?\b", bare[len(lead) :])
    )


@cache
def _count_words() -> frozenset[str]:
    return frozenset(w.casefold() for w in lexicon.words("split", "posted.counts"))


@cache
def _chrome_lines() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    fixed: set[str] = set()
    open_ended: dict[str, list[str]] = {}
    for phrase in lexicon.words("split", "chrome.lines"):
        folded = phrase.casefold()
        if folded.endswith("*"):
            open_ended.setdefault(folded[0], []).append(folded[:-1])
        else:
            fixed.add(folded)
    return frozenset(fixed), {first: tuple(group) for first, group in open_ended.items()}


def _is_chrome(folded: str) -> bool:
    fixed, open_ended = _chrome_lines()
    bare = folded.strip(_EDGE + ".:!0123456789")
    if bare in fixed:
        return True
    full = folded.strip(" \t\u00a0[]|•·*→»›«‹←")
    if full.startswith(open_ended.get(full[:1], ())):
        return True
    if _only_chrome(bare, fixed):
        return True
    if _is_arrow(folded) or _is_tally(folded) or _SHELF.match(folded):
        return True
    if _MENU.match(text := folded.strip(" |•·›»>")) and len(text) < 120:
        return True
    # A menu on one line: "Home | About | Contact", "Home › News › Archive"
    parts = [p.strip(_EDGE + ".:") for p in re.split(r"[|•·›»/>]|\s{3,}|\t", folded)]
    parts = [p for p in parts if p]
    return len(parts) > 2 and sum(p in fixed for p in parts) * 2 >= len(parts)


# Three or more words or short names between strokes or dots, without a figure: the sections of a site.
_MENU = re.compile(r"^[^\W\d]+(?:[ '’-][^\W\d]+){0,2}(?:\s*[|•·›»>]\s*[^\W\d]+(?:[ '’-][^\W\d]+){0,2}){2,}$")


# The months and years of a blog's archive, with how many posts each has: "▼ March (4)", "2025 (140)".
_SHELF = re.compile(r"^\W{0,3}(?:[^\W\d_]{3,12}\s+)?(?:(?:19|20)\d\d|[^\W\d_]{3,12})\s*\(\d{1,4}\)$")


def _is_tally(folded: str) -> bool:
    """True for how often a message was seen and liked, told in pictures and figures only: "👁 312 ❤ 14"."""
    if len(folded) > 60 or any(c.isalpha() for c in folded.replace("k", "").replace("m", "")):
        return False
    return any(c.isdecimal() for c in folded) and any(unicodedata.category(c) == "So" for c in folded)


def _is_arrow(folded: str) -> bool:
    """True for a way to another page: a few words with an arrow or half a pair of guillemets at one end."""
    words = folded.strip(" \t\u00a0«‹←»›→").split()
    if not 0 < len(words) <= 4 or any(c in "«»‹›" for c in " ".join(words)):
        return False
    return (folded[0] in "«‹←") != (folded[-1] in "»›→") and len(folded) < 60


def _only_chrome(folded: str, fixed: frozenset[str]) -> bool:
    """True if a line is made of several of the page's own phrases and nothing else: "Home About Archive Contact"."""
    words = [w.strip("|·•›»,/") for w in folded.split()]
    words = [w for w in words if w]
    at = pieces = 0
    while at < len(words):
        for size in (4, 3, 2, 1):
            if " ".join(words[at : at + size]) in fixed and at + size <= len(words):
                at, pieces = at + size, pieces + 1
                break
        else:
            return False
    return pieces > 1


_PAGER = re.compile(r"^[\s\d.…«»‹›<>←→|,\[\]()-]+$")


_SHOWING = re.compile(
    r"(?:showing|displaying|results|menampilkan|mostrando|affichage)\s+(?:\w+\s+)?\d+\s*(?:to|[-–—]|of|a|à|de)\s*\d"
)


def _is_pager(folded: str) -> bool:
    if _SHOWING.match(folded):
        return True
    if _PAGER.match(folded) and any(c.isdigit() for c in folded):
        return True
    parts = [p for p in re.split(r"[\s|·•…«»‹›<>←→,\[\]()-]+", folded) if p]
    if len(parts) > 1 and any(p.isdigit() for p in parts) and len(folded) < 90:
        fixed = _chrome_lines()[0]
        rest = " ".join(p for p in parts if not p.isdigit())
        if rest in fixed or all(p in fixed for p in rest.split()):
            return True
    pages = _phrases("split", "chrome.pages")
    for word in pages if folded.startswith(pages) else ():
        if folded.startswith(word) and re.fullmatch(
            r"\W*\d+\W*(?:\w{1,10}\W*\d+)?\W*(?:next|siguiente|suivant|页|頁)?\W*", folded[len(word) :]
        ):
            return True
    return bool(re.fullmatch(r"(?:[«‹←<]\s*)?\w{3,10}(?:\s+(?:posts|page|\d+|…|\.{3}))*\s*(?:[»›→>])", folded)) and any(
        c.isdigit() for c in folded
    )


@cache
def _caption_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a caption begins with, and the credit in brackets that it ends with."""
    credit = _any_of("captions.credit")
    agencies = _any_of("captions.agencies")
    name = r"[A-Z][\w.'’ /-]{1,60}"
    end = (
        rf"[(\[]\s*(?:(?:file\s+|archive\s+|handout\s+)?(?:{credit})(?!\w)[^()\[\]]{{0,90}}"
        rf"|[A-Z][\w.&'’ -]{{1,40}}\s*[|/]\s*{name}"
        rf"|[^()\[\]]{{1,60}}[/,]\s*(?:via\s+)?(?:{agencies}))\s*[)\]]\s*\.?$"
    )
    shown = r"taken|shows?|released|provided|from|made\s+available|captured|dated"
    start = (
        rf"^(?:(?:{_any_of('captions.lead')})(?:\s+(?:by|courtesy|credit|shows?|taken))?\s*[:：©]"
        r"|photo(?:graph)?s?\s+(?:by|courtesy|taken|shows?|released|provided)\b"
        r"|(?:in\s+)?(?:this|an?|the)\s+(?:undated\s+|file\s+|handout\s+|archive\s+|combination\s+)?"
        r"(?:photo(?:graph)?|picture|image|screenshot|video\s+grab|still|aerial\s+view|combo\s+photo)\b"
        rf".{{0,40}}\b(?:{shown})\b"
        r"|file\s+photo\b|©\s*\w)"
    )
    return re.compile(start, re.I), re.compile(end, re.I)


def _any_of(key: str) -> str:
    return "|".join(re.escape(phrase) for phrase in _phrases("split", key))


def _is_caption(text: str) -> bool:
    if len(text) > 700:
        return False
    start, end = _caption_patterns()
    return bool(start.match(text) or end.search(text[-160:]))


def is_head(text: str) -> bool:
    """True if a paragraph has the form of a title: short, no full stop at its end, not a list item, not a label."""
    if not text or len(text) > _SHORT or len(text.split()) > 34:
        return False
    last = text.rstrip("”\"’'»)]")[-1:] or text[-1]
    if last in ",;:。：，；" or (last in ".…" and not re.search(r"\b(?:[A-Z]\.){2,}$", text)):
        return False
    first = re.sub(r"^[\s\"“‘«'(\[]+", "", text)[:1]
    if not first or first.islower() or first in "-•*▪◦‣·–—":
        return False
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 2 or "@" in text or re.search(r"(?i)https?://|www\.", text):
        return False
    # A whole quotation on a line of its own is a pull quote, not a title; so is a sentence that goes on after a stop.
    if text[0] in '“"«' and last in '”"»' and not re.search(r"[”\"»]", text[1:-1]):
        return False
    return not re.search(r"[a-z]{2,}[.;]\s+[A-Z][a-z]+ .*[a-z]$", text) or len(text) < 60


def _classify(line: Line) -> Line:
    text = line.text
    if len(text) <= _SHORT:
        folded = text.casefold().strip()
        if marker := _marker(text):
            phrase, rest = marker
            single = " " not in phrase and phrase.isascii()
            if not rest or (not single and is_head(rest)):
                return replace(line, kind="marker", title=rest or None)
        if _is_pager(folded):
            return replace(line, kind="chrome")
        if len(text) < 120 and _is_chrome(folded):
            return replace(line, kind="chrome")
        if found := _meta(line):
            open_year = found.date is not None and found.date.startswith("--")
            return replace(found, weekday=weekday(text)) if open_year else found
    if _is_caption(text):
        return replace(line, kind="caption")
    cut = tail_marker(text)
    if cut is not None and cut > 0:
        return replace(line, cut=cut)
    if re.search(r"(?:…|\.{3})\s*$", text[-6:]):
        return replace(line, cut=len(text))
    if is_head(text):
        return replace(line, kind="head")
    return line
