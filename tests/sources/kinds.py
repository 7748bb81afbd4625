"""Small inputs of every kind, made here; the people, states and outlets are invented."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterable

BODY = [
    "Envoy Petra Vallis of Nordhaven met President Anselm Okoro of Turzhan in Port Sulai on Tuesday.",
    "They spoke for two hours about the lighthouse on the border, which both states claim and neither wants to paint.",
    "“The lamp has to be lit by somebody,” Vallis told reporters after the meeting in the harbour office of the town.",
    "Nothing was signed. A second round of talks is planned for the autumn, when the herring fleets have come home.",
]


def article(
    title: str = "Envoy meets president over lighthouse", *, body: Iterable[str] = BODY, url: str = "https://gazette.example/lighthouse",
    extra: str = "",
) -> str:  # fmt: skip
    data = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": title,
        "datePublished": "2026-03-04T09:30:00+01:00", "dateModified": "2026-03-05T08:00:00+01:00",
        "author": [{"@type": "Person", "name": "Ilse Tamm-Okonjo"}], "articleSection": "Diplomacy",
        "publisher": {"@type": "NewsMediaOrganization", "name": "The Sulai Gazette"}, "inLanguage": "en",
    }  # fmt: skip
    return f"""<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{title} | The Sulai Gazette</title>
<link rel="canonical" href="{url}"><meta property="og:type" content="article"><meta property="og:title" content="{title}">
<script type="application/ld+json">{json.dumps(data)}</script>{extra}</head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li><li><a href="/sea">Sea</a></li></ul></nav></header>
<main><article><h1>{title}</h1><p class="byline">By <a rel="author" href="/authors/tamm">Ilse Tamm-Okonjo</a></p>
<figure><img src="/lamp.jpg"><figcaption>The lighthouse, seen from the Turzhani side. (Photo: Sulai Gazette)</figcaption></figure>
{"".join(f"<p>{p}</p>" for p in body)}
<blockquote><p>It is older than either of our states, and it has been wrong only once.</p></blockquote>
<h2>What comes next</h2><p>The <a href="https://mfa.nordhaven.example/notes/7">note of the ministry</a> says that painters will be asked for offers.</p>
</article></main><aside class="sidebar"><h3>Most read</h3><ul><li><a href="/a">Harbour clock still wrong</a></li></ul></aside>
<footer><p>Copyright The Sulai Gazette. All rights reserved.</p></footer></body></html>"""


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Sulai Gazette</title><link>https://gazette.example/</link><language>en-GB</language>
<item><title>Envoy meets president</title><link>https://gazette.example/1</link><guid isPermaLink="false">g-1</guid>
<pubDate>Wed, 04 Mar 2026 09:30:00 +0100</pubDate><dc:creator>Ilse Tamm-Okonjo</dc:creator><category>Diplomacy</category>
<description>Short.</description>
<content:encoded><![CDATA[<p>Envoy Petra Vallis met President Anselm Okoro.</p><p>See <a href="/note">the note</a>.</p>]]></content:encoded></item>
<item><title>Clock still wrong &amp; late</title><link>https://gazette.example/2</link><pubDate>Tue, 03 Mar 2026 08:00:00 GMT</pubDate>
<description>&lt;p&gt;The harbour clock is wrong since 1969 [&amp;#8230;]&lt;/p&gt;</description></item>
<item><title>Evening talk</title><link>https://gazette.example/3</link><enclosure url="https://gazette.example/3.mp3" type="audio/mpeg" length="1"/>
<description>A talk.</description></item></channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>Ministry of Foreign Affairs</title><link href="https://mfa.example/"/><id>urn:mfa</id><updated>2026-03-04T10:00:00Z</updated>
<entry><title type="html">Statement on &lt;i&gt;reefs&lt;/i&gt;</title><link href="https://mfa.example/s/1"/><id>urn:s:1</id>
<published>2026-03-03T10:00:00Z</published><updated>2026-03-04T10:00:00Z</updated><author><name>Press Office</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The ministry regrets the state of the reefs.</p></div></content></entry></feed>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1", "title": "Compass", "language": "en", "home_page_url": "https://c.example/",
        "items": [
            {"id": "1", "url": "https://c.example/1", "title": "One", "content_html": "<p>Premier Tau sailed.</p>",
             "date_published": "2026-02-07T14:04:00-05:00", "authors": [{"name": "Ana Ruiz"}], "tags": ["sea"]},
            {"id": "2", "url": "https://c.example/2", "content_text": "A < B, said the envoy."},
            {"id": "3", "attachments": [{"url": "x", "mime_type": "audio/mpeg"}], "title": "Sound"},
        ],
    }
)  # fmt: skip

SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://gazette.example/1?a=1&amp;b=2</loc><lastmod>2026-03-04T09:30:00+01:00</lastmod></url>
<url><loc>https://gazette.example/2</loc></url><url><loc>file:///etc/passwd</loc></url></urlset>"""

