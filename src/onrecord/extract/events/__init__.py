"""Claims: what happened, who took part, when, where, how much, each cell with the words it rests on.

A trigger names the act (`_patterns`), its verb or noun tells whether it happened (`_status`), the actors around it take
part (`_actors`). Tellings of one event in a post get one group number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from onrecord.extract import dates as when
from onrecord.extract.dates import PageDates
from onrecord.extract.entities import Entities
from onrecord.extract.events._codes import Code, code
from onrecord.extract.events._decide import decide
from onrecord.extract.events._search import Candidate, Search
from onrecord.model import Amount, Cell, Claim, DateMention, Post, Statement

__all__ = ["Candidate", "Code", "Search", "Told", "code", "find"]


@dataclass(frozen=True, slots=True)
class Told:
    """The claims of a post, its amounts with giver and receiver, and the day its main news happened."""

    claims: tuple[Claim, ...] = ()
    amounts: tuple[Amount, ...] = ()
    date: Cell | None = None


def find(
    post: Post,
    docs: Sequence[Doc],
    entities: Entities,
    dates: tuple[DateMention, ...],
    amounts: tuple[Amount, ...],
    statements: tuple[Statement, ...],
    page_dates: PageDates,
) -> Told:
    """The events that a post tells. `docs[n]` is the Doc of `post.layers[n]`; the rest is what was found before."""
    search = Search(post, docs, entities, dates, statements, page_dates)
    claims = decide(search)
    day = when.news_day(post, dates, page_dates)
    claims = [replace(c, focus=_focus(post, c, day)) for c in claims]
    return Told(tuple(claims), _gave(amounts, claims), day)


def _focus(post: Post, claim: Claim, day: Cell | None) -> bool:
    if post.layers[claim.trigger.layer].kind == "headline":
        return True
    if day is not None and claim.date is not None:
        return claim.date.value == day.value or claim.date.value > day.value
    return claim.date is not None and bool(claim.date.inferred)


_BLOCK = 500
_FEW = 20
_GIVES = frozenset({"AID", "COOPERATE", "MOBILIZE"})


def _gave(amounts: Sequence[Amount], claims: Sequence[Claim]) -> tuple[Amount, ...]:
    """The amounts with giver and receiver from the act of giving told in the same sentence."""
    out = []
    gifts: dict[tuple[int, int], list[Claim]] = {}
    for claim in claims:
        if claim.type in _GIVES:
            for block in range(claim.quote.start // _BLOCK, claim.quote.end // _BLOCK + 1):
                gifts.setdefault((claim.quote.layer, block), []).append(claim)
    for amount in amounts:
        where = amount.evidence
        giver, receiver = amount.giver, amount.receiver
        for claim in gifts.get((where.layer, where.start // _BLOCK), ())[:_FEW]:
            if claim.quote.start <= where.start < claim.quote.end:
                giver = giver or next((p.name for p in claim.participants if p.role == "giver"), None)
                receiver = receiver or next((p.name for p in claim.participants if p.role == "receiver"), None)
        out.append(replace(amount, giver=giver, receiver=receiver))
    return tuple(out)
