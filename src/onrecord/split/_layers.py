"""A post's paragraphs to layers: the editor's note, the reports republished under it, speeches, captions.

A layer changes where the page says so: after a credit sentence, at a dateline that names an agency, at a headline that
repeats the post's title or stands over a dateline, at an announced text. Without such words the voice stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from rapidfuzz import fuzz

from onrecord import lexicon
from onrecord.model import Credit, Document, Evidence, Layer, LayerKind, Span
from onrecord.split._credits import Dateline, Notice, date_in, dateline, notice
from onrecord.split._lines import Line
from onrecord.split._voices import salutes, same, short_for, signer, speaker, spoken_whole

# Share of a paragraph's five-word runs that the note above it already has, from which it is taken for the report that
# the note condenses. Measured on our twelve pages: reports' first paragraphs 0.3 to 0.9, notes' own under 0.1.
_RETOLD = 0.3
_RUN = 5
# A note's credits stand in its last paragraphs, and early in them; nothing further is looked at.
_NOTE = 12
_CREDIT = 2400
CreditKind = Literal["published", "translated", "dateline", "photo", "author", "announced"]


@dataclass
class _Draft:
    """A layer in the making."""

    kind: LayerKind
    voice: str
    lines: list[Line] = field(default_factory=list)
    publisher: str | None = None
    place: str | None = None
    date: str | None = None
    lang: str | None = None
    translator: str | None = None
    # (what, name, start, end) with places in the document's text
    credits: list[tuple[CreditKind, str, int, int]] = field(default_factory=list)


@dataclass
class _Pending:
    """A text that the page has announced: who published it, who wrote it, in which language, who translated it."""

    names: list[str]
    author: str | None
    speech: bool
    date: str | None
    lang: str | None
    translator: str | None
    credits: list[tuple[CreditKind, str, int, int]]
    opens: bool
    note: list[str]
    translated: str | None = None


def layers_of(
    document: Document, title: str, body: Sequence[Line], *, first: int, truncated: bool = False
) -> tuple[Layer, ...]:
    """The layers of a post. `body` are its paragraphs in order, `first` the number of the first layer.

    Of a `truncated` post an announced text may stand wholly behind the cut.
    """
    drafts = [
        part
        for draft in _drafts(document, title, body, truncated=truncated)
        for part in _unbroken(document.text, draft)
    ]
    layers = [_finish(document, draft, first + n) for n, draft in enumerate(drafts)]
    # Credits stand where they were said, mostly at the end of the note above; their places are known only now.
    starts = [layer.start or 0 for layer in layers]
    return tuple(
        replace(layer, credits=tuple(_place(*credit, layers, starts) for credit in draft.credits))
        for draft, layer in zip(drafts, layers, strict=True)
    )


def _unbroken(text: str, draft: _Draft) -> list[_Draft]:
    """A draft cut where lines of the page stand between its paragraphs, so that no layer holds what is not its own."""
    parts: list[_Draft] = []
    for line in draft.lines:
        if parts and not text[parts[-1].lines[-1].end : line.start].strip():
            parts[-1].lines.append(line)
        else:
            parts.append(replace(draft, lines=[line]))
    return parts


def _place(what: CreditKind, name: str, start: int, end: int, layers: Sequence[Layer], starts: Sequence[int]) -> Credit:
    layer = layers[max(bisect_right(starts, start) - 1, 0)]
    at = layer.start or 0
    if not at <= start < end <= at + len(layer.text):
        raise AssertionError(f"the credit {name!r} stands in no layer")
    return Credit(what, name, Evidence(layer.index, start - at, end - at))


def _finish(document: Document, draft: _Draft, index: int) -> Layer:
    start = draft.lines[0].start
    end = draft.lines[-1].end if draft.lines[-1].cut is None else draft.lines[-1].start + draft.lines[-1].cut
    end = max(end, start + 1)
    text = document.text[start:end]
    text = text.rstrip() or text
    spans = []
    for line in draft.lines:
        stop = min(line.end if line.cut is None else line.start + line.cut, start + len(text))
        words = document.text[line.start : stop].rstrip()
        if words:
            spans.append(Span(line.start - start, line.start - start + len(words)))
    return Layer(
        index, draft.kind, draft.voice, text, start, tuple(spans), draft.publisher, draft.place, draft.date, draft.lang,
        draft.translator,
    )  # fmt: skip


def _drafts(document: Document, title: str, body: Sequence[Line], *, truncated: bool) -> list[_Draft]:
    drafts, waiting = _read_layers(document, title, body, None)
    # A text was announced as following, and nothing marks where it begins: it begins under the announcement.
    return drafts if waiting is None or truncated else _read_layers(document, title, body, waiting + 1)[0]


def _read_layers(
    document: Document, title: str, body: Sequence[Line], forced: int | None
) -> tuple[list[_Draft], int | None]:
    """The layers, and the place of an announcement of a following text that was not found, if any.

    `forced` is the place of a paragraph at which an announced text begins although nothing there says so.
    """
    page = document.publisher or ""
    notices = [_notice(line) for line in body]
    whole = _whole_label(body, notices)
    out: list[_Draft] = []
    current = _Draft("editor", "editor", publisher=document.publisher)
    pending: _Pending | None = None
    reports = 0
    note_until = -1
    waiting: int | None = None
    if spoken := spoken_whole(document, title, body):
        current = _Draft("speech", spoken, publisher=document.publisher)
    if whole is not None:
        current = _open(_pend(document, body[whole], notices[whole], [], page), None, reports)  # type: ignore[arg-type]
        reports = 1
    for i, line in enumerate(body):
        if line.kind == "caption":
            out.append(_caption(line))
            if current.lines:
                current, previous = _again(current), current
                out.insert(-1, previous)
            continue
        said = notices[i]
        head = line.kind == "head"
        told = dateline(line.text) if not head else None
        if whole is not None and i == whole:
            current.lines.append(line)
            continue
        if said is not None and said.label and whole is None:
            if current.kind in ("report", "speech") and current.lines:
                # A credit under a report names the report above it.
                _credit(document, current, line, said, page)
                current.lines.append(line)
                continue
            label = _pend(document, line, said, current.lines, page)
            if pending is not None and pending.opens:
                # "We publish extracts." and below it, on a line of its own, by whom they were translated.
                pending.names = pending.names or label.names
                pending.translator = pending.translator or label.translator
                pending.lang, pending.date = pending.lang or label.lang, pending.date or label.date
                pending.credits += label.credits
            else:
                pending = label
                pending.opens = True
            current.lines.append(line)
            continue
        if said is not None and (said.opens or said.announces or (said.alone and i > 0)) and whole is None:
            own = _page_speaks(line.text) or said.only
            if current.kind == "editor" or (own and not said.alone):
                if current.kind != "editor":
                    if current.lines:
                        out.append(current)
                    current = _Draft("editor", "editor", publisher=document.publisher)
                fresh = _pend(document, line, said, current.lines, page)
                if pending is not None and not fresh.names and not fresh.author:
                    fresh.names, fresh.author = pending.names, pending.author
                    fresh.credits = (pending.credits + fresh.credits)[-_NOTE:]
                if pending is not None and not said.names:
                    fresh.lang = fresh.lang or pending.lang
                    fresh.translator = fresh.translator or pending.translator
                fresh.opens = fresh.opens or (said.alone and i > 0)
                if not fresh.author and (fresh.speech or not fresh.names):
                    fresh.author = speaker(title, fresh.note) or next(
                        (d.voice for d in reversed(out) if d.kind == "speech"), None
                    )
                pending, reports = fresh, 0
                waiting = i if said.announces and i + 1 < len(body) else None
                colon = line.text.rstrip().endswith(":")
                note_until = -1 if colon or pending.speech else _note_end(body, i, pending)
                if note_until > i:
                    pending.opens = False
                current.lines.append(line)
                continue
        opened: _Draft | None = None
        if whole is None and pending is not None and current.kind == "editor" and i > note_until:
            quoted = line.text[:1] in '“"«„' and pending.note[-1].rstrip().endswith(":") and not pending.speech
            if i == forced or (pending.opens and not quoted) or (note_until >= 0 and i == note_until + 1):
                opened = _open(pending, told, reports)
            elif quoted:
                # The page quotes from the text that it announced; the text itself comes further down.
                pending.opens = False
            elif _opens_announced(body, i, title, told) or _retold(current.lines, line):
                opened = _open(pending, told, reports)
        elif whole is None and pending is None:
            opened = _opens_alone(body, i, title, told, current, document)
        if opened is None and current.kind == "report" and whole is None:
            opened = _next_report(body, i, told, current, pending, reports)
        if opened is not None:
            if current.lines:
                out.append(current)
            current = opened
            reports += 1
            waiting = None
            if pending is not None:
                pending.opens = False
        if (
            told is not None
            and current.kind == "report"
            and ((not current.place and not current.date) or opened is not None)
        ):
            _take_dateline(current, told, line, page)
        elif head and opened is not None:
            follow = next((dateline(x.text) for x in body[i + 1 : i + 3] if x.kind == "text"), None)
            known = current.publisher is not None and follow is not None and short_for(follow.agency, current.publisher)
            if follow is not None and follow.agency and not known and not same(follow.agency, page):
                current.voice = follow.agency
                current.publisher = follow.agency
        current.lines.append(line)
    if current.lines:
        out.append(current)
    if (
        len(out) == 1
        and out[0].kind == "editor"
        and _LETTER.search(title)
        and salutes(out[0].lines[0])
        and signer(body)
    ):
        # A letter to the page, with nothing of the page's own beside it.
        out[0].kind, out[0].voice = "speech", "unknown"
    for draft in out:
        personal = draft.kind == "speech" or (draft.voice == "unknown" and salutes(draft.lines[0]))
        if personal and (signed := signer(draft.lines)):
            draft.kind, draft.voice = "speech", signed
    return out, waiting if forced is None else None


_LETTER = re.compile(
    r"(?i)\b(?:letter|message|greetings?|appeal|address|speech|statement|condolences|congratulations)\b"
)


def _notice(line: Line) -> Notice | None:
    return notice(line.text) if line.kind in ("text", "head") else None


def _whole_label(body: Sequence[Line], notices: Sequence[Notice | None]) -> int | None:
    """The place of a `Source: X` line that speaks for the whole post: first or last, and no other credit."""
    texts = [i for i, line in enumerate(body) if line.kind in ("text", "head")]
    if len(texts) < 2:
        return None
    for i in (texts[-1], texts[0]):
        said = notices[i]
        if said is not None and said.label and said.names:
            others = [n for k, n in enumerate(notices) if n is not None and k != i and (n.opens or n.announces)]
            a, b = said.names[0]
            publisher = body[i].text[a:b]
            inner = any(
                (told := dateline(body[k].text)) and told.agency and not short_for(told.agency, publisher)
                for k in texts[1:]
            )
            if not others and not inner:
                return i
    return None


@cache
def _photo_credit() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Where a caption names its photographer, and what stands before the name there."""
    words = sorted(lexicon.words("split", "captions.credit"), key=lambda w: (-len(w), w))
    credit = "|".join(re.escape(word) for word in words)
    by = r"(?:\s+(?:by|of|par|por|von|courtesy(?:\s+of)?)\b)?"
    place = re.compile(rf"[(\[]([^()\[\]]{{2,90}})[)\]]\s*\.?$|(?:©|\b(?:{credit}){by}\s*[:：])\s*(\S.{{1,80}})$", re.I)
    before = re.compile(rf"(?:(?:file|archive|handout)\s+)?(?:{credit})(?!\w){by}\s*[:：/|]?\s*", re.I)
    return place, before


