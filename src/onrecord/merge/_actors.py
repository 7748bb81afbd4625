"""Actors out of sightings: who is who, and which offices sources attest between which days."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from onrecord import gazetteer
from onrecord.merge._names import fold, read
from onrecord.model import Actor, ActorKind, Evidence, Office, Post, Reading, Role, content_id

_Key = tuple[ActorKind, str, str | None]  # kind, letters or words of the name, country


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person, body or country named in a post, with the offices stated there and the day of the post.

    `times` is how often it was named so, if several sightings without offices are given as one.
    """

    kind: ActorKind
    name: str
    document_id: str
    post: int
    country: str | None = None
    alias: str | None = None
    roles: tuple[Role, ...] = ()
    reported: str | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Naming:
    """A name, of any spelling, by which an actor is known: the same words of the same state are one naming."""

    id: str
    kind: ActorKind
    words: frozenset[str]
    country: str | None

    def known_by(self) -> list[int]:
        """The keys under which it meets longer and shorter forms of it."""
        words = sorted(self.words)[:_WORDS]
        if len(words) == 1:
            return [_number(self.kind, *words)]
        return sorted({_number(self.kind, *pair) for pair in itertools.combinations(words, 2)})

    def may_be(self, other: Naming) -> bool:
        """Whether one can be a short form of the other, or the same name without its state."""
        if self.kind != other.kind:
            return False
        small, large = (self, other) if len(self.words) <= len(other.words) else (other, self)
        if small.words == large.words:
            return True
        return len(small.words) >= _LEAST.get(self.kind, 99) and small.words < large.words


_WORDS = 12  # words of a name that are looked at; titles of bodies may be very long
_LEAST: dict[str, int] = {"person": 2, "organisation": 3}  # words of a short form that can stand for a longer one


def _number(*parts: str) -> int:
    data = "\0".join(parts).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") >> 1


def alias_key(name: str) -> int:
    """The key under which a body meets its abbreviation."""
    return _number("alias", fold(name))


@lru_cache(maxsize=1 << 14)
def naming(kind: ActorKind, name: str, country: str | None) -> Naming:
    """The naming under which somebody of this kind, name and state is known."""
    made_as, words = _key(kind, name, country)
    return Naming(content_id("naming", *made_as), made_as[0], words, made_as[2])


def _key(kind: ActorKind, given: str, country: str | None) -> tuple[_Key, frozenset[str]]:
    name = read(given, kind)
    if name.kind == "country":
        return ("country", name.letters, name.state), name.words
    return (kind, " ".join(sorted(name.words)) if kind == "person" else name.letters, country), name.words


def sightings(post: Post, reading: Reading, *, document_id: str, reported: str | None) -> list[Sighting]:
    """Everybody whom a post names as a person or a body, or as an actor of an event."""
    out = [
        Sighting("person", p.name, document_id, post.index, p.country or _only(r.country for r in p.roles), None,
                 p.roles, reported)
        for p in reading.people
    ]  # fmt: skip
    out += [
        Sighting("organisation", o.name, document_id, post.index, o.country, o.abbreviation, (), reported)
        for o in reading.organisations
    ]
    known = {(s.kind, s.name) for s in out}
    for claim in reading.claims:
        for p in claim.participants:
            if (p.kind, p.name) not in known:
                known.add((p.kind, p.name))
                out.append(Sighting(p.kind, p.name, document_id, post.index, None, None, (), reported))
    return out


def _only(values: Iterable[str | None]) -> str | None:
    known = set(values) - {None}
    return known.pop() if len(known) == 1 else None


class _Node:
    """All sightings under one name of one state."""

    def __init__(self, kind: ActorKind, words: frozenset[str], country: str | None) -> None:
        self.kind: ActorKind = kind
        self.words = words
        self.country = country
        self.names: Counter[str] = Counter()
        self.aliases: set[str] = set()
        self.offices: dict[tuple[str, str, str | None], list[_Stated]] = defaultdict(list)

    def take(self, other: _Node) -> None:
        self.country = self.country or other.country
        self.names.update(other.names)
        self.aliases |= other.aliases
        for office, stated in other.offices.items():
            self.offices[office].extend(stated)


@dataclass(frozen=True, slots=True)
class _Stated:
    """An office stated in a post."""

    reported: str | None
    document_id: str
    post: int
    title: str
    org: str | None
    evidence: tuple[Evidence, ...]


