"""Owns the open record: saving, merging, reading and searching it.

Invariant: every write is one transaction that either happens whole or not at all; nothing outside of this room sees a
number, a row or a connection.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import errno
import functools
import json
import shutil
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, and_, create_engine, delete, exists, func, insert, select
from sqlalchemy import event as listen
from sqlalchemy import exc as sqlalchemy_errors
from sqlalchemy.engine import URL, make_url

from onrecord.errors import NotFound, RecordError, RecordFull, RecordLocked
from onrecord.merge import (
    Side,
    Sighting,
    actors,
    day_of,
    event_of,
    fold,
    group,
    headline,
    page_name,
    sightings,
    tellings,
)
from onrecord.model import (
    Actor,
    Claim,
    Document,
    Event,
    Evidence,
    Extraction,
    Failure,
    Hit,
    Office,
    Participant,
    Telling,
    Variant,
)
from onrecord.store import rows, schema, search
from onrecord.store import tables as t

_WAIT = 5.0  # seconds to wait for another writer before saying that the record is locked
_MANY = 500  # ids in one query: below the limit of every database
# What merging looks at: all that bears on claims and on who is who, not every mention.
_MERGED = (t.layer, t.statement, t.person, t.role, t.organisation, t.claim, t.participant, t.evidence)
_MERGED_EVIDENCE = ("role", "participant", "claim.date", "claim.place", "claim.country", "post.date")
_POSTS = 200  # posts written or read at once: keeps memory flat on pages with very many posts


class Record:
    """One record, open. Use it as a context manager, or call `close`."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self._where = where

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True) -> Record:
        """Opens the record at a path or an SQLAlchemy URL; makes it if there is none and `create` is true.

        Raises RecordLocked if another process is writing for longer than five seconds, RecordNewer if a newer version
        of onrecord made it, and RecordError if it is missing, is not a record, or cannot be opened.
        """
        url, path = _address(where)
        name = str(path or url.render_as_string(hide_password=True))
        if path is not None:
            _look(path, create)
        engine = _engine(url)
        record = cls(engine, name)
        try:
            with record._explained():
                with engine.connect() as conn:
                    found = schema.revision(conn, name)
                if found != schema.HEAD:
                    if found is None and not create:
                        raise RecordError(f"{name} is empty; add something first: onrecord add SOURCE --record {name}")
                    with record._writing() as conn:
                        schema.upgrade(conn, name)
        except BaseException:
            engine.dispose()
            raise
        return record

    def close(self) -> None:
        """Closes the record. Everything saved is on disk already."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- writing ------------------------------------------------------------------------------------------------------

    def known(self, document: str | Document) -> bool:
        """Whether the document, or the document with this id, is in the record, so that it need not be read again."""
        id_ = document if isinstance(document, str) else document.id
        with self._reading() as conn:
            row = conn.execute(
                select(t.document.c.origin, t.document.c.fetched, t.document.c.lang).where(
                    t.document.c.id == t.fit(id_)
                )
            ).first()
        if row is None or isinstance(document, str):
            return row is not None
        return _where_from(row) <= _where_from(document)

    def save(self, item: Extraction | Failure, *, replace: bool = False) -> bool:
        """Writes a document with all that it yields, or a failure, in one transaction; true if it was not there before.

        The same document from several places is one: the record keeps the place that sorts first, whatever the order
        of arrival. With `replace`, what was read from a known document is written anew.
        """
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with self._writing() as conn:
            if isinstance(item, Failure):
                if conn.execute(select(t.failure.c.id).where(t.failure.c.id == item.id)).first():
                    return False
                conn.execute(
                    insert(t.failure), {"id": item.id, "origin": item.origin, "reason": item.reason, "added": now}
                )
                return True
            d = t.document.c
            row = conn.execute(
                select(d.number, d.origin, d.fetched, d.lang, d.added).where(d.id == item.document.id)
            ).first()
            if row is not None:
                if not replace and _where_from(row) <= _where_from(item.document):
                    return False
                self._forget(conn, row.number)
                now = row.added
            self._write(conn, item, now)
            return row is None

    def _write(self, conn: Connection, item: Extraction, added: str) -> None:
        if len(item.posts) != len(item.readings):
            raise ValueError(f"{item.document.name} has {len(item.posts)} posts, but {len(item.readings)} readings")
        number, first_post, first_layer, first_statement = (last + 1 for last in conn.execute(_LAST).one())
        document_id = item.document.id
        _insert(conn, t.document, [rows.document_row(item, number, added)])
        layer, statement = first_layer, first_statement
        for start in range(0, len(item.posts), _POSTS):
            batch: dict[Table, list[rows.Row]] = defaultdict(list)
            for n in range(start, min(start + _POSTS, len(item.posts))):
                post, reading = item.posts[n], item.readings[n]
                if post.index != n or any(m != one.index for m, one in enumerate(post.layers)):
                    raise ValueError(f"the posts or layers of {item.document.name} are not numbered in order")
                for table, made in rows.post_rows(document_id, number, first_post + n, post, reading).items():
                    batch[table] += made
            for row in batch[t.layer]:
                row["number"], layer = layer, layer + 1
            for row in batch[t.statement]:
                row["number"], statement = statement, statement + 1
            for table in (t.post, t.layer, t.statement, *t.OF_POST):
                _insert(conn, table, batch[table])
            if self._searchable:
                for kind, words in _searched(batch[t.layer], batch[t.statement]).items():
                    search.index(conn, kind, words)

    def _forget(self, conn: Connection, number: int) -> None:
        """Takes a document and all that was read from it out of the record."""
        if self._searchable:
            own = select(t.post.c.number).where(t.post.c.document == number)
            layers, statements = (
                [row._asdict() for row in conn.execute(select(table).where(table.c.post.in_(own))).all()]
                for table in (t.layer, t.statement)
            )
            for kind, words in _searched(layers, statements).items():
                search.forget(conn, kind, words)
        conn.execute(delete(t.document).where(t.document.c.number == number))

    def merge(self) -> None:
        """Derives events, actors and offices anew from all claims and mentions, in one transaction.

        Doing it again changes nothing. Until it has run, `events`, `people` and search for events answer from before.
        """
        with self._writing() as conn:
            # The first reading keeps of every claim only what is compared, the second writes the events a few at a
            # time, so that memory does not grow with the texts.
            sources = _Sources(conn)
            seen: list[Sighting] = []
            groups = group(sources.tellings(seen), side_of=sources.side_of)
            made, who = actors(seen)
            del seen
            for table in reversed(t.DERIVED):
                conn.execute(delete(table))
            if self._searchable:
                search.forget_all(conn, "event")
            self._write_actors(conn, made, sources.numbers)
            numbers = {actor.id: n for n, actor in enumerate(made)}
            behind = {key: numbers[actor.id] for key, actor in who.items()}
            out: dict[Table, list[rows.Row]] = defaultdict(list)
            words: list[search.Indexed] = []
            for number, own in enumerate(groups):
                told = sources.read_again(own)
                event = event_of(told, side_of=sources.side_of, sketches=sources.sketches(told))
                self._event_rows(out, number, event, sources, behind)
                names = ", ".join(p.name for p in event.participants)
                quotes = " … ".join(dict.fromkeys(telling.words for telling in event.tellings))
                words.append((number, t.fit(names), t.fit(headline(event)), t.same_length(quotes)))
                if len(out[t.telling]) > _MANY or number == len(groups) - 1:
                    for table in (t.event, t.telling, t.event_participant, t.event_cell):
                        _insert(conn, table, out[table])
                    out.clear()
                    if self._searchable:
                        search.index(conn, "event", words)
                    words.clear()

    def _write_actors(self, conn: Connection, made: Sequence[Actor], numbers: dict[tuple[str, int], int]) -> None:
        out: dict[Table, list[rows.Row]] = defaultdict(list)
        for number, actor in enumerate(made):
            out[t.actor].append(
                {"number": number, "id": actor.id, "kind": actor.kind, "name": actor.name,
                 "names": rows.compact(actor.names), "country": actor.country,
                 "folded": " | ".join(sorted({fold(name) for name in actor.names}))}
            )  # fmt: skip
            for n, office in enumerate(actor.offices):
                own = len(out[t.office])
                out[t.office].append(
                    {"number": own, "actor": number, "n": n, "title": office.title, "org": office.org,
                     "country": office.country, "first": office.first, "last": office.last}
                )  # fmt: skip
                out[t.attestation] += [
                    {"office": own, "n": m, "post": numbers[document_id, post], "layer": e.layer, "start_char": e.start,
                     "end_char": e.end}
                    for m, (document_id, post, e) in enumerate(office.attested)
                ]  # fmt: skip
        for table in (t.actor, t.office, t.attestation):
            _insert(conn, table, out[table])

    def _event_rows(
        self,
        out: dict[Table, list[rows.Row]],
        number: int,
        event: Event,
        sources: _Sources,
        behind: dict[tuple[str, str, str | None], int],
    ) -> None:
        out[t.event].append(
            {"number": number, "id": event.id, "type": event.type, "mode": event.mode, "date": event.date,
             "place": event.place, "country": event.country, "status": event.status, "focus": event.focus,
             "tellings": len(event.tellings), "independent": event.independent, "title": headline(event)}
        )  # fmt: skip
        for n, telling in enumerate(event.tellings):
            post, claim = sources.place(telling)
            out[t.telling].append(
                {"event": number, "n": n, "post": post, "claim": claim, "chain": rows.compact(telling.chain),
                 "reported": telling.reported, "origin": telling.origin}
            )  # fmt: skip
        named = [cell for cell in event.cells if cell.cell == "participant" and cell.chosen]
        for n, (p, cell) in enumerate(zip(event.participants, named, strict=True)):
            first = event.tellings[cell.tellings[0]]
            seen_as = sources.seen_as(first, {p.name, *cell.names})
            out[t.event_participant].append(
                {"event": number, "n": n, "name": p.name, "kind": p.kind, "role": p.role, "inferred": p.inferred,
                 "telling": cell.tellings[0], "actor": behind.get(seen_as) if seen_as else None,
                 "evidence": rows.compact([(e.layer, e.start, e.end) for e in p.evidence]),
                 "folded": " | ".join(sorted({fold(name) for name in (p.name, *cell.names)}))}
            )  # fmt: skip
        out[t.event_cell] += [
            {"event": number, "n": n, "cell": cell.cell, "value": cell.value, "chosen": cell.chosen,
             "tellings": rows.compact(cell.tellings), "names": rows.compact(cell.names)}
            for n, cell in enumerate(event.cells)
        ]  # fmt: skip

    # --- documents ----------------------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How much the record holds of each kind; of people, bodies, events and offices as of the last merge."""
        of: dict[str, Any] = {
            "documents": select(func.count()).select_from(t.document),
            "posts": select(func.count()).select_from(t.post),
            "layers": select(func.count()).select_from(t.layer),
            "people": select(func.count()).select_from(t.actor).where(t.actor.c.kind == "person"),
            "organisations": select(func.count()).select_from(t.actor).where(t.actor.c.kind == "organisation"),
            "offices": select(func.count()).select_from(t.office),
            "events": select(func.count()).select_from(t.event),
            "claims": select(func.count()).select_from(t.claim),
            "statements": select(func.count()).select_from(t.statement),
            "sources": select(func.count()).select_from(t.source),
            "amounts": select(func.count()).select_from(t.amount).where(t.amount.c.claim.is_(None)),
            "failures": select(func.count()).select_from(t.failure),
        }
        with self._reading() as conn:
            return {name: int(conn.execute(query).scalar_one()) for name, query in of.items()}

    def document_ids(self) -> list[str]:
        """The ids of all documents, sorted."""
        with self._reading() as conn:
            return list(conn.execute(select(t.document.c.id).order_by(t.document.c.id)).scalars())

    def extraction(self, document_id: str) -> Extraction:
        """Everything that one document yielded, exactly as it was saved; NotFound if there is no such document."""
        with self._reading() as conn:
            for made in self._extractions(conn, [document_id]):
                return made
        raise NotFound(f"the record has no document {document_id}; list them with: onrecord search WORDS")

    def extractions(self) -> Iterator[Extraction]:
        """Everything that every document yielded, in the order of their ids."""
        ids = self.document_ids()
        for start in range(0, len(ids), 50):
            with self._reading() as conn:
                made = list(self._extractions(conn, ids[start : start + 50]))
            yield from made

    def _extractions(self, conn: Connection, ids: Sequence[str]) -> Iterator[Extraction]:
        own = conn.execute(
            select(t.document).where(t.document.c.id.in_([t.fit(id_) for id_ in ids])).order_by(t.document.c.id)
        ).all()
        if not own:
            return
        numbers = [row.number for row in own]
        p = t.post.c
        order = conn.execute(
            select(p.document, p.number).where(p.document.in_(numbers)).order_by(p.document, p.n)
        ).all()
        posts = _rows(conn, [row.number for row in order], (t.layer, t.statement, *t.OF_POST))
        of: dict[int, list[rows.PostRows]] = defaultdict(list)
        for row in order:
            of[row.document].append(posts[row.number])
        for row in own:
            yield rows.extraction(row, of[row.number])

    def versions(self, url: str) -> list[str]:
        """The ids of the documents read from this address, the oldest first: by when they were fetched or published."""
        d = t.document.c
        when = func.coalesce(d.fetched, d.published, "")
        with self._reading() as conn:
            return list(conn.execute(select(d.id).where(d.url == url).order_by(when, d.id)).scalars())

    def failures(self) -> list[Failure]:
        """Inputs that could not be read, sorted by where they came from."""
        f = t.failure.c
        with self._reading() as conn:
            return sorted(
                (Failure(row.origin, row.reason) for row in conn.execute(select(f.origin, f.reason))),
                key=lambda failure: (failure.origin, failure.reason),
            )

    # --- events and actors --------------------------------------------------------------------------------------------

    def events(
        self,
        *,
        who: str | None = None,
        with_: str | None = None,
        type: str | None = None,
        mode: str | None = None,
        since: str | None = None,
        until: str | None = None,
        country: str | None = None,
        min_sources: int = 1,
    ) -> list[Event]:
        """Events, newest first, with all their tellings.

        `who` and `with_` are words of names of two different participants, without regard to accents and capitals.
        `since` and `until` are ISO 8601 prefixes, both included; an event known only by month or year is included if
        it may lie between. `country` is an alpha-3 code, `min_sources` the least number of independent tellings.
        """
        e = t.event.c
        query = select(e.number).order_by(*_NEWEST)
        one, two = t.event_participant.alias(), t.event_participant.alias()
        named = [(alias, fold(name).split()) for alias, name in ((one, who), (two, with_)) if name]
        tests = []
        for alias, words in named:
            tests.append(alias.c.event == e.number)
            tests += [(" " + alias.c.folded + " ").contains(f" {word} ", autoescape=True) for word in words]
        if len(named) == 2:
            tests.append(one.c.n != two.c.n)
        if tests:
            query = query.where(exists().where(and_(*tests)))
        if type:
            query = query.where(e.type == t.fit(type.upper()))
        if mode:
            query = query.where(e.mode == t.fit(mode.lower()))
        if country:
            query = query.where(e.country == country.upper())
        if since:
            query = query.where(e.date.not_like("--%"), e.date + "-99" >= since)
        if until:
            query = query.where(e.date.not_like("--%"), e.date <= until + "-99")
        if min_sources > 1:
            query = query.where(e.independent >= min_sources)
        with self._reading() as conn:
            return self._events(conn, list(conn.execute(query).scalars()))

    def event(self, id_: str) -> Event:
        """The event with this id, or the only one whose id begins so. NotFound if there is none or more than one."""
        with self._reading() as conn:
            return self._events(conn, [self._number(conn, t.event, t.event.c.title, "event", id_)])[0]

    def events_of(self, actor_id: str) -> list[Event]:
        """The events in which an actor takes part, newest first."""
        e, ep = t.event.c, t.event_participant.c
        with self._reading() as conn:
            number = self._number(conn, t.actor, t.actor.c.name, "person or body", actor_id)
            numbers = conn.execute(
                select(e.number).where(exists().where(ep.event == e.number, ep.actor == number)).order_by(e.number)
            ).scalars()
            return self._events(conn, list(numbers))

    def _number(self, conn: Connection, table: Table, name: Any, what: str, id_: str) -> int:
        """The number of the row whose id is, or alone begins with, `id_`."""
        c = table.c
        asked = t.fit(id_.strip().lower())
        found: Sequence[Any] = []
        if asked:
            found = conn.execute(
                select(c.number, c.id, name.label("name"))
                .where(c.id.startswith(asked, autoescape=True))
                .order_by(c.id)
                .limit(6)
            ).all()
        exact = [row for row in found if row.id == asked]
        if len(exact) == 1 or len(found) == 1:
            return int((exact or found)[0].number)
        if not found:
            raise NotFound(f"the record has no {what} {id_!r}; `onrecord events` and `onrecord people` list the ids")
        listed = "".join(f"\n  {row.id}  {row.name}" for row in found[:5])
        more = "\n  …" if len(found) > 5 else ""
        raise NotFound(f"{id_!r} begins more than one id; give more of it:{listed}{more}")

    def _events(self, conn: Connection, numbers: Sequence[int]) -> list[Event]:
        out: list[Event] = []
        for start in range(0, len(numbers), _MANY):
            part = numbers[start : start + _MANY]
            made = self._some_events(conn, part)
            out += [made[number] for number in part]
        return out

    def _some_events(self, conn: Connection, numbers: Sequence[int]) -> dict[int, Event]:
        def grouped(table: Table) -> dict[int, list[Any]]:
            of: dict[int, list[Any]] = defaultdict(list)
            for row in conn.execute(select(table).where(table.c.event.in_(numbers)).order_by(table.c.event, table.c.n)):
                of[row.event].append(row)
            return of

        told, taking_part, cells = grouped(t.telling), grouped(t.event_participant), grouped(t.event_cell)
        posts = sorted({row.post for own in told.values() for row in own})
        ids: dict[int, tuple[str, int]] = {}
        for start in range(0, len(posts), _MANY):
            p, d = t.post.c, t.document.c
            for row in conn.execute(
                select(p.number, p.n, d.id)
                .join_from(t.post, t.document, p.document == d.number)
                .where(p.number.in_(posts[start : start + _MANY]))
            ):
                ids[row.number] = (row.id, row.n)
        of_posts = _rows(conn, posts, (t.layer, t.claim, t.participant, t.amount, t.evidence), _MERGED_EVIDENCE)
        claims: dict[int, tuple[Claim, ...]] = {number: post.claims() for number, post in of_posts.items()}
        texts = {
            (number, r.n): r.text if r.exact is None else r.exact
            for number, post in of_posts.items()
            for r in post.of[t.layer]
        }
        claim_ids = {(number, r.n): r.id for number, post in of_posts.items() for r in post.of[t.claim]}
        made: dict[int, Event] = {}
        for row in conn.execute(select(t.event).where(t.event.c.number.in_(numbers))):
            tellings_ = []
            for r in told[row.number]:
                claim = claims[r.post][r.claim]
                quote = claim.quote
                document_id, post = ids[r.post]
                tellings_.append(
                    Telling(
                        claim_ids[r.post, r.claim],
                        document_id,
                        post,
                        quote.layer,
                        claim,
                        tuple(json.loads(r.chain)),
                        texts[r.post, quote.layer][quote.start : quote.end],
                        r.reported,
                        r.origin,
                    )
                )
            made[row.number] = Event(
                row.id,
                row.type,
                row.mode,
                tuple(
                    Participant(
                        r.name, r.kind, r.role, tuple(Evidence(*place) for place in json.loads(r.evidence)), r.inferred
                    )
                    for r in taking_part[row.number]
                ),
                row.date,
                row.place,
                row.country,
                row.status,
                row.focus,
                tuple(tellings_),
                row.independent,
                tuple(
                    Variant(r.cell, r.value, tuple(json.loads(r.tellings)), r.chosen, tuple(json.loads(r.names)))
                    for r in cells[row.number]
                ),
            )
        return made

    def people(self) -> list[Actor]:
        """All persons, by name."""
        with self._reading() as conn:
            a = t.actor.c
            numbers = conn.execute(select(a.number).where(a.kind == "person")).scalars().all()
            return sorted(self._actors(conn, numbers), key=lambda actor: (fold(actor.name), actor.id))

    def actor(self, id_: str) -> Actor:
        """The person, body or country with this id, or the only one whose id begins so; else NotFound."""
        with self._reading() as conn:
            return self._actors(conn, [self._number(conn, t.actor, t.actor.c.name, "person or body", id_)])[0]

    def _actors(self, conn: Connection, numbers: Sequence[int]) -> list[Actor]:
        out = []
        for start in range(0, len(numbers), _MANY):
            part = numbers[start : start + _MANY]
            attested: dict[int, list[tuple[str, int, Evidence]]] = defaultdict(list)
            o, s, p, d = t.office.c, t.attestation.c, t.post.c, t.document.c
            for row in conn.execute(
                select(s.office, d.id, p.n, s.layer, s.start_char, s.end_char)
                .select_from(t.attestation)
                .join(t.office, s.office == o.number)
                .join(t.post, s.post == p.number)
                .join(t.document, p.document == d.number)
                .where(o.actor.in_(part))
                .order_by(s.office, s.n)
            ):
                attested[row.office].append((row.id, row.n, Evidence(row.layer, row.start_char, row.end_char)))
            offices: dict[int, list[Office]] = defaultdict(list)
            for row in conn.execute(select(t.office).where(o.actor.in_(part)).order_by(o.actor, o.n)):
                offices[row.actor].append(
                    Office(row.title, row.org, row.country, row.first, row.last, tuple(attested[row.number]))
                )
            for row in conn.execute(select(t.actor).where(t.actor.c.number.in_(part)).order_by(t.actor.c.id)):
                out.append(
                    Actor(
                        row.id, row.kind, row.name, tuple(json.loads(row.names)), row.country,
                        tuple(offices[row.number]),
                    )
                )  # fmt: skip
        return out

    def search(self, words: str, *, limit: int = 50) -> list[Hit]:
        """Events, statements and layers that hold all of `words`, best first; `words` are looked for as they are."""
        with self._reading() as conn:
            return search.find(conn, words, limit) if self._searchable else []

    # --- the whole ----------------------------------------------------------------------------------------------------

    def dump(self) -> Iterator[str]:
        """The whole record as lines of JSON in a fixed order, without the times of the run.

        Two records of the same inputs give the same lines, whatever the order of arrival.
        """
        for extraction in self.extractions():
            yield _line("document", extraction.document.id, extraction.document)
            for post, reading in zip(extraction.posts, extraction.readings, strict=True):
                yield _line("post", extraction.document.id, [post, reading])
        for failure in self.failures():
            yield _line("failure", failure.id, failure)
        with self._reading() as conn:
            numbers = conn.execute(select(t.event.c.number).order_by(t.event.c.id)).scalars().all()
            for start in range(0, len(numbers), _MANY):
                for event in self._events(conn, numbers[start : start + _MANY]):
                    yield _line("event", event.id, event)
            actors_ = conn.execute(select(t.actor.c.number).order_by(t.actor.c.id)).scalars().all()
            for start in range(0, len(actors_), _MANY):
                for actor in self._actors(conn, actors_[start : start + _MANY]):
                    yield _line("actor", actor.id, actor)

    # --- connections --------------------------------------------------------------------------------------------------

    @property
    def _searchable(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._explained(), self._engine.connect() as conn:
            yield conn

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A connection in a transaction that nobody else can write beside; rolled back whole if anything fails."""
        with self._explained(), self._engine.connect().execution_options(onrecord_write=True) as conn, conn.begin():
            yield conn

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns the database's errors into ours, with what to do."""
        try:
            yield
        except (sqlalchemy_errors.IntegrityError, sqlalchemy_errors.ProgrammingError):
            raise  # a mistake of ours, not of the record: it must be seen
        except sqlalchemy_errors.DBAPIError as error:
            raise self._explain(error) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise self._full() from error
            raise

    def _explain(self, error: sqlalchemy_errors.DBAPIError) -> RecordError:
        code = getattr(error.orig, "sqlite_errorcode", None)
        text = str(error.orig)
        first = code & 0xFF if isinstance(code, int) else None
        if first in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or "is locked" in text:
            return RecordLocked(
                f"{self._where} is locked: another onrecord is writing to it; wait for it to end, or choose another "
                "record with --record"
            )
        if first == sqlite3.SQLITE_FULL or "is full" in text or (first == sqlite3.SQLITE_IOERR and self._no_space()):
            return self._full()
        if first in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT) or "not a database" in text:
            return RecordError(f"{self._where} is not a record, nor any SQLite database; choose another file")
        if first == sqlite3.SQLITE_CORRUPT:
            return RecordError(f"{self._where} is damaged ({text}); restore a copy, or add its sources to a new record")
        if first in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return RecordError(f"{self._where} cannot be opened for writing ({text}); check its folder and its rights")
        return RecordError(f"{self._where}: {text}")

    def _full(self) -> RecordFull:
        return RecordFull(
            f"no space is left for {self._where}; nothing of the last document was kept. Free some space and run the "
            "same command again: it goes on where it stopped"
        )

    def _no_space(self) -> bool:
        with contextlib.suppress(OSError):
            return shutil.disk_usage(Path(self._where).parent).free < 1 << 20
        return False


