"""Owns the folder that a digest is written into: a new one is written beside it and takes its place when it is whole.

Invariant: whatever happens, OUT is the old digest or the new one, never half of one; and no file that onrecord did not
write is ever deleted.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from onrecord.errors import RecordError, RecordFull

_LIST = "files.txt"
_FIRST_LINE = "Written by onrecord (digest 1). These files, and only these, are replaced by the next digest:"
# Control characters and halves of surrogate pairs are not allowed in HTML.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Folder:
    """A digest while it is written. `write` adds a file; leaving the block without an error puts it into place."""

    def __init__(self, out: Path) -> None:
        self._out = out.resolve()
        self._new = self._out.with_name(f".{self._out.name}.new")
        self._old = self._out.with_name(f".{self._out.name}.old")
        self._files: list[str] = []
        self._made = {self._new}

    def __enter__(self) -> Folder:
        with _explained(self._out):
            if self._out == Path.cwd() or self._out in Path.cwd().parents:
                raise RecordError(
                    f"{self._out} is the folder you are in, or one above it, and cannot be replaced; name another"
                )
            self._recover()
            _check(self._out)
            self._out.parent.mkdir(parents=True, exist_ok=True)
            self._new.mkdir()
            (self._new / _LIST).write_text(f"{_FIRST_LINE}\n", encoding="utf-8")
        return self

    def write(self, name: str, text: str) -> None:
        """Writes one file. `name` is a path within the digest, with `/`."""
        with _explained(self._out):
            path = self._new / name
            if path.parent not in self._made:
                path.parent.mkdir(exist_ok=True)
                self._made.add(path.parent)
            path.write_bytes(_UNFIT.sub("\ufffd", text).encode("utf-8"))
        self._files.append(name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            shutil.rmtree(self._new, ignore_errors=True)
            return
        try:
            with _explained(self._out):
                names = "".join(f"{name}\n" for name in sorted(self._files))
                (self._new / _LIST).write_text(f"{_FIRST_LINE}\n{names}", encoding="utf-8")
                _check(self._out)
                if self._out.exists():
                    self._out.rename(self._old)
                self._new.rename(self._out)
                shutil.rmtree(self._old, ignore_errors=True)
        except RecordError:
            if self._old.exists() and not self._out.exists():
                self._old.rename(self._out)
            shutil.rmtree(self._new, ignore_errors=True)
            raise

    def _recover(self) -> None:
        """Clears what a run that was killed has left."""
        if self._old.exists() and not self._out.exists():
            self._old.rename(self._out)
        for left in (self._new, self._old):
            if left.exists():
                if _listed(left) is None and any(left.iterdir()):
                    raise RecordError(f"{left} is in the way and was not written by onrecord; move it away")
                shutil.rmtree(left)


def _listed(folder: Path) -> set[str] | None:
    """The files that the digest in a folder consists of; None if there is no digest in it."""
    try:
        lines = (folder / _LIST).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return set(lines[1:]) if lines and lines[0] == _FIRST_LINE else None


def _check(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise RecordError(f"{out} is a file; name a folder for the digest")
    listed = _listed(out)
    if listed is None:
        if any(out.iterdir()):
            raise RecordError(
                f"{out} is not empty and holds no digest of onrecord; name a new or empty folder, or empty this one"
            )
        return
    foreign: list[str] = []
    for folder, _, names in os.walk(out):
        for name in names:
            path = (Path(folder) / name).relative_to(out).as_posix()
            if path not in listed and path != _LIST:
                foreign.append(path)
    if foreign:
        foreign.sort()
        some = ", ".join(foreign[:3]) + (" …" if len(foreign) > 3 else "")
        raise RecordError(
            f"{out} holds files that onrecord did not write ({some}); move them away, or name another folder"
        )


@contextmanager
def _explained(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise RecordFull(f"no space is left to write the digest {out}; free some and publish again") from error
        reason = error.strerror or str(error)
        raise RecordError(f"the digest {out} cannot be written: {reason} ({error.filename or out})") from error