def _caption(line: Line) -> _Draft:
    draft = _Draft("caption", "editor", [line])
    place, before = _photo_credit()
    base = max(len(line.text) - 200, 0)
    match = place.search(line.text, base)
    if match:
        group = 1 if match[1] else 2
        start = match.start(group)
        if lead := before.match(line.text, start, match.end(group)):
            start = lead.end()
        name = line.text[start : match.end(group)].rstrip(" .")
        start += len(name) - len(name.lstrip())
        name = name.strip()
        if name:
            draft.voice = re.split(r"[/|]", name)[0].strip() or "editor"
            draft.credits.append(("photo", name, line.start + start, line.start + start + len(name)))
    return draft


def _again(draft: _Draft) -> _Draft:
    """The same voice going on after a caption."""
    return _Draft(
        draft.kind,
        draft.voice,
        [],
        draft.publisher,
        draft.place,
        draft.date,
        draft.lang,
        draft.translator,
        draft.credits[:_NOTE],
    )


def _page_speaks(text: str) -> bool:
    return bool(re.search(r"\b(?:we|us|our|below|following)\b", text, re.I))


def _pend(document: Document, line: Line, said: Notice, before: Sequence[Line], page: str) -> _Pending:
    text = line.text[:_CREDIT]
    names = [" ".join(text[a:b].split()) for a, b in said.names]
    credits: list[tuple[CreditKind, str, int, int]] = [
        ("published", name, line.start + a, line.start + b) for name, (a, b) in zip(names, said.names, strict=True)
    ]
    if not names and not said.author and not said.speech and (match := _NAMED_OUTLET.search(text)):
        names = [match[1]]
        credits.append(("published", match[1], line.start + match.start(1), line.start + match.end(1)))
        said = replace(said, date=said.date or date_in(text))
    author = None
    if said.author:
        a, b = said.author
        author = " ".join(text[a:b].split())
        credits.append(("author", author, line.start + a, line.start + b))
    translator = None
    if said.translator:
        a, b = said.translator
        translator = " ".join(text[a:b].split())
        credits.append(("translated", translator, line.start + a, line.start + b))
    elif said.by_us:
        translator = page or "editor"
        if match := _BY_US.search(text):
            credits.append(("translated", translator, line.start + match.start(), line.start + match.end()))
    notes = [x.text[:_CREDIT] for x in before[-_NOTE:]] + [text]
    translated = " ".join(text[slice(*said.translated)].split()) if said.translated else None
    return _Pending(
        names, author, said.speech, said.date, said.lang, translator, credits, said.opens, notes, translated
    )


