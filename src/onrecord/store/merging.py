"""Owns the merge of a record: what it keeps of every post, and what it makes anew where something changed.

Invariant: after a merge, events, actors and shared text are what a merge of everything at once would give, whatever was
merged before. A merge looks at posts that were not merged yet, and from there only at what shares a key with them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import itertools
import json
import struct
from array import array
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, String, Table, bindparam, delete, func, select, type_coerce, update

from onrecord import merge as room
from onrecord import reuse
from onrecord.merge import Knot, Rulings, Shape, Side, Sighting
from onrecord.model import Actor, ActorKind, Decision, Event, Evidence, Reuse, Role, Span, Telling
from onrecord.store import rows, search
from onrecord.store import tables as t
from onrecord.store.sql import MANY, delete_rows, insert_numbers, insert_rows, parts, posts_of

# What merging looks at: all that bears on claims and on who is who, not every mention.
_READ = (t.layer, t.statement, t.person, t.role, t.organisation, t.claim, t.participant, t.amount, t.evidence)
_READ_EVIDENCE = ("role", "participant", "claim.date", "claim.place", "claim.country", "post.date")
_POSTS = 200  # posts read at once
_HELD = 1_000  # posts held to be read again
_SHAPES = 4_000  # shapes held
_NAMINGS = 100_000  # namings whose forms are held
_SORTED = 32 << 20  # bytes of rows that wait to be written in order
_MOSTLY = 20  # where a merge brings at least this part of all, tables are gone through from end to end
_LEAST_WORDS = 12  # words of a layer in which shared text is looked for


def merge(conn: Connection, *, searchable: bool, anew: bool = False) -> None:
    """Brings events, actors and shared text up to date; `anew` forgets first what was merged before."""
    with _uncollected():
        _merge(conn, searchable=searchable, anew=anew)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's own search for cycles, which looks through all that a merge holds again and again: that took a
    third of its time, and more of a larger record (benchmarks/merge.py). `_collect` looks at what is new."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _collect() -> None:
    """Frees the cycles that the last batch left."""
    if not gc.isenabled():
        gc.collect(0)


def _merge(conn: Connection, *, searchable: bool, anew: bool) -> None:
    if anew:
        forget(conn, searchable=searchable)
    posts = list(conn.execute(select(t.post.c.number).where(~t.post.c.merged).order_by(t.post.c.number)).scalars())
    decisions = [decision_of(row) for row in conn.execute(select(t.decision).order_by(t.decision.c.number))]
    standing = room.in_force(decisions)
    source = _Posts(conn)
    _take_in(conn, source, posts, room.marks(standing))
    _share(conn, posts)
    _actors(conn)
    _events(conn, source, decisions, standing, searchable=searchable)
    for part in parts(posts):
        conn.execute(update(t.post).where(t.post.c.number.in_(part)).values(merged=True))


def forget(conn: Connection, *, searchable: bool) -> None:
    """Takes away all that merging made."""
    conn.execute(update(t.naming).values(actor=None))
    for table in reversed(t.DERIVED):
        conn.execute(delete(table))
    if searchable:
        search.forget_all(conn, "event")
    conn.execute(update(t.post).values(merged=False))


def decision_of(row: Any) -> Decision:
    """The decision that a row holds."""
    return Decision(
        row.kind, tuple(json.loads(row.claims)), tuple(json.loads(row.others)), row.cell, row.value, row.user, row.at,
        row.reason, row.about,
    )  # fmt: skip


# --- posts --------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(slots=True)
class _Source:
    """A post as merging needs it: its tellings, and under which name, state and kind everybody is seen in it."""

    key: tuple[str, int]
    tellings: list[Telling]
    claims: dict[str, int]
    sightings: dict[str, Sighting]
    people: dict[str, int]

    def naming(self, names: Iterable[str]) -> str | None:
        """The id of the naming under which somebody with one of these names was seen here."""
        for name in sorted(names):
            if s := self.sightings.get(name):
                return room.naming(s.kind, s.name, s.country).id
        return None

    def side_of(self, name: str) -> Side:
        s = self.sightings.get(name)
        return Side(s.country, tuple(role.org for role in s.roles if role.org)) if s else _NOBODY


_NOBODY = Side()


class _Posts:
    """The posts of a record, some of them held."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._held: OrderedDict[int, _Source] = OrderedDict()
        self._by_key: dict[tuple[str, int], _Source] = {}

    def read(self, numbers: Sequence[int]) -> Iterator[tuple[int, _Source, rows.PostRows, Any]]:
        """Posts with all their rows and the row of their document, in order; they are held from then on."""
        d, p = t.document.c, t.post.c
        for part in parts(numbers, _POSTS):
            of = {
                row.number: row
                for row in self._conn.execute(
                    select(p.number, p.n, d.id, d.name, d.url, d.publisher, d.published)
                    .join_from(t.post, t.document, p.document == d.number)
                    .where(p.number.in_(part))
                )
            }
            found = posts_of(self._conn, part, _READ, _READ_EVIDENCE)
            for number in part:
                source = self._source(of[number], found[number])
                self._hold(number, source)
                yield number, source, found.pop(number), of[number]
            _collect()

    def _source(self, row: Any, found: rows.PostRows) -> _Source:
        post, reading = found.post(), found.reading()
        reported = room.day_of(post, reading, row.published)
        page = room.page_name(row.name, row.url, row.publisher)
        told = room.tellings(post, reading, document_id=row.id, page=page, reported=reported)
        people: dict[str, int] = {}
        for n, person in enumerate(reading.people):
            people.setdefault(person.name, n)
        return _Source(
            (row.id, row.n),
            told,
            {telling.claim_id: n for n, telling in enumerate(told)},
            {s.name: s for s in reversed(room.sightings(post, reading, document_id=row.id, reported=reported))},
            people,
        )

    def _hold(self, number: int, source: _Source) -> None:
        self._held[number] = source
        self._by_key[source.key] = source
        while len(self._held) > _HELD:
            _, old = self._held.popitem(last=False)
            if self._by_key.get(old.key) is old:
                del self._by_key[old.key]

    def get(self, numbers: Collection[int]) -> dict[int, _Source]:
        """Posts by number."""
        out = {n: self._held[n] for n in numbers if n in self._held}
        for n in out:
            self._held.move_to_end(n)
        for number, source, _, _ in self.read([n for n in numbers if n not in out]):
            out[number] = source
        return out

    def side_of(self, document_id: str, post: int, name: str) -> Side:
        """For whom somebody acts, in a post that is held."""
        source = self._by_key.get((document_id, post))
        return _NOBODY if source is None else source.side_of(name)


