"""Bodies and places: what a capitalised stretch names that is no person, with country and coordinates where they can
be told.

Invariant: no span of a body or place overlaps an accepted person's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from onrecord import gazetteer, lexicon
from onrecord.extract.entities import _titles
from onrecord.extract.entities._people import Candidate, Page
from onrecord.extract.entities._text import Word, countries_in, token_texts, word_set
from onrecord.model import Evidence, Organisation, Place

_LINKS = word_set("en/entities", "bodies.links")
_FOREIGN = word_set("en/entities", "bodies.foreign")


@dataclass(frozen=True, slots=True)
class Named:
    """A stretch of words that names a body or a place: word indices, kind, and the text as it stands."""

    layer: int
    start: int
    end: int
    kind: str  # organisation, facility, region, city
    text: str
    abbreviated: bool = False


@dataclass(slots=True)
class Bodies:
    """The bodies of a post, and how to tell a body's country and fullest name."""

    organisations: tuple[Organisation, ...] = ()
    named: list[Named] = field(default_factory=list)
    fullest: dict[tuple[str, ...], str] = field(default_factory=dict)
    countries: dict[tuple[str, ...], str] = field(default_factory=dict)

    def country_of(self, org: str | None) -> str | None:
        """The country of a body: named in its name, or told by the post for one of its words (an abbreviation)."""
        if not org:
            return None
        key = body_key(org)
        if key in known_countries():
            return known_countries()[key]
        if key in self.countries:
            return self.countries[key]
        code = country_in(org)
        if code is not None:
            return code
        region = gazetteer.regions().get(gazetteer.fold(org))
        if region is not None:
            return region
        for word in org.split():
            if word.isupper() and len(word) > 1 and (found := self.countries.get(body_key(word.strip("().,;")))):
                return found
        return known_countries().get(key)

    def is_party(self, name: str) -> bool:
        """Whether a body is a party, front or movement, by its name or what every reader knows."""
        key = body_key(name)
        return bool(_parties() & set(key)) or key in known_parties()

    def name_of(self, text: str) -> str:
        """The fullest form in the post of the body that `text` names."""
        return self.fullest.get(body_key(text), text)


def body_key(text: str) -> tuple[str, ...]:
    """The folded words of a body's name, without articles and bracketed abbreviations."""
    return tuple(word for word in token_texts(text) if (word not in ("the", "'s") and word.isalnum()) or len(word) > 3)


@lru_cache(maxsize=20_000)
def country_in(text: str) -> str | None:
    """The first country named within `text`."""
    words = [Word(part, 0, 0, True, False) for part in _split(text)]
    found = countries_in(words)
    return found[min(found)][1] if found else None


def _split(text: str) -> list[str]:
    return [
        part
        for raw in text.replace("’s", " ’s").replace("'s", " 's").split()
        if (part := raw.strip('(),;:“”"')) and part[0].isalnum()
    ]


@cache
def known_countries() -> Mapping[tuple[str, ...], str]:
    """Bodies whose country every reader knows ("Bundestag"), by key."""
    return {body_key(name): code for name, code in lexicon.table("en/organisations", "country").items()}


@cache
def _parties() -> frozenset[str]:
    return word_set("en/organisations", "head.party") - {
        "union",
        "league",
        "coalition",
        "federation",
        "alliance",
        "forum",
    }


@cache
def known_parties() -> frozenset[tuple[str, ...]]:
    return frozenset(body_key(name) for name in lexicon.words("en/organisations", "known.parties"))


@cache
def state_heads() -> frozenset[str]:
    """Head words of bodies of a state: ministry, police, parliament."""
    return word_set("en/organisations", "head.state")


@cache
def world_bodies() -> frozenset[str]:
    """Bodies that belong to no single state, by their letters or their name."""
    return frozenset(lexicon.words("en/organisations", "known.abbreviation")) | frozenset(
        lexicon.words("en/organisations", "known.world")
    )


@cache
def _heads() -> Mapping[str, str]:
    """Head word → organisation, event, facility or region. What could be two is what comes first."""
    out: dict[str, str] = {}
    for key, kind in (
        ("head.state", "organisation"),
        ("head.party", "organisation"),
        ("head.body", "organisation"),
        ("head.event", "event"),
        ("head.facility", "facility"),
        ("head.region", "region"),
    ):
        for word in lexicon.words("en/organisations", key):
            if word in _EVENT_FIRST:
                kind_of = "event"
            elif word in _PLACE_FIRST:
                kind_of = "facility"
            else:
                kind_of = kind
            out.setdefault(gazetteer.fold(word), kind_of)
    return out


