# ruff: noqa: E501
"""Writes annotated articles as examples for training/reader.py: everything the heads judge, with the truth beside it.

    python training/prepare.py ANNOTATED.jsonl OUT.jsonl [--newswire TABLE.zip] [--own training/texts]

One JSON object a post: its pieces and channels as `onrecord.extract.events` shows them to the encoder, the acts that
patterns found (and those the annotation has and no pattern knows), each with its members, days and the truth of each.
The odds of the plain features are those of weights learnt on the other four fifths of the articles, so that the heads do
not trust them more than they deserve.
"""

from __future__ import annotations

import argparse
import json
import pathlib
from typing import Any

import events as plainly
import newswire
import texts

from onrecord.extract.events import _reader
from onrecord.extract.events._patterns import act_of
from onrecord.extract.events._search import Candidate, Search

FOLDS = 5
Model = tuple[float, dict[str, float]]


def example(one: plainly.Read, models: dict[str, Model]) -> dict[str, Any]:
    """A post with the truth of everything that the heads judge."""
    search = plainly.search(one)
    found = plainly.acts(search)
    gold = [plainly.gold_of(one.article, one.post, c) for c in found]
    more = _unnoticed(one, search, gold)
    candidates = [*found, *(c for c, _ in more)]
    golds = [*gold, *(g for _, g in more)]
    page = _reader.page(search, found)
    names = _reader.stretches(search, page.bases)
    order = {id(g): n for n, g in enumerate(one.article["events"])}
    acts = []
    for n, (candidate, event) in enumerate(zip(candidates, golds, strict=True)):
        truth = plainly.is_gold(one.article, one.post, candidate)
        acts.append({
            "pieces": _pieces(page, candidate), "label": _reader.label(candidate.claim), "found": n < len(found),
            "mode": None if event is None else _mode(candidate, event),
            "odds": _odds(candidate.features, models["acts"]), "y": truth, "event": order.get(id(event), -1),
            "members": _members(one, candidate, event, page, names, models["members"]),
            **_days(search, candidate, event, page, models["news"]),
        })  # fmt: skip
    pairs = [
        [i, j, list(_reader.same_flags(candidates[i], candidates[j])), acts[i]["event"] == acts[j]["event"]]
        for j in range(len(candidates))
        for i in range(max(0, j - 40), j)
        if candidates[i].claim.type == candidates[j].claim.type and acts[i]["event"] >= 0 and acts[j]["event"] >= 0
    ]
    tags, ignore = _tags(one, page, candidates, acts)
    return {
        "id": one.article["id"], "publisher": one.article.get("publisher"), "ids": page.ids.tolist(),
        "channels": page.channels.tolist(), "runs": page.runs, "acts": acts, "pairs": pairs, "tags": tags, "ignore": ignore,
    }  # fmt: skip


def _odds(features: tuple[str, ...], model: Model) -> float:
    bias, weights = model
    return bias + sum(weights.get(f, 0.0) for f in features)


def _pieces(page: _reader.Page, candidate: Candidate) -> tuple[int, int]:
    where = candidate.claim.trigger
    base = page.bases[where.layer]
    return page.pieces(where.start + base, where.end + base)


def _mode(candidate: Candidate, event: dict[str, Any]) -> int:
    return _reader._number(event["type"], event["mode"])


def _marks(article: dict[str, Any], event: dict[str, Any]) -> list[tuple[int, int]]:
    if "marks" in event:
        return [(a, b) for a, b in event["marks"]]
    at = article["text"].find(event["quote"])
    start = article["text"].find(event["trigger"], max(at, 0)) if event.get("trigger") else -1
    return [(start, start + len(event["trigger"]))] if start >= 0 else []


def _layers(one: plainly.Read) -> list[tuple[int, int, int]]:
    """Layers with their place in the article's text."""
    return [
        (lay.index, lay.start, lay.start + len(lay.text))
        for lay in one.post.layers
        if lay.start is not None and lay.kind != "caption"
    ]


