"""Whether an act happened, is planned, or is only wished for, denied or supposed."""

from __future__ import annotations

from functools import cache

from spacy.tokens import Token

from onrecord import lexicon
from onrecord.model import Status

_FILE = "en/events"


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(lexicon.words(_FILE, f"words.{key}"))


def status(head: Token, *, verb: bool, headline: bool) -> Status | None:
    """`happened` or `planned` for a definite act, None for one that is wished, denied, conditional or general."""
    return _verb(head, headline, 0) if verb else _noun(head, headline)


def denied(head: Token, *, verb: bool) -> bool:
    """True for an act that the words themselves deny, suppose or only wish for: "did not", "if", "would", "hopes that".

    What `status` merely doubts (an infinitive, a participle under another verb) is left to what else speaks for it.
    """
    if not verb:
        return any(c.dep_ in ("det", "neg") and c.lower_ == "no" for c in head.children)
    if _negated(head):
        return True
    if any(c.dep_ == "mark" and c.lower_ in _words("conditions") for c in head.children):
        return True
    auxiliaries = {c.lemma_.lower() for c in head.children if c.dep_ in ("aux", "auxpass")}
    if auxiliaries & _words("modals") and not auxiliaries & {"will", "shall"}:
        return True
    return _governed(head, False, 0) is None


def _negated(token: Token) -> bool:
    return any(child.dep_ == "neg" or child.lower_ in ("not", "n't", "never") for child in token.children)


def _verb(head: Token, headline: bool, depth: int) -> Status | None:
    if depth > 6:
        return "happened"
    if _negated(head):
        return None
    auxiliaries = [c for c in head.children if c.dep_ in ("aux", "auxpass")]
    words = {c.lower_ for c in auxiliaries}
    lemmas = {c.lemma_.lower() for c in auxiliaries}
    if any(c.dep_ == "mark" and c.lower_ in _words("conditions") for c in head.children):
        return None
    if lemmas & {"will", "shall"} or "'ll" in words or "wo" in words:
        return "planned"
    if lemmas & _words("modals") or words & _words("modals"):
        return None
    infinitive = head.tag_ in ("VB", "VBP") and "to" in words
    if infinitive:
        return _infinitive(head, headline, depth)
    if (
        head.dep_ == "conj"
        and head.head.i != head.i
        and head.head.pos_ in ("VERB", "AUX")
        and not auxiliaries
        and head.tag_ in ("VB", "VBG", "VBP")
    ):
        return _verb(head.head, headline, depth + 1)
    if head.tag_ == "VBG" and not lemmas & {"be", "have"}:
        return _participle(head, headline, depth)
    if head.tag_ == "VB" and not auxiliaries:
        return "planned" if headline and head.i and head.nbor(-1).lower_ == "to" else _governed(head, headline, depth)
    return _governed(head, headline, depth)


def _governed(head: Token, headline: bool, depth: int) -> Status | None:
    """A clause under "hopes that", "if", "would": as real as what it hangs on."""
    token, steps = head, 0
    while token.head.i != token.i and steps < 8:
        governor = token.head
        if token.dep_ == "ccomp" and governor.lemma_.lower() in (
            "hope",
            "wish",
            "suggest",
            "propose",
            "demand",
            "recommend",
            "expect",
            "request",
        ):
            return None
        if token.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in _words("conditions") for c in token.children):
            return None
        if token.dep_ not in ("ccomp", "conj", "advcl", "relcl", "acl", "dep", "xcomp"):
            break
        token = governor
        steps += 1
    return "happened"


