"""Owns full-text search: what is indexed, and how a person's words become a query.

Invariant: words are data. Whatever is typed, quotation marks, `AND`, `*` or brackets, it is looked for, never obeyed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any, Literal

from sqlalchemy import Connection

from onrecord.model import Hit
from onrecord.store import tables as t

_UNTYPED = re.compile(r'[\x00-\x1f"\ud800-\udfff\ufdd0]')
_WORDS = 64  # more words than anybody types; each costs a look into the index

Kind = Literal["layer", "statement", "event"]


def drop(conn: Connection) -> None:
    """Takes the index away, so that the tables under it can change."""
    for kind in t.SEARCHED:
        conn.exec_driver_sql(f"DROP TABLE IF EXISTS {kind}_words")
        conn.exec_driver_sql(f"DROP VIEW IF EXISTS {kind}_searched")


def create(conn: Connection) -> None:
    """Makes the index over everything stored."""
    for kind, (columns, select) in t.SEARCHED.items():
        listed = ", ".join(columns)
        conn.exec_driver_sql(f"CREATE VIEW {kind}_searched AS {select}")
        # Events are made and forgotten again and again, so that their words are kept in the index itself.
        content = "" if kind == "event" else f"content='{kind}_searched', content_rowid='number', "
        conn.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {kind}_words USING fts5({listed}, {content}tokenize='unicode61 remove_diacritics 2')"
        )
        if content:
            conn.exec_driver_sql(f"INSERT INTO {kind}_words({kind}_words) VALUES('rebuild')")
        else:
            conn.exec_driver_sql(
                f"INSERT INTO {kind}_words(rowid, {listed}) SELECT number, {listed} FROM {kind}_searched"
            )


# The words of a row, as they are indexed: its number, and the text of each column.
Indexed = tuple[int | str | None, ...]


def index(conn: Connection, kind: Kind, made: Sequence[Indexed]) -> None:
    """Indexes rows that are being written. Their words come from the caller: to cut each out of its layer in SQL would
    take time that grows with the square of a page's length."""
    columns = t.SEARCHED[kind][0]
    if made:
        conn.exec_driver_sql(
            f"INSERT INTO {kind}_words(rowid, {', '.join(columns)}) VALUES ({', '.join('?' * (len(columns) + 1))})",
            list(made),
        )


def forget(conn: Connection, kind: Kind, made: Sequence[Indexed]) -> None:
    """Takes rows out of the index; their words must be those that were indexed."""
    columns = t.SEARCHED[kind][0]
    if made:
        conn.exec_driver_sql(
            f"INSERT INTO {kind}_words({kind}_words, rowid, {', '.join(columns)}) "
            f"VALUES ('delete', {', '.join('?' * (len(columns) + 1))})",
            list(made),
        )


def forget_events(conn: Connection, numbers: Collection[int]) -> None:
    """Takes events out of the index."""
    if numbers:
        conn.exec_driver_sql("DELETE FROM event_words WHERE rowid = ?", [(number,) for number in sorted(numbers)])


def forget_all(conn: Connection, kind: Literal["event"]) -> None:
    """Empties the index of events."""
    conn.exec_driver_sql(f"DELETE FROM {kind}_words")


def query(words: str) -> str:
    """`words` as an FTS5 query: all of them, each as typed. Empty if there is no letter or digit among them."""
    typed = [part for part in _UNTYPED.sub(" ", words).split() if any(c.isalnum() for c in part)]
    return " ".join(f'"{part[:200]}"' for part in typed[:_WORDS])


