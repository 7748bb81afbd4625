"""Who speaks in a message or speech reproduced whole, and which names mean one voice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from onrecord import lexicon
from onrecord.model import Document
from onrecord.split._days import line_date, month_number
from onrecord.split._lines import Line


def _any(key: str) -> str:
    words = sorted(lexicon.words("split", f"voices.{key}"), key=lambda w: (-len(w), w))
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)


_TITLES = _any("titles")
_PARTICLES = r"bin|binti|al|el|de|da|dos|van|von|del|la|ibn|ul"
_WORD = r"(?:(?:[A-ZÀ-Þ]\.)+|[A-ZÀ-Þ‘][\w’'‘-]+)"
_PERSON = rf"{_WORD}(?:\s+(?:(?:{_PARTICLES})\s+)?{_WORD}){{1,4}}"
_TITLED = re.compile(rf"\b(?:{_TITLES}|(?:Mr|Ms|Mrs|Dr|Prof|Hon)\.?)\s+({_PERSON}|[A-ZÀ-Þ][\w’'-]{{3,}})")
# Small letters alone: "the chairwoman of the party, Ana Ruiz".
_APPOSED = re.compile(rf"\b(?:{_TITLES.lower()}|head|founder|editor|spokes(?:man|woman|person)),?\s+({_PERSON})")
_BODY = re.compile(rf"\b(?:{_any('bodies')})\b")
_WHOSE = re.compile(rf"\b(?:{_any('messages')})\s+(?:of|by|from)\s+(?:the\s+)?", re.I)
_NAMED = re.compile(r"[A-ZÀ-Þ][\w.'’-]+(?:\s+(?:(?:of|for|the|and|de|da|al|bin)\s+){0,2}[A-ZÀ-Þ][\w.'’-]+)*")
# "The General Secretary of the Union, Ana Ruiz, has greeted …": the person who sent what a body's message says.
_SENDER = re.compile(
    rf"({_PERSON})(?:\s*\([^()]*\))?,?\s+(?:(?:has|have|had|also|today|yesterday|on\s+\w+)\s+){{0,3}}"
    r"(?:greeted|congratulated|sent|written|wrote|addressed|thanked|conveyed|expressed|extended|offered|appealed"
    r"|signed)\b"
)


def speaker(title: str, note: Sequence[str]) -> str | None:
    """Whose message a note announces: named in the post's title, or the last person, or body, that the note names."""
    if match := _WHOSE.search(title):
        named = _NAMED.match(title, match.end())
        if (
            named
            and (len(named.group().split()) > 1)
            and (_BODY.search(named.group()) or not _TITLED.search(named.group()))
        ):
            sender = _SENDER.search(" ".join(note)) if _BODY.search(named.group()) else None
            return sender[1] if sender and not _BODY.search(sender[1]) else named.group()
    text = " . ".join([title, *note])
    found = [m for pattern in (_TITLED, _APPOSED) for m in pattern.finditer(text)]
    found = [m for m in found if not _OFFICE.match(m[1]) and not _BODY.search(m[1])]
    if not found:
        persons = [m for m in re.finditer(_PERSON, text[len(title) :]) if not _BODY.search(m.group())]
        return persons[-1].group().rstrip(".’'") if persons else None
    last = max(found, key=lambda m: m.start())[1].split()[-1]
    same = [m[1] for m in found if m[1].split()[-1] == last] + [
        m.group() for m in re.finditer(_PERSON, text) if m.group().split()[-1] == last and not _TITLED.match(m.group())
    ]
    return max(same, key=lambda name: (len(name.split()), name))


_ADDRESSED = (
    r"ladies\s+and\s+gentlemen|dear\s+\w+|honou?rable|(?:your|his|her)?\s*excellenc(?:y|ies)|comrades|distinguished"
    r"|colleagues|compatriots|countrymen|fellow\s+citizens|friends|brothers\s+and\s+sisters|esteemed|madam"
    r"|your\s+(?:majest(?:y|ies)|highness(?:es)?|eminence|holiness)|mr\.?\s+(?:president|chair\w*|speaker)"
)
_SALUTATION = re.compile(rf"(?i)^[^.!?]{{0,200}}\b(?:{_ADDRESSED})\b[^.?]{{0,160}}[,:!]$")


def spoken_whole(document: Document, title: str, body: Sequence[Line]) -> str | None:
    """Who speaks, if the post's title names a speech and its text begins with a salutation."""
    first = next((line for line in body if line.kind in ("text", "head")), None)
    if first is None or not _SALUTATION.match(first.text[:400]) or not _SPEECH_TITLE.search(title):
        return None
    if title.upper() == title:
        # A title in capitals: the name as the page writes it elsewhere.
        for name in _names(document.text):
            if name.upper() in title:
                return name
        return None
    found = [
        m for m in re.finditer(_PERSON, title) if not _BODY.search(m.group()) and not _SPEECH_TITLE.search(m.group())
    ]
    titled = _TITLED.search(title)
    return (titled[1] if titled else found[0].group()) if titled or found else None


