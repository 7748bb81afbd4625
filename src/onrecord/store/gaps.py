"""Owns what the record should hold and does not.

Invariant: every gap rests on something that the record holds: a post, an event, or the months of a publisher's pages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from sqlalchemy import Connection, select

from onrecord import lexicon
from onrecord.merge import outlet_key
from onrecord.model import Gap
from onrecord.store import tables as t

_OWN = ("editor", "headline", "caption")
_MONTH = re.compile(r"\d{4}-\d{2}")


def find(conn: Connection) -> list[Gap]:
    """All gaps: cut-off posts, reports announced but not there, events without a date, months without a page."""
    return [*_cut_off(conn), *_announced(conn), *_undated(conn), *_silent(conn)]


def _cut_off(conn: Connection) -> Iterator[Gap]:
    p, d = t.post.c, t.document.c
    for row in conn.execute(
        select(d.id, d.name, p.n, p.title, p.link)
        .join_from(t.post, t.document, d.number == p.document)
        .where(p.truncated)
        .order_by(d.name, d.id, p.n)
    ):
        yield Gap(
            "cut-off", row.title or row.name, "the page cuts the post off; add the whole post", row.id, row.n,
            link=row.link,
        )  # fmt: skip


@cache
def _announces() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in lexicon.words("en/gaps", "announced.patterns")), re.I)


def _announced(conn: Connection) -> Iterator[Gap]:
    p, d, layer, s = t.post.c, t.document.c, t.layer.c, t.source.c
    voices: dict[int, set[str]] = defaultdict(set)
    reports: set[int] = set()
    for post, kind, voice, publisher in conn.execute(select(layer.post, layer.kind, layer.voice, layer.publisher)):
        if kind not in _OWN:
            reports.add(post)
            voices[post].update(outlet_key(name) for name in (voice, publisher) if name)
    wanted: dict[int, dict[str, str]] = defaultdict(dict)
    for source in conn.execute(
        select(s.post, s.name)
        .join_from(t.source, t.layer, (layer.post == s.post) & (layer.n == s.layer))
        .where(s.relation == "republished", layer.kind == "editor")
        .order_by(s.post, s.n)
    ):
        words = set(outlet_key(source.name).split())
        if not any(words & set(voice.split()) for voice in voices[source.post]):
            wanted[source.post].setdefault(outlet_key(source.name), source.name)
    notes: dict[int, str] = {}
    for note in conn.execute(
        select(layer.post, layer.text).where(layer.kind == "editor").order_by(layer.post, layer.n)
    ):
        found = None if note.post in reports or note.post in notes else _announces().search(note.text)
        if found:
            notes[note.post] = " ".join(note.text[found.start() : found.end() + 60].split())
    for row in conn.execute(
        select(p.number, d.id, d.name, p.n, p.title, p.link, p.truncated)
        .join_from(t.post, t.document, d.number == p.document)
        .order_by(d.name, d.id, p.n)
    ):
        title = row.title or row.name
        # Of a post that announces nothing else, the names of those that it was taken from are no gap.
        names = sorted(wanted.get(row.number, {}).values()) if row.number in reports or row.number in notes else []
        why = "; the page cuts the post off" if row.truncated else ""
        if names:
            what = f"a report of {' and of '.join(names)} is announced and not there{why}"
        elif row.number in notes:
            what = f"a text is announced and not there{why}: “{notes[row.number]}”"
        else:
            continue
        yield Gap("announced", title, what, row.id, row.n, link=row.link)


def _undated(conn: Connection) -> Iterator[Gap]:
    e, w, p, d = t.event.c, t.telling.c, t.post.c, t.document.c
    for row in conn.execute(
        select(e.id, e.title, e.type, e.mode, e.date, d.id.label("document"), p.n)
        .select_from(t.event)
        .join(t.telling, (w.event == e.number) & (w.n == 0))
        .join(t.post, p.number == w.post)
        .join(t.document, d.number == p.document)
        .where(e.date.is_(None) | e.date.like("--%"), e.review != "rejected")
        .order_by(e.focus.desc(), e.id)
    ):
        lacks = "no telling gives its date" if row.date is None else f"no telling gives the year of {row.date}"
        yield Gap("no date", f"{row.type}: {row.title}", lacks, row.document, row.n, event_id=row.id)


def _silent(conn: Connection) -> Iterator[Gap]:
    d, p = t.document.c, t.post.c
    months: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for row in conn.execute(
        select(d.publisher, d.published, p.published.label("own"), p.date)
        .join_from(t.document, t.post, p.document == d.number)
        .where(d.publisher.is_not(None))
        .order_by(d.publisher, d.id)
    ):
        value = next((v for v in (row.own, row.published, row.date) if v and _MONTH.match(v)), None)
        if value:
            key = outlet_key(row.publisher)
            names.setdefault(key, row.publisher)
            months[key].add(value[:7])
    for key in sorted(months, key=lambda key: names[key]):
        for month in _between(min(months[key]), max(months[key])):
            if month not in months[key]:
                first, last = min(months[key]), max(months[key])
                what = f"no page of {names[key]} in {month}, though there are from {first} to {last}"
                yield Gap("silent month", names[key], what, month=month)


def _between(first: str, last: str) -> Iterator[str]:
    year, month = int(first[:4]), int(first[5:7])
    while (value := f"{year:04}-{month:02}") <= last:
        yield value
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
