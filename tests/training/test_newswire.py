"""Our annotations of newswire: they hold places and no words, and fit the table they speak of."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT.parent / "shared" / "train" / "newswire-entities.csv.zip"
NOTES = ROOT / "training" / "newswire.jsonl"


@pytest.fixture(scope="module")
def newswire() -> ModuleType:
    spec = importlib.util.spec_from_file_location("newswire", ROOT / "training" / "newswire.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["newswire"] = module
    spec.loader.exec_module(module)
    return module


WORDS = [
    ["Ana", "Velt", "met", "Oru", "'s", "envoy", "in", "Tamara", "Tuesday", "."],
    ['"', "We", "agreed", ",", '"', "Ms.", "Velt", "said", "(", "twice", ")", "."],
    ["They", "had", "n't", "met", "since", "the", "talks", "of", "2003", "."],
]
GOOD = """=== 1-3 2005-03-02
e1 | CONSULT meeting | happened focus | 2005-03-01 | Tamara, - | Ana Velt; Oru? | 1*: met
e2 | CONSULT meeting | happened background | 2003 | -, - | Ana Velt | 3*: the talks ;; 3: met | optional
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = ["Sentence #,Word,POS,Tag"]
    for n, words in enumerate(WORDS, 1):
        for i, word in enumerate(words):
            quoted = '"' + word.replace('"', '""') + '"'
            rows.append(f"{f'Sentence: {n}' if i == 0 else ''},{quoted},X,O")
    path = tmp_path / "table.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("table.csv", "\n".join(rows).encode("latin-1"))
    return path


def test_sentences_are_printed_as_in_a_paper(newswire: ModuleType, table: Path) -> None:
    assert newswire.sentences(table) == [
        "Ana Velt met Oru's envoy in Tamara Tuesday.",
        '"We agreed," Ms. Velt said (twice).',
        "They hadn't met since the talks of 2003.",
    ]


def test_notes_become_places_and_places_words_again(newswire: ModuleType, table: Path, tmp_path: Path) -> None:
    (note,) = newswire.noted(newswire.sentences(table), GOOD)
    notes = tmp_path / "notes.jsonl"
    notes.write_text(json.dumps(note) + "\n", encoding="utf-8")
    assert "Velt" not in notes.read_text(encoding="utf-8")
    (article,) = newswire.read(table, notes)
    first, second = article["events"]
    assert (first["trigger"], first["participants"], first["optional_participants"]) == ("met", ["Ana Velt"], ["Oru"])
    assert (first["place"], first["quote"][:8], article["published"]) == ("Tamara", "Ana Velt", "2005-03-02")
    assert [article["text"][a:b] for a, b in second["marks"]] == ["the talks", "met"]
    assert (second["trigger"], second["optional"], second["date"]) == ("the talks", True, "2003")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("e1 | CONSULT meeting | happened focus | - | -, - | Ana Velt | 4*: met", "told in"),
        ("e1 | CONSULT meeting | happened focus | - | -, - | Ana Velt | 1*: spoke", "not in sentence 1"),
        ("e1 | CONSULT meeting | happened focus | - | -, - | Bo Ek | 1*: met", "not in the text"),
        ("e1 | CONSULT meeting | happened focus | - | -, - | Ana Velt? | 1*: met", "nobody takes part"),
        ("e1 | CONSULT meeting | happened focus | - | -, - | Ana Velt | 1: met", "no *"),
        ("e1 | CONSULT feast | happened focus | - | -, - | Ana Velt | 1*: met", "no such type"),
        ("e1 | CONSULT meeting | happened | - | -, - | Ana Velt | 1*: met", "status"),
        ("e1 | CONSULT meeting | happened focus | Tuesday | -, - | Ana Velt | 1*: met", "date"),
        ("e1 | CONSULT meeting | happened focus | - | Tamara | Ana Velt | 1*: met", "country"),
        ("e1 | CONSULT meeting | happened focus | -", "fields"),
    ],
)
def test_faulty_notes_are_said_with_where_and_what(newswire: ModuleType, table: Path, row: str, fault: str) -> None:
    (said,) = newswire.noted(newswire.sentences(table), f"=== 1-3 2005-03-02\n{row}\n")
    assert said.startswith("=== 1-3 2005-03-02: e1")
    assert fault in said


def test_the_annotations_hold_no_words_and_no_sentence_twice() -> None:
    seen: set[int] = set()
    for line in NOTES.read_text(encoding="utf-8").splitlines():
        note = json.loads(line)
        first, last = note["sentences"]
        assert not seen & set(range(first, last + 1))
        seen.update(range(first, last + 1))
        for event in note["events"]:
            strings = [v for v in event.values() if isinstance(v, str)]
            assert all(len(text) <= 11 for text in strings), strings
            spans = [*event["participants"], *event["either"], *event["marks"], *filter(None, [event["place"]])]
            assert all(0 <= a < b for a, b in spans)
            assert 0 <= event["full"] < len(event["marks"])
    assert seen


@pytest.mark.shared
@pytest.mark.skipif(not TABLE.exists(), reason="there is no shared data beside the project")
def test_the_annotations_fit_the_table(newswire: ModuleType) -> None:
    for article in newswire.read(TABLE):
        for event in article["events"]:
            assert event["trigger"].strip() == event["trigger"] != ""
            assert all(name.strip() == name != "" for name in event["participants"])
            assert all(b <= len(article["text"]) for _, b in event["marks"])


def test_a_table_of_another_kind_is_refused(newswire: ModuleType, tmp_path: Path) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    path = tmp_path / "other.zip"
    path.write_bytes(other.getvalue())
    with pytest.raises(SystemExit, match="no table"):
        newswire.sentences(path)
    with pytest.raises(SystemExit, match="is missing"):
        newswire.sentences(tmp_path / "none.zip")
