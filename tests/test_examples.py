"""The bundled sample keeps its word: its annotations fit its texts, and every sentence of it is the project's own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
SHARED = ROOT.parent / "shared"
TEXTS = sorted([*EXAMPLES.glob("*.txt"), *EXAMPLES.glob("communiques/*.txt")])
GOLD = sorted((EXAMPLES / "gold").glob("*.json"))

MODES: dict[str, set[str | None]] = {
    "CONSULT": {"meeting", "call", "visit", "gathering", "mediation"},
    "SUPPORT": {"message", "endorsement"},
    "AGREE": {"agreement"},
    "COOPERATE": {"project", "security", "exchange"},
    "AID": {"pledge", "delivery"},
    "OFFICE": {"election", "appointment", "departure", "credentials"},
} | {
    name: {None}
    for name in ("REQUEST ACCUSE REJECT THREATEN CONCEDE RETREAT SANCTION MOBILIZE PROTEST COERCE ASSAULT".split())
}
DATE = re.compile(r"(\d{4}|-)(-\d\d(-\d\d)?)?$")
RUN = 12


@pytest.fixture(scope="module", params=GOLD, ids=lambda path: path.stem)
def annotated(request: pytest.FixtureRequest) -> tuple[dict[str, Any], str, bytes]:
    gold = json.loads(request.param.read_text(encoding="utf-8"))
    data = (request.param.parent / gold["text_file"]).read_bytes()
    return gold, data.decode("utf-8"), data


def passages(gold: dict[str, Any], text: str) -> list[str]:
    """The text of each post; for a document that is no archive page, its whole text."""
    if "posts" not in gold:
        return [text]
    starts: list[int] = []
    for post in gold["posts"]:
        starts.append(text.index(post["title"], starts[-1] + 1 if starts else 0))
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def test_every_text_of_the_sample_is_annotated() -> None:
    named = {(path.parent / json.loads(path.read_text(encoding="utf-8"))["text_file"]).resolve() for path in GOLD}
    assert named == {path.resolve() for path in TEXTS}
    assert len(list(EXAMPLES.glob("*.txt"))) >= 3
    assert len(list(EXAMPLES.glob("communiques/*.txt"))) >= 8


def test_annotation_is_of_this_very_text(annotated: tuple[dict[str, Any], str, bytes]) -> None:
    gold, _, data = annotated
    assert gold["sha256"] == hashlib.sha256(data).hexdigest()
    assert Path(gold["text_file"]).stem == gold["id"]


def test_quotes_stand_in_their_post(annotated: tuple[dict[str, Any], str, bytes]) -> None:
    gold, text, _ = annotated
    parts = passages(gold, text)
    astray = [
        (kind, item.get("post"), item["quote"])
        for kind in ("events", "statements", "amounts")
        for item in gold[kind]
        if item["quote"] not in parts[item.get("post", 0)]
    ]
    assert astray == []


def test_names_and_triggers_stand_in_their_post(annotated: tuple[dict[str, Any], str, bytes]) -> None:
    gold, text, _ = annotated
    parts = passages(gold, text)
    astray = [event["trigger"] for event in gold["events"] if event["trigger"] not in event["quote"]]
    for kind, key in (("people", "name"), ("statements", "speaker"), ("sources", "name")):
        astray += [item[key] for item in gold[kind] if item[key] not in parts[item.get("post", 0)]]
    for event in gold["events"]:
        everyone = [*event["participants"], *event.get("optional_participants", [])]
        astray += [name for name in everyone if name not in parts[event.get("post", 0)]]
    for person in gold["people"]:
        astray += [
            role["org"] for role in person["roles"] if role["org"] and role["org"] not in parts[person.get("post", 0)]
        ]
    assert astray == []


def test_annotation_follows_the_schema(annotated: tuple[dict[str, Any], str, bytes]) -> None:
    gold, _, _ = annotated
    assert gold["lang"] == "en"
    assert gold["published"] is None or DATE.match(gold["published"])
    for event in gold["events"]:
        assert event["mode"] in MODES[event["type"]], event
        assert event["status"] in ("happened", "planned"), event
        assert isinstance(event["focus"], bool), event
        assert event["date"] is None or DATE.match(event["date"]), event
        assert event["country"] is None or re.fullmatch("[A-Z]{3}", event["country"]), event
        assert event["participants"], event
    for statement in gold["statements"]:
        assert statement["kind"] in ("direct", "indirect", "mixed"), statement
    for source in gold["sources"]:
        assert source["relation"] in ("republished", "translated", "cited", "publisher"), source
    for amount in gold["amounts"]:
        assert isinstance(amount["value"], int | float), amount
        assert re.fullmatch("[A-Z]{3}|t|kg|persons|units", amount["unit"]), amount
    for person in gold["people"]:
        for role in person["roles"]:
            assert role["title"], person
            assert role["country"] is None or re.fullmatch("[A-Z]{3}", role["country"]), person


def test_layers_begin_with_words_of_their_post(annotated: tuple[dict[str, Any], str, bytes]) -> None:
    gold, text, _ = annotated
    for post, part in zip(gold.get("posts", []), passages(gold, text), strict=False):
        assert post["layers"] or post["truncated"]
        assert post["date"] is None or DATE.match(post["date"])
        for layer in post["layers"]:
            assert layer["starts"] in " ".join(part.split())


def texts_within(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_within(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_within(inner)


def shared_texts() -> Iterator[str]:
    for path in sorted(SHARED.rglob("*")):
        if path.suffix == ".txt":
            yield path.read_text(encoding="utf-8", errors="replace")
        elif path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    yield from texts_within(json.loads(line))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the project")
def test_sample_and_pages_share_no_twelve_words_with_anybody() -> None:
    own: dict[tuple[str, ...], str] = {}
    for path in [*TEXTS, *sorted((ROOT / "tests" / "pages").glob("*.txt"))]:
        found = words(path.read_text(encoding="utf-8"))
        for start in range(len(found) - RUN + 1):
            own[tuple(found[start : start + RUN])] = path.name
    taken = set()
    for text in shared_texts():
        found = words(text)
        for start in range(len(found) - RUN + 1):
            run = tuple(found[start : start + RUN])
            if run in own:
                taken.add((own[run], " ".join(run)))
    assert taken == set()
