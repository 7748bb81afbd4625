"""Measures the whole of `onrecord add` against the language model alone, and its memory.

    python benchmarks/add.py [--posts 100 1000 10000] [--speed-posts 1000] [--out benchmarks/out]

Pages of twenty posts are made from the pages in examples/: every copy has other names and dates, so that no two
documents are alike. Speed: words a second of `onrecord add` with one worker, from the start of the process to its end,
against plain `nlp.pipe` of the same model over the same layers, from loading the model to the last Doc, each in a
process of its own, in turns. Memory: the most that the process held (its peak resident set) at each number of posts.

Exit status 0 if `add` reaches at least half of the model's speed and the peak at the most posts is at most a quarter
above that at the number before. Figures go to OUT/add.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
POSTS_A_PAGE = 20
SPEED_BAR, MEMORY_BAR = 0.5, 1.25
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAY = re.compile(rf"\b(?:({'|'.join(_MONTHS)}) (\d{{1,2}})|(\d{{1,2}}) ({'|'.join(_MONTHS)}))\b")
_SYLLABLES = (
    *("ba", "bel", "cor", "dan", "dra", "fen", "gor", "hal", "iva", "jor", "kal", "lin", "mar", "nol", "ora", "pel"),
    *("quin", "ros", "sal", "tor", "ula", "ven", "wes", "yar", "zan"),
)

# Run in a process of its own: loads the model and reads the texts of standard input, as spaCy's documentation does it.
_PLAIN = """
import json, sys, time
start = time.perf_counter()
import spacy
from onrecord.annotate import model_name
nlp = spacy.load(model_name())
texts = json.load(sys.stdin)
words = sum(len(doc) for doc in nlp.pipe(texts))
print(json.dumps({"seconds": time.perf_counter() - start, "tokens": words}))
"""


@dataclass(frozen=True)
class Run:
    """One run of a process: what it did, how long it took, and the most memory that it held."""

    what: str
    posts: int
    words: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    @property
    def speed(self) -> float:
        return self.words / self.seconds


@dataclass(frozen=True)
class Template:
    """An example page: its posts as they stand on the page, and the words of which its people's names are made."""

    posts: list[str]
    names: list[str]


def templates() -> list[Template]:
    """The example pages, cut into posts."""
    from onrecord.model import Document
    from onrecord.split import split

    out = []
    for path in sorted((ROOT / "examples").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        gold = json.loads((ROOT / "examples" / "gold" / f"{path.stem}.json").read_text(encoding="utf-8"))
        names = sorted({word for person in gold["people"] for word in person["name"].split() if len(word) > 3})
        posts = [text[post.start : post.end].strip("\n") for post in split(Document(name=path.stem, text=text))]
        out.append(Template(posts, names))
    if not out:
        sys.exit("there are no example pages to make posts from")
    return out


def varied(text: str, names: list[str], copy: int) -> str:
    """`text` with other names and dates; the same `copy` always gives the same."""
    if copy == 0:
        return text
    new = {name: invented(name, copy) for name in names}
    if names:
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
        text = pattern.sub(lambda match: new[match[0]], text)

    def other_day(match: re.Match[str]) -> str:
        day = (int(match[2] or match[3]) + 7 * copy) % 28 + 1
        month = _MONTHS[(_MONTHS.index(match[1] or match[4]) + copy) % 12]
        return f"{month} {day}" if match[1] else f"{day} {month}"

    return _DAY.sub(other_day, text)


def invented(name: str, copy: int) -> str:
    digest = hashlib.sha256(f"{name} {copy}".encode()).digest()
    word = "".join(_SYLLABLES[byte % len(_SYLLABLES)] for byte in digest[: 2 + digest[9] % 2])
    return word.capitalize()


def pages(posts: int) -> Iterator[dict[str, str]]:
    """Documents with twenty posts each, `posts` in all; every page in the manner of one of the examples."""
    material = templates()
    for page, first in enumerate(range(0, posts, POSTS_A_PAGE)):
        template = material[page % len(material)]
        # Numbers go on from page to page of a manner, so that no copy comes twice.
        begin = page // len(material) * POSTS_A_PAGE
        parts = []
        for number in range(begin, begin + min(POSTS_A_PAGE, posts - first)):
            copy, post = divmod(number, len(template.posts))
            parts.append(varied(template.posts[post], template.names, copy))
        yield {"id": f"page-{page:05}", "text": "\n\n".join(parts) + "\n"}


def run(what: str, command: list[str], posts: int, words: int, feed: Path | None = None) -> tuple[Run, str]:
    """Runs `command`, and measures its time and the peak of its own memory."""
    with tempfile.TemporaryFile("w+") as out, (feed or Path(os.devnull)).open() as standard_input:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=standard_input, stdout=out, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}\n{printed}")
    cpu = usage.ru_utime + usage.ru_stime
    done = Run(what, posts, words, round(seconds, 2), round(cpu, 2), round(usage.ru_maxrss / 1024, 1))
    print(
        f"{what:24} {posts:7,} posts {words:10,} words {seconds:8.1f} s ({cpu:7.1f} s of CPU)"
        f" {done.speed:9,.0f} words/s"
        f" {posts / POSTS_A_PAGE / seconds:7.2f} pages/s {done.peak_mb:8,.0f} MB",
        flush=True,
    )
    return done, printed


