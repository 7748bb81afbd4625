"""Feeds and sitemaps in their forms give the pages they list."""

from __future__ import annotations

import gzip

import pytest

from onrecord.errors import SourceError
from onrecord.sources.listings import links

RSS = """\ufeff<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Vessia News</title><link>https://vessia.example/</link>
<atom:link href="https://vessia.example/feed" rel="self"/>
<image><url>https://vessia.example/logo.png</url><link>https://vessia.example/</link></image>
<item><title>One</title><link> https://vessia.example/1?a=1&amp;b=2 </link><pubDate>Mon, 2 Mar 2026</pubDate>
  <media:group xmlns:media="m"><media:title>photo</media:title></media:group></item>
<item><title>Two &nbsp;</title><guid>https://vessia.example/2</guid></item>
<item><title>Three</title><link>https://vessia.example/3</link><description>The third.</description></item>
<item><title>Nothing</title><guid isPermaLink="false">tag:4</guid></item>
<item><title>One again</title><link>https://vessia.example/1?a=1&amp;b=2</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://a.example/"/><link rel="self" href="/feed"/>
<entry><title>One</title><link rel="enclosure" href="/1.mp3"/><link href="/1"/>
<updated>2026-03-02T08:00:00Z</updated></entry>
<entry><title>Two</title><link rel="alternate" href="/2"/></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="x"><link>https://a.example/</link></channel><item><link>https://a.example/1</link></item></rdf:RDF>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><xhtml:link rel="alternate" hreflang="fr" href="https://a.example/fr/1"/><loc>https://a.example/1</loc>
<lastmod>2026-03-02</lastmod><image:image><image:loc>https://a.example/1.jpg</image:loc></image:image></url>
<url><loc>https://a.example/2</loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://a.example/s1.xml</loc><lastmod>2026-03-02</lastmod></sitemap></sitemapindex>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [
{"id": "1", "url": "https://a.example/1", "title": "One"},
{"id": "2", "external_url": "https://b.example/2"}, {"id": "3"}, 7]}"""


def urls(data: str | bytes, **options: bool) -> list[str] | None:
    found = links(
        data.encode() if isinstance(data, str) else data, url="https://vessia.example/feed", most=1_000_000, **options
    )
    return None if found is None else [link.url for link in found]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (RSS, ["https://vessia.example/1?a=1&b=2", "https://vessia.example/2", "https://vessia.example/3"]),
        (ATOM, ["https://vessia.example/1", "https://vessia.example/2"]),
        (RDF, ["https://a.example/1"]),
        (SITEMAP, ["https://a.example/1", "https://a.example/2"]),
        (JSON, ["https://a.example/1", "https://b.example/2"]),
        (gzip.compress(SITEMAP.encode()), ["https://a.example/1", "https://a.example/2"]),
        (
            SITEMAP.replace('"1.0"?>', '"1.0" encoding="UTF-16"?>').encode("utf-16"),
            ["https://a.example/1", "https://a.example/2"],
        ),
    ],
    ids=["rss", "atom", "rdf", "sitemap", "json", "gzip", "utf-16"],
)
def test_the_pages_of_a_listing_are_found(data: str | bytes, expected: list[str] | None) -> None:
    assert urls(data) == expected


def test_an_index_lists_sitemaps() -> None:
    (link,) = links(INDEX.encode(), most=1000) or []
    assert (link.url, link.listing) == ("https://a.example/s1.xml", True)


def test_a_mark_changes_with_what_is_said_of_the_version_and_with_nothing_else() -> None:
    def marks(data: str) -> list[str]:
        return [link.mark for link in links(data.encode(), "https://a.example/", most=1_000_000) or []]

    assert marks(RSS) == marks(RSS.replace("Vessia News", "News of Vessia"))
    assert marks(RSS)[0] != marks(RSS.replace("2 Mar", "3 Mar"))[0]
    assert marks(RSS)[1:] == marks(RSS.replace("2 Mar", "3 Mar"))[1:]
    assert marks(SITEMAP)[0] != marks(SITEMAP.replace("03-02", "03-03"))[0]
    assert marks(SITEMAP)[1] == ""
    assert marks(ATOM)[0] != marks(ATOM.replace("T08", "T09"))[0]


def test_a_list_of_feeds_lists_feeds() -> None:
    opml = '<opml><body><outline text="x"><outline xmlUrl="https://a.example/feed"/></outline></body></opml>'
    (link,) = links(opml.encode(), most=1000) or []
    assert (link.url, link.listing) == ("https://a.example/feed", True)


def test_podcasts_and_what_is_no_address_are_left_out() -> None:
    feed = RSS.replace("https://vessia.example/2", "file:///etc/passwd")
    assert urls(feed) == ["https://vessia.example/1?a=1&b=2", "https://vessia.example/3"]


def test_a_list_of_addresses_is_a_sitemap_if_it_is_said_to_be_one() -> None:
    text = "https://a.example/1\nhttps://a.example/2\n"
    assert urls(text) is None
    assert urls(text, plain=True) == ["https://a.example/1", "https://a.example/2"]


@pytest.mark.parametrize(
    "data", ["", "words", "<html><body><p>x</p></body></html>", "{}", '{"a": 1}', "<p>x</p>", "\0\0"]
)
def test_what_is_no_listing_is_none(data: str) -> None:
    assert urls(data) is None
    assert urls(data, plain=True) is None


def test_a_feed_that_breaks_off_gives_what_it_has() -> None:
    assert urls(RSS[: RSS.index("<item><title>Three")]) == [
        "https://vessia.example/1?a=1&b=2",
        "https://vessia.example/2",
    ]
    with pytest.raises(SourceError, match="feed"):
        urls("<rss></oops>")
