"""Evidence in the text: nothing of the text is lost, no mark overlaps another, sentences hold what they witness."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from onrecord.digest._marks import Mark, lay, marked
from onrecord.digest._words import excerpt, safe_link, sentence

TEXT = "The envoy of Sahelia arrived on Jan. 5. Dr. Okoro met her at noon! Then it rained; nobody minded."


def spans(size: int) -> st.SearchStrategy[list[tuple[int, int, int]]]:
    span = st.tuples(st.integers(0, size - 1), st.integers(1, size), st.integers(0, 2))
    return st.lists(span.filter(lambda s: s[0] < s[1]), max_size=12)


@given(st.text(min_size=1, max_size=60).flatmap(lambda text: st.tuples(st.just(text), spans(len(text)))))
def test_marks_leave_the_text_as_it_is(case: tuple[str, list[tuple[int, int, int]]]) -> None:
    text, places = case
    laid = lay(Mark(*place) for place in places)
    html = marked(text, 0, len(text), laid)
    assert html.replace("<mark>", "").replace("</mark>", "").unescape() == text


@given(spans(40))
def test_no_mark_overlaps_and_every_place_stays_covered(places: list[tuple[int, int, int]]) -> None:
    laid = lay(Mark(*place) for place in places)
    assert all(a.end <= b.start for a, b in itertools.pairwise(laid))
    covered = {n for start, end, _ in places for n in range(start, end)}
    assert {n for mark in laid for n in range(mark.start, mark.end)} == covered


@given(spans(40))
def test_the_lower_rank_keeps_the_place(places: list[tuple[int, int, int]]) -> None:
    for mark in lay(Mark(*place) for place in places):
        for n in range(mark.start, mark.end):
            assert mark.rank == min(rank for start, end, rank in places if start <= n < end)


def test_sentence_ends_at_its_stop_and_not_at_an_abbreviation() -> None:
    start = TEXT.index("arrived")
    assert TEXT[slice(*sentence(TEXT, start, start + 7, 0, len(TEXT)))] == TEXT[: TEXT.index(" Dr.")]
    start = TEXT.index("noon")
    assert TEXT[slice(*sentence(TEXT, start, start + 4, 0, len(TEXT)))] == "Dr. Okoro met her at noon!"


@given(st.text(alphabet="ab. A\n!”", min_size=1, max_size=80), st.data())
def test_sentence_holds_the_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    low, high = sentence(text, start, end, 0, len(text))
    assert 0 <= low <= start < end <= high <= len(text)


def test_sentence_of_a_page_in_one_line_is_short() -> None:
    text = "word " * 1_000_000
    low, high = sentence(text, 2_000_000, 2_000_004, 0, len(text))
    assert high - low < 1100


@given(st.text(max_size=200), st.integers(10, 60))
def test_excerpt_is_short(text: str, most: int) -> None:
    assert len(excerpt(text, most)) <= most + 2


def test_only_web_addresses_are_linked() -> None:
    assert safe_link("https://example.org/a?b#c") == "https://example.org/a?b#c"
    for bad in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https:",
        "ht\ntps://x",
        "file:///etc",
        "",
        None,
    ):
        assert safe_link(bad) is None