def _last(conn: Connection, table: Table) -> int:
    return int(conn.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one())


def _numbers(conn: Connection, table: Table, ids: Collection[str]) -> dict[str, int]:
    out: dict[str, int] = {}
    for part in parts(ids):
        for id_, number in conn.execute(select(table.c.id, table.c.number).where(table.c.id.in_(part))):
            out[id_] = number
    return out


def take_out(conn: Connection, posts: Collection[int]) -> None:
    """Takes what merging keeps of posts out again, before they are taken in anew or deleted."""
    for part in parts(posts, _POSTS):
        told = conn.execute(select(t.told).where(t.told.c.post.in_(part))).all()
        keys = {key for row in told if row.words for key in room.phrases(json.loads(row.words))}
        for some in parts(keys):
            conn.execute(delete(t.phrase).where(t.phrase.c.key.in_(some), t.phrase.c.post.in_(part)))
        _stale(conn, t.shape, {row.shape for row in told})
        conn.execute(delete(t.told).where(t.told.c.post.in_(part)))
        seen = set(conn.execute(select(t.sighted.c.naming).where(t.sighted.c.post.in_(part))).scalars())
        _stale(conn, t.naming, seen)
        conn.execute(delete(t.sighted).where(t.sighted.c.post.in_(part)))
        layers = conn.execute(select(t.layer.c.number, t.layer.c.text).where(t.layer.c.post.in_(part))).all()
        for layer in layers:
            for some in parts(reuse.fingerprints(reuse.words(layer.text))):
                conn.execute(
                    delete(t.fingerprint).where(t.fingerprint.c.value.in_(some), t.fingerprint.c.layer == layer.number)
                )
        for some in parts([layer.number for layer in layers]):
            conn.execute(delete(t.reuse).where(t.reuse.c.first.in_(some)))
            conn.execute(delete(t.reuse).where(t.reuse.c.second.in_(some)))


def _stale(conn: Connection, table: Table, numbers: Collection[int]) -> None:
    for part in parts(numbers):
        conn.execute(update(table).where(table.c.number.in_(part)).values(stale=True))


