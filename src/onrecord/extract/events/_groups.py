"""Tellings of one event within a post get one number: told again further down, it is still one event."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from onrecord.model import Claim, Post


@lru_cache(maxsize=65536)
def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return frozenset(re.findall(r"\w+", plain)) - {"the", "of", "and"}


def same(a: str, b: str) -> bool:
    """True if two names are the same, or one is a part of the other with two words or more."""
    x, y = _words(a), _words(b)
    return bool(x) and (x == y or (min(len(x), len(y)) >= 2 and (x <= y or y <= x)))


def _overlap(a: Claim, b: Claim) -> tuple[int, int, int]:
    shared = sum(any(same(p.name, q.name) for q in b.participants) for p in a.participants)
    return shared, len(a.participants), len(b.participants)


def _dates_fit(a: Claim, b: Claim) -> bool:
    if a.date is None or b.date is None:
        return True
    x, y = a.date.value, b.date.value
    return x.startswith(y) or y.startswith(x)


def _same_event(a: Claim, b: Claim) -> bool:
    if a.type != b.type or not _dates_fit(a, b):
        return False
    if a.mode != b.mode and {a.mode, b.mode} != {"meeting", "call"}:
        return False
    if a.status != b.status and a.date is not None and b.date is not None and a.date.value != b.date.value:
        return False
    shared, n, m = _overlap(a, b)
    if not n or not m:
        return a.quote.layer == b.quote.layer or n == m
    if shared == min(n, m):
        return True
    return shared >= 2 or shared / (n + m - shared) >= 0.5


# A claim is held against so many of the latest events of its type, so that a post of any length takes linear time.
_LATEST = 120


def group(post: Post, claims: Sequence[Claim]) -> list[Claim]:
    """The claims, each with the number of its event within the post."""
    out: list[Claim] = []
    groups: dict[str, list[tuple[int, list[Claim]]]] = {}
    count = 0
    for claim in _calls(post, claims):
        kind = groups.setdefault(claim.type, [])
        known = next((g for g in kind[-_LATEST:] if all(_same_event(m, claim) for m in g[1][-_LATEST:])), None)
        if known is None:
            known = (count, [])
            kind.append(known)
            count += 1
        claim = replace(claim, group=known[0])
        known[1].append(claim)
        out.append(claim)
    return out


_REMOTE = re.compile(
    r"(?i)\b(?:tele)?phone(?:d)?\b|\bvideo\s?-?\s?(?:conference|link|call|talks?|meeting)|\b(?:tele|video)conferenc|\bvirtual(?:ly)?\s+(?:met|meeting|summit)|\b(?:by|over)\s+video\b|\bspoke\b.{0,40}\bwith\b"
)


def _calls(post: Post, claims: Sequence[Claim]) -> list[Claim]:
    """A conversation is a call if the post tells a call between the same people, or is headed as one."""
    headed = bool(_REMOTE.search(post.title))
    calls = [c for c in claims if c.mode == "call"][:_LATEST]
    out = []
    for claim in claims:
        if claim.mode == "meeting" and claim.place is None and not _VISIBLE.search(post.words(claim.quote)):
            same_people = any(_overlap(c, claim)[0] >= 2 and _dates_fit(c, claim) for c in calls)
            if (headed and not calls) or same_people:
                claim = replace(claim, mode="call")
        out.append(claim)
    return out


# Words of a meeting in person: it stays one beside a call.
_VISIBLE = re.compile(r"(?i)\b(?:in person|visit(?:ed|ing)?|met|received|hosted|arrived|lunch|dinner|summit)\b")
