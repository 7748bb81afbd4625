"""Which tellings of one post are one event."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from onrecord import lexicon
from onrecord.extract.events._names import same
from onrecord.extract.events._reader import Marks, Verdict
from onrecord.extract.events._search import Candidate

MEMBER = 0.6  # log odds from which on somebody takes part
_SAME = -0.2
_TOLD_AGAIN = 2.0  # what a headline, a note and the report below add to being one event
_NAMED = 1.0  # what the same names on both sides add
_OTHER_SIDE = 7.5  # what another sender, giver or accuser counts against it
_NUMBERED = 4.0  # what one number of both adds: the 14th congress is the 14th congress
_LATEST = 24  # events of a type that a telling is held against
_TOLD = 4  # tellings of each


@dataclass(frozen=True, slots=True)
class Telling:
    """An act that counts as an event, with the reader's verdict and its mode, and how sure that is."""

    candidate: Candidate
    verdict: Verdict
    mode: str | None
    sure: float

    def names(self) -> frozenset[str]:
        """Those that likely take part by this telling alone."""
        return frozenset(
            m.name for m, o in zip(self.candidate.members, self.verdict.members, strict=True) if o >= MEMBER
        )

    def doers(self) -> frozenset[str]:
        """Those of them who by syntax are its subject."""
        return frozenset(
            m.name
            for m, o in zip(self.candidate.members, self.verdict.members, strict=True)
            if o >= MEMBER and "side=left" in m.features
        )


def events(tellings: Sequence[Telling], marks: Marks) -> list[list[Telling]]:
    """The tellings by event: each joins the earlier event of its type that it is likeliest to tell again."""
    out: list[list[Telling]] = []
    by_type: dict[str, list[int]] = {}
    for telling in tellings:
        known = by_type.setdefault(telling.candidate.claim.type, [])
        pairs = [(k, m) for k in known[-_LATEST:] for m in out[k][-_TOLD:]]
        scores = marks.same([(m.candidate, telling.candidate) for _, m in pairs])
        best: dict[int, list[float]] = {}
        for (k, other), score in zip(pairs, scores, strict=True):
            best.setdefault(k, []).append(score + _likeness(other, telling))
        means = {k: (max(s) + sum(s) / len(s)) / 2 for k, s in best.items()}
        chosen = max(means, key=lambda k: (means[k], -k)) if means else None
        if chosen is None or means[chosen] < _SAME:
            chosen = len(out)
            out.append([])
            known.append(chosen)
        out[chosen].append(telling)
    return out


# Acts of one side: other names mean another act.
_ONE_SIDED = frozenset(("SUPPORT", "AID", "ACCUSE", "REJECT", "REQUEST", "THREATEN", "SANCTION", "CONCEDE", "OFFICE"))


def _likeness(a: Telling, b: Telling) -> float:
    """What mode, names and dates add to the reader's odds that two acts of one type are one event."""
    out = 0.0
    numbers = [_number(t.candidate) for t in (a, b)] if a.candidate.claim.type == "CONSULT" else []
    if None not in numbers and len(set(numbers)) > 1:
        return -math.inf  # the 13th congress is not the 14th
    if numbers and numbers[0] is not None and numbers[0] == numbers[1] and a.mode == b.mode:
        out += _NUMBERED
    if a.mode != b.mode:
        out -= 0.5 + min(a.sure, b.sure, 3.0) * 0.5
    x, y = a.names(), b.names()
    shared = sum(any(same(p, q) for q in y) for p in x)
    if x and y:
        least = min(len(x), len(y))
        out += _NAMED if shared == least and shared >= 2 else _NAMED / 2 if shared == least else 0.0
        if a.candidate.layer != b.candidate.layer and shared == least:
            out += _TOLD_AGAIN
        out -= 1.0 if not shared else 0.0
        # A letter of one and a letter of another are two letters, though both go to one man.
        if a.candidate.claim.type in _ONE_SIDED:
            p, q = a.doers(), b.doers()
            others = bool(p) and bool(q) and not any(same(m, n) for m in p for n in q)
            if others or shared < least:
                out -= _OTHER_SIDE
                return out
    first, second = a.candidate.claim.date, b.candidate.claim.date
    if first is not None and second is not None:
        fit = first.value.startswith(second.value) or second.value.startswith(first.value)
        out += 0.5 if fit else -1.5
        if len(x) >= 2 and x == y and a.mode == b.mode and first.value == second.value and len(first.value) == 10:
            out += 3.0  # the same people on the same day, in the same manner
    return out


@cache
def _ordinals() -> dict[str, int]:
    return {word: n for n, word in enumerate(lexicon.words("en/merge", "gatherings.ordinals"), 1)}


_AROUND = 7  # words to either side of an act in which its number may stand


def _number(candidate: Candidate) -> int | None:
    """The number of a congress, a round of talks, a session …: the ordinal nearest to the act in its phrase."""
    trigger, sentence = candidate.trigger, candidate.sentence
    inside = range(trigger.first, trigger.last + 1)
    before = range(trigger.first - 1, max(trigger.first - 1 - _AROUND, sentence.start - 1), -1)
    behind = range(trigger.last + 1, min(trigger.last + 1 + _AROUND, sentence.end))
    for way in (inside, before, behind):
        for i in way:
            token = sentence.doc[i]
            if way is not inside and (token.is_punct or token.pos_ in ("VERB", "AUX")):
                break
            word = token.lower_
            if match := re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th)", word):
                return int(match[1])
            if word in _ordinals():
                return _ordinals()[word]
    return None
