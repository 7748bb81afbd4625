"""What is copied is found with its place on both sides, and what is not copied is not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord import reuse
from onrecord.model import Reuse
from onrecord.reuse import Text, align, direction, find, fingerprints, words

REPORT = (
    "The ministers of Orsk and Velmar signed a treaty on river ports in Port Halla on Tuesday. "
    "Under the treaty both states will dredge the common channel before the first ice comes down from the hills. "
    "A joint commission of twelve engineers is to report on the state of the locks every spring. "
    "The harbour masters of nine towns watched the ceremony from the old customs house. "
    "Neither side said what the work would cost or who was going to pay for it in the end."
)
NOTE = (
    "The ministers of Orsk and Velmar signed a treaty on river ports in Port Halla. "
    "A joint commission of twelve engineers is to report on the state of the locks."
)
OTHER = (
    "Fishing crews on the western islands stayed ashore for a third day because of the storm that broke the pier. "
    "The council has asked the regional government for timber, nails and forty skilled carpenters."
)


def shared(*texts: str | Text) -> list[Reuse]:
    return find(t if isinstance(t, Text) else Text(f"d{n}", 0, 0, t) for n, t in enumerate(texts))


def test_a_copy_is_found_whole_on_both_sides() -> None:
    (one,) = shared(REPORT, f"From our correspondent: {REPORT}", OTHER)
    assert (one.first, one.second, one.how) == (("d0", 0, 0), ("d1", 0, 0), "copied")
    ((a, b),) = one.spans
    assert REPORT[a.start : a.end] + "." == REPORT
    assert f"From our correspondent: {REPORT}"[b.start : b.end] == REPORT[a.start : a.end]
    assert one.first_share == 1.0


def test_a_note_that_shortens_the_report_is_found_with_its_stretches() -> None:
    (one,) = shared(REPORT, NOTE)
    assert one.how == "shortened"
    assert one.second_share > 0.95 > one.first_share
    assert [NOTE[b.start : b.end].split()[0] for _, b in one.spans] == ["The", "A"]


def test_sentences_in_another_order_are_found() -> None:
    sentences = REPORT.split(". ")
    (one,) = shared(REPORT, ". ".join(reversed(sentences)))
    assert one.how == "copied"
    assert one.second_share > 0.9


def test_other_words_here_and_there_do_not_hide_a_copy() -> None:
    changed = [w if n % 7 else "otherwise" for n, w in enumerate(REPORT.split(), 1)]
    (one,) = shared(REPORT, " ".join(changed))
    assert one.how == "reworded"
    assert one.first_share > 0.9


def test_accents_and_capitals_do_not_hide_a_copy() -> None:
    assert shared(REPORT, REPORT.upper().replace("A", "Á"))


@pytest.mark.parametrize("other", [OTHER, "The ministers of Orsk and Velmar signed a treaty.", "", "Orsk"])
def test_a_turn_of_phrase_is_no_copy(other: str) -> None:
    assert shared(REPORT, other) == []


def test_who_was_first_is_told_by_places_credits_and_dates() -> None:
    def text(id_: str, **more: object) -> Text:
        return Text(id_, 0, 0, REPORT, **more)  # type: ignore[arg-type]

    note, report = Text("p", 0, 0, NOTE, "editor"), Text("p", 0, 1, REPORT, "report")
    assert direction(note, report)[0] == 2
    assert direction(report, note)[0] == 1
    paper = text("a", voice="kpa", page="herald", date="2031-05-01")
    agency = text("b", voice="kpa", page="kpa", date="2031-05-02")
    assert direction(paper, agency)[0] == 2  # a credit says more than a date
    assert direction(text("a", date="2031-05-02"), text("b", date="2031-05-01"))[0] == 2
    assert direction(text("a", date="2031-05"), text("b", date="2031-05-01")) == (0, "")
    assert direction(text("a"), text("b")) == (0, "")


def test_any_eight_words_in_a_row_give_a_common_fingerprint() -> None:
    chance = random.Random(4)
    vocabulary = [f"w{n}" for n in range(500)]
    for _ in range(200):
        run = [chance.choice(vocabulary) for _ in range(8)]
        a, b = (
            [chance.choice(vocabulary) for _ in range(chance.randint(0, 20))]
            + run
            + [chance.choice(vocabulary) for _ in range(chance.randint(0, 20))]
            for _ in range(2)
        )
        assert set(fingerprints(words(" ".join(a)))) & set(fingerprints(words(" ".join(b))))


def test_a_text_that_everybody_copied_is_not_compared_with_each_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    real = align

    def counted(a: object, b: object) -> object:
        nonlocal compared
        compared += 1
        return real(a, b)  # type: ignore[arg-type]

    monkeypatch.setattr(reuse._find.between, "__kwdefaults__", {"aligned": counted})
    many = [Text(f"d{n:03}", 0, 0, f"{REPORT} Copy {n}.") for n in range(200)]
    found = find(many)
    assert compared <= 200 * reuse.NEAREST
    assert {key for one in found for key in (one.first, one.second)} == {text.key for text in many}


TEXTS = st.lists(
    st.lists(st.sampled_from([*REPORT.split(". "), *OTHER.split(". ")]), min_size=1, max_size=5).map(". ".join),
    max_size=6,
)


@given(TEXTS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_any_order_gives_the_same_and_spans_hold_shared_words(texts: list[str], chance: random.Random) -> None:
    given_ = [Text(f"d{n}", 0, 0, text) for n, text in enumerate(texts)]
    found = find(given_)
    for one in found:
        a, b = texts[int(one.first[0][1:])], texts[int(one.second[0][1:])]
        for x, y in one.spans:
            left, right = ({w.form for w in words(t[s.start : s.end])} for t, s in ((a, x), (b, y)))
            assert len(left & right) >= 0.5 * max(len(left), len(right))
        assert 0 < one.first_share <= 1
        assert 0 < one.second_share <= 1
    chance.shuffle(given_)
    assert find(given_) == found
