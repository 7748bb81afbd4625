"""Dates that the text gives, as ISO 8601 prefixes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from onrecord.model import DateMention, Document, Post


@dataclass(frozen=True, slots=True)
class PageDates:
    """What a page says about when its posts were written: the reference date for each post, and why.

    `reference[n]` is an ISO 8601 prefix for post `n` against which "today" and "Tuesday" are resolved, or None;
    `year[n]` the year that a date without one most likely means there, or None; `why[n]` the reason in words.
    """

    reference: tuple[str | None, ...]
    year: tuple[int | None, ...]
    why: tuple[str, ...]


def page(document: Document, posts: Sequence[Post]) -> PageDates:
    """Reads the dates of a page as a whole: date lines, datelines, years written out, and the order of its posts."""
    n = len(posts)
    return PageDates((document.published,) * n, (None,) * n, ("",) * n)


def find(post: Post, docs: Sequence[Doc], page_dates: PageDates) -> tuple[DateMention, ...]:
    """The dates in a post, in order of layer and place."""
    return ()
