"""A file of what to watch is read, or says what is wrong with it and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from onrecord import fetch
from onrecord.errors import PlanError

FULL = """
[settings]
contact = "desk@digest.example"
every = "2h"
delay = "5s"
timeout = "30s"
tries = 4
round = "20m"

[[feed]]
url = "HTTPS://Ministry.Example:443/news/feed.xml#top"
publisher = "Ministry of Trade of Vessia"
every = "15m"
refresh = "1d"
pages = 40
only = ["*/news/*"]
skip = "*/sport/*"

[[sitemap]]
url = "https://digest.example/sitemap.xml"

[[page]]
url = "https://digest.example/archive"
every = "1.5d"
"""


def plan(folder: Path, text: str, **bounds: object) -> fetch.Plan:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return fetch.load(path, bounds=fetch.Bounds(**bounds) if bounds else None)  # type: ignore[arg-type]


def test_a_plan_says_what_to_ask_how_often_and_within_which_bounds(tmp_path: Path) -> None:
    found = plan(tmp_path, FULL, size=5)
    assert found.contact == "desk@digest.example"
    assert (found.bounds.delay, found.bounds.seconds, found.bounds.tries, found.bounds.round) == (5, 30, 4, 1200)
    assert found.bounds.size == 5
    feed, sitemap, page = found.sources
    assert feed == fetch.Source(
        "https://ministry.example/news/feed.xml", "feed", 900, 86400, 40, "Ministry of Trade of Vessia",
        ("*/news/*",), ("*/sport/*",),
    )  # fmt: skip
    assert sitemap == fetch.Source("https://digest.example/sitemap.xml", "sitemap", 7200)
    assert page == fetch.Source("https://digest.example/archive", "page", 129600)


def test_what_is_wanted_of_a_listing_is_told_by_patterns(tmp_path: Path) -> None:
    feed = plan(tmp_path, FULL).sources[0]
    assert feed.wants("https://ministry.example/news/1")
    assert not feed.wants("https://ministry.example/about")
    assert not feed.wants("https://ministry.example/news/sport/1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lists nothing to watch"),
        ("[settings]\n", "lists nothing to watch"),
        ("[[feed", "is not TOML"),
        ("[feed]\nurl = 'https://a.example/'", "'feed' is unknown; write"),
        ("[[feeds]]\nurl = 'https://a.example/'", "'feeds' is unknown"),
        ("[[feed]]\n", "feed 1 has no url"),
        ("[[feed]]\nurl = 3", "feed 1: url is 3"),
        ("[[feed]]\nurl = 'file:///etc/passwd'", "feed 1: url “file:///etc/passwd” has the scheme file:"),
        ("[[feed]]\nurl = 'a.example'", "must begin with http"),
        ("[[page]]\nurl = 'https://a.example/'\nevery = 5", 'page 1: every is 5; write it as "30s"'),
        ("[[page]]\nurl = 'https://a.example/'\nevery = 'daily'", "page 1: every is 'daily'"),
        ("[[page]]\nurl = 'https://a.example/'\nrefresh = '1d'", "page 1: 'refresh' is unknown"),
        ("[[feed]]\nurl = 'https://a.example/'\npages = 0", "feed 1: pages is 0"),
        ("[[feed]]\nurl = 'https://a.example/'\npages = true", "feed 1: pages is True"),
        ("[[feed]]\nurl = 'https://a.example/'\nonly = [1]", "feed 1: only is [1]"),
        ("[[feed]]\nurl = 'https://a.example/'\npublisher = ''", "feed 1: publisher is ''"),
        ("[[feed]]\nurl = 'https://a.example/'\n[[page]]\nurl = 'https://A.example'", "is listed twice"),
        ("settings = 3\n[[feed]]\nurl = 'https://a.example/'", "settings must be a table"),
        ("[settings]\ndelay = '0.1s'\n[[feed]]\nurl = 'https://a.example/'", "0.5s is the least, out of politeness"),
        ("[settings]\ncontact = \"a\\nb\"\n[[feed]]\nurl = 'https://a.example/'", "the contact"),
        ("[settings]\nspeed = 3\n[[feed]]\nurl = 'https://a.example/'", "settings: 'speed' is unknown"),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan(tmp_path, text)
    assert said in str(caught.value)


def test_a_file_that_is_not_there_or_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="there is no file"):
        fetch.load(tmp_path / "none.toml")
    with pytest.raises(PlanError, match="is a folder"):
        fetch.load(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlanError, match="is not TOML"):
        fetch.load(tmp_path / "bytes")
