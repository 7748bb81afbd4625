"""An invented outlet of 200 pages with all that sites have: robots.txt, feed, sitemaps, redirects, errors, slow ones.

Its day changes whenever its sitemap index is asked: on the second day five pages are corrected and three are new, on
the third nothing happens.
"""

from __future__ import annotations

import gzip
import time
from email.utils import formatdate

from served import Answer, Handler, Site

NEWS, ARCHIVE, MOVED, FLAKY, SLOW = 120, 60, 10, 4, 3
GONE, BROKEN, DRIPPING, PRIVATE = 3, 1, 1, 2
PAGES = NEWS + ARCHIVE + MOVED + FLAKY + SLOW  # 197 that can be had, with the three new ones 200
CORRECTED = (3, 14, 15, 92, 65)
FRESH = 3

_HTML = "text/html; charset=utf-8"
_PEOPLE = ("Petra Vallis", "Ilyan Torvek", "Amara Deslonde", "Joren Makk", "Sefa Adoru", "Linnea Obrecht")
_PLACES = ("Nordhaven", "Port Halla", "Saint Orlo", "Kesh Mora")
_DAYS = ("2026-03-01", "2026-03-02", "2026-03-02")


class Newsroom:
    """Serves the outlet on a site, or a smaller one with fewer pages of news and archive. `day` counts from 1."""

    def __init__(self, site: Site, *, news: int = NEWS, archive: int = ARCHIVE) -> None:
        self.site, self.day, self.news, self.archive = site, 0, news, archive
        self._tried: dict[str, int] = {}
        site.routes |= {
            "/robots.txt": Answer("User-agent: *\nDisallow: /private/\nCrawl-delay: 0.001\n"),
            "/sitemap.xml": self._index,
            "/sitemap-news.xml": self._news,
            "/sitemap-archive.xml.gz": self._packed,
            "/feed.xml": self._feed,
            "/photo.jpg": Answer(b"\xff\xd8\xff" + bytes(100), media="image/jpeg"),
        }
        for n in range(news + FRESH):
            site.routes[f"/news/{n}"] = self._page
        for n in range(archive):
            site.routes[f"/archive/{n}"] = self._old
        for n in range(MOVED):
            site.routes[f"/moved/{n}"] = Answer(status=301 + n % 2, headers={"Location": f"/here/{n}"})
            site.routes[f"/here/{n}"] = Answer(self.text(f"/here/{n}"), media=_HTML, etag=f'"here-{n}"')
        for n in range(FLAKY):
            site.routes[f"/flaky/{n}"] = self._flaky
        for n in range(SLOW):
            site.routes[f"/slow/{n}"] = self._slow
        for n in range(BROKEN):
            site.routes[f"/broken/{n}"] = Answer("out of order", 500)
        for n in range(DRIPPING):
            site.routes[f"/dripping/{n}"] = self._drip
        for n in range(PRIVATE):
            site.routes[f"/private/{n}"] = Answer("not for robots")

    def text(self, path: str) -> str:
        """What stands on a page on the day it is."""
        n = sum(map(ord, path)) + int(path.rpartition("/")[2])
        one, two = _PEOPLE[n % 6], _PEOPLE[(n + 1 + n // 6 % 5) % 6]
        corrected = self.corrected(path)
        when = f"{n % 27 + 1} {'April' if corrected else 'March'} 2026"
        note = "<p>Correction: an earlier version of this report gave another month.</p>" if corrected else ""
        return (
            f"<!DOCTYPE html><html lang=en><head><title>Report {path} | The Newsroom</title>"
            f'<meta property="article:published_time" content="{_DAYS[0]}T08:00:00Z"></head><body>'
            '<nav><ul><li><a href="/">Home</a></li><li><a href="/archive">Archive</a></li></ul></nav>'
            f"<main><article><h1>{one} and {two} speak about file {path.strip('/')}</h1>"
            f"<p>{one} met {two} in {_PLACES[n % 4]} on {when}. They spoke about file {path.strip('/')}, which has "
            f"been with both sides since winter, and agreed to speak again before the month is over.</p>{note}"
            "</article></main>"
            "<footer><p>All rights reserved. <a href='/imprint'>Imprint</a></p></footer></body></html>\n"
        )

    def corrected(self, path: str) -> bool:
        """Whether a page is one that is corrected by now."""
        return self.day > 1 and path in {f"/news/{n}" for n in CORRECTED}

    # --- pages --------------------------------------------------------------------------------------------------------

    def _page(self, handler: Handler) -> Answer:
        return Answer(
            self.text(handler.path), media=_HTML, etag=f'"{handler.path}-{int(self.corrected(handler.path))}"'
        )

    def _old(self, handler: Handler) -> Answer:
        stamp = formatdate(1_700_000_000 + int(handler.path.rpartition("/")[2]), usegmt=True)
        if handler.headers.get("If-Modified-Since") == stamp:
            return Answer(status=304)
        body = gzip.compress(self.text(handler.path).encode(), mtime=0)
        return Answer(body, media=_HTML, headers={"Last-Modified": stamp, "Content-Encoding": "gzip"})

    def _flaky(self, handler: Handler) -> Answer:
        self._tried[handler.path] = tried = self._tried.get(handler.path, 0) + 1
        if tried == 1:
            return Answer("busy", 503, headers={"Retry-After": "0"})
        return Answer(self.text(handler.path), media=_HTML)

    def _slow(self, handler: Handler) -> Answer:
        time.sleep(0.4)
        return Answer(self.text(handler.path), media=_HTML)

    def _drip(self, handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(1000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    # --- listings -----------------------------------------------------------------------------------------------------

    def _index(self, _: Handler) -> Answer:
        self.day += 1
        day = _DAYS[min(self.day, 3) - 1]
        rows = (("/sitemap-news.xml", day), ("/sitemap-archive.xml.gz", _DAYS[0]))
        return self._xml("sitemapindex", "sitemap", [(self.site.url(path), mark) for path, mark in rows])

    def _news(self, _: Handler) -> Answer:
        paths = [f"/news/{n}" for n in range(self.news + (FRESH if self.day > 1 else 0))]
        return self._xml("urlset", "url", [(self.site.url(path), _DAYS[self.corrected(path)]) for path in paths])

    def _packed(self, _: Handler) -> Answer:
        made = self._xml("urlset", "url", [(self.site.url(f"/archive/{n}"), "") for n in range(self.archive)])
        assert isinstance(made.body, str)
        return Answer(gzip.compress(made.body.encode(), mtime=0), media="application/gzip", etag='"archive"')

    def _feed(self, _: Handler) -> Answer:
        paths = [f"/news/{n}" for n in range(self.news - 20, self.news)]
        for kind, number in (
            ("moved", MOVED), ("flaky", FLAKY), ("slow", SLOW), ("gone", GONE), ("broken", BROKEN),
            ("dripping", DRIPPING), ("private", PRIVATE),
        ):  # fmt: skip
            paths += [f"/{kind}/{n}" for n in range(number)]
        items = "".join(f"<item><title>{path}</title><link>{self.site.url(path)}</link></item>" for path in paths)
        items += "<item><title>A photo</title><link>/photo.jpg</link></item>"
        return Answer(
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>Newsroom</title>{items}</channel></rss>',
            media="application/rss+xml",
            etag='"feed"',
        )

    @staticmethod
    def _xml(root: str, item: str, rows: list[tuple[str, str]]) -> Answer:
        lines = "".join(
            f"<{item}><loc>{url}</loc>{f'<lastmod>{mark}</lastmod>' if mark else ''}</{item}>\n" for url, mark in rows
        )
        body = f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</{root}>\n'
        return Answer(body, media="application/xml")
