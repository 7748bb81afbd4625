"""Document to Extraction: pure, one document at a time, the same on any machine. Knows no database, web or cluster."""

from __future__ import annotations

from onrecord import extract
from onrecord.annotate import annotate
from onrecord.extract import dates, entities, events
from onrecord.extract.events import Code
from onrecord.model import Document, Extraction
from onrecord.split import split


def read_document(document: Document) -> Extraction:
    """Splits a document, annotates each layer once, and extracts each post."""
    posts = split(document)
    page_dates = dates.page(document, posts)
    docs = annotate(layer for post in posts for layer in post.layers)
    readings = tuple(extract.read(document, post, [next(docs) for _ in post.layers], page_dates) for post in posts)
    return Extraction(document, posts, readings)


def code(document: Document) -> tuple[Code, ...]:
    """What each sentence of a document says as PLOVER codes, source → target, mere words and intent included.

    The same model, entities and lexicon as `read_document`, but no weighing of what is news; see `extract.events.code`.
    """
    posts = split(document)
    docs = annotate(layer for post in posts for layer in post.layers)
    out: list[Code] = []
    for post in posts:
        layers = [next(docs) for _ in post.layers]
        out += events.code(post, layers, entities.find(post, layers, document))
    return tuple(out)
