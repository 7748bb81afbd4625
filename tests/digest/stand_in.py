"""A small record in memory, with the methods that the digest asks for, and invented news to fill it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from onrecord.model import (
    Actor,
    Amount,
    Cell,
    Claim,
    Credit,
    Document,
    Event,
    Evidence,
    Extraction,
    Layer,
    Office,
    Participant,
    Person,
    Post,
    Reading,
    Role,
    Source,
    Span,
    Statement,
    Telling,
    Variant,
    content_id,
)


@dataclass
class MemoryRecord:
    documents: list[Extraction] = field(default_factory=list)
    rows: list[Event] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    present: dict[str, list[str]] = field(default_factory=dict)

    def extractions(self) -> Iterator[Extraction]:
        yield from self.documents

    def events(self) -> list[Event]:
        return list(self.rows)

    def people(self) -> list[Actor]:
        return list(self.actors)

    def events_of(self, actor_id: str) -> Iterable[Event]:
        return [event for event in self.rows if event.id in self.present.get(actor_id, ())]


def layer(index: int, kind: str, voice: str, *paragraphs: str, **more: object) -> Layer:
    text = "\n\n".join(paragraphs)
    spans, start = [], 0
    for paragraph in paragraphs:
        spans.append(Span(start, start + len(paragraph)))
        start += len(paragraph) + 2
    return Layer(index, kind, voice, text, None, tuple(spans), **more)  # type: ignore[arg-type]


def at(layers: tuple[Layer, ...], words: str, number: int) -> Evidence:
    start = layers[number].text.index(words)
    return Evidence(number, start, start + len(words))


NOTE = (
    "Oumar Keïta-Sow, Minister for Water of Sahelia, held a video meeting with Linnéa Bergqvist, Speaker of the"
    " Norrland Assembly, on February 13.",
    "It was their first talk since the two countries exchanged ambassadors in January.",
)
REPORT = (
    "Minister talks with Speaker",
    "DJOLIBA, Feb. 13 (Wirebird) — Minister for Water Oumar Keïta-Sow held a video meeting with Norrland’s Speaker,"
    " Linnéa Bergqvist, on Friday.",
    "“Rivers do not read maps,” Keïta-Sow said. Bergqvist replied that Norrland would send 20 engineers.",
)
SPEECH = ("Friends, neighbours, rivals: the well is deep enough for all of us.",)
CAPTION = ("The two sides at their screens. (Photo/Wirebird)",)


def talk(number: int = 0, *, day: str = "2026-02-13", posts: int = 1, title: str | None = None) -> Extraction:
    """A document of `posts` posts, each with an editor's note, a report, a speech and a caption."""
    made: list[Post] = []
    readings: list[Reading] = []
    for n in range(posts):
        layers = (
            layer(0, "editor", "editor", *NOTE),
            layer(
                1, "report", "Wirebird", *REPORT, publisher="Wirebird", original_date=day, dateline_place="Djoliba",
                translator="Ana Prieto",
            ),
            layer(2, "speech", "Oumar Keïta-Sow", *SPEECH),
            layer(3, "caption", "Wirebird", *CAPTION),
        )  # fmt: skip
        credit = Credit("dateline", "Wirebird", at(layers, "DJOLIBA, Feb. 13 (Wirebird)", 1))
        layers = (layers[0], replace(layers[1], credits=(credit,)), *layers[2:])
        made.append(
            Post(n, title or f"Minister and Speaker talk about rivers {number}/{n}", 0, 10, layers,
                 truncated=n % 2 == 1, link="https://example.org/rivers")
        )  # fmt: skip
        readings.append(_reading(layers, day))
    document = Document(f"page-{number}", f"text {number}", origin="/home/somebody/page.txt",
                        url="https://example.org/page", publisher="The Quayside Digest", title="Archive")  # fmt: skip
    return Extraction(document, tuple(made), tuple(readings))