_RANKS = word_set("en/titles", "modifier.rank")
_EVENT_FIRST = word_set("en/entities", "bodies.event_first")
_PLACE_FIRST = word_set("en/entities", "bodies.place_first")
_NEVER_ALONE = word_set("en/entities", "bodies.never_alone")
_STATE_ALONE = word_set("en/entities", "bodies.state_alone")


def find(pages: list[Page], named: Mapping[str, list[Candidate]], abbreviations: frozenset[str]) -> Bodies:
    """The bodies and places of a post."""
    bodies = Bodies()
    short: dict[str, list[str]] = {}
    for page in pages:
        taken = _taken(page)
        for stretch in _stretches(page, taken, abbreviations):
            bodies.named.append(stretch)
            if stretch.kind == "organisation":
                letters = _letters_after(page, stretch.end)
                if letters is not None and letters != stretch.text and not stretch.abbreviated:
                    short.setdefault(letters, []).append(stretch.text)
    _settle(pages, bodies, short, _shortened(pages, bodies))
    return bodies


def _shortened(pages: list[Page], bodies: Bodies) -> dict[str, str]:
    """Bodies called by their head alone ("the Bank", "the Ministry") → the only one of the post that it can mean.

    Adds the mentions that are no bodies by themselves.
    """
    full: dict[str, dict[tuple[str, ...], str]] = {}
    at: dict[int, dict[int, Named]] = {}
    for one in bodies.named:
        at.setdefault(one.layer, {})[one.start] = one
        words = one.text.split()
        if one.kind == "organisation" and len(words) > 1:
            for head in {words[0], words[-1]} if words[1].lower() in ("of", "for", "on") else {words[-1]}:
                if _heads().get(gazetteer.fold(head)) == "organisation":
                    full.setdefault(gazetteer.fold(head), {}).setdefault(body_key(one.text), one.text)
    out: dict[str, str] = {}
    for page in pages:
        taken = _taken(page)
        covered = {n for one in bodies.named if one.layer == page.index for n in range(one.start, one.end)}
        for index in range(1, len(page.words)):
            word = page.words[index]
            after = page.words[index + 1] if index + 1 < len(page.words) else None
            known = at.get(page.index, {}).get(index)
            if (
                not word.cap
                or word.caps
                or page.words[index - 1].low != "the"
                or index in taken
                or len(full.get(word.low, ())) != 1
                or (after is not None and after.is_word and (after.cap or after.low in ("of", "for", "on")))
                or (known is not None and known.end != index + 1)
                or (known is None and index in covered)
            ):
                continue
            if known is None:
                bodies.named.append(_named(page, index, index + 1, "organisation"))
            out[word.text] = next(iter(full[word.low].values()))
    return out


def _taken(page: Page) -> set[int]:
    out: set[int] = set()
    for candidate in page.candidates:
        if candidate.person:
            out.update(range(candidate.start, candidate.end))
    return out


def _letters_after(page: Page, index: int) -> str | None:
    """The abbreviation in brackets right after a name."""
    words = page.words
    if index + 2 < len(words) and words[index].text == "(":
        at = index + 1
        if words[at].text in "“\"'‘" and at + 1 < len(words):
            at += 1
        if words[at].caps and words[at + 1].text in ")”\"'’;,":
            return words[at].text
    return None


