"""When two stretches of text share their words."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")
_SAMPLE = 128  # hashes kept of a text
_READ = 400_000  # characters of a text that are sampled: beyond that, more words do not change the answer


def shingles(text: str, width: int) -> set[int]:
    """A hash for every sequence of `width` words; one for the whole of a shorter text."""
    words = _WORD.findall(text.casefold())
    if not words:
        return set()
    last = max(1, len(words) - width + 1)
    return {zlib.crc32(" ".join(words[i : i + width]).encode("utf-8", "replace")) for i in range(last)}


def sketch(text: str) -> tuple[int, ...]:
    """A sample of the five-word sequences of `text`: first the divisor, then the hashes that it divides, sorted.

    Two samples can be compared whatever the lengths of their texts (Broder 1997, “mod m” sampling).
    """
    hashes = shingles(text[:_READ], 5)
    divisor = 1
    while len(hashes) > _SAMPLE:
        divisor *= 2
        hashes = {h for h in hashes if h % divisor == 0}
    return (divisor, *sorted(hashes))


def shared(a: Sequence[int], b: Sequence[int]) -> float:
    """How much of the shorter text stands in the longer one, 0 to 1, estimated from their sketches."""
    if len(a) < 2 or len(b) < 2:
        return 0.0
    divisor = max(a[0], b[0])
    first = {h for h in a[1:] if h % divisor == 0}
    second = {h for h in b[1:] if h % divisor == 0}
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer >= 3 else 0.0
