"""Dates as lines of a page write them, in some fifty languages; nothing here looks into running text."""

from __future__ import annotations

import calendar
import re
from functools import cache

from babel.dates import get_day_names, get_month_names

_LOCALES = (
    "en", "es", "fr", "pt", "de", "it", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "ro", "hu", "ru", "uk", "be",
    "bg", "sr", "sr_Latn", "hr", "sl", "mk", "el", "sq", "tr", "az", "uz", "kk", "ky", "mn", "id", "ms", "vi", "th",
    "ar", "ar_EG", "ar_IQ", "fa", "he", "ur", "hi", "bn", "ne", "si", "ta", "sw", "am", "fil", "ka", "hy", "lo", "km",
    "my",
)  # fmt: skip


@cache
def _calendar_words() -> tuple[dict[str, int], dict[str, int]]:
    months: dict[str, int] = {}
    days: dict[str, int] = {}
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context=context, locale=locale).items():
                    key = name.casefold().strip(". ")
                    if len(key) > 1 and not key.isdigit():
                        months.setdefault(key, number)
                for number, name in get_day_names(width, context=context, locale=locale).items():
                    if len(name.strip(". ")) > 1:
                        days.setdefault(name.casefold().strip(". "), number)
    months["sept"] = 9
    return months, days


def month_number(word: str) -> int | None:
    """The month (1 to 12) that a word names in any of some fifty languages, or None."""
    return _calendar_words()[0].get(word.casefold().strip(". "))


def weekday(words: str) -> int | None:
    """The day of the week (Monday 0) that a date line names, or None."""
    days = _calendar_words()[1]
    return next((days[w] for token in _WORD.findall(words) if (w := token.casefold().strip(".")) in days), None)


_CJK_DATE = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
NUMERIC = re.compile(r"(?<!\d)(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*\.?|\d+")
_ZONE = r"GMT|UTC|Z|EST|EDT|CET|CEST|IST|MSK|local time|[A-Z]{2,4}T?"
CLOCK = re.compile(
    r"(?i)(?:\b(?:at|à|a las|um|às|kl\.?)\s+)?\b\d{1,2}(?:[:h.]|\s+h\s+)\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?"
    rf"(?:\s*\(?(?:{_ZONE})\)?(?:\s*[+-]\s*\d{{1,2}}(?::?\d{{2}})?)?)?"
    r"|T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?"
)
_ORDINAL = {"st", "nd", "rd", "th", "º", "°", "er", "ª"}
# Small words within a date.
_LINKS = frozenset("de del of le la the den der di do da г года р року оны ngày tháng năm".split())


def line_date(words: str) -> str | None:
    """The date that `words` is, if it is nothing but a date with its weekday and clock: an ISO 8601 day, else None."""
    if len(words) > 90 or not any(c.isdigit() for c in words):
        return None
    months, days = _calendar_words()
    rest = words
    if match := _CJK_DATE.search(rest):
        year, month, day = (int(part) for part in match.groups())
        left = CLOCK.sub(" ", rest[: match.start()] + " " + rest[match.end() :])
        left_words = [w.casefold().strip(".") for w in _WORD.findall(left)]
        fits = all(w in days or len(w) <= 3 for w in left_words)
        return _day(year, month, day) if fits else None
    if match := NUMERIC.search(rest):
        a, _, b, c = match.groups()
        left_words = [
            w.casefold().strip(".")
            for w in _WORD.findall(CLOCK.sub(" ", rest[: match.start()] + " " + rest[match.end() :]))
        ]
        if not all(w in days or w.upper() in {"GMT", "UTC", "AM", "PM"} for w in left_words):
            return None
        if len(a) == 4:
            return _day(int(a), int(b), int(c))
        if len(c) == 4:
            first, second = int(a), int(b)
            return _day(int(c), first, second) if second > 12 else _day(int(c), second, first)
        return None
    rest = CLOCK.sub(" ", rest)
    year = month = day = 0
    # Vietnamese, and a few others, count their months.
    if match := re.search(r"(?i)\b(\d{1,2})\s+tháng\s+(\d{1,2})[, ]+(?:năm\s+)?(\d{4})", rest):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    for token in _WORD.findall(rest):
        word = token.casefold().strip(".")
        if token.isdecimal():
            number = int(token)
            if len(token) == 4 and not year:
                year = number if number < 2400 else number - 543
            elif len(token) <= 2 and 1 <= number <= 31 and not day:
                day = number
            else:
                return None
        elif word in months and not month:
            month = months[word]
        elif word in days or word in _ORDINAL or word in _LINKS:
            continue
        else:
            return None
    return _day(year, month, day) if year and month and day else None


def yearless(words: str) -> str | None:
    """`--MM-DD` if a line is nothing but a day and a month, with or without the weekday."""
    months, days = _calendar_words()
    tokens = _WORD.findall(words) if len(words) < 40 else []
    month = day = 0
    for token in tokens:
        word = token.casefold().strip(".")
        if token.isdecimal() and not day and 1 <= int(token) <= 31:
            day = int(token)
        elif word in months and not month:
            month = months[word]
        elif word not in days and word not in _ORDINAL and word not in _LINKS:
            return None
    return f"--{month:02d}-{day:02d}" if month and day else None


def is_day(year: int, month: int, day: int) -> bool:
    """True if the calendar has the day, in a year in which a page may have been written."""
    return 1900 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _day(year: int, month: int, day: int) -> str | None:
    return f"{year:04d}-{month:02d}-{day:02d}" if is_day(year, month, day) else None
