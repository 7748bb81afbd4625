"""Which of the actors around an act take part in it: a logistic model over how each stands to it.

The features say how an actor is joined to the act's verb or noun (subject, "with", "to"…), on which side and how far it
stands, what kind it is, and how much the post speaks of it; none of them is a name or a topic. The weights are learnt
by training/events.py.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from onrecord import gazetteer
from onrecord.extract.entities import Entities
from onrecord.extract.events._actors import Actor, Scene, actor_name
from onrecord.extract.events._patterns import Trigger
from onrecord.model import ActorKind, Evidence, Post

# So many names at most are weighed for one act.
_MOST = 44
# Of the names and phrases that are no actors by syntax, so many nearest to an act are weighed.
_ASIDES = 8
# Of the post's actors, in order of how often they are named, only these are looked at for every act,
# and so many of a kind.
_FOREMOST = 28
_OF_A_KIND = 8


@dataclass(frozen=True, slots=True)
class Principal:
    """An actor of the whole post: how often it is named, its rank among its kind, and where it is named first."""

    name: str
    kind: ActorKind
    count: int
    rank: int
    where: Evidence
    titled: bool


@dataclass(frozen=True, slots=True)
class Member:
    """An actor that may take part in an act, with the features that speak for or against it."""

    name: str
    kind: ActorKind
    where: Evidence
    features: tuple[str, ...]
    flags: tuple[int, ...] = ()


FLAGS = 16  # of a Member
_FORMS = ("name", "title", "pronoun", "group", "noun", "aside", "phrase")


def agents(entities: Entities) -> dict[str, frozenset[str]]:
    """The persons of a post who stand for a state (by alpha-3 code) or a body (by name), as their offices say."""
    out: dict[str, set[str]] = {}
    for person in entities.people:
        if person.country:
            out.setdefault(person.country, set()).add(person.name)
        for role in person.roles:
            if role.country:
                out.setdefault(role.country, set()).add(person.name)
            if role.org:
                out.setdefault(role.org, set()).add(person.name)
    return {key: frozenset(names) for key, names in out.items()}


def principals(post: Post, entities: Entities, states: Mapping[str, str]) -> dict[str, Principal]:
    """The persons, bodies and states of a post by name; `states` gives the names of states as the post has them."""
    counts: Counter[str] = Counter()
    first: dict[str, Evidence] = {}
    kinds: dict[str, ActorKind] = {}
    titled: set[str] = set()
    for mention in entities.mentions:
        if mention.kind not in ("person", "organisation", "country"):
            continue
        name, kind = actor_name(mention, states)
        counts[name] += 1
        first.setdefault(name, mention.evidence)
        kinds.setdefault(name, kind)
        if post.layers[mention.evidence.layer].kind == "headline":
            titled.add(name)
    out: dict[str, Principal] = {}
    ranks: Counter[str] = Counter()
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], first[item[0]])):
        ranks[kinds[name]] += 1
        out[name] = Principal(name, kinds[name], count, ranks[kinds[name]], first[name], name in titled)
    return out


def members(
    layer: int,
    sentence: Span,
    trigger: Trigger,
    scene: Scene,
    known: dict[str, Principal],
    left: Sequence[Actor],
    right: Sequence[Actor],
    clause: tuple[int, int],
    before: Sequence[Actor],
    after: Sequence[Actor],
    speaker: str | None,
    told: str | None,
    acting: Mapping[str, frozenset[str]],
) -> list[Member]:
    """The actors that an act may have, each once, with their features."""
    doc = sentence.doc
    head = doc[trigger.head]
    act = trigger.act
    here = scene.between(sentence.start, sentence.end - 1)
    sides = {(a.first, a.last): "left" for a in left} | {(a.first, a.last): "right" for a in right}
    order = {(a.first, a.last): n for n, a in enumerate(here)}
    ahead = sum(a.first < trigger.first for a in here)
    persons = {n for a in here for n, k in a.names if k == "person"}
    pool: list[tuple[Actor, int]] = [(a, 0) for a in here] + [(a, 1) for a in before] + [(a, 2) for a in after]
    pool += [(a, 0) for a in _nearest(scene.aside(sentence.start, sentence.end - 1), trigger)]
    for actor in (*left, *right):
        if (actor.first, actor.last) not in order:
            pool.append((actor, 0))
    best: dict[str, tuple[int, list[str], Actor, ActorKind, tuple[int, ...]]] = {}
    around = persons | {n for a in before for n, k in a.names if k == "person"}
    for actor, back in pool:
        for name, kind in actor.names:
            common = _standing(name, kind, known, speaker)
            if back:
                where = "before" if back == 1 else "after"
                found = [f"where={where}", f"where={where}&{act.frame}", f"form={actor.form}"]
                rank = 100 * back
            else:
                side = sides.get((actor.first, actor.last), "none")
                rank = {"left": 0, "right": 1, "none": 50}[side] + min(abs(actor.root - trigger.head), 40)
                found = _joined(
                    actor, side, head, trigger, clause, doc, order.get((actor.first, actor.last), 0) - ahead
                )
            features = [
                *found,
                *common,
                f"kind={kind}",
                f"kind={kind}&{act.frame}",
                f"kind={kind}&{act.type}/{act.mode}",
            ]
            features.append(f"people={min(len(persons - {name}), 3)}&{kind}")
            features.append(f"told={told}&{found[0]}")
            if actor.form == "phrase":
                noun = doc[actor.root].lemma_.lower()
                features += [f"noun={noun}", f"noun={noun}&{act.type}", f"phrase&{act.type}/{act.mode}"]
            own = _acting(name, kind, acting)
            stands = f"acted={'here' if own & persons else 'near' if own & around else 'post' if own else 'no'}"
            features += [f"{stands}&{kind}", f"{stands}&{kind}&{act.type}"]
            if name not in best or rank < best[name][0]:
                side = "none" if back else sides.get((actor.first, actor.last), "none")
                flags = (
                    *(int(actor.form == form) for form in _FORMS),
                    int(kind == "person"), int(kind == "country"), int(kind == "organisation"),
                    int(bool(own & persons)), int(bool(own)), int(side == "left"), int(side == "right"),
                    int(bool(back)), int(known[name].titled if name in known else 0),
                )  # fmt: skip
                best[name] = (rank, features, actor, kind, flags)
    out = [
        Member(name, kind, Evidence(layer, actor.start, actor.end), tuple(features), flags)
        for name, (_, features, actor, kind, flags) in best.items()
    ]
    for principal in itertools.islice(known.values(), _FOREMOST):
        if principal.name not in best and principal.rank <= _OF_A_KIND:
            kind = principal.kind
            features = ["where=post", f"where=post&{act.frame}", f"where=post&{'verb' if trigger.verb else 'noun'}"]
            features += [f"kind={kind}", f"kind={kind}&{act.frame}", f"people={min(len(persons), 3)}&{kind}"]
            features += _standing(principal.name, kind, known, speaker)
            features.append(f"post&sides={len(left) + len(right) > 1}")
            own = _acting(principal.name, kind, acting)
            stands = f"acted={'here' if own & persons else 'near' if own & around else 'post' if own else 'no'}"
            features += [f"{stands}&{kind}", f"{stands}&{kind}&{act.type}"]
            flags = (
                *(0 for _ in _FORMS), int(kind == "person"), int(kind == "country"), int(kind == "organisation"),
                int(bool(own & persons)), int(bool(own)), 0, 0, 1, int(principal.titled),
            )  # fmt: skip
            out.append(Member(principal.name, kind, principal.where, tuple(features), flags))
    return out[:_MOST]


def _acting(name: str, kind: str, acting: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The persons who stand for a state or body."""
    if kind == "country":
        return acting.get(gazetteer.country_of(name) or "", frozenset())
    return acting.get(name, frozenset()) if kind == "organisation" else frozenset()


