"""Every mention, in order."""

from __future__ import annotations

from collections.abc import Mapping

from onrecord.extract.entities._bodies import Bodies
from onrecord.extract.entities._people import Candidate, Page
from onrecord.model import Evidence, Mention, Person, Place


def find(
    pages: list[Page],
    named: Mapping[str, list[Candidate]],
    people: tuple[Person, ...],
    bodies: Bodies,
    places: tuple[Place, ...],
) -> tuple[Mention, ...]:
    out = []
    for name, group in named.items():
        for c in group:
            words = pages[c.layer].words
            out.append(Mention("person", name, Evidence(c.layer, words[c.start].start, words[c.end - 1].end)))
    return tuple(sorted(out, key=lambda m: (m.evidence, m.name)))
