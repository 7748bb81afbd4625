"""How likely an act that was found is one that a reader would record: a logistic model over plain features.

The weights were learnt by training/events.py from annotated articles (see data/en/events-weights.json for the data and
its licence); the features are words, forms and places, so that a weight can be read by a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from spacy.tokens import Span, Token

from onrecord.errors import LexiconError
from onrecord.extract.events._patterns import Trigger
from onrecord.model import Layer


@cache
def _file() -> Mapping[str, Any]:
    path = resources.files("onrecord") / "data" / "en" / "events-weights.json"
    try:
        data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LexiconError("data/en/events-weights.json is missing; reinstall onrecord") from error
    except ValueError as error:
        raise LexiconError(f"data/en/events-weights.json: {error}; run training/events.py again") from error
    return data


@cache
def _weights(model: str) -> tuple[float, Mapping[str, float]]:
    try:
        data = _file()[model]
        return float(data["bias"]), {str(k): float(v) for k, v in data["weights"].items()}
    except (ValueError, KeyError, TypeError) as error:
        raise LexiconError(f"data/en/events-weights.json: {error}; run training/events.py again") from error


def odds(features: Iterable[str], model: str) -> float:
    """The log odds that the features alone give."""
    bias, weights = _weights(model)
    return bias + sum(weights.get(feature, 0.0) for feature in features)


def features(
    layer: Layer,
    sentence: Span,
    trigger: Trigger,
    head: Token,
    *,
    told: str | None,
    dated: bool,
    speech: str,
    number: int,
    earlier: bool,
) -> tuple[str, ...]:
    """The features of an act: what names it, how it is told, and where it stands."""
    act = trigger.act
    kind = f"{act.type}/{act.mode}"
    form = "verb" if trigger.verb else "noun"
    out = [
        f"kind={kind}",
        f"pattern={trigger.pattern}",
        f"head={act.type}:{head.lemma_.lower()}",
        f"form={form}",
        f"told={told}",
        f"told={told}&{form}",
        f"dated={dated}",
        f"dated={dated}&{form}",
        f"speech={speech}",
        f"speech={speech}&{act.type}",
        f"layer={layer.kind}",
        f"place={min(number, 6)}",
        f"earlier={earlier}",
        f"earlier={earlier}&{form}",
        f"dep={head.dep_}&{form}",
        f"tag={head.tag_}&{form}",
    ]
    if trigger.verb:
        out += [f"aux={c.lower_}" for c in head.children if c.dep_ in ("aux", "auxpass", "neg")]
        out += [f"mark={c.lower_}" for c in head.children if c.dep_ == "mark"]
        if head.dep_ in ("xcomp", "ccomp", "advcl", "acl", "relcl", "pcomp", "conj"):
            out.append(f"under={head.dep_}&{head.head.lemma_.lower()}")
        out.append(f"object={any(c.dep_ in ('dobj', 'nsubjpass') for c in head.children)}")
    else:
        governor = head.head
        for _ in range(3):
            if governor.pos_ in ("VERB", "AUX") or governor.head.i == governor.i:
                break
            governor = governor.head
        out.append(f"governor={governor.lemma_.lower()}")
        out.append(f"number={head.tag_}")
        determiner = next((c.lower_ for c in head.children if c.dep_ in ("det", "poss")), "none")
        out.append(f"det={determiner if len(determiner) < 6 else 'poss'}")
        out += [f"mod={c.lower_}" for c in head.children if c.dep_ in ("amod", "compound")]
        out += [f"prep={c.lower_}" for c in head.children if c.dep_ == "prep"]
        if head.dep_ == "pobj":
            out.append(f"after={head.head.lower_}")
        out.append(f"proper={head.pos_ == 'PROPN'}")
    return tuple(out)
