"""JSON lines to Documents: one JSON object a line, read line by line, so that a file of any length fits in memory."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from onrecord.errors import SourceError
from onrecord.model import Document, Failure, content_id
from onrecord.sources import text as texts

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"")
_SPREAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\n|\[\s*\{)")
_OPTIONAL = ("url", "publisher", "published", "fetched", "title", "lang", "byline", "section", "updated")


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with `head` holds JSON objects."""
    return bool(_START.match(head) or _SPREAD.match(head))


def read(head: bytes, stream: IO[bytes], origin: str, limit: int) -> Iterator[Document | Failure]:
    """The documents of `head` and the rest of `stream`; a line that is none becomes a Failure with its number."""
    if _SPREAD.match(head):
        yield Failure(origin, "is JSON spread over several lines; write each document as one object on one line")
        return
    found = False
    for number, line in enumerate(_lines(head, stream, limit), 1):
        where = f"{origin}, line {number}"
        if line is None:
            found = True
            yield Failure(where, f"has more than {limit / 1e6:,.1f} MB, the most for one document; raise --max-size")
        elif line.strip():
            found = True
            try:
                yield _document(line, origin)
            except SourceError as error:
                yield Failure(where, str(error))
    if not found:
        yield Failure(origin, "holds no documents")


def _lines(head: bytes, stream: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """The lines, without a byte order mark; None for one that is longer than `limit`."""
    parts: list[bytes] = []
    size = 0
    for chunk in itertools.chain([head], iter(lambda: stream.read(1 << 20), b"")):
        pieces = chunk.split(b"\n")
        for last, piece in ((i == len(pieces) - 1, piece) for i, piece in enumerate(pieces)):
            size += len(piece)
            if size <= limit:
                parts.append(piece)
            else:
                parts.clear()
            if not last:
                yield b"".join(parts).removeprefix(b"\xef\xbb\xbf") if size <= limit else None
                parts, size = [], 0
    yield b"".join(parts).removeprefix(b"\xef\xbb\xbf") if size <= limit else None


def _document(line: bytes, origin: str) -> Document:
    try:
        row: Any = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise SourceError("is not in UTF-8, as JSON must be") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"is not a JSON object: {error}; each line must be one document") from error
    if not isinstance(row, dict):
        raise SourceError("is not a JSON object; each line must be one document")
    content, name = row.get("text"), row.get("id")
    if not isinstance(content, str):
        raise SourceError('has no "text"; a document is {"id": …, "text": …, "published": …, "publisher": …}')
    if name is None:
        name = content_id(content)  # not the number of the line: the order of lines must not matter
    if isinstance(name, bool) or not isinstance(name, str | int) or not str(name).strip():
        raise SourceError(f'its "id" is {name!r}; it must be a word or a number')
    given: dict[str, str | None] = {}
    for key in _OPTIONAL:
        value = row.get(key)
        if value is not None and not isinstance(value, str):
            raise SourceError(f'its "{key}" is {value!r}; it must be a string or null')
        given[key] = texts.clean(value).strip() or None if value is not None else None
    if (published := given["published"]) is not None:
        # A time after the day is no harm; the day is what counts.
        match = _DATE.match(published)
        if match is None or published[len(match[0]) :][:1] not in ("", "T", " "):
            raise SourceError(f'its "published" is {published!r}; write it as 2026-02-13')
        given["published"] = match[0]
    content = texts.clean(content)
    if not content.strip():
        raise SourceError('its "text" is empty')
    return Document(name=texts.clean(str(name)), text=content, origin=origin, **given)  # type: ignore[arg-type]