class _Sorted:
    """Rows of whole numbers that are found by hashes, written very many at a time in the order of these.

    A few at a time they would fall all over the file: in a large record almost every row would take a page of its own
    to be read and written. They wait packed, in heaps by their first bits.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._heaps: dict[Table, dict[int, bytearray]] = defaultdict(lambda: defaultdict(bytearray))
        self._size = 0

    def put(self, table: Table, made: Iterable[tuple[int, ...]]) -> None:
        """Takes rows to be written."""
        heaps, shift, pack = self._heaps[table], _HEAPS[table], _packed(table).pack
        for row in made:
            heaps[row[0] >> shift] += (packed := pack(*row))
            self._size += len(packed)
        if self._size > _SORTED:
            self.end()

    def end(self) -> None:
        """Writes what waits."""
        for table, heaps in self._heaps.items():
            for place in sorted(heaps):
                made = sorted(_packed(table).iter_unpack(heaps.pop(place)))
                for start in range(0, len(made), 10 * MANY):
                    insert_numbers(self._conn, table, made[start : start + 10 * MANY])
        self._size = 0


# Which bits of a hash say in which heap a row waits: one of some 256, or for shapes one for every two months.
_HEAPS: dict[Table, int] = {t.fingerprint: 55, t.phrase: 35, t.naming_key: 55, t.shape_key: 46}


@functools.cache
def _packed(table: Table) -> struct.Struct:
    return struct.Struct(f"={len(table.columns)}q")


class _Shared:
    """The hashes of a table that several rows have: eight bytes each, so that all of a large record can be held.

    Where most is new, almost all of them stand once: to know that spares looking for each of them all over the table.
    """

    def __init__(self, conn: Connection, column: Any) -> None:
        query = select(column).group_by(column).having(func.count() > 1).order_by(column)
        found = conn.execute(query, execution_options={"yield_per": 10 * MANY}).scalars()
        self._held = array("q", found)

    def of(self, values: Iterable[int]) -> list[int]:
        """Those of `values` that several rows have."""
        held, end = self._held, len(self._held)
        return [v for v in values if (n := bisect_left(held, v)) < end and held[n] == v]


def _take_in(conn: Connection, source: _Posts, posts: Sequence[int], tags: dict[str, list[str]]) -> None:
    """Keeps of every new post the shapes of its claims, and who is named in it."""
    for part in parts(posts):
        known = set(conn.execute(select(t.told.c.post).where(t.told.c.post.in_(part))).scalars())
        known |= set(conn.execute(select(t.sighted.c.post).where(t.sighted.c.post.in_(part))).scalars())
        take_out(conn, known)
    shape_number, naming_number = _last(conn, t.shape), _last(conn, t.naming)
    by_hash = _Sorted(conn)
    known_as: dict[tuple[int, int], None] = {}  # abbreviations
    for part in parts(posts, _POSTS):
        out: dict[Table, list[rows.Row]] = defaultdict(list)
        hashed: dict[Table, list[tuple[int, ...]]] = defaultdict(list)
        shapes: dict[str, tuple[Shape, str]] = {}
        namings: dict[str, tuple[room.Naming, str]] = {}
        aliases: set[tuple[int, str]] = set()
        for number, post, _, _ in source.read(part):
            for unit in room.units(post.tellings, side_of=source.side_of, tags=tags):
                shapes[unit.shape.id] = unit.shape, unit.data
                for n, claim in enumerate(unit.claims):
                    words = rows.compact(unit.words) if unit.words and n == 0 else ""
                    out[t.told].append(
                        {"post": number, "claim": post.claims[claim], "shape": unit.shape.id, "words": words}
                    )
                hashed[t.phrase] += [
                    (key, number, post.claims[unit.claims[0]])
                    for key in (room.phrases(unit.words) if unit.words else ())
                ]
            for n, s in enumerate(post.sightings.values()):
                naming = room.naming(s.kind, s.name, s.country)
                namings[naming.id] = naming, s.name
                if s.alias:
                    aliases.add((room.alias_key(s.alias), naming.id))
                out[t.sighted].append(
                    {"post": number, "n": n, "naming": naming.id, "kind": s.kind, "name": s.name, "country": s.country,
                     "alias": s.alias, "person": post.people.get(s.name) if s.kind == "person" else None,
                     "reported": s.reported}
                )  # fmt: skip
        numbers = _numbers(conn, t.shape, shapes)
        _stale(conn, t.shape, numbers.values())
        for id_, (shape, data) in sorted(shapes.items()):
            if id_ not in numbers:
                shape_number += 1
                numbers[id_] = shape_number
                out[t.shape].append(
                    {"number": shape_number, "id": id_, "data": data, "best": None, "knot": shape_number,
                     "stale": True, "event": None}
                )  # fmt: skip
                hashed[t.shape_key] += [(key, shape_number) for key in room.keys(shape)]
        for row in out[t.told]:
            row["shape"] = numbers[row["shape"]]
        numbers = _numbers(conn, t.naming, namings)
        _stale(conn, t.naming, numbers.values())
        for id_, (naming, name) in sorted(namings.items()):
            if id_ not in numbers:
                naming_number += 1
                numbers[id_] = naming_number
                out[t.naming].append(
                    {"number": naming_number, "id": id_, "kind": naming.kind, "name": name, "country": naming.country,
                     "stale": True, "actor": None}
                )  # fmt: skip
                hashed[t.naming_key] += [(key, naming_number) for key in naming.known_by()]
        for row in out[t.sighted]:
            row["naming"] = numbers[row["naming"]]
        for key, id_ in sorted(aliases):
            known_as.setdefault((key, numbers[id_]))
        for table in (t.shape, t.told, t.naming, t.sighted):
            insert_rows(conn, table, out[table])
        for table, made in hashed.items():
            by_hash.put(table, made)
    by_hash.end()
    k = t.naming_key.c
    for key, number in known_as:
        if not conn.execute(select(k.key).where(k.key == key, k.naming == number)).first():
            insert_rows(conn, t.naming_key, [{"key": key, "naming": number}])


# --- shared text --------------------------------------------------------------------------------------------------

_Texts = dict[int, reuse.Text]


def _texts(conn: Connection, posts: Sequence[int]) -> Iterator[_Texts]:
    """The layers of posts in which shared text is looked for, by number, some at a time."""
    d, p, layer = t.document.c, t.post.c, t.layer.c
    for part in parts(posts, _POSTS):
        out: _Texts = {}
        for row in conn.execute(
            select(layer.number, layer.n, layer.kind, layer.voice, layer.text, layer.original_date, p.n.label("post"),
                   p.published.label("own"), d.id, d.name, d.url, d.publisher, d.published)
            .select_from(t.layer)
            .join(t.post, p.number == layer.post)
            .join(t.document, d.number == p.document)
            .where(layer.post.in_(part))
        ):  # fmt: skip
            if row.text.count(" ") + 1 >= _LEAST_WORDS:
                page = room.outlet_key(room.page_name(row.name, row.url, row.publisher))
                voice = page if row.voice == "editor" else room.outlet_key(row.voice)
                date = row.original_date or row.own or row.published or None
                out[row.number] = reuse.Text(row.id, row.post, row.n, row.text, row.kind, voice, page, date)
        yield out
        _collect()


def _share(conn: Connection, posts: Sequence[int]) -> None:
    """Finds the layers that share text with those of new posts."""
    new: dict[int, int] = {}
    by_hash = _Sorted(conn)
    for texts in _texts(conn, posts):
        for number, text in texts.items():
            new[number] = reuse.rank(text.key)
            values = reuse.fingerprints(reuse.words(text.text))
            by_hash.put(t.fingerprint, ((value, new[number], number) for value in values))
    by_hash.end()
    having = _Having(conn, mostly=len(new) * _MOSTLY > _last(conn, t.layer))
    doubtful: set[int] = set()
    touched: set[int] = set()
    for texts in _texts(conn, posts):
        split = {number: reuse.words(text.text) for number, text in texts.items()}
        prints = {number: reuse.fingerprints(own) for number, own in split.items()}
        having.load({value for own in prints.values() for value in own})
        met = {number: having.met((new[number], number), own) for number, own in prints.items()}
        doubtful |= having.unsettled(new)
        pairs = {number: reuse.pairs_of(own) for number, own in met.items()}
        others = _load(conn, {layer for own in pairs.values() for layer in own} - texts.keys())
        others.update(texts)
        found = []
        for number, partners in sorted(pairs.items()):
            for layer in partners:
                if layer in new and layer < number:
                    continue  # it was met from the other side
                one, two = sorted((number, layer), key=lambda n: others[n].key)
                shared = reuse.between(others[one], others[two], split.get(one), split.get(two))
                if shared is not None:
                    found.append(_reuse_row(one, two, shared))
                    touched.update((one, two))
        insert_rows(conn, t.reuse, found)
    for part in parts(doubtful):
        touched |= _verify(conn, having, set(part))
    _mark_told(conn, touched)


class _Having:
    """Which layers have which fingerprints, as (rank, number) in order."""

    def __init__(self, conn: Connection, *, mostly: bool) -> None:
        self._conn = conn
        self._shared = _Shared(conn, t.fingerprint.c.value) if mostly else None
        self._few: dict[int, list[tuple[int, int]]] = {}
        self._many: dict[int, tuple[int, list[tuple[int, int]]]] = {}  # how many, and the first of them
        self._new_many: set[int] = set()

    def load(self, values: Collection[int]) -> None:
        """Reads who has these fingerprints; what was read before is let go, but for the frequent ones."""
        f = t.fingerprint.c
        self._few = {}
        counts: dict[int, int] = {}
        wanted = set(values) - self._many.keys()
        for part in parts(self._shared.of(wanted) if self._shared else wanted):
            query = select(f.value, func.count()).where(f.value.in_(part)).group_by(f.value)
            counts.update((value, number) for value, number in self._conn.execute(query))
        for part in parts([value for value, number in counts.items() if 1 < number <= reuse.HUB]):
            query = select(f.value, f.rank, f.layer).where(f.value.in_(part)).order_by(f.value, f.rank, f.layer)
            for value, rank, layer in self._conn.execute(query):
                self._few.setdefault(value, []).append((rank, layer))
        for value, number in counts.items():
            if number > reuse.HUB:
                self._many[value] = number, self._members(value, reuse.NEAREST)
                self._new_many.add(value)

    def _members(self, value: int, most: int | None = None) -> list[tuple[int, int]]:
        f = t.fingerprint.c
        query = select(f.rank, f.layer).where(f.value == value).order_by(f.rank, f.layer).limit(most)
        return [(rank, layer) for rank, layer in self._conn.execute(query)]

    def met(self, own: tuple[int, int], values: Iterable[int]) -> dict[int, int]:
        """How many of the fingerprints `values` of a layer each other layer shares with it."""
        out: dict[int, int] = defaultdict(int)
        for value in values:
            if value in self._many:
                first = self._many[value][1]
                members = self._members(value) if own in first else first
            else:
                members = list(reuse.near(own, self._few.get(value, [])))
            for _, layer in members:
                out[layer] += 1
        out.pop(own[1], None)
        return out

    def unsettled(self, new: Collection[int]) -> set[int]:
        """Layers whose pairs are in doubt, because `new` ones made a fingerprint frequent or displaced the first."""
        out: set[int] = set()
        for value in sorted(self._new_many):
            number, first = self._many[value]
            if len(new) < number - reuse.HUB and all(layer not in new for _, layer in first):
                continue  # neither can have happened
            members = self._members(value)
            old = [layer for _, layer in members if layer not in new]
            if len(old) <= reuse.HUB:
                out.update(old)
            else:
                out.update(set(old[: reuse.NEAREST]) - {layer for _, layer in first})
        self._new_many.clear()
        return out


def _load(conn: Connection, layers: Collection[int]) -> _Texts:
    """The texts of layers by number."""
    out: _Texts = {}
    posts: set[int] = set()
    for part in parts(layers):
        posts.update(conn.execute(select(t.layer.c.post).where(t.layer.c.number.in_(part))).scalars())
    for texts in _texts(conn, sorted(posts)):
        out.update((number, text) for number, text in texts.items() if number in layers)
    return out


def _reuse_row(first: int, second: int, shared: Reuse) -> rows.Row:
    return {
        "first": first, "second": second,
        "spans": rows.compact([(a.start, a.end, b.start, b.end) for a, b in shared.spans]),
        "first_share": shared.first_share, "second_share": shared.second_share, "how": shared.how,
        "source": shared.source, "why": shared.why,
    }  # fmt: skip


def _verify(conn: Connection, having: _Having, layers: set[int]) -> set[int]:
    """Takes away the pairs of these layers that would not be met any more; the layers of those taken away."""
    u = t.reuse.c
    pairs: set[tuple[int, int]] = set()
    for column in (u.first, u.second):
        pairs.update((a, b) for a, b in conn.execute(select(u.first, u.second).where(column.in_(layers))))
    texts = _load(conn, {layer for pair in pairs for layer in pair})
    prints = {number: reuse.fingerprints(reuse.words(text.text)) for number, text in texts.items()}
    out: set[int] = set()
    for one, two in sorted(pairs):
        both = set(prints[one]) & set(prints[two])
        having.load(both)
        met = having.met((reuse.rank(texts[one].key), one), sorted(both)).get(two, 0)
        if not reuse.pairs_of({two: met}):
            conn.execute(delete(t.reuse).where(u.first == one, u.second == two))
            out.update((one, two))
    return out


def _mark_told(conn: Connection, layers: Collection[int]) -> None:
    """Events told in these layers are to be made anew: how many sources they have may have changed."""
    for part in parts(layers):
        posts = set(conn.execute(select(t.layer.c.post).where(t.layer.c.number.in_(part))).scalars())
        for some in parts(posts):
            shapes = set(conn.execute(select(t.told.c.shape).where(t.told.c.post.in_(some))).scalars())
            _stale(conn, t.shape, shapes)


# --- actors -------------------------------------------------------------------------------------------------------


def _actors(conn: Connection) -> None:
    """Makes the actors anew behind namings that were seen anew, and behind those that may be the same."""
    g = t.naming.c
    stale = set(conn.execute(select(g.number).where(g.stale)).scalars())
    if not stale:
        return
    parent: dict[int, int] = {}

    def root(n: int) -> int:
        while parent.setdefault(n, n) != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    gone = _without(conn, t.sighted.c.naming, stale)
    waiting, done = stale, set[int]()
    while waiting:
        done |= waiting
        met: set[int] = set()
        for part in parts(waiting, _POSTS):
            for one, other in _may_be(conn, part):
                if one not in gone and other not in gone:
                    parent[root(max(one, other))] = root(min(one, other))
                if other not in done:
                    met.add(other)
        waiting = met
    groups: dict[int, list[int]] = defaultdict(list)
    for number in sorted(done - gone):
        groups[root(number)].append(number)
    old = {
        actor
        for part in parts(done)
        for actor in conn.execute(select(g.actor).where(g.number.in_(part), g.actor.is_not(None))).scalars()
    }
    for part in parts(done):
        conn.execute(update(t.naming).where(g.number.in_(part)).values(actor=None, stale=False))
    delete_rows(conn, t.actor.c.number, old)
    if gone:
        _forget_namings(conn, gone)
    mostly = len(done) * _MOSTLY > _last(conn, t.naming)
    titled = _titled(conn) if mostly else None
    for many in _batches(groups.values(), _NAMINGS if mostly else MANY):
        numbers = [n for own in many for n in own]
        forms = _forms_of_all(conn, set(numbers)) if mostly else _forms(conn, numbers)
        for batch in _batches(many, MANY):
            part = [n for own in batch for n in own]
            _write_actors(conn, [form for n in part for form in forms[n]], part if titled is None else titled & {*part})


def _batches(groups: Iterable[list[int]], size: int) -> Iterator[list[list[int]]]:
    """Groups in order, so many at a time that they have some `size` members."""
    batch: list[list[int]] = []
    held = 0
    for own in groups:
        batch.append(own)
        held += len(own)
        if held >= size:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


@dataclasses.dataclass(frozen=True, slots=True)
class _Form:
    """How somebody is named, and how often."""

    naming: int
    kind: ActorKind
    name: str
    country: str | None
    alias: str | None
    times: int


def _forms(conn: Connection, numbers: Collection[int]) -> dict[int, list[_Form]]:
    """The forms of these namings."""
    s = t.sighted.c
    out: dict[int, list[_Form]] = defaultdict(list)
    for part in parts(numbers):
        who = (s.naming, s.kind, s.name, s.country, s.alias)
        for row in conn.execute(select(*who, func.count().label("times")).where(s.naming.in_(part)).group_by(*who)):
            out[row.naming].append(_Form(row.naming, row.kind, row.name, row.country, row.alias, row.times))
    return out


def _forms_of_all(conn: Connection, numbers: set[int]) -> dict[int, list[_Form]]:
    """The same, for so many namings that all sightings are gone through in the order in which they lie: those of one
    lie all over the file."""
    s = t.sighted.c
    who = (s.naming, s.kind, *(type_coerce(column, String) for column in (s.name, s.country, s.alias)))
    counts: dict[tuple[Any, ...], int] = {}
    for row in conn.execute(select(*who), execution_options={"yield_per": 10 * MANY}):
        if row[0] in numbers:
            key = tuple(row)
            counts[key] = counts.get(key, 0) + 1
    out: dict[int, list[_Form]] = defaultdict(list)
    while counts:
        (naming, kind, *words), times = counts.popitem()
        name, country, alias = (None if word is None else t.unfit(word) for word in words)
        out[naming].append(_Form(naming, kind, name or "", country, alias, times))
    return out


def _titled(conn: Connection) -> set[int]:
    """The namings of those for whom an office is stated."""
    s, r = t.sighted.c, t.role.c
    query = select(s.naming).join_from(t.role, t.sighted, (r.post == s.post) & (r.person == s.person)).distinct()
    return set(conn.execute(query).scalars())


def _without(conn: Connection, column: Any, numbers: Collection[int]) -> set[int]:
    """Those of `numbers` that no row has in this column."""
    out: set[int] = set()
    for part in parts(numbers):
        out |= set(part).difference(conn.execute(select(column).where(column.in_(part))).scalars())
    return out


def _namings(conn: Connection, numbers: Collection[int]) -> dict[int, room.Naming]:
    out: dict[int, room.Naming] = {}
    for part in parts(numbers):
        for row in conn.execute(select(t.naming).where(t.naming.c.number.in_(part))):
            out[row.number] = room.naming(row.kind, row.name, row.country)
    return out


def _may_be(conn: Connection, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of one of these namings and another that may be the same actor's."""
    own = _namings(conn, numbers)
    names: dict[int, list[int]] = defaultdict(list)  # key → those that look under it for forms of their name
    shorts: dict[int, list[int]] = defaultdict(list)  # … for what abbreviates them, or what they abbreviate
    for number, naming in own.items():
        for key in naming.known_by():
            names[key].append(number)
        if naming.kind == "organisation" and len(naming.words) == 1:
            shorts[room.alias_key(next(iter(naming.words)))].append(number)
    s = t.sighted.c
    for number, alias in conn.execute(
        select(s.naming, s.alias).where(s.naming.in_(numbers), s.alias.is_not(None)).distinct()
    ):
        short = room.naming("organisation", alias, None)
        if len(short.words) == 1:
            for key in short.known_by():
                shorts[key].append(number)
    k = t.naming_key.c
    found: list[tuple[int, int]] = []
    for part in parts(names.keys() | shorts.keys()):
        found += [(key, number) for key, number in conn.execute(select(k.key, k.naming).where(k.key.in_(part)))]
    others = _namings(conn, {number for _, number in found} - own.keys())
    others.update(own)
    pairs: set[tuple[int, int]] = set()
    for key, number in found:
        for one in names.get(key, ()):
            if one != number and number in others and own[one].may_be(others[number]):
                pairs.add((one, number))
        for one in shorts.get(key, ()):
            if one != number and number in others and others[number].kind == "organisation":
                pairs.add((one, number))
    yield from sorted(pairs)


