"""Measures merging on generated records whose events are known.

    python benchmarks/merge.py [--claims 10000 100000 1000000] [--seed 7] [--out benchmarks/out] [--keep]

Every record is made of pages of five posts with two claims each, whose words are generated with them, saved one by one
and merged at once, in a process of its own. Its events happen some forty a day, each is told once to twenty times, by
pages of the days after. Actors are drawn by their rank, so that the first take part in several events a day: they meet
others and telephone with others on the same day. No two events of one kind with the same two actors lie less than 35
days apart. Of the tellings

    one in five    spells a name otherwise: without accents, the family name first, with a middle initial
    one in five    names somebody else as well
    one in twenty  is off by one day, one gives only the month, one no day at all, one no mode
    one in ten     names one of the two by another form of the name and has the words of another telling

Measured: seconds of merging (and of saving) and how they grow, the most memory that the process held, F1 over pairs of
claims of one event, and the seconds that saving and merging one more page takes then (the median of five).

Exit status 0 if merging grows by less than 15 % more than the number of claims at each step, memory by less than
MEMORY times, pair F1 is at least 0.95 everywhere, and one more page takes less than a second.
"""

from __future__ import annotations

import argparse
import bisect
import datetime
import itertools
import json
import math
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.model import Cell, Claim, Document, Evidence, Extraction, Layer, Participant, Person, Post, Reading, Span
from onrecord.store import Record

ROOT = Path(__file__).resolve().parents[1]
GROWTH, MEMORY, F1, SECONDS = 1.15, 2.5, 0.95, 1.0
A_DAY = 40  # events
TELLINGS = 4  # of an event, on average
KINDS = (("CONSULT", "meeting"), ("CONSULT", "call"), ("AGREE", "agreement"), ("CONSULT", "visit"))
_START = datetime.date(1995, 1, 1).toordinal()
_SYLLABLES = (
    "ba bel cor dán dra fen gor hal iva jor kal lín mar nol ora pel quin ros sal tór ula ven wes yar zan".split()
)


@dataclass
class Happening:
    """An event as it was."""

    number: int
    kind: tuple[str, str]
    who: tuple[int, int]
    day: int


def name_of(number: int) -> str:
    """The name of an actor: no two have a word in common but by chance of few syllables."""
    chance = random.Random(number * 7919 + 1)
    given = "".join(chance.choice(_SYLLABLES) for _ in range(2))
    family = "".join(chance.choice(_SYLLABLES) for _ in range(3))
    return f"{given.title()} {family.title()}{number % 97:02d}".replace("0", "o").replace("1", "i").translate(_DIGITS)


_DIGITS = str.maketrans("23456789", "aekmnrst")


def happenings(events: int, chance: random.Random) -> Iterator[Happening]:
    """Events in the order of their days."""
    people = 400 + events // 20
    # The share of events that an actor takes part in falls with its rank.
    weights = list(itertools.accumulate(1 / (rank + 20) ** 0.8 for rank in range(people)))
    last: dict[tuple[tuple[str, str], tuple[int, int]], int] = {}
    for number in range(events):
        day = _START + number // A_DAY
        while True:
            one, two = sorted(bisect.bisect(weights, chance.random() * weights[-1]) for _ in range(2))
            kind = chance.choice(KINDS)
            if one != two and two < people and last.get((kind, (one, two)), -9) < day - 35:
                break
        last[kind, (one, two)] = day
        if len(last) > 50_000:
            last = {key: when for key, when in last.items() if when >= day - 40}
        yield Happening(number, kind, (one, two), day)


def spelt(name: str, chance: random.Random) -> str:
    """A name as another outlet writes it."""
    given, family = name.split()
    way = chance.randrange(3)
    if way == 0:
        return name.replace("á", "a").replace("í", "i").replace("ó", "o")
    return f"{family} {given}" if way == 1 else f"{given} {chance.choice('BDFKMT')}. {family}"


def words(chance: random.Random, number: int) -> str:
    return " ".join("".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(1, 3))) for _ in range(number))


