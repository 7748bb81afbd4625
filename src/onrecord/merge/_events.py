"""Events out of tellings: which claims tell one occurrence, and what the row says."""

from __future__ import annotations

import datetime
import itertools
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from onrecord import lexicon
from onrecord.merge._names import Name, fold, read, same
from onrecord.merge._words import shared, shingles
from onrecord.model import Event, Participant, Telling, Variant, content_id


@dataclass(frozen=True, slots=True)
class Side:
    """For whom somebody acts: a state (alpha-3), and bodies by name."""

    state: str | None = None
    bodies: tuple[str, ...] = ()


SideOf = Callable[[str, int, str], Side]  # document id, post, name of a person or body → its side
_NOBODY = Side()


def _nobody(document_id: str, post: int, name: str) -> Side:
    return _NOBODY


_INITIATORS = frozenset(("initiator", "sender", "giver"))
# Acts of one side: who acts decides which act it is.
_ONE_SIDED = frozenset(
    ("SUPPORT", "AID", "ACCUSE", "REJECT", "REQUEST", "THREATEN", "SANCTION", "CONCEDE", "PROTEST", "MOBILIZE")
)
# Acts of a state, which may be told of the state or of whoever acted for it. A message or a condemnation is not: those
# of a president and of a minister are two.
_OF_STATE = frozenset(("AID", "SANCTION", "MOBILIZE", "COOPERATE", "AGREE", "CONSULT", "RETREAT"))
# Acts done by saying so.
_SPOKEN = frozenset(("SUPPORT", "ACCUSE", "REJECT", "REQUEST", "THREATEN"))
# Acts that one actor is enough to tell apart on one day.
_LONE = frozenset(("OFFICE", "ASSAULT", "COERCE", "MOBILIZE", "RETREAT", "SANCTION"))
_COPIED = 0.8  # share of a sentence's words, in sequences of four, from which on it is the same sentence
_SENTENCE = 32  # hashes kept of a sentence: all of those of up to 35 words
_NAMES = 24  # names of a telling that are compared; a list of attendees may be very long
_BLOCK = 60  # different tellings in a block that are all compared with each other; beyond, only the nearest
_LASTING = 15  # days that tellings of one numbered gathering may lie apart: congresses and games last


# --- what of a telling is compared --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Named:
    """An actor with the state and the bodies that may be named in its place."""

    name: Name
    state: str | None = None
    bodies: tuple[Name, ...] = ()

    def stands_for(self, other: _Named) -> bool:
        """Whether this is a state or body, and the other acts for it."""
        if self.name.kind == "country":
            return other.name.kind != "country" and other.state == self.state
        return self.name.kind != "person" and any(same(self.name, body) for body in other.bodies)


@dataclass(slots=True)
class _Unit:
    """The claims of one post that tell one event, boiled down to what is compared."""

    key: tuple[str, int, int]
    type: str
    mode: str | None
    date: str | None
    reported: str | None
    names: tuple[_Named, ...]
    first: int  # how many of `names` are initiators: they stand first
    gathering: frozenset[str]
    place: str
    words: array[int]
    voice: str
    members: array[int]
    shape: int

    def shares_post(self, other: _Unit) -> bool:
        return self.key[1] == other.key[1] and self.key[0] == other.key[0]


def _unit(key: tuple[str, int, int], told: Sequence[tuple[int, Telling]], side_of: SideOf) -> _Unit:
    told = sorted(told, key=lambda item: _rank(item[1]))
    dates: Counter[str] = Counter()
    names: dict[Name, tuple[_Named, bool]] = {}
    roles = False
    gathering: frozenset[str] = frozenset()
    place, hashes = "", set[int]()
    for _, telling in told:
        claim = telling.claim
        if claim.date is not None:
            dates[claim.date.value[:10]] += 1
        if claim.place is not None and not place:
            place = fold(claim.place.value)
        for p in claim.participants:
            name = read(p.name, p.kind)
            roles = roles or bool(p.role)
            if len(names) < _NAMES and not any(same(name, other) for other in names):
                names[name] = (_named(p, telling, side_of), p.role in _INITIATORS)
        if claim.mode == "gathering" and not gathering:
            gathering = _gathering(telling.words)
        hashes |= shingles(telling.words, 4)
    ordered = [named for named, initiates in names.values() if initiates]
    first = len(ordered)
    ordered += [named for named, initiates in names.values() if not initiates]
    if not roles:
        first = min(1, len(ordered))
    origins = {telling.origin for _, telling in told}
    performed = told[0][1].claim.type in _SPOKEN and all(_performs(telling) for _, telling in told)
    type_, mode = told[0][1].claim.type, next((t.claim.mode for _, t in told if t.claim.mode), None)
    date = max(dates, key=lambda d: (len(d), dates[d], d)) if dates else None
    reported = next((t.reported for _, t in told if t.reported), None)
    return _Unit(
        key,
        type_,
        mode,
        date,
        reported,
        tuple(ordered),
        first,
        gathering,
        place,
        array("L", sorted(hashes)[:_SENTENCE] if len(hashes) >= 5 else ()),
        min(origins) if performed else "",
        array("L", (number for number, _ in told)),
        hash((mode, date, date or reported, frozenset(n.name.letters for n in ordered), first, gathering, performed)),
    )


