"""Events out of claims, actors out of mentions: pure, over all documents at once.

Invariant: an event is counted once, and the result does not depend on the order of arrival. Claims are compared only
within blocks that share an actor and a day, or their words, so that the work grows with the number of claims, and not
with its square. Two claims are joined only if nothing in what is already joined speaks against it; in doubt they stay
apart.
"""

from __future__ import annotations

import datetime
import itertools
import re
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from onrecord import lexicon
from onrecord.model import (
    Actor,
    ActorKind,
    Claim,
    Event,
    Evidence,
    Office,
    Participant,
    Post,
    Reading,
    Role,
    Telling,
    Variant,
    content_id,
)

# --- names --------------------------------------------------------------------------------------------------------

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h"})
_WORD = re.compile(r"[^\W_]+")
_ARTICLES = frozenset(("the", "of", "and", "for", "de", "del", "la", "le", "du", "des", "s"))
_OUTLET_WORDS = frozenset(
    (
        "the",
        "of",
        "website",
        "site",
        "official",
        "news",
        "agency",
        "newspaper",
        "online",
        "press",
        "web",
        "page",
        "office",
    )
)


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """The words of `name` without accents, capitals and marks, with single blanks between them."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.replace("'", "").replace("’", "")
    return " ".join(_WORD.findall(plain)) or name.strip().casefold()


@dataclass(frozen=True, slots=True)
class _Country:
    alpha3: str
    alpha2: str
    name: str
    names: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    """Folded name to alpha-3 code. Names of states only: a capital stands for a state only in a sentence."""
    out: dict[str, str] = {}
    for country in lexicon.entries("countries", "country", _Country):
        for name in (country.alpha3, country.name, *country.names):
            out.setdefault(fold(name), country.alpha3)
    return out


@lru_cache(maxsize=1)
def _country_names() -> Mapping[str, str]:
    return {c.alpha3: c.name for c in lexicon.entries("countries", "country", _Country)}


@dataclass(frozen=True, slots=True)
class _Outlet:
    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""
    country: str = ""


@lru_cache(maxsize=1)
def _outlets() -> Mapping[str, str]:
    out: dict[str, str] = {}
    for outlet in lexicon.entries("outlets", "outlet", _Outlet):
        for name in (outlet.name, *outlet.aliases):
            out.setdefault(fold(name), outlet.name)
    return out


@lru_cache(maxsize=4096)
def outlet_key(name: str) -> str:
    """One key for all the names of an outlet: “Xinhua”, “the Xinhua News Agency” and “Xinhuanet” are one."""
    folded = fold(name)
    known = _outlets().get(folded) or _outlets().get(folded.removeprefix("the "))
    if known:
        return fold(known)
    words = [word for word in folded.split() if word not in _OUTLET_WORDS]
    return " ".join(words) or folded


@dataclass(frozen=True, slots=True)
class _Name:
    """What of a name is compared."""

    words: frozenset[str]
    joined: str
    initials: str
    kind: str


@lru_cache(maxsize=65536)
def _name(name: str, kind: str) -> _Name:
    folded = fold(name)
    bare = folded.removeprefix("the ")
    if kind != "person" and (code := _countries().get(bare)):
        return _Name(frozenset((f"={code}",)), f"={code}", "", "country")
    if kind == "person":
        words = folded.split()
        return _Name(frozenset(words), "".join(words), "", kind)
    words = [word for word in bare.split() if word not in _ARTICLES] or bare.split() or [folded]
    if len(words) == 1:
        initials = words[0] if name.isupper() or sum(c.isupper() for c in name) > 1 else ""
    else:
        initials = "".join(word[0] for word in words)
    return _Name(frozenset(words), "".join(words), initials if len(initials) > 1 else "", kind)


def _same(a: _Name, b: _Name) -> bool:
    if a.joined == b.joined or a.words == b.words:
        return True
    if (a.kind == "person") != (b.kind == "person") or "country" in (a.kind, b.kind):
        return False
    small, large = (a, b) if len(a.words) <= len(b.words) else (b, a)
    if len(small.words) >= 2 and small.words <= large.words:
        return True
    return (
        a.kind != "person" and len(small.words) == 1 and len(large.words) > 1 and bool(small.initials)
        and small.initials == large.initials
    )  # fmt: skip


def same_name(a: str, b: str, kind: str = "person") -> bool:
    """Whether two names can be one actor's: the same words in any order, without regard to accents and capitals, or the
    words of one within the other's if they are two or more; for bodies also an abbreviation, for states any name."""
    return _same(_name(a, kind), _name(b, kind))


