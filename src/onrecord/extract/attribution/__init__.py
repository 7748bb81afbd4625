"""Who said what, on whose word: statements and sources.

Structure comes first: speeches, transcripts and signed texts are their speaker's throughout. Then verbs of speech, with
their subjects from the parse, say who speaks and where his words begin; quotation marks say which words are his own.
"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from onrecord.extract.attribution._regions import regions
from onrecord.extract.attribution._sources import sources
from onrecord.extract.attribution._speakers import Speakers
from onrecord.extract.attribution._speech import Reader
from onrecord.extract.entities import Entities
from onrecord.model import Document, Layer, Post, Source, Statement


def find(
    post: Post, docs: Sequence[Doc], entities: Entities, document: Document
) -> tuple[tuple[Statement, ...], tuple[Source, ...]]:
    """The statements of a post in order of layer and place, and the sources it names, each once for a relation.

    `docs[n]` is the annotated text of `post.layers[n]`; speakers are named as `entities` names them.
    """
    who = Speakers(post, entities, document)
    reader = Reader(post, docs, who)
    line: Layer | None = None
    for layer in post.layers:
        if line is not None and layer.voice != line.voice:
            line = None
        if layer.kind not in ("headline", "caption"):
            reader.read(layer.index, regions(layer, who, line, post.title))
        if layer.start is not None and len(layer.paragraphs) == 1 and len(layer.text) < 120 and layer.kind != "caption":
            line = layer
    statements = sorted(reader.statements, key=lambda s: (s.quote.layer, s.quote.start, s.quote.end, s.speaker))
    found = sources(post, who, reader.heard, document)
    return tuple(found.carried(s) for s in statements), found.sources


__all__ = ["find"]
