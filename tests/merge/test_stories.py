"""Texts that tell one story fall together, and the words for its acts with them."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.merge import Act, acts, stories

STORM = (
    "A storm broke the pier of Port Halla on Monday. Mayor Ilyan Torvek said that the crews of nine boats were safe. "
    "The pier had stood for sixty years."
)
STORM_AGAIN = (
    "Port Halla lost its pier in a storm. Torvek, the mayor, praised the crews who brought nine boats home. "
    "Insurers are to look at the pier this week."
)
OTHER_STORM = (
    "A storm broke the pier of Quay Sulai on Friday. Governor Petra Vallis said that the crews of four boats are safe. "
    "The lighthouse was not harmed."
)
STRIKE = "Teachers of Orsk walked out on Tuesday. Their union under Dov Harrel asks for smaller classes and warm rooms."
STRIKE_AGAIN = (
    "The schools of Orsk stayed shut as teachers walked out. Harrel of the union spoke of cold rooms, large classes."
)


def test_a_story_is_known_by_who_is_in_it_not_by_its_kind() -> None:
    texts = {"a": STORM, "b": OTHER_STORM, "c": STRIKE, "d": STORM_AGAIN, "e": STRIKE_AGAIN}
    assert stories(texts) == [["a", "d"], ["b"], ["c", "e"]]


def test_no_text_and_empty_texts_are_no_story() -> None:
    assert stories({}) == []
    assert stories({"a": "", "b": ""}) == [["a"], ["b"]]


def test_an_act_is_one_within_a_story_as_verb_and_as_noun() -> None:
    found = [Act("a", "arrest"), Act("d", "arrested"), Act("d", "storm"), Act("b", "arrest")]
    one, two, three, four = acts(found, [["a", "d"], ["b"]])
    assert one == two
    assert len({one, three, four}) == 3


WORDS = st.sampled_from([*STORM.split(), *STRIKE.split(), "Ósló", "2031", "."])


@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.lists(WORDS, max_size=12).map(" ".join), max_size=8),
    st.randoms(use_true_random=False),
)
@settings(deadline=None)
def test_any_order_gives_the_same_stories_and_each_text_once(texts: dict[str, str], chance: random.Random) -> None:
    found = stories(texts)
    assert sorted(key for own in found for key in own) == sorted(texts)
    shuffled = list(texts.items())
    chance.shuffle(shuffled)
    assert stories(dict(shuffled)) == found