def _forget_namings(conn: Connection, gone: Collection[int]) -> None:
    keys = {key for naming in _namings(conn, gone).values() for key in naming.known_by()}
    for part in parts(gone):
        for some in parts(keys):
            conn.execute(delete(t.naming_key).where(t.naming_key.c.key.in_(some), t.naming_key.c.naming.in_(part)))
        conn.execute(delete(t.naming).where(t.naming.c.number.in_(part)))


def _write_actors(conn: Connection, forms: Sequence[_Form], titled: Collection[int]) -> None:
    """The actors behind namings of these forms, which are all that may be of one actor with any of them; `titled` are
    those of the namings for whom an office may be stated."""
    s, r, e, d, p = t.sighted.c, t.role.c, t.evidence.c, t.document.c, t.post.c
    seen = [Sighting(f.kind, f.name, "", 0, f.country, f.alias, (), None, f.times) for f in forms]
    of: dict[tuple[str, str, str | None], int] = {(f.kind, f.name, f.country): f.naming for f in forms}
    posts: dict[tuple[str, int], tuple[int, str | None]] = {}
    for part in parts(titled):
        words: dict[tuple[int, int], list[Evidence]] = defaultdict(list)
        stated = conn.execute(
            select(s.post, s.kind, s.name, s.country, s.reported, d.id, p.n, r.n.label("role"), r.title, r.org,
                   r.country.label("state"))
            .select_from(t.sighted)
            .join(t.role, (r.post == s.post) & (r.person == s.person))
            .join(t.post, p.number == s.post)
            .join(t.document, d.number == p.document)
            .where(s.naming.in_(part))
        ).all()  # fmt: skip
        for some in parts({row.post for row in stated}):
            for row in conn.execute(
                select(t.evidence).where(e.post.in_(some), e.of == "role").order_by(e.post, e.of, e.of_n, e.n)
            ):
                words[row.post, row.of_n].append(Evidence(row.layer, row.start_char, row.end_char))
        for row in stated:
            role = Role(row.title, row.org, row.state, tuple(words[row.post, row.role]))
            posts[row.id, row.n] = row.post, row.reported
            seen.append(Sighting(row.kind, row.name, row.id, row.n, row.country, None, (role,), row.reported, 0))
    seen.sort(key=lambda x: (x.kind, x.name, x.country or "", x.alias or "", x.document_id, x.post, str(x.roles)))
    made, behind = room.actors(seen)
    first, offices = _last(conn, t.actor) + 1, _last(conn, t.office) + 1
    given = {actor.id: first + n for n, actor in enumerate(made)}
    out: dict[Table, list[rows.Row]] = defaultdict(list)
    for actor in made:
        _actor_rows(out, given[actor.id], actor, posts, offices)
    for table in (t.actor, t.office, t.attestation):
        insert_rows(conn, table, out[table])
    of_actor: dict[int, set[int]] = defaultdict(set)
    for seen_as, number in of.items():
        of_actor[given[behind[seen_as].id]].add(number)
    conn.execute(
        update(t.naming).where(t.naming.c.number == bindparam("which")).values(actor=bindparam("whose")),
        [{"which": number, "whose": actor_} for actor_, own in of_actor.items() for number in sorted(own)],
    )


