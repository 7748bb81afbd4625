"""Finds who is named: capitalised stretches that are names of people, weighed by all that speaks for and against.

Titles, honorifics, appositions and recurrence in the post weigh most; the language model has one vote among others.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import MappingProxyType

from rapidfuzz.distance import Levenshtein

from onrecord import gazetteer, lexicon
from onrecord.extract.entities import _titles
from onrecord.extract.entities._text import (
    Phrases,
    Word,
    countries_in,
    introduced,
    is_initial,
    meant,
    polities,
    token_texts,
    word_set,
)
from onrecord.extract.entities._titles import Finder, Title


@dataclass(slots=True)
class Candidate:
    """A stretch of words that may name a person. `start` and `end` are word indices; `votes` speak for or against."""

    layer: int
    start: int
    end: int
    text: str
    key: tuple[str, ...]
    votes: dict[str, float] = field(default_factory=dict)
    before: list[Title] = field(default_factory=list)
    after: list[Title] = field(default_factory=list)
    country: str | None = None
    org: tuple[int, int] | None = None
    person: str = ""

    @property
    def score(self) -> float:
        return sum(self.votes.values())


@dataclass(slots=True)
class Page:
    """One layer while it is read: its words, where countries are named, the titles and the candidates found."""

    index: int
    text: str
    words: list[Word]
    countries: Mapping[int, tuple[int, str]]
    headline: bool
    beside: bool = False
    titles: list[Title] = field(default_factory=list)
    plurals: list[Title] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    country_at: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    name_words: set[int] = field(default_factory=set)
    titled: set[int] = field(default_factory=set)
    # Words that are titles, days or small words elsewhere and here part of a name.
    forced: set[int] = field(default_factory=set)
    # Where a name begins after the place of its bearer's office.
    cut: set[int] = field(default_factory=set)
    # Family names in capitals that follow an honorific somewhere on the page.
    addressed: frozenset[str] = frozenset()
    head_ends: set[int] = field(default_factory=set)
    # Whether the whole text stands in capitals, so that they tell nothing; None until it is asked.
    capitals: bool | None = None


@cache
def _given() -> frozenset[str]:
    return word_set("en/names", "given.names", "given.female", "given.either")


@cache
def gender_of(key: tuple[str, ...]) -> str | None:
    """ "f" or "m" where the first word of a name is a common given name of women or of men."""
    first = next((part for part in key if len(part) > 1), "")
    if first in word_set("en/names", "given.either") or len(key) < 2:
        return None
    if first in word_set("en/names", "given.female"):
        return "f"
    return "m" if first in _given() and key[0] not in _surnames_first() else None


@cache
def _surnames_first() -> frozenset[str]:
    return word_set("en/names", "family_first.surnames")


@cache
def _particles() -> frozenset[str]:
    return word_set("en/names", "particle.joins")


@cache
def _ends() -> frozenset[str]:
    """Words that are also family names: they may end a name."""
    return word_set("en/names", "also.ends")


@cache
def _postnominal() -> frozenset[str]:
    return frozenset(lexicon.words("en/names", "also.postnominal"))


@cache
def _plurals() -> Mapping[str, str]:
    return _titles.plural_heads()


@cache
def _suffixes() -> frozenset[str]:
    return word_set("en/names", "particle.after")


@cache
def _blocked() -> frozenset[str]:
    """Words that hardly ever stand in a person's name."""
    own = word_set("en/organisations", "not_person.words") | frozenset(
        gazetteer.fold(name) for name in lexicon.words("en/organisations", "known.names") if " " not in name
    )
    parts = word_set(
        "en/organisations", "head.state", "head.party", "head.body", "head.event", "head.facility", "head.region"
    )
    ranks = word_set("en/titles", "modifier.rank", "modifier.time", "modifier.minister_domains")
    return own | parts | ranks


@cache
def _org_heads() -> frozenset[str]:
    return word_set("en/organisations", "head.state", "head.party", "head.body")


@dataclass(frozen=True, slots=True)
class _Outlet:
    name: str
    aliases: tuple[str, ...]
    kind: str
    country: str


@cache
def outlets() -> Mapping[str, str]:
    """Folded names of outlets → alpha-3, empty where an outlet belongs to no state."""
    rows = lexicon.entries("outlets", "outlet", _Outlet)
    return MappingProxyType({gazetteer.fold(name): row.country for row in rows for name in (row.name, *row.aliases)})


@cache
def _known_bodies() -> Phrases:
    """Bodies and outlets by name: those of one word only where the word is hardly a name."""
    names = [*lexicon.words("en/organisations", "known.names"), *lexicon.table("en/organisations", "country")]
    names += [name for name in outlets() if " " in name]
    return Phrases(name for name in dict.fromkeys(names) if token_texts(name))


@cache
def _thing_after() -> frozenset[str]:
    """Words after a capitalised stretch that make it a body, a place or a thing."""
    return word_set(
        "en/organisations", "head.state", "head.party", "head.body", "head.event", "head.facility", "head.region"
    )


_THING_BEFORE = word_set("en/entities", "people.thing_before")
_SPEECH = word_set("en/entities", "people.speech")
# The longest names of the press have nine words ("Sheikh Mohammed bin … bin … Al …"); longer stretches are lists.
_LONGEST_NAME = 12
_HEADLINE_VERBS = word_set("en/entities", "people.headline_verbs")
_STYLED = word_set("en/entities", "people.styled")
_PLACE_KINDS = word_set("en/entities", "people.place_kinds")
_RULES = word_set("en/entities", "people.rules")
_KIN = word_set("en/entities", "people.kin")
_ALIAS = word_set("en/entities", "people.alias")
_ABROAD = word_set("en/entities", "people.abroad")


BESIDE = 1


def pages(texts: list[tuple[int, str, list[Word], bool, bool]], abbreviations: frozenset[str]) -> list[Page]:
    """Reads each layer: countries, titles, and candidates with their votes. Nothing is decided yet."""
    out = []
    small = {word.low for _, _, words, _, _ in texts for word in words if word.is_word and not word.cap}
    named = {index: countries_in(words) for index, _, words, _, _ in texts}
    letters = {short for index, _, words, _, _ in texts for short in introduced(words, named[index])}
    for index, _, words, _, _ in texts if letters else ():
        # What a page calls the RDC itself is no state, though another page's letters are.
        named[index] = {at: one for at, one in named[index].items() if words[at].text not in letters}
    alone = polities((words, named[index]) for index, _, words, _, _ in texts)
    for index, text, words, headline, beside in texts:
        page = Page(index, text, words, named[index] | meant(words, named[index], alone), headline, beside)
        for start, (end, code) in page.countries.items():
            for at in range(start, end):
                page.country_at[at] = (start, end, code)
        _find_candidates(page, abbreviations)
        begins = {c.start: c.end for c in page.candidates if _likely(page, c)}
        page.name_words = {at for start, end in begins.items() for at in range(start, end)} | page.forced
        runs = {
            c.start
            for c in page.candidates
            if c.end - c.start == 1 and words[c.start].ent == "PERSON" and gazetteer.city(c.text) is None
        }
        finder = Finder(
            text,
            words,
            page.countries,
            begins.__contains__,
            begins.__getitem__,
            runs.__contains__,
            page.name_words.__contains__,
            abbreviations,
            page.forced,
        )
        page.titles, page.plurals = finder.find(), finder.plurals()
        page.head_ends = {title.head_end for title in page.titles}
        _vote(page, small)
        out.append(page)
    return out


