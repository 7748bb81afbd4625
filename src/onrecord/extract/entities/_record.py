"""Decides who is a person, puts names of one person together, and gives each the offices the post states."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy.tokens import Doc

from onrecord.extract.entities import _bodies, _mentions, _people, _predicates, _roles, _text
from onrecord.model import Document, Mention, Organisation, Person, Place, Post

_ABBREVIATION = re.compile(r"\([“\"‘']?([A-Z][A-Za-z&.-]{0,9}[A-Z]|[A-Z]{2,})[”\"’']?\)")

Found = tuple[tuple[Person, ...], tuple[Organisation, ...], tuple[Place, ...], tuple[Mention, ...]]


def find(post: Post, docs: Sequence[Doc], document: Document) -> Found:
    """People, bodies, places and mentions of one post."""
    abbreviations = frozenset(match for layer in post.layers for match in _ABBREVIATION.findall(layer.text))
    texts = [
        (layer.index, layer.text, _text.read(layer, doc), layer.kind == "headline", layer.start is None)
        for layer, doc in zip(post.layers, docs, strict=True)
    ]
    pages = _people.pages(texts, abbreviations)
    named = _people.decide(pages)
    _predicates.attach(pages)
    bodies = _bodies.find(pages, named, abbreviations)
    people = _roles.people(pages, named, bodies, document)
    places = _bodies.places(pages, named, bodies)
    hidden = _roles.beside_roles(pages, named, bodies)
    mentions = _mentions.find(pages, named, people, bodies, places, hidden=hidden, home=_roles.home_of(document))
    return _told(people, pages), bodies.organisations, places, mentions


def _told(people: tuple[Person, ...], pages: list[_people.Page]) -> tuple[Person, ...]:
    """The people whom the text itself names; a title given beside it names no one by itself."""
    beside = {page.index for page in pages if page.beside}
    return tuple(p for p in people if any(e.layer not in beside for e in p.evidence))
