"""Who takes part in an act: the actors around its trigger, by syntax first and by nearness where the parse fails.

An actor is a mention (person, body, state) that stands for itself: not one inside another person's office, not a
nationality before a common noun, unless that noun ("troops", "delegation") stands for the state.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Span, Token

from onrecord import gazetteer, lexicon
from onrecord.extract.entities import Entities
from onrecord.extract.events._names import same
from onrecord.model import ActorKind, Evidence, Mention, Participant, Post, Statement

_FILE = "en/events"


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor at a place in a layer: tokens `first` to `last`, and the mentions that name it (several for a pair)."""

    names: tuple[tuple[str, ActorKind], ...]
    first: int
    last: int
    root: int
    start: int
    end: int
    form: str


@cache
def _nouns(key: str) -> frozenset[str]:
    return frozenset(lexicon.words(_FILE, f"actors.{key}"))


@cache
def _groups() -> frozenset[str]:
    return _nouns("state") | _nouns("own")


def actors(post: Post, layer: int, doc: Doc, entities: Entities, statements: Sequence[Statement] = ()) -> list[Actor]:
    """The actors of a layer, in order. In reported speech "I" and "we" stand for the speaker."""
    offsets = [token.idx for token in doc]
    inside = _Spans(_office_spans(entities, layer))
    out: list[Actor] = []
    groups: dict[tuple[int, int], list[Mention]] = {}
    for mention in entities.mentions:
        if mention.evidence.layer == layer:
            groups.setdefault((mention.evidence.start, mention.evidence.end), []).append(mention)
    people = _Spans([span for span, mentions in groups.items() if mentions[0].kind == "person"])
    states = state_forms(post, entities)
    for (start, end), mentions in _outermost(groups):
        first = max(bisect_right(offsets, start) - 1, 0)
        last = max(bisect_left(offsets, end) - 1, first)
        kind = mentions[0].kind
        root = doc[first : last + 1].root
        if kind in ("place", "facility"):
            continue
        # A title that stands for a person ("the president") lies in no office of another.
        if kind != "person" and inside.hold(start, end):
            continue
        if kind in ("nationality", "country", "organisation") and mentions[0].form != "group":
            if _in_office(doc, first, last, people):
                continue
            noun = _common_noun(root, last, doc)
            if noun is None and kind == "nationality":
                if doc[last].tag_ == "NNPS" and root.i == last:
                    # "Thousands of Kenyans": its people, not the state.
                    words = " ".join(post.layers[layer].text[start:end].split())
                    out.append(Actor(((words, "group"),), first, last, last, start, end, "noun"))
                continue
            if noun is not None:
                lemma = noun.lemma_.lower()
                if lemma not in _nouns("state") and lemma not in _nouns("own"):
                    continue
                joined = root.dep_ == "conj" or any(c.dep_ == "conj" for c in root.children)
                if kind == "nationality" and noun.i - last <= 4 and lemma not in _nouns("country") and not joined:
                    # "Namibian police": named by the whole phrase; "Namibian and Angolan troops": by their states.
                    stop = noun.idx + len(noun.text)
                    words = " ".join(post.layers[layer].text[start:stop].split())
                    out.append(Actor(((words, "group"),), first, noun.i, noun.i, start, stop, "noun"))
                    continue
                if root.dep_ != "conj":
                    last, root = noun.i, noun
        names: list[tuple[str, ActorKind]] = []
        for mention in mentions:
            name, actor_kind = actor_name(mention, states)
            if (name, actor_kind) not in names:
                names.append((name, actor_kind))
        out.append(Actor(tuple(names), first, last, root.i, start, end, mentions[0].form))
    out += _speakers(layer, doc, offsets, entities, statements)
    covered = sorted((a.first, a.last) for a in out)
    for token in doc:
        if (
            token.pos_ != "NOUN"
            or token.lemma_.lower() not in _nouns("own")
            or token.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj", "conj", "ROOT")
        ):
            continue
        place = bisect_right(covered, (token.i, 10**9)) - 1
        if place >= 0 and covered[place][0] <= token.i <= covered[place][1]:
            continue
        left = token.i
        while left and doc[left - 1].dep_ in ("compound", "amod") and doc[left - 1].head.i == token.i:
            left -= 1
        start, end = doc[left].idx, token.idx + len(token.text)
        words = " ".join(post.layers[layer].text[start:end].split())
        out.append(Actor(((words, "group"),), left, token.i, token.i, start, end, "noun"))
    out.sort(key=lambda a: (a.first, a.last))
    return out


