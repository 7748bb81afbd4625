"""Whatever text comes in, `split` ends without an error and its layers say truly where they stand."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onrecord.model import Document, Post
from onrecord.split import split

# Lines of the kinds that pages are made of, so that random pages meet the rules and not only their absence.
PIECES = [
    "Minister opens the salt bridge at Turzhan",
    "MINISTER OPENS THE SALT BRIDGE",
    "1. A first item of several",
    "IV. On fisheries",
    "March 3, 2026",
    "3 marzo 2026 | Redacción | 4 comentarios",
    "Posted by Ana Ruiz at 10:32 AM",
    "28/02/2026 · Relações",
    "٣ مارس ٢٠٢٦",
    "2026年3月3日",
    "Monday, 3 March",
    "By Ana Ruiz",
    "Filed under: World, Sea",
    "Continue reading Minister opens the salt bridge at Turzhan",
    "Read more →",
    "(more…)",
    "[…]",
    "…",
    "اقرأ المزيد",
    "阅读全文",
    "Older posts",
    "1 2 3 … 14 Next",
    "© 2026 The Paper. All rights reserved.",
    "Home | News | About",
    "The following article was originally published by the Turzhan Press Agency.",
    "The following two reports were first published by Zrcalo, and by the Wire on 3 March 2026.",
    "Source: Zrcalo",
    "Source:",
    "Translated by us",
    "The text of the message reads:",
    "The text of the letter to Ana Ruiz from the Birlik Union is as follows:",
    "We publish below the speech by President Ana Ruiz.",
    "Below is the statement.",
    "Originally published in Korvanian in",
    "Dear friends,",
    "Ana Ruiz",
    "ANA RUIZ",
    "President of the Republic",
    "(Photo: Ana Ruiz/Wire)",
    "Photo: ",
    "The bridge. (File photo)",
    "©",
    "VETROGRAD, March 2 (KPA) — The Government decided on Monday to lend its ferry to the neighbours, it said.",
    "AK-SARAI, Feb. 29, 2026 (TP)",
    "(KPA) —",
    "—",
    "“We have cotton and no harbour,” she said.",
    "The minister said that the bridge, which had been closed for eleven years, would open on Tuesday…",
    "| a | b |",
    "|---|---|",
    "```",
    "# Heading",
    "- a list item",
    "> quoted",
    "[link](https://example.org/a)",
    "https://example.org",
    "a",
    "é",
    "\u202bשלום עולם\u202c",
    "\ufeff",
    "\u00a0",
    "\u200b",
    "\x00",
    "🙂🙂",
    "ﷺ",
    "İ",
    "ß" * 5,
    "...",
    ":",
    "()",
    "“",
    "By",
    "in",
    "x" * 300,
    "word " * 200,
]
BREAKS = ["\n", "\n\n", "\r\n", "\r", "\n \n", "\u2028", "\u2029", "\x0c", "\x85", "\n\n\n", " ", ""]

line = st.one_of(st.sampled_from(PIECES), st.text(max_size=60))
page = st.lists(st.tuples(line, st.sampled_from(BREAKS)), max_size=30).map(lambda parts: "".join(a + b for a, b in parts))
day = st.sampled_from([None, "2026", "2026-02", "2026-02-28", "2026-01-01T10:00:00Z"])
document = st.builds(
    Document,
    name=st.just("page"),
    text=page,
    title=st.sampled_from([None, "", "A title", "MESSAGE OF PRESIDENT RUIZ"]),
    publisher=st.sampled_from([None, "", "Zrcalo", "KPA"]),
    published=day,
    fetched=day,
)


def check(document: Document, posts: tuple[Post, ...]) -> None:
    """The invariants that every other room relies on."""
    reached = 0
    for number, post in enumerate(posts):
        assert post.index == number
        assert post.layers
        assert 0 <= post.start <= post.end <= len(document.text)
        for place, layer in enumerate(post.layers):
            assert layer.index == place
            assert layer.text
            assert layer.voice
            assert layer.text == layer.text.rstrip() or not layer.text.strip()
            if layer.start is not None:
                assert document.text[layer.start : layer.start + len(layer.text)] == layer.text
                assert layer.start >= reached, "layers stand in order and do not overlap"
                reached = layer.start + len(layer.text)
                assert post.start <= layer.start
                assert reached <= post.end
            last = 0
            for span in layer.paragraphs:
                assert last <= span.start < span.end <= len(layer.text)
                assert layer.text[span.start : span.end].strip() == layer.text[span.start : span.end]
                last = span.end
            for credit in layer.credits:
                said = post.words(credit.evidence)
                assert said
                assert 0 <= credit.evidence.start < credit.evidence.end
                if credit.kind in ("published", "author", "photo", "dateline"):
                    assert " ".join(said.split()) == " ".join(credit.name.split())


@given(document)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(Document(name="page", text=""))
@example(Document(name="page", text="\n\n"))
@example(Document(name="page", text="", title="A title without a text"))
def test_split_layers_are_exact_ordered_and_apart(document: Document) -> None:
    posts = split(document)
    check(document, posts)
    assert posts == split(document)


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_split_takes_any_text(text: str) -> None:
    document = Document(name="page", text=text)
    check(document, split(document))
