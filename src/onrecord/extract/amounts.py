"""Quantities of money, goods and people that are given, pledged, lent, traded or sent.

A figure counts only beside words of giving, aid, trade or sending: prices, sizes, losses and casualties are left out.
Invariant: an amount's evidence is exact, from the figure (with "more than") to the end of what it is of.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from spacy.tokens import Doc, Token

from onrecord import lexicon
from onrecord.model import Amount, Evidence, Post

_FILE = "en/amounts"


def find(post: Post, docs: Sequence[Doc]) -> tuple[Amount, ...]:
    """The quantities in a post with unit and what they are of; giver and receiver are left to the events.

    A quantity told again in the post, with the same value and unit, is given once, where it is told most fully.
    """
    best: dict[tuple[float, str], Amount] = {}
    for amount in mentions(post, docs):
        key = amount.value, amount.unit
        if key not in best or (not best[key].of and amount.of):
            best[key] = amount
    return tuple(sorted(best.values(), key=lambda amount: amount.evidence))


def mentions(post: Post, docs: Sequence[Doc]) -> tuple[Amount, ...]:
    """Every place where a quantity stands, in order of layer and place; one told twice is given twice."""
    out: list[Amount] = []
    for layer, doc in zip(post.layers, docs, strict=True):
        out += _find(layer.index, layer.text, doc)
    return tuple(out)


# ── Words and patterns ───────────────────────────────────────────────────────────────────────────────────────────────


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


@cache
def _set(key: str) -> frozenset[str]:
    return frozenset(lexicon.words(_FILE, key))


_SYMBOLS = lexicon.table(_FILE, "symbols")
_NAMES = lexicon.table(_FILE, "names")
_SHARED = {name: lexicon.table(_FILE, f"shared.{name}") for name in lexicon.keys(_FILE, "shared")}
_CODES = frozenset(
    {*_SYMBOLS.values(), *_NAMES.values(), *(code for table in _SHARED.values() for code in table.values())}
)
_WEIGHTS = lexicon.table(_FILE, "weights")
_SCALES = {word: float(number) for word, number in lexicon.table(_FILE, "scales").items()}
_NUMBERS = {word: float(number) for word, number in lexicon.table(_FILE, "numbers").items()}

_FIGURE = r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?![\d.])|\d+,\d{1,2}(?=[ ](?:m|b|tr)illion)|\d+(?:\.\d+)?"
_SCALE = rf"(?:[ -]?(?P<scale>{_alternatives(_SCALES)})\b|(?P<letter>[mkbMB])(?![\w']))"
_NAME = _alternatives([*_NAMES, *(name + "s" for name in _NAMES)])
_SMALL = _alternatives(word for word in _NUMBERS if "dozen" in word or not word.startswith(("a", "half")))
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_FIGURES = re.compile(rf"(?P<figure>{_FIGURE})(?![\d:/]|[.,]\d|-\d|(?:st|nd|rd|th)\b){_SCALE}?")
_NUMBER_WORDS = re.compile(
    rf"(?P<word>{_alternatives(_NUMBERS)})[ ]{_SCALE}"
    rf"|(?P<small>{_SMALL})\b(?![- ](?:hundred|{_alternatives(_SCALES)})\b)",
    re.I,
)
_FIRST_WORDS = frozenset(re.split(r"[ -]", word)[0] for word in _NUMBERS)
_SYMBOL = re.compile(rf"(?<![\w.,/$€£¥-])(?P<symbol>{_alternatives([*_SYMBOLS, *_CODES])})[ ]?$")
_CURRENCY = re.compile(
    rf"(?:[ -](?:of[ ])?(?:(?P<adjective>U\.S\.|US|[A-Z][\w']+(?:[ ][A-Z][a-z]+)?)[ -])?"
    rf"(?P<name>{_NAME})\b"
    rf"|[ ]?(?P<code>{_alternatives(_CODES)})\b|[ ]?(?P<mark>[€£₽₴₸₮¥₹])(?!\d))"
)
_WEIGHT = re.compile(rf"[ -]?(?P<weight>{_alternatives(_WEIGHTS)})\b")
_MORE = re.compile(
    r"(?:(?:more|less|fewer)[ ]than|(?<!handed[ ])(?<!turned[ ])over|nearly|almost|about|around|approximately|roughly"
    r"|some|up[ ]to|at[ ]least|an[ ]estimated|a[ ]total[ ]of|as[ ]much[ ]as|as[ ]many[ ]as|the|another|an[ ]additional"
    r"|additional|a|close[ ]to)[ ]$",
    re.I,
)
_RATE = re.compile(
    r"[ ]?(?:%|percent\b|per[ ]cent\b|(?:an?|per|every)[ ](?:hour|day|week|month|barrel|litre|liter|head|person|ton)\b)"
)
# "20 ambulances and": a list of things given goes on.
_LIST = re.compile(
    r"[^.;:()]{0,40}?(?:,|[ ]and|,[ ]and|[ ]as[ ]well[ ]as|[ ]along[ ]with|[ ]plus)[ ](?:[a-z]+[ ]){0,2}"
)

_PLAIN = str.maketrans(
    {
        "\n": " ", "\t": " ", "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ",
        "‘": "'", "’": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-",
    }
)  # fmt: skip


# ── One layer ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _find(layer: int, original: str, doc: Doc) -> Iterator[Amount]:
    text = original.translate(_PLAIN)
    places: list[int] = []
    country: Counter[str] | None = None
    done, money_end, listed = 0, -1, -1
    for start, end, value, unit in _quantities(text):
        if start < done:
            continue
        if not unit and (currency := _CURRENCY.match(text, end)):
            unit, end = _currency(currency, text), currency.end()
            if currency["name"] and not currency["adjective"] and (shared := _SHARED.get(_singular(currency["name"]))):
                country = country if country is not None else Counter(re.findall(r"[A-Z][a-z]{2,}", text))
                unit = _most_spoken_of(shared, country) or unit
        elif unit and (again := _CURRENCY.match(text, end)) and again["name"]:
            # "$1.2 billion dollars", "US$5 million dollars": said twice.
            end = again.end()
        weight = None if unit else _WEIGHT.match(text, end)
        if weight:
            unit, end = _WEIGHTS[weight["weight"]], weight.end()
        if _RATE.match(text, end):
            continue
        if not places:
            places = [token.idx for token in doc]
        first, last = max(bisect_right(places, start) - 1, 0), max(bisect_left(places, end) - 1, 0)
        if last >= len(doc):
            break
        if unit and not weight:
            between = text[money_end:start] if 0 <= start - money_end < 12 else ""
            if "(" in between and ")" not in between:
                # The same sum in another currency: "100 million rupees (US$1.2 million)".
                continue
            found = _money(doc, first, last)
        elif weight:
            found = _goods(doc, first, last, any_goods=True)
        else:
            goes_on = 0 <= start - listed < 60 and _LIST.fullmatch(text, listed, start) is not None
            found = _counted(doc, first, last, goes_on)
            unit = found[2] if found else ""
        if found is None:
            continue
        of, until = found[0], found[1]
        if unit and not weight and unit not in ("persons", "units"):
            money_end = end
        more = _MORE.search(text, max(0, start - 20), start)
        begin = more.start() if more else start
        finish = max(end, until)
        done, listed = end, finish
        yield Amount(
            value, unit, original[of[0] : of[1]].replace("\n", " ") if of else "", Evidence(layer, begin, finish)
        )


_CODES_OF = {**{code: code for code in _CODES}, **_SYMBOLS}


def _quantities(text: str) -> Iterator[tuple[int, int, float, str]]:
    """Every figure, in digits or words: where it starts (with its symbol) and ends, its value, its currency or ""."""
    done = 0
    for token in _TOKEN.finditer(text):
        start, word = token.start(), token.group()
        if start < done:
            continue
        unit = ""
        if word[0].isdigit():
            match = _FIGURES.match(text, start)
            if not match:
                done = token.end()
                continue
            before = text[max(0, start - 1) : start]
            if before and (before in ".,:/-" and text[max(0, start - 2) : start - 1].isdigit()):
                continue
            scaled = bool(match["scale"] or match["letter"])
            if (before and not before.isspace()) or text[max(0, start - 2) : start - 1].strip():
                symbol = _SYMBOL.search(text, max(0, start - 7), start)
                if symbol and (
                    scaled or not symbol["symbol"].isalpha() or len(symbol["symbol"]) > 2 or symbol["symbol"] == "Rs"
                ):
                    unit, start = _CODES_OF[symbol["symbol"]], symbol.start()
            if not unit and before and (before.isalpha() or before in "-/_"):
                continue
        elif word.casefold() in _FIRST_WORDS:
            match = _NUMBER_WORDS.match(text, start)
            if not match:
                continue
        else:
            continue
        done = match.end()
        value = _value(match)
        if value:
            yield start, match.end(), value, unit


def _value(match: re.Match[str]) -> float | None:
    groups = match.groupdict()
    factor = _SCALES[groups["scale"].casefold()] if groups["scale"] else 1.0
    if groups["letter"]:
        factor = {"m": 1e6, "k": 1e3, "b": 1e9}[groups["letter"].lower()]
    if figure := groups.get("figure"):
        figure = figure.replace(" ", "")
        if re.fullmatch(r"\d+,\d{1,2}", figure) and factor > 1:
            figure = figure.replace(",", ".")
        number = float(figure.replace(",", ""))
    else:
        number = _NUMBERS[(groups.get("word") or groups.get("small") or "").casefold()]
    value = number * factor
    return round(value, 2) if value < 1e15 else None


def _singular(name: str) -> str:
    return name if name in _NAMES else name[:-1]


def _currency(match: re.Match[str], text: str) -> str:
    if code := match["code"]:
        return code
    if mark := match["mark"]:
        return _SYMBOLS[mark]
    name, adjective = _singular(match["name"]), match["adjective"]
    if adjective:
        if f"{adjective} {name}" in _NAMES:
            return _NAMES[f"{adjective} {name}"]
        for key, code in _SHARED.get(name, {}).items():
            if adjective == key or adjective.endswith(" " + key):
                return code
    return _NAMES[name]


def _most_spoken_of(shared: Mapping[str, str], country: Counter[str]) -> str | None:
    """The code of the state that the text speaks of most, among those that share the name of a currency."""
    votes: Counter[str] = Counter()
    for key, code in shared.items():
        if " " not in key and country[key]:
            votes[code] += country[key]
    return min(votes, key=lambda code: (-votes[code], code)) if votes else None


# ── Is it given, and of what ─────────────────────────────────────────────────────────────────────────────────────────

_Found = tuple[tuple[int, int] | None, int, str]


def _head(doc: Doc, first: int, last: int) -> Token:
    """The noun that the figure counts, or the figure's own last word."""
    root = doc[first : last + 1].root
    if root.dep_ in ("nummod", "quantmod", "compound", "nmod", "amod", "poss") and root.head.i > last:
        head = root.head
        while head.dep_ in ("compound", "nmod", "quantmod", "nummod", "amod") and head.head.i > head.i:
            head = head.head
        if head.i - last <= 8:
            return head
    return root


