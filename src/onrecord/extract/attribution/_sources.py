"""Sources: whose text is reproduced, whose word is cited, whose page it is; and the chain of each statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from onrecord.extract.attribution._speakers import Speakers
from onrecord.model import Document, Post, Source, Statement


@dataclass(frozen=True, slots=True)
class Found:
    """The sources of a post."""

    sources: tuple[Source, ...]

    def carried(self, statement: Statement) -> Statement:
        return statement


def sources(post: Post, docs: Sequence[Doc], who: Speakers, statements: Sequence[Statement], document: Document) -> Found:
    return Found(())
