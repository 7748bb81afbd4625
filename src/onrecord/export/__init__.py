"""What leaves the record in other forms: gold annotations, tables with a codebook, a list of events."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from onrecord.export import annotations as gold
from onrecord.export.events import events
from onrecord.export.tables import CODEBOOK, write_tables

if TYPE_CHECKING:
    from onrecord.store import Record

Form = Literal["annotations", "csv", "json"]
__all__ = ["CODEBOOK", "Form", "write"]


def write(record: "Record", out: Path, *, form: Form) -> str:
    """Writes the record to `out`, a file for `json` and a folder for the others, and says what it wrote.

    Every file is written beside its place and then put there, so that none is ever half written. Raises OSError.
    """
    if form == "json":
        out.parent.mkdir(parents=True, exist_ok=True)
        with replacing(out) as stream:
            number = _list(stream, events(record))
        return _number(number, "event")
    out.mkdir(parents=True, exist_ok=True)
    if form == "csv":
        rows = write_tables(record, out)
        return f"{len(rows)} tables with {_number(sum(rows.values()), 'row')}"
    used: set[str] = set()
    for extraction in record.extractions():
        name = gold.file_name(extraction.document, used)
        with replacing(out / name) as stream:
            json.dump(gold.annotations(extraction), stream, ensure_ascii=False, indent=1)
            stream.write("\n")
    return _number(len(used), "document")


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """A text file to write that takes the place of `path` when it is whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _list(stream: IO[str], rows: Iterator[dict[str, object]]) -> int:
    """Writes a JSON list with one row a line, without holding all rows in memory."""
    number = 0
    stream.write("[")
    for number, row in enumerate(rows, 1):
        stream.write(("\n" if number == 1 else ",\n") + json.dumps(row, ensure_ascii=False))
    stream.write("\n]\n")
    return number


def _number(number: int, what: str) -> str:
    return f"{number:,} {what if number == 1 else what + 's'}"