def _outermost(groups: dict[tuple[int, int], list[Mention]]) -> list[tuple[tuple[int, int], list[Mention]]]:
    """Mentions that do not lie within a longer one, in order."""
    kept: list[tuple[tuple[int, int], list[Mention]]] = []
    end = -1
    for span, mentions in sorted(groups.items(), key=lambda item: (item[0][0], -item[0][1])):
        if span[1] <= end:
            continue
        end = span[1]
        kept.append((span, mentions))
    return kept


@cache
def _titles() -> frozenset[str]:
    keys = ("office", "royal", "military", "clergy")
    words = {
        word
        for key in keys
        for entry in lexicon.words("en/titles", f"head.{key}")
        for word in entry.lower().split()[-1:]
    }
    return frozenset(words | {"secretary", "minister", "president", "member", "chairman", "head", "leader"})


def _in_office(doc: Doc, first: int, last: int, people: _Spans) -> bool:
    """True for the body or state in a person's office: "secretary of the X", "X's foreign minister NAME"."""
    before = first - 1
    while before >= 0 and (doc[before].pos_ == "DET" or doc[before].lower_ in ("the", "a", "an")):
        before -= 1
    if before > 0 and doc[before].lower_ in ("of", "to", "for", "at", "with", "from") and doc[before].lower_ != "from":
        head = before - 1
        # "Member of the Political Bureau of the X": a chain of bodies up to the title.
        for _ in range(12):
            if head < 0 or doc[head].lower_ in (",", ";", ".") or doc[head].pos_ == "VERB":
                break
            if doc[head].lower_ in _titles():
                return doc[before].lower_ in ("of", "for") or doc[head].lower_ in (
                    "ambassador",
                    "envoy",
                    "representative",
                    "consul",
                    "delegate",
                    "adviser",
                    "advisor",
                )
            head -= 1
    after = last + 1
    for _ in range(7):
        if after >= len(doc) or doc[after].lower_ in (",", ";", ".", "and", "with"):
            return False
        if people.hold(doc[after].idx, doc[after].idx + 1):
            return after > last + 1 and any(doc[k].lower_ in _titles() for k in range(last + 1, after))
        if doc[after].pos_ in ("VERB", "AUX", "ADP"):
            return False
        after += 1
    return False


def _speakers(
    layer: int, doc: Doc, offsets: Sequence[int], entities: Entities, statements: Sequence[Statement]
) -> list[Actor]:
    out: list[Actor] = []
    seen: set[int] = set()
    people = {person.name for person in entities.people}
    for statement in statements:
        where = statement.quote
        if where.layer != layer or statement.kind == "indirect":
            continue
        for i in range(bisect_left(offsets, where.start), bisect_left(offsets, where.end)):
            token = doc[i]
            if i in seen or token.lower_ not in ("i", "we", "us", "me"):
                continue
            seen.add(i)
            kind: ActorKind = "person" if statement.speaker in people else "organisation"
            out.append(Actor(((statement.speaker, kind),), i, i, i, token.idx, token.idx + len(token.text), "pronoun"))
    return out


def state_forms(post: Post, entities: Entities) -> dict[str, str]:
    """For each state, by alpha-3 code, the form that the post itself gives first; an abbreviation ("DPRK") only where
    it never says more.
    """
    forms: dict[str, list[tuple[bool, int, str]]] = {}
    for place, mention in enumerate(sorted(entities.mentions, key=lambda m: (m.evidence.layer, m.evidence.start))):
        if mention.kind != "country" or mention.form not in ("name", "abbreviation"):
            continue
        words = " ".join(post.words(mention.evidence).split())
        code = gazetteer.country_of(words)
        if code is None:
            continue
        words = words[4:] if words.lower().startswith("the ") else words
        short = mention.form == "abbreviation" or (words.isupper() and len(words) <= 5) or "." in words
        forms.setdefault(code, []).append((short, place, words))
    return {code: min(found)[2] for code, found in forms.items()}


def actor_name(mention: Mention, states: Mapping[str, str]) -> tuple[str, ActorKind]:
    """An actor's name and kind; of a state the form that `states` has for its code."""
    if mention.kind in ("nationality", "country"):
        code = gazetteer.country_of(mention.name)
        if code is None:
            return mention.name, "country"
        country = gazetteer.by_alpha3().get(code)
        return states.get(code) or (country.name if country else mention.name), "country"
    if mention.kind == "organisation":
        return mention.name, "organisation"
    return mention.name, "person" if mention.kind == "person" else "group"