def tellings(events: int, seed: int) -> Iterator[tuple[int, int, tuple[Claim, str, list[str]]]]:
    """Claims with the number of their event and the day of the page that tells them, in the order of those days."""
    chance = random.Random(seed)
    late: list[tuple[int, int, Happening, str]] = []
    serial = itertools.count()
    for event in happenings(events, chance):
        times = min(20, max(1, round(chance.expovariate(1 / TELLINGS) + 0.5)))
        shared = words(chance, 14)
        late += [(event.day + chance.randint(0, 2), next(serial), event, shared) for _ in range(times)]
        final = event.number == events - 1
        if event.number % (3 * A_DAY) == 0 or final:
            late.sort(key=lambda item: item[:2])
            due = bisect.bisect_left(late, event.day, key=lambda item: item[0]) if not final else len(late)
            for reported, _, told, text in late[:due]:
                yield told.number, reported, telling(told, text, chance)
            del late[:due]


def telling(event: Happening, shared: str, chance: random.Random) -> tuple[Claim, str, list[str]]:
    """One claim with its sentence and the people whom it names."""
    names = [name_of(n) for n in event.who]
    for n in range(2):
        if chance.random() < 0.1:
            names[n] = spelt(names[n], chance)
    if chance.random() < 0.5:
        names.reverse()
    if chance.random() < 0.2:
        names.append(name_of(chance.randrange(300)) if chance.random() < 0.5 else name_of(10**7 + event.number))
    names = list(dict.fromkeys(names))
    day: str | None = datetime.date.fromordinal(event.day).isoformat()
    odd = chance.random()
    if odd < 0.05:
        day = datetime.date.fromordinal(event.day + chance.choice([-1, 1])).isoformat()
    elif odd < 0.1:
        day = day and day[:7]
    elif odd < 0.15:
        day = None
    mode = None if chance.random() < 0.05 else event.kind[1]
    tail = shared if chance.random() < 0.1 else words(chance, 14)
    sentence = f"{' and '.join(names)} {mode or 'spoke'} {tail}."
    claim = Claim(
        event.kind[0], mode, Evidence(0, 0, 1), Evidence(0, 0, len(sentence)),
        tuple(Participant(one, "person", "initiator" if n == 0 else "counterpart") for n, one in enumerate(names)),
        Cell(day, (), "the page says so") if day else None, focus=True,
    )  # fmt: skip
    return claim, sentence, names


def pages(events: int, seed: int) -> Iterator[tuple[Extraction, list[int]]]:
    """Pages of five posts of two claims, each with the events of its claims."""
    waiting = tellings(events, seed)
    for number in itertools.count():
        part = list(itertools.islice(waiting, 10))
        if not part:
            return
        yield page(f"page {number:07}", f"outlet {number % 40}", part)


def page(
    name: str, publisher: str, part: list[tuple[int, int, tuple[Claim, str, list[str]]]]
) -> tuple[Extraction, list[int]]:
    """A page of the claims of `part`, with the events that they tell."""
    posts, readings, whole, truth = [], [], "", []
    for index, start in enumerate(range(0, len(part), 2)):
        text, claims, people = "", [], {}
        for group, (event, _, (claim, sentence, names)) in enumerate(part[start : start + 2]):
            at = len(text)
            truth_before = truth[-1] if group else -1
            text += sentence + " "

            def placed(word: str, at: int = at, sentence: str = sentence) -> tuple[Evidence, ...]:
                found = at + sentence.index(word)
                return (Evidence(0, found, found + len(word)),)

            claims.append(
                Claim(
                    claim.type, claim.mode, placed(names[0])[0], Evidence(0, at, at + len(sentence)),
                    tuple(Participant(p.name, p.kind, p.role, placed(p.name)) for p in claim.participants),
                    claim.date, focus=True, group=group if event != truth_before else group - 1,
                )
            )  # fmt: skip
            people.update((one, Person(one, (), placed(one))) for one in names)
            truth.append(event)
        day = datetime.date.fromordinal(part[start][1]).isoformat()
        layer = Layer(0, "editor", "editor", text, len(whole), (Span(0, len(text)),))
        posts.append(Post(index, "", len(whole), len(whole) + len(text), (layer,), published=day))
        readings.append(Reading(tuple(people.values()), claims=tuple(claims)))
        whole += text
    return Extraction(Document(name, whole, publisher=publisher), tuple(posts), tuple(readings)), truth


