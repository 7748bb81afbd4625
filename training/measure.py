"""Measures what the reader adds to the plain features, act by act, on annotated articles that served for no training.

    python training/measure.py GOLD

GOLD as for `onrecord evaluate`. For every act that a pattern or the reader finds: is it an event; for those that the
gold has: who of the actors in reach takes part, and is the date right. F1 for acts and members is that of the best
threshold.
"""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Sequence
from typing import Any

import events as plainly

from onrecord import evaluate
from onrecord.extract.events import _decide, _reader


def best(rows: Sequence[tuple[float, bool]]) -> str:
    """The best F1 over all thresholds, with precision and recall."""
    ranked = sorted(rows, key=lambda row: -row[0])
    wanted = sum(truth for _, truth in rows)
    hit, top = 0, (0.0, 0.0, 0.0)
    for n, (_, truth) in enumerate(ranked, 1):
        hit += truth
        top = max(top, (2 * hit / (n + wanted), hit / n, hit / max(wanted, 1)))
    return f"F1 {top[0]:.3f} (P {top[1]:.3f} R {top[2]:.3f}) of {len(rows)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=pathlib.Path)
    gold = evaluate._load(parser.parse_args().gold)
    documents = evaluate._documents(parser.parse_args().gold, gold)
    rows: dict[str, list[tuple[float, bool]]] = {}
    days, plain_days, told, out_of_reach, wanted = 0, 0, 0, 0, 0
    for name, item in sorted(gold.items()):
        document = documents[name]
        article: dict[str, Any] = {
            "id": name, "text": document.text, "published": document.published, "publisher": document.publisher,
            "title": document.title, "url": document.url,
        }  # fmt: skip
        for one in plainly.read(article):
            article["events"] = [e for e in item["events"] if e.get("post", 0) == one.post.index]
            search = plainly.search(one)
            found = search.patterns()
            marks = _reader.Marks(search, found)
            found += [search.at(layer, trigger) for layer, trigger in marks.unnoticed(found, _decide._OFFERED)]
            for candidate, verdict in marks.judge(found):
                truth = plainly.is_gold(article, one.post, candidate)
                if truth is not None:
                    rows.setdefault("acts, features", []).append((candidate.odds, truth))
                    rows.setdefault("acts, reader", []).append((verdict.likely, truth))
                event = plainly.gold_of(article, one.post, candidate)
                if event is None:
                    continue
                reach = set()
                for member, odds, chance in zip(candidate.members, verdict.members, candidate.chances, strict=True):
                    if any(plainly.same(member.name, n) for n in event.get("optional_participants") or []):
                        continue
                    parts = [n for n in event["participants"] if plainly.same(member.name, n)]
                    reach.update(parts)
                    rows.setdefault("members, features", []).append((chance, bool(parts)))
                    rows.setdefault("members, reader", []).append((odds, bool(parts)))
                wanted += len(event["participants"])
                out_of_reach += len(event["participants"]) - len(reach)
                day = _decide._day(search, [_decide.Telling(candidate, verdict, None, 0.0)])
                plain = candidate.claim.date or (candidate.story if candidate.fresh >= 0 else None)
                told += 1
                days += (day.value if day else None) == event["date"]
                plain_days += (plain.value if plain else None) == event["date"]
    for what, pairs in sorted(rows.items()):
        print(f"{what:20} {best(pairs)}")
    print(f"{'days':20} {days} of {told} with the reader, {plain_days} by rule and features")
    print(f"{'out of reach':20} {out_of_reach} of {wanted} participants")


if __name__ == "__main__":
    main()
