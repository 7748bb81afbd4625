"""Dates that the text gives, as ISO 8601 prefixes: the reference date of every post, and every date told in it.

The grammar is our own: words that can begin a date are found in one pass over a layer, and a few patterns are tried at
each, so that the time grows with the length of the text and nothing else. Invariant: a `DateMention`'s evidence is
exact, and its value is an ISO prefix, or `--07-24` (`--07`) where no year can be known.

A week is given as the month it lies in, a season as its year, each with the last day as `end`: an ISO prefix that names
them exactly does not exist, and readers date "last week" no closer.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from spacy.tokens import Doc

from onrecord import lexicon
from onrecord.model import Cell, DateMention, Document, Evidence, Layer, Post, Span

_Partial = tuple[int | None, int | None, int | None]
_FILE = "en/dates"


@dataclass(frozen=True, slots=True)
class PageDates:
    """What a page says about when its posts were written: the reference date for each post, and why.

    `reference[n]` is an ISO 8601 prefix for post `n` against which "today" and "Tuesday" are resolved, or None;
    `year[n]` the year that a date without one most likely means there, or None; `why[n]` the reason in words.
    `layers[n][k]` is the reference of layer `k` where that layer has its own (a dateline, the day it was first
    published), else None. `month_first` is true if the page writes 2/13/2026 for 13 February. `until[n]` is given where
    the reference is only the day of the news that a post tells: the day by which the post itself was written.
    """

    reference: tuple[str | None, ...]
    year: tuple[int | None, ...]
    why: tuple[str, ...]
    layers: tuple[tuple[str | None, ...], ...] = ()
    month_first: bool = False
    until: tuple[str | None, ...] = ()


def page(document: Document, posts: Sequence[Post]) -> PageDates:
    """Reads the dates of a page as a whole: date lines, datelines, years written out, and the order of its posts.

    An archive page is taken to be newest first; `document.fetched` and `document.published` bound its newest post.
    """
    facts = [_facts(post) for post in posts]
    month_first = _month_first(document, posts)
    published = _partial(document.published)
    if len(posts) == 1 and published and published[0]:
        return _single(facts[0], document.published or "", month_first)
    bounds = [day for value in (document.fetched, document.published) if (day := _last_day(value))]
    return _archive(facts, min(bounds, default=None) or _around_posts(document.text, posts), month_first)


def find(post: Post, docs: Sequence[Doc], page_dates: PageDates) -> tuple[DateMention, ...]:
    """The dates in a post, in order of layer and place."""
    out: list[DateMention] = []
    until = page_dates.until[post.index] if post.index < len(page_dates.until) else None
    for layer, doc in zip(post.layers, docs, strict=True):
        today = reference(page_dates, post, layer.index)
        written = until if today == page_dates.reference[post.index] else None
        out += _find(layer, doc, today, written, page_dates.month_first)
    return tuple(out)


def reference(page_dates: PageDates, post: Post, layer: int) -> str | None:
    """The day that "today" means in a layer, and that news told there without a date happened on: an ISO prefix.

    A republished report has the day of its dateline or of its first publication, everything else that of the post.
    """
    if post.index < len(page_dates.layers) and layer < len(page_dates.layers[post.index]):
        own = page_dates.layers[post.index][layer]
        if own is not None:
            return own
    return page_dates.reference[post.index] if post.index < len(page_dates.reference) else None


def for_span(
    dates: Sequence[DateMention],
    layer: int,
    start: int,
    end: int,
    *,
    within: Span | None = None,
    doc: Doc | None = None,
) -> tuple[DateMention, ...]:
    """The dates that could date the act named at `start` to `end` of a layer, likeliest first.

    `dates` as `find` gives them (sorted). `within` is the sentence or clause to stay in; without it, 300 characters to
    each side. With the layer's `doc`, dates in the clause of the act go first, and those of another verb below it are
    left out; without it, the nearest goes first. Left out are anniversaries, and dates of another noun ("the 2014
    summit").
    """
    low, high = (within.start, within.end) if within else (start - 300, end + 300)
    first = bisect_left(dates, (layer, low), key=lambda d: (d.evidence.layer, d.evidence.start))
    near: list[DateMention] = []
    for place in range(first, len(dates)):
        where = dates[place].evidence
        if where.layer != layer or where.start >= high:
            break
        if dates[place].anniversary or where.end > high or (dates[place].attributive and not _names(where, start, end)):
            continue
        near.append(dates[place])
    if near:
        clause = _clause_order(doc, start, end) if doc is not None and doc.has_annotation("DEP") else None
        ranked = [(clause(d) if clause else 0, _gap(d.evidence, start, end), d) for d in near]
        near = [d for rank, _, d in sorted(ranked, key=lambda row: row[:2]) if rank < 2]
    if len(near) > 1:
        # "earlier this week, on January 9": the closer of two that agree.
        closer = [d for d in near[1:] if len(d.value) > len(near[0].value) and d.value.startswith(near[0].value)]
        if closer and _gap(closer[0].evidence, near[0].evidence.start, near[0].evidence.end) <= 12:
            near.remove(closer[0])
            near.insert(0, closer[0])
    return tuple(near)


def _gap(where: Evidence, start: int, end: int) -> int:
    return max(start - where.end, where.start - end, 0)


def _names(where: Evidence, start: int, end: int) -> bool:
    """Whether an attributive date stands in, or close before, the words that name the act."""
    return start <= where.start < end or where.end - 1 <= start <= where.end + 50


def _clause_order(doc: Doc, start: int, end: int) -> Callable[[DateMention], int]:
    """Ranks dates by syntax: 0 for one that hangs on the act or its verb, 1 elsewhere, 2 below another verb."""
    tokens = range(len(doc))

    def at(i: int) -> int:
        return doc[i].idx

    first = max(bisect_right(tokens, start, key=at) - 1, 0)
    last = max(bisect_left(tokens, end, key=at) - 1, 0)
    act = doc[first : last + 1].root
    verb = act
    for _ in range(8):
        if verb.pos_ in ("VERB", "AUX") or verb.head.i == verb.i:
            break
        verb = verb.head
    inside = set(range(first, last + 1)) | {act.i, verb.i}

    def rank(mention: DateMention) -> int:
        token = doc[max(bisect_right(tokens, mention.evidence.start, key=at) - 1, 0)]
        for _ in range(12):
            if token.i in inside:
                return 0
            if token.pos_ in ("VERB", "AUX") and token.dep_ not in ("aux", "auxpass"):
                # A verb joined to the act by "and" shares its day; one that the act hangs on may.
                # So does one that says when the act is held: "the meeting held on", "will travel, beginning on".
                if token.head.i in inside and (token.dep_ in ("conj", "acl", "relcl") or token.lemma_ in _HELD):
                    return 0
                return 1 if token.is_ancestor(verb) else 2
            if token.head.i == token.i:
                return 1
            token = token.head
        return 1

    return rank


# News is told with the day of the week, so that a day more than a week back is background.
_WEEK = 7
_AHEAD = 60


def story_day(
    post: Post, dates: Sequence[DateMention], page_dates: PageDates, layer: int, start: int, *, planned: bool = False
) -> Cell | None:
    """The day of an act told as news at `start` of a layer in a sentence without a date; None if nothing tells.

    It is the last full day told before it in the layer that is news there: within the week before the reference day
    (six weeks if told in the same paragraph of a post that has no date line), or, for what is planned, up to two months
    after it. Else it is the reference day itself. A post whose day is only guessed from its neighbours tells of other
    times: there it is the last date told before, if any.
    """
    today = reference(page_dates, post, layer)
    here = _partial(today)
    if today is None or here is None:
        return None
    place = bisect_left(dates, (layer, start), key=lambda d: (d.evidence.layer, d.evidence.start))
    before = [d for d in dates[max(place - 60, 0) : place] if d.evidence.layer == layer and not d.anniversary]
    paragraph = max((p.start for p in post.layers[layer].paragraphs if p.start <= start), default=0)
    if not (here[0] and here[1] and here[2]):
        if not before:
            return None
        near = before[-1].evidence.start >= paragraph
        value = before[-1].value if near or before[-1].value[0] == "-" else before[-1].value[:4]
        return Cell(value, (before[-1].evidence,))
    day = date(here[0], here[1], here[2])
    loose = post.index < len(page_dates.until) and page_dates.until[post.index] is not None
    for mention in reversed(before):
        if mention.attributive or mention.value[0] == "-" or len(mention.value) != 10:
            continue
        ahead = (date.fromisoformat(mention.value) - day).days
        back = _SLACK if loose and mention.evidence.start >= paragraph else _WEEK
        if -back <= ahead <= (_AHEAD if planned else 0):
            return Cell(mention.value, (mention.evidence,))
    why = page_dates.why[post.index] if post.index < len(page_dates.why) else ""
    return Cell(today, inferred=f"told as news of {today}" + (f": {why}" if why else ""))


def about(post: Post, page_dates: PageDates, layer: int) -> tuple[Cell | None, Cell | None, Cell | None]:
    """When an act may have been that is told without a date: on the reference day of a layer, in its month, or in its
    year; None where the layer does not tell so much.
    """
    today = reference(page_dates, post, layer)
    year, month, day = _partial(today) or (None, None, None)
    if today is None or year is None:
        return None, None, None
    return (
        Cell(today, inferred=f"told as news of {today}") if month and day else None,
        Cell(f"{year:04}-{month:02}", inferred=f"told without a day in a report of {today}") if month else None,
        Cell(f"{year:04}", inferred=f"told without a month in a report of {today}"),
    )


def news_day(post: Post, dates: Sequence[DateMention], page_dates: PageDates) -> Cell | None:
    """The day on which a post's main news happened, so far as its dates alone can tell; None if they tell nothing.

    The last day that the editor's note, or else the lead of the report, tells of as past and near to the reference day;
    else the day of the report's dateline.
    """
    today = _last_day(page_dates.reference[post.index]) if post.index < len(page_dates.reference) else None
    notes = [layer for layer in post.layers if layer.kind == "editor"]
    reports = [layer for layer in post.layers if layer.kind in ("report", "speech")]
    for layer in [*notes, *reports[:1]]:
        note = layer.kind == "editor"
        own = page_dates.layers[post.index][layer.index] if post.index < len(page_dates.layers) else None
        lead = layer.paragraphs[min(4, len(layer.paragraphs) - 1)].end if layer.paragraphs else len(layer.text)
        text = layer.text.translate(_PLAIN)
        told: list[DateMention] = []
        for mention in _of_layer(dates, layer.index):
            where = mention.evidence
            if not _is_day(mention.value) or mention.anniversary or mention.attributive:
                continue
            if not note and (
                where.start >= lead or told or (mention.value == own and _AFTER_DATELINE.match(text, where.end))
            ):
                continue
            if (
                today
                and mention.value[0] != "-"
                and not -3 <= (today - date.fromisoformat(mention.value)).days <= _SLACK
            ):
                continue
            if not _to_come(text, where.start) and not _PUBLISHED.search(_clause_before(text, where.start)):
                told.append(mention)
        if told:
            # What began on the first day and went on is dated by it; a day further back only leads up to the news.
            last = max(told, key=lambda d: d.value)
            best = told[0] if _days_between(told[0].value, last.value) <= _SPELL else last
            return Cell(best.value, (best.evidence,))
        if own is not None and _is_day(own):
            return Cell(own, inferred="the day of the report's dateline")
    return None


_SPELL = 3


def _is_day(value: str) -> bool:
    return len(value) == 10 or (value.startswith("--") and len(value) == 7)


def _days_between(first: str, last: str) -> int:
    if first[0] == "-" or last[0] == "-":
        return 0
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _of_layer(dates: Sequence[DateMention], layer: int) -> Sequence[DateMention]:
    """The dates of one layer, of dates in order."""
    low = bisect_left(dates, layer, key=lambda d: d.evidence.layer)
    return dates[low : bisect_right(dates, layer, key=lambda d: d.evidence.layer)]


_PUBLISHED = re.compile(
    r"\b(?:published|posted|printed|appeared|first carried)\b[^.;]{0,60}?\b(?:on|of)[ ](?:\w+day,?[ ])?$"
)


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _words(key: str) -> frozenset[str]:
    return frozenset(lexicon.words(_FILE, key))


@cache
def _numbers(key: str) -> dict[str, int]:
    return {word.casefold(): int(number) for word, number in lexicon.table(_FILE, key).items()}


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def _both_cases(words: Iterable[str]) -> list[str]:
    return [form for word in words for form in (word, word.upper())]


_MONTHS = _numbers("months") | _numbers("month_abbreviations")
_WEEKDAYS = _numbers("weekdays") | _numbers("weekday_abbreviations")
_COUNTS = _numbers("numbers")
_ORDINALS = _numbers("ordinals")
_SEASONS = _numbers("seasons")
_LONG_MONTHS = frozenset(_numbers("months"))
_LONG_DAYS = frozenset(_numbers("weekdays"))
_SHY = frozenset(word.casefold() for word in _words("context.shy_months"))
_BEFORE_MONTH = _words("context.before_month")
_BEFORE_YEAR = _words("context.before_year")
_BEFORE_NUMBER = _words("context.before_number")
_COUNTED = _words("context.counted")
_NOWADAYS = _words("context.nowadays")
_BEFORE_NAME = _words("context.before_weekday_name")
_AFTER_NAME = _words("context.after_weekday_name")

# White space within a date: a line may be broken there, a paragraph may not.
_W = r"(?:[ \t]{1,2}|[ ]?\n[ ]?)"
_MONTH_NAMES = [*lexicon.table(_FILE, "months"), *lexicon.table(_FILE, "month_abbreviations")]
_MON = rf"(?:{_alternatives(_both_cases(_MONTH_NAMES))})"
_MONTH = rf"{_MON}(?![^\W\d_])\.?"
_LONG_MONTH = rf"(?:{_alternatives(_both_cases(lexicon.table(_FILE, 'months')))})(?![^\W\d_])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:[ ]?(?:st|nd|rd|th))?(?![\w%]|[.:]\d|,\d{3})"
_YEAR = r"(?:1[5-9]|20)\d\d(?![\w%]|[.:,]\d|-\d\d-)"
_TO = rf"(?:{_W}?(?:-{{1,2}}|/){_W}?|{_W}(?:to|until|till|through|thru){_W})"
_AND = rf"{_W}(?:and|&|or){_W}"
# "February 10 and 20 ambulances" is one date and a number.
_ENDS = (
    r"(?![ ](?:[a-z]+[ ])?(?!was\b|has\b|is\b|as\b|ends\b|begins\b|sees\b|this\b)[a-z]+s\b|[ ](?:more|other|new|per)\b)"
)
_MODE = r"(?P<mode>this|last|next|that|the same|the previous|the following|the coming)"
_LONG_DAY = rf"(?:{_alternatives(_both_cases(lexicon.table(_FILE, 'weekdays')))})(?![^\W\d_])"
_ANY_DAY = rf"(?:{_LONG_DAY}|(?:{_alternatives(_both_cases(lexicon.table(_FILE, 'weekday_abbreviations')))})\b\.?)"
_PART = r"(?:early |late )?(?:morning|noon|midday|afternoon|evening|night|midnight)"
_TENS = r"(?:twenty|thirty|forty|fifty|sixty)[ -](?:one|two|three|four|five|six|seven|eight|nine)"
_COUNT = rf"(?:\d{{1,3}}|{_TENS}|{_alternatives(_COUNTS)}|several|few|couple of)"
_UNIT = r"(?:day|week|fortnight|month|year|decade)"


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("{W}", _W))


_MONTH_FIRST = _pattern(
    rf"(?P<m>{_MONTH})(?:{{W}}|,{{W}}|-)?(?:the{{W}})?(?P<d>{_DAY})(?:,?{{W}}(?P<y0>{_YEAR})(?={_TO}{_MON}))?"
    rf"(?:{_TO}(?:(?P<m2>{_MONTH}){{W}})?(?P<d2>{_DAY})|(?:,{{W}}\d\d?)?{_AND}(?:(?P<m3>{_MONTH}){{W}})?(?P<d3>{_DAY}){_ENDS})?"
    rf"(?:(?:,|-)?{{W}}?(?:of{{W}})?(?P<y>{_YEAR})|,?{{W}}(?:of{{W}})?{_MODE}{{W}}year\b)?"
)
_DAY_FIRST = _pattern(
    rf"(?P<d>{_DAY})(?:(?:{_TO}|{_AND})(?:the{{W}})?(?P<d2>{_DAY}))?"
    rf"(?:{{W}}(?:day{{W}})?(?:of{{W}})?(?:the{{W}}month{{W}}of{{W}})?|[-/.])(?P<m>{_MONTH})"
    rf"(?:(?:,|-|/|\.)?{{W}}?(?:of{{W}})?(?P<y>{_YEAR})|,?{{W}}(?:of{{W}})?{_MODE}{{W}}year\b)?"
    rf"(?:(?:{_TO}|(?P<and>{_AND}))(?P<d3>{_DAY}){{W}}(?:of{{W}})?(?P<m3>{_MONTH})(?:,?{{W}}(?P<y3>{_YEAR}))?)?"
)
_MONTH_YEAR = _pattern(
    rf"(?P<m>{_MONTH})(?:(?:,?{{W}}(?P<y0>{_YEAR}))?(?:{_TO}|{_AND})(?P<m2>{_MONTH}))?"
    rf"(?:,?{{W}}(?:of{{W}})?(?P<y>{_YEAR})|{{W}}(?:of{{W}})?{_MODE}{{W}}year\b)"
)
_MONTH_ALONE = _pattern(rf"(?P<m>{_LONG_MONTH})(?:(?:{_TO}|{_AND})(?P<m2>{_LONG_MONTH}))?(?!{{W}}?\d)")
_ISO = re.compile(r"(?P<y>(?:1[5-9]|20)\d\d)([-/.])(?P<m>0?[1-9]|1[0-2])\2(?P<d>0?[1-9]|[12]\d|3[01])(?!\d|[-/.]\d)")
_ISO_MONTH = re.compile(r"(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])(?![\d-])")
_NUMERIC = re.compile(
    r"(?P<a>0?[1-9]|[12]\d|3[01])([-/.]|[ ]/[ ])(?P<b>0?[1-9]|[12]\d|3[01])\2(?P<y>(?:19|20)\d\d|\d\d)(?![\w/]|[.-]\d)"
)
_YEARS = re.compile(r"(?P<y>(?:1[5-9]|20)\d\d)(?:-(?P<y2>\d{4}|\d\d)|/(?P<y3>\d\d(?:\d\d)?))?(?![\w%]|[.:,]\d|-\d)")
_FROM_TO_YEAR = _pattern(rf"{{W}}(?:to|and|until|till|through){{W}}(?P<y>{_YEAR})")
_NTH = _pattern(
    r"(?P<d>\d\d?)(?:st|nd|rd|th)"
    r"(?:{W}of{W}(?P<mode>this|last|next|that|the same){W}month\b|(?=[,.;)]|{W}(?:at|in|to|by)\b))"
)
_WEEKDAY = _pattern(
    rf"(?P<w>{_ANY_DAY})(?:'s)?(?:(?:{_TO}|{_AND})(?P<w2>{_LONG_DAY}))?(?:{{W}}{_PART}\b)?"
    rf"(?:{{W}}(?:of{{W}})?(?P<week>last|next|this|that){{W}}week\b)?"
)
_LINK = _pattern(r"(?:{W}?\({W}?|,?{W}on{W}(?:the{W})?|,?{W}the{W}|,{W}?|\.{W}|{W})?")
_RELATIVE = _pattern(
    rf"(?P<mode>last|past|previous|next|following|coming|this|same|that|current|preceding|the previous){{W}}"
    rf"(?:(?P<soon>coming{{W}})|past{{W}}|very{{W}})?"
    rf"(?:(?P<span>{_COUNT}){{W}}(?P<units>days|weeks|months|years)\b"
    rf"|(?P<unit>day|week|fortnight|month|year|weekend|quarter|night|evening|morning|afternoon|noon|half)(?:'s)?\b"
    rf"|(?P<season>spring|summer|autumn|fall|winter)\b|(?P<w>{_LONG_DAY})|(?P<m>{_LONG_MONTH}))"
)
_AGO = re.compile(
    rf"(?:(?<![\w-])(?:half[ ])?(?P<n>{_COUNT})[ \n](?P<u>{_UNIT})s?[ \n]|(?P<same>\bthe[ \n]{_UNIT}[ \n]))$", re.I
)
_THIS_DAY = re.compile(r"[ ](?:on[ ]this[ ]day|today|this[ ]day)\b")
_SEASON = _pattern(
    rf"(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)(?:,?{{W}}(?:of{{W}})?(?P<y>{_YEAR})|{{W}}(?:of{{W}})?{_MODE}{{W}}year\b)"
)
_QUARTER = _pattern(
    rf"(?P<n>first|second|third|fourth|last|final)(?:{{W}}|-)quarter\b"
    rf"(?:{{W}}(?:of{{W}})?(?:(?:the{{W}})?year{{W}})?(?:(?P<y>{_YEAR})|{_MODE}{{W}}year\b)|{{W}}of{{W}}the{{W}}year\b)?"
)
_NAMED_ORDINAL = _pattern(
    rf"(?P<o>{_alternatives(_ORDINALS)}){{W}}(?:day{{W}})?of{{W}}(?P<m>{_LONG_MONTH})(?:,?{{W}}(?P<y>{_YEAR}))?"
)
_HOLIDAY = re.compile(_alternatives(lexicon.table(_FILE, "holidays")))

_TODAY = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1, "overnight": 0}
_TRIGGER = {
    **dict.fromkeys(_MONTHS, "month"),
    **dict.fromkeys(_WEEKDAYS, "weekday"),
    **dict.fromkeys(_TODAY, "today"),
    **dict.fromkeys(
        ["last", "past", "previous", "next", "following", "coming", "this", "same", "that", "current", "preceding"],
        "relative",
    ),
    **dict.fromkeys(["ago", "earlier", "later", "before", "after", "prior"], "ago"),
    **dict.fromkeys(_SEASONS, "season"),
    **{word: "ordinal" for word in _ORDINALS if "-" not in word},
    **dict.fromkeys(["final"], "ordinal"),
    "twenty": "ordinal",
    "thirty": "ordinal",
    "weekend": "weekend",
    **dict.fromkeys(["beginning", "start", "end", "middle", "close", "rest", "remainder", "course"], "part"),
    **{word.split()[0].split("'")[0].casefold(): "holiday" for word in lexicon.table(_FILE, "holidays")},
}
_TRIGGER["second"] = "ordinal"
_TOKEN = re.compile(r"\d+|[^\W\d_]+")

_PLAIN = str.maketrans(
    {
        "\r": " ", "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u200a": " ", "\u200b": " ",
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    }
)  # fmt: skip


# ── Grammar: text to hits, knowing nothing about when it was written ─────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Hit:
    """An expression of time as it stands. `kind` says how the fields are to be read (see `_resolve`)."""

    start: int
    end: int
    kind: str
    y: int | None = None
    m: int | None = None
    d: int | None = None
    y2: int | None = None
    m2: int | None = None
    d2: int | None = None
    weekday: int | None = None
    mode: str = ""
    unit: str = ""
    n: int = 0
    swap: bool = False


def _number(text: str | None) -> int | None:
    return int(re.sub(r"\D", "", text)) if text else None


def _month(text: str | None) -> int | None:
    return _MONTHS[text.rstrip(".").casefold()] if text else None


def _mode(text: str | None) -> str:
    return text.split()[-1] if text else ""


def _before(text: str, start: int) -> str:
    """The word before `start`, with its case; a mark that stands in between instead."""
    left = text[max(0, start - 24) : start]
    stripped = left.rstrip(" \t-'\"")
    if not stripped or (stripped[-1] == "\n"):
        return ""
    match = re.search(r"[^\W_]+$", stripped)
    return match.group() if match else stripped[-1]


def _after(text: str, end: int) -> str:
    """The word after `end`, if only a space or a hyphen stands between."""
    match = re.compile(r"[ \n-]{1,2}([^\W\d_]+)").match(text, end)
    return match.group(1) if match else ""


def _valid(y: int | None, m: int | None, d: int | None) -> bool:
    if (y is not None and not 1 < y < 9999) or (m is not None and not 1 <= m <= 12):
        return False
    return d is None or m is None or 1 <= d <= calendar.monthrange(y or 2000, m)[1]


def _scan(text: str) -> list[_Hit]:
    """Every expression of time in `text`, in order, none overlapping another."""
    hits: list[_Hit] = []
    done = 0
    for token in _TOKEN.finditer(text):
        start = token.start()
        if start < done:
            continue
        word = token.group()
        if word.isdigit():
            if len(word) > 4:
                continue
            hit = _digits(text, start, word)
        else:
            kind = _TRIGGER.get(word.casefold())
            if kind is None:
                continue
            hit = _READERS[kind](text, start, word)
        if hit is None or hit.start < done:
            continue
        if not (_valid(hit.y, hit.m, hit.d) and _valid(hit.y2 or hit.y, hit.m2 or hit.m, hit.d2)):
            continue
        hits.append(hit)
        done = max(hit.end, token.end())
    return hits


def _digits(text: str, start: int, word: str) -> _Hit | None:
    if start and (
        text[start - 1] in "$€£¥₹#/" or (text[start - 1] in ".," and start > 1 and text[start - 2].isdigit())
    ):
        return None
    if len(word) == 4:
        if match := _ISO.match(text, start):
            return _Hit(start, match.end(), "date", int(match["y"]), int(match["m"]), int(match["d"]))
        if (match := _ISO_MONTH.match(text, start)) and int(match["m"]) != int(match["y"]) % 100 + 1:
            return _Hit(start, match.end(), "date", int(match["y"]), int(match["m"]))
        return _bare_year(text, start)
    if len(word) > 2 or word.strip("0") == "":
        return None
    if match := _DAY_FIRST.match(text, start):
        return _day_first(match)
    if match := _NUMERIC.match(text, start):
        a, b, y = int(match["a"]), int(match["b"]), int(match["y"])
        if len(match["y"]) == 2:
            if match[2] != "/":
                return None
            y += 2000 if y < 70 else 1900
        if a > 12 >= b:
            return _Hit(start, match.end(), "date", y, b, a)
        if b > 12 >= a:
            return _Hit(start, match.end(), "date", y, a, b)
        return _Hit(start, match.end(), "date", y, b, a, swap=True) if a <= 12 and b <= 12 else None
    if (match := _NTH.match(text, start)) and (match["mode"] or _before(text, start) == "the"):
        if not match["mode"] and not re.search(r"\bon[ \n]the[ \n]$", text[max(0, start - 8) : start]):
            return None
        return _Hit(start, match.end(), "nth", d=int(match["d"]), mode=_mode(match["mode"]))
    return None


def _day_first(match: re.Match[str], **more: Any) -> _Hit | None:
    m, d, y = _month(match["m"]), _number(match["d"]), _number(match["y"])
    if match["and"]:
        y = y or _year_before(m, _month(match["m3"]), _number(match["y3"]))
        return _Hit(match.start(), match.end("m"), "date", y, m, d, **more)
    if match["d3"]:
        m2, d2, y2 = _month(match["m3"]), _number(match["d3"]), _number(match["y3"])
        return _Hit(match.start(), match.end(), "date", y or _year_before(m, m2, y2), m, d, y2 or y, m2, d2,
                    mode=_mode(match["mode"]), **more)  # fmt: skip
    d2 = _number(match["d2"])
    if d2 is not None and d is not None and d2 <= d:
        return None
    return _Hit(
        match.start(), match.end(), "date", y, m, d, y, m if d2 else None, d2, mode=_mode(match["mode"]), **more
    )


def _year_before(m: int | None, m2: int | None, y2: int | None) -> int | None:
    """The year of the first day of a range whose last day has the year `y2`."""
    return y2 - (m is not None and m2 is not None and m > m2) if y2 is not None else None


def _month_first_hit(match: re.Match[str], **more: Any) -> _Hit | None:
    m, d = _month(match["m"]), _number(match["d"])
    m2, d2 = _month(match["m2"] or match["m3"]), _number(match["d2"] or match["d3"])
    y2 = _number(match["y"])
    y = _number(match["y0"]) or _year_before(m, m2, y2)
    if match["m3"]:
        # "January 11 and November 26, 2021" is two days, not a span; the second is found next.
        return _Hit(match.start(), match.end("d"), "date", y, m, d, **more)
    if d2 is not None and m2 is None:
        m2 = m
        if d is not None and d2 <= d:
            d2 = m2 = None
    return _Hit(match.start(), match.end(), "date", y, m, d, y2, m2, d2, mode=_mode(match["mode"]), **more)


def _bare_year(text: str, start: int) -> _Hit | None:
    match = _YEARS.match(text, start)
    if not match:
        return None
    y, y2, end = int(match["y"]), None, match.end()
    before = _before(text, start)
    low = before.casefold()
    after = _after(text, end)
    if second := match["y2"] or match["y3"]:
        y2 = int(second) if len(second) == 4 else y - y % 100 + int(second)
        if not y < y2 < y + (130 if text[start - 1 : start] == "(" else 60):
            return None
    elif text[start - 2 : start - 1].isdigit() and text[start - 1] in "-/":
        return None
    if (
        after in ("UTC", "GMT", "hours", "hrs", "local", "CET", "EST", "EDT", "IST", "BST", "h")
        or text[start - 1 : start] == ":"
    ):
        return None
    if low in _BEFORE_NUMBER and low not in ("over", "than", "some"):
        return None
    closed = text[start - 1 : start] in "([" and text[end : end + 1] in ")],;-" if start else False
    if after in _COUNTED or (after and text[end : end + 1] == "-"):
        return None
    if low in _BEFORE_YEAR or closed or y2 is not None:
        plural = after.endswith("s") and after[0].islower() and after not in ("as", "was", "has")
        if plural and low in ("over", "than", "some", "about", "around", "for", "to", "of", "and", "or"):
            return None
        if low in ("between", "from") and (span := _FROM_TO_YEAR.match(text, end)):
            return _Hit(start, span.end(), "year", y, y2=int(span["y"]))
        return _Hit(start, end, "year", y, y2=y2)
    # "the historic 2014 summit", "Geneva 2019": beside a name, or before a noun that is not counted.
    if after and (after[0].isupper() or (before and before[0].isupper()) or not after.endswith("s")):
        return _Hit(start, end, "year", y)
    if text[end : end + 1] in ",.;)\n" and before and before[0].isupper():
        return _Hit(start, end, "year", y, mode="name")
    return None


def _month_word(text: str, start: int, word: str) -> _Hit | None:
    if not word[0].isupper() or (len(word) > 1 and not word[1:].islower() and not word.isupper()):
        return None
    if (match := _MONTH_FIRST.match(text, start)) and (hit := _month_first_hit(match)):
        return hit
    if match := _MONTH_YEAR.match(text, start):
        m, m2, y = _month(match["m"]), _month(match["m2"]), _number(match["y"])
        first = _number(match["y0"]) or _year_before(m, m2, y)
        return _Hit(start, match.end(), "date", first, m, y2=y if m2 else None, m2=m2, mode=_mode(match["mode"]))
    low = word.casefold()
    if low not in _LONG_MONTHS or not (match := _MONTH_ALONE.match(text, start)):
        return None
    before, after = _before(text, start), _after(text, match.end())
    if before.casefold() not in _BEFORE_MONTH:
        if low in _SHY or (after and after[0].isupper()) or (before and before[0].isupper()):
            return None
        if before and before.isalpha() and before.casefold() not in ("the", "a", "its", "s"):
            return None
    elif low in _SHY and before.casefold() in ("to", "for", "as", "about", "on", "or", "and", "of"):
        if after in ("be", "have", "not", "also") or (after and after[0].isupper()):
            return None
    elif before.casefold() in ("each", "every"):
        return None
    return _Hit(start, match.end(), "date", m=_month(match["m"]), m2=_month(match["m2"]))


def _weekday_word(text: str, start: int, word: str, mode: str = "") -> _Hit | None:
    if not word[0].isupper() or not (match := _WEEKDAY.match(text, start)):
        return None
    weekday, short = _WEEKDAYS[word.casefold()], word.casefold() not in _LONG_DAYS
    link = _LINK.match(text, match.end())
    place = link.end() if link else match.end()
    if not match["w2"]:
        explicit: _Hit | None = None
        if (found := _DAY_FIRST.match(text, place)) or (found := _DAY_FIRST.match(text, match.end())):
            explicit = _day_first(found, weekday=weekday)
        elif found := _MONTH_FIRST.match(text, place):
            explicit = _month_first_hit(found, weekday=weekday)
        elif found := _ISO.match(text, place):
            explicit = _Hit(
                place, found.end(), "date", int(found["y"]), int(found["m"]), int(found["d"]), weekday=weekday
            )
        elif (found := _NUMERIC.match(text, place)) and (numeric := _digits(text, place, found["a"])):
            explicit = replace(numeric, weekday=weekday)
        elif (found := re.compile(r"(?:the[ ])?(\d\d?)(?:st|nd|rd|th)\b").match(text, place)) and not short:
            explicit = _Hit(place, found.end(), "nth", d=int(found[1]), weekday=weekday)
        if explicit:
            close = text.find(")", explicit.end, explicit.end + 2) if "(" in text[match.end() : place] else -1
            return replace(explicit, start=start, end=close + 1 if close >= 0 else explicit.end)
    if short:
        return None
    before, after = _before(text, start), _after(text, match.end())
    if before in _BEFORE_NAME or after in _AFTER_NAME:
        return None
    second = _WEEKDAYS[match["w2"].casefold()] if match["w2"] else None
    end = match.end()
    if match.group().endswith("'s") and not match["week"]:
        end -= 2
    return _Hit(start, end, "weekday", weekday=weekday, n=second if second is not None else -1,
                mode=mode or (f"{match['week']} week" if match["week"] else ""))  # fmt: skip


def _today_word(text: str, start: int, word: str) -> _Hit | None:
    end = start + len(word)
    before, low = _before(text, start), word.casefold()
    if low == "today":
        if word[0].isupper() and before and before[0].isupper() and before.isalpha():
            return None
        if text[end : end + 2] == "'s" and _after(text, end + 2) in _NOWADAYS:
            return None
    if low == "yesterday" and before == "before" and text[max(0, start - 15) : start].endswith("the day before "):
        return _Hit(start - 15, end, "day", n=-2)
    if low == "tomorrow" and before == "after" and text[max(0, start - 14) : start].endswith("the day after "):
        return _Hit(start - 14, end, "day", n=2)
    if part := re.compile(rf"[ ]{_PART}\b").match(text, end):
        end = part.end()
    return _Hit(start, end, "day", n=_TODAY[low])


_FORWARD = {"next": 1, "following": 1, "coming": 1, "last": -1, "past": -1, "previous": -1, "preceding": -1}


_LAST_YEAR = _pattern(r"{W}(?:of{W})?(?:last|the{W}previous){W}year\b")


def _relative_word(text: str, start: int, word: str) -> _Hit | None:
    low = word.casefold()
    match = _RELATIVE.match(text[start : start + 60].replace(word, low, 1))
    if not match:
        return None
    end, mode, before = start + match.end(), match["mode"], _before(text, start).casefold()
    if match["soon"]:
        mode = "next"
    if match["w"]:
        weekday = start + match.start("w")
        hit = _weekday_word(text, weekday, match["w"], {"coming": "next", "past": "last"}.get(mode, mode))
        return replace(hit, start=start) if hit else None
    if match["m"]:
        if _MONTH_FIRST.match(text, start + match.start("m")):
            return None
        return _Hit(start, end, "date", m=_month(match["m"]), mode=f"{mode} month")
    if match["span"]:
        count = _counted(match["span"])
        if mode not in ("next", "coming", "following") or not count or match["units"] not in ("days", "weeks"):
            return None
        return _Hit(start, end, "span", unit=match["units"][:-1], n=count)
    if match["season"]:
        if mode in ("same", "that"):
            return None
        return _Hit(start, end, "season", m=_SEASONS[match["season"]], mode=mode)
    unit = match["unit"]
    if unit == "half":
        return None
    if text[end - 2 : end] == "'s":
        end -= 2
    if mode == "past" or (mode == "last" and before == "the" and unit in ("week", "month", "day", "quarter", "year")):
        # "over the past year" is how long, not when.
        return None
    if unit in ("night", "evening", "morning", "afternoon", "noon"):
        if mode == "this":
            return _Hit(start, end, "day")
        if mode in ("last", "previous"):
            return _Hit(start, end, "day", n=-1)
        if mode in ("same", "that"):
            return _Hit(start, end, "same", unit="day")
        return _Hit(start, end, "shift", unit="day", n=1) if mode in ("next", "following") else None
    if mode in ("same", "that"):
        if unit == "month" and (year := _LAST_YEAR.match(text, end)):
            return _Hit(start, year.end(), "unit", unit="month", n=-12)
        return _Hit(start, end, "same", unit=unit)
    if mode in ("this", "current"):
        if unit == "day":
            return _Hit(start, end, "same", unit=unit) if re.match(r"on[ ]$", text[max(0, start - 3) : start]) else None
        return _Hit(start, end, "unit", unit=unit)
    if unit == "day" and mode in ("last", "coming"):
        return None
    kind = "shift" if mode in ("following", "previous", "preceding") or unit == "day" else "unit"
    return _Hit(start, end, kind, unit=unit, n=_FORWARD[mode])


def _counted(text: str) -> int:
    """The number that `text` gives, 0 for "several"."""
    if text.isdigit():
        return int(text)
    return sum(_COUNTS.get(part, 0) for part in re.split(r"[ -]", text.casefold()))


def _ago_word(text: str, start: int, word: str) -> _Hit | None:
    low, end = word.casefold(), start + len(word)
    left = max(0, start - 32)
    window = text[left:start]
    match = _AGO.search(window)
    if low in ("earlier", "later") and (not match or match["same"]):
        unit = re.compile(
            r"(?:on[ ])?(?:this|in the|that)[ ](?P<u>week|month|year|day|evening|afternoon|morning)\b"
        ).match(text, end + 1)
        if unit and text[end] == " ":
            same = "that" in unit.group() or "in the" in unit.group()
            day = unit["u"] in ("day", "evening", "afternoon", "morning")
            if same or day:
                return _Hit(start, unit.end(), "same" if same else "day", unit="day" if day else unit["u"])
            return _Hit(start, unit.end(), "unit", unit=unit["u"])
        return None
    if not match:
        return None
    if match["same"]:
        if low not in ("before", "after", "prior"):
            return None
        following = _after(text, end)
        if following in _TODAY or (following and following not in ("in", "at", "and", "when", "on", "to", "but", "by")):
            return None
        unit_name = match["same"].split()[-1]
        return _Hit(left + match.start(), end, "shift", unit=unit_name, n=1 if low == "after" else -1)
    count = _counted(match["n"])
    if not count or (low in ("before", "after", "prior") and _after(text, end) not in ("", "that")):
        return None
    unit_name = match["u"]
    if unit_name == "decade":
        unit_name, count = "year", count * 10
    if unit_name == "fortnight":
        unit_name, count = "week", count * 2
    if low == "ago":
        if unit_name == "year" and (today := _THIS_DAY.match(text, end)):
            return _Hit(left + match.start(), today.end(), "years today", n=count)
        return _Hit(left + match.start(), end, "ago", unit=unit_name, n=count)
    return _Hit(left + match.start(), end, "shift", unit=unit_name, n=count if low in ("later", "after") else -count)


def _season_word(text: str, start: int, word: str) -> _Hit | None:
    if not (match := _SEASON.match(text, start)):
        return None
    return _Hit(
        start, match.end(), "season", y=_number(match["y"]), m=_SEASONS[word.casefold()], mode=_mode(match["mode"])
    )


def _ordinal_word(text: str, start: int, word: str) -> _Hit | None:
    if match := _NAMED_ORDINAL.match(text, start):
        return _Hit(start, match.end(), "date", _number(match["y"]), _month(match["m"]), _ORDINALS[match["o"]])
    if match := _QUARTER.match(text[: start + 80], start):
        count = {"final": 4, "last": 4}.get(match["n"]) or _ORDINALS[match["n"]]
        return _Hit(start, match.end(), "quarter", y=_number(match["y"]), n=count, mode=_mode(match["mode"]))
    return None


_PART_OF = _pattern(
    r"(?:beginning|start|end|middle|close|rest|remainder|course){W}of{W}(?:the|this){W}(?P<unit>week|month|year)\b(?!{W}of)"
)


def _part_word(text: str, start: int, word: str) -> _Hit | None:
    match = _PART_OF.match(text, start)
    return _Hit(start, match.end(), "unit", unit=match["unit"]) if match else None


def _weekend_word(text: str, start: int, word: str) -> _Hit | None:
    if _before(text, start) != "the" or not re.search(
        r"\b(?:at|over|during|on)[ ]the[ ]$", text[max(0, start - 11) : start]
    ):
        return None
    return _Hit(start - 4, start + len(word), "unit", unit="weekend")


def _holiday_word(text: str, start: int, word: str) -> _Hit | None:
    if not (match := _HOLIDAY.match(text, start)):
        return None
    value = lexicon.table(_FILE, "holidays")[match.group()]
    return _Hit(start, match.end(), "date", m=int(value[2:4]), d=int(value[5:7]))


_READERS = {
    "month": _month_word,
    "weekday": _weekday_word,
    "today": _today_word,
    "relative": _relative_word,
    "ago": _ago_word,
    "season": _season_word,
    "ordinal": _ordinal_word,
    "weekend": _weekend_word,
    "part": _part_word,
    "holiday": _holiday_word,
}


# ── Partial dates ────────────────────────────────────────────────────────────────────────────────────────────────────


def _partial(value: str | None) -> _Partial | None:
    match = re.match(r"(?:(\d{4})|-)(?:-(\d\d))?(?:-(\d\d))?", value or "")
    if not match or not match.group():
        return None
    y, m, d = (int(part) if part else None for part in match.groups())
    if (y is None and m is None) or not _valid(y, m, d):
        return None
    return y, m, d


def _iso(y: int | None, m: int | None = None, d: int | None = None) -> str:
    if y is None:
        return f"--{m:02}" + (f"-{d:02}" if d else "") if m else ""
    return f"{y:04}" + (f"-{m:02}" + (f"-{d:02}" if d else "") if m else "")


def _last_day(value: str | None) -> date | None:
    part = _partial(value)
    if not part or part[0] is None:
        return None
    y, m = part[0], part[1] or 12
    return date(y, m, part[2] or calendar.monthrange(y, m)[1])


def _day(part: _Partial | None) -> date | None:
    """The full date of `part`; the middle of the month or year where it is not full. None without a year."""
    if not part or part[0] is None:
        return None
    y, m = part[0], part[1] or 7
    return date(y, m, min(part[2] or 15, calendar.monthrange(y, m)[1]))


def _moved(part: _Partial, days: int) -> _Partial:
    y, m, d = part
    assert m is not None
    assert d is not None
    try:
        there = date(y or 2001, m, min(d, calendar.monthrange(y or 2001, m)[1])) + timedelta(days=days)
    except OverflowError:
        return part
    return (there.year if y else None), there.month, there.day


def _moved_months(part: _Partial, months: int) -> _Partial:
    y, m, _ = part
    assert m is not None
    index = (y or 2001) * 12 + m - 1 + months
    return (index // 12 if y else None), index % 12 + 1, None


# ── Hits to mentions ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Setting:
    """Where a hit stands: what "today" is there, the day and year mentioned before, and whether it lies ahead."""

    today: _Partial | None
    month_first: bool
    until: _Partial | None = None
    before: _Partial | None = None
    ahead: bool | None = None


def _find(layer: Layer, doc: Doc, today: str | None, until: str | None, month_first: bool) -> Iterator[DateMention]:
    text = layer.text.translate(_PLAIN)
    hits = _scan(text)
    if not hits:
        return
    # A Doc without syntax (none of ours, but callers may have one) has no verbs to ask.
    places = [token.idx for token in doc] if doc.has_annotation("DEP") else []
    setting = _Setting(_partial(today), month_first, _partial(until))
    for hit in hits:
        place = bisect_right(places, hit.start) - 1
        setting.ahead = True if _LIMIT.search(text[max(0, hit.start - 30) : hit.start]) else None
        if setting.ahead is None and place >= 0:
            setting.ahead = _ahead(doc, place)
        first, last, why = _resolve(hit, setting)
        value = _iso(*first) if first else ""
        if not first or not value:
            continue
        passed = _commemorated(text, hit, first, setting)
        end = None
        if last and (end := _iso(*last)) and (end == value or (last[0] is None) != (first[0] is None)):
            end = None
        yield DateMention(
            value,
            Evidence(layer.index, hit.start, hit.end),
            end=end,
            relative_to=why,
            anniversary=passed,
            attributive=_attributive(text, hit, doc, places, place),
        )
        if not passed and hit.kind != "season":
            setting.before = first


def _ahead(doc: Doc, place: int) -> bool | None:
    """Whether the verb over a token speaks of the future (True), of the past (False), or cannot tell (None)."""
    token = doc[place]
    for _ in range(8):
        if token.pos_ in ("VERB", "AUX"):
            break
        if any(child.lower_ in _FUTURE_ADJECTIVES for child in token.lefts):
            return True
        if token.head.i == token.i:
            return None
        token = token.head
    else:
        return None
    for _ in range(4):
        helpers = {child.lower_ for child in token.children if child.dep_ in ("aux", "auxpass")}
        if helpers & _FUTURE_AUXILIARIES:
            return True
        if token.lemma_ in _FUTURE_VERBS and token.tag_ in ("VBN", "JJ"):
            return True
        if "to" in helpers:
            if token.head.i == token.i:
                return True
            if token.head.lemma_ in _FUTURE_VERBS or (token.head.lemma_ == "be" and token.head.tag_ in ("VBZ", "VBP")):
                return True
            token = token.head
            continue
        if token.tag_ == "VBD" or helpers & {"was", "were", "had", "has", "have", "been"}:
            return False
        if token.tag_ in ("VBN", "VBG") and token.head.i != token.i:
            if token.tag_ == "VBN" and token.dep_ in ("acl", "relcl"):
                return False
            token = token.head
            continue
        return None
    return None


_HELD = _words("tense.held")
_FUTURE_AUXILIARIES = _words("tense.future_auxiliaries")
_FUTURE_VERBS = _words("tense.future_verbs")
_FUTURE_ADJECTIVES = _words("tense.future_adjectives")


def _with_year(m: int, d: int | None, setting: _Setting) -> tuple[int | None, str]:
    """The year in which a month or day without one lies nearest to "today", the past first."""
    today = setting.today
    if not today or today[0] is None:
        if setting.before and setting.before[0] is not None:
            return setting.before[0], "the year mentioned before"
        return None, ""
    if today[1] is None:
        return today[0], f"the year {today[0]}"
    here = _day(today)
    assert here is not None
    best: tuple[float, int] | None = None
    for y in (here.year, here.year - 1, here.year + 1):
        if not _valid(y, m, d):
            continue
        if d is None:
            # A month counts from where it begins or ends, whichever is nearer; the running month is no distance at all.
            gap = (y - here.year) * 12 + m - here.month
            days = gap * 30.0
        else:
            days = float((date(y, m, d) - here).days)
        cost = abs(days)
        if days > 0 and setting.ahead is not True:
            cost *= 1.3 if setting.ahead is None and d else 3.0
        elif days < 0 and setting.ahead is True:
            cost *= 3.0
        if best is None or cost < best[0]:
            best = cost, y
    return (best[1] if best else here.year), f"nearest to {_iso(*today)}"


_Resolved = tuple[_Partial | None, _Partial | None, str]
_NOTHING: _Resolved = (None, None, "")


def _mode_year(mode: str, setting: _Setting) -> int | None:
    year = setting.today[0] if setting.today else None
    if mode in ("same", "that"):
        return setting.before[0] if setting.before and setting.before[0] else year
    if mode in ("previous", "following"):
        year = setting.before[0] if setting.before and setting.before[0] else year
    return year + {"last": -1, "previous": -1, "next": 1, "following": 1, "coming": 1}.get(mode, 0) if year else None


def _resolve(hit: _Hit, setting: _Setting) -> _Resolved:
    today = setting.today
    against = f"relative to {_iso(*today)}" if today else ""
    if hit.kind == "year":
        return (hit.y, None, None), ((hit.y2, None, None) if hit.y2 else None), ""
    if hit.kind == "date":
        return _resolve_date(hit, setting)
    if hit.kind == "nth":
        return _resolve_nth(hit, setting)
    if hit.kind in ("same", "shift"):
        if hit.n > 0 and not setting.before and hit.unit != "day":
            # "A month later", with nothing told before it to count from.
            return _NOTHING
        base = setting.before if setting.before else today
        if hit.unit == "day" and (not base or base[2] is None):
            base = today
        if not base:
            return _NOTHING
        name = f"relative to {_iso(*base)}"
        return _unit(hit.unit, hit.n, base, name, following=True)
    if hit.kind == "season":
        year = hit.y or (_mode_year(hit.mode, setting) if hit.mode else None)
        if year is None or hit.m is None:
            return _NOTHING
        if not hit.y and today and today[1] and hit.mode in ("last", "this") and hit.mode == "last":
            year = today[0] - (hit.m + 2 > today[1]) if today[0] else year
        end = (year, hit.m + 2, None) if hit.m < 12 else (year + 1, 2, None)
        return (year, None, None), end, "" if hit.y else against
    if hit.kind == "quarter":
        year = hit.y or (_mode_year(hit.mode, setting) if hit.mode else (today[0] if today else None))
        if year is None:
            return _NOTHING
        if not hit.y and not hit.mode and today and today[1] and hit.n * 3 - 2 > today[1]:
            year -= 1
        return (year, hit.n * 3 - 2, None), (year, hit.n * 3, None), "" if hit.y else against
    if not today:
        return _NOTHING
    if hit.kind == "day":
        return (_moved(today, hit.n) if today[2] else today if hit.n == 0 else (today[0], None, None)), None, against
    if hit.kind == "years today":
        y, m, d = today
        return ((y - hit.n, m, d) if y and _valid(y - hit.n, m, d) else None), None, against
    if hit.kind == "weekday":
        return _resolve_weekday(hit, setting, against)
    if hit.kind == "unit":
        if hit.n == -1 and hit.unit in ("month", "year") and setting.until and setting.until[1]:
            # "Last month", told after the month of the news, is the month of the news.
            depth = 2 if hit.unit == "month" else 1
            if setting.until[:depth] > today[:depth]:
                return _unit(hit.unit, 0, today, against)
        return _unit(hit.unit, hit.n, today, against, ahead=setting.ahead)
    if hit.kind == "ago":
        if hit.unit == "week" and hit.n > 1 and today[2]:
            there = _moved(today, -7 * hit.n)
            return (there[0], there[1], None), None, against
        return _unit(hit.unit, -hit.n, today, against, exact=True)
    if hit.kind == "span" and today[2]:
        days = hit.n * (7 if hit.unit == "week" else 1)
        return _moved(today, 1) if hit.n else today, _moved(today, days), against
    return _NOTHING


def _unit(
    unit: str,
    n: int,
    base: _Partial,
    why: str,
    *,
    ahead: bool | None = None,
    exact: bool = False,
    following: bool = False,
) -> _Resolved:
    """The unit (day, week, month …) that lies `n` of its kind from `base`."""
    y, m, d = base
    if unit == "year":
        return ((y + n, None, None) if y else None), None, why
    if unit == "quarter" and y and m:
        index = y * 4 + (m - 1) // 3 + n
        return (index // 4, index % 4 * 3 + 1, None), (index // 4, index % 4 * 3 + 3, None), why
    if unit == "month" and m:
        return _moved_months(base, n), None, why
    if unit == "day" and d:
        return _moved(base, n), None, why
    if unit == "day" and n == 0:
        return base, None, why
    if unit in ("week", "weekend", "fortnight") and d and m and y:
        if exact:
            return _moved(base, 7 * n), None, why
        here = date(y, m, d)
        monday = here - timedelta(days=here.weekday()) + timedelta(days=7 * n)
        if unit == "weekend":
            saturday = monday + timedelta(days=5)
            if n == 0 and saturday > here and ahead is not True:
                saturday -= timedelta(days=7)
            sunday = saturday + timedelta(days=1)
            return (saturday.year, saturday.month, saturday.day), (sunday.year, sunday.month, sunday.day), why
        middle, sunday = monday + timedelta(days=3), monday + timedelta(days=6)
        return (middle.year, middle.month, None), (sunday.year, sunday.month, sunday.day), why
    if unit == "week" and m and n == 0:
        return (y, m, None), None, why
    return _NOTHING


def _resolve_date(hit: _Hit, setting: _Setting) -> _Resolved:
    y, m, d, why = hit.y, hit.m, hit.d, ""
    assert m is not None
    if hit.swap and y is not None and d is not None:
        m, d = _day_and_month(y, m, d, setting)
        return (y, m, d), None, ""
    if y is None and hit.mode:
        mode = hit.mode.removesuffix(" month")
        why = f"relative to {_iso(*setting.today)}" if setting.today else ""
        if hit.mode.endswith("month"):
            y = _month_mode(mode, m, setting)
        else:
            y = _mode_year(mode, setting)
    if y is None and d and hit.weekday is not None and setting.today and setting.today[0]:
        years = [
            year
            for gap in range(8)
            for year in ((setting.today[0] - gap, setting.today[0] + gap) if gap == 1 else (setting.today[0] - gap,))
            if _valid(year, m, d) and date(year, m, d).weekday() == hit.weekday
        ]
        guess, why = _with_year(m, d, setting)
        y = guess if not years or guess in years else years[0]
        if years and guess not in years and abs(years[0] - setting.today[0]) > 1:
            y = guess
    if y is None:
        y, why = _with_year(m, d, setting)
    last: _Partial | None = None
    if hit.m2:
        y2 = hit.y2 or (y + (hit.m2 < m) if y is not None else None)
        last = (y2, hit.m2, hit.d2)
    if not _valid(y, m, d):
        return _NOTHING
    return (y, m, d), last, why


def _month_mode(mode: str, m: int, setting: _Setting) -> int | None:
    today = setting.today
    if not today or today[0] is None:
        return None
    y, here = today[0], today[1] or 6
    if mode in ("that", "same") and setting.before and setting.before[0]:
        return setting.before[0]
    if mode in ("last", "past", "previous", "preceding"):
        return y - (m >= here)
    if mode in ("next", "coming", "following"):
        return y + (m <= here)
    return y


def _day_and_month(y: int, m: int, d: int, setting: _Setting) -> tuple[int, int]:
    """Day and month of 7/8/2026: as the page writes them elsewhere, unless only the other way lies near to "today"."""
    usual = (d, m) if setting.month_first else (m, d)
    here = _day(setting.today) if setting.today and setting.today[2] else None
    if here:
        near, far = abs((date(y, *usual) - here).days), abs((date(y, usual[1], usual[0]) - here).days)
        if far <= 7 and near > 30:
            return usual[1], usual[0]
    return usual


def _resolve_nth(hit: _Hit, setting: _Setting) -> _Resolved:
    today = setting.today
    if not today or not today[1]:
        return _NOTHING
    why = f"relative to {_iso(*today)}"
    if hit.mode in ("that", "same") and setting.before and setting.before[1]:
        y, m, _ = setting.before
        return ((y, m, hit.d) if _valid(y, m, hit.d) else None), None, why
    shift = {"last": -1, "next": 1}.get(hit.mode, 0)
    if hit.weekday is not None and today[0] and hit.d:
        for step in (0, -1, 1, -2, 2):
            y, m, _ = _moved_months(today, step)
            if y and m and _valid(y, m, hit.d) and date(y, m, hit.d).weekday() == hit.weekday:
                return (y, m, hit.d), None, why
    if not hit.mode and setting.before and setting.before[1] and setting.before[0] == today[0]:
        y, m, _ = setting.before
    else:
        if not hit.mode and today[2] and hit.d and hit.d > today[2] and setting.ahead is not True:
            shift = -1
        y, m, _ = _moved_months(today, shift)
    return ((y, m, hit.d) if _valid(y, m, hit.d) else None), None, why


def _resolve_weekday(hit: _Hit, setting: _Setting, why: str) -> _Resolved:
    today = setting.today
    if not today or not (today[0] and today[1] and today[2]) or hit.weekday is None:
        return _NOTHING
    here = date(today[0], today[1], today[2])
    monday = here - timedelta(days=here.weekday())
    back = (here.weekday() - hit.weekday) % 7
    if hit.mode.endswith("week"):
        week = {"last": -7, "next": 7}.get(hit.mode.split()[0], 0)
        there = monday + timedelta(days=week + hit.weekday)
    elif hit.mode in ("last", "previous", "preceding"):
        there = here - timedelta(days=back or 7)
    elif hit.mode in ("next", "following"):
        there = here + timedelta(days=(7 - back) or 7)
    elif hit.mode == "this":
        there = monday + timedelta(days=hit.weekday)
    elif setting.ahead:
        there = here + timedelta(days=(7 - back) % 7)
    else:
        there = here - timedelta(days=back)
    last = None
    if hit.n >= 0:
        until = there + timedelta(days=(hit.n - hit.weekday) % 7)
        if not setting.ahead and until > here and not hit.mode:
            there, until = there - timedelta(days=7), until - timedelta(days=7)
        last = (until.year, until.month, until.day)
    return (there.year, there.month, there.day), last, why


# ── What a date cannot date ──────────────────────────────────────────────────────────────────────────────────────────

_CELEBRATED = re.compile(rf"\b(?:{_alternatives(_words('commemorated.nouns'))})\b", re.I)
_FOUNDING = re.compile(rf"\b(?:{_alternatives(_words('commemorated.founding'))})\b[^.;,]*$", re.I)
_DEADLINE = re.compile(
    rf"\b(?:{_alternatives(_words('commemorated.deadline'))})[ \n]"
    r"(?:the[ ]year[ ]|at[ ]least[ ]|early[ ]|late[ ]|mid-?[ ]?)?$",
    re.I,
)
_PLAN = re.compile(rf"[ \n-](?:[\w-]+[ \n]){{0,3}}?(?:{_alternatives(_words('commemorated.plans'))})\b", re.I)
_LIMIT = re.compile(r"\b(?:until|till|by)[ \n](?:the[ ]end[ ]of[ ]|early[ ]|late[ ]|mid-?[ ]?)?$", re.I)
_LIFE = re.compile(r"\((?:c\.? ?|b\.? ?|born )?$")


def _clause_before(text: str, start: int) -> str:
    left = text[max(0, start - 160) : start]
    cut = max(left.rfind(". "), left.rfind("\n\n"), left.rfind("! "), left.rfind("? "), left.rfind('."'))
    return left[cut + 1 :]


def _commemorated(text: str, hit: _Hit, first: _Partial, setting: _Setting) -> bool:
    """Whether the date is of something commemorated, founded or aimed at, so that no event told beside it has it."""
    if hit.kind == "weekday" and _LIMIT.search(text[max(0, hit.start - 30) : hit.start]):
        return True
    if hit.kind not in ("date", "year", "season"):
        return False
    y = first[0]
    if y is None:
        return False
    here = setting.today[0] if setting.today else None
    left = _clause_before(text, hit.start)
    written = hit.y is not None
    if hit.kind == "year":
        if hit.y2 is not None and _LIFE.search(left):
            return True
        if here is not None and y > here + 2 and text[hit.start - 1 : hit.start] == "(":
            return True
        if re.search(r"\bsince[ \n](?:the[ ]year[ ])?$", left, re.I) and (here is None or y < here - 5):
            return True
        if (here is None or y > here) and _DEADLINE.search(left):
            return True
        if (hit.y2 is not None or here is None or y > here) and _PLAN.match(text, hit.end, hit.end + 60):
            return True
        if (
            hit.y2 is not None
            and (here is None or hit.y2 > here)
            and re.search(r"\b(?:for|in|of|period)[ ](?:the[ ])?(?:period[ ])?$", left)
        ):
            return True
    if hit.kind == "date" and _LIMIT.search(left):
        return True
    if not written or (here is not None and y > here - 2):
        return False
    if _CELEBRATED.search(left):
        return True
    founding = _FOUNDING.search(left)
    return bool(founding) and "relations" not in left[-120:]


def _attributive(text: str, hit: _Hit, doc: Doc, places: list[int], place: int) -> bool:
    """Whether the date dates the noun it stands before: "the 2014 summit", "the December 7 call", "today's meeting"."""
    if hit.kind == "same":
        return False
    if hit.mode == "name" or text.startswith("'s", hit.end):
        return True
    if place < 0 or not re.compile(r"[ \n][^\W\d_]").match(text, hit.end):
        return False
    last = doc[max(place, bisect_left(places, hit.end) - 1)]
    for token in doc[place : last.i + 1]:
        head = token.head
        if (
            head.i > last.i
            and head.pos_ in ("NOUN", "PROPN")
            and token.dep_ in ("nummod", "compound", "nmod", "amod", "poss")
        ):
            return head.i - last.i <= 8
    return False


# ── The page as a whole ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Facts:
    """What one post says about its own day. `firm` is a date line or dateline, `lead` the first day its text gives."""

    published: _Partial | None
    firm: _Partial | None
    lead: _Partial | None
    weekday: int | None
    more: tuple[_Partial, ...]
    written: tuple[date, ...]
    layers: list[tuple[_Partial, str] | None]


# Text after a date that makes it a dateline: "(Xinhua) —", "/MONTSAME/.", "—", or nothing more in its paragraph.
_AFTER_DATELINE = re.compile(
    r"\s?[,.]?\s?(?:(?:\([^()\n]{2,60}\)|/[^/\n]{2,40}/|\[[^\]\n]{2,40}\])\s?[.:]?-*|[.:]?-{1,3}(?!\d)|\s-{1,3}\s|:\s|\.-|\|)"
)
_BEFORE_DATELINE = re.compile(
    r"\W*(?:(?:[^\W\d_a-zà-öø-ÿ][\w'.-]*|of|the|de|da|do|del|la|el|al|and|on|in|published|posted|updated)[\s,.:;|/()=-]*){0,9}"
)


def _facts(post: Post) -> _Facts:
    layers: list[tuple[_Partial, str] | None] = []
    lead: _Partial | None = None
    weekday: int | None = None
    firm: _Partial | None = None
    written: list[date] = []
    more: list[_Partial] = []
    for layer in post.layers:
        text = layer.text.translate(_PLAIN)
        hits = _scan(text)
        own = _dateline(layer, text, hits)
        why = "the dateline"
        if own is None and (own := _partial(layer.original_date)) is not None:
            why = "the day it was first published"
        layers.append((own, why) if own and layer.kind != "headline" else None)
        if firm is None and layers[-1] and own and own[2]:
            firm = own
        for hit in hits:
            if hit.kind != "date" or not hit.m or not hit.d or hit.swap or not _valid(hit.y, hit.m, hit.d):
                continue
            old = bool(_CELEBRATED.search(_clause_before(text, hit.start)))
            if hit.y and not old:
                written.append(date(hit.y, hit.m, hit.d))
            if layer.kind == "caption" or (old and hit.y) or _to_come(text, hit.start):
                continue
            if lead is None:
                lead, weekday = (hit.y, hit.m, hit.d), hit.weekday
            elif len(more) < 40:
                more.append((hit.y, hit.m, hit.d))
    return _Facts(_partial(post.published), firm, lead, weekday, tuple(more), tuple(written), layers)


_TO_COME = re.compile(rf"\b(?:{_alternatives(_words('tense.future_phrases'))})\b[^.;]*$")


def _to_come(text: str, start: int) -> bool:
    """Whether the words before a date tell that it lies ahead, so that the post was written before it."""
    left = _clause_before(text, start)
    return bool(_TO_COME.search(left[-90:]) or _LIMIT.search(left))


def _dateline(layer: Layer, text: str, hits: list[_Hit]) -> _Partial | None:
    """The day of a layer's dateline or date line, which stands in one of its first paragraphs."""
    spans = layer.paragraphs[:3] or (Span(0, len(text)),)
    for span in spans:
        for hit in hits:
            if hit.start >= span.end or hit.start - span.start > 90:
                break
            if (
                hit.start < span.start
                or hit.kind != "date"
                or not hit.d
                or not hit.m
                or hit.d2
                or not _valid(hit.y, hit.m, hit.d)
            ):
                continue
            if not _BEFORE_DATELINE.fullmatch(text, span.start, hit.start):
                break
            rest = text[hit.end : span.end]
            alone = len(rest.strip(" .,|-")) <= 25 and not re.search(r"[a-z]{4,}.*[a-z]{4,}", rest)
            if _AFTER_DATELINE.match(text, hit.end, min(span.end, hit.end + 70)) or (
                alone and hit.start - span.start <= 40
            ):
                return hit.y, hit.m, hit.d
            break
    return None


def _month_first(document: Document, posts: Sequence[Post]) -> bool:
    """Whether the page writes 2/13/2026 for 13 February: as its unambiguous dates do, else as its language does."""
    for post in posts:
        for layer in post.layers:
            for match in _NUMERIC.finditer(layer.text[:200_000]):
                a, b = int(match["a"]), int(match["b"])
                if a > 12 >= b:
                    return False
                if b > 12 >= a:
                    return True
    return (document.lang or "").lower() in ("en-us", "en_us")


_COPYRIGHT = re.compile(r"(?:©|\(c\)|\bcopyright\b)[^\d\n]{0,30}(?:\d{4}[ ]?-[ ]?)?((?:19|20)\d\d)\b", re.I)
_EDGE = 3000


def _around_posts(text: str, posts: Sequence[Post]) -> date | None:
    """The day of a page as its masthead or foot says it: a full date, else the end of the year of its copyright."""
    if not posts or not 0 <= posts[0].start <= posts[-1].end <= len(text):
        return None
    head, foot = text[max(0, posts[0].start - _EDGE) : posts[0].start], text[posts[-1].end : posts[-1].end + _EDGE]
    days: list[date] = []
    years: list[int] = []
    for part in (head.translate(_PLAIN), foot.translate(_PLAIN)):
        hits = _scan(part)
        days += [date(h.y, h.m, h.d) for h in hits if h.kind == "date" and h.y and h.m and h.d and not h.swap]
        years += [int(match[1]) for match in _COPYRIGHT.finditer(part)]
    if days:
        return max(days)
    return date(max(years), 12, 31) if years else None


def _single(facts: _Facts, published: str, month_first: bool) -> PageDates:
    part = _partial(published)
    assert part is not None
    own = facts.published
    value, why = published[:10], f"the page is dated {published[:10]}"
    if own and own[0] and own[2] and not part[2]:
        value, why = _iso(*own), f"the date line says {_iso(*own)}"
    today = _partial(value)
    layers = tuple(_layer_day(fact, today) for fact in facts.layers)
    return PageDates((_iso(*today) if today else None,), (today[0] if today else None,), (why,), (layers,), month_first)


def _layer_day(fact: tuple[_Partial, str] | None, today: _Partial | None) -> str | None:
    """The reference day of a layer with a dateline, whose year is the one that puts it nearest to the post's day."""
    if fact is None:
        return None
    y, m, d = fact[0]
    here = _day(today)
    if y is None and m is not None and here is not None:
        years = [year for year in (here.year, here.year - 1, here.year + 1) if _valid(year, m, d)]
        y = min(years, key=lambda year: abs((date(year, m, d or 15) - here).days), default=None)
    return _iso(y, m, d) or None


# A post may stand above one whose news is younger, by about so many days; measured on archive pages.
_SLACK = 45


def _archive(facts: list[_Facts], bound: date | None, month_first: bool) -> PageDates:
    count = len(facts)
    marks: list[_Partial | None] = []
    for fact in facts:
        mark = next((p for p in (fact.published, fact.firm, fact.lead) if p and p[1] and p[2]), None)
        marks.append(mark)
    sure = [
        _day(f.published if f.published and f.published[0] else f.firm if f.firm and f.firm[0] else None) for f in facts
    ]
    below: list[date | None] = [None] * count
    later: date | None = None
    for n in range(count - 1, -1, -1):
        below[n] = later
        later = sure[n] or later
    days: list[date | None] = [None] * count
    why = [""] * count
    first = next((n for n in range(count) if sure[n]), None)
    previous = bound
    begin = 0
    if previous is None:
        begin, previous = _begin(facts, marks, first, sure)
    for n in range(begin, count):
        day = _place(facts[n], marks[n], sure[n], previous, below[n], bound)
        above = any(days[:n]) if n < begin + 3 else True
        if day and above and not sure[n] and n + 1 < count and previous and (previous - day).days > 2 * _SLACK:
            following = _place(facts[n + 1], marks[n + 1], sure[n + 1], previous, below[n + 1], bound)
            if following and (following - day).days > _SLACK:
                # The post below is much younger: this one tells of something long past.
                day = None
        if day:
            days[n] = previous = day
            why[n] = _reason(facts[n], marks[n], day)
    following = days[begin] if begin < count else None
    for n in range(begin - 1, -1, -1):
        day = _place_above(marks[n], following)
        if day:
            days[n] = following = day
            why[n] = _reason(facts[n], marks[n], day)
    return _fill(facts, marks, days, why, bound, month_first)


def _reason(fact: _Facts, mark: _Partial | None, day: date) -> str:
    what = (
        "the date line"
        if fact.published == mark
        else "the dateline"
        if fact.firm == mark
        else "the first day its text gives"
    )
    if mark and mark[0]:
        return f"{what} says {day.isoformat()}"
    return f"{what} says {_iso(*mark) if mark else ''}; the year follows from the order of the posts"


def _begin(
    facts: list[_Facts], marks: list[_Partial | None], first: int | None, sure: list[date | None]
) -> tuple[int, date | None]:
    """Without a bound: the post to begin with and its day, from a date line, a full date in a text, or a weekday."""
    if first is not None:
        return first, sure[first]
    for n, mark in enumerate(marks):
        if mark and mark[0]:
            return n, _day(mark)
    newest = max(((day, -n) for n, fact in enumerate(facts) for day in fact.written), default=None)
    if newest:
        n, mark = -newest[1], marks[-newest[1]]
        day = newest[0]
        if mark and mark[1]:
            # The post tells of `day`, so it is not older: the first time its own day comes round from then on.
            year = (
                day.year
                if _valid(day.year, mark[1], mark[2]) and date(day.year, mark[1], mark[2] or 1) >= day
                else day.year + 1
            )
            if _valid(year, mark[1], mark[2]):
                return n, date(year, mark[1], mark[2] or 1)
        return n, day
    return len(facts), None


def _place(
    fact: _Facts,
    mark: _Partial | None,
    sure: date | None,
    previous: date | None,
    below: date | None,
    bound: date | None,
) -> date | None:
    """The day of a post under `previous`: its own if it has a year, else the year that keeps the order of the page."""
    if sure:
        return sure
    if not mark or not mark[1] or previous is None:
        return None
    if mark[0]:
        day = _day(mark)
        # An old day written out in the first words is history, not the day of the post.
        return day if day and -_SLACK <= (previous - day).days <= 400 else None
    best: tuple[float, date] | None = None
    for year in range(previous.year + 1, previous.year - 8, -1):
        if not _valid(year, mark[1], mark[2]):
            continue
        day = date(year, mark[1], mark[2] or 15)
        gap = (previous - day).days
        # A post a little younger than the one above it happens; one much younger is of the year before.
        cost = float(gap if gap >= 0 else -2 * gap if gap >= -_SLACK else -6 * gap)
        if bound and (day - bound).days > 3:
            cost += 10_000
        if fact.weekday is not None and day.weekday() != fact.weekday:
            cost += 1_000
        if below and (below - day).days > _SLACK:
            cost += 2 * (below - day).days
        if any(30 < (written - day).days < 400 for written in fact.written):
            cost += 300
        if best is None or cost < best[0]:
            best = cost, day
    return best[1] if best else None


def _place_above(mark: _Partial | None, following: date | None) -> date | None:
    if not mark or not mark[1] or following is None:
        return None
    if mark[0]:
        return _day(mark)
    days = [
        date(year, mark[1], mark[2] or 15)
        for year in (following.year, following.year + 1, following.year - 1)
        if _valid(year, mark[1], mark[2])
    ]
    return min(days, key=lambda d: (d - following).days if d >= following else 2 * (following - d).days, default=None)


def _fill(
    facts: list[_Facts],
    marks: list[_Partial | None],
    days: list[date | None],
    why: list[str],
    bound: date | None,
    month_first: bool,
) -> PageDates:
    count = len(facts)
    under: list[date | None] = [None] * count
    later: date | None = None
    for n in range(count - 1, -1, -1):
        under[n] = later
        later = days[n] or later
    references: list[str | None] = []
    years: list[int | None] = []
    layers: list[tuple[str | None, ...]] = []
    untils: list[str | None] = []
    above = bound
    for n in range(count):
        day = days[n]
        reference: str | None = None
        written: str | None = None
        if day:
            told = day if facts[n].published else _latest(facts[n], day, bound)
            reference = told.isoformat()
            if told != day:
                why[n] += f"; the last day it tells of is {reference}"
            if not facts[n].published:
                written = (above or bound or told).isoformat()
            above = day
        elif above and (low := under[n]):
            if (above.year, above.month) == (low.year, low.month):
                reference = f"{above.year:04}-{above.month:02}"
            else:
                reference = f"{above.year:04}"
            why[n] = f"between the posts above ({above.isoformat()}) and below ({low.isoformat()})"
        elif above or under[n]:
            near = above or under[n]
            assert near is not None
            reference, why[n] = f"{near.year:04}", f"beside a post of {near.isoformat()}"
        elif (mark := marks[n]) is not None:
            reference, why[n] = _iso(*mark), "the post gives a day without a year"
        else:
            why[n] = "the page gives no date"
        references.append(reference)
        untils.append(written)
        part = _partial(reference)
        years.append(part[0] if part else None)
        layers.append(tuple(_layer_day(fact, part) for fact in facts[n].layers))
    return PageDates(tuple(references), tuple(years), tuple(why), tuple(layers), month_first, tuple(untils))


def _latest(fact: _Facts, day: date, bound: date | None) -> date:
    """The last day that a post tells of as past: it was written then or soon after."""
    latest = day
    for y, m, d in fact.more:
        assert m is not None
        for year in (y,) if y else (day.year, day.year + 1):
            if _valid(year, m, d):
                told = date(year, m, d or 1)
                if latest < told and (told - day).days <= _SLACK and (bound is None or told <= bound):
                    latest = told
    return latest
