"""The whole way: a site of 200 pages is watched over three rounds, and only what changed is fetched again."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from newsroom import (
    ARCHIVE,
    BROKEN,
    CORRECTED,
    DRIPPING,
    FLAKY,
    FRESH,
    GONE,
    MOVED,
    NEWS,
    PAGES,
    PRIVATE,
    SLOW,
    Newsroom,
)
from served import Answer, Site
from warcio.archiveiterator import ArchiveIterator

from by_hand import Command, command, environment
from onrecord.model import Document
from onrecord.store import Record

TEXT = "Envoy Petra Vallis met President Ilyan Torvek in Nordhaven on 3 May 2026.\n"


def plan(folder: Path, site: Site, **settings: str) -> Path:
    said = {"delay": "0s", "every": "0s", "timeout": "1s", **settings}
    lines = "".join(f'{key} = "{value}"\n' for key, value in said.items())
    path = folder / "sources.toml"
    path.write_text(
        f"[settings]\ntries = 2\n{lines}\n"
        f'[[sitemap]]\nurl = "{site.url("/sitemap.xml")}"\npublisher = "The Newsroom"\n'
        f'[[feed]]\nurl = "{site.url("/feed.xml")}"\npublisher = "The Newsroom"\n'
    )
    return path


def documents(folder: Path) -> list[Document]:
    with Record.open(folder / "record.db", create=False) as record:
        return [extraction.document for extraction in record.extractions()]


@pytest.mark.slow
def test_three_rounds_fetch_only_what_changed(site: Site, onrecord: Command, tmp_path: Path) -> None:
    newsroom = Newsroom(site)
    done = onrecord("watch", plan(tmp_path, site), "--rounds", 3, "--allow-private", "--json", "--workers", 1)
    assert done.returncode == 3, done.stderr
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert newsroom.day == 3

    # The server's own count, round by round: each begins with the sitemap index.
    rounds: list[Counter[str]] = []
    for path in (one.path for one in site.asked):
        if path == "/sitemap.xml":
            rounds.append(Counter())
        if rounds:
            rounds[-1][path.strip("/").partition("/")[0]] += 1
    assert len(site.asked) - sum(rounds[0].values()) - sum(rounds[1].values()) - sum(rounds[2].values()) == 1  # robots
    listings = {"sitemap.xml": 1, "sitemap-news.xml": 1, "sitemap-archive.xml.gz": 1, "feed.xml": 1}
    assert rounds[0] == listings | {
        "news": NEWS, "archive": 60, "moved": MOVED, "here": MOVED, "flaky": 2 * FLAKY, "slow": SLOW,
        "gone": GONE, "broken": 2 * BROKEN, "dripping": DRIPPING, "photo.jpg": 1,
    }  # fmt: skip
    assert rounds[1] == {"sitemap.xml": 1, "sitemap-news.xml": 1, "feed.xml": 1, "news": len(CORRECTED) + FRESH}
    assert rounds[2] == {"sitemap.xml": 1, "feed.xml": 1}
    asked = [one.path for one in site.asked]
    assert not any(path.startswith("/private") for path in asked)

    failed = GONE + BROKEN + DRIPPING + PRIVATE + 1
    assert first["fetched"] == {
        "requests": 1 + sum(rounds[0].values()), "new": PAGES, "changed": 0, "same": 0, "failed": failed, "left": 0
    }  # fmt: skip
    assert (second["fetched"]["new"], second["fetched"]["changed"]) == (FRESH, len(CORRECTED))
    assert third["fetched"] == {"requests": 2, "new": 0, "changed": 0, "same": 0, "failed": 0, "left": 0}
    assert [one["read"]["documents"] for one in (first, second, third)] == [PAGES, FRESH + len(CORRECTED), 0]
    assert third["totals"]["documents"] == PAGES + FRESH + len(CORRECTED)
    assert third["totals"]["failures"] == failed
    assert third["totals"]["events"] > 100
    reasons = {re.sub(r".*/(\w+)/\d+$|.*/(photo).*", r"\1\2", f["origin"]): f["reason"] for f in first["failed"]}
    assert sorted(reasons) == ["broken", "dripping", "gone", "photo", "private"]
    assert "took longer than 1 s" in reasons["dripping"]

    # Both versions of what was corrected are there, and each document leads to its bytes.
    kept = documents(tmp_path)
    versions = Counter(document.url for document in kept)
    assert {url for url, number in versions.items() if number == 2} == {site.url(f"/news/{n}") for n in CORRECTED}
    assert {document.publisher for document in kept} == {"The Newsroom"}
    for document in kept:
        name, _, place = document.origin.partition("#")
        with (tmp_path / name).open("rb") as file:
            file.seek(int(place))
            record = next(iter(ArchiveIterator(file)))
            assert record.rec_headers.get_header("WARC-Target-URI") == document.url
            assert record.rec_headers.get_header("WARC-Date") == document.fetched
            page = record.content_stream().read().decode()
        assert document.published == "2026-03-01"
        assert "All rights reserved" in page
        assert "All rights reserved" not in document.text
        title, *paragraphs = document.text.split("\n\n")
        assert document.title == title
        assert f"<h1>{title}</h1>" in page
        assert len(paragraphs) == (2 if "Correction" in page else 1)
        assert all(f"<p>{paragraph}</p>" in page for paragraph in paragraphs)


@pytest.mark.slow
def test_a_watch_that_is_killed_ends_in_the_same_record(site: Site, onrecord: Command, tmp_path: Path) -> None:
    """Killed twice in the middle, started again: nothing is missing, and no page is sent twice."""
    newsroom, pages = Newsroom(site, news=30, archive=13), PAGES - NEWS - ARCHIVE + 43
    path = plan(tmp_path, site, delay="0.02s", every="1h")
    for some in (20, 50):
        started = subprocess.Popen(
            command("watch", path, "--once", "--allow-private", "--workers", 1), cwd=tmp_path, env=environment(None),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + 60
        while len(site.asked) < some and time.monotonic() < end:
            time.sleep(0.01)
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        newsroom.day = 0
    done = onrecord("watch", path, "--once", "--allow-private", "--json", "--workers", 1)
    assert json.loads(done.stdout)["totals"]["documents"] == pages
    again = {
        path: number for path, number in site.counts().items() if number > 1 and path.startswith(("/news", "/arch"))
    }
    assert sum(number - 1 for number in again.values()) <= 2, "at most the page in work when it was killed"

    # The same pages by another record, from the archive alone: nothing is asked.
    before, kept = len(site.asked), documents(tmp_path)
    (tmp_path / "record.db").rename(tmp_path / "old.db")
    done = onrecord("watch", path, "--once", "--allow-private", "--json", "--workers", 1)
    assert json.loads(done.stdout)["read"]["documents"] == pages
    assert len(site.asked) == before
    assert documents(tmp_path) == kept


def test_add_reads_an_address_and_says_what_it_did(site: Site, onrecord: Command, tmp_path: Path) -> None:
    site.routes |= {"/page": Answer(TEXT, etag='"1"'), "/gone": Answer("", 410)}
    done = onrecord("add", site.url("/page"), "--workers", 1, "--allow-private", "--contact", "desk@digest.example")
    assert done.returncode == 0, done.stderr
    assert "1 document, 1 post" in done.stdout
    assert site.asked[-1].headers["User-Agent"].endswith(" (+desk@digest.example)")
    assert (tmp_path / "record.fetched" / "00001.warc.gz").exists()
    done = onrecord("add", site.url("/page"), site.url("/gone"), "--allow-private", "--json", "--workers", 1)
    assert done.returncode == 3
    said = json.loads(done.stdout)
    assert (said["read"]["documents"], said["totals"]["documents"]) == (0, 1)
    assert said["failed"] == [{"origin": site.url("/gone"), "reason": "127.0.0.1 answers 410 Gone"}]


def test_add_follows_a_feed(site: Site, onrecord: Command) -> None:
    site.routes |= {
        "/feed": Answer("<rss><channel><item><link>/1</link></item><item><link>/2</link></item></channel></rss>"),
        "/1": Answer(TEXT),
        "/2": Answer(TEXT.replace("3 May", "4 May")),
    }
    done = onrecord("add", site.url("/feed"), "--allow-private", "--json", "--workers", 1)
    assert json.loads(done.stdout)["read"]["documents"] == 2


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("http://127.0.0.1:1/", "names port 1, which is not one of the web"),
        ("http://127.0.0.1:8080/", "127.0.0.1 leads to an address that is loopback"),
        ("ftp://a.example/file", "has the scheme ftp:"),
        ("file:///etc/passwd", "has the scheme file:"),
    ],
)
def test_add_refuses_what_is_not_the_public_web(onrecord: Command, source: str, said: str) -> None:
    done = onrecord("add", source)
    assert done.returncode == 3
    assert f"not read: {source}: " in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("package", ["httpx", "protego"])
def test_what_is_missing_to_fetch_is_said(tmp_path: Path, package: str) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; from onrecord.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "add", "https://a.example/"],
        cwd=tmp_path,
        env=environment(None),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 4
    assert done.stderr == f"onrecord: to fetch addresses, {package} is missing; run: pip install 'onrecord[live]'\n"
    assert list(tmp_path.iterdir()) == []


def test_watch_says_what_is_wrong_with_its_file(onrecord: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[[feed]]\nurl = 'gopher://a.example/'\n")
    done = onrecord("watch", "bad.toml")
    assert done.returncode == 2
    assert done.stderr.startswith("onrecord: bad.toml: feed 1: url “gopher://a.example/” has the scheme gopher:")
    assert not (tmp_path / "record.db").exists()


def test_two_watches_do_not_get_into_each_others_way(site: Site, onrecord: Command, tmp_path: Path) -> None:
    site.routes["/feed.xml"] = Answer("<rss><channel><title>Nothing yet</title></channel></rss>")
    site.routes["/sitemap.xml"] = Answer("<urlset/>")
    path = plan(tmp_path, site, every="1h")
    with subprocess.Popen(
        command("watch", path, "--allow-private"),
        cwd=tmp_path,
        env=environment(None),
        stdout=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background lets its children ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as first:
        try:
            assert first.stdout is not None
            assert first.stdout.readline().startswith("Round 1: 3 requests, 0 new")
            done = onrecord("watch", path, "--once", "--allow-private")
            first.send_signal(signal.SIGINT)
            assert first.wait(timeout=60) == 130
        finally:
            first.kill()
    assert done.returncode == 5
    assert "another onrecord is fetching into it" in done.stderr
