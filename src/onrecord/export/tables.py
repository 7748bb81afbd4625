"""The record as CSV tables with a codebook: `CODEBOOK` is the one place that names the columns and explains them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.export.events import place, reader, span
from onrecord.model import Extraction

if TYPE_CHECKING:
    from onrecord.store import Record

_POST = "the post: the document's name, with #N behind it on a page of several posts (the first is #0)"
_LAYER = "number of the layer within the post, from 0"
_START = "first character of the words in the document's text, from 0; empty in a title given beside the text"
_END = "the character after the last"
_DATE = "ISO 8601: 2026-02-13, 2026-02 or 2026 as far as it is known; --07-24 if only the year is not; empty if unknown"
_COUNTRY = "ISO 3166 alpha-3 code of the country"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the export: its file is `NAME.csv`; `columns` are (name, meaning) in order."""

    name: str
    meaning: str
    columns: tuple[tuple[str, str], ...]


CODEBOOK = (
    Table("documents", "What was read, one row a document.", (
        ("document_id", "hash of the document's content"),
        ("name", "the id its source gave it, or the stem of its file"),
        ("origin", "where it was read from"),
        ("url", "its address, if the source gave one"),
        ("publisher", "who published it, if the source says so"),
        ("published", "the day it was published, if the source says so. " + _DATE),
        ("title", "its title, if the source gave one beside the text"),
        ("lang", "its language (BCP 47), if the source says so"),
        ("posts", "number of posts in it"),
    )),
    Table("failures", "What could not be read, and why.", (
        ("origin", "the file, folder or line"),
        ("reason", "what is wrong and what to do"),
    )),
    Table("posts", "One article or item of a document, one row each.", (
        ("post", _POST),
        ("document_id", "its document"),
        ("title", "its title"),
        ("date", "the day its main news happened. " + _DATE),
        ("published", "the date line of the post itself. " + _DATE),
        ("byline", "who wrote it, as the page says"),
        ("truncated", "1 if the page cuts it off (“Continue reading”), else 0"),
        ("link", "its own address, if the page shows one"),
    )),
    Table("layers", "A stretch of a post in one voice, one row each.", (
        ("post", _POST),
        ("layer", _LAYER),
        ("kind", "headline, editor, report, speech or caption"),
        ("voice", "whose text it is: an outlet, a body, a person, or editor for the page's own"),
        ("publisher", "who first published it, if the text says so"),
        ("dateline_place", "the place in its dateline"),
        ("original_date", "the day of its first publication. " + _DATE),
        ("lang", "language it was written in, if the text says so"),
        ("translator", "who translated it, if the text says so"),
        ("start", _START),
        ("end", _END),
        ("text", "its words"),
    )),
    Table("events", "The events: one row each, however many documents tell it.", (
        ("event_id", "hash of the event's content"),
        ("type", "PLOVER's type, or OFFICE"),
        ("mode", "mode of the type, empty if the type has none"),
        ("date", "the day it happened or is to happen, the first day of a span. " + _DATE),
        ("participants", "all participants, with “; ” between them"),
        ("place", "the most exact place below a country"),
        ("country", _COUNTRY + " where it took place"),
        ("status", "happened or planned"),
        ("focus", "1 if it is what some document reports as news, 0 if it is background everywhere"),
        ("tellings", "number of claims that tell it"),
        ("independent", "number of tellings of different origin"),
        ("documents", "the posts that tell it, with “; ” between them"),
        ("quote", "the words of its first telling"),
    )),
    Table("participants", "Who takes part in an event, one row for each place in a telling that says so.", (
        ("event_id", "the event"),
        ("name", "the participant, as this telling names it"),
        ("kind", "person, organisation, country or group"),
        ("role", "initiator, counterpart, host, attendee, sender, giver, receiver … or empty"),
        ("post", _POST),
        ("layer", _LAYER),
        ("words", "the words that name the participant"),
        ("start", _START),
        ("end", _END),
        ("inferred", "why the participant is inferred, if no words name it"),
    )),
    Table("cells", "Every value that the tellings of an event give for a cell.", (
        ("event_id", "the event"),
        ("cell", "mode, date, place, country, status or participant"),
        ("value", "the value"),
        ("chosen", "1 if it stands in the row of the event, 0 if tellings disagree and another does"),
        ("tellings", "how many tellings give it"),
        ("names", "for a participant: all forms of the name, with “; ” between them"),
    )),
    Table("tellings", "Each claim that tells an event, with its words and who vouches for it.", (
        ("event_id", "the event"),
        ("claim_id", "hash of the claim's content"),
        ("post", _POST),
        ("layer", _LAYER),
        ("voice", "whose text the layer is"),
        ("chain", "the voices that carried it, the nearest to the event first, with “ > ” between them"),
        ("reported", "the day of the post or of its document. " + _DATE),
        ("trigger", "the words that name the act"),
        ("quote", "the clause or sentence that states it"),
        ("start", _START),
        ("end", _END),
    )),
    Table("people", "The people, one row each, however many documents name them.", (
        ("person_id", "hash of the person's content"),
        ("name", "fullest form of the name"),
        ("names", "all forms, with “; ” between them"),
        ("country", _COUNTRY + " the person belongs to or stands for, if it can be told"),
    )),
    Table("offices", "The offices that sources attest for people, one row for each place that states one.", (
        ("person_id", "the person"),
        ("name", "the person's name"),
        ("title", "the office"),
        ("org", "the body the office belongs to, as the text writes it"),
        ("country", _COUNTRY + " whose office it is"),
        ("first", "the first day on which any source attests it. " + _DATE),
        ("last", "the last day on which any source attests it. " + _DATE),
        ("post", _POST),
        ("layer", _LAYER),
        ("words", "the words that state it"),
        ("start", _START),
        ("end", _END),
    )),
    Table("statements", "Reported speech, one row a stretch.", (
        ("post", _POST),
        ("layer", _LAYER),
        ("speaker", "who said it, fullest form in the post"),
        ("kind", "direct, indirect or mixed"),
        ("quote", "what was said, without the attribution"),
        ("addressee", "to whom, if the text says so"),
        ("chain", "the voices that carried it, the nearest to the speaker first, with “ > ” between them"),
        ("start", _START),
        ("end", _END),
        ("inferred", "why the speaker is inferred, if no words name it"),
    )),
    Table("sources", "Outlets and bodies that a post names as where its information comes from.", (
        ("post", _POST),
        ("name", "the outlet or body"),
        ("relation", "republished, translated, cited or publisher"),
        ("layer", _LAYER),
        ("words", "the words that say so"),
        ("start", _START),
        ("end", _END),
    )),
    Table("amounts", "Quantities of money, goods or people.", (
        ("post", _POST),
        ("value", "the number"),
        ("unit", "ISO 4217 code of a currency, or t, kg, persons, units"),
        ("of", "what it is"),
        ("giver", "who gives it, if the text says so"),
        ("receiver", "who receives it, if the text says so"),
        ("layer", _LAYER),
        ("words", "the words that state it"),
        ("start", _START),
        ("end", _END),
    )),
)  # fmt: skip