def _reading(layers: tuple[Layer, ...], day: str) -> Reading:
    minister = Role("Minister for Water", None, "SHL", (at(layers, "Minister for Water of Sahelia", 0),))
    speaker = Role("Speaker", "Norrland Assembly", None, (at(layers, "Speaker of the Norrland Assembly", 0),))
    amount = Amount(20, "persons", "engineers", at(layers, "20 engineers", 1), "Norrland", None)
    claims = []
    for number, date, second in ((0, "February 13", "Linnéa Bergqvist"), (1, "Friday", "Linnéa Bergqvist")):
        claims.append(
            Claim(
                "CONSULT", "call", at(layers, "held a video meeting", number),
                at(layers, layers[number].text.split("\n\n")[0 if number == 0 else 1], number),
                (
                    Participant("Oumar Keïta-Sow", "person", "initiator", (at(layers, "Oumar Keïta-Sow", number),)),
                    Participant(second, "person", "counterpart", (at(layers, second, number),)),
                ),
                date=Cell(day, (at(layers, date, number),)),
                country=Cell("SWE", inferred="the seat of the Speaker"),
                amounts=(amount,) if number else (),
                focus=True,
            )
        )  # fmt: skip
    return Reading(
        people=(
            Person("Oumar Keïta-Sow", (minister,), (at(layers, "Oumar Keïta-Sow", 0),)),
            Person("Linnéa Bergqvist", (speaker,), (at(layers, "Linnéa Bergqvist", 0),)),
        ),
        statements=(
            Statement("Oumar Keïta-Sow", "direct", at(layers, "Rivers do not read maps,", 1), chain=("Wirebird",)),
            Statement("Linnéa Bergqvist", "indirect", at(layers, "Norrland would send 20 engineers.", 1)),
        ),
        sources=(Source("Wirebird", "republished", at(layers, "Wirebird", 1)),),
        amounts=(amount,),
        claims=tuple(claims),
        date=Cell(day, (at(layers, "February 13", 0),)),
    )  # fmt: skip


def record_of(*documents: Extraction, differ: bool = False) -> MemoryRecord:
    """A record in which the two claims of each post are one event, and every name is one person."""
    record = MemoryRecord(list(documents))
    seen: dict[str, list[tuple[str, int, Role]]] = {}
    for extraction in documents:
        for post, reading in zip(extraction.posts, extraction.readings, strict=True):
            for person in reading.people:
                for role in person.roles:
                    seen.setdefault(person.name, []).append((extraction.document.id, post.index, role))
            if not reading.claims:
                continue
            tellings = tuple(
                Telling(
                    content_id("claim", extraction.document.id, post.index, n), extraction.document.id, post.index,
                    claim.quote.layer, claim, (*(("Wirebird",) if n else ()), "The Quayside Digest"),
                    post.words(claim.quote), "2026-02-14", "Wirebird" if n else "The Quayside Digest",
                )
                for n, claim in enumerate(reading.claims)
            )  # fmt: skip
            claim = reading.claims[0]
            every = tuple(range(len(tellings)))
            cells = [Variant("participant", p.name, every, names=(p.name,)) for p in claim.participants]
            if claim.date:
                cells.append(Variant("date", claim.date.value, every[:1] if differ else every))
                if differ:
                    cells.append(Variant("date", "2026-02-12", every[1:], chosen=False))
            cells += [Variant("mode", claim.mode or "", every), Variant("status", claim.status, every)]
            if claim.country:
                cells.append(Variant("country", claim.country.value, every))
            event = Event(
                content_id("event", extraction.document.id, post.index), claim.type, claim.mode, claim.participants,
                claim.date.value if claim.date else None, claim.place.value if claim.place else None,
                claim.country.value if claim.country else None, claim.status, True, tellings, 2, tuple(cells),
            )  # fmt: skip
            record.rows.append(event)
    for name, places in seen.items():
        offices = {}
        for document, number, role in places:
            offices.setdefault((role.title, role.org, role.country), []).append((document, number, role.evidence[0]))
        actor = Actor(
            content_id("actor", name), "person", name, (name,), None,
            tuple(Office(*key, "2026-01-05", "2026-02-13", tuple(found)) for key, found in offices.items()),
        )  # fmt: skip
        record.actors.append(actor)
        record.present[actor.id] = [e.id for e in record.rows if name in [p.name for p in e.participants]]
    return record