def _stretches(page: Page, taken: set[int], abbreviations: frozenset[str]) -> list[Named]:
    words = page.words
    out: list[Named] = []
    heads = _heads()
    title_heads = {at for title in page.titles for at in range(title.head, title.head_end)}
    # The words of a portfolio ("Minister of Social Development") or rank ("Divisional Officer") are no body.
    portfolios = {
        at
        for title in page.titles
        if title.org is None and title.end > title.head_end
        for at in range(title.head_end, title.end)
    }
    portfolios |= {
        at
        for title in page.titles
        if title.org is None
        for at in range(title.start, title.head)
        if words[at].low in _RANKS
    }
    index = 0
    while index < len(words):
        word = words[index]
        if not word.is_word or not (word.cap or word.text in abbreviations) or index in taken:
            index += 1
            continue
        known = _titles.known_bodies().at(words, index)
        end, head = _extent(page, index, taken, title_heads)
        if index in portfolios and known is None and not word.caps:
            index += 1
            continue
        if known is not None and known[0] >= end:
            out.append(_named(page, index, known[0], "organisation"))
            index = known[0]
            continue
        start = index
        while start < end and (
            words[start].low in _LEADING
            or start in title_heads
            or _titles.is_honorific(words[start])
            or not words[start].is_word
        ):
            start += 1
        if start >= end:
            index = max(end, index + 1)
            continue
        while end > start + 1 and not words[end - 1].cap:
            end -= 1
        kind = _kind(page, start, end, head, heads, abbreviations)
        if kind is not None:
            out.append(_named(page, start, end, kind, abbreviated=end - start == 1 and words[start].caps))
            index = end
            continue
        # Within a stretch that is no body as a whole there may be a shorter one: a city, an abbreviation.
        out.extend(_within(page, start, end, abbreviations))
        index = max(end, index + 1)
    return out


_LEADING = word_set("en/entities", "bodies.leading")


def _named(page: Page, start: int, end: int, kind: str, *, abbreviated: bool = False) -> Named:
    text = " ".join(page.text[page.words[start].start : page.words[end - 1].end].split())
    return Named(page.index, start, end, kind, text, abbreviated)


def _extent(page: Page, start: int, taken: set[int], title_heads: set[int]) -> tuple[int, int]:
    """The end of the capitalised stretch that begins at `start`, and the index of its head word."""
    words = page.words
    at, head, linked, link = start, start, False, ""
    limit = min(len(words), start + 24)
    while at < limit:
        word = words[at]
        if word.is_word and word.cap:
            if at in taken or (at > start and ((at in title_heads and not linked) or _titles.is_honorific(word))):
                break
            if at > start and word.first:
                break
            if not linked:
                head = at
            at += 1
            continue
        if at == start:
            at += 1
            continue
        after = at + 1
        if word.low == "'s" and after < limit and words[after].is_word and words[after].cap and after not in taken:
            # "China's Foreign Ministry": the owner is no part of the name, unless it is a body's ("People's Congress").
            if words[at - 1].low in (
                "people",
                "children",
                "women",
                "men",
                "workers",
                "farmers",
                "writers",
                "teachers",
                "journalists",
            ):
                at += 1
                continue
            break
        if (
            word.text == "("
            and after + 1 < limit
            and words[after].caps
            and words[after + 1].text == ")"
            and after + 2 < limit
            and words[after + 2].cap
            and words[after + 2].is_word
            and words[after + 2].low in _heads()
        ) or (
            word.text == "("
            and after + 2 < limit
            and words[after].caps
            and words[after + 1].text == ")"
            and words[after + 2].cap
            and words[after + 2].low == "central"
        ):
            at = after + 2
            head = at
            continue
        if word.text == "," and linked and _portfolio_goes_on(words, at, limit):
            at += 1
            continue
        if not ((word.low in _LINKS and word.is_word) or word.text == "&"):
            break
        while (
            after < limit
            and (words[after].low in ("the", "of") or words[after].low in _FOREIGN)
            and words[after].is_word
            and not words[after].cap
        ):
            after += 1
        if after >= limit or not words[after].is_word or not words[after].cap or after in taken or words[after].first:
            break
        if word.low in ("on", "in", "of", "for", "and") and words[after].low in _DATES:
            break  # "approved by the Senate on March 3"
        kind = _heads().get(words[head].low)
        if word.low in ("of", "for", "on", "to", "in", "with") or word.low in _FOREIGN:
            if word.low in ("to", "in", "on") and words[head].low not in _AT_WORK:
                break
            if word.low == "with" and (words[head].low not in _IN_TOUCH or words[at - 1].low not in _TOUCHES):
                break
            if kind is None and word.low not in _FOREIGN and words[head].low not in ("bank", "friends", "doctors"):
                break
            linked, link = True, word.low
            at = after
            continue
        # "and": within a portfolio, an aim or a list of subjects only.
        if word.low not in ("and", "&"):
            break
        if (
            linked
            and (words[after].low in _titles._domains() or words[at - 1].low in _titles._domains())
            and after not in page.country_at
            and not (after > at + 1 and (words[after].low in _heads() or _ends_in_head(page, after, taken)))
        ):
            at = after
            continue
        if linked and after not in title_heads and _goes_on(page, at, after, link, taken):
            at = after
            continue
        if (
            not linked
            and at - 1 not in page.country_at
            and not words[at - 1].caps
            and words[at - 1].low not in _heads()
            and (words[at - 1].low in _titles._domains()) + (words[after].low in _titles._domains()) > (at - start > 2)
            and _ends_in_head(page, after, taken)
        ):
            at = after
            continue
        break
    return at, head


