"""What many tests need: a small record, and the command as a process of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from by_hand import Command, command, environment, small_record


@pytest.fixture(scope="session")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_record(tmp_path_factory.mktemp("record") / "small.db")


@pytest.fixture
def small(_small: Path) -> Path:
    """The path of the small record; to be read only."""
    return _small


@pytest.fixture
def onrecord(tmp_path: Path) -> Command:
    """Runs the command as a process of its own in an empty folder."""

    def run(*args: object, env: dict[str, str] | None = None, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command(*args),
            **{"cwd": tmp_path, "env": environment(env), "capture_output": True, "text": True, "timeout": 250,
               "stdin": subprocess.DEVNULL, **options},
        )  # fmt: skip

    return run