SITEMAP_INDEX = """<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://gazette.example/map-1.xml.gz</loc><lastmod>2026-03-04</lastmod></sitemap></sitemapindex>"""

NEWS_SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://gazette.example/1</loc><news:news><news:publication><news:name>The Sulai Gazette</news:name><news:language>en</news:language>
</news:publication><news:publication_date>2026-03-04</news:publication_date><news:title>Envoy Vallis meets President Okoro</news:title></news:news></url>
<url><loc>https://gazette.example/2</loc><news:news><news:publication><news:name>The Sulai Gazette</news:name><news:language>en</news:language>
</news:publication><news:publication_date>2026-03-03</news:publication_date><news:title>Harbour clock is repaired at last</news:title></news:news></url></urlset>"""

OPML = """<opml version="2.0"><body><outline text="News"><outline type="rss" text="Gazette" xmlUrl="https://gazette.example/feed"/></outline></body></opml>"""

WXR = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Quayside Digest</title><link>https://quayside.example</link><language>en-US</language>
<item><title>Envoy &amp;amp; president</title><link>https://quayside.example/2026/03/envoy/</link><dc:creator><![CDATA[ilse]]></dc:creator>
<guid isPermaLink="false">https://quayside.example/?p=7</guid>
<content:encoded><![CDATA[Vallis met Okoro.

The following report was originally published by the Sulai Gazette.

[caption id="a" width="300"]<img src="a.jpg" /> The lamp. (Photo: Gazette)[/caption]

PORT SULAI, March 4 — <b>Envoy</b> Petra Vallis met
President Okoro.<!--more-->

[gallery ids="1,2"]]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>7</wp:post_id><wp:post_date>2026-03-04 09:30:00</wp:post_date><wp:post_modified>2026-03-06 09:30:00</wp:post_modified>
<wp:status>publish</wp:status><wp:post_type>post</wp:post_type><category domain="category" nicename="d"><![CDATA[Diplomacy]]></category></item>
<item><title>Draft</title><content:encoded><![CDATA[No.]]></content:encoded><wp:status>draft</wp:status><wp:post_type>post</wp:post_type></item>
<item><title>Picture</title><wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type></item>
</channel></rss>"""

TELEGRAM = json.dumps(
    {
        "name": "Embassy of Turzhan", "type": "public_channel", "id": 9,
        "messages": [
            {"id": 1, "type": "service", "date": "2026-03-01T10:00:00", "action": "create_channel", "text": ""},
            {"id": 2, "type": "message", "date": "2026-03-02T10:00:00", "from": "Embassy of Turzhan",
             "text": ["Ambassador Saidova met ", {"type": "text_link", "text": "the minister", "href": "https://mfa.example/m"}, "."]},
            {"id": 3, "type": "message", "date": "2026-03-03T10:00:00", "edited": "2026-03-04T10:00:00", "photo": "x.jpg", "text": "",},
            {"id": 4, "type": "message", "date": "2026-03-03T10:00:00", "forwarded_from": "Ministry", "text": "The embassy is closed on Friday."},
        ],
    },
    indent=1,
)  # fmt: skip

