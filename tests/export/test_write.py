"""What leaves the record: the three forms, the words behind every cell, and files that are whole or not there."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from by_hand import NOTE
from onrecord.export import CODEBOOK, write
from onrecord.export.annotations import file_name
from onrecord.export.tables import codebook
from onrecord.model import Document
from onrecord.store import Record


@pytest.fixture
def texts(small: Path) -> dict[str, str]:
    """The text of each document by name."""
    with Record.open(small, create=False) as record:
        return {extraction.document.name: extraction.document.text for extraction in record.extractions()}


def exported(small: Path, out: Path, form: Any) -> str:
    with Record.open(small, create=False) as record:
        return write(record, out, form=form)


def tables(small: Path, out: Path) -> dict[str, list[dict[str, str]]]:
    exported(small, out, "csv")
    return {
        path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(keepends=True)))
        for path in out.glob("*.csv")
    }


def test_annotations_are_one_file_a_document(small: Path, tmp_path: Path) -> None:
    assert exported(small, tmp_path / "out", "annotations") == "2 documents"
    page = json.loads((tmp_path / "out" / "page.json").read_text(encoding="utf-8"))
    assert page["id"] == "page"
    assert [post["truncated"] for post in page["posts"]] == [True, False]
    # Two layers tell the meeting; it is one event of the post.
    assert [(event["post"], event["type"]) for event in page["events"]] == [(0, "CONSULT"), (0, "AID")]
    times = json.loads((tmp_path / "out" / "times.json").read_text(encoding="utf-8"))
    assert "posts" not in times
    assert "post" not in times["events"][0]


def test_events_as_json_name_the_posts_that_tell_them(small: Path, tmp_path: Path) -> None:
    assert exported(small, tmp_path / "events.json", "json") == "2 events"
    meeting, pledge = json.loads((tmp_path / "events.json").read_text(encoding="utf-8"))
    assert (meeting["type"], sorted(meeting["documents"])) == ("CONSULT", ["page#0", "times"])
    assert (pledge["type"], pledge["documents"]) == ("AID", ["page#0"])


def test_every_span_of_the_json_is_the_words_of_the_document(
    small: Path, tmp_path: Path, texts: dict[str, str]
) -> None:
    exported(small, tmp_path / "events.json", "json")
    checked = 0

    def look(value: Any, text: str) -> None:
        nonlocal checked
        if isinstance(value, dict):
            if "words" in value and value.get("start") is not None:
                assert text[value["start"] : value["end"]] == value["words"]
                checked += 1
            for inner in value.values():
                look(inner, text)
        elif isinstance(value, list):
            for inner in value:
                look(inner, text)

    for event in json.loads((tmp_path / "events.json").read_text(encoding="utf-8")):
        for telling in event["tellings"]:
            look(telling, texts[telling["document"].split("#")[0]])
    assert checked > 15


def test_every_table_has_the_columns_of_the_codebook_and_rows(small: Path, tmp_path: Path) -> None:
    found = tables(small, tmp_path)
    assert set(found) == {table.name for table in CODEBOOK}
    for table in CODEBOOK:
        assert found[table.name], f"{table.name} is empty"
        assert list(found[table.name][0]) == [name for name, _ in table.columns]
    assert (tmp_path / "codebook.md").read_text(encoding="utf-8") == codebook()


def test_spans_of_the_tables_are_the_words_of_the_document(small: Path, tmp_path: Path, texts: dict[str, str]) -> None:
    found = tables(small, tmp_path)
    for name in ("participants", "tellings", "offices", "statements", "sources", "amounts"):
        for row in found[name]:
            if row["start"]:
                words = row["words"] if "words" in row else row["quote"]
                text = texts[row["post"].split("#")[0]]
                assert text[int(row["start"]) : int(row["end"])] == words


def test_rows_of_the_tables(small: Path, tmp_path: Path) -> None:
    found = tables(small, tmp_path)
    meeting = next(row for row in found["events"] if row["mode"] == "meeting")
    assert (meeting["date"], meeting["place"], meeting["tellings"], meeting["focus"]) == (
        "2026-05-03",
        "Port Halla",
        "3",
        "1",
    )
    assert meeting["participants"] == "Ilyan Torvek; Amara Deslonde"
    told = [row for row in found["tellings"] if row["event_id"] == meeting["event_id"]]
    assert NOTE in {row["quote"] for row in told}
    assert {row["post"] for row in told} == {"page#0", "times"}
    assert len({row["person_id"] for row in found["offices"]}) == len(found["people"]) == 2
    assert found["failures"] == [{"origin": "empty.txt", "reason": "the file is empty"}]


def test_every_table_and_column_is_explained() -> None:
    names = [table.name for table in CODEBOOK]
    assert len(set(names)) == len(names)
    for table in CODEBOOK:
        assert table.meaning.endswith(".")
        assert all(name and meaning for name, meaning in table.columns)


@pytest.mark.parametrize("form", ["annotations", "csv", "json"])
def test_a_second_export_is_the_same_and_leaves_nothing_beside_it(small: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    exported(small, out, form)
    first = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    exported(small, out, form)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == first
    assert not [path for path in first if path.name.startswith(".")]


def test_an_export_that_fails_leaves_the_old_file(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "events.json"
    out.write_text("old")

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("onrecord.export.json.dumps", fails)
    with pytest.raises(OSError, match="No space"):
        exported(small, out, "json")
    assert [path.name for path in tmp_path.iterdir()] == ["events.json"]
    assert out.read_text() == "old"


def test_file_names_are_safe_and_never_taken_twice() -> None:
    used: set[str] = set()
    names = [
        file_name(Document(name, text), used) for name, text in (("a/b", "1"), ("A_B", "2"), ("..", "3"), ("é", "4"))
    ]
    assert names[0] == "a_b.json"
    assert names[1].startswith("A_B-")
    assert names[2] == "document.json"
    assert names[3] == "é.json"
    assert len({name.casefold() for name in names}) == 4
    assert len(file_name(Document("x" * 999, "t"), used)) < 200
