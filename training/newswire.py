# ruff: noqa: E501
"""Reads our annotations of newswire (training/newswire.jsonl), which hold places in the text and none of its words.

    python training/newswire.py TABLE.zip NOTES... > training/newswire.jsonl
    python training/newswire.py TABLE.zip --show FIRST LAST
    python training/newswire.py TABLE.zip --check NOTES...

TABLE.zip is the Groningen Meaning Bank's newswire as a table, a word a row (Bos et al. 2017); the sentences of one report stand
together, so a report is a stretch of them. NOTES are written by a reader: a line `=== FIRST-LAST DATE` for each report, with the
numbers of its sentences and a day on which it may have been published, and a line for each event: `e1 | TYPE mode |
happened focus | date | place, COUNTRY | names; names | 8*: words ;; 9: words`, where the last field tells the words that name
the event, by sentence, `*` where it is told most fully; a name with `?` is one on which readers may differ.
"""

from __future__ import annotations

import csv
import io
import json
import pathlib
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

from onrecord.extract.events._patterns import MODES

PUBLISHER = "newswire"
NOTES = pathlib.Path(__file__).parent / "newswire.jsonl"
_LEFT = {")", "]", ",", ".", ";", ":", "?", "!", "%", "'", "'s", "n't", "'re", "'ve", "'ll", "'d", "'m"}
_RIGHT = {"(", "[", "$"}


def sentences(table: pathlib.Path) -> list[str]:
    """The sentences of the table as they would be printed: words with spaces where they belong."""
    if not table.exists():
        raise SystemExit(f"{table} is missing; it is the newswire that training/README.md speaks of: say where it is")
    with zipfile.ZipFile(table) as archive:
        name = next((n for n in archive.namelist() if n.endswith(".csv") and not n.startswith("__")), None)
        if name is None:
            raise SystemExit(f"{table} holds no table (CSV) of newswire")
        text = archive.read(name).decode("latin-1")
    found: list[list[str]] = []
    for row in list(csv.reader(io.StringIO(text)))[1:]:
        if row[0]:
            found.append([])
        found[-1].append(row[1])
    return [printed(words) for words in found]


def printed(words: list[str]) -> str:
    """Words of a table as a sentence."""
    out = ""
    open_ = glued = False
    for word in words:
        if word in ('"', "``", "''"):
            out += '"' if open_ or not out or glued else ' "'
            open_ = not open_
            glued = open_
            continue
        near = glued or not out or word in _LEFT or word.startswith(("'s", "n't"))
        out += word if near else " " + word
        glued = word in _RIGHT
    return out


def text_of(given: list[str], first: int) -> tuple[str, list[int]]:
    """A report's text, and where each sentence begins in it; paragraphs of one sentence and of two take turns."""
    text, starts = "", []
    for n, sentence in enumerate(given):
        text += "" if not text else " " if (first + n) % 3 == 1 else "\n\n"
        starts.append(len(text))
        text += sentence
    return text, starts


def read(table: pathlib.Path, notes: pathlib.Path = NOTES) -> Iterator[dict[str, Any]]:
    """The annotated reports, as training/texts.py reads our own texts."""
    known = sentences(table)
    for line in notes.read_text(encoding="utf-8").splitlines():
        note = json.loads(line)
        first, last = note["sentences"]
        text, _ = text_of(known[first - 1 : last], first)
        cut = lambda span, text=text: None if span is None else text[span[0] : span[1]]  # noqa: E731
        events = []
        for event in note["events"]:
            full = event["marks"][event["full"]]
            start, end = next(
                (m.start(), m.end()) for m in re.finditer(r"[^\n]+", text) if m.start() <= full[0] < m.end()
            )
            events.append(
                event
                | {
                    "quote": text[start:end], "trigger": cut(full), "place": cut(event["place"]),
                    "participants": [cut(s) for s in event["participants"]],
                    "optional_participants": [cut(s) for s in event["either"]],
                }
            )  # fmt: skip
        yield {
            "id": f"{PUBLISHER}-{first}", "publisher": PUBLISHER, "published": note["published"], "text": text,
            "events": events, "title": None, "url": None,
        }  # fmt: skip


