"""What a site asks for is done: robots.txt, delays, waits, and no request that is not needed."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import pytest
from served import Answer, Handler, Site

from onrecord import __version__, fetch
from onrecord.fetch import Fetcher, Source
from onrecord.model import Document, Failure

Open = Callable[..., Fetcher]
TEXT = "Envoy Petra Vallis met President Ilyan Torvek in Nordhaven on 3 May 2026.\n"


def run(fetcher: Fetcher, *sources: Source) -> list[Document | Failure]:
    found = list(fetcher.round(sources, force=True))
    fetcher.saved()
    return found


def feed(*paths: str, mark: str = "") -> Answer:
    """A feed that lists these pages, each with a title that ends with `mark`."""
    items = "".join(f"<item><title>{path} {mark}</title><link>{path}</link></item>" for path in paths)
    return Answer(
        f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>', media="application/rss+xml"
    )


def test_robots_txt_is_asked_first_and_obeyed(site: Site, fetcher: Open) -> None:
    site.routes |= {
        "/robots.txt": Answer(
            "User-agent: *\nDisallow: /\n\nUser-agent: onrecord\nDisallow: /private\nAllow: /private/open\n"
        ),
        "/feed": feed("/news/1", "/private/1", "/private/open/1"),
        "/news/1": Answer(TEXT),
        "/private/1": Answer(TEXT),
        "/private/open/1": Answer(TEXT + "Again."),
    }
    with fetcher() as one:
        found = run(one, Source(site.url("/feed")))
    assert site.asked[0].path == "/robots.txt"
    assert site.paths() == ["/feed", "/news/1", "/private/open/1"]
    (failure,) = (item for item in found if isinstance(item, Failure))
    assert failure.origin == site.url("/private/1")
    assert "robots.txt of 127.0.0.1 asks that it not be fetched" in failure.reason


def test_robots_txt_holds_for_where_a_redirect_leads(site: Site, fetcher: Open) -> None:
    site.routes |= {
        "/robots.txt": Answer("User-agent: *\nDisallow: /private\n"),
        "/page": Answer(status=302, headers={"Location": "/private"}),
        "/private": Answer(TEXT),
    }
    with fetcher() as one:
        assert isinstance(run(one, Source(site.url("/page")))[0], Failure)
    assert site.paths() == ["/page"]


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_site_without_robots_txt_forbids_nothing(site: Site, fetcher: Open, status: int) -> None:
    site.routes |= {"/robots.txt": Answer("", status), "/page": Answer(TEXT)}
    with fetcher() as one:
        assert isinstance(run(one, Source(site.url("/page")))[0], Document)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_whose_robots_txt_does_not_come_is_left_alone(site: Site, fetcher: Open, status: int) -> None:
    site.routes |= {"/robots.txt": Answer("", status), "/page": Answer(TEXT)}
    with fetcher(tries=2) as one:
        (item,) = run(one, Source(site.url("/page")))
    assert isinstance(item, Failure)
    assert "does not give its robots.txt, so it is left alone" in item.reason
    assert site.paths() == []


def test_a_robots_txt_may_lie_elsewhere(site: Site, fetcher: Open) -> None:
    site.routes |= {
        "/robots.txt": Answer(status=301, headers={"Location": "/rules"}),
        "/rules": Answer("User-agent: *\nDisallow: /page\n"),
        "/page": Answer(TEXT),
    }
    with fetcher() as one:
        assert isinstance(run(one, Source(site.url("/page")))[0], Failure)
    assert site.counts()["/page"] == 0


def test_robots_txt_is_asked_once_a_day(site: Site, fetcher: Open) -> None:
    site.routes |= {"/robots.txt": Answer("User-agent: *\nDisallow: /no\n"), "/page": Answer(TEXT)}
    for _ in range(3):
        with fetcher() as one:
            run(one, Source(site.url("/page")))
            assert isinstance(run(one, Source(site.url("/no")))[0], Failure)
    assert site.counts() == {"/robots.txt": 1, "/page": 3}


def test_requests_to_a_host_keep_their_distance(site: Site, fetcher: Open) -> None:
    times: list[float] = []

    def page(_: Handler) -> Answer:
        times.append(time.monotonic())
        return Answer(TEXT)

    site.routes |= {"/feed": feed("/1", "/2", "/3"), "/1": page, "/2": page, "/3": page}
    with fetcher(delay=0.2) as one:
        run(one, Source(site.url("/feed")))
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert len(gaps) == 2
    assert min(gaps) >= 0.19


@pytest.mark.parametrize("rule", ["Crawl-delay: 0.3", "Request-rate: 10/3s"])
def test_a_longer_delay_that_a_site_asks_for_is_kept(site: Site, fetcher: Open, rule: str) -> None:
    site.routes |= {
        "/robots.txt": Answer(f"User-agent: *\n{rule}\n"),
        "/feed": feed("/1", "/2"),
        "/1": Answer(TEXT),
        "/2": Answer(TEXT),
    }
    started = time.monotonic()
    with fetcher() as one:
        run(one, Source(site.url("/feed")))
    assert time.monotonic() - started >= 0.6


def test_a_delay_that_nobody_waits_for_is_a_failure(site: Site, fetcher: Open) -> None:
    site.routes |= {"/robots.txt": Answer("User-agent: *\nCrawl-delay: 86400\n"), "/page": Answer(TEXT)}
    with fetcher() as one:
        (item,) = run(one, Source(site.url("/page")))
    assert isinstance(item, Failure)
    assert "asks for 86,400 s between two requests" in item.reason


def test_hosts_are_asked_beside_each_other(site: Site, fetcher: Open) -> None:
    with Site("127.0.0.2") as other:
        for one in (site, other):
            one.routes |= {f"/{n}": Answer(TEXT) for n in range(3)}
        started = time.monotonic()
        with fetcher(delay=0.2) as fetcher_:
            run(fetcher_, *(Source(one.url(f"/{n}"), "page") for one in (site, other) for n in range(3)))
        assert time.monotonic() - started < 1.1, "six pages one after the other would take 1.4 s"
        assert len(other.paths()) == 3


def test_one_agent_says_who_asks_and_for_whom(site: Site, tmp_path: Path) -> None:
    site.routes["/page"] = Answer(TEXT)
    bounds = fetch.Bounds(delay=0.0, private=fetch.EVERYWHERE)
    with Fetcher(tmp_path / "a", bounds=bounds, contact="mailto:desk@digest.example") as one:
        run(one, Source(site.url("/page")))
    agents = {request.headers["User-Agent"] for request in site.asked}
    assert agents == {f"onrecord/{__version__} (+mailto:desk@digest.example)"}


def test_a_busy_server_is_asked_again_after_the_time_it_names(site: Site, fetcher: Open) -> None:
    times: list[float] = []

    def busy(_: Handler) -> Answer:
        times.append(time.monotonic())
        return (
            Answer(TEXT)
            if len(times) == 3
            else Answer("", 503, headers={"Retry-After": "1" if len(times) == 1 else "0"})
        )

    site.routes["/page"] = busy
    with fetcher() as one:
        (item,) = run(one, Source(site.url("/page")))
    assert isinstance(item, Document)
    assert times[1] - times[0] >= 0.95
    assert times[2] - times[1] < 0.5


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_server_that_names_a_late_hour_is_not_asked_before(site: Site, fetcher: Open, form: str) -> None:
    when = "7200" if form == "seconds" else formatdate(time.time() + 7200, usegmt=True)
    site.routes |= {"/feed": feed("/page"), "/page": Answer("", 429, headers={"Retry-After": when})}
    with fetcher() as one:
        (item,) = run(one, Source(site.url("/feed")))
        assert isinstance(item, Failure)
        assert "asks to come again in 7," in item.reason
        assert run(one, Source(site.url("/feed"))) == []
        assert 7100 < one._archive.page(site.url("/page")).again - time.time() < 7300
    assert site.counts()["/page"] == 1


def test_tries_are_farther_and_farther_apart(site: Site, fetcher: Open) -> None:
    times: list[float] = []

    def broken(_: Handler) -> Answer:
        times.append(time.monotonic())
        return Answer("", 502)

    site.routes["/page"] = broken
    with fetcher(backoff=0.2) as one:
        (item,) = run(one, Source(site.url("/page")))
    assert isinstance(item, Failure)
    assert "answers 502 Bad Gateway, 3 times" in item.reason
    first, second = times[1] - times[0], times[2] - times[1]
    assert 0.19 <= first < 0.39 <= second


def test_a_page_that_is_gone_is_asked_once_a_day(site: Site, fetcher: Open) -> None:
    site.routes["/feed"] = feed("/gone")
    with fetcher() as one:
        assert len(run(one, Source(site.url("/feed")))) == 1
        assert run(one, Source(site.url("/feed"))) == []
        site.routes |= {"/feed": feed("/gone", mark="changed"), "/gone": Answer(TEXT)}
        (item,) = run(one, Source(site.url("/feed")))
    assert isinstance(item, Document), "the feed says that there is another version"
    assert site.counts()["/gone"] == 2


def test_a_host_that_died_is_left_to_the_next_round(site: Site, fetcher: Open) -> None:
    with Site("127.0.0.2") as dead:
        gone = [dead.url(f"/{n}") for n in range(30)]
    site.routes |= {"/feed": feed(*gone, "/alive"), "/alive": Answer(TEXT)}
    with fetcher(tries=1) as one:
        found = run(one, Source(site.url("/feed")))
        assert one.tally.left == 25
    assert sum(isinstance(item, Failure) for item in found) == 5
    assert sum(isinstance(item, Document) for item in found) == 1


@pytest.mark.parametrize("form", ["etag", "modified", "neither"])
def test_what_did_not_change_is_not_read_again(site: Site, fetcher: Open, form: str) -> None:
    stamp = "Mon, 02 Mar 2026 08:00:00 GMT"

    def page(handler: Handler) -> Answer:
        if form == "modified" and handler.headers.get("If-Modified-Since") == stamp:
            return Answer(status=304)
        return Answer(
            TEXT, etag='"v1"' if form == "etag" else "", headers={"Last-Modified": stamp} if form == "modified" else {}
        )

    site.routes["/page"] = page
    with fetcher() as one:
        assert len(run(one, Source(site.url("/page")))) == 1
        assert run(one, Source(site.url("/page"))) == []
        assert (one.tally.new, one.tally.same) == (1, 1)
    last = site.asked[-1].headers
    assert ("If-None-Match" in last, "If-Modified-Since" in last) == (form == "etag", form == "modified")


def test_a_changed_page_is_another_document_and_the_old_one_stays(site: Site, fetcher: Open) -> None:
    site.routes["/page"] = Answer(TEXT, etag='"1"')
    with fetcher() as one:
        (old,) = run(one, Source(site.url("/page")))
        site.routes["/page"] = Answer(TEXT.replace("3 May", "4 May"), etag='"2"')
        (new,) = run(one, Source(site.url("/page")))
        assert one.tally.changed == 1
    assert isinstance(old, Document)
    assert isinstance(new, Document)
    assert old.url == new.url
    assert old.id != new.id
    assert (old.fetched or "") < (new.fetched or "")
    assert old.origin < new.origin


def test_a_listed_page_is_asked_again_when_its_mark_changes_or_it_is_time(site: Site, fetcher: Open) -> None:
    site.routes |= {"/feed": feed("/1", "/2"), "/1": Answer(TEXT), "/2": Answer(TEXT + "2")}
    with fetcher() as one:
        run(one, Source(site.url("/feed")))
        run(one, Source(site.url("/feed")))
        assert site.counts() == {"/robots.txt": 1, "/feed": 2, "/1": 1, "/2": 1}
        run(one, Source(site.url("/feed"), refresh=3600.0))
        assert site.counts()["/1"] == 1
        run(one, Source(site.url("/feed"), refresh=0.0))
        assert site.counts()["/1"] == 2
        site.routes["/feed"] = feed("/2", mark="updated")
        run(one, Source(site.url("/feed")))
    assert site.counts() == {"/robots.txt": 1, "/feed": 5, "/1": 2, "/2": 3}


def test_only_what_is_wanted_is_fetched_and_no_more_than_may_be(site: Site, fetcher: Open) -> None:
    paths = [f"/news/{n}" for n in range(6)] + ["/sport/1", "/news/skip"]
    site.routes |= {"/feed": feed(*paths), **{path: Answer(TEXT + path) for path in paths}}
    source = Source(site.url("/feed"), "feed", only=("*/news/*",), skip=("*skip",), pages=4)
    with fetcher() as one:
        run(one, source)
        assert site.paths() == ["/feed", *paths[:4]]
        assert one.due([source]) == 0.0, "two are left: the next round may begin at once"
        run(one, source)
        assert site.paths() == ["/feed", *paths[:4], "/feed", *paths[4:6]]
        assert one.due([source]) > 3000


def test_a_source_is_asked_when_it_is_due(site: Site, fetcher: Open) -> None:
    site.routes["/page"] = Answer(TEXT)
    often, seldom = Source(site.url("/page"), "page", every=0.0), Source(site.url("/other"), "page", every=3600.0)
    with fetcher() as one:
        assert one.due([often, seldom]) == 0.0
        for _ in range(2):
            list(one.round([often, seldom]))
            one.saved()
        assert 3500 < one.due([seldom]) <= 3600
    assert site.counts() == {"/robots.txt": 1, "/page": 2, "/other": 1}


def test_a_picture_is_not_loaded(site: Site, fetcher: Open) -> None:
    site.routes["/photo"] = Answer(b"\x89PNG" + bytes(1000), media="image/png")
    with fetcher() as one:
        (item,) = run(one, Source(site.url("/photo"), "page"))
    assert isinstance(item, Failure)
    assert "is a picture (image/png), not a page" in item.reason
