"""Which texts tell the same story, and which words of them name the same act: for looking at events of any kind, also
those that no pattern of claims knows.

Invariant: what is found depends on the texts alone, not on their order.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from onrecord.merge._names import fold

K = TypeVar("K", bound=Hashable)

_TOKEN = re.compile(r"[^\W_]+|[.!?]")
_ENDINGS = ("ings", "ing", "ied", "ies", "edly", "ed", "es", "s")
# Measured on news of 66 stories, in pairs of alike ones (benchmarks/coref.py): who is named tells stories of one kind
# apart, and what a text is about it says first.
_NAME, _LEAD = 3.0, 2.0
_SENTENCES = 2  # that count as the beginning
_ALIKE = 0.29  # cosine, on average, of the texts of two groups that are joined; chosen on the training part alone
_TERMS = 24  # of a text, by which it meets others
_COMMON = 400  # texts with a term; one that more have brings none together
_STEM = 5  # letters of a head by which verb and noun of an act are one: “acquire”, “acquisition” are not, most are


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending in ("ied", "ies") else "")
    return word


def _terms(text: str) -> dict[str, float]:
    """The weight of each term within its own text."""
    times: dict[str, float] = defaultdict(float)
    names: set[str] = set()
    sentence, before = 0, "."
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in ".!?":
            sentence += 1
        else:
            for part in fold(token).split():
                if len(part) > 1:
                    term = _stem(part)
                    times[term] += _LEAD if sentence < _SENTENCES else 1.0
                    if token[:1].isupper() and before not in ".!?":
                        names.add(term)
        before = token
    return {term: (1 + math.log(n)) * (_NAME if term in names else 1.0) for term, n in times.items()}


def stories(texts: Mapping[K, str], *, alike: float = _ALIKE) -> list[list[K]]:
    """The texts in groups that tell one story each, the groups and their texts sorted.

    Average linkage over weighted terms (tf-idf, names and beginnings weigh more); only texts that share one of their
    heaviest terms are compared.
    """
    order = sorted(texts, key=str)
    terms = [_terms(texts[key]) for key in order]
    having = Counter(term for own in terms for term in own)
    vectors: list[dict[str, float]] = []
    for own in terms:
        vector = {
            term: weight * math.log((1 + len(order)) / (1 + having[term])) for term, weight in own.items()
        }  # fmt: skip
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        vectors.append({term: value / length for term, value in vector.items()})
    blocks: dict[str, list[int]] = defaultdict(list)
    for n, vector in enumerate(vectors):
        for term in sorted(vector, key=lambda term, v=vector: (-v[term], term))[:_TERMS]:  # type: ignore[misc]
            if having[term] <= _COMMON:
                blocks[term].append(n)
    near: dict[int, set[int]] = defaultdict(set)
    for members in blocks.values():
        for n in members:
            near[n].update(members)
    total: dict[int, dict[str, float]] = dict(enumerate(vectors))
    groups: dict[int, list[int]] = {n: [n] for n in range(len(order))}
    waiting: list[tuple[float, int, int]] = []

    def offer(a: int, b: int) -> None:
        small, large = (total[a], total[b]) if len(total[a]) < len(total[b]) else (total[b], total[a])
        both = sum(value * large[term] for term, value in small.items() if term in large)
        score = round(both / (len(groups[a]) * len(groups[b])), 12)
        if score >= alike:
            heapq.heappush(waiting, (-score, min(a, b), max(a, b)))

    for n, others in near.items():
        others.discard(n)
        for other in sorted(others):
            if n < other:
                offer(n, other)
    number = len(order)
    while waiting:
        _, a, b = heapq.heappop(waiting)
        if a not in groups or b not in groups:
            continue
        groups[number] = sorted(groups[a] + groups[b])
        summed = dict(total.pop(a))
        for term, value in total.pop(b).items():
            summed[term] = summed.get(term, 0.0) + value
        total[number] = summed
        del groups[a], groups[b]
        around = (near.pop(a) | near.pop(b)) - {a, b}
        near[number] = set()
        for other in sorted(around):
            near[other] -= {a, b}
            near[other].add(number)
            near[number].add(other)
            offer(number, other)
        number += 1
    return sorted(([order[n] for n in own] for own in groups.values()), key=lambda own: [str(key) for key in own])


@dataclass(frozen=True, slots=True)
class Act:
    """Words that name an act: the head of them (its lemma, if known), and the text in which they stand."""

    text: Hashable
    head: str


def acts(found: Iterable[Act], groups: Iterable[Iterable[Hashable]]) -> list[int]:
    """For each of `found` a number: acts of one number are one act. `groups` are the stories of the texts.

    Within a story, what has one head, as verb or noun, is one act: a newsroom seldom tells two of a kind at once.
    """
    story = {text: n for n, own in enumerate(groups) for text in own}
    numbers: dict[tuple[int, str], int] = {}
    out = []
    for act in found:
        head = _stem(fold(act.head)).replace(" ", "")[:_STEM]
        out.append(numbers.setdefault((story.get(act.text, -1), head), len(numbers)))
    return out
