"""The export of a Telegram channel (JSON, as Telegram Desktop writes it) to Documents, one a message, streamed."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from onrecord.errors import SourceError
from onrecord.model import Document, Failure, Mark
from onrecord.sources import text as texts
from onrecord.sources.html import clean_address, day

_MESSAGES = re.compile(r'"messages"\s*:\s*\[')
_HEAD = re.compile(rb'"messages"\s*:\s*\[')
_TYPE = re.compile(rb'"type"\s*:\s*"\w*(?:channel|group|chat)"')
_NAME = re.compile(r'"name"\s*:\s*("(?:[^"\\]|\\.){0,500}")')


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with `head` is such an export."""
    return (
        head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and bool(_HEAD.search(head)) and bool(_TYPE.search(head))
    )


def read(stream: IO[bytes], origin: str, name: str, limit: int) -> Iterator[Document | Failure]:
    """The messages with a text, in the order of the export."""
    found = False
    channel: str | None = None
    try:
        for item in _objects(stream, limit):
            if isinstance(item, str):
                match = _NAME.search(item)
                channel = texts.clean(json.loads(match[1])).strip() if match else None
                continue
            if item.get("type") not in (None, "message"):
                continue
            try:
                document = _message(item, channel, origin, name)
            except SourceError as error:
                yield Failure(f"{origin}, message {item.get('id')}", str(error))
                continue
            if document is not None:
                found = True
                yield document
    except SourceError as error:
        yield Failure(origin, str(error))
        return
    if not found:
        yield Failure(origin, "is a Telegram export without a message that has a text")


def _objects(stream: IO[bytes], limit: int) -> Iterator[dict[str, Any] | str]:
    """What stands before the messages, then each message; no more than one of them in memory."""
    decode = codecs.getincrementaldecoder("utf-8")("replace")
    scan = json.JSONDecoder(strict=False)
    held = ""
    inside = False
    while True:
        chunk = stream.read(1 << 16)
        held += decode.decode(chunk, final=not chunk)
        if not inside:
            match = _MESSAGES.search(held)
            if match is None:
                if not chunk or len(held) > 1 << 20:
                    raise SourceError("is a Telegram export without messages")
                continue
            yield held[: match.start()]
            held, inside = held[match.end() :], True
        at = 0
        while True:
            while at < len(held) and held[at] in " \t\r\n,":
                at += 1
            if at >= len(held):
                break
            if held[at] == "]":
                return
            try:
                item, at = scan.raw_decode(held, at)
            except ValueError as error:
                if not chunk:
                    raise SourceError(f"breaks off in the middle of a message: {error}") from error
                break
            except RecursionError as error:
                raise SourceError("is nested too deep") from error
            if isinstance(item, dict):
                yield item
        held = held[at:]
        if not chunk:
            raise SourceError("breaks off before its end")
        if len(held) > limit:
            raise SourceError(f"has a message of more than {limit / 1e6:,.1f} MB, or is damaged; raise --max-size")


def _message(item: dict[str, Any], channel: str | None, origin: str, name: str) -> Document | None:
    parts: list[str] = []
    marks: list[Mark] = []
    length = 0
    said = item.get("text_entities") or item.get("text") or ""
    forwarded = item.get("forwarded_from")
    if isinstance(forwarded, str) and forwarded.strip():
        parts.append(f"Forwarded from {texts.clean(forwarded).strip()}\n\n")
        length = len(parts[0])
    before = length
    for piece in said if isinstance(said, list) else [said]:
        words = piece.get("text") if isinstance(piece, dict) else piece
        if not isinstance(words, str) or not words:
            continue
        words = texts.clean(words)
        href = (
            piece.get("href") or (words if piece.get("type") == "link" else None) if isinstance(piece, dict) else None
        )
        if isinstance(href, str) and (link := clean_address(href, None)) and words.strip():
            start = length + len(words) - len(words.lstrip())
            marks.append(Mark(start, start + len(words.strip()), "link", link))
        parts.append(words)
        length += len(words)
    text = "".join(parts)
    if length == before or not text[before:].strip():
        return None
    number = item.get("id")
    return Document(
        name=f"{channel or name}/{number}" if isinstance(number, int | str) else name,
        text=text,
        origin=origin,
        publisher=channel,
        published=day(item.get("date")),
        byline=texts.clean(author).strip() or None if isinstance(author := item.get("author"), str) else None,
        updated=day(item.get("edited")),
        marks=tuple(marks),
    )
