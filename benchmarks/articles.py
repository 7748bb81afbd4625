"""How well article pages are read, beside trafilatura and newspaper4k, in the same run and scored alike.

    python benchmarks/articles.py NEWS PAGES [--with newspaper] [--errors]

NEWS holds `gold_dev.jsonl` (fundus: body, title, authors, publishing_date) and PAGES `ground-truth_dev.json`
(scrapinghub: articleBody), each beside `html_dev.tar`; either may be a folder with other files of these names.
newspaper4k is no dependency: install it to have it measured (`pip install newspaper4k`).

  body    F1 over runs of four words, each page counting the same (as scrapinghub's article-extraction-benchmark has it)
  title   share of pages with the very title, white space aside
  author  F1 over the names of all pages, without regard to case
  date    F1 over the days of publication

Exit status 1 if onrecord is below a bar: body below trafilatura's; title 0.80; author 0.86; date 0.975; half of
trafilatura's speed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import tarfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BARS = {"title": 0.80, "author": 0.86, "date": 0.975}


@dataclass(frozen=True)
class Gold:
    """A page, and what a careful reader finds on it; None for what the gold does not say."""

    name: str
    url: str
    page: bytes
    body: str
    title: str | None = None
    authors: tuple[str, ...] | None = None
    date: str | None = None


@dataclass(frozen=True)
class Read:
    """What a reader found."""

    body: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""


def pages(folder: Path) -> dict[str, bytes]:
    """The pages in the folder's archives, by the end of their path."""
    found = {}
    for path in sorted(folder.glob("*.tar")):
        with tarfile.open(path) as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isfile() else None
                if stream is not None:
                    data = stream.read()
                    name = member.name.split("/", 1)[-1]
                    found[name] = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    return found