def write_tables(record: Record, out: Path) -> dict[str, int]:
    """Writes every table of the codebook and `codebook.md` into the folder `out`; gives the rows of each table.

    UTF-8, comma, RFC 4180 quotes. Raises OSError; a table that exists is only replaced when all are whole.
    """
    beside = {table.name: out / f".{table.name}.{os.getpid()}.new" for table in CODEBOOK}
    rows = dict.fromkeys(beside, 0)
    try:
        with ExitStack() as stack:
            writers = {}
            for table in CODEBOOK:
                stream = stack.enter_context(beside[table.name].open("w", encoding="utf-8", newline=""))
                names = [name for name, _ in table.columns]
                writers[table.name] = csv.DictWriter(stream, names, lineterminator="\n", extrasaction="raise")
                writers[table.name].writeheader()
            for name, row in _rows(record):
                writers[name].writerow({key: int(v) if isinstance(v, bool) else v for key, v in row.items()})
                rows[name] += 1
        for name, path in beside.items():
            path.replace(out / f"{name}.csv")
    finally:
        for path in beside.values():
            path.unlink(missing_ok=True)
    (out / "codebook.md").write_text(codebook(), encoding="utf-8")
    return rows


def codebook() -> str:
    """The codebook of the tables as Markdown."""
    lines = [
        "# Codebook of the tables",
        "",
        "Written by `onrecord export OUT --to csv`. UTF-8, comma, one header line.",
    ]
    for table in CODEBOOK:
        lines += ["", f"## {table.name}.csv", "", table.meaning, "", "| column | meaning |", "|---|---|"]
        lines += [f"| `{name}` | {meaning} |" for name, meaning in table.columns]
    return "\n".join(lines) + "\n"


