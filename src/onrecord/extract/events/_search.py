"""The acts that a post names, likely or not, each with what speaks for and against it and who and when it may involve.

`Search` looks at every sentence once and keeps what it needs to look at further words later: patterns find acts, and so
may a learned reader.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Span, Token

from onrecord import gazetteer
from onrecord.extract import dates as when
from onrecord.extract.dates import PageDates
from onrecord.extract.entities import Entities
from onrecord.extract.events import _actors
from onrecord.extract.events._actors import Actor, Scene, state_forms
from onrecord.extract.events._members import Member, agents, members, principals
from onrecord.extract.events._patterns import Trigger, sentences, triggers
from onrecord.extract.events._status import denied, status
from onrecord.extract.events._weigh import features, odds
from onrecord.model import Cell, Claim, DateMention, Evidence, Mention, Post, Statement, Status
from onrecord.model import Span as Stretch

_WITH = frozenset({"with", "between", "and"})
_TO = frozenset({"to", "for", "with", "of"})
_AGAINST = frozenset({"against", "on", "of", "to", "at", "upon", "in", "with", "from"})
# Of a post's dates, those nearest to an act may date it.
_DAYS = 8


@dataclass(frozen=True, slots=True)
class Day:
    """A date that may be that of an act: `number` is its place among the post's dates."""

    number: int
    value: str
    flags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Setting:
    """A sentence with what was spoken of before it."""

    sentence: Span
    number: int
    previous: Sequence[Actor]
    before: Sequence[Actor]
    after: Sequence[Actor]


