"""Dates against MEANTIME: value F1 of onrecord, of Microsoft's recognizers and of dateparser's search, in one run.

    python benchmarks/dates.py [FOLDER] [--peers PYTHON] [--errors]

FOLDER holds `annotation.tar.gz` of the MEANTIME corpus (120 Wikinews articles with TIMEX3, CC BY; default
`../shared/bench/dates`). The two peers are no dependencies of onrecord: install `benchmarks/requirements.txt` anywhere
and name that interpreter with --peers; one that cannot be imported is said to be missing.

Every program gets the same text of the annotated sentences and the article's day. A date is right if its span overlaps
the annotated one and its value is the same (as in TempEval-3: relaxed span, strict value). Two figures are given:
  dates        TIMEX3 of type DATE that name a place in the calendar; what else a program finds there is not counted
  all TIMEX3   everything annotated, so that durations, "now" and "recently" count as missed
The article's own day (the date line) is given to all and asked of none. A week counts as the month it lies in and its
last day, a quarter and a season as first and last month, a time as its day: for every program alike.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

# (start, end, value): value is comparable between programs, see `canonical`.
Found = tuple[int, int, str]


@dataclass
class Article:
    name: str
    text: str
    day: str
    ignored: tuple[int, int]
    gold: list[tuple[int, int, str, str]] = field(default_factory=list)


def canonical(value: str) -> str:
    """A TIMEX3 value as ISO prefix, `first/last` for weeks, quarters and seasons; durations and the like unchanged."""
    value = re.sub(r"T(?:MO|AF|EV|NI|\d\d.*|XX)?$", "", value.strip())
    value = re.sub(r"(?:-XX)+$", "", value)
    if match := re.fullmatch(r"(\d{4})-W(\d\d?)(-WE)?", value):
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        if match[3]:
            return f"{monday + timedelta(5)}/{monday + timedelta(6)}"
        return f"{(monday + timedelta(3)).isoformat()[:7]}/{monday + timedelta(6)}"
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", value):
        first = int(match[2]) * 3 - 2
        return f"{match[1]}-{first:02}/{match[1]}-{first + 2:02}"
    if match := re.fullmatch(r"(\d{4})-(SP|SU|FA|WI)", value):
        first = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[match[2]]
        year = int(match[1])
        return f"{year}/{year + (first == 12)}-{(first + 1) % 12 + 1:02}"
    return value


def in_calendar(value: str) -> bool:
    return bool(re.match(r"\d{4}(?:-\d\d(?:-\d\d)?)?(?:/|$)", value))


def read(folder: Path) -> list[Article]:
    """The articles, cut after the last annotated sentence, in the order of their names."""
    articles = []
    with tarfile.open(folder / "annotation.tar.gz") as tar:
        names = sorted(n for n in tar.getnames() if "/intra-doc_annotation/" in f"/{n}" and n.endswith(".xml"))
        for name in names:
            stream = tar.extractfile(name)
            assert stream is not None
            articles.append(article(name.rsplit("/", 1)[-1], ElementTree.parse(stream).getroot()))
    return articles


def article(name: str, root: ElementTree.Element) -> Article:
    tokens = list(root.iter("token"))
    sentence = {t.get("t_id"): int(t.get("sentence") or 0) for t in tokens}
    marked = [sentence[a.get("t_id")] for marks in root.iter("Markables") for a in marks.iter("token_anchor")]
    last = max([5, *marked])
    text, places, previous = "", {}, 0
    for token in tokens:
        word, number = token.text or "", int(token.get("sentence") or 0)
        if number > last:
            break
        if number != previous:
            text += "\n\n" if number <= 2 else " "
        elif text and not re.fullmatch(r"[,.;:!?%)\]]|'s|n't|''", word) and not re.search(r"(?:[(\[$£€]|``)$", text):
            text += " "
        places[token.get("t_id")] = (len(text), len(text) + len(word))
        text, previous = text + word, number
    line = [span for t, span in places.items() if sentence[t] == 1]
    found = Article(name, text, "", (line[0][0], line[-1][1]) if line else (0, 0))
    for timex in root.iter("TIMEX3"):
        value = canonical(timex.get("value") or "")
        if timex.get("functionInDocument") == "CREATION_TIME":
            found.day = found.day or value
        spans = [places[a.get("t_id")] for a in timex.iter("token_anchor") if a.get("t_id") in places]
        if spans and not overlaps((spans[0][0], spans[-1][1]), found.ignored):
            found.gold.append((spans[0][0], spans[-1][1], value, timex.get("type") or ""))
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", found.day):
        words = text[found.ignored[0] : found.ignored[1]]
        found.day = datetime.strptime(words, "%B %d, %Y").date().isoformat()
    return found


def overlaps(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def score(
    articles: list[Article], answers: list[list[Found]], *, everything: bool
) -> tuple[float, float, float, list[str]]:
    """Precision, recall, F1 and a list of what was not right."""
    hits = asked = given = 0
    errors = []
    for art, found in zip(articles, answers, strict=True):
        gold = [g for g in art.gold if everything or (g[3] == "DATE" and in_calendar(g[2]))]
        other = [g for g in art.gold if g not in gold]
        found = [f for f in found if not overlaps(f[:2], art.ignored)]
        free = list(gold)
        asked += len(gold)
        for answer in found:
            near = [g for g in free if overlaps(answer[:2], g[:2])]
            if not near and any(overlaps(answer[:2], g[:2]) for g in other):
                continue
            given += 1
            right = next((g for g in near if g[2] == answer[2]), None)
            if right:
                hits += 1
                free.remove(right)
                continue
            words = art.text[max(0, answer[0] - 40) : answer[1] + 20].replace("\n", " ")
            errors.append(f"{art.name[:12]}\t{art.day}\tgot {answer[2]}\tgold {[g[2] for g in near]}\t{words}")
        for g in free:
            if not any(overlaps(g[:2], f[:2]) for f in found):
                errors.append(
                    f"{art.name[:12]}\t{art.day}\tmissed {g[2]}\t{g[3]}\t{art.text[max(0, g[0] - 40) : g[1] + 20]!r}"
                )
    precision, recall = hits / given if given else 0.0, hits / asked if asked else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0, errors


# ── The programs ─────────────────────────────────────────────────────────────────────────────────────────────────────


def onrecord(articles: list[Article]) -> list[list[Found]]:
    from onrecord.annotate import annotate
    from onrecord.extract import dates
    from onrecord.model import Document, Layer, Post, Span

    answers = []
    for art in articles:
        spans = tuple(Span(m.start(), m.end()) for m in re.finditer(r"\S.*?(?=\n\n|\Z)", art.text, re.S))
        layer = Layer(0, "editor", "editor", art.text, 0, spans)
        post = Post(0, "", 0, len(art.text), (layer,))
        days = dates.page(Document(art.name, art.text, published=art.day), (post,))
        found: list[Found] = []
        for mention in dates.find(post, list(annotate(post.layers)), days):
            value = mention.value
            if (mention.end and (len(value) == 7 or (len(value) == 4 and len(mention.end) == 7))) or (
                mention.end and mention.relative_to and date.fromisoformat(value).weekday() == 5
            ):
                value = f"{value}/{mention.end}"
            found.append((mention.evidence.start, mention.evidence.end, value))
        answers.append(found)
    return answers


def microsoft(articles: list[dict[str, Any]]) -> list[list[Found]]:
    from recognizers_date_time import recognize_datetime
    from recognizers_text import Culture

    answers = []
    for art in articles:
        day = datetime.fromisoformat(art["day"])
        found: list[Found] = []
        for result in recognize_datetime(art["text"], Culture.English, reference=day):
            values = (result.resolution or {}).get("values") or []
            options = [v for v in (ms_value(v) for v in values) if v]
            if options:
                # Of "last and next Tuesday" it leaves the choice to the caller: the last, as news means it.
                past = [v for v in options if v <= art["day"] + "~"]
                found.append((result.start, result.end + 1, max(past) if past else options[0]))
        answers.append(found)
    return answers


def ms_value(value: dict[str, str]) -> str | None:
    if value.get("type") in ("date", "datetime") and "value" in value:
        return value["value"][:10]
    if value.get("type") in ("daterange", "datetimerange") and "start" in value and "end" in value:
        try:
            first, after = date.fromisoformat(value["start"][:10]), date.fromisoformat(value["end"][:10])
        except ValueError:
            return None
        if value["type"] == "datetimerange":
            return first.isoformat()
        days = (after - first).days
        months = (after.year - first.year) * 12 + after.month - first.month
        if first.day == after.day == 1 and months == 12 and first.month == 1:
            return f"{first.year:04}"
        if first.day == after.day == 1 and months == 1:
            return first.isoformat()[:7]
        if first.day == after.day == 1 and months == 3:
            last = first.month + 2
            return f"{first.isoformat()[:7]}/{first.year if last <= 12 else first.year + 1}-{(last - 1) % 12 + 1:02}"
        if days == 7:
            return f"{(first + timedelta(3)).isoformat()[:7]}/{first + timedelta(6)}"
        if days == 2:
            return f"{first}/{first + timedelta(1)}"
        return first.isoformat()
    return None


def dateparser(articles: list[dict[str, Any]]) -> list[list[Found]]:
    import dateparser.date
    from dateparser.search import search_dates

    answers = []
    for art in articles:
        settings = {"RELATIVE_BASE": datetime.fromisoformat(art["day"]), "PREFER_DATES_FROM": "past"}
        parser = dateparser.date.DateDataParser(languages=["en"], settings=settings)
        found: list[Found] = []
        place = 0
        for words, when in search_dates(art["text"], languages=["en"], settings=settings) or []:
            start = art["text"].find(words, place)
            if start < 0:
                continue
            place = start + len(words)
            period = parser.get_date_data(words).period
            length = {"year": 4, "month": 7}.get(period, 10)
            found.append((start, place, when.date().isoformat()[:length]))
        answers.append(found)
    return answers


PEERS = {"Microsoft recognizers": microsoft, "dateparser search": dateparser}


def ask(peer: str, python: str, articles: list[Article]) -> list[list[Found]] | str:
    """A peer's answers from another interpreter, or why there are none."""
    given = json.dumps([{"text": a.text, "day": a.day} for a in articles])
    done = subprocess.run(
        [python, __file__, "--as-peer", peer], input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return "not installed" if "ModuleNotFoundError" in done.stderr else f"failed: {lines[-1] if lines else ''}"
    return [[(f[0], f[1], f[2]) for f in found] for found in json.loads(done.stdout)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("../shared/bench/dates"))
    parser.add_argument("--peers", default=sys.executable, help="the interpreter that has benchmarks/requirements.txt")
    parser.add_argument("--errors", action="store_true", help="list what onrecord got wrong")
    parser.add_argument("--as-peer", choices=list(PEERS), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.as_peer:
        print(json.dumps(PEERS[arguments.as_peer](json.load(sys.stdin))))
        return 0
    if not (arguments.folder / "annotation.tar.gz").exists():
        print(f"skipped: {arguments.folder / 'annotation.tar.gz'} is not there; give the folder of the MEANTIME corpus")
        return 0
    articles = read(arguments.folder)
    print(f"{len(articles)} articles, {sum(len(a.gold) for a in articles)} TIMEX3 beside the date lines")
    print(f"{'':24}{'dates':>8}{'P':>8}{'R':>8}{'all TIMEX3':>14}{'P':>8}{'R':>8}")
    programs: dict[str, list[list[Found]] | str] = {"onrecord": onrecord(articles)}
    for peer in PEERS:
        programs[peer] = ask(peer, arguments.peers, articles)
    for name, answers in programs.items():
        if isinstance(answers, str):
            print(f"{name:24}{answers}")
            continue
        p, r, f, _ = score(articles, answers, everything=False)
        p2, r2, f2, more = score(articles, answers, everything=True)
        print(f"{name:24}{f:8.3f}{p:8.3f}{r:8.3f}{f2:14.3f}{p2:8.3f}{r2:8.3f}")
        if arguments.errors and name == "onrecord":
            print("\n".join(more))
    return 0


if __name__ == "__main__":
    sys.exit(main())
