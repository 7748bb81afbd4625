"""What is kept becomes documents, with what the server and the page say of themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from served import Answer, Site

from onrecord.fetch import Fetcher, Source
from onrecord.model import Document, Failure

Open = Callable[..., Fetcher]
WORDS = "Президент Илян Торвек встретился с послом в Нордхавене, и они говорили о мосте, который будет построен."


def page(words: str, head: str = "") -> str:
    body = f"<article><h1>Talks</h1><p>{words}</p></article>"
    return f"<!DOCTYPE html><html><head><title>Talks</title>{head}</head><body>{body}</body></html>"


def read(fetcher: Fetcher, url: str, **options: str) -> Document | Failure:
    (item,) = fetcher.round([Source(url, **options)], force=True)  # type: ignore[arg-type]
    fetcher.saved()
    return item


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (page(WORDS).encode("cp1251"), "text/html; charset=windows-1251"),
        (page(WORDS).encode("koi8-r"), 'text/html; charset="koi8-r"'),
        (page(WORDS, '<meta charset="cp1251">').encode("cp1251"), "text/html"),
        (page(WORDS).encode(), "text/html; charset=no-such-thing"),
        (page(WORDS).encode(), "text/html; charset=iso-8859-1"),
        (WORDS.encode("cp1251"), "text/plain; charset=windows-1251"),
    ],
    ids=["header", "quoted", "meta", "unknown", "wrong", "plain"],
)
def test_the_letters_of_a_page_are_read_rightly(site: Site, fetcher: Open, body: bytes, media: str) -> None:
    site.routes["/page"] = Answer(body, media=media)
    with fetcher() as one:
        item = read(one, site.url("/page"))
    assert isinstance(item, Document), item
    assert WORDS in item.text


def test_a_page_is_known_by_the_address_it_was_found_at(site: Site, fetcher: Open) -> None:
    site.routes |= {"/old": Answer(status=301, headers={"Location": "/new"}), "/new": Answer(page("Nothing happened."))}
    with fetcher() as one:
        item = read(one, site.url("/old"), publisher="The Newsroom")
    assert isinstance(item, Document)
    assert (item.name, item.url, item.publisher) == (site.url("/new"), site.url("/new"), "The Newsroom")


@pytest.mark.parametrize(("canonical", "kept"), [("/talks", True), ("https://other.example/talks", False)])
def test_a_page_may_name_its_address_but_not_one_of_another_site(
    site: Site, fetcher: Open, canonical: str, kept: bool
) -> None:
    site.routes["/page?id=7"] = Answer(
        page("Nothing happened here today.", f'<link rel="canonical" href="{canonical}">')
    )
    with fetcher() as one:
        item = read(one, site.url("/page?id=7"))
    assert isinstance(item, Document)
    assert item.url == site.url("/talks" if kept else "/page?id=7")
    assert item.name == site.url("/page?id=7")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(b"%PDF-1.7\n" + bytes(50), media="application/pdf"), "PDF"),
        (Answer(b""), "empty"),
        (Answer(b"\x00\x01\x02" * 50, media="text/html"), "NUL"),
    ],
)
def test_what_is_no_page_is_a_failure_with_its_reason(site: Site, fetcher: Open, answer: Answer, why: str) -> None:
    site.routes["/page"] = answer
    with fetcher() as one:
        item = read(one, site.url("/page"))
    assert isinstance(item, Failure)
    assert item.origin == site.url("/page")
    assert why in item.reason
