"""Claims: what happened, who took part, when, where, how much, each cell with the words it rests on.

A trigger names the act (`_patterns`), its verb or noun tells whether it happened (`_status`), the actors around it take
part (`_actors`). Tellings of one event in a post get one group number.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Span, Token

from onrecord import gazetteer
from onrecord.extract import dates as when
from onrecord.extract.dates import PageDates
from onrecord.extract.entities import Entities
from onrecord.extract.events import _actors
from onrecord.extract.events._actors import Actor, Scene
from onrecord.extract.events._codes import Code, code
from onrecord.extract.events._groups import group
from onrecord.extract.events._members import Member, members, principals
from onrecord.extract.events._patterns import Trigger, sentences, triggers
from onrecord.extract.events._status import denied, status
from onrecord.extract.events._weigh import LEAST, MEMBER, NEWS, features, likely
from onrecord.model import Amount, Cell, Claim, DateMention, Evidence, Mention, Participant, Post, Statement, Status
from onrecord.model import Span as Stretch

__all__ = ["Candidate", "Code", "Told", "candidates", "code", "find"]

_WITH = frozenset({"with", "between", "and"})
_TO = frozenset({"to", "for", "with", "of"})
_AGAINST = frozenset({"against", "on", "of", "to", "at", "upon", "in", "with", "from"})


@dataclass(frozen=True, slots=True)
class Told:
    """The claims of a post, its amounts with giver and receiver, and the day its main news happened."""

    claims: tuple[Claim, ...] = ()
    amounts: tuple[Amount, ...] = ()
    date: Cell | None = None


def find(
    post: Post,
    docs: Sequence[Doc],
    entities: Entities,
    dates: tuple[DateMention, ...],
    amounts: tuple[Amount, ...],
    statements: tuple[Statement, ...],
    page_dates: PageDates,
) -> Told:
    """The events that a post tells. `docs[n]` is the Doc of `post.layers[n]`; the rest is what was found before."""
    found = [c for c in candidates(post, docs, entities, dates, statements, page_dates) if c.likely >= LEAST]
    claims = _with_attendees(post, docs, entities, statements, [c.claim for c in found])
    grouped = group(post, claims)
    day = _news_day(post, grouped, dates, page_dates)
    grouped = [replace(c, focus=_focus(post, c, day)) for c in grouped]
    return Told(tuple(grouped), _gave(amounts, grouped), day)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An act that was found, with what speaks for and against it."""

    claim: Claim
    features: tuple[str, ...]
    likely: float
    members: tuple[Member, ...] = ()
    chances: tuple[float, ...] = ()
    story: Cell | None = None


def candidates(
    post: Post,
    docs: Sequence[Doc],
    entities: Entities,
    dates: tuple[DateMention, ...],
    statements: Sequence[Statement],
    page_dates: PageDates,
) -> list[Candidate]:
    """Every act that the words of a post name, likely or not, in order."""
    out: list[Candidate] = []
    seen: set[tuple[str, str]] = set()
    known = principals(post, entities)
    for layer, doc in zip(post.layers, docs, strict=True):
        if layer.kind == "caption":
            continue
        scene = Scene(post, layer.index, doc, entities, statements)
        places = [
            m
            for m in entities.mentions
            if m.evidence.layer == layer.index and m.kind in ("place", "facility", "country")
        ]
        spoken = sorted(
            (s.quote.start, s.quote.end, s.kind, s.speaker) for s in statements if s.quote.layer == layer.index
        )
        previous: list[Actor] = []
        before: list[Actor] = []
        for number, sentence in enumerate(sentences(doc)):
            for trigger in triggers(doc, sentence):
                head = doc[trigger.head]
                told = status(head, verb=trigger.verb, headline=layer.kind == "headline")
                if told is None and denied(head, verb=trigger.verb):
                    continue
                left, right = _sides(sentence, trigger, head, scene, previous)
                clause = _actors.clause(sentence, head)
                around = members(
                    layer.index, sentence, trigger, scene, known, left, right, clause, before,
                    _speaker(spoken, trigger, doc), told,
                )  # fmt: skip
                chances = tuple(likely(m.features, "members") for m in around)
                people = _chosen(trigger, around, chances)
                happened = told or "happened"
                claim = _claim(post, layer.index, sentence, trigger, places, entities, dates, people, happened)
                key = (claim.type, claim.mode or "")
                found = features(
                    layer, sentence, trigger, head, told=told, names=len(people), kinds=(p.kind for p in people),
                    dated=bool(claim.date and claim.date.evidence), speech=_speech(spoken, claim.trigger),
                    number=number, earlier=key in seen,
                )  # fmt: skip
                sides = f"{min(len(left), 1)}{min(len(right), 1)}"
                found = (*found, f"ruled={sides}&{trigger.act.frame}", f"ruled={sides != '00'}&{trigger.act.needs}")
                story = None
                if claim.date is None:
                    story = when.story_day(
                        post, dates, page_dates, layer.index, claim.trigger.start, planned=claim.status == "planned"
                    )
                    if story is not None and likely(found, "news") >= NEWS:
                        claim = replace(claim, date=story)
                out.append(Candidate(claim, found, likely(found), tuple(around), chances, story))
                seen.add(key)
            subject = next(
                (t for t in sentence if t.dep_ in ("nsubj", "nsubjpass") and t.head.i == sentence.root.i), None
            )
            if subject is not None and (phrase := scene.phrase(subject)):
                previous = phrase
            before = (scene.between(sentence.start, sentence.end - 1) + before)[:8]
    return out