def news(folder: Path) -> Iterator[Gold]:
    """The pages of fundus."""
    held = pages(folder)
    for path in sorted(folder.glob("gold*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            parts = list(row["body"]["summary"])
            for section in row["body"]["sections"]:
                parts += section["headline"] + section["paragraphs"]
            yield Gold(
                row["id"], row["url"], held[row["id"]], "\n".join(parts), row["title"], tuple(row.get("authors") or ()),
                (row.get("publishing_date") or "")[:10],
            )  # fmt: skip


def articles(folder: Path) -> Iterator[Gold]:
    """The pages of scrapinghub."""
    held = {name.split(".")[0]: page for name, page in pages(folder).items()}
    for path in sorted(folder.glob("ground-truth*.json")):
        for name, row in json.loads(path.read_text(encoding="utf-8")).items():
            yield Gold(name, row["url"], held[name], row["articleBody"])


def onrecord(gold: Gold) -> Read:
    from onrecord.sources.html import article

    page = article(gold.page, gold.url)
    said = page.markup
    return Read(page.body, said.title or "", said.authors, said.published or "")


def trafilatura(gold: Gold) -> Read:
    import trafilatura as peer

    found = peer.bare_extraction(gold.page, url=gold.url, with_metadata=True)
    if found is None:
        return Read()
    row: dict[str, Any] = found.as_dict()
    authors = tuple(a for a in (row["author"] or "").split("; ") if a)
    return Read(row["text"] or "", row["title"] or "", authors, row["date"] or "")


def newspaper(gold: Gold) -> Read:
    import newspaper as peer

    found = peer.Article(gold.url, fetch_images=False)
    found.download(input_html=gold.page.decode("utf-8", "replace"))
    found.parse()
    return Read(found.text or "", found.title or "", tuple(found.authors), str(found.publish_date or "")[:10])


READERS: dict[str, Callable[[Gold], Read]] = {"trafilatura": trafilatura, "newspaper": newspaper, "onrecord": onrecord}


def runs(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words of a text; all of it if it is shorter."""
    words = re.findall(r"\w+", text)
    if len(words) < 4:
        return Counter([tuple(words)] if words else [])
    return Counter(tuple(words[i : i + 4]) for i in range(len(words) - 3))


def shares(gold: str, found: str) -> tuple[float, float, float]:
    """(right, too much, missing) as shares of all runs of a page."""
    wanted, got = runs(gold), runs(found)
    right, extra, missing = ((wanted & got).total(), (got - wanted).total(), (wanted - got).total())
    whole = right + extra + missing
    return (right / whole, extra / whole, missing / whole) if whole else (0.0, 0.0, 0.0)


def f1(right: float, extra: float, missing: float) -> float:
    return 2 * right / (2 * right + extra + missing) if right else 0.0


def squeezed(text: str) -> str:
    return " ".join(text.split())


def score(golds: list[Gold], found: list[Read]) -> dict[str, float]:
    """The figures of one reader."""
    body = [shares(g.body, r.body) for g, r in zip(golds, found, strict=True)]
    out = {"body": f1(*(sum(part) for part in zip(*body, strict=True)))}
    if any(g.title is not None for g in golds):
        out["title"] = sum(
            squeezed(g.title or "") == squeezed(r.title) for g, r in zip(golds, found, strict=True)
        ) / len(golds)
        names, days = [0, 0, 0], [0, 0, 0]
        for g, r in zip(golds, found, strict=True):
            wanted, got = ({squeezed(n).casefold() for n in x} for x in (g.authors or (), r.authors))
            names = [names[0] + len(wanted & got), names[1] + len(got - wanted), names[2] + len(wanted - got)]
            if g.date and r.date == g.date:
                days[0] += 1
            else:
                days[1] += bool(r.date)
                days[2] += bool(g.date)
        out["author"], out["date"] = f1(*names), f1(*days)
    return out


def measure(golds: list[Gold], readers: list[str], *, errors: bool) -> dict[str, dict[str, float]]:
    """The figures of each reader, and its pages a second; prints them."""
    out: dict[str, dict[str, float]] = {}
    for name in readers:
        reader = READERS[name]
        found, failed = [], 0
        reader(golds[0])  # what it loads at first is not counted
        started = time.perf_counter()
        for gold in golds:
            try:
                found.append(reader(gold))
            except Exception as error:  # a page that trips a reader up counts as one on which it found nothing
                failed += 1
                found.append(Read())
                if errors:
                    print(f"  {name} failed on {gold.name}: {error!r}"[:200])
        took = time.perf_counter() - started
        out[name] = {**score(golds, found), "pages/s": len(golds) / took}
        figures = "  ".join(
            f"{key} {value:.4f}" if key != "pages/s" else f"{value:6.1f} {key}" for key, value in out[name].items()
        )
        print(f"  {name:12} {figures}{f'  failed on {failed}' if failed else ''}")
        if errors and name == "onrecord":
            for gold, read in zip(golds, found, strict=True):
                body = f1(*shares(gold.body, read.body))
                if body < 0.9:
                    print(f"    {gold.name}: body {body:.3f}")
                if gold.title is not None and squeezed(gold.title) != squeezed(read.title):
                    print(f"    {gold.name}: title {read.title!r}, not {gold.title!r}")
                if gold.authors is not None and {a.casefold() for a in gold.authors} != {
                    a.casefold() for a in read.authors
                }:
                    print(f"    {gold.name}: authors {read.authors}, not {gold.authors}")
                if gold.date is not None and gold.date != read.date:
                    print(f"    {gold.name}: date {read.date}, not {gold.date}")
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("news", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--with", dest="peers", action="append", choices=["newspaper"], default=[])
    parser.add_argument("--errors", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    readers = ["trafilatura", *given.peers, "onrecord"]
    missed = []
    for name, golds in (("news", list(news(given.news))), ("pages", list(articles(given.pages)))):
        print(f"{name}: {len(golds)} pages")
        figures = measure(golds, readers, errors=given.errors)
        ours, peer = figures["onrecord"], figures["trafilatura"]
        if ours["body"] < peer["body"]:
            missed.append(f"{name}: body {ours['body']:.4f} is below trafilatura's {peer['body']:.4f}")
        if ours["pages/s"] < 0.5 * peer["pages/s"]:
            missed.append(f"{name}: {ours['pages/s']:.1f} pages/s is below half of trafilatura's {peer['pages/s']:.1f}")
        missed += [
            f"{name}: {key} {ours[key]:.4f} is below {bar}"
            for key, bar in BARS.items()
            if key in ours and ours[key] < bar
        ]
    print("\n".join(missed) or "every bar is met")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