# --- shared words -------------------------------------------------------------------------------------------------

_SKETCH = 128
_READ = 400_000  # characters of a layer that are sketched: beyond that, more words do not change the answer


def _shingles(text: str, width: int) -> set[int]:
    words = _WORD.findall(text.casefold())
    if not words:
        return set()
    if len(words) < width:
        return {zlib.crc32(" ".join(words).encode("utf-8", "replace"))}
    return {
        zlib.crc32(" ".join(words[i : i + width]).encode("utf-8", "replace")) for i in range(len(words) - width + 1)
    }


def sketch(text: str) -> tuple[int, ...]:
    """A sample of the five-word sequences of `text`: first the divisor, then the hashes that it divides, sorted.

    Two samples can be compared whatever the lengths of their texts (Broder 1997, "mod m" sampling).
    """
    hashes = _shingles(text[:_READ], 5)
    divisor = 1
    while len(hashes) > _SKETCH:
        divisor *= 2
        hashes = {h for h in hashes if h % divisor == 0}
    return (divisor, *sorted(hashes))


def shared(a: Sequence[int], b: Sequence[int]) -> float:
    """How much of the shorter text stands in the longer one, 0 to 1, estimated from their sketches."""
    if len(a) < 2 or len(b) < 2:
        return 0.0
    divisor = max(a[0], b[0])
    first = {h for h in a[1:] if h % divisor == 0}
    second = {h for h in b[1:] if h % divisor == 0}
    smaller = min(len(first), len(second))
    return len(first & second) / smaller if smaller >= 3 else 0.0


# --- tellings -----------------------------------------------------------------------------------------------------


def claim_ids(document_id: str, post: int, claims: Sequence[Claim]) -> list[str]:
    """The id of each claim of a post: a hash of what it tells and where, not of its place in the list."""
    seen: Counter[str] = Counter()
    out = []
    for claim in claims:
        parts = (
            "claim", document_id, post, claim.type, claim.mode, _place(claim.trigger), _place(claim.quote),
            sorted(p.name for p in claim.participants), claim.date.value if claim.date else None,
        )  # fmt: skip
        key = content_id(*parts)
        out.append(content_id(key, seen[key]) if seen[key] else key)
        seen[key] += 1
    return out


def _place(evidence: Evidence) -> tuple[int, int, int]:
    return evidence.layer, evidence.start, evidence.end


def day_of(post: Post, reading: Reading, published: str | None) -> str | None:
    """The day of a post: its main news, else its own date line, else the day of its page, which is `published`.

    Never a day without a year.
    """
    for value in (reading.date.value if reading.date else None, post.published, published):
        if value and not value.startswith("-"):
            return value[:10]
    return None


def page_name(name: str, url: str | None, publisher: str | None) -> str:
    """What to call a document's page, the last voice of a chain: its publisher, else its host, else its name."""
    match = re.match(r"[a-z]+://([^/?#]+)", url or "", re.I)
    return publisher or (match[1].removeprefix("www.") if match else "") or name


