"""A layer as words with what is known of each: shape, part of speech, the model's entity, and what a lexicon says.

Invariant: `text[word.start:word.end]` is the word, in the layer's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from spacy.attrs import DEP, ENT_TYPE, IDX, POS, SENT_START
from spacy.tokens import Doc

from onrecord import gazetteer, lexicon
from onrecord.gazetteer import fold
from onrecord.model import Layer

_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f])"
_WORD = r"(?:[^\W_]|[\u0300-\u036f])"
# "Ya. X", "Kh. X", but not where "Yu." ends a sentence.
_DIGRAPH = "|".join(lexicon.words("en/names", "initial.letters"))
_OPENING = "|".join(word.capitalize() for word in lexicon.words("en/entities", "bodies.leading"))
_TOKEN = re.compile(
    rf"""(?P<digraph>\b(?:{_DIGRAPH})\.(?=\s?[^\W\d_a-z])(?!\s*(?:{_OPENING})\b(?!\.)))
    |(?P<abbr>(?:[A-Z]\.){{2,}})
    |(?P<initial>[A-Z]\.(?=\s?[^\W\d_]))
    |(?P<short>(?:Mr|Mrs|Ms|Dr|St|Ste|ST|STE|Jr|Sr|Jnr|Gen|Lt|Col|Maj|Capt|Sgt|Cmdr|Adm|Brig|Sen|Rep|Reps|Sens|Gov|Prof|Hon|Rev
        |Eng|Amb|Msgr|Fr|Atty|Pres|Supt|Insp|Cpl|Cllr|Mt|Ft|No|Drs|Messrs|Mme|Mlle|Comr|Cde|Sh|Arch|Adv|Dept|Univ)\.)
    |(?P<number>\d+(?:[.,]\d+)*(?:st|nd|rd|th)?)
    |(?P<word>{_WORD}+(?:(?:[’'ʼʻ`´]|&(?=[A-Z])|[-‐‑]){_WORD}+)*)
    |(?P<possessive>[’'´`](?=[\s,.;:)]))
    |(?P<break>\s*\n\s*)
    |(?P<mark>[^\s\w])""",
    re.X,
)
_POSSESSIVE = re.compile(r"[’'ʼ´`][sS]$")
_PAIR = re.compile(r"[^\W\d_a-z][^\W\d_]{2,}-[^\W\d_a-z][^\W\d_]{2,}")
_TOGETHER = re.compile(
    r"(?:[’']s?)?\s+(?:[Aa]dministration|[Gg]overnment|[Tt]icket|[Mm]eeting|[Ss]ummit|[Tt]alks|[Cc]all|[Rr]egime)\b"
)
_OPENERS = frozenset("\"“”„«‘'’([—–-•*")
_CLOSERS = frozenset(".!?…")


class Word:
    """One word or mark. `low` is folded; `cap` if its first letter is great; `caps` if all of two or more are."""

    __slots__ = (
        "brk",
        "cap",
        "caps",
        "dep",
        "end",
        "ent",
        "first",
        "is_word",
        "low",
        "pos",
        "sentence",
        "start",
        "text",
    )

    def __init__(self, text: str, start: int, end: int, is_word: bool, brk: bool) -> None:
        self.text, self.start, self.end, self.is_word, self.brk = text, start, end, is_word, brk
        self.low = text.lower() if text.isascii() else fold(text)
        self.cap = self.caps = self.first = False
        self.pos = self.ent = self.dep = ""
        self.sentence = 0
        if is_word:
            self.cap = text[0].isupper() or _late_capital(text)
            self.caps = self.cap and sum(map(str.isalpha, text)) > 1 and text.upper() == text

    def __repr__(self) -> str:
        return self.text


def is_initial(word: Word) -> bool:
    """Whether the word is a given name cut to its first letter or to two letters that stand for one sound."""
    text = word.text
    return text.endswith(".") and (len(text) == 2 or text[:-1] in _digraphs())


@cache
def _digraphs() -> frozenset[str]:
    return frozenset(lexicon.words("en/names", "initial.letters"))


def _late_capital(text: str) -> bool:
    """Whether it is a name that begins with a small particle: al-Sisi, d'Ivoire, bin-Laden, eSwatini."""
    for sign in ("-", "’", "'", "‑", "ʻ", "ʼ"):
        if sign in text[:5]:
            after = text.partition(sign)[2]
            return (
                bool(after)
                and after[0].isupper()
                and text.partition(sign)[0] in word_set("en/entities", "text.small_starts")
            )
    return False


def read(layer: Layer, doc: Doc) -> list[Word]:
    """The words of `layer`, with part of speech and entity type from `doc`."""
    out: list[Word] = []
    text = layer.text
    borders = {paragraph.start for paragraph in layer.paragraphs}
    new, line = True, 0
    for match in _TOKEN.finditer(text):
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "break":
            # A lone line break within a paragraph is a wrapped line, unless the line is short or ends a sentence.
            before = text[start - 1 : start]
            blank = text.count("\n", start, end) > 1
            if blank or end in borders or not out or start - line < 60 or before in '.!?:;”"':
                out.append(Word("\n", start, end, False, True))
                new = True
            line = end
            continue
        if kind == "mark" or kind == "possessive":
            word = Word(text[start:end], start, end, False, False)
            if kind == "possessive" and out and out[-1].end == start and out[-1].low.endswith(("s", "x", "z")):
                word.low = "'s"
            out.append(word)
            if word.text in _CLOSERS:
                new = True
            elif word.text not in _OPENERS:
                new = new and word.text in ")]"
            continue
        tail = _POSSESSIVE.search(text, start, end) if kind == "word" else None
        if kind == "word" and _PAIR.fullmatch(text, start, end) and _TOGETHER.match(text, end):
            # "the Nandi-Otieno administration": two people.
            middle = text.index("-", start, end)
            for first, last, is_word in ((start, middle, True), (middle, middle + 1, False), (middle + 1, end, True)):
                out.append(Word(text[first:last], first, last, is_word, False))
            new = False
            continue
        word = Word(text[start : tail.start() if tail else end], start, tail.start() if tail else end, True, False)
        if kind == "short":
            word.low = word.low.rstrip(".")
        word.first = new
        new = False
        out.append(word)
        if tail:
            sign = Word(tail.group(), tail.start(), end, False, False)
            sign.low = "'s"
            out.append(sign)
    _project(out, doc)
    return out


def _project(words: list[Word], doc: Doc) -> None:
    if not len(doc):
        return
    rows = doc.to_array([IDX, POS, ENT_TYPE, DEP, SENT_START]).tolist()
    strings, names = doc.vocab.strings, {}
    at = sentence = 0
    for word in words:
        while at + 1 < len(rows) and rows[at + 1][0] <= word.start:
            at += 1
            sentence += rows[at][4] == 1
        _, pos, ent, dep, _ = rows[at]
        for code in (pos, ent, dep):
            if code not in names:
                names[code] = strings[code] if code else ""
        word.pos, word.ent, word.dep, word.sentence = names[pos], names[ent], names[dep], sentence


class Phrases:
    """Finds phrases of several words, longest first."""

    def __init__(self, phrases: Mapping[str, str] | Iterable[str]) -> None:
        items = phrases.items() if isinstance(phrases, Mapping) else ((phrase, phrase) for phrase in phrases)
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase, value in items:
            parts = tuple(token_texts(phrase))
            self._by_first.setdefault(parts[0], []).append((parts, value))
        for rows in self._by_first.values():
            rows.sort(key=lambda row: (-len(row[0]), row[0]))

    def at(self, words: list[Word], index: int) -> tuple[int, str] | None:
        """The end (exclusive) and the value of the longest phrase that begins at `index`, else None."""
        rows = self._by_first.get(words[index].low)
        if rows is None:
            return None
        for parts, value in rows:
            size = len(parts)
            if size == 1:
                return index + 1, value
            if index + size <= len(words) and all(words[index + n].low == parts[n] for n in range(1, size)):
                return index + size, value
        return None


def token_texts(phrase: str) -> list[str]:
    """The folded words and marks of a phrase of a lexicon, cut as `read` cuts them."""
    out: list[str] = []
    for match in _TOKEN.finditer(phrase):
        text = match.group()
        tail = _POSSESSIVE.search(text) if match.lastgroup == "word" else None
        if tail:
            out += [fold(text[: tail.start()]), "'s"]
        else:
            out.append(fold(text).rstrip(".") if match.lastgroup == "short" else fold(text))
    return out


@cache
def country_phrases() -> Phrases:
    """Names of states and words for their people, folded → alpha-3."""
    return Phrases({name: code for name, code in gazetteer.names().items() if name})


@cache
def word_set(name: str, *keys: str) -> frozenset[str]:
    """The folded words of one or more lists of `data/NAME.toml`."""
    return frozenset(fold(word) for key in keys for word in lexicon.words(name, key))


def countries_in(words: list[Word]) -> dict[int, tuple[int, str]]:
    """Where states and peoples are named: index of the first word → (end, alpha-3)."""
    out: dict[int, tuple[int, str]] = {}
    phrases, codes = country_phrases(), gazetteer.codes()
    index = 0
    while index < len(words):
        word = words[index]
        if word.cap or word.text in codes:
            code = codes.get(word.text)
            if code is not None:
                out[index] = (index + 1, code)
            else:
                found = phrases.at(words, index)
                if found is not None:
                    out[index] = found
                    index = found[0]
                    continue
        index += 1
    return out


def introduced(words: list[Word], countries: Mapping[int, tuple[int, str]]) -> set[str]:
    """Letters in brackets behind a name of no state with those initials: "Rayas de Contención (RDC)"."""
    states = {end for end, _ in countries.values()}
    out: set[str] = set()
    for at in range(2, len(words) - 1):
        letters = words[at].text
        if words[at].caps and len(letters) > 1 and words[at - 1].text == "(" and words[at + 1].text == ")":
            before = words[max(at - 1 - 2 * len(letters), 0) : at - 1]
            initials = ("".join(w.text[0] for w in before if w.is_word and (w.cap or small)) for small in (False, True))
            if at - 1 not in states and any(i.upper().endswith(letters) for i in initials):
                out.add(letters)
    return out


_POLITIES = word_set("en/entities", "mentions.polities")


def polities(texts: Iterable[tuple[list[Word], Mapping[int, tuple[int, str]]]]) -> dict[str, str]:
    """Words like "Kingdom" → alpha-3 of the one state in whose full name they stand in a post."""
    found: dict[str, set[str]] = {}
    for words, countries in texts:
        for start, (end, code) in countries.items():
            if end - start > 1:
                for word in words[start:end]:
                    if word.low in _POLITIES:
                        found.setdefault(word.low, set()).add(code)
    return {word: next(iter(codes)) for word, codes in found.items() if len(codes) == 1}


def meant(
    words: list[Word], countries: Mapping[int, tuple[int, str]], alone: Mapping[str, str]
) -> dict[int, tuple[int, str]]:
    """Where such a word stands for its state: "the Kingdom" on a page that names the Kingdom of Bahrain."""
    within = {at for start, (end, _) in countries.items() for at in range(start, end)}
    out: dict[int, tuple[int, str]] = {}
    for at in range(1, len(words) if alone else 0):
        word = words[at]
        if word.low not in alone or not word.cap or word.caps or words[at - 1].low != "the" or at in within:
            continue
        after = words[at + 1] if at + 1 < len(words) else None
        if after is None or not after.is_word or not (after.cap or after.low == "of"):
            out[at] = (at + 1, alone[word.low])
    return out