def _named(p: Participant, telling: Telling, side_of: SideOf) -> _Named:
    name = read(p.name, p.kind)
    side = side_of(telling.document_id, telling.post, p.name)
    return _Named(name, name.state or side.state, tuple(read(body, "organisation") for body in side.bodies))


def _rank(telling: Telling) -> tuple[object, ...]:
    """Sorts the tellings of an event, the best first."""
    claim = telling.claim
    return (
        not claim.focus,
        claim.status != "happened",
        claim.date is None,
        -len(claim.participants),
        -(claim.quote.end - claim.quote.start),
        telling.reported or "~",
        telling.document_id,
        telling.post,
        telling.claim_id,
    )


def _performs(telling: Telling) -> bool:
    """Whether the words do the act rather than tell of it: “We condemn …”, “Ruritania welcomes …”."""
    claim = telling.claim
    if claim.trigger.layer != claim.quote.layer:
        return False
    start = claim.trigger.start - claim.quote.start
    act = telling.words[max(start, 0) : max(start, 0) + claim.trigger.end - claim.trigger.start]
    verb = next((word for word in fold(act).split() if not word.endswith("ly")), "")
    return bool(verb) and not verb.endswith(
        ("ed", "ing", "sent", "gave", "made", "put", "rose", "took", "spoke", "held")
    )


@cache
def _gathering_name() -> re.Pattern[str]:
    nouns = "|".join(lexicon.words("en/merge", "gatherings.nouns"))
    small = "|".join(lexicon.words("en/merge", "gatherings.small"))
    capital = r"[A-Z][\w'’-]*"
    return re.compile(
        rf"(?<!\w)(?:\d{{1,3}}(?:st|nd|rd|th)|{capital})\s(?:(?:{capital}|{small})\s){{0,6}}?(?:{nouns})\b"
        rf"(?:\s(?:of|on|for)(?:\sthe)?(?:\s{capital}){{1,6}})?"
    )


@lru_cache(maxsize=4096)
def _gathering(words: str) -> frozenset[str]:
    """The words of the name of a congress, summit or festival; numbers written out and in figures are one."""
    match = _gathering_name().search(words)
    if match is None:
        return frozenset()
    numbered = {word: str(n) for n, word in enumerate(lexicon.words("en/merge", "gatherings.ordinals"), 1)}
    small = lexicon.words("en/merge", "names.small")
    found = (re.sub(r"^(\d+)(?:st|nd|rd|th)$", r"\1", numbered.get(w, w)) for w in fold(match[0]).split())
    return frozenset(word for word in found if word not in small)


# --- whether two tellings are of one event ------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def _ordinal(value: str | None) -> int | None:
    """The number of a full date, None for anything else."""
    if value is None or len(value) != 10:
        return None
    try:
        return datetime.date.fromisoformat(value).toordinal()
    except ValueError:
        return None


def _apart(a: str | None, b: str | None) -> int | None:
    """Days between two full dates."""
    x, y = _ordinal(a), _ordinal(b)
    return None if x is None or y is None else abs(x - y)


def _days_fit(a: _Unit, b: _Unit) -> float:
    """How well the days of two tellings fit: 1 for the same day, 0 not at all."""
    x, y = a.date, b.date
    if x and y:
        if x.startswith("--") or y.startswith("--"):
            return 0.9 if x[-5:] == y[-5:] else 0.0
        if x == y:
            return 1.0 if len(x) == 10 else 0.7
        if x.startswith(y) or y.startswith(x):
            return 0.6
        return 0.8 if _apart(x, y) == 1 else 0.0
    x, y = x or a.reported, y or b.reported
    if not x or not y:
        return 0.0
    days = _apart(x, y)
    near = days <= 3 if days is not None else x.startswith(y) or y.startswith(x)
    return 0.4 if near else 0.0


