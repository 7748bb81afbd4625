"""Whether two names within a post are of one actor."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=65536)
def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return frozenset(re.findall(r"\w+", plain)) - {"the", "of", "and"}


def same(a: str, b: str) -> bool:
    """True if two names are the same, or one is a part of the other with two words or more."""
    x, y = _words(a), _words(b)
    return bool(x) and (x == y or (min(len(x), len(y)) >= 2 and (x <= y or y <= x)))