# --- candidates -----------------------------------------------------------------------------------


_MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$")


def _datelines(words: Sequence[Word]) -> frozenset[int]:
    """The words of the places of datelines: "Porto Sul, March 4th -" at the beginning of a paragraph."""
    out: set[int] = set()
    for start, word in enumerate(words):
        if not (word.is_word and word.cap) or (start and not words[start - 1].brk):
            continue
        end = start
        while end < min(start + 5, len(words)) and words[end].is_word and words[end].cap:
            end += 1
        after = [w for w in words[end : end + 9] if w.text != "."]
        if len(after) < 4 or after[0].text != ",":
            continue
        if not any(_MONTH.match(w.low) for w in after[1:3]) or not any(w.text[0].isdigit() for w in after[1:3]):
            continue
        if any(w.text in "-–—:(/" for w in after[3:7]):
            out.update(range(start, end))
    return frozenset(out)


def _find_candidates(page: Page, abbreviations: frozenset[str]) -> None:
    words = page.words
    heads = _titles.heads()
    given, blocked = _given(), _blocked()
    phrases, styles = _titles.head_phrases(), _titles.honorific_phrases()
    page.addressed = frozenset(
        word.low for at, word in enumerate(words) if at and word.caps and _titles.is_honorific(words[at - 1])
    )
    for at, word in enumerate(words):
        if word.is_word and word.cap and (found := phrases.at(words, at)) is not None and found[0] - at > 1:
            page.titled.update(range(at, found[0]))
        elif word.is_word and word.cap and (style := styles.at(words, at)) is not None and style[0] - at > 1:
            page.titled.update(range(at, style[0]))
        elif word.is_word and word.cap and (body := _known_bodies().at(words, at)) is not None:
            page.titled.update(range(at, body[0]))
        elif word.text == "H" and at + 1 < len(words) and words[at + 1].text in ("E", "H", "M"):
            page.titled.update((at, at + 1))
    leads = _datelines(words)
    index = 0
    while index < len(words):
        word = words[index]
        if index in leads or not _may_be_name(page, index, heads, blocked, abbreviations):
            index += 1
            continue
        start = index
        if (
            word.first
            and word.low not in given
            and (
                (word.pos not in ("PROPN", "NOUN", "X", "") and word.ent != "PERSON")
                or (word.pos == "VERB" and word.low.endswith("ing"))
            )
        ):
            index += 1
            continue
        at = index + 1
        while at < min(len(words), index + _LONGEST_NAME):
            here = words[at]
            if here.text in _postnominal():
                break
            if here.pos == "VERB" and here.low in _SPEECH | _HEADLINE_VERBS:
                break
            if _may_be_name(page, at, heads, blocked, abbreviations):
                at += 1
                continue
            if not here.is_word:
                # A nickname in quotation marks, or ", Jr."
                if (
                    here.text in "“\"‘'«"
                    and at + 3 < len(words)
                    and words[at + 1].cap
                    and words[at + 2].text in "”\"’'»"
                    and (words[at + 3].cap and words[at + 3].is_word)
                ):
                    at += 3
                    continue
                if here.text == "," and at + 1 < len(words) and words[at + 1].low in ("jr.", "sr.", "jr", "sr"):
                    at += 2
                break
            if here.low in _particles() and _particle_goes_on(page, at, heads, blocked, abbreviations):
                at += 1
                continue
            if here.low in _suffixes() and here.cap and here.low.rstrip(".") not in ("v", "x", "i", "khan"):
                at += 1
                continue
            if here.cap and _soft(page, start, at):
                at += 1
                continue
            break
        if at - start == 1 and ((words[start].low in _suffixes() and words[start].caps) or len(words[start].low) == 1):
            index = at
            continue
        begin = _trim(page, start, at)
        if begin < at:
            _add(page, begin, at)
            if begin > start and words[start - 1].low not in ("of",):
                _add(page, start, begin)
        index = at
    page.candidates.sort(key=lambda c: c.start)


def _may_be_name(
    page: Page, index: int, heads: Mapping[str, str], blocked: frozenset[str], abbreviations: frozenset[str]
) -> bool:
    word = page.words[index]
    if not word.is_word:
        return False
    if not word.cap:
        # "bin Farhan", "von der Leyen" alone.
        if word.low in ("bin", "ibn", "von", "van", "al", "el", "bint", "ould") and index + 1 < len(page.words):
            after = page.words[index + 1]
            return (
                after.is_word
                and (after.cap or after.low in ("der", "den", "de"))
                and not (
                    index
                    and page.words[index - 1].is_word
                    and page.words[index - 1].cap
                    and word.low in ("van", "al", "el")
                )
            )
        return False
    text, low = word.text, word.low
    if text[0].isdigit() or index in page.titled:
        return False
    if index in page.country_at:
        start, end, _ = page.country_at[index]
        # "Jordan Henderson", "Chad Brown": a country's name as a given name, if the model says person.
        return (
            end - start == 1 and low in _given() and word.ent == "PERSON" and _next_is_name(page, index, heads, blocked)
        )
    if is_initial(word):
        # "Q." at the beginning of a line asks.
        return not (text == "Q." and (not index or page.words[index - 1].brk))
    if low in _in_spite_of() and _in_spite(page, index, heads, blocked):
        page.forced.add(index)
        return True
    if text.count(".") > 1:
        # "A.K. Momen"; "U.S." has been taken as a country.
        return (
            _next_is_name(page, index, heads, blocked)
            and text not in abbreviations
            and low.replace(".", "") not in _titles.honorifics()
        )
    if text.endswith(".") and low not in ("st", "ste"):
        return False
    if low in _titles.honorifics() and low not in _given():
        if (
            not index
            or not (page.words[index - 1].is_word and page.words[index - 1].cap)
            or _titles.is_honorific(page.words[index - 1])
        ):
            return False
        if low in ("sheikh", "sheik"):
            return page.words[index - 1].low in _given() and _next_is_name(page, index, heads, blocked)
        # "Tan Wei Eng": an honorific that ends a name is a name.
        return word.ent == "PERSON" and not (index + 1 < len(page.words) and page.words[index + 1].cap)
    if word.caps and len(text) <= 5 and (text in abbreviations or text in _titles._bodies() or text in _TITLE_LETTERS):
        return False
    if text[-1] == "s" and text[:-1] in _titles.letters():
        return False
    if low in heads:
        # "Dr. Sultan Al Jaber", "Amir bin Said": here the title is a given name.
        return (
            low in ("sultan", "amir", "emir", "malik", "raja", "malek")
            and index + 1 < len(page.words)
            and page.words[index + 1].low in ("al", "bin", "bint", "ibn", "ahmed", "ali")
        )
    if low in _plurals() or (low.endswith("s") and low[:-1] in _thing_after()):
        return False
    if low in blocked and low in _given() and not word.caps:
        # Bill, Mark, Grace: a given name that is a word, before a word that is none.
        return _next_is_name(page, index, heads, blocked) and (
            word.ent == "PERSON" or (index > 0 and page.words[index - 1].low in heads)
        )
    if low in blocked:
        # Sun Haiyan, To Lam, Park Jin: a family name that is a word, before a word that is none.
        if low not in _surnames_first() or index + 1 >= len(page.words):
            return False
        after = page.words[index + 1]
        if (
            word.ent == "PERSON"
            and index
            and page.words[index - 1].cap
            and page.words[index - 1].low in heads
            and not after.cap
        ):
            return True
        plain = (
            after.is_word
            and after.cap
            and not after.caps
            and after.low not in blocked
            and after.low not in heads
            and index + 1 not in page.country_at
        )
        return (
            plain
            and (word.ent == "PERSON" or not word.first or (gazetteer.city(after.text) is None and low != "he"))
            and not (index and page.words[index - 1].low == "the")
        )
    if "-" in low:
        tail = low.rpartition("-")[2]
        if (
            (tail in heads and not _titles.is_family_pair(text))
            or tail in ("led", "based", "backed", "born", "elect", "general", "era", "made")
            or low.startswith(("pro-", "anti-", "ex-", "non-", "pre-", "post-"))
        ):
            return False
        head = low.partition("-")[0]
        if gazetteer.names().get(head) or text.partition("-")[0] in gazetteer.codes():
            return tail not in gazetteer.names() and word.ent == "PERSON"
    return True