def _matches(a: Sequence[_Named], b: Sequence[_Named]) -> int:
    """How many actors of one telling are among those of the other."""
    free = [item.name for item in b]
    count = 0
    for item in a:
        for other in free:
            if same(item.name, other):
                free.remove(other)
                count += 1
                break
    return count


def _stand_ins(a: Sequence[_Named], b: Sequence[_Named]) -> int:
    """How many more match if a state or a body may stand for who acts for it: “Cuba” for the minister of Cuba."""
    if all(item.name.kind == "person" for item in (*a, *b)):
        return 0
    rest_a = [item for item in a if not any(same(item.name, other.name) for other in b)]
    rest_b = [item for item in b if not any(same(item.name, other.name) for other in a)]
    count = 0
    for item in rest_a:
        for other in rest_b:
            if item.stands_for(other) or other.stands_for(item):
                rest_b.remove(other)
                count += 1
                break
    return count


def _common(a: Sequence[int], b: Sequence[int]) -> float:
    fewer = min(len(a), len(b))
    return len(set(a).intersection(b)) / fewer if fewer else 0.0


def _alike(a: _Unit, b: _Unit) -> float:
    """How surely two tellings of the same type are of one event; 0 if they are not."""
    if a.mode and b.mode and a.mode != b.mode:
        return 0.0
    when = _days_fit(a, b)
    if a.gathering and b.gathering:
        common = len(a.gathering & b.gathering) / min(len(a.gathering), len(b.gathering))
        numbers = [{word for word in g if word.isdigit()} for g in (a.gathering, b.gathering)]
        if common < 0.5 or numbers[0] != numbers[1]:
            return 0.0
        if not when and numbers[0] and common >= 0.6:
            days = _apart(a.date or a.reported, b.date or b.reported)
            when = 0.5 if days is not None and days <= _LASTING else 0.0
        if when and not a.shares_post(b):
            return when + common
    if not when:
        return 0.0
    both = _matches(a.names, b.names)
    fewer, more = sorted((len(a.names), len(b.names)))
    if a.shares_post(b):
        # The reader of the post took them for two: only the same actors, day and mode overrule that.
        return 1.0 if both == fewer >= 2 and when == 1.0 and a.mode == b.mode else 0.0
    if (both or not fewer) and _common(a.words, b.words) >= _COPIED:
        return 1.0 + when
    if a.voice and b.voice and a.voice != b.voice:
        return 0.0
    if a.type in _ONE_SIDED:
        return _one_side(a, b, when)
    standing = _stand_ins(a.names, b.names) if both < fewer and a.type in _OF_STATE and when >= 0.8 else 0
    if both + standing >= 2:
        full = both + standing if both else (both + standing) * (both + standing == fewer == more)
        return when + (both + standing / 2) / more if full / fewer >= 0.5 else 0.0
    if not both:
        return 0.0
    if a.mode == "gathering" and b.mode == "gathering":
        return when if when >= 0.8 and a.place and a.place == b.place else 0.0
    if fewer == more == 1:
        return when if when >= 0.8 or (a.type in _LONE and when >= 0.6) else 0.0
    return when * 0.9 if a.type in _LONE and when >= 0.6 else 0.0


def _one_side(a: _Unit, b: _Unit, when: float) -> float:
    of_state = a.type in _OF_STATE
    acting_a, acting_b = a.names[: a.first], b.names[: b.first]
    others_a, others_b = a.names[a.first :], b.names[b.first :]
    acting = _matches(acting_a, acting_b) + (_stand_ins(acting_a, acting_b) if of_state else 0)
    others = _matches(others_a, others_b) + (_stand_ins(others_a, others_b) if of_state else 0)
    if acting_a and acting_b and not acting:
        return 0.0
    if others_a and others_b and not others:
        return 0.0
    if acting and others:
        return when + 1.0
    # One telling leaves a side out: the day must be the same.
    return when * 0.9 if (acting or others) and when >= (0.6 if of_state else 0.8) else 0.0


# --- finding pairs ------------------------------------------------------------------------------------------------


