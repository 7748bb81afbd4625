"""All pairs of texts that share words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from onrecord.model import Reuse
from onrecord.reuse._align import Overlap, Word, align, words
from onrecord.reuse._direction import Text, direction
from onrecord.reuse._fingerprints import fingerprints

_Key = tuple[str, int, int]

HUB = 64  # texts with one fingerprint; where more have it, each is compared with the NEAREST alone, the least by key
NEAREST = 8
_HELD = 512  # texts whose words are held at once
LEAST = 2  # fingerprints that two texts must share to be compared, or all that the shorter has
# Of what is aligned, what counts: a turn of phrase, a title or the name of a treaty is shared by texts that are not
# copied from each other. Measured in benchmarks/reuse.py.
_SHARE, _WORDS, _LONG = 0.12, 12, 24
_COPIED, _SHORTENED, _EXACT = 0.8, 0.6, 0.9


def pairs_of(own: _Key, sharing: Iterable[Sequence[_Key]], few: int) -> list[_Key]:
    """With which texts the text `own` is to be compared, sorted.

    `sharing` has, for each of its fingerprints, the sorted keys of all texts that have it; `few` is the number of its
    fingerprints. Of a fingerprint that more than `HUB` texts have, `sharing` may give only the first `HUB` + 1.
    """
    met: Counter[_Key] = Counter()
    for keys in sharing:
        near = keys
        if len(keys) > HUB:
            near = keys[:NEAREST]
        met.update(key for key in near if key != own)
    return sorted(key for key, number in met.items() if number >= min(LEAST, few))


def find(texts: Iterable[Text]) -> list[Reuse]:
    """Which of `texts` share words, each pair once, sorted by their keys; see `between`."""
    given = {text.key: text for text in texts}
    prints = {key: fingerprints(words(text.text)) for key, text in given.items()}

    @lru_cache(maxsize=_HELD)
    def split(key: _Key) -> list[Word]:
        return words(given[key].text)

    having: dict[int, list[_Key]] = defaultdict(list)
    for key in sorted(given):
        for value in prints[key]:
            having[value].append(key)
    out = []
    for key in sorted(given):
        sharing = [having[value] for value in prints[key] if len(having[value]) > 1]
        few = len(prints[key])
        for other in pairs_of(key, sharing, few):
            # Where a fingerprint is frequent, only one of two may have met the other.
            if other > key or not _meets(other, key, prints, having):
                one, two = sorted((key, other))
                made = between(given[one], given[two], split(one), split(two))
                if made is not None:
                    out.append(made)
    return sorted(out, key=lambda reuse: (reuse.first, reuse.second))


def _meets(own: _Key, other: _Key, prints: Mapping[_Key, Sequence[int]], having: Mapping[int, Sequence[_Key]]) -> bool:
    sharing = [having[value] for value in prints[own] if len(having[value]) > 1]
    return other in pairs_of(own, sharing, len(prints[own]))


def between(
    a: Text,
    b: Text,
    a_words: Sequence[Word] | None = None,
    b_words: Sequence[Word] | None = None,
    *,
    aligned: Callable[[Sequence[Word], Sequence[Word]], Overlap | None] = align,
) -> Reuse | None:
    """What two texts share, None if it is too little to have been copied; `a.key` is to be the lesser."""
    one = words(a.text) if a_words is None else a_words
    two = words(b.text) if b_words is None else b_words
    overlap = aligned(one, two)
    if overlap is None:
        return None
    shorter = max(overlap.first, overlap.second)
    shared = overlap.first * len(one)
    if shared < _WORDS or (shorter < _SHARE and shared < _LONG):
        return None
    source, why = direction(a, b)
    return Reuse(
        a.key, b.key, overlap.spans, round(overlap.first, 4), round(overlap.second, 4), _how(overlap), source, why
    )  # fmt: skip


def _how(overlap: Overlap) -> str:
    if overlap.exact < _EXACT and max(overlap.first, overlap.second) >= _SHORTENED:
        return "reworded"
    if min(overlap.first, overlap.second) >= _COPIED:
        return "copied"
    return "shortened" if max(overlap.first, overlap.second) >= _SHORTENED else "excerpt"
