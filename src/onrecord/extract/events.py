"""Claims: what happened, who took part, when, where, how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from onrecord.extract.dates import PageDates
from onrecord.extract.entities import Entities
from onrecord.model import Amount, Cell, Claim, DateMention, Post, Statement


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
    return Told()