_RECENT = 200
_PRESENT = re.compile(
    r"(?i)\b(?:(?:were|was)\s+(?:also\s+)?(?:present|in\s+attendance)|(?:also\s+)?(?:attended|took\s+part\s+in|participated\s+in|joined)\s+the\s+(?:meeting|talks|event|call|conversation|ceremony|discussions?|negotiations|reception)|(?:attended|joined)\s+by|in\s+the\s+presence\s+of|accompanied\s+by|the\s+(?:meeting|talks|event|ceremony)\s+was\s+attended)\b"
)


def _with_attendees(
    post: Post,
    docs: Sequence[Doc],
    entities: Entities,
    statements: Sequence[Statement],
    claims: list[Claim],
) -> list[Claim]:
    """The claims, those present added to the meeting that their sentence follows."""
    out = list(claims)
    for layer, doc in zip(post.layers, docs, strict=True):
        if layer.kind == "caption":
            continue
        scene: Scene | None = None
        for sentence in doc.sents:
            match = _PRESENT.search(layer.text, sentence.start_char, sentence.end_char)
            if match is None:
                continue
            if scene is None:
                scene = Scene(post, layer.index, doc, entities, statements)
            present = [
                a
                for a in scene.between(sentence.start, sentence.end - 1)
                if a.names[0][1] == "person" and a.form == "name"
            ]
            place = next(
                (
                    n
                    for n in range(len(out) - 1, max(len(out) - 1 - _RECENT, -1), -1)
                    if out[n].trigger.layer == layer.index
                    and out[n].type == "CONSULT"
                    and out[n].mode in ("meeting", "call", "gathering")
                    and out[n].status == "happened"
                    and out[n].trigger.start < match.end()
                ),
                None,
            )
            first = next(
                (
                    n
                    for n, c in enumerate(out[:_RECENT])
                    if c.trigger.layer == layer.index
                    and c.type == "CONSULT"
                    and c.mode in ("meeting", "call")
                    and len(c.participants) > 1
                ),
                place,
            )
            if first is None or not present:
                continue
            known = {p.name for p in out[first].participants}
            more = [p for p in _actors.participants(present, layer.index, "attendee") if p.name not in known]
            out[first] = replace(out[first], participants=(*out[first].participants, *more))
    return out


def _speech(spoken: Sequence[tuple[int, int, str, str]], where: Evidence) -> str:
    return next((kind for start, end, kind, _ in _near(spoken, where.start) if start <= where.start < end), "none")


def _speaker(spoken: Sequence[tuple[int, int, str, str]], trigger: Trigger, doc: Doc) -> str | None:
    at = doc[trigger.first].idx
    return next((who for start, end, _, who in _near(spoken, at) if start <= at < end), None)