def noted(known: list[str], raw: str) -> Iterator[dict[str, Any] | str]:
    """What a reader's notes say, a report each; in its place a fault as a string."""
    for block in re.split(r"^=== ", raw, flags=re.M)[1:]:
        head, *rows = (line.strip() for line in block.strip().splitlines())
        match = re.fullmatch(r"(\d+)-(\d+) (\d{4}-\d\d-\d\d)", head)
        if match is None or not 0 < int(match[1]) <= int(match[2]) <= len(known):
            yield f"=== {head}: not FIRST-LAST DATE"
            continue
        first, last = int(match[1]), int(match[2])
        text, starts = text_of(known[first - 1 : last], first)
        events: list[dict[str, Any]] = []
        faults: list[str] = []
        for row in rows:
            if not row or row == "none":
                continue
            try:
                events.append(_event(row, known, first, last, text, starts))
            except ValueError as error:
                faults.append(f"=== {head}: {row[:60]}: {error}")
        yield from faults
        if not faults:
            yield {"sentences": [first, last], "published": match[3], "events": events}


def _event(row: str, known: list[str], first: int, last: int, text: str, starts: list[int]) -> dict[str, Any]:
    fields = [field.strip() for field in row.split("|")]
    if not 7 <= len(fields) <= 8 or (len(fields) == 8 and fields[7] != "optional"):
        raise ValueError(f"{len(fields)} fields, not 7 (or 8 with optional)")
    _, kind, status, date, place, people, told = fields[:7]
    type_, _, mode = kind.partition(" ")
    mode = mode.strip(" -")
    if mode not in MODES.get(type_, ()):
        raise ValueError(f"no such type and mode: {kind}")
    if not re.fullmatch(r"(happened|planned) (focus|background)", status):
        raise ValueError(f"status {status}")
    if not re.fullmatch(r"-|\d{4}(-\d\d(-\d\d)?)?", date):
        raise ValueError(f"date {date}")
    spot, _, country = (x.strip() for x in place.rpartition(","))
    if not re.fullmatch(r"[A-Z]{3}|-", country):
        raise ValueError(f"country {country}")
    marks, full = [], None
    for one in told.split(";;"):
        match = re.fullmatch(r"\s*(\d+)(\*?)\s*:\s*(.+?)\s*", one)
        if match is None or not first <= int(match[1]) <= last:
            raise ValueError(f"told in {one!r}")
        at = known[int(match[1]) - 1].find(match[3])
        if at < 0:
            raise ValueError(f"{match[3]!r} is not in sentence {match[1]}")
        if match[2]:
            if full is not None:
                raise ValueError("more than one *")
            full = len(marks)
        at += starts[int(match[1]) - first]
        marks.append([at, at + len(match[3])])
    if full is None:
        raise ValueError("no *")
    certain, either = [], []
    for name in (x.strip() for x in people.split(";")):
        span = _place(text, name.rstrip("?"), marks[full][0])
        (either if name.endswith("?") else certain).append(span)
    if not certain:
        raise ValueError("nobody takes part")
    return {
        "type": type_, "mode": mode or None, "status": status.split()[0], "focus": status.endswith("focus"),
        "date": None if date == "-" else date, "place": None if spot in ("", "-") else _place(text, spot, marks[full][0]),
        "country": None if country == "-" else country, "participants": certain, "either": either,
        "marks": marks, "full": full, "optional": len(fields) == 8,
    }  # fmt: skip


def _place(text: str, name: str, near: int) -> list[int]:
    """Where a name stands, nearest to a place."""
    found = [m.start() for m in re.finditer(re.escape(name), text)] if name else []
    if not found:
        raise ValueError(f"{name!r} is not in the text")
    at = min(found, key=lambda x: abs(x - near))
    return [at, at + len(name)]


def main() -> None:
    known = sentences(pathlib.Path(sys.argv[1]))
    if sys.argv[2] == "--show":
        for n in range(int(sys.argv[3]), int(sys.argv[4]) + 1):
            print(n, known[n - 1])
        return
    check = sys.argv[2] == "--check"
    faults, seen = [], set()
    for path in sys.argv[3 if check else 2 :]:
        for one in noted(known, pathlib.Path(path).read_text(encoding="utf-8")):
            if isinstance(one, str):
                faults.append(f"{path}: {one}")
                continue
            numbers = set(range(one["sentences"][0], one["sentences"][1] + 1))
            if numbers & seen:
                faults.append(f"{path}: {one['sentences']}: these sentences stand in two reports")
            seen |= numbers
            if not check:
                print(json.dumps(one, ensure_ascii=False, separators=(",", ":")))
    print("\n".join(faults) or "nothing is wrong", file=sys.stderr)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
