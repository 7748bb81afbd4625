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
page = st.lists(st.tuples(line, st.sampled_from(BREAKS)), max_size=30).map(
    lambda parts: "".join(a + b for a, b in parts)
)
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


def seconds(text: str) -> float:
    """Processor time of one split."""
    start = time.process_time()
    split(Document(name="page", text=text))
    return time.process_time() - start


POST = (
    "Minister opens the salt bridge number {0}\n\nMarch 3, 2026 by Ana Ruiz\n\n"
    "The minister said that the bridge, which had been closed for eleven years, would open on Tuesday.\n\n"
    "The following article was originally published by the Korvanian Press Agency.\n\n"
    "VETROGRAD, March 2 (KPA) — The Government decided on Monday to lend its ferry.\n\n"
    "Continue reading Minister opens the salt bridge number {0}\n\n"
)
GROWING = {
    "posts": POST,
    "posts without marks": "Minister opens bridge number {0}\nThe minister said so on March 3.\n\nYes.\n\n",
    "short lines": "Title line {0} here\n",
    "one title again and again": "A title it is\n\n",
    "captions": "The bridge {0}. (Photo: Ana/Wire)\n\n",
    "dates": "March 3, 2026\n\n",
    "comment counts": "{0} comments\n\nTitle line {0} here\n\n",
    "markers": "Continue reading Other thing {0}\n\n",
    "announcements": "The following article was originally published by KPA{0}.\n\nText of a paragraph it is.\n\n",
    "letters": "The text of the message reads:\n\nDear friends,\n\nAna Ruiz {0}\n\n",
    "labels": "Source: Agency {0}\n\n(Photo: Wire)\n\n",
    "wrapped lines": "a line that is cut at the fiftieth or sixtieth column\n",
    "rows": "03.03.2026 | Minister opens bridge {0}\n",
    "messages": "Press Office, [03.03.2026 10:{0}]\nThe bridge is open.\n",
    "a line of words": "word ",
    "a line of sentences": "Aa said so. ",
    "a line of brackets": "[… (",
    "a line of initials": "A.B.",
    "white space": " \n",
    "reports": "Dear friends,\n\nWe publish the speech by Ana Ruiz:\n\nNOVI, March 2 (KP{0}) — It decided so.\n\n",
}


@pytest.mark.parametrize("kind", sorted(GROWING))
def test_split_takes_time_in_proportion_to_the_text(kind: str) -> None:
    """Four times the text may take six times as long (measured: 3.5 to 4.6); a quadratic step would take sixteen."""
    part = GROWING[kind]
    size = max(60, 20_000 // len(part))
    small = "".join(part.format(n) for n in range(size))
    large = "".join(part.format(n) for n in range(4 * size))
    seconds(small[:2000])
    one, four = min(seconds(small) for _ in range(2)), min(seconds(large) for _ in range(2))
    assert four < 6 * one + 0.05


def test_split_keeps_every_one_of_many_posts() -> None:
    posts = split(Document(name="page", text="".join(POST.format(n) for n in range(3000))))
    assert [post.title for post in posts] == [f"Minister opens the salt bridge number {n}" for n in range(3000)]
    assert {(post.truncated, post.published, len(post.layers)) for post in posts} == {(True, "2026-03-03", 3)}


@pytest.mark.slow
def test_split_takes_fifty_megabytes_in_one_line() -> None:
    text = "The minister opened the bridge. " * 1_600_000
    posts = split(Document(name="page", text=text))
    assert [len(post.layers) for post in posts] == [1]
    assert posts[0].layers[0].text == text.strip()
