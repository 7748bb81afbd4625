"""What to fetch, how often and within which bounds: written in a TOML file, or given on the command line."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, get_args

from onrecord.errors import FetchError, PlanError
from onrecord.fetch import _addresses

Kind = Literal["auto", "page", "feed", "sitemap"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_LEAST_DELAY = 0.5


@dataclass(frozen=True, slots=True)
class Source:
    """An address to ask. `kind` `auto` means that its content tells whether it is a page, a feed or a sitemap.

    `every` and `refresh` are seconds: how often to ask, and after which time to ask again for a listed page that the
    feed or sitemap does not say to have changed (None for never). `pages` is the most pages to fetch in a round;
    `only` and `skip` are patterns of addresses (`*` for anything) that limit which listed pages are fetched.
    """

    url: str
    kind: Kind = "auto"
    every: float = 3600.0
    refresh: float | None = None
    pages: int = 500
    publisher: str | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    @classmethod
    def at(cls, address: str) -> Source:
        """The source at an address, of whichever kind. Raises FetchError if it is none that may be asked."""
        return cls(str(_addresses.look(address)))

    def wants(self, url: str) -> bool:
        """Whether a listed page is to be fetched."""
        if any(fnmatchcase(url, pattern) for pattern in self.skip):
            return False
        return not self.only or any(fnmatchcase(url, pattern) for pattern in self.only)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a server may cost us and we a server. Sizes in bytes, times in seconds.

    `delay` lies between two requests to one host, `seconds` is for a whole answer, `silence` for waiting without a byte
    of it, `patience` the most that is waited where a server says Retry-After, `backoff` the first wait before another
    try, doubled each time, `round` the time after which a round begins no more requests, `longest_delay` the longest
    Crawl-delay that is waited. `size` is for pages, `listing` for feeds and sitemaps: as much as the protocol of
    sitemaps allows. `private` are networks inside that may be asked.
    """

    delay: float = 2.0
    seconds: float = 60.0
    silence: float = 20.0
    size: int = 10_000_000
    listing: int = 52_428_800
    redirects: int = 10
    tries: int = 3
    backoff: float = 2.0
    patience: float = 120.0
    longest_delay: float = 600.0
    round: float = 3600.0
    hosts: int = 8
    private: tuple[_addresses.Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """All sources of a file, its bounds, and who asks: an address where an operator of a site can complain."""

    sources: tuple[Source, ...]
    bounds: Bounds = field(default_factory=Bounds)
    contact: str = ""


def load(path: Path, *, bounds: Bounds | None = None) -> Plan:
    """The plan in a TOML file; `bounds` are those that the file does not set. Raises PlanError with file and key."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PlanError(f"there is no file {path}; `onrecord watch --help` shows what it may hold") from error
    except IsADirectoryError as error:
        raise PlanError(f"{path} is a folder; give the TOML file that lists what to watch") from error
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{path} is not TOML: {error}") from error
    reader = _Reader(path, bounds or Bounds())
    settings = data.pop("settings", {})
    kinds: dict[str, Kind] = {kind: kind for kind in get_args(Kind) if kind != "auto"}
    for key, value in data.items():
        if key not in kinds or not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise PlanError(f"{path}: {key!r} is unknown; write [settings], [[page]], [[feed]] and [[sitemap]]")
    made, contact, every = reader.settings(settings)
    sources = [
        reader.source(kinds[key], f"{key} {n}", table, every)
        for key, tables in data.items()
        for n, table in enumerate(tables, 1)
    ]
    if not sources:
        raise PlanError(f"{path} lists nothing to watch; add a [[feed]], [[page]] or [[sitemap]] with a url")
    seen: set[str] = set()
    for source in sources:
        if source.url in seen:
            raise PlanError(f"{path}: {source.url} is listed twice")
        seen.add(source.url)
    return Plan(tuple(sources), made, contact)


class _Reader:
    """Takes values out of tables, and says of those it does not know where they stand."""

    def __init__(self, path: Path, bounds: Bounds) -> None:
        self._path, self._bounds = path, bounds

    def settings(self, table: Any) -> tuple[Bounds, str, float]:
        if not isinstance(table, dict):
            raise PlanError(f"{self._path}: settings must be a table: [settings]")
        table = dict(table)
        where = "settings"
        contact = check_contact(self._text(where, table, "contact") or "")
        every = self._time(where, table, "every", 3600.0)
        least = 0.0 if self._bounds.private else _LEAST_DELAY
        bounds = dataclasses.replace(
            self._bounds,
            delay=self._time(where, table, "delay", self._bounds.delay, least=least),
            seconds=self._time(where, table, "timeout", self._bounds.seconds, least=0.1),
            round=self._time(where, table, "round", self._bounds.round, least=1.0),
            tries=self._number(where, table, "tries", self._bounds.tries),
        )
        self._nothing_else(where, table)
        return dataclasses.replace(bounds, silence=min(bounds.silence, bounds.seconds)), contact, every

    def source(self, kind: Kind, where: str, table: dict[str, Any], every: float) -> Source:
        table = dict(table)
        url = self._text(where, table, "url")
        if url is None:
            raise PlanError(f"{self._path}: {where} has no url")
        try:
            url = str(_addresses.look(url))
        except FetchError as error:
            raise PlanError(f"{self._path}: {where}: url {error}") from error
        every = self._time(where, table, "every", every)
        publisher = self._text(where, table, "publisher")
        source = Source(url, kind, every, publisher=publisher)
        if kind != "page":
            refresh = self._time(where, table, "refresh", 0.0) if "refresh" in table else None
            source = dataclasses.replace(
                source,
                refresh=refresh,
                pages=self._number(where, table, "pages", source.pages),
                only=self._patterns(where, table, "only"),
                skip=self._patterns(where, table, "skip"),
            )
        self._nothing_else(where, table)
        return source

    def _text(self, where: str, table: dict[str, Any], key: str) -> str | None:
        value = table.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise PlanError(f"{self._path}: {where}: {key} is {value!r}; it must be words in quotes")
        return value.strip()

    def _time(self, where: str, table: dict[str, Any], key: str, default: float, *, least: float = 0.0) -> float:
        value = table.pop(key, None)
        if value is None:
            return default
        match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise PlanError(f'{self._path}: {where}: {key} is {value!r}; write it as "30s", "15m", "6h" or "1d"')
        seconds = float(match[1]) * _UNITS[match[2]]
        if seconds < least:
            raise PlanError(f"{self._path}: {where}: {key} is {value!r}; {least:g}s is the least, out of politeness")
        return seconds

    def _number(self, where: str, table: dict[str, Any], key: str, default: int) -> int:
        value = table.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise PlanError(f"{self._path}: {where}: {key} is {value!r}; it must be a whole number from 1")
        return value

    def _patterns(self, where: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.pop(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
            raise PlanError(f'{self._path}: {where}: {key} is {value!r}; write it as ["*/news/*"]')
        return tuple(values)

    def _nothing_else(self, where: str, table: dict[str, Any]) -> None:
        for key in table:
            raise PlanError(f"{self._path}: {where}: {key!r} is unknown; see `onrecord watch --help`")


def check_contact(contact: str) -> str:
    """`contact` if it can be part of a user agent. Raises PlanError if not."""
    if not _PRINTABLE.fullmatch(contact) or "(" in contact or ")" in contact or len(contact) > 200:
        raise PlanError(f"the contact {contact!r} must be an e-mail or web address in plain letters")
    return contact