class _Spans:
    """Stretches of a text, joined where they overlap, to look up what lies within one."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        joined: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if joined and start < joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        self._starts = [start for start, _ in joined]
        self._ends = [end for _, end in joined]

    def hold(self, start: int, end: int) -> bool:
        """True if `start` to `end` lies within one of them."""
        place = bisect_right(self._starts, start) - 1
        return place >= 0 and end <= self._ends[place]


def _office_spans(entities: Entities, layer: int) -> list[tuple[int, int]]:
    return [
        (where.start, where.end)
        for person in entities.people
        for role in person.roles
        for where in role.evidence
        if where.layer == layer
    ]


def _common_noun(root: Token, last: int, doc: Doc) -> Token | None:
    """The common noun that a name stands before and describes ("Namibian troops", "Peru's government"), or None."""
    token = root.head if root.dep_ == "conj" and root.head.pos_ in ("ADJ", "PROPN") else root
    if token.dep_ in ("amod", "compound", "nmod", "poss") and token.head.i > last and token.head.i - last <= 6:
        head = token.head
        return head if head.pos_ in ("NOUN", "PROPN") else None
    if last + 1 < len(doc) and doc[last + 1].pos_ == "NOUN" and root.pos_ == "ADJ":
        return doc[last + 1]
    return None


class Scene:
    """The actors of one layer, looked up by token: what stands in a phrase, before a trigger, after it."""

    def __init__(self, post: Post, layer: int, doc: Doc, entities: Entities, statements: Sequence[Statement]) -> None:
        found = actors(post, layer, doc, entities, statements)
        self.doc = doc
        self.states = state_forms(post, entities)
        self.actors = list(found)
        self._firsts = [a.first for a in found]
        self._places = {(a.first, a.last): n for n, a in enumerate(found)}
        self._by_token: dict[int, Actor] = {}
        for actor in found:
            for i in range(actor.first, actor.last + 1):
                self._by_token.setdefault(i, actor)
        # What stands for nobody by syntax, and may still take part: names inside offices or before other nouns, and
        # phrases headed by a common noun ("several hundred teachers").
        self.asides = list(_asides(post, layer, doc, entities, self.states, self._by_token))
        self._aside_firsts = [a.first for a in self.asides]

    def at(self, token: int) -> Actor | None:
        """The actor that a token belongs to."""
        return self._by_token.get(token)

    def between(self, first: int, last: int) -> list[Actor]:
        """The actors that lie wholly within tokens `first` to `last`."""
        out = []
        for n in range(bisect_left(self._firsts, first), len(self.actors)):
            if self.actors[n].first > last:
                break
            if self.actors[n].last <= last:
                out.append(self.actors[n])
        return out

    def aside(self, first: int, last: int) -> list[Actor]:
        """The names and phrases within tokens `first` to `last` that are no actors by syntax."""
        low, high = bisect_left(self._aside_firsts, first), bisect_right(self._aside_firsts, last)
        return [a for a in self.asides[low:high] if a.last <= last]

    def phrase(self, token: Token, *, depth: int = 0) -> list[Actor]:
        """The actors that a noun phrase names: its head, its apposition, and what is joined to it by "and"."""
        out: list[Actor] = []
        if depth > 12:
            return out
        own = self.at(token.i)
        if own is None:
            # "President Mutasa": a title whose name is joined as compound or apposition.
            for child in token.children:
                if (
                    child.dep_ in ("appos", "compound", "flat", "nmod")
                    and (actor := self.at(child.i))
                    and actor.names[0][1] == "person"
                ):
                    own = actor
                    break
        if own is None and token.pos_ in ("NOUN", "PROPN"):
            for child in token.children:
                # "a delegation led by X", "representatives of the Taliban": the person or body stands for it.
                if child.dep_ == "acl" and child.lemma_.lower() in ("lead", "head"):
                    for by in child.children:
                        if by.dep_ in ("agent", "prep"):
                            for who in by.children:
                                out += self.phrase(who, depth=depth + 1)
            if not out:
                for child in token.children:
                    if child.dep_ == "prep" and child.lower_ in ("of", "from") and token.lemma_.lower() in _groups():
                        for who in child.children:
                            if who.dep_ == "pobj":
                                out += self.phrase(who, depth=depth + 1)
            if not out and depth == 0:
                for child in token.children:
                    if child.dep_ in ("amod", "compound", "poss", "nmod") and (state := self.state(child)):
                        out.append(state)
        if own is not None:
            out.append(own)
        for child in token.children:
            joined = child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN", "PRON", "X", "ADJ", "NUM")
            if joined or (child.dep_ == "appos" and own is None):
                out += self.phrase(child, depth=depth + 1)
        return out

    def state(self, token: Token) -> Actor | None:
        """The state that a nationality names before a thing: "a Chinese programme", "Israeli strikes"."""
        code = gazetteer.country_of(token.text) if token.text[:1].isupper() else None
        country = gazetteer.by_alpha3().get(code) if code else None
        if code is None or country is None:
            return None
        return Actor(
            ((self.states.get(code) or country.name, "country"),),
            token.i,
            token.i,
            token.i,
            token.idx,
            token.idx + len(token.text),
            "name",
        )

    def listed(self, found: Sequence[Actor]) -> list[Actor]:
        """The actors with all those of their kind that stand in one list with them."""
        out: list[Actor] = []
        for actor in found:
            if (actor.first, actor.last) not in self._places:
                out.append(actor)
                continue
            run = self.run(actor, forward=False)[::-1][:-1] + self.run(actor, forward=True)
            out += [other for other in run if other.names[0][1] == actor.names[0][1] or other is actor]
        return out

    def run(self, actor: Actor, *, forward: bool) -> list[Actor]:
        """The actor and those joined to it in a list, going past offices and commas."""
        out = [actor]
        n = self._places[(actor.first, actor.last)]
        step = 1 if forward else -1
        while 0 <= n + step < len(self.actors) and len(out) < _LIST:
            other = self.actors[n + step]
            left, right = (out[-1], other) if forward else (other, out[-1])
            if not self._joined(left, right):
                break
            out.append(other)
            n += step
        return out

    def _joined(self, left: Actor, right: Actor) -> bool:
        """True if only an office, commas and "and" stand between two actors."""
        if right.first - left.last > 25:
            return False
        seen = False
        for token in self.doc[left.last + 1 : right.first]:
            if token.lower_ in (",", ";", "and", "&"):
                seen = True
            elif token.tag_ in ("VBD", "VBZ", "VBP", "MD", "WP", "WDT") or token.lower_ in _BREAKS:
                return False
        return seen


_PHRASES = frozenset(("oprd", "nsubj", "dobj", "nsubjpass", "pcomp", "pobj", "dative", "appos", "attr", "ROOT"))


def _chunks(doc: Doc) -> Iterator[Span]:
    """The noun phrases of spaCy's English `noun_chunks`, in time linear in the length of a list ("A, B and C ...")."""
    end = -1
    fits: list[bool] = []  # whether a token, or what it is joined to, stands where a phrase does
    for token in doc:
        head = token.head
        joined = token.dep_ == "conj" and head.i < token.i
        fits.append(fits[head.i] if joined else token.dep_ in _PHRASES)
        if token.pos_ not in ("NOUN", "PROPN", "PRON") or token.left_edge.i <= end:
            continue
        if fits[-1] or (token.dep_ == "conj" and head.dep_ in _PHRASES):
            end = token.i
            yield doc[token.left_edge.i : token.i + 1]