def _nearest(found: Sequence[Actor], trigger: Trigger) -> list[Actor]:
    """Those outside the act's own words, nearest first."""
    near = [a for a in found if not (trigger.first <= a.root <= trigger.last)]
    return sorted(near, key=lambda a: abs(a.root - trigger.head))[:_ASIDES]


def _standing(name: str, kind: str, known: dict[str, Principal], speaker: str | None) -> list[str]:
    principal = known.get(name)
    out = [f"speaker={name == speaker}&{kind}"] if speaker else []
    if principal is not None:
        out += [
            f"rank={min(principal.rank, 5)}&{kind}",
            f"titled={principal.titled}&{kind}",
            f"count={min(principal.count, 6)}&{kind}",
        ]
    return out


def _joined(
    actor: Actor, side: str, head: Token, trigger: Trigger, clause: tuple[int, int], doc: object, place: int
) -> list[str]:
    frame = trigger.act.frame
    form = "verb" if trigger.verb else "noun"
    root: Token = head.doc[actor.root]
    where = "left" if actor.last < trigger.first else "right" if actor.first > trigger.last else "inside"
    distance = (trigger.first - actor.last) if where == "left" else (actor.first - trigger.last)
    bucket = next((n for n in (1, 2, 4, 8, 16) if distance <= n), 32)
    inside = clause[0] <= actor.first and actor.last <= clause[1]
    preposition = _preposition(root)
    steps, path = _path(root, head)
    out = [
        f"side={side}",
        f"side={side}&{frame}&{form}",
        f"where={where}&{form}",
        f"far={bucket}&{where}",
        f"inside={inside}",
        f"inside={inside}&{side}",
        f"prep={preposition}",
        f"prep={preposition}&{frame}",
        f"prep={preposition}&{where}&{frame}&{form}",
        f"dep={root.dep_}",
        f"dep={root.dep_}&{where}&{frame}",
        f"steps={min(steps, 5)}",
        f"path={path}",
        f"path={path}&{frame}",
        f"place={max(min(place, 3), -4)}&{frame}",
        f"form={actor.form}",
    ]
    following = actor.last + 1
    if following < len(head.doc) and head.doc[following].tag_ == "POS":
        out.append(f"possessive&{where}&{form}")
    return out


def _preposition(root: Token) -> str:
    token = root
    for _ in range(4):
        if token.dep_ == "pobj" or token.dep_ == "agent":
            return token.head.lower_
        if token.dep_ in ("conj", "appos", "compound", "nmod", "amod", "poss"):
            token = token.head
            continue
        break
    return token.dep_ if token.dep_ in ("nsubj", "nsubjpass", "dobj", "poss", "attr", "dative") else "none"


_DEEP = 40  # links of a parse that are followed upwards


def _path(root: Token, head: Token) -> tuple[int, str]:
    """How far up from an actor the act's head stands, and by which links; 9 where it is not above it."""
    labels: list[str] = []
    token = root
    for steps in range(7):
        if token.i == head.i:
            return steps, ">".join(labels[:3]) or "self"
        if token.head.i == token.i:
            break
        if token.dep_ not in ("conj", "appos", "compound") and len(labels) < 3:
            labels.append(token.dep_ if token.dep_ != "prep" else token.lower_)
        token = token.head
    # The act hangs on a verb that the actor belongs to.
    above = {root.i, *(a.i for a in itertools.islice(root.ancestors, _DEEP))}
    token = head
    for steps in range(5):
        if token.i in above:
            return 6, f"up:{head.dep_}:{root.dep_}" if steps < 3 else "up"
        token = token.head
    return 9, "none"
