"""Fetches pages, and what feeds and sitemaps list, from the live web: politely, within bounds, and kept as WARC.

Invariant: what is handed on was kept before, and is read back from what was kept; what was handed on and did not reach
the record is handed on again. So a run that was stopped, and started again, ends in the same record.
"""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import httpx

from onrecord import __version__
from onrecord.errors import FetchError, SourceError
from onrecord.fetch import _documents
from onrecord.fetch._addresses import EVERYWHERE, look
from onrecord.fetch._archive import Archive, Capture, Page, Reading
from onrecord.fetch._robots import NAME, Answer, Robots
from onrecord.fetch._wire import Wire
from onrecord.fetch.plan import Bounds, Plan, Source, check_contact, load
from onrecord.model import Document, Failure
from onrecord.sources import listings

__all__ = ["EVERYWHERE", "Bounds", "Fetcher", "Plan", "Source", "Tally", "check_contact", "load"]

_AGAIN = frozenset((429, 500, 502, 503, 504))  # answers after which another try may do better
_MOVED = frozenset((301, 302, 303, 307, 308))
_ROBOTS_HOPS = 5  # RFC 9309, 2.3.1.2
_ROBOTS_AGE = 86400.0  # seconds; RFC 9309, 2.4
_DEAD = 5  # failures of a host one after the other, after which the rest of its pages is left to the next round
_SITEMAP_DEPTH = 3  # an index of sitemaps may name indexes, which the protocol does not know, and no deeper
_LISTED = 200_000  # links followed up from one source in a round
_SOON, _LATER = 900.0, 86400.0  # seconds before a page that failed is asked again: for passing troubles, for others
_LATEST = 30 * 86400.0
_NOT_PAGES = {"image": "a picture", "video": "a film", "audio": "a recording", "font": "a font"}
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"


@dataclass(frozen=True, slots=True)
class Tally:
    """What rounds did: requests sent, pages that were new, changed or the same, what failed, and what was left over."""

    requests: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    failed: int = 0
    left: int = 0

    def since(self, other: Tally) -> Tally:
        """What was done after `other`."""
        mine, before = dataclasses.astuple(self), dataclasses.astuple(other)
        return Tally(*(a - b for a, b in zip(mine, before, strict=True)))


@dataclass(frozen=True, slots=True)
class _Job:
    url: httpx.URL
    source: Source
    role: Literal["source", "listing", "page"]
    mark: str = ""
    depth: int = 0


class _Stopped(Exception):
    """Somebody wants the round to end."""


