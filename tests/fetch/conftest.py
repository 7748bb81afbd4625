"""What the tests of fetching need: a site on loopback, and a fetcher that may ask it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from served import Site

from onrecord import fetch

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Callable[..., fetch.Fetcher]]:
    """Opens a fetcher on one archive; a second call closes the first."""
    opened: list[fetch.Fetcher] = []

    def open_(**bounds: Any) -> fetch.Fetcher:
        for one in opened:
            one.close()
        options = {"delay": 0.0, "backoff": 0.02, "seconds": 5.0, "silence": 2.0, "private": LOOPBACK, **bounds}
        options.setdefault("listing", options.get("size", 52_428_800))
        opened.append(fetch.Fetcher(tmp_path / "record.fetched", bounds=fetch.Bounds(**options)))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()
