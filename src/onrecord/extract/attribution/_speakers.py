"""Who speaks: from the words that stand where a speaker stands to the fullest name that the post gives."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from spacy.tokens import Token

from onrecord import lexicon
from onrecord.extract.entities import Entities
from onrecord.model import Document, Evidence, Mention, Post

_ARTICLE = re.compile(r"(?:the|a|an|this|that|these|those|some|one|said)\s+(?!of\b)", re.I)
_ADVERBS = re.compile(r"[\s,)\"”’]*(?:[A-Z]{2,5}[\s,]+){0,3}(?:(?:also|has|had|have|later|then|further|\w+ly)[\s,]+)*")
_COUNTED = re.compile(
    r"(?:both|(?:the |these |those |all )?(?:two|three|four|five)|all|these|those)\s+(?:the\s+|of the\s+)?", re.I
)
_LISTED = re.compile(r"(,? and|,)\s+(?:(?:[A-Z][\w.’'-]*|of|the|for|to)\s+){0,12}")
_TITLES_ONLY = re.compile(r"\s*(?:(?:[A-Z][\w.’'-]*|of|the|for|and|a|an|[a-z]+(?:er|or|ist|man|ian)),?\s+){0,14}")
_GIVEN = re.compile(r"(?:Prime|Foreign|Vice|Deputy|Mr|Ms|Mrs|Dr|Sir|The|Under|Assistant|Special|General)\.?$", re.I)
_STYLED = frozenset({"HH", "HE", "HM", "HRH", "H.H.", "H.E.", "H.M."})
_HE = frozenset({"he", "she", "him", "her"})
_IT = frozenset({"it", "this", "that"})
_THEY = frozenset({"they", "them", "both", "two"})
_FIRST = frozenset({"i", "we", "me", "us", "my", "our", "myself", "ourselves"})
_FROM = frozenset({"by", "from", "in", "published", "issued", "released", "carried"})
_OF = frozenset({"of", "for", "the", "and", "to"})
_NEAR = 12  # characters from a sentence's start within which its subject stands
_RELATIVE = frozenset({"who", "which", "that", "whom"})


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: the fullest name, where it is named, and what kind of speaker it is."""

    name: str
    evidence: Evidence | None
    kind: str  # person, organisation, group, document, phrase (some person) or thing