@cache
def _in_spite_of() -> frozenset[str]:
    own = word_set("en/names", "also.within", "also.begins", "also.months", "also.days", "also.syllables")
    return own | _GIVEN_TITLES


def _in_spite(page: Page, index: int, heads: Mapping[str, str], blocked: frozenset[str]) -> bool:
    """Whether a word that is a title, a day or a small word elsewhere is part of a name here.

    It is one between two words of a name ("Daud Shah Orakzai", "Ton That Huy"), and after a title that leads to a
    name ("Senator Sunday Akor", "Mr Cao Jun").
    """
    words = page.words
    word = words[index]
    if word.caps:
        return False
    low, previous = word.low, words[index - 1] if index else _NOTHING
    after = words[index + 1] if index + 1 < len(words) else None
    onward = (
        after is not None
        and after.cap
        and not after.caps
        and _next_is_name(page, index, heads, blocked)
        and after.low not in _SPEECH
        and after.low not in _HEADLINE_VERBS
        and after.low not in _plurals()
    )
    named = (
        previous.is_word
        and previous.cap
        and not previous.caps
        and not previous.first
        and previous.low not in heads
        and previous.low not in blocked
        and previous.low not in _plurals()
        and not _titles.is_honorific(previous)
        and index - 1 not in page.country_at
        and index - 1 not in page.titled
    )
    led = previous.is_word and previous.cap and (previous.low in heads or _titles.is_honorific(previous))
    if low in _WITHIN and named and onward and (word.ent == "PERSON" or previous.low in _given()):
        return True
    if low in _BEGINS and onward and word.ent in ("PERSON", "") and previous.low != "the":
        return word.ent == "PERSON" or led
    if low in _GIVEN_TITLES:
        return onward and previous.low in _COMMONERS and previous.cap
    if low in _MONTHS and previous.low in _surnames_first() and previous.cap and not (after and after.text.isdigit()):
        return index > 1 and (words[index - 2].low in heads or _titles.is_honorific(words[index - 2]))
    if low in _DAYS and onward and word.ent != "DATE":
        return led or (
            word.ent == "PERSON"
            and words[index + 1].ent == "PERSON"
            and previous.low not in ("on", "by", "this", "last")
        )
    return low in _SYLLABLES and named and onward and previous.low not in _given() and _is_prose(page, index)


def _is_prose(page: Page, index: int) -> bool:
    """Whether small words of some length stand near: no headline, where any word may be great."""
    words = page.words
    near = words[max(0, index - 10) : index + 11]
    return sum(word.is_word and not word.cap and len(word.low) > 3 for word in near) > 1


def _family_in_capitals(page: Page, index: int) -> bool:
    """Whether a family name in capitals stands before the given name: "KURODA Mitsue", "PARK Min-ah"."""
    words = page.words
    word = words[index]
    if not word.caps or not word.text.replace("-", "").isalpha() or index + 1 >= len(words):
        return False
    after = words[index + 1]
    if (
        not after.cap
        or after.caps
        or is_initial(after)
        or not _next_is_name(page, index, _titles.heads(), _blocked())
        or word.text in _titles._bodies()
        or gazetteer.city(word.text) is not None
    ):
        return False
    if word.low in page.addressed or word.low in _surnames_first():
        return True
    previous = words[index - 1] if index else None
    return (
        previous is not None
        and previous.is_word
        and previous.cap
        and not previous.caps
        and (
            previous.low in _titles.heads()
            or _titles.is_honorific(previous)
            or (previous.low in word_set("en/titles", "modifier.minister_domains") and len(word.text) > 5)
        )
    )


_NOTHING = Word("\n", 0, 0, False, True)
_WITHIN = word_set("en/names", "also.within")
_BEGINS = word_set("en/names", "also.begins")
_MONTHS = word_set("en/names", "also.months")
_DAYS = word_set("en/names", "also.days")
_SYLLABLES = word_set("en/names", "also.syllables")
_COMMONERS = word_set("en/entities", "people.commoners")
_GIVEN_TITLES = word_set("en/entities", "people.given_titles")
_LOCAL_OFFICES = word_set("en/entities", "people.local_offices")
_PLACE_STARTS = word_set("en/entities", "people.place_starts")
_PREFIXED = word_set("en/names", "particle.prefixes")
_PARTIES = word_set("en/entities", "people.parties")
_AFTER_COMMA = word_set("en/entities", "people.after_comma")
_TITLE_LETTERS = frozenset(lexicon.words("en/entities", "people.title_letters"))


def _next_is_name(page: Page, index: int, heads: Mapping[str, str], blocked: frozenset[str]) -> bool:
    words = page.words
    if index + 1 >= len(words):
        return False
    after = words[index + 1]
    return (
        after.is_word
        and after.cap
        and after.low not in heads
        and after.low not in blocked
        and index + 1 not in page.country_at
    )


def _particle_goes_on(
    page: Page, index: int, heads: Mapping[str, str], blocked: frozenset[str], abbreviations: frozenset[str]
) -> bool:
    words = page.words
    at = index + 1
    while at < len(words) and at < index + 3 and words[at].is_word and words[at].low in _particles():
        at += 1
    if at >= len(words) or not words[at].is_word or not words[at].cap:
        return False
    if words[index].low in ("y", "e", "i", "a", "do", "la", "le", "o", "des", "son", "to") and not words[index].cap:
        return words[index].ent == "PERSON" or (
            words[at].ent == "PERSON" and words[index].low not in ("i", "a", "do", "to", "son")
        )
    return _may_be_name(page, at, heads, blocked, abbreviations) or words[at].ent == "PERSON"