EML = (
    b"Return-Path: <news@gazette.example>\r\nFrom: =?utf-8?q?The_Sulai_Gazette?= <news@gazette.example>\r\nTo: a@b.example\r\n"
    b"Subject: =?utf-8?b?RW52b3kg4oCTIHByZXNpZGVudA==?=\r\nDate: Wed, 04 Mar 2026 09:30:00 +0100\r\nMessage-ID: <m1@gazette.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=XX\r\n\r\n--XX\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Plain.\r\n--XX\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"<html><body><p>Envoy Petra Vallis met President Anselm Okoro of Turzhan =E2=80=93 for two hours, in the harbour office.</p>"
    b"<p>They spoke about the lighthouse, which both states claim and which neither of them wants to paint this year.</p></body></html>\r\n--XX--\r\n"
)
PLAIN_EML = (
    b"From: Press Office <press@mfa.example>\nTo: x@y.example\nSubject: Note 7\nDate: Tue, 3 Mar 2026 08:00:00 +0000\n"
    b"Message-ID: <7@mfa.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n\nMinister Pe\xf1a met Envoy Vallis.\n"
)
MBOX = (
    b"From news@x Wed Mar  4 09:30:00 2026\n"
    + EML.replace(b"\r\n", b"\n")
    + b"\nFrom press@x Tue Mar  3 08:00:00 2026\n"
    + PLAIN_EML
    + b"\n>From the desk.\n"
)


def docx(paragraphs: Iterable[str] = BODY) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{p[:20]}</w:t></w:r><w:r><w:t>{p[20:]}</w:t></w:r></w:p>" for p in paragraphs)
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>',
        }
    )


def odt(paragraphs: Iterable[str] = BODY) -> bytes:
    body = "".join(f"<text:p>{p[:20]}<text:span>{p[20:]}</text:span></text:p>" for p in paragraphs)
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            f'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>{body}</office:text></office:body></office:document-content>',
        }
    )


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def pdf(lines: Iterable[str] = BODY) -> bytes:
    """A PDF file of one page, put together by hand."""
    text = (
        "BT /F1 9 Tf 12 TL 40 760 Td "
        + " ".join(f"({x.replace('“', '').replace('”', '')}) Tj T*" for x in lines)
        + " ET"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{p:010d} 00000 n \n".encode() for p in places)
    return out + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def record(
    url: str, body: bytes, *, kind: str = "response", status: str = "HTTP/1.1 200 OK", headers: Iterable[str] = ("Content-Type: text/html; charset=utf-8",)
) -> bytes:  # fmt: skip
    """One record of a web archive, not packed."""
    http = "\r\n".join([status, *headers]).encode() + b"\r\n\r\n" + body
    said = [
        "WARC/1.1", f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", "WARC-Date: 2026-03-04T10:00:00Z",
        f"WARC-Record-ID: <urn:uuid:{abs(hash(url)) % 10**8:08d}-0000-4000-8000-000000000000>",
        f"Content-Type: application/http; msgtype={'request' if kind == 'request' else 'response'}", f"Content-Length: {len(http)}",
    ]  # fmt: skip
    return "\r\n".join(said).encode() + b"\r\n\r\n" + http + b"\r\n\r\n"


def warc(pages: dict[str, str | bytes], *, packed: bool = True, chunked: bool = False, coding: str = "") -> bytes:
    out = []
    for url, page in pages.items():
        body = page.encode() if isinstance(page, str) else page
        headers = ["Content-Type: text/html; charset=utf-8"]
        if coding == "gzip":
            body = gzip.compress(body)
            headers.append("Content-Encoding: gzip")
        if chunked:
            body = (
                b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (body[i : i + 700] for i in range(0, len(body), 700)))
                + b"0\r\n\r\n"
            )
            headers.append("Transfer-Encoding: chunked")
        made = record(url, body, headers=headers)
        out.append(gzip.compress(made) if packed else made)
    return b"".join(out)
