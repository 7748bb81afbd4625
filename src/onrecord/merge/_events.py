"""Events out of tellings: which claims tell one occurrence, and what the row says."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from onrecord.merge._alike import COPIED, common
from onrecord.merge._names import Name, fold, read, same
from onrecord.merge._rulings import in_force, marks, on_events, rulings
from onrecord.merge._settle import settle
from onrecord.merge._shapes import Named, Shape, SideOf, Unit, named, nobody, phrases, rank, units
from onrecord.merge._shapes import keys as keys_of
from onrecord.merge._words import shingles
from onrecord.model import Claim, Decision, Event, Participant, Reuse, Span, Telling, Variant, content_id


class _Memory:
    """Shapes kept in memory."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._shapes: list[Shape] = []
        self._posts: list[set[object]] = []
        self._blocks: dict[int, list[int]] = defaultdict(list)
        self._phrases: dict[int, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
        self._sentences: list[list[tuple[int, ...]]] = []
        self._best: dict[int, int | None] = {}

    def __len__(self) -> int:
        return len(self._shapes)

    def put(self, unit: Unit, post: object) -> int:
        number = self.numbers.setdefault(unit.shape.id, len(self._shapes))
        if number == len(self._shapes):
            self._shapes.append(unit.shape)
            self._posts.append(set())
            self._sentences.append([])
            for key in keys_of(unit.shape):
                self._blocks[key].append(number)
        self._posts[number].add(post)
        if unit.words:
            self._sentences[number].append(unit.words)
            for phrase in phrases(unit.words):
                self._phrases[phrase].append((number, unit.words))
        return number

    def shapes(self, numbers: Collection[int]) -> dict[int, Shape]:
        return {n: self._shapes[n] for n in numbers}

    def posts(self, numbers: Collection[int]) -> dict[int, set[object]]:
        return {n: self._posts[n] for n in numbers}

    def having(self, keys: Collection[int]) -> dict[int, list[int]]:
        return {key: self._blocks[key] for key in keys if key in self._blocks}

    def copies(self, numbers: Collection[int]) -> dict[int, set[int]]:
        return {
            n: {
                m
                for own in self._sentences[n]
                for phrase in phrases(own)
                for m, words in self._phrases[phrase]
                if m != n and common(own, words) >= COPIED
            }
            for n in numbers
        }

    def knots(self, numbers: Collection[int]) -> Collection[int]:
        return numbers

    def best(self, numbers: Collection[int]) -> dict[int, int]:
        return {n: best for n in numbers if (best := self._best.get(n)) is not None}

    def proposing(self, numbers: Collection[int]) -> dict[int, set[int]]:
        out: dict[int, set[int]] = {n: set() for n in numbers}
        for n, best in self._best.items():
            if best in out:
                out[best].add(n)
        return out

    def propose(self, best: Mapping[int, int | None]) -> None:
        self._best.update(best)


def merge(
    told: Iterable[Telling],
    *,
    side_of: SideOf = nobody,
    shared: Sequence[Reuse] = (),
    decisions: Sequence[Decision] = (),
) -> tuple[Event, ...]:
    """The events that `told` tells, each once, sorted by id; see `settle` and `event_of`."""
    posts: dict[tuple[str, int], list[Telling]] = defaultdict(list)
    for telling in told:
        posts[telling.document_id, telling.post].append(telling)
    shelf = _Memory()
    members: dict[int, list[Telling]] = defaultdict(list)
    shape_of: dict[str, int] = {}
    standing = in_force(decisions)
    tags = marks(standing)
    for post, own in sorted(posts.items()):
        by_id = {telling.claim_id: telling for telling in own}
        for unit in units(own, side_of=side_of, tags=tags):
            number = shelf.put(unit, post)
            members[number] += [by_id[id_] for id_ in unit.claims]
            shape_of.update(dict.fromkeys(unit.claims, number))
    groups = [
        [telling for n in event for telling in members[n]]
        for knot in settle(shelf, set(members), rulings(standing, shape_of))
        for event in knot.events
    ]
    where = {telling.claim_id: n for n, own in enumerate(groups) for telling in own}
    ruled = on_events(decisions, where)
    made = [event_of(own, side_of=side_of, shared=shared, ruled=ruled.get(n, ())) for n, own in enumerate(groups)]
    return tuple(sorted(made, key=lambda event: event.id))


# --- the row ------------------------------------------------------------------------------------------------------


def event_of(
    told: Iterable[Telling],
    *,
    side_of: SideOf = nobody,
    shared: Iterable[Reuse] = (),
    ruled: Iterable[Decision] = (),
) -> Event:
    """The event that all of `told` tell: for every cell the value that most independent sources give, and the others.

    `shared` says which layers of the tellings share text: tellings from copied text are one independent source even if
    they name different publishers. `ruled` are the decisions to accept, reject or correct it, the last one last: what a
    reviewer ruled stands in the row, and what the tellings say stands beside it.
    """
    ordered = sorted(told, key=rank)
    origins = _origins(ordered, shared)
    numbers: dict[int, int] = {}
    ordered = [
        dataclasses.replace(telling, source=numbers.setdefault(origin, len(numbers)))
        for telling, origin in zip(ordered, origins, strict=True)
    ]
    claims = [t.claim for t in ordered]
    cells = _Cells(origins)
    mode = cells.best("mode", [c.mode for c in claims])
    date = cells.best("date", [c.date.value if c.date else None for c in claims], fuller=True)
    place = cells.best("place", [c.place.value if c.place else None for c in claims])
    country = cells.best("country", [c.country.value if c.country else None for c in claims])
    happened = any(c.status == "happened" for c in claims)
    for value in ("happened", "planned"):
        who = tuple(n for n, c in enumerate(claims) if c.status == value)
        if who:
            cells.out.append(Variant("status", value, who, (value == "happened") == happened))
    cells.amounts(claims)
    event = Event(
        id=content_id("event", sorted(t.claim_id for t in ordered)),
        type=claims[0].type,
        mode=mode,
        participants=_participants(ordered, side_of, cells.out),
        date=date,
        place=place,
        country=country,
        status="happened" if happened else "planned",
        focus=any(c.focus for c in claims),
        tellings=tuple(ordered),
        independent=len(numbers),
        cells=tuple(cells.out),
    )
    for decision in ruled:
        event = _ruled(event, decision)
    return event


_CORRECTED = ("type", "mode", "date", "place", "country", "status")


def _ruled(event: Event, decision: Decision) -> Event:
    """The event as a reviewer wants it."""
    if decision.kind in ("accept", "reject"):
        return dataclasses.replace(event, review="accepted" if decision.kind == "accept" else "rejected")
    if decision.kind != "correct":
        return event
    value = decision.value
    if decision.cell in _CORRECTED:
        cells = [dataclasses.replace(v, chosen=False, ruled="") if v.cell == decision.cell else v for v in event.cells]
        told = next((v for v in cells if v.cell == decision.cell and v.value == value), None)
        cells = [v for v in cells if v is not told and (v.cell != decision.cell or v.tellings)]
        made = Variant(decision.cell, value, told.tellings if told else (), True, (), decision.id)
        change: dict[str, Any] = {decision.cell: value or None}
        return dataclasses.replace(event, cells=(made, *cells), **change)
    old, _, new = (part.strip() for part in value.partition("="))
    why = f"ruled by {decision.user}: {decision.reason}" if decision.reason else f"ruled by {decision.user}"
    out, variants = [], []
    changed = False
    named_ = iter([v for v in event.cells if v.cell == "participant" and v.chosen])
    for p in event.participants:
        variant = next(named_)
        if old and not changed and (p.name == old or old in variant.names):
            changed = True
            if new:
                out.append(dataclasses.replace(p, name=new, inferred=why))
                variants.append(Variant("participant", new, variant.tellings, True, variant.names, decision.id))
            continue
        out.append(p)
        variants.append(variant)
    if not old and new and all(p.name != new for p in out):
        out.append(Participant(new, "person", "", (), why))
        variants.append(Variant("participant", new, (), True, (new,), decision.id))
    others = [v for v in event.cells if v.cell != "participant" or not v.chosen]
    return dataclasses.replace(event, participants=tuple(out), cells=(*others, *variants))


class _Cells:
    """The values that tellings give for each cell; `origins` numbers the source of each telling."""

    def __init__(self, origins: Sequence[int]) -> None:
        self.origins = origins
        self.out: list[Variant] = []

    def best(self, cell: str, values: Sequence[str | None], *, fuller: bool = False) -> str | None:
        """The value with most sources, then the fuller one, then that of the best telling. With `fuller`, whoever gives
        a prefix of a value supports it too: “2031-05” does not speak against “2031-05-06”."""
        said: dict[str, list[int]] = {}
        forms: dict[str, str] = {}
        for n, value in enumerate(values):
            if value is not None:
                key = fold(value) if cell == "place" else value
                said.setdefault(key, []).append(n)
                forms.setdefault(key, value)

        def weight(key: str) -> tuple[int, int, int]:
            who = [n for other in said if other == key or (fuller and key.startswith(other)) for n in said[other]]
            return len({self.origins[n] for n in who}), len(key) if fuller else 0, -said[key][0]

        order = sorted(said, key=weight, reverse=True)
        self.out += [Variant(cell, forms[key], tuple(said[key]), key == order[0]) for key in order]
        return forms[order[0]] if order else None

    def amounts(self, claims: Sequence[Claim]) -> None:
        """The amounts: of one thing the value with most sources, and the others; several if one telling gives them."""
        things: list[tuple[str, set[str], dict[float, list[int]], dict[float, str]]] = []
        for n, claim in enumerate(claims):
            for amount in claim.amounts:
                words = set(fold(amount.of).split()) if amount.of else set()
                thing = next(
                    (x for x in things if x[0] == amount.unit and (not words or not x[1] or words & x[1])), None
                )
                if thing is None:
                    thing = (amount.unit, set(), {}, {})
                    things.append(thing)
                thing[1].update(words)
                thing[2].setdefault(amount.value, []).append(n)
                thing[3].setdefault(amount.value, amount.of)
        for unit, _, values, names in things:
            order = sorted(values, key=lambda v: (-len({self.origins[n] for n in values[v]}), values[v][0], v))
            for value in order:
                beside = any(n in values[order[0]] for n in values[value])
                shown = " ".join(filter(None, (f"{value:,.15g}", unit, names[value])))
                self.out.append(Variant("amount", shown, tuple(dict.fromkeys(values[value])), beside))


def _participants(told: Sequence[Telling], side_of: SideOf, cells: list[Variant]) -> tuple[Participant, ...]:
    """The actors of all tellings, each once under its fullest name, in the order of the best telling.

    A state or body that one telling names in the place of somebody whom another telling names is no further actor.
    """
    found: list[list[tuple[int, Participant]]] = []
    fullest: list[Named] = []
    exact: dict[Name, int] = {}
    holding: dict[str, list[int]] = defaultdict(list)
    for n, telling in enumerate(told):
        for p in telling.claim.participants:
            name = read(p.name, p.kind)
            at = exact.get(name)
            if at is None:
                # Names that match share a word, their letters or their initials.
                parts = sorted(name.words | {name.letters} | ({f"+{name.initials}"} if name.initials else set()))
                near = sorted({i for part in parts for i in holding[part]})
                at = next((i for i in near if same(fullest[i].name, name)), len(found))
                exact[name] = at
                for part in parts:
                    holding[part].append(at)
            if at == len(found):
                found.append([])
                fullest.append(named(p, telling, side_of))
            elif len(name.words) > len(fullest[at].name.words):
                fullest[at] = named(p, telling, side_of)
            found[at].append((n, p))
    who = [{n for n, _ in own} for own in found]
    out, left = [], []
    for at, own in enumerate(found):
        counts = Counter(p.name for _, p in own)
        shown = max(counts, key=lambda c: (len(fold(c).split()), counts[c], c))
        stands_in = fullest[at].name.kind != "person" and any(
            fullest[at].stands_for(other) and who[at].isdisjoint(who[i]) for i, other in enumerate(fullest) if i != at
        )
        cell = Variant("participant", shown, tuple(sorted(who[at])), not stands_in, tuple(sorted(counts)))
        if stands_in:
            left.append(cell)
            continue
        roles = Counter(p.role for _, p in own if p.role)
        kinds = Counter(p.kind for _, p in own)
        first = own[0][1]
        out.append(
            Participant(
                shown,
                max(kinds, key=lambda k: (kinds[k], k)),
                max(roles, key=lambda r: (roles[r], r)) if roles else "",
                first.evidence,
                first.inferred,
            )
        )
        cells.append(cell)
    cells += left
    return tuple(out)


_SHARED = 0.5  # share of the shorter text from which on two layers are one source
_WITHIN = 0.8  # share of a telling's sentence that stands in a copied stretch


def _origins(told: Sequence[Telling], shared: Iterable[Reuse]) -> list[int]:
    """A number for each telling; tellings that go back to one source have the same."""
    parent = list(range(len(told)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    def join(a: int, b: int) -> None:
        a, b = root(a), root(b)
        parent[max(a, b)] = min(a, b)

    first: dict[str, int] = {}
    of_layer: dict[tuple[str, int, int], list[int]] = defaultdict(list)
    for n, telling in enumerate(told):
        join(first.setdefault(telling.origin or telling.document_id, n), n)
        of_layer[telling.document_id, telling.post, telling.layer].append(n)
    if len(first) == 1:
        return [root(n) for n in range(len(told))]
    for reuse in shared:
        ones, twos = of_layer.get(reuse.first, []), of_layer.get(reuse.second, [])
        if ones and twos and max(reuse.first_share, reuse.second_share) >= _SHARED:
            join(ones[0], twos[0])
            for n in (*ones, *twos):
                join(ones[0], n)
            continue
        for n in ones:
            for m in twos:
                if any(_covers(a, told[n]) and _covers(b, told[m]) for a, b in reuse.spans):
                    join(n, m)
    seen: dict[int, int] = {}
    quotes = [shingles(t.words, 4) for t in told]
    for n, quote in enumerate(quotes):
        for value in sorted(quote)[:4]:
            other = seen.setdefault(value, n)
            long_enough = root(other) != root(n) and min(len(quote), len(quotes[other])) >= 5
            if long_enough and common(sorted(quote), sorted(quotes[other])) >= COPIED:
                join(other, n)
    return [root(n) for n in range(len(told))]


def _covers(span: Span, telling: Telling) -> bool:
    quote = telling.claim.quote
    return min(span.end, quote.end) - max(span.start, quote.start) >= _WITHIN * (quote.end - quote.start)


def headline(event: Event) -> str:
    """Who, what and when of an event in one line."""
    names = [p.name for p in event.participants]
    who = ", ".join(names[:4]) + (f" and {len(names) - 4} others" if len(names) > 4 else "")
    return " · ".join(part for part in (who, event.mode or event.type.lower(), event.place, event.date) if part)