# Bodies that are "in", "on" or "to" something by name, that are "with" somebody by name, and what they do with them.
_AT_WORK = word_set("en/entities", "bodies.at_work")
_IN_TOUCH = word_set("en/entities", "bodies.in_touch")
_TOUCHES = word_set("en/entities", "bodies.touches")


def _goes_on(page: Page, at: int, after: int, link: str, taken: set[int]) -> bool:
    """Whether "and" stands in the name of a body: between two aims ("Union for Renewal and Dignity"), or between two
    kinds of members ("Association of Growers and Traders").
    """
    before, behind = page.words[at - 1], page.words[after]
    if (
        page.words[at + 1 : after]
        or at - 1 in page.country_at
        or after in page.country_at
        or before.caps
        or behind.caps
        or behind.low in _heads()
        or _ends_in_head(page, after, taken)
        or gazetteer.city(behind.text) is not None
    ):
        return False
    return link == "for" or (link == "of" and before.low.endswith("s") and behind.low.endswith("s"))


def _portfolio_goes_on(words: list[Word], comma: int, limit: int) -> bool:
    """Whether a comma stands in the name of a ministry: "Ministry of Information, Publicity and Broadcasting"."""
    domains = _titles._domains()
    at = comma + 1
    while (at < limit and words[at].is_word and words[at].cap and words[at].low in domains) or (
        at < limit and words[at].text == ","
    ):
        at += 1
    return (
        at > comma + 1
        and at + 1 < limit
        and words[at].low == "and"
        and words[at + 1].cap
        and words[at + 1].low in domains
    )


def _ends_in_head(page: Page, start: int, taken: set[int]) -> bool:
    words = page.words
    at = start
    while at < len(words) and words[at].is_word and words[at].cap and at not in taken:
        at += 1
    return at > start and _heads().get(words[at - 1].low) == "organisation"


def _kind(
    page: Page, start: int, end: int, head: int, heads: Mapping[str, str], abbreviations: frozenset[str]
) -> str | None:
    words = page.words
    first = words[start]
    if end - start == 1:
        if start in page.country_at:
            return None
        if first.low in gazetteer.regions():
            return "region"
        if first.text in _titles._bodies():
            return "organisation"
        if first.caps and len(first.text) > 1:
            if first.text in _titles.letters() or (
                start >= 2 and words[start - 1].text == "(" and start - 1 in page.head_ends
            ):
                return None
            if first.text in abbreviations or first.text in _titles._bodies():
                return "organisation"
            if first.ent == "ORG" and first.text not in _NO_BODIES:
                return "organisation"
            return None
        if first.low in _STATE_ALONE:
            return (
                "organisation"
                if (start and words[start - 1].low in ("the", "'s")) or first.low in ("knesset", "bundestag", "majlis")
                else None
            )
        if first.low in heads or first.low in _NEVER_ALONE:
            return None
        if start and words[start - 1].low in ("in", "at", "near") and gazetteer.city(first.text) is not None:
            return None
        if first.ent == "ORG" and first.low not in word_set("en/organisations", "not_person.words") and not first.first:
            return "organisation"
        return None
    if all(at in page.country_at for at in range(start, end)):
        return None
    kind = heads.get(words[head].low) if start <= head < end else None
    if kind is None:
        tail = words[end - 1]
        kind = heads.get(tail.low) if tail.is_word else None
    if kind == "event" or (
        words[head].low in ("congress", "assembly", "plenum")
        and start
        and (words[start - 1].text[:1].isdigit() or words[start].low in ("party", "people's"))
    ):
        return None
    if kind == "region" and words[head].low == "republic" and _led_by(page, start) not in _WHERE:
        return "organisation"  # one that no list of states knows
    if kind is not None:
        return kind
    if gazetteer.fold(" ".join(word.text for word in words[start:end])) in gazetteer.regions():
        return "region"
    if start in page.countries and page.countries[start][0] < end and words[page.countries[start][0]].low in _TOLD:
        return None  # "Ruritania Announces Further Assistance": a headline
    named = [word for word in words[start:end] if word.is_word and word.cap]
    if sum(word.ent == "ORG" for word in named) * 2 > len(named) and not any(
        heads.get(word.low) == "event" or word.low in _DATES for word in named
    ):
        return "organisation"
    if sum(word.ent == "FAC" for word in named) * 2 > len(named):
        return "facility"
    if sum(word.ent == "LOC" for word in named) * 2 > len(named):
        return "region"
    return None