class Speakers:
    """The people, bodies, groups and documents of a post as speakers; remembers who was spoken of last."""

    def __init__(self, post: Post, entities: Entities, document: Document) -> None:
        self._post = post
        self._head = (document.title or "", document.text[post.start : post.start + 600])
        self._mentions: list[list[Mention]] = [[] for _ in post.layers]
        for mention in entities.mentions:
            self._mentions[mention.evidence.layer].append(mention)
        self._starts: list[list[int]] = []
        for found in self._mentions:
            found.sort(key=lambda m: (m.evidence.start, -m.evidence.end))
            self._starts.append([m.evidence.start for m in found])
        self.documents = frozenset(lexicon.words("en/speech", "nouns.documents"))
        self.texts = frozenset(lexicon.words("en/speech", "nouns.texts"))
        self._titles = frozenset(w.casefold() for w in lexicon.words("en/speech", "turns.offices"))
        self._outlets = frozenset(lexicon.words("en/speech", "nouns.outlets"))
        self.styles = frozenset(lexicon.words("en/speech", "nouns.styles"))
        self.people = frozenset(lexicon.words("en/speech", "nouns.groups"))
        self.groups = self.people | frozenset(lexicon.words("en/speech", "nouns.bodies"))
        self.last_person: tuple[Voice, ...] = ()
        self.last_body: tuple[Voice, ...] = ()
        self.last_group: tuple[Voice, ...] = ()
        self.author: tuple[Voice, ...] = ()  # of the message or statement that is spoken of
        self.writer: tuple[Voice, ...] = ()  # of the article that is excerpted
        self.spoken_body: tuple[Voice, ...] = ()
        self._pronouns: dict[tuple[int, int], tuple[Voice, ...]] = {}
        self._longer: dict[str, str | None] = {}
        self._met: tuple[Voice, ...] = ()  # the first two of the last sentence that names two people
        self._persons: list[Voice] = []
        self._spoke: tuple[tuple[Voice, ...], int, int] | None = None
        self._short_for = {o.abbreviation: o.name for o in entities.organisations if o.abbreviation}
        self._bodies: dict[frozenset[str], str] = {}
        for body in entities.organisations:
            key = self._key(body.name)
            if len(body.name) > len(self._bodies.get(key, "")):
                self._bodies[key] = body.name
        self._entities = entities
        self._people = tuple(p.name for p in entities.people)
        self._surnames: dict[str, str] = {}
        for person in entities.people:
            parts = person.name.split()
            for part in parts:
                other = self._surnames.get(part.casefold())
                if len(parts) > 1 or other is None:
                    # A name that two people share stands for neither.
                    self._surnames[part.casefold()] = person.name if other is None or len(other.split()) == 1 else ""

    def voice(self, mention: Mention) -> Voice:
        """The speaker that a mention names."""
        kind = {"person": "person", "group": "group"}.get(mention.kind, "organisation")
        name = mention.name
        if kind == "organisation":
            name = self._bodies.get(self._key(name), name)
        if kind == "person" and len(name.split()) == 1:
            name = self.surname(name) or name
        return Voice(name, mention.evidence, kind)

    def _key(self, name: str) -> frozenset[str]:
        """What makes two names of a body one: its words, abbreviations that the post introduces written out."""
        words: set[str] = set()
        for word in re.sub(r"[(),]", " ", name).split():
            for part in self._short_for.get(word, word).split():
                words.add(part.casefold())
            if word in self._short_for:
                words.discard(word.casefold())
        return frozenset(words - {"the", "of", "and", "for"})

    def of_layer(self, voice: str) -> Voice:
        """The voice of a layer that is wholly one speaker's, under the fullest name of the post."""
        words = voice.casefold().split()
        for name in self._people:
            parts = name.casefold().split()
            if len(parts) > 1 and any(words[n : n + len(parts)] == parts for n in range(len(words))):
                return Voice(name, None, "person")
        for name in self._people:
            if set(words) & set(name.casefold().split()[-1:]):
                return Voice(name, None, "person")
        return Voice(voice, None, "person")

    @property
    def names(self) -> tuple[str, ...]:
        """The people of the post under their fullest names."""
        return self._people

    def entitled(self, office: str) -> Voice:
        """Whoever holds an office that a heading names: the person of the post whose name or office it is, else the
        office itself.
        """
        words = set(office.casefold().replace(",", " ").split())
        for name in self._people:
            if set(name.casefold().split()) <= words:
                return Voice(name, None, "person")
        for person in self._entities.people:
            if any(set(role.title.casefold().split()) - _OF == words - _OF for role in person.roles):
                return Voice(person.name, None, "person")
        return Voice(office, None, "phrase")

    def surname(self, word: str) -> str | None:
        """The full name of the person of whose name `word` is a part, whatever its case."""
        return self._surnames.get(word.casefold()) or None

    def mentions(self, layer: int, start: int, end: int) -> list[Mention]:
        """Mentions that begin within `start` to `end`."""
        found, starts = self._mentions[layer], self._starts[layer]
        return found[bisect_left(starts, start) : bisect_left(starts, end)]

    def at(self, layer: int, place: int) -> list[Mention]:
        """Mentions that cover a place."""
        found, starts = self._mentions[layer], self._starts[layer]
        out = []
        for number in range(bisect_right(starts, place) - 1, -1, -1):
            mention = found[number]
            if place - mention.evidence.start > 200:
                break
            if mention.evidence.end > place:
                out.append(mention)
        return out

    def voices(self, layer: int, token: Token) -> tuple[Voice, ...]:
        """The speakers that a subject names, whose head is `token`; empty if it names the writer or nobody."""
        text = self._post.layers[layer].text
        word = token.lower_
        if word in _FIRST:
            return ()
        if word in _RELATIVE and token.pos_ in ("PRON", "DET"):
            clause = token.head
            if clause.dep_ in ("relcl", "acl", "ccomp") and clause.head.i < token.i:
                return self.voices(layer, clause.head)
            if word == "which":
                # "a report from the board (in full below), which notes …"
                for at in range(token.i - 1, max(-1, token.i - 20), -1):
                    before = token.doc[at]
                    if before.is_sent_start and at < token.i - 1:
                        break
                    if before.pos_ == "NOUN" and before.lemma_.lower() in self.documents:
                        return self._document(layer, before, text)
            if token.i > 0 and word != "that":
                before = token.nbor(-1)
                if before.text == "," and before.i > 0:
                    before = before.nbor(-1)
                return self.voices(layer, before)
            return ()
        out: list[Voice] = []
        if token.text in _STYLED:
            # "HH the Emir", "HE the Minister": who is named next.
            named = self.mentions(layer, token.idx, token.idx + len(token) + 60)
            return self._heard((self.voice(named[0]),)) if named else self.last_person
        if word in _HE:
            if (layer, token.i) not in self._pronouns:
                self._pronouns[layer, token.i] = self._he(layer, token, text)
            return self._pronouns[layer, token.i]
        for head in _coordinated(token):
            for voice in self._one(layer, head, text):
                if all(voice.name != other.name for other in out):
                    out.append(voice)
        people = [v for v in out if v.kind == "person"]
        if people and len(people) < len(out):
            # "Marin and other members said": who is named speaks for the rest.
            out = people
        return tuple(out)

    def _pair(self) -> tuple[Voice, ...]:
        """The two who were named last, for a "they" that nothing else explains."""
        if self._met:
            return self._met
        two: dict[str, Voice] = {}
        for voice in reversed(self._persons):
            two.setdefault(voice.name, voice)
            if len(two) == 2:
                break
        return tuple(sorted(two.values(), key=lambda v: v.evidence or Evidence(0, 0, 0)))

    def _he(self, layer: int, token: Token, text: str) -> tuple[Voice, ...]:
        """Whom "he" means as a speaker: who spoke in the sentence before, else whom the post means by it."""
        if self._spoke and self._spoke[1] == layer and 0 <= token.idx - self._spoke[2] < 300:
            return self._spoke[0]
        return self._one(layer, token, text)

    def listed(self, layer: int, voices: tuple[Voice, ...], end: int) -> tuple[Voice, ...]:
        """With one of a list of people, all of them: "President Sol, Minister Tau, and Dr Amo said"."""
        if len(voices) != 1 or voices[0].kind != "person" or voices[0].evidence is None:
            return voices
        text = self._post.layers[layer].text
        at = voices[0].evidence
        people = [
            m for m in self.mentions(layer, max(0, at.start - 400), end) if m.kind == "person" and m.form == "name"
        ]
        place = next((n for n, m in enumerate(people) if m.evidence == at), None)
        if place is None:
            return voices
        low = high = place
        joined = False
        while low > 0 and (mark := _LISTED.fullmatch(text[people[low - 1].evidence.end : people[low].evidence.start])):
            joined = joined or "and" in mark.group(1)
            low -= 1
        while high + 1 < len(people) and (
            mark := _LISTED.fullmatch(text[people[high].evidence.end : people[high + 1].evidence.start])
        ):
            joined = joined or "and" in mark.group(1)
            high += 1
        if not joined:
            return voices
        found: dict[str, Voice] = {}
        for mention in people[low : high + 1]:
            found.setdefault(mention.name, self.voice(mention))
        self.last_group = tuple(found.values())
        return self.last_group

    def alone(self, layer: int, head: Token) -> tuple[Voice, ...]:
        """The speaker that one noun names, what is coordinated to it left out."""
        return self._one(layer, head, self._post.layers[layer].text)

    def _one(self, layer: int, head: Token, text: str) -> tuple[Voice, ...]:
        word = head.lower_
        covering = self.at(layer, head.idx)
        people = [m for m in covering if m.kind == "person"]
        if people:
            narrow = min(people, key=lambda m: m.evidence.end - m.evidence.start)
            same = [m for m in people if m.evidence == narrow.evidence]
            return self._heard(tuple(self.voice(m) for m in same))
        groups = [m for m in covering if m.form == "group"]
        if groups:
            return self._heard(tuple(self.voice(m) for m in groups))
        if word in _HE:
            return self.last_person
        if word in _IT and head.pos_ in ("PRON", "DET"):
            return self.spoken_body or self.author or self.last_body
        if word in _THEY and head.pos_ in ("PRON", "DET", "NUM"):
            return self.last_group or self._pair()
        # A name in apposition to a title: "the mayor, Ana Sol, said".
        for child in head.children:
            if child.dep_ == "appos" or (child.dep_ in ("compound", "flat", "nmod") and child.pos_ == "PROPN"):
                named = [
                    m for m in self.at(layer, child.idx) if m.kind == "person" and m.form in ("name", "abbreviation")
                ]
                if named:
                    return self._heard((self.voice(named[0]),))
        if word in self.documents or head.lemma_.lower() in self.documents:
            return self._document(layer, head, text)
        bodies = [
            m for m in covering if m.kind in ("organisation", "country", "group", "place", "facility", "nationality")
        ]
        bodies = [m for m in bodies if m.form != "pronoun" or m.kind != "place"]
        if word in ("side", "sides"):
            bodies = []
        if bodies:
            body = min(
                bodies, key=lambda m: (m.kind not in ("organisation", "country"), m.evidence.end - m.evidence.start)
            )
            if head.tag_ in ("NNP", "NNPS", "PRP") or body.evidence.end - body.evidence.start > len(head.text):
                return self._heard((self.voice(body),))
        if word in self.styles:
            return self.last_person
        phrase = self.phrase(layer, head, text)
        if phrase and head.lemma_.lower() in self.people and (inner := self._within(layer, head, phrase[0], text)):
            return self._heard((inner,))
        if phrase and len(phrase[0].name.split()) == 1 and (known := self._short(layer, head)):
            return self._heard((known,))
        return self._heard(phrase)

    def _within(self, layer: int, head: Token, phrase: Voice, text: str) -> Voice | None:
        """The person whose name stands within a phrase or right after it: "the head of the House, Ana Sol"."""
        if phrase.evidence is None or head.tag_ not in ("NN", "NNP"):
            return None
        for mention in self.mentions(layer, head.idx, phrase.evidence.end + 3):
            if mention.kind == "person" and mention.form == "name":
                between = text[head.idx + len(head) : mention.evidence.start]
                if between.endswith(", ") and text[mention.evidence.end : mention.evidence.end + 1] in (
                    ",",
                    ".",
                    "",
                    ")",
                ):
                    return self.voice(mention)
        return None

    def _short(self, layer: int, head: Token, words: frozenset[str] = frozenset()) -> Voice | None:
        """The body last named before, whose name holds the noun: "the commission", "police"."""
        wanted = words or frozenset({head.lower_})
        for number in range(layer, max(-1, layer - 6), -1):
            found, starts = self._mentions[number], self._starts[number]
            last = bisect_left(starts, head.idx) if number == layer else len(found)
            for mention in reversed(found[max(0, last - 60) : last]):
                if mention.kind == "organisation" and mention.form in ("name", "abbreviation"):
                    parts = mention.name.casefold().split()
                    if len(parts) > 1 and wanted <= set(parts):
                        return self.voice(mention)
        return None

    def _document(self, layer: int, head: Token, text: str) -> tuple[Voice, ...]:
        """A document speaks for its author, if the post names him; else for itself."""
        for child in head.children:
            if child.dep_ == "poss":
                owner = self._one(layer, child, text)
                if owner:
                    return owner
            if child.dep_ in ("prep", "agent", "acl") and child.lower_ in _FROM:
                for below in child.subtree:
                    if below.pos_ == "PROPN" and below.dep_ in ("pobj", "agent"):
                        if child.lower_ == "in" and not any(
                            m.kind == "organisation" for m in self.at(layer, below.idx)
                        ):
                            continue
                        owner = self._one(layer, below, text)
                        if owner:
                            if head.lower_ in self.texts:
                                self.writer = owner
                            else:
                                self.author = owner
                            return owner
            if child.dep_ in ("compound", "amod", "nmod"):
                named = [m for m in self.at(layer, child.idx) if m.kind in ("organisation", "person")]
                if named:
                    return self._heard((self.voice(named[0]),))
        compound = frozenset(c.lower_ for c in head.children if c.dep_ in ("compound", "nmod") and c.pos_ == "NOUN")
        if compound and (body := self._short(layer, head, compound)):
            return self._heard((body,))
        if head.lower_ in self.texts and self.writer:
            return self.writer
        if head.lower_ not in ("report", "reports") and self.author:
            return self.author
        if (
            self.spoken_body
            and self.spoken_body[0].kind == "organisation"
            and head.lower_ in ("message", "letter", "statement")
        ):
            return self.spoken_body
        return self._heard(self.phrase(layer, head, text, article=True))

    def phrase(self, layer: int, head: Token, text: str, *, article: bool = False) -> tuple[Voice, ...]:
        """The words themselves, for officials, police, witnesses, documents."""
        start = head.left_edge.idx
        last = head
        for child in head.children:
            if child.i < head.i:
                continue
            if (
                child.dep_ == "prep"
                and child.lower_ in ("of", "from", "within", "in", "for", "at", "with")
                and child.i == last.i + 1
            ):
                edge = child.right_edge
                if edge.i - head.i < 14:
                    last = edge
            elif child.dep_ in ("prep", "relcl", "acl", "appos", "punct", "cc", "conj", "advmod"):
                break
        end = last.idx + len(last)
        if head.i - head.left_edge.i > 12:
            start = head.idx
        words = text[start:end]
        if "\n" in words or len(words) > 160:
            start, end = head.idx, head.idx + len(head)
            words = text[start:end]
        cut = _ARTICLE.match(words)
        if head.tag_ == "NNS" and (counted := _COUNTED.match(words)):
            cut = counted
        if cut and not article and cut.end() < len(words):
            start += cut.end()
            words = text[start:end]
        words = words.strip(" ,;:\"“”‘’'")
        if not words or not any(c.isalpha() for c in words):
            return ()
        lemma = head.lemma_.lower()
        if lemma in self.documents:
            kind = "document"
        elif lemma in self.groups or (head.tag_ in ("NNP", "NNPS") and (start != head.idx or not head.is_sent_start)):
            kind = "group" if head.tag_ in ("NNS", "NNPS") else "phrase"
        else:
            kind = "thing"
        return (Voice(words, Evidence(layer, start, end), kind),)

    def _heard(self, voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
        self.note(voices)
        return voices

    def spoke(self, voices: tuple[Voice, ...], layer: int, end: int) -> None:
        """Remembers who spoke last and where: "he added" is said of him. A body that spoke is the next "it"."""
        if len(voices) == 1 and voices[0].name.rpartition(" ")[2].lower() in self._outlets:
            self.spoken_body = voices
        elif len(voices) == 1 and voices[0].kind in ("person", "phrase"):
            self._spoke = (voices, layer, end)
        elif len(voices) == 1 and voices[0].kind in ("organisation", "document"):
            self.spoken_body = voices

    def note(self, voices: tuple[Voice, ...]) -> None:
        """Remembers who was spoken of, for the pronouns that follow."""
        if not voices:
            return
        self._persons.extend(v for v in voices if v.kind == "person")
        del self._persons[:-8]
        if len(voices) > 1:
            self.last_group = voices
        elif voices[0].kind == "person":
            self.last_person = voices
        elif voices[0].kind == "group":
            self.last_group = voices
        else:
            self.last_body = voices

    def passed(self, layer: int, start: int, end: int) -> None:
        """Takes note of who is named in words that attribute nothing."""
        for mention in self.mentions(layer, start, end):
            if mention.form in ("name", "title", "abbreviation"):
                self.note((self.voice(mention),))
        people: dict[str, Voice] = {}
        for mention in self.mentions(layer, start, end):
            if mention.kind == "person" and mention.form in ("name", "title"):
                people.setdefault(mention.name, self.voice(mention))
        if len(people) > 1:
            self._met = tuple(people.values())[:2]
        # Whom a sentence begins with is whom the next one calls "he", or "they".
        for mention in self.mentions(layer, start, min(start + _NEAR, end)):
            if mention.kind == "group" and len(people) < 2:
                self.note((self.voice(mention),))
                break
        for mention in self.mentions(layer, start, end):
            if mention.kind == "person" and mention.form in ("name", "title"):
                self.note((self.voice(mention),))
                break

    def nearest(self, layer: int, start: int, end: int, *, last: bool = True, named: bool = False) -> tuple[Voice, ...]:
        """The person (else body) that is mentioned last, or first, within `start` to `end`; `named`: by a name."""
        found = [m for m in self.mentions(layer, start, end) if m.form != "group" and (m.form == "name" or not named)]
        for kinds in (("person",), ("organisation", "country")):
            some = [m for m in found if m.kind in kinds]
            if some:
                return (self.voice(some[-1] if last else some[0]),)
        return ()

    def beside(self, layer: int, verb: int, subject: int) -> tuple[Voice, ...]:
        """A person named right before a verb and after the head of its subject, only marks or adverbs between."""
        text = self._post.layers[layer].text
        for mention in reversed(self.mentions(layer, max(0, verb - 80), verb)):
            between = text[mention.evidence.end : verb]
            if len(between) > 24:
                break
            if (
                mention.kind == "person"
                and mention.form == "name"
                and mention.evidence.start > subject
                and _ADVERBS.fullmatch(between)
            ):
                return (self.voice(mention),)
        return ()

    def after(self, layer: int, place: int, end: int) -> tuple[Voice, ...]:
        """A person named right after a verb, only titles between: "replied President Amo"."""
        text = self._post.layers[layer].text
        for mention in self.mentions(layer, place, min(end, place + 140)):
            if not _TITLES_ONLY.fullmatch(text[place : mention.evidence.start]):
                return ()
            if mention.kind == "person":
                return (self.voice(mention),)
        return ()

    def proper(self, layer: int, verb: Token) -> tuple[Voice, ...]:
        """A name of two words or more that stands right before a verb, for one whom no mention names."""
        last = first = verb.i - 1
        if last < 0:
            return ()
        for mention in self.at(layer, verb.doc[last].idx):
            if mention.kind in ("person", "organisation") and mention.form == "name":
                return (self.voice(mention),)
        while first >= 0 and verb.doc[first].tag_ == "NNP" and verb.doc[first].text[:1].isupper() and last - first < 5:
            first -= 1
        if last - first < 2 or self.at(layer, verb.doc[first + 1].idx):
            return ()
        start, end = verb.doc[first + 1].idx, verb.doc[last].idx + len(verb.doc[last])
        return (Voice(self._post.layers[layer].text[start:end], Evidence(layer, start, end), "person"),)

    def _title(self, word: str) -> bool:
        return word.strip(".").casefold() in self._titles or bool(_GIVEN.match(word))

    def longer(self, word: str) -> str | None:
        """The longest name in capitals' first letters that ends with `word`, for one who is named but by a surname."""
        if word in self._longer:
            return self._longer[word]
        pattern = re.compile(
            rf"\b((?:[A-Z][\w’'-]+\.? |[A-Z]\. ){{1,4}}){re.escape(word)}\b", re.I if word.isupper() else 0
        )
        best = None
        texts = [*self._head, self._post.byline or "", *(layer.text[:20_000] for layer in self._post.layers)]
        for text in texts:
            for match in pattern.finditer(text):
                parts = match.group().split()
                while parts and (
                    self._title(parts[0]) or not parts[0][:1].isupper() or (parts[0].isupper() and len(parts[0]) > 3)
                ):
                    parts = parts[1:]
                if (
                    len(parts) > 1
                    and not any(self._title(p) for p in parts)
                    and (best is None or len(parts) > len(best))
                ):
                    best = parts
        self._longer[word] = " ".join(best) if best else None
        return self._longer[word]

    def named(self, layer: int, start: int, end: int) -> tuple[Voice, ...]:
        """The one whom the words `start` to `end` name as a whole (a signature, the name before a turn)."""
        text = self._post.layers[layer].text
        found = [m for m in self.mentions(layer, start, end) if m.kind == "person"]
        if found:
            return (self.voice(found[0]),)
        words = text[start:end].strip()
        return (Voice(words, Evidence(layer, start, end), "phrase"),) if words else ()


def _coordinated(token: Token) -> list[Token]:
    """`token` with what is coordinated to it: "Marin and Tau said"."""
    out = [token]
    at = token
    while len(out) < 12:
        following = next((c for c in at.children if c.dep_ == "conj" and c.pos_ in ("PROPN", "NOUN", "PRON")), None)
        if following is None:
            break
        out.append(following)
        at = following
    return out


def subject(verb: Token) -> Token | None:
    """The head of the subject of a verb, found through auxiliaries, coordination and participles."""
    at = verb
    for _ in range(8):
        passive = None
        for child in at.children:
            if child.dep_ == "nsubj":
                return child
            if child.dep_ == "nsubjpass":
                passive = child
        if passive is not None:
            return passive
        if at.dep_ == "relcl":
            return at.head
        if at.dep_ == "acl" and at.tag_ == "VBG":
            # "told her reasons, saying": it is she who says, not the reasons.
            if at.head.dep_ not in ("dobj", "pobj", "attr", "conj", "appos") or at.head.ent_type_ in ("PERSON", "ORG"):
                return at.head
            at = at.head
            while at.dep_ in ("dobj", "pobj", "prep", "attr", "conj", "appos", "dative") and at.head.i != at.i:
                at = at.head
            continue
        if (
            at.dep_ in ("conj", "xcomp", "advcl", "dep", "ccomp", "parataxis", "aux", "auxpass", "pcomp", "prep", "acl")
            and at.head.i != at.i
        ):
            at = at.head
            continue
        return None
    return None