def _unnoticed(one: plainly.Read, search: Search, gold: list[Any]) -> list[tuple[Candidate, dict[str, Any]]]:
    """The annotated tellings that no pattern found, as acts."""
    out = []
    found = list(search.patterns())
    for event in one.article["events"]:
        for a, b in _marks(one.article, event):
            for index, start, end in _layers(one):
                if not start <= a < end:
                    continue
                x, y = a - start, b - start
                if any(
                    c.layer == index
                    and c.claim.type == event["type"]
                    and c.claim.trigger.start < y
                    and x < c.claim.trigger.end
                    for c in found
                ):
                    continue
                span = search.docs[index].char_span(x, min(y, end - start), alignment_mode="expand")
                if span is None or not len(span):
                    continue
                trigger = _reader._trigger(
                    search.docs[index], span.start, span.end - 1, act_of(event["type"], event["mode"] or "")
                )
                out.append((search.weigh(search.at(index, trigger)), event))
    return out


def _members(one: Any, candidate: Candidate, event: Any, page: Any, names: Any, model: Model) -> list[dict[str, Any]]:
    if event is None:
        return []
    out = []
    at = _pieces(page, candidate)[0]
    either = event.get("optional_participants") or []
    for member in candidate.members:
        if any(plainly.same(member.name, name) for name in either):
            continue
        spans = names.get(member.name, [])
        if not spans and member.where.layer in page.bases:
            base = page.bases[member.where.layer]
            spans = [(member.where.start + base, member.where.end + base)]
        if not spans:  # named in a caption only
            continue
        pieces = sorted((page.pieces(a, b) for a, b in spans), key=lambda p: (abs(p[0] - at), p))[: _reader._PHRASES]
        out.append({
            "pieces": pieces, "odds": _odds(member.features, model), "flags": list(member.flags),
            "y": any(plainly.same(member.name, name) for name in event["participants"]),
        })  # fmt: skip
    return out


def _days(search: Search, candidate: Candidate, event: Any, page: Any, model: Model) -> dict[str, Any]:
    days = []
    for day in candidate.days:
        where = search.dates[day.number].evidence
        if where.layer in page.bases:
            base = page.bases[where.layer]
            days.append([page.pieces(where.start + base, where.end + base), list(day.flags)])
        else:
            days.append([None, list(day.flags)])
    facts = list(_reader.undated_facts(candidate))
    facts[0] = max(min(_odds(candidate.features, model), 4.0), -4.0) / 4
    values = [day.value for day in candidate.days]
    untold = candidate.untold
    values += [cell.value if cell is not None else "" for cell in untold] + [None]
    right = [] if event is None else [k for k, value in enumerate(values) if value == event["date"]]
    return {"days": days, "facts": facts, "untold": [cell is not None for cell in untold], "right": right}


def _tags(one: Any, page: Any, candidates: list[Candidate], acts: list[Any]) -> tuple[list[Any], list[Any]]:
    """Pieces that name an act, as (first, end, label), and those of which the annotation does not tell."""
    tags, ignore = [], []
    for event in one.article["events"]:
        number = _reader._number(event["type"], event["mode"])
        for a, b in _marks(one.article, event):
            for index, start, end in _layers(one):
                if start <= a < end:
                    base = page.bases[index]
                    span = page.pieces(a - start + base, b - start + base)
                    (ignore if event.get("optional") else tags).append([*span, number])
    ignore += [[*act["pieces"], 0] for act in acts if act["y"] is None]
    return tags, ignore


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--own", type=pathlib.Path, default=plainly.TEXTS)
    parser.add_argument("--newswire", type=pathlib.Path, help="the table of newswire; else that beside ANNOTATED")
    arguments = parser.parse_args()
    articles = [json.loads(line) for line in arguments.annotated.open(encoding="utf-8")]
    articles += newswire.read(arguments.newswire or plainly.beside(arguments.annotated))
    articles += texts.read(arguments.own)
    posts = [one for article in articles for one in plainly.read(article)]
    # Leave out a fifth of the articles each time.
    fold = {article["id"]: n % FOLDS for n, article in enumerate(articles)}
    rows = [plainly.rows([one for one in posts if fold[one.article["id"]] == k]) for k in range(FOLDS)]
    models: list[dict[str, Model]] = []
    for k in range(FOLDS):
        models.append({
            name: plainly.fit([row for j in range(FOLDS) if j != k for group in rows[j][name].values() for row in group])
            for name in ("acts", "members", "news")
        })  # fmt: skip
    with arguments.out.open("w", encoding="utf-8") as file:
        for one in posts:
            file.write(json.dumps(example(one, models[fold[one.article["id"]]])) + "\n")
    print(f"{len(posts)} posts")


if __name__ == "__main__":
    main()
