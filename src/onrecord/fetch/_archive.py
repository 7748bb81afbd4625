"""Keeps what was fetched, as WARC beside the record, and knows what is in it.

Invariant: what the index names is whole on the disk. A record is written, then the index; what stands behind the last
record that the index knows was cut off by a crash and is cut away. Nothing in the WARC files is ever changed.

WARC 1.1 (ISO 28500:2017): a request and a response record for every answer, with the bytes of the wire; a revisit
record where the server says that nothing changed, or sends the same bytes as before.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import errno
import hashlib
import io
import os
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from onrecord.errors import FetchError, RecordError, RecordFull, RecordLocked
from onrecord.fetch._wire import Exchange, unpack

_ROLL = 1 << 30  # bytes after which a new file is begun: what archives recommend
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_FILES = "[0-9][0-9][0-9][0-9][0-9].warc.gz"
_VERSION = 1
_SHAPE = """
CREATE TABLE file (name TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE capture (
  number INTEGER PRIMARY KEY, url TEXT NOT NULL, status INTEGER NOT NULL, media TEXT NOT NULL, date TEXT NOT NULL,
  checked REAL NOT NULL, digest TEXT NOT NULL, payload TEXT NOT NULL, etag TEXT, modified TEXT,
  record TEXT NOT NULL, file TEXT NOT NULL, place INTEGER NOT NULL
);
CREATE INDEX capture_url ON capture (url, number);
CREATE TABLE page (
  url TEXT PRIMARY KEY, mark TEXT NOT NULL, digest TEXT NOT NULL, asked REAL NOT NULL, fails INTEGER NOT NULL,
  again REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE source (url TEXT PRIMARY KEY, asked REAL NOT NULL, whole INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE reading (
  number INTEGER PRIMARY KEY, capture INTEGER NOT NULL, publisher TEXT, done INTEGER NOT NULL
);
CREATE INDEX reading_done ON reading (done, number);
"""


@dataclass(frozen=True, slots=True)
class Capture:
    """An answer that is kept: what was asked, when, what came, and where it lies."""

    number: int
    url: str
    status: int
    media: str
    date: str
    checked: float
    digest: str
    payload: str
    etag: str | None
    modified: str | None
    record: str
    file: str
    place: int

    @property
    def origin(self) -> str:
        """Where the bytes are: the WARC file, and the byte at which the record begins in it."""
        return f"{self.file}#{self.place:010d}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A capture that is to be read into the record, and the publisher that the plan names for it."""

    number: int
    capture: Capture
    publisher: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a page: when it was asked (0 for never) and how that went.

    `mark` is what the feed or sitemap that lists it said of its version, `digest` that of the content last handed on
    to be read, `fails` how often it failed since, `again` the time before which it is not asked again.
    """

    url: str
    mark: str = ""
    digest: str = ""
    asked: float = 0.0
    fails: int = 0
    again: float = 0.0


class Archive:
    """An open archive: a folder of WARC files and their index. One process at a time; any thread of it."""

    def __init__(self, folder: Path, index: sqlite3.Connection, now: Callable[[], datetime], agent: str) -> None:
        self._folder, self._index, self._now, self._agent = folder, index, now, agent
        self._lock = threading.RLock()

    @classmethod
    def open(cls, folder: Path, *, agent: str = "onrecord", now: Callable[[], datetime] | None = None) -> Archive:
        """Opens the archive in `folder`, or makes it. Raises RecordLocked if another process has it open."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            index = sqlite3.connect(folder / ".index.db", timeout=2.0, check_same_thread=False, isolation_level=None)
            archive = cls(folder, index, now or (lambda: datetime.now(UTC)), agent)
            with archive._explained():
                # The lock is held until the end, and is gone if the process is.
                index.execute("PRAGMA locking_mode = EXCLUSIVE")
                index.execute("PRAGMA journal_mode = WAL")
                index.execute("PRAGMA synchronous = NORMAL")
                index.execute("BEGIN EXCLUSIVE")
                version = index.execute("PRAGMA user_version").fetchone()[0]
                if version > _VERSION:
                    raise RecordError(f"{folder} was made by a newer version of onrecord; upgrade it")
                if not version:
                    for statement in _SHAPE.split(";\n"):
                        index.execute(statement)
                    index.execute(f"PRAGMA user_version = {_VERSION}")
                index.execute("COMMIT")
                archive._cut()
        except OSError as error:
            raise RecordError(f"{folder} cannot be used to keep what is fetched: {error.strerror or error}") from error
        return archive

    def close(self) -> None:
        """Closes the archive; later calls of other threads are refused."""
        with self._lock:
            self._index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- keeping ------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The time, by the clock of the archive."""
        return self._now()

    def last(self, url: str, *, any_status: bool = False) -> Capture | None:
        """The newest good answer for `url`, or the newest of any status."""
        test = "" if any_status else "AND status = 200"
        row = self._one(f"SELECT * FROM capture WHERE url = ? {test} ORDER BY number DESC LIMIT 1", url)
        return None if row is None else Capture(*row)

    def keep(self, exchange: Exchange, asked: datetime) -> Capture:
        """Keeps an exchange that began at `asked`; the capture that holds its content, which may be an older one."""
        url, status, headers = str(exchange.url), exchange.status, exchange.headers
        date = asked.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        digest = hashlib.sha256(exchange.body).hexdigest()
        payload = "sha1:" + base64.b32encode(hashlib.sha1(exchange.raw, usedforsecurity=False).digest()).decode("ascii")
        record = StatusAndHeadersParser.make_warc_id()
        fields = {"WARC-Record-ID": record, "WARC-Date": date, "WARC-IP-Address": exchange.ip}
        with self._changing():
            latest, before = self.last(url, any_status=True), self.last(url)
            if before is not None and not self.has(before):
                before = None
            same = before is not None and (status == 304 or (status == 200 and before.digest == digest))
            revisit = before is not None and (status == 304 or (status == 200 and before.payload == payload))
            if revisit and before is not None:
                fields |= {
                    "WARC-Profile": _NOT_MODIFIED if status == 304 else _SAME,
                    "WARC-Refers-To": before.record,
                    "WARC-Refers-To-Target-URI": before.url,
                    "WARC-Refers-To-Date": before.date,
                    "WARC-Payload-Digest": before.payload,
                }
            name, place = self._write(url, exchange, record, date, fields, revisit=revisit)
            etag, modified = _validator(headers, "ETag"), _validator(headers, "Last-Modified")
            if same and before is not None:
                capture = dataclasses.replace(
                    before, checked=asked.timestamp(), etag=etag or before.etag, modified=modified or before.modified
                )
                if latest == before:
                    self._index.execute("DELETE FROM capture WHERE number = ?", (before.number,))
                else:  # in between it was something else
                    capture = dataclasses.replace(capture, number=0)
            else:
                media = headers.get("Content-Type", "")[:200]
                capture = Capture(
                    0, url, status, media, date, asked.timestamp(), digest, payload, etag, modified, record,
                    name, place,
                )  # fmt: skip
            row = (capture.number or None, *dataclasses.astuple(capture)[1:])
            number = self._index.execute(f"INSERT INTO capture VALUES (?{', ?' * (len(row) - 1)})", row).lastrowid
        return dataclasses.replace(capture, number=number or 0)

    def _write(
        self, url: str, exchange: Exchange, record: str, date: str, fields: dict[str, str], *, revisit: bool
    ) -> tuple[str, int]:
        """Writes both records; the file of the response and its place there."""
        name, size = self._place()
        out = io.BytesIO()
        writer = WARCWriter(out, gzip=True, warc_version="1.1")
        if not size:
            info = {
                "software": self._agent, "format": "WARC File Format 1.1", "robots": "obey",
                "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
                "http-header-user-agent": self._agent,
            }  # fmt: skip
            writer.write_record(writer.create_warcinfo_record(name, info))
        place = size + out.tell()
        answer = writer.create_warc_record(
            url, "revisit" if revisit else "response", payload=io.BytesIO(exchange.raw), length=len(exchange.raw),
            http_headers=_Exact(exchange.head), warc_headers_dict=fields,
        )  # fmt: skip
        question = writer.create_warc_record(
            url, "request", payload=io.BytesIO(b""), length=0, http_headers=_Exact(exchange.sent),
            warc_headers_dict={"WARC-Date": date, "WARC-Concurrent-To": record, "WARC-IP-Address": exchange.ip},
        )  # fmt: skip
        writer.write_record(answer)
        writer.write_record(question)
        with (self._folder / name).open("ab" if size else "xb") as file:
            try:
                file.write(out.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    os.truncate(file.fileno(), size)
                raise
        self._index.execute("INSERT OR REPLACE INTO file VALUES (?, ?)", (name, size + out.tell()))
        return name, place

    def _place(self) -> tuple[str, int]:
        """The file to write to, and its size."""
        row = self._one("SELECT name, size FROM file ORDER BY name DESC LIMIT 1")
        if row is not None and row[1] < _ROLL:
            path = self._folder / row[0]
            if path.exists() and path.stat().st_size == row[1]:
                return row[0], row[1]
        used = [int(path.name[:5]) for path in self._folder.glob(_FILES)] + ([int(row[0][:5])] if row else [])
        return f"{max(used, default=0) + 1:05d}.warc.gz", 0

    def _cut(self) -> None:
        """Cuts away what a crash left behind the last record that the index knows."""
        for name, size in self._index.execute("SELECT name, size FROM file"):
            path = self._folder / name
            if path.exists() and path.stat().st_size > size:
                os.truncate(path, size)

    def has(self, capture: Capture) -> bool:
        """Whether the file that holds a capture is still there."""
        return (self._folder / capture.file).exists()

    def body(self, capture: Capture, most: int) -> bytes:
        """The content of a capture, unpacked, read from its WARC record; FetchError if it is not there any more."""
        path = self._folder / capture.file
        try:
            with path.open("rb") as file:
                file.seek(capture.place)
                for record in ArchiveIterator(file):
                    if record.rec_headers.get_header("WARC-Record-ID") != capture.record:
                        break
                    head, stream = record.http_headers, record.raw_stream
                    if "chunked" in (head.get_header("Transfer-Encoding") or "").lower():
                        stream = ChunkedDataReader(stream)
                    parts = list(iter(lambda: stream.read(1 << 16), b""))  # noqa: B023
                    data = unpack(b"".join(parts), head.get_header("Content-Encoding") or "", most, capture.url)
                    if hashlib.sha256(data).hexdigest() != capture.digest:
                        break
                    return data
        except (OSError, ValueError, EOFError, zlib.error, ArchiveLoadFailed) as error:
            raise FetchError(f"{path} cannot be read at byte {capture.place:,}: {error}") from error
        raise FetchError(
            f"{path} does not hold at byte {capture.place:,} what was kept there; it was changed or damaged"
        )

    # --- what is yet to do --------------------------------------------------------------------------------------------

    def page(self, url: str) -> Page:
        """What is known of a page."""
        row = self._one("SELECT * FROM page WHERE url = ?", url)
        return Page(url) if row is None else Page(*row)

    def saw(self, page: Page, unread: Capture | None = None, *, publisher: str | None = None) -> int:
        """Notes how asking for a page went; with `unread`, that this capture is yet to be read, and as which number."""
        number = 0
        with self._changing():
            self._index.execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?)", dataclasses.astuple(page))
            if unread is not None:
                row = (unread.number, publisher)
                number = self._index.execute("INSERT INTO reading VALUES (NULL, ?, ?, 0)", row).lastrowid or 0
        return number

    def unread(self) -> Iterator[Reading]:
        """What was kept and not read into the record yet, in the order it came."""
        last = 0
        while True:
            row = self._one(
                "SELECT r.number, r.publisher, c.* FROM reading r JOIN capture c ON c.number = r.capture "
                "WHERE r.done = 0 AND r.number > ? ORDER BY r.number LIMIT 1",
                last,
            )
            if row is None:
                return
            last = row[0]
            yield Reading(last, Capture(*row[2:]), row[1])

    def lost(self, capture: Capture) -> None:
        """The bytes of a capture are not there any more: its page is to be read when it comes again."""
        with self._changing():
            self._index.execute("UPDATE page SET digest = '' WHERE digest = ?", (capture.digest,))

    def read(self, last: int) -> None:
        """Everything up to reading number `last` is in the record now."""
        with self._changing():
            self._index.execute("UPDATE reading SET done = 1 WHERE done = 0 AND number <= ?", (last,))

    def read_again(self) -> None:
        """Nothing is in the record, which is a new one: all that was ever kept of pages is to be read."""
        with self._changing():
            self._index.execute("UPDATE reading SET done = 0")

    def source(self, url: str) -> tuple[float, bool]:
        """When a source was last asked (0 for never), and whether all that it listed then was fetched."""
        row = self._one("SELECT asked, whole FROM source WHERE url = ?", url)
        return (0.0, True) if row is None else (row[0], bool(row[1]))

    def asked(self, url: str, when: float, *, whole: bool) -> None:
        """Notes when a source was asked, and whether all that it lists is fetched."""
        with self._changing():
            self._index.execute("INSERT OR REPLACE INTO source VALUES (?, ?, ?)", (url, when, whole))

    # --- the index ----------------------------------------------------------------------------------------------------

    def _one(self, query: str, *values: object) -> Any:
        with self._lock, self._explained():
            return self._index.execute(query, values).fetchone()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock, self._explained():
            self._index.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._index.execute("COMMIT")
            except BaseException:
                self._index.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise RecordLocked(
                    f"{self._folder} is in use: another onrecord is fetching into it; wait for it to end"
                ) from error
            if code == sqlite3.SQLITE_FULL:
                raise self._full() from error
            raise RecordError(f"{self._folder / '.index.db'} cannot be used: {error}") from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise self._full() from error
            raise RecordError(f"{self._folder} cannot be written: {error.strerror or error}") from error

    def _full(self) -> RecordFull:
        return RecordFull(
            f"no space is left for {self._folder}; free some and run the same command again: it goes on where it "
            "stopped"
        )


class _Exact(StatusAndHeaders):  # type: ignore[misc]
    """The head of a message as it was on the wire: warcio would put headers it has parsed into a form of its own."""

    def __init__(self, head: bytes) -> None:
        super().__init__("", [])
        self._head = head

    def __bool__(self) -> bool:
        return True

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self._head


def _validator(headers: httpx.Headers, name: str) -> str | None:
    """A header by which the server knows the version it sent, if it is one that can be sent back."""
    value = headers.get(name, "").strip()
    return value if 0 < len(value) <= 500 and value.isascii() and value.isprintable() else None