def write_pages(folder: Path, posts: int) -> tuple[Path, int]:
    path, words = folder / f"{posts}.jsonl", 0
    with path.open("w", encoding="utf-8") as out:
        for page in pages(posts):
            words += len(page["text"].split())
            out.write(json.dumps(page, ensure_ascii=False) + "\n")
    return path, words


def layers_of(path: Path) -> list[str]:
    """The texts that `add` gives to the model: one for each layer."""
    from onrecord.model import Document
    from onrecord.sources import read
    from onrecord.split import split

    return [
        layer.text
        for document in read(path)
        if isinstance(document, Document)
        for post in split(document)
        for layer in post.layers
    ]


def add(folder: Path, path: Path, posts: int, words: int, workers: int = 1) -> Run:
    record = folder / f"{posts}-{workers}-{time.monotonic_ns()}.db"
    name = "add" if workers == 1 else f"add, {workers} workers"
    command = [sys.executable, "-m", "onrecord.cli", "add", str(path), "--record", str(record), "--json"]
    done, printed = run(name, [*command, "--workers", str(workers)], posts, words)
    report = json.loads(printed)
    if report["failed"]:
        sys.exit(f"add failed to read {report['failed'][:3]}")
    if abs(report["read"]["posts"] - posts) > posts / 20:
        print(f"note: of {posts} posts that were written, {report['read']['posts']} were told apart")
    record.unlink()
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[100, 1_000, 10_000], help="where to measure memory")
    parser.add_argument("--speed-posts", type=int, default=1_000, help="where to measure speed")
    parser.add_argument("--turns", type=int, default=3, help="how often to measure speed")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "out")
    options = parser.parse_args()
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, words = write_pages(folder, options.speed_posts)
        layers = folder / "layers.json"
        layers.write_text(json.dumps(layers_of(path)), encoding="utf-8")
        ratios, cpu_ratios = [], []
        for _ in range(options.turns):
            plain, _ = run("model alone", [sys.executable, "-c", _PLAIN], options.speed_posts, words, layers)
            whole = add(folder, path, options.speed_posts, words)
            runs += [plain, whole]
            ratios.append(plain.seconds / whole.seconds)
            cpu_ratios.append(plain.cpu_seconds / whole.cpu_seconds)
        if (cores := len(os.sched_getaffinity(0))) > 1:
            runs.append(add(folder, path, options.speed_posts, words, workers=cores))
        peaks = []
        for posts in sorted(options.posts):
            path, words = write_pages(folder, posts)
            done = add(folder, path, posts, words)
            runs.append(done)
            peaks.append(done.peak_mb)
    ratio = sorted(ratios)[len(ratios) // 2]
    growth = peaks[-1] / peaks[-2] if len(peaks) > 1 else 1.0
    good = ratio >= SPEED_BAR and growth <= MEMORY_BAR
    turns = ", ".join(f"{one:.2f}" for one in ratios)
    print(f"\nadd reaches {ratio:.2f} of the model's own speed (bar {SPEED_BAR}; each turn: {turns})")
    cpu_ratio = sorted(cpu_ratios)[len(cpu_ratios) // 2]
    print(f"counted in seconds of CPU, which other work on the machine does not change: {cpu_ratio:.2f}")
    print(f"its peak of memory grows by {growth:.2f} over the last step (bar {MEMORY_BAR})")
    options.out.mkdir(parents=True, exist_ok=True)
    figures = {
        "speed": ratio,
        "turns": ratios,
        "speed by CPU": cpu_ratio,
        "memory growth": growth,
        "runs": [asdict(one) for one in runs],
    }
    (options.out / "add.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    sys.exit(not good)


if __name__ == "__main__":
    main()