def _rows(
    conn: Connection, numbers: Sequence[int], of: Iterable[Table], evidence: Sequence[str] = ()
) -> dict[int, rows.PostRows]:
    """The rows of the posts with these numbers: their own, and those of the tables `of`.

    With `evidence`, only the words for rows and cells of these names.
    """
    made = {number: rows.PostRows() for number in numbers}
    for start in range(0, len(numbers), _MANY):
        part = numbers[start : start + _MANY]
        for row in conn.execute(select(t.post).where(t.post.c.number.in_(part))).all():
            made[row.number].of[t.post].append(row)
        for table in of:
            order = (*table.primary_key, table.c.n) if table is t.evidence else (table.c.post, table.c.n)
            query = select(table).where(table.c.post.in_(part)).order_by(*order)
            if evidence and table is t.evidence:
                query = query.where(table.c.of.in_(evidence))
            for row in conn.execute(query).all():
                made[row.post].of[table].append(row)
    return made


@dataclasses.dataclass(slots=True)
class _Source:
    """A post as merging needs it: its tellings, and under which name, state and kind everybody is seen in it."""

    tellings: list[Telling]
    claims: dict[str, int]
    sightings: dict[str, Sighting]
    sketches: list[str]

    def seen_as(self, names: Iterable[str]) -> tuple[str, str, str | None] | None:
        for name in sorted(names):
            if s := self.sightings.get(name):
                return s.kind, s.name, s.country
        return None

    def side_of(self, name: str) -> Side:
        s = self.sightings.get(name)
        return Side(s.country, tuple(role.org for role in s.roles if role.org)) if s else _NOBODY


