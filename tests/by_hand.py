"""A small record made by hand, so that tests do not depend on what the model finds; and how to run onrecord."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from onrecord.model import (
    Amount,
    Cell,
    Claim,
    Credit,
    Document,
    Evidence,
    Extraction,
    Failure,
    Layer,
    Mention,
    Participant,
    Person,
    Post,
    Reading,
    Role,
    Source,
    Span,
    Statement,
)

ROOT = Path(__file__).resolve().parents[1]

NOTE = "President Ilyan Torvek of Korrin met Amara Deslonde, Minister of Trade of Vessia, in Port Halla on 3 May 2026."
REPORT = (
    "PORT HALLA, May 3 (Korrin Wire) — President Torvek received Minister Deslonde. “We will build the bridge,” Torvek "
    "told Korrin Wire. Vessia pledged 40 million dollars."
)
OTHER = "Amara Deslonde, Vessia's Minister of Trade, met President Ilyan Torvek in Port Halla on Sunday."


def at(layers: tuple[Layer, ...], layer: int, words: str) -> Evidence:
    """The place of `words` in a layer."""
    start = layers[layer].text.index(words)
    return Evidence(layer, start, start + len(words))


def _page() -> Extraction:
    text = f"Talks in Port Halla\n\n{NOTE}\n\n{REPORT}\n\nA second post\n\nNothing happened.\n"
    layers = (
        Layer(0, "headline", "editor", "Talks in Port Halla", 0, (Span(0, 19),)),
        Layer(1, "editor", "editor", NOTE, text.index(NOTE), (Span(0, len(NOTE)),)),
        Layer(
            2, "report", "Korrin Wire", REPORT, text.index(REPORT), (Span(0, len(REPORT)),),
            dateline_place="Port Halla", original_date="2026-05-03",
            credits=(Credit("dateline", "Korrin Wire", Evidence(2, 0, 33)),),
        ),
    )  # fmt: skip
    second = text.index("A second post")
    others = (Layer(0, "editor", "editor", "Nothing happened.", text.index("Nothing"), (Span(0, 17),)),)
    posts = (
        Post(0, "Talks in Port Halla", 0, second, layers, truncated=True, published="2026-05-04"),
        Post(1, "A second post", second, len(text), others),
    )
    day = Cell("2026-05-03", (at(layers, 1, "3 May 2026"),))
    torvek = Role("President", None, None, (at(layers, 1, "President"),))
    deslonde = Role("Minister of Trade", "Vessia", None, (at(layers, 1, "Minister of Trade of Vessia"),))

    def meeting(layer: int, trigger: str, quote: str, one: str, other: str, date: Cell) -> Claim:
        return Claim(
            "CONSULT", "meeting", at(layers, layer, trigger), at(layers, layer, quote),
            (
                Participant("Ilyan Torvek", "person", "host", (at(layers, layer, one),)),
                Participant("Amara Deslonde", "person", "counterpart", (at(layers, layer, other),)),
            ),
            date=date, place=Cell("Port Halla", (at(layers, 1, "Port Halla"),)), focus=True,
        )  # fmt: skip

    dollars = Amount(40e6, "USD", "dollars", at(layers, 2, "40 million dollars"), "Vessia", None)
    reading = Reading(
        people=(
            Person("Ilyan Torvek", (torvek,), (at(layers, 1, "Ilyan Torvek"),)),
            Person("Amara Deslonde", (deslonde,), (at(layers, 1, "Amara Deslonde"),)),
        ),
        mentions=(Mention("person", "Ilyan Torvek", at(layers, 1, "Ilyan Torvek")),),
        statements=(
            Statement(
                "Ilyan Torvek", "direct", at(layers, 2, "We will build the bridge,"), at(layers, 2, "told"),
                Evidence(2, REPORT.index("Torvek told"), REPORT.index("Torvek told") + 6),
                addressee="Korrin Wire", chain=("Korrin Wire",),
            ),
        ),
        sources=(Source("Korrin Wire", "republished", at(layers, 2, "Korrin Wire")),),
        amounts=(dollars,),
        claims=(
            meeting(1, "met", NOTE, "Ilyan Torvek", "Amara Deslonde", day),
            meeting(
                2, "received", "President Torvek received Minister Deslonde.", "Torvek", "Deslonde",
                Cell("2026-05-03", inferred="the day of the dateline"),
            ),
            Claim(
                "AID", "pledge", at(layers, 2, "pledged"), at(layers, 2, "Vessia pledged 40 million dollars."),
                (Participant("Vessia", "country", "giver", (at(layers, 2, "Vessia"),)),),
                amounts=(dollars,), status="planned", group=1,
            ),
        ),
        date=day,
    )  # fmt: skip
    return Extraction(Document("page", text, "page.txt", publisher="The Digest"), posts, (reading, Reading()))


def _article() -> Extraction:
    layers = (Layer(0, "editor", "editor", OTHER, 0, (Span(0, len(OTHER)),), publisher="Vessia Times"),)
    reading = Reading(
        people=(
            Person(
                "Amara Deslonde",
                (Role("Minister of Trade", "Vessia", None, (at(layers, 0, "Vessia's Minister of Trade"),)),),
                (at(layers, 0, "Amara Deslonde"),),
            ),
            Person("Ilyan Torvek", (Role("President", None, None, (at(layers, 0, "President"),)),),
                   (at(layers, 0, "Ilyan Torvek"),)),
        ),
        claims=(
            Claim(
                "CONSULT", "meeting", at(layers, 0, "met"), at(layers, 0, OTHER),
                (
                    Participant("Amara Deslonde", "person", "", (at(layers, 0, "Amara Deslonde"),)),
                    Participant("Ilyan Torvek", "person", "", (at(layers, 0, "Ilyan Torvek"),)),
                ),
                date=Cell("2026-05-03", (at(layers, 0, "Sunday"),)),
                place=Cell("Port Halla", (at(layers, 0, "Port Halla"),)), focus=True,
            ),
        ),
    )  # fmt: skip
    document = Document("times", OTHER, "times.txt", publisher="Vessia Times", published="2026-05-04")
    return Extraction(document, (Post(0, "", 0, len(OTHER), layers),), (reading,))


def small_record(path: Path) -> Path:
    """A record of an archive page of two posts and an article that tell one meeting, and of one failure."""
    from onrecord.store import Record

    with Record.open(path) as record:
        record.save(_page())
        record.save(_article())
        record.save(Failure("empty.txt", "the file is empty"))
        record.merge()
    return path


Command = Callable[..., subprocess.CompletedProcess[str]]


def command(*args: object) -> list[str]:
    """The command line that runs onrecord with `args`."""
    return [sys.executable, "-m", "onrecord.cli", *map(str, args)]


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of this process without what would change how onrecord prints, and with `more`."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "ONRECORD_RECORD")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), **(more or {})}
