"""The archive pages of `tests/pages` as HTML in four themes: every post, as on the flattened page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from onrecord.model import Document, Layer, Post
from onrecord.sources import html
from onrecord.split import split
from test_split_pages import name, same_voice, spoken, starts_with, voices_of
from themes import THEMES, pieces

PAGES = Path(__file__).parent / "pages"
# A channel's messages and a newsletter are not web pages of posts; they have no titles to mark up.
NOT_WEB = {"telegram_channel", "newsletter_contents"}
NAMES = sorted(path.stem for path in PAGES.glob("*.json") if path.stem not in NOT_WEB)
Read = tuple[list[dict[str, Any]], Document, tuple[Post, ...]]


@pytest.fixture(scope="module", params=[(n, theme) for n in NAMES for theme in THEMES], ids=lambda p: f"{p[0]}-{p[1]}")
def page(request: pytest.FixtureRequest) -> Read:
    stem, theme = request.param
    expected = json.loads((PAGES / f"{stem}.json").read_text(encoding="utf-8"))["posts"]
    made = THEMES[theme](*pieces((PAGES / f"{stem}.txt").read_bytes().decode(), expected))
    document = html.document(made.encode(), "page.html", stem, url="https://pages.example/archive")
    return expected, document, split(document)


def test_every_post_of_a_listing_is_found(page: Read) -> None:
    expected, _, posts = page
    assert [" ".join(post.title.split()) for post in posts] == [post["title"] for post in expected]


def test_a_listing_says_which_posts_are_cut_off_and_when_they_were_published(page: Read) -> None:
    expected, _, posts = page
    assert [(p.title, p.truncated, p.published) for p in posts] == [
        (e["title"], e["truncated"], e["published"]) for e in expected
    ]


def test_the_layers_are_words_of_the_document(page: Read) -> None:
    _, document, posts = page
    placed: list[Layer] = [layer for post in posts for layer in post.layers if layer.start is not None]
    assert placed
    for layer in placed:
        assert layer.start is not None
        assert document.text[layer.start : layer.start + len(layer.text)] == layer.text


def test_the_voices_of_a_listing_are_those_of_the_flattened_page(page: Read) -> None:
    expected, _, posts = page
    wrong = []
    for e, post in zip(expected, posts, strict=True):
        found, wanted = voices_of(post), spoken(e)
        if len(found) != len(wanted) or not all(
            same_voice(v.name, w["voice"]) and starts_with(v.text, w["starts"])
            for v, w in zip(found, wanted, strict=True)
        ):
            told = [(name(v.name), " ".join(v.text.split()[:6])) for v in found]
            wrong.append((post.title, told, [(w["voice"], w["starts"]) for w in wanted]))
    assert wrong == []


def test_posts_of_a_listing_lead_to_the_whole_text(page: Read) -> None:
    expected, _, posts = page
    if len(expected) > 1:
        assert all(post.link and post.link.startswith("https://pages.example/2026/03/") for post in posts)
