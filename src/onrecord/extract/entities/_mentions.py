"""Every mention in a post, in order: by name, by title, by pronoun, by abbreviation, as a group; each resolved to the
fullest name that the post gives.

A mention whose bearer cannot be told from the post is left out: a wrong name is worse than none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from onrecord import gazetteer
from onrecord.extract.entities._bodies import Bodies
from onrecord.extract.entities._people import Candidate, Page, gender_of, loose_titles, name_key
from onrecord.extract.entities._text import word_set
from onrecord.extract.entities._titles import Title
from onrecord.model import Evidence, Mention, MentionKind, Person, Place, Role

_SINGULAR = {"he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f"}
_PLURAL = word_set("en/entities", "mentions.plural")
_PAIR_WORDS = word_set("en/entities", "mentions.pair_words")
_STATE_WORDS = word_set("en/entities", "mentions.state_words")
_LEADERS = word_set("en/entities", "mentions.leaders")


# How many people and bodies stay in mind; who was named earlier than that is not meant by "the minister".
_REMEMBERED = 40


_OTHER_OFFICE = word_set("en/entities", "mentions.other_office")


class _Reader:
    def __init__(
        self,
        pages: list[Page],
        named: Mapping[str, list[Candidate]],
        people: tuple[Person, ...],
        bodies: Bodies,
        places: tuple[Place, ...],
        hidden: Mapping[str, list[Role]],
        home: str | None,
    ) -> None:
        self.pages, self.bodies, self.places = pages, bodies, places
        self.people = {person.name: person for person in people}
        self.out: list[Mention] = []
        self.genders = _genders(pages, named)
        self.titles_of = {
            name: [
                (_content(role.title), role.country or person.country)
                for role in (*person.roles, *hidden.get(name, ()))
            ]
            for name, person in self.people.items()
        }
        self.home = home
        self.country_names = _country_names(pages)

    def add(self, kind: MentionKind, name: str, page: Page, start: int, end: int, form: str = "name") -> None:
        evidence = Evidence(page.index, page.words[start].start, page.words[end - 1].end)
        self.out.append(Mention(kind, name, evidence, form))  # type: ignore[arg-type]


def find(
    pages: list[Page],
    named: Mapping[str, list[Candidate]],
    people: tuple[Person, ...],
    bodies: Bodies,
    places: tuple[Place, ...],
    *,
    hidden: Mapping[str, list[Role]],
    home: str | None,
) -> tuple[Mention, ...]:
    """All mentions, in order of layer and place.

    `hidden` are offices that only a title beside the text states, `home` is the publisher's state: both help to tell
    whom "the minister" means.
    """
    reader = _Reader(pages, named, people, bodies, places, hidden, home)
    for page in pages:
        _read_page(reader, page)
    order = {"name": 0, "abbreviation": 1, "title": 2, "pronoun": 3, "group": 4}
    return tuple(sorted(reader.out, key=lambda m: (m.evidence, order[m.form], m.kind, m.name)))


def _genders(pages: list[Page], named: Mapping[str, list[Candidate]]) -> dict[str, str]:
    """Person → "m" or "f", where an honorific or a title tells it."""
    he, she = word_set("en/titles", "honorific.genders_he"), word_set("en/titles", "honorific.genders_she")
    out: dict[str, str] = {}
    for name, group in named.items():
        votes: Counter[str] = Counter()
        for candidate in group:
            words = pages[candidate.layer].words
            texts = [word.low.strip(".") for word in words[max(0, candidate.start - 2) : candidate.start]]
            texts += [" ".join(texts)] + [t.title.lower() for t in [*candidate.before, *candidate.after]]
            for text in texts:
                last = text.split()[-1] if text.split() else ""
                votes["m"] += text in he or last in he
                votes["f"] += text in she or last in she
        if votes["m"] != votes["f"]:
            out[name] = "m" if votes["m"] > votes["f"] else "f"
        elif (guess := gender_of(name_key(name))) is not None:
            out[name] = guess
    return out


def _content(text: str) -> frozenset[str]:
    return frozenset(gazetteer.fold(text).replace("-", " ").split()) - {"the", "of", "for", "and", "to"}


def _country_names(pages: list[Page]) -> dict[str, str]:
    """alpha-3 → the name that the post uses most for the country, else the letters it uses ("DPRK")."""
    names: dict[str, Counter[str]] = {}
    letters: dict[str, Counter[str]] = {}
    for page in pages:
        if page.beside:
            continue
        for start, (end, code) in page.countries.items():
            text = " ".join(page.text[page.words[start].start : page.words[end - 1].end].split())
            if text in gazetteer.codes():
                letters.setdefault(code, Counter())[text] += 1
            elif gazetteer.fold(text) not in gazetteer.people() and gazetteer.country_of(text) is not None:
                names.setdefault(code, Counter())[text] += 1
    return {
        code: max(used, key=lambda name: (used[name], -len(name), name))
        for code, used in ({**letters, **names}).items()
    }


def _read_page(reader: _Reader, page: Page) -> None:
    words = page.words
    people_at: dict[int, Candidate] = {c.start: c for c in page.candidates if c.person}
    bodies_at = {one.start: one for one in reader.bodies.named if one.layer == page.index}
    titles_at = loose_titles(page)
    covered: set[int] = set()
    state = _State(reader, page)
    index = 0
    while index < len(words):
        word = words[index]
        state.at(index)
        if index in people_at:
            candidate = people_at[index]
            kind: MentionKind = "person"
            reader.add(kind, candidate.person, page, candidate.start, candidate.end)
            state.person(candidate.person, candidate.start, candidate.end)
            covered.update(range(candidate.start, candidate.end))
            index = candidate.end
            continue
        if index in titles_at:
            # The title is resolved, and the words within it (countries, bodies) are read on their own as well.
            title = titles_at[index]
            name = state.titled(title)
            if name is not None:
                reader.add("person", name, page, _title_start(page, title), title.head_end, "title")
                state.person(name, title.start, title.head_end)
        if index in bodies_at:
            one = bodies_at[index]
            if one.kind == "organisation":
                name = reader.bodies.name_of(one.text)
                reader.add(
                    "organisation", name, page, one.start, one.end, "abbreviation" if one.abbreviated else "name"
                )
                state.body(name, one.start)
            else:
                reader.add("facility" if one.kind == "facility" else "place", one.text, page, one.start, one.end)
            for at in range(one.start, one.end):
                if at in page.countries and one.kind == "organisation":
                    covered.add(at)
            index = one.end
            continue
        if index in page.countries and index not in covered:
            end, code = page.countries[index]
            _country(reader, state, page, index, end, code)
            index = end
            continue
        if word.is_word:
            if (
                word.low in _SINGULAR
                and word.pos in ("PRON", "DET", "")
                and not (
                    index + 1 < len(words)
                    and words[index + 1].low in ("excellency", "majesty", "highness", "holiness", "royal", "honour")
                )
            ):
                name = state.pronoun(_SINGULAR[word.low], index)
                if name is not None:
                    reader.add("person", name, page, index, index + 1, "pronoun")
            elif word.low in _PLURAL:
                for kind, name in state.they():
                    reader.add(kind, name, page, index, index + 1, "group")
            elif word.low in ("the", "both", "two") or word.low in _PAIR_WORDS:
                end, members = state.group(index)
                if members:
                    for kind, name in members:
                        reader.add(kind, name, page, index, end, "group")
                    state.grouped(members)
                    index = end
                    continue
            elif word.cap and "-" in word.text:
                _hyphened(reader, page, index)
        index += 1


def _title_start(page: Page, title: Title) -> int:
    """Where the words of a title without a name begin: with the article, if it has one."""
    words = page.words
    start = title.start
    if start and words[start - 1].low in ("the", "his", "her", "their") and words[start - 1].is_word:
        return start if words[start - 1].low != "the" else start - 1
    return start


def _country(reader: _Reader, state: _State, page: Page, start: int, end: int, code: str) -> None:
    words = page.words
    text = page.text[words[start].start : words[end - 1].end]
    name = reader.country_names.get(code) or gazetteer.by_alpha3()[code].name
    if gazetteer.fold(text) in gazetteer.people():
        if end < len(words) and words[end].low == "side":
            reader.add("country", name, page, start, end + 1, "title")
            state.country(name, start)
            return
        reader.add("nationality", name, page, start, end)
    else:
        reader.add("country", name, page, start, end, "abbreviation" if text in gazetteer.codes() else "name")
    state.country(name, start)


def _hyphened(reader: _Reader, page: Page, index: int) -> None:
    """ "China-Laos relations": each side is a country."""
    word = page.words[index]
    at = word.start
    for part in word.text.split("-"):
        code = gazetteer.country_of(part)
        if code is not None and len(part) > 1:
            kind: MentionKind = "nationality" if gazetteer.fold(part) in gazetteer.people() else "country"
            name = reader.country_names.get(code) or gazetteer.by_alpha3()[code].name
            reader.out.append(Mention(kind, name, Evidence(page.index, at, at + len(part))))
        at += len(part) + 1


class _State:
    """Who is spoken of, as the reading goes on."""

    def __init__(self, reader: _Reader, page: Page) -> None:
        self.reader, self.page, self.words = reader, page, page.words
        self.sentence = -1
        self.here: list[tuple[str, int]] = []  # people of this sentence, in order
        self.before: list[tuple[str, int]] = []  # people of the sentence before
        self.recent: list[str] = []  # people by time of last mention, last one last
        self.pair: list[tuple[MentionKind, str]] = []
        self.subject: str | None = None
        self.last_subject: str | None = None
        self.bodies: list[str] = []
        self.body_order: dict[str, int] = {}
        self.countries: Counter[str] = Counter()
        self.country_order: dict[str, int] = {}
        self.last_kind = ""
        self.meant: dict[str, str] = {}  # who "he" and "she" are in this sentence
        self.last_group: list[tuple[MentionKind, str]] = []

    def at(self, index: int) -> None:
        word = self.words[index]
        if word.is_word and word.sentence != self.sentence:
            self.sentence = word.sentence
            if self.here:
                self.before = self.here
            if self.subject:
                self.last_subject = self.subject
            self._note_pair()
            self.here, self.subject = [], None
            self.meant = {}

    def person(self, name: str, start: int, end: int) -> None:
        self.here.append((name, start))
        del self.here[:-_REMEMBERED]
        if name in self.recent:
            self.recent.remove(name)
        self.recent.append(name)
        del self.recent[:-_REMEMBERED]
        if self.subject is None and any(word.dep in ("nsubj", "nsubjpass", "ROOT") for word in self.words[start:end]):
            self.subject = name
        self.last_kind = "person"
        if not self.pair and len({n for n, _ in self.here}) == 2:
            self._note_pair()

    def body(self, name: str, start: int) -> None:
        if name in self.bodies:
            self.bodies.remove(name)
        self.bodies.append(name)
        del self.bodies[:-_REMEMBERED]
        self.body_order.setdefault(name, len(self.body_order))
        if self.words[start].dep in ("nsubj", "nsubjpass") and self.subject is None:
            self.last_kind = "organisation"

    def country(self, name: str, start: int) -> None:
        self.countries[name] += 1
        self.country_order.setdefault(name, len(self.country_order))

    def grouped(self, members: list[tuple[MentionKind, str]]) -> None:
        if members[0][0] == "person":
            self.pair = members
        self.last_group = members
        self.last_kind = "group"

    def _note_pair(self) -> None:
        names = list(dict.fromkeys(name for name, _ in self.here))
        if self.pair and len(names) > 3:
            # A list of those present does not change who met.
            return
        if len(names) >= 2:
            first = self.subject if self.subject in names else names[0]
            rest = [name for name in names if name != first]
            self.pair = [("person", str(first)), ("person", rest[0])]

    def titled(self, title: Title) -> str | None:
        """Who an unnamed "the minister" is: the last named who holds such an office of the country named."""
        words = self.words
        capital = title.capital
        if (
            not capital
            and title.org is None
            and words[title.head].low in ("head", "chief", "member", "official", "representative")
            and title.head_end - title.head == 1
        ):
            return None
        if not (title.definite or capital or title.country):
            return None
        before = words[title.start - 1].low if title.start else ""
        if before in ("a", "an", "any", "every", "each", "no", "another", "future", "next", "of") and before != "of":
            return None
        after = words[title.head_end] if title.head_end < len(words) else None
        if after is not None and after.is_word and after.cap and not after.first:
            return None
        wanted = _content(title.title)
        head = _content(" ".join(w.text for w in words[title.head : title.head_end]))
        best: tuple[int, int, str] | None = None
        for age, name in enumerate(reversed(self.recent)):
            score = self._fits(name, wanted, head, title)
            if score and (best is None or (score, -age) > best[:2]):
                best = (score, -age, name)
        if best is not None:
            return best[2]
        # One who is named only further on: the first who fits.
        rest = [name for name in self.reader.people if name not in self.recent] if len(self.reader.people) < 100 else []
        scored = [(self._fits(name, wanted, head, title), name) for name in rest]
        scored = [row for row in scored if row[0] >= 3]
        return max(scored, key=lambda row: row[0])[1] if scored else None

    def _fits(self, name: str, wanted: frozenset[str], head: frozenset[str], title: Title) -> int:
        best = 0
        for role, country in self.reader.titles_of.get(name, []):
            if title.country is not None and country is not None and title.country != country:
                continue
            if title.org is not None and wanted != role and title.country is None:
                continue
            if wanted <= role or (role <= wanted and head <= role):
                if (role - wanted) & _OTHER_OFFICE:
                    continue
                score = 3 if wanted == role else 2
                score += title.country is None and country is not None and country == self.reader.home
                score += 2 if title.country is not None and country == title.country else 0
                best = max(best, score)
            elif head & _LEADERS and title.country is not None and country == title.country:
                best = max(best, 2)
        return best

    def pronoun(self, gender: str, index: int) -> str | None:
        """Who "he" or "she" is: the subject of this sentence or of the last, else the last named of that gender."""
        genders = self.reader.genders
        word = self.words[index]

        other = self.meant.get("f" if gender == "m" else "m")
        # "The minister thanked him": not the subject itself.
        barred = (
            self.subject
            if word.low == "him" or (word.low == "her" and word.dep in ("dobj", "pobj", "dative"))
            else None
        )

        def fits(name: str | None) -> bool:
            # "She thanked him": not one and the same.
            return name is not None and genders.get(name, gender) == gender and name not in (other, barred)

        here = [name for name, _ in self.here]
        order: list[str | None] = []
        if here and self.subject is None and word.dep in ("nsubj", "nsubjpass"):
            # "Addressing the press beside X, he said": the subject goes on.
            order = [self.last_subject, *reversed(here)]
        elif here:
            order = [self.subject, *reversed(here)]
        order += [self.last_subject, *[name for name, _ in reversed(self.before)], *reversed(self.recent)]
        if word.first and not here:
            order = [self.last_subject, *[name for name, _ in self.before], *reversed(self.recent)]
        known = [name for name in order if name is not None and genders.get(name) == gender]
        for name in order:
            if name is not None and fits(name):
                # One of the known gender nearby comes before one of whom nothing is known.
                if name not in genders and known and known[0] in here:
                    name = known[0]
                self.meant[gender] = name
                return name
        return None

    def they(self) -> list[tuple[MentionKind, str]]:
        if self.last_kind == "group" and not self.here:
            return self.last_group
        names = list(dict.fromkeys(name for name, _ in self.here)) or list(
            dict.fromkeys(name for name, _ in self.before)
        )
        if self.last_kind == "person" and self.pair and (len(names) >= 2 or not names):
            return self.pair
        return []

    def group(self, index: int) -> tuple[int, list[tuple[MentionKind, str]]]:
        """ "the two leaders", "both sides", "the sides": the end of the words, and the members."""
        words = self.words
        at = index
        start_word = words[index]
        if start_word.low == "two" and not (index and words[index - 1].low in ("the", "these", "those", "both")):
            return index + 1, []
        two = False
        while (
            at < len(words)
            and at < index + 5
            and words[at].is_word
            and words[at].low
            in ("the", "both", "two", "all", "foreign", "prime", "defence", "defense", "top", "of", "these", "finance")
        ):
            two = two or words[at].low in ("two", "both")
            at += 1
        if at >= len(words) or not words[at].is_word:
            return index + 1, []
        low = words[at].low
        if low in _STATE_WORDS and two:
            return at + 1, self._two_countries()
        if low not in _PAIR_WORDS:
            return index + 1, []
        if start_word.low in _PAIR_WORDS or (
            low in ("men", "women", "parties", "officials", "delegations") and not two
        ):
            return index + 1, []
        end = at + 1
        if low == "heads" and end + 1 < len(words) and words[end].low == "of":
            end += 2
        if low == "parties":
            parties = [name for name in self.bodies if self.reader.bodies.is_party(name)]
            if len(parties) >= 2:
                return end, [("organisation", name) for name in sorted(parties[-2:], key=self.body_order.__getitem__)]
        if end < len(words) and words[end].low == "of" and not two:
            return index + 1, []
        if 1 < len({name for name, _ in self.here}) < 4:
            self._note_pair()
        if self.pair:
            return end, self.pair
        people = self.recent[-2:]
        if len(people) == 2:
            return end, [("person", name) for name in people]
        return end, self._two_countries() if low in ("sides", "parties") else []

    def _two_countries(self) -> list[tuple[MentionKind, str]]:
        names = sorted(self.countries, key=lambda n: (-self.countries[n], self.country_order[n]))[:2]
        return (
            [("country", name) for name in sorted(names, key=self.country_order.__getitem__)] if len(names) == 2 else []
        )
