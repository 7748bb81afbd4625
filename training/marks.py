"""The reader of our own: a small encoder (ONNX, int8) that marks the words that name acts and joins actors to acts.

Invariant: the same text gets the same marks on any machine of one kind, alone or among others: every stretch of
sentences is run on its own, so that nothing but its own words bears on it. training/reader.py makes the weights; see
README.md beside this file for the first figures. Nothing imports this yet.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from spacy.tokens import Doc
from tokenizers import Tokenizer

from onrecord.errors import ModelError

# Word pieces that are read together; as in training.
_PIECES = 200
_MOST = 510
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Marks:
    """What the reader sees in a layer, by token of its Doc.

    `chances[i, k]` is the probability that token `i` belongs to words that name an act of `labels[k]`; the vectors are
    kept for `join`.
    """

    labels: tuple[str, ...]
    chances: Floats
    sums: Floats
    counts: Floats
    stretch: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]

    def act(self, first: int, last: int, kind: str) -> float:
        """The chance that tokens `first` to `last` name an act of `kind` (`CONSULT`, or `CONSULT/visit`)."""
        columns = _columns(self.labels, kind)
        return float(self.chances[first : last + 1][:, columns].sum(axis=1).max()) if columns else 0.0

    def join(self, first: int, last: int, label: str, actors: Sequence[tuple[int, int]]) -> list[float | None]:
        """How likely each actor (first and last token) takes part in the act at `first` to `last`: log odds.

        None for an actor that stands in another stretch, where the two were not read together.
        """
        head = _head()
        if label not in self.labels:
            return [None] * len(actors)
        act = self._vector(first, last)
        rows, order = [], []
        for n, (start, end) in enumerate(actors):
            if self.stretch[start] != self.stretch[first] or self.stretch[first] < 0:
                continue
            actor = self._vector(start, end)
            near = _distance(int(self.place[first]), int(self.place[start]))
            rows.append(
                np.concatenate(
                    [act, actor, act * actor, head["label"][self.labels.index(label)], head["distance"][near]]
                )
            )
            order.append(n)
        out: list[float | None] = [None] * len(actors)
        if rows:
            hidden = np.maximum(np.stack(rows) @ head["w1"].T + head["b1"], 0)
            for n, score in zip(order, (hidden @ head["w2"].T + head["b2"])[:, 0], strict=True):
                out[n] = float(score)
        return out

    def _vector(self, first: int, last: int) -> Floats:
        total = self.counts[first : last + 1].sum()
        vector: Floats = self.sums[first : last + 1].sum(axis=0) / max(float(total), 1.0)
        return vector


@cache
def _columns(labels: tuple[str, ...], kind: str) -> list[int]:
    return [i for i, label in enumerate(labels) if label == kind or label.split("/")[0] == kind]


def _distance(act: int, actor: int) -> int:
    gap = abs(act - actor)
    bucket = 0 if gap <= 3 else 1 if gap <= 8 else 2 if gap <= 16 else 3 if gap <= 32 else 4 if gap <= 64 else 5
    return bucket if actor < act else bucket + 6


def _data(name: str) -> Any:
    return resources.files("onrecord") / "data" / "reader" / name


@cache
def _head() -> dict[str, Floats]:
    with _data("pairs.npz").open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


@cache
def _labels() -> tuple[str, ...]:
    return tuple(json.loads(_data("reader.json").read_text(encoding="utf-8"))["labels"])


@cache
def _session() -> tuple[onnxruntime.InferenceSession, Tokenizer]:
    try:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            _data("reader.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_str(_data("tokenizer.json").read_text(encoding="utf-8"))
    except Exception as error:
        raise ModelError(f"the reader's weights cannot be loaded ({error}); reinstall onrecord") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return session, tokenizer


def _shape(word: str) -> int:
    if any(c.isdigit() for c in word):
        return 5
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return 0
    if not any(c.isupper() for c in letters):
        return 1
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return 3
    return 2 if letters[0].isupper() and not any(c.isupper() for c in letters[1:]) else 4


def read(text: str, doc: Doc) -> Marks:
    """The marks of a layer: `text` with plain quotes and dashes, `doc` its Doc. Runs the encoder once over it."""
    session, tokenizer = _session()
    labels = _labels()
    size = len(doc)
    chances = np.zeros((size, len(labels)), dtype=np.float32)
    width = (_head()["w1"].shape[1] - _head()["label"].shape[1] - _head()["distance"].shape[1]) // 3
    sums = np.zeros((size, width), dtype=np.float32)
    counts = np.zeros(size, dtype=np.float32)
    stretch = np.full(size, -1, dtype=np.int32)
    place = np.zeros(size, dtype=np.int32)
    starts = np.array([token.idx for token in doc], dtype=np.int64)
    spans = [(s.start_char, s.end_char) for s in doc.sents]
    coded = tokenizer.encode_batch([text[a:b] for a, b in spans], add_special_tokens=False)
    before, after = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    for number, group in enumerate(_stretches([len(c.ids) for c in coded])):
        ids: list[int] = []
        places: list[tuple[int, int]] = []
        for n in group:
            ids += coded[n].ids
            places += [(a + spans[n][0], b + spans[n][0]) for a, b in coded[n].offsets]
        ids, places = ids[: _MOST - 2], places[: _MOST - 2]
        if not ids:
            continue
        shapes = [0, *(_shape(text[a:b]) for a, b in places), 0]
        feed = {
            "ids": np.array([[before, *ids, after]], dtype=np.int64),
            "mask": np.ones((1, len(ids) + 2), dtype=np.int64),
            "shapes": np.array([shapes], dtype=np.int64),
        }
        hidden, logits = session.run(["hidden", "logits"], feed)
        hidden, logits = hidden[0, 1:-1], logits[0, 1:-1]
        logits = logits - logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        odds /= odds.sum(axis=1, keepdims=True)
        tokens = np.searchsorted(starts, np.array([a for a, _ in places]), side="right") - 1
        np.maximum.at(chances, tokens, odds)
        np.add.at(sums, tokens, hidden)
        np.add.at(counts, tokens, 1.0)
        for piece, token in enumerate(tokens):
            if stretch[token] < 0:
                stretch[token], place[token] = number, piece
    return Marks(labels, chances, sums, counts, stretch, place)


def _stretches(sizes: Sequence[int]) -> list[list[int]]:
    """Sentences in groups of at most `_PIECES` pieces; a longer sentence stands alone."""
    out: list[list[int]] = []
    total = 0
    for n, size in enumerate(sizes):
        if out and total + size <= _PIECES:
            out[-1].append(n)
            total += size
        else:
            out.append([n])
            total = size
    return out
