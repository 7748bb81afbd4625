"""How a large web archive is read: speed against the bare reader with trafilatura, memory, and a run that was killed.

    python benchmarks/warc.py [--megabytes 1000] [--pages 60]

Makes a WARC file of pages of invented news (a page has some 100 kB, most of it scripts and menus, as pages have), then
  * reads `--bare` megabytes of it with warcio and trafilatura (text and metadata), the least that any reader must do;
  * reads all of it with `onrecord.sources.read` in a process of its own, which says how much memory it took;
  * adds `--pages` pages with the command, kills that in the middle, adds again, and compares the records.
Exit status 1 if a bar is missed: memory under 500 MB, half the speed of the bare reader, the same record.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

WORDS = (
    "envoy minister president harbour lighthouse treaty reef ferry delegation council premier ambassador border talks "
    "fishing grain railway bridge agreement statement visit meeting island capital parliament election mission office "
    "committee embassy letter congress union strike customs wagon printing press night sea winter autumn spring"
).split()
NAMES = ("Petra Vallis", "Anselm Okoro", "Ilse Tamm-Okonjo", "Lote Vainikolo-Tau", "Gulnora Rahimzoda", "Ivo Blahovec")
PLACES = ("Port Sulai", "Nordhaven", "Lamburu", "Vetrograd", "Porto Amparo", "Ak-Sarai")


def pages(seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """(address, HTML) of pages without end, each another."""
    rng = random.Random(seed)
    filler = "".join(f"function f{i}(a){{return a*{i}+'{rng.random()}'}}\n" for i in range(900))
    menu = "".join(
        f'<li class="menu-item"><a href="/section/{i}">{rng.choice(WORDS).title()} {i}</a></li>' for i in range(220)
    )
    number = 0
    while True:
        number += 1
        who, other, where = rng.choice(NAMES), rng.choice(NAMES), rng.choice(PLACES)
        title = f"{who} meets {other} in {where}, report {number}"
        paragraphs = [
            f"{where}, March {rng.randrange(1, 28)} — {who} met {other} in {where} on Tuesday and spoke about the {rng.choice(WORDS)}."
        ]
        for _ in range(rng.randrange(6, 22)):
            words = " ".join(rng.choice(WORDS) for _ in range(rng.randrange(25, 80)))
            paragraphs.append(f"{rng.choice(NAMES)} said that the {words}.")
        data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": "2026-03-04T09:00:00Z",
                "author": {"@type": "Person", "name": rng.choice(NAMES)}}  # fmt: skip
        cards = "".join(
            f'<div class="card"><h3><a href="/{rng.random()}">{rng.choice(WORDS).title()} and {rng.choice(WORDS)}</a></h3></div>'
            for _ in range(40)
        )
        html = (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Gazette</title><meta property="og:type" content="article">'
            f'<script type="application/ld+json">{json.dumps(data)}</script><script>{filler}</script></head><body><nav><ul>{menu}</ul></nav>'
            f"<main><article><h1>{title}</h1>{''.join(f'<p>{p}</p>' for p in paragraphs)}</article></main><aside>{cards}</aside></body></html>"
        )
        yield f"https://gazette.example/{number}", html.encode()


def record(url: str, page: bytes) -> bytes:
    """A packed record of a web archive, as a crawler writes it."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    digest = hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-04T10:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{digest}>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def write(path: Path, size: int, most: int | None = None, *, packed: bool) -> int:
    """Writes pages until the file has `size` bytes or `most` pages; how many there are."""
    number = 0
    with path.open("wb") as out:
        for url, page in pages():
            made = record(url, page)
            out.write(gzip.compress(made, 1) if packed else made)
            number += 1
            if out.tell() >= size or number == most:
                break
    return number


def bare(path: Path, size: int) -> tuple[int, float]:
    """(pages, seconds) of warcio and trafilatura over the first `size` bytes."""
    import trafilatura
    from warcio.archiveiterator import ArchiveIterator

    done = 0
    with path.open("rb") as stream:
        trafilatura.bare_extraction(next(pages())[1])  # what it loads at first is not counted
        started = time.perf_counter()
        for found in ArchiveIterator(stream):
            trafilatura.bare_extraction(
                found.content_stream().read(), url=found.rec_headers.get_header("WARC-Target-URI"), with_metadata=True
            )
            done += 1
            if stream.tell() >= size:
                break
    return done, time.perf_counter() - started


def child(path: str) -> None:
    """Reads everything and prints what it took; runs in a process of its own."""
    from onrecord.model import Document
    from onrecord.sources import read
    from onrecord.sources.html import document

    document(next(pages())[1], "warm", "warm")
    started = time.perf_counter()
    digest, number, other = hashlib.sha256(), 0, 0
    for item in read(path):
        if isinstance(item, Document):
            number += 1
            digest.update(item.id.encode())
        else:
            other += 1
    took = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {"pages": number, "failures": other, "seconds": took, "megabytes": memory, "digest": digest.hexdigest()}
        )
    )


def killed(folder: Path, most: int) -> bool:
    """True if adding that was killed and begun again makes the record that adding in one go makes."""
    from onrecord.store import Record

    source = folder / "small.warc.gz"
    write(source, 1 << 40, most, packed=True)
    command = [sys.executable, "-m", "onrecord.cli", "--quiet", "add", str(source), "--workers", "1", "--record"]
    started = time.perf_counter()
    subprocess.run([*command, str(folder / "whole.db")], check=True)
    took = time.perf_counter() - started
    stopped = subprocess.Popen([*command, str(folder / "killed.db")])
    time.sleep(max(took * 0.5, 1))
    stopped.send_signal(signal.SIGKILL)
    stopped.wait()
    subprocess.run([*command, str(folder / "killed.db")], check=True)
    dumps = []
    for name in ("whole.db", "killed.db"):
        with Record.open(str(folder / name)) as kept:
            out = io.StringIO()
            out.writelines(kept.dump())
            dumps.append(out.getvalue())
    return dumps[0] == dumps[1] and len(dumps[0]) > 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--bare", type=int, default=60, help="megabytes that the bare reader reads")
    parser.add_argument(
        "--pages", type=int, default=40, help="pages that are added, killed and added again; 0 for none"
    )
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child)
        return 0
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "large.warc"
        number = write(path, given.megabytes * 1_000_000, packed=False)
        print(f"{path.stat().st_size / 1e6:,.0f} MB, {number:,} pages")
        done, took = bare(path, given.bare * 1_000_000)
        print(f"warcio and trafilatura   {done / took:7.1f} pages/s   ({done:,} pages)")
        made = json.loads(
            subprocess.run(
                [sys.executable, __file__, "--child", str(path)], capture_output=True, text=True, check=True
            ).stdout
        )
        speed = made["pages"] / made["seconds"]
        print(
            f"onrecord.sources.read    {speed:7.1f} pages/s   ({made['pages']:,} pages, {made['failures']} failures, {made['megabytes']:,.0f} MB)"
        )
        missed += made["pages"] != number or made["failures"] != 0
        missed += speed < 0.5 * done / took
        missed += made["megabytes"] >= 500
        if given.pages:
            path.unlink()
            same = killed(folder, given.pages)
            print(f"killed and begun again   {'the same record' if same else 'ANOTHER RECORD'}   ({given.pages} pages)")
            missed += not same
    print("every bar is met" if not missed else f"{missed} bars are missed")
    return bool(missed)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