def _actor_rows(
    out: dict[Table, list[rows.Row]],
    number: int,
    actor: Actor,
    posts: dict[tuple[str, int], tuple[int, str | None]],
    offices: int,
) -> None:
    out[t.actor].append(
        {"number": number, "id": actor.id, "kind": actor.kind, "name": actor.name,
         "names": rows.compact(actor.names), "country": actor.country,
         "folded": " | ".join(sorted({room.fold(name) for name in actor.names}))}
    )  # fmt: skip
    for n, office in enumerate(actor.offices):
        own = offices + len(out[t.office])
        out[t.office].append(
            {"number": own, "actor": number, "n": n, "title": office.title, "org": office.org,
             "country": office.country, "first": office.first, "last": office.last}
        )  # fmt: skip
        out[t.attestation] += [
            {"office": own, "n": m, "post": posts[document_id, post][0], "layer": e.layer, "start_char": e.start,
             "end_char": e.end, "reported": posts[document_id, post][1]}
            for m, (document_id, post, e) in enumerate(office.attested)
        ]  # fmt: skip


# --- events -------------------------------------------------------------------------------------------------------


_Own = tuple[int, list[int], list[int]]  # a shape, the words of a sentence of it, the keys of these
_Met = dict[int, list[tuple[int, list[int]]]]  # the shapes that have a key, each with the words of its sentence


