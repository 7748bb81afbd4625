"""A page that has changed since it was added becomes a new version; the old one stays."""

from __future__ import annotations

import gzip
from pathlib import Path

from by_hand import Command
from onrecord.store import Record

URL = "https://gazette.example/envoy"
PAGE = """<!DOCTYPE html><html lang="en"><head><title>Envoy meets president</title><meta property="og:type" content="article">
<meta property="og:title" content="Envoy meets president"><link rel="canonical" href="https://gazette.example/envoy">
<meta property="article:published_time" content="2026-03-04T09:00:00Z"></head><body><article><h1>Envoy meets president</h1>
<p>Envoy Petra Vallis of Nordhaven met President Anselm Okoro in Port Sulai on Tuesday, after two years without talks.</p>
<p>They spoke for two hours about the lighthouse on the border, which both states claim and neither wants to paint.</p>
%s</article></body></html>"""


def record(page: str, when: str) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}?from=feed\r\nWARC-Date: {when}\r\n"
        f"WARC-Record-ID: <urn:uuid:{when}>\r\nContent-Type: application/http\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + http + b"\r\n\r\n")


def test_a_page_that_changed_is_a_new_version_and_the_old_one_stays(onrecord: Command, tmp_path: Path) -> None:
    old, new = PAGE % "", PAGE % "<p>A second round of talks is planned for the autumn, the envoy said on Thursday.</p>"
    crawl = tmp_path / "crawl.warc.gz"
    # The later one first: the order of arrival must not matter, and the same page again is no version.
    crawl.write_bytes(
        record(new, "2026-03-06T10:00:00Z") + record(old, "2026-03-04T10:00:00Z") + record(old, "2026-03-05T10:00:00Z")
    )
    done = onrecord("add", "crawl.warc.gz")
    assert done.returncode == 0, done.stderr
    with Record.open(str(tmp_path / "record.db")) as kept:
        versions = [kept.extraction(id_).document for id_ in kept.versions(URL)]
        assert [document.fetched for document in versions] == ["2026-03-04T10:00:00", "2026-03-06T10:00:00"]
        assert "second round" not in versions[0].text
        assert "second round" in versions[1].text
        assert all(event.independent == 1 for event in kept.events())
