"""Where documents come in: files, folders and standard input to Documents, one after the other, in a fixed order.

Invariant: every input comes out, as a Document or as a Failure that says what is wrong and what to do. What a file is,
is told from its content, never from its ending. Only one document is held in memory at a time.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from onrecord.errors import SourceError
from onrecord.model import Document, Failure
from onrecord.sources import jsonlines, text

LIMIT = 10_000_000
"""Bytes that one document may have unless the caller says otherwise: some 1.6 million words, ten minutes of reading."""

_HEAD = 65_536
_ADDRESSES = ("http://", "https://", "ftp://")


def read(where: str | Path, *, limit: int = LIMIT, encoding: str | None = None) -> Iterator[Document | Failure]:
    """The documents of a file, of a folder and all folders in it, or of standard input (`-`), in order of their paths.

    A file is a text (one document, an archive page or an article) or JSON lines (one document a line, with the keys of
    `Document`: id, text, and url, publisher, published, fetched, title, lang if known). `limit` is the most bytes that
    one document may have. `encoding` names the encoding of texts that are not in Unicode, such as `cp1251`.
    Raises nothing for a bad input: it yields a Failure and goes on.
    """
    if str(where) == "-":
        yield from _stream(sys.stdin.buffer, "standard input", "stdin", limit, encoding)
        return
    if str(where).startswith(_ADDRESSES):
        yield Failure(str(where), "is an address; this version reads files: save the page as text and add that")
        return
    for item in _files(Path(where)):
        if isinstance(item, Failure):
            yield item
        else:
            yield from _file(item, limit, encoding)


def weigh(places: Iterable[str | Path]) -> int:
    """The bytes that `read` will read from `places`, for a progress bar; streams weigh nothing."""
    total = 0
    for where in places:
        for item in _files(Path(where)):
            if isinstance(item, Path):
                try:
                    total += item.stat().st_size
                except OSError:
                    continue
    return total


def _files(where: Path) -> Iterator[Path | Failure]:
    try:
        mode = where.stat().st_mode
    except FileNotFoundError:
        yield Failure(str(where), "no such file or folder; check the spelling")
        return
    except (OSError, ValueError) as error:
        yield _failure(str(where), error)
        return
    if not stat.S_ISDIR(mode):
        yield where
        return
    try:
        entries = sorted(os.scandir(where), key=lambda entry: entry.name)
    except OSError as error:
        yield _failure(str(where), error)
        return
    seen = False
    for entry in entries:
        if entry.name.startswith("."):
            continue
        seen = True
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from _files(path)
        elif entry.is_file():
            yield path
        else:
            yield Failure(str(path), "is neither a file nor a folder (a link that leads nowhere, a device or a pipe?)")
    if not seen:
        yield Failure(str(where), "the folder is empty")


def _file(path: Path, limit: int, encoding: str | None) -> Iterator[Document | Failure]:
    try:
        with path.open("rb") as stream:
            yield from _stream(stream, str(path), path.stem, limit, encoding)
    except OSError as error:
        yield _failure(str(path), error)


def _stream(
    stream: IO[bytes], origin: str, name: str, limit: int, encoding: str | None
) -> Iterator[Document | Failure]:
    head = stream.read(_HEAD)
    if jsonlines.looks_like(head):
        yield from jsonlines.read(head, stream, origin, limit)
        return
    try:
        text.refuse(head)
        data = head + stream.read(max(0, limit + 1 - len(head)))
        if len(data) > limit:
            raise SourceError(too_large(_rest(stream, len(data)), limit))
        yield text.document(data, origin, name, encoding)
    except SourceError as error:
        yield Failure(origin, str(error))


def _rest(stream: IO[bytes], read_so_far: int) -> int | None:
    try:
        size = os.fstat(stream.fileno()).st_size
    except (OSError, ValueError):
        return None
    return size if size > read_so_far else None


def too_large(size: int | None, limit: int) -> str:
    """The reason for refusing a document of `size` bytes."""
    what = f"has {size / 1e6:,.1f} MB" if size else "is larger"
    return f"{what}; one document may have {limit / 1e6:,.1f} MB: cut it into several files, or raise --max-size"


def _failure(origin: str, error: Exception) -> Failure:
    if isinstance(error, PermissionError):
        return Failure(origin, "no permission to read it")
    return Failure(origin, f"cannot be read: {getattr(error, 'strerror', None) or error}")