class Fetcher:
    """Asks sources, follows what they list, keeps all of it in the folder `archive`. A context manager.

    One thread a host, at most `bounds.hosts` at a time. `say` is called, from any of them, after each answer, with what
    was done so far and the address. Raises RecordLocked if another process has the archive.
    """

    def __init__(
        self,
        archive: Path,
        *,
        bounds: Bounds | None = None,
        contact: str = "",
        say: Callable[[Tally, str], None] | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.agent = f"{NAME}/{__version__}" + (f" (+{contact})" if contact else "")
        self._bounds = bounds or Bounds()
        self._name = archive.name
        self._archive = Archive.open(archive, agent=self.agent)
        self._say = say or (lambda tally, url: None)
        self._trust = trust or httpx.create_ssl_context()
        self._tally, self._tally_lock = Tally(), threading.Lock()
        self._gate = _Gate(self._bounds.delay)
        self._last = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops what is going on and closes the archive."""
        self._gate.stop.set()
        self._archive.close()

    @property
    def tally(self) -> Tally:
        """What was done since this was made."""
        return self._tally

    def due(self, sources: Sequence[Source]) -> float:
        """Seconds until the first of `sources` is to be asked; 0 if one is."""
        now = self._archive.now().timestamp()
        return max(0.0, min((self._due(source) - now for source in sources), default=0.0))

    def round(self, sources: Sequence[Source], *, force: bool = False) -> Iterator[Document | Failure]:
        """Asks those of `sources` that are due, or all with `force`; gives what is new or changed, and what failed.

        What was kept before and did not reach the record comes first. When all is in the record, call `saved`.
        """
        for reading in self._archive.unread():
            yield from self._read(reading)
        now = self._archive.now().timestamp()
        asked = [source for source in sources if force or self._due(source) <= now + source.every / 20]
        if asked:
            with contextlib.closing(_Round(self, asked).run()) as found:
                for item in found:
                    if isinstance(item, Reading):
                        yield from self._read(item)
                    else:
                        yield item

    def saved(self) -> None:
        """All that `round` gave so far is in the record."""
        self._archive.read(self._last)

    def forget_saved(self) -> None:
        """Nothing that was ever kept is in the record, which is a new one: `round` will give all of it."""
        self._archive.read_again()

    def _due(self, source: Source) -> float:
        asked, whole = self._archive.source(source.url)
        return asked + source.every if whole else 0.0

    def _read(self, reading: Reading) -> Iterator[Document | Failure]:
        capture = reading.capture
        self._last = max(self._last, reading.number)
        try:
            data = self._archive.body(capture, self._bounds.size)
        except FetchError as error:
            self._archive.lost(capture)
            yield Failure(capture.url, str(error))
            return
        origin = f"{self._name}/{capture.origin}"
        yield from _documents.documents(
            data, capture, origin=origin, publisher=reading.publisher, most=self._bounds.size
        )

    def _count(self, url: str, **more: int) -> None:
        with self._tally_lock:
            self._tally = dataclasses.replace(
                self._tally, **{name: getattr(self._tally, name) + number for name, number in more.items()}
            )
        self._say(self._tally, url)


class _Gate:
    """Lets one request to a host pass at a time, each a while after the last."""

    def __init__(self, delay: float) -> None:
        self.stop = threading.Event()
        self._delay = delay
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    def wait(self, host: str, delay: float) -> None:
        """Returns when `host` may be asked. Raises _Stopped if the run is to end."""
        delay = max(delay, self._delay)
        with self._lock:
            now = time.monotonic()
            begin = max(now, self._free.get(host, now))
            self._free[host] = begin + delay
        if self.stop.wait(begin - now) if begin > now else self.stop.is_set():
            raise _Stopped

    def hold(self, host: str, seconds: float) -> None:
        """Lets nothing pass to `host` for so long from now."""
        with self._lock:
            self._free[host] = max(self._free.get(host, 0.0), time.monotonic() + seconds)


class _Round:
    """One round: jobs in a queue a host, threads that take from them, and what comes of it, in order of arrival."""

    def __init__(self, fetcher: Fetcher, sources: Sequence[Source]) -> None:
        self._fetcher, self._sources = fetcher, sources
        self._archive, self._bounds, self._gate = fetcher._archive, fetcher._bounds, fetcher._gate
        self._until = time.monotonic() + self._bounds.round
        self._robots = Robots(self._ask_robots)
        self._own = threading.local()
        self._state = threading.Condition()
        self._lanes: dict[str, deque[_Job]] = {}
        self._busy: set[str] = set()
        self._seen: set[str] = set()
        self._pages: dict[str, int] = {}
        self._links: dict[str, int] = {}
        self._cut: set[str] = set()
        self._dead: dict[str, int] = {}
        self._out: queue.Queue[Reading | Failure | BaseException | None] = queue.Queue(maxsize=16)

    def run(self) -> Generator[Reading | Failure, None, None]:
        for source in self._sources:
            try:
                self._put(_Job(look(source.url), source, "source"))
            except FetchError as error:
                yield Failure(source.url, str(error))
        threads = [
            threading.Thread(target=self._work, name=f"fetch {n}", daemon=True) for n in range(self._bounds.hosts)
        ]
        for thread in threads:
            thread.start()
        going = len(threads)
        done = False
        try:
            while going:
                item = self._out.get()
                if item is None:
                    going -= 1
                elif isinstance(item, BaseException):
                    raise item
                else:
                    yield item
            now = self._archive.now().timestamp()
            for source in self._sources:
                self._archive.asked(source.url, now, whole=source.url not in self._cut)
            done = True
        finally:
            if not done:
                self._gate.stop.set()
                with self._state:
                    self._state.notify_all()

    # --- threads ------------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        bounds = self._bounds
        wire = Wire(
            agent=self._fetcher.agent, seconds=bounds.seconds, silence=bounds.silence,
            private=bounds.private, trust=self._fetcher._trust,
        )  # fmt: skip
        self._own.wire = wire
        try:
            while (taken := self._take()) is not None:
                host, job = taken
                try:
                    self._do(job)
                finally:
                    with self._state:
                        self._busy.discard(host)
                        self._state.notify_all()
        except _Stopped:
            pass
        except BaseException as error:
            self._emit(error)
        finally:
            wire.close()
            self._emit(None)

    def _put(self, job: _Job) -> None:
        with self._state:
            self._lanes.setdefault(job.url.host, deque()).append(job)
            self._state.notify_all()

    def _take(self) -> tuple[str, _Job] | None:
        with self._state:
            while not self._gate.stop.is_set():
                if time.monotonic() > self._until:
                    self._drop()
                for host, lane in self._lanes.items():
                    if host not in self._busy and lane:
                        self._busy.add(host)
                        return host, lane.popleft()
                if not self._busy:
                    return None
                self._state.wait(0.5)
            return None

    def _drop(self) -> None:
        """The time of the round is over: what was not begun is left to the next."""
        for lane in self._lanes.values():
            for job in lane:
                self._cut.add(job.source.url)
                self._fetcher._count(str(job.url), left=1)
            lane.clear()

    def _emit(self, item: Reading | Failure | BaseException | None) -> None:
        while not self._gate.stop.is_set():
            with contextlib.suppress(queue.Full):
                self._out.put(item, timeout=0.2)
                return

    # --- jobs ---------------------------------------------------------------------------------------------------------

    def _do(self, job: _Job) -> None:
        if job.role == "page" or job.source.kind == "page":
            self._page(job)
            return
        try:
            self._listing(job)
        except FetchError as error:
            self._fetcher._count(str(job.url), failed=1)
            self._emit(Failure(str(job.url), str(error)))

    def _page(self, job: _Job) -> None:
        url = str(job.url)
        page = self._archive.page(url)
        host = job.url.host
        if self._dead.get(host, 0) >= _DEAD:
            self._fetcher._count(url, left=1)
            return
        try:
            capture = self._get(job.url, page=True)
        except FetchError as error:
            self._missed(url, job.mark, page, error)
            self._dead[host] = self._dead.get(host, 0) + 1 if error.again else 0
        else:
            self._dead[host] = 0
            self._got(job, page, capture)

    def _got(self, job: _Job, page: Page, capture: Capture) -> None:
        url, now = str(job.url), self._archive.now().timestamp()
        fresh = capture.digest != page.digest
        number = self._archive.saw(
            Page(url, job.mark, capture.digest, now), capture if fresh else None, publisher=job.source.publisher
        )
        if not fresh:
            self._fetcher._count(url, same=1)
        else:
            self._fetcher._count(url, **{"changed" if page.digest else "new": 1})
            self._emit(Reading(number, capture, job.source.publisher))

    def _missed(self, url: str, mark: str, page: Page, error: FetchError) -> None:
        now = self._archive.now().timestamp()
        wait = min((_SOON if error.again else _LATER) * 2**page.fails, _LATEST)
        if isinstance(error, _Later):
            wait = max(wait, min(error.seconds, _LATEST))
        self._archive.saw(
            dataclasses.replace(page, mark=mark, asked=now, fails=min(page.fails + 1, 20), again=now + wait)
        )
        self._fetcher._count(url, failed=1)
        self._emit(Failure(url, str(error)))

    def _listing(self, job: _Job) -> None:
        url, source = str(job.url), job.source
        page = self._archive.page(url)
        capture = self._archive.last(url)
        if job.role == "source" or not job.mark or job.mark != page.mark or capture is None:
            capture = self._get(job.url)
        most = self._bounds.listing
        data = self._archive.body(capture, most)
        try:
            listed = listings.links(data, capture.url, most=most, plain=source.kind == "sitemap")
        except SourceError as error:
            raise FetchError(str(error)) from error
        if listed is None:
            if source.kind == "auto" and job.role == "source":
                self._archive.body(capture, self._bounds.size)  # raises if it is larger than a page may be
                self._got(job, page, capture)
                return
            raise FetchError(f"is not a {'feed' if source.kind == 'feed' else 'sitemap'}; list it under [[page]]?")
        if job.role == "listing":
            self._archive.saw(Page(url, job.mark, "", self._archive.now().timestamp()))
        base = look(capture.url)
        for link in listed:
            self._follow(job, link, base)

    def _follow(self, job: _Job, link: listings.Link, base: httpx.URL) -> None:
        source = job.source
        if not link.listing and not source.wants(link.url):
            return
        try:
            target = look(link.url, base=base)
        except FetchError as error:
            page = self._archive.page(link.url)
            if page.again <= self._archive.now().timestamp():
                self._missed(link.url, link.mark, page, error)
            return
        url = str(target)
        with self._state:
            known = url in self._seen
            self._seen.add(url)
            self._links[source.url] = number = self._links.get(source.url, 0) + 1
        if known:
            return
        if number > _LISTED:
            self._left(source, url)
        elif link.listing:
            if job.depth + 1 > _SITEMAP_DEPTH:
                raise FetchError(f"lists sitemaps {_SITEMAP_DEPTH} deep and more within each other")
            self._put(_Job(target, source, "listing", link.mark, job.depth + 1))
        elif self._worth(url, link.mark, source):
            with self._state:
                self._pages[source.url] = number = self._pages.get(source.url, 0) + 1
            if number > source.pages:
                self._left(source, url)
            else:
                self._put(_Job(target, source, "page", link.mark))

    def _left(self, source: Source, url: str) -> None:
        self._cut.add(source.url)
        self._fetcher._count(url, left=1)

    def _worth(self, url: str, mark: str, source: Source) -> bool:
        """Whether a listed page is to be asked: it is new, is said to be another version, or it is time again."""
        page, now = self._archive.page(url), self._archive.now().timestamp()
        if mark and mark != page.mark:
            return True
        if page.again > now:
            return False
        return not page.digest or (source.refresh is not None and now - page.asked >= source.refresh)

    # --- requests -----------------------------------------------------------------------------------------------------

    def _get(self, url: httpx.URL, *, page: bool = False) -> Capture:
        """The newest content of `url`, or of where it leads. Raises FetchError if there is none to be had."""
        been = []
        while True:
            self._robots.check(url)
            delay = self._robots.delay(url)
            if delay > self._bounds.longest_delay:
                raise FetchError(f"{url.host} asks for {delay:,.0f} s between two requests, longer than we stay")
            capture, location = self._ask(url, delay, page=page)
            if location is None:
                return capture
            been.append(str(url))
            url = look(location, base=url)
            if str(url) in been:
                raise FetchError(f"leads in a circle: {url} again")
            if len(been) > self._bounds.redirects:
                raise FetchError(f"leads on and on: {self._bounds.redirects} redirects are the most")

    def _ask(self, url: httpx.URL, delay: float, *, page: bool = False) -> tuple[Capture, str | None]:
        """One answer of a server, with tries and waits: what is kept of it, and where it leads if it is a redirect."""
        for attempt in range(1, self._bounds.tries + 1):
            last = attempt == self._bounds.tries
            self._gate.wait(url.host, delay)
            before = self._archive.last(str(url))
            if before is not None and not self._archive.has(before):
                before = None
            headers = {"Accept": _ACCEPT}
            if before is not None and before.etag:
                headers["If-None-Match"] = before.etag
            if before is not None and before.modified:
                headers["If-Modified-Since"] = before.modified
            began = self._archive.now()
            self._fetcher._count(str(url), requests=1)
            pause = self._bounds.backoff * 2 ** (attempt - 1)
            try:
                most = self._bounds.size if page else self._bounds.listing
                exchange = self._own.wire.get(url, headers, most=most, wanted=_wanted if page else None)
            except FetchError as error:
                self._gate.hold(url.host, delay if last or not error.again else pause)
                if last or not error.again:
                    raise
                continue
            self._gate.hold(url.host, max(delay, self._bounds.delay))
            capture = self._archive.keep(exchange, began)
            status = exchange.status
            if status == 200 or (status == 304 and before is not None):
                return capture, None
            if status in _MOVED and (location := exchange.headers.get("Location", "").strip()):
                return capture, location
            asked = _retry_after(exchange.headers, began.timestamp())
            reason = f"{url.host} answers {status} {httpx.codes.get_reason_phrase(status)}".strip()
            if status not in _AGAIN:
                raise FetchError(reason)
            if asked is not None and asked > self._bounds.patience:
                raise _Later(f"{reason}, and asks to come again in {asked:,.0f} s", asked)
            self._gate.hold(url.host, pause if asked is None else max(asked, delay))
            if last:
                raise FetchError(f"{reason}, {self._bounds.tries} times", again=True)
        raise AssertionError("there is at least one try")

    def _ask_robots(self, url: httpx.URL) -> Answer:
        try:
            kept = self._archive.last(str(url), any_status=True)
            now = self._archive.now().timestamp()
            if (
                kept is not None
                and now - kept.checked < _ROBOTS_AGE
                and (kept.status == 200 or 400 <= kept.status < 429)
            ):
                return self._answer(kept)
            for _ in range(_ROBOTS_HOPS + 1):
                try:
                    capture, location = self._ask(url, 0.0)
                except FetchError:
                    kept = self._archive.last(str(url), any_status=True)
                    if kept is None or kept.checked < now:
                        raise
                    return Answer(kept.status)
                if location is None:
                    return self._answer(capture)
                url = look(location, base=url)
        except FetchError as error:
            return Answer(0, why=error)
        return Answer(404)  # RFC 9309: after five redirects it may be taken as unavailable

    def _answer(self, capture: Capture) -> Answer:
        return Answer(
            capture.status, self._archive.body(capture, self._bounds.listing) if capture.status == 200 else b""
        )


class _Later(FetchError):
    """A server that names the time after which to come again."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason, again=True)
        self.seconds = seconds


def _wanted(status: int, media: str) -> str:
    """Why the body of a page is not wanted, empty if it is."""
    what = _NOT_PAGES.get(media.partition("/")[0].strip().lower()) if status == 200 else None
    return f"is {what} ({media.partition(';')[0].strip()[:60]}), not a page" if what else ""


def _retry_after(headers: httpx.Headers, now: float) -> float | None:
    """The seconds that a server asks to wait."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:12])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
