"""What a site asks of robots: its robots.txt, read as RFC 9309 says.

Invariant: no page of a site is asked before its robots.txt was; if the site cannot say, it is left alone.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from protego import Protego

from onrecord.errors import FetchError

NAME = "onrecord"
"""The name under which robots.txt may address us."""

_MOST = 512 * 1024  # bytes read of one; RFC 9309 asks for at least 500 KiB
_AGENT = re.compile(r"\s*(?:user-?agent|user agent)\s*:?\s*(.*?)\s*(?:#.*)?", re.I)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking for a robots.txt. `status` is 0 if nothing did, and `why` says what was in the way."""

    status: int
    body: bytes = b""
    why: FetchError | None = None


class Robots:
    """The robots.txt of every site, each asked for once while this lives. For any thread."""

    def __init__(self, ask: Callable[[httpx.URL], Answer]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._rules: dict[str, _Rules] = {}

    def check(self, url: httpx.URL) -> None:
        """Raises FetchError if `url` may not be fetched."""
        rules = self._of(url)
        if rules.closed is not None:
            raise FetchError(str(rules.closed), again=rules.closed.again) from rules.closed
        if rules.parsed is not None and not rules.parsed.can_fetch(str(url), NAME):
            raise FetchError(f"the robots.txt of {url.host} asks that it not be fetched")

    def delay(self, url: httpx.URL) -> float:
        """Seconds that the site asks to let pass between two requests."""
        parsed = self._of(url).parsed
        if parsed is None:
            return 0.0
        rate = parsed.request_rate(NAME)
        return max(parsed.crawl_delay(NAME) or 0.0, rate.seconds / rate.requests if rate else 0.0)

    def _of(self, url: httpx.URL) -> _Rules:
        site = f"{url.scheme}://{url.netloc.decode('ascii')}"
        with self._lock:
            lock = self._locks.setdefault(site, threading.Lock())
        with lock:
            if site not in self._rules:
                self._rules[site] = _read(self._ask(httpx.URL(f"{site}/robots.txt")), url.host)
            return self._rules[site]


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None = None
    closed: FetchError | None = None


def _read(answer: Answer, host: str) -> _Rules:
    if answer.status == 200:
        body = answer.body
        if len(body) > _MOST:  # half a line would be another rule
            body = body[: body.rfind(b"\n", 0, _MOST) + 1]
        return _Rules(Protego.parse(_ours(body.decode("utf-8", "replace").removeprefix("\ufeff"))))
    if 400 <= answer.status < 500 and answer.status != 429:
        return _Rules()  # there is none
    if answer.why is not None and not answer.why.again:
        return _Rules(closed=answer.why)
    reason = answer.why or f"it answers {answer.status}"
    return _Rules(closed=FetchError(f"{host} does not give its robots.txt, so it is left alone: {reason}", again=True))


def _ours(text: str) -> str:
    """A robots.txt in which all groups that are not for us are one.

    The parser gives every rule to every agent named above it: 20,000 of each would fill the memory.
    """
    lines = []
    for line in text.splitlines():
        match = _AGENT.fullmatch(line)
        agent = match[1].lower() if match else ""
        name = agent.replace("*", "")
        ours = agent == "*" or (name and NAME.startswith(name))
        lines.append("User-agent: somebody-else" if match and agent and not ours else line)
    return "\n".join(lines)