def tellings(post: Post, reading: Reading, *, document_id: str, page: str, reported: str | None) -> list[Telling]:
    """The claims of a post as tellings: each with its id, its words, its chain and its origin.

    `page` is what `page_name` says, `reported` the day of the post.
    """
    if not reading.claims:
        return []
    ids = claim_ids(document_id, post.index, reading.claims)
    reports = [layer for layer in post.layers if layer.kind not in ("editor", "headline", "caption")]
    spoken = sorted(
        ((s.quote.layer, s.quote.start, s.quote.end, s) for s in reading.statements), key=lambda item: item[:3]
    )
    by_layer: dict[int, list[tuple[int, int, tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for layer_number, start, end, s in spoken:
        by_layer[layer_number].append((start, end, (s.speaker,), s.chain))
    out = []
    for id_, claim in zip(ids, reading.claims, strict=True):
        layer = post.layers[claim.quote.layer]
        voices: list[str] = []
        heard = ""
        for start, end, speaker, carriers in by_layer.get(claim.quote.layer, ()):
            if start <= claim.trigger.start and claim.trigger.end <= end:
                voices += (*speaker, *carriers)
                heard = carriers[0] if carriers else ""
                break
        own = [name for name in (layer.voice if layer.voice != "editor" else None, layer.publisher) if name]
        if own:
            origin = heard or own[0]
        elif heard:
            origin = heard
        elif reports and layer.kind in ("editor", "headline", "caption"):
            # An editor's note tells again what the report under it says.
            origin = next((r.voice for r in reports if r.voice != "editor"), page)
        else:
            origin = page
        chain: list[str] = []
        for name in (*voices, *own, page):
            if name and (not chain or outlet_key(chain[-1]) != outlet_key(name)):
                chain.append(name)
        out.append(
            Telling(
                id_,
                document_id,
                post.index,
                claim.quote.layer,
                claim,
                tuple(chain),
                post.words(claim.quote),
                reported,
                outlet_key(origin),
            )
        )
    return out


# --- events -------------------------------------------------------------------------------------------------------

_INITIATORS = frozenset(("initiator", "sender", "giver"))
# Acts of one side: who acts decides which act it is.
_ONE_SIDED = frozenset(
    ("SUPPORT", "AID", "ACCUSE", "REJECT", "REQUEST", "THREATEN", "SANCTION", "CONCEDE", "PROTEST")
)  # fmt: skip
# Acts that one actor is enough to tell apart on one day.
_LONE = frozenset(("OFFICE", "ASSAULT", "COERCE", "MOBILIZE", "RETREAT", "PROTEST", "SANCTION"))
# The name of a gathering: capitals, small words between them, and a noun that says what it is.
_GATHERING = re.compile(
    r"(?:(?<!\w)(?:\d{1,3}(?:st|nd|rd|th)|[A-Z][\w'’-]*)\s)"
    r"(?:(?:[A-Z][\w'’-]*|of|the|and|on|for)\s){0,6}?"
    r"(?:Congress|Summit|Conference|Forum|Assembly|Session|Plenum|Festival|Expo|Exhibition|Games|Convention|Meeting)\b"
    r"(?:\s(?:of|on|for)(?:\sthe)?(?:\s[A-Z][\w'’-]*){1,6})?"
)
_NUMBERED = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINALS = {word: str(number) for number, word in enumerate(_NUMBERED.split(), 1)}
_BLOCK = 60  # distinct shapes in a block that are compared with all others; beyond, only with the nearest


@dataclass(slots=True)
class _Unit:
    """The claims of one post that tell one event, boiled down to what is compared."""

    key: tuple[str, int, int]
    type: str
    members: list[int]
    mode: str | None = None
    date: str | None = None
    reported: str | None = None
    names: list[_Name] = field(default_factory=list)
    initiators: list[_Name] = field(default_factory=list)
    gathering: frozenset[str] = frozenset()
    place: str = ""
    shingles: frozenset[int] = frozenset()

    @property
    def post(self) -> tuple[str, int]:
        return self.key[:2]

    @property
    def shape(self) -> tuple[object, ...]:
        return (
            self.mode, self.date, self.date or self.reported, frozenset(n.joined for n in self.names),
            frozenset(n.joined for n in self.initiators), self.gathering,
        )  # fmt: skip


def _unit(key: tuple[str, int, int], members: list[int], told: Sequence[Telling]) -> _Unit:
    own = sorted(members, key=lambda m: _rank(told[m]))
    unit = _Unit(key, told[own[0]].claim.type, own)
    gathering: set[str] = set()
    shingles: set[int] = set()
    dates: Counter[str] = Counter()
    for m in own:
        telling = told[m]
        claim = telling.claim
        unit.mode = unit.mode or claim.mode
        unit.reported = unit.reported or telling.reported
        if claim.date is not None:
            dates[claim.date.value[:10]] += 1
        if claim.place is not None and not unit.place:
            unit.place = fold(claim.place.value)
        for p in claim.participants:
            name = _name(p.name, p.kind)
            if not any(_same(name, other) for other in unit.names):
                unit.names.append(name)
                if p.role in _INITIATORS:
                    unit.initiators.append(name)
        if not gathering and claim.mode == "gathering":
            gathering = _gathering(telling.words)
        shingles |= _shingles(telling.words, 4)
    unit.date = max(dates, key=lambda d: (len(d), dates[d], d)) if dates else None
    if not unit.initiators and unit.names:
        unit.initiators = unit.names[:1]
    unit.gathering = frozenset(gathering)
    unit.shingles = frozenset(shingles) if len(shingles) >= 5 else frozenset()
    return unit


def _gathering(words: str) -> set[str]:
    """The words of the name of a congress, summit or festival: numbers written out or in figures are one."""
    match = _GATHERING.search(words)
    if match is None:
        return set()
    out = set()
    for word in fold(match[0]).split():
        word = _ORDINALS.get(word, word)
        ordinal = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
        out.add(ordinal[1] if ordinal else word)
    return out - _ARTICLES - {"on", "s"}


def _rank(telling: Telling) -> tuple[object, ...]:
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


@lru_cache(maxsize=65536)
def _ordinal(value: str) -> int | None:
    try:
        return datetime.date.fromisoformat(value).toordinal()
    except ValueError:
        return None


def _date_fit(a: _Unit, b: _Unit) -> float:
    """How well the days of two tellings fit: 1 the same day, 0 not at all."""
    x, y = a.date, b.date
    if x and y:
        if x.startswith("--") or y.startswith("--"):
            return 0.9 if x[-5:] == y[-5:] else 0.0
        if x == y:
            return 1.0 if len(x) == 10 else 0.7
        if x.startswith(y) or y.startswith(x):
            return 0.6
        if len(x) == len(y) == 10:
            first, second = _ordinal(x), _ordinal(y)
            if first is not None and second is not None and abs(first - second) == 1:
                return 0.8
        return 0.0
    known, other = (x, b.reported) if x else (y, a.reported)
    if known is None:
        known, other = a.reported, b.reported
    if not known or not other or len(known) < 10 or len(other) < 10:
        return 0.0
    first, second = _ordinal(known), _ordinal(other)
    if first is None or second is None:
        return 0.0
    return 0.4 if abs(first - second) <= 3 else 0.0


def _matches(a: Sequence[_Name], b: Sequence[_Name]) -> int:
    free = list(b)
    count = 0
    for name in a:
        for other in free:
            if _same(name, other):
                free.remove(other)
                count += 1
                break
    return count


def _alike(a: _Unit, b: _Unit) -> float:
    """How surely two tellings are of one event; 0 if they are not."""
    if a.mode and b.mode and a.mode != b.mode:
        return 0.0
    when = _date_fit(a, b)
    if not when:
        return 0.0
    overlap = 0.0
    if a.shingles and b.shingles:
        overlap = len(a.shingles & b.shingles) / min(len(a.shingles), len(b.shingles))
    copied = overlap >= 0.8
    both = _matches(a.names, b.names)
    fewer, more = sorted((len(a.names), len(b.names)))
    if a.post == b.post:
        # The reader of the post took them for two; only the very same actors, day and mode can overrule that.
        return 1.0 if both == fewer == more >= 2 and when == 1.0 and a.mode == b.mode else 0.0
    if copied and (both or not fewer):
        return 1.0 + when
    if not both:
        return 0.0
    if a.type in _ONE_SIDED:
        if not _matches(a.initiators, b.initiators):
            return 0.0
        rest_a = [n for n in a.names if n not in a.initiators]
        rest_b = [n for n in b.names if n not in b.initiators]
        if rest_a and rest_b and not _matches(rest_a, rest_b):
            return 0.0
        if not (rest_a and rest_b) and when < 0.8:
            return 0.0
        return when + both / more
    if a.gathering and b.gathering:
        common = len(a.gathering & b.gathering) / min(len(a.gathering), len(b.gathering))
        numbers = [{w for w in g if w.isdigit()} for g in (a.gathering, b.gathering)]
        if common < 0.5 or (numbers[0] and numbers[1] and numbers[0] != numbers[1]):
            return 0.0
        return when + 1.0
    if both >= 2:
        return when + both / more if both / fewer >= 0.5 else 0.0
    if a.mode == "gathering" and b.mode == "gathering":
        return when if when >= 0.8 and a.place and a.place == b.place else 0.0
    if fewer == more == 1:
        return when if when >= 0.8 or (a.type in _LONE and when >= 0.6) else 0.0
    if a.type in _LONE and both == fewer:
        return when * 0.9 if when >= 0.6 else 0.0
    return 0.0


def _keys(unit: _Unit) -> Iterable[tuple[object, ...]]:
    """The blocks in which a telling meets others."""
    days: list[object] = []
    value = unit.date or unit.reported
    if value is None:
        days = [None]
    elif value.startswith("--"):
        days = [value[-5:]]
    else:
        ordinal = _ordinal(value) if len(value) == 10 else None
        if ordinal is None:
            days = [value[:7]]
        else:
            # Two adjacent windows of a week each, so that days close to each other always share one.
            days = [("w", ordinal // 8), ("w", (ordinal + 4) // 8, 4), value[:7], value[:4]]
    for name in unit.names:
        words = {name.joined, *name.words} if len(name.words) > 1 else {name.joined}
        if name.initials:
            words.add(f"+{name.initials}")
        for word in sorted(words):
            for day in days:
                yield word, day
    for h in sorted(unit.shingles)[:2]:
        yield "#", h


def _candidates(units: Sequence[_Unit]) -> Iterable[tuple[int, int]]:
    blocks: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, unit in enumerate(units):
        for key in set(_keys(unit)):
            blocks[key].append(number)
    met: set[tuple[int, int]] = set()
    for members in blocks.values():
        if len(members) < 2:
            continue
        shapes: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for m in sorted(members):
            shapes[units[m].shape].append(m)
        firsts = []
        for same in shapes.values():
            met.update(itertools.pairwise(same))
            firsts.append(same[0])
        reach = len(firsts) if len(firsts) <= _BLOCK else _BLOCK // 2
        if reach < len(firsts):
            firsts.sort(key=lambda m: (units[m].date or units[m].reported or "", units[m].key))
        for i, x in enumerate(firsts):
            for y in firsts[i + 1 : i + 1 + reach]:
                met.add((x, y) if x < y else (y, x))
    return met


def _clusters(told: Sequence[Telling]) -> list[list[int]]:
    groups: dict[tuple[str, int, int, str], list[int]] = defaultdict(list)
    for number, telling in enumerate(told):
        groups[telling.document_id, telling.post, telling.claim.group, telling.claim.type].append(number)
    by_type: dict[str, list[_Unit]] = defaultdict(list)
    for (document_id, post, group, type_), members in sorted(groups.items()):
        by_type[type_].append(_unit((document_id, post, group), members, told))
    out: list[list[int]] = []
    for type_ in sorted(by_type):
        units = by_type[type_]
        pairs = [(score, x, y) for x, y in _candidates(units) if (score := _alike(units[x], units[y]))]
        pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
        for cluster in _join(units, pairs):
            out.append([m for u in cluster for m in units[u].members])
    return out


def _join(units: Sequence[_Unit], pairs: Iterable[tuple[float, int, int]]) -> list[list[int]]:
    """Joins the surest pairs first, unless two clusters hold different events of one post or their fullest differ."""
    parent = list(range(len(units)))
    members = [[n] for n in range(len(units))]
    posts = [{unit.post} for unit in units]
    core = list(range(len(units)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    def fullness(n: int) -> tuple[int, bool, int]:
        return len(units[n].names), units[n].date is not None, -n

    for _, x, y in pairs:
        a, b = root(x), root(y)
        if a == b:
            continue
        if len(members[a]) < len(members[b]):
            a, b = b, a
        own_post = units[x].post == units[y].post
        if not own_post and any(p in posts[a] for p in posts[b]):
            continue
        if (core[a], core[b]) not in ((x, y), (y, x)) and not _alike(units[core[a]], units[core[b]]):
            continue
        parent[b] = a
        members[a] += members[b]
        posts[a] |= posts[b]
        core[a] = max(core[a], core[b], key=fullness)
        members[b], posts[b] = [], set()
    return [sorted(m) for m in members if m]


def merge(
    told: Iterable[Telling], *, sketches: Mapping[tuple[str, int, int], Sequence[int]] | None = None
) -> tuple[Event, ...]:
    """The events that `told` tells, each once, sorted by id.

    `sketches` gives the sketch of a layer's text by document id, post and layer; with them, tellings from copied text
    count as one independent source even if they name different publishers.
    """
    ordered = sorted(told, key=lambda t: (t.document_id, t.post, t.claim_id))
    made = [_event([ordered[m] for m in cluster], sketches or {}) for cluster in _clusters(ordered)]
    return tuple(sorted(made, key=lambda event: event.id))


def _event(told: list[Telling], sketches: Mapping[tuple[str, int, int], Sequence[int]]) -> Event:
    told = sorted(told, key=_rank)
    origins = _origins(told, sketches)
    cells: list[Variant] = []

    def best(cell: str, values: Sequence[str | None], fits: bool = False) -> str | None:
        """The value that most independent tellings support; a fuller date is supported by its own prefixes."""
        said: dict[str, list[int]] = {}
        forms: dict[str, str] = {}
        for n, value in enumerate(values):
            if value is not None:
                key = fold(value) if cell == "place" else value
                said.setdefault(key, []).append(n)
                forms.setdefault(key, value)
        if not said:
            return None

        def weight(key: str) -> tuple[int, int, int]:
            supporting = {
                origins[n] for other, who in said.items() if other == key or (fits and key.startswith(other))
                for n in who
            }  # fmt: skip
            return len(supporting), len(key) if fits else 0, -said[key][0]

        order = sorted(said, key=weight, reverse=True)
        cells.extend(Variant(cell, forms[key], tuple(said[key]), key == order[0]) for key in order)
        return forms[order[0]]

    claims = [t.claim for t in told]
    mode = best("mode", [c.mode for c in claims])
    date = best("date", [c.date.value if c.date else None for c in claims], fits=True)
    place = best("place", [c.place.value if c.place else None for c in claims])
    country = best("country", [c.country.value if c.country else None for c in claims])
    status = "happened" if any(c.status == "happened" for c in claims) else "planned"
    for value in ("happened", "planned"):
        who = tuple(n for n, c in enumerate(claims) if c.status == value)
        if who:
            cells.append(Variant("status", value, who, value == status))
    participants = _participants(claims, cells)
    return Event(
        id=content_id("event", sorted(t.claim_id for t in told)),
        type=claims[0].type,
        mode=mode,
        participants=participants,
        date=date,
        place=place,
        country=country,
        status="happened" if status == "happened" else "planned",
        focus=any(c.focus for c in claims),
        tellings=tuple(told),
        independent=len(set(origins)),
        cells=tuple(cells),
    )


def _participants(claims: Sequence[Claim], cells: list[Variant]) -> tuple[Participant, ...]:
    """The actors of all tellings, each once under its fullest name, in the order of the best telling."""
    found: list[tuple[_Name, list[tuple[int, Participant]]]] = []
    exact: dict[_Name, int] = {}
    for n, claim in enumerate(claims):
        for p in claim.participants:
            name = _name(p.name, p.kind)
            at = exact.get(name)
            if at is None:
                at = next((i for i, (known, _) in enumerate(found) if _same(known, name)), None)
                if at is None:
                    at = len(found)
                    found.append((name, []))
                exact[name] = at
            if len(name.words) > len(found[at][0].words):
                found[at] = (name, found[at][1])
            found[at][1].append((n, p))
    out = []
    for _, told in found:
        counts = Counter(p.name for _, p in told)
        fullest = max(counts, key=lambda c: (len(fold(c).split()), counts[c], c))
        roles = Counter(p.role for _, p in told if p.role)
        role = max(roles, key=lambda r: (roles[r], r)) if roles else ""
        kinds = Counter(p.kind for _, p in told)
        first = told[0][1]
        out.append(Participant(fullest, max(kinds, key=lambda k: (kinds[k], k)), role, first.evidence, first.inferred))
        cells.append(Variant("participant", fullest, tuple(sorted({n for n, _ in told})), True, tuple(sorted(counts))))
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
    heads = sorted({root(n) for n in range(len(told))})
    if len(heads) > 1:
        # Texts that are copied share sampled sequences; only tellings that share at least one are compared.
        layers = [tuple(sketches.get((t.document_id, t.post, t.layer), ())) for t in told]
        quotes = [_shingles(t.words, 4) for t in told]
        seen: dict[tuple[str, int], int] = {}
        for n in range(len(told)):
            for key in [("l", h) for h in layers[n][1:9]] + [("q", h) for h in sorted(quotes[n])[:4]]:
                other = seen.setdefault(key, n)
                if root(other) != root(n):
                    fewer = min(len(quotes[n]), len(quotes[other]))
                    copied = fewer >= 5 and len(quotes[n] & quotes[other]) >= 0.8 * fewer
                    if copied or shared(layers[n], layers[other]) >= 0.5:
                        join(other, n)
    return [root(n) for n in range(len(told))]


def headline(event: Event) -> str:
    """Who, what and when of an event in one line."""
    names = [p.name for p in event.participants]
    who = ", ".join(names[:4]) + (f" and {len(names) - 4} others" if len(names) > 4 else "")
    return " · ".join(part for part in (who, event.mode or event.type.lower(), event.place, event.date) if part)


# --- actors -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person, body or country named in a post, with the offices stated there and the day of the post."""

    kind: ActorKind
    name: str
    document_id: str
    post: int
    country: str | None = None
    alias: str | None = None
    roles: tuple[Role, ...] = ()
    reported: str | None = None


def sightings(post: Post, reading: Reading, *, document_id: str, reported: str | None) -> list[Sighting]:
    """Everybody whom a post names as a person or a body, or as an actor of an event."""
    index = post.index
    out = [
        Sighting("person", p.name, document_id, index, p.country or _only({r.country for r in p.roles}), None, p.roles,
                 reported)
        for p in reading.people
    ]  # fmt: skip
    out += [
        Sighting("organisation", o.name, document_id, index, o.country, o.abbreviation, (), reported)
        for o in reading.organisations
    ]
    known = {(s.kind, s.name) for s in out}
    for claim in reading.claims:
        for p in claim.participants:
            if (p.kind, p.name) not in known:
                known.add((p.kind, p.name))
                out.append(Sighting(p.kind, p.name, document_id, index, None, None, (), reported))
    return out


def _only(values: set[str | None]) -> str | None:
    known = values - {None}
    return next(iter(known)) if len(known) == 1 else None


_Key = tuple[str, str, str | None]  # kind, words of the name, country


class _Node:
    """All sightings under one name of one state."""

    def __init__(self, kind: ActorKind, words: frozenset[str], country: str | None) -> None:
        self.kind: ActorKind = kind
        self.words = words
        self.country = country
        self.names: Counter[str] = Counter()
        self.aliases: set[str] = set()
        self.offices: dict[_Key, list[tuple[str | None, str, int, Role]]] = defaultdict(list)

    def key(self) -> tuple[str, list[str], str]:
        return self.kind, sorted(self.words), self.country or ""

    def take(self, other: _Node) -> None:
        self.country = self.country or other.country
        self.names.update(other.names)
        self.aliases |= other.aliases
        for office, stated in other.offices.items():
            self.offices[office].extend(stated)


def actors(seen: Iterable[Sighting]) -> tuple[tuple[Actor, ...], dict[_Key, Actor]]:
    """The actors behind `seen`, sorted by id, and the actor behind each (kind, name, country) seen.

    Persons are one if their names have the same words, or the words of one (two or more) within the other's, and their
    states do not differ; a short name that fits two different people stays by itself.
    """
    nodes: dict[_Key, _Node] = {}
    names: dict[_Key, _Key] = {}
    aliases: dict[str, set[_Key]] = defaultdict(set)
    for s in seen:
        name = _name(s.name, s.kind)
        kind: ActorKind = "country" if name.kind == "country" else s.kind
        country = name.joined[1:] if kind == "country" else s.country
        key: _Key = (kind, name.joined if kind != "person" else " ".join(sorted(name.words)), country)
        node = nodes.get(key)
        if node is None:
            node = nodes[key] = _Node(kind, name.words, country)
        node.names[s.name] += 1
        if s.alias:
            node.aliases.add(s.alias)
            aliases[fold(s.alias)].add(key)
        names[s.kind, s.name, s.country] = key
        for role in s.roles:
            office = (fold(role.title), fold(role.org) if role.org else "", role.country)
            node.offices[office].append((s.reported, s.document_id, s.post, role))
    parent = {key: key for key in nodes}

    def root(key: _Key) -> _Key:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def order(key: _Key) -> tuple[str, str, str]:
        return key[0], key[1], key[2] or ""

    def join(small: _Key, large: _Key) -> None:
        a, b = root(small), root(large)
        if a != b and not (nodes[a].country and nodes[b].country and nodes[a].country != nodes[b].country):
            nodes[b].take(nodes[a])
            parent[a] = b

    by_words: dict[tuple[str, frozenset[str]], list[_Key]] = defaultdict(list)
    for key in sorted(nodes, key=order):
        by_words[key[0], nodes[key].words].append(key)
    for same in by_words.values():
        known = [key for key in same if key[2]]
        if len(known) == 1:
            for key in same:
                if not key[2]:
                    join(key, known[0])
    holding: dict[tuple[str, str], list[_Key]] = defaultdict(list)
    for key in sorted(nodes, key=order):
        if root(key) == key and key[0] in ("person", "organisation"):
            for word in sorted(nodes[key].words):
                holding[key[0], word].append(key)
    for key in sorted(nodes, key=lambda k: (-len(nodes[k].words), order(k))):
        if key[0] not in ("person", "organisation") or root(key) != key:
            continue
        words = nodes[key].words
        least = 2 if key[0] == "person" else 3
        if len(words) >= least:
            rarest = min(sorted(words), key=lambda w: len(holding[key[0], w]))
            larger = {
                root(other)
                for other in holding[key[0], rarest][:500]
                if other != key and words < nodes[other].words
                and not (nodes[other].country and nodes[key].country and nodes[other].country != nodes[key].country)
            }  # fmt: skip
            if len(larger) == 1:
                join(key, next(iter(larger)))
        elif key[0] == "organisation" and len(words) == 1:
            meant = {root(k) for k in aliases.get(next(iter(words)), ()) if k != key}
            if len(meant) == 1:
                join(key, next(iter(meant)))
    made: dict[_Key, Actor] = {}
    for key in sorted(nodes, key=order):
        if root(key) == key:
            made[key] = _actor(nodes[key])
    return (
        tuple(sorted(made.values(), key=lambda actor: actor.id)),
        {seen_as: made[root(key)] for seen_as, key in names.items()},
    )


def _actor(node: _Node) -> Actor:
    known = _country_names().get(node.country or "") if node.kind == "country" else None
    if known:
        name = known
    else:
        name = max(node.names, key=lambda n: (len(fold(n).split()), node.names[n], n))
    offices = dict(node.offices)
    for title, org, country in sorted(offices, key=str):
        if country is None:
            fuller = [key for key in offices if key[:2] == (title, org) and key[2]]
            if len(fuller) == 1:
                offices[fuller[0]] = offices[fuller[0]] + offices.pop((title, org, None))
    made = []
    for stated in offices.values():
        days = sorted(day for day, *_ in stated if day)
        titles = Counter(role.title for *_, role in stated)
        orgs = Counter(role.org for *_, role in stated if role.org)
        made.append(
            Office(
                max(titles, key=lambda v: (titles[v], v)),
                max(orgs, key=lambda v: (orgs[v], v)) if orgs else None,
                next((role.country for *_, role in stated if role.country), None),
                days[0] if days else None,
                days[-1] if days else None,
                tuple(
                    sorted(
                        {(doc, post, e) for _, doc, post, role in stated for e in role.evidence},
                        key=lambda item: (item[0], item[1], item[2]),
                    )
                ),
            )
        )
    made.sort(key=lambda o: (o.first or "~", o.last or "~", o.title, o.org or "", o.country or ""))
    return Actor(
        content_id("actor", node.kind, fold(name), node.country),
        node.kind,
        name,
        tuple(sorted(node.aliases.union(node.names))),
        node.country,
        tuple(made),
    )