_WHERE = frozenset(("in", "at", "near", "from", "to", "across", "throughout", "within"))


def _led_by(page: Page, start: int) -> str:
    """The word before a name, its article left out."""
    before = [page.words[at].low for at in (start - 1, start - 2) if at >= 0]
    return next((word for word in before if word != "the"), "")


_TOLD = word_set("en/entities", "people.headline_verbs")
_NO_BODIES = frozenset(lexicon.words("en/entities", "bodies.no_bodies"))
_DATES = word_set("en/entities", "bodies.dates")


def _within(page: Page, start: int, end: int, abbreviations: frozenset[str]) -> list[Named]:
    words = page.words
    out: list[Named] = []
    at = start
    while at < end:
        word = words[at]
        if at in page.country_at or not word.is_word:
            at += 1
            continue
        if word.caps and len(word.text) > 1 and (word.text in abbreviations or word.text in _titles._bodies()):
            out.append(_named(page, at, at + 1, "organisation", abbreviated=True))
            at += 1
            continue
        for stop in range(min(end, at + 4), at, -1):
            if _is_city(page, at, stop):
                out.append(_named(page, at, stop, "city"))
                at = stop
                break
        else:
            at += 1
    return out


@cache
def _nowhere() -> frozenset[str]:
    """Words that are also names of some town but hardly ever mean it."""
    return (
        word_set("en/organisations", "not_person.words")
        | word_set("en/titles", "modifier.rank", "modifier.minister_domains")
        | frozenset(_titles.heads())
        | frozenset(_titles.plural_heads())
        | frozenset(_heads())
    )


def _is_city(page: Page, start: int, end: int) -> bool:
    words = page.words
    text = " ".join(word.text for word in words[start:end])
    if end - start == 1 and (words[start].low in _nowhere() or len(words[start].text) < 3):
        return False
    if not all(word.is_word and word.cap for word in words[start:end]):
        return False
    before = words[start - 1].low if start else ""
    model = words[start].ent in ("GPE", "LOC", "FAC")
    led = before in ("in", "at", "to", "from", "near", "of", "outside", "via", "through", "between", "around")
    country_after = end + 1 < len(words) and words[end].text == "," and end + 1 in page.country_at
    key = gazetteer.fold(text)
    if key in gazetteer.capitals():
        return words[start].ent != "PERSON" or led
    if not (model or led or country_after):
        return False
    if words[start].ent == "PERSON" and not (led and before != "to" and before != "from" and before != "of"):
        return False
    found = gazetteer.city(text)
    if found is None:
        # The model and the preposition agree on a place that the gazetteer does not hold.
        return (
            model
            and before in ("in", "near", "at")
            and end - start <= 3
            and all(w.ent in ("GPE", "LOC", "FAC") for w in words[start:end])
        )
    return model or found.population > 100_000 or country_after


def _settle(pages: list[Page], bodies: Bodies, short: dict[str, list[str]], shortened: Mapping[str, str]) -> None:
    """Puts forms of one body together, and tells its country. Forms with one abbreviation are one body."""
    groups: dict[tuple[str, ...], list[Named]] = {}
    aliases: dict[tuple[str, ...], tuple[str, ...]] = {}
    letters_of: dict[tuple[str, ...], str] = {}
    for letters, forms in short.items():
        first = body_key(forms[0])
        aliases[body_key(letters)] = first
        letters_of.setdefault(first, letters)
        for form in forms[1:]:
            aliases.setdefault(body_key(form), first)
    for head, text in shortened.items():
        key = body_key(text)
        aliases.setdefault(body_key(head), aliases.get(key, key))
    for one in bodies.named:
        if one.kind == "organisation":
            key = body_key(one.text)
            groups.setdefault(aliases.get(key, key), []).append(one)
    out: list[tuple[Evidence, tuple[str, ...], str, tuple[Evidence, ...]]] = []
    aliases_of: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for alias, target in aliases.items():
        aliases_of.setdefault(target, []).append(alias)
    for key, group in groups.items():
        full = next((one.text for one in group if not one.abbreviated), group[0].text)
        known = sorted({key, *aliases_of.get(key, ())})
        country = next((known_countries()[alias] for alias in known if alias in known_countries()), None)
        country = country or country_in(full) or _country_near(pages, group)
        for alias in known:
            bodies.fullest[alias] = full
            if country is not None and full not in _titles._bodies() and letters_of.get(key) not in _titles._bodies():
                bodies.countries[alias] = country
        evidence = tuple(
            Evidence(one.layer, pages[one.layer].words[one.start].start, pages[one.layer].words[one.end - 1].end)
            for one in group
        )
        out.append((min(evidence), key, full, evidence))
    bodies.organisations = tuple(
        Organisation(full, evidence, letters_of.get(key), bodies.country_of(full))
        for _, key, full, evidence in sorted(out, key=lambda row: (row[0], row[2]))
    )


