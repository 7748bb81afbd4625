"""Every kind of input that is no plain text: what comes out of it, as documents with their marks and fields."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kinds
import pytest

from onrecord.model import Document, Failure
from onrecord.sources import feeds, html, read, sitemaps
from onrecord.split import split

Add = Callable[[bytes | str], list[Document | Failure]]


@pytest.fixture
def add(tmp_path: Path) -> Add:
    """Writes bytes to a file whose name says nothing, and reads it."""

    def run(data: bytes | str) -> list[Document | Failure]:
        path = tmp_path / "input.bin"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return list(read(path))

    return run


def documents(found: list[Document | Failure]) -> list[Document]:
    assert all(isinstance(item, Document) for item in found), found
    return [item for item in found if isinstance(item, Document)]


def marked(document: Document, kind: str) -> list[tuple[str, str]]:
    return [(document.text[m.start : m.end], m.value) for m in document.marks if m.kind == kind]


# ---------------------------------------------------------------- pages


def test_an_article_page_is_one_document_with_what_its_markup_says(add: Add) -> None:
    [page] = documents(add(kinds.article()))
    assert page.title == "Envoy meets president over lighthouse"
    assert (page.byline, page.publisher, page.section) == ("Ilse Tamm-Okonjo", "The Sulai Gazette", "Diplomacy")
    assert (page.published, page.updated, page.lang) == ("2026-03-04", "2026-03-05", "en-GB")
    assert page.url == "https://gazette.example/lighthouse"
    for words in kinds.BODY:
        assert words in page.text
    assert "Copyright" not in page.text
    assert "Harbour clock" not in page.text


def test_an_article_keeps_its_headings_quotations_captions_and_links(add: Add) -> None:
    [page] = documents(add(kinds.article()))
    assert marked(page, "head") == [("What comes next", "")]
    assert marked(page, "quote") == [("It is older than either of our states, and it has been wrong only once.", "")]
    assert [text for text, _ in marked(page, "caption")] == [
        "The lighthouse, seen from the Turzhani side. (Photo: Sulai Gazette)"
    ]
    assert ("note of the ministry", "https://mfa.nordhaven.example/notes/7") in marked(page, "link")


def test_an_article_is_one_post_with_byline_section_and_link(add: Add) -> None:
    [post] = split(documents(add(kinds.article()))[0])
    assert (post.title, post.byline, post.categories) == (
        "Envoy meets president over lighthouse",
        "Ilse Tamm-Okonjo",
        ("Diplomacy",),
    )
    assert post.link == "https://gazette.example/lighthouse"
    assert [layer.kind for layer in post.layers][:2] == ["headline", "caption"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-8-sig"])
def test_a_page_in_unicode_is_read_whatever_its_mark(add: Add, codec: str) -> None:
    [page] = documents(add(kinds.article().encode(codec)))
    assert "“The lamp has to be lit by somebody,”" in page.text


@pytest.mark.parametrize(
    ("said", "codec"),
    [("windows-1251", "cp1251"), ("iso-8859-1", "cp1252"), ("shift_jis", "cp932"), ("gb2312", "gb18030")],
)
def test_a_page_is_read_in_the_encoding_it_names(add: Add, said: str, codec: str) -> None:
    words = {"cp1251": "Посол прибыл в столицу на переговоры с президентом республики.", "cp1252": "Señor Peña – “le ministre” – était là.",
             "cp932": "大使は首都に到着し、大統領と会談した。", "gb18030": "大使抵达首都，与总统举行会谈。"}[codec]  # fmt: skip
    page = kinds.article(body=[*kinds.BODY, words]).replace("utf-8", said)
    page = page.replace("“The lamp has to be lit by somebody,”", "The lamp")
    [found] = documents(add(page.encode(codec)))
    assert words in found.text


def test_a_page_without_markup_takes_title_and_date_from_its_text(add: Add) -> None:
    page = (
        "<html><head><title>Envoy meets president</title></head><body><h1>Envoy meets president</h1><p>Published on 4 March 2026</p>"
        + "".join(f"<p>{p}</p>" for p in kinds.BODY) + "</body></html>"
    )  # fmt: skip
    [found] = documents(add(page))
    assert (found.title, found.published) == ("Envoy meets president", "2026-03-04")


def test_broken_json_ld_is_mended_or_left_out(add: Add) -> None:
    page = kinds.article().replace('"inLanguage": "en"}', '"inLanguage": "en",}')
    [found] = documents(add(page))
    assert found.byline == "Ilse Tamm-Okonjo"
    [found] = documents(add(kinds.article().replace('"@context"', '"@context')))
    assert found.title == "Envoy meets president over lighthouse"


def test_a_page_that_shows_nothing_is_a_failure(add: Add) -> None:
    [found] = add("<!doctype html><html><body><div id=app></div><script>render()</script></body></html>")
    assert isinstance(found, Failure)
    assert "shows no text" in found.reason


def test_a_page_whose_text_waits_for_a_script_is_read(add: Add) -> None:
    page = kinds.article().replace("<main>", '<div hidden id="S:0"><main>').replace("</main>", "</main></div>")
    [found] = documents(add(page))
    assert kinds.BODY[1] in found.text


def test_the_public_reader_gives_the_body_apart(add: Add) -> None:
    page = html.article(kinds.article().encode(), "https://gazette.example/x")
    assert page.body.startswith(kinds.BODY[0])
    assert page.markup.authors == ("Ilse Tamm-Okonjo",)


# ---------------------------------------------------------------- feeds and sitemaps


def test_an_rss_feed_is_a_document_an_entry_and_leaves_podcasts_out(add: Add) -> None:
    one, two = documents(add(kinds.RSS))
    assert one.text == "Envoy Petra Vallis met President Anselm Okoro.\n\nSee the note."
    assert (one.name, one.title, one.url) == ("g-1", "Envoy meets president", "https://gazette.example/1")
    assert (one.published, one.byline, one.section, one.publisher, one.lang) == (
        "2026-03-04", "Ilse Tamm-Okonjo", "Diplomacy", "The Sulai Gazette", "en-GB",
    )  # fmt: skip
    assert marked(one, "link") == [("the note", "https://gazette.example/note")]
    assert (two.title, two.published) == ("Clock still wrong & late", "2026-03-03")


def test_an_excerpt_in_a_feed_is_known_as_cut_off(add: Add) -> None:
    _, two = documents(add(kinds.RSS))
    [post] = split(two)
    assert post.truncated
    assert "harbour clock" in post.layers[-1].text


def test_an_atom_feed(add: Add) -> None:
    [entry] = documents(add(kinds.ATOM))
    assert entry.title == "Statement on reefs"
    assert (entry.published, entry.updated, entry.byline) == ("2026-03-03", "2026-03-04", "Press Office")
    assert entry.text == "The ministry regrets the state of the reefs."


def test_a_json_feed(add: Add) -> None:
    one, two = documents(add(kinds.JSON_FEED))
    assert (one.title, one.text, one.byline, one.published) == ("One", "Premier Tau sailed.", "Ana Ruiz", "2026-02-07")
    assert two.text == "A < B, said the envoy."


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda x: x.replace("&amp;", "&"), id="bare ampersand"),
        pytest.param(lambda x: x[: x.index("<item><title>Evening")], id="cut off"),
        pytest.param(
            lambda x: x.replace("</description></item>\n<item><title>Evening", "</item><item><title>Evening"),
            id="tag not closed",
        ),
        pytest.param(lambda x: "\n\n" + x, id="blank lines before the declaration"),
        pytest.param(lambda x: x.replace("still wrong", "still\x0b wrong"), id="control mark"),
    ],
)
def test_a_broken_feed_is_mended(add: Add, damage: Callable[[str], str]) -> None:
    found = documents(add(damage(kinds.RSS)))
    assert found[0].title == "Envoy meets president"
    assert len(found) >= 2


def test_an_opml_list_names_its_feeds(add: Add) -> None:
    assert feeds.outlines(kinds.OPML.encode()) == [("Gazette", "https://gazette.example/feed")]
    [found] = add(kinds.OPML)
    assert isinstance(found, Failure)
    assert "list of 1 feeds" in found.reason


def test_a_sitemap_names_addresses_of_the_web_only() -> None:
    found = list(sitemaps.places(io.BytesIO(kinds.SITEMAP.encode())))
    assert [(p.url, p.modified) for p in found] == [
        ("https://gazette.example/1?a=1&b=2", "2026-03-04T09:30:00+01:00"), ("https://gazette.example/2", None),
    ]  # fmt: skip
    [inner] = sitemaps.places(io.BytesIO(kinds.SITEMAP_INDEX.encode()))
    assert inner.sitemap


def test_a_news_sitemap_is_a_listing_of_headlines(add: Add) -> None:
    for data in (kinds.NEWS_SITEMAP.encode(), gzip.compress(kinds.NEWS_SITEMAP.encode())):
        [page] = documents(add(data))
        posts = split(page)
        assert [(p.title, p.published, p.link) for p in posts] == [
            ("Envoy Vallis meets President Okoro", "2026-03-04", "https://gazette.example/1"),
            ("Harbour clock is repaired at last", "2026-03-03", "https://gazette.example/2"),
        ]
        assert page.publisher == "The Sulai Gazette"


def test_a_sitemap_without_headlines_says_what_it_is(add: Add) -> None:
    [found] = add(kinds.SITEMAP)
    assert isinstance(found, Failure)
    assert "sitemap" in found.reason


# ---------------------------------------------------------------- web archives

PAGES = {
    f"https://gazette.example/{n}": kinds.article(
        f"Envoy meets president number {n}", url=f"https://gazette.example/{n}"
    )
    for n in range(4)
}


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_web_archive_is_a_document_a_page(add: Add, packed: bool, chunked: bool, coding: str) -> None:
    found = documents(add(kinds.warc(PAGES, packed=packed, chunked=chunked, coding=coding)))
    assert [d.title for d in found] == [f"Envoy meets president number {n}" for n in range(4)]
    assert [d.url for d in found] == list(PAGES)
    assert found[0].fetched == "2026-03-04T10:00:00"


def test_a_web_archive_packed_as_a_whole_is_read(add: Add) -> None:
    found = documents(add(gzip.compress(kinds.warc(PAGES, packed=False))))
    assert len(found) == 4


def test_what_is_no_page_in_a_web_archive_is_passed_over(add: Add) -> None:
    other = [
        kinds.record("https://x.example/", b"\x89PNG", headers=["Content-Type: image/png"]),
        kinds.record("https://x.example/", b"<p>gone</p>", status="HTTP/1.1 404 Not Found"),
        kinds.record("https://x.example/", b"<p>moved</p>", status="HTTP/1.1 301 Moved"),
        kinds.record("https://x.example/", b"", kind="request", status="GET / HTTP/1.1", headers=["Host: x.example"]),
        kinds.record("https://x.example/", b"", kind="revisit"),
        kinds.record("dns:x.example", b"127.0.0.1", kind="resource"),
    ]
    found = documents(add(b"".join(map(gzip.compress, other)) + kinds.warc(dict(list(PAGES.items())[:1]))))
    assert [d.url for d in found] == ["https://gazette.example/0"]


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_record_is_reported_and_the_next_ones_are_read(add: Add, packed: bool) -> None:
    parts = [kinds.warc({url: page}, packed=packed) for url, page in PAGES.items()]
    broken = bytearray(parts[1])
    if packed:
        broken[60:90] = b"\0" * 30
    else:
        broken[:10] = b"WARX/9.9\r\n"
    found = add(parts[0] + bytes(broken) + parts[2] + parts[3])
    told = [d.url for d in found if isinstance(d, Document)]
    assert told == ["https://gazette.example/0", "https://gazette.example/2", "https://gazette.example/3"]
    reasons = [f for f in found if isinstance(f, Failure)]
    assert len(reasons) == 1
    assert "damaged record" in reasons[0].reason
    assert f"byte {len(parts[0]):,}" in reasons[0].origin


def test_a_web_archive_cut_off_in_the_middle_gives_what_is_whole(add: Add) -> None:
    data = kinds.warc(PAGES)
    found = add(data[: int(len(data) * 0.6)])
    assert [d.url for d in found if isinstance(d, Document)][:2] == list(PAGES)[:2]
    assert any(isinstance(f, Failure) for f in found)


def test_a_wacz_is_the_web_archives_in_it(add: Add) -> None:
    data = kinds.zipped(
        {"datapackage.json": "{}", "archive/data.warc.gz": kinds.warc(PAGES), "pages/pages.jsonl": '{"id": "x"}'}
    )
    assert len(documents(add(data))) == 4


def test_a_feed_in_a_web_archive_is_its_entries(add: Add) -> None:
    data = kinds.warc({"https://gazette.example/feed": kinds.RSS}, packed=False).replace(
        b"text/html; charset=utf-8", b"application/rss+xml    ", 1
    )
    assert [d.title for d in documents(add(data))] == ["Envoy meets president", "Clock still wrong & late"]


# ---------------------------------------------------------------- exports, mail, office


def test_a_wordpress_export_is_its_published_posts(add: Add) -> None:
    [post] = documents(add(kinds.WXR))
    assert (post.title, post.url, post.published) == (
        "Envoy & president",
        "https://quayside.example/2026/03/envoy/",
        "2026-03-04",
    )
    assert (post.publisher, post.byline, post.section, post.updated) == (
        "Quayside Digest",
        "ilse",
        "Diplomacy",
        "2026-03-06",
    )
    assert post.text.split("\n\n")[:2] == [
        "Vallis met Okoro.",
        "The following report was originally published by the Sulai Gazette.",
    ]
    assert [text for text, _ in marked(post, "caption")] == ["The lamp. (Photo: Gazette)"]
    assert "gallery" not in post.text
    [read] = split(post)
    assert [layer.voice for layer in read.layers if layer.kind == "report"] == ["Sulai Gazette"]


def test_a_telegram_export_is_a_document_a_message(add: Add) -> None:
    one, two = documents(add(kinds.TELEGRAM))
    assert (one.name, one.text, one.publisher, one.published) == (
        "Embassy of Turzhan/2", "Ambassador Saidova met the minister.", "Embassy of Turzhan", "2026-03-02",
    )  # fmt: skip
    assert marked(one, "link") == [("the minister", "https://mfa.example/m")]
    assert two.text == "Forwarded from Ministry\n\nThe embassy is closed on Friday."


def test_an_email_is_read_by_its_html_part(add: Add) -> None:
    [letter] = documents(add(kinds.EML))
    assert (letter.title, letter.publisher, letter.published) == (
        "Envoy – president",
        "The Sulai Gazette",
        "2026-03-04",
    )
    assert "Envoy Petra Vallis met President Anselm Okoro of Turzhan – for two hours" in letter.text


def test_a_mailbox_is_its_messages(add: Add) -> None:
    one, two = documents(add(kinds.MBOX))
    assert one.name == "m1@gazette.example"
    assert two.text == "Note 7\n\nMinister Peña met Envoy Vallis.\n\nFrom the desk."
    assert two.published == "2026-03-03"


@pytest.mark.parametrize("make", [kinds.docx, kinds.odt])
def test_an_office_document_is_its_paragraphs(add: Add, make: Callable[[], bytes]) -> None:
    [found] = documents(add(make()))
    assert found.text == "\n\n".join(kinds.BODY)


def test_a_pdf_is_its_text(add: Add) -> None:
    [found] = documents(add(kinds.pdf()))
    assert "Envoy Petra Vallis of Nordhaven met President Anselm Okoro" in found.text


def test_a_pdf_without_pypdf_says_what_to_install(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    [found] = add(kinds.pdf())
    assert isinstance(found, Failure)
    assert "pip install 'onrecord[pdf]'" in found.reason


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize(
    "what", [kinds.article(), kinds.RSS, '{"id": "a", "text": "Words."}\n', "Envoy Vallis spoke.\n"]
)
def test_packed_files_are_unpacked(add: Add, pack: Callable[[bytes], bytes], what: str) -> None:
    packed, plain = documents(add(pack(what.encode()))), documents(add(what))
    assert [d.text for d in packed] == [d.text for d in plain]


def test_a_zip_archive_is_read_file_by_file(add: Add) -> None:
    data = kinds.zipped(
        {"b.txt": "Envoy Vallis spoke.\n", "a/page.html": kinds.article(), "__MACOSX/x": "", "c.bin": b"\0\1\2"}
    )
    found = add(data)
    assert [d.name for d in found if isinstance(d, Document)] == ["page", "b"]
    assert [f.origin.rsplit(", ", 1)[1] for f in found if isinstance(f, Failure)] == ["c.bin"]


def test_standard_input_is_recognised_as_a_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    class Standard:
        def __init__(self, data: bytes) -> None:
            self.buffer: Any = Pipe(data)

    for data, count in ((kinds.article().encode(), 1), (kinds.warc(PAGES), 4), (gzip.compress(kinds.RSS.encode()), 2)):
        monkeypatch.setattr(sys, "stdin", Standard(data))
        assert len(documents(list(read("-")))) == count
