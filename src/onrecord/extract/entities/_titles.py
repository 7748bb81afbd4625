"""Titles of offices and occupations, put together from their parts: words before the head, the head, what follows it.

Invariant: a `Title`'s words are the words between its start and end; `title`, `org` and `country` come from
nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cache

from onrecord import gazetteer, lexicon
from onrecord.extract.entities._text import Phrases, Word, word_set

_HEAD_KINDS = ("office", "royal", "military", "clergy", "occupation")
_LINKS = word_set("en/entities", "titles.links")
_DETERMINERS = word_set("en/entities", "titles.determiners")
_LONGEST = 22


@dataclass(frozen=True, slots=True)
class Title:
    """A title as a layer words it. `start` to `end` are word indices; `head` is the index of the head's first word.

    `owner` are the indices of the words of a person or body in the possessive before it ("Fatah's deputy minister").
    `definite` says that an article or a possessive stands before it. `like` are the words of the title that it mirrors
    ("his Namibian counterpart").
    """

    start: int
    end: int
    head: int
    head_end: int
    kind: str
    title: str
    org: str | None = None
    org_words: tuple[int, int] | None = None
    country: str | None = None
    owner: tuple[int, int] | None = None
    definite: bool = False
    capital: bool = False
    more_orgs: tuple[tuple[int, int], ...] = ()
    inner: int | None = None
    like: tuple[int, int] | None = None


@cache
def heads() -> Mapping[str, str]:
    """One-word heads → kind."""
    out: dict[str, str] = {}
    for kind in _HEAD_KINDS:
        for word in lexicon.words("en/titles", f"head.{kind}"):
            out.setdefault(gazetteer.fold(word), kind)
    return out


@cache
def head_phrases() -> Phrases:
    """Heads of one or more words → kind."""
    out = {}
    for phrase in lexicon.words("en/titles", "phrase.office"):
        last = gazetteer.fold(phrase).split()[-1]
        out[phrase] = (
            "occupation"
            if heads().get(last) == "occupation" or last in ("student", "fellow", "star", "partner")
            else "office"
        )
    for word, kind in heads().items():
        out.setdefault(word, kind)
    return Phrases(out)


@cache
def letters() -> frozenset[str]:
    """Titles by their letters ("MP", "PM"), read only as they are written."""
    return frozenset(lexicon.words("en/titles", "head.letters"))


@cache
def plural_heads() -> Mapping[str, str]:
    """Plural of a head → its singular, for "Presidents X and Y"."""
    out: dict[str, str] = {}
    for word in heads():
        if word.endswith("man"):
            out[word[:-3] + "men"] = word
        elif word.endswith("y"):
            out[word[:-1] + "ies"] = word
        elif not word.endswith("s"):
            out[word + "s"] = word
    return out


@cache
def honorifics() -> frozenset[str]:
    return frozenset(gazetteer.fold(word) for word in lexicon.words("en/titles", "honorific.before"))


@cache
def honorific_phrases() -> Phrases:
    return Phrases(lexicon.words("en/titles", "honorific.phrases"))


@cache
def _small_honorifics() -> frozenset[str]:
    return word_set("en/titles", "honorific.small")


def is_honorific(word: Word) -> bool:
    """Whether the word stands before names without being an office: Mr., H.E., Sheikh, Comrade."""
    if not word.is_word or not (word.cap or word.low == "one" or word.low in _small_honorifics()):
        return False
    return word.low.replace(".", "") in honorifics()


def is_family_pair(text: str) -> bool:
    """Whether a word with a hyphen that ends in a title is two family names ("Baksh-Khan") rather than an office."""
    head, _, tail = text.rpartition("-")
    low = gazetteer.fold(head)
    return (
        head[:1].isupper()
        and tail[:1].isupper()
        and tail.lower() in word_set("en/names", "also.ends")
        and low not in heads()
        and low not in _rank()
        and low not in _time()
        and low not in _domains()
        and low not in word_set("en/organisations", "not_person.words")
    )


@cache
def _org_heads() -> frozenset[str]:
    return word_set("en/organisations", "head.state", "head.party", "head.body")


@cache
def _rank() -> frozenset[str]:
    return word_set("en/titles", "modifier.rank") - {
        "senate",
        "house",
        "parliament",
        "council",
        "congress",
        "court",
        "committee",
        "commission",
        "board",
        "company",
        "union",
        "party",
        "government",
    }


@cache
def _time() -> frozenset[str]:
    return word_set("en/titles", "modifier.time")


@cache
def _plain() -> frozenset[str]:
    return word_set("en/titles", "modifier.plain")


def plain_words() -> frozenset[str]:
    """Articles and words that say how good or how old: before a title, no part of it."""
    return _plain()


@cache
def _domains() -> frozenset[str]:
    return word_set("en/titles", "modifier.minister_domains")


@cache
def _post() -> Phrases:
    return Phrases(lexicon.words("en/titles", "head.postwords"))


@cache
def _bodies() -> frozenset[str]:
    return frozenset(lexicon.words("en/organisations", "known.abbreviation"))


@cache
def known_bodies() -> Phrases:
    return Phrases(lexicon.words("en/organisations", "known.names"))


@cache
def _regions() -> frozenset[str]:
    return word_set("en/organisations", "head.region")


_MINISTERS = word_set("en/entities", "titles.ministers")
_PLACE_HEADS = word_set("en/entities", "titles.place_heads")
_NAMED_FOR = word_set("en/entities", "titles.named_for")
_DROPPED_WITH_COUNTRY = word_set("en/entities", "titles.dropped_with_country")


class Finder:
    """Finds the titles of one layer. `name_begins(i)` says whether a person's name begins at word `i`."""

    def __init__(
        self,
        text: str,
        words: list[Word],
        countries: Mapping[int, tuple[int, str]],
        name_begins: Callable[[int], bool],
        name_end: Callable[[int], int],
        run_begins: Callable[[int], bool],
        in_name: Callable[[int], bool],
        abbreviations: frozenset[str],
        forced: Set[int] = frozenset(),
    ) -> None:
        self._forced = forced
        self._layer = text
        self._words = words
        self._countries = countries
        self._country_at: dict[int, tuple[int, int, str]] = {}
        for start, (end, code) in countries.items():
            for index in range(start, end):
                self._country_at[index] = (start, end, code)
        self._name_begins = name_begins
        self._name_end = name_end
        self._run_begins = run_begins
        self._in_name = in_name
        self._head_ends: dict[int, int] = {}
        self._named_from: int | None = None
        self._head_stops: frozenset[int] = frozenset()
        self._starts: set[int] = set()
        self._suffix = ""
        self._abbreviations = abbreviations

    def find(self) -> list[Title]:
        """All titles, in order; none overlaps another's head."""
        words, phrases = self._words, head_phrases()
        spans: list[tuple[int, int, str]] = []
        index = 0
        while index < len(words):
            word = words[index]
            if word.is_word and index not in self._forced:
                found = phrases.at(words, index)
                if found is not None and found[0] - index == 1 and word.text.lower() == "charge":
                    found = None
                if found is not None and self._is_head(index, found[0]):
                    spans.append((index, found[0], found[1]))
                    index = found[0]
                    continue
                if found is None and word.cap and word.text.rpartition("-")[2] in letters() and word.text[-1] != "s":
                    spans.append((index, index + 1, "office"))
                elif found is None and word.cap and "-" in word.low and not is_family_pair(word.text):
                    tail = word.low.rpartition("-")[2]
                    if tail in heads() and tail != "general" and len(tail) > 3:
                        spans.append((index, index + 1, heads()[tail]))
            index += 1
        spans = self._without_ranks(spans)
        out: list[Title] = []
        taken = 0
        starts = {start for start, _, _ in spans}
        self._head_ends = {start: end for start, end, _ in spans}
        self._head_stops = frozenset(self._head_ends.values())
        self._starts = starts
        for number, (start, end, kind) in enumerate(spans):
            if start < taken:
                continue
            title = self._parse(start, end, kind, taken, starts)
            out.append(title)
            taken = end
            if number + 1 < len(spans) and title.end <= spans[number + 1][0]:
                taken = title.end
            if title.inner is not None:
                # "adviser to the president": the office within is not its bearer's.
                taken = title.inner
        return out

    def plurals(self) -> list[Title]:
        """Titles in the plural, in the wording of one bearer: "Prime Ministers" → "Prime Minister"."""
        words, singular = self._words, plural_heads()
        out = []
        for index, word in enumerate(words):
            one = singular.get(word.low) if word.is_word else None
            lettered = one is None and word.cap and word.text[-1] == "s" and word.text[:-1] in letters()
            if lettered:
                one = word.text[:-1]
            if one is None or not (index + 1 < len(words)):
                continue
            after = words[index + 1]
            if not (after.cap or after.text in ",:–-" or after.low == "such"):
                continue
            kind = "office" if lettered else heads()[one]
            start, org, country, _, title_start = self._left(index, max(0, index - 8), word.cap, kind)
            tail = one.title() if word.cap and not lettered else one
            text = " ".join(part for part in (self._text(title_start, index), tail) if part)
            out.append(
                Title(
                    start,
                    index + 1,
                    index,
                    index + 1,
                    kind,
                    text,
                    self._text(*org) if org else None,
                    org,
                    country,
                    capital=word.cap,
                )
            )
        return out

    def _without_ranks(self, spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """Leaves out "deputy", "principal", "chief" where they only rank the head that follows."""
        words = self._words
        out = []
        for number, (start, end, kind) in enumerate(spans):
            if end - start == 1 and number + 1 < len(spans) and words[start].low in _rank() | _RANKING:
                following = spans[number + 1][0]
                if following - end <= 6 and all(
                    words[at].is_word
                    and (words[at].cap == words[start].cap or words[at].low in ("of", "and"))
                    and (
                        words[at].low in _rank()
                        or self._is_domain(words[at], at)
                        or words[at].low in _org_heads()
                        or words[at].low == "and"
                    )
                    for at in range(end, following)
                ):
                    continue
            out.append((start, end, kind))
        return out

    def _is_head(self, start: int, end: int) -> bool:
        words = self._words
        word, last = words[start], words[end - 1]
        if end - start == 1:
            if word.pos in ("VERB", "AUX") and not word.cap:
                return False
            if (
                not word.cap
                and word.pos == "ADJ"
                and word.low in ("principal", "general", "executive", "chief", "major")
            ):
                return False
            follows = words[end].low if end < len(words) else ""
            # "chief negotiator", "general election", "head office": no head where a noun follows.
            if (
                word.low
                in (
                    "general",
                    "major",
                    "chief",
                    "principal",
                    "executive",
                    "lead",
                    "private",
                    "corporate",
                    "counsel",
                    "official",
                    "expert",
                    "star",
                    "model",
                    "host",
                    "guard",
                    "force",
                    "agent",
                    "liaison",
                    "general",
                    "patron",
                    "critic",
                    "star",
                )
                and not word.cap
            ):
                return not (
                    end < len(words)
                    and words[end].is_word
                    and not words[end].cap
                    and words[end].pos in ("NOUN", "ADJ", "PROPN")
                )
            if word.low == "executive" and follows in ("council", "committee", "office", "board", "order", "branch"):
                return False
        # "Minister Council", "Governor Office": part of a body's name.
        return not (last.cap and end < len(words) and words[end].cap and words[end].low in _org_heads())

    def _parse(self, head: int, head_end: int, kind: str, floor: int, starts: set[int]) -> Title:
        words = self._words
        capital = words[head].cap
        if head_end + 1 < len(words) and words[head_end].text == "," and words[head_end + 1].low == "ad":
            head_end += 1
        if [word.low for word in words[head_end : head_end + 4]] in (["e", ".", "p", "."], ["e.", "p", "."]):
            head_end += 4 if words[head_end].low == "e" else 3
        while head_end < len(words) and (found := _post().at(words, head_end)) is not None:
            if words[head_end].low == "general" and (
                words[head_end].cap != capital or words[head_end - 1].low not in _GENERALS
            ):
                break
            if words[head_end].low == "of" and kind != "office":
                break
            head_end = found[0]
        # "-elect" after a phrase: "Prime Minister-elect" is one word; "president - elect" is not.
        start, org, country, owner, title_start = self._left(head, floor, capital, kind)
        definite = owner is not None
        before = start - 1
        while (
            before >= floor
            and words[before].is_word
            and words[before].low in _plain()
            and (not words[before].cap or words[before].first or words[before].low in ("the", "a", "an"))
        ):
            if words[before].low in _DETERMINERS:
                definite = True
                break
            before -= 1
        if country is None and before >= floor:
            # "the Chinese great leader": a nationality before a word that says how good.
            if words[before].low == "'s" and before > floor:
                before -= 1
            named = self._country_at.get(before)
            if named is not None and before < start - 1 and words[before].is_word:
                country, start = named[2], named[0]
        prefix = ""
        if start - 1 >= floor and words[start - 1].low in _time() - _plain() and start < title_start:
            prefix = words[start - 1].text + " "
            start -= 1
        self._suffix = ""
        end, title_end, right_org, right_country, more, inner = self._right(head, head_end, kind, starts)
        title = _BRACKETED.sub("", prefix + self._text(title_start, title_end)) + self._suffix
        if right_org is not None:
            org = right_org
        return Title(
            start=start,
            end=end,
            head=head,
            head_end=head_end,
            kind=kind,
            title=title,
            org=self._text(*org) if org else None,
            org_words=org,
            country=country or right_country,
            owner=owner,
            definite=definite,
            capital=capital,
            more_orgs=more,
            inner=inner,
        )

    def _text(self, start: int, end: int) -> str:
        if start >= end:
            return ""
        return " ".join(self._layer[self._words[start].start : self._words[end - 1].end].split())

    def _left(
        self, head: int, floor: int, capital: bool, kind: str
    ) -> tuple[int, tuple[int, int] | None, str | None, tuple[int, int] | None, int]:
        """Reads leftward: start, body, country, owner, and where the title's own words begin."""
        words = self._words
        floor = max(floor, head - 2 * _LONGEST)
        at = head
        title_start = head
        # Words of the title itself.
        while at - 1 >= floor:
            word = words[at - 1]
            if not word.is_word:
                if word.text == "-" and at - 2 >= floor and words[at - 2].is_word and words[at - 2].end == word.start:
                    at -= 1
                    continue
                break
            if self._country_at.get(at - 1) is not None:
                break
            if word.cap:
                if capital and (
                    word.low in _rank()
                    or word.low in _time()
                    or self._is_domain(word, at - 1)
                    or self._portfolio(head, at - 1)
                ):
                    at -= 1
                    title_start = at
                    continue
                if (word.low in _time() and word.low not in _plain()) or (
                    word.low == "cabinet" and words[head].low == "minister"
                ):
                    at -= 1
                    title_start = at
                    continue
                if (
                    not capital
                    and word.first
                    and (word.low in _rank() or word.pos in ("ADJ", "NOUN"))
                    and word.low not in _org_heads()
                    and word.low not in _plain()
                ):
                    at -= 1
                    title_start = at
                break
            if (word.low in _rank() and word.low != "under") or (
                word.low in _time()
                and word.low not in ("late", "then", "current", "incumbent", "sitting", "new", "past", "previous")
            ):
                at -= 1
                title_start = at
                continue
            if word.low in _plain():
                break
            if not capital and word.pos in ("NOUN", "ADJ", "PROPN") and head - at < 3 and not word.low.endswith("ly"):
                if word.low in _org_heads() and at == head and words[head].low in _VOICES:
                    begin = at - 1
                    while (
                        begin - 1 >= floor
                        and words[begin - 1].is_word
                        and not words[begin - 1].cap
                        and words[begin - 1].pos in ("NOUN", "ADJ")
                        and words[begin - 1].low not in _plain()
                    ):
                        begin -= 1
                    return begin, (begin, at), None, None, head
                at -= 1
                title_start = at
                continue
            if (
                word.low in ("and", "&")
                and capital
                and at < head
                and at - 2 >= floor
                and words[at].low not in ("under", "first", "deputy", "vice", "chief", "prime", "senior", "assistant")
                and self._portfolio(head, at - 2)
            ):
                at -= 1
                continue
            if (
                word.low == "and"
                and not capital
                and at < head
                and at - 2 >= floor
                and not words[at - 2].cap
                and words[at - 2].low in _domains()
                and words[at].low in _domains()
            ):
                at -= 2
                title_start = at
                continue
            if (
                word.low in ("and", "&")
                and at - 2 >= floor
                and words[at - 2].cap
                and words[at - 2].low in _domains()
                and capital
                and at < head
                and words[at].low in _domains()
                and words[at].low not in ("under", "first", "deputy", "vice", "chief")
            ):
                # "Trade and Industry Minister", "Foreign and Commonwealth Secretary"
                at -= 1
                continue
            break
        if (
            title_start < head
            and title_start - 2 >= floor
            and words[title_start - 1].low in ("of", "for")
            and words[title_start - 2].cap
            and words[title_start - 2].low in _org_heads()
        ):
            # "Ministry of Foreign Affairs Director": the words belong to the body.
            while title_start < head and words[title_start].low not in (
                "senior",
                "deputy",
                "acting",
                "first",
                "principal",
                "chief",
            ):
                title_start += 1
        at = title_start
        # A body, place or country before the title.
        country: str | None = None
        org: tuple[int, int] | None = None
        owner: tuple[int, int] | None = None
        start = at
        possessive = at - 1 >= floor and words[at - 1].low == "'s"
        stop = at - 1 if possessive else at
        if (
            stop - 3 >= floor
            and words[stop - 1].text == ")"
            and words[stop - 3].text == "("
            and stop - 4 in self._country_at
        ):
            stop -= 3
        found = self._country_at.get(stop - 1) if stop - 1 >= floor else None
        if found is not None and found[0] >= floor and not self._part_of_body(found[0], floor):
            country, start = found[2], found[0]
            return start, None, country, None, title_start
        body = self._body_before(stop, floor)
        if body is not None:
            begin, end = body
            if words[end - 1].text == ")":
                end = next((n for n in range(end - 1, begin, -1) if words[n].text == "("), end)
            inner = self._country_at.get(begin)
            if inner is not None and inner[1] < end:
                country = inner[2]
                if gazetteer.fold(self._text(begin, inner[1])) in gazetteer.people():
                    begin = inner[1]
                org = (begin, end)
            else:
                org = (begin, end)
            start = body[0]
            if possessive:
                owner = org
            if country is None:
                country = self.country_of(org)
        return start, org, country, owner, title_start

    def _portfolio(self, head: int, index: int) -> bool:
        """Whether the capitalised word at `index` is part of the portfolio of a minister named by the head after it."""
        word = self._words[index]
        return (
            self._words[head].low == "minister"
            and word.is_word
            and word.cap
            and not word.caps
            and not self._in_name(index)
            and index not in self._country_at
            and word.low not in heads()
            and word.low not in _DETERMINERS
            and not (word.first and word.pos not in ("PROPN", "NOUN", "ADJ"))
            and not is_honorific(word)
            and gazetteer.city(word.text) is None
        )

    def _is_domain(self, word: Word, index: int) -> bool:
        if word.low in _org_heads():
            return False
        return word.low in _domains() and word.low not in ("of", "the", "and", "for", "to", "with", "in", "on")

    def _part_of_body(self, start: int, floor: int) -> bool:
        """Whether a country's name is the end of a longer name: "Bank of China president", "Friends of New Peru"."""
        words = self._words
        at = start
        floor = max(floor, start - _LONGEST)
        while at - 1 >= floor and words[at - 1].is_word and words[at - 1].cap:
            at -= 1
        return (
            at - 2 >= floor
            and words[at - 1].low == "of"
            and words[at - 2].cap
            and (
                words[at - 2].low in _org_heads()
                or words[at - 2].low in ("friends", "workers", "doctors", "women", "people", "republic")
            )
        )

    def _body_before(self, stop: int, floor: int) -> tuple[int, int] | None:
        """The capitalised words that end before `stop` and name a body or a place."""
        words = self._words
        at = stop
        floor = max(floor, stop - _LONGEST)
        while at - 1 >= floor:
            word = words[at - 1]
            if word.is_word and word.cap:
                if word.first and word.pos not in ("PROPN", "NOUN", "ADJ"):
                    break
                if is_honorific(word) or word.low in _STYLES or word.text.count(".") > 1:
                    break
                if "-" in word.low and word.low.rpartition("-")[2] in gazetteer.people():
                    # "Chinese-Australian artist"
                    break
                at -= 1
                continue
            if (
                word.text == ")"
                and at - 4 >= floor
                and words[at - 2].caps
                and words[at - 3].text == "("
                and words[at - 4].cap
            ):
                at -= 3
                continue
            if word.low in ("of", "for", "and", "the", "&", "'s") and at - 2 >= floor and at < stop:
                back = at - 2
                while back >= floor and words[back].low in ("of", "the", "for"):
                    back -= 1
                if back >= floor and words[back].cap and self._leads_to_body(back, floor, word.low):
                    at = back
                    continue
            break
        if at == stop or any(self._name_begins(index) for index in range(at, stop)):
            return None
        while at < stop and (
            words[at].low in _plain() or words[at].low in ("the", "in", "on", "at", "as", "when", "former")
        ):
            at += 1
        return (at, stop) if at < stop else None

    def _leads_to_body(self, index: int, floor: int, link: str) -> bool:
        """Whether the capitalised run that ends at `index` ends in the head of a body ("Ministry of …")."""
        low = self._words[index].low
        return (low in _org_heads() or low in ("friends", "workers", "doctors", "women")) if link != "'s" else False

    def country_of(self, span: tuple[int, int] | None) -> str | None:
        """The country named within the words of `span`, the first if there are several."""
        if span is None:
            return None
        for index in range(*span):
            found = self._country_at.get(index)
            if found is not None:
                return found[2]
        return None

    # --- what follows the head -----------------------------------------------------------------------------------

    def _right(
        self, head: int, head_end: int, kind: str, starts: set[int]
    ) -> tuple[int, int, tuple[int, int] | None, str | None, tuple[tuple[int, int], ...], int | None]:
        """Reads rightward: end, end of the title's own words, body, country, more bodies, end of an office within."""
        words = self._words
        title_end = end = head_end
        org: tuple[int, int] | None = None
        more: tuple[tuple[int, int], ...] = ()
        country: str | None = None
        inner: int | None = None
        loose = False
        low = words[head_end - 1].low
        if low in ("state", "staff", "government") and head_end - head >= 3:
            low = words[head].low
        if (
            end + 3 < len(words)
            and words[end].text == "("
            and (close := self._bracket(end)) is not None
            and close < len(words)
            and words[close].low in _LINKS
        ):
            end = close
        if low in _PLACE_HEADS or (low in ("minister", "secretary") and head_end - head > 1):
            for size in (3, 2, 1):
                name = " ".join(word.text for word in words[end : end + size])
                if (
                    end + size <= len(words)
                    and words[end].cap
                    and gazetteer.fold(name) in gazetteer.regions()
                    and not self._name_begins(end)
                ):
                    # "Chief Minister Punjab"
                    return end + size, title_end, (end, end + size), gazetteer.regions()[gazetteer.fold(name)], (), None
        for _ in range(3):
            if (
                end + 1 < len(words)
                and words[end].text == ","
                and words[end - 1].low == "interim"
                and words[end + 1].low == "at"
            ):
                end += 1
            if end >= len(words) or words[end].low not in _LINKS or not words[end].is_word:
                break
            link = words[end].low
            begin = end + 1
            while begin < len(words) and words[begin].low in ("the", "all", "its", "his", "her", "their", "our"):
                begin += 1
            if begin in self._country_at:
                pass
            elif (
                begin + 2 < len(words)
                and words[begin].low in _KINDS_OF_PLACE
                and words[begin + 1].low == "of"
                and words[begin + 2].cap
            ):
                begin += 2
            elif (
                begin + 3 < len(words)
                and words[begin + 1].low in _KINDS_OF_PLACE
                and words[begin + 2].low == "of"
                and words[begin + 3].cap
            ):
                begin += 3
            if begin >= len(words):
                break
            # "of Namibia", "of the Republic of Korea", "of the country", "of the Republic"
            found = self._country_at.get(begin)
            if (
                found is not None
                and found[0] == begin
                and link in _DROPPED_WITH_COUNTRY
                and not self._continues(found[1])
                and not (link in ("for", "in") and title_end == head_end and low in _NAMED_FOR)
            ):
                people = gazetteer.fold(self._text(begin, found[1])) in gazetteer.people()
                if not people:
                    if words[begin - 1].low in ("his", "her", "their"):
                        break
                    country = country or found[2]
                    end = found[1]
                    if low in ("founder", "co-founder", "father"):
                        title_end = end
                    continue
            if (
                country is not None
                and link == "to"
                and end > title_end
                and begin in self._country_at
                and (low in _NAMED_FOR or low == "plenipotentiary")
            ):
                # "Ambassador of Finland to Mongolia"
                self._suffix = " " + self._text(end, self._country_at[begin][1])
                end = self._country_at[begin][1]
                break
            if country is not None and end > head_end and link not in ("for", "of") and words[end - 1].cap:
                # "the president of A to B": the way of a journey, no part of the title.
                break
            if (
                org is None
                and words[begin].low in ("republic", "country", "nation", "state")
                and link == "of"
                and words[begin - 1].low == "the"
                and not self._np_goes_on(begin + 1)
                and not (
                    begin + 1 < len(words)
                    and words[begin + 1].low in _org_heads() | _domains()
                    and words[begin + 1].cap
                )
            ):
                end = begin + 1
                break
            if loose and link in ("for", "at", "of", "with") and words[begin].cap:
                stop = self._complement(begin, starts, low, link)
                if stop > begin and self._is_body(begin, stop):
                    # "director of global news for AFP": the first phrase is the title's, the second the body.
                    title_end = end
                    org, more = self._bodies(begin, stop)
                    end = stop
                break
            if (
                org is not None
                and link == "for"
                and low in ("member", "mp", "senator", "representative", "deputy")
                and words[begin].cap
            ):
                end = self._complement(begin, starts, low, link)
                break
            if org is not None:
                break
            if link in ("of", "for", "to") and begin in starts and words[begin].cap:
                # An office within: "adviser to the president"; with a name, "envoy of President X".
                head_stop = self._head_ends[begin]
                part = head_stop < len(words) and words[head_stop].cap and not self._name_begins(head_stop)
                if part and words[begin - 1].low == "the" and not is_honorific(words[head_stop]):
                    # "the Executive Affairs Authority": no office, the beginning of a body's name.
                    stop = self._complement(begin, starts, low, link)
                    if self._is_body(begin, stop):
                        org, more = self._bodies(begin, stop)
                        country = country or self.country_of(org)
                        end = stop
                        break
                if words[begin - 1].low == "the" or not self._name_begins(head_stop):
                    if words[begin - 1].low != "the" and head_stop < len(words) and words[head_stop].cap:
                        break
                    title_end = end = inner = head_stop
                    continue
                title_end = end = self._name_end(head_stop)
                break
            if link in ("at", "in") and words[begin].cap:
                stop = self._complement(begin, starts, low, link)
                if stop > begin and self._is_body(begin, stop):
                    org, more = self._bodies(begin, stop)
                    country = country or self.country_of(org)
                    end = stop
                    break
            if (
                link in ("at", "with")
                and kind not in ("occupation",)
                and low
                not in (
                    "director",
                    "manager",
                    "head",
                    "fellow",
                    "chair",
                    "president",
                    "dean",
                    "vice-president",
                    "officer",
                    "member",
                )
            ):
                break
            if link == "on" and low not in (
                "rapporteur",
                "envoy",
                "representative",
                "coordinator",
                "adviser",
                "advisor",
            ):
                break
            if link == "in" and not words[begin].cap:
                break
            if link == "in" and low not in (
                "general",
                "consul",
                "ambassador",
                "representative",
                "chair",
                "leader",
                "candidate",
                "fellow",
                "professor",
                "lecturer",
                "coordinator",
            ):
                break
            if link == "from" and low not in (
                "senator",
                "representative",
                "congressman",
                "congresswoman",
                "delegate",
                "mp",
            ):
                break
            if link == "with" and low not in (
                "officer",
                "fellow",
                "analyst",
                "correspondent",
                "reporter",
                "researcher",
            ):
                break
            stop = self._complement(begin, starts, low, link)
            if stop == begin:
                break
            within = self._head_ends.get(stop, stop) if words[begin].cap and words[begin - 1].low != "the" else 0
            if within in self._head_stops and self._name_begins(within):
                # "chief of staff for European Commission President X": the name is part of the title.
                title_end = end = self._name_end(within)
                break
            if link in ("to", "for", "on", "in", "from") and not (
                link == "for" and (self._is_body(begin, stop) or (low in _VOICES and self._small_body(begin, stop)))
            ):
                title_end = end = stop
                if link == "to" or link == "in":
                    break
                continue
            if (
                (low in _MINISTERS or words[head].low in ("secretary", "minister"))
                and not self._is_body(begin, stop)
                and link in ("of", "for")
                and (
                    not words[begin].cap or any(words[n].cap and words[n].low in _domains() for n in range(begin, stop))
                )
            ):
                title_end = end = stop
                continue
            if kind in ("royal", "clergy") and link == "of":
                title_end = end = stop
                continue
            if (
                low in ("founder", "planner", "custodian", "servant", "protector", "artist")
                and not self._is_body(begin, stop)
            ) or (low in ("envoy", "representative") and head_end - head > 1):
                title_end = end = stop
                continue
            if low in (
                "winner",
                "author",
                "victim",
                "survivor",
                "suspect",
                "resident",
                "fan",
                "critic",
                "son",
                "native",
            ):
                title_end = end = stop
                break
            if low in _VOICES and link == "for" and not words[begin].cap and not self._small_body(begin, stop):
                title_end = end = stop
                break
            country = country or self.country_of((begin, stop))
            loose = not words[begin].cap
            if (
                self._named_from is not None
                and begin < self._named_from < stop
                and not (low in _VOICES and self._small_body(begin, stop))
            ):
                begin = self._named_from
            org, more = self._bodies(begin, stop)
            end = stop
        return end, title_end, org, country, more, inner

    def _continues(self, index: int) -> bool:
        """Whether a capitalised word that makes a longer name follows a country: "of China Daily", "of US Steel"."""
        words = self._words
        if index >= len(words):
            return False
        word = words[index]
        if word.low == "'s":
            return True
        if not word.is_word:
            return False
        if word.cap:
            return (
                not self._name_begins(index)
                and not self._title_begins(index, self._starts)
                and not is_honorific(word)
                and word.low not in _STYLES
            )
        return word.pos in ("NOUN", "ADJ") and word.low not in _TIME_WORDS and word.low not in head_phrases_first()

    def _np_goes_on(self, index: int) -> bool:
        return index < len(self._words) and self._words[index].low == "of"

    def _small_body(self, start: int, end: int) -> bool:
        """Whether words in small letters name a body: "the police department of …"."""
        return any(word.low in _org_heads() for word in self._words[start:end])

    def _is_body(self, start: int, end: int) -> bool:
        words = self._words
        shouted = start > 0 and words[start - 1].caps
        for index in range(start, end):
            word = words[index]
            if word.cap and (word.low in _org_heads() and word.low not in _AMBIGUOUS_BODIES):
                return True
            if (
                word.caps
                and len(word.text) > 1
                and index not in self._country_at
                and word.text.strip("IVX")
                and not shouted
            ):
                return True
            if word.cap and known_bodies().at(words, index) is not None:
                return True
        return False

    def _bodies(self, start: int, end: int) -> tuple[tuple[int, int], tuple[tuple[int, int], ...]]:
        """The body within a complement, without a trailing bracket, and further bodies after "and the"."""
        words = self._words
        parts: list[tuple[int, int]] = []
        begin = start
        for index in range(start + 1, end - 2):
            if (
                words[index].low == "and"
                and words[index + 1].low == "the"
                and words[index + 2].cap
                and self._is_body(begin, index)
                and self._is_body(index + 2, end)
            ):
                parts.append((begin, index))
                begin = index + 2
        parts.append((begin, end))
        cut: list[tuple[int, int]] = []
        for begin, stop in parts:
            if words[stop - 1].text == ")":
                back = stop - 1
                while back > begin and words[back].text != "(":
                    back -= 1
                stop = back
            while (
                begin + 1 < stop
                and not words[begin].cap
                and words[begin].pos in ("ADJ", "VERB")
                and words[begin + 1].cap
            ):
                begin += 1
            cut.append((begin, stop))
        return cut[0], tuple(cut[1:])

    def _complement(self, begin: int, starts: set[int], head: str, link: str) -> int:
        """The end of the noun phrase that begins at `begin`."""
        words = self._words
        at = begin
        limit = min(len(words), begin + _LONGEST)
        capitals = words[begin].cap
        self._named_from = None
        state = self._country_at.get(begin)
        if (
            state is not None
            and state[0] == begin
            and state[1] < limit
            and words[state[1]].is_word
            and not words[state[1]].cap
            and words[state[1]].pos in ("NOUN", "ADJ", "PROPN")
            and words[state[1]].low not in _LOWER_TAILS
        ):
            capitals, at = False, state[1]
        seen_body = False
        while at < limit:
            word = words[at]
            if word.brk:
                break
            if word.is_word and word.cap:
                if not capitals and (word.first or at == begin or self._name_begins(at) or is_honorific(word)):
                    break
                if not capitals and self._named_from is None and at > begin:
                    if words[at - 1].low in ("and", "or"):
                        break
                    self._named_from = at
                if (
                    at > begin
                    and self._name_begins(at)
                    and words[at - 1].low not in ("of", "for", "to", "president", "secretary", "minister")
                ):
                    break
                found = self._country_at.get(at)
                if found is not None and found[0] == at:
                    at = found[1]
                    continue
                if is_honorific(word) or word.low in _STYLES:
                    break
                if (
                    at > begin
                    and self._run_begins(at)
                    and words[at - 1].cap
                    and (words[at - 1].low in _domains() or words[at - 1].low.rstrip("s") in _org_heads())
                    and (at + 1 >= len(words) or not words[at + 1].cap)
                    and at not in self._country_at
                ):
                    # "… for Economic Affairs Okonjo": an unknown word after the last word of a portfolio.
                    break
                if at in starts and at > begin and words[at - 1].low not in ("of", "for", "the", "to"):
                    break
                if word.caps or word.low in _org_heads():
                    seen_body = True
                at += 1
                continue
            if word.low == "'s":
                at += 1
                if at < limit and words[at].is_word:
                    capitals = words[at].cap
                continue
            if word.text == "(":
                close = self._bracket(at)
                if close is None or not seen_body:
                    break
                at = close
                if at < limit and words[at].low in ("for", "of"):
                    break
                continue
            if word.low in ("of", "for", "on", "and", "&", "to", "at", "with") and (word.is_word or word.text == "&"):
                after = at + 1
                while after < limit and words[after].low in ("the", "its", "a", "his", "their"):
                    after += 1
                if after >= limit or not words[after].is_word:
                    break
                following = words[after]
                if word.low in ("and", "&"):
                    if self._title_begins(after, starts) or self._name_begins(after):
                        break
                    if following.cap != capitals:
                        break
                    if not following.cap and following.pos not in ("NOUN", "ADJ"):
                        break
                    if capitals and not self._joins(begin, at, after):
                        break
                    at = after
                    continue
                if word.low in ("on", "to", "at", "for", "with"):
                    if (
                        not following.cap
                        or not capitals
                        or self._name_begins(after)
                        or (word.low == "at" and link != "of")
                    ):
                        break
                    if word.low in ("to", "at") and head in _PLACE_HEADS:
                        break
                    at = after
                    continue
                found = self._country_at.get(after)
                if found is not None and found[0] == after and self._detached(begin, at):
                    break
                if following.cap or following.pos in ("NOUN", "ADJ", "PROPN"):
                    at = after
                    continue
                break
            if word.text == "," and capitals and self._list_goes_on(at, starts, limit):
                at += 1
                continue
            if word.is_word and not word.cap:
                if capitals and at > begin:
                    # "the European Commission president said": a small word ends a capitalised name.
                    if word.pos in ("NOUN", "ADJ") and word.low in _LOWER_TAILS:
                        at += 1
                        continue
                    break
                if word.pos in ("NOUN", "ADJ", "PROPN", "NUM") or (
                    at == begin and word.pos in ("VERB",) and word.low.endswith("ing")
                ):
                    if word.low in _TIME_WORDS or at - begin >= 7:
                        break
                    at += 1
                    continue
                break
            break
        while at > begin and (words[at - 1].low in ("of", "for", "and", "the", "on", "to", "at", "&", ",", "'s")):
            at -= 1
        return at

    def _detached(self, begin: int, at: int) -> bool:
        """Whether "of COUNTRY" after these words says whose office it is and is no part of the body's name."""
        words = self._words
        last = words[at - 1]
        return last.text == ")" or (last.low in _domains() and not self._is_body(begin, at)) or last.caps

    def _bracket(self, index: int) -> int | None:
        """The index after the bracket that closes the one at `index`, if it holds an abbreviation."""
        words = self._words
        for at in range(index + 1, min(index + 5, len(words))):
            if words[at].text == ")":
                inside = words[index + 1 : at]
                return at + 1 if inside and any(w.caps or w.cap for w in inside) and len(inside) <= 3 else None
        return None

    def _title_begins(self, index: int, starts: set[int]) -> bool:
        """Whether a title of its own begins at `index`: a head within the next words, only modifiers before it."""
        words = self._words
        for at in range(index, min(index + 6, len(words))):
            if at in starts:
                return True
            word = words[at]
            if word.low == "'s":
                continue
            if not word.is_word or not (
                word.low in _rank() or word.low in _time() or word.low in _domains() or word.cap or word.low in _plain()
            ):
                return False
            if word.low in ("of", "for", "and", "to"):
                return False
        return False

    def _joins(self, begin: int, at: int, after: int) -> bool:
        """Whether "and" between capitalised words joins parts of one name."""
        words = self._words
        if words[after].low in _domains():
            return True
        if words[at - 1].low in _domains() and words[after].cap and not self._name_begins(after):
            return True
        return self._is_body(after, min(after + 6, len(words))) or not self._is_body(begin, at)

    def _list_goes_on(self, comma: int, starts: set[int], limit: int) -> bool:
        """Whether the comma stands in a list of one portfolio: "Security, Democracy, and Human Rights"."""
        words = self._words
        at = comma + 1
        if at < limit and words[at].low == "and":
            at += 1 + (at + 1 < limit and words[at + 1].low == "the")
            return at < limit and words[at].cap and words[at].low in _domains() and not self._title_begins(at, starts)
        if at in self._country_at and gazetteer.fold(words[at].text) in gazetteer.people():
            at += 1
        if not (at < limit and words[at].cap and words[at].low in _domains()) or self._title_begins(at, starts):
            return False
        # An "and" must come before the list ends.
        while at < limit and not words[at].brk and words[at].text not in (";", ".", ":"):
            if words[at].low == "and":
                at += 1 + (at + 1 < limit and words[at + 1].low == "the")
                return at < limit and words[at].cap and (words[at].low in _domains() or at in self._country_at)
            if words[at].is_word and words[at].low not in _domains() and at not in self._country_at:
                return False
            at += 1
        return False


_KINDS_OF_PLACE = word_set("en/entities", "titles.kinds_of_place")
_VOICES = word_set("en/entities", "titles.voices")
_GENERALS = word_set("en/entities", "titles.generals")
_RANKING = word_set("en/entities", "titles.ranking")
_BRACKETED = re.compile(r"\s*\([A-Z]{2,6}\)(?=\s|$)")
_STYLES = word_set("en/entities", "titles.styles")
_AMBIGUOUS_BODIES = word_set("en/entities", "titles.ambiguous_bodies")
_TIME_WORDS = word_set("en/entities", "titles.time_words")
_LOWER_TAILS = word_set("en/entities", "titles.lower_tails")


@cache
def head_phrases_first() -> frozenset[str]:
    """The first words of all heads and modifiers: a capitalised one after a country begins a title."""
    out = {word.split()[0] for word in lexicon.words("en/titles", "phrase.office")}
    return frozenset(out | set(heads()) | _rank() | _time())
