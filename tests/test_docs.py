"""The pages keep their word: commands that they show exist and print what is shown, and links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from by_hand import ROOT
from onrecord.cli import cli

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.md")])
SESSIONS = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]
# Written from the code, and checked against it where they are written.
WRITTEN = {"reference.md", "codebook.md", "tables.md"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)```.*?^\1```$", re.M | re.S)


@pytest.fixture(scope="module")
def make_output() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_output", ROOT / "docs" / "make_output.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["make_output"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found = set()
    for heading in re.findall(r"^#+ +(.*?) *$", text, flags=re.M):
        kept = "".join(c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN")
        found.add(kept.replace(" ", "-"))
    return found


def links(page: Path) -> Iterator[str]:
    yield from LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_the_check_of_links_sees_them() -> None:
    assert "docs/tutorial.md" in set(links(ROOT / "README.md"))
    assert "my-own" not in anchors(ROOT / "docs" / "howto.md")
    assert "read-your-own-pages" in anchors(ROOT / "docs" / "howto.md")


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in WRITTEN], ids=lambda page: page.name)
def test_commands_and_options_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    code = [block[0] for block in FENCE.finditer(text) if block[0].lstrip(" `").startswith(("\n", "console"))]
    code += re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    known = {option for param in cli.params for option in param.opts} | {"--help"}
    wrong = []
    for name, rest in re.findall(r"\bonrecord (?:--?\w+ )*([a-z]+)\b([^\n|;]*)", "\n".join(code)):
        if name in cli.commands:
            options = known | {option for param in cli.commands[name].params for option in param.opts}
            used = re.findall(r"(?<= )--?[a-z][a-z-]*", rest)
            wrong += [f"onrecord {name} {option}" for option in used if option not in options]
        else:
            wrong.append(f"onrecord {name}")
    assert wrong == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in WRITTEN], ids=lambda page: page.name)
def test_targets_of_make_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", text, flags=re.M))
    assert named <= targets


# ---------------------------------------------------------------- what the commands print


def frame(line: str) -> str:
    """A line without what differs from run to run or with every change of the rules: ids, numbers, widths."""
    line = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,16}\b", "ID", line)
    return " ".join(re.sub(r"\d[\d,.]*", "N", line).split())


def frames(text: str) -> list[str]:
    return [frame(line) for line in text.splitlines() if re.search(r"\w", line)]


# A page is out of date, not wrong, when a rule reads a sentence better than before: half of its lines may then differ.
# Its first line must not: a heading, a summary or an error that reads otherwise is another command.
CURRENT = 0.5


@pytest.mark.slow
@pytest.mark.parametrize("page", SESSIONS, ids=lambda page: page.name)
def test_commands_print_what_the_page_shows(page: Path, make_output: ModuleType) -> None:
    text = page.read_text(encoding="utf-8")
    shown_lines = same_lines = 0
    with make_output.workplace() as folder:
        for match, steps in make_output.sessions(text):
            show = re.search(r'show="([^"]*)"', match["info"])
            for step in steps:
                command = step.command
                if show:
                    command = re.sub(
                        r"(?<=onrecord show )[0-9a-f]{4,16}\b", make_output.find_id(show[1], folder), command
                    )
                _, printed = make_output.run(command, folder)
                shown, now = frames(step.output), frames(printed)
                if command.startswith("onrecord") and not show:
                    assert shown[:1] == now[:1], f"$ {command}\n{printed}\n\nnot as in {page.name}; {AGAIN}"
                assert "Traceback" not in printed
                shown_lines += len(shown)
                same_lines += sum(line in set(now) for line in shown)
    assert shown_lines
    assert same_lines >= CURRENT * shown_lines, f"{page.name}: {same_lines} of {shown_lines} lines are so; {AGAIN}"


AGAIN = "if what is printed now is right, run: python docs/make_output.py"


def test_every_page_with_sessions_is_written_anew(make_output: ModuleType) -> None:
    assert {str(page.relative_to(ROOT)) for page in SESSIONS} == set(make_output.PAGES)


def test_the_picture_is_one() -> None:
    data = (ROOT / "docs" / "digest.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1280, 1000)
    tracked = subprocess.run(["git", "ls-files", "docs"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert tracked.returncode or "docs/digest.png" in tracked.stdout
