"""Owns full-text search: what is indexed, and how a person's words become a query.

Invariant: words are data. Whatever is typed, quotation marks, `AND`, `*` or brackets, it is looked for, never obeyed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

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
        conn.exec_driver_sql(f"CREATE VIEW {kind}_searched AS {select}")
        conn.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {kind}_words USING fts5({', '.join(columns)}, content='{kind}_searched', "
            "content_rowid='number', tokenize='unicode61 remove_diacritics 2')"
        )
        conn.exec_driver_sql(f"INSERT INTO {kind}_words({kind}_words) VALUES('rebuild')")


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


def forget_all(conn: Connection, kind: Kind) -> None:
    """Empties the index of a kind."""
    conn.exec_driver_sql(f"INSERT INTO {kind}_words({kind}_words) VALUES('delete-all')")


def query(words: str) -> str:
    """`words` as an FTS5 query: all of them, each as typed. Empty if there is no letter or digit among them."""
    typed = [part for part in _UNTYPED.sub(" ", words).split() if any(c.isalnum() for c in part)]
    return " ".join(f'"{part[:200]}"' for part in typed[:_WORDS])


_FIND = {
    "event": """SELECT e.id, e.title, snippet(event_words, 2, '', '', ' … ', 24) AS snippet,
        d.id AS document_id, p.n AS post, l.n AS layer
        FROM event_words JOIN event e ON e.number = event_words.rowid
        LEFT JOIN telling t ON t.event = e.number AND t.n = 0
        LEFT JOIN claim c ON c.post = t.post AND c.n = t.claim
        LEFT JOIN layer l ON l.post = t.post AND l.n = c.quote_layer
        LEFT JOIN post p ON p.number = t.post LEFT JOIN document d ON d.number = p.document
        WHERE event_words MATCH ? ORDER BY bm25(event_words), e.id LIMIT ?""",
    "statement": """SELECT d.id || '#' || p.n || '/' || s.n AS id, s.speaker AS title,
        snippet(statement_words, 1, '', '', ' … ', 24) AS snippet, d.id AS document_id, p.n AS post,
        s.quote_layer AS layer
        FROM statement_words JOIN statement s ON s.number = statement_words.rowid
        JOIN post p ON p.number = s.post JOIN document d ON d.number = p.document
        WHERE statement_words MATCH ? ORDER BY bm25(statement_words), d.id, p.n, s.n LIMIT ?""",
    "layer": """SELECT d.id || '#' || p.n || '/' || l.n AS id, p.title AS title,
        snippet(layer_words, 1, '', '', ' … ', 24) AS snippet, d.id AS document_id, p.n AS post, l.n AS layer
        FROM layer_words JOIN layer l ON l.number = layer_words.rowid
        JOIN post p ON p.number = l.post JOIN document d ON d.number = p.document
        WHERE layer_words MATCH ? ORDER BY bm25(layer_words), d.id, p.n, l.n LIMIT ?""",
}


def find(conn: Connection, words: str, limit: int) -> list[Hit]:
    """Events, statements and layers that hold all of `words`, best first within each kind; each kind gets its share."""
    asked = query(words)
    if not asked or limit <= 0:
        return []
    found: dict[str, list[Hit]] = {}
    for kind in ("event", "statement", "layer"):
        rows = conn.exec_driver_sql(_FIND[kind], (asked, limit)).all()
        found[kind] = [
            Hit(kind, r.id, t.unfit(r.title or ""), t.unfit(r.snippet or ""), r.document_id, r.post, r.layer)
            for r in rows
        ]
    share, out = limit, dict.fromkeys(found, 0)
    while share and any(out[kind] < len(hits) for kind, hits in found.items()):
        for kind, hits in found.items():
            if share and out[kind] < len(hits):
                out[kind] += 1
                share -= 1
    return [hit for kind, hits in found.items() for hit in hits[: out[kind]]]
