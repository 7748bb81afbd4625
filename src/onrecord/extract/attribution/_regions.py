"""Stretches of a layer that are wholly in one voice: speeches, turns of a transcript, statements with a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from onrecord import lexicon
from onrecord.extract.attribution._speakers import Speakers, Voice
from onrecord.model import Evidence, Layer, Span

_ATTRIBUTABLE = re.compile(
    r"(?:below|following|statement|readout|text|quote)\b[^.:\n]{0,60}?\b(?:is|are|was|may be|can be)?\s*"
    r"attribut(?:able|ed) to\s+([^:\n]{3,120}?)\s*:",
    re.I,
)
_END = re.compile(r"^[^\w\n]*(?:#\s*#\s*#|###|\*\s*\*\s*\*|END(?: OF TEXT)?|-30-|ENDS)[^\w\n]*$", re.M)
# "We, the ministers of Aland and Bland, meeting in …": the joint statement of those named.
_WE = re.compile(
    r"(?:(?<=\s)|(?<=^)|(?<=[:.“\"]))We, (?:the )?([^.;:]{5,400}?), (?!and\b|the\b|or\b|of\b|as\b)(?=[a-z])"
)

_JOINT = re.compile(
    r"\b(?:joint|common)\s+(?:\w+\s+){0,3}?(?:statement|communiqu[eé]|declaration)\b"
    r"(?:\s+(?:by|of|from)\s+(?:the\s+)?(?P<whose>[^:]{5,300}?)(?=\s+(?:on|regarding|concerning|following|after|about)\b|\s*$))?",
    re.I,
)
_QUOTED = re.compile(r"“[^”]{0,2000}”|\"[^\"]{0,2000}\"")
# "Statement by the Foreign Secretary on ...": the heading says who speaks.
_BY = re.compile(
    r"\b(?:statement|remarks|speech|address|message|article|op-ed|intervention|note|letter)\s+(?:by|of|from)\s+(?:the\s+)?"
    r"((?:[A-Z][\w’'.-]*)(?:(?:,?\s+(?:of|for|and|the|to)){0,2},?\s+[A-Z][\w’'.-]*){0,12})",
)
_FIRST = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur|[Oo]urs|me|us)\b")
_OURS = re.compile(r"\b(?:we|our|ours|us|ourselves)\b", re.I)
# "The Republic of Aland, the Kingdom of Bland and Cland reaffirm our ...": those named at once in the first sentence.
_SIDES = re.compile(
    r"(?:The\s+)?[A-Z][\w’'.-]*(?:(?:,|,?\s+and|\s+of|\s+for)?(?:\s+the)?\s+[A-Z][\w’'.-]*)+(?=\s+(?!and\b|of\b|the\b)[a-z])"
)


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(lexicon.words("en/speech", f"turns.{key}"))


@cache
def _any_of(key: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(_words(key)))})\b", re.I)


@cache
def _cut_marks() -> re.Pattern[str]:
    """Ends a turn: what was cut, a line of stars, or a paragraph that lists who was there."""
    there = "|".join(sorted(re.escape(word) for word in _words("attendance")))
    return re.compile(rf"[<\[(]\s*(?:\.\.\.|…)\s*[>\])]|\W{{3,}}|(?:{there})\b.{{20,}}", re.S | re.I)


def regions(
    layer: Layer, who: Speakers, heading: Layer | None = None, title: str = ""
) -> list[tuple[Span, tuple[Voice, ...]]]:
    """Stretches in one voice, in order, not overlapping; an empty voice is one that the layer does not identify.

    `heading` is a line that stands by itself before the layer, if there is one; `title` is that of the post.
    """
    text = layer.text
    if not layer.paragraphs:
        return []
    if layer.kind == "speech" and layer.voice not in ("", "editor"):
        whole = Span(layer.paragraphs[0].start, layer.paragraphs[-1].end)
        return [(whole, (who.of_layer(layer.voice),))]
    spoken = _turns(layer, who)
    if spoken:
        return spoken
    if quoted := _long_quotations(layer, who):
        return quoted
    if layer.kind == "report" and layer.voice in who.names and _FIRST.search(text):
        # What somebody "has made the following statement" announces.
        return [(_until_end(layer, layer.paragraphs[0].start), (who.of_layer(layer.voice),))]
    if title and (heading_of := _BY.search(title)) and len(_FIRST.findall(_QUOTED.sub(" ", text))) > 2:
        return [(_until_end(layer, layer.paragraphs[0].start), (who.entitled(heading_of.group(1)),))]
    found = _ATTRIBUTABLE.search(text[:6000])
    if found:
        end = _END.search(text, found.end())
        voices = who.named(layer.index, found.start(1), found.end(1))
        return [(Span(found.end(), end.start() if end else layer.paragraphs[-1].end), voices)]
    we = _WE.search(text[:1500])
    if we:
        words = " ".join(we.group(1).split())
        return [
            (_until_end(layer, we.start()), (Voice(words, Evidence(layer.index, we.start(1), we.end(1)), "group"),))
        ]
    if heading is not None:
        voice = _signed(heading, heading.paragraphs[0], who)
        if voice is not None:
            return [(_until_end(layer, layer.paragraphs[0].start), (voice,))]
    for number, paragraph in enumerate(layer.paragraphs[:2]):
        voice = _signed(layer, paragraph, who)
        if voice is not None and number + 1 < len(layer.paragraphs):
            return [(_until_end(layer, layer.paragraphs[number + 1].start), (voice,))]
    if (joint := _JOINT.search(title)) and (voice := _together(layer, joint)) is not None:
        span = _until_end(layer, layer.paragraphs[0].start)
        # Who signed stands below in lines of its own.
        said = [p.end for p in layer.paragraphs if p.end - p.start > 110 or layer.text[p.start : p.end][-1] in '.!?”"']
        return [(Span(span.start, min(span.end, said[-1])), (voice,))] if said else []
    return []


def _together(layer: Layer, joint: re.Match[str]) -> Voice | None:
    """Those whose joint statement a layer is: outside quotations it says "we" or "our" again and again."""
    plain = _QUOTED.sub(" ", layer.text)
    ours = len(_OURS.findall(plain))
    if ours < 3 or ours * 80 < len(plain.split()):
        return None
    start = layer.paragraphs[0].start
    sides = _SIDES.match(layer.text, start)
    if sides and re.search(r",|\band\b", sides.group()):
        return Voice(" ".join(sides.group().split()), Evidence(layer.index, start, sides.end()), "group")
    whose = joint.group("whose")
    return Voice(" ".join(whose.split()), None, "group") if whose else None


def _until_end(layer: Layer, start: int) -> Span:
    end = _END.search(layer.text, start)
    return Span(start, end.start() if end else layer.paragraphs[-1].end)


def _signed(layer: Layer, paragraph: Span, who: Speakers) -> Voice | None:
    """The speaker if a line reads "Ana Sol, Minister of State": the text under it is hers."""
    words = layer.text[paragraph.start : paragraph.end]
    if len(words) > 110 or "\n" in words or words[-1:] in ".!?:" or "," not in words:
        return None
    name, _, office = words.partition(",")
    if not _any_of("offices").search(office) or _any_of("press").search(office) or not 2 <= len(name.split()) <= 6:
        return None
    if not all(w[:1].isupper() or w.lower() in _words("small") for w in name.split()):
        return None
    people = [m for m in who.mentions(layer.index, paragraph.start, paragraph.end) if m.kind == "person"]
    if people and people[0].evidence.start - paragraph.start < 3:
        return Voice(people[0].name, people[0].evidence, "person")
    return Voice(name.strip(), Evidence(layer.index, paragraph.start, paragraph.start + len(name)), "person")


def _turns(layer: Layer, who: Speakers) -> list[tuple[Span, tuple[Voice, ...]]]:
    """The turns of a transcript: each begins with who speaks and a colon, at a paragraph's or sentence's start."""
    text = layer.text
    questions = _words("question")
    borders = {p.start for p in layer.paragraphs}
    found: list[tuple[int, int, tuple[Voice, ...], bool]] = []
    labels: list[tuple[int, int, tuple[Voice, ...], bool]] = []
    at = text.find(":")
    while at >= 0:
        start = _turn_start(text, at, borders)
        if start is not None:
            voices = _speaker(layer, who, start, at, questions)
            if voices is not None:
                found.append((start, at + 1, voices, start in borders))
            elif start in borders and len(text[start:at].split()) <= 5:
                labels.append(
                    (start, at + 1, (Voice(text[start:at], Evidence(layer.index, start, at), "phrase"),), True)
                )
        at = text.find(":", at + 1)
    if not found:
        return []
    if sum(1 for turn in found if turn[3]) >= 2:
        # Between turns of people a paragraph that begins with another name is its turn: "Azra Post: Will you go?".
        found = sorted(found + labels, key=lambda turn: turn[0])
    if (
        len(found) == 1
        and found[0][0] == layer.paragraphs[0].start
        and not _FIRST.search(_QUOTED.sub(" ", text[:1500]))
    ):
        return []  # "Port Azra: The harbour is shut": a place
    if len(found) < 2 and not found[0][3] and not re.search(r"\*\s*$", text[max(0, found[0][0] - 5) : found[0][0]]):
        return []
    out = []
    end = layer.paragraphs[-1].end
    for number, (_, start, voices, _) in enumerate(found):
        stop = found[number + 1][0] if number + 1 < len(found) else _cut(layer, start, end)
        while start < stop and text[start].isspace():
            start += 1
        out.append((Span(start, stop), voices))
        if number + 1 < len(found):
            out.append((Span(found[number + 1][0], found[number + 1][1]), ()))
    return out


def _long_quotations(layer: Layer, who: Speakers) -> list[tuple[Span, tuple[Voice, ...]]]:
    """Quotations that open after a colon and close some paragraphs further down, with no mark between."""
    out: list[tuple[Span, tuple[Voice, ...]]] = []
    paragraphs, text = layer.paragraphs, layer.text
    number = 1
    while number < len(paragraphs):
        lead, first = paragraphs[number - 1], paragraphs[number]
        opening = text[first.start]
        if text[lead.end - 1] == ":" and opening in '"“' and _open(text, first) == 1:
            last = number + 1
            while last < len(paragraphs) and not re.search(
                r"[\"“”]", text[paragraphs[last].start : paragraphs[last].end]
            ):
                last += 1
            people = [
                m for m in who.mentions(layer.index, lead.start, lead.end) if m.kind in ("person", "organisation")
            ]
            if (
                last < len(paragraphs)
                and people
                and text[paragraphs[last].end - 1] in '"”'
                and _open(text, paragraphs[last]) == -1
            ):
                person = next((m for m in reversed(people) if m.kind == "person"), people[-1])
                out.append((Span(first.start, paragraphs[last].end), (who.voice(person),)))
                number = last
        number += 1
    return out


def _open(text: str, paragraph: Span) -> int:
    """1 if a paragraph opens with a quotation that it does not close, -1 if it ends with one that it does not open."""
    words = text[paragraph.start : paragraph.end]
    straight, opened, closed = words.count('"'), words.count("“"), words.count("”")
    if opened or closed:
        return opened - closed
    return 0 if straight != 1 else 1 if words[0] == '"' else -1


def _cut(layer: Layer, start: int, end: int) -> int:
    """Where the last turn ends: with the text, or with a paragraph that says that something was left out."""
    later = (p for p in layer.paragraphs if p.start > start)
    return next((p.start for p in later if _cut_marks().fullmatch(layer.text[p.start : p.end].strip())), end)


def _turn_start(text: str, colon: int, borders: set[int]) -> int | None:
    """Where the words before a colon begin, if they can name a speaker: capitalised throughout, from a border."""
    after = text[colon + 1 : colon + 3]
    if not after[:1].isspace() or (
        after[1:2] and not (after[1:2].isupper() or after[1:2] in "“\"([—–…'‘¿¡<" or after[1:2].isdigit())
    ):
        return None
    low = max(0, colon - 160)
    place = colon
    while place > low:
        if place in borders:
            break
        character = text[place - 1]
        if character == "\n":
            break
        if character in '.!?>*…)"”' and place < colon and text[place : place + 1].isspace():
            before = text[max(0, place - 5) : place - 1]
            if character == "." and (re.search(r"(?:^|[\s.])(?:[A-Z]|Mr|Ms|Mrs|Dr|Jr|Sr|St|Gen|Prof)$", before)):
                place -= 1
                continue
            break
        place -= 1
    else:
        if place not in borders:
            return None
    while place < colon and text[place].isspace():
        place += 1
    words = re.sub(r"\([^()]{0,40}\)", " ", text[place:colon]).split()
    if not 1 <= len(words) <= 22 or not words[0][:1].isupper():
        return None
    if not all(w[:1].isupper() or w.strip(",").lower() in _words("small") for w in words):
        return None
    return place


def _speaker(layer: Layer, who: Speakers, start: int, end: int, questions: frozenset[str]) -> tuple[Voice, ...] | None:
    words = layer.text[start:end].strip()
    if re.sub(r"\s*\([^()]*\)$", "", words).lower() in questions:
        return ()
    people = [m for m in who.mentions(layer.index, start, end) if m.kind == "person"]
    tail = re.sub(r"\([^()]*\)\s*$", "", words)
    if people and people[-1].evidence.end >= start + len(tail) - 1 - (40 if len(tail.split()) > 6 else 0):
        voice = who.voice(people[-1])
        if len(voice.name.split()) == 1:
            voice = Voice(who.longer(voice.name) or voice.name, voice.evidence, "person")
        return (voice,)
    letters = [c for c in words if c.isalpha()]
    shouted = letters and all(c.isupper() for c in letters) and len(words.split()) >= 2
    if shouted and not any(c.isdigit() for c in words):
        last = words.split()[-1]
        full = who.surname(last) or who.longer(last) or last
        return (Voice(full, Evidence(layer.index, start, end), "person"),)
    if not who.mentions(layer.index, 0, len(layer.text)) and (named := who.nearest(layer.index, start, end)):
        return named
    return None


def borders(found: Sequence[tuple[Span, tuple[Voice, ...]]]) -> list[int]:
    """The places at which sentences must be cut so that none lies in two voices."""
    return sorted({place for span, _ in found for place in (span.start, span.end)})
