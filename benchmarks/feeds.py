"""feedparser's own test feeds, read by `onrecord.sources.feeds`: the same titles, links and dates.

    python benchmarks/feeds.py FOLDER

FOLDER is `tests/wellformed` or `tests/illformed` of feedparser's source distribution
(`pip download --no-deps --no-binary :all: feedparser`). A title of HTML counts as its text, a link as an absolute address
of the web, a date as its day. Exit status 1 if an entry differs, but for those of `KNOWN`.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import time
import warnings
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import feedparser

from onrecord.errors import SourceError
from onrecord.sources import feeds

# Where we differ on purpose: a title with a script in it, of which feedparser keeps the code and a browser shows none.
KNOWN = {"entry_title_crazy.xml"}


def text(value: str | None) -> str:
    shown = re.sub(r"<!--.*?-->", " ", value or "", flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^<>]{1,500}>", " ", shown)).split())


def link(value: str | None) -> str | None:
    try:
        parts = urlsplit(value or "")
    except ValueError:
        return None
    return (
        urljoin("", " ".join((value or "").split())).split("#")[0]
        if parts.scheme in ("http", "https") and parts.netloc
        else None
    )


def day(when: time.struct_time | None) -> str | None:
    return f"{when[0]:04d}-{when[1]:02d}-{when[2]:02d}" if when and 1900 <= when[0] <= 2100 else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    files = entries = 0
    wrong: list[str] = []
    warnings.simplefilter("ignore")
    for path in sorted(parser.parse_args().folder.rglob("*.xml")):
        data = path.read_bytes()
        files += 1
        with path.open("rb") as stream:
            wanted = feedparser.parse(stream)
        try:
            found = feeds.parse(data).entries
        except SourceError:
            found = ()
        if len(wanted.entries) != len(found):
            wrong.append(f"{path.name}: {len(found)} entries, not {len(wanted.entries)}")
            continue
        for entry, ours in zip(wanted.entries, found, strict=True):
            entries += 1
            when = (
                day(dict.get(entry, "published_parsed"))
                or day(dict.get(entry, "updated_parsed"))
                or day(dict.get(entry, "created_parsed"))
            )
            for what, a, b in (
                ("title", text(entry.get("title")), ours.title), ("link", link(entry.get("link")), ours.link), ("date", when, ours.published),
            ):  # fmt: skip
                if a != b:
                    wrong.append(f"{path.name}: {what} {b!r}, not {a!r}")
    print(f"{files:,} feeds, {entries:,} entries, {len(wrong)} differences")
    print("\n".join(wrong[:40]))
    return any(line.split(":")[0] not in KNOWN for line in wrong)


if __name__ == "__main__":
    sys.exit(main())
