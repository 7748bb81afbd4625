"""The scorer: what counts as found, as missed and as made up; and the same figures as the shared scorer."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import OnRecordError, SourceError
from onrecord.evaluate import evaluate, same_name, score

SHARED = Path(__file__).resolve().parents[2] / "shared"
TEXT = (
    "Minister Ilyan Torvek met Amara Deslonde in Port Halla on 3 May. “We will build the bridge,” Torvek said. "
    "The Halla Courier reported that the Union of Coasts pledged 40 million dollars."
)


def annotation(**more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "id": "one",
        "people": [
            {"name": "Ilyan Torvek", "roles": [{"title": "Minister", "org": None, "country": None}]},
            {"name": "Amara Deslonde", "roles": []},
        ],
        "events": [
            {
                "type": "CONSULT",
                "mode": "meeting",
                "quote": "Minister Ilyan Torvek met Amara Deslonde in Port Halla on 3 May",
                "trigger": "met",
                "participants": ["Ilyan Torvek", "Amara Deslonde"],
                "date": "2026-05-03",
                "place": "Port Halla",
                "country": None,
                "status": "happened",
                "focus": True,
            }
        ],
        "statements": [{"speaker": "Ilyan Torvek", "kind": "direct", "quote": "We will build the bridge,"}],
        "sources": [{"name": "Halla Courier", "relation": "cited"}],
        "amounts": [{"value": 40000000, "unit": "USD", "of": "dollars"}],
    }
    return {**base, **more}


def figures(gold: dict[str, Any], found: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    report = score({"one": gold}, {"one": found}, {"one": TEXT})
    return {name: (f.hit, f.missed, f.made_up) for name, f in report.figures.items()}


def changed(key: str, **cells: Any) -> dict[str, Any]:
    found = annotation()
    found[key] = [{**found[key][0], **cells}, *found[key][1:]]
    return found


def test_the_annotation_itself_scores_one_everywhere() -> None:
    report = score({"one": annotation()}, {"one": annotation()}, {"one": TEXT})
    assert {f.f1 for f in report.figures.values()} == {1.0}
    assert report.errors == ()


def test_a_document_without_prediction_is_all_missed() -> None:
    report = score({"one": annotation()}, {}, {"one": TEXT})
    assert report.predicted == 0
    assert report.figures["people"].missed == 2
    assert report.figures["events"].f1 == report.figures["row"].f1 == 0.0


def test_a_wrong_date_costs_the_row_but_not_the_event() -> None:
    got = figures(annotation(), changed("events", date="2026-05-04"))
    assert got["events"] == (1, 0, 0)
    assert got["axis date"] == (0, 1, 1)
    assert got["row"] == (0, 1, 1)


def test_an_event_of_another_type_is_missed_and_made_up() -> None:
    got = figures(annotation(), changed("events", type="AGREE"))
    assert got["events"] == (0, 1, 1)
    assert got["participants"] == (0, 2, 2)


def test_an_event_at_other_words_pairs_by_half_of_the_participants() -> None:
    assert figures(annotation(), changed("events", quote="The Halla Courier reported"))["events"] == (1, 0, 0)
    elsewhere = changed("events", quote="The Halla Courier reported", participants=["Amara Deslonde", "X", "Y"])
    assert figures(annotation(), elsewhere)["events"] == (0, 1, 1)


def test_an_optional_entry_is_neither_asked_for_nor_held_against_anyone() -> None:
    gold = changed("sources", optional=True)
    assert figures(gold, annotation())["sources"] == (0, 0, 0)
    assert figures(gold, annotation(sources=[]))["sources"] == (0, 0, 0)


def test_an_optional_participant_may_be_given_or_left_out() -> None:
    gold = changed("events", participants=["Ilyan Torvek"], optional_participants=["Amara Deslonde"])
    assert figures(gold, annotation())["row"] == (1, 0, 0)
    assert figures(gold, changed("events", participants=["Ilyan Torvek"]))["row"] == (1, 0, 0)


def test_a_statement_of_the_wrong_speaker_is_found_but_not_attributed() -> None:
    got = figures(annotation(), changed("statements", speaker="Amara Deslonde"))
    assert got["statements"] == (1, 0, 0)
    assert got["statements attributed"] == (0, 1, 1)


def test_the_relation_of_a_source_counts_apart() -> None:
    got = figures(annotation(), changed("sources", relation="republished"))
    assert got["sources"] == (1, 0, 0)
    assert got["sources with relation"] == (0, 1, 1)


def test_an_amount_needs_value_and_unit() -> None:
    assert figures(annotation(), changed("amounts", unit="EUR"))["amounts"] == (0, 1, 1)
    assert figures(annotation(), changed("amounts", value=40000001))["amounts"] == (1, 0, 0)


def test_the_errors_say_kind_and_cause() -> None:
    report = score({"one": annotation()}, {"one": changed("events", type="AGREE")}, {"one": TEXT})
    assert [(e.kind, e.what, e.cause) for e in report.errors] == [
        ("events", "missed", "told as AGREE"),
        ("events", "made up", "told as CONSULT"),
    ]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("President Ilyan Torvek", "Ilyan Torvek", True),
        ("Nguyễn Văn Hải", "Nguyen Van Hai", True),
        ("Amara Deslonde’s", "Amara Deslonde", True),
        ("Ilyan Sergi Torvek", "Ilyan Torvek", True),
        ("Torvek", "Ilyan Torvek", False),
        ("Ilyan Torvek", "Amara Torvek", False),
        ("The President", "President", True),
        ("", "", False),
    ],
)
def test_same_name(a: str, b: str, same: bool) -> None:
    assert same_name(a, b) is same


def test_evaluate_scores_a_folder_of_predictions(tmp_path: Path) -> None:
    gold, found = tmp_path / "gold", tmp_path / "found"
    for folder in (gold, found):
        folder.mkdir()
        (folder / "one.json").write_text(json.dumps(annotation(text_file="one.txt")), encoding="utf-8")
    (gold / "one.txt").write_text(TEXT, encoding="utf-8")
    report = evaluate(gold, found)
    assert (report.documents, report.predicted) == (1, 1)
    assert report.figures["row"].f1 == 1.0
    assert report.as_json(errors=True)["errors"] == []


def test_evaluate_says_which_text_is_missing(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(annotation(text_file="gone.txt")), encoding="utf-8")
    with pytest.raises(OnRecordError, match=r"gone\.txt.*no such file"):
        evaluate(tmp_path)


def test_evaluate_refuses_a_file_that_is_no_annotation(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(SourceError, match="no annotation"):
        evaluate(tmp_path)


def spoilt(gold: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """A prediction made from the gold by leaving out, doubling and changing entries."""
    found = copy.deepcopy(gold)
    for key in ("people", "events", "statements", "sources", "amounts", "posts"):
        kept = []
        for item in found.get(key) or []:
            fate = dice.random()
            if fate < 0.15:
                continue
            if fate < 0.25:
                kept.append(copy.deepcopy(item))
            if fate < 0.6 and key in ("events", "statements"):
                words = item["quote"].split()
                item["quote"] = " ".join(words[: max(1, len(words) * 2 // 3)])
            if fate < 0.4:
                for cell, value in (("date", "2020"), ("mode", "call"), ("relation", "cited"), ("unit", "EUR")):
                    if cell in item:
                        item[cell] = value
            if key == "events" and fate > 0.7:
                item["participants"] = [*item["participants"][1:], "Nobody Known"]
            if key == "people" and fate > 0.7:
                item["roles"] = [*item["roles"][1:], {"title": "President", "org": None, "country": None}]
                item["name"] = item["name"].split()[-1] if fate > 0.9 else item["name"]
            kept.append(item)
        dice.shuffle(kept)
        found[key] = kept
    return found


@pytest.mark.shared
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_figures_are_those_of_the_shared_scorer(tmp_path: Path, seed: int) -> None:
    gold = SHARED / "gold" / "dev"
    if not gold.is_dir():
        pytest.skip("there is no shared data beside the project")
    dice = random.Random(seed)
    for file in sorted(gold.glob("*.json")):
        spoiled = spoilt(json.loads(file.read_text(encoding="utf-8")), dice)
        (tmp_path / file.name).write_text(json.dumps(spoiled), encoding="utf-8")
    call = [sys.executable, str(SHARED / "gold" / "score.py"), str(gold), str(tmp_path), "--json"]
    theirs = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)
    ours = evaluate(gold, tmp_path).as_json()["figures"]
    assert {name: {k: f[k] for k in ("f1", "p", "r")} for name, f in ours.items()} == theirs
