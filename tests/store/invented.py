"""Extractions built by hand and by hypothesis: invented people and states, any text that a page may hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

from onrecord.model import (
    Amount,
    Cell,
    Claim,
    Credit,
    DateMention,
    Document,
    Evidence,
    Extraction,
    Layer,
    Mention,
    Organisation,
    Participant,
    Person,
    Place,
    Post,
    Reading,
    Role,
    Source,
    Span,
    Statement,
)

T = TypeVar("T")


def meeting(
    name: str,
    sentence: str,
    who: tuple[str, ...],
    *,
    date: str | None = "2031-05-06",
    publisher: str | None = None,
    voice: str = "editor",
    role: str | None = None,
    type: str = "CONSULT",
    mode: str | None = "meeting",
    place: str | None = None,
    country: str | None = None,
    origin: str = "",
) -> Extraction:
    """One page with one post, whose one sentence tells of an event; every name in `who` must stand in it."""
    layer = Layer(0, "report" if voice != "editor" else "editor", voice, sentence, 0, (Span(0, len(sentence)),))
    whole = Evidence(0, 0, len(sentence))

    def words(part: str) -> Evidence:
        start = sentence.index(part)
        return Evidence(0, start, start + len(part))

    people = tuple(
        Person(one, (Role(role, None, None, (words(one),)),) if role and n == 0 else (), (words(one),))
        for n, one in enumerate(who)
    )
    claim = Claim(
        type,
        mode,
        words(sentence.split()[-1]),
        whole,
        tuple(
            Participant(one, "person", "initiator" if n == 0 else "counterpart", (words(one),))
            for n, one in enumerate(who)
        ),
        Cell(date, (), "the page says so") if date else None,
        Cell(place, (words(place),)) if place else None,
        Cell(country, (), "where the place lies") if country else None,
        focus=True,
    )
    reading = Reading(
        people=people,
        statements=(Statement(who[0], "indirect", whole),),
        claims=(claim,),
        date=Cell(date, (), "the page says so") if date else None,
    )
    post = Post(0, name, 0, len(sentence), (layer,))
    return Extraction(Document(name, sentence, origin, publisher=publisher), (post,), (reading,))


# Everything that a database, SQL, FTS5 or JSON might trip over, alone and between letters.
_ODD = (
    "\n", "\t", '"', "'", "“", "«", "%", "_", "*", "()", "^", ":", "\\", "/", "-", "{}", "[]", ",", "é", "ß", "習近",
    "เก", "\u0301", "\u200d", "\U0001f30d", "\x00", "\x1a", "\ud800", "\udfff", "\ud83d\ude00", "\ufdd0", "\ufffd",
)  # fmt: skip
_TEXTS = ("", "a", "Ada b", "0", *_ODD, *(f"x{odd} {odd}y" for odd in _ODD))


class _Draw:
    """Values by chance, the same for the same seed. Hypothesis draws only the seed and the size, because drawing every
    value through it took seconds an example."""

    def __init__(self, seed: int, size: int) -> None:
        self._random = random.Random(seed)
        self._size = size

    def text(self) -> str:
        return self._random.choice(_TEXTS)

    def maybe(self) -> str | None:
        return self._random.choice((None, self.text()))

    def flag(self) -> bool:
        return self._random.random() < 0.5

    def one(self, *values: str) -> str:
        return self._random.choice(values)

    def number(self, most: int) -> int:
        return self._random.randint(0, most)

    def real(self) -> float:
        return self._random.choice((0.0, -1.5, 1e300, 80_000_000.0, 2.0**-40, self._random.random()))

    def several(self, make: Callable[..., T], *given: object) -> tuple[T, ...]:
        return tuple(make(*given) for _ in range(self.number(self._size)))

    def extraction(self) -> Extraction:
        text = "".join(self.text() for _ in range(self.number(6)))
        layers = [
            tuple(self.layer(n, text) for n in range(1 + self.number(self._size)))
            for _ in range(self.number(self._size))
        ]
        posts = tuple(
            Post(index, self.text(), 0, len(text), own, self.flag(), self.maybe(), self.maybe(),
                 self.several(self.text), self.maybe())
            for index, own in enumerate(layers)
        )  # fmt: skip
        document = Document(self.text(), text, self.text(), *(self.maybe() for _ in range(6)))
        return Extraction(document, posts, tuple(self.reading(own) for own in layers))

    def layer(self, n: int, text: str) -> Layer:
        start = self.number(len(text)) if self.flag() else None
        # A layer usually is a stretch of the document, but nothing forces it to be one.
        own = text[start : start + self.number(9)] if start is not None and self.number(4) else self.text()
        credits = self.several(
            lambda: Credit(self.one("published", "photo"), self.text(), self.place((*[None] * n, own)))  # type: ignore
        )
        return Layer(
            n, self.one("headline", "editor", "report", "speech", "caption"), self.text(), own, start,
            self.several(lambda: Span(self.number(9), self.number(9))), *(self.maybe() for _ in range(5)),
            credits=credits,
        )  # fmt: skip

    def place(self, texts: Sequence[str | None]) -> Evidence:
        n, text = self._random.choice([(n, text) for n, text in enumerate(texts) if text is not None])
        start, end = sorted((self.number(len(text)), self.number(len(text))))
        return Evidence(n, start, end)

    def reading(self, layers: Sequence[Layer]) -> Reading:
        texts = [layer.text for layer in layers]
        text, maybe, several, one = self.text, self.maybe, self.several, self.one

        def place() -> Evidence:
            return self.place(texts)

        def perhaps() -> Evidence | None:
            return place() if self.flag() else None

        def cell() -> Cell | None:
            return Cell(text(), several(place), text() + ".") if self.flag() else None

        def amount() -> Amount:
            return Amount(self.real(), text(), text(), place(), maybe(), maybe())

        def participant() -> Participant:
            kind = one("person", "organisation", "country", "group")
            return Participant(text(), kind, text(), several(place), text())

        def claim() -> Claim:
            return Claim(
                one("CONSULT", "AID", "OFFICE"), self._random.choice((None, "meeting", "call")), place(), place(),
                several(participant), cell(), cell(), cell(), several(amount), one("happened", "planned"), self.flag(),
                self.number(1),
            )  # fmt: skip

        claims = several(claim)
        return Reading(
            several(lambda: Person(text(), several(lambda: Role(text(), maybe(), maybe(), several(place))),
                                   several(place), maybe())),
            several(lambda: Organisation(text(), several(place), maybe(), maybe())),
            several(lambda: Place(text(), text(), maybe(), several(place), self.real(), None)),
            several(lambda: Mention(one("person", "place"), text(), place(), one("name", "title"))),
            several(lambda: DateMention(text(), place(), maybe(), text(), self.flag())),
            several(lambda: Statement(text(), one("direct", "indirect", "mixed"), place(), perhaps(), perhaps(),
                                      maybe(), several(text), text())),
            several(lambda: Source(text(), one("cited", "republished"), place())),
            several(amount),
            claims + claims[:1],
            cell(),
        )  # fmt: skip


def extractions() -> st.SearchStrategy[Extraction]:
    """Any extraction that keeps the model's promises: numbered in order, evidence within the layers."""
    return st.builds(lambda seed, size: _Draw(seed, size).extraction(), st.integers(0, 1 << 32), st.integers(0, 3))
