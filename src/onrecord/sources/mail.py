"""Newsletters to Documents: one e-mail (EML), or a mailbox of them (MBOX), streamed message by message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr, parsedate_to_datetime
from typing import IO

from onrecord.errors import SourceError
from onrecord.model import Document, Failure, content_id
from onrecord.sources import html
from onrecord.sources import text as texts

_HEADER = re.compile(
    rb"^(From|To|Subject|Date|Message-ID|MIME-Version|Received|Return-Path|Delivered-To|Reply-To|Content-Type|"
    rb"List-Id|List-Unsubscribe|DKIM-Signature|X-[\w-]+)[ \t]*:",
    re.I | re.M,
)
_MBOX = re.compile(rb"From \S+.*\d{4}\s*\r?\n[\w-]+:")
_SURE = {b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to", b"dkim-signature"}


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with `head` is an e-mail or a mailbox."""
    if _MBOX.match(head):
        return True
    top = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    if not re.match(rb"[\w-]{2,40}:", top):
        return False
    names = {name.lower() for name in _HEADER.findall(top)}
    return b"from" in names and len(names) >= 3 and bool(names & _SURE)


def read(head: bytes, stream: IO[bytes], origin: str, name: str, limit: int) -> Iterator[Document | Failure]:
    """The messages of an e-mail or a mailbox. `stream` begins with `head`."""
    if not _MBOX.match(head):
        data = stream.read(limit + 1)
        if len(data) > limit:
            yield Failure(origin, f"has more than {limit / 1e6:,.1f} MB, the most for one document; raise --max-size")
            return
        yield _guarded(data, origin, name)
        return
    for number, message in enumerate(_messages(stream, limit), 1):
        where = f"{origin}, message {number}"
        if message is None:
            yield Failure(where, f"has more than {limit / 1e6:,.1f} MB, the most for one document; raise --max-size")
        else:
            yield _guarded(message, where, None)


def _messages(stream: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """The messages of a mailbox; None for one that is larger than `limit`."""
    parts: list[bytes] = []
    size = 0
    blank = True
    begun = False
    while line := stream.readline(1 << 20):
        if blank and line.startswith(b"From ") and re.match(rb"From \S+.*\d{4}\s*$", line):
            if begun:
                yield b"".join(parts) if size <= limit else None
            parts, size, begun = [], 0, True
        else:
            size += len(line)
            if size <= limit:
                parts.append(line[1:] if re.match(rb">+From ", line) else line)
            else:
                parts.clear()
        blank = line in (b"\n", b"\r\n")
    if begun:
        yield b"".join(parts) if size <= limit else None


def _guarded(data: bytes, origin: str, name: str | None) -> Document | Failure:
    try:
        return document(data, origin, name)
    except SourceError as error:
        return Failure(origin, str(error))
    except (LookupError, ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # The standard library's parser trips over some damaged headers.
        return Failure(origin, f"is a damaged e-mail: {error}")


def document(data: bytes, origin: str, name: str | None) -> Document:
    """One e-mail as a Document. Raises SourceError if it has no text."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    subject = texts.clean(" ".join(str(message.get("Subject", "")).split()))
    sender = parseaddr(str(message.get("From", "")))
    published = None
    with suppress(TypeError, ValueError, IndexError, OverflowError):
        published = parsedate_to_datetime(str(message.get("Date"))).date().isoformat()
    publisher = texts.clean(" ".join((sender[0] or sender[1].rpartition("@")[2]).split())) or None
    identity = str(message.get("Message-ID", "")).strip("<> \t") or None
    called = name or texts.clean(identity or "") or content_id(subject, published, publisher)
    if part := message.get_body(("html",)):
        made = html.document(_bytes(part), origin, called, encoding=_charset(part))
        listing = made.title is None and any(mark.kind == "title" for mark in made.marks)
        title = None if listing else subject or made.title
        return replace(
            made,
            title=title,
            publisher=publisher,
            published=published,
            url=None,
            byline=None,
            section=None,
            updated=None,
        )
    plain = message.get_body(("plain",))
    if plain is None:
        raise SourceError("is an e-mail without a text")
    content = texts.clean(_decoded(_bytes(plain), _charset(plain))).strip()
    if not content:
        raise SourceError("is an e-mail without a text")
    # The text of a newsletter has posts with titles of their own; its subject stands over them.
    whole = f"{subject}\n\n{content}" if subject else content
    return Document(name=called, text=whole, origin=origin, publisher=publisher, published=published)


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: MIMEPart) -> str | None:
    name = part.get_content_charset()
    try:
        "".encode(name or "utf-8")
    except (LookupError, ValueError):
        return None
    return name


def _decoded(data: bytes, charset: str | None) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(charset or "cp1252", "replace")
