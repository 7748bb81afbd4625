"""Which year the dates of a page mean that are written without one.

A page says its year in its head, in its foot, beside other dates, or not at all; its posts stand newest first or oldest
first; a day of the week fits one year in six. Without any such word a date stays without a year.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from onrecord.model import Document
from onrecord.split._days import month_number
from onrecord.split._lines import Line

_HEAD = 12
_YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
_COPYRIGHT = re.compile(r"(?i)©|\(c\)\s|copyright|all rights reserved|版权|保留")
# A day written out with its year, in the orders that English uses.
_WRITTEN = re.compile(r"\b(?:\d{1,2}\s+[A-Z][a-z]{2,8}\.?,?|[A-Z][a-z]{2,8}\.?\s+\d{1,2},)\s+((?:19|20)\d\d)\b")
_MONTH_YEAR = re.compile(r"^\W*([^\W\d_]{3,12})\.?\s+((?:19|20)\d\d)\W*(?:\(\d+\))?$")
# So many characters of a page are read for days written out; a year stands early or nowhere.
_READ = 2_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """The day that a post shows: ISO 8601 or `--MM-DD`; `weekday` (Monday 0) if the page names it; `own` if it is the
    date line of the post itself and not the day of a report in it."""

    day: str
    weekday: int | None = None
    own: bool = True


def years(document: Document, lines: Sequence[Line], first: int, written: Sequence[Written | None]) -> list[int | None]:
    """The year of each post. `first` is the index of the first post's first line, `written` what each post shows."""
    likely = _page_year(document, lines, first)
    if likely is None:
        return [None] * len(written)
    ascending = _ascending(written)
    order = list(range(len(written)))
    if ascending:
        order.reverse()
    newest_first = [written[n] for n in order]
    bound = next((d for d in (document.fetched, document.published) if d and len(d) >= 10), None)
    start = next((w.day for w in newest_first if w is not None), None)
    if bound and start and start.startswith("--") and int(bound[:4]) == likely and start[2:] > bound[5:10]:
        likely -= 1
    # Days of the week decide between the year that the page seems to mean and its neighbours.
    tries = [likely, likely - 1, likely + 1] if any(w and w.weekday is not None for w in newest_first) else [likely]
    runs = [_run(newest_first, year) for year in tries]
    best = max(runs, key=lambda run: (_fitting(newest_first, run), -runs.index(run)))
    out: list[int | None] = [None] * len(written)
    for n, year in zip(order, best, strict=True):
        out[n] = year
    return out


def _run(written: Sequence[Written | None], year: int) -> list[int]:
    """The years of posts, newest first, of which the first is of `year`: after January, December is a year back."""
    out: list[int] = []
    month = 0
    for one in written:
        if one is not None and one.day.startswith("--"):
            here = int(one.day[2:4])
            year -= bool(month and here - month > 6)
            month = here
        elif one is not None and len(one.day) == 10 and (one.own or abs(int(one.day[:4]) - year) < 2):
            # What was first published years ago says nothing about the post.
            year, month = int(one.day[:4]), int(one.day[5:7])
        out.append(year)
    return out


def _fitting(written: Sequence[Written | None], run: Sequence[int]) -> int:
    fits = 0
    for one, year in zip(written, run, strict=True):
        if one is None or one.weekday is None or not one.day.startswith("--"):
            continue
        try:
            fits += date(year, int(one.day[2:4]), int(one.day[5:7])).weekday() == one.weekday
        except ValueError:
            continue
    return fits


def _ascending(written: Sequence[Written | None]) -> bool:
    """True if the page puts its oldest post first."""
    days = [(int(w.day[-5:-3]), int(w.day[-2:])) for w in written if w is not None and w.own and len(w.day) != 4]
    up = down = 0
    for (month, day), (next_month, next_day) in itertools.pairwise(days):
        step = (next_month - month) * 31 + next_day - day
        if abs(step) > 186:
            step = -step
        up, down = up + (step > 0), down + (step < 0)
    return up > down


def _page_year(document: Document, lines: Sequence[Line], first: int) -> int | None:
    """The year that dates without one most likely mean: from the page's head, when it was read, its foot, its dates."""
    for line in lines[: min(first, _HEAD)]:
        if len(line.text) < 80 and not _COPYRIGHT.search(line.text) and (match := _YEAR.search(line.text)):
            return int(match[1])
    for day in (document.published, document.fetched):
        if day and day[:4].isdigit():
            return int(day[:4])
    dates = [int(line.date[:4]) for line in lines if line.date and line.date[:2] != "--"]
    foot = [
        int(year)
        for line in lines
        if len(line.text) < 200 and _COPYRIGHT.search(line.text)
        for year in _YEAR.findall(line.text)
    ]
    months = [
        int(match[2])
        for line in lines
        if len(line.text) < 40 and (match := _MONTH_YEAR.match(line.text)) and month_number(match[1])
    ]
    if said := dates or months or foot:
        return max(said)
    told = Counter(int(m[1]) for m in _WRITTEN.finditer(document.text[:_READ]))
    return max(told, key=lambda year: (told[year], year), default=None)
