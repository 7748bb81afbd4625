"""Reported speech: finds the words that attribute, who speaks by them, and how far what was said reaches.

A sentence is read as a whole, its quotations unbroken. One statement a sentence and speaker; a quotation is cut into
its own sentences. What is said inside a quotation is read again for the voices within it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from spacy.attrs import LEMMA, POS
from spacy.tokens import Doc, Token

from onrecord import lexicon
from onrecord.extract.attribution._regions import borders
from onrecord.extract.attribution._speakers import Speakers, Voice, subject
from onrecord.extract.attribution._text import Quotation, Sentence, pieces, sentences
from onrecord.model import Evidence, Layer, Post, Span, Statement, StatementKind

_SKIPPED = re.compile(r"[\s,:;\-–—]+")
_FIRST = frozenset({"i", "we", "me", "us"})
_QUOTES = "\"“”„‟«»″‘’‚‛'`´「」『』"


@dataclass(frozen=True, slots=True)
class Verbs:
    """The verbs of speech, by how what was said stands with them."""

    say: frozenset[str]
    thing: frozenset[str]
    act: frozenset[str]
    clause: frozenset[str]
    belief: frozenset[str]
    impersonal: frozenset[str]
    naming: frozenset[str]
    stance: frozenset[str]
    stances: frozenset[str]
    particles: dict[str, frozenset[str]]
    objects: dict[str, frozenset[str]]

    @property
    def all(self) -> frozenset[str]:
        return (
            self.say
            | self.act
            | self.clause
            | self.belief
            | self.naming
            | frozenset(self.particles)
            | frozenset(self.objects)
        )


@cache
def verbs() -> Verbs:
    def words(key: str) -> frozenset[str]:
        return frozenset(lexicon.words("en/speech", f"verbs.{key}"))

    def table(key: str) -> dict[str, frozenset[str]]:
        return {k: frozenset(v.split()) for k, v in lexicon.table("en/speech", f"verbs.{key}").items()}

    return Verbs(
        words("say"), words("thing"), words("act"), words("clause"), words("belief"), words("impersonal"),
        words("naming"), words("stance"), words("stances"), table("particles"), table("objects"),
    )  # fmt: skip


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(lexicon.words("en/speech", key))


@dataclass(frozen=True, slots=True)
class _Cue:
    """A verb that attributes. `style` is `say`, `act`, `clause`, `naming` or `particle`."""

    token: Token
    style: str
    particle: Token | None = None


@dataclass(slots=True)
class _State:
    """What the reading of a layer remembers from one sentence to the next."""

    direct: tuple[Voice, ...] = ()  # who spoke the last quotation
    indirect: tuple[Voice, ...] = ()  # whose speech may go on in the next sentence
    comma: bool = False  # "X said, …": what follows is his to the end of the paragraph
    announced: tuple[Voice, ...] = ()  # a colon ended the last sentence
    block: bool = False
    blocked: tuple[int, tuple[Voice, ...]] = (-1, ())  # up to where a passage after a colon goes, and whose it is
    paragraph: int = -1
    silent: list[tuple[int, int]] = field(default_factory=list)  # sentences of the paragraph that nobody has said
    fresh: bool = False  # the last quotation stands in the sentence just before
    thing: bool = False  # a thing was said: "X stressed the need"
    that: bool = False  # "X said that …"
    past: bool = False  # the verb that attributed stands in the past


class Reader:
    """Reads the layers of a post in order; `statements` are what it found."""

    def __init__(self, post: Post, docs: Sequence[Doc], speakers: Speakers) -> None:
        self._post = post
        self._docs = docs
        self._who = speakers
        self.statements: list[Statement] = []
        self.heard: list[tuple[Voice, str]] = []  # bodies that spoke, with the verb

    def read(self, number: int, regions: Sequence[tuple[Span, tuple[Voice, ...]]]) -> None:
        """Reads layer `number`. `regions` are stretches wholly in one voice, in order."""
        layer, doc = self._post.layers[number], self._docs[number]
        cues = _cues(doc)
        starts = [cue.token.idx for cue in cues]
        state = _State()
        if number and layer.kind == "report" and layer.voice != self._post.layers[number - 1].voice:
            self._who.writer = self._who.author = ()
        reading = _Layer(self, layer, doc, self._who)
        region = 0
        parsed = {doc[s.start].idx for s in doc.sents} if len(doc) else set()
        for sentence in sentences(layer, borders(regions), parsed):
            while region < len(regions) and regions[region][0].end <= sentence.start:
                region += 1
            voices: tuple[Voice, ...] = ()
            if region < len(regions) and regions[region][0].start <= sentence.start:
                voices = regions[region][1]
            own = cues[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)][:_MOST_CUES]
            reading.sentence(sentence, own, state, voices)


def _cues(doc: Doc) -> list[_Cue]:
    """The verbs of speech in a Doc, in order."""
    known = verbs()
    ids = _ids(doc.vocab.strings)
    out: list[_Cue] = []
    if not len(doc):
        return out
    for number, (lemma, pos) in enumerate(doc.to_array([LEMMA, POS]).tolist()):
        word = ids.get(lemma)
        if word is None or pos not in _VERBAL:
            continue
        token = doc[number]
        if pos != _VERBAL[0] and not token.tag_.startswith("VB"):
            continue
        cue = _cue(token, word, known)
        if cue is not None:
            out.append(cue)
    return out


_MOST_CUES = 24  # in one sentence; no writer's sentence has as many
_VERBAL = (100, 87)  # spacy.symbols VERB, AUX


@cache
def _ids(strings: object) -> dict[int, str]:
    return {strings[word]: word for word in sorted(verbs().all)}  # type: ignore[index]


def _cue(token: Token, word: str, known: Verbs) -> _Cue | None:
    if token.dep_ in ("amod", "compound", "nmod"):
        return None
    particles = known.particles.get(word)
    if particles is not None:
        doc = token.doc
        for at in range(token.i + 1, min(token.i + 6, len(doc))):
            other = doc[at]
            if other.lower_ in particles and (
                at == token.i + 1 or doc[at - 1].pos_ == "ADV" or (other.head.i == token.i and word != "call")
            ):
                return _Cue(token, "particle", other)
            if other.is_sent_start or other.text in ".;" or (word == "call" and other.pos_ not in ("ADV", "PUNCT")):
                break
        for child in token.children:
            if word != "call" and child.lower_ in particles and child.i > token.i:
                return _Cue(token, "particle", child)
            if word == "speak" and child.dep_ == "prep" and any(c.lower_ in particles for c in child.children):
                return _Cue(token, "particle", child)
    objects = known.objects.get(word)
    if objects is not None:
        for child in token.children:
            if child.dep_ in ("dobj", "nsubjpass") and child.lower_ in objects:
                return _Cue(token, "act")
    if word in known.say:
        return _Cue(token, "say")
    if word in known.act:
        return _Cue(token, "act")
    if word in known.naming:
        return _Cue(token, "naming")
    if word in known.clause or word in known.belief:
        return _Cue(token, "clause")
    return None


@dataclass(slots=True)
class _Layer:
    """One layer while it is read."""

    reader: Reader
    layer: Layer
    doc: Doc
    who: Speakers
    made: set[tuple[str, int, int]] = field(default_factory=set)
    spoke: tuple[Voice, ...] = ()  # who spoke last
    inside: bool = False  # while voices within a quotation are read: "he added" is not said of them

    # -- making statements -------------------------------------------------------------------------------------------

    def say(
        self, voices: Sequence[Voice], start: int, end: int, kind: StatementKind, cue: Token | None = None,
        *, inferred: str = "",
    ) -> bool:  # fmt: skip
        start, end = self._trim(start, end)
        if end - start < 3 or not voices:
            return False
        if not self.inside:
            self.spoke = tuple(voices)
            self.who.spoke(self.spoke, self.layer.index, end)
        done = False
        mark = None
        if cue is not None:
            mark = Evidence(self.layer.index, cue.idx, cue.idx + len(cue))
        for voice in voices:
            if mark is not None and cue is not None and voice.kind != "person":
                self.reader.heard.append((voice, "according" if cue.pos_ not in ("VERB", "AUX") else cue.lemma_))
            key = (voice.name, start, end)
            if key in self.made:
                continue
            self.made.add(key)
            self.reader.statements.append(
                Statement(
                    voice.name, kind, Evidence(self.layer.index, start, end), mark, voice.evidence,
                    addressee=self._addressee(cue), inferred=inferred,
                )
            )  # fmt: skip
            done = True
        return done

    def _addressee(self, cue: Token | None) -> str | None:
        if cue is None or cue.lemma_ not in ("tell", "inform", "brief", "assure", "remind", "notify", "ask", "update"):
            return None
        for child in cue.children:
            if (
                child.i > cue.i
                and child.dep_ in ("dobj", "dative", "iobj", "nsubj")
                and child.pos_ in ("PROPN", "NOUN", "PRON")
            ):
                found = self.who.at(self.layer.index, child.idx)
                if found:
                    return found[0].name
                voices = self.who.phrase(self.layer.index, child, self.layer.text)
                known = child.lemma_.lower() in self.who.groups or child.pos_ == "PROPN"
                return voices[0].name if voices and known else None
        return None

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        text = self.layer.text
        while start < end and (text[start].isspace() or text[start] in ",;:)"):
            start += 1
        if close := _CLOSING.search(text, max(start, end - 40), end):
            end = close.start()
        while end > start and text[end - 1].isspace():
            end -= 1
        return start, end

    def quote(self, voices: Sequence[Voice], quotation: Quotation, cue: Token | None, *, inferred: str = "") -> None:
        """A quotation, a statement for each of its sentences."""
        for piece in pieces(self.layer.text, quotation.inner.start, quotation.inner.end):
            self.say(voices, piece.start, piece.end, "direct", cue, inferred=inferred)

    def reported(self, voices: Sequence[Voice], start: int, end: int, sentence: Sentence, cue: Token | None) -> None:
        """What was said from `start` to `end`: quoted if it is wholly in quotation marks, mixed, or indirect."""
        start, end = self._trim(start, end)
        held = [q for q in sentence.quotations if q.start < end and q.end > start]
        for quotation in held:
            if quotation.start <= start and not self._letters(quotation.end, end):
                self.quote(voices, quotation, cue)
                return
        if held and all(self._letters(q.start, q.end) for q in held):
            left = self._letters(start, held[0].start)
            if not left and len(held) == 1 and self._letters(held[0].end, end) < 3:
                self.quote(voices, held[0], cue)
                return
            last = held[-1]
            said = list(pieces(self.layer.text, last.inner.start, last.inner.end)) if last.end >= end - 2 else []
            if len(said) > 1 and last.start > start:
                self.say(voices, start, said[0].end, "mixed", cue)
                for piece in said[1:]:
                    self.say(voices, piece.start, piece.end, "direct", cue)
            else:
                self.say(voices, start, end, "mixed", cue)
        else:
            self.say(voices, start, end, "indirect", cue)

    def _letters(self, start: int, end: int) -> int:
        return sum(c.isalnum() for c in self.layer.text[start:end]) if end > start else 0

    # -- reading a sentence ------------------------------------------------------------------------------------------

    def sentence(self, sentence: Sentence, cues: list[_Cue], state: _State, region: tuple[Voice, ...]) -> None:
        layer, text = self.layer.index, self.layer.text
        fresh = sentence.paragraph != state.paragraph
        if fresh:
            state.silent = []
            if not (state.comma and _SIDE.match(text, sentence.start)):
                state.indirect, state.comma = (), False
            state.paragraph = sentence.paragraph
        if region:
            self._in_voice(sentence, cues, region)
            state.direct = state.announced = ()
            return
        outside = [c for c in cues if not _within(c.token.idx, sentence.quotations)]
        tops = sentence.quotations

        if state.block and fresh and not tops and state.announced:
            # "He went on:" and then a paragraph: the paragraph is what he said.
            state.block = False
            paragraph = self.layer.paragraphs[sentence.paragraph]
            state.blocked = (paragraph.end, state.announced)
            state.announced = ()
        state.block = False
        if sentence.start < state.blocked[0]:
            self.say(state.blocked[1], sentence.start, sentence.end, "direct", inferred="the passage follows a colon")
            state.direct, state.fresh = state.blocked[1], True
            return

        if tops and self._bare(sentence):
            if self._relayed(sentence, cues):
                state.announced = state.indirect = ()
                return
            self._whole(sentence, cues, state)
            return

        before = len(self.reader.statements)
        if state.indirect and self._goes_on(sentence, outside, state):
            spoken = False
        else:
            was_fresh, state.fresh = state.fresh, False
            spoken = self._cued(sentence, outside, state)
            if not spoken or self._according_aside(sentence):
                spoken = self._according(sentence, state) or spoken
            if not spoken and tops:
                state.fresh = was_fresh
                spoken = self._loose(sentence, state)
        self._authored(sentence, spoken)
        state.announced = ()
        if text[sentence.end - 1] in ":：":
            state.announced = self._announcer(sentence, outside)
            state.block = bool(state.announced)
        if spoken:
            self._inner(sentence, cues)
            return
        if state.indirect and len(self.reader.statements) == before and self._continues(sentence, state):
            kind: StatementKind = "mixed" if tops else "indirect"
            self.say(
                state.indirect, sentence.start, sentence.end, kind,
                inferred="unmarked speech goes on from the sentence before it",
            )  # fmt: skip
            return
        state.silent.append((sentence.start, sentence.end))
        if not state.comma:
            state.indirect = ()
        self.who.passed(layer, sentence.start, sentence.end)

    def _whole(self, sentence: Sentence, cues: list[_Cue], state: _State) -> None:
        """A sentence that is nothing but quotations: announced by a colon, or going on from the one before."""
        voices = state.announced or (state.direct if state.fresh else ()) or self.who.writer or state.direct
        if voices and (self._letters(sentence.start, sentence.end) > 24 or state.announced or state.fresh):
            why = "" if state.announced else "the quotation goes on from the one before it"
            for quotation in sentence.quotations:
                self.quote(voices, quotation, None, inferred=why)
            state.direct, state.fresh = voices, True
        state.announced = state.indirect = ()
        self._inner(sentence, cues)

    def _goes_on(self, sentence: Sentence, cues: list[_Cue], state: _State) -> bool:
        """True if verbs of speech in a sentence are themselves reported: "The party thanks …" after "Tau said, …"."""
        if not cues or not state.past:
            return False
        for cue in cues:
            verb = cue.token
            if (
                verb.tag_ in ("VBD", "VBN", "VBG")
                and verb.dep_ in ("ROOT", "ccomp", "parataxis", "conj", "advcl")
                and subject(verb) is not None
            ):
                return False
            head = subject(verb)
            if self._aside(cue, head, sentence) is not None:
                return False
            if cue.style == "say" and head is not None and head.i < verb.i and (
                head.lemma_.lower() in self.who.documents
                or any(m.kind == "person" for m in self.who.at(self.layer.index, head.idx))
            ):  # fmt: skip
                return False
        return self._continues(sentence, state)

    def _authored(self, sentence: Sentence, spoken: bool) -> None:
        """Remembers whose document is spoken of: "sent a message", "in a letter, Tau said", "carried an article"."""
        text = self.layer.text
        for match in _DOCUMENT.finditer(text, sentence.start, sentence.end):
            if match.group(1).lower() not in self.who.documents or _within(match.start(), sentence.quotations):
                continue
            token = self._token(match.start(1))
            if token is None:
                continue
            lemma = token.lemma_.lower()
            if token.dep_ == "pobj" and spoken and self.spoke and match.start() - sentence.start < 90:
                if token.head.lower_ == "in" and lemma in _words("nouns.messages"):
                    self.who.author = self.spoke
            elif token.dep_ in ("dobj", "nsubjpass") and token.head.lemma_ in _words("verbs.issues"):
                head = subject(token.head) if token.dep_ == "dobj" else None
                dateline = _DATELINE.match(text, sentence.start, sentence.end)
                voices: tuple[Voice, ...] = ()
                if head is not None and not (dateline and head.idx < dateline.end()):
                    voices = self.who.voices(self.layer.index, head)
                if not voices:
                    low = dateline.end() if dateline else sentence.start
                    voices = self.who.nearest(self.layer.index, low, token.head.idx, last=False)
                if voices and lemma in _words("nouns.texts"):
                    self.who.writer = voices
                elif voices:
                    self.who.author = voices
            elif _BEFORE.search(text[max(0, match.start() - 12) : match.start()]) or _BELOW.match(text, match.end()):
                main = next((t for t in token.sent if t.dep_ == "ROOT"), token)
                head = subject(main)
                voices = self.who.voices(self.layer.index, head) if head is not None and head.pos_ == "PROPN" else ()
                if not voices or voices[0].kind not in ("person", "phrase"):
                    voices = self.who.proper(self.layer.index, main)
                if not voices:
                    voices = self.who.nearest(self.layer.index, match.end(), sentence.end, last=False)
                if voices and voices[0].kind in ("person", "phrase"):
                    self.who.writer = voices
                return

    def _bare(self, sentence: Sentence) -> bool:
        """True if the sentence is nothing but quotations."""
        at = sentence.start
        for quotation in sentence.quotations:
            if self._letters(at, quotation.start):
                return False
            at = quotation.end
        return not self._letters(at, sentence.end)

    def _in_voice(self, sentence: Sentence, cues: list[_Cue], region: tuple[Voice, ...]) -> None:
        """A sentence of a speech, transcript or statement in one voice, and the voices reported in it."""
        if _CONTACT.match(self.layer.text, sentence.start):
            return
        start, end = sentence.start, sentence.end
        while start < end and self.layer.text[start] in _QUOTES:
            start += 1
        while end > start and self.layer.text[end - 1] in _QUOTES:
            end -= 1
        # A mark that opens here and closes paragraphs further down holds sentences of its own.
        whole = not (sentence.quotations and sentence.quotations[0].start == sentence.start and start > sentence.start)
        for piece in [Span(start, end)] if whole else pieces(self.layer.text, start, end):
            self.say(region, piece.start, piece.end, "direct", inferred="the whole passage is in this voice")
        state = _State(paragraph=sentence.paragraph)
        names = {v.name for v in region}
        kept = []
        for cue in cues:
            head = subject(cue.token)
            if head is None or head.lower_ in _FIRST:
                continue
            voices = self.who.voices(self.layer.index, head)
            if (
                not voices
                or names & {v.name for v in voices}
                or any(v.kind not in ("person", "organisation", "group") for v in voices)
            ):
                continue
            # In a body's own statement "the Republic condemns" is what the statement says.
            if all(v.kind == "person" for v in voices) or (cue.token.tag_ in ("VBD", "VBN") and cue.style == "say"):
                kept.append(cue)
        if kept:
            self._cued(sentence, kept, state)
        else:
            self.who.passed(self.layer.index, sentence.start, sentence.end)

    def _inner(self, sentence: Sentence, cues: list[_Cue]) -> None:
        """Voices within a quotation: "'Our aim is peace,' says Dr Amo, 'and bread.'" inside another's words."""
        self.inside = True
        self._voices_within(sentence, cues)
        self.inside = False

    def _voices_within(self, sentence: Sentence, cues: list[_Cue]) -> None:
        for quotation in sentence.quotations:
            self._told_within(quotation, cues)
            if not quotation.inside:
                continue
            own = [
                c
                for c in cues
                if quotation.inner.start <= c.token.idx < quotation.inner.end and c.style in ("say", "naming")
            ]
            for inside in quotation.inside:
                near = [c for c in own if -60 < c.token.idx - inside.start < 0 or 0 <= c.token.idx - inside.end < 40]
                for cue in near:
                    if _within(cue.token.idx, quotation.inside):
                        continue
                    head = subject(cue.token)
                    if head is None or head.lower_ in _FIRST:
                        continue
                    voices = self.who.voices(self.layer.index, head)
                    if voices and all(v.kind in ("person", "organisation") for v in voices):
                        self.quote(voices, inside, cue.token)
                        break

    def _told_within(self, quotation: Quotation, cues: list[_Cue]) -> None:
        """What one who is quoted says that others said: "Engels wrote that the work is long."."""
        for cue in cues:
            verb = cue.token
            if not quotation.inner.start <= verb.idx < quotation.inner.end or _within(verb.idx, quotation.inside):
                continue
            told = next((c for c in verb.children if c.dep_ == "ccomp" and c.i > verb.i), None)
            head = subject(verb)
            if (
                told is None
                or head is None
                or head.pos_ != "PROPN"
                or cue.style not in ("say", "act")
                or verb.tag_ == "VBG"
            ):
                continue
            if not any(c.dep_ == "mark" and c.lower_ == "that" for c in told.children):
                continue
            voices = self.who.voices(self.layer.index, head)
            if voices and all(v.kind == "person" for v in voices):
                start = self._past_that(told.left_edge.idx)
                parts = pieces(self.layer.text, quotation.inner.start, quotation.inner.end)
                end = next((part.end for part in parts if part.end > start), start)
                self.say(voices, start, end, "indirect", verb)

    def _relayed(self, sentence: Sentence, cues: list[_Cue]) -> bool:
        """A quotation that holds nothing but another's quotations and who said them: the statements are his."""
        if len(sentence.quotations) != 1:
            return False
        outer = sentence.quotations[0]
        inside = outer.inside
        if not inside or inside[0].start > outer.inner.start + 1:
            return False
        letters = self._letters(outer.inner.start, outer.inner.end)
        if sum(self._letters(q.inner.start, q.inner.end) for q in inside) < 0.6 * letters:
            return False
        within = Sentence(outer.inner.start, outer.inner.end, sentence.paragraph, inside)
        own = [c for c in cues if not _within(c.token.idx, inside)]
        return bool(own) and self._cued(within, own, _State(paragraph=sentence.paragraph))

    # -- cues --------------------------------------------------------------------------------------------------------

    def _cued(self, sentence: Sentence, cues: list[_Cue], state: _State) -> bool:
        """Statements by the verbs of the sentence. Returns whether there were any."""
        spoken = False
        last: _Cue | None = None
        voices_before: tuple[Voice, ...] = ()
        covered = start_before = -1
        for place, cue in enumerate(cues):
            verb = cue.token
            if not self._asserted(verb) or any(c.lower_ == "as" and _saying(c) for c in verb.children):
                continue
            if verb.lemma_ == "say" and _HEARSAY.match(self.layer.text, verb.idx + len(verb)):
                continue
            nested = last is not None and verb.idx < covered and not _beside(verb, last.token)
            if nested and (cue.style not in ("say", "naming") or not _own_subject(verb)):
                continue
            over = _quoted_over(verb)
            if over is not None:
                self._relays(over, verb)
            if nested and self._trailing_aside(cue, voices_before, sentence):
                spoken = True
                continue
            voices, head = self._speaker(cue, sentence)
            if not voices:
                continue
            if all(v.kind == "thing" for v in voices) and (
                cue.style in ("act", "particle") or verb.lemma_ not in _words("verbs.by_things")
            ):
                continue
            if nested and (
                head is None or head.pos_ == "PRON" or _same(voices, voices_before) or not _names_somebody(voices)
            ):
                continue
            aside = self._aside(cue, head, sentence)
            if aside is not None and not nested:
                spoken = self._parenthesis(cue, voices, aside, sentence, state) or spoken
                if head is not None and (head.lower_ == "it" or head.lemma_.lower() in self.who.documents):
                    self._backwards(voices, aside, sentence, state)
                covered = max(covered, sentence.end)
                last, voices_before, start_before = cue, voices, sentence.start
                continue
            start = self._complement(cue, sentence)
            if start is None or not self._letters(start, sentence.end):
                continue
            if (
                last is not None
                and not nested
                and verb.idx < covered
                and _same(voices, voices_before)
                and start >= start_before
            ):
                # "stressed the need and welcomed the plan": one statement of one speaker, unless a quotation begins.
                quoted = self._quoted_at(start, sentence)
                if quoted is None or quoted.start >= covered or quoted.inner.end - quoted.inner.start < 25:
                    continue
            end = self._reach(cue, cues[place + 1 :], sentence, start, voices, head)
            end = self._complete(cue, voices, start, end, sentence, state)
            spoken = True
            if nested:
                continue
            covered = max(covered, end)
            last, voices_before, start_before = cue, voices, start
            if cue.style in ("say", "clause") or cue.particle is not None:
                state.indirect = voices
                state.comma = self.layer.text[verb.idx + len(verb) : verb.idx + len(verb) + 1] == ","
                state.past = verb.tag_ == "VBD"
                state.thing = cue.style == "particle" or not any(c.dep_ == "ccomp" for c in verb.children)
                state.that = self.layer.text[max(0, start - 6) : start].strip(" ,") == "that"
            elif not state.comma:
                state.indirect = ()
        return spoken

    def _complete(
        self, cue: _Cue, voices: tuple[Voice, ...], start: int, end: int, sentence: Sentence, state: _State
    ) -> int:
        """Makes the statement of a verb with what follows it, which may be or hold a quotation. Returns its end."""
        quotation = self._quoted_at(start, sentence)
        if quotation is not None:
            rest = self._letters(quotation.end, end)
            if rest < 3 or text_ends(self.layer.text, quotation) or quotation.inner.end - quotation.inner.start > 200:
                for other in sentence.quotations:
                    if quotation.start <= other.start < end:
                        self.quote(voices, other, cue.token)
                state.direct, state.fresh = voices, True
                return quotation.end if rest > 2 else end
        self.reported(voices, start, end, sentence, cue.token)
        if any(q.start >= start for q in sentence.quotations):
            state.direct, state.fresh = voices, True
        return end

    def _asserted(self, verb: Token) -> bool:
        """False for what is not said: negated, asked for, merely possible or still to come."""
        for child in verb.children:
            if child.i < verb.i and any(t.text == "," for t in self.doc[child.i + 1 : verb.i]):
                continue  # of another clause: "it may be reached, or may not, said Ana Sol"
            if child.dep_ == "neg":
                return False
            if child.dep_ == "aux" and child.lower_ in (
                "will",
                "would",
                "shall",
                "may",
                "might",
                "should",
                "must",
                "can",
                "could",
                "'ll",
            ):
                return False
        if verb.tag_ != "VB":
            return True
        first = verb
        for _ in range(5):
            if first.dep_ != "conj" or first.head.tag_ != "VB":
                break
            first = first.head
        if first.i != verb.i and not self._asserted(first):
            return False
        if not any(c.lower_ == "to" for c in first.lefts):
            return any(c.lower_ in ("did", "does", "do") for c in first.lefts)
        head = first.head
        # "met to reaffirm", "spoke to express": said; "plans to express": not.
        return (
            head.tag_ in ("VBD", "VBN")
            and head.lemma_ in _words("verbs.purpose")
            and first.dep_ in ("advcl", "xcomp", "relcl", "acl")
        )

    def _speaker(self, cue: _Cue, sentence: Sentence) -> tuple[tuple[Voice, ...], Token | None]:
        verb = cue.token
        layer = self.layer.index
        passive = next((c for c in verb.children if c.dep_ in ("nsubjpass", "auxpass")), None)
        if passive is not None and verb.tag_ == "VBN":
            agent = next((c for c in verb.children if c.dep_ == "agent"), None)
            if agent is not None:
                by = next((c for c in agent.children if c.dep_ == "pobj"), None)
                if by is not None:
                    return self.who.voices(layer, by), by
            if verb.lemma_ in verbs().impersonal and (passive.tag_ != "PRP" or passive.lower_ == "it"):
                return self._nobody(), None
            return (), None
        if (
            verb.lemma_ in ("say", "state")
            and verb.head.lower_ == "as"
            and verb.head.head.lemma_ in ("quote", "report", "cite")
        ):
            over = verb.head.head
            whom = next((c for c in over.children if c.dep_ in ("dobj", "nsubjpass")), None)
            if whom is not None:
                return self.who.voices(layer, whom), whom
        head = subject(verb)
        if head is not None and (
            head.i == verb.i or _within(head.idx, sentence.quotations) != _within(verb.idx, sentence.quotations)
        ):
            head = None
        if head is not None and (named := self._stated_by(verb, head, sentence)):
            return named, None
        if head is None and _quoted_before(verb.idx, sentence, self.layer.text):
            near = self.who.after(layer, verb.idx + len(verb), sentence.end)
            if near:
                return near, None
        if head is not None:
            if not sentence.start <= head.idx < sentence.end:
                return (), None
            if head.lower_ in _FIRST:
                return (), head
            voices = self.who.voices(layer, head)
            if not voices or all(v.kind != "person" for v in voices):
                # "a member of the board, Ana Sol said": the name beside the verb.
                near = self.who.beside(layer, verb.idx, head.idx)
                if near:
                    return near, head
            if voices:
                return self.who.listed(layer, voices, verb.idx), head
        elif verb.tag_ in ("VBD", "VBZ", "VBP"):
            near = self.who.beside(layer, verb.idx, sentence.start - 1) or self.who.proper(layer, verb)
            if not near and verb.dep_ == "ROOT" and not any(c.dep_ == "expl" for c in verb.children):
                # "Greeting his guest, Ana Sol, head of the House, said": the last one named before the verb.
                near = self.who.nearest(layer, max(sentence.start, verb.idx - 200), verb.idx, named=True)
            if near:
                return near, None
        return (), head

    def _stated_by(self, verb: Token, head: Token, sentence: Sentence) -> tuple[Voice, ...]:
        """Who speaks in "The cart was loaded, stated Minister Tau", where the parse takes the cart for the subject."""
        if head.i >= verb.i or verb.i < 2 or self.doc[verb.i - 1].text != "," or verb.tag_ not in ("VBD", "VBN", "VBZ"):
            return ()
        if verb.i + 1 < len(self.doc) and self.doc[verb.i + 1].tag_ in ("PRP", "EX", "VBD", "VBZ", "MD"):
            return ()  # "their leader, Luk Tau, said he had eaten"
        if head.i == verb.i - 2 or any(
            m.kind in ("person", "organisation") for m in self.who.at(self.layer.index, head.idx)
        ):
            return ()
        return self.who.after(self.layer.index, verb.idx + len(verb), sentence.end)

    def _impersonal(self, verb: Token) -> bool:
        return (
            verb.tag_ == "VBN"
            and verb.lemma_ in verbs().impersonal
            and not any(c.dep_ == "agent" for c in verb.children)
            and any(c.dep_ in ("auxpass", "nsubjpass") for c in verb.children)
        )  # fmt: skip

    def _nobody(self) -> tuple[Voice, ...]:
        """Who speaks in "it was noted that": who spoke last, else those who met."""
        return self.spoke or self.who.last_group

    def _complement(self, cue: _Cue, sentence: Sentence) -> int | None:
        """Where what was said begins, for a verb that stands before it; None if nothing is said."""
        verb = cue.token
        text = self.layer.text
        after = verb.idx + len(verb)
        if self._impersonal(verb):
            if verb.lemma_ == "point" and cue.particle is not None:
                return self._past_that(self._skip(cue.particle.idx + len(cue.particle)))
            said = next((c for c in verb.children if c.dep_ == "ccomp" and c.i > verb.i), None)
            return self._past_that(said.left_edge.idx) if said is not None else sentence.start
        if text[sentence.end - 1] == ":" and self._only_when_and_where(after, sentence.end):
            return None  # "said on Monday in Port Halla:"
        if cue.style == "particle":
            assert cue.particle is not None
            if verb.lemma_ == "agree" and cue.particle.lower_ == "that":
                return self._past_that(cue.particle.idx)
            if verb.lemma_ == "agree" and not any(c.lemma_ in verbs().stances for c in cue.particle.children):
                return None
            if verb.lemma_ == "draw" and not re.match(r"\s+to\b", text[cue.particle.idx + len(cue.particle) :][:5]):
                return None
            if verb.lemma_ == "look" and verb.tag_ != "VBD":
                return None
            if verb.lemma_ in ("point", "refer", "draw", "speak", "talk", "allude", "explain", "report", "comment"):
                return self._past_that(self._skip(cue.particle.idx + len(cue.particle)))
            return verb.idx
        if cue.style == "act" and (
            (verb.dep_ in ("relcl", "acl") and verb.tag_ in ("VBG", "VBN")) or verb.dep_ == "pcomp"
        ):
            return None
        if cue.style == "act":
            something = any(
                c.i > verb.i and c.dep_ in ("dobj", "ccomp", "xcomp", "prep", "dative", "attr", "oprd")
                for c in verb.children
            )
            return self._with_adverb(verb) if something else None
        clause = thing = None
        for child in verb.children:
            if child.i <= verb.i:
                continue
            if child.dep_ in ("ccomp", "xcomp", "advcl") and clause is None:
                clause = child
            elif child.dep_ in ("dobj", "attr", "oprd", "acomp") and thing is None:
                thing = child
        quotation = next((q for q in sentence.quotations if q.start >= after), None)
        near = quotation is not None and not re.search(r"[.;]", text[after : quotation.start])
        if cue.style == "naming":
            if near and quotation is not None and quotation.start - after < 120:
                return thing.left_edge.idx if thing is not None and thing.left_edge.idx >= after else self._skip(after)
            if verb.lemma_ in ("call", "present", "cast", "style"):
                return None
            return self._skip(after) if re.match(r"[^.;]{1,120}\bas\b", text[after : sentence.end]) else None
        if cue.style == "clause":
            if clause is None and not (near and quotation is not None and quotation.start - after < 12):
                return None
            if near and quotation is not None and quotation.start - after < 12:
                return quotation.start
            if clause is not None and clause.dep_ != "ccomp":
                return None
            if (
                clause is not None
                and verb.lemma_ not in verbs().belief
                and not any(c.dep_ == "mark" and c.lower_ == "that" for c in clause.children)
            ):
                return None
        if near and quotation is not None and not self._letters(after, quotation.start):
            return quotation.start
        if cue.style == "say" and (placed := _PLACED.match(text, after, min(sentence.end, after + 90))):
            return placed.end()
        if (
            near
            and quotation is not None
            and quotation.start - after < 200
            and text[after : quotation.start].rstrip()[-1:] in (",", ":")
            and (clause is None or clause.left_edge.idx >= quotation.start)
        ):
            return quotation.start
        if (
            cue.style == "say"
            and verb.lemma_ in _words("verbs.addressed")
            and (told := self._past_addressee(after, sentence.end)) is not None
        ):
            return told
        if clause is not None and clause.dep_ == "xcomp" and verb.lemma_ in _words("verbs.pledges"):
            return self._with_adverb(verb)
        if (
            clause is not None
            and clause.dep_ == "xcomp"
            and thing is not None
            and after <= thing.left_edge.idx < clause.idx
        ):
            return thing.left_edge.idx  # "urged the farmers to wait"
        if clause is not None and clause.dep_ != "advcl":
            start = clause.left_edge.idx if clause.left_edge.i > verb.i else clause.idx
            between = text[after:start]
            if re.match(r"\s*,?\s*(?:that\b|$)", between) or clause.left_edge.i > verb.i:
                return self._past_that(start)
        known = verbs()
        if (
            thing is not None
            and thing.pos_ != "PRON"
            and (verb.lemma_ in known.thing or (verb.lemma_ in known.stance and thing.lemma_ in known.stances))
        ):
            if verb.lemma_ in ("tell", "inform", "brief", "update", "assure", "remind", "notify", "ask"):
                return self._after_addressee(verb, thing, after)
            return thing.left_edge.idx if thing.left_edge.idx >= after else self._skip(after)
        if thing is not None and thing.pos_ == "PRON" and clause is None:
            return None
        rest = text[after : sentence.end]
        if text[after : after + 1] == "," or re.match(r"\s+(?:that|how|why|whether|about)\b", rest):
            return self._past_that(self._skip(after))
        if clause is not None:
            return None
        return (
            None
            if cue.style != "say" or self._letters(after, sentence.end) < 12 or verb.lemma_ not in _words("verbs.bare")
            else self._skip(after)
        )

    def _only_when_and_where(self, start: int, end: int) -> bool:
        """Whether no clause and no quotation stands between a verb of speech and a colon."""
        span = self.doc.char_span(start, end, alignment_mode="contract")
        return (
            span is not None
            and 0 < len(span) < _SETTING
            and span[0].pos_ in ("ADP", "NOUN", "PROPN", "ADV")
            and not any(t.pos_ in ("VERB", "AUX") or t.text in _QUOTES for t in span)
        )

    def _past_addressee(self, after: int, end: int) -> int | None:
        """Where what was said begins in "told Azra News the bridge is shut": after the one who is named next."""
        text = self.layer.text
        place = after
        while place < end and text[place].isspace():
            place += 1
        if text[place : place + 4].lower() == "the ":
            place += 4
        covering = [
            m for m in self.who.at(self.layer.index, place) if m.form != "pronoun" and m.evidence.start <= place
        ]
        if not covering:
            return None
        edge = max(m.evidence.end for m in covering)
        found = re.compile(r"(?:\s*\([^)]{1,20}\))?(?:\s+on\s+\w+)?[\s,]*(?:that[\s,:]+)?").match(text, edge)
        place = found.end() if found else edge
        if re.compile(r"(?:about|of|on|to|and|in|at|by|with|for)\b").match(text, place):
            return None
        return place

    def _after_addressee(self, verb: Token, thing: Token, after: int) -> int | None:
        for child in verb.children:
            if (
                child.i > verb.i
                and child.dep_ == "prep"
                and child.lower_ in ("about", "on", "of", "regarding", "concerning")
            ):
                return child.idx + len(child)
        edge = thing.right_edge
        end = edge.idx + len(edge)
        match = re.compile(r"\s*,?\s*(?:that|about|on|of|to)\b").match(self.layer.text, end)
        if match:
            return self._past_that(self._skip(end))
        inner = next((c for c in thing.children if c.dep_ == "prep" and c.lower_ in ("about", "on")), None)
        return inner.idx + len(inner) if inner is not None else None

    def _with_adverb(self, verb: Token) -> int:
        at = verb.i
        if (
            at > 0
            and self.doc[at - 1].dep_ == "advmod"
            and self.doc[at - 1].head.i == verb.i
            and self.doc[at - 1].lower_.endswith("ly")
        ):
            return self.doc[at - 1].idx
        return verb.idx

    def _skip(self, at: int) -> int:
        found = _MANNER.match(self.layer.text, at) or _SKIPPED.match(self.layer.text, at)
        return found.end() if found else at

    def _past_that(self, at: int) -> int:
        found = _THAT.match(self.layer.text, at)
        return found.end() if found else at

    def _quoted_at(self, at: int, sentence: Sentence) -> Quotation | None:
        for quotation in sentence.quotations:
            if quotation.start >= at and not self._letters(at, quotation.start):
                return quotation
            if quotation.start <= at < quotation.inner.start + 1:
                return quotation
        return None

    def _reach(
        self, cue: _Cue, later: Sequence[_Cue], sentence: Sentence, start: int, voices: tuple[Voice, ...],
        head: Token | None,
    ) -> int:  # fmt: skip
        """How far what was said goes: to the end of the sentence, or to where somebody else's doing begins."""
        verb = cue.token
        end = sentence.end
        if verb.dep_ == "advcl" and verb.head.i > verb.i:  # "Noting that …, the paper said …"
            main = next((c for c in verb.head.children if c.dep_ == "nsubj" and c.i > verb.i), None)
            if main is not None and main.left_edge.idx > start:
                end = min(end, self._before(main.left_edge, start))
        if cue.style == "naming":
            named = next((q for q in sentence.quotations if q.start >= start), None)
            if named is not None and named.end < end:
                return min(end, named.end + (self.layer.text[named.end : named.end + 1] == "."))
        for other in later:
            token = other.token
            if token.idx <= start:
                continue
            own = next((c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")), None)
            if own is None and other.style == "say" and not _within(token.idx, sentence.quotations):
                # "…, adding: “…”": the quotation is a statement of its own.
                after = next((q for q in sentence.quotations if q.start > token.idx), None)
                if after is not None and after.start - token.idx - len(token) < 30 and (
                    after.inner.end - after.inner.start > 24 or other.style == "naming"
                ) and not self._aside(other, head, sentence):  # fmt: skip
                    end = min(end, self._before(token, start))
                    break
            if own is not None and other.style == "say" and own.idx > start and own.left_edge.idx > start:
                aside = self._aside(other, own, sentence) if sentence.end - token.idx < 40 else None
                if aside is not None and self._letters(aside.end, sentence.end) < 20:
                    end = min(end, self._unstop(aside.start))
                    break
            sibling = _beside(token, verb) or self._set_against(own, start)
            if not sibling and (
                own is None or own.idx <= start or ";" not in self.layer.text[own.left_edge.idx - 3 : own.left_edge.idx]
            ):
                continue
            if own is not None and own.idx > start and own.lower_ not in ("he", "she", "they", "it"):
                if not self._asserted(token) or _same(self.who.voices(self.layer.index, own), voices):
                    continue
                end = min(end, self._before(own.left_edge, start))
                break
        for child in verb.children:
            if child.dep_ == "conj" and child.i > verb.i and child.idx > start and child.pos_ in ("VERB", "AUX"):
                if any(c.token.i == child.i for c in later):
                    continue
                did = any(c.dep_ == "aux" and c.tag_ in ("VBD", "VBZ") and c.lemma_ == "do" for c in child.children)
                if did or (child.tag_ in ("VBD", "VBZ", "VBP") and verb.tag_ == child.tag_):
                    edge = next((c for c in child.lefts), child)
                    end = min(end, self._before(edge if edge.i > verb.i else child, start))
        cut = _TAIL.search(self.layer.text, start, end)
        if cut and self._letters(cut.end(), end) <= 60:
            end = min(end, cut.start())
        return end if end > start + 3 else sentence.end

    def _set_against(self, own: Token | None, start: int) -> bool:
        """True if a subject is a named person set against the speaker: "…, while Minister Tau wrote …"."""
        if (
            own is None
            or own.idx <= start
            or not any(m.kind == "person" and m.form == "name" for m in self.who.at(self.layer.index, own.idx))
        ):
            return False
        text = self.layer.text
        return bool(
            re.search(
                r"(?:,|\bwhile|\bwhereas|;)\s+(?:while|whereas|but|and)?\s*(?:[A-Z]\w*\s+){0,4}$",
                text[max(start, own.left_edge.idx - 60) : own.idx],
            )
        )

    def _before(self, token: Token, start: int) -> int:
        """The place before a token, the conjunction and comma before it left out."""
        at = token.i
        while (
            at > 0
            and self.doc[at - 1].idx > start
            and (
                self.doc[at - 1].dep_ in ("cc", "punct", "mark")
                or self.doc[at - 1].lower_ in ("and", "but", "while", ",", ";", "as")
            )
        ):
            if self.doc[at - 1].text in _QUOTES:
                break
            at -= 1
        return self.doc[at].idx

    # -- asides ------------------------------------------------------------------------------------------------------

    def _aside(self, cue: _Cue, head: Token | None, sentence: Sentence) -> Span | None:
        """The words "…, she said, …" if the attribution stands within or after what was said."""
        verb = cue.token
        if cue.style not in ("say", "clause", "particle", "naming"):
            return None
        if verb.tag_ not in ("VBD", "VBZ", "VBP", "VBN") and _quoted_over(verb) is None:
            return None
        if verb.lemma_ in ("call", "describe"):
            return None
        own = [c for c in verb.children if c.dep_ == "nsubj" and not _within(c.idx, sentence.quotations)]
        if not own and head is not None and head.head.i == verb.i:
            own = [head]
        if (
            not own
            and head is not None
            and 0 < head.i - verb.i < 12
            and _quoted_before(verb.idx, sentence, self.layer.text)
        ):
            own = [head]
        over = _quoted_over(verb)
        if over is not None:
            own = [c for c in over.children if c.dep_ in ("nsubjpass", "nsubj") and c.i < verb.i]
        if own and own[0].i < verb.i and (named := self._stated_by(verb, own[0], sentence)):
            return Span(verb.idx, named[0].evidence.end) if named[0].evidence is not None else None
        if not own and _quoted_before(verb.idx, sentence, self.layer.text):
            voices = self.who.after(self.layer.index, verb.idx + len(verb), sentence.end)
            if voices and voices[0].evidence is not None:
                return Span(verb.idx, voices[0].evidence.end)
        if not own:
            return None
        near = own[0]
        first = min(verb, near.left_edge, key=lambda t: t.i)
        if near.i < verb.i and near.left_edge.i < near.i - 25:
            first = near
        start = first.idx
        text = self.layer.text
        left = text[sentence.start : start].rstrip()
        if len(left) < 2 or (left[-1] not in ",?!—–-…" and left[-1] not in _QUOTES):
            return None
        if left[-1] in _QUOTES and not any(
            q.end <= start and not self._letters(q.end, start) for q in sentence.quotations
        ):
            return None
        after = verb.idx + len(verb)
        if near.i > verb.i:  # "said Ana Sol"
            if left[-1] not in _QUOTES and any(c.i > near.i and c.dep_ == "ccomp" for c in verb.children):
                return None
            edge = near
            for child in near.children:
                if child.i > near.i and child.dep_ in ("appos", "prep", "relcl", "acl", "conj", "cc", "punct", "flat"):
                    edge = child.right_edge
            return Span(start, min(edge.idx + len(edge), sentence.end))
        rest = text[after : sentence.end]
        if rest.strip() in (":", "as follows:"):
            return None
        quoted = any(q.end <= start and not self._letters(q.end, start) for q in sentence.quotations)
        if quoted and re.match(r"\s*,\s*[\"“«„‘']", rest):
            before = next(q for q in reversed(sentence.quotations) if q.end <= start)
            if text[before.inner.end - 1] in ",;—–-…" or text[before.end : before.end + 1] == ",":
                return Span(start, after)
        if re.match(rf"(?:{_TIME})?\s*(?:[.,;!?]|$|[\"”“«])", rest) and not re.match(r"\s*,?\s*[\"“«„]", rest):
            if text[after : after + 1] == "," and not quoted and left[-1] == ",":
                # "In the meeting, Liu said, …" is no aside: too little stands before it, and no clause.
                if not self._clause_before(sentence.start, first, verb):
                    return None
            elif not quoted and rest.strip(" .,;!?") and not self._clause_before(sentence.start, first, verb):
                return None
            return Span(start, after)
        if quoted and cue.style == "say" and not any(c.i > verb.i and c.dep_ in ("ccomp",) for c in verb.children):
            if re.match(r"\s*,?\s*[\"“«„]", rest):
                return Span(start, after)
            stop = next((q.start for q in sentence.quotations if q.start > after), sentence.end)
            return Span(start, stop)
        return None

    def _trailing_aside(self, cue: _Cue, others: tuple[Voice, ...], sentence: Sentence) -> bool:
        """ "The minister warned that …, his spokesman said.": the spokesman says that the minister warned."""
        if not sentence.end - 30 < cue.token.idx + len(cue.token) <= sentence.end:
            return False
        voices, head = self._speaker(cue, sentence)
        if (
            not voices
            or _same(voices, others)
            or voices[0].kind not in ("person", "organisation", "group", "document", "phrase")
        ):
            return False
        aside = self._aside(cue, head, sentence)
        if aside is None or self._letters(aside.end, sentence.end) > 20:
            return False
        self.reported(voices, self._begin(sentence), self._unstop(aside.start), sentence, cue.token)
        return True

    def _relays(self, over: Token, saying: Token) -> None:
        """Takes note of who quotes: "was quoted as saying by Azra News"."""
        for verb in (saying, over):
            for child in verb.children:
                if child.lower_ == "by":
                    for below in child.children:
                        if below.dep_ == "pobj":
                            for voice in self.who.voices(self.layer.index, below):
                                self.reader.heard.append((voice, "report"))

    def _begin(self, sentence: Sentence) -> int:
        """Where a sentence begins, a dateline before it left out."""
        dateline = _PLACE.match(self.layer.text, sentence.start, min(sentence.end, sentence.start + 90))
        return dateline.end() if dateline else sentence.start

    def _backwards(self, voices: tuple[Voice, ...], aside: Span, sentence: Sentence, state: _State) -> None:
        """After "…, it said" at the end of a paragraph the sentences before are the document's words, too."""
        paragraph = self.layer.paragraphs[sentence.paragraph]
        if self._letters(aside.end, paragraph.end) or not state.silent or state.silent[0][0] != paragraph.start:
            return
        for start, end in state.silent:
            self.say(voices, start, end, "indirect", inferred="the paragraph ends in the words that attribute it")
        state.silent = []

    def _clause_before(self, start: int, first: Token, verb: Token) -> bool:
        """True if the words before an aside are what is said: they hold a verb, or its subject."""
        for at in range(verb.i + 1, min(verb.i + 3, len(self.doc))):
            if self.doc[at].tag_ in ("VBD", "VBZ", "VBP", "MD"):
                return True
            if self.doc[at].text != ",":
                break
        if verb.dep_ in ("parataxis", "ccomp", "advcl", "relcl") or verb.dep_ == "ROOT":
            at = first.i - 1
            steps = 0
            while at >= 0 and self.doc[at].idx >= start and steps < 120:
                token = self.doc[at]
                if token.pos_ in ("VERB", "AUX") and token.tag_ in ("VBD", "VBZ", "VBP", "MD"):
                    return True
                if token.dep_ in ("nsubj", "nsubjpass", "ROOT") and token.i < first.i:
                    return True
                at -= 1
                steps += 1
        return False

    def _parenthesis(
        self, cue: _Cue, voices: tuple[Voice, ...], aside: Span, sentence: Sentence, state: _State
    ) -> bool:
        before = [q for q in sentence.quotations if q.end <= aside.start]
        after = [q for q in sentence.quotations if q.start >= aside.end]
        quoted = sum(self._letters(q.start, q.end) for q in before)
        left = self._letters(sentence.start, aside.start)
        right = self._letters(aside.end, sentence.end)
        if before and left - quoted <= 3:
            self._broken(voices, before, after, cue.token)
            state.direct, state.fresh = voices, True
            state.indirect = ()
            return True
        last = before[-1] if before and not self._letters(before[-1].end, aside.start) else None
        if last is not None and self.layer.text[sentence.start : last.start].rstrip()[-1:] in (";", ":"):
            # "…, who would not hear of it; “it is no well,” he was quoted as saying": only the quotation is his.
            self._broken(voices, [last], after, cue.token)
            state.direct, state.fresh = voices, True
            return True
        begin = self._begin(sentence)
        ends = right < 12 and not self._verb_at(aside.end)
        if ends or (right and not after and self._trailing(aside.end, sentence.end)):
            self.reported(voices, begin, self._unstop(aside.start), sentence, cue.token)
        else:
            self.reported(voices, begin, sentence.end, sentence, cue.token)
        if cue.style == "say" and not state.indirect:
            state.indirect = voices
        return True

    def _broken(
        self, voices: tuple[Voice, ...], before: Sequence[Quotation], after: Sequence[Quotation], cue: Token
    ) -> None:
        """Quotations around the words that attribute them: a sentence that these words break is one statement."""
        text = self.layer.text
        for quotation in before[:-1]:
            self.quote(voices, quotation, cue)
        last = before[-1]
        said = list(pieces(text, last.inner.start, last.inner.end))
        if after and said and (text[last.inner.end - 1] in ",;—–-" or text[last.end : last.end + 1] == ","):
            rest = list(pieces(text, after[0].inner.start, after[0].inner.end))
            for piece in said[:-1]:
                self.say(voices, piece.start, piece.end, "direct", cue)
            if rest:
                self.say(voices, said[-1].start, rest[0].end, "direct", cue)
            for piece in rest[1:]:
                self.say(voices, piece.start, piece.end, "direct", cue)
            after = after[1:]
        else:
            self.quote(voices, last, cue)
        for quotation in after:
            self.quote(voices, quotation, cue)

    def _verb_at(self, place: int) -> bool:
        """True if a finite verb follows at a place: the sentence that an aside broke goes on."""
        token = self._token(place)
        while token is not None and token.text in (",", '"') and token.i + 1 < len(self.doc):
            token = token.nbor()
        return token is not None and token.tag_ in ("VBD", "VBZ", "VBP", "MD")

    def _trailing(self, start: int, end: int) -> bool:
        """True if what stands after an aside only says when, where or to whom it was said."""
        return bool(
            re.match(
                r"\s*(?:on|in|at|during|to|after|when|while|speaking|as|before|following|late|early|yesterday|today|last)\b",
                self.layer.text[start:end],
            )
        )

    def _unstop(self, at: int) -> int:
        text = self.layer.text
        while at > 0 and (text[at - 1].isspace() or text[at - 1] in ",—–-"):
            at -= 1
        return at

    # -- other ways to attribute -------------------------------------------------------------------------------------

    def _according(self, sentence: Sentence, state: _State) -> bool:
        text = self.layer.text
        match = _ACCORDING.search(text, sentence.start, sentence.end)
        if match is None or _within(match.start(), sentence.quotations):
            return False
        token = self._token(match.end())
        if token is None:
            return False
        head = token if token.pos_ == "PRON" else self._phrase_head(token, sentence.end)
        voices = self.who.alone(self.layer.index, head)
        if not voices:
            return False
        edge = self._phrase_end(token, head, sentence.end)
        if not self._letters(sentence.start, match.start()):
            comma = text.find(",", edge, min(sentence.end, edge + 120))
            start = self._past_apposition(comma + 1, head, voices, sentence) if comma >= 0 else edge
            quotation = next((q for q in sentence.quotations if q.start >= edge), None)
            colon = text.find(":", edge, min(sentence.end, edge + 60))
            if quotation is not None and 0 <= colon < quotation.start and quotation.start - colon < 4:
                self.quote(voices, quotation, token)
                state.direct, state.fresh = voices, True
                return True
            self.reported(voices, start, sentence.end, sentence, token)
        elif self._letters(edge, sentence.end) < 12 or re.match(
            r"[^,.;]{0,12},\s+(?:but|and|while|although|though)\s", text[edge : edge + 40]
        ):
            self.reported(voices, sentence.start, self._unstop(match.start()), sentence, token)
        else:
            self.reported(voices, sentence.start, sentence.end, sentence, token)
        state.indirect = ()
        return True

    def _past_apposition(self, start: int, head: Token, voices: tuple[Voice, ...], sentence: Sentence) -> int:
        """Past what stands between commas for the speaker: "according to its chairman, Luk Tau, the bridge is shut"."""
        text = self.layer.text
        stop = text.find(",", start, min(sentence.end, start + 120))
        if stop < 0:
            return start
        named = any(
            m.kind == "person" and m.name == voices[0].name and m.evidence.end <= stop
            for m in self.who.at(self.layer.index, start + len(text[start:stop]) - len(text[start:stop].lstrip()))
        )
        span = self.doc.char_span(start, stop, alignment_mode="contract")
        root = span.root if span is not None and len(span) else None
        joined = root is not None and root.dep_ == "appos" and head.left_edge.i <= root.head.i <= head.i
        finite = span is not None and any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") for t in span)
        return stop + 1 if (named or joined) and not finite else start

    def _according_aside(self, sentence: Sentence) -> bool:
        match = _ACCORDING.search(self.layer.text, sentence.start + 12, sentence.end)
        return match is not None and self.layer.text[max(0, match.start() - 2) : match.start()] == ", "

    def _token(self, place: int) -> Token | None:
        low, high = 0, len(self.doc)
        while low < high:
            middle = (low + high) // 2
            if self.doc[middle].idx < place:
                low = middle + 1
            else:
                high = middle
        return self.doc[low] if low < len(self.doc) else None

    def _phrase_head(self, token: Token, end: int) -> Token:
        """The head of the noun phrase that begins at `token`."""
        at = token
        while (
            at.i + 1 < len(self.doc)
            and at.pos_ in ("DET", "ADJ", "NUM", "PUNCT", "ADV", "PRON")
            and at.nbor().idx < end
        ):
            at = at.nbor()
        while (
            at.head.i > at.i
            and at.dep_ in ("compound", "amod", "nmod", "poss", "det", "nummod", "case")
            and at.head.idx < end
        ):
            at = at.head
        return at

    def _phrase_end(self, token: Token, head: Token, end: int) -> int:
        people = [
            m
            for m in self.who.mentions(self.layer.index, token.idx, end)
            if m.evidence.start <= head.idx < m.evidence.end
        ]
        edge = head.idx + len(head)
        for mention in people:
            edge = max(edge, mention.evidence.end)
        return edge

    def _loose(self, sentence: Sentence, state: _State) -> bool:
        """A quotation in a sentence without a verb of speech: after a colon it is said by whom the sentence names."""
        text = self.layer.text
        spoken = False
        for quotation in sentence.quotations:
            lead = text[sentence.start : quotation.start].rstrip()
            if lead.endswith(":"):
                voices = self._announcer(sentence, [], until=quotation.start)
                if voices:
                    self.quote(voices, quotation, None)
                    state.direct, state.fresh = voices, True
                    spoken = True
            elif (
                ((state.fresh and state.direct) or self.who.writer)
                and not spoken
                and quotation.inner.end - quotation.inner.start > 80
                and self._ends_sentence(quotation)
            ):
                # "However, besides the railway, “…”": the text quoted before goes on.
                voices = state.direct if state.fresh and state.direct else self.who.writer
                self.quote(voices, quotation, None, inferred="the quotation goes on from the one before it")
                state.direct, state.fresh = voices, True
                spoken = True
        return spoken

    def _ends_sentence(self, quotation: Quotation) -> bool:
        return text_ends(self.layer.text, quotation)

    def _announcer(self, sentence: Sentence, cues: Sequence[_Cue], until: int | None = None) -> tuple[Voice, ...]:
        """Who speaks after a colon: the subject of the last verb of speech before it, else of the main verb."""
        end = until if until is not None else sentence.end
        for cue in reversed(cues):
            if cue.token.idx < end:
                voices, _ = self._speaker(cue, sentence)
                if voices:
                    return voices
        span = self.doc.char_span(sentence.start, end, alignment_mode="contract")
        if span is None or not len(span):
            return ()
        for token in span:
            if token.dep_ == "agent":
                by = next((c for c in token.children if c.dep_ == "pobj"), None)
                if by is not None:
                    return self.who.voices(self.layer.index, by)
        for token in span:
            if token.dep_ in ("nsubj",) and token.head.dep_ in ("ROOT", "conj", "ccomp", "advcl"):
                voices = self.who.voices(self.layer.index, token)
                if voices and any(v.kind in ("person", "organisation", "document") for v in voices):
                    return voices
        return self.who.nearest(self.layer.index, sentence.start, end)

    # -- unmarked speech ---------------------------------------------------------------------------------------------

    def _continues(self, sentence: Sentence, state: _State) -> bool:
        """True if the sentence goes on with what the sentence before it reported."""
        if self.layer.text[sentence.end - 1] in ":?：":
            return False
        span = self.doc.char_span(sentence.start, sentence.end, alignment_mode="contract")
        if span is None or not len(span):
            return False
        main = next((t for t in span if t.dep_ == "ROOT" or not sentence.start <= t.head.idx < sentence.end), None)
        if main is None:
            return False
        if state.comma:
            return not _NARRATED.search(self.layer.text[sentence.start : min(sentence.end, sentence.start + 200)])
        opening = self.layer.text[sentence.start : sentence.start + 24].lower()
        if opening.startswith(_also()):
            return True
        if not (state.that or state.comma or state.thing):
            return False
        if _AGREED.search(self.layer.text, sentence.start, sentence.end):
            return False
        tags = {main.tag_} | {c.tag_ for c in main.children if c.dep_ in ("aux", "auxpass", "cop")}
        present = bool(tags & {"MD", "VBZ", "VBP"}) and "VBD" not in tags
        return present


# What agencies close a report with: "(end) kl.mb", "(MORE)", "=====H.S.", "-30-".
_CLOSING = re.compile(
    r"\s*(?:[(\[](?:end|ends|more|cont(?:inued|\.)?)[)\]][^.!?]{0,14}(?:\.\w{1,4})?\.?|={3,}[\w./ ]*|-30-)\s*$", re.I
)
_TIME = r"\s+(?:yesterday|today|earlier|later|(?:on|late|early|this|last) \w+|in an? \w+(?: \w+)?)"
_CONTACT = re.compile(
    r"(?:For|To) (?:more|further|additional|media|press|questions|enquiries|inquiries)\b[^.]{0,80}?"
    r"(?:information|contact|inquiries|enquiries|visit|details|call)|(?:Please )?(?:contact|follow us)\b",
    re.I,
)
_SIDE = re.compile(
    r"(?:The|Our) (?:[A-Z]\w+ ){1,3}(?:side|party|Party|government|Government) "
    r"(?:is|are|will|stands|stand|has|have|hopes|hope)\b"
)
_DATELINE = re.compile(r"[^.!?\n]{2,70}?(?:\.\s?\d{1,2}|\d{1,2}(?:st|nd|rd|th)?)?\s*\([^()\n]{2,50}\)\s*[—–-]+\s*")
_PLACE = re.compile(r"[A-Z][A-Z'’ .-]+(?:,[^.!?\n—–-]{1,40})?(?:\s*\([^()\n]{2,40}\))?\s*[—–-]+\s+")
_BEFORE = re.compile(r"\b(?:following|below)\s+$", re.I)
_BELOW = re.compile(r"\s*(?:published |carried |reprinted )?below\b")
_DOCUMENT = re.compile(r"\b([A-Za-zé]+)\b")
_THAT = re.compile(r"[\s,]*that[\s,:]+")
_PLACED = re.compile(r"\s+(?:on|in|at|to|via|during|with)\s+[^,.;:\"“]{1,60}?\s+that\s+")
_TAIL = re.compile(r",?\s+(?:according to|as reported by)\s")
_ACCORDING = re.compile(r"\b(?:[Aa]ccording to|[Aa]s per|[Pp]er)\s+(?=[\w\"“'‘])")
_SETTING = 14  # words that say when, where and to whom something was said
_MANNER = re.compile(r"\s+(?:with|in) an? \w+(?: \w+)?(?:,\s+(?:that\s+)?|\s+that\s+)")  # "noted with a smile, …"
_HEARSAY = re.compile(r"\s+to\s+(?:be|have)\b")  # "a man said to be their leader": nobody says it
_NARRATED = re.compile(
    r"\b(?:exchanged views|were present|was present|attended the|also attended|the two sides also|both sides also)\b",
    re.I,
)
_AGREED = re.compile(r"\b(?:was|were|has been|have been|is|are) (?:agreed|discussed|reviewed|paid|attended)\b")


@cache
def _also() -> tuple[str, ...]:
    return tuple(f"{words} " for words in lexicon.words("en/speech", "continuing.also")) + tuple(
        f"{words}," for words in lexicon.words("en/speech", "continuing.also")
    )


def text_ends(text: str, quotation: Quotation) -> bool:
    """True if the quotation closes with the end of a sentence, or nothing was cut from it."""
    last = text[quotation.inner.end - 1]
    return last in ".!?…]" or text[quotation.end : quotation.end + 1] in (".", ",", "", "\n")


def _within(place: int, marks: Sequence[Quotation]) -> bool:
    return any(q.start <= place < q.end for q in marks)


def _own_subject(verb: Token) -> bool:
    return any(c.dep_ in ("nsubj", "csubj") for c in verb.children)


def _beside(token: Token, verb: Token) -> bool:
    """True if a verb stands beside another, coordinated with it or in a clause that sets the two against each other."""
    for one, other in ((token, verb), (verb, token)):
        at = one
        for _ in range(6):
            if at.head.i == at.i or at.dep_ not in ("conj", "advcl", "parataxis", "dep"):
                break
            if (
                at.dep_ == "advcl"
                and at.tag_ != "VBG"
                and not any(c.dep_ == "mark" and c.lower_ in ("while", "whereas") for c in at.children)
            ):
                break
            at = at.head
            if at.i == other.i:
                return True
    return token.head.i == verb.head.i and token.dep_ == "conj" and verb.dep_ == "conj"


def _quoted_before(place: int, sentence: Sentence, text: str) -> bool:
    """True if a quotation ends right before a place."""
    return any(q.end <= place and not text[q.end : place].strip(" ,–—-\n") for q in sentence.quotations)


def _quoted_over(verb: Token) -> Token | None:
    """The verb "quoted" over "saying" in "was quoted as saying"."""
    if verb.tag_ == "VBG" and verb.head.lower_ == "as" and verb.head.head.lemma_ in ("quote", "report", "cite"):
        return verb.head.head
    return None


def _saying(token: Token) -> bool:
    """True of "as" in "reported her as saying"."""
    return any(c.dep_ == "pcomp" and c.tag_ == "VBG" for c in token.children)


def _same(one: Sequence[Voice], other: Sequence[Voice]) -> bool:
    return {v.name for v in one} == {v.name for v in other}


def _names_somebody(voices: Sequence[Voice]) -> bool:
    return all(v.kind in ("person", "organisation", "group", "document") for v in voices)