def _soft(page: Page, start: int, index: int) -> bool:
    """Whether a word that is no name by itself ends one: Theresa May, Martin Luther King, Delcy Rodríguez Day."""
    words = page.words
    word = words[index]
    if (index in page.country_at and word.ent != "PERSON") or (word.low in _thing_after() and word.low not in _ends()):
        return False
    previous = words[index - 1]
    if not previous.is_word:
        return False
    if word.low in _DAYS and words[start].low in _surnames_first():
        # "Foreign Minister Wang Monday said"
        return False
    after = words[index + 1] if index + 1 < len(words) else None
    alone = after is None or not (after.is_word and after.cap) or after.low in ("jr.", "sr.")
    led = previous.low in _given() or is_initial(previous)
    if word.low in _thing_after() and word.ent != "PERSON" and word.low not in _ends():
        return False
    if (
        led
        and alone
        and word.ent == "PERSON"
        and (words[start].low in _given() or words[start].low in _surnames_first())
    ):
        return True
    return (
        alone
        and word.low in _ends()
        and not word.caps
        and word.low not in _particles()
        and previous.cap
        and (
            (word.ent == "PERSON" and previous.ent == "PERSON")
            or words[start].low in _given()
            or previous.low in _given()
        )
    )


def _trim(page: Page, start: int, end: int) -> int:
    """Where the name begins within a stretch that first names a place: "mayor of Lima Rafael …"."""
    words = page.words
    if end - start < 2:
        return start
    before = words[start - 1].low if start else ""
    first = words[start]
    if first.low in _given() or (first.low in _surnames_first() and first.ent == "PERSON"):
        return start
    if first.caps and _family_in_capitals(page, start):
        return start
    if before in ("of", "for", "in", "from"):
        given = _given()
        for at in range(start + 1, end):
            prefix = " ".join(word.text for word in words[start:at])
            if (words[at].low in given and words[at - 1].low not in given) or (
                gazetteer.city(prefix) is not None and words[at].low not in _ends()
            ):
                return at
            if words[at].ent == "PERSON" and words[at - 1].ent not in ("PERSON", ""):
                return at
        if (
            before == "of"
            and start > 1
            and words[start - 2].low in _LOCAL_OFFICES
            and 2 < end - start < 5
            and first.low not in _PLACE_STARTS
            and all(word.cap for word in words[start:end])
            and not _is_place(" ".join(word.text for word in words[start:end]))
        ):
            page.cut.add(start + 1)
            return start + 1
        return start
    if (
        first.first
        and first.ent != "PERSON"
        and not is_initial(first)
        and words[start + 1].ent == "PERSON"
        and first.low not in _given()
        and first.low not in _surnames_first()
    ):
        return start + 1
    if first.caps and len(first.text) > 2 and words[start + 1].low in _given() and not words[start + 1].caps:
        return start + 1
    if (
        first.caps
        and len(first.text) > 3
        and "." not in first.text
        and not words[start + 1].caps
        and len(words[start + 1].text.strip(".")) > 1
    ):
        return start + 1
    if first.low.endswith("ing") and end - start > 2 and words[start + 1].low in _given():
        return start + 1
    if first.ent != "PERSON" and first.low not in _surnames_first():
        for at in range(start + 1, end - 1):
            if words[at].low in _given() and words[at].ent == "PERSON" and words[at - 1].ent != "PERSON":
                return at
    return start


def _is_place(text: str) -> bool:
    return gazetteer.city(text) is not None or gazetteer.fold(text) in gazetteer.regions()


def _add(page: Page, start: int, end: int) -> None:
    words = page.words
    while end > start and words[end - 1].low in _particles() and not words[end - 1].cap:
        end -= 1
    if end <= start:
        return
    text = " ".join(page.text[words[start].start : words[end - 1].end].split())
    page.candidates.append(Candidate(page.index, start, end, text, name_key(text)))


@cache
def _suffix_words() -> frozenset[str]:
    return frozenset(("jr", "sr", "jnr", "snr"))


def name_key(text: str) -> tuple[str, ...]:
    """The folded words of a name, hyphens opened, marks dropped: what two forms of one name have in common."""
    plain = gazetteer.fold(text)
    for sign in "\"“”.,’'ʼʻ`´‘":
        plain = plain.replace(sign, "" if sign in "’'ʼʻ`´‘" else " ")
    return tuple(part for part in plain.replace("-", " ").replace("‑", " ").split() if part not in _suffix_words())


def _likely(page: Page, candidate: Candidate) -> bool:
    """Whether a name begins here even before titles are known."""
    words = page.words
    first = words[candidate.start]
    size = candidate.end - candidate.start
    after = words[candidate.end] if candidate.end < len(words) else None
    if (
        after is not None
        and after.is_word
        and after.cap
        and after.low in _thing_after()
        and after.low != "administration"
    ):
        return False
    if (
        first.ent == "PERSON"
        or (first.low in _given() and size > 1)
        or (is_initial(first) and size > 1)
        or (size > 1 and (candidate.start in page.cut or _family_in_capitals(page, candidate.start)))
    ):
        return True
    if first.low in _surnames_first() and 2 <= size <= 3:
        return True
    if first.ent in ("GPE", "LOC", "ORG", "FAC", "NORP") and size == 1:
        return False
    if size >= 2:
        before = words[candidate.start - 1] if candidate.start else None
        return before is not None and (
            (before.low in _blocked() and before.cap) or candidate.start - 1 in page.country_at
        )
    return False


# --- votes ----------------------------------------------------------------------------------------


def _vote(page: Page, small: set[str]) -> None:
    words = page.words
    by_end: dict[int, Title] = {title.end: title for title in page.titles}
    by_start: dict[int, Title] = {title.start: title for title in page.titles}
    name_starts = {candidate.start for candidate in page.candidates}
    inside = {at for title in page.titles for at in range(title.head_end, title.end)}
    for candidate in page.candidates:
        _vote_form(page, candidate, small)
        _vote_place(page, candidate)
        _titles_before(page, candidate, by_end)
        if candidate.votes.get("city", 0) > -3:
            _titles_after(page, candidate, by_start, name_starts)
        if candidate.start in inside and not candidate.before and "honorific" not in candidate.votes:
            candidate.votes["in a title"] = -2.5
    _vote_plurals(page)
    _vote_lists(page)
    del words


def _vote_plurals(page: Page) -> None:
    """ "Foreign Ministers X and Y", "the ambassadors of A and B, X and Y": names after an office of several."""
    words = page.words
    by_start = {candidate.start: candidate for candidate in page.candidates}
    for index, word in enumerate(words[:-1]):
        if not word.is_word or not (word.low in _plurals() or (word.cap and word.text[:-1] in _titles.letters())):
            continue
        at, apart = index + 1, False
        if words[at].low in ("of", "for", "from"):
            while at < min(len(words), index + 12) and words[at].is_word:
                at += 1
            if words[min(at, len(words) - 1)].text not in (",", ":"):
                continue
        if words[min(at, len(words) - 1)].text in (",", ":"):
            at, apart = at + 1, True
        found: list[Candidate] = []
        while at < len(words):
            while at < len(words) and _titles.is_honorific(words[at]):
                at += 1
            one = by_start.get(at)
            if one is None or one.votes.get("city", 0) < 0:
                break
            found.append(one)
            at = one.end
            link = at
            while at < len(words) and words[at].low in (",", "and", "&") and at < link + 2:
                at += 1
            if at == link:
                break
        if len(found) < 2 and (apart or not found):
            continue
        for one in found:
            if one.end - one.start > 1:
                one.votes["office of several"] = 1.5 if apart else 1.9


