# ruff: noqa: E501
"""Learns which acts that the patterns find a reader would record, and writes data/en/events-weights.json.

    python training/events.py ANNOTATED.jsonl [--newswire TABLE.zip] [--own training/texts]

ANNOTATED: articles with gold annotations and their text, one JSON object a line. Three models: which acts that the
patterns find are events, which actors take part, and which acts without a date are the news of the day. Prints precision,
recall and F1 with each publisher left out in turn, at several thresholds. Logistic regression with an L2 penalty, solved by
Newton's method in numpy: deterministic, seconds on one core.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import newswire
import numpy as np
import texts

from onrecord.annotate import annotate
from onrecord.extract import attribution, dates, entities
from onrecord.extract.events import Candidate, Search, _weigh
from onrecord.model import Document
from onrecord.split import split

PENALTY = 4.0
LEAST_SEEN = 3
TEXTS = pathlib.Path(__file__).resolve().parent / "texts"
OUT = pathlib.Path(__file__).resolve().parent.parent / "src/onrecord/data/en/events-weights.json"


def words(name: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in name.casefold()).split()) - {"the", "of", "and"}


def same(a: str, b: str) -> bool:
    x, y = words(a), words(b)
    return bool(x) and (x == y or (min(len(x), len(y)) >= 2 and (x <= y or y <= x)))


@dataclasses.dataclass
class Read:
    """A post read up to where acts are found, so that they can be found again with other weights."""

    article: dict[str, Any]
    post: Any
    docs: list[Any]
    found: Any
    days: Any
    said: Any
    page: Any


def read(article: dict[str, Any]) -> Iterator[Read]:
    document = Document(
        article["id"], article["text"], url=article.get("url"), publisher=article.get("publisher"),
        published=article.get("published"), title=article.get("title"), lang="en",
    )  # fmt: skip
    posts = split(document)
    page = dates.page(document, posts)
    for post in posts:
        docs = list(annotate(post.layers))
        found = entities.find(post, docs, document)
        said, _ = attribution.find(post, docs, found, document)
        yield Read(article, post, docs, found, dates.find(post, docs, page), said, page)


Rows = dict[str, list[tuple[tuple[str, ...], bool]]]


def rows(posts: list[Read]) -> dict[str, Rows]:
    """The features and truths for each model, by publisher: acts, members and news."""
    out: dict[str, Rows] = {name: collections.defaultdict(list) for name in ("acts", "members", "news")}
    for one in posts:
        publisher = one.article.get("publisher") or "?"
        for candidate in acts(search(one)):
            truth = is_gold(one.article, one.post, candidate)
            if truth is not None:
                out["acts"][publisher].append((candidate.features, truth))
            out["members"][publisher] += member_rows(one.article, one.post, candidate)
            out["news"][publisher] += news_rows(one.article, one.post, candidate)
    return out


def search(one: Read) -> Search:
    return Search(one.post, one.docs, one.found, one.days, one.said, one.page)


def acts(found: Search) -> list[Candidate]:
    """The acts that patterns find, with the actors around them."""
    return [found.weigh(candidate) for candidate in found.patterns()]


def is_gold(article: dict[str, Any], post: Any, candidate: Candidate) -> bool | None:
    """Whether an act is one of the gold's; None where the annotation cannot tell."""
    gold = gold_of(article, post, candidate)
    if gold is not None:
        return None if gold.get("optional") else True
    claim = candidate.claim
    for other in article["events"]:
        if other["type"] != claim.type or "marks" in other:
            continue
        # Told once in the gold, and perhaps again here: the gold marks one telling of each event only.
        names = [m.name for m, c in zip(candidate.members, candidate.chances, strict=True) if c >= -0.3]
        shared = sum(any(same(g, n) for n in names) for g in other["participants"])
        if shared or not names:
            return None
    return False


def gold_of(article: dict[str, Any], post: Any, candidate: Candidate) -> dict[str, Any] | None:
    """The gold event that an act is: by its marks, or by trigger and quote."""
    claim = candidate.claim
    start = post.layers[claim.trigger.layer].start
    best = None
    if start is None:
        return None
    x, y = start + claim.trigger.start, start + claim.trigger.end
    a, b = start + claim.quote.start, start + claim.quote.end
    for gold in article["events"]:
        if gold["type"] != claim.type:
            continue
        if "marks" in gold:
            if any(x < q and p < y for p, q in gold["marks"]):
                return gold
            continue
        at = article["text"].find(gold["quote"])
        if at < 0 or not (a < at + len(gold["quote"]) and at < b):
            continue
        trigger = article["text"].find(gold["trigger"], at) if gold.get("trigger") else -1
        if trigger >= 0 and x < trigger + len(gold["trigger"]) and trigger < y:
            return gold
        names = [m.name for m, c in zip(candidate.members, candidate.chances, strict=True) if c >= -0.3]
        shared = sum(any(same(g, n) for n in names) for g in gold["participants"])
        total = len(gold["participants"]) + len(names) - shared
        if best is None and gold.get("mode") == claim.mode and total and shared / total >= 0.5:
            best = gold
    return best


def member_rows(article: dict, post, candidate) -> list[tuple[tuple[str, ...], bool]]:
    """The features of the actors around an act that the gold has, and whether each takes part in it."""
    gold = gold_of(article, post, candidate)
    if gold is None:
        return []
    either = gold.get("optional_participants") or []
    return [
        (m.features, any(same(m.name, name) for name in gold["participants"]))
        for m in candidate.members
        if not any(same(m.name, name) for name in either)
    ]


