"""Decides which of the acts found are events, who takes part, and on which day.

The learnt reader (`_reader`) gives the odds, the weights over plain features (`_weigh`) within them; `_same` finds
which tell one event; what is decided here is where the odds suffice, and what several tellings say together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from onrecord import lexicon
from onrecord.extract.events import _actors
from onrecord.extract.events._names import same
from onrecord.extract.events._patterns import Trigger, act_of
from onrecord.extract.events._reader import READER, Marks, Verdict
from onrecord.extract.events._same import MEMBER, Telling, events
from onrecord.extract.events._search import Candidate, Search, carried_by
from onrecord.model import Cell, Claim, Participant

# Thresholds on log odds, chosen with the figures of docs/accuracy.md in view. They lie above 0 because the texts that
# the reader learnt from hold more events than the press does.
_ACT = 1.5
_OFFERED = 0.5  # chance from which on words that no pattern knows are judged as an act
_UNKNOWN = 2.5  # their log odds
_LONE = -1.4
_BY_KIND = {"country": 0.5, "group": -0.7}  # what the kind of an actor adds: the press names states more, crowds less
_UNDATED = 0.5  # what no date at all must be likelier by
_MODE = 0.5  # what a pattern's own mode counts


def decide(search: Search) -> list[Claim]:
    """The claims of a post, each with the number of the event it tells."""
    found = search.patterns()
    marks = Marks(search, found)
    found += [search.at(layer, trigger) for layer, trigger in marks.unnoticed(found, _OFFERED)]
    found.sort(key=lambda c: (c.claim.trigger.layer, c.claim.trigger.start, c.claim.trigger.end))
    possible = [c for c in found if "denied" not in c.features]
    judged = marks.judge(possible, min(_ACT, _UNKNOWN))
    tellings = [Telling(c, v, *_mode(c, v)) for c, v in judged if v.likely >= _least(c)]
    tellings += _issued(search, marks, tellings)
    return _with_attendees(search, _claims(search, events(_apart(tellings), marks)))


def _least(candidate: Candidate) -> float:
    """The log odds that an act must have."""
    return _UNKNOWN if candidate.trigger.pattern == READER else _ACT


_JOINT = re.compile(r"(?i)\b(?:joint|common)\s+(?:\w+\s+){0,3}?(?:statement|communiqu[eé]|declaration)\b")
_SIDES = 2  # that a joint statement has at least


def _issued(search: Search, marks: Marks, told: Sequence[Telling]) -> list[Telling]:
    """A joint statement is an agreement of those whom its first sentence names, if they do nothing else there."""
    if not _JOINT.search(search.post.title):
        return []
    layer = next((x for x in search.post.layers if x.kind not in ("headline", "caption")), None)
    sentence = next((s for s in search.docs[layer.index].sents if len(s) > _SIDES), None) if layer else None
    if layer is None or sentence is None:
        return []
    root = sentence.root
    named = {a.names for a in search.scene(layer.index).between(sentence.start, root.i - 1) if a.form == "name"}
    where = (layer.index, root.idx)
    taken = any(
        (t := telling.candidate.claim.trigger).layer == where[0] and t.start <= where[1] < t.end for telling in told
    )
    if len(named) < _SIDES or root.pos_ != "VERB" or taken:
        return []
    trigger = Trigger(act_of("AGREE", "agreement"), root.i, root.i, root.i, True, 1, "joint statement")
    return [Telling(c, v, *_mode(c, v)) for c, v in marks.judge([search.at(layer.index, trigger)])]


def _apart(tellings: Sequence[Telling]) -> list[Telling]:
    """Words tell one act: of two types for the same words only the likelier stays."""
    kept: list[Telling] = []
    for telling in tellings:
        where = telling.candidate.claim.trigger
        rivals = [
            k
            for k in range(len(kept) - 1, max(len(kept) - 6, -1), -1)
            if (other := kept[k].candidate.claim.trigger).layer == where.layer
            and where.start < other.end
            and other.start < where.end
        ]
        if all(kept[k].verdict.likely < telling.verdict.likely for k in rivals):
            for k in rivals:
                del kept[k]
            kept.append(telling)
    return kept


def _mode(candidate: Candidate, verdict: Verdict) -> tuple[str | None, float]:
    """The likeliest mode, and by how much; a pattern's own counts for more."""
    if candidate.claim.mode is None:
        return None, 0.0
    scores = {m: s + (_MODE if m == candidate.claim.mode else 0.0) for m, s in verdict.modes.items()}
    ranked = sorted(scores, key=lambda m: (-scores[m], m))
    return ranked[0], scores[ranked[0]] - (scores[ranked[1]] if len(ranked) > 1 else 0.0)


# --- what an event's cells hold -------------------------------------------------------------------------------------