def _vote_lists(page: Page) -> None:
    """A name beside names in a list is more likely one."""
    words = page.words
    order = page.candidates
    for turn in (order, order[::-1]):
        last: Candidate | None = None
        for candidate in turn:
            if last is not None:
                first, second = (last, candidate) if last.start < candidate.start else (candidate, last)
                between = [word.low for word in words[first.end : second.start]]
                if (
                    0 < len(between) < 3
                    and set(between) <= {",", "and", "&", ";"}
                    and len(candidate.key) > 1
                    and last.score > 2.2
                    and len(last.key) > 1
                    and candidate.votes.get("city", 0) == 0
                ):
                    candidate.votes["list"] = 0.9
            last = candidate


def _vote_form(page: Page, candidate: Candidate, small: set[str]) -> None:
    words, votes = page.words, candidate.votes
    own = words[candidate.start : candidate.end]
    named = [word for word in own if word.is_word]
    size = len(named)
    first = named[0]
    people = sum(word.ent == "PERSON" for word in named)
    others = sum(
        word.ent in ("ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "WORK_OF_ART", "PRODUCT", "LAW", "LANGUAGE", "DATE")
        for word in named
    )
    if people:
        votes["model"] = 1.6 * people / size
    if others:
        votes["model other"] = -(0.5 if first.low in _given() and size > 1 else 0.9) * others / size
    if (first.low in _given() and not first.caps) or (first.low in _given() and size > 1):
        votes["given"] = 1.7 if size > 1 else 0.7
    elif size > 1 and named[1].low in _given() and not (size == 2 and named[1].low in _surnames_first()):
        votes["given second"] = 0.7
    if size > 1 and _family_in_capitals(page, candidate.start):
        votes["family capitals"] = 1.4
    if first.low in _surnames_first() and 2 <= len(candidate.key) <= 4 and all(len(part) < 9 for part in candidate.key):
        votes["family first"] = 1.3
    if size > 1 and any(is_initial(word) or word.text.count(".") > 1 for word in named):
        votes["initial"] = 1.4
    if size > 1 and first.low in _PREFIXED and first.cap:
        votes["prefix"] = 1.2
    if size > 1 and any(word.low in _particles() and not word.cap for word in named):
        votes["particle"] = 1.1
    if any(word.low.rstrip(".") in ("jr", "sr") for word in named):
        votes["suffix"] = 1.5
    if 2 <= size <= 4:
        votes["length"] = 0.4
    elif size > 5:
        votes["length"] = -0.8
    if all(word.caps or len(word.text) <= 2 for word in named):
        votes["capitals"] = -2.0 if size == 1 else -0.6
        beside = [w for w in words[max(candidate.start - 3, 0) : candidate.end + 3] if w.is_word and len(w.text) > 2]
        if (
            len(beside) > size + 1
            and all(w.caps for w in beside)
            and "title" not in votes
            and not _mostly_capitals(page)
        ):
            votes["capitals all around"] = -1.6
    lower = sum(word.low in small for word in named if len(word.low) > 2)
    if lower and not people:
        votes["also small"] = -0.9 * lower / size
    if gazetteer.fold(candidate.text) in gazetteer.capitals():
        votes["city"] = -4.0
    elif gazetteer.fold(candidate.text) in gazetteer.regions() and first.low not in _given():
        votes["city"] = -3.5
    elif gazetteer.city(candidate.text) is not None and not (first.low in _given() and size > 1):
        votes["city"] = -2.0 if first.low not in _given() else -0.8
    if page.headline:
        votes["headline"] = -0.4


def _mostly_capitals(page: Page) -> bool:
    """Whether a whole text stands in capitals, so that they tell nothing."""
    if page.capitals is None:
        some = [w for w in page.words[:400] if w.is_word and len(w.text) > 2]
        page.capitals = sum(w.caps for w in some) * 2 > len(some)
    return page.capitals


def _vote_place(page: Page, candidate: Candidate) -> None:
    words, votes = page.words, candidate.votes
    start, end = candidate.start, candidate.end
    before = words[start - 1] if start else None
    after = words[end] if end < len(words) else None
    second = words[end + 1] if end + 1 < len(words) else None
    people = any(word.ent == "PERSON" for word in words[start:end])
    if after is not None and after.is_word:
        if after.low in _RULES:
            votes["regime"] = 0.5 if people else -1.0
        elif after.cap and after.low in _thing_after():
            votes["thing after"] = -3.5
        elif after.cap and (after.low in _titles.heads() or after.low in _blocked()):
            votes["title follows"] = -1.0
        elif after.low in _SPEECH:
            votes["speaks"] = 1.3
        elif after.pos in ("VERB", "AUX") and not after.cap:
            votes["acts"] = 0.6
    if after is not None and after.low == "'s":
        votes["owns"] = 0.2
        if second is not None and second.low in _titles.heads():
            votes["owns"] = -0.3
    if after is not None and after.text in ",(" and second is not None:
        if second.low in _AFTER_COMMA and (second.low in ("who", "whose") or end - start > 1):
            votes["who"] = 1.6
        elif (
            second.text.isdigit()
            and 10 <= int(second.text[:3]) <= 110
            and len(second.text) < 4
            and end + 2 < len(words)
            and words[end + 2].text in ",)"
        ):
            votes["age"] = 2.0
        elif end + 1 in page.country_at and after.text == ",":
            found = page.country_at[end + 1]
            follows = words[found[1]] if found[1] < len(words) else None
            if gazetteer.fold(
                page.text[words[found[0]].start : words[found[1] - 1].end]
            ) not in gazetteer.people() and not (follows is not None and follows.low == "'s"):
                votes["country after"] = -1.5
    if (
        end - start > 1
        and after is not None
        and second is not None
        and (after.low, second.low) == ("of", "the")
        and "also small" not in votes
        and any(word.low in _PARTIES for word in words[end + 2 : end + 7])
    ):
        # "X Y of the conservative Z party"
        votes["of party"] = 1.4
    if before is None:
        return
    if (
        after is not None
        and after.low == "for"
        and end + 1 in page.country_at
        and before.text in (",", ";")
        and end - start > 1
    ):
        # "X for Russia, Y for Iran"
        votes["for country"] = 0.5
    if before.low == "of" and start > 1 and words[start - 2].low in _PLACE_KINDS:
        votes["of place"] = -3.0
    if before.low == "the" and not (after is not None and (after.low in _RULES or after.text == "-")):
        votes["the"] = -2.2
    elif before.low in _ABROAD:
        votes["abroad"] = -1.6
    elif before.low in ("to", "from"):
        votes["abroad"] = -0.4
    elif before.low in ("with", "by", "between", "met", "meets", "telephoned", "congratulated", "thanked", "told"):
        votes["with"] = 0.5
    elif before.low in _SPEECH:
        # "…," said X: the quotation mark tells that someone speaks.
        votes["spoken"] = 1.3 if end - start > 1 and start > 1 and words[start - 2].text in '"”’»' else 0.8
    elif before.low == "late" and start > 1 and words[start - 2].low == "the" and end - start > 1:
        votes["late"] = 1.5
    elif before.low == "of" and start >= 2:
        if words[start - 2].cap and words[start - 2].low in _thing_after():
            votes["of thing"] = -2.0
        elif words[start - 2].low in _titles.heads():
            votes["of office"] = -1.0
    elif before.is_word and before.cap and before.low in _THING_BEFORE:
        votes["thing before"] = -3.0
    elif (
        before.is_word
        and before.cap
        and before.low in _thing_after()
        and start - 1 not in page.country_at
        and before.low not in _titles.heads()
    ):
        votes["thing before"] = -0.8
    back = [word.low for word in words[max(0, start - 3) : start]]
    if _ALIAS & set(back) or (back[-1:] == ["name"] and {"ring", "stage", "pen"} & set(back)):
        votes["alias"] = -3.5
    if back and (back[-1] in _KIN or (len(back) > 1 and back[-1] in (",", "and") and back[-2] in _KIN)):
        votes["kin"] = 1.4
    if back and back[-1] in ("counterpart", "counterparts"):
        votes["counterpart"] = 1.8
    if back and back[-1].endswith("year-old"):
        votes["age"] = 2.0
    # Honorifics.
    at = start - 1
    if before.low == "." and start >= 2:
        at = start - 2
    if _titles.is_honorific(words[at]):
        votes["honorific"] = 3.0


def _before(page: Page, start: int) -> int:
    """The index where honorifics before a name begin."""
    words = page.words
    at = start
    while at > 0:
        word = words[at - 1]
        moved = False
        for size in (4, 3, 2):
            if (
                at - size >= 0
                and (found := _titles.honorific_phrases().at(words, at - size)) is not None
                and found[0] == at
            ):
                at -= size
                moved = True
                break
        if moved:
            continue
        if _titles.is_honorific(word) and not word.brk:
            at -= 1
            continue
        if word.text == "." and at >= 2 and _titles.is_honorific(words[at - 2]):
            at -= 2
            continue
        break
    return at


def _titles_before(page: Page, candidate: Candidate, by_end: Mapping[int, Title]) -> None:
    words = page.words
    at = _before(page, candidate.start)
    if at < candidate.start:
        candidate.votes["honorific"] = 3.0
    title = by_end.get(at)
    if title is None and at > 3 and words[at - 1].text == ")":
        back = at - 2
        while back > at - 6 and back > 0 and words[back].text != "(":
            back -= 1
        title = by_end.get(back)
    if title is None and at and words[at - 1].low == "named":
        title = by_end.get(at - 1)
    if title is None and at and words[at - 1].text in ("“", '"', "‘") and at - 1 in by_end:
        title = by_end[at - 1]
    if title is None:
        _title_comma_name(page, candidate, by_end, at)
        return
    if title.kind == "occupation" and not title.capital and title.head_end != title.end and title.org is None:
        return
    size = candidate.end - candidate.start
    strength = 3.0
    if not title.capital and size == 1 and not (title.definite or title.country):
        strength = 2.0
    candidate.votes["title"] = strength
    candidate.before.append(title)
    _chain_before(page, candidate, title, by_end)


def _chain_before(page: Page, candidate: Candidate, title: Title, by_end: Mapping[int, Title]) -> None:
    """ "Deputy Prime Minister and Minister of Foreign Affairs X", "Domestic Policy Advisor Ambassador X"."""
    words = page.words
    for _ in range(5):
        edge = title.start
        back = edge - 1
        joined = edge in by_end
        if joined:
            title = by_end[edge]
        else:
            while back >= 0 and words[back].low in ("and", "/", "&", ",", "the", "cum", "-", "–"):
                back -= 1
            if back + 1 == edge or back + 1 not in by_end:
                break
            link = [word.low for word in words[back + 1 : edge]]
            other = by_end[back + 1]
            if (
                "," in link
                and not _free_left(page, other)
                and not (link == [","] and len(candidate.before) == 1 and gazetteer.fold(title.title) in _STYLED)
            ):
                break
            if not ({"and", "/", "&", "cum", "-", "–"} & set(link)) and not (
                link == [","] and other.capital and title.capital
            ):
                break
            title = other
            bare = candidate.before[-1]
            if (
                link == ["and"]
                and title.kind == "office"
                and title.start
                and words[title.start - 1].low == "the"
                and words[candidate.start - 1].text != ","
                and bare.end == bare.head_end
                and bare.org is None
            ):
                # "the Vice President and President X": two people.
                break
        if (
            not title.capital
            and candidate.before[0].capital
            and title.kind != "occupation"
            and not title.org
            and not title.country
        ):
            break
        candidate.before.append(title)


def _titled_before(page: Page, index: int, by_end: Mapping[int, Title]) -> bool:
    """Whether the name that ends with word `index` has a title of its own right before it."""
    at = index
    while at - 1 in page.name_words:
        at -= 1
    return at in by_end and by_end[at].capital


def _free_left(page: Page, title: Title) -> bool:
    """Whether no name with a comma stands before a title, so that it cannot be that name's apposition."""
    words = page.words
    at = title.start - 1
    while at >= 0 and words[at].low in ("the", "a", "an", "its", "and", "former"):
        at -= 1
    if at < 0 or words[at].brk:
        return True
    if words[at].text in ",;":
        if not (at and words[at - 1].is_word and words[at - 1].cap):
            return True
        return at - 1 not in page.name_words and not any(c.end == at and c.end - c.start > 1 for c in page.candidates)
    return not (words[title.start - 1].low == "the" and title.end < len(words) and words[title.end].text == ",")


def _title_comma_name(page: Page, candidate: Candidate, by_end: Mapping[int, Title], at: int) -> None:
    """ "The head of the agency, X, said": a definite title, a comma, the name, and a comma or verb after it."""
    words = page.words
    if at < 2 or words[at - 1].text not in (",", "–", "—"):
        return
    title = by_end.get(at - 1) or _title_with_more(page, at - 1, by_end)
    if title is None:
        return
    back = title.start - 1
    if back >= 1 and words[back].low in ("of", "for", "to", "with", "by") and not title.definite:
        return
    begins = (
        title.definite
        or (title.capital and title.org is not None)
        or title.country is not None
        or words[title.start].first
        or back < 0
        or words[back].low in ("one", "another", "'s")
        or words[back].brk
    )
    listed = back >= 1 and words[back].text == "," and title.capital and back - 1 in page.name_words
    joined = by_end.get(back) if back > 0 and words[back].low == "and" else None
    begins = (
        begins
        or (listed and _titled_before(page, back - 1, by_end))
        or (joined is not None and joined.capital == title.capital)
    )
    if not begins:
        return
    # "X, president of Y, Z said" is X's title.
    probe = title.start - 1
    while probe >= 0 and words[probe].is_word and words[probe].low in ("the", "a", "an", "former", "then"):
        probe -= 1
    if (
        probe >= 1
        and words[probe].text == ","
        and probe - 1 in page.name_words
        and not _titled_before(page, probe - 1, by_end)
    ):
        return
    close = candidate.end
    while close < len(words) and words[close].text in _postnominal():
        close += 1
    after = words[close] if close < len(words) else None
    if (
        after is None
        or after.text in ',.;:)”"'
        or after.brk
        or after.pos in ("VERB", "AUX")
        or after.low in ("'s", "and", "in")
    ):
        candidate.votes["apposition"] = 2.2
        candidate.before.append(title)
        _chain_before(page, candidate, title, by_end)


def _title_with_more(page: Page, comma: int, by_end: Mapping[int, Title]) -> Title | None:
    """The definite title before a comma that goes on with small words: "the treasurer of the northern section, X"."""
    words = page.words
    at = comma - 1
    while at > max(comma - _FURTHER, 0) and words[at].is_word and words[at].pos not in ("VERB", "AUX", "PRON"):
        title = by_end.get(at)
        if title is not None:
            return title if title.definite and not words[at].cap else None
        at -= 1
    return None


_FURTHER = 12  # words of a title after its body
_BETWEEN = word_set("en/entities", "people.between")


def _titles_after(page: Page, candidate: Candidate, by_start: Mapping[int, Title], name_starts: set[int]) -> None:
    words = page.words
    at = candidate.end
    if at < len(words) and words[at].text == "(":
        close = next((n for n in range(at + 1, min(at + 8, len(words))) if words[n].text == ")"), None)
        if close is not None:
            inner = _title_from(page, at + 1, by_start, name_starts)
            if inner is not None and inner.end <= close + 1:
                candidate.after.append(inner)
                candidate.votes["bracket"] = 2.0
            at = close + 1
    # "of Namibia" after the name of a president.
    if at < len(words) and words[at].low == "of":
        begin = at + 1 + (at + 1 < len(words) and words[at + 1].low == "the")
        found = page.country_at.get(begin)
        if found is not None and found[0] == begin:
            candidate.country = found[2]
            at = found[1]
        elif candidate.before and begin < len(words) and words[begin].cap:
            stop = begin
            while (
                stop < len(words)
                and words[stop].is_word
                and stop not in name_starts
                and (words[stop].cap or words[stop].low in ("of", "for", "and", "the", "to"))
            ):
                stop += 1
            while stop > begin and not words[stop - 1].cap:
                stop -= 1
            if (
                any(word.low in _org_heads() for word in words[begin:stop] if word.cap)
                or words[begin].text in _titles._bodies()
            ):
                candidate.org = (begin, stop)
                at = stop
    if at >= len(words) or (words[at].text not in (",", "–", "—", "-", "\n") and not words[at].brk):
        _copula(page, candidate, at, by_start, name_starts)
        return
    line = words[at].brk
    if line and not (
        candidate.start == 0
        or words[candidate.start - 1].brk
        or candidate.before
        or _titles.is_honorific(words[candidate.start - 1])
    ):
        return
    at += 1
    if at + 1 < len(words) and words[at].text.isdigit() and words[at + 1].text == ",":
        at += 2
    for turn in range(8):
        title = _title_from(page, at, by_start, name_starts)
        if title is None:
            if turn == 0 and not line:
                _copula(page, candidate, at - 1, by_start, name_starts)
            break
        if line and not title.capital:
            break
        follows = words[title.end] if title.end < len(words) else None
        if follows is not None and follows.pos in ("VERB", "AUX") and not follows.cap and not _opens(page, candidate):
            # "…, the minister said": the subject of the next clause.
            break
        if (
            words[at - 1].text == ","
            and candidate.before
            and title.capital
            and title.end + 1 < len(words)
            and words[title.end].text == ","
            and title.end + 1 in name_starts & page.name_words
        ):
            # "Minister of Trade X, Deputy Minister of Health, Y": the title of the next name.
            break
        candidate.after.append(title)
        candidate.votes["apposition"] = 2.5
        at = title.end
        while at < len(words) and words[at].text == "(":
            close = next((n for n in range(at + 1, min(at + 8, len(words))) if words[n].text == ")"), None)
            if close is None:
                return
            at = close + 1
        link = at
        while at < len(words) and words[at].low in (
            ",",
            "and",
            "&",
            "/",
            "as",
            "well",
            "but",
            "later",
            "finally",
            "then",
        ):
            at += 1
        if at == link:
            break


def _opens(page: Page, candidate: Candidate) -> bool:
    """Whether the name, with what stands before it, begins its sentence."""
    words = page.words
    start = candidate.before[-1].start if candidate.before else candidate.start
    return words[start].first or (start > 0 and (words[start - 1].first or words[start - 1].brk))


def _title_from(page: Page, at: int, by_start: Mapping[int, Title], name_starts: set[int]) -> Title | None:
    """The title that begins at `at`, after words that are no part of it, if no other name follows it at once."""
    words = page.words
    limit = min(at + 9, len(words))
    probe = at
    while probe < limit:
        title = by_start.get(probe)
        if title is not None:
            return None if _leads_to_name(page, title, by_start, name_starts) else title
        word = words[probe]
        if (
            word.low in _BETWEEN
            or (word.low in _titles._plain() and word.is_word)
            or probe in page.country_at
            or word.low == "'s"
        ):
            probe += 1
            continue
        if word.cap and "-" in word.low and word.low.rpartition("-")[2] in gazetteer.people():
            probe += 1
            continue
        if probe > at and word.is_word and word.pos in ("ADJ", "ADV", "NUM") and not word.cap:
            probe += 1
            continue
        break
    return None


def _leads_to_name(page: Page, title: Title, by_start: Mapping[int, Title], name_starts: set[int]) -> bool:
    """Whether a title stands before a name of its own: "…, Foreign Minister Y", "…, Adviser Ambassador Y"."""
    words = page.words
    for _ in range(4):
        at = title.end
        if at < len(words) and words[at].text == "(":
            close = next((n for n in range(at + 1, min(at + 5, len(words))) if words[n].text == ")"), None)
            at = close + 1 if close is not None else at
        while at < len(words) and _titles.is_honorific(words[at]):
            at += 1
        if at in name_starts:
            return True
        if at + 1 < len(words) and words[at].low == "and" and at + 1 in by_start and title.capital:
            after = by_start[at + 1]
            if not after.capital:
                return False
            title = after
            continue
        if at not in by_start:
            return False
        title = by_start[at]
    return False


_COPULAS = word_set("en/entities", "people.copulas")
_COPULA_FILLERS = word_set("en/entities", "people.copula_fillers")


def _copula(page: Page, candidate: Candidate, at: int, by_start: Mapping[int, Title], name_starts: set[int]) -> None:
    """ "X is the president of Y", "X, who was elected chairman", "X serves as adviser"."""
    words = page.words
    probe = at
    if probe < len(words) and words[probe].text == ",":
        probe += 1
    seen = False
    while probe < min(at + 9, len(words)):
        title = by_start.get(probe)
        if title is not None and seen:
            if title.end in name_starts or (words[probe - 1].low in ("for", "by", "to", "in") and not seen):
                return
            candidate.after.append(title)
            candidate.votes["is"] = 1.6
            end = title.end
            for _ in range(4):
                after = end
                while after < len(words) and words[after].low in (",", "and", "as", "the", "a", "an"):
                    after += 1
                other = by_start.get(after) if after > end else None
                if other is None or other.end in name_starts:
                    break
                candidate.after.append(other)
                end = other.end
            return
        word = words[probe]
        if word.low in _COPULAS:
            seen = True
        if (
            word.low in _COPULA_FILLERS
            or (word.low in _titles._plain() and seen)
            or (probe in page.country_at and seen)
        ):
            probe += 1
            continue
        return


# --- decision -------------------------------------------------------------------------------------

# Chosen on the training articles: F1 of people is 0.978 at 1.7, 0.969 at 1.4.
_ACCEPT = 1.7


@cache
def _short_forms() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(gazetteer.fold(row).split()) for row in lexicon.words("en/names", "given.short"))