def _asides(
    post: Post, layer: int, doc: Doc, entities: Entities, states: dict[str, str], taken: dict[int, Actor]
) -> Iterator[Actor]:
    offsets = [token.idx for token in doc]
    out: list[Actor] = []
    seen: set[int] = set()
    names: dict[int, tuple[int, int]] = {}  # the tokens of the name that a token is of
    for mention in entities.mentions:
        where = mention.evidence
        if where.layer != layer or mention.kind not in ("person", "organisation", "country", "nationality"):
            continue
        first = max(bisect_right(offsets, where.start) - 1, 0)
        last = max(bisect_left(offsets, where.end) - 1, first)
        names.update((i, (first, last)) for i in range(first, last + 1))
        if any(i in taken or i in seen for i in range(first, last + 1)):
            continue
        seen.update(range(first, last + 1))
        out.append(
            Actor(
                (actor_name(mention, states),),
                first,
                last,
                doc[first : last + 1].root.i,
                where.start,
                where.end,
                "aside",
            )
        )
    named = {i for m in entities.mentions if m.evidence.layer == layer for i in _tokens(offsets, m)}
    offices = _Spans(_office_spans(entities, layer))
    spots = {p.name for p in entities.places}
    bodies = sorted({o.name for o in entities.organisations}, key=lambda name: (-len(name), name))
    for chunk in _chunks(doc):
        first = chunk.start
        while first < chunk.root.i and (doc[first].pos_ in ("DET", "PRON") or doc[first].tag_ in ("PRP$", "DT", "POS")):
            first += 1
        start, end = doc[first].idx, doc[chunk.end - 1].idx + len(doc[chunk.end - 1].text)
        words = " ".join(post.layers[layer].text[start:end].split())
        if any(i in taken or i in seen for i in range(first, chunk.end)):
            # "the Lambert regime", "Namibian police": by its whole name beside the state or person before it.
            held = taken.get(chunk.root.i)
            whole = chunk.root.lemma_.lower() in _groups() and chunk.root.i > first
            begin, stop = names.get(chunk.root.i, (len(doc), 0))
            inside = begin <= first and chunk.end - 1 <= stop  # "Communist Party" of "Communist Party of Peru"
            # "RDC soldiers": known by the letters of a body that the post names in full.
            known = held is not None and held.form == "abbreviation" and held.names[0][1] == "organisation"
            if not whole or inside or known or (held is not None and held.names[0][0] == words):
                continue
            out.append(Actor(((words, "group"),), first, chunk.end - 1, chunk.root.i, start, end, "phrase"))
        elif chunk.root.lower_ in _titles() and chunk.root.i == chunk.end - 1:
            # An office that no person of the post is known to hold: "HM the King", "the President of the Republic".
            last = _office_end(doc, chunk.end - 1)
            first = _honoured(doc, chunk.start, first)
            start = doc[first].idx
            end = doc[last].idx + len(doc[last].text)
            words = " ".join(post.layers[layer].text[start:end].split())
            out.append(Actor(((words, "group"),), first, last, chunk.root.i, start, end, "phrase"))
        elif chunk.root.pos_ == "NOUN":
            out.append(Actor(((words, "group"),), first, chunk.end - 1, chunk.root.i, start, end, "phrase"))
        elif (
            chunk.root.pos_ == "PROPN"
            and not any(i in named for i in range(first, chunk.end))
            and not offices.hold(start, end)
            and _is_name(words)
        ):
            # A name that nothing is known of.
            last = _office_end(doc, chunk.end - 1)
            end = doc[last].idx + len(doc[last].text)
            words = " ".join(post.layers[layer].text[start:end].split())
            if words in spots:
                continue
            words = next((name for name in bodies if same(name, words)), words)
            out.append(Actor(((words, "organisation"),), first, last, chunk.root.i, start, end, "aside"))
    yield from sorted(out, key=lambda a: (a.first, a.last))


