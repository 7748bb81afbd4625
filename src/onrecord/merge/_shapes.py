"""What of a telling is compared: its shape, and the keys under which shapes that may be of one event meet.

Invariant: a shape and its keys depend on the telling alone, never on others, so that they can be kept and a new telling
need only be compared with those that it shares a key with.
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from onrecord import lexicon
from onrecord.merge._names import Name, fold, outlet_key, read, same
from onrecord.merge._words import shingles
from onrecord.model import Participant, Telling, content_id


@dataclass(frozen=True, slots=True)
class Side:
    """For whom somebody acts: a state (alpha-3), and bodies by name."""

    state: str | None = None
    bodies: tuple[str, ...] = ()


SideOf = Callable[[str, int, str], Side]  # document id, post, name of a person or body → its side
_NOBODY = Side()


def nobody(document_id: str, post: int, name: str) -> Side:
    """No sides are known."""
    return _NOBODY


INITIATORS = frozenset(("initiator", "sender", "giver"))
# Acts of one side: who acts decides which act it is.
ONE_SIDED = frozenset(
    ("SUPPORT", "AID", "ACCUSE", "REJECT", "REQUEST", "THREATEN", "SANCTION", "CONCEDE", "PROTEST", "MOBILIZE")
)
# Acts of a state, which may be told of the state or of whoever acted for it. A message or a condemnation is not: those
# of a president and of a minister are two.
OF_STATE = frozenset(("AID", "SANCTION", "MOBILIZE", "COOPERATE", "AGREE", "CONSULT", "RETREAT"))
# Acts done by saying so.
_SPOKEN = frozenset(("SUPPORT", "ACCUSE", "REJECT", "REQUEST", "THREATEN"))
# Acts that one actor is enough to tell apart on one day.
LONE = frozenset(("OFFICE", "ASSAULT", "COERCE", "MOBILIZE", "RETREAT", "SANCTION"))
_SENTENCE = 32  # hashes kept of a sentence: all of those of up to 35 words
_NAMES = 24  # names of a telling that are compared; a list of attendees may be very long
_PAIRED = 8  # names of a telling that are paired in its keys


@dataclass(frozen=True, slots=True)
class Named:
    """An actor with the state and the bodies that may be named in its place."""

    name: Name
    state: str | None = None
    bodies: tuple[Name, ...] = ()

    def stands_for(self, other: Named) -> bool:
        """Whether this is a state or body, and the other acts for it."""
        if self.name.kind == "country":
            return other.name.kind != "country" and other.state == self.state
        return self.name.kind != "person" and any(same(self.name, body) for body in other.bodies)


@dataclass(frozen=True, slots=True)
class Shape:
    """What is compared of tellings; those of many posts that name the same actors and day have one shape.

    `names` has the initiators first, `first` of them. `reported` is None where `date` is a whole day. `voice` is set
    for acts that are done by saying so. `alone` keeps tellings apart that look the same: those of one post that its
    reader took for two events, and those on which a reviewer ruled.
    """

    type: str
    mode: str | None
    date: str | None
    reported: str | None
    names: tuple[Named, ...]
    first: int
    gathering: frozenset[str] = frozenset()
    place: str = ""
    voice: str = ""
    alone: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """The claims of one post that tell one event: their shape, the words of their sentences, and which they are."""

    shape: Shape
    data: str  # of the shape, as `stored` gives it and `restored` takes it
    words: tuple[int, ...]  # a sample of the hashes of its sentences' words; empty for short ones
    claims: tuple[str, ...]


def units(
    told: Sequence[Telling], *, side_of: SideOf = nobody, tags: Mapping[str, Sequence[str]] | None = None
) -> list[Unit]:
    """The units of one post's tellings. `tags` has marks of reviewers' rulings by claim: tellings with other marks are
    other units, and shapes with marks are shared with nobody."""
    groups: dict[tuple[int, str, tuple[str, ...]], list[Telling]] = defaultdict(list)
    for telling in sorted(told, key=lambda t: t.claim_id):
        marks = tuple(sorted(tags.get(telling.claim_id, ()))) if tags else ()
        groups[telling.claim.group, telling.claim.type, marks].append(telling)
    out = []
    seen: Counter[str] = Counter()
    for (_, _, marks), members in sorted(groups.items()):
        raw, words = _boil(members, side_of)
        alone = ""
        if marks:
            alone = content_id("marked", marks, min(t.claim_id for t in members))
        else:
            data = json.dumps(raw)
            whole_day = raw[2] is not None and ordinal(str(raw[2])) is not None
            # The reader of the post took them for two: only the same two actors, day and mode overrule that.
            if seen[data] and not (whole_day and len(raw[4]) >= 2):
                alone = str(seen[data])
            seen[data] += 1
        raw[-1] = alone
        data = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
        out.append(Unit(restored(data), data, words, tuple(t.claim_id for t in members)))
    return out


def _boil(told: Sequence[Telling], side_of: SideOf) -> tuple[list[Any], tuple[int, ...]]:
    told = sorted(told, key=rank)
    dates: Counter[str] = Counter()
    names: dict[Name, tuple[list[object], bool]] = {}
    roles = False
    gathering: frozenset[str] = frozenset()
    place, hashes = "", set[int]()
    for telling in told:
        claim = telling.claim
        if claim.date is not None:
            dates[claim.date.value[:10]] += 1
        if claim.place is not None and not place:
            place = fold(claim.place.value)
        for p in claim.participants:
            name = read(p.name, p.kind)
            roles = roles or bool(p.role)
            if len(names) < _NAMES and not any(same(name, other) for other in names):
                side = side_of(telling.document_id, telling.post, p.name)
                bodies = list(side.bodies[:3])
                names[name] = ([p.name, p.kind, name.state or side.state, bodies], p.role in INITIATORS)
        if claim.mode == "gathering" and not gathering:
            gathering = _gathering(telling.words)
        hashes |= shingles(telling.words, 4)
    order = list(names.values())
    if roles:
        first = sum(initiates for _, initiates in order)
        order.sort(key=lambda item: (not item[1], str(item[0])))
    else:
        first = min(1, len(order))
        order[1:] = sorted(order[1:], key=lambda item: str(item[0]))
    date = max(dates, key=lambda d: (len(d), dates[d], d)) if dates else None
    reported = next((t.reported for t in told if t.reported), None)
    mode = next((t.claim.mode for t in told if t.claim.mode), None)
    raw: list[Any] = [
        told[0].claim.type,
        mode,
        date,
        None if ordinal(date) is not None else reported,
        [item for item, _ in order],
        first,
        sorted(gathering),
        place if mode == "gathering" else "",
        _performer(told) if told[0].claim.type in _SPOKEN else "",
        "",
    ]
    return raw, tuple(sorted(hashes)[:_SENTENCE]) if len(hashes) >= 5 else ()


@lru_cache(maxsize=1 << 13)
def _named(name: str, kind: str, state: str | None, bodies: tuple[str, ...]) -> Named:
    return Named(read(name, kind), state, tuple(read(body, "organisation") for body in bodies))


def restored(data: str) -> Shape:
    """The shape whose data this is; its id is a hash of them."""
    type_, mode, date, reported, names, first, gathering, place, voice, alone = json.loads(data)
    return Shape(
        type_,
        mode,
        date,
        reported,
        tuple(_named(name, kind, state, tuple(bodies)) for name, kind, state, bodies in names),
        first,
        frozenset(gathering),
        place,
        voice,
        alone,
        hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:16],
    )


def rank(telling: Telling) -> tuple[object, ...]:
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


def named(p: Participant, telling: Telling, side_of: SideOf) -> Named:
    """A participant with those who may be named in its place."""
    side = side_of(telling.document_id, telling.post, p.name)
    name = read(p.name, p.kind)
    return _named(p.name, p.kind, name.state or side.state, side.bodies[:3])


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


def _performer(told: Sequence[Telling]) -> str:
    """Who does an act by saying so, empty if it is only told.

    Where the words are “I” or “we”, it is whoever speaks; if nobody is named, the page itself, for two pages of one
    office may hold the statements of two people.
    """
    own = [t for t in told if _FIRST_PERSON.search(t.words[: max(0, t.claim.trigger.start - t.claim.quote.start)])]
    speakers = [key for t in own if t.chain and (key := outlet_key(t.chain[0])) != t.origin]
    if speakers:
        return min(speakers)
    origin = min(telling.origin for telling in told)
    if own:
        return f"{origin} {min(t.document_id for t in own)}"
    return origin if all(_performs(telling) for telling in told) else ""


_FIRST_PERSON = re.compile(r"\b(?:I|we)\b", re.I)


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


@lru_cache(maxsize=1 << 14)
def ordinal(value: str | None) -> int | None:
    """The number of a full date, None for anything else."""
    if value is None or len(value) != 10:
        return None
    try:
        return datetime.date.fromisoformat(value).toordinal()
    except ValueError:
        return None


# --- keys ---------------------------------------------------------------------------------------------------------


def _key(*parts: object, about: float = 0) -> int:
    """A hash of `parts`. Its first bits are those of the time that it is `about`, in spans of eight days: so the keys
    of one month lie together where they are kept."""
    data = "\0".join(map(str, parts)).encode("utf-8", "replace")
    return int(about) << 43 | int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") >> 21


def _days(value: str) -> Iterator[int]:
    """The days that a date may mean: one, or those of a month or a year."""
    number = ordinal(value)
    if number is not None:
        yield number
    elif re.fullmatch(r"\d{4}(-\d\d)?", value):
        for month in [value[5:]] if len(value) == 7 else [f"{m:02}" for m in range(1, 13)]:
            for day in range(1, 32):
                number = ordinal(f"{value[:4]}-{month}-{day:02}")
                if number is not None:
                    yield number


_Span = tuple[str, float]  # a name of the span, and where it lies, in spans of eight days


def _windows(shape: Shape) -> tuple[list[_Span], list[_Span]]:
    """The spans of time in which a shape looks for others that share two actors, and for those that share one.

    Wide spans are two rows of eight days, so that days up to four apart always share one; narrow ones hold two days.
    """
    value = shape.date or shape.reported
    if value is None:
        return [], []
    if value.startswith("--"):
        year = (shape.reported or "")[:4]
        around = [int(year) - 1, int(year), int(year) + 1] if year.isdigit() else []
        found = [n for y in around for n in _days(f"{y:04}{value[1:]}")]
        if not found:
            return [(value, 0)], [(value, 0)]
    else:
        found = list(_days(value))
    wide = {(f"w{x}", float(x)) for n in found for x in (n // 8, (n + 4) // 8 + 0.5)}
    narrow: set[_Span] = set()
    if shape.date and len(found) < 40:
        narrow = {(f"n{x}", n // 8) for n in found for x in (n // 2, (n + 1) // 2 + 0.5)}
        # Both days of a narrow span lie in one place, though eight days may end between them.
        narrow = {(name, float(int(float(name[1:]) * 2) // 8)) for name, _ in narrow}
    elif shape.date:
        narrow = {(value, 0)}
    return sorted(wide), sorted(narrow)


@lru_cache(maxsize=1 << 14)
def _tokens(name: Name) -> tuple[str, ...]:
    """What two names that can be one actor's have in common: of a name of many words, its two longest."""
    if name.kind == "country":
        return (name.letters,)
    longest = sorted(name.words, key=lambda word: (-len(word), word))[:2]
    more = [f"+{name.initials}"] if name.initials else []
    if len(name.words) > 1 and min(map(len, name.words)) <= 3:
        more.append(name.letters)
    return (*longest, *more)


