"""Claims as tellings: where each stands, who vouches for it, and which source it goes back to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence

from onrecord.merge._names import outlet_key
from onrecord.model import Claim, Evidence, Post, Reading, Statement, Telling, content_id

_NESTED = 16  # statements that begin before an act among which the one around it is looked for: speech nests no deeper
_OWN = ("editor", "headline", "caption")  # layers of the page itself


def claim_ids(document_id: str, post: int, claims: Sequence[Claim]) -> list[str]:
    """The id of each claim of a post: a hash of what it tells and where, not of its place in the list."""
    seen: Counter[str] = Counter()
    out = []
    for claim in claims:
        key = content_id(
            "claim", document_id, post, claim.type, claim.mode, _place(claim.trigger), _place(claim.quote),
            sorted(p.name for p in claim.participants), claim.date.value if claim.date else None,
        )  # fmt: skip
        out.append(content_id(key, seen[key]) if seen[key] else key)
        seen[key] += 1
    return out


def _place(evidence: Evidence) -> tuple[int, int, int]:
    return evidence.layer, evidence.start, evidence.end


def day_of(post: Post, reading: Reading, published: str | None) -> str | None:
    """The day of a post: its main news, else its own date line, else the day of its page, which is `published`.

    Never a day without a year.
    """
    for value in (reading.date.value if reading.date else None, post.published, published):
        if value and not value.startswith("-"):
            return value[:10]
    return None


def page_name(name: str, url: str | None, publisher: str | None) -> str:
    """What to call a document's page, the last voice of a chain: its publisher, else its host, else its name."""
    match = re.match(r"[a-z]+://([^/?#]+)", url or "", re.I)
    return publisher or (match[1].removeprefix("www.") if match else "") or name


def tellings(post: Post, reading: Reading, *, document_id: str, page: str, reported: str | None) -> list[Telling]:
    """The claims of a post as tellings: each with its id, its words, its chain and its origin.

    `page` is what `page_name` says, `reported` the day of the post.
    """
    if not reading.claims:
        return []
    ids = claim_ids(document_id, post.index, reading.claims)
    by_layer: dict[int, list[Statement]] = defaultdict(list)
    for statement in sorted(reading.statements, key=lambda s: (s.quote, s.speaker)):
        by_layer[statement.quote.layer].append(statement)
    starts = {number: [s.quote.start for s in spoken] for number, spoken in by_layer.items()}
    out = []
    for id_, claim in zip(ids, reading.claims, strict=True):
        layer = post.layers[claim.quote.layer]
        before = bisect_right(starts.get(claim.trigger.layer, ()), claim.trigger.start)
        said = _said(claim, by_layer[claim.trigger.layer][max(0, before - _NESTED) : before])
        spoken = (said.speaker, *said.chain) if said else ()
        own = [name for name in (layer.voice if layer.voice != "editor" else None, layer.publisher) if name]
        chain: list[str] = []
        for name in (*spoken, *own, page):
            if name and (not chain or outlet_key(chain[-1]) != outlet_key(name)):
                chain.append(name)
        if said and said.chain:
            origin = said.chain[0]
        elif own:
            origin = own[0]
        else:
            origin = _retold(post, claim.quote.layer) or page
        out.append(
            Telling(
                id_,
                document_id,
                post.index,
                claim.quote.layer,
                claim,
                tuple(chain),
                post.words(claim.quote),
                reported,
                outlet_key(origin),
            )
        )
    return out


def _said(claim: Claim, statements: Sequence[Statement]) -> Statement | None:
    """The narrowest reported speech in which the act is named, if any; all of `statements` begin before the act."""
    around = [s for s in statements if claim.trigger.end <= s.quote.end]
    return min(around, key=lambda s: (s.quote.end - s.quote.start, s.quote.start, s.speaker), default=None)


def _retold(post: Post, layer: int) -> str | None:
    """The voice of the report that an editor's note stands above: the note tells again what the report says."""
    if post.layers[layer].kind not in _OWN:
        return None
    return next((r.voice for r in post.layers if r.kind not in _OWN and r.voice != "editor"), None)