class _Copies:
    """Which sentences share a key with others, found by going once through all keys in their order."""

    def __init__(self, conn: Connection) -> None:
        f = t.phrase.c
        rows_ = conn.execute(
            select(f.key, f.post, f.claim).order_by(f.key, f.post, f.claim), execution_options={"yield_per": 10 * MANY}
        )
        self._members = array("q")  # sentences, those of one key beside each other
        self._starts = array("q", [0])
        for _, same in itertools.groupby(rows_, key=lambda row: row[0]):
            first, *more = ((post << _CLAIMS) | claim for _, post, claim in same)
            if more:
                self._members.extend((first, *more))
                self._starts.append(len(self._members))
        groups = np.repeat(np.arange(len(self._starts) - 1), np.diff(np.array(self._starts)))
        order = np.argsort(np.array(self._members), kind="stable")
        self._places = array("q", np.array(self._members)[order].tobytes())
        self._groups = array("q", groups[order].astype(np.int64).tobytes())

    def _span(self, group: int) -> array[int]:
        return self._members[self._starts[group] : self._starts[group + 1]]

    def of(self, post: int, claim: int) -> list[int]:
        """The groups that the sentence of a claim is in."""
        place = (post << _CLAIMS) | claim
        at = bisect_left(self._places, place)
        out = []
        while at < len(self._places) and self._places[at] == place:
            out.append(self._groups[at])
            at += 1
        return out

    def members(self, group: int) -> list[tuple[int, int]]:
        """The post and claim of each sentence of a group."""
        return [(place >> _CLAIMS, place & ((1 << _CLAIMS) - 1)) for place in self._span(group)]


_CLAIMS = 24  # bits for the number of a claim within its post


