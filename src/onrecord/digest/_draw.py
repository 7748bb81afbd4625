"""Draws time as inline SVG: the panels of the timeline, its overview, the strip on the front page, terms of office.

Places along the time axis are per cent of the width and everything else is in pixels, so that one picture fits a phone
and a wide screen with letters of the same size. Every mark is a link with a title; colour never stands alone.
"""

from __future__ import annotations

import calendar
import datetime
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from onrecord.digest._words import TYPES, date_words, event_title, flat, kind_of_date, type_class, type_word
from onrecord.model import Event, Office

_STEP = 13  # pixels from dot to dot in a stack
_MOST = 8  # dots in one stack; more are told as a number
_BARS = 4  # bars in one lane; more are told as a number
_STRIP_DAYS = 60

Link = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the overview: a month or a year, how many events of each type it has, and where it is shown."""

    value: str
    counts: dict[str, int]
    href: str


def lanes(types: Iterable[str]) -> list[str]:
    """The types that occur, in the order of the lanes."""
    have = dict.fromkeys(types)
    return [t for t in TYPES if t in have] + sorted(t for t in have if t not in TYPES)


def _svg(name: str, title: str, about: str, height: int, body: Sequence[str], css: str = "") -> Markup:
    head = (
        f'<svg class="chart {css}" width="100%" height="{height}" role="group"'
        f' aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{escape(flat(title))}</title>'
        f'<desc id="{name}-desc">{escape(flat(about))}</desc>'
    )
    return Markup("\n".join([head, *body, "</svg>"]))


def _per_cent(part: float) -> str:
    return f"{part * 100:.3f}".rstrip("0").rstrip(".") + "%"


def _mark(event: Event, href: str, shape: str) -> str:
    told = f"{date_words(event.date)}: " if event.date else ""
    status = " (planned)" if event.status == "planned" else ""
    css = f"{type_class(event.type)} {event.status}"
    return (
        f'<a href="{escape(href)}" class="{css}"><title>{escape(told + event_title(event) + status)}</title>{shape}</a>'
    )


def panel(value: str, events: Sequence[Event], event_link: Link, more: str) -> Markup:
    """The events of a month (`2026-02`) or of a year without a month (`2026`), one lane a type: a dot on its day, a bar
    over the whole width where no day is told. `more` is the address of the full list."""
    year = int(value[:4])
    number = int(value[5:7]) if len(value) == 7 else 0
    days = calendar.monthrange(year, number)[1] if number else 12
    body: list[str] = []
    y = 22
    for kind in lanes(e.type for e in events):
        dots: dict[int, list[Event]] = {}
        bars: list[Event] = []
        for event in events:
            if event.type == kind:
                if kind_of_date(event.date) == "day":
                    dots.setdefault(int((event.date or "")[8:10]), []).append(event)
                else:
                    bars.append(event)
        css = type_class(kind)
        body.append(f'<line class="rule" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
        body.append(f'<text class="lane {css}" x="0" y="{y + 13}">{escape(type_word(kind))}</text>')
        top = y + 24
        tallest = 0
        for day, stack in sorted(dots.items()):
            x = _per_cent((day - 0.5) / days)
            shown = stack if len(stack) <= _MOST else stack[: _MOST - 1]
            for row, event in enumerate(shown):
                circle = f'<circle cx="{x}" cy="{top + row * _STEP}" r="5"/>'
                body.append(_mark(event, event_link(event.id), circle))
            if len(shown) < len(stack):
                rest = len(stack) - len(shown)
                body.append(_count(rest, x, top + len(shown) * _STEP + 4, more, f"{date_words(f'{value}-{day:02d}')}"))
            tallest = max(tallest, min(len(stack), _MOST))
        y = top + tallest * _STEP
        for event in bars[:_BARS]:
            rect = f'<rect x="0" y="{y - 5}" width="100%" height="7" rx="3.5"/>'
            body.append(_mark(event, event_link(event.id), rect))
            y += 11
        if len(bars) > _BARS:
            body.append(_count(len(bars) - _BARS, "50%", y + 5, more, date_words(value)))
            y += 14
        y += 2
    grid = [
        f'<rect class="weekend" x="{_per_cent((day - 1) / days)}" y="16" width="{_per_cent(1 / days)}"'
        f' height="{y - 16}"/>'
        for day in range(1, days + 1)
        if number and datetime.date(year, number, day).weekday() >= 5
    ]
    ticks = [(day, str(day)) for day in (1, 5, 10, 15, 20, 25, days)] if number else list(enumerate("JFMAMJJASOND", 1))
    grid += [
        f'<text class="tick" x="{_per_cent((day - 0.5) / days)}" y="11" text-anchor="middle">{tick}</text>'
        for day, tick in ticks
    ]
    about = (
        f"One lane for each type of event, from the beginning to the end of {date_words(value)}; {_told(len(events))}."
    )
    return _svg(f"p-{value}", f"Events of {date_words(value)}", about, y + 2, grid + body)


def _told(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def _count(rest: int, x: str, y: int, href: str, when: str) -> str:
    return (
        f'<a href="{escape(href)}" class="more"><title>{rest} more, {escape(when)}</title>'
        f'<text x="{x}" y="{y}" text-anchor="middle">+{rest}</text></a>'
    )


def overview(columns: Sequence[Column]) -> Markup:
    """All months (or years) that have events, as circles whose area is the number of events of a type. The columns
    stand side by side also where months without an event lie between; a gap in the rule says so."""
    n = len(columns)
    body: list[str] = []
    for at, column in enumerate(columns):
        x = _per_cent((at + 0.5) / n)
        year = column.value[:4]
        if len(column.value) == 4:
            label, first = year, True
        else:
            label = date_words(column.value)[: 1 if n > 14 else 3]
            first = at == 0 or columns[at - 1].value[:4] != year
        if len(column.value) == 7 or n <= 12 or at % 5 == 0:
            body.append(f'<text class="tick" x="{x}" y="26" text-anchor="middle">{label}</text>')
        if first and len(column.value) == 7:
            anchor = "end" if at == n - 1 and n > 3 else "middle" if at else "start"
            place = "0" if at == 0 else "100%" if anchor == "end" else x
            body.append(f'<text class="tick year" x="{place}" y="11" text-anchor="{anchor}">{year}</text>')
        if at and not _next(columns[at - 1].value, column.value):
            gap = _per_cent(at / n)
            body.append(f'<line class="gap" x1="{gap}" x2="{gap}" y1="16" y2="100%"/>')
    y = 34
    most = max((count for column in columns for count in column.counts.values()), default=1)
    for kind in lanes(kind for column in columns for kind in column.counts):
        css = type_class(kind)
        body.append(f'<line class="rule" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
        body.append(f'<text class="lane {css}" x="0" y="{y + 13}">{escape(type_word(kind))}</text>')
        for at, column in enumerate(columns):
            count = column.counts.get(kind, 0)
            if count:
                x, r = _per_cent((at + 0.5) / n), 3 + 7 * math.sqrt(count / most)
                inner = f'<text class="count" x="{x}" y="{y + 33}" text-anchor="middle">{count}</text>' if r > 7 else ""
                body.append(
                    f'<a href="{escape(column.href)}" class="{css} happened">'
                    f"<title>{date_words(column.value)}: {_told(count)} of the type {escape(type_word(kind))}</title>"
                    f'<circle cx="{x}" cy="{y + 30}" r="{r:.1f}"/>{inner}</a>'
                )
        y += 44
    about = (
        "One lane for each type of event; the larger a circle, the more events. Dashed lines stand for time left out."
    )
    return _svg("overview", "Events over time", about, y + 2, body)


def _next(older: str, newer: str) -> bool:
    if len(older) == 4:
        return int(newer) - int(older) == 1
    return int(newer[:4]) * 12 + int(newer[5:7]) - int(older[:4]) * 12 - int(older[5:7]) == 1


def strip(events: Sequence[Event], event_link: Link, more: str) -> Markup | None:
    """A small picture for the front page: the latest sixty days with much news, a stack of dots for each day."""
    days: dict[int, list[Event]] = {}
    for event in events:
        if kind_of_date(event.date) == "day":
            days.setdefault(datetime.date.fromisoformat(event.date or "").toordinal(), []).append(event)
    if not days:
        return None
    first, last = _window(sorted((day, len(found)) for day, found in days.items()))
    n = max(last - first + 1, 14)
    first = last - n + 1
    tallest = min(max(len(days.get(day, ())) for day in range(first, last + 1)), _MOST)
    base = 8 + tallest * _STEP
    body = [f'<line class="rule" x1="0" x2="100%" y1="{base + 2}" y2="{base + 2}"/>']
    shown_events = 0
    for day in range(first, last + 1):
        stack = days.get(day, [])
        date = datetime.date.fromordinal(day)
        x = _per_cent((day - first + 0.5) / n)
        shown = stack if len(stack) <= _MOST else stack[: _MOST - 1]
        shown_events += len(stack)
        for row, event in enumerate(shown):
            circle = f'<circle cx="{x}" cy="{base - 6 - row * _STEP}" r="4.5"/>'
            body.append(_mark(event, event_link(event.id), circle))
        if len(shown) < len(stack):
            when = date_words(date.isoformat())
            body.append(_count(len(stack) - len(shown), x, base - 2 - len(shown) * _STEP, more, when))
        if date.weekday() == 0:
            body.append(f'<line class="tickmark" x1="{x}" x2="{x}" y1="{base + 2}" y2="{base + 5}"/>')
    ends = [datetime.date.fromordinal(day).isoformat() for day in (first, last)]
    for day in range(first, last + 1):
        date = datetime.date.fromordinal(day)
        if date.day == 1 and 0.36 < (day - first) / n < 0.64:
            x = _per_cent((day - first + 0.5) / n)
            body.append(f'<line class="tickmark" x1="{x}" x2="{x}" y1="{base + 2}" y2="{base + 10}"/>')
            month = date_words(date.isoformat()[:7]).split()[0]
            body.append(f'<text class="tick" x="{x}" y="{base + 19}" text-anchor="middle">{month[:3]}</text>')
    for place, anchor, value in (("0", "start", ends[0]), ("100%", "end", ends[1])):
        words = date_words(value)
        body.append(f'<text class="tick" x="{place}" y="{base + 19}" text-anchor="{anchor}">{words}</text>')
    about = f"A stack of dots for each day from {date_words(ends[0])} to {date_words(ends[1])}, {_told(shown_events)}."
    return _svg("strip", "Events day by day", about, base + 24, body, "strip")


def _window(days: list[tuple[int, int]]) -> tuple[int, int]:
    """First and last day of the latest sixty days that hold at least half as many events as the busiest sixty."""
    windows: list[tuple[int, int, int]] = []
    at = inside = 0
    for day, count in days:
        inside += count
        while days[at][0] <= day - _STRIP_DAYS:
            inside -= days[at][1]
            at += 1
        windows.append((inside, days[at][0], day))
    most = max(inside for inside, _, _ in windows)
    return next((first, last) for inside, first, last in reversed(windows) if 2 * inside >= most)


def terms(name: str, offices: Sequence[Office]) -> Markup | None:
    """From when to when each office is attested: a bar, or a dot where one date attests it. None without any date."""
    rows = [(o, _ordinal(o.first or o.last, False), _ordinal(o.last or o.first, True)) for o in offices]
    dated = [(o, a, b) for o, a, b in rows if a is not None and b is not None and a <= b]
    if not dated:
        return None
    low, high = min(a for _, a, _ in dated), max(b for _, _, b in dated)
    span = max(high - low, 1)
    body: list[str] = []
    y = 4
    for office, a, b in dated:
        words = office.title + (f", {office.org}" if office.org else "")
        words = flat(words)
        words = words if len(words) <= 52 else words[:50].rstrip() + " …"
        body.append(f'<text class="office" x="0" y="{y + 12}">{escape(words)}</text>')
        body.append(f'<line class="rule" x1="1%" x2="99%" y1="{y + 24}" y2="{y + 24}"/>')
        x = 0.5 if high == low else 0.01 + 0.98 * (a - low) / span
        width = 0 if high == low else 0.98 * (b - a) / span
        when = date_words(office.first or office.last)
        if office.last and office.first and office.last != office.first:
            when = f"{when} to {date_words(office.last)}"
        title = f"<title>{escape(flat(office.title))}: attested {escape(when)}</title>"
        if width * 600 < 8:
            body.append(f'<g>{title}<circle class="term" cx="{_per_cent(x + width / 2)}" cy="{y + 24}" r="5"/></g>')
        else:
            body.append(
                f'<g>{title}<rect class="term" x="{_per_cent(x)}" y="{y + 20}" width="{_per_cent(width)}"'
                ' height="8" rx="4"/></g>'
            )
        y += 38
    ends = [datetime.date.fromordinal(day).isoformat() for day in (low, high)]
    if low == high:
        body.append(f'<text class="tick" x="50%" y="{y + 10}" text-anchor="middle">{date_words(ends[0])}</text>')
    else:
        body.append(f'<text class="tick" x="0" y="{y + 10}">{date_words(ends[0])}</text>')
        body.append(f'<text class="tick" x="100%" y="{y + 10}" text-anchor="end">{date_words(ends[1])}</text>')
    about = "One row for each office: a bar from the first to the last date on which a source attests it."
    return _svg("terms", f"Offices of {name}", about, y + 16, body)


def _ordinal(value: str | None, last: bool) -> int | None:
    kind = kind_of_date(value)
    if not kind or value is None:
        return None
    if kind == "day":
        return datetime.date.fromisoformat(value).toordinal()
    year = int(value[:4])
    number = int(value[5:7]) if kind == "month" else (12 if last else 1)
    day = calendar.monthrange(year, number)[1] if last else 1
    return datetime.date(year, number, day).toordinal()
