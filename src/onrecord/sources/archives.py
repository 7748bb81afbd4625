"""Archives and office files that are ZIP files: WACZ, DOCX, ODT, and plain ZIP archives of anything that is read here.

Nothing is unpacked to the disk, so no name in an archive can lead anywhere; nothing is read beyond the limit, however
small it was packed.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

from onrecord.errors import SourceError
from onrecord.model import Document, Failure
from onrecord.sources import _xml, warc
from onrecord.sources import text as texts

Reader = Callable[[IO[bytes], str, str], Iterator[Document | Failure]]

_MOST_MEMBERS = 100_000
_BAD = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, KeyError)


def read(stream: IO[bytes], origin: str, name: str, limit: int, reader: Reader) -> Iterator[Document | Failure]:
    """The documents of a ZIP file. `reader` reads a member of a plain archive: (stream, origin, name) to documents."""
    try:
        archive = zipfile.ZipFile(stream)
        members = sorted((m for m in archive.infolist() if not m.is_dir()), key=lambda m: m.filename)
    except _BAD as error:
        yield Failure(origin, f"is a damaged ZIP file: {error}")
        return
    if len(members) > _MOST_MEMBERS:
        yield Failure(
            origin, f"holds {len(members):,} files; {_MOST_MEMBERS:,} are the most: unpack it and add the folder"
        )
        return
    names = {m.filename for m in members}
    try:
        if "word/document.xml" in names:
            yield _office(
                name,
                origin,
                _docx(_tree(archive, "word/document.xml", limit)),
                archive,
                "docProps/core.xml",
                names,
                limit,
            )
        elif "content.xml" in names and "mimetype" in names:
            yield _office(name, origin, _odt(_tree(archive, "content.xml", limit)), archive, "meta.xml", names, limit)
        elif any(n.startswith("archive/") and ".warc" in n for n in names):
            for member in members:
                if member.filename.startswith("archive/") and ".warc" in member.filename:
                    with archive.open(member) as inner:
                        # A member cannot be sought in cheaply; a damaged record ends it, and is said.
                        yield from warc.read(_unseekable(inner), f"{origin}, {member.filename}", limit)
        elif names & {"xl/workbook.xml", "ppt/presentation.xml", "META-INF/container.xml"}:
            yield Failure(origin, "is a table, slides or a book; save its text and add that")
        else:
            yield from _plain(archive, members, origin, reader)
    except SourceError as error:
        yield Failure(origin, str(error))
    except _BAD as error:
        yield Failure(origin, f"is a damaged ZIP file: {error}")


def _plain(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], origin: str, reader: Reader
) -> Iterator[Document | Failure]:
    read = 0
    for member in members:
        last = member.filename.rsplit("/", 1)[-1]
        if last.startswith(".") or member.filename.startswith("__MACOSX/"):
            continue
        read += 1
        where = f"{origin}, {texts.visible(member.filename)}"
        if member.flag_bits & 1:
            yield Failure(where, "is locked with a password; unpack the archive first")
            continue
        try:
            with archive.open(member) as inner:
                yield from reader(inner, where, texts.visible(last).rsplit(".", 1)[0])
        except _BAD as error:
            yield Failure(where, f"is damaged in the archive: {error}")
    if not read:
        yield Failure(origin, "is an empty ZIP archive")


def _unseekable(inner: IO[bytes]) -> IO[bytes]:
    class Forward(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            data = inner.read(len(buffer))
            buffer[: len(data)] = data
            return len(data)

    return io.BufferedReader(Forward(), 1 << 16)


def unpacked(stream: IO[bytes], head: bytes) -> IO[bytes] | None:
    """`stream`, which begins with `head`, as it is unpacked, if it is packed with gzip, bzip2 or xz."""
    import bz2
    import lzma

    if head.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    if head.startswith(b"BZh"):
        return bz2.BZ2File(stream)
    if head.startswith(b"\xfd7zXZ"):
        return lzma.LZMAFile(stream)
    return None


def _tree(archive: zipfile.ZipFile, name: str, limit: int) -> Any:
    with archive.open(name) as inner:
        data = inner.read(4 * limit + 1)
    if len(data) > 4 * limit:
        raise SourceError(f"holds a text of more than {4 * limit / 1e6:,.1f} MB; raise --max-size")
    return _xml.tree(data)


def _office(
    name: str, origin: str, paragraphs: list[str], archive: zipfile.ZipFile, about: str, names: set[str], limit: int
) -> Document:
    said: dict[str, str] = {}
    if about in names:
        for element in _tree(archive, about, limit).iter():
            key = _xml.local(element)
            if key in ("title", "created", "creation-date", "language") and (value := _xml.text_of(element)):
                said.setdefault(key, value)
    text = texts.clean("\n\n".join(paragraphs)).strip()
    if not text:
        raise SourceError("is an office document without any text")
    return Document(name=name, text=text, origin=origin, lang=said.get("language"))


def _docx(root: Any) -> list[str]:
    out = []
    for paragraph in root.iter("{*}p"):
        parts: list[str] = []
        for element in paragraph.iter():
            tag = _xml.local(element)
            if tag == "t":
                parts.append(element.text or "")
            elif tag in ("br", "cr"):
                parts.append("\n")
            elif tag == "tab":
                parts.append(" ")
        if text := "".join(parts).strip():
            out.append(text)
    return out


def _odt(root: Any) -> list[str]:
    out = []
    for element in root.iter("{*}p", "{*}h"):
        if any(_xml.local(a) in ("p", "h", "note", "annotation") for a in element.iterancestors()):
            continue
        parts = [element.text or ""]
        for child in element.iter():
            if child is element:
                continue
            tag = _xml.local(child)
            if tag == "line-break":
                parts.append("\n")
            elif tag in ("s", "tab"):
                parts.append(" ")
            elif tag != "note":
                parts.append(child.text or "")
            parts.append(child.tail or "")
        if text := "".join(parts).strip():
            out.append(text)
    return out