def score(database: Path, truth: dict[str, list[int]]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of claims of one event."""
    conn = sqlite3.connect(database)
    both: Counter[tuple[int, int]] = Counter()
    found: Counter[int] = Counter()
    real: Counter[int] = Counter()
    for event, name, post, claim in conn.execute(
        "SELECT w.event, d.name, p.n, w.claim FROM telling w JOIN post p ON p.number = w.post "
        "JOIN document d ON d.number = p.document"
    ):
        known = truth[name][post * 2 + claim]
        both[event, known] += 1
        found[event] += 1
        real[known] += 1
    conn.close()

    def pairs(counts: Counter[int] | Counter[tuple[int, int]]) -> int:
        return sum(math.comb(n, 2) for n in counts.values())

    hit, precision, recall = pairs(both), pairs(found), pairs(real)
    return hit / precision, hit / recall, 2 * hit / (precision + recall)


def measure(claims: int, seed: int, folder: Path) -> dict[str, float]:
    """One record of about so many claims."""
    database = folder / f"{claims}.db"
    truth: dict[str, list[int]] = {}
    made = 0
    with Record.open(database) as record:
        start = time.perf_counter()
        for extraction, events in pages(claims // TELLINGS, seed):
            record.save(extraction)
            truth[extraction.document.name] = events
            made += len(events)
        saving = time.perf_counter() - start
        start, cpu = time.perf_counter(), time.process_time()
        record.merge()
        merging, cpu = time.perf_counter() - start, time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        precision, recall, f1 = score(database, truth)
        chance = random.Random(seed + 1)
        adding = []
        last = list(happenings(claims // TELLINGS, random.Random(seed)))[-400:]
        for n in range(5):
            part = [(e.number, e.day + 1, telling(e, words(chance, 14), chance)) for e in chance.sample(last, 10)]
            extraction, _ = page(f"one more {n}", "outlet 3", part)
            start = time.perf_counter()
            record.save(extraction)
            record.merge()
            adding.append(time.perf_counter() - start)
    return {
        "claims": made, "saving": saving, "merging": merging, "merging_cpu": cpu, "memory": memory,
        "precision": precision, "recall": recall, "f1": f1, "adding": statistics.median(adding),
        "megabytes": database.stat().st_size / 1e6,
    }  # fmt: skip


def main() -> int:
    """Measures each size in a process of its own, prints, and writes the figures down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/out")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure(args.claims[0], args.seed, args.one)))
        return 0
    runs: list[dict[str, float]] = []
    good = True
    for claims in args.claims:
        with tempfile.TemporaryDirectory() as folder:
            call = [sys.executable, __file__, "--claims", str(claims), "--seed", str(args.seed), "--one", folder]
            done = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=True)
        run = json.loads(done.stdout)
        growth, more = 1.0, 1.0
        if runs:
            before = runs[-1]
            growth = run["merging_cpu"] / before["merging_cpu"] / (run["claims"] / before["claims"])
            more = run["memory"] / before["memory"]
        run["growth"] = growth
        runs.append(run)
        good = good and growth < GROWTH and more < MEMORY and run["f1"] >= F1 and run["adding"] < SECONDS
        print(
            f"{run['claims']:>9,} claims  saved {run['saving']:7.1f} s  merged {run['merging']:7.1f} s "
            f"(cpu {run['merging_cpu']:.1f} s, x{growth:.2f} of linear)  {run['memory']:6.0f} MB  "
            f"F1 {run['f1']:.4f} (P {run['precision']:.4f} R {run['recall']:.4f})  "
            f"one more page {run['adding']:.3f} s  file {run['megabytes']:.0f} MB",
            flush=True,
        )
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "merge.json").write_text(json.dumps(runs, indent=2) + "\n", encoding="utf-8")
    print("the bars are met" if good else "a bar is missed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
