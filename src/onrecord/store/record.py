"""Owns the open record: saving, merging, reading and searching it.

Invariant: every write is one transaction that either happens whole or not at all; nothing outside of this room sees a
number, a row or a connection.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import errno
import json
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, and_, create_engine, delete, exists, func, insert, select, update
from sqlalchemy import event as listen
from sqlalchemy import exc as sqlalchemy_errors
from sqlalchemy.engine import URL, make_url

from onrecord.errors import NotFound, RecordError, RecordFull, RecordLocked
from onrecord.merge import at_the_time, fold, lost
from onrecord.model import (
    Actor,
    Claim,
    Decision,
    Document,
    Event,
    Evidence,
    Extraction,
    Failure,
    Gap,
    Hit,
    Office,
    OfficeAt,
    Participant,
    Reuse,
    Telling,
    Variant,
)
from onrecord.store import gaps, merging, rows, schema, search
from onrecord.store import tables as t
from onrecord.store.sql import MANY, insert_rows, parts, posts_of

_CACHE = "cache_size = -65536"  # 64 MB: what merging finds by hashes lies all over a large file
_WAIT = 5.0  # seconds to wait for another writer before saying that the record is locked
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
                        if found is not None:  # what an older version merged is merged anew
                            merging.merge(conn, searchable=record._searchable, anew=True)
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
        insert_rows(conn, t.document, [rows.document_row(item, number, added)])
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
                insert_rows(conn, table, batch[table])
            if self._searchable:
                for kind, words in _searched(batch[t.layer], batch[t.statement]).items():
                    search.index(conn, kind, words)

    def _forget(self, conn: Connection, number: int) -> None:
        """Takes a document and all that was read from it out of the record."""
        merging.take_out(conn, list(conn.execute(select(t.post.c.number).where(t.post.c.document == number)).scalars()))
        if self._searchable:
            own = select(t.post.c.number).where(t.post.c.document == number)
            layers, statements = (
                [row._asdict() for row in conn.execute(select(table).where(table.c.post.in_(own))).all()]
                for table in (t.layer, t.statement)
            )
            for kind, words in _searched(layers, statements).items():
                search.forget(conn, kind, words)
        conn.execute(delete(t.document).where(t.document.c.number == number))

    def merge(self, *, anew: bool = False) -> None:
        """Brings events, actors, offices and shared text up to date with all that was saved and decided.

        All in one transaction. Doing it again changes nothing, and `anew`, which first forgets what was merged before,
        gives the same. Until it has run, `events`, `people` and search for events answer from before.
        """
        with self._writing() as conn:
            merging.merge(conn, searchable=self._searchable, anew=anew)

    def decide(self, decision: Decision) -> bool:
        """Appends what a reviewer ruled; true if it was not there before. The next merge replays it."""
        claims = {*decision.claims, *decision.others}
        with self._writing() as conn:
            if conn.execute(select(t.decision.c.id).where(t.decision.c.id == decision.id)).first():
                return False
            number = int(conn.execute(select(func.coalesce(func.max(t.decision.c.number), 0))).scalar_one()) + 1
            insert_rows(
                conn,
                t.decision,
                [{"number": number, "id": decision.id, "kind": decision.kind, "claims": rows.compact(decision.claims),
                  "others": rows.compact(decision.others), "cell": decision.cell, "value": decision.value,
                  "user": decision.user, "at": decision.at, "reason": decision.reason, "about": decision.about}],
            )  # fmt: skip
            for part in parts(claims):
                posts = select(t.claim.c.post).where(t.claim.c.id.in_(part))
                conn.execute(update(t.post).where(t.post.c.number.in_(posts)).values(merged=False))
        return True

    def decisions(self) -> list[Decision]:
        """All decisions, oldest first."""
        with self._reading() as conn:
            return [merging.decision_of(row) for row in conn.execute(select(t.decision).order_by(t.decision.c.number))]

    def lost(self) -> list[Decision]:
        """The decisions whose target is gone: none of the claims that they were about is in the record any more."""
        made = self.decisions()
        left: set[str] = set()
        with self._reading() as conn:
            for part in parts({claim for decision in made for claim in (*decision.claims, *decision.others)}):
                left.update(conn.execute(select(t.claim.c.id).where(t.claim.c.id.in_(part))).scalars())
        return lost(made, left)

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
        posts = posts_of(conn, [row.number for row in order], (t.layer, t.statement, *t.OF_POST))
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
        rejected: bool = False,
    ) -> list[Event]:
        """Events, newest first, with all their tellings; those that a reviewer rejected only if `rejected` is true.

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
        if not rejected:
            query = query.where(e.review != "rejected")
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
                select(e.number)
                .where(exists().where(ep.event == e.number, ep.naming == t.naming.c.number, t.naming.c.actor == number))
                .order_by(*_NEWEST)
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
        for start in range(0, len(numbers), MANY):
            part = numbers[start : start + MANY]
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
        for start in range(0, len(posts), MANY):
            p, d = t.post.c, t.document.c
            for row in conn.execute(
                select(p.number, p.n, d.id)
                .join_from(t.post, t.document, p.document == d.number)
                .where(p.number.in_(posts[start : start + MANY]))
            ):
                ids[row.number] = (row.id, row.n)
        of_posts = posts_of(conn, posts, (t.layer, t.claim, t.participant, t.amount, t.evidence), _MERGED_EVIDENCE)
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
                        r.source,
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
                    Variant(
                        r.cell, r.value, tuple(json.loads(r.tellings)), r.chosen, tuple(json.loads(r.names)), r.ruled
                    )
                    for r in cells[row.number]
                ),
                row.review,
            )
        return made

    def offices_at(self, event: Event) -> tuple[tuple[OfficeAt, ...], ...]:
        """For each participant of an event, the offices that sources attest at its time; see `OfficeAt`."""
        e, ep, g, o, s = t.event.c, t.event_participant.c, t.naming.c, t.office.c, t.attestation.c
        stated: dict[int, list[OfficeAt]] = defaultdict(list)
        with self._reading() as conn:
            for row in conn.execute(
                select(ep.n, o.title, o.org, o.country, s.reported, t.document.c.id, t.post.c.n.label("of"), s.layer,
                       s.start_char, s.end_char)
                .select_from(t.event)
                .join(t.event_participant, ep.event == e.number)
                .join(t.naming, g.number == ep.naming)
                .join(t.office, o.actor == g.actor)
                .join(t.attestation, s.office == o.number)
                .join(t.post, t.post.c.number == s.post)
                .join(t.document, t.document.c.number == t.post.c.document)
                .where(e.id == event.id)
            ):  # fmt: skip
                stated[row.n].append(
                    OfficeAt(row.title, row.org, row.country, row.reported, row.id, row.of,
                             Evidence(row.layer, row.start_char, row.end_char))
                )  # fmt: skip
        return tuple(at_the_time(stated[n], event) for n in range(len(event.participants)))

    def gaps(self) -> list[Gap]:
        """What the record should hold and does not; see `Gap`."""
        with self._reading() as conn:
            return gaps.find(conn)

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
        for start in range(0, len(numbers), MANY):
            part = numbers[start : start + MANY]
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

    def shared(self, documents: Collection[str] | None = None) -> list[Reuse]:
        """Which layers share text, of the whole record or of these documents with each other, in order."""
        p, d = t.post.c, t.document.c
        with self._reading() as conn:
            if documents is not None:
                posts: list[int] = []
                for part in parts([t.fit(id_) for id_ in documents]):
                    query = select(p.number).join_from(t.post, t.document, d.number == p.document).where(d.id.in_(part))
                    posts += conn.execute(query).scalars()
                return merging.shared_within(conn, posts)
            one, two = t.layer.alias(), t.layer.alias()
            post_1, post_2, doc_1, doc_2 = t.post.alias(), t.post.alias(), t.document.alias(), t.document.alias()
            found = conn.execute(
                select(
                    t.reuse, doc_1.c.id.label("d1"), post_1.c.n.label("p1"), one.c.n.label("l1"),
                    doc_2.c.id.label("d2"), post_2.c.n.label("p2"), two.c.n.label("l2"),
                )
                .select_from(t.reuse)
                .join(one, one.c.number == t.reuse.c.first)
                .join(two, two.c.number == t.reuse.c.second)
                .join(post_1, post_1.c.number == one.c.post)
                .join(post_2, post_2.c.number == two.c.post)
                .join(doc_1, doc_1.c.number == post_1.c.document)
                .join(doc_2, doc_2.c.number == post_2.c.document)
            )  # fmt: skip
            made = [merging.reuse_of(row, (row.d1, row.p1, row.l1), (row.d2, row.p2, row.l2)) for row in found]
        return sorted(made, key=lambda shared: (shared.first, shared.second))

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
        for decision in self.decisions():
            yield _line("decision", decision.id, decision)
        for shared in self.shared():
            yield _line("reuse", "", shared)
        with self._reading() as conn:
            numbers = conn.execute(select(t.event.c.number).order_by(t.event.c.id)).scalars().all()
            for start in range(0, len(numbers), MANY):
                for event in self._events(conn, numbers[start : start + MANY]):
                    yield _line("event", event.id, event)
            actors_ = conn.execute(select(t.actor.c.number).order_by(t.actor.c.id)).scalars().all()
            for start in range(0, len(actors_), MANY):
                for actor in self._actors(conn, actors_[start : start + MANY]):
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
        for setting in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            _CACHE,
        ):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    @listen.listens_for(engine, "begin")
    def _begun(conn: Connection) -> None:
        write = conn.get_execution_options().get("onrecord_write")
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
