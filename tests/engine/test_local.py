"""The engine: the same results in the same order on one worker or many, failures kept apart from bugs, flat memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from onrecord import pipeline
from onrecord.engine import local
from onrecord.errors import ModelError, OnRecordError, SourceError
from onrecord.model import Document, Extraction, Failure

DOCUMENTS = [
    Document(name=f"d{number}", text=f"President Ilyan Torvek met envoy Amara Deslonde in Halla on {number} May 2026.")
    for number in range(1, 13)
]


def fake(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def read_document(document: Document) -> Extraction:
        if document.name == "d2":
            raise error
        return Extraction(document, (), ())

    monkeypatch.setattr(pipeline, "read_document", read_document)


def test_results_come_in_order_with_failures_in_their_place() -> None:
    bad = Failure("x", "is empty")
    results = list(local.run([DOCUMENTS[0], bad, DOCUMENTS[1]]))
    assert [getattr(r, "document", r) for r in results] == [DOCUMENTS[0], bad, DOCUMENTS[1]]


def test_two_workers_give_what_one_gives() -> None:
    bad = Failure("x", "is empty")
    items = [*DOCUMENTS[:5], bad, *DOCUMENTS[5:]]
    assert list(local.run(items, workers=2)) == list(local.run(items, workers=1))


def test_an_error_of_a_document_becomes_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, SourceError("is in no language"))
    results = list(local.run(DOCUMENTS[:3]))
    assert results[1] == Failure("d2", "is in no language")
    assert [type(result) for result in results] == [Extraction, Failure, Extraction]


def test_a_missing_model_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, ModelError("no model"))
    with pytest.raises(ModelError):
        list(local.run(DOCUMENTS[:3]))


def test_a_bug_ends_the_run_and_names_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, ZeroDivisionError("oh"))
    with pytest.raises(ZeroDivisionError) as caught:
        list(local.run(DOCUMENTS[:3]))
    assert "'d2'" in caught.value.__notes__[0]


def test_input_is_taken_no_faster_than_results_are() -> None:
    taken = 0

    def items() -> Iterator[Document]:
        nonlocal taken
        for document in DOCUMENTS:
            taken += 1
            yield document

    results = local.run(items(), workers=2)
    next(results)
    assert taken <= 2 * 3 + 2
    assert len(list(results)) == 11


def test_leaving_early_ends_the_workers() -> None:
    results = local.run(DOCUMENTS, workers=2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 20
    while children() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not children()


def children() -> list[int]:
    """Workers that descend from this process; the fork server and the resource tracker stay, and are no workers."""
    import multiprocessing

    return [process.pid or 0 for process in multiprocessing.active_children()]


def processes_with(mark: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark.encode() in (entry / "environ").read_bytes() and (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "from onrecord.engine import local\n"
        "from onrecord.model import Document\n"
        "if __name__ == '__main__':\n"
        "    text = 'Envoy Amara Deslonde met Ilyan Torvek in Halla. ' * 50\n"
        "    docs = (Document(name=str(n), text=text + str(n)) for n in range(10_000))\n"
        "    for _ in local.run(docs, workers=2):\n"
        "        print('one', flush=True)\n"
    )
    mark = f"ONRECORD_TEST_MARK={os.getpid()}-{time.monotonic_ns()}"
    name, value = mark.split("=")
    with subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, name: value}, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"one\n"
        assert len(processes_with(mark)) >= 3
        process.send_signal(signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 20
    while processes_with(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_with(mark) == []


def test_a_worker_that_is_ended_from_outside_is_explained(tmp_path: Path) -> None:
    results = local.run(DOCUMENTS * 3, workers=2)
    next(results)
    os.kill(children()[0], signal.SIGKILL)
    with pytest.raises(OnRecordError, match="ended from outside"):
        list(results)


class Pipe:
    closed = False

    def close(self) -> None:
        self.closed = True


def pool_that_ends_after(seconds: float) -> tuple[SimpleNamespace, Pipe, Pipe]:
    """What `_unblock` sees of a pool whose own thread needs so long to let go."""
    thread = threading.Thread(target=time.sleep, args=(seconds,), daemon=True)
    thread.start()
    first, second = Pipe(), Pipe()
    return (
        SimpleNamespace(
            _executor_manager_thread=thread,
            _call_queue=SimpleNamespace(_reader=first),
            _result_queue=SimpleNamespace(_writer=second),
        ),
        first,
        second,
    )


def test_pipes_of_a_pool_that_lets_go_are_left_to_it() -> None:
    # Closed here as well, a pipe's number was by then that of a file of this process: SQLite met disk errors.
    pool, *pipes = pool_that_ends_after(0.2)
    local._unblock(pool)  # type: ignore[arg-type]
    assert not any(pipe.closed for pipe in pipes)


def test_pipes_of_a_pool_that_hangs_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_PATIENCE", 0.1)
    pool, *pipes = pool_that_ends_after(3)
    local._unblock(pool)  # type: ignore[arg-type]
    assert all(pipe.closed for pipe in pipes)