def _claims(search: Search, grouped: Sequence[Sequence[Telling]]) -> list[Claim]:
    out: list[tuple[tuple[int, int, int], Claim]] = []
    for number, told in enumerate(grouped):
        modes: dict[str | None, float] = {}
        for telling in told:
            modes[telling.mode] = modes.get(telling.mode, 0.0) + 0.2 + min(telling.sure, 4.0)
        mode = max(modes, key=lambda m: (modes[m], m or ""))
        day = _day(search, told)
        people = _people(told)
        for telling in told:
            claim = replace(
                telling.candidate.claim, mode=mode, date=day, group=number, participants=tuple(_own(telling, people))
            )
            out.append(((claim.trigger.layer, claim.trigger.start, claim.trigger.end), claim))
    return [claim for _, claim in sorted(out, key=lambda row: row[0])]


def _people(told: Sequence[Telling]) -> frozenset[str]:
    """Who takes part in an event by all its tellings: the mean of each name's odds where they are weighed, the highest
    counting double.
    """
    odds: dict[str, list[float]] = {}
    persons: set[str] = set()
    for telling in told:
        for member, chance in zip(telling.candidate.members, telling.verdict.members, strict=True):
            if member.kind == "person":
                persons.add(member.name)
            odds.setdefault(member.name, []).append(chance + _BY_KIND.get(member.kind, 0.0))
    mean = {name: (2 * max(o) + sum(o)) / (len(o) + 2) for name, o in odds.items()}
    chosen = {name for name, value in mean.items() if value >= MEMBER}
    if not chosen and mean:
        best = max(mean, key=lambda n: (mean[n], n))
        chosen = {best} if mean[best] >= _LONE else set()
    # Words that hold a person's name ("Head of Office Ana Mora") mean the person; of two names for one actor, one
    # within the other ("Ministry", "Ministry of Trade"), the longer counts.
    chosen |= {p for name in chosen - persons for p in persons if len(p) < len(name) and same(name, p)}
    rank = {name: (name in persons, len(name)) for name in chosen}
    return frozenset(
        name for name in chosen if not any(rank[other] > rank[name] and same(name, other) for other in chosen)
    )


def _day(search: Search, told: Sequence[Telling]) -> Cell | None:
    """The likeliest date by all tellings: one that the text names, the day of the news, or none."""
    totals: dict[str | None, float] = {}
    cells: dict[str, tuple[float, Cell]] = {}
    for telling in told:
        candidate, scores = telling.candidate, telling.verdict.days
        options: list[tuple[Cell | None, float]] = [
            (Cell(day.value, (search.dates[day.number].evidence,)), score)
            for day, score in zip(candidate.days, scores, strict=False)
        ]
        options += zip(candidate.untold, scores[len(candidate.days) :], strict=False)
        options = [(cell, score) for cell, score in options if cell is not None]
        options.append((None, scores[-1] - _UNDATED))
        weights = [math.exp(max(score - max(scores), -30.0)) for _, score in options]
        for (cell, _), weight in zip(options, weights, strict=True):
            share = weight / sum(weights)
            value = cell.value if cell is not None else None
            totals[value] = totals.get(value, 0.0) + share
            if cell is not None and share > cells.get(cell.value, (0.0, cell))[0]:
                cells[cell.value] = (share, cell)
    best = max(totals, key=lambda v: (totals[v], v or ""))
    return cells[best][1] if best is not None else None


_ROLES = {
    "mutual": ("initiator", "counterpart"),
    "directed": ("initiator", "target"),
    "message": ("sender", "recipient"),
    "travel": ("visitor", "host"),
    "event": ("attendee", "attendee"),
    "office": ("holder", "holder"),
    "give": ("giver", "receiver"),
}


def _own(telling: Telling, people: frozenset[str]) -> list[Participant]:
    """Those of an event's participants that a telling has in reach, with the words that name them."""
    candidate = telling.candidate
    frame, doc = candidate.trigger.act.frame, candidate.sentence.doc
    verb = carried_by(doc[candidate.trigger.head])
    first, second = _ROLES[frame]
    got = frame in ("give", "message") and verb.lemma_.lower() in _receiving()
    if got and not any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children):
        # "Oru received rice from Kandrevia": who stands before the verb is given to, who stands behind it gives.
        return [
            Participant(m.name, m.kind, second if m.where.start < verb.idx else first, (m.where,))
            for m in candidate.members
            if m.name in people
        ]
    return [
        Participant(m.name, m.kind, second if "side=right" in m.features else first, (m.where,))
        for m in candidate.members
        if m.name in people
    ]


@cache
def _receiving() -> frozenset[str]:
    return frozenset(lexicon.words("en/events", "verbs.receiving"))


_RECENT = 200
_PRESENT = re.compile(
    r"(?i)\b(?:(?:were|was)\s+(?:also\s+)?(?:present|in\s+attendance)|(?:also\s+)?(?:attended|took\s+part\s+in|participated\s+in|joined)\s+the\s+(?:meeting|talks|event|call|conversation|ceremony|discussions?|negotiations|reception)|(?:attended|joined)\s+by|in\s+the\s+presence\s+of|accompanied\s+by|the\s+(?:meeting|talks|event|ceremony|visit|reception)\s+(?:was|were)\s+(?:also\s+)?attended)\b"
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
