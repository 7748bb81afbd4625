"""Which shapes are of one event: found anew only where something changed.

Invariant: the result depends on the set of shapes (with their posts and sentences) and on the rulings, not on the order
in which they came or on how often it was asked for. For that, what joins two shapes is local: a shape joins all that
tell the same day; one that has none proposes the single best of those that may be of the same day. Shapes that hang
together by such ties are a knot; within a knot the surest ties are tied first, unless two clusters hold different
events of one post, their fullest tellings differ, or a reviewer ruled that they differ.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from onrecord.merge._alike import alike, apart, days_fit, lasts, one_post
from onrecord.merge._shapes import Shape, keys, ordinal

# Shapes that share a key and are compared; a key that more of them have says nothing about who met whom. Of a generated
# record with forty acts a day of one actor (benchmarks/merge.py), none has more than this.
CAP = 96
_CHUNK = 256  # shapes settled at once
_REMEMBERED = 80_000  # pairs whose likeness is held


class Shelf(Protocol):
    """Where shapes are kept, by number. Numbers say nothing: two shelves may number the same shapes differently."""

    def __len__(self) -> int:
        """How many there are."""

    def shapes(self, numbers: Collection[int]) -> Mapping[int, Shape]:
        """The shapes with these numbers."""

    def posts(self, numbers: Collection[int]) -> Mapping[int, Collection[object]]:
        """The posts whose tellings have these shapes."""

    def having(self, keys: Collection[int]) -> Mapping[int, Sequence[int]]:
        """The shapes that have each of these keys."""

    def copies(self, numbers: Collection[int]) -> Mapping[int, Collection[int]]:
        """For each of these shapes, those with a telling that has a sentence in common with one of its own."""

    def knots(self, numbers: Collection[int]) -> Collection[int]:
        """All shapes that are in a knot with one of these, they themselves among them."""

    def best(self, numbers: Collection[int]) -> Mapping[int, int]:
        """Which one these shapes proposed when they were settled last, if any."""

    def proposing(self, numbers: Collection[int]) -> Mapping[int, Collection[int]]:
        """Which shapes proposed these when they were settled last."""

    def propose(self, best: Mapping[int, int | None]) -> None:
        """Keeps what shapes propose."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """What reviewers ruled, in terms of shapes: sets that are one event, and marks of the sides of those that are not.

    Two clusters must not be joined if one has the mark `(ruling, 0)` and the other `(ruling, 1)`.
    """

    same: tuple[frozenset[int], ...] = ()
    sides: Mapping[int, frozenset[tuple[str, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Knot:
    """Shapes that hang together, and the events among them."""

    shapes: tuple[int, ...]
    events: tuple[tuple[int, ...], ...]


class _Known:
    """What was found out while settling: keys that say nothing, and how alike pairs are."""

    def __init__(self) -> None:
        self.crowded: set[int] = set()
        self._alike: dict[tuple[int, int], float] = {}
        self._keys: dict[int, list[int]] = {}

    def keys(self, n: int, shape: Shape) -> list[int]:
        found = self._keys.get(n)
        if found is None:
            if len(self._keys) > _REMEMBERED // 20:
                self._keys.clear()
            found = self._keys[n] = keys(shape)
        return found

    def alike(self, n: int, a: Shape, m: int, b: Shape, *, copied: bool) -> float:
        if copied:
            return _alike(a, b, copied=True)
        pair = (n, m) if n < m else (m, n)
        score = self._alike.get(pair)
        if score is None:
            if len(self._alike) > _REMEMBERED:
                self._alike.clear()
            score = self._alike[pair] = _alike(a, b)
        return score


@dataclass(frozen=True, slots=True)
class _Tie:
    score: float
    other: int
    exact: bool
    dated: bool  # whether the other gives a whole day
    near: int  # how many days apart, negative if the other was before
    id: str

    def order(self) -> tuple[bool, float, int, str]:
        return not self.dated, -self.score, abs(self.near), self.id


def settle(shelf: Shelf, changed: Collection[int], rulings: Rulings | None = None) -> Iterator[Knot]:
    """The knots of all shapes that `changed`, and of those that hang together with them or did until now.

    `changed` are shapes that are new, or whose posts, sentences or rulings changed, and those that met a shape or had a
    crowded key in common with one that was taken away (see `meeting`).
    """
    rulings = rulings or Rulings()
    linked: dict[int, set[int]] = defaultdict(set)
    for group in rulings.same:
        for number in group:
            linked[number] |= group - {number}
    known = _Known()
    met = meeting(shelf, changed, known)
    renewed = {*changed, *met} if met else changed
    to_do = sorted(renewed if len(renewed) == len(shelf) else {*renewed, *shelf.knots(renewed)})
    for part in _chunks(renewed):
        shelf.propose({number: _best(own) for number, own in _ties(shelf, part, known).items()})
    done: set[int] = set()
    for start in range(0, len(to_do), _CHUNK):
        waiting = {n for n in to_do[start : start + _CHUNK] if n not in done}
        yield from _knots(shelf, waiting, done, linked, known, rulings)


def _knots(
    shelf: Shelf,
    waiting: set[int],
    done: set[int],
    linked: Mapping[int, Collection[int]],
    known: _Known,
    rulings: Rulings,
) -> Iterator[Knot]:
    """The knots of the shapes that wait, with all that hangs together with them; these are `done` then."""
    parent: dict[int, int] = {}

    def root(n: int) -> int:
        while parent.setdefault(n, n) != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    kept: dict[int, dict[int, float]] = {}
    while waiting:
        part = sorted(waiting)[:_CHUNK]
        waiting.difference_update(part)
        done.update(part)
        ties = _kept(shelf, part, known)
        kept.update(ties)
        met: set[int] = set()
        for x, own in ties.items():
            root(x)
            for y in {*own, *linked.get(x, ())}:
                met.add(y)
                a, b = root(x), root(y)
                parent[max(a, b)] = min(a, b)
        new = met - done - waiting
        if new:
            waiting |= (set(shelf.knots(new)) | new) - done
    knots: dict[int, list[int]] = defaultdict(list)
    for n in sorted(kept):
        knots[root(n)].append(n)
    several = [n for own in knots.values() if len(own) > 1 for n in own]
    shapes = shelf.shapes(several) if several else {}
    posts = shelf.posts(several) if several else {}
    for own_ in knots.values():
        if len(own_) == 1:
            yield Knot(tuple(own_), (tuple(own_),))
        else:
            yield Knot(tuple(own_), tuple(_join(own_, kept, shapes, posts, rulings)))


def meeting(shelf: Shelf, numbers: Collection[int], known: _Known | None = None) -> set[int]:
    """The shapes that may be of one event with one of these, and those in a block that these made crowded, or not.

    To be asked for shapes that are to be taken away, too, before they are.
    """
    out: set[int] = set()
    known = known or _Known()
    own = set(numbers)
    if len(own) == len(shelf):
        return set()  # all are among them
    for part in _chunks(own):
        for ties in _ties(shelf, part, known).values():
            out.update(tie.other for tie in ties)
        blocks = shelf.having({key for n, shape in shelf.shapes(part).items() for key in known.keys(n, shape)})
        for members in blocks.values():
            if len(members) > CAP >= len(members) - sum(n in own for n in members):
                out.update(members)
    return out - own


def _chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def _ties(shelf: Shelf, numbers: Sequence[int], known: _Known) -> dict[int, list[_Tie]]:
    """The shapes that may be of one event with each of these."""
    shapes = dict(shelf.shapes(numbers))
    own_keys = {n: known.keys(n, shape) for n, shape in shapes.items()}
    blocks = shelf.having({key for own in own_keys.values() for key in own} - known.crowded)
    copies = shelf.copies(numbers)
    near: dict[int, set[int]] = {}
    for n, own in own_keys.items():
        met: set[int] = set()
        for key in own:
            members = blocks.get(key, ())
            if len(members) <= CAP:
                met.update(members)
            else:
                known.crowded.add(key)
        met.update(copies.get(n, ()))
        met.discard(n)
        near[n] = met
    missing = {m for met in near.values() for m in met} - shapes.keys()
    shapes.update(shelf.shapes(missing))
    found: dict[int, list[tuple[int, float, bool]]] = {}
    for n, met in near.items():
        a = shapes[n]
        found[n] = [
            (m, score, copied)
            for m in met
            if (score := known.alike(n, a, m, shapes[m], copied=(copied := m in copies.get(n, ()))))
            or one_post(a, shapes[m])
        ]
    posts = shelf.posts({n for n, met in found.items() if met} | {m for met in found.values() for m, _, _ in met})
    out: dict[int, list[_Tie]] = {}
    for n, met_ in found.items():
        a, ties = shapes[n], []
        for m, score, copied in met_:
            b = shapes[m]
            if not set(posts[n]).isdisjoint(posts[m]):
                # The reader of the post took them for two.
                score, copied = (1.0 if one_post(a, b) else 0.0), False
            if score:
                ties.append(_tie(a, m, b, score, copied))
        out[n] = sorted(ties, key=_Tie.order)
    return out


def _alike(a: Shape, b: Shape, *, copied: bool = False) -> float:
    """The same whichever of the two comes first."""
    return alike(a, b, copied=copied) if a.id < b.id else alike(b, a, copied=copied)


def _tie(a: Shape, number: int, b: Shape, score: float, copied: bool) -> _Tie:
    when = days_fit(a, b)
    numbered = any(word.isdigit() for word in a.gathering & b.gathering)
    exact = copied or when == 1.0 or numbered or lasts(a, b)
    x, y = a.date or a.reported or "", b.date or b.reported or ""
    days = apart(x, y) or 0
    return _Tie(score, number, exact, ordinal(b.date) is not None, days if x <= y else -days, b.id)


def _best(ties: Sequence[_Tie]) -> int | None:
    """Which one a shape proposes besides those of its own day: the best, if it has none of its own day.

    A shape that has some proposes a neighbour of the day before or after (the same call in another time zone), unless
    it has neighbours on both: then these are acts of every day.
    """
    inexact = [tie for tie in ties if not tie.exact]
    if not inexact:
        return None
    if len(inexact) < len(ties):
        beside = [tie for tie in inexact if abs(tie.near) == 1 and tie.score >= 1.5]
        if not beside or len({tie.near for tie in beside}) > 1:
            return None
        return beside[0].other
    return inexact[0].other


def _kept(shelf: Shelf, numbers: Sequence[int], known: _Known) -> dict[int, dict[int, float]]:
    """The ties of each of these shapes that hold, with how sure they are."""
    best, proposing = shelf.best(numbers), shelf.proposing(numbers)
    out: dict[int, dict[int, float]] = {}
    for n, ties in _ties(shelf, numbers, known).items():
        holds = {best.get(n), *proposing.get(n, ())}
        out[n] = {tie.other: tie.score for tie in ties if tie.exact or tie.other in holds}
    return out


def _join(
    own: Sequence[int],
    kept: Mapping[int, Mapping[int, float]],
    shapes: Mapping[int, Shape],
    posts: Mapping[int, Collection[object]],
    rulings: Rulings,
) -> list[tuple[int, ...]]:
    """The events of a knot: ruled ties first, then the surest."""
    members: dict[int, list[int]] = {n: [n] for n in own}
    parent = {n: n for n in own}
    core = {n: n for n in own}
    standing = {n: set(posts[n]) for n in own}
    sides = {n: set(rulings.sides.get(n, ())) for n in own}

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    def fullness(n: int) -> tuple[int, bool, str]:
        return len(shapes[n].names), shapes[n].date is not None, shapes[n].id

    def differ(a: int, b: int) -> bool:
        return any((ruling, 1 - side) in sides[b] for ruling, side in sides[a])

    def join(a: int, b: int) -> None:
        if len(members[a]) < len(members[b]):
            a, b = b, a
        parent[b] = a
        members[a] += members.pop(b)
        core[a] = max(core[a], core[b], key=fullness)
        standing[a] |= standing.pop(b)
        sides[a] |= sides.pop(b)

    among = set(own)
    for group in rulings.same:
        ruled = sorted(group & among, key=lambda n: shapes[n].id)
        for x, y in itertools.pairwise(ruled):
            a, b = root(x), root(y)
            if a != b and not differ(a, b):
                join(a, b)
    ties = sorted(
        (-score, min(shapes[x].id, shapes[y].id), max(shapes[x].id, shapes[y].id), x, y)
        for x in own
        for y, score in kept.get(x, {}).items()
        if x < y and y in among
    )
    for _, _, _, x, y in ties:
        a, b = root(x), root(y)
        if a == b or differ(a, b):
            continue
        if set(posts[x]).isdisjoint(posts[y]) and not standing[a].isdisjoint(standing[b]):
            continue
        if {core[a], core[b]} != {x, y} and not _alike(shapes[core[a]], shapes[core[b]]):
            continue
        join(a, b)
    return sorted(tuple(sorted(cluster)) for cluster in members.values())
