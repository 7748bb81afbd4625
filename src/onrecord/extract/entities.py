"""People with their offices, bodies, places, and every mention of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from onrecord.model import Document, Mention, Organisation, Person, Place, Post


@dataclass(frozen=True, slots=True)
class Entities:
    """What `find` found in a post. `mentions` are in order of layer and place, resolved to the fullest name."""

    people: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    places: tuple[Place, ...] = ()
    mentions: tuple[Mention, ...] = ()


def find(post: Post, docs: Sequence[Doc], document: Document) -> Entities:
    return Entities()
