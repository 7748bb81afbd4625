"""Keeps what was read once and is needed again in a temporary file, so that memory does not grow with the record.

Posts stay there as they came from the record; the few that were used last are also held in memory.
"""

from __future__ import annotations

import pickle
import tempfile
from collections import OrderedDict
from types import TracebackType
from typing import Any

from onrecord.model import Post, Reading

Key = tuple[str, int]
_HELD = 8


class Shelf:
    """Posts and readings by (document id, post number). Use as a context; the file vanishes at its end."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="onrecord-")  # noqa: SIM115 - closed by __exit__
        self._places: dict[Key, tuple[int, int]] = {}
        self._end = 0
        self._held: OrderedDict[Key, Post] = OrderedDict()

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, key: Key, post: Post, reading: Reading) -> None:
        first = pickle.dumps(post, protocol=pickle.HIGHEST_PROTOCOL)
        second = pickle.dumps(reading, protocol=pickle.HIGHEST_PROTOCOL)
        self._places[key] = (self._end, self._end + len(first))
        self._file.write(first + second)
        self._end += len(first) + len(second)

    def post(self, key: Key) -> Post | None:
        """The post, or None if the record holds none with this key."""
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        if key not in self._places:
            return None
        post: Post = self._load(self._places[key][0])
        self._held[key] = post
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        return post

    def reading(self, key: Key) -> Reading:
        reading: Reading = self._load(self._places[key][1])
        return reading

    def _load(self, place: int) -> Any:
        self._file.seek(place)
        return pickle.load(self._file)
