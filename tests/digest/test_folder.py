"""What is in OUT is the old digest or the new one, and nothing of anybody else's is lost."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from stand_in import MemoryRecord, record_of, talk

from onrecord.digest import publish
from onrecord.digest._folder import Folder
from onrecord.errors import RecordError, RecordFull
from onrecord.model import Extraction


def test_new_and_empty_folders_are_written(tmp_path: Path) -> None:
    publish(record_of(talk()), tmp_path / "deep" / "new")
    (tmp_path / "empty").mkdir()
    publish(record_of(talk()), tmp_path / "empty")
    assert (tmp_path / "deep" / "new" / "index.html").is_file()
    assert (tmp_path / "empty" / "index.html").is_file()


def test_folder_with_other_files_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(RecordError, match="name a new or empty folder"):
        publish(record_of(talk()), tmp_path / "out")
    assert [p.name for p in tmp_path.rglob("*")] == ["out", "thesis.txt"]


def test_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(RecordError, match="is a file"):
        publish(record_of(talk()), tmp_path / "out")


def test_former_digest_is_replaced_and_old_pages_go(tmp_path: Path) -> None:
    publish(record_of(talk(1), talk(2)), tmp_path / "out")
    publish(record_of(talk(1)), tmp_path / "out")
    assert len(list((tmp_path / "out" / "post").iterdir())) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_file_added_to_a_digest_is_never_deleted(tmp_path: Path) -> None:
    publish(record_of(talk()), tmp_path / "out")
    (tmp_path / "out" / "post" / "CNAME").write_text("digest.example")
    with pytest.raises(RecordError, match=r"did not write \(post/CNAME\)"):
        publish(record_of(talk(2)), tmp_path / "out")
    assert (tmp_path / "out" / "post" / "CNAME").read_text() == "digest.example"


def test_working_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecordError, match="name another"):
        publish(record_of(talk()), Path())


class _Broken(MemoryRecord):
    def extractions(self) -> Iterator[Extraction]:
        yield from super().extractions()
        raise RecordError("the record broke")


def test_failure_leaves_the_old_digest_as_it_was(tmp_path: Path) -> None:
    publish(record_of(talk()), tmp_path / "out")
    before = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    with pytest.raises(RecordError, match="the record broke"):
        publish(_Broken([talk(2)]), tmp_path / "out")
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    publish(record_of(talk()), tmp_path / "out")
    Folder(tmp_path / "out").__enter__().write("index.html", "half")
    assert (tmp_path / ".out.new" / "index.html").exists()
    publish(record_of(talk(2)), tmp_path / "out")
    assert not (tmp_path / ".out.new").exists()


def test_run_killed_between_two_renames_gives_the_old_digest_back(tmp_path: Path) -> None:
    publish(record_of(talk(1)), tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / ".out.old")
    with pytest.raises(RecordError, match="the record broke"):
        publish(_Broken([talk(2)]), tmp_path / "out")
    assert (tmp_path / "out" / "index.html").is_file()


def test_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RecordFull, match="no space is left"):
        publish(record_of(talk()), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