def _days(unit: _Unit, partial: set[str]) -> list[object]:
    """The spans of time in which a telling looks for others."""
    value = unit.date or unit.reported
    if value is None:
        return []
    if value.startswith("--"):
        return [value[-5:]]
    number = _ordinal(value)
    if number is None:
        return [value]
    # Two rows of windows of eight days, so that days up to four apart always share one.
    days: list[object] = [number // 8, (number + 4) // 8 + 0.5]
    days += [prefix for prefix in (value[:7], value[:4]) if prefix in partial]
    if value[5:] in partial:
        days.append(value[5:])
    return days


def _keys(unit: _Unit, partial: set[str], frequent: Mapping[str, int]) -> Iterator[object]:
    """The blocks in which a telling meets others: a word of a name, or the states of two sides, and a span of time."""
    words: set[str] = set()
    for name in (item.name for item in unit.names):
        words.add(name.letters)
        if len(name.words) > 1:
            # Names that match share two words at least, so that each may leave out the one that most others have too.
            usual = max(name.words, key=lambda word: (frequent[word], word))
            words.update(word for word in name.words if word != usual)
        if name.initials:
            words.add(f"+{name.initials}")
    states = sorted({item.state for item in unit.names if item.state})[:4]
    if unit.type in _ONE_SIDED:
        words.update(f"={state}" for state in states)
    else:
        words.update("".join(pair) for pair in itertools.combinations(states, 2))
    words.update(body.letters for item in unit.names for body in item.bodies[:2])
    days = _days(unit, partial)
    for word in words:
        for day in days:
            yield word, day
    if unit.gathering:
        for word in unit.gathering:
            if word.isdigit():
                yield "gathering", word, (unit.date or unit.reported or "")[:4]
    yield from unit.words[:2]


def _pairs(units: Sequence[_Unit]) -> list[tuple[float, int, int]]:
    """All pairs that may be of one event, the surest first."""
    partial = {value for u in units if (value := u.date or u.reported) and _ordinal(value) is None}
    partial |= {value[-5:] for value in partial if value.startswith("--")}
    frequent = Counter(word for u in units for item in u.names for word in item.name.words)
    blocks: dict[object, list[int]] = defaultdict(list)
    for number, unit in enumerate(units):
        for key in set(_keys(unit, partial, frequent)):
            blocks[key].append(number)
    met: set[int] = set()
    out: list[tuple[float, int, int]] = []

    def meet(x: int, y: int) -> None:
        x, y = min(x, y), max(x, y)
        pair = x * len(units) + y
        if pair not in met:
            met.add(pair)
            score = _alike(units[x], units[y])
            if score:
                out.append((score, x, y))

    for members in blocks.values():
        if len(members) < 2:
            continue
        shapes: dict[int, list[int]] = defaultdict(list)
        for m in members:
            shapes[units[m].shape].append(m)
        for alike in shapes.values():
            for x, y in itertools.pairwise(alike):
                meet(x, y)
        firsts = [alike[0] for alike in shapes.values()]
        reach = len(firsts)
        if reach > _BLOCK:
            reach = _BLOCK // 2
            firsts.sort(key=lambda m: (units[m].date or units[m].reported or "", units[m].key))
        for i, x in enumerate(firsts):
            for y in firsts[i + 1 : i + 1 + reach]:
                meet(x, y)
    out.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    return out


def _join(units: Sequence[_Unit]) -> list[list[int]]:
    """Joins the surest pairs first, unless two clusters hold different events of one post or their fullest differ."""
    parent = list(range(len(units)))
    size = [1] * len(units)
    core = list(range(len(units)))
    posts: dict[int, set[tuple[str, int]]] = {}

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    def fullness(n: int) -> tuple[int, bool, int]:
        return len(units[n].names), units[n].date is not None, -n

    def posts_of(n: int) -> set[tuple[str, int]]:
        return posts.get(n) or {units[n].key[:2]}

    for _, x, y in _pairs(units):
        a, b = root(x), root(y)
        if a == b:
            continue
        if size[a] < size[b]:
            a, b = b, a
        larger, smaller = posts_of(a), posts_of(b)
        if not units[x].shares_post(units[y]) and not larger.isdisjoint(smaller):
            continue
        if {core[a], core[b]} != {x, y} and not _alike(units[core[a]], units[core[b]]):
            continue
        parent[b] = a
        size[a] += size[b]
        core[a] = max(core[a], core[b], key=fullness)
        posts.pop(b, None)
        larger |= smaller
        posts[a] = larger
    clusters: dict[int, list[int]] = defaultdict(list)
    for n in range(len(units)):
        clusters[root(n)].append(n)
    return list(clusters.values())


def group(told: Iterable[Telling], *, side_of: SideOf = _nobody) -> list[list[int]]:
    """Which tellings tell one event: sorted lists of their places in `told`, in which a post's stand one after another.

    Looks at every telling once and keeps only what is compared, so that `told` may be read from disk. `side_of` says
    for whom a person or body of a post acts.
    """
    by_type: dict[str, list[_Unit]] = defaultdict(list)
    for (document_id, post), own in itertools.groupby(
        enumerate(told), key=lambda item: (item[1].document_id, item[1].post)
    ):
        groups: dict[tuple[int, str], list[tuple[int, Telling]]] = defaultdict(list)
        for number, telling in own:
            groups[telling.claim.group, telling.claim.type].append((number, telling))
        for (number, type_), members in groups.items():
            by_type[type_].append(_unit((document_id, post, number), members, side_of))
    out: list[list[int]] = []
    for type_ in sorted(by_type):
        units = sorted(by_type.pop(type_), key=lambda unit: unit.key)
        out += [sorted(m for u in cluster for m in units[u].members) for cluster in _join(units)]
    return sorted(out)


def merge(
    told: Iterable[Telling],
    *,
    side_of: SideOf = _nobody,
    sketches: Mapping[tuple[str, int, int], Sequence[int]] | None = None,
) -> tuple[Event, ...]:
    """The events that `told` tells, each once, sorted by id; see `group` and `event_of`."""
    ordered = sorted(told, key=lambda t: (t.document_id, t.post, t.claim_id))
    made = [
        event_of([ordered[n] for n in own], side_of=side_of, sketches=sketches)
        for own in group(ordered, side_of=side_of)
    ]
    return tuple(sorted(made, key=lambda event: event.id))


# --- the row ------------------------------------------------------------------------------------------------------


def event_of(
    told: Iterable[Telling],
    *,
    side_of: SideOf = _nobody,
    sketches: Mapping[tuple[str, int, int], Sequence[int]] | None = None,
) -> Event:
    """The event that all of `told` tell: for every cell the value that most independent sources give, and the others.

    `sketches` gives the sketch of a layer's text by document id, post and layer; with them, tellings from copied text
    count as one independent source even if they name different publishers.
    """
    ordered = sorted(told, key=_rank)
    claims = [t.claim for t in ordered]
    cells = _Cells(_origins(ordered, sketches or {}))
    mode = cells.best("mode", [c.mode for c in claims])
    date = cells.best("date", [c.date.value if c.date else None for c in claims], fuller=True)
    place = cells.best("place", [c.place.value if c.place else None for c in claims])
    country = cells.best("country", [c.country.value if c.country else None for c in claims])
    happened = any(c.status == "happened" for c in claims)
    for value in ("happened", "planned"):
        who = tuple(n for n, c in enumerate(claims) if c.status == value)
        if who:
            cells.out.append(Variant("status", value, who, (value == "happened") == happened))
    return Event(
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
        independent=len(set(cells.origins)),
        cells=tuple(cells.out),
    )


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


def _participants(told: Sequence[Telling], side_of: SideOf, cells: list[Variant]) -> tuple[Participant, ...]:
    """The actors of all tellings, each once under its fullest name, in the order of the best telling.

    A state or body that one telling names in the place of somebody whom another telling names is no further actor.
    """
    found: list[list[tuple[int, Participant]]] = []
    fullest: list[_Named] = []
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
                fullest.append(_named(p, telling, side_of))
            elif len(name.words) > len(fullest[at].name.words):
                fullest[at] = _named(p, telling, side_of)
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


def _origins(told: Sequence[Telling], sketches: Mapping[tuple[str, int, int], Sequence[int]]) -> list[int]:
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
    for n, telling in enumerate(told):
        join(first.setdefault(telling.origin or telling.document_id, n), n)
    if len(first) > 1:
        # Copied texts share sampled sequences of words; only tellings that share one are compared.
        layers = [tuple(sketches.get((t.document_id, t.post, t.layer), ())) for t in told]
        quotes = [shingles(t.words, 4) for t in told]
        seen: dict[tuple[str, int], int] = {}
        for n in range(len(told)):
            keys = [("layer", h) for h in layers[n][1:9]] + [("quote", h) for h in sorted(quotes[n])[:4]]
            for key in keys:
                other = seen.setdefault(key, n)
                if root(other) != root(n):
                    long_enough = min(len(quotes[n]), len(quotes[other])) >= 5
                    if (long_enough and _common(sorted(quotes[n]), sorted(quotes[other])) >= _COPIED) or shared(
                        layers[n], layers[other]
                    ) >= 0.5:
                        join(other, n)
    return [root(n) for n in range(len(told))]


def headline(event: Event) -> str:
    """Who, what and when of an event in one line."""
    names = [p.name for p in event.participants]
    who = ", ".join(names[:4]) + (f" and {len(names) - 4} others" if len(names) > 4 else "")
    return " · ".join(part for part in (who, event.mode or event.type.lower(), event.place, event.date) if part)
