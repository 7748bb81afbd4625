"""One question to a server and its answer, byte for byte, within bounds of size and time.

Invariant: nothing is read beyond the bounds, whatever the server does: the clock runs over the whole exchange, not from
byte to byte, and what is packed is unpacked no further than it may. A connection goes to an address that was checked.
"""

from __future__ import annotations

import functools
import http.cookiejar
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpcore
import httpx

from onrecord.errors import FetchError
from onrecord.fetch import _addresses

_HEAD = 128 * 1024  # bytes of headers; h11 stops at 100 KB of them
_MARGIN = 1.02  # chunked bodies are longer on the wire than they are
_Got = TypeVar("_Got")
_BLANK = re.compile(rb"\r?\n\r?\n")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d\b")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer. `sent` and `head` + `raw` are what was on the wire, `body` is the content unpacked."""

    url: httpx.URL
    ip: str
    sent: bytes
    status: int
    headers: httpx.Headers
    head: bytes
    raw: bytes
    body: bytes


class Wire:
    """Asks one server at a time; not to be shared between threads."""

    def __init__(
        self,
        *,
        agent: str,
        seconds: float,
        silence: float,
        private: Iterable[_addresses.Network] = (),
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._seconds, self._silence = seconds, silence
        self._tape = _Tape(0, 0)
        backend = _Backend(tuple(private), lambda: self._tape)
        self._client = httpx.Client(
            transport=_Transport(trust or httpx.create_ssl_context(), backend),
            headers={"User-Agent": agent, "Accept-Encoding": "gzip, deflate"},
            cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
            timeout=silence,
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def get(
        self, url: httpx.URL, headers: Mapping[str, str], *, most: int, wanted: Callable[[int, str], str] | None = None
    ) -> Exchange:
        """The answer to a GET of `url`. Raises FetchError if there is none within the bounds.

        `most` is the most bytes of its content, packed or unpacked. `wanted` is asked with the status and the media
        type before the body is read; if it gives a reason, the body is not read, and the reason is the error.
        """
        self._tape = tape = _Tape(self._seconds, most)
        try:
            with self._client.stream("GET", url, headers=dict(headers)) as response:
                media = response.headers.get("Content-Type", "")
                if wanted and (reason := wanted(response.status_code, media)):
                    raise FetchError(reason)
                length = response.headers.get("Content-Length", "")
                if length.isdecimal() and int(length[:18]) > most:
                    raise FetchError(_too_large(int(length[:18]), most))
                parts, size = [], 0
                for part in response.iter_raw():
                    size += len(part)
                    if size > most:
                        raise FetchError(_too_large(None, most))
                    parts.append(part)
        except FetchError:
            raise
        except httpx.TimeoutException as error:
            what = "does not let us connect" if isinstance(error, httpx.ConnectTimeout) else "sends nothing"
            raise FetchError(f"{url.host} {what} within {self._silence:g} s", again=True) from error
        except httpx.ConnectError as error:
            certificate = isinstance(error.__cause__ and error.__cause__.__cause__, ssl.SSLCertVerificationError)
            what = "shows a certificate that is not good for it" if certificate else "cannot be reached"
            raise FetchError(f"{url.host} {what}: {error}", again=not certificate) from error
        except httpx.RemoteProtocolError as error:
            raise FetchError(f"{url.host} does not speak HTTP as it should: {error}", again=True) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise FetchError(f"{url.host} cannot be read: {error or type(error).__name__}", again=True) from error
        head, raw = _message(bytes(tape.got), response.headers)
        body = unpack(b"".join(parts), response.headers.get("Content-Encoding", ""), most, url.host)
        return Exchange(url, tape.ip, bytes(tape.sent), response.status_code, response.headers, head, raw, body)


class _Tape:
    """What one exchange may cost, and what was said so far."""

    def __init__(self, seconds: float, size: int) -> None:
        self.seconds, self.size = seconds, size
        self.until, self.most = time.monotonic() + seconds, int(size * _MARGIN) + _HEAD
        self.sent, self.got = bytearray(), bytearray()
        self.ip = ""

    def left(self, timeout: float | None) -> float:
        """Seconds that may be waited now. Raises FetchError when the time is over."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise FetchError(f"took longer than {self.seconds:g} s; given up")
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection that records, counts, and watches the clock of the exchange that it serves."""

    def __init__(self, inner: httpcore.NetworkStream, tape: Callable[[], _Tape], ip: str) -> None:
        self._inner, self._tape, self._ip = inner, tape, ip

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        tape = self._tape()
        data = _timed(tape, timeout, lambda seconds: self._inner.read(max_bytes, timeout=seconds))
        tape.got += data
        if len(tape.got) > tape.most:
            raise FetchError(_too_large(None, tape.size))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        tape = self._tape()
        tape.ip = self._ip
        _timed(tape, timeout, lambda seconds: self._inner.write(buffer, timeout=seconds))
        tape.sent += buffer

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = _timed(
            self._tape(), timeout, lambda seconds: self._inner.start_tls(ssl_context, server_hostname, seconds)
        )
        return _Stream(secured, self._tape, self._ip)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _timed(tape: _Tape, timeout: float | None, act: Callable[[float], _Got]) -> _Got:
    seconds = tape.left(timeout)
    try:
        return act(seconds)
    except httpcore.TimeoutException:
        tape.left(timeout)  # says so if it was the whole exchange that took too long
        raise


class _Backend(httpcore.NetworkBackend):
    """Connects to addresses that were checked, and to no other."""

    def __init__(self, private: tuple[_addresses.Network, ...], tape: Callable[[], _Tape]) -> None:
        self._inner = httpcore.SyncBackend()
        self._private, self._tape = private, tape

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        numbers = _addresses.resolve(host, port, private=self._private)
        for n, number in enumerate(numbers):
            try:
                connect = functools.partial(self._inner.connect_tcp, number, port)
                stream = _timed(self._tape(), timeout, lambda seconds: connect(timeout=seconds))  # noqa: B023
                return _Stream(stream, self._tape, number)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if n == len(numbers) - 1:
                    raise
        raise AssertionError("resolve gives at least one address")

    def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
        raise FetchError(f"{path} is a socket of this machine")


class _Transport(httpx.BaseTransport):
    """httpx over connections of `backend`: what its own transport does, which takes no backend."""

    def __init__(self, trust: ssl.SSLContext, backend: httpcore.NetworkBackend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust, max_connections=4, max_keepalive_connections=2, keepalive_expiry=15,
            network_backend=backend,
        )  # fmt: skip

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        with _in_words_of_httpx(request):
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        stream = _Body(request, answer)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, request: httpx.Request, answer: httpcore.Response) -> None:
        self._request, self._answer = request, answer

    def __iter__(self) -> Iterator[bytes]:
        with _in_words_of_httpx(self._request):
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _in_words_of_httpx:  # noqa: N801
    """Turns the errors of httpcore into those of httpx that have the same name."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if kind is None or kind.__module__.partition(".")[0] != "httpcore":
            return
        for name in (base.__name__ for base in kind.__mro__):
            known = getattr(httpx, name, None)
            if isinstance(known, type) and issubclass(known, httpx.RequestError):
                raise known(str(error), request=self._request) from error


def _message(got: bytes, headers: httpx.Headers) -> tuple[bytes, bytes]:
    """The head and the body of an answer as they were on the wire, without interim answers and what came after."""
    while True:
        end = _BLANK.search(got)
        if end is None:
            return got, b""
        if not _INTERIM.match(got):
            break
        got = got[end.end() :]
    head, raw = got[: end.end()], got[end.end() :]
    length = headers.get("Content-Length", "")
    if "Transfer-Encoding" not in headers and length.isdecimal():
        raw = raw[: int(length[:18])]
    return head, raw


def unpack(data: bytes, coding: str, most: int, host: str) -> bytes:
    """`data` without its content coding, if that gives no more than `most` bytes."""
    coding = coding.strip().lower()
    if coding in ("", "identity") or not data:
        return data
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(f"{host} sends the page packed as {coding[:40]!r}, which was not asked for")
    if coding != "deflate" and not data.startswith(b"\x1f\x8b"):
        return data  # it only says that it is packed
    try:
        return _inflate(data, zlib.MAX_WBITS | 32, most)
    except zlib.error as error:
        try:
            return _inflate(data, -zlib.MAX_WBITS, most) if coding == "deflate" else _raise(error)
        except zlib.error:
            raise FetchError(f"{host} sends a packed page that is damaged: {error}", again=True) from error


def _raise(error: Exception) -> bytes:
    raise error


def _inflate(data: bytes, window: int, most: int) -> bytes:
    out = bytearray()
    while data:
        unpacker = zlib.decompressobj(window)
        out += unpacker.decompress(data, most + 1 - len(out))
        if len(out) > most:
            raise FetchError(f"unpacked it {_too_large(None, most)}")
        if not unpacker.eof:
            raise zlib.error("it breaks off")
        data = unpacker.unused_data
        if data and not data.startswith(b"\x1f\x8b"):
            break  # padding after the last member
    return bytes(out)


def _too_large(size: int | None, most: int) -> str:
    what = f"has {size / 1e6:,.1f} MB" if size else "is larger than one page may be"
    return f"{what}; {most / 1e6:,.1f} MB are the most, unless --max-size says otherwise"
