"""What of a text is kept so that others which share words with it are found."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from functools import lru_cache

from onrecord.reuse._align import Word

_WIDTH = 4  # words of a shingle
_WINDOW = 5  # shingles of which one is kept: any eight words in a row that two texts share give both the same one
_MASK = (1 << 63) - 1
_FACTOR = 0x9E3779B97F4A7C15


@lru_cache(maxsize=1 << 16)
def _number(form: str) -> int:
    return int.from_bytes(hashlib.blake2b(form.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def fingerprints(text: Sequence[Word]) -> tuple[int, ...]:
    """The fingerprints of a text, sorted: of every five shingles in a row the least (winnowing, Schleimer et al. 2003).

    Numbers below 2^63, the same on every machine; none for a text of fewer words than a shingle has.
    """
    numbers = [_number(w.form) for w in text]
    hashes = []
    for i in range(len(numbers) - _WIDTH + 1):
        value = 0
        for number in numbers[i : i + _WIDTH]:
            value = (value * _FACTOR + number) & 0xFFFFFFFFFFFFFFFF
            value ^= value >> 29
        hashes.append(value & _MASK)
    if len(hashes) <= _WINDOW:
        return (min(hashes),) if hashes else ()
    kept: set[int] = set()
    window: deque[int] = deque()  # places of hashes, each less than all that follow it
    for i, value in enumerate(hashes):
        while window and hashes[window[-1]] >= value:
            window.pop()
        window.append(i)
        if window[0] <= i - _WINDOW:
            window.popleft()
        if i >= _WINDOW - 1:
            kept.add(hashes[window[0]])
    return tuple(sorted(kept))
