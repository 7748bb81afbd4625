"""Annotated articles to training examples: layers with sentence borders, gold triggers, and the actors mentioned.

    python training/prepare.py ANNOTATED.jsonl EXAMPLES.jsonl

One JSON object a layer: {"id", "publisher", "text", "sentences": [[start, end]…], "triggers": [[start, end, label,
gold number]…], "events": [{"participants", "optional"}…], "mentions": [[start, end, name, kind]…]}. Offsets are
characters of the layer's text. Needs onrecord itself, not torch.
"""

from __future__ import annotations

import argparse
import json
import pathlib
from collections.abc import Iterator
from typing import Any

from onrecord.annotate import annotate
from onrecord.extract import entities
from onrecord.model import Document, Post
from onrecord.split import split


def examples(article: dict[str, Any]) -> Iterator[dict[str, Any]]:
    document = Document(
        article["id"], article["text"], url=article.get("url"), publisher=article.get("publisher"),
        published=article.get("published"), title=article.get("title"), lang="en",
    )  # fmt: skip
    for post in split(document):
        docs = list(annotate(post.layers))
        found = entities.find(post, docs, document)
        yield from layers(article, post, docs, found)


def layers(article: dict[str, Any], post: Post, docs: list[Any], found: entities.Entities) -> Iterator[dict[str, Any]]:
    for layer, doc in zip(post.layers, docs, strict=True):
        if layer.start is None or layer.kind == "caption":
            continue
        triggers, events = [], []
        for gold in article["events"]:
            at = article["text"].find(gold["quote"])
            start = article["text"].find(gold["trigger"], max(at, 0)) if gold.get("trigger") else -1
            end = start + len(gold["trigger"] or "")
            if start < 0 or not layer.start <= start < layer.start + len(layer.text):
                continue
            triggers.append(
                [start - layer.start, end - layer.start, f"{gold['type']}/{gold['mode'] or ''}", len(events)]
            )
            events.append({"participants": gold["participants"], "optional": gold.get("optional_participants") or []})
        yield {
            "id": article["id"],
            "publisher": article.get("publisher"),
            "text": layer.text,
            "sentences": [[s.start_char, s.end_char] for s in doc.sents],
            "triggers": triggers,
            "events": events,
            "mentions": [
                [m.evidence.start, m.evidence.end, m.name, m.kind]
                for m in found.mentions
                if m.evidence.layer == layer.index and m.kind in ("person", "organisation", "country", "nationality")
            ],
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotated", type=pathlib.Path)
    parser.add_argument("examples", type=pathlib.Path)
    arguments = parser.parse_args()
    with arguments.annotated.open(encoding="utf-8") as read, arguments.examples.open("w", encoding="utf-8") as out:
        for line in read:
            for example in examples(json.loads(line)):
                out.write(json.dumps(example, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