def _rows(record: Record) -> Iterator[tuple[str, Mapping[str, Any]]]:
    read = reader(record)
    for failure in record.failures():
        yield "failures", {"origin": failure.origin, "reason": failure.reason}
    for extraction in record.extractions():
        yield from _document(extraction)
    for event in record.events():
        tellings = list(event.tellings)
        at = {(t.document_id, t.post): place(read(t.document_id), t.post) for t in tellings}
        yield (
            "events",
            {
                "event_id": event.id,
                "type": event.type,
                "mode": event.mode,
                "date": event.date,
                "participants": _list(p.name for p in event.participants),
                "place": event.place,
                "country": event.country,
                "status": event.status,
                "focus": event.focus,
                "tellings": len(tellings),
                "independent": event.independent,
                "documents": _list(at[t.document_id, t.post] for t in tellings),
                "quote": tellings[0].words if tellings else "",
            },
        )
        for variant in event.cells:
            yield (
                "cells",
                {
                    "event_id": event.id,
                    "cell": variant.cell,
                    "value": variant.value,
                    "chosen": variant.chosen,
                    "tellings": len(variant.tellings),
                    "names": _list(variant.names),
                },
            )
        for telling in tellings:
            post, where = read(telling.document_id).posts[telling.post], at[telling.document_id, telling.post]
            claim = telling.claim
            quote = span(post, claim.quote)
            yield (
                "tellings",
                {
                    "event_id": event.id,
                    "claim_id": telling.claim_id,
                    "post": where,
                    "layer": telling.layer,
                    "voice": post.layers[telling.layer].voice,
                    "chain": " > ".join(telling.chain),
                    "reported": telling.reported,
                    "trigger": post.words(claim.trigger),
                    "quote": quote["words"],
                    "start": quote["start"],
                    "end": quote["end"],
                },
            )
            for participant in claim.participants:
                row = {
                    "event_id": event.id,
                    "name": participant.name,
                    "kind": participant.kind,
                    "role": participant.role,
                    "post": where,
                    "inferred": participant.inferred,
                }
                for evidence in participant.evidence:
                    yield "participants", {**row, **span(post, evidence)}
                if not participant.evidence:
                    yield "participants", row
    for actor in record.people():
        yield (
            "people",
            {
                "person_id": actor.id,
                "name": actor.name,
                "names": _list(actor.names),
                "country": actor.country,
            },
        )
        for office in actor.offices:
            for document_id, number, evidence in office.attested:
                yield (
                    "offices",
                    {
                        "person_id": actor.id,
                        "name": actor.name,
                        "title": office.title,
                        "org": office.org,
                        "country": office.country,
                        "first": office.first,
                        "last": office.last,
                        "post": place(read(document_id), number),
                        **span(read(document_id).posts[number], evidence),
                    },
                )


def _document(extraction: Extraction) -> Iterator[tuple[str, Mapping[str, Any]]]:
    document = extraction.document
    yield (
        "documents",
        {
            "document_id": document.id,
            "name": document.name,
            "origin": document.origin,
            "url": document.url,
            "publisher": document.publisher,
            "published": document.published,
            "title": document.title,
            "lang": document.lang,
            "posts": len(extraction.posts),
        },
    )
    for post, reading in zip(extraction.posts, extraction.readings, strict=True):
        at = {"post": place(extraction, post.index)}
        yield (
            "posts",
            {
                **at,
                "document_id": document.id,
                "title": post.title,
                "date": reading.date.value if reading.date else None,
                "published": post.published,
                "byline": post.byline,
                "truncated": post.truncated,
                "link": post.link,
            },
        )
        for layer in post.layers:
            yield (
                "layers",
                {
                    **at,
                    "layer": layer.index,
                    "kind": layer.kind,
                    "voice": layer.voice,
                    "publisher": layer.publisher,
                    "dateline_place": layer.dateline_place,
                    "original_date": layer.original_date,
                    "lang": layer.lang,
                    "translator": layer.translator,
                    "start": layer.start,
                    "end": None if layer.start is None else layer.start + len(layer.text),
                    "text": layer.text,
                },
            )
        for statement in reading.statements:
            quote = span(post, statement.quote)
            yield (
                "statements",
                {
                    **at,
                    "layer": quote["layer"],
                    "speaker": statement.speaker,
                    "kind": statement.kind,
                    "quote": quote["words"],
                    "addressee": statement.addressee,
                    "chain": " > ".join(statement.chain),
                    "start": quote["start"],
                    "end": quote["end"],
                    "inferred": statement.inferred,
                },
            )
        for source in reading.sources:
            yield "sources", {**at, "name": source.name, "relation": source.relation, **span(post, source.evidence)}
        for amount in reading.amounts:
            yield (
                "amounts",
                {
                    **at,
                    "value": f"{amount.value:.15g}",
                    "unit": amount.unit,
                    "of": amount.of,
                    "giver": amount.giver,
                    "receiver": amount.receiver,
                    **span(post, amount.evidence),
                },
            )


def _list(names: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(names))
