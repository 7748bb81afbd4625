"""An extraction in the form of the gold annotations: one JSON object a document, for scoring and other programs."""

import hashlib
import re
from typing import Any

from onrecord.model import Claim, Document, Evidence, Extraction, Post, Reading

_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|\x00-\x1f]')


def annotations(extraction: Extraction) -> dict[str, Any]:
    """The document as a JSON-ready dict: people with roles, events, statements, sources, amounts; posts on a page."""
    document, many = extraction.document, len(extraction.posts) > 1
    out: dict[str, Any] = {
        "id": document.name,
        "lang": document.lang,
        "sha256": hashlib.sha256(document.text.encode()).hexdigest(),
        "published": document.published,
    }
    if many:
        out["posts"] = [_post(p, r) for p, r in zip(extraction.posts, extraction.readings, strict=True)]
    for key in ("people", "events", "statements", "sources", "amounts"):
        out[key] = []
    for post, reading in zip(extraction.posts, extraction.readings, strict=True):
        for key, rows in _reading(post, reading).items():
            out[key] += [{"post": post.index, **row} if many else row for row in rows]
    return out


def _post(post: Post, reading: Reading) -> dict[str, Any]:
    layers: list[dict[str, str]] = []
    for layer in post.layers:
        if layer.kind in ("headline", "caption"):
            continue
        if not layers or layers[-1]["voice"] != layer.voice:
            layers.append({"voice": layer.voice, "starts": " ".join(layer.text.split()[:6])})
    return {
        "title": post.title,
        "date": reading.date.value if reading.date else None,
        "truncated": post.truncated,
        "layers": layers,
    }


def _quote(post: Post, evidence: Evidence) -> dict[str, Any]:
    layer = post.layers[evidence.layer]
    where = {} if layer.start is None else {"start": layer.start + evidence.start, "end": layer.start + evidence.end}
    return {"quote": post.words(evidence), **where}


def _event(post: Post, told: list[Claim]) -> dict[str, Any]:
    best = max(told, key=lambda c: (post.layers[c.quote.layer].start is not None, len(c.participants),
                                    c.quote.end - c.quote.start))  # fmt: skip
    names = list(dict.fromkeys(p.name for c in [best, *told] for p in c.participants))

    def cell(key: str) -> str | None:
        return next((v.value for c in [best, *told] if (v := getattr(c, key)) is not None), None)

    return {
        "type": best.type,
        "mode": best.mode,
        **_quote(post, best.quote),
        "trigger": post.words(best.trigger),
        "participants": names,
        "date": cell("date"),
        "place": cell("place"),
        "country": cell("country"),
        "status": best.status,
        "focus": any(c.focus for c in told),
    }


def _reading(post: Post, reading: Reading) -> dict[str, list[dict[str, Any]]]:
    groups: dict[int, list[Claim]] = {}
    for claim in reading.claims:
        groups.setdefault(claim.group, []).append(claim)
    return {
        "people": [
            {"name": p.name, "roles": [{"title": r.title, "org": r.org, "country": r.country} for r in p.roles]}
            for p in reading.people
        ],
        "events": [_event(post, told) for told in groups.values()],
        "statements": [
            {"speaker": s.speaker, "kind": s.kind, **_quote(post, s.quote)} for s in reading.statements
        ],
        "sources": [{"name": s.name, "relation": s.relation} for s in reading.sources],
        "amounts": [
            {"value": a.value, "unit": a.unit, "of": a.of, "giver": a.giver, "receiver": a.receiver,
             "quote": post.words(a.evidence)}
            for a in reading.amounts
        ],
    }  # fmt: skip


def file_name(document: Document, used: set[str]) -> str:
    """A name for the document's file, from its own; with its id behind it if that is taken. Adds it to `used`.

    Compared without case, since some file systems do so.
    """
    stem = _NOT_IN_NAMES.sub("_", document.name)[:150].strip(". ") or "document"
    if stem.casefold() in used:
        stem = f"{stem}-{document.id}"
    used.add(stem.casefold())
    return f"{stem}.json"
