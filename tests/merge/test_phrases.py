"""The keys under which sentences meet their copies."""

from __future__ import annotations

import random

from onrecord.merge import phrases
from onrecord.merge._words import shingles

WORDS = "ferry harbour lamp tar salt rope winter island mast keel gull storm price toll anchor deck hull sail".split()


def keys(sentence: str) -> set[int]:
    return set(phrases(sorted(shingles(sentence, 4))))


def test_a_sentence_with_a_word_changed_meets_the_one_it_was_copied_from() -> None:
    chance = random.Random(3)
    met = 0
    for _ in range(200):
        words = [chance.choice(WORDS) + str(chance.randrange(900)) for _ in range(24)]
        other = list(words)
        other[chance.randrange(2, 22)] = "changed"
        met += bool(keys(" ".join(words)) & keys(" ".join(other)))
    assert met > 160


def test_sentences_that_only_begin_with_the_same_names_do_not_all_meet() -> None:
    chance = random.Random(4)
    sentences = [
        "president ana torvek and premier luk quill met " + " ".join(str(chance.randrange(10**6)) for _ in range(14))
        for _ in range(300)
    ]
    found = [keys(sentence) for sentence in sentences]
    shared = sum(bool(found[0] & other) for other in found[1:])
    assert shared < 40


def test_short_sentences_have_few_keys() -> None:
    assert phrases([]) == []
    assert len(phrases([5])) == 1
    assert len(phrases([5, 7])) == 1
    assert len(phrases([5, 7, 9, 11])) == 3
