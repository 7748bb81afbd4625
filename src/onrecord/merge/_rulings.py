"""What reviewers ruled, replayed on the claims that are there.

Invariant: decisions name claims, whose ids are hashes of what they tell and where, so that a rebuild finds them again.
Of two decisions that contradict each other the later one is in force. A decision none of whose claims is left rules
nothing, and is reported.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from onrecord.merge._settle import Rulings
from onrecord.model import Decision


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions same and different, without those that a later one overrules; `decisions` oldest first."""
    standing: dict[int, Decision] = {}
    by_claim: dict[str, set[int]] = defaultdict(set)
    for n, decision in enumerate(decisions):
        if decision.kind not in ("same", "different"):
            continue
        claims = {*decision.claims, *decision.others}
        for m in sorted({m for claim in claims for m in by_claim[claim]}):
            other = standing[m]
            if other.kind != decision.kind:
                apart, joined = (decision, other) if decision.kind == "different" else (other, decision)
                both = {*joined.claims, *joined.others}
                if both & set(apart.claims) and both & set(apart.others):
                    del standing[m]
                    for claim in (*other.claims, *other.others):
                        by_claim[claim].discard(m)
        standing[n] = decision
        for claim in claims:
            by_claim[claim].add(n)
    return list(standing.values())


def marks(standing: Iterable[Decision]) -> dict[str, list[str]]:
    """For each claim the marks of the sides on which rulings that events differ put it."""
    out: dict[str, list[str]] = defaultdict(list)
    for decision in standing:
        if decision.kind == "different":
            for side, claims in enumerate((decision.claims, decision.others)):
                for claim in claims:
                    out[claim].append(f"{decision.id}/{side}")
    return dict(out)


def rulings(standing: Iterable[Decision], shape_of: Mapping[str, int]) -> Rulings:
    """The decisions in terms of shapes; `shape_of` gives the shape of each claim that is left."""
    same, sides = [], defaultdict(set)
    for decision in standing:
        if decision.kind == "same":
            group = frozenset(shape_of[c] for c in (*decision.claims, *decision.others) if c in shape_of)
            if len(group) > 1:
                same.append(group)
        else:
            for side, claims in enumerate((decision.claims, decision.others)):
                for claim in claims:
                    if claim in shape_of:
                        sides[shape_of[claim]].add((decision.id, side))
    return Rulings(tuple(same), {n: frozenset(own) for n, own in sides.items()})


def on_events(decisions: Iterable[Decision], where: Mapping[str, int]) -> dict[int, list[Decision]]:
    """The decisions to accept, reject or correct, by the event that they are about: the one that holds most of their
    claims. `where` gives the event of each claim."""
    out: dict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.kind in ("accept", "reject", "correct"):
            event = holding(decision.claims, where)
            if event is not None:
                out[event].append(decision)
    return dict(out)


def holding(claims: Collection[str], where: Mapping[str, int]) -> int | None:
    """The event that holds most of these claims; of several, that of the least claim."""
    found: Counter[int] = Counter()
    first: dict[int, str] = {}
    for claim in sorted(claims):
        if claim in where:
            found[where[claim]] += 1
            first.setdefault(where[claim], claim)
    return min(found, key=lambda n: (-found[n], first[n]), default=None)


def lost(decisions: Sequence[Decision], left: Collection[str]) -> list[Decision]:
    """The decisions whose target is gone: none of the claims of a side is `left`."""
    out = []
    for decision in decisions:
        sides = [decision.claims, decision.others] if decision.others else [decision.claims]
        if any(not any(claim in left for claim in side) for side in sides):
            out.append(decision)
    return out
