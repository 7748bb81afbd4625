"""Owns the ways in which many rows are written and read at once.

Invariant: rows are written and read in parts that every database takes, so that memory does not grow with their number.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from onrecord.store import rows
from onrecord.store import tables as t

MANY = 500  # ids in one query: below the limit of every database


def parts(numbers: Collection[Any], size: int = MANY) -> Iterator[list[Any]]:
    """`numbers` in order, a part at a time."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def delete_rows(conn: Connection, column: Any, values: Collection[Any]) -> None:
    """Deletes the rows of a table whose `column` has one of these values."""
    for part in parts(values):
        conn.execute(delete(column.table).where(column.in_(part)))


def posts_of(
    conn: Connection, numbers: Sequence[int], of: Iterable[Table], evidence: Sequence[str] = ()
) -> dict[int, rows.PostRows]:
    """The rows of the posts with these numbers: their own, and those of the tables `of`.

    With `evidence`, only the words for rows and cells of these names.
    """
    made = {number: rows.PostRows() for number in numbers}
    for start in range(0, len(numbers), MANY):
        part = numbers[start : start + MANY]
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


def insert_rows(conn: Connection, table: Table, made: Sequence[rows.Row]) -> None:
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


def insert_numbers(conn: Connection, table: Table, made: Sequence[tuple[int, ...]]) -> None:
    """Writes rows of whole numbers, each with its columns in the order of the table."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(_insertion(table)[0], list(made))
    elif made:
        names = [column.name for column in table.columns]
        conn.execute(insert(table), [dict(zip(names, row, strict=True)) for row in made])


@functools.cache
def _insertion(table: Table) -> tuple[str, tuple[str, ...], frozenset[str]]:
    names = tuple(column.name for column in table.columns)
    listed = ", ".join(f'"{name}"' for name in names)
    texts = frozenset(column.name for column in table.columns if isinstance(column.type, t.Words))
    return f"INSERT INTO {table.name} ({listed}) VALUES ({', '.join('?' * len(names))})", names, texts