def _country_near(pages: list[Page], group: list[Named]) -> str | None:
    """The country in the possessive before a body, or after "of" behind its brackets."""
    for one in group:
        page = pages[one.layer]
        words = page.words
        at = one.start - 1
        if at >= 1 and words[at].low == "'s" and at - 1 in page.country_at:
            return page.country_at[at - 1][2]
        if at >= 0 and at in page.country_at and words[at].is_word:
            return page.country_at[at][2]
        at = one.end
        if at + 2 < len(words) and words[at].text == "(":
            while at < len(words) and words[at].text != ")" and at < one.end + 6:
                at += 1
            at += 1
        if at + 1 < len(words) and words[at].low == "of":
            at += 1 + (words[at + 1].low == "the")
            if at in page.country_at:
                return page.country_at[at][2]
    return None


# --- places ---------------------------------------------------------------------------------------


def places(pages: list[Page], named: Mapping[str, list[Candidate]], bodies: Bodies) -> tuple[Place, ...]:
    """Cities, regions, facilities and countries, in the order in which they first appear."""
    found: dict[tuple[str, str], list[tuple[Evidence, str, str | None]]] = {}
    for page in pages:
        for start, (end, code) in sorted(page.countries.items()):
            text = page.text[page.words[start].start : page.words[end - 1].end]
            if gazetteer.fold(text) in gazetteer.people():
                continue
            state = gazetteer.by_alpha3()[code].name
            evidence = Evidence(page.index, page.words[start].start, page.words[end - 1].end)
            found.setdefault(("country", state), []).append((evidence, state, code))
    for one in bodies.named:
        if one.kind == "organisation":
            continue
        page = pages[one.layer]
        evidence = Evidence(one.layer, page.words[one.start].start, page.words[one.end - 1].end)
        found.setdefault((one.kind, gazetteer.fold(one.text)), []).append(
            (evidence, one.text, _country_after(page, one))
        )
    out: list[tuple[Evidence, Place]] = []
    for (kind, _), rows in found.items():
        rows.sort()
        name = rows[0][1]
        country = next((code for _, _, code in rows if code), None) or (country_in(name) if kind != "country" else None)
        country = country or (gazetteer.regions().get(gazetteer.fold(name)) if kind == "region" else None)
        latitude = longitude = None
        if kind == "city":
            city = (gazetteer.city(name, country) if country else None) or gazetteer.city(name)
            capital = gazetteer.capitals().get(gazetteer.fold(name))
            if country is None and capital is not None:
                city = gazetteer.city(name, capital) or city
                country = capital
            if city is not None and (country is None or city.country == country):
                country, latitude, longitude = city.country, city.latitude, city.longitude
        out.append((rows[0][0], Place(name, kind, country, tuple(row[0] for row in rows), latitude, longitude)))
    return tuple(place for _, place in sorted(out, key=lambda row: (row[0], row[1].name)))


def _country_after(page: Page, one: Named) -> str | None:
    """The country after a place's comma ("Mendoza, Argentina"), or in the possessive before it."""
    words = page.words
    if one.end + 1 < len(words) and words[one.end].text == "," and one.end + 1 in page.country_at:
        return page.country_at[one.end + 1][2]
    if one.start >= 2 and words[one.start - 1].low == "'s" and one.start - 2 in page.country_at:
        return page.country_at[one.start - 2][2]
    if one.start and one.start - 1 in page.country_at and words[one.start - 1].is_word:
        return page.country_at[one.start - 1][2]
    return None
