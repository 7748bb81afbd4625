"""The words that name acts: patterns over lemmas, compiled once from data/en/events.toml, matched in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Span, Token

from onrecord import lexicon
from onrecord.errors import LexiconError

_FILE = "en/events"
_SAID = "en/codes"
_GAP = 8
# PLOVER's types and OFFICE, with the modes of the annotation schema; "" where a type has none.
MODES: dict[str, tuple[str, ...]] = {
    "CONSULT": ("meeting", "call", "visit", "gathering", "mediation"),
    "SUPPORT": ("message", "endorsement"),
    "AGREE": ("agreement",),
    "COOPERATE": ("project", "security", "exchange"),
    "AID": ("pledge", "delivery"),
    "OFFICE": ("election", "appointment", "departure", "credentials"),
    **dict.fromkeys(
        (
            "REQUEST", "ACCUSE", "REJECT", "THREATEN", "CONCEDE", "RETREAT",
            "SANCTION", "MOBILIZE", "PROTEST", "COERCE", "ASSAULT",
        ),
        ("",),
    ),
}  # fmt: skip
_FRAMES = frozenset({"mutual", "directed", "message", "travel", "event", "office", "give"})


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of act with its patterns, as the data file gives it."""

    type: str
    frame: str
    mode: str = ""
    needs: str = ""
    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a pattern: what may stand there, and how many words may pass before it."""

    options: frozenset[tuple[str, ...]]
    firsts: frozenset[str]
    gap: int
    special: str = ""


@dataclass(frozen=True, slots=True)
class _Pattern:
    act: Act
    elements: tuple[_Element, ...]
    verb: bool
    head: int
    text: str
    further: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that name an act: tokens `first` to `last`, the head token, and the pattern that found them."""

    act: Act
    first: int
    last: int
    head: int
    verb: bool
    weight: int
    pattern: str


def _sets(files: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {name: lexicon.words(file, f"sets.{name}") for file in files for name in lexicon.keys(file, "sets")}


def _split(phrase: str) -> tuple[str, ...]:
    """A phrase as the model's tokenizer cuts it: hyphens stand alone between letters."""
    return tuple(phrase.replace("_", " ").replace("-", " - ").split())


def _element(text: str, gap: int, sets: dict[str, tuple[str, ...]]) -> _Element:
    if text in ("<ordinal>", "<nth>", "<proper>", "<poss>"):
        return _Element(frozenset(), frozenset(), gap, text[1:-1])
    options: set[tuple[str, ...]] = set()
    for option in text.split("|"):
        if option.startswith("<"):
            name = option.strip("<>")
            if name not in sets:
                raise LexiconError(f"data/{_FILE}.toml: no set {name!r} in [sets]")
            options |= {_split(word) for word in sets[name]}
        else:
            options.add(_split(option))
    return _Element(frozenset(options), frozenset(option[0] for option in options), gap)


@cache
def _compiled(files: tuple[str, ...]) -> tuple[dict[str, tuple[_Pattern, ...]], tuple[_Pattern, ...]]:
    """Patterns by the first word they may start with, and those that start with a kind of word."""
    sets = _sets(files)
    index: dict[str, list[_Pattern]] = {}
    special: list[_Pattern] = []
    for act in (act for file in reversed(files) for act in lexicon.entries(file, "act", Act)):
        if act.frame not in _FRAMES:
            raise LexiconError(f"data/{files[-1]}.toml: frame {act.frame!r} of {act.type} is not known")
        for verb, patterns in ((True, act.verbs), (False, act.nouns)):
            for text in patterns:
                elements: list[_Element] = []
                gap = 0
                for part in text.split():
                    if part == "~":
                        gap = _GAP if verb else 5
                        continue
                    elements.append(_element(part, gap, sets))
                    gap = 0
                head = 0 if verb else _noun_head(elements)
                further = tuple(e.firsts for e in elements[1:] if not e.special)
                pattern = _Pattern(act, tuple(elements), verb, head, text, further)
                if elements[0].special:
                    special.append(pattern)
                for first in elements[0].firsts:
                    index.setdefault(first, []).append(pattern)
    return {word: tuple(group) for word, group in index.items()}, tuple(special)


@cache
def act_of(type_: str, mode: str = "") -> Act:
    """The kind of act of a type and mode, with how its actors stand to it, without patterns."""
    known = next(a for a in lexicon.entries(_FILE, "act", Act) if a.type == type_ and a.mode == mode)
    return Act(type_, known.frame, mode, known.needs)


_LINKS = frozenset("with between of on in at to by from for against as into over upon mark reach impose during".split())


def _noun_head(elements: list[_Element]) -> int:
    """The last element that is not a preposition (or what follows one): the noun itself."""
    for n, element in enumerate(elements):
        if n and element.firsts and element.firsts <= _LINKS:
            return n - 1
    return len(elements) - 1


_LONGEST = 300


def sentences(doc: Doc) -> Iterator[Span]:
    """The sentences of a Doc, none longer than `_LONGEST` tokens: a text without full stops is read in pieces."""
    for sentence in doc.sents:
        for start in range(sentence.start, sentence.end, _LONGEST):
            yield doc[start : min(start + _LONGEST, sentence.end)]


def triggers(doc: Doc, sentence: Span, *, said: bool = False) -> list[Trigger]:
    """The acts named in a sentence, without overlaps, in order; the longest pattern wins, a verb before a noun.

    With `said` also those that are mere speech or intent (data/en/codes.toml).
    """
    index, special = _compiled((_FILE, _SAID) if said else (_FILE,))
    lemmas = [t.lemma_.lower() for t in sentence]
    lowers = [t.lower_ for t in sentence]
    tokens = list(sentence)
    # A pattern is only tried where every one of its words stands somewhere in the sentence.
    present = {*lemmas, *lowers}
    special = tuple(p for p in special if all(not words.isdisjoint(present) for words in p.further))
    found: list[Trigger] = []
    for i, token in enumerate(tokens):
        patterns = index.get(lemmas[i], ()) or index.get(lowers[i], ())
        if special and _is_special(token):
            patterns += special
        for pattern in patterns:
            if all(not words.isdisjoint(present) for words in pattern.further):
                trigger = _match(tokens, sentence.start, lemmas, lowers, i, pattern)
                if trigger is not None:
                    found.append(trigger)
    found.sort(key=lambda t: (-t.weight, not t.verb, t.first, t.last))
    taken: set[int] = set()
    out: list[Trigger] = []
    for trigger in found:
        core = {trigger.head, *range(trigger.last, trigger.last + 1)}
        if taken & core:
            continue
        taken.update(range(trigger.first, trigger.last + 1))
        out.append(trigger)
    return sorted(out, key=lambda t: (t.first, t.last))


def _is_special(token: Token) -> bool:
    return token.pos_ in ("PROPN", "PART", "PRON", "ADJ", "NUM", "NOUN") or token.tag_ in ("POS", "PRP$")


def _special(kind: str, token: Token) -> bool:
    if kind in ("ordinal", "nth"):
        return (
            token.ent_type_ == "ORDINAL"
            or token.lower_ in _ORDINALS
            or (token.text[:1].isdigit() and token.lower_[-2:] in ("st", "nd", "rd", "th"))
        )
    if kind == "proper":
        return (token.pos_ == "PROPN" and token.text[:1].isupper()) or (token.text.isupper() and len(token.text) > 1)
    return token.tag_ in ("POS", "PRP$")


_ORDINALS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth annual inaugural".split()
)


