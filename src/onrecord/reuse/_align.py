"""Exact alignment of two texts: which stretches of one stand in the other, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.model import Span

_WORD = re.compile(r"[^\W_]+")
_READ = 400_000  # characters of a text that are compared: longer ones are whole books
_SEED = 3  # words in a row that two texts must share for a stretch to begin there
_PLACES = 12  # places of one seed that are looked at; a phrase that stands more often in one text tells nothing
_GAP = 5  # words by which a stretch may differ within: a synonym, an apposition. See benchmarks/reuse.py
_SHORTEST = (
    8  # words of a stretch: shorter ones are turns of phrase that texts share by chance. See benchmarks/reuse.py
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the form in which it is compared, and its place in the text."""

    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts share: spans on both sides, the share of each text's words, and how much is word for word."""

    spans: tuple[tuple[Span, Span], ...]
    first: float
    second: float
    exact: float


def words(text: str) -> list[Word]:
    """The words of a text without capitals and accents."""
    return [Word(_form(m[0]), m.start(), m.end()) for m in _WORD.finditer(text, 0, _READ)]


def _form(word: str) -> str:
    plain = word.casefold()
    if plain.isascii():
        return plain
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)) or plain


def align(a: Sequence[Word], b: Sequence[Word]) -> Overlap | None:
    """What two texts share, None if it is less than a stretch of eight words.

    Stretches are found longest first, each word in one at most (greedy string tiling, Wise 1993); those that follow
    each other closely on both sides are one, so that a stretch may hold a synonym or lack a word.
    """
    tiles = _tiles([w.form for w in a], [w.form for w in b])
    tiles.sort()
    stretches: list[list[int]] = []  # start and end in a, start and end in b, words that are the same
    for i, j, length in tiles:
        if stretches:
            last = stretches[-1]
            if 0 <= i - last[1] <= _GAP and 0 <= j - last[3] <= _GAP:
                last[1], last[3] = i + length, j + length
                last[4] += length
                continue
        stretches.append([i, i + length, j, j + length, length])
    kept = [s for s in stretches if s[4] >= _SHORTEST]
    if not kept:
        return None
    covered_a, covered_b = sum(s[1] - s[0] for s in kept), sum(s[3] - s[2] for s in kept)
    return Overlap(
        tuple(
            (Span(a[s[0]].start, a[s[1] - 1].end), Span(b[s[2]].start, b[s[3] - 1].end))
            for s in kept
        ),
        covered_a / len(a),
        covered_b / len(b),
        2 * sum(s[4] for s in kept) / (covered_a + covered_b),
    )  # fmt: skip


def _tiles(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int, int]]:
    """Runs of the same words as (place in a, place in b, length), no word in two of them, the longest preferred."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for j in range(len(b) - _SEED + 1):
        places[tuple(b[j : j + _SEED])].append(j)
    runs: list[tuple[int, int, int]] = []
    growing: dict[int, int] = {}  # diagonal → where its run begins in a
    for i in range(len(a) - _SEED + 1):
        found = places.get(tuple(a[i : i + _SEED]), ())
        now = {j - i for j in found[:_PLACES]}
        for diagonal in growing.keys() - now:
            start = growing.pop(diagonal)
            runs.append((i - 1 + _SEED - start, start, start + diagonal))
        for diagonal in now - growing.keys():
            growing[diagonal] = i
    runs += [(len(a) - start, start, start + diagonal) for diagonal, start in growing.items()]
    runs.sort(key=lambda run: (-run[0], run[1], run[2]))
    used_a, used_b = bytearray(len(a)), bytearray(len(b))
    tiles: list[tuple[int, int, int]] = []
    for length, i, j in runs:
        n = 0
        while n < length:
            while n < length and (used_a[i + n] or used_b[j + n]):
                n += 1
            start = n
            while n < length and not (used_a[i + n] or used_b[j + n]):
                n += 1
            if n - start >= _SEED:
                used_a[i + start : i + n] = used_b[j + start : j + n] = b"\1" * (n - start)
                tiles.append((i + start, j + start, n - start))
    return tiles
