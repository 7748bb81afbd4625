"""Organisations and places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from onrecord.extract.entities._people import Candidate, Page
from onrecord.model import Organisation, Place


@dataclass(slots=True)
class Bodies:
    organisations: tuple[Organisation, ...] = ()
    spans: list[tuple[int, int, int, str, str]] = field(default_factory=list)

    def country_of(self, org: str | None) -> str | None:
        return None


def find(pages: list[Page], named: Mapping[str, list[Candidate]], abbreviations: frozenset[str]) -> Bodies:
    return Bodies()


def places(pages: list[Page], named: Mapping[str, list[Candidate]], bodies: Bodies) -> tuple[Place, ...]:
    return ()