def _around(token: Token) -> Iterator[Token]:
    """The words that a noun phrase hangs on, nearest first, within its sentence."""
    for _ in range(7):
        if token.head.i == token.i:
            return
        token = token.head
        yield token


def _kind(noun: Token) -> str:
    """The noun in the singular; the model's lemma of a rare plural is not always right ("doses" → "dos")."""
    known = _set("given.goods") | _set("given.people")
    low = noun.lower_
    for form in (noun.lemma_.casefold(), low, low[:-1], low[:-2] if low.endswith("es") else low):
        if form in known:
            return form
    return noun.lemma_.casefold()


def _lemmas(tokens: Iterable[Token]) -> set[str]:
    return {form for token in tokens for form in (token.lemma_.casefold(), token.lower_)}


def _near(doc: Doc, first: int, last: int, width: int) -> list[Token]:
    """The words within `width` of a figure, in its own sentence."""
    low, high = first, last
    while low > max(0, first - width) and not doc[low].is_sent_start:
        low -= 1
    while high + 1 < min(len(doc), last + width + 1) and not doc[high + 1].is_sent_start:
        high += 1
    return [*doc[low:first], *doc[last + 1 : high + 1]]


def _chunk(noun: Token) -> tuple[int, int]:
    """The noun with the words before it that belong to it, without article and figure."""
    start = noun.i
    for token in reversed(list(noun.lefts)):
        if token.dep_ in ("det", "nummod", "poss", "predet", "quantmod", "punct") or token.i < noun.i - 6:
            break
        start = token.left_edge.i
    words = noun.doc[start : noun.i + 1]
    return words[0].idx, noun.idx + len(noun)