def _near(spoken: Sequence[tuple[int, int, str, str]], at: int) -> Sequence[tuple[int, int, str, str]]:
    """The statements that begin last before a place; quotes within quotes are few deep."""
    place = bisect_right(spoken, at, key=lambda row: row[0])
    return spoken[max(place - 6, 0) : place]


def _chosen(trigger: Trigger, around: Sequence[Member], chances: Sequence[float]) -> list[Participant]:
    """Those that likely take part; if nobody does, the likeliest one that has a fair chance."""
    roles = _ROLES[trigger.act.frame]
    picked = [(m, c) for m, c in zip(around, chances, strict=True) if c >= MEMBER]
    if not picked and around:
        best = max(zip(around, chances, strict=True), key=lambda pair: pair[1])
        picked = [best] if best[1] >= 0.2 else []
    return [Participant(m.name, m.kind, roles["side=right" in m.features], (m.where,)) for m, _ in picked]


_ROLES = {
    "mutual": ("initiator", "counterpart"),
    "directed": ("initiator", "target"),
    "message": ("sender", "recipient"),
    "travel": ("visitor", "host"),
    "event": ("attendee", "attendee"),
    "office": ("holder", "holder"),
    "give": ("giver", "receiver"),
}


def _evidence(layer: int, doc: Doc, first: int, last: int) -> Evidence:
    return Evidence(layer, doc[first].idx, doc[last].idx + len(doc[last].text))


def _claim(
    post: Post,
    layer: int,
    sentence: Span,
    trigger: Trigger,
    places: Sequence[Mention],
    entities: Entities,
    dates: tuple[DateMention, ...],
    people: list[Participant],
    told: Status,
) -> Claim:
    doc = sentence.doc
    head = doc[trigger.head]
    where = _evidence(layer, doc, trigger.first, trigger.last)
    quote = _quote(layer, sentence)
    place, country = _place(layer, sentence, trigger, head, places, entities)
    within = Stretch(quote.start, quote.end)
    near = when.for_span(dates, layer, where.start, where.end, within=within, doc=doc)
    date = Cell(near[0].value, (near[0].evidence,)) if near else None
    return Claim(
        type=trigger.act.type,
        mode=trigger.act.mode or None,
        trigger=where,
        quote=quote,
        participants=tuple(people),
        date=date,
        place=place,
        country=country,
        status=told,
    )


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


def _news_day(
    post: Post, claims: Sequence[Claim], dates: tuple[DateMention, ...], page_dates: PageDates
) -> Cell | None:
    return when.news_day(post, dates, page_dates)


def _focus(post: Post, claim: Claim, day: Cell | None) -> bool:
    if post.layers[claim.trigger.layer].kind == "headline":
        return True
    if day is not None and claim.date is not None:
        return claim.date.value == day.value or claim.date.value > day.value
    return claim.date is not None and bool(claim.date.inferred)


_BLOCK = 500
_FEW = 20
_GIVES = frozenset({"AID", "COOPERATE", "MOBILIZE"})


def _gave(amounts: Sequence[Amount], claims: Sequence[Claim]) -> tuple[Amount, ...]:
    """The amounts with giver and receiver from the act of giving told in the same sentence."""
    out = []
    gifts: dict[tuple[int, int], list[Claim]] = {}
    for claim in claims:
        if claim.type in _GIVES:
            for block in range(claim.quote.start // _BLOCK, claim.quote.end // _BLOCK + 1):
                gifts.setdefault((claim.quote.layer, block), []).append(claim)
    for amount in amounts:
        where = amount.evidence
        giver, receiver = amount.giver, amount.receiver
        for claim in gifts.get((where.layer, where.start // _BLOCK), ())[:_FEW]:
            if claim.quote.start <= where.start < claim.quote.end:
                giver = giver or next((p.name for p in claim.participants if p.role == "giver"), None)
                receiver = receiver or next((p.name for p in claim.participants if p.role == "receiver"), None)
        out.append(replace(amount, giver=giver, receiver=receiver))
    return tuple(out)
