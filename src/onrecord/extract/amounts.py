"""Quantities of money, goods and people."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc

from onrecord.model import Amount, Post


def find(post: Post, docs: Sequence[Doc]) -> tuple[Amount, ...]:
    """The quantities in a post with unit and what they are of; giver and receiver are left to the events."""
    return ()