def _office_end(doc: Doc, last: int) -> int:
    """The last token of an office whose title ends at `last`: behind "of" and the names that follow."""
    if last + 1 >= len(doc) or doc[last + 1].lower_ != "of":
        return last
    end = last
    for i in range(last + 2, min(last + 10, len(doc))):
        if doc[i].pos_ == "PROPN":
            end = i
        elif doc[i].lower_ not in ("of", "the", "and"):
            break
    return end


_HONOURS = frozenset(("hm", "hh", "hrh", "he", "h.m", "h.h", "h.r.h", "h.e", "majesty", "highness", "excellency"))


def _honoured(doc: Doc, start: int, first: int) -> int:
    """The first token of an office with the honour before its article: "HM the King", "His Highness the Amir"."""
    if start == first or start == 0 or doc[start - 1].lower_.rstrip(".") not in _HONOURS:
        return first
    return start - 2 if start > 1 and doc[start - 2].lower_ in ("his", "her") else start - 1


def _tokens(offsets: Sequence[int], mention: Mention) -> range:
    """The tokens of a mention."""
    first = max(bisect_right(offsets, mention.evidence.start) - 1, 0)
    return range(first, max(bisect_left(offsets, mention.evidence.end), first + 1))


def _is_name(words: str) -> bool:
    last = words.split()[-1].lower()
    return words[:1].isupper() and len(words) <= 80 and last not in _DAYS and last not in _titles()


_DAYS = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday today excellency majesty highness".split()
)

# No list of attendees that a reader would check is longer.
_LIST = 60
_BREAKS = frozenset(
    "with from between after during at by on that who which as before while when : ( ) over against".split()
)