def actors(seen: Iterable[Sighting]) -> tuple[tuple[Actor, ...], dict[tuple[str, str, str | None], Actor]]:
    """The actors behind `seen`, sorted by id, and the actor behind each (kind, name, country) that was seen.

    Persons are one if their names have the same words, or the words of one, two or more, stand within the other's, and
    their states do not differ. A short name that fits two different people stays by itself.
    """
    nodes: dict[_Key, _Node] = {}
    keys: dict[tuple[str, str, str | None], _Key] = {}
    aliases: dict[str, set[_Key]] = defaultdict(set)
    for s in seen:
        seen_as = (s.kind, s.name, s.country)
        if seen_as not in keys:
            made_as, words = _key(*seen_as)
            keys[seen_as] = made_as
            if made_as not in nodes:
                nodes[made_as] = _Node(made_as[0], words, made_as[2])
        key = keys[seen_as]
        node = nodes[key]
        node.names[s.name] += s.times
        if s.alias:
            node.aliases.add(s.alias)
            aliases[fold(s.alias)].add(key)
        for role in s.roles:
            office = (fold(role.title), fold(role.org) if role.org else "", role.country)
            node.offices[office].append(_Stated(s.reported, s.document_id, s.post, role.title, role.org, role.evidence))
    roots = _joined(nodes, aliases)
    made = {key: _actor(nodes[key]) for key in nodes if roots[key] == key}
    return (
        tuple(sorted(made.values(), key=lambda actor: actor.id)),
        {seen_as: made[roots[key]] for seen_as, key in keys.items()},
    )


def _order(key: _Key) -> tuple[str, str, str]:
    return key[0], key[1], key[2] or ""


def _joined(nodes: dict[_Key, _Node], aliases: dict[str, set[_Key]]) -> dict[_Key, _Key]:
    """The node into which each node goes."""
    parent: dict[_Key, _Key] = {key: key for key in nodes}
    ordered = sorted(nodes, key=_order)

    def root(key: _Key) -> _Key:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def fit(a: _Key, b: _Key) -> bool:
        first, second = nodes[a].country, nodes[b].country
        return first is None or second is None or first == second

    def join(small: _Key, large: _Key) -> None:
        a, b = root(small), root(large)
        if a != b and fit(a, b):
            nodes[b].take(nodes[a])
            parent[a] = b

    # The same words of the same state; and without a state, if only one is known for them.
    by_words: dict[tuple[str, frozenset[str]], list[_Key]] = defaultdict(list)
    for key in ordered:
        by_words[key[0], nodes[key].words].append(key)
    for alike in by_words.values():
        first: dict[str | None, _Key] = {}
        for key in alike:
            join(key, first.setdefault(nodes[key].country, key))
        if len(first) == 2 and None in first:
            stateless = first.pop(None)
            join(stateless, next(iter(first.values())))
    # A short form within a longer one, if it fits only one: the longest first, so that chains end in the longest.
    holding: dict[tuple[str, str], list[_Key]] = defaultdict(list)
    named = [key for key in ordered if root(key) == key and key[0] in ("person", "organisation")]
    for key in named:
        for word in nodes[key].words:
            holding[key[0], word].append(key)
    for key in sorted(named, key=lambda k: (-len(nodes[k].words), _order(k))):
        words = nodes[key].words
        if len(words) >= _LEAST[key[0]]:
            rarest = min(sorted(words), key=lambda w: len(holding[key[0], w]))
            larger = {
                root(other)
                for other in holding[key[0], rarest][:_MANY]
                if words < nodes[other].words and fit(root(other), key)
            }
        elif key[0] == "organisation" and len(words) == 1:
            larger = {root(k) for k in aliases.get(next(iter(words)), ()) if root(k) != key and fit(root(k), key)}
        else:
            continue
        if len(larger) == 1:
            join(key, larger.pop())
    return {key: root(key) for key in nodes}


_MANY = 500  # names sharing their rarest word that are looked at; beyond, the word says nothing about who is meant


def _actor(node: _Node) -> Actor:
    state = gazetteer.by_alpha3().get(node.country or "") if node.kind == "country" else None
    name = state.name if state else max(node.names, key=lambda n: (len(fold(n).split()), node.names[n], n))
    offices = dict(node.offices)
    for title, org, country in sorted(offices, key=str):
        if country is None:
            fuller = [key for key in offices if key[:2] == (title, org) and key[2]]
            if len(fuller) == 1:
                offices[fuller[0]] = offices[fuller[0]] + offices.pop((title, org, None))
    made = [_office(country, stated) for (_, _, country), stated in offices.items()]
    made.sort(key=lambda o: (o.first or "~", o.last or "~", o.title, o.org or "", o.country or ""))
    return Actor(
        content_id("actor", node.kind, sorted(node.words), fold(name), node.country),
        node.kind,
        name,
        tuple(sorted(node.aliases.union(node.names))),
        node.country,
        tuple(made),
    )


def _office(country: str | None, stated: Sequence[_Stated]) -> Office:
    days = sorted(s.reported for s in stated if s.reported)
    titles = Counter(s.title for s in stated)
    orgs = Counter(s.org for s in stated if s.org)
    return Office(
        max(titles, key=lambda v: (titles[v], v)),
        max(orgs, key=lambda v: (orgs[v], v)) if orgs else None,
        country,
        days[0] if days else None,
        days[-1] if days else None,
        tuple(sorted({(s.document_id, s.post, e) for s in stated for e in s.evidence})),
    )
