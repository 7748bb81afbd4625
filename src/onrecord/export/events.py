"""The events of a record as JSON rows: every cell with its values, and every telling with its words and its chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from onrecord.model import Evidence, Extraction, Post

if TYPE_CHECKING:
    from onrecord.store import Record


HELD = 64
"""Extractions held at once: the others are read again rather than kept in memory."""


def reader(record: Record) -> Callable[[str], Extraction]:
    """`record.extraction` that keeps the last few, since neighbouring events are often told by the same documents."""
    return lru_cache(HELD)(record.extraction)


def place(extraction: Extraction, post: int) -> str:
    """How a post is called in exports: the document's name, with `#N` behind it on a page of several posts."""
    name = extraction.document.name
    return f"{name}#{post}" if len(extraction.posts) > 1 else name


def span(post: Post, evidence: Evidence) -> dict[str, Any]:
    """The words at `evidence` with their place in the layer and, unless it is a title given beside it, in the text."""
    layer = post.layers[evidence.layer]
    start = None if layer.start is None else layer.start + evidence.start
    end = None if layer.start is None else layer.start + evidence.end
    return {"words": post.words(evidence), "layer": evidence.layer, "start": start, "end": end}


def events(record: Record) -> Iterator[dict[str, Any]]:
    """One JSON-ready dict an event, in the record's order; `start` and `end` count characters of the document."""
    read = reader(record)
    for event in record.events():
        tellings = []
        for telling in event.tellings:
            extraction = read(telling.document_id)
            post = extraction.posts[telling.post]
            claim = telling.claim
            tellings.append(
                {
                    "claim": telling.claim_id,
                    "document": place(extraction, telling.post),
                    "layer": telling.layer,
                    "voice": post.layers[telling.layer].voice,
                    "chain": list(telling.chain),
                    "reported": telling.reported,
                    "quote": span(post, claim.quote),
                    "trigger": span(post, claim.trigger),
                    "participants": [
                        {
                            "name": p.name,
                            "kind": p.kind,
                            "role": p.role,
                            "evidence": [span(post, one) for one in p.evidence],
                            "inferred": p.inferred,
                        }
                        for p in claim.participants
                    ],
                    **{
                        key: None
                        if (cell := getattr(claim, key)) is None
                        else {
                            "value": cell.value,
                            "evidence": [span(post, one) for one in cell.evidence],
                            "inferred": cell.inferred,
                        }
                        for key in ("date", "place", "country")
                    },
                    "amounts": [
                        {"value": a.value, "unit": a.unit, "of": a.of, "giver": a.giver, "receiver": a.receiver,
                         "evidence": [span(post, a.evidence)]}
                        for a in claim.amounts
                    ],
                }
            )  # fmt: skip
        yield {
            "id": event.id,
            "type": event.type,
            "mode": event.mode,
            "date": event.date,
            "participants": [{"name": p.name, "kind": p.kind, "role": p.role} for p in event.participants],
            "place": event.place,
            "country": event.country,
            "status": event.status,
            "focus": event.focus,
            "independent": event.independent,
            "documents": list(dict.fromkeys(told["document"] for told in tellings)),
            "cells": [
                {"cell": v.cell, "value": v.value, "chosen": v.chosen, "tellings": list(v.tellings),
                 "names": list(v.names)}
                for v in event.cells
            ],
            "tellings": tellings,
        }  # fmt: skip
