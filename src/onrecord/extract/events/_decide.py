"""Decides which of the acts found are events, who takes part, on which day, and which tell one event.

The learnt reader's verdict (`_reader`) and the weights over plain features (`_weigh`) together where the reader is
installed, the weights alone where it is not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from onrecord.extract.events import _actors, _reader
from onrecord.extract.events._groups import group
from onrecord.extract.events._reader import Marks, Verdict
from onrecord.extract.events._search import Candidate, Search
from onrecord.extract.events._weigh import LEAST, MEMBER, NEWS
from onrecord.model import Cell, Claim, Participant

# Thresholds on log odds; measured on publishers left out of training (training/README.md).
_ACT = -0.4
_DENIED = 2.0  # of an act that the words deny or suppose
_FRESH = 0.55  # chance from which on words that no pattern knows are taken for an act
_MEMBER = 0.0
_LONE = -1.4


def decide(search: Search) -> list[Claim]:
    """The claims of a post, each with the number of the event it tells."""
    found = search.patterns()
    if not _reader.present():
        return _plainly(search, found)
    marks = Marks(search, found)
    found += [search.at(layer, trigger) for layer, trigger in marks.unnoticed(found, _FRESH)]
    found.sort(key=lambda c: (c.claim.trigger.layer, c.claim.trigger.start, c.claim.trigger.end))
    verdicts = marks.judge(found)
    kept = [
        (c, v)
        for c, v in zip(found, verdicts, strict=True)
        if v.likely >= (_DENIED if "denied" in c.features else _ACT)
    ]
    claims = [_claim(search, c, v) for c, v in kept]
    return _numbered(search, [c for c, _ in kept], claims, marks)


def _claim(search: Search, candidate: Candidate, verdict: Verdict) -> Claim:
    claim = candidate.claim
    mode = claim.mode
    if claim.mode is not None:
        mode = max(verdict.modes, key=lambda m: (verdict.modes[m] + (1.5 if m == claim.mode else 0.0), m))
    return replace(
        claim,
        mode=mode,
        participants=tuple(_participants(candidate, verdict.members, _MEMBER, _LONE)),
        date=_day(search, candidate, verdict),
    )


def _day(search: Search, candidate: Candidate, verdict: Verdict) -> Cell | None:
    """The likeliest date: one that the text names, the day of the news, or none. Scores of equal values add up."""
    totals: dict[str | None, float] = {}
    cells: dict[str | None, tuple[float, Cell | None]] = {None: (0.0, None)}
    options: list[tuple[Cell | None, float]] = [
        (Cell(day.value, (search.dates[day.number].evidence,)), score)
        for day, score in zip(candidate.days, verdict.days, strict=False)
    ]
    options += [(candidate.story, verdict.days[-2]), (None, verdict.days[-1])]
    top = max(score for _, score in options)
    for cell, score in options:
        value = cell.value if cell is not None else None
        weight = 2.718281828 ** (score - top)
        totals[value] = totals.get(value, 0.0) + weight
        if value is not None and (value not in cells or weight > cells[value][0]):
            cells[value] = (weight, cell)
    best = max(totals, key=lambda v: (totals[v], v or ""))
    return cells[best][1]


_ROLES = {
    "mutual": ("initiator", "counterpart"),
    "directed": ("initiator", "target"),
    "message": ("sender", "recipient"),
    "travel": ("visitor", "host"),
    "event": ("attendee", "attendee"),
    "office": ("holder", "holder"),
    "give": ("giver", "receiver"),
}


def _participants(candidate: Candidate, odds: Sequence[float], least: float, lone: float) -> list[Participant]:
    """Those that likely take part; if nobody does, the likeliest one that has a fair chance."""
    roles = _ROLES[candidate.trigger.act.frame]
    picked = [(m, c) for m, c in zip(candidate.members, odds, strict=True) if c >= least]
    if not picked and candidate.members:
        best = max(zip(candidate.members, odds, strict=True), key=lambda pair: pair[1])
        picked = [best] if best[1] >= lone else []
    return [Participant(m.name, m.kind, roles["side=right" in m.features], (m.where,)) for m, _ in picked]


def _numbered(search: Search, kept: Sequence[Candidate], claims: Sequence[Claim], marks: Marks) -> list[Claim]:
    """The claims with the number of their event: each joins the earlier event that it is likeliest to tell again."""
    events: list[list[int]] = []
    numbers: dict[int, int] = {}
    by_type: dict[str, list[int]] = {}
    for n, claim in enumerate(claims):
        known = by_type.setdefault(claim.type, [])
        near = [k for k in known[-_LATEST:] if any(True for _ in events[k])]
        pairs = [(k, m) for k in near for m in events[k][-_TOLD:]]
        scores = marks.same([(kept[m], kept[n]) for _, m in pairs])
        best: dict[int, list[float]] = {}
        for (k, _), score in zip(pairs, scores, strict=True):
            best.setdefault(k, []).append(score)
        means = {k: sum(s) / len(s) for k, s in best.items()}
        chosen = max(means, key=lambda k: (means[k], -k)) if means else None
        if chosen is None or means[chosen] < 0:
            chosen = len(events)
            events.append([])
            known.append(chosen)
        events[chosen].append(n)
        numbers[n] = chosen
    out = [replace(claim, group=numbers[n]) for n, claim in enumerate(claims)]
    return out


_LATEST = 24  # events of a type that a claim is held against
_TOLD = 4  # tellings of each


def _plainly(search: Search, found: Sequence[Candidate]) -> list[Claim]:
    """The claims by patterns, syntax and plain features alone."""
    claims = []
    for candidate in found:
        if candidate.odds < _logit(LEAST) or "denied" in candidate.features:
            continue
        claim = candidate.claim
        date = claim.date or (candidate.story if candidate.fresh >= _logit(NEWS) else None)
        people = _participants(candidate, candidate.chances, _logit(MEMBER), _LONE)
        claims.append(replace(claim, participants=tuple(people), date=date))
    return group(search.post, _with_attendees(search, claims))


def _logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


_RECENT = 200
_PRESENT = re.compile(
    r"(?i)\b(?:(?:were|was)\s+(?:also\s+)?(?:present|in\s+attendance)|(?:also\s+)?(?:attended|took\s+part\s+in|participated\s+in|joined)\s+the\s+(?:meeting|talks|event|call|conversation|ceremony|discussions?|negotiations|reception)|(?:attended|joined)\s+by|in\s+the\s+presence\s+of|accompanied\s+by|the\s+(?:meeting|talks|event|ceremony)\s+was\s+attended)\b"
)


def _with_attendees(search: Search, claims: list[Claim]) -> list[Claim]:
    """The claims, those present added to the meeting that their sentence follows."""
    out = list(claims)
    for layer, doc in zip(search.post.layers, search.docs, strict=True):
        if layer.kind == "caption":
            continue
        scene = search.scene(layer.index)
        for sentence in doc.sents:
            match = _PRESENT.search(layer.text, sentence.start_char, sentence.end_char)
            if match is None:
                continue
            present = [
                a
                for a in scene.between(sentence.start, sentence.end - 1)
                if a.names[0][1] == "person" and a.form == "name"
            ]
            place = next(
                (
                    n
                    for n in range(len(out) - 1, max(len(out) - 1 - _RECENT, -1), -1)
                    if out[n].trigger.layer == layer.index
                    and out[n].type == "CONSULT"
                    and out[n].mode in ("meeting", "call", "gathering")
                    and out[n].status == "happened"
                    and out[n].trigger.start < match.end()
                ),
                None,
            )
            first = next(
                (
                    n
                    for n, c in enumerate(out[:_RECENT])
                    if c.trigger.layer == layer.index
                    and c.type == "CONSULT"
                    and c.mode in ("meeting", "call")
                    and len(c.participants) > 1
                ),
                place,
            )
            if first is None or not present:
                continue
            known = {p.name for p in out[first].participants}
            more = [p for p in _actors.participants(present, layer.index, "attendee") if p.name not in known]
            out[first] = replace(out[first], participants=(*out[first].participants, *more))
    return out
