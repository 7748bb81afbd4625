"""Sources: whose text is reproduced, whose word is cited, whose page it is; and the chain of voices of each statement.

Invariant: a name stands once for a relation in a post; one that is reproduced is not cited as well.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from onrecord import lexicon
from onrecord.extract.attribution._speakers import Speakers, Voice
from onrecord.model import Credit, Document, Evidence, Layer, Post, Relation, Source, Statement


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet of data/outlets.toml. `kind` is agency, newspaper, broadcaster, website, magazine or social."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    country: str


@dataclass(frozen=True, slots=True)
class Named:
    """An outlet named in a layer, as the text writes it."""

    outlet: Outlet
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Found:
    """The sources of a post, and what the chains of its statements need."""

    sources: tuple[Source, ...]
    _voices: tuple[tuple[str, ...], ...]
    _told: tuple[tuple[tuple[Evidence, str], ...], ...]

    def carried(self, statement: Statement) -> Statement:
        """The statement with its chain: whom it was told, who reported it, whose layer it is, whose page."""
        layer = statement.quote.layer
        told = self._told[layer]
        low = bisect_left(told, (Evidence(layer, max(0, statement.quote.start - 400), 0), ""))
        chain: list[str] = []
        for evidence, name in told[low:]:
            if evidence.start > statement.quote.end + 200:
                break
            near = statement.cue or statement.quote
            if abs(evidence.start - near.end) < 120 or statement.quote.start <= evidence.start < statement.quote.end:
                chain.append(name)
        chain += self._voices[layer]
        kept = tuple(dict.fromkeys(name for name in chain if name and name != statement.speaker))
        return replace(statement, chain=kept) if kept else statement


@cache
def _outlets() -> dict[str, tuple[tuple[tuple[str, ...], str, Outlet], ...]]:
    """Outlets by the first word of each of their names; the longest name first."""
    table: dict[str, list[tuple[tuple[str, ...], str, Outlet]]] = {}
    for outlet in lexicon.entries("outlets", "outlet", Outlet):
        for name in (outlet.name, *outlet.aliases):
            words = tuple(_WORD.findall(name))
            if words:
                table.setdefault(words[0], []).append((words, name, outlet))
    return {first: tuple(sorted(rows, key=lambda r: (-len(r[0]), r[1]))) for first, rows in table.items()}


_WORD = re.compile(r"[^\W_]+(?:['’.&/-][^\W_]+)*")
_MOST_NAMED = 3000
_MOST_SOURCES = 400  # no post names as many; a hostile one shall not make every name be compared with every other
_NAME = r"((?:[A-Z][\w’'&.-]*|of|de|la|el|al)(?:\s+(?:[A-Z][\w’'&.-]*|of|the|de|la|el|al|and|for)){0,7})"
_REPUBLISHED = re.compile(
    r"\b(?:(?:originally|first|initially|previously|also)\s+"
    r"(?:published|appeared|posted|carried|issued|released|printed|broadcast)|"
    r"re-?publish(?:ed|ing)?|reprint(?:ed|ing)?|re-?post(?:ed|ing)?|reproduc(?:e|ed|ing)|courtesy of|"
    r"(?:publish|carry|print) below)\b"
)
_NO_OFFICE = re.compile(r"\b(?:briefing|schedule|meeting|statement|remarks|call|visit|travel)\b", re.I)


def _either(key: str) -> str:
    """The words at a key of data/en/speech.toml as alternatives of a pattern, the longest first."""
    return "|".join(re.escape(w) for w in sorted(lexicon.words("en/speech", key), key=lambda w: (-len(w), w)))


@dataclass(frozen=True, slots=True)
class _Patterns:
    citing: re.Pattern[str]  # right before an outlet that is cited
    reporting: re.Pattern[str]  # right after one
    unlisted: tuple[tuple[re.Pattern[str], Relation], ...]  # outlets that no list names
    office: re.Pattern[str]  # a line that is the name of an office
    informs: re.Pattern[str]
    sides: re.Pattern[str]
    says: frozenset[str]


@cache
def _patterns() -> _Patterns:
    table = lexicon.table("en/speech", "sources.before_with")
    pairs = [rf"{re.escape(word)}(?: \w+){{0,3}} (?:{'|'.join(after.split())})" for word, after in table.items()]
    before = "|".join([_either("sources.before"), *pairs])
    media, offices = _either("sources.media"), _either("sources.offices")
    capital = r"[A-Z][\w’'.&-]*,?\s+|(?:of|the|for|and|in|to|OF|THE|FOR|AND|IN|TO)\s+"
    publishing = (
        r"(?:originally|first|initially|previously) (?:published|appeared|posted|carried|issued|released|printed)"
    )
    return _Patterns(
        citing=re.compile(
            rf"\b(?i:{before})(?:\s+(?:{_either('sources.between')}|[A-Z]\w+(?:-based)?)){{0,5}}\s*[\"“‘(]?$"
        ),
        reporting=re.compile(
            r"^[\"”’)]*(?:\s*\([^)]{1,20}\))?(?:['’]s)?(?:,\s+(?:the|a|an)\s[^,.;]{3,70})?,?"
            r"(?:\s+(?:news agency|news|newspaper|agency|TV|magazine|website|daily|also|later|has|had|have|earlier|"
            r"which|who|that|\w+ly|correspondent|reporter|journalist|report|article|in\s+\w+|on\s+\w+|\w+day|citing[^,]{0,60},)){0,6},?\s+"
            rf"(?:{_either('sources.reporting')})\b"
        ),
        unlisted=(
            # "the Azra Post newspaper reported", "according to the website of the Azra Union", "first published by".
            (
                re.compile(rf"\b{_NAME}\s+(?:{media})\b(?=[^.]{{0,200}}?\b(?:{_either('sources.reporting')})\b)"),
                "cited",
            ),
            (
                re.compile(
                    r"\b(?i:according to|reported (?:by|on)|posted on|statement on)\s+(?:the\s+)?(?:official\s+)?"
                    rf"website of\s+(?:the\s+)?{_NAME}"
                ),
                "cited",
            ),
            (
                re.compile(
                    rf"\b{publishing} (?:by|on|in)\s+(?:the\s+)?(?:official\s+)?(?:website of\s+(?:the\s+)?)?"
                    rf"(?:[A-Z]\w+\s+)?(?:(?:{media})\s+)?(?:of\s+)?(?:the\s+)?{_NAME}"
                ),
                "republished",
            ),
        ),
        office=re.compile(
            rf"^(?:The\s+|THE\s+)?(?:{capital}){{0,8}}(?:{offices}|{offices.upper()})"
            r"(?:,?\s+(?:[A-Z(][\w’'.&()-]*|of|the|for|and|in|to|OF|THE|AND|FOR)){0,10}$"
        ),
        informs=re.compile(rf"\b(?:{_either('sources.informs')})\b"),
        sides=re.compile(rf"\b(?:{_either('sources.sides')})\b"),
        says=frozenset(lexicon.words("en/speech", "sources.says")),
    )


def outlets(layer: Layer) -> list[Named]:
    """The outlets named in a layer, in order, the longest name at each place."""
    text, table = layer.text, _outlets()
    found: list[Named] = []
    last = -1
    for match in _WORD.finditer(text):
        if match.start() < last:
            continue
        word = match.group()
        rows = table.get(word) or table.get(word.removesuffix("'s").removesuffix("’s"))
        if not rows:
            continue
        for words, name, outlet in rows:
            end = match.start() + len(name)
            if (text[match.start() : end] == name or _same(text, match.start(), words)) and not text[
                end : end + 1
            ].isalnum():
                if len(words) == 1 and not _plausible(text, match.start(), end):
                    continue
                found.append(Named(outlet, Evidence(layer.index, match.start(), end)))
                last = end
                break
        if len(found) >= _MOST_NAMED:
            break
    return found


def _same(text: str, start: int, words: Sequence[str]) -> bool:
    return False if len(words) == 1 else text[start : start + sum(map(len, words)) + len(words) - 1] == " ".join(words)


def _plausible(text: str, start: int, end: int) -> bool:
    """False where one word is part of a longer name ("Time Magazine" is the outlet, "Time Warner" is not)."""
    before = text[max(0, start - 1) : start]
    return before not in ("-", "#", "@") and text[end : end + 1] not in ("-", "/")


def sources(
    post: Post,
    who: Speakers,
    heard: Sequence[tuple[Voice, str]],
    document: Document,
) -> Found:
    """The sources that a post names. `heard` are the bodies that spoke, with the verb."""
    book = _Book(post, document)
    page = document.publisher or next((x.publisher for x in post.layers if x.voice == "editor" and x.publisher), None)
    for layer in post.layers:
        for name, relation, evidence in _credited(post, layer, page):
            book.add(name, relation, evidence)
    for layer in post.layers:
        if layer.kind in ("editor", "headline"):
            for name, evidence in _office_lines(layer):
                book.add(name, "publisher", evidence)
    told: list[list[tuple[Evidence, str]]] = [[] for _ in post.layers]
    named = [outlets(layer) if layer.kind not in ("caption", "headline") else [] for layer in post.layers]
    for layer, some in zip(post.layers, named, strict=True):
        for one in some:
            start, end = one.evidence.start, one.evidence.end
            before = layer.text[max(0, start - 110) : start]
            words = layer.text[start:end]
            if layer.kind == "editor" and _republishing(layer.text, start):
                book.add(words, "republished", one.evidence)
                continue
            if one.outlet.kind == "social":
                told[layer.index].append((one.evidence, one.outlet.name))
                continue
            if _patterns().citing.search(before) or (
                not re.search(r"\b(?:of|for|at)\s+(?:the\s+)?$", before)
                and _patterns().reporting.match(layer.text[end : end + 170])
            ):
                told[layer.index].append((one.evidence, one.outlet.name))
                book.add(words, "cited", one.evidence, outlet=one.outlet)
    for layer in post.layers:
        if layer.kind not in ("caption", "headline"):
            for name, relation, evidence in _unlisted(layer):
                book.add(name, relation, evidence)
    for voice, verb in heard:
        if voice.evidence is None or verb not in _patterns().says:
            continue
        if _named_body(voice.name) or (
            verb in ("report", "according")
            and voice.kind == "organisation"
            and not _patterns().sides.search(voice.name)
        ):
            book.add(voice.name, "cited", voice.evidence)
    voices = tuple(_layer_voices(layer, page) for layer in post.layers)
    return Found(book.sources(), voices, tuple(tuple(sorted(t, key=lambda r: r[0])) for t in told))


def _unlisted(layer: Layer) -> Iterator[tuple[str, Relation, Evidence]]:
    """Outlets that the list does not have, where the words around say that they are outlets."""
    text = layer.text
    for pattern, relation in _patterns().unlisted:
        if relation == "republished" and layer.kind != "editor":
            continue
        for match in pattern.finditer(text):
            name = re.sub(r"(?:\s+(?:of|the|and|for|de|la|el|al))+$", "", match.group(1))
            start = match.start(1)
            if name.startswith("The "):
                name, start = name[4:], start + 4
            if name[:1].isupper() and not name.startswith(("A ", "An ", "This ", "In ", "On ", "At ")):
                yield name, relation, Evidence(layer.index, start, start + len(name))


def _named_body(name: str) -> bool:
    return (
        bool(_patterns().informs.search(name))
        and not _patterns().sides.search(name)
        and (name[:1].isupper() or len(name.split()) > 1)
    )


def _layer_voices(layer: Layer, page: str | None) -> tuple[str, ...]:
    out = []
    if layer.voice != "editor" and layer.kind != "speech":
        out.append(layer.voice)
    if layer.publisher and layer.publisher not in out:
        out.append(layer.publisher)
    if page and page not in out:
        out.append(page)
    return tuple(out)


def _credited(post: Post, layer: Layer, page: str | None) -> Iterator[tuple[str, Relation, Evidence]]:
    """What the credits of a layer say of whose text it is."""
    published = [c for c in layer.credits if c.kind in ("published", "announced")]
    datelines = [c for c in layer.credits if c.kind == "dateline" and c.name]
    translated = [c for c in layer.credits if c.kind == "translated"]
    own = {(page or "").casefold(), "editor", "us", "our", ""}
    others = [c for c in translated if c.name.casefold() not in own]
    relation: Relation = "translated" if translated else "republished"
    for credit in published:
        yield credit.name, relation, credit.evidence
    for credit in others:
        if (layer.translator and layer.publisher and credit.name == layer.publisher) or published:
            yield credit.name, "republished", credit.evidence
    if not published:
        alone = not any(x.voice == "editor" and x.kind == "editor" for x in post.layers)
        for credit in datelines:
            if page and _alike(credit.name, page):
                yield credit.name, "publisher", credit.evidence
            elif layer.kind == "report" and not alone:
                yield credit.name, relation, credit.evidence
            else:
                yield credit.name, "publisher", credit.evidence


def _alike(name: str, other: str) -> bool:
    x, y = set(name.casefold().split()), set(other.casefold().split())
    if x <= y or y <= x:
        return True
    for rows in (_outlets().get(name.split()[0], ()), _outlets().get(other.split()[0], ())):
        for _, alias, outlet in rows:
            names = {outlet.name, *outlet.aliases}
            if alias in (name, other) and name in names and other in names:
                return True
    return False


def _office_lines(layer: Layer) -> Iterator[tuple[str, Evidence]]:
    """Lines at the head and foot that are nothing but the name of an office: whose page it is."""
    count = len(layer.paragraphs)
    for number, paragraph in enumerate(layer.paragraphs):
        if 2 <= number < count - 4:
            continue
        text = layer.text[paragraph.start : paragraph.end]
        if len(text) > 400:
            continue
        offset = paragraph.start
        for line in text.split("\n"):
            words = line.strip()
            if (
                6 <= len(words) <= 90
                and "," not in words
                and _patterns().office.match(words)
                and not _NO_OFFICE.search(words)
            ):
                start = offset + line.index(words)
                yield words, Evidence(layer.index, start, start + len(words))
            offset += len(line) + 1


def _republishing(text: str, start: int) -> bool:
    """True if the sentence before the name says that its text is reproduced."""
    back = max(0, start - 260)
    low = max(text.rfind("\n", back, start), text.rfind(". ", back, start), back)
    before = text[max(0, low) : start]
    return bool(_REPUBLISHED.search(before)) and not re.search(r"[“\"]", before)


class _Book:
    """Collects sources: a name once for a relation, reproduction before citation, the longest form of a name."""

    def __init__(self, post: Post, document: Document) -> None:
        self._rows: list[tuple[str, Relation, Evidence, Outlet | None]] = []

    def add(self, name: str, relation: Relation, evidence: Evidence, *, outlet: Outlet | None = None) -> None:
        name = re.sub(r"^(?:the|The)\s+(?=[a-z])", "", " ".join(name.split())).strip(" ,.;:")
        if not name:
            return
        if outlet is None:
            outlet = next((o for _, alias, o in _outlets().get(_first(name), ()) if alias == name), None)
        for number, (other, kind, where, theirs) in enumerate(self._rows):
            same = _bare(other) == _bare(name) or (outlet is not None and outlet == theirs)
            same = same or _within_name(other, name)
            if not same:
                continue
            if {kind, relation} == {"republished", "translated"}:
                return
            if kind == relation or relation == "cited":
                if kind == relation and len(name) > len(other) and outlet is not None:
                    self._rows[number] = (name, kind, where, theirs)
                return
            if kind == "cited" and relation in ("republished", "translated", "publisher"):
                self._rows[number] = (name if len(name) > len(other) else other, relation, evidence, outlet)
                return
        if len(self._rows) < _MOST_SOURCES:
            self._rows.append((name, relation, evidence, outlet))

    def sources(self) -> tuple[Source, ...]:
        order = sorted(self._rows, key=lambda r: (r[2], r[1], r[0]))
        return tuple(Source(name, relation, evidence) for name, relation, evidence, _ in order)


def _first(name: str) -> str:
    found = _WORD.search(name)
    return found.group() if found else ""


def _bare(name: str) -> str:
    return re.sub(r"^the\s+", "", name.casefold())


def _within_name(one: str, other: str) -> bool:
    x, y = set(_bare(one).split()), set(_bare(other).split())
    short = min(x, y, key=len)
    return len(short) >= 2 and (x <= y or y <= x)


__all__ = ["Credit", "Found", "Named", "Outlet", "outlets", "sources"]
