"""People with their offices, bodies, places, and every mention of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from onrecord.extract.entities import _record
from onrecord.model import Document, Mention, Organisation, Person, Place, Post


@dataclass(frozen=True, slots=True)
class Entities:
    """What `find` found in a post. `mentions` are in order of layer and place, resolved to the fullest name."""

    people: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    places: tuple[Place, ...] = ()
    mentions: tuple[Mention, ...] = ()


def find(post: Post, docs: Sequence[Doc], document: Document) -> Entities:
    """Everyone and everything named in `post`; `docs[n]` is the Doc of `post.layers[n]`.

    `document` says who published the page, which tells whose minister an unqualified "the minister" is.
    """
    return Entities(*_record.find(post, docs, document))