_NOBODY = Side()


class _Sources:
    """The posts of a record, read twice by a merge: once in order, then again a few at a time."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        d, p = t.document.c, t.post.c
        self._order = conn.execute(
            select(p.number, p.n, d.id, d.name, d.url, d.publisher, d.published)
            .join_from(t.post, t.document, p.document == d.number)
            .order_by(d.id, p.n)
        ).all()
        self._at = array("L")  # place of its post in the order, for every telling
        self._claims = array("L")  # its place among the claims of that post
        self._cache: dict[int, _Source] = {}
        self.numbers = {(row.id, row.n): row.number for row in self._order}
        self._places = {(row.id, row.n): at for at, row in enumerate(self._order)}
        self._current: _Source | None = None

    def _read(self, places: Sequence[int]) -> Iterator[tuple[int, _Source]]:
        for start in range(0, len(places), _POSTS):
            part = places[start : start + _POSTS]
            found = _rows(self._conn, [self._order[at].number for at in part], _MERGED, _MERGED_EVIDENCE)
            for at in part:
                yield at, self._source(self._order[at], found.pop(self._order[at].number))

    def _source(self, row: Any, found: rows.PostRows) -> _Source:
        post, reading = found.post(), found.reading()
        reported = day_of(post, reading, row.published)
        page = page_name(row.name, row.url, row.publisher)
        told = tellings(post, reading, document_id=row.id, page=page, reported=reported)
        return _Source(
            told,
            {telling.claim_id: n for n, telling in enumerate(told)},
            {s.name: s for s in reversed(sightings(post, reading, document_id=row.id, reported=reported))},
            [r.sketch for r in found.of[t.layer]],
        )

    def tellings(self, seen: list[Sighting]) -> Iterator[Telling]:
        """All tellings in the order of documents and posts; puts everybody named into `seen` on the way."""
        for at, source in self._read(range(len(self._order))):
            seen += source.sightings.values()
            self._current = source
            for n, telling in enumerate(source.tellings):
                self._at.append(at)
                self._claims.append(n)
                yield telling

    def side_of(self, document_id: str, post: int, name: str) -> Side:
        """For whom somebody acts, in the post whose tellings are being read or were read again."""
        source = self._cache.get(self._places[document_id, post], self._current)
        return _NOBODY if source is None else source.side_of(name)

    def read_again(self, own: Sequence[int]) -> list[Telling]:
        """The tellings with these places in the order."""
        missing = sorted({self._at[n] for n in own} - self._cache.keys())
        if missing:
            if len(self._cache) + len(missing) > 10 * _POSTS:
                needed = {self._at[n] for n in own}
                self._cache = {at: source for at, source in self._cache.items() if at in needed}
            self._cache.update(self._read(missing if len(missing) > 1 else self._following(missing[0])))
        return [self._cache[self._at[n]].tellings[self._claims[n]] for n in own]

    def _following(self, at: int) -> list[int]:
        """A post and those after it, which will be asked for next."""
        return [n for n in range(at, min(at + _POSTS, len(self._order))) if n not in self._cache]

    def _of(self, telling: Telling) -> _Source:
        return self._cache[self._places[telling.document_id, telling.post]]

    def place(self, telling: Telling) -> tuple[int, int]:
        """The number of a telling's post, and its claim's place in it."""
        return self.numbers[telling.document_id, telling.post], self._of(telling).claims[telling.claim_id]

    def seen_as(self, telling: Telling, names: set[str]) -> tuple[str, str, str | None] | None:
        """As what somebody with one of these names was seen in the post of a telling."""
        return self._of(telling).seen_as(names)

    def sketches(self, told: Sequence[Telling]) -> dict[tuple[str, int, int], Sequence[int]]:
        """The sketches of the layers of tellings, if there is more than one source to compare."""
        if len({telling.origin for telling in told}) < 2:
            return {}
        return {(x.document_id, x.post, x.layer): json.loads(self._of(x).sketches[x.layer]) for x in told}


def _line(kind: str, id_: str, value: object) -> str:
    return json.dumps([kind, id_, value], default=_fields, sort_keys=True, separators=(",", ":"))


def _fields(value: Any) -> dict[str, object]:
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}


def _searched(layers: Sequence[rows.Row], statements: Sequence[rows.Row]) -> dict[search.Kind, list[search.Indexed]]:
    """The words of layers and statements as they are indexed: those that the views show."""
    texts = {(row["post"], row["n"]): row["text"] for row in layers}
    return {
        "layer": [(row["number"], t.fit(row["voice"]), row["text"]) for row in layers],
        "statement": [
            (
                row["number"],
                t.fit(row["speaker"]),
                texts[row["post"], row["quote_layer"]][row["quote_start"] : row["quote_end"]],
            )
            for row in statements
        ],
    }


# Newest first; those without a year, then those without a date, last.
_NEWEST = (
    t.event.c.date.is_(None),
    t.event.c.date.like("--%"),
    t.event.c.date.desc(),
    t.event.c.focus.desc(),
    t.event.c.independent.desc(),
    t.event.c.id,
)


# The last numbers given, in one query.
_LAST = select(
    *(
        select(func.coalesce(func.max(table.c.number), 0)).scalar_subquery()
        for table in (t.document, t.post, t.layer, t.statement)
    )
)


def _insert(conn: Connection, table: Table, made: Sequence[rows.Row]) -> None:
    """Writes rows. For SQLite past SQLAlchemy's own handling of parameters, which took most of the time of a save."""
    if not made:
        return
    if conn.dialect.name != "sqlite":
        conn.execute(insert(table), made)
        return
    statement, names, texts = _insertion(table)
    conn.exec_driver_sql(
        statement,
        [
            tuple(t.fit(row[name]) if name in texts and row[name] is not None else row[name] for name in names)
            for row in made
        ],
    )