@dataclass(frozen=True, slots=True)
class _Sides:
    """Where an act stands, and the actors on either side of it, as syntax gives them."""

    setting: _Setting
    left: tuple[Actor, ...]
    right: tuple[Actor, ...]
    told: Status | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An act that was found. `claim` has neither participants nor, where no date stands beside it, a date.

    `features` and `odds` speak for its being an event, `members` (with the odds of each; none before `Search.weigh`)
    may take part in it, `days` may be its date, `story` is the day of the news it stands in, `about` the day, month and
    year of the report itself, and `fresh` the odds that it is news of that day.
    """

    claim: Claim
    trigger: Trigger
    sentence: Span
    features: tuple[str, ...]
    odds: float
    members: tuple[Member, ...]
    chances: tuple[float, ...]
    story: Cell | None
    about: tuple[Cell | None, Cell | None, Cell | None]
    fresh: float
    days: tuple[Day, ...]
    sides: _Sides

    @property
    def layer(self) -> int:
        return self.claim.trigger.layer

    @property
    def untold(self) -> tuple[Cell | None, ...]:
        """What may date the act though no date is named: the day of the story, then, where they differ from it, the
        day, the month and the year of the report.
        """
        known = self.story.value if self.story is not None else None
        return (self.story, *(cell if cell is not None and cell.value != known else None for cell in self.about))


class Search:
    """Looks for the acts of one post. `docs[n]` is the Doc of `post.layers[n]`."""

    def __init__(
        self,
        post: Post,
        docs: Sequence[Doc],
        entities: Entities,
        dates: tuple[DateMention, ...],
        statements: Sequence[Statement],
        page_dates: PageDates,
    ) -> None:
        self.post, self.docs, self.entities, self.dates, self.page_dates = post, docs, entities, dates, page_dates
        self._known = principals(post, entities, state_forms(post, entities))
        self._acting = agents(entities)
        self._scenes: dict[int, Scene] = {}
        self._places: dict[int, list[Mention]] = {}
        self._spoken: dict[int, list[tuple[int, int, str, str]]] = {}
        self._settings: dict[int, list[_Setting]] = {}
        self._seen: set[tuple[str, str]] = set()
        for layer, doc in zip(post.layers, docs, strict=True):
            if layer.kind == "caption":
                continue
            n = layer.index
            scene = self._scenes[n] = Scene(post, n, doc, entities, statements)
            self._places[n] = [
                m for m in entities.mentions
                if m.evidence.layer == n and m.kind in ("place", "facility", "country")
            ]  # fmt: skip
            self._spoken[n] = sorted(
                (s.quote.start, s.quote.end, s.kind, s.speaker) for s in statements if s.quote.layer == n
            )
            self._settings[n] = list(_settings(doc, scene))

    def scene(self, layer: int) -> Scene:
        """The actors of a layer."""
        return self._scenes[layer]

    def patterns(self) -> list[Candidate]:
        """Every act that the words of the post name by a pattern, in order."""
        out: list[Candidate] = []
        for layer, settings in self._settings.items():
            doc = self.docs[layer]
            for setting in settings:
                out += [self._look(layer, setting, t) for t in triggers(doc, setting.sentence)]
        return out

    def at(self, layer: int, trigger: Trigger) -> Candidate:
        """The act that further words of a layer name."""
        settings = self._settings[layer]
        place = bisect_right(settings, trigger.head, key=lambda s: s.sentence.start) - 1
        return self._look(layer, settings[max(place, 0)], trigger)

    def _look(self, n: int, setting: _Setting, trigger: Trigger) -> Candidate:
        layer, doc, scene, sentence = self.post.layers[n], self.docs[n], self._scenes[n], setting.sentence
        head = doc[trigger.head]
        told = status(head, verb=trigger.verb, headline=layer.kind == "headline")
        left, right = _sides(sentence, trigger, head, scene, setting.previous)
        claim, near = self._claim(n, sentence, trigger, head, told or "happened")
        key = (claim.type, claim.mode or "")
        found = features(
            layer, sentence, trigger, head, told=told, dated=bool(claim.date),
            speech=_speech(self._spoken[n], claim.trigger), number=setting.number, earlier=key in self._seen,
        )  # fmt: skip
        self._seen.add(key)
        sides = f"{min(len(left), 1)}{min(len(right), 1)}"
        found = (*found, f"ruled={sides}&{trigger.act.frame}", f"ruled={sides != '00'}&{trigger.act.needs}")
        if told is None and denied(head, verb=trigger.verb):
            found = (*found, "denied")
        story = when.story_day(
            self.post, self.dates, self.page_dates, n, claim.trigger.start, planned=claim.status == "planned"
        )
        days = self._days(claim, near, story)
        return Candidate(
            claim, trigger, sentence, found, odds(found, "acts"), (), (), story,
            when.about(self.post, self.page_dates, n), odds(found, "news"), days,
            _Sides(setting, tuple(left), tuple(right), told),
        )  # fmt: skip

    def weigh(self, candidate: Candidate) -> Candidate:
        """The act with the actors around it, each with its odds. (Apart, since most acts found are no events.)"""
        n, trigger, sides = candidate.layer, candidate.trigger, candidate.sides
        sentence, doc = candidate.sentence, self.docs[n]
        around = members(
            n, sentence, trigger, self._scenes[n], self._known, sides.left, sides.right,
            _actors.clause(sentence, doc[trigger.head]), sides.setting.before, sides.setting.after,
            _speaker(self._spoken[n], trigger, doc), sides.told, self._acting,
        )  # fmt: skip
        chances = tuple(odds(m.features, "members") for m in around)
        return replace(candidate, members=tuple(around), chances=chances)

    def _claim(
        self, n: int, sentence: Span, trigger: Trigger, head: Token, told: Status
    ) -> tuple[Claim, tuple[DateMention, ...]]:
        doc = sentence.doc
        where = _evidence(n, doc, trigger.first, trigger.last)
        quote = _quote(n, sentence)
        place, country = _place(n, sentence, trigger, head, self._places[n], self.entities)
        near = when.for_span(self.dates, n, where.start, where.end, within=Stretch(quote.start, quote.end), doc=doc)
        claim = Claim(
            type=trigger.act.type,
            mode=trigger.act.mode or None,
            trigger=where,
            quote=quote,
            date=Cell(near[0].value, (near[0].evidence,)) if near else None,
            place=place,
            country=country,
            status=told,
        )
        return claim, near

    def _days(self, claim: Claim, near: Sequence[DateMention], story: Cell | None) -> tuple[Day, ...]:
        """The dates nearest to an act, and how each stands to it."""
        layer, start, end = claim.trigger.layer, claim.trigger.start, claim.trigger.end
        place = bisect_right(self.dates, (layer, start), key=lambda d: (d.evidence.layer, d.evidence.start))
        around = range(max(place - _DAYS, 0), min(place + _DAYS, len(self.dates)))
        ranked = sorted(
            around,
            key=lambda k: (
                self.dates[k].evidence.layer != layer,
                max(start - self.dates[k].evidence.end, self.dates[k].evidence.start - end, 0),
                k,
            ),
        )[:_DAYS]
        out = []
        for k in sorted(ranked):
            date = self.dates[k]
            where = date.evidence
            inside = where.layer == layer and claim.quote.start <= where.start < claim.quote.end
            out.append(
                Day(
                    k,
                    date.value,
                    (
                        int(bool(near) and date is near[0]),
                        int(any(date is d for d in near)),
                        int(inside),
                        int(where.layer == layer and where.end <= start),
                        int(where.layer != layer),
                        int(date.attributive),
                        int(date.anniversary),
                        int(len(date.value) == 10),
                        int(bool(date.relative_to)),
                        int(story is not None and date.value == story.value),
                    ),
                )
            )
        return tuple(out)


FLAGS = 10  # of a Day
_BEFORE, _AFTER = 10, 6  # actors of the sentences around an act's own that may take part


def _settings(doc: Doc, scene: Scene) -> Iterator[_Setting]:
    previous: list[Actor] = []
    before: list[Actor] = []
    all_ = list(sentences(doc))
    for number, sentence in enumerate(all_):
        following = all_[number + 1] if number + 1 < len(all_) else None
        after = scene.between(following.start, following.end - 1)[:_AFTER] if following is not None else ()
        yield _Setting(sentence, number, tuple(previous), tuple(before), tuple(after))
        subject = next((t for t in sentence if t.dep_ in ("nsubj", "nsubjpass") and t.head.i == sentence.root.i), None)
        if subject is not None and (phrase := scene.phrase(subject)):
            previous = phrase
        before = (scene.between(sentence.start, sentence.end - 1) + before)[:_BEFORE]


def _speech(spoken: Sequence[tuple[int, int, str, str]], where: Evidence) -> str:
    return next((kind for start, end, kind, _ in _near(spoken, where.start) if start <= where.start < end), "none")


def _speaker(spoken: Sequence[tuple[int, int, str, str]], trigger: Trigger, doc: Doc) -> str | None:
    at = doc[trigger.first].idx
    return next((who for start, end, _, who in _near(spoken, at) if start <= at < end), None)


def _near(spoken: Sequence[tuple[int, int, str, str]], at: int) -> Sequence[tuple[int, int, str, str]]:
    """The statements that begin last before a place; quotes within quotes are few deep."""
    place = bisect_right(spoken, at, key=lambda row: row[0])
    return spoken[max(place - 6, 0) : place]


def _evidence(layer: int, doc: Doc, first: int, last: int) -> Evidence:
    return Evidence(layer, doc[first].idx, doc[last].idx + len(doc[last].text))


def _quote(layer: int, sentence: Span) -> Evidence:
    tokens = [t for t in sentence if not t.is_space]
    return Evidence(layer, tokens[0].idx, tokens[-1].idx + len(tokens[-1].text))


def _sides(
    sentence: Span, trigger: Trigger, head: Token, scene: Scene, previous: Sequence[Actor]
) -> tuple[list[Actor], list[Actor]]:
    """The actors on either side of an act, as syntax gives them."""
    frame = trigger.act.frame
    if trigger.verb:
        left, right = _around_verb(sentence, trigger, head, scene, frame)
    else:
        left, right = _around_noun(sentence, trigger, head, scene, frame)
    if frame in ("mutual", "event", "message", "travel"):
        left, right = _actors.unique(scene.listed(left)), scene.listed(right)
        taken = {(a.first, a.last) for a in left}
        right = [a for a in _actors.unique(right) if (a.first, a.last) not in taken]
    return _apart(left, right, previous)


def _apart(left: list[Actor], right: list[Actor], previous: Sequence[Actor]) -> tuple[list[Actor], list[Actor]]:
    """A pronoun as the other side is not the subject itself: "X met with him" means whoever was spoken of before."""
    own = {name for actor in left for name in actor.names}
    out: list[Actor] = []
    for actor in right:
        if actor.form == "pronoun" and left and set(actor.names) <= own:
            other = next((a for a in previous if a.names[0][1] == "person" and not set(a.names) & own), None)
            if other is not None:
                out.append(replace(actor, names=other.names))
            continue
        out.append(actor)
    return left, out


def _around_verb(
    sentence: Span, trigger: Trigger, head: Token, scene: Scene, frame: str
) -> tuple[list[Actor], list[Actor]]:
    left = _actors.subject_of(head, scene)
    passive = any(c.dep_ == "auxpass" for c in head.children) or (head.tag_ == "VBN" and head.dep_ == "acl")
    right: list[Actor] = []
    if frame == "mutual":
        right = _actors.behind(head, scene, _WITH, trigger.last) + _actors.object_of(head, scene)
        if not right:
            right = _next_actor(sentence, trigger, scene, _WITH)
    elif frame == "message":
        right = _actors.behind(head, scene, frozenset({"to", "from"}), trigger.last) + _actors.object_of(head, scene)
        right += _actors.behind(head, scene, frozenset({"of"}), trigger.last) if trigger.weight > 1 else []
    elif frame == "travel":
        right = _actors.behind(head, scene, frozenset({"with"}), trigger.last)
    elif frame == "event":
        right = _actors.behind(head, scene, frozenset({"with", "by", "alongside", "of"}), trigger.last)
    elif frame == "office":
        right = _actors.object_of(head, scene)
    elif frame == "give":
        to = frozenset({"to", "for", "with"})
        right = _actors.behind(head, scene, to, trigger.last) + _actors.behind(head, scene, to, sentence.end)
        right += _actors.object_of(head, scene)
    else:
        right = _actors.object_of(head, scene) + _actors.behind(head, scene, _AGAINST, trigger.last)
    if not left and not passive:
        left = _actor_before(sentence, trigger, head, scene)
    left = _actors.unique(left)
    seen = {(a.first, a.last) for a in left}
    return left, [a for a in _actors.unique(right) if (a.first, a.last) not in seen]


def _actor_before(sentence: Span, trigger: Trigger, head: Token, scene: Scene) -> list[Actor]:
    """The nearest actor before a verb in its clause, with those joined to it."""
    found = scene.between(sentence.start, trigger.first - 1)
    if not found:
        return []
    # Nothing but an office, an adverb or a relative pronoun may stand between.
    nearest = found[-1]
    for token in sentence.doc[nearest.last + 1 : trigger.first]:
        if (
            token.tag_ in ("VBD", "VBZ", "VBP", "MD")
            and token.head.i != head.i
            and token.dep_ not in ("aux", "auxpass")
        ):
            return []
    return scene.run(nearest, forward=False)[::-1]


def _next_actor(sentence: Span, trigger: Trigger, scene: Scene, prepositions: frozenset[str]) -> list[Actor]:
    """The first actor after a trigger behind one of the prepositions, with those joined to it."""
    for token in sentence.doc[trigger.last : min(sentence.end, trigger.last + 16)]:
        if token.lower_ in prepositions:
            after = scene.between(token.i + 1, min(sentence.end - 1, token.i + 14))
            if after and not any(t.tag_ in ("VBD", "VBZ") for t in sentence.doc[token.i + 1 : after[0].first]):
                return scene.run(after[0], forward=True)
    return []


def _around_noun(
    sentence: Span, trigger: Trigger, head: Token, scene: Scene, frame: str
) -> tuple[list[Actor], list[Actor]]:
    left: list[Actor] = []
    right: list[Actor] = []
    for child in head.children:
        if child.dep_ in ("poss", "compound", "amod", "nmod"):
            left += _possessor(child, scene)
    left += _actors.behind(head, scene, frozenset({"by", "from"}), trigger.last)
    if frame in ("mutual", "event", "office"):
        right += _actors.behind(head, scene, frozenset({"between", "with", "of", "among"}), trigger.last)
    elif frame == "travel":
        left += _actors.behind(head, scene, frozenset({"of"}), trigger.last)
    elif frame == "message":
        right += _actors.behind(head, scene, frozenset({"to"}), trigger.last)
        left += _actors.behind(head, scene, frozenset({"of"}), trigger.last) if not left else []
    else:
        right += _actors.behind(
            head, scene, frozenset({"against", "on", "of", "in", "to", "for", "with"}), trigger.last
        )
    verb = _light_verb(head)
    if verb is not None and not left:
        left = _actors.subject_of(verb, scene)
        if frame in ("mutual", "event", "message", "give"):
            right += _actors.behind(verb, scene, _WITH if frame != "message" else _TO, trigger.last)
    left = _actors.unique(left)
    seen = {(a.first, a.last) for a in left}
    return left, [a for a in _actors.unique(right) if (a.first, a.last) not in seen]


def carried_by(head: Token) -> Token:
    """The verb of an act: the word itself, or the verb whose object or complement the noun is."""
    return head if head.pos_ in ("VERB", "AUX") else _light_verb(head) or head


def _light_verb(head: Token) -> Token | None:
    """The verb that a noun is the object of ("took part in talks"), if it is one that only carries the noun."""
    token = head
    for _ in range(3):
        if token.dep_ in ("dobj", "pobj", "attr") or token.dep_ == "prep":
            token = token.head
            if token.pos_ in ("VERB", "AUX"):
                return token
        else:
            return None
    return None


def _possessor(child: Token, scene: Scene) -> list[Actor]:
    actor = scene.at(child.i)
    if actor is not None:
        return [actor]
    if child.pos_ in ("PROPN", "ADJ") and (state := scene.state(child)):
        return [state]
    return scene.phrase(child) if child.dep_ == "poss" else []


def _place(
    layer: int, sentence: Span, trigger: Trigger, head: Token, places: Sequence[Mention], entities: Entities
) -> tuple[Cell | None, Cell | None]:
    """The most exact place that the sentence gives for an act, and its country."""
    doc = sentence.doc
    low, high = doc[sentence.start].idx, doc[sentence.end - 1].idx + 1
    at = doc[trigger.head].idx
    near: list[tuple[int, Mention]] = []
    country: Mention | None = None
    known = bisect_left(places, low, key=lambda m: m.evidence.start)
    for mention in places[known : known + 40]:
        where = mention.evidence
        if not low <= where.start < high:
            continue
        before = doc.char_span(where.start, where.end, alignment_mode="expand")
        if before is None:
            continue
        lead = doc[before.start - 1].lower_ if before.start else ""
        lead2 = doc[before.start - 2].lower_ if before.start > 1 else ""
        leads = {lead, lead2 if lead in ("the", ",", "capital", "city", "of") else ""}
        if mention.kind == "country":
            if leads & {"in", "to", "visit", "visited", "visiting", "visits", "across", ","} and (
                country is None or abs(where.start - at) < abs(country.evidence.start - at)
            ):
                country = mention
        elif leads & {
            "in",
            "at",
            "to",
            "near",
            "outside",
            "from",
            ",",
            "visit",
            "visited",
            "capital",
            "toured",
            "inside",
            "of",
        } and not (lead == "from" and trigger.act.frame != "travel"):
            near.append(
                (
                    abs(where.start - at) + (40 if mention.kind != "facility" else 0) + (80 if lead == "of" else 0),
                    mention,
                )
            )
    place = min(near, key=lambda n: n[0])[1] if near else None
    code = None
    if place is not None:
        listed = next((p for p in entities.places if p.name == place.name), None)
        code = listed.country if listed else None
        if code:
            return Cell(place.name, (place.evidence,)), Cell(code, (place.evidence,))
    if country is not None:
        code = gazetteer.country_of(country.name)
        return (Cell(place.name, (place.evidence,)) if place else None), (
            Cell(code, (country.evidence,)) if code else None
        )
    return (Cell(place.name, (place.evidence,)) if place else None), None