# The words that say that the page translated a text itself.
_BY_US = re.compile(
    r"\btranslat\w+\b[^.]*?\b(?:us|ourselves|our)\b|\bour\s+(?:own\s+)?translation\b"
    r"|\bwe\s+(?:have\s+)?translated\b|\btranslat\w+",
    re.I,
)
_NAMED_OUTLET = re.compile(
    r"\b(?:newspaper|paper|weekly|daily|magazine|journal|quarterly|review|website|portal|agency|broadcaster|radio"
    r"|station|channel|blog|organ)\s+"
    r"([A-ZÀ-Þ][\w.’'-]*(?:\s+(?:(?:de|del|la|le|of|the|du|da|do|di|and|&)\s+){0,2}[A-ZÀ-Þ][\w.’'-]*){0,4})"
)


def _credit(document: Document, draft: _Draft, line: Line, said: Notice, page: str) -> None:
    found = _pend(document, line, said, [], page)
    draft.credits += found.credits
    draft.translator = draft.translator or found.translator
    draft.lang = draft.lang or found.lang
    draft.date = draft.date or found.date
    if found.names and not draft.publisher:
        draft.publisher = found.names[0]
        if draft.voice in ("", "editor"):
            draft.voice = found.names[0]


# "The author concludes", "She also argues"
_TELLS = re.compile(
    r"(?:The\s+(?:article|author|report|piece|essay|text|chapter|interview|statement)|He|She|It)\s+"
    r"(?:also\s+|further\s+|then\s+)?"
    r"(?:argues|notes|says|explains|debunks|describes|concludes|adds|writes|examines|discusses|outlines|shows|observes"
    r"|points|recalls|reflects|warns|calls|highlights|stresses|traces|draws)\b"
)


