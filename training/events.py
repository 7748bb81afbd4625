"""Learns which acts that the patterns find a reader would record, and writes data/en/events-weights.json.

    python training/events.py ANNOTATED.jsonl [--write]

ANNOTATED: articles with gold annotations and their text, one JSON object a line. Prints precision, recall and F1 of the
acts with each publisher left out in turn, at several thresholds. Logistic regression with an L2 penalty, solved by
Newton's method in numpy: deterministic, seconds on one core.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import pathlib

import numpy as np

from onrecord.annotate import annotate
from onrecord.extract import attribution, dates, entities, events
from onrecord.model import Document
from onrecord.split import split

PENALTY = 4.0
LEAST_SEEN = 3
OUT = pathlib.Path(__file__).resolve().parent.parent / "src/onrecord/data/en/events-weights.json"


def words(name: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in name.casefold()).split()) - {"the", "of", "and"}


def same(a: str, b: str) -> bool:
    x, y = words(a), words(b)
    return bool(x) and (x == y or (min(len(x), len(y)) >= 2 and (x <= y or y <= x)))


def rows(article: dict) -> list[tuple[tuple[str, ...], bool]]:
    """The features of every act found in an article, and whether the gold has it."""
    document = Document(
        article["id"], article["text"], url=article.get("url"), publisher=article.get("publisher"),
        published=article.get("published"), title=article.get("title"), lang="en",
    )  # fmt: skip
    posts = split(document)
    page = dates.page(document, posts)
    out = []
    for post in posts:
        docs = list(annotate(post.layers))
        found = entities.find(post, docs, document)
        days = dates.find(post, docs, page)
        said, _ = attribution.find(post, docs, found, document)
        for candidate in events.candidates(post, docs, found, days, said, page):
            out.append((candidate.features, is_gold(article, post, candidate.claim)))
    return out


def is_gold(article: dict, post, claim) -> bool:
    start = post.layers[claim.trigger.layer].start
    for gold in article["events"]:
        if gold["type"] != claim.type:
            continue
        names = [p.name for p in claim.participants]
        shared = sum(any(same(g, n) for n in names) for g in gold["participants"])
        total = len(gold["participants"]) + len(names) - shared
        together = bool(total) and shared / total >= 0.5
        if start is None:
            if together:
                return True
            continue
        at = article["text"].find(gold["quote"])
        a, b = start + claim.quote.start, start + claim.quote.end
        if at < 0 or not (a < at + len(gold["quote"]) and at < b):
            continue
        trigger = article["text"].find(gold["trigger"], at) if gold.get("trigger") else -1
        x, y = start + claim.trigger.start, start + claim.trigger.end
        if together or (trigger >= 0 and x < trigger + len(gold["trigger"]) and trigger < y):
            return True
    return False


def gold_of(article: dict, post, claim) -> dict | None:
    """The gold event that an act is, by trigger and quote."""
    start = post.layers[claim.trigger.layer].start
    best = None
    for gold in article["events"]:
        if gold["type"] != claim.type or start is None:
            continue
        at = article["text"].find(gold["quote"])
        a, b = start + claim.quote.start, start + claim.quote.end
        if at < 0 or not (a < at + len(gold["quote"]) and at < b):
            continue
        trigger = article["text"].find(gold["trigger"], at) if gold.get("trigger") else -1
        x, y = start + claim.trigger.start, start + claim.trigger.end
        if trigger >= 0 and x < trigger + len(gold["trigger"]) and trigger < y:
            return gold
        best = best or (gold if gold.get("mode") == claim.mode else None)
    return best


def member_rows(article: dict, post, candidate) -> list[tuple[tuple[str, ...], bool]]:
    """The features of the actors around an act that the gold has, and whether each takes part in it."""
    gold = gold_of(article, post, candidate.claim)
    if gold is None:
        return []
    either = gold.get("optional_participants") or []
    return [
        (m.features, any(same(m.name, name) for name in gold["participants"]))
        for m in candidate.members
        if not any(same(m.name, name) for name in either)
    ]


def fit(data: list[tuple[tuple[str, ...], bool]]) -> tuple[float, dict[str, float]]:
    """Bias and weights by features seen often enough."""
    seen = collections.Counter(f for features, _ in data for f in set(features))
    names = sorted(f for f, n in seen.items() if n >= LEAST_SEEN)
    index = {f: i for i, f in enumerate(names)}
    x = np.zeros((len(data), len(names) + 1))
    y = np.array([float(label) for _, label in data])
    for row, (features, _) in enumerate(data):
        for f in features:
            if f in index:
                x[row, index[f]] = 1.0
    x[:, -1] = 1.0
    penalty = np.full(len(names) + 1, PENALTY)
    penalty[-1] = 1e-3
    w = np.zeros(len(names) + 1)
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - y) + penalty * w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return float(w[-1]), {f: round(float(w[i]), 4) for f, i in index.items() if abs(w[i]) > 0.02}


def score(bias: float, weights: dict[str, float], features: tuple[str, ...]) -> float:
    return 1 / (1 + np.exp(-(bias + sum(weights.get(f, 0.0) for f in features))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    articles = [json.loads(line) for line in arguments.annotated.open(encoding="utf-8")]
    by_publisher = collections.defaultdict(list)
    for article in articles:
        by_publisher[article.get("publisher") or "?"] += rows(article)
    everything = [row for data in by_publisher.values() for row in data]
    print(f"{len(articles)} articles, {len(everything)} acts found, {sum(label for _, label in everything)} of them recorded")
    tally = collections.defaultdict(lambda: [0, 0, 0])
    for publisher, data in by_publisher.items():
        bias, weights = fit([row for name, other in by_publisher.items() if name != publisher for row in other])
        for least in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5):
            kept = [(score(bias, weights, f) >= least, label) for f, label in data]
            for key in (least, (publisher, least)):
                tally[key][0] += sum(k and v for k, v in kept)
                tally[key][1] += sum(k and not v for k, v in kept)
                tally[key][2] += sum(v and not k for k, v in kept)
    for key, (hit, extra, missed) in sorted(tally.items(), key=str):
        print(f"{key!s:45} P {hit / max(hit + extra, 1):.3f} R {hit / max(hit + missed, 1):.3f} F1 {2 * hit / max(2 * hit + extra + missed, 1):.3f}")
    if arguments.write:
        bias, weights = fit(everything)
        OUT.write_text(json.dumps({
            "meta": {
                "source": "learnt by training/events.py from annotated articles of the US Department of State and the White House (public domain), the Kremlin (CC BY 4.0) and Wikinews (CC BY 2.5)",
                "licence": "Apache-2.0", "articles": len(articles), "acts": len(everything),
                "data": hashlib.sha256(arguments.annotated.read_bytes()).hexdigest(),
            },
            "bias": round(bias, 4), "weights": weights,
        }, indent=0, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")  # fmt: skip
        print(f"wrote {len(weights)} weights")


if __name__ == "__main__":
    main()
