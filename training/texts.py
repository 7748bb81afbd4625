# ruff: noqa: E501
"""Reads our own annotated texts (training/texts/*.txt) into the form of the gold annotations, and says where they stand.

A file holds documents one after another: a line `=== id`, `key: value` lines, `---`, the text with marks, `---`, and a line
for each event. `{e1 words}` marks words that name event e1, `{e1* words}` its fullest telling.

    python training/texts.py FILE...

says what is wrong in the form of files. An event's line: `e1 | TYPE mode | happened focus | date | place, COUNTRY | names;
names | optional`, with `-` for what the text does not say.
"""

from __future__ import annotations

import pathlib
import re
import sys
from collections.abc import Iterator
from typing import Any

from onrecord.extract.events._patterns import MODES

MARK = re.compile(r"\{(e\d+)(\*?) ([^{}]+)\}")


def read(folder: pathlib.Path) -> Iterator[dict[str, Any]]:
    """The documents of all files of a folder, in order of name."""
    for path in sorted(folder.glob("*.txt")):
        for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            name, rest = block.split("\n", 1)
            head, text, events = (part.strip("\n") for part in re.split(r"^---[ \t]*$", rest, flags=re.M))
            yield _document(name.strip(), head, text.strip(), events)


def _document(name: str, head: str, marked: str, rows: str) -> dict[str, Any]:
    facts = {k.strip(): v.strip() for k, v in (line.split(":", 1) for line in head.splitlines() if ":" in line)}
    text, marks = _unmark(marked)
    published = facts.get("published", "-")
    events = []
    for row in rows.splitlines():
        if not re.match(r"e\d+ *\|", row):
            continue
        key, kind, status, date, place, people, *more = (field.strip() for field in row.split("|"))
        own = [m for m in marks if m[0] == key]
        full = next((m for m in own if m[3]), own[0])
        start, end = _sentence(text, full[1], full[2])
        type_, _, mode = kind.partition(" ")
        spot, _, country = place.rpartition(",")
        events.append({
            "type": type_, "mode": mode.strip() if mode.strip() not in ("", "-") else None,
            "quote": text[start:end], "trigger": text[full[1] : full[2]],
            "marks": [[a, b] for _, a, b, _ in own],
            "participants": [p.strip() for p in people.split(";") if p.strip()],
            "date": None if date == "-" else date, "place": None if spot.strip() in ("", "-") else spot.strip(),
            "country": None if country.strip() in ("", "-") else country.strip(),
            "status": status.split()[0], "focus": status.endswith("focus"), "optional": bool(more),
        })  # fmt: skip
    return {
        "id": name, "publisher": "own: " + name.split("-")[0], "published": None if published == "-" else published,
        "text": text, "events": events, "title": None, "url": None,
    }  # fmt: skip


def _unmark(marked: str) -> tuple[str, list[tuple[str, int, int, bool]]]:
    parts: list[str] = []
    marks = []
    at = size = 0
    for match in MARK.finditer(marked):
        parts.append(marked[at : match.start()])
        size += match.start() - at
        parts.append(match[3])
        marks.append((match[1], size, size + len(match[3]), bool(match[2])))
        size += len(match[3])
        at = match.end()
    return "".join((*parts, marked[at:])), marks


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a mark, by full stops and paragraphs: enough to say where the event is told."""
    left = max(text.rfind("\n\n", 0, start) + 2, text.rfind(". ", 0, start) + 2, 0) if start else 0
    stops = [k for k in (text.find("\n\n", end), text.find(". ", end) + 1) if k > 0]
    return left, min(stops, default=len(text))


def faults(raw: str) -> Iterator[str]:
    """What is wrong in the form of a file's text."""
    for block in re.split(r"^=== ", raw, flags=re.M)[1:]:
        name, rest = block.split("\n", 1)
        parts = re.split(r"^---[ \t]*$", rest, flags=re.M)
        if len(parts) != 3:
            yield f"{name}: {len(parts)} parts, not head, text and events"
            continue
        head, marked, rows = parts
        if not re.search(r"^published: (\d{4}-\d\d-\d\d|-)$", head, re.M):
            yield f"{name}: no date of publication, and no - for none"
        marks = MARK.findall(marked)
        plain = MARK.sub(r"\3", marked)
        if "{" in plain or "}" in plain:
            yield f"{name}: a brace that is no mark"
        lines = [row for row in rows.splitlines() if row.strip() and row.strip() != "none"]
        known = [row.split("|")[0].strip() for row in lines]
        if len(known) != len(set(known)):
            yield f"{name}: an event has two lines"
        for key in sorted({key for key, _, _ in marks} - set(known)):
            yield f"{name}: {key} is marked and has no line"
        for row in lines:
            yield from (f"{name}: {fault}" for fault in _faults(row, marks, plain))


def _faults(row: str, marks: list[tuple[str, str, str]], plain: str) -> Iterator[str]:
    fields = [field.strip() for field in row.split("|")]
    if not 6 <= len(fields) <= 7 or (len(fields) == 7 and fields[6] != "optional"):
        yield f"fields of {row!r}"
        return
    key, kind, status, date, place, people = fields[:6]
    type_, _, mode = kind.partition(" ")
    if mode.strip(" -") not in MODES.get(type_, ()):
        yield f"{key}: no such type and mode: {kind}"
    if not re.fullmatch(r"(happened|planned) (focus|background)", status):
        yield f"{key}: status {status}"
    if not re.fullmatch(r"-|\d{4}(-\d\d(-\d\d)?)?|--\d\d-\d\d", date):
        yield f"{key}: date {date}"
    spot, _, country = place.rpartition(",")
    if not re.fullmatch(r"[A-Z]{3}|-", country.strip()) or (
        spot.strip() not in ("", "-") and spot.strip() not in plain
    ):
        yield f"{key}: place {place}"
    for who in people.split(";"):
        if not who.strip() or who.strip() not in plain:
            yield f"{key}: {who.strip()!r} is not in the text"
    if [star for k, star, _ in marks if k == key].count("*") != 1:
        yield f"{key}: not one mark with *"


if __name__ == "__main__":
    found = [
        f"{path}: {fault}" for path in sys.argv[1:] for fault in faults(pathlib.Path(path).read_text(encoding="utf-8"))
    ]
    print("\n".join(found) or "nothing is wrong")
    sys.exit(bool(found))