class _Shelf:
    """The shapes of a record, some of them held; see `onrecord.merge.Shelf`."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._shapes: OrderedDict[int, Shape] = OrderedDict()
        self._copies: _Copies | None = None

    def survey(self, changed: int) -> None:
        """Looks which sentences may have copies, where so many shapes changed that this is less work."""
        if changed * _MOSTLY > len(self):
            self._copies = _Copies(self._conn)

    def __len__(self) -> int:
        return int(self._conn.execute(select(func.count()).select_from(t.shape)).scalar_one())

    def shapes(self, numbers: Collection[int]) -> dict[int, Shape]:
        out = {n: self._shapes[n] for n in numbers if n in self._shapes}
        for n in out:
            self._shapes.move_to_end(n)
        s = t.shape.c
        _collect()
        for part in parts([n for n in numbers if n not in out]):
            for number, data in self._conn.execute(select(s.number, s.data).where(s.number.in_(part))):
                out[number] = self._shapes[number] = room.restored(data)
        while len(self._shapes) > _SHAPES:
            self._shapes.popitem(last=False)
        return out

    def posts(self, numbers: Collection[int]) -> dict[int, set[int]]:
        out: dict[int, set[int]] = {n: set() for n in numbers}
        for part in parts(numbers):
            query = select(t.told.c.shape, t.told.c.post).where(t.told.c.shape.in_(part)).distinct()
            for shape, post in self._conn.execute(query):
                out[shape].add(post)
        return out

    def having(self, keys: Collection[int]) -> dict[int, list[int]]:
        out: dict[int, list[int]] = defaultdict(list)
        k = t.shape_key.c
        for part in parts(keys):
            for key, shape in self._conn.execute(select(k.key, k.shape).where(k.key.in_(part))):
                out[key].append(shape)
        return out

    def copies(self, numbers: Collection[int]) -> dict[int, set[int]]:
        own, met = self._met_in_order(self._copies, numbers) if self._copies else self._met(numbers)
        out: dict[int, set[int]] = defaultdict(set)
        for shape, values, keys in own:
            for key in keys:
                out[shape].update(
                    other
                    for other, theirs in met.get(key, ())
                    if other != shape and room.common(values, theirs) >= room.COPIED
                )
        return out

    def _met(self, numbers: Collection[int]) -> tuple[list[_Own], _Met]:
        """The sentences of shapes, each with its keys, and the shapes and sentences that have these keys."""
        w, f = t.told.c, t.phrase.c
        own: list[_Own] = []
        for part in parts(numbers):
            query = select(w.shape, w.words).where(w.shape.in_(part), w.words != "").distinct()
            for shape, words in self._conn.execute(query):
                values = json.loads(words)
                own.append((shape, values, room.phrases(values)))
        met: _Met = defaultdict(list)
        for part in parts({key for _, _, keys in own for key in keys}):
            sharing = (
                select(f.key, w.shape, w.words)
                .join_from(t.phrase, t.told, (w.post == f.post) & (w.claim == f.claim))
                .where(f.key.in_(part))
                .distinct()
            )
            for key, shape, words in self._conn.execute(sharing):
                met[key].append((shape, json.loads(words)))
        return own, met

    def _met_in_order(self, copies: _Copies, numbers: Collection[int]) -> tuple[list[_Own], _Met]:
        """The same, for the sentences that a survey found to share a key; those of one time lie beside each other."""
        w = t.told.c
        own: list[tuple[int, tuple[int, int], list[int]]] = []
        for part in parts(numbers):
            query = select(w.shape, w.post, w.claim).where(w.shape.in_(part), w.words != "")
            for shape, post, claim in self._conn.execute(query):
                if groups := copies.of(post, claim):
                    own.append((shape, (post, claim), groups))
        members = {group: copies.members(group) for _, _, groups in own for group in groups}
        wanted = {place for places in members.values() for place in places}
        told: dict[tuple[int, int], tuple[int, list[int]]] = {}
        for part in parts({post for post, _ in wanted}):
            said = select(w.post, w.claim, w.shape, w.words).where(w.post.in_(part), w.words != "")
            for post, claim, shape, words in self._conn.execute(said):
                if (post, claim) in wanted:
                    told[post, claim] = shape, json.loads(words)
        met = {group: [told[place] for place in places if place in told] for group, places in members.items()}
        return [(shape, told[place][1], groups) for shape, place, groups in own], met

    def knots(self, numbers: Collection[int]) -> set[int]:
        s = t.shape.c
        if len(numbers) == len(self):
            return set(numbers)
        found: set[int] = set()
        for part in parts(numbers):
            found.update(self._conn.execute(select(s.knot).where(s.number.in_(part))).scalars())
        out: set[int] = set()
        for part in parts(found):
            out.update(self._conn.execute(select(s.number).where(s.knot.in_(part))).scalars())
        return out

    def best(self, numbers: Collection[int]) -> dict[int, int]:
        s = t.shape.c
        return {
            number: best
            for part in parts(numbers)
            for number, best in self._conn.execute(
                select(s.number, s.best).where(s.number.in_(part), s.best.is_not(None))
            )
        }

    def proposing(self, numbers: Collection[int]) -> dict[int, set[int]]:
        s = t.shape.c
        out: dict[int, set[int]] = defaultdict(set)
        for part in parts(numbers):
            for number, best in self._conn.execute(select(s.number, s.best).where(s.best.in_(part))):
                out[best].add(number)
        return out

    def propose(self, best: Mapping[int, int | None]) -> None:
        if best:
            self._conn.execute(
                update(t.shape).where(t.shape.c.number == bindparam("which")).values(best=bindparam("proposed")),
                [{"which": number, "proposed": other} for number, other in best.items()],
            )


def _events(
    conn: Connection, source: _Posts, decisions: Sequence[Decision], standing: Sequence[Decision], *, searchable: bool
) -> None:
    """Makes the events anew whose tellings changed, and those that hang together with them."""
    s = t.shape.c
    stale = set(conn.execute(select(s.number).where(s.stale)).scalars())
    if not stale:
        return
    shelf = _Shelf(conn)
    shelf.survey(len(stale))
    gone = _without(conn, t.told.c.shape, stale)
    changed = stale
    if gone:
        changed |= room.meeting(shelf, gone) | shelf.knots(gone)
        changed -= gone
        _forget_shapes(conn, shelf, gone, searchable=searchable)
    rulings = _ruled_shapes(conn, standing)
    writing = _Writing(conn, source, searchable=searchable)
    first = _last(conn, t.event) + 1
    for knot in room.settle(shelf, changed, rulings):
        writing.put(knot)
    writing.end()
    for number, ruled in sorted(_ruled_events(conn, decisions).items()):
        if number >= first:
            writing.rewrite(number, ruled)


def _ruled_shapes(conn: Connection, standing: Sequence[Decision]) -> Rulings:
    claims = {claim for decision in standing for claim in (*decision.claims, *decision.others)}
    shape_of: dict[str, int] = {}
    c, w = t.claim.c, t.told.c
    for part in parts(claims):
        query = (
            select(c.id, w.shape)
            .join_from(t.claim, t.told, (w.post == c.post) & (w.claim == c.n))
            .where(c.id.in_(part))
        )
        shape_of.update((id_, shape) for id_, shape in conn.execute(query))
    return room.rulings(standing, shape_of)


def _ruled_events(conn: Connection, decisions: Sequence[Decision]) -> dict[int, list[Decision]]:
    """The decisions to accept, reject or correct, by the number of the event that each is about."""
    claims = {c for decision in decisions if decision.kind not in ("same", "different") for c in decision.claims}
    where: dict[str, int] = {}
    c, w, s = t.claim.c, t.told.c, t.shape.c
    for part in parts(claims):
        query = (
            select(c.id, s.event)
            .select_from(t.claim)
            .join(t.told, (w.post == c.post) & (w.claim == c.n))
            .join(t.shape, s.number == w.shape)
            .where(c.id.in_(part), s.event.is_not(None))
        )
        where.update((id_, event) for id_, event in conn.execute(query))
    return room.on_events(decisions, where)


def _forget_shapes(conn: Connection, shelf: _Shelf, gone: Collection[int], *, searchable: bool) -> None:
    keys = {key for shape in shelf.shapes(gone).values() for key in room.keys(shape)}
    events: set[int] = set()
    for part in parts(gone):
        told = select(t.shape.c.event).where(t.shape.c.number.in_(part), t.shape.c.event.is_not(None))
        events.update(conn.execute(told).scalars())
        for some in parts(keys):
            conn.execute(delete(t.shape_key).where(t.shape_key.c.key.in_(some), t.shape_key.c.shape.in_(part)))
        conn.execute(update(t.shape).where(t.shape.c.best.in_(part)).values(best=None))
        conn.execute(delete(t.shape).where(t.shape.c.number.in_(part)))
    _forget_events(conn, events, searchable=searchable)


def _forget_events(conn: Connection, events: Collection[int], *, searchable: bool) -> None:
    if searchable:
        search.forget_events(conn, events)
    delete_rows(conn, t.event.c.number, events)


class _Writing:
    """Writes events knot by knot, some at a time."""

    def __init__(self, conn: Connection, source: _Posts, *, searchable: bool) -> None:
        self._conn = conn
        self._source = source
        self._searchable = searchable
        self._number = _last(conn, t.event)
        self._waiting: list[Knot] = []
        self._size = 0

    def put(self, knot: Knot) -> None:
        """Takes a knot to be written."""
        self._waiting.append(knot)
        self._size += len(knot.shapes)
        if self._size >= _POSTS:
            self.end()

    def end(self) -> None:
        """Writes what waits."""
        knots, self._waiting, self._size = self._waiting, [], 0
        if not knots:
            return
        conn, s, w = self._conn, t.shape.c, t.told.c
        old: set[int] = set()
        places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for part in parts([n for knot in knots for n in knot.shapes]):
            old.update(conn.execute(select(s.event).where(s.number.in_(part), s.event.is_not(None))).scalars())
            for row in conn.execute(select(w.shape, w.post, w.claim).where(w.shape.in_(part))):
                places[row.shape].append((row.post, row.claim))
        _forget_events(conn, old, searchable=self._searchable)
        # Read together the posts that all of these need.
        self._source.get({post for own in places.values() for post, _ in own})
        made: list[tuple[int, Event, dict[tuple[str, int], _Source], dict[tuple[str, int], int]]] = []
        placed: list[dict[str, int]] = []
        for knot in knots:
            for shapes in knot.events:
                self._number += 1
                made.append((self._number, *self._event([place for n in shapes for place in places[n]], ())))
                placed += [{"which": n, "into": self._number, "hangs": min(knot.shapes)} for n in shapes]
        self._write(made)
        conn.execute(
            update(t.shape)
            .where(s.number == bindparam("which"))
            .values(event=bindparam("into"), knot=bindparam("hangs"), stale=False),
            placed,
        )
        _collect()

    def rewrite(self, number: int, ruled: Sequence[Decision]) -> None:
        """Writes an event anew as a reviewer wants it."""
        s, w = t.shape.c, t.told.c
        places = self._conn.execute(
            select(w.post, w.claim).join_from(t.told, t.shape, s.number == w.shape).where(s.event == number)
        ).all()
        _forget_events(self._conn, [number], searchable=self._searchable)
        self._write([(number, *self._event([(row.post, row.claim) for row in places], ruled))])

    def _event(
        self, places: Sequence[tuple[int, int]], ruled: Sequence[Decision]
    ) -> tuple[Event, dict[tuple[str, int], _Source], dict[tuple[str, int], int]]:
        found = self._source.get({post for post, _ in places})
        told = [found[post].tellings[claim] for post, claim in places]
        held = {source.key: source for source in found.values()}

        def side_of(document_id: str, post: int, name: str) -> Side:
            return held[document_id, post].side_of(name)

        several = len({telling.origin for telling in told}) > 1
        shared = shared_within(self._conn, found) if several else []
        event = room.event_of(told, side_of=side_of, shared=shared, ruled=ruled)
        return event, held, {source.key: number for number, source in found.items()}

    def _write(
        self, made: Sequence[tuple[int, Event, dict[tuple[str, int], _Source], dict[tuple[str, int], int]]]
    ) -> None:
        out: dict[Table, list[rows.Row]] = defaultdict(list)
        words: list[search.Indexed] = []
        for number, event, held, posts in made:
            _event_rows(out, number, event, held, posts)
            names = ", ".join(p.name for p in event.participants)
            quotes = " … ".join(dict.fromkeys(telling.words for telling in event.tellings))
            words.append((number, t.fit(names), t.fit(room.headline(event)), t.same_length(quotes)))
        known = _numbers(self._conn, t.naming, {row["naming"] for row in out[t.event_participant] if row["naming"]})
        for row in out[t.event_participant]:
            row["naming"] = known.get(row["naming"])
        for table in (t.event, t.telling, t.event_participant, t.event_cell):
            insert_rows(self._conn, table, out[table])
        if self._searchable:
            search.index(self._conn, "event", words)


def _event_rows(
    out: dict[Table, list[rows.Row]],
    number: int,
    event: Event,
    held: dict[tuple[str, int], _Source],
    posts: dict[tuple[str, int], int],
) -> None:
    out[t.event].append(
        {"number": number, "id": event.id, "type": event.type, "mode": event.mode, "date": event.date,
         "place": event.place, "country": event.country, "status": event.status, "focus": event.focus,
         "tellings": len(event.tellings), "independent": event.independent, "title": room.headline(event),
         "review": event.review}
    )  # fmt: skip
    for n, telling in enumerate(event.tellings):
        key = telling.document_id, telling.post
        out[t.telling].append(
            {"event": number, "n": n, "post": posts[key], "claim": held[key].claims[telling.claim_id],
             "chain": rows.compact(telling.chain), "reported": telling.reported, "origin": telling.origin,
             "source": telling.source}
        )  # fmt: skip
    named = [cell for cell in event.cells if cell.cell == "participant" and cell.chosen]
    for n, (p, cell) in enumerate(zip(event.participants, named, strict=True)):
        first = event.tellings[cell.tellings[0]] if cell.tellings else None
        naming = held[first.document_id, first.post].naming({p.name, *cell.names}) if first else None
        out[t.event_participant].append(
            {"event": number, "n": n, "name": p.name, "kind": p.kind, "role": p.role, "inferred": p.inferred,
             "telling": cell.tellings[0] if cell.tellings else 0, "naming": naming,
             "evidence": rows.compact([(e.layer, e.start, e.end) for e in p.evidence]),
             "folded": " | ".join(sorted({room.fold(name) for name in (p.name, *cell.names)}))}
        )  # fmt: skip
    out[t.event_cell] += [
        {"event": number, "n": n, "cell": cell.cell, "value": cell.value, "chosen": cell.chosen,
         "tellings": rows.compact(cell.tellings), "names": rows.compact(cell.names), "ruled": cell.ruled}
        for n, cell in enumerate(event.cells)
    ]  # fmt: skip


def shared_within(conn: Connection, posts: Collection[int]) -> list[Reuse]:
    """What the layers of these posts share with each other."""
    layer, u = t.layer.c, t.reuse.c
    keys: dict[int, tuple[str, int, int]] = {}
    for part in parts(posts):
        query = (
            select(layer.number, layer.n, t.post.c.n.label("post"), t.document.c.id)
            .select_from(t.layer)
            .join(t.post, t.post.c.number == layer.post)
            .join(t.document, t.document.c.number == t.post.c.document)
            .where(layer.post.in_(part))
        )
        keys.update({row.number: (row.id, row.post, row.n) for row in conn.execute(query)})
    out = [
        reuse_of(row, keys[row.first], keys[row.second])
        for part in parts(keys)
        for row in conn.execute(select(t.reuse).where(u.first.in_(part)))
        if row.second in keys
    ]
    return sorted(out, key=lambda one: (one.first, one.second))


def reuse_of(row: Any, first: tuple[str, int, int], second: tuple[str, int, int]) -> Reuse:
    """The shared text that a row holds, of the layers with these keys."""
    spans = tuple((Span(a, b), Span(c, d)) for a, b, c, d in json.loads(row.spans))
    return Reuse(first, second, spans, row.first_share, row.second_share, row.how, row.source, row.why)
