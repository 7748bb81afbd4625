"""Where documents come in: files, folders and standard input to Documents, one after the other, in a fixed order.

Invariant: every input comes out, as a Document or as a Failure that says what is wrong and what to do. What a file is,
is told from its content, never from its ending. Only one document is held in memory at a time.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from onrecord.errors import SourceError
from onrecord.model import Document, Failure
from onrecord.sources import (
    _xml,
    archives,
    feeds,
    html,
    jsonlines,
    mail,
    pdf,
    sitemaps,
    telegram,
    text,
    warc,
    wordpress,
)

LIMIT = 10_000_000
"""Bytes that one document may have unless the caller says otherwise: some 1.6 million words, ten minutes of reading."""

_HEAD = 65_536
_ADDRESSES = ("http://", "https://", "ftp://")


def read(where: str | Path, *, limit: int = LIMIT, encoding: str | None = None) -> Iterator[Document | Failure]:
    """The documents of a file, of a folder and all folders in it, or of standard input (`-`), in order of their paths.

    A file is a text (one document, an archive page or an article), a page of HTML, JSON lines (one document a line,
    with the keys of `Document`: id, text, and url, publisher, published, fetched, title, lang if known), a feed, a news
    sitemap, a web archive, a WordPress or Telegram export, e-mail, PDF, DOCX or ODT, or any of these packed with gzip,
    bzip2, xz or ZIP. `limit` is the most bytes that one document may have. `encoding` names the encoding of texts and
    pages that are not in Unicode and do not say what they are in, such as `cp1251`.
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


def held(
    data: bytes, origin: str, name: str, *, limit: int = LIMIT, encoding: str | None = None
) -> Iterator[Document | Failure]:
    """The documents in bytes that are at hand, as `read` finds them in a file."""
    yield from _stream(io.BytesIO(data), origin, name, limit, encoding)


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
    stream: IO[bytes], origin: str, name: str, limit: int, encoding: str | None, *, depth: int = 0
) -> Iterator[Document | Failure]:
    """The documents of one file, told by what it begins with. `depth` is how many packings it was taken out of."""
    head = _begin(stream)
    stream = _again(stream, head)
    if head.startswith(_ZIP):
        if depth or not stream.seekable():
            yield Failure(
                origin,
                "is a ZIP archive "
                + ("within an archive" if depth else "in a stream")
                + "; unpack it, and add the files",
            )
            return

        def member(inner: IO[bytes], where: str, stem: str) -> Iterator[Document | Failure]:
            return _stream(inner, where, stem, limit, encoding, depth=depth + 1)

        yield from archives.read(stream, origin, name, limit, member)
        return
    try:
        if (inner := archives.unpacked(stream, head)) is not None:
            yield from _unpacked(inner, stream, head, origin, name, limit, encoding, depth)
        elif warc.looks_like(head):
            yield from warc.read(stream, origin, limit)
        elif feeds.looks_like_json(head):
            yield from feeds.documents(_whole(stream, limit), origin)
        elif telegram.looks_like(head):
            yield from telegram.read(stream, origin, name, limit)
        elif jsonlines.looks_like(head):
            yield from jsonlines.read(stream.read(_HEAD), stream, origin, limit)
        elif mail.looks_like(head):
            yield from mail.read(head, stream, origin, name, limit)
        elif head.startswith(b"%PDF-"):
            yield pdf.document(_whole(stream, limit), origin, name, limit)
        elif (root := _xml.root_name(head)) not in (None, "html") and root in _XML_ROOTS:
            yield from _marked_up(root, head, stream, origin, name, limit)
        elif html.looks_like(head) or root == "html":
            yield html.document(_whole(stream, limit), origin, name, encoding=encoding)
        else:
            text.refuse(head)
            yield text.document(_whole(stream, limit), origin, name, encoding)
    except SourceError as error:
        yield Failure(origin, str(error))


_ZIP = b"PK\x03\x04"
_XML_ROOTS = feeds.ROOTS | sitemaps.ROOTS | {"opml"}


def _begin(stream: IO[bytes]) -> bytes:
    """The first bytes of a stream; a pipe may give them in pieces."""
    parts: list[bytes] = []
    size = 0
    while size < _HEAD and (part := stream.read(_HEAD - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _again(stream: IO[bytes], head: bytes) -> IO[bytes]:
    """`stream`, of which `head` was read, from its beginning."""
    if stream.seekable():
        stream.seek(0)
        return stream
    return io.BufferedReader(_Joined(head, stream), 1 << 16)


class _Joined(io.RawIOBase):
    """Bytes that were read already, then the rest of the stream they came from."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)]
        if data:
            self._head = self._head[len(data) :]
        else:
            data = self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _unpacked(
    inner: IO[bytes],
    stream: IO[bytes],
    head: bytes,
    origin: str,
    name: str,
    limit: int,
    encoding: str | None,
    depth: int,
) -> Iterator[Document | Failure]:
    """What is packed with gzip, bzip2 or xz. A web archive packed with gzip is read as it is, record by record."""
    if depth > 1:
        yield Failure(origin, "is packed more than twice; unpack it first")
        return
    if head.startswith(b"\x1f\x8b") and warc.looks_like(_peek(head)):
        yield from warc.read(stream, origin, limit)
        return
    stem = name if "." not in name else name.rsplit(".", 1)[0]
    try:
        # A packed stream can be sought in only by unpacking it anew.
        yield from _stream(_forward(inner), origin, stem, limit, encoding, depth=depth + 1)
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        yield Failure(origin, f"is packed, and the packing is damaged: {error}")


def _forward(inner: IO[bytes]) -> IO[bytes]:
    return io.BufferedReader(_Joined(b"", inner), 1 << 16)


def _peek(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(head, 64)
    except zlib.error:
        return b""


def _whole(stream: IO[bytes], limit: int) -> bytes:
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise SourceError(too_large(_rest(stream, len(data)), limit))
    return data


def _marked_up(
    root: str, head: bytes, stream: IO[bytes], origin: str, name: str, limit: int
) -> Iterator[Document | Failure]:
    if root in sitemaps.ROOTS:
        yield sitemaps.document(stream, origin, name, limit)
    elif root == "opml":
        many = len(feeds.outlines(_whole(stream, limit)))
        yield Failure(origin, f"is a list of {many:,} feeds (OPML) and holds no text; add the feeds themselves")
    elif wordpress.looks_like(head):
        yield from wordpress.read(stream, origin, limit)
    else:
        yield from feeds.documents(_whole(stream, limit), origin)


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