# Which rows match, best first. Snippets come after: to cut them for every match would read every text.
_MATCHES = {
    "event": """SELECT e.number, e.id, e.title, d.id AS document_id, p.n AS post, c.quote_layer AS layer
        FROM event_words JOIN event e ON e.number = event_words.rowid
        LEFT JOIN telling w ON w.event = e.number AND w.n = 0
        LEFT JOIN claim c ON c.post = w.post AND c.n = w.claim
        LEFT JOIN post p ON p.number = w.post LEFT JOIN document d ON d.number = p.document
        WHERE event_words MATCH ? ORDER BY bm25(event_words), e.id LIMIT ?""",
    "statement": """SELECT s.number, d.id || '#' || p.n || '/' || s.n AS id, s.speaker AS title, d.id AS document_id,
        p.n AS post, s.quote_layer AS layer
        FROM statement_words JOIN statement s ON s.number = statement_words.rowid
        JOIN post p ON p.number = s.post JOIN document d ON d.number = p.document
        WHERE statement_words MATCH ? ORDER BY bm25(statement_words), d.id, p.n, s.n LIMIT ?""",
    "layer": """SELECT l.number, d.id || '#' || p.n || '/' || l.n AS id, p.title AS title, d.id AS document_id,
        p.n AS post, l.n AS layer
        FROM layer_words JOIN layer l ON l.number = layer_words.rowid
        JOIN post p ON p.number = l.post JOIN document d ON d.number = p.document
        WHERE layer_words MATCH ? ORDER BY bm25(layer_words), d.id, p.n, l.n LIMIT ?""",
}
_SHOWN = {"event": "quote", "statement": "quote", "layer": "text"}  # what a snippet is cut from
_LONG = 200_000  # characters of a text among which the words of a snippet are looked for
_WIDE = 24  # words of a snippet


def find(conn: Connection, words: str, limit: int) -> list[Hit]:
    """Events, statements and layers that hold all of `words`, best first within each kind; each kind gets its share."""
    asked = query(words)
    if not asked or limit <= 0:
        return []
    found = {kind: conn.exec_driver_sql(sql, (asked, limit)).all() for kind, sql in _MATCHES.items()}
    left, share = limit, dict.fromkeys(found, 0)
    while left and any(share[kind] < len(rows) for kind, rows in found.items()):
        for kind, rows in found.items():
            if left and share[kind] < len(rows):
                share[kind] += 1
                left -= 1
    return [hit for kind in _KINDS for hit in _hits(conn, kind, asked, found[kind][: share[kind]])]


_KINDS: tuple[Kind, ...] = ("event", "statement", "layer")


def _hits(conn: Connection, kind: Kind, asked: str, rows: Sequence[Any]) -> list[Hit]:
    cut = f"SELECT substr({_SHOWN[kind]}, 1, {_LONG}) FROM {kind}_searched WHERE number = ?"
    out = []
    for row in rows:
        text = conn.exec_driver_sql(cut, (row.number,)).scalar() or ""
        shown = _snippet(t.unfit(text), asked)
        out.append(Hit(kind, row.id, t.unfit(row.title or ""), shown, row.document_id, row.post, row.layer))
    return out


class _Plain(dict[int, str]):
    """Every character without accents and capitals, one for one, so that places do not shift."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        self[code] = plain if len(plain) == 1 else chr(code)
        return self[code]


_PLAIN = _Plain()


def _snippet(text: str, asked: str) -> str:
    """The words of `text` around the first that was asked for. (FTS5 has a function for this, but its time grows with
    the square of the number of matches in a text.)"""
    plain = text.translate(_PLAIN)
    words = sorted(re.findall(r"\w+", asked.translate(_PLAIN)), key=len, reverse=True)
    at = next((m.start() for word in words if (m := re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain))), 0)
    start = at
    for _ in range(_WIDE // 3):
        before = text.rfind(" ", 0, max(start - 1, 0)) + 1
        start = before if start - before < 80 else start
    shown = re.split(r"\s+", text[start : start + 40 * _WIDE].strip())
    end = " …" if len(shown) > _WIDE or start + 40 * _WIDE < len(text) else ""
    return ("… " if start else "") + " ".join(shown[:_WIDE]) + end
