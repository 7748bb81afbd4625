"""Archive pages of twenty-one manners, written for these tests: every post and every layer must come out right.

Beside each `pages/NAME.txt` stands `NAME.json` with what a careful reader finds. Neighbouring layers of one voice count
as one, captions are compared apart from the others, and a headline layer is the title, compared as such.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from onrecord.model import Document, Layer, Post
from onrecord.split import split

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.json"))
CREDITS = ("publisher", "original_date", "translator", "lang", "dateline_place")
# Marker words that may stay at the end of an excerpt: they are part of its text on the page.
MARKER_WORDS = {"more", "continue", "reading", "leer", "más", "lire", "la", "suite"}


@dataclass
class Voice:
    """Neighbouring layers of one voice, captions aside."""

    name: str
    kind: str
    text: str
    layers: list[Layer]


def words(text: str | None) -> list[str]:
    return re.findall(r"\w+", (text or "").casefold())


def name(text: str | None) -> str:
    """A name as it is compared: without case, punctuation and articles; the page's own translators are its editor."""
    plain = " ".join(word for word in words(text) if word != "the")
    return "editor" if plain in {"us", "our staff", "editors"} else plain


def voices_of(post: Post) -> list[Voice]:
    found: list[Voice] = []
    for layer in post.layers:
        if layer.kind in ("headline", "caption"):
            continue
        if found and name(found[-1].name) == name(layer.voice):
            found[-1].layers.append(layer)
            found[-1].text += "\n" + layer.text
        else:
            found.append(Voice(layer.voice, layer.kind, layer.text, [layer]))
    return found


def starts_with(text: str, first: str) -> bool:
    wanted = words(first)
    return words(text)[: len(wanted)] == wanted


def ends_with(text: str, last: str) -> bool:
    found, wanted = words(text), words(last)
    while found and found[-1] in MARKER_WORDS and found[-len(wanted) :] != wanted:
        found.pop()
    return found[-len(wanted) :] == wanted


def same_voice(found: str, wanted: str) -> bool:
    """As the gold's scorer has it: one name's words all stand in the other ("A/B" may be credited to A or to B)."""
    one, other = set(name(found).split()), set(name(wanted).split())
    return bool(one and other) and (one <= other or other <= one)


@pytest.fixture(scope="module", params=NAMES)
def page(request: pytest.FixtureRequest) -> tuple[list[dict[str, Any]], tuple[Post, ...]]:
    text = (PAGES / f"{request.param}.txt").read_bytes().decode("utf-8")
    expected = json.loads((PAGES / f"{request.param}.json").read_text(encoding="utf-8"))
    return expected["posts"], split(Document(name=request.param, text=text))


def paired(page: tuple[list[dict[str, Any]], tuple[Post, ...]]) -> list[tuple[dict[str, Any], Post]]:
    expected, posts = page
    if len(expected) != len(posts):
        pytest.fail(f"{len(posts)} posts instead of {len(expected)}")
    return list(zip(expected, posts, strict=True))


def spoken(expected: dict[str, Any]) -> list[dict[str, Any]]:
    return [layer for layer in expected["layers"] if layer["kind"] != "caption"]


def test_split_covers_many_manners() -> None:
    assert len(NAMES) >= 21


def test_split_finds_every_post_by_its_title(page: tuple[list[dict[str, Any]], tuple[Post, ...]]) -> None:
    expected, posts = page
    assert [" ".join(post.title.split()) for post in posts] == [post["title"] for post in expected]


def test_split_knows_which_posts_are_cut_off(page: tuple[list[dict[str, Any]], tuple[Post, ...]]) -> None:
    pairs = paired(page)
    assert [(post.title, post.truncated) for _, post in pairs] == [(post.title, e["truncated"]) for e, post in pairs]


def test_split_reads_the_date_line_of_each_post(page: tuple[list[dict[str, Any]], tuple[Post, ...]]) -> None:
    pairs = paired(page)
    assert [(post.title, post.published) for _, post in pairs] == [(post.title, e["published"]) for e, post in pairs]


def test_split_tells_the_voices_apart(page: tuple[list[dict[str, Any]], tuple[Post, ...]]) -> None:
    wrong = []
    for expected, post in paired(page):
        found, wanted = voices_of(post), spoken(expected)
        same = len(found) == len(wanted) and all(
            same_voice(voice.name, layer["voice"])
            and voice.kind in layer["kind"].split("/")
            and starts_with(voice.text, layer["starts"])
            for voice, layer in zip(found, wanted, strict=True)
        )
        if not same:
            told = [(voice.name, voice.kind, " ".join(voice.text.split()[:6])) for voice in found]
            wrong.append((post.title, told, [(w["voice"], w["kind"], w["starts"]) for w in wanted]))
    assert wrong == []


def test_split_ends_each_voice_where_its_text_ends(page: tuple[list[dict[str, Any]], tuple[Post, ...]]) -> None:
    """Menus, share lines, category lines, markers and footers are nobody's text."""
    wrong = [
        (post.title, " ".join(voice.text.split()[-8:]), layer["ends"])
        for expected, post in paired(page)
        for voice, layer in zip(voices_of(post), spoken(expected), strict=False)
        if not any(ends_with(voice.text, ending) for ending in layer["ends"])
    ]
    assert wrong == []


def test_split_sets_captions_apart(page: tuple[list[dict[str, Any]], tuple[Post, ...]]) -> None:
    wrong = []
    for expected, post in paired(page):
        found = [layer.text for layer in post.layers if layer.kind == "caption"]
        wanted = [layer["starts"] for layer in expected["layers"] if layer["kind"] == "caption"]
        if len(found) != len(wanted) or not all(map(starts_with, found, wanted)):
            wrong.append((post.title, found, wanted))
    assert wrong == []


def test_split_reads_who_published_and_translated_each_text(
    page: tuple[list[dict[str, Any]], tuple[Post, ...]],
) -> None:
    wrong = []
    for expected, post in paired(page):
        for voice, layer in zip(voices_of(post), spoken(expected), strict=False):
            for credit in CREDITS:
                found = [getattr(part, credit) for part in voice.layers]
                if layer[credit] is not None and name(layer[credit]) not in map(name, found):
                    wrong.append((post.title, voice.name, credit, found, layer[credit]))
    assert wrong == []