def _note_end(body: Sequence[Line], at: int, pending: _Pending) -> int:
    """The last paragraph of a note that goes on after its credit, telling what the author says; else `at`."""
    last = at
    author = set(re.findall(r"[^\W\d_]{3,}", pending.author or "")) - {"The", "President", "Minister", "Ambassador"}
    for k in range(at + 1, min(at + 12, len(body))):
        text = body[k].text
        if body[k].kind == "head" or dateline(text) or (k > at + 1 and notice(text)):
            break
        refers = author and any(re.search(rf"\b{re.escape(word)}\b", text) for word in author)
        if (refers and k - last <= 2) or _TELLS.match(text):
            last = k
    if last > at and body[last].text.rstrip().endswith(":") and last + 1 < len(body) - 1:
        last += 1
    return last if last > at else -1


def _open(pending: _Pending, told: Dateline | None, number: int) -> _Draft:
    name = pending.names[min(number, len(pending.names) - 1)] if pending.names else None
    if pending.speech:
        voice = pending.author or name or "unknown"
        kind: LayerKind = "speech"
    else:
        voice = name or pending.author or "unknown"
        kind = "report"
    if told is not None and told.agency and kind == "report":
        voice = name if name and short_for(told.agency, name) else told.agency
    translator = pending.translator
    if pending.translated and not (same(pending.translated, voice) or (name and same(pending.translated, name))):
        translator = None
    return _Draft(kind, voice, [], name, None, pending.date, pending.lang, translator, list(pending.credits))