@lru_cache(maxsize=4)
def _names(text: str) -> tuple[str, ...]:
    """The names of persons in the first part of a page, whole and without their first words, in order."""
    found: dict[str, None] = {}
    for match in re.finditer(_PERSON, text[:400_000]):
        words = match.group().split()
        for k in range(len(words) - 1):
            name = " ".join(words[k:])
            if not _BODY.search(name) and not _ROLE.search(name):
                found[name] = None
        if len(found) > 3000:
            break
    return tuple(found)


_OFFICE = re.compile(rf"(?:of|{_TITLES})\b")
_ROLE = re.compile(rf"^(?:The|His|Her|Our|Their)\b|\b(?:{_TITLES})\b")
_SPEECH_TITLE = re.compile(rf"(?i)\b(?:{_any('speeches')})\b")


def same(a: str, b: str) -> bool:
    """True if the words of one name all stand in the other, "the", "news" and "agency" apart."""
    x, y = (set(re.findall(r"\w+", s.casefold())) - {"the", "news", "agency"} for s in (a, b))
    return bool(x and y) and (x <= y or y <= x)


def short_for(short: str | None, name: str) -> bool:
    """True if `short` is a part of `name`, its initials, or an abbreviation made of letters of its words in order."""
    if short is None:
        return False
    if same(short, name):
        return True
    letters = [c.casefold() for c in short if c.isalnum()]
    words = [w.casefold() for w in re.findall(r"[^\W_]+", name)]
    if not 2 <= len(letters) <= 8 or len(words) < 2 or short.upper() != short:
        return False
    # Each letter begins a further word or stands in the word of the letter before; "KCTV", "BERNAMA".
    at, inside, heads = 0, 0, 0
    for letter in letters:
        head = next((k for k in range(at, len(words)) if words[k][0] == letter), None)
        if head is not None:
            at, inside, heads = head + 1, 1, heads + 1
        elif at and (place := words[at - 1].find(letter, inside)) >= 0:
            inside = place + 1
        else:
            return False
    return heads >= 2 and 2 * heads >= len(letters)


# "Ana Ruiz", "(signed) Dr. Ana Ruiz", "ANA RUIZ, President of the Republic" on a line of its own.
_CLOSED = r"signed|sgd\.?|yours\s+\w+|sincerely|respectfully|fraternally|in\s+solidarity|with\s+\w+\s+greetings"
_SIGNED = re.compile(
    rf"^[\s(\[—–-]*(?:(?:{_CLOSED})\s*[)\],:]*\s*)?"
    rf"(?:(?:H\.?\s?E\.?|(?:Dr|Mr|Mrs|Ms|Prof|Hon)\.?|Sir|{_TITLES})\s+)*"
    rf"(?P<name>{_PERSON})\s*(?:,\s*[^.!?]{{3,120}})?[\s)\]]*$"
)
_CLOSING = re.compile(
    r"(?i)^(?:\(?signed\)?|yours\s.{0,40}|sincerely.{0,20}|respectfully.{0,20}|fraternally.{0,20}|in\s+solidarity"
    r"|with\s+.{0,60}\b(?:greetings|regards|respect|esteem|consideration|wishes)),?$"
)


def signer(lines: Sequence[Line]) -> str | None:
    """The one person whose name stands under a message, with an office beside or below it; None if there is none."""
    last = [line.text for line in lines[-5:]]
    found: list[tuple[str, bool]] = []
    for place, text in enumerate(last):
        if len(text) > 160 or (place == 0 and len(lines) <= 5):
            continue
        match = _SIGNED.match(text)
        if (
            match is None
            or _BODY.search(match["name"])
            or _ROLE.search(match["name"])
            or month_number(match["name"].split()[0])
        ):
            continue
        tail = text[match.end("name") :].strip(" ,()[]")
        if tail and line_date(tail):
            continue
        beside = bool(tail)
        below = place + 1 < len(last) and len(last[place + 1]) < 160 and not last[place + 1].rstrip().endswith(".")
        closed = bool(place and _CLOSING.match(last[place - 1]))
        if beside or below or closed or place == len(last) - 1:
            found.append((match["name"], beside or below or closed))
    if len(found) > 1:
        # "Porto Amparo" alone at the very end, under a name with its office, is where it was signed.
        found = [row for row in found if row[1]]
    return _plain_case(found[0][0]) if len(found) == 1 else None


def salutes(line: Line) -> bool:
    """True if a paragraph addresses those to whom a speech or letter is directed: "Dear friends,"."""
    return bool(_SALUTATION.match(line.text[:400]))


def _plain_case(name: str) -> str:
    """A name in capitals as it is written elsewhere: "ANA RUIZ" as "Ana Ruiz"."""
    return " ".join(w.capitalize() if len(w) > 2 else w for w in name.split()) if name.upper() == name else name