def news_rows(article: dict, post, candidate) -> list[tuple[tuple[str, ...], bool]]:
    """The features of an act without a date of its own, and whether the gold dates it to the day of the story."""
    gold = gold_of(article, post, candidate)
    if gold is None or candidate.story is None or gold.get("date") not in (None, candidate.story.value):
        return []
    return [(candidate.features, gold.get("date") is not None)]


def fit(data: list[tuple[tuple[str, ...], bool]]) -> tuple[float, dict[str, float]]:
    """Bias and weights by features seen often enough: Newton's method, each step solved by conjugate gradients."""
    seen = collections.Counter(f for features, _ in data for f in set(features))
    names = sorted(f for f, n in seen.items() if n >= LEAST_SEEN)
    index = {f: i for i, f in enumerate(names)}
    size = len(names) + 1  # the last one is the bias
    rows = [[index[f] for f in dict.fromkeys(features) if f in index] + [size - 1] for features, _ in data]
    counts = np.array([len(row) for row in rows])
    flat = np.array([i for row in rows for i in row], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    y = np.array([float(label) for _, label in data])
    penalty = np.full(size, PENALTY)
    penalty[-1] = 1e-3

    def forward(w: np.ndarray) -> np.ndarray:
        return np.add.reduceat(w[flat], starts)

    def back(r: np.ndarray) -> np.ndarray:
        return np.bincount(flat, weights=np.repeat(r, counts), minlength=size)

    w = np.zeros(size)
    for _ in range(20):
        p = 1 / (1 + np.exp(-np.clip(forward(w), -30, 30)))
        gradient = back(p - y) + penalty * w
        curve = p * (1 - p)
        scale = back(curve) + penalty
        step, residual = np.zeros(size), gradient.copy()
        direction = residual / scale
        size_now = residual @ direction
        for _ in range(200):
            image = back(curve * forward(direction)) + penalty * direction
            rate = size_now / (direction @ image)
            step += rate * direction
            residual -= rate * image
            if np.abs(residual).max() < 1e-6:
                break
            ready = residual / scale
            following = residual @ ready
            direction = ready + following / size_now * direction
            size_now = following
        w -= step
        if np.abs(step).max() < 1e-5:
            break
    return float(w[-1]), {f: round(float(w[i]), 4) for f, i in index.items() if abs(w[i]) > 0.02}


def score(bias: float, weights: dict[str, float], features: tuple[str, ...]) -> float:
    return 1 / (1 + np.exp(-(bias + sum(weights.get(f, 0.0) for f in features))))


def cross(name: str, data: Rows) -> None:
    """Prints precision, recall and F1 with each publisher left out in turn."""
    tally: dict[Any, list[int]] = collections.defaultdict(lambda: [0, 0, 0])
    for publisher, own in data.items():
        bias, weights = fit([row for other, group in data.items() if other != publisher for row in group])
        for least in (0.3, 0.35, 0.4, 0.45, 0.5):
            kept = [(score(bias, weights, f) >= least, label) for f, label in own]
            for key in ((least, "all"), (least, publisher)):
                tally[key][0] += sum(k and v for k, v in kept)
                tally[key][1] += sum(k and not v for k, v in kept)
                tally[key][2] += sum(v and not k for k, v in kept)
    for (least, publisher), (hit, extra, missed) in sorted(tally.items(), key=str):
        precision, recall = hit / max(hit + extra, 1), hit / max(hit + missed, 1)
        f1 = 2 * hit / max(2 * hit + extra + missed, 1)
        print(f"{name:8} from {least:4} {publisher:40} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")


def write(models: dict[str, tuple[float, dict[str, float]]], meta: dict[str, Any]) -> None:
    data = {"meta": meta} | {name: {"bias": round(bias, 4), "weights": w} for name, (bias, w) in models.items()}
    OUT.write_text(json.dumps(data, indent=0, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    _weigh._file.cache_clear()
    _weigh._weights.cache_clear()


def beside(annotated: pathlib.Path) -> pathlib.Path:
    """The table of newswire in the folder of the annotated articles."""
    return annotated.with_name("newswire-entities.csv.zip")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", type=pathlib.Path)
    parser.add_argument("--cross", action="store_true", help="print figures with each publisher left out")
    parser.add_argument("--own", type=pathlib.Path, default=TEXTS, help="our own annotated texts")
    parser.add_argument("--newswire", type=pathlib.Path, help="the table of newswire; else that beside ANNOTATED")
    arguments = parser.parse_args()
    articles = [json.loads(line) for line in arguments.annotated.open(encoding="utf-8")]
    articles += newswire.read(arguments.newswire or beside(arguments.annotated))
    articles += texts.read(arguments.own)
    meta = {
        "source": "learnt by training/events.py from articles of the US Department of State and the White House (public "
        "domain), the Kremlin (CC BY 4.0) and Wikinews (CC BY 2.5), annotated by one reader each, from the Groningen Meaning Bank's newswire (public domain, as a table ODbL 1.0) as "
        "annotated in training/newswire.jsonl, and from texts of our own",
        "licence": "Apache-2.0", "articles": len(articles),
        "data": hashlib.sha256(arguments.annotated.read_bytes()).hexdigest(),
    }  # fmt: skip
    models: dict[str, tuple[float, dict[str, float]]] = dict.fromkeys(("acts", "members", "news"), (0.0, {}))
    write(models, meta)
    posts = [one for article in articles for one in read(article)]
    # The truth of an act depends on who likely takes part in it, so that is learnt first.
    for names in (("members",), ("acts", "news")):
        found = rows(posts)
        for name in names:
            if arguments.cross:
                cross(name, found[name])
            models[name] = fit([row for group in found[name].values() for row in group])
        write(models, meta)
    print(f"wrote {sum(len(w) for _, w in models.values())} weights")


if __name__ == "__main__":
    main()