def _thing(doc: Doc, first: int, last: int, head: Token) -> tuple[int, int] | None:
    """What a sum or weight is of: the noun it stands before, or the one after "of", "in", "for"."""
    if head.i > last and head.pos_ in ("NOUN", "PROPN") and head.lower_ != "worth":
        start = last + 1
        while start < head.i and doc[start].is_punct:
            start += 1
        return doc[start].idx, head.idx + len(head)
    place = last + 1
    if head.lower_ == "worth":
        place = head.i
    elif place < len(doc) and doc[place].lower_ in ("'", "'s"):
        place += 1
    if place < len(doc) and doc[place].lower_ == "worth":
        place += 1
    if place < len(doc) and doc[place].lower_ in ("of", "in", "as", "for", "towards", "toward"):
        objects = [token for token in doc[place].children if token.dep_ == "pobj"]
        if not objects or objects[0].pos_ not in ("NOUN", "PROPN"):
            return None
        if doc[place].lower_ != "of" and (objects[0].pos_ == "PROPN" or any(c.dep_ == "det" for c in objects[0].lefts)):
            # "invested in the port", "for Senegal": where it goes, not what it is.
            return None
        return _chunk(objects[0])
    return None


def _said_of(head: Token) -> tuple[int, int] | None:
    """What a sum is of that is told elsewhere: "assistance valued at …", "trade has reached …"."""
    for token in _around(head):
        if token.pos_ == "NOUN" and token.lemma_.casefold() in _set("given.nouns"):
            return _chunk(token)
        if token.pos_ in ("VERB", "AUX"):
            if token.dep_ in ("acl", "relcl") and token.head.pos_ in ("NOUN", "PROPN"):
                return _chunk(token.head)
            for child in token.children:
                if (
                    child.dep_ in ("nsubj", "nsubjpass")
                    and child.pos_ == "NOUN"
                    and child.lemma_.casefold() in _set("given.nouns")
                ):
                    return _chunk(child)
            return None
    return None