def subject_of(verb: Token, scene: Scene, depth: int = 0) -> list[Actor]:
    """The actors that do what a verb says: its subject, or that of the verb it hangs on."""
    if depth > 6:
        return []
    passive = any(c.dep_ == "auxpass" for c in verb.children)
    for child in verb.children:
        if child.dep_ in ("nsubj", "csubj") or (child.dep_ == "nsubjpass" and not passive):
            return _subject(child, verb, scene)
    if passive:
        for child in verb.children:
            if child.dep_ == "agent":
                return [a for who in child.children for a in scene.phrase(who)]
        return []
    if verb.dep_ == "relcl":
        return scene.phrase(verb.head)
    if verb.dep_ == "acl" and verb.tag_ == "VBG":
        return scene.phrase(verb.head)
    if verb.dep_ in ("conj", "xcomp", "advcl", "ccomp", "pcomp", "acl") and verb.head.i != verb.i:
        governor = verb.head
        steps = 0
        while governor.pos_ not in ("VERB", "AUX") and governor.head.i != governor.i and steps < 4:
            governor = governor.head
            steps += 1
        if governor.pos_ in ("VERB", "AUX"):
            found = subject_of(governor, scene, depth + 1)
            if found or not any(c.dep_ == "nsubjpass" for c in governor.children):
                return found
            return object_of(governor, scene)
    return []


def _subject(child: Token, verb: Token, scene: Scene) -> list[Actor]:
    if child.lower_ in ("who", "which", "that") and verb.dep_ in ("relcl", "ccomp"):
        return scene.phrase(verb.head)
    return scene.phrase(child)


def object_of(verb: Token, scene: Scene) -> list[Actor]:
    """The actors that a verb is done to: its object, or its subject where it is passive."""
    out: list[Actor] = []
    for child in verb.children:
        if child.dep_ in ("dobj", "dative", "nsubjpass", "oprd"):
            if child.dep_ == "nsubjpass" and child.lower_ in ("who", "which", "that") and verb.dep_ == "relcl":
                out += scene.phrase(verb.head)
            elif child.dep_ == "dative" and child.pos_ == "ADP":
                out += [a for who in child.children for a in scene.phrase(who)]
            else:
                out += scene.phrase(child)
    if not out and verb.dep_ == "acl" and verb.tag_ == "VBN":
        out += scene.phrase(verb.head)
    return out


def behind(head: Token, scene: Scene, prepositions: frozenset[str], last: int = -1) -> list[Actor]:
    """The actors behind one of the prepositions of a verb or a noun, or of its object ("hold talks with X").

    The object counts only if it is part of the trigger, which ends at token `last`: what is "discussed" is a topic.
    """
    out: list[Actor] = []
    heads = [head]
    for c in head.children:
        if (c.dep_ in ("dobj", "nsubjpass", "attr") and c.i <= last) or c.dep_ in ("prep", "prt", "advmod", "npadvmod"):
            heads.append(c)
    for top in heads:
        for child in top.children:
            if child.dep_ in ("prep", "dative", "agent") and child.lower_ in prepositions:
                for who in child.children:
                    if who.dep_ in ("pobj", "pcomp"):
                        out += scene.phrase(who)
                    elif who.dep_ == "prep" and who.lower_ in prepositions:
                        out += [a for x in who.children for a in scene.phrase(x)]
    return out


def unique(found: Sequence[Actor]) -> list[Actor]:
    """Without repeats, in order."""
    seen: set[tuple[int, int]] = set()
    out = []
    for actor in found:
        if (actor.first, actor.last) not in seen:
            seen.add((actor.first, actor.last))
            out.append(actor)
    return out


def participants(found: Sequence[Actor], layer: int, role: str) -> list[Participant]:
    """Participants with a role; each name once."""
    return [
        Participant(name, kind, role, (Evidence(layer, actor.start, actor.end),))
        for actor in found
        for name, kind in actor.names
    ]


# Words to each side of an act that its clause reaches at most.
_REACH = 80


def clause(sentence: Span, head: Token) -> tuple[int, int]:
    """First and last token of the stretch around `head` that has no other finite verb, ; or : in it."""
    first = head.i
    while first > max(sentence.start, head.i - _REACH):
        token = sentence.doc[first - 1]
        if token.text in (";", ":") or (
            token.tag_ in ("VBD", "VBZ", "VBP", "MD") and token.i != head.i and token.dep_ not in ("aux", "auxpass")
        ):
            break
        first -= 1
    last = head.i
    while last < min(sentence.end - 1, head.i + _REACH):
        token = sentence.doc[last + 1]
        if token.text in (";", ":") or (
            token.tag_ in ("VBD", "VBZ", "VBP", "MD") and token.dep_ not in ("aux", "auxpass")
        ):
            break
        last += 1
    return first, last
