"""A real web server on loopback for tests: answers by path, and a log of what was asked."""

from __future__ import annotations

import http.server
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    address: str


@dataclass(frozen=True)
class Answer:
    """What to answer. With an `etag`, 304 to who has it already."""

    body: bytes | str = b""
    status: int = 200
    media: str = "text/plain; charset=utf-8"
    etag: str = ""
    headers: dict[str, str] = field(default_factory=dict)


Handler = http.server.BaseHTTPRequestHandler
Route = Answer | Callable[[Handler], Answer | None]


class Site:
    """Serves `routes` on loopback while it is open. A route that is a function may also write to `wfile` itself."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[Asked] = []
        site = self

        class Serve(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 1 << 16  # head and body in one piece

            def do_GET(self) -> None:
                site.asked.append(Asked(self.path, dict(self.headers), self.client_address[0]))
                route = site.routes.get(self.path, Answer("not here", 404))
                answer = route(self) if callable(route) else route
                if answer is not None:
                    site.send(self, answer)

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that hangs up is what the test is about

        self._server = Quiet((address, 0), Serve)
        self.host = address
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return f"http://{self.host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked, in order, without robots.txt."""
        return [one.path for one in self.asked if one.path != "/robots.txt"]

    def counts(self) -> Counter[str]:
        """How often each path was asked."""
        return Counter(one.path for one in self.asked)

    @staticmethod
    def send(handler: Handler, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        status = answer.status
        if answer.etag and handler.headers.get("If-None-Match") == answer.etag:
            status, body = 304, b""
        handler.send_response(status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if answer.etag:
            handler.send_header("ETag", answer.etag)
        if status != 304:
            handler.send_header("Content-Type", answer.media)
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
