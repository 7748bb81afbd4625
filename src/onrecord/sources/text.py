"""A text file to one Document: its encoding, its line ends, and the few header lines it may begin with."""

from __future__ import annotations

import codecs
import re

from onrecord.errors import SourceError
from onrecord.model import Document

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first bytes of what people most often hand over by mistake.
_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an office document of the old kind; save it as DOCX, ODT or plain text"),
    (b"{\\rtf", "an RTF document; save it as plain text"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
)
_XML = re.compile(rb"\s*<(?:\?xml|!DOCTYPE)\b", re.I)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_HEADER = re.compile(r"(title|publisher|published|date|url|language|lang|fetched|id)[ \t]*:[ \t]*(\S.*?)[ \t]*", re.I)
_FIELDS = {"date": "published", "language": "lang", "id": "name"}
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
# Windows-1252 leaves five bytes undefined; a text that has one of them is in another encoding.
_CP1252_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\xc0-\xff]{3}")
# What no word in Windows-1252 has: a sign between letters, a capital with an accent after a small letter. Texts of old
# Macs and of Central Europe (Windows-1250) have them when they are read so.
_ODD = re.compile(rb"[A-Za-z][\xa1-\xa9\xac\xae-\xb6\xb8\xb9\xbc-\xbf][a-z\xe0-\xff]|[a-z][\xc0-\xde]")


def refuse(head: bytes) -> None:
    """Raises SourceError if `head`, the first bytes of a file, show that it is not a text."""
    if not head:
        raise SourceError("the file is empty")
    if any(head.startswith(mark) for mark, _ in _BOMS):
        return
    for mark, what in _KINDS:
        if head.startswith(mark):
            raise SourceError(f"is not a text but {what}")
    if _XML.match(head):
        raise SourceError("is XML, but neither a feed, a sitemap, an export of WordPress nor a page")


def visible(name: str) -> str:
    """A file name from an archive, fit to be shown: without marks of control and halves of letters."""
    return _CONTROL.sub("?", name).encode("utf-8", "replace").decode()[:300]


def document(data: bytes, origin: str, name: str, encoding: str | None) -> Document:
    """The text in `data` as a Document called `name`. Raises SourceError if it is no text or in no known encoding."""
    content = clean(decode(data, encoding))
    fields, content = _header(content)
    if not content.strip():
        raise SourceError("the file holds no text, only white space" if not fields else "has a header but no text")
    return Document(
        name=fields.get("name", name),
        text=content,
        origin=origin,
        url=fields.get("url"),
        publisher=fields.get("publisher"),
        published=fields.get("published"),
        fetched=fields.get("fetched"),
        title=fields.get("title"),
        lang=fields.get("lang"),
    )


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text in `data`: Unicode with or without a mark, else `encoding`, else Windows-1252 if it reads as English."""
    unicode = next((codec for mark, codec in _BOMS if data.startswith(mark)), None) or _utf16_without_mark(data)
    if unicode is not None:
        return _strict(data, unicode)
    if b"\0" in data:
        at = data.index(b"\0")
        raise SourceError(f"holds a NUL byte at byte {at:,}: it is a binary file, or damaged; save it as plain text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if encoding is not None:
            return _strict(data, encoding)
        if _reads_as_cp1252(data):
            return data.decode("cp1252")
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"is not in UTF-8 (byte {error.start:,}, line {line:,}), nor in another encoding that can be told for sure;"
            " name it with --encoding, such as --encoding cp1251"
        ) from error


def clean(content: str) -> str:
    """`content` with plain line ends. Raises SourceError for NUL, many control marks, halves of letters."""
    content = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in content:
        raise SourceError(f"holds a NUL character at character {content.index(chr(0)):,}; it is damaged or binary")
    # A stray form feed or bell is no harm; one mark in a hundred is a binary file.
    if len(_CONTROL.findall(content)) > max(3, len(content) // 100):
        raise SourceError("is not a text but binary data")
    try:
        content.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SourceError(
            f"holds half of a letter (a lone surrogate) at character {error.start:,}; write the text anew in UTF-8"
        ) from error
    return content


def _strict(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except LookupError as error:
        raise SourceError(f"there is no encoding called {codec!r}") from error
    except UnicodeError as error:
        raise SourceError(f"is not in {codec}: {error}; it is damaged or in another encoding") from error


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 by its pattern: in a Western text nearly every second byte is NUL, and none of the others."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.7 * half and even == 0:
        return "utf-16-le"
    if even > 0.7 * half and odd == 0:
        return "utf-16-be"
    return None


def _reads_as_cp1252(data: bytes) -> bool:
    """English in Windows-1252: mostly ASCII letters, few high bytes, never three accented letters in a row.

    Cyrillic, Greek, Arabic and Chinese encodings have long runs of high bytes; a UTF-8 file with one damaged letter
    has the byte pairs of UTF-8, which `decode` must not turn into two wrong letters each.
    """
    high = len(_HIGH.findall(data))
    letters = len(_ASCII_LETTER.findall(data))
    if _CP1252_UNDEFINED.search(data) or high * 10 > letters or _HIGH_RUN.search(data):
        return False
    if len(_ODD.findall(data)) * 10 > high:
        return False
    return len(re.findall(rb"[\xc3-\xf4][\x80-\xbf]", data)) * 4 < high


def _header(content: str) -> tuple[dict[str, str], str]:
    """Header lines (`Publisher: …`) before the first blank line, and the text after it.

    A text that merely begins with such a word keeps it: every line must be a header line, and the date in ISO form.
    """
    fields: dict[str, str] = {}
    at = 0
    while (end := content.find("\n", at)) >= 0 and len(fields) < 12:
        line = content[at:end]
        at = end + 1
        if not line.strip():
            break
        match = _HEADER.fullmatch(line)
        if match is None or (match[1].lower() in ("date", "published") and not _DATE.fullmatch(match[2])):
            return {}, content
        key = match[1].lower()
        fields[_FIELDS.get(key, key)] = match[2]
    return (fields, content[at:].lstrip("\n")) if fields else ({}, content)