def _take_dateline(draft: _Draft, told: Dateline, line: Line, page: str) -> None:
    draft.place = draft.place or told.place
    draft.date = told.date or draft.date
    if told.agency:
        at = line.text.find(told.agency)
        draft.credits.append(("dateline", told.agency, line.start + at, line.start + at + len(told.agency)))
        if draft.publisher is None:
            draft.publisher = told.agency


def _opens_announced(body: Sequence[Line], at: int, title: str, told: Dateline | None) -> bool:
    line = body[at]
    if told is not None and (told.agency or (told.place and told.date)):
        return True
    if line.kind != "head":
        return False
    return any(x.kind == "text" for x in body[at + 1 : at + 3])


def _retold(note: Sequence[Line], line: Line) -> bool:
    """True if a paragraph tells again, in the same words, what the note above it told."""
    if line.kind != "text" or line.text[:1] in '“"‘«' or len(line.text) < 80:
        return False
    runs = _runs(line.text[:1500])
    if len(runs) < 6:
        return False
    above: set[tuple[str, ...]] = set()
    for other in note[-12:]:
        above |= _runs(other.text[:3000])
    return len(runs & above) >= _RETOLD * len(runs)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}


def _opens_alone(
    body: Sequence[Line], at: int, title: str, told: Dateline | None, current: _Draft, document: Document
) -> _Draft | None:
    """A report that no credit announces: an agency's dateline, or a headline over one, or the post's title again."""
    if current.kind != "editor":
        return None
    line = body[at]
    page = document.publisher or ""
    if told is not None and told.agency and not same(told.agency, page):
        return _Draft("report", told.agency, [], told.agency)
    if line.kind != "head":
        return None
    follow = next((dateline(x.text) for x in body[at + 1 : at + 3] if x.kind == "text"), None)
    if follow is not None and follow.agency and not same(follow.agency, page):
        return _Draft("report", follow.agency, [], follow.agency)
    repeats = title and fuzz.ratio(line.text.casefold(), title.casefold()) >= 92
    if repeats and current.lines and any(x.kind == "text" for x in body[at + 1 : at + 3]):
        return _Draft("report", follow.agency if follow and follow.agency else "unknown", [])
    return None


def _next_report(
    body: Sequence[Line], at: int, told: Dateline | None, current: _Draft, pending: _Pending | None, reports: int
) -> _Draft | None:
    """A further report right after another: a dateline of another agency, or a headline over one."""
    line = body[at]
    if (
        told is not None
        and told.agency
        and not same(told.agency, current.voice)
        and current.lines
        and not (len(current.lines) == 1 and current.lines[0].kind == "head")
    ):
        return (
            _open(pending, told, reports)
            if pending and reports < len(pending.names)
            else _Draft("report", told.agency, [], told.agency)
        )
    if line.kind == "head" and current.lines:
        follow = next((dateline(x.text) for x in body[at + 1 : at + 2] if x.kind == "text"), None)
        if follow is None or not follow.agency or len(current.lines) < 2:
            return None
        if not same(follow.agency, current.voice) or follow.date != current.date:
            return (
                _open(pending, follow, reports)
                if pending and reports < len(pending.names)
                else _Draft("report", follow.agency, [], follow.agency)
            )
    return None