def _money(doc: Doc, first: int, last: int) -> _Found | None:
    head = _head(doc, first, last)
    of = _thing(doc, first, last, head)
    inside = _lemmas(token for token in doc[last + 1 : min(last + 7, len(doc))] if of and of[0] <= token.idx < of[1])
    nouns, verbs = _set("given.nouns"), _set("given.verbs")
    if not inside & nouns:
        near = _lemmas(_near(doc, first, last, 6))
        governing = next((token for token in _around(head) if token.pos_ == "VERB"), None)
        if near & _set("given.not_given") and not (governing and governing.lemma_.casefold() in _set("given.sure")):
            return None
        if not _lemmas(_around(head)) & (nouns | verbs) and not _lemmas(_near(doc, first, last, 12)) & nouns:
            return None
    if of is None:
        said = _said_of(head)
        return said, 0, ""
    return of, of[1], ""


def _goods(doc: Doc, first: int, last: int, *, any_goods: bool) -> _Found | None:
    head = _head(doc, first, last)
    of = _thing(doc, first, last, head)
    near = _lemmas(_near(doc, first, last, 6))
    around = _lemmas(_around(head))
    if near & _set("given.not_given") and not around & _set("given.sure"):
        return None
    if not around & (_set("given.nouns") | _set("given.sure")) and not _lemmas(_near(doc, first, last, 8)) & _set(
        "given.nouns"
    ):
        return None
    return of, of[1] if of else 0, ""


def _counted(doc: Doc, first: int, last: int, goes_on: bool) -> _Found | None:
    """Goods and people by number: only kinds that are known to be handed over or sent.

    `goes_on` says that the figure continues a list of things that are.
    """
    head = _head(doc, first, last)
    if head.i <= last or head.pos_ not in ("NOUN", "PROPN"):
        return None
    lemma = _kind(head)
    chunk = (doc[last + 1].idx, head.idx + len(head))
    until = chunk[1]
    if lemma in _set("given.people"):
        around = list(_around(head))
        if _lemmas(around) & _set("given.harm"):
            return None
        if any(token.lemma_ in _set("given.sure") and token.pos_ == "VERB" for token in around[:4]) or _lemmas(
            around[:4]
        ) & {"deployment", "contingent", "dispatch", "brigade"}:
            return chunk, until, "persons"
        named = any(token.text[0].isupper() for token in doc[last + 1 : head.i])
        comes = head.i + 1 < len(doc) and doc[head.i + 1].lower_ == "from"
        if lemma in _set("given.sent") and (named or comes):
            return chunk, until, "persons"
        return None
    if lemma not in _set("given.goods"):
        return None
    if goes_on:
        return chunk, until, "units"
    phrase = head
    for token in _around(head):
        if token.pos_ == "NOUN" and token.lemma_.casefold() in _set("given.nouns"):
            break
        if token.pos_ == "VERB":
            if token.lemma_.casefold() not in _set("given.sure"):
                return None
            if phrase.dep_ not in ("dobj", "obj", "nsubjpass", "conj", "oprd", "pobj", "attr", "appos"):
                return None
            break
        if token.pos_ in ("NOUN", "PROPN") and phrase.dep_ == "prep":
            phrase = token
            continue
        phrase = token
    else:
        return None
    return chunk, until, "units"
