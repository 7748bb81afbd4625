"""Writes training/held as gold annotations with their texts: press of forty countries that nothing has learnt from.

    python training/world.py OUT
    onrecord evaluate OUT

Only events are annotated there; the other figures say nothing.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import sys

import texts

HELD = pathlib.Path(__file__).resolve().parent / "held"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1])
    (out / "texts").mkdir(parents=True, exist_ok=True)
    count = 0
    for document in texts.read(HELD):
        text = document["text"].encode()
        (out / "texts" / f"{document['id']}.txt").write_bytes(text)
        gold = {
            "id": document["id"], "lang": "en", "text_file": f"texts/{document['id']}.txt",
            "sha256": hashlib.sha256(text).hexdigest(), "published": document["published"],
            "people": [], "events": document["events"], "statements": [], "sources": [], "amounts": [],
        }  # fmt: skip
        (out / f"{document['id']}.json").write_text(json.dumps(gold, ensure_ascii=False), encoding="utf-8")
        count += 1
    print(f"{count} documents in {out}")


if __name__ == "__main__":
    main()