@lru_cache(maxsize=20_000)
def _same_given(a: str, b: str) -> bool:
    return a == b or any(a in row and b in row for row in _short_forms())


def decide(pages: list[Page]) -> dict[str, list[Candidate]]:
    """Fullest name → its occurrences. The people are in the order in which they first appear."""
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for page in pages:
        for candidate in page.candidates:
            groups.setdefault(candidate.key, []).append(candidate)
    full: dict[tuple[str, ...], list[Candidate]] = {}
    single: dict[tuple[str, ...], list[Candidate]] = {}
    for key, group in groups.items():
        if not key:
            continue
        (full if len(key) > 1 else single)[key] = group
    accepted = {key: group for key, group in full.items() if _weigh(group) >= _ACCEPT}
    # A longer name that holds an accepted one, and the other way round, is the same person.
    owner = _join(accepted)
    by_word: dict[str, list[tuple[str, ...]]] = {}
    for key in accepted:
        for part in key:
            if len(part) > 1:
                rows = by_word.setdefault(part, [])
                if owner[key] not in rows:
                    rows.append(owner[key])
    people: dict[tuple[str, ...], list[Candidate]] = {}
    for key, group in accepted.items():
        people.setdefault(owner[key], []).extend(group)
    loose: dict[tuple[str, ...], list[Candidate]] = {}
    places = {key: [(c.layer, c.start) for c in group] for key, group in people.items()}
    for positions in places.values():
        positions.sort()
    lone = sorted((c for group in single.values() for c in group), key=lambda c: (c.layer, c.start))
    for candidate in lone:
        match = _owner_of(candidate, by_word.get(candidate.key[0], [])[:_SHARED], places)
        if match is None:
            loose.setdefault(candidate.key, []).append(candidate)
        elif candidate.votes.get("thing after", 0) > -3 or candidate.score > 0:
            people[match].append(candidate)
            bisect.insort(places[match], (candidate.layer, candidate.start))
    for key, group in loose.items():
        if _weigh(group) >= _ACCEPT + 0.2:
            people[key] = group
    # A full form that was not accepted but holds a person's whole name ("Xi Jinping Thought") is not another person.
    out: dict[str, list[Candidate]] = {}
    order = sorted(people.items(), key=lambda row: min((c.layer, c.start) for c in row[1]))
    beside = {page.index for page in pages if page.beside}
    for _, group in order:
        # A title given beside the text resolves names, but the text itself says what the fullest form is.
        name = _fullest([c for c in group if c.layer not in beside] or group)
        for candidate in group:
            candidate.person = name
        out.setdefault(name, []).extend(sorted(group, key=lambda c: (c.layer, c.start)))
    return out


