"""When two stretches of text share their words."""

from __future__ import annotations

import re
import zlib

_WORD = re.compile(r"[^\W_]+")


def shingles(text: str, width: int) -> set[int]:
    """A hash for every sequence of `width` words; one for the whole of a shorter text."""
    words = _WORD.findall(text.casefold())
    if not words:
        return set()
    last = max(1, len(words) - width + 1)
    return {zlib.crc32(" ".join(words[i : i + width]).encode("utf-8", "replace")) for i in range(last)}
