"""Runs the commands that README.md and the pages of docs/ show, and writes what they print below them.

    python docs/make_output.py [README.md docs/tutorial.md …]

A block that begins with three backquotes and `console` is a session: lines with `$ ` are run by bash, one after the
other, in a folder that holds nothing but a copy of examples/; what they print follows them. All sessions of a page
share the folder. Listings are printed as on a terminal of 100 columns without colours. An id after `onrecord show` is
looked up anew where the block says of what: ```console show="--who Vallis --mode call".
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/tutorial.md", "docs/howto.md")
COLUMNS = 100
_BLOCK = re.compile(r"^```console(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S)
_SHOW = re.compile(r'\bshow="([^"]*)"')
_STATUS = '; echo "exit status $?"'
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_ID = re.compile(r"(?<=onrecord show )[0-9a-f]{4,16}\b")


@dataclass(frozen=True)
class Step:
    """One command of a session with what it printed, as the page has it or as it is."""

    command: str
    output: str


def sessions(page: str) -> Iterator[tuple[re.Match[str], list[Step]]]:
    """The sessions of a page: where each stands, and its steps."""
    for match in _BLOCK.finditer(page):
        steps: list[Step] = []
        for part in re.split(r"^\$ ", match["body"], flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            while command.endswith("\\"):
                more, _, output = output.partition("\n")
                command += "\n" + more
            steps.append(Step(command, output.rstrip("\n")))
        yield match, steps


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A folder with a copy of examples/ and nothing else, in which `onrecord` is the one of this tree."""
    with tempfile.TemporaryDirectory(prefix="onrecord-docs-") as made:
        folder = Path(made) / "work"
        shutil.copytree(ROOT / "examples", folder / "examples")
        command = Path(made) / "bin" / "onrecord"
        command.parent.mkdir()
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m onrecord.cli "$@"\n')
        command.chmod(0o755)
        yield folder


def run(command: str, folder: Path) -> tuple[int, str]:
    """Exit status and output of a command: standard output, a terminal as for a reader; then standard error; then the
    exit status, if the command asks for it."""
    asked = command.endswith(_STATUS)
    command = command.removesuffix(_STATUS)
    dropped = ("NO_COLOR", "FORCE_COLOR", "ONRECORD_RECORD", "LINES", "PYTHONSTARTUP")
    env = {k: v for k, v in os.environ.items() if k not in dropped} | {
        "PATH": f"{folder.parent / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"), "LC_ALL": "C.UTF-8",
        "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": str(COLUMNS),
    }  # fmt: skip
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=theirs, stderr=errors,
        ) as process:  # fmt: skip
            os.close(theirs)
            printed = bytearray()
            with contextlib.suppress(OSError):  # a terminal whose other end is closed
                while data := os.read(ours, 65536):
                    printed += data
        os.close(ours)
        errors.seek(0)
        printed += errors.read()
    if asked:
        printed += f"exit status {process.returncode}\n".encode()
    lines = _STYLE.sub("", printed.decode("utf-8", "replace")).replace("\r\n", "\n").splitlines()
    return process.returncode, "\n".join(line.rstrip() for line in lines).strip("\n")


def find_id(filters: str, folder: Path) -> str:
    """The first ten digits of the id of the first event that `onrecord events` lists with these filters."""
    status, printed = run(f"onrecord --quiet events --json {filters}", folder)
    found = json.loads(printed) if status == 0 else []
    if not found:
        raise SystemExit(f"no event fits: {filters}\n{printed}")
    return str(found[0]["id"])[:10]


def renewed(page: str, folder: Path) -> str:
    """The page with what its commands print now."""
    parts: list[str] = []
    last = 0
    for match, steps in sessions(page):
        show = _SHOW.search(match["info"])
        lines: list[str] = []
        for step in steps:
            command = step.command
            if show and _ID.search(command):
                command = _ID.sub(find_id(show[1], folder), command)
            _, printed = run(command, folder)
            lines += [f"$ {command}", *([printed] if printed else [])]
        parts += [page[last : match.start()], f"```console{match['info']}\n", "\n".join(lines), "\n```"]
        last = match.end()
    return "".join([*parts, page[last:]])


def main(names: list[str]) -> None:
    for name in names or PAGES:
        path = ROOT / name
        with workplace() as folder:
            path.write_text(renewed(path.read_text(encoding="utf-8"), folder), encoding="utf-8")
        print(f"{name} written")


if __name__ == "__main__":
    main(sys.argv[1:])