def keys(shape: Shape) -> list[int]:
    """The keys of a shape, sorted: two shapes that may be of one event share one at least."""
    wide, narrow = _windows(shape)
    if not wide:
        return []
    of_state = shape.type in OF_STATE
    actors: list[set[str]] = []
    for item in shape.names[:_PAIRED]:
        own = set(_tokens(item.name))
        if of_state:
            own.update([f"={item.state}"] if item.state else [])
            own.update(token for body in item.bodies[:1] for token in _tokens(body)[:1])
        actors.append(own)
    out: set[int] = set()
    for one, two in itertools.combinations(actors, 2):
        for x, y in {(min(x, y), max(x, y)) for x in one for y in two if x != y}:
            out.update(_key(shape.type, x, y, span, about=at) for span, at in wide)
    if len(shape.names) == 1 or shape.type in LONE or shape.type in ONE_SIDED:
        for own in actors[:6]:
            out.update(_key(shape.type, x, span, about=at) for x in own for span, at in narrow)
    if shape.type in LONE:
        # Of a person also what is told without a day, and of an office what is told with another.
        day = ordinal(shape.date or shape.reported)
        long = [] if day is None or shape.type != "OFFICE" else [day // 20, (day + 10) // 20 + 0.5]
        for item, own in zip(shape.names, actors, strict=False):
            if item.name.kind == "person" or len(actors) == 1:
                out.update(_key(shape.type, "some day", x, span, about=at) for x in own for span, at in wide[:4])
            out.update(_key(shape.type, shape.mode, x, "term", term, about=term * 2.5) for x in own for term in long)
    if shape.gathering:
        year = (shape.date or shape.reported or "")[:4]
        out.update(_key("gathering", word, year) for word in shape.gathering if word.isdigit())
        # A gathering without a number is known by the words of its name.
        words = sorted(shape.gathering, key=lambda word: (-len(word), word))[:3]
        for pair in itertools.combinations(words, 2):
            out.update(_key("gathering", *pair, span, about=at) for span, at in wide)
    if shape.place:
        out.update(_key("at", shape.place, span, about=at) for span, at in narrow)
    return sorted(out)


def phrases(words: Iterable[int]) -> list[int]:
    """The keys under which a sentence meets its copies: the pairs of its three least hashes.

    One alone would bring together all sentences with the same two names, ever more of them in a large record.
    """
    least = sorted(words)[:3]
    return [_key("words", *pair) for pair in itertools.combinations(least, min(2, len(least)))] if least else []