def _weigh(group: list[Candidate]) -> float:
    """The score of a name by all its occurrences: the best, and a little for each further one that agrees."""
    scores = sorted((candidate.score for candidate in group), reverse=True)
    hard = sum(
        candidate.votes.get("thing after", 0) + candidate.votes.get("thing before", 0) < -2 for candidate in group
    )
    return scores[0] + 0.25 * min(2, sum(score > 1.0 for score in scores[1:])) - (1.5 if hard * 2 > len(group) else 0)


_SHARED = 60


def _join(accepted: dict[tuple[str, ...], list[Candidate]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Each accepted name → the longest accepted name that it is a form of."""
    owner: dict[tuple[str, ...], tuple[str, ...]] = {}
    kept: dict[str, list[tuple[str, ...]]] = {}
    for key in sorted(accepted, key=lambda k: (-len(k), -sum(map(len, k)), k)):
        # A word that very many names of a post share tells nothing, and would make long pages slow.
        near = [other for part in key if len(kept.get(part, ())) <= _SHARED for other in kept.get(part, ())]
        match = next((other for other in near if _form_of(key, other)), None)
        if match is None:
            match = next((other for other in near if _spelled_alike(key, other)), None)
        owner[key] = match if match is not None else key
        if match is None:
            for part in set(key):
                if len(part) > 1:
                    kept.setdefault(part, []).append(key)
    return owner


def _form_of(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether all words of the shorter name stand in the longer, in order, initials and short forms allowed for."""
    if "".join(short) == "".join(long):
        return True
    at = 0
    for number, part in enumerate(short):
        while at < len(long):
            other = long[at]
            at += 1
            if part == other or (number == 0 and at == 1 and _same_given(part, other)):
                break
            if (len(part) == 1 and other.startswith(part)) or (len(other) == 1 and part.startswith(other)):
                break
        else:
            return False
    return any(len(part) > 1 and part in long for part in short)


def _spelled_alike(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two names differ in the spelling of one long word only: "bin Laden" and "bin Ladin"."""
    if len(a) != len(b) or len(a) < 2:
        return False
    apart = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(apart) == 1 and min(map(len, apart[0])) > 4 and Levenshtein.distance(*apart[0]) < 2


def _owner_of(
    candidate: Candidate,
    owners: list[tuple[str, ...]],
    places: Mapping[tuple[str, ...], list[tuple[int, int]]],
) -> tuple[str, ...] | None:
    """Which of the people with this word in their name a lone word means: the one it is the family name of, then the
    one named last before it."""
    if len(owners) < 2:
        return owners[0] if owners else None
    part, here = candidate.key[0], (candidate.layer, candidate.start)

    def rank(owner: tuple[str, ...]) -> tuple[int, int, tuple[int, int]]:
        family = owner[-1] == part or (owner[0] in _surnames_first() and owner[0] == part)
        before = bisect.bisect_left(places[owner], here)
        # Who has been named often is meant by the family name alone, rather than who was named last.
        return (int(family), min(before, 4), places[owner][before - 1] if before else (-1, -1))

    return max(owners, key=rank)


def _fullest(group: list[Candidate]) -> str:
    """The fullest form of a name: most words, then most letters, small letters before capitals, then the first."""

    def rank(candidate: Candidate) -> tuple[int, int, int, int, int]:
        longest = max(len(part) for part in candidate.key)
        return (
            sum(len(part) > 1 for part in candidate.key),
            len(candidate.key),
            not candidate.text.isupper(),
            longest > 0,
            sum(map(len, candidate.key)),
        )

    best = max(group, key=lambda c: (rank(c), -c.layer, -c.start))
    plain = [c for c in group if c.key == best.key and not c.text.isupper()]
    return (plain[0] if plain and best.text.isupper() else best).text


def loose_titles(page: Page) -> dict[int, Title]:
    """Titles that stand without a name, by where they begin."""
    used = {id(t) for c in page.candidates if c.person for t in (*c.before, *c.after)}
    used_heads = {t.head for c in page.candidates if c.person for t in (*c.before, *c.after)}
    out: dict[int, Title] = {}
    for title in page.titles:
        if id(title) in used or title.head in used_heads or title.kind == "occupation":
            continue
        out[title.start] = title
    return out
