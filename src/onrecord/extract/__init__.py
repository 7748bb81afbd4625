"""Post to reading: who, when, where, how much, who said what, what happened, each with its evidence.

One component for each kind of annotation; each takes the post, the Docs of its layers (`docs[n]` for `post.layers[n]`)
and what the components before it found, and returns values. None changes its input, none runs the model again.
"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from onrecord.extract import amounts, attribution, dates, entities, events
from onrecord.model import Document, Post, Reading


def read(document: Document, post: Post, docs: Sequence[Doc], page_dates: dates.PageDates) -> Reading:
    """Everything found in one post. `page_dates` is what the whole page says about its dates."""
    found = entities.find(post, docs, document)
    when = dates.find(post, docs, page_dates)
    quantities = amounts.find(post, docs)
    statements, sources = attribution.find(post, docs, found, document)
    told = events.find(post, docs, found, when, quantities, statements, page_dates)
    return Reading(
        people=found.people,
        organisations=found.organisations,
        places=found.places,
        mentions=found.mentions,
        dates=when,
        statements=statements,
        sources=sources,
        amounts=told.amounts,
        claims=told.claims,
        date=told.date,
    )
