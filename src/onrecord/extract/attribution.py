"""Who said what, on whose word: statements and sources."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from onrecord.extract.entities import Entities
from onrecord.model import Document, Post, Source, Statement


def find(
    post: Post, docs: Sequence[Doc], entities: Entities, document: Document
) -> tuple[tuple[Statement, ...], tuple[Source, ...]]:
    return (), ()