@functools.cache
def _insertion(table: Table) -> tuple[str, tuple[str, ...], frozenset[str]]:
    names = tuple(column.name for column in table.columns)
    listed = ", ".join(f'"{name}"' for name in names)
    texts = frozenset(column.name for column in table.columns if isinstance(column.type, t.Words))
    return f"INSERT INTO {table.name} ({listed}) VALUES ({', '.join('?' * len(names))})", names, texts


def _where_from(item: Any) -> tuple[str, str, str]:
    return item.origin, item.fetched or "", item.lang or ""


def _address(where: str | Path) -> tuple[URL, Path | None]:
    if isinstance(where, str) and "://" in where:
        url = make_url(where)
        if url.get_backend_name() != "sqlite":
            return url, None
        return url, Path(url.database) if url.database and url.database != ":memory:" else None
    path = Path(where)
    return URL.create("sqlite", database=str(path)), path


def _look(path: Path, create: bool) -> None:
    """Says clearly why there can be no record at `path`, before SQLite says it unclearly."""
    if path.is_dir():
        raise RecordError(f"{path} is a folder; give the path of a file, such as {path / 'record.db'}")
    if path.exists():
        with path.open("rb") as file:
            head = file.read(16)
        if head and head != b"SQLite format 3\x00":
            raise RecordError(f"{path} is not a record, nor any SQLite database; choose another file")
    elif not create:
        raise RecordError(f"there is no record at {path}; make one with: onrecord add SOURCE --record {path}")
    elif not path.absolute().parent.is_dir():
        raise RecordError(f"the folder {path.absolute().parent} does not exist; make it first")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url)
        except (ImportError, sqlalchemy_errors.ArgumentError) as error:
            raise RecordError(f"{url.render_as_string()} cannot be opened: {error}") from error
    engine = create_engine(url, connect_args={"timeout": _WAIT})

    @listen.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        # SQLAlchemy begins transactions itself (below): the driver would begin them late and leave DDL out.
        connection.isolation_level = None
        cursor = connection.cursor()
        for setting in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "temp_store = MEMORY"):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    @listen.listens_for(engine, "begin")
    def _begun(conn: Connection) -> None:
        write = conn.get_execution_options().get("onrecord_write")
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
