"""The words that say whose text a layer is: datelines and credit sentences.

A dateline (`CITY, Month D (AGENCY) —`) opens a report; a credit ("The following article was originally published by …",
"Source: …", "translated by …") names publisher, date, language and translator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from babel import Locale

from onrecord import lexicon
from onrecord.split._days import line_date, month_number

_DASH = "[-‐‑‒–—―]"
_UP = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĬĮİĶĹĽŁŃŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽƏȘȚА-ЯЁІЇЄ"
_PLACE_WORD = rf"[{_UP}][\w.'’ʻ-]*"
_SMALL = r"de|del|la|el|al|es|of|the|and|da|do|di|le|los|las|ash|as|ad|bin|on|upon"
_PLACE = rf"{_PLACE_WORD}(?:(?:\s+(?:{_SMALL}))*\s+{_PLACE_WORD}){{0,3}}"
_MONTH = r"[^\W\d_]{3,12}\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_FIGURES = r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2}"
_DATE = rf"(?:{_MONTH}\s+{_DAY}(?:,?\s+\d{{4}})?|{_DAY}\s+{_MONTH}(?:,?\s+\d{{4}})?|{_FIGURES})"
_AGENCY = (
    rf"(?:\(\s*(?P<agency1>[{_UP}0-9][^()\n]{{0,60}}?)\s*\)"
    rf"|/\s*(?P<agency2>[{_UP}][^/\n]{{1,40}}?)\s*/"
    rf"|\[\s*(?P<agency3>[{_UP}][^\[\]\n]{{1,40}}?)\s*\])"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)"
_REST = rf"""
    (?:[,.:;|/-]?\s*{_WEEKDAY}?(?P<date>{_DATE})\)?)?
    \s*[,.]?\s*(?:{_AGENCY})?
    \s*(?P<sep>--+|{_DASH}+|:|\.{{3}}|\.|…)?(?=[\s"“‘'{_UP}0-9]|$)\s*"""
_DATELINES = (
    re.compile(rf"""(?x)^[\s"“(]{{0,2}}(?P<place>){_REST}"""),
    re.compile(rf"""(?x)^[\s"“(]{{0,2}}(?P<place>{_PLACE}(?:,\s*(?!{_MONTH}\s+\d){_PLACE}){{0,2}})\s*{_REST}"""),
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline's parts and its length. `date` is an ISO 8601 day, or `--MM-DD` where it gives no year."""

    length: int
    place: str | None
    date: str | None
    agency: str | None


def dateline(text: str) -> Dateline | None:
    """The dateline at the start of a paragraph, or None: two of place, date and agency, or CAPITALS and a dash."""
    for pattern in _DATELINES:
        match = pattern.match(text[:200])
        if match and (found := _dateline(text, match)):
            return found
    return None


def _dateline(text: str, match: re.Match[str]) -> Dateline | None:
    place = match["place"] or None
    agency = match["agency1"] or match["agency2"] or match["agency3"]
    written = match["date"]
    date = partial_date(written) if written else None
    separator = match["sep"] or ""
    if written and date is None:
        return None
    if agency and re.fullmatch(r"[^A-Za-z]*\d[\d\s.,/-]*", agency):
        agency = None
    dash = bool(re.fullmatch(r"--+|[-‐‑‒–—―]+|\.{3}|…", separator))
    if len(text) <= match.end() + 20:
        return None
    if place and ((month_number(place.split()[0]) and not date) or len(place.split()) > 6):
        return None
    if date and agency and (separator or place or match["agency2"]):
        return Dateline(match.end(), place, date, agency)
    if place and date and (dash or separator == ":" or (separator == "." and match["agency2"])):
        return Dateline(match.end(), place, date, agency)
    if place and agency and (dash or separator in (":", ".")) and len(place.split()) <= 4:
        return Dateline(match.end(), place, date, agency)
    if date and dash and not place and text[match.end() : match.end() + 1].isupper():
        return Dateline(match.end(), None, date, agency)
    caps = place is not None and place.upper() == place and sum(c.isalpha() for c in place) >= 4
    if (
        caps
        and place
        and (dash or separator == ":")
        and len(place.split()) <= 4
        and not re.match(r"[a-z]", text[match.end() :])
    ):
        return Dateline(match.end(), place, date, agency)
    if agency and dash and not place and len(agency.split()) <= 5:
        return Dateline(match.end(), None, None, agency)
    return None


def partial_date(words: str) -> str | None:
    """`words` as an ISO 8601 day, or as `--MM-DD` if they give no year; None if they are no date."""
    words = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", words.strip())
    if full := line_date(words):
        return full
    match = re.fullmatch(r"([^\W\d_]+)\.?\s+(\d{1,2})|(\d{1,2})\s+([^\W\d_]+)\.?", words)
    if not match:
        return None
    month = month_number(match[1] or match[4])
    day = int(match[2] or match[3])
    return f"--{month:02d}-{day:02d}" if month and 1 <= day <= 31 else None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a paragraph of the page's own says about a text that it republishes.

    `opens`: the text follows at once. `announces`: it follows further down. `names` are (start, end) of the
    publishers' names, `translator` that of the translator (`us` for the page itself). `only`: nothing else is said.
    """

    start: int
    end: int
    opens: bool
    announces: bool
    speech: bool
    names: tuple[tuple[int, int], ...] = ()
    author: tuple[int, int] | None = None
    translator: tuple[int, int] | None = None
    by_us: bool = False
    translated: tuple[int, int] | None = None
    date: str | None = None
    lang: str | None = None
    only: bool = False
    label: bool = False
    alone: bool = False


@cache
def _any(key: str) -> str:
    return "|".join(re.escape(w) for w in sorted(lexicon.words("split", f"credits.{key}"), key=lambda w: (-len(w), w)))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """The patterns of credit sentences, by what they say. A sentence without a `hint` says nothing of the kind."""
    items, published, republish, speeches = (_any(key) for key in ("items", "published", "republish", "speeches"))
    languages, labels, translators = _any("languages"), _any("labels"), _any("translators")
    words = r"(?:[\w’'-]+\s+){0,4}?"
    glad = r"are\s+(?:pleased|happy|proud|glad|delighted|honoured|honored)\s+to|also|here|hereby|now|then"
    again = r"re(?:-?published|printed|produced|posted)"
    between = rf"online|today|yesterday|originally|first|in\s+(?:{languages})|on\s+{_DATE}|exclusively"
    from_language = r"(?:\s+the)?\s+(?:original\s+)?[A-Z]\w+"
    parts = {
        "hint": rf"\b(?:{published}|follow|below|hereunder|here\b|reads?\b|translat|re-?(?:publish|print|produc|post)"
        r"|we\b|in\s+full|(?:full|complete|unofficial|unedited|official)\s+t)",
        # "The following article was originally published on the website of …"
        "following": rf"\b(?:the|this|these)\s+(?:following|below|{words})\s*{words}(?:{items})\b"
        r"|\bthe\s+following\s+is\b|\b(?:what\s+follows|below)\s+is\b",
        "near": r"\b(?:following|below|follows?|hereunder)\b",
        "published": r"\b(?:(?:was|were|is|are|has\s+been|have\s+been|being)\s+|which\s+|and\s+)?"
        rf"(?:(?:originally|first|initially|previously|also|recently|earlier)\s+)*(?:{published})\b"
        rf"(?:\s+(?:{between}))*\s+(?:by|in|on|at|with)\s+",
        "original": r"\b(?:originally|first|initially)\b",
        "republish": rf"\bwe\s+(?:(?:{glad})\s+)*(?:re-?)?(?:{republish})(?:e?d|ing)?\b"
        r"|\bis\s+(?:re(?:published|printed|produced|posted))\s+(?:below|here|with)"
        rf"|\b{again}\s+(?:below|here|in\s+full|with\s+permission|from|courtesy)",
        "again_from": rf"\b{again}\s+(?:\w+\s+){{0,3}}?from\s+",
        "from": rf"\b(?:{items})\s+(?:\([^()]*\)\s+)?"
        r"(?:from|by|of|in|issued\s+by|released\s+by|carried\s+by|published\s+(?:by|in|on))\s+",
        # "The text of the message reads:", "Below is the statement.", "… is as follows:"
        "reads": rf"\b(?:{items}|text|full)\b[^.\n]{{0,120}}?\b"
        r"(?:reads?(?:\s+(?:as\s+follows|in\s+full|in\s+part))?|follows|(?:is|was)\s+as\s+follows"
        r"|says\s+in\s+full|stated?\s+in\s+full|goes\s+as\s+follows)\s*:?\s*$"
        r"|\b(?:below|here)\s+(?:is|are|you\s+(?:will|can)\s+find|we\s+(?:re)?publish|follows)\b"
        rf"[^.\n]*\b(?:{items})\b[^.\n]*[.:]?\s*$"
        r"|\b(?:full|complete|unofficial|unedited|official)\s+(?:text|transcript|translation)\s+"
        r"(?:of|is|follows)\b[^.\n]*[.:]?\s*$|\bas\s+follows\s*:?\s*$",
        "speech": rf"\b(?:{speeches})\b",
        "speech_again": r"\b(?:speech|message|letter|remarks|address|telegram|transcript)\b",
        "following_speech": rf"\bfollowing\s+(?:\w+\s+){{0,3}}(?:{speeches})\b",
        "translated": rf"\b(?:translated|translation)\b(?:\s+(?:in)?to\s+[A-Z]\w+|\s+from{from_language}"
        r"|\s+for\s+[A-Z][\w ]+?)*\s*(?:was\s+(?:made|done)\s+|is\s+)?by\s+",
        "translation": r"\btranslat(?:ed|ion)\b",
        "ours": r"\bour\s+(?:own\s+)?translation\b|\bwe\s+(?:have\s+)?translated\b",
        "us": rf"(?:{_any('us')})\b",
        "in_language": rf"\b(?:in|from(?:\s+the)?(?:\s+original)?)\s+({languages})\b"
        rf"|\b({languages})(?:-language|\s+(?:original|edition|version|service))\b",
        "label": rf"^\W{{0,3}}(?:{labels})\s*[:：]\s*(?=\S)",
        "open_label": rf"^\W{{0,3}}(?:{_any('openers')})\s+(?:in|by|on|at|from|with\s+permission\s+from)\s+(?:the\s+)?",
        "translator_label": rf"^\W{{0,3}}(?:{translators})\s*(?:[:：]\s*|\s)(?=\S)",
        # "The following article is a chapter by …" is a credit; "The following day the minister …" is not.
        "item_near": rf"\b(?:following|below)\s+(?:\w+\s+){{0,3}}(?:{items})\b"
        rf"|\b(?:{items})\s+below\b|^\W*below\s+is\b",
        "not_item": r"\bthe\s+following\s+(?:day|week|month|year|points|measures|statement\s+said)\b",
        "item": rf"\b(?:{items})\b",
        "several": r"\b(?:reports|articles|texts|statements|pieces|accounts|messages|interviews|essays|letters)\s+"
        r"(?:from|by|in|of)\b",
        "whose": rf"\W*The\s+((?-i:[{_UP}][\w.’'-]*(?:\s+[{_UP}][\w.’'-]*){{0,4}}))\s+(?:{items})\s+"
        r"(?:has|have|is|are|was|were)\b",
        "body_after": rf"\s+(?:{_any('bodies')})\b",
    }
    return {name: re.compile(pattern, re.I) for name, pattern in parts.items()}


# A name in a credit: capitals, with small joining words between them; ends before a comma, bracket, date or clause.
_NAME_JOINS = r"of|the|and|de|del|la|las|los|el|al|for|du|des|da|do|dos|di|et|y|e|und|für|der|on|&|-|–"
_NAME = re.compile(
    r"(?:(?:the|an?|its|our|el|la|le)\s+)?"
    rf"(?P<name>(?:[{_UP}0-9“\"‘‘][\w.&'’ʻ/+!-]*)"
    rf"(?:\s+(?:(?:{_NAME_JOINS})\s+){{0,3}}[{_UP}0-9][\w.&'’ʻ/+!-]*){{0,9}})"
)
_SITE = re.compile(
    r"(?:(?:the|its|his|her|their|our)\s+)?(?:[A-Z][\w-]+\s+)?"
    r"(?:official\s+|own\s+|[a-z][\w-]*\s+|[A-Z][a-z]+-language\s+){0,3}?"
    r"(?:web\s?sites?|web\s+pages?|web\s+portals?|pages?|sites?|portals?|blogs?|channels?|accounts?|organs?"
    r"|(?:news)?papers?|dail(?:y|ies)|journals?|magazines?|weekl(?:y|ies)|news\s+agenc(?:y|ies)|agency|agencies"
    r"|outlets?|broadcasters?|publications?)\s*,?\s+(?:of\s+|called\s+|named\s+)?(?:the\s+)?"
)
_ON_DATE = re.compile(
    rf"\b(?:on|of|dated)\s+(?:{_WEEKDAY})?({_DATE})|\(\s*({_DATE})\s*\)|,\s*({_DATE})\s*[.,)]|^\s*({_DATE})", re.I
)


_NATION = re.compile(
    r"(?:the\s+)?(?:[A-Z]\w+\s+)?(?:online\s+)?(?:news\s+)?"
    r"(?:website|magazine|newspaper|daily|journal|outlet|blog|agency|portal|weekly)\s+(?=[A-Z0-9“\"‘])"
)
_SMALL_BEFORE = re.compile(
    r"(?:the|its|their|our|an?)\s+(?:(?!(?:and|or|on|in|at|by|of|same|following)\b)[a-z’'-]+\s+){1,3}(?=[A-ZÀ-Þ“])"
)


def _name_at(text: str, at: int) -> tuple[int, int] | None:
    """The span of the outlet's or body's name that begins at `at`, past words such as "the website of the"."""
    window_end = min(len(text), at + 200)
    # "in Portuguese in Jornal do Cais": the language stands before the outlet.
    if (written := _IN_LANGUAGE.match(text, at, window_end)) and _is_language(written[1]):
        at = written.end()
    site = _SITE.match(text, at, window_end)
    candidates = [site.end(), at] if site else [at]
    for start in candidates:
        # "the Indian website Scroll": pass over a nationality before "website".
        if nation := _NATION.match(text, start, window_end):
            start = nation.end()
        match = _NAME.match(text, start, window_end)
        if match is None and start == at:
            # "the review Détroits", "the party's monthly organ Unity": small words before the name.
            small = _SMALL_BEFORE.match(text, start, window_end)
            match = _NAME.match(text, small.end(), window_end) if small else None
        if match is None and start == at and (lower := _small_bodies().match(text, start, window_end)):
            return lower.span("name")
        if match and match["name"].strip():
            begin, end = match.span("name")
            body = _patterns()["body_after"].match(text, end, window_end)
            if body:
                return begin, body.end()
            name = text[begin:end]
            # "… in Jornal do Cais. Translated by": a stop after a word in small letters ends the name.
            if stop := re.search(rf"(?<=[a-zà-ÿ]{{3}})[.!](?=\s+[{_UP}])", name):
                name = name[: stop.start()]
            trimmed = re.split(r"\s+(?=(?:and|on|for|in|et|y|de|the|of)$)", name)[0]
            # "Xinhua on January 3": a date is no part of the name.
            trimmed = re.split(rf"\s+on\s+(?={_WEEKDAY}|{_MONTH}\s+\d|\d)", trimmed)[0]
            trimmed = re.sub(r"(?:’s|'s)$", "", trimmed.rstrip(" .,;:!"))
            lead = len(trimmed) - len(trimmed.lstrip('“"‘'))
            trimmed = trimmed.strip('“”"‘')
            if (
                " and " in trimmed
                and not re.search(r"\b(?:of|for)\b.* and ", trimmed)
                and _is_outlet(trimmed.split(" and ")[0])
            ):
                trimmed = trimmed.split(" and ")[0]
            # "Xinhua Spanish", "the Spanish edition": the language is said elsewhere.
            words = trimmed.split()
            if len(words) > 1 and words[-1].casefold() in _language_words():
                trimmed = trimmed[: trimmed.rindex(words[-1])].rstrip()
            if (
                trimmed
                and not month_number(trimmed.split()[0])
                and trimmed.casefold() not in {"i", "we", "monday", "tuesday"}
            ):
                return begin + lead, begin + lead + len(trimmed)
    return None


_IN_LANGUAGE = re.compile(r"(?:the\s+)?(?:original\s+)?([^\W\d_a-z][\w-]+)\s+(?:by|in|on|at|for)\s+")
# How English forms the names of peoples and their languages; the lists know the common ones only.
_DEMONYM = re.compile(r"(?:[aeio]an|ian|ese|[^c]ish|[nmhrbzk]i|ic|tch)$")


@cache
def _small_bodies() -> re.Pattern[str]:
    """A body in small letters with words that tell which it is: "the presidential office", "the party’s website"."""
    bodies = rf"{_any('bodies')}|office|chancellery|administration|press\s+service|secretariat|household"
    return re.compile(rf"(?:the|its|his|her|their)\s+(?P<name>(?:[a-z][a-z’'-]+\s+){{0,2}}?(?:{bodies}))\b")


@cache
def _language_words() -> frozenset[str]:
    return frozenset(lexicon.words("split", "credits.languages"))


def _is_language(word: str) -> bool:
    folded = word.casefold()
    return folded in _language_words() or folded in _tags() or bool(_DEMONYM.search(folded))


@dataclass(frozen=True, slots=True)
class _Outlet:
    name: str
    kind: str
    country: str = ""
    aliases: tuple[str, ...] = ()


@cache
def _outlets() -> frozenset[str]:
    rows = lexicon.entries("outlets", "outlet", _Outlet)
    return frozenset(n.casefold() for row in rows for n in (row.name, *row.aliases))


def _is_outlet(name: str) -> bool:
    folded = name.casefold().strip()
    words = folded.split()
    if len(words) > 1 and words[-1] in _language_words():
        folded = " ".join(words[:-1])
    return folded in _outlets()


def notice(text: str) -> Notice | None:
    """What a paragraph says about a republished text, or None if it says nothing of the kind.

    Looks at its first and last thousand characters only: credits stand at the borders of a note.
    """
    if len(text) > 2400:
        text = text[:1600]
    patterns = _patterns()
    if label := _label(text, patterns):
        return label
    sentences = _sentences(text)
    found: list[Notice] = []
    flags: list[bool] = []
    for start, end in sentences:
        one = _sentence_notice(text, start, end, patterns)
        flags.append(one is not None)
        if one is not None:
            found.append(one)
    if not found:
        return None
    names = tuple(dict.fromkeys(n for f in found for n in f.names))
    only = all(flags) and len(text) < 700 and not any(_says_more(text[s:e]) for s, e in sentences)
    last = flags[-1] and found[-1]
    opens = bool((only and any(f.opens for f in found)) or (last and (last.opens and text.rstrip().endswith(":"))))
    opens = opens or bool(last and last.opens and last.announces and _closes(text[sentences[-1][0] : sentences[-1][1]]))
    # A note's last paragraph that is one sentence about a text published elsewhere: the text comes next.
    alone = len(sentences) == 1 and found[0].opens and bool(patterns["original"].search(text)) and bool(found[0].names)
    return Notice(
        found[0].start,
        found[-1].end,
        opens,
        any(f.announces for f in found),
        any(f.speech for f in found),
        names,
        next((f.author for f in found if f.author), None),
        next((f.translator for f in found if f.translator), None),
        any(f.by_us for f in found),
        next((f.translated for f in found if f.translated), None),
        next((f.date for f in found if f.date), None),
        next((f.lang for f in found if f.lang), None),
        only,
        alone=alone and not only,
    )


def _closes(sentence: str) -> bool:
    nears = re.search(
        r"\b(?:below|follow(?:s|ing)?|full|here)\b|^\W*we\s+(?:re)?(?:publish|print|produce|post)", sentence, re.I
    )
    return bool(nears) and len(sentence) < 260 and not _says_more(sentence)


_TELLS = (
    r"notes?|argues?|says?|explains?|shows?|reports?|describes?|provides?|discusses|outlines?|examines?|shares?|writes?"
)
_SAYS_MORE = re.compile(
    rf"\b(?:which|who|that|where|in\s+which)\s+(?:\w+ly\s+)?(?:{_TELLS})\b"
    r"|\b(?:argues?|shares|explains|writes|examines|discusses|outlines|describes|notes|recalls|reflects|looks\s+at)\b"
)


def _says_more(sentence: str) -> bool:
    """True if a credit sentence goes on to tell what the text says, so that the note has not ended."""
    return bool(_SAYS_MORE.search(sentence))


# A stop after one of these ends no sentence.
_SHORTENED = re.compile(
    r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Gen|Col|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|Prof|Sen|Rep|Gov|U\.[SK])\.$"
)


def _sentences(text: str) -> list[tuple[int, int]]:
    out, start = [], 0
    for match in re.finditer(r"[.!?][”\"’)\]]*\s+(?=[A-ZÀ-Þ“\"‘(\[])", text):
        if _SHORTENED.search(text[max(match.start() - 8, start) : match.start() + 1]):
            continue
        out.append((start, match.start() + len(match.group().rstrip())))
        start = match.end()
    if start < len(text):
        out.append((start, len(text)))
    return out


def _label(text: str, patterns: dict[str, re.Pattern[str]]) -> Notice | None:
    """`Source: X`, `First published in X, 3 March 2026`, `Translation: Y` on a short line of its own."""
    if len(text) > 240:
        return None
    body = text.strip("[]()* \t")
    offset = text.index(body[0]) if body else 0
    match = patterns["label"].match(body) or patterns["open_label"].match(body)
    if match:
        name = _name_at(body, match.end())
        if name is None:
            url = re.match(r"(?:https?://)?(?:www\.)?([\w.-]+\.[a-z]{2,})", body[match.end() :])
            if not url:
                return None
            name = match.end() + url.start(1), match.end() + url.end(1)
        rest = body[name[1] :]
        if len(rest) > 120 or re.search(r"[.!?]\s+[A-Z]\w+\s+\w+\s+\w+\s+\w+\s+\w+", rest):
            return None
        translator, by_us = _translator(body, patterns)
        return _shift(
            Notice(
                0,
                len(body),
                False,
                False,
                False,
                (name,),
                None,
                translator,
                by_us,
                None,
                date_in(rest),
                _language(body, patterns),
                True,
                True,
            ),
            offset,
        )
    match = patterns["translator_label"].match(body)
    if match and len(body) < 140:
        us = patterns["us"].match(body, match.end())
        name = None if us else _name_at(body, match.end())
        if us or name:
            return _shift(
                Notice(
                    0,
                    len(body),
                    False,
                    False,
                    False,
                    (),
                    None,
                    name,
                    bool(us),
                    None,
                    date_in(body),
                    _language(body, patterns),
                    True,
                    True,
                ),
                offset,
            )
    return None


def _shift(n: Notice, by: int) -> Notice:
    if not by:
        return n
    return replace(
        n,
        start=n.start + by,
        end=n.end + by,
        names=tuple((a + by, b + by) for a, b in n.names),
        author=n.author and (n.author[0] + by, n.author[1] + by),
        translator=n.translator and (n.translator[0] + by, n.translator[1] + by),
    )


# "issued the following statement: “We regret …”": what was announced has been said already.
_QUOTES = re.compile(r""":\s*["“«„]\S+\s+\S+\s+\S+""")


def _sentence_notice(text: str, start: int, end: int, patterns: dict[str, re.Pattern[str]]) -> Notice | None:
    sentence = text[start:end]
    if sentence[:1] in ('"', "“") or not patterns["hint"].search(sentence):
        return None
    if _QUOTES.search(sentence):
        return None
    published = patterns["published"].search(sentence)
    republish = patterns["republish"].search(sentence)
    reads = patterns["reads"].search(sentence)
    following = patterns["following"].search(sentence)
    near = patterns["near"].search(sentence)
    translated = patterns["translated"].search(sentence) or patterns["translation"].search(sentence)
    original = published and patterns["original"].search(published.group())
    if not (
        original
        or republish
        or reads
        or (following and near)
        or (translated and (following or near or len(sentence) < 160))
    ):
        return None
    if published and not original and not (near or republish) and not translated:
        return None
    bare = following and near and not (published or republish or reads or translated)
    if bare and (not patterns["item_near"].search(sentence) or patterns["not_item"].search(sentence)):
        return None
    if republish and not (near or published or reads or patterns["item"].search(sentence, republish.end())):
        return None
    names: list[tuple[int, int]] = []
    for match in (published, patterns["again_from"].search(sentence)):
        if match and (name := _name_at(sentence, match.end())):
            names.append(name)
            _more_names(sentence, name, names)
    if not names and (republish or following or reads):
        for match in patterns["from"].finditer(sentence):
            name = _name_at(sentence, match.end())
            if name:
                names.append(name)
                _more_names(sentence, name, names)
                break
    if patterns["several"].search(sentence):
        names = [part for name in names for part in _joined(sentence, name)]
    author = _author(sentence, 0)
    if author and not published:
        # "a chapter by the Review's editor Ana Ruiz": the body describes the author, it is not the publisher.
        names = [n for n in names if not (n[1] <= author[0] <= n[1] + 40)]
    translator, by_us = _translator(sentence, patterns)
    lang = _language(sentence, patterns)
    if not (names or author or translator or by_us or reads or republish or following):
        return None
    speech = bool(
        (reads and patterns["speech"].search(sentence))
        or (republish and patterns["speech_again"].search(sentence))
        # "wrote the following letter to Ana Ruiz:" brings the letter itself.
        or (following and sentence.rstrip().endswith(":") and patterns["following_speech"].search(sentence))
    )
    about_following = bool(near or republish or reads or original)
    return Notice(
        start,
        end,
        opens=about_following,
        announces=bool(near or republish or reads or following),
        speech=speech,
        names=tuple((a + start, b + start) for a, b in names),
        author=(author[0] + start, author[1] + start) if author else None,
        translator=(translator[0] + start, translator[1] + start) if translator else None,
        by_us=by_us,
        translated=_which_translated(sentence, start),
        date=date_in(sentence),
        lang=lang,
    )


def _joined(sentence: str, name: tuple[int, int]) -> list[tuple[int, int]]:
    """The parts of "A and B" where several texts are announced."""
    words = sentence[name[0] : name[1]]
    match = re.search(r"\s+and\s+(?:the\s+)?(?=[A-Z])", words)
    return [name] if match is None else [(name[0], name[0] + match.start()), (name[0] + match.end(), name[1])]


def _more_names(sentence: str, first: tuple[int, int], names: list[tuple[int, int]]) -> None:
    """Further names joined by "and" or a comma: "reports from A, B and the C"."""
    at = first[1]
    while match := re.match(
        r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?:the\s+|from\s+(?:the\s+)?|in\s+)?(?=[A-Z0-9“])", sentence[at:]
    ):
        following = _name_at(sentence, at + match.end())
        if following is None or re.match(r"(?:The|We|It|On|In|This)\b", sentence[following[0] :]):
            return
        # A clause begins here ("…, Ana Ruiz shares", "…, Dr. Ruiz, an analyst, writes"), not another outlet.
        if re.match(r"\s+(?:was|were|has|have|is|are|\w+ed|\w+s)\b|,\s+(?:an?|the|who)\b", sentence[following[1] :]):
            return
        names.append(following)
        at = following[1]


def _translator(sentence: str, patterns: dict[str, re.Pattern[str]]) -> tuple[tuple[int, int] | None, bool]:
    match = patterns["translated"].search(sentence) or patterns["translator_label"].match(sentence)
    label = re.search(r"\(\s*translation\s*[:：]\s*", sentence, re.I)
    if not match and label:
        match = label
    if not match:
        return None, bool(patterns["ours"].search(sentence))
    if patterns["us"].match(sentence, match.end()):
        return None, True
    return _name_at(sentence, match.end()), False


_WRITTEN_BY = re.compile(
    r"\b(?:chapter|article|essay|piece|speech|message|letter|remarks|text|statement|address|commentary|contribution"
    r"|paper|op-ed|column|telegram)\s+(?:\w+\s+){0,2}?(?:by|from|of|delivered\s+by|written\s+by|sent\s+by)\s+",
    re.I,
)
# A description in small letters and a title before a name: "our co-founder Ana Ruiz", "President Ruiz".
_NOT_DESCRIBING = r"on|about|to|at|for|against|in|that|which|as|with|concerning|regarding|marking"
_AUTHOR = re.compile(
    rf"(?:(?!(?:{_NOT_DESCRIBING})\s)[a-z][\w-]*\s+"
    rf"|(?:[{_UP}][\w-]*\s+(?:(?:of|the|for|and)\s+)*){{1,6}}"
    r"(?:co-founder|founder|editor|member|president|chair|secretary|minister|ambassador)\s+)*"
    rf"(?P<name>[{_UP}][\w.'’-]+(?:\s+(?:(?:bin|al|de|da|van|von|del|la|ibn|el)\s+)?[{_UP}][\w.'’-]+){{1,4}})"
)


def _author(sentence: str, start: int) -> tuple[int, int] | None:
    match = _WRITTEN_BY.search(sentence)
    if not match:
        return None
    rest = sentence[match.end() :]
    person = _AUTHOR.match(rest)
    if not person:
        return None
    end = person.end("name") - (2 if person["name"].endswith(("’s", "'s")) else 0)
    whole = _name_at(sentence, match.end() + person.start("name"))
    if whole and whole[0] == match.end() + person.start("name") and whole[1] > match.end() + end:
        return start + whole[0], start + whole[1]
    return start + match.end() + person.start("name"), start + match.end() + end


def date_in(sentence: str) -> str | None:
    """The day that a credit gives ("on 3 March 2026"): ISO 8601, `--MM-DD` without a year, a month, a year, or None."""
    for match in _ON_DATE.finditer(sentence):
        written = next(g for g in match.groups() if g)
        if date := partial_date(written):
            return date
    year = _IN_YEAR.search(sentence)
    if year is None:
        return None
    month = month_number(year[1]) if year[1] else None
    return f"{year[2]}-{month:02d}" if month else year[2]


# "published in Portuguese by Edições do Cais in 2022", "first appeared in the Review in March 2022"
_IN_YEAR = re.compile(
    r"\b(?:published|appeared|printed|issued|broadcast|posted|released|aired)\b[^.;]{0,120}?\bin\s+(?:the\s+)?"
    r"(?:([^\W\d_]{3,12})(?:,?\s+of)?\s+)?((?:19|20)\d\d)\b"
)


def _which_translated(sentence: str, start: int) -> tuple[int, int] | None:
    """The outlet in "The Xinhua report has been translated by us": the translation is of its text only."""
    match = _patterns()["whose"].match(sentence) if "translat" in sentence else None
    return (start + match.start(1), start + match.end(1)) if match else None


@cache
def _tags() -> dict[str, str]:
    return {name.casefold(): tag for tag, name in Locale("en").languages.items() if "_" not in tag}


def _language(sentence: str, patterns: dict[str, re.Pattern[str]]) -> str | None:
    for match in patterns["in_language"].finditer(sentence):
        name = (match[1] or match[2]).casefold()
        # "translated into English" names the language it is in now, not the one it was written in.
        if re.search(r"\b(?:in)?to\s+$", sentence[: match.start()]):
            continue
        name = {"farsi": "persian", "tagalog": "filipino"}.get(name, name)
        if tag := _tags().get(name):
            return tag
    return None
