"""All pairs of texts that share words."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from onrecord.model import Reuse
from onrecord.reuse._align import Overlap, Word, align, words
from onrecord.reuse._direction import Text, direction
from onrecord.reuse._fingerprints import fingerprints

_Key = tuple[str, int, int]
_Ranked = tuple[int, _Key]
T = TypeVar("T")

HUB = 32  # texts with one fingerprint; where more have it, each is compared with the first NEAREST by rank alone
NEAREST = 8
_HELD = 512  # texts whose words are held at once
LEAST = 3  # fingerprints that two texts must share to be compared: some ten words in a row always do
# Of what is aligned, what counts: a turn of phrase, a title or the name of a treaty is shared by texts that are not
# copied from each other. Measured in benchmarks/reuse.py.
_SHARE, _WORDS, _LONG = 0.12, 12, 24
_COPIED, _SHORTENED, _EXACT = 0.8, 0.6, 0.9


def rank(key: _Key) -> int:
    """A number by which texts are ordered, the same everywhere and in no relation to when they came."""
    data = json.dumps(key).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") >> 1


def pairs_of(shared: Mapping[T, int]) -> list[T]:
    """With which of the texts that share fingerprints with one it is to be compared; `shared` says how many each shares
    with it that count (see `near`)."""
    return [other for other, number in shared.items() if number >= LEAST]


def near(own: T, members: Sequence[T]) -> Sequence[T]:
    """The texts that a fingerprint brings together with `own`: of `members`, all texts that have it by rank.

    A fingerprint that many texts have is boilerplate, or the text of an agency that everybody took over: then each is
    compared with the first few, and only these with all.
    """
    if len(members) <= HUB or own in members[:NEAREST]:
        return members
    return members[:NEAREST]


def find(texts: Iterable[Text]) -> list[Reuse]:
    """Which of `texts` share words, each pair once, sorted by their keys; see `between`."""
    given = {text.key: text for text in texts}
    prints = {key: fingerprints(words(text.text)) for key, text in given.items()}
    ranked = sorted((rank(key), key) for key in given)

    @lru_cache(maxsize=_HELD)
    def split(key: _Key) -> list[Word]:
        return words(given[key].text)

    having: dict[int, list[_Ranked]] = defaultdict(list)
    for own in ranked:
        for value in prints[own[1]]:
            having[value].append(own)
    out = []
    for own in ranked:
        key = own[1]
        met = Counter(other for value in prints[key] for other in near(own, having[value]))
        del met[own]
        for _, other in pairs_of(met):
            if key < other:
                made = between(given[key], given[other], split(key), split(other))
                if made is not None:
                    out.append(made)
    return sorted(out, key=lambda reuse: (reuse.first, reuse.second))


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