def _infinitive(head: Token, headline: bool, depth: int) -> Status | None:
    governor = head.head
    if governor.i == head.i:
        return "planned" if headline else None
    lemma = governor.lemma_.lower()
    if lemma == "be" and head.dep_ in ("xcomp", "ccomp", "acomp", "attr"):
        return "planned"
    if governor.pos_ == "ADJ" or lemma in _words("unreal_adjectives"):
        return "planned" if lemma in ("due", "set", "scheduled", "slated") else None
    if lemma in _words("planned"):
        return None if _negated(governor) else "planned"
    if lemma in (
        "begin",
        "start",
        "come",
        "go",
        "travel",
        "arrive",
        "gather",
        "continue",
        "proceed",
        "manage",
        "return",
        "visit",
        "meet",
        "help",
        "join",
        "fly",
    ):
        if lemma == "continue":
            return None
        return _verb(governor, headline, depth + 1) if governor.pos_ in ("VERB", "AUX") else None
    if governor.pos_ == "NOUN" and lemma in ("decision", "plan", "agreement", "intention"):
        return "planned"
    return None


def _participle(head: Token, headline: bool, depth: int) -> Status | None:
    governor = head.head
    if governor.i == head.i:
        return "happened"
    lemma = governor.lemma_.lower()
    if head.dep_ == "pcomp":
        # "thanked him for coming", "after visiting": done; "committed to sending", "aimed at ending": not.
        above = governor.head
        if governor.lower_ in ("to", "toward", "towards", "at", "without", "of", "in") and above.lemma_.lower() in (
            _words("unreal")
            | _words("unreal_adjectives")
            | {
                "importance",
                "interest",
                "view",
                "possibility",
                "idea",
                "prospect",
                "way",
                "step",
                "role",
                "need",
                "hope",
            }
        ):
            return None
        if governor.lower_ == "without":
            return None
        return "happened" if above.pos_ not in ("VERB", "AUX") else _verb(above, headline, depth + 1)
    if head.dep_ in ("xcomp", "ccomp") and lemma in _words("unreal"):
        return None if lemma not in ("continue",) else "happened"
    if governor.pos_ in ("VERB", "AUX"):
        return _verb(governor, headline, depth + 1)
    return "happened"


def _noun(head: Token, headline: bool) -> Status | None:
    plan = False
    for child in head.children:
        lower = child.lower_
        if child.dep_ in ("det", "neg") and lower in ("no", "any", "every"):
            return None
        if child.dep_ in ("amod", "compound", "nmod", "det", "advmod") and lower in _words("planned_words"):
            plan = True
        if (
            child.dep_ == "amod"
            and lower
            in (
                "possible",
                "potential",
                "alleged",
                "regular",
                "frequent",
                "closer",
                "greater",
                "more",
                "further",
                "future",
                "enhanced",
            )
            and lower != "future"
        ):
            return None
    governor = head.head
    if head.i and head.nbor(-1).lower_ == "no":
        return None
    steps = 0
    token = head
    while governor.i != token.i and steps < 4 and governor.pos_ not in ("VERB", "AUX"):
        token, governor = governor, governor.head
        steps += 1
    if governor.pos_ in ("VERB", "AUX") and governor.i != head.i:
        lemmas = {c.lemma_.lower() for c in governor.children if c.dep_ in ("aux", "auxpass")}
        lemma = governor.lemma_.lower()
        if _negated(governor) and token.dep_ in ("dobj", "nsubjpass", "attr", "nsubj"):
            return None
        if lemma in (
            "call",
            "urge",
            "demand",
            "seek",
            "want",
            "need",
            "propose",
            "prevent",
            "avoid",
            "request",
            "support",
            "hope",
            "encourage",
            "promote",
            "suggest",
            "oppose",
        ) and token.dep_ in ("dobj", "prep", "pobj", "ccomp"):
            # "supports the talks", "calls for a summit": spoken of, not told.
            return None if lemma not in ("support", "oppose", "promote") else "happened"
        if lemmas & {"will", "shall"}:
            return "planned"
        if lemmas & _words("modals") and token.dep_ in ("dobj", "nsubjpass", "nsubj", "attr"):
            return None
        if (
            governor.tag_ == "VB"
            and any(c.lower_ == "to" and c.dep_ == "aux" for c in governor.children)
            and token.dep_ in ("dobj", "prep")
        ):
            above = _infinitive(governor, headline, 0)
            if above == "planned":
                return "planned"
    return "planned" if plan else "happened"
