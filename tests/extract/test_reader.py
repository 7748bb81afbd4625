"""The learnt reader: what it is shown, and that its verdicts do not depend on anything but the text."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from onrecord.annotate import annotate
from onrecord.errors import ModelError
from onrecord.extract import attribution, dates, entities
from onrecord.extract.events import Search, _actors, _reader
from onrecord.extract.events._members import FLAGS as MEMBER_FLAGS
from onrecord.model import Document
from onrecord.pipeline import read_document
from onrecord.split import split

TEXT = """President Ana Lusalo meets Kandrevian minister

Tamara, 4 March - President Ana Lusalo of Ostrava Island received Foreign Minister Bek Toure of Kandrevia on Tuesday. \
They signed an agreement on fisheries. The meeting was also attended by Ambassador Li Wen.

Mr Toure will visit the port of Noa next week, the ministry said.
"""


def searched(text: str = TEXT) -> Search:
    document = Document("a", text, published="2025-03-05")
    posts = split(document)
    page = dates.page(document, posts)
    post = posts[0]
    docs = list(annotate(post.layers))
    found = entities.find(post, docs, document)
    said, _ = attribution.find(post, docs, found, document)
    return Search(post, docs, found, dates.find(post, docs, page), said, page)


def test_weights_are_installed_and_small() -> None:
    folder = resources.files("onrecord") / "data" / "reader"
    sizes = [len((folder / name).read_bytes()) for name in ("reader.onnx", "again.onnx", "heads.npz", "tokenizer.json")]
    assert sum(sizes) < 30_000_000


def test_pieces_stand_where_their_words_stand() -> None:
    search = searched()
    page = _reader.page(search, search.patterns())
    whole = "\n".join(layer.text for layer in search.post.layers if layer.kind != "caption")
    at = whole.index("received")
    first, end = page.pieces(at, at + len("received"))
    assert whole[page.start[first] : page.end[end - 1]] == "received"


def test_every_piece_is_kept_once() -> None:
    told = "He met the envoy of the island of Noa, who had signed a paper on tuna and went home by boat on Friday. "
    search = searched(TEXT + "\n" + told * 30)
    page = _reader.page(search, search.patterns())
    kept = [k for _, first, end in page.runs for k in range(first, end)]
    assert kept == list(range(len(page.ids)))
    assert all(end - shown <= _reader.PIECES for shown, _, end in page.runs)
    assert len(page.runs) > 1


def test_channels_tell_names_from_dates() -> None:
    search = searched()
    page = _reader.page(search, search.patterns())
    whole = "\n".join(layer.text for layer in search.post.layers if layer.kind != "caption")
    kinds = {}
    for words in ("Ana Lusalo of", "Tuesday"):
        at = whole.rindex(words)
        kinds[words] = _reader.KINDS[page.channels[page.pieces(at, at + 3)[0], 1]]
    assert kinds == {"Ana Lusalo of": "person", "Tuesday": "date"}


def test_the_same_text_is_read_the_same_twice() -> None:
    document = Document("a", TEXT, published="2025-03-05")
    assert read_document(document).readings == read_document(document).readings


def test_a_meeting_told_three_times_is_one_event() -> None:
    claims = read_document(Document("a", TEXT, published="2025-03-05")).readings[0].claims
    meetings = [c for c in claims if c.mode == "meeting"]
    assert len({c.group for c in meetings}) == 1
    names = {p.name for c in meetings for p in c.participants}
    assert {"Ana Lusalo", "Bek Toure", "Li Wen"} <= names


def test_the_thirteenth_congress_is_not_the_fourteenth() -> None:
    text = (
        "TAMARA, 4 March 2025 - The Workers' Party of Kandrevia opened its fourteenth National Congress in Tamara on "
        "Tuesday. Since the 13th National Congress was held in 2020, the Party has doubled its membership. The 14th "
        "National Congress is attended by Party Secretary Bek Toure."
    )
    claims = read_document(Document("a", text, published="2025-03-04")).readings[0].claims
    found = [(c.group, text[c.quote.start : c.quote.end]) for c in claims if c.mode == "gathering"]
    groups = {words: {g for g, quote in found if words in quote} for words in ("13th", "14th", "fourteenth")}
    assert groups["14th"] == groups["fourteenth"] != set()
    assert not groups["13th"] & groups["14th"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "On Monday, Kenya officially received 30,000 tons of rice from China.",
            {("Kenya", "receiver"), ("China", "giver")},
        ),
        (
            "Ana Velt received a letter of congratulations from Prime Minister Oru Beck on Monday.",
            {("Ana Velt", "recipient"), ("Oru Beck", "sender")},
        ),
        ("Zimbabwe handed over 20 tons of maize to Malawi on Monday.", {("Zimbabwe", "giver"), ("Malawi", "receiver")}),
    ],
)
def test_who_receives_is_given_to(text: str, expected: set[tuple[str, str]]) -> None:
    claims = read_document(Document("a", text, published="2025-03-05")).readings[0].claims
    found = {(p.name, p.role) for c in claims if c.type in ("AID", "SUPPORT") for p in c.participants}
    assert set() != found <= expected


def test_a_text_without_a_full_stop_is_read_to_its_end() -> None:
    words = ["met", "the", "minister", "Toure", "and", "signed", "port", "agreement", "Kandrevia"]
    search = searched(" ".join(random.Random(5).choices(words, k=3000)) + " lighthouse")
    page = _reader.page(search, search.patterns())
    whole = "\n".join(layer.text for layer in search.post.layers)
    assert whole[page.start[-1] : page.end[-1]] == "lighthouse"
    assert [k for _, first, end in page.runs for k in range(first, end)] == list(range(len(page.ids)))


def test_without_weights_the_reading_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_reader, "_data", lambda name: tmp_path / name)
    for loaded in (_reader._session, _reader._heads, _reader._width):
        loaded.cache_clear()
    try:
        with pytest.raises(ModelError, match="reinstall onrecord"):
            read_document(Document("a", TEXT))
    finally:
        for loaded in (_reader._session, _reader._heads, _reader._width):
            loaded.cache_clear()


def test_actors_are_judged_alike_in_any_order() -> None:
    rng = np.random.default_rng(3)
    heads, size, count = _reader._heads(), _reader._width(), 6
    act, others = rng.normal(size=size).astype(np.float32), rng.normal(size=(count, size)).astype(np.float32)
    gaps, said = np.arange(count), rng.normal(size=(count, 2)).astype(np.float32)
    flags = rng.integers(0, 2, size=(count, MEMBER_FLAGS)).astype(np.float32)
    order = rng.permutation(count)
    one = heads.council(act, others, 3, gaps, flags, said)
    two = heads.council(act, others[order], 3, gaps[order], flags[order], said[order])
    assert np.allclose(one[order], two, atol=1e-3)
    # Each in view of the others: without one of them the rest are judged otherwise.
    fewer = heads.council(act, others[1:], 3, gaps[1:], flags[1:], said[1:])
    assert not np.allclose(one[1:], fewer, atol=1e-3)


def weighed(text: str, word: str) -> set[str]:
    """The names of those who may take part in the act that a word names."""
    search = searched(text)
    found = [c for c in search.patterns() if search.docs[c.layer][c.trigger.head].text == word]
    return {member.name for candidate in found for member in search.weigh(candidate).members}


def test_peoples_and_unknown_names_may_take_part() -> None:
    text = (
        "Thousands of Kenyans protested in Noa on Friday. The Lambert regime arrested them. "
        "Lydia Oru of Zanthor left.\n"
    )
    assert "Kenyans" in weighed(text, "protested")
    assert "Lambert regime" in weighed(text, "arrested")
    # The sentence after counts too.
    assert "Lydia Oru" in weighed(text, "arrested")


def test_a_state_has_the_name_that_the_post_gives_first() -> None:
    text = (
        "The Republic of Kenya and Uganda signed an agreement on Friday. Kenya will build the road. "
        "Uganda thanked Kenya.\n"
    )
    assert "Republic of Kenya" in weighed(text, "signed")
    assert "Kenya" not in weighed(text, "signed")
    # An abbreviation only where nothing more is said.
    assert "United Kingdom" in weighed(
        "The UK and Kenya signed a treaty. The United Kingdom thanked Kenya.\n", "signed"
    )
    assert "UK" in weighed("The UK and Kenya signed a treaty on Friday.\n", "signed")


def test_noun_phrases_are_those_of_the_language_model() -> None:
    text = (
        TEXT
        + "Aland, Bland and Cland, their envoys, two ships and a boat of the Noa Line met the port's old captain.\n"
    )
    for doc in searched(text).docs:
        assert [(c.start, c.end) for c in _actors._chunks(doc)] == [(c.start, c.end) for c in doc.noun_chunks]


def test_a_long_list_of_names_is_read_in_linear_time() -> None:
    def cost(count: int) -> float:
        words = ["Aland", ",", "Bland", "and"] * count
        heads = [max(n - 2, 0) if n % 2 == 0 else n - 1 for n in range(len(words))]
        deps = ["nsubj", *("conj" if n % 2 == 0 else "punct" for n in range(1, len(words)))]
        doc = Doc(Vocab(), words, heads=heads, deps=deps, pos=["PROPN", "PUNCT"] * (2 * count))
        began = time.process_time()
        list(_actors._chunks(doc))
        return time.process_time() - began

    cost(50)
    assert cost(4000) <= 20 * max(cost(400), 0.005)


def test_our_own_texts_are_well_formed() -> None:
    folder = Path(__file__).parents[2] / "training"
    done = subprocess.run(
        [sys.executable, str(folder / "texts.py"), *map(str, sorted(folder.glob("*/*.txt")))],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_texts_that_measure_are_not_among_those_that_teach() -> None:
    folder = Path(__file__).parents[2] / "training"
    taught, held = (
        {line for path in (folder / name).glob("*.txt") for line in path.read_text(encoding="utf-8").splitlines()}
        for name in ("texts", "held")
    )
    assert held
    assert not {line for line in held & taught if len(line) > 60 or line.startswith("=== ")}


def test_what_is_read_again_lies_around_the_act() -> None:
    assert _reader.around((3, 5), 500) == (0, 3 + _reader.BEHIND)
    assert _reader.around((300, 302), 310) == (300 - _reader.AHEAD, 310)


def test_a_head_says_nothing_of_what_was_not_read_again() -> None:
    rng = np.random.default_rng(4)
    states = rng.normal(size=(20, _reader._width())).astype(np.float32)
    look = _reader._Look(states, 100, (110, 112), 3)
    flags = np.ones((3, MEMBER_FLAGS), dtype=np.float32)
    inside, before, behind = look.scores("seen_member", [(104, 106), (98, 101), (119, 121)], flags)
    assert inside != 0
    assert before == behind == 0


def test_an_act_is_judged_much_the_same_alone_as_among_others() -> None:
    search = searched()
    found = search.patterns()
    marks = _reader.Marks(search, found)
    together = marks.judge(found)
    for one, (_, verdict) in zip(found, together, strict=True):
        ((_, alone),) = marks.judge([one])
        assert alone.likely == pytest.approx(verdict.likely)
        # The layers' weights are int8, and the scale of what they multiply is that of all the acts read at once.
        assert alone.members == pytest.approx(verdict.members, abs=0.7)


@pytest.mark.parametrize("gap", [-500, -3, 0, 3, 17, 500])
def test_distances_fall_into_buckets_by_side(gap: int) -> None:
    bucket = _reader.distance(gap)
    assert 0 <= bucket < _reader.DISTANCES
    assert (bucket < 8) == (gap < 0)
