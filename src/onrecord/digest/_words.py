"""How dates, types, layers and countries are worded for readers. The wording is neutral: it says who told what."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from onrecord.gazetteer import by_alpha3
from onrecord.model import Event, Layer, Post

# In the order of the lanes of the timeline: from talk and help to conflict, as PLOVER's quad classes run.
TYPES = {
    "CONSULT": "Consultation",
    "SUPPORT": "Support",
    "AGREE": "Agreement",
    "COOPERATE": "Cooperation",
    "AID": "Aid",
    "OFFICE": "Office",
    "CONCEDE": "Concession",
    "RETREAT": "Retreat",
    "REQUEST": "Request",
    "ACCUSE": "Accusation",
    "REJECT": "Rejection",
    "THREATEN": "Threat",
    "PROTEST": "Protest",
    "SANCTION": "Sanction",
    "MOBILIZE": "Mobilisation",
    "COERCE": "Coercion",
    "ASSAULT": "Assault",
}
_MODES = {
    "meeting": "Meeting",
    "call": "Call",
    "visit": "Visit",
    "gathering": "Gathering",
    "mediation": "Mediation",
    "message": "Message",
    "endorsement": "Endorsement",
    "agreement": "Agreement",
    "project": "Joint project",
    "security": "Joint security work",
    "exchange": "Exchange",
    "pledge": "Aid pledged",
    "delivery": "Aid delivered",
    "election": "Election",
    "appointment": "Appointment",
    "departure": "Departure from office",
    "credentials": "Credentials",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAY = re.compile(r"(\d{4}|-)-(\d\d)-(\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_YEAR = re.compile(r"\d{4}")
# Marks that change the direction of the text after them; they have no place where <bdi> cannot fence them in.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_END = re.compile(r"[.!?…؟۔।]+[\"'”’»)\]]*(?=\s)|[。！？]+[”’」』）]*")
_SHORT = re.compile(r"(?:^|[\s(.])(?:[A-Za-z]|[A-Z][a-z]{1,2})\.$")
_REACH = 500


def kind_of_date(value: str | None) -> str:
    """`day`, `month` or `year` for an ISO prefix that names a real one, else empty (also for a day without a year)."""
    if not value:
        return ""
    if (m := _DAY.fullmatch(value)) and m[1] != "-":
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            return ""
        return "day"
    if (m := _MONTH.fullmatch(value)) and 1 <= int(m[2]) <= 12 and m[1] != "0000":
        return "month"
    return "year" if _YEAR.fullmatch(value) and value != "0000" else ""


def date_words(value: str | None) -> str:
    """`2026-02-13` as "13 February 2026", `2026-02` as "February 2026", `--07-24` as "24 July"; others as they are."""
    if not value:
        return ""
    if kind := kind_of_date(value):
        parts = value.split("-")
        month = f"{_MONTHS[int(parts[1]) - 1]} " if kind != "year" else ""
        return f"{int(parts[2])} {month}{parts[0]}" if kind == "day" else f"{month}{parts[0]}"
    if (m := _DAY.fullmatch(value)) and m[1] == "-" and 1 <= int(m[2]) <= 12:
        return f"{int(m[3])} {_MONTHS[int(m[2]) - 1]}"
    return value


@lru_cache(maxsize=4096)
def time(value: str | None) -> Markup:
    """The date in words as a <time> element; empty for no date."""
    if not value:
        return Markup("")
    if kind_of_date(value):
        return Markup('<time datetime="{}">{}</time>').format(value, date_words(value))
    return Markup("<bdi>{}</bdi>").format(date_words(value))


def flat(text: str) -> str:
    """`text` for a place where no element can fence it in (a page's title, a tooltip): one line, no turning marks."""
    return " ".join(_TURNING.sub("", text).split())


def country(code: str | None) -> str:
    """The name of the country with this ISO 3166 alpha-3 code, or the code."""
    if not code:
        return ""
    known = by_alpha3().get(code)
    return known.name if known else code


def type_word(kind: str) -> str:
    return TYPES.get(kind, kind.capitalize())


def mode_word(mode: str | None) -> str:
    return _MODES.get(mode, mode.capitalize()) if mode else ""


def type_class(kind: str) -> str:
    return f"t-{kind.lower()}" if kind in TYPES else "t-other"


def what(event: Event) -> str:
    """What kind of act it was, in a word or two."""
    return mode_word(event.mode) or type_word(event.type)


def _names(event: Event) -> list[tuple[str, bool]]:
    """Who took part, in parts, and of each part whether it is a name."""
    names = [p.name for p in event.participants]
    giving = [n for n, p in enumerate(event.participants) if p.role in ("sender", "giver")]
    if len(names) == 2 and len(giving) == 1:
        return [(names[giving[0]], True), (" to ", False), (names[1 - giving[0]], True)]
    parts: list[tuple[str, bool]] = []
    shown = names if len(names) <= 3 else names[:2]
    for number, name in enumerate(shown):
        if number:
            parts.append((" and " if number == len(names) - 1 else ", ", False))
        parts.append((excerpt(name, 120), True))
    return parts if len(shown) == len(names) else [*parts, (f" and {len(names) - 2} others", False)]


def _title(event: Event) -> list[tuple[str, bool]]:
    return [(f"{what(event)}: ", False), *(_names(event) or _unnamed(event))]


def _unnamed(event: Event) -> list[tuple[str, bool]]:
    """What stands for an event in which nobody is named: its place, or the words that tell it."""
    if event.place:
        return [(event.place, True)]
    words = next((telling.words for telling in event.tellings if telling.words), "")
    return [(f"“{excerpt(words, 80)}”" if words else "nobody named", True)]


def event_title(event: Event) -> str:
    """A plain title: the act and who took part."""
    return flat("".join(text for text, _ in _title(event)))


def event_title_html(event: Event) -> Markup:
    """The same with every name in a <bdi>."""
    return _fenced(_title(event))


def event_names_html(event: Event) -> Markup:
    """Who took part, for where the act is told beside it; if nobody is named, the place or the words."""
    return _fenced(_names(event) or _unnamed(event))


def _fenced(parts: list[tuple[str, bool]]) -> Markup:
    return Markup("").join(Markup("<bdi>{}</bdi>").format(text) if name else escape(text) for text, name in parts)


def safe_link(url: str | None) -> str | None:
    """`url` if it is a plain http or https address, else None."""
    if not url or len(url) > 4000 or any(c <= " " or c == "\x7f" for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def layer_label(layer: Layer, post: Post, posts: int) -> str:
    """What a layer is, in words. A page's own text is an editor's note only where it stands among others."""
    if layer.kind == "editor":
        lone = posts == 1 and not any(one.kind in ("report", "speech") for one in post.layers)
        return "Text of the page" if lone else "Editor’s note"
    return {"report": "Report", "speech": "Speech", "caption": "Caption", "headline": "Headline"}[layer.kind]


def sentence(text: str, start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """The sentence around `text[start:end]`, within `text[low:high]`: its start and end. Looks no further than
    500 characters to either side, so that a page in one line costs no more than any other."""
    left = max(low, start - _REACH)
    begin = left
    for m in _END.finditer(text, left, start):
        if _closes(text, m):
            begin = m.end()
    if begin == left > low:
        space = text.find(" ", left, start)
        begin = space + 1 if space >= 0 else left
    right = min(high, end + _REACH)
    stop = right
    for m in _END.finditer(text, max(end - 1, start), right):
        if m.end() >= end and _closes(text, m):
            stop = m.end()
            break
    else:
        if right < high:
            space = text.rfind(" ", end, right)
            stop = space if space >= 0 else right
    while begin < start and text[begin].isspace():
        begin += 1
    while stop > end and text[stop - 1].isspace():
        stop -= 1
    return begin, stop


def _closes(text: str, m: re.Match[str]) -> bool:
    after = text[m.end() : m.end() + 2].strip()[:1]
    if after and (after.islower() or after.isdigit()):
        return False
    return not _SHORT.search(text, max(0, m.start() - 4), m.start() + 1)


def excerpt(text: str, most: int) -> str:
    """The beginning of `text`: at most `most` characters, cut after a sentence or between words, with "…" if cut."""
    text = " ".join(text[: most * 2].split())
    if len(text) <= most:
        return text
    cut = 0
    for m in _END.finditer(text, 0, most):
        if _closes(text, m):
            cut = m.end()
    if cut < most * 0.6:
        cut = text.rfind(" ", 0, most)
    return text[: cut if cut > 0 else most].rstrip(" ,;:—–-") + " …"
