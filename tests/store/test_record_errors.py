"""What goes wrong with a record is said clearly, and nothing half-written stays."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from invented import meeting

from onrecord.errors import RecordError, RecordFull, RecordLocked, RecordNewer
from onrecord.model import Extraction
from onrecord.store import Record, record, schema


def page(n: int, more: str = "") -> Extraction:
    who = ("Ilse Brandauer", "Omondi Karege")
    return meeting(f"page {n}", f"{who[0]} met {who[1]} for round {n}. {more}", who, date=f"2031-01-{n % 28 + 1:02}")


def test_a_second_writer_is_told_that_the_record_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_WAIT", 0.2)
    path = tmp_path / "record.db"
    with Record.open(path) as opened:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        with pytest.raises(RecordLocked, match=r"record\.db is locked"):
            opened.save(page(1))
        assert time.monotonic() - start < 3
        assert opened.counts()["documents"] == 0  # reading goes on
        holder.execute("ROLLBACK")
        holder.close()
        assert opened.save(page(1))


def test_a_writer_waits_for_a_short_write_of_another(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as one, Record.open(tmp_path / "record.db") as two:
        assert one.save(page(1))
        assert two.save(page(2))
        assert not one.save(page(2))
        assert one.document_ids() == two.document_ids()


def test_a_record_of_a_newer_version_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    Record.open(path).close()
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE alembic_version SET version_num = 'f00d'")
    conn.close()
    before = path.read_bytes()
    with pytest.raises(RecordNewer, match="newer version of onrecord"):
        Record.open(path)
    assert path.read_bytes() == before


def test_a_full_disk_keeps_what_was_saved_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    with Record.open(path) as opened:
        opened.save(page(0))
        with opened._engine.connect() as conn:
            pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()

        def cramped(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages + 4}")

        opened._engine.dispose()
        record.listen.listen(opened._engine, "connect", cramped)
        n, full = 0, None
        while n < 200 and full is None:
            n += 1
            try:
                opened.save(page(n, "More words fill the disk. " * 200))
            except RecordFull as error:
                full = error
        assert "Free some space and run the same command again" in str(full)
        record.listen.remove(opened._engine, "connect", cramped)
    with Record.open(path) as opened:
        kept = opened.document_ids()
        assert page(0).document.id in kept
        assert all(opened.extraction(id_).document.id == id_ for id_ in kept)
        assert opened.save(page(n, "More words fill the disk. " * 200))


def test_no_space_reported_by_the_system_is_a_full_disk(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as opened, pytest.raises(RecordFull), opened._explained():
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"not a database, but long enough to be read as one", "is not a record"), (b"SQLite format 3\x00rest", "record")],
)
def test_a_file_that_is_no_record_is_refused_and_untouched(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "record.db"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=message):
        Record.open(path)
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE songs (name TEXT)")
    conn.close()
    with pytest.raises(RecordError, match="another program"):
        Record.open(path)


def test_a_missing_record_is_made_only_if_asked_for(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no record at"):
        Record.open(tmp_path / "record.db", create=False)
    with pytest.raises(RecordError, match="does not exist; make it first"):
        Record.open(tmp_path / "no" / "record.db")
    with pytest.raises(RecordError, match="is a folder"):
        Record.open(tmp_path)
    assert list(tmp_path.iterdir()) == []
    Record.open(f"sqlite:///{tmp_path / 'record.db'}").close()
    Record.open(tmp_path / "record.db", create=False).close()


def test_an_empty_file_becomes_a_record(tmp_path: Path) -> None:
    (tmp_path / "record.db").touch()
    with pytest.raises(RecordError, match="is empty; add something first"):
        Record.open(tmp_path / "record.db", create=False)
    with Record.open(tmp_path / "record.db") as opened:
        assert opened.save(page(1))


def test_an_error_while_saving_leaves_nothing_of_the_document(tmp_path: Path) -> None:
    good = page(1)
    bad = Extraction(good.document, (*good.posts, good.posts[0]), (*good.readings, good.readings[0]))
    with Record.open(tmp_path / "record.db") as opened:
        with pytest.raises(ValueError, match="not numbered in order"):
            opened.save(bad)
        assert opened.counts()["documents"] == opened.counts()["posts"] == opened.counts()["layers"] == 0
        assert opened.save(good)


def _add_for_ever(path: Path) -> None:
    with Record.open(path) as opened:
        for n in range(1_000):
            opened.save(page(n, "Some more words. " * 50))
            if n % 7 == 0:
                opened.merge()


def test_a_killed_run_started_again_ends_in_the_same_record(tmp_path: Path) -> None:
    path = tmp_path / "killed.db"
    for wait in (0.25, 0.4, 0.6):
        process = multiprocessing.get_context("fork").Process(target=_add_for_ever, args=(path,))
        process.start()
        deadline = time.monotonic() + 20
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(wait)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    dumps = []
    for name in ("killed.db", "whole.db"):
        with Record.open(tmp_path / name) as opened:
            for n in range(60):
                opened.save(page(n, "Some more words. " * 50))
            kept = opened.counts()["documents"]
            for n in range(60, kept):
                opened.save(page(n, "Some more words. " * 50))
            if name == "killed.db":
                most = kept
            for n in range(60, most):
                opened.save(page(n, "Some more words. " * 50))
            opened.merge()
            dumps.append(list(opened.dump()))
    assert dumps[0] == dumps[1]


def test_opening_twice_at_once_makes_one_record(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "record.db"
    processes = [context.Process(target=_open_and_save, args=(path, n)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with Record.open(path, create=False) as opened:
        assert opened.counts()["documents"] == 3
    assert schema.HEAD


def _open_and_save(path: Path, n: int) -> None:
    with Record.open(path) as opened:
        opened.save(page(n))
