"""Document to Extraction: pure, one document at a time, the same on any machine. Knows no database, web or cluster."""

from __future__ import annotations

from onrecord import extract
from onrecord.annotate import annotate
from onrecord.extract import dates
from onrecord.model import Document, Extraction
from onrecord.split import split


def read_document(document: Document) -> Extraction:
    """Splits a document, annotates each layer once, and extracts each post."""
    posts = split(document)
    page_dates = dates.page(document, posts)
    docs = annotate(layer for post in posts for layer in post.layers)
    readings = tuple(extract.read(document, post, [next(docs) for _ in post.layers], page_dates) for post in posts)
    return Extraction(document, posts, readings)
