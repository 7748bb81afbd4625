"""Documents to extractions on the cores of this machine.

Invariant: results come in the order of the input and do not depend on the number of workers. No more than a few
documents a worker are in flight, so memory does not grow with their number.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

from onrecord.errors import LexiconError, ModelError, OnRecordError
from onrecord.model import Document, Extraction, Failure

_IN_FLIGHT = 3  # documents a worker: one being read, and enough waiting that none stands idle
_MOST = 8  # workers by default; each holds the language model, some 300 MB


def default_workers() -> int:
    """As many workers as this process may use cores, at most eight."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, min(_MOST, len(os.sched_getaffinity(0))))
    return max(1, min(_MOST, os.cpu_count() or 1))


def run(items: Iterable[Document | Failure], *, workers: int = 1) -> Iterator[Extraction | Failure]:
    """One extraction for each document, in order; failures pass through.

    A document that raises an OnRecordError becomes a Failure; a missing model or a broken data file, which would fail
    every document, is raised, and so is a bug, with the document named. One worker, or one document, needs no pool.
    """
    items = iter(items)
    first = list(itertools.islice(items, 2))
    everything = itertools.chain(first, items)
    if workers <= 1 or sum(isinstance(item, Document) for item in first) < 2:
        return (_read(item) if isinstance(item, Document) else item for item in everything)
    return _pool(everything, workers)


def _read(document: Document) -> Extraction | Failure:
    from onrecord.pipeline import read_document  # imports the language model: only where it runs

    try:
        return read_document(document)
    except (ModelError, LexiconError):
        raise
    except OnRecordError as error:
        return Failure(document.origin or document.name, str(error))
    except Exception as error:
        error.add_note(f"This is a bug in onrecord. It came up while reading {document.name!r} ({document.origin}).")
        raise


def _pool(items: Iterator[Document | Failure], workers: int) -> Iterator[Extraction | Failure]:
    # A forked child would inherit locks and the threads' state; these two ways of starting one do not.
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start)
    waiting: deque[Failure | tuple[Document, Future[Extraction | Failure]]] = deque()
    done = False
    try:
        for item in items:
            waiting.append((item, pool.submit(_read, item)) if isinstance(item, Document) else item)
            if len(waiting) >= workers * _IN_FLIGHT:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())
        done = True
    finally:
        if not done:
            for process in multiprocessing.active_children():
                process.terminate()
            _unblock(pool)
        pool.shutdown(wait=done, cancel_futures=True)


_PATIENCE = 3.0  # seconds for a pool to end by itself


def _unblock(pool: ProcessPoolExecutor) -> None:
    """Lets go of what is half written to or by workers that have just been ended, or this process would never end.

    A thread of the pool may be writing a document that nobody reads any more, or reading a result of which only a part
    came. This process itself holds the other end of both pipes open; closed, the thread meets an error and ends. (Newer
    Pythons do so for the first, gh-94777; Debian's 3.11.2 for neither.)
    """
    # Where the pool lets go by itself, it closes the same pipes; closed by both, the number of one may by then be that
    # of another file of this process.
    thread = getattr(pool, "_executor_manager_thread", None)
    if thread is not None:
        thread.join(_PATIENCE)
        if not thread.is_alive():
            return
    for name, end in (("_call_queue", "_reader"), ("_result_queue", "_writer")):
        connection = getattr(getattr(pool, name, None), end, None)
        if connection is not None:
            with suppress(OSError):
                connection.close()


def _result(waiting: Failure | tuple[Document, Future[Extraction | Failure]]) -> Extraction | Failure:
    if isinstance(waiting, Failure):
        return waiting
    document, future = waiting
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise OnRecordError(
            f"a worker was ended from outside at or near {document.name!r} ({document.origin}); perhaps memory ran out."
            " What was read is kept: run the same command again, with --workers 1 if it happens again"
        ) from error


def _start() -> None:
    """In a worker: leave Ctrl-C to the parent, and end when the parent ends, even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    with suppress(OSError):
        parent.join()
    os._exit(1)