def _match(
    sentence: list[Token],
    offset: int,
    lemmas: list[str],
    lowers: list[str],
    start: int,
    pattern: _Pattern,
) -> Trigger | None:
    token = sentence[start]
    if pattern.verb and (token.dep_ == "aux" or (token.dep_ == "auxpass" and token.lemma_.lower() != "be")):
        return None
    verbal = token.pos_ in ("VERB", "AUX") or token.tag_.startswith("VB")
    # A tagger takes a headline's verb for a noun or a name now and then; only its form can tell.
    headlined = token.pos_ in ("NOUN", "PROPN") and token.lower_.endswith(("s", "ed")) and token.i == token.sent.root.i
    if pattern.verb and not verbal and not headlined:
        return None
    at = start
    head = start
    for n, element in enumerate(pattern.elements):
        size = _here(sentence, lemmas, lowers, at, element)
        passed = 0
        allowed = element.gap or (2 if n else 0)
        while not size and passed < allowed:
            word = sentence[at] if at < len(sentence) else None
            if word is None or word.text in (";", ":", '"') or word.is_space:
                return None
            if element.gap:
                if word.tag_ in ("VBD", "VBZ", "VBP", "MD") and word.i != token.i:
                    return None
            elif word.pos_ not in ("ADV", "PART", "DET") and word.dep_ != "prt":
                return None
            at += 1
            passed += 1
            size = _here(sentence, lemmas, lowers, at, element)
        if not size:
            return None
        if n == pattern.head:
            head = at + size - 1 if not pattern.verb else at
        at += size
    if (
        not pattern.verb
        and sentence[head].pos_ not in ("NOUN", "PROPN", "ADJ", "X")
        and not sentence[head].tag_.startswith("NN")
    ):
        return None
    first, last = offset + start, offset + at - 1
    while last > first and sentence[last - offset].pos_ == "ADP" and len(pattern.elements) > 1 and not pattern.verb:
        last -= 1
    return Trigger(pattern.act, first, last, offset + head, pattern.verb, len(pattern.elements), pattern.text)


def _here(sentence: list[Token], lemmas: list[str], lowers: list[str], at: int, element: _Element) -> int:
    """How many tokens of the sentence at `at` the element takes: 0 if it does not fit."""
    if at >= len(lemmas):
        return 0
    if element.special:
        return 1 if _special(element.special, sentence[at]) else 0
    if lemmas[at] not in element.firsts and lowers[at] not in element.firsts:
        return 0
    best = 0
    for option in element.options:
        size = len(option)
        fits = size > best and at + size <= len(lemmas)
        if fits and all(word in (lemmas[at + k], lowers[at + k]) for k, word in enumerate(option)):
            best = size
    return best
