"""The scoring of benchmarks/plover_gsr.py, on an invented file."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from by_hand import ROOT


@pytest.fixture(scope="module")
def gsr() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plover_gsr", ROOT / "benchmarks" / "plover_gsr.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["plover_gsr"] = module
    spec.loader.exec_module(module)
    return module


def row(number: int, event: str, source: list[str], target: list[str], text: str) -> dict[str, object]:
    return {
        "id": f"X-{number}", "event": event, "text": text,
        "source": [{"code": c} for c in source], "target": [{"code": c} for c in target],
    }  # fmt: skip


def test_a_sentence_has_all_its_events_in_folded_types_and_iso_codes(gsr: ModuleType, tmp_path: Path) -> None:
    rows = [
        {"id": "X-0", "event": "DOCUMENT"},
        row(1, "FIGHT", ["KEN"], ["JAP"], "A sentence."),
        row(2, "DEMAND", ["IGO"], [], "A sentence."),
    ]
    (tmp_path / "gsr.json").write_text(json.dumps(rows), encoding="utf-8")
    (example,) = gsr.read(tmp_path / "gsr.json")
    assert example.labels == {"ASSAULT", "REQUEST"}
    assert example.triples == {("KEN", "JPN", "ASSAULT"), (None, None, "REQUEST")}


def test_sources_without_target_act_on_each_other(gsr: ModuleType) -> None:
    assert gsr.triples(["KEN", "MWI"], [], "AGREE") == {("KEN", "MWI", "AGREE"), ("MWI", "KEN", "AGREE")}
    assert gsr.triples(["KEN"], [], "AGREE") == {("KEN", None, "AGREE")}


def test_figures_count_what_is_right_of_what_was_asked_and_given(gsr: ModuleType) -> None:
    assert gsr.figures([{1, 2}, {3}], [{1}, {4}]) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
    assert gsr.figures([{1}], [set()]) == (0.0, 0.0, 0.0)
