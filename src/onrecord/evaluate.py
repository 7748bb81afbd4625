"""Scores what was read against annotations made by people, and says what was missed and what was made up.

The annotations are JSON, one file a document: `id`, `text_file` (beside it) and what a careful reader finds: people
with roles, events, statements, sources, amounts, and for an archive page its posts with their layers. Pairing is one to
one, the best pair first; figures are micro-averages over all documents. What is marked `optional`, because two careful
readers disagreed about it, is neither asked for nor held against anyone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from onrecord import sources
from onrecord.engine import local
from onrecord.errors import OnRecordError, SourceError
from onrecord.export import annotations as gold_form
from onrecord.model import Document, Extraction, Failure

Item = Mapping[str, Any]
_Pair = tuple[Any, Any]

# Words in front of a name that do not make it another name.
_TITLES = frozenset(
    [
        *("mr", "mrs", "ms", "dr", "h", "e", "he", "sir", "excellency", "comrade", "king", "queen", "prince", "sheikh"),
        *("shaikh", "president", "prime", "minister", "premier", "foreign", "general", "secretary", "chairman", "vice"),
        *("deputy", "ambassador", "senator", "professor", "prof", "the", "of", "and"),
    ]
)
_ROLE_TITLE, _ROLE_ORG, _SOURCE, _POST_TITLE, _HALF = 0.6, 0.5, 0.6, 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """How often something was found, missed and made up."""

    hit: int = 0
    missed: int = 0
    made_up: int = 0

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.made_up) if self.hit + self.made_up else 0.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that was missed, made up or wrong. `cause` says in a word what kept it from pairing."""

    document: str
    kind: str
    what: str
    cause: str
    item: str


@dataclass(frozen=True, slots=True)
class Report:
    """The figures by name, in a fixed order, and the errors behind them."""

    documents: int
    predicted: int
    figures: Mapping[str, Figure]
    errors: tuple[Fault, ...]

    def as_json(self, *, errors: bool = False) -> dict[str, Any]:
        """The report as a JSON-ready dict; with the list of errors if asked for."""
        out: dict[str, Any] = {
            "documents": self.documents,
            "predicted": self.predicted,
            "figures": {
                name: {"f1": round(f.f1, 4), "p": round(f.precision, 4), "r": round(f.recall, 4), **asdict(f)}
                for name, f in self.figures.items()
            },
        }
        if errors:
            out["errors"] = [asdict(error) for error in self.errors]
        return out


def evaluate(gold: Path, predicted: Path | None = None, *, workers: int | None = None) -> Report:
    """Scores the annotations in `gold` (a file or a folder of JSON files) against what is read from their texts.

    A `documents.jsonl` in the folder, if there is one, gives the documents (with publisher, title and date); otherwise
    the texts are read from each annotation's `text_file`. With `predicted`, a folder of annotations made before,
    nothing is read anew. Raises SourceError if an annotation or its text cannot be read.
    """
    annotated = _load(gold)
    documents = _documents(gold, annotated)
    if predicted is not None:
        found = _load(predicted)
    else:
        found = {}
        for result in local.run(documents.values(), workers=workers or local.default_workers()):
            if isinstance(result, Extraction):
                found[result.document.name] = gold_form.annotations(result)
    return score(annotated, found, {name: document.text for name, document in documents.items()})


def score(gold: Mapping[str, Item], found: Mapping[str, Item], texts: Mapping[str, str]) -> Report:
    """Scores annotations `found` by document id against `gold`; `texts` are what both annotate."""
    tally = _Tally()
    for name, annotation in gold.items():
        _Document(name, annotation, found.get(name, {}), texts[name], tally).score()
    figures = {name: Figure(*counts) for name, counts in tally.counts.items()}
    return Report(len(gold), sum(name in found for name in gold), figures, tuple(tally.faults))


# ---------------------------------------------------------------- reading


def _load(path: Path) -> dict[str, Item]:
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    out: dict[str, Item] = {}
    for file in files:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise SourceError(f"{file} cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise SourceError(f"{file} is not valid JSON: {error}; an annotation is one JSON object") from error
        for item in content if isinstance(content, list) else [content]:
            if not isinstance(item, dict) or not isinstance(item.get("id"), str):
                raise SourceError(f'{file} is no annotation: it has no "id"')
            out[item["id"]] = {**item, "_file": str(file)}
    if not out:
        raise SourceError(f"{path} holds no annotations (files that end in .json)")
    return out


def _documents(gold: Path, annotated: Mapping[str, Item]) -> dict[str, Document]:
    beside = (gold if gold.is_dir() else gold.parent) / "documents.jsonl"
    given: dict[str, Document] = {}
    if beside.exists():
        given = {d.name: d for d in sources.read(beside) if isinstance(d, Document) and d.name in annotated}
    out = {}
    for name, annotation in annotated.items():
        if name in given:
            out[name] = given[name]
            continue
        if not isinstance(annotation.get("text_file"), str):
            raise SourceError(f'{annotation["_file"]} has no "text_file" that names the text it annotates')
        file = Path(annotation["_file"]).parent / annotation["text_file"]
        read = next(iter(sources.read(file)), None)
        if not isinstance(read, Document):
            reason = read.reason if isinstance(read, Failure) else "holds no document"
            raise OnRecordError(f"the text of {annotation['_file']}, {file}, {reason}")
        out[name] = replace(
            read,
            name=name,
            published=read.published or annotation.get("published"),
            lang=read.lang or annotation.get("lang"),
        )
    return out


# ---------------------------------------------------------------- comparing words


@cache
def _words(text: str) -> tuple[str, ...]:
    """The words of `text` without case, accents, punctuation and genitive endings."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    return tuple(re.findall(r"\w+", re.sub(r"[’'`]s\b", "", plain)))


def _without(text: object, drop: frozenset[str]) -> list[str]:
    return [word for word in _words(str(text or "")) if word not in drop]


@cache
def same_name(a: str, b: str) -> bool:
    """Whether two names are one: equal but for titles, or all words of the shorter, at least two, in the longer."""
    for drop in (frozenset({"the"}), _TITLES | {"the"}):
        x, y = _without(a, drop), _without(b, drop)
        if x and x == y:
            return True
    shorter, longer = sorted((set(x), set(y)), key=len)
    return len(shorter) >= 2 and shorter <= longer


def _same_voice(a: str, b: str) -> bool:
    x, y = set(_without(a, frozenset({"the"}))), set(_without(b, frozenset({"the"})))
    return bool(x and y) and (x <= y or y <= x)


@cache
def _share(a: str | None, b: str | None) -> float:
    """F1 of the words of two strings, small words aside; 1.0 if both are empty."""
    drop = frozenset({"the", "of", "and"})
    x, y = _without(a, drop), _without(b, drop)
    if not x and not y:
        return 1.0
    common = sum(min(x.count(word), y.count(word)) for word in set(x))
    return 2 * common / (len(x) + len(y))


def _optional(item: object) -> bool:
    return isinstance(item, dict) and bool(item.get("optional"))


def _match(
    gold: Sequence[Any], found: Sequence[Any], weight: Callable[[Any, Any], float]
) -> tuple[list[_Pair], list[Any], list[Any]]:
    """Pairs one to one, the heaviest first; then what of `gold` was missed and what of `found` is made up."""
    weights = [(weight(g, f), i, j) for i, g in enumerate(gold) for j, f in enumerate(found)]
    taken: dict[int, int] = {}
    used: set[int] = set()
    for heavy, i, j in sorted(weights, key=lambda one: -one[0]):
        if heavy > 0 and i not in taken and j not in used:
            taken[i] = j
            used.add(j)
    pairs = [(gold[i], found[j]) for i, j in taken.items() if not _optional(gold[i])]
    missed = [g for i, g in enumerate(gold) if i not in taken and not _optional(g)]
    return pairs, missed, [f for j, f in enumerate(found) if j not in used]


class _Tally:
    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}
        self.faults: list[Fault] = []

    def add(self, name: str, hit: int, missed: int, made_up: int) -> None:
        counts = self.counts.setdefault(name, [0, 0, 0])
        for place, number in enumerate((hit, missed, made_up)):
            counts[place] += int(number)


@dataclass(frozen=True, slots=True)
class _Names:
    """How the participants of two events compare."""

    hit: int
    missed: list[str]
    made_up: list[str]

    @property
    def overlap(self) -> float:
        total = self.hit + len(self.missed) + len(self.made_up)
        return self.hit / total if total else 0.0


# ---------------------------------------------------------------- one document


class _Document:
    """Scores one document into the tally."""

    def __init__(self, name: str, gold: Item, found: Item, text: str, tally: _Tally) -> None:
        self.name, self.gold, self.found, self.text, self.tally = name, gold, found, text, tally
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def score(self) -> None:
        self._people()
        self._events()
        self._statements()
        self._sources()
        self._amounts()
        if self.gold.get("posts"):
            self._posts()

    def _note(self, kind: str, what: str, cause: str, item: str) -> None:
        self.tally.faults.append(Fault(self.name, kind, what, cause, item))

    def _all(self, kind: str) -> tuple[list[Any], list[Any]]:
        return list(self.gold.get(kind) or []), list(self.found.get(kind) or [])

    def _places(self, item: Item) -> list[tuple[int, int]]:
        """Where the quote stands: as the item says, else everywhere in the text (a sentence can stand twice)."""
        if isinstance(item.get("start"), int) and isinstance(item.get("end"), int):
            return [(item["start"], item["end"])]
        quote = item.get("quote") or ""
        if quote not in self._spans:
            found, at = [], self.text.find(quote) if quote else -1
            while at >= 0:
                found.append((at, at + len(quote)))
                at = self.text.find(quote, at + 1)
            self._spans[quote] = found
        return self._spans[quote]

    def _overlap(self, a: Item, b: Item) -> float:
        """The largest intersection over union of two quotes."""
        best = 0.0
        for start, end in self._places(a):
            for other_start, other_end in self._places(b):
                common = min(end, other_end) - max(start, other_start)
                if common > 0:
                    best = max(best, common / (max(end, other_end) - min(start, other_start)))
        return best

    # ---- people

    def _people(self) -> None:
        gold, found = (_once(people) for people in self._all("people"))

        def weight(g: Item, f: Item) -> float:
            if not same_name(g["name"], f["name"]):
                return 0
            return 2 if _words(g["name"]) == _words(f["name"]) else 1

        pairs, missed, made_up = _match(gold, found, weight)
        self.tally.add("people", len(pairs), len(missed), len(made_up))
        for person in missed:
            near = any(set(_words(person["name"])) & set(_words(f["name"])) for f in found)
            self._note("people", "missed", "found under another form" if near else "not found", person["name"])
        for person in made_up:
            near = any(set(_words(person["name"])) & set(_words(g["name"])) for g in gold)
            self._note("people", "made up", "another form of a name" if near else "no person", person["name"])
        self.tally.add("roles", 0, 0, 0)
        for g, f in pairs:
            self._roles(g, f)
        self.tally.add("roles", 0, sum(len(p["roles"]) for p in missed), sum(len(p["roles"]) for p in made_up))

    def _roles(self, g: Item, f: Item) -> None:
        def weight(a: Item, b: Item) -> float:
            title, org = _share(a.get("title"), b.get("title")), _share(a.get("org"), b.get("org"))
            return title + org if title >= _ROLE_TITLE and (org >= _ROLE_ORG or not a.get("org")) else 0

        pairs, missed, made_up = _match(g["roles"], f["roles"], weight)
        self.tally.add("roles", len(pairs), len(missed), len(made_up))
        for what, roles, others in (("missed", missed, f["roles"]), ("made up", made_up, g["roles"])):
            for role in roles:
                near = [r for r in others if _share(role.get("title"), r.get("title")) >= _ROLE_TITLE]
                cause = "other body" if near else "other title" if others else "no role on the other side"
                self._note("roles", what, cause, f"{g['name']}: {role.get('title')} / {role.get('org')}")

    # ---- events

    def _names(self, g: Item, f: Item) -> _Names:
        """A name that only one of the two careful readers gave may be given or left out."""
        gold, found = g.get("participants") or [], f.get("participants") or []
        pairs, missed, made_up = _match(gold, found, lambda a, b: float(same_name(a, b)))
        either = g.get("optional_participants") or []
        made_up = [name for name in made_up if not any(same_name(name, other) for other in either)]
        return _Names(len(pairs), missed, made_up)

    def _events(self) -> None:
        def weight(g: Item, f: Item) -> float:
            if g["type"] != f["type"] or not _same_post(g, f):
                return 0
            overlap, names = self._overlap(g, f), self._names(g, f).overlap
            if overlap <= 0 and names < _HALF:
                return 0
            trigger = bool(g.get("trigger")) and _share(g.get("trigger"), f.get("trigger")) >= _HALF
            return 1 + overlap + names + trigger + (g.get("mode") == f.get("mode")) + 0.5 * _same(g, f, "date")

        gold, found = self._all("events")
        pairs, missed, made_up = _match(gold, found, weight)
        add = self.tally.add
        add("events", len(pairs), len(missed), len(made_up))
        for event in missed:
            add("participants", 0, len(event.get("participants") or []), 0)
            self._note("events", "missed", self._cause(event, found), _event(event))
        for event in made_up:
            add("participants", 0, 0, len(event.get("participants") or []))
            self._note("events", "made up", self._cause(event, gold), _event(event))
        right = 0
        for g, f in pairs:
            names = self._names(g, f)
            add("participants", names.hit, len(names.missed), len(names.made_up))
            for axis in ("mode", "date"):
                same = _same(g, f, axis)
                add(f"axis {axis}", same, not same, not same)
            same = g.get("status", "happened") == f.get("status", "happened")
            add("axis status", same, not same, not same)
            self._place(g, f)
            wrong = [axis for axis in ("mode", "date") if not _same(g, f, axis)]
            wrong += ["participant missed"] * bool(names.missed) + ["participant made up"] * bool(names.made_up)
            right += not wrong
            if wrong:
                got = f"got {f.get('mode')} {f.get('date')} {f.get('participants')}"
                self._note("rows", "wrong", ", ".join(wrong), f"{_event(g)} | {got}")
        add("row", right, len(missed) + len(pairs) - right, len(made_up) + len(pairs) - right)
        if focus := [event for event in gold if event.get("focus")]:
            pairs, missed, _ = _match(focus, found, weight)
            add("events in focus (recall only)", len(pairs), len(missed), 0)

    def _place(self, g: Item, f: Item) -> None:
        a, b = g.get("place"), f.get("place")
        if a or b:
            same = bool(a and b) and (same_name(a, b) or _share(a, b) >= _HALF)
            self.tally.add("axis place", same, bool(a) and not same, bool(b) and not same)

    def _cause(self, event: Item, others: Iterable[Item]) -> str:
        """Why an event did not pair: what the nearest event of the other side differs in."""
        near = [other for other in others if _same_post(event, other) and self._overlap(event, other) > 0]
        if not near:
            return "nothing at these words"
        if any(other["type"] == event["type"] for other in near):
            return "counted twice or paired elsewhere"
        return "told as " + ", ".join(sorted({other["type"] for other in near}))

    # ---- statements, sources, amounts, posts

    def _statements(self) -> None:
        def weight(g: Item, f: Item) -> float:
            overlap = self._overlap(g, f) if _same_post(g, f) else 0
            return overlap + 0.2 * same_name(g["speaker"], f["speaker"]) if overlap >= _HALF else 0

        gold, found = self._all("statements")
        pairs, missed, made_up = _match(gold, found, weight)
        self.tally.add("statements", len(pairs), len(missed), len(made_up))
        right = sum(same_name(g["speaker"], f["speaker"]) for g, f in pairs)
        wrong = len(pairs) - right
        self.tally.add("statements attributed", right, len(missed) + wrong, len(made_up) + wrong)
        for g, f in pairs:
            if not same_name(g["speaker"], f["speaker"]):
                item = f"gold {g['speaker']}, got {f['speaker']} «{g['quote'][:70]}»"
                self._note("statements", "wrong speaker", "speaker", item)
        for what, items, others in (("missed", missed, found), ("made up", made_up, gold)):
            for one in items:
                near = any(_same_post(one, other) and self._overlap(one, other) > 0 for other in others)
                cause = "other borders" if near else "nothing at these words"
                self._note("statements", what, cause, f"{one['speaker']} «{(one.get('quote') or '')[:90]}»")

    def _sources(self) -> None:
        def weight(g: Item, f: Item) -> float:
            if not _same_post(g, f):
                return 0
            if not same_name(g["name"], f["name"]) and _share(g["name"], f["name"]) < _SOURCE:
                return 0
            return 1 + _same(g, f, "relation")

        gold, found = self._all("sources")
        pairs, missed, made_up = _match(gold, found, weight)
        self.tally.add("sources", len(pairs), len(missed), len(made_up))
        right = sum(_same(g, f, "relation") for g, f in pairs)
        wrong = len(pairs) - right
        self.tally.add("sources with relation", right, len(missed) + wrong, len(made_up) + wrong)
        for g, f in pairs:
            if not _same(g, f, "relation"):
                self._note("sources", "wrong", "relation", f"{g['name']}: {g.get('relation')}, got {f.get('relation')}")
        for what, items in (("missed", missed), ("made up", made_up)):
            for one in items:
                self._note("sources", what, str(one.get("relation")), f"{one['name']} ({one.get('relation')})")

    def _amounts(self) -> None:
        def weight(g: Item, f: Item) -> float:
            unit = (g.get("unit") or "").casefold() == (f.get("unit") or "").casefold()
            near = abs(float(g["value"]) - float(f["value"])) <= 1e-6 * abs(float(g["value"]))
            return float(_same_post(g, f) and unit and near)

        gold, found = self._all("amounts")
        pairs, missed, made_up = _match(gold, found, weight)
        if gold or found:
            self.tally.add("amounts", len(pairs), len(missed), len(made_up))
        for what, items, others in (("missed", missed, found), ("made up", made_up, gold)):
            for one in items:
                near = any(_same_post(one, other) and one["value"] == other["value"] for other in others)
                cause = "other unit" if near else "other value or none"
                self._note("amounts", what, cause, f"{one['value']} {one.get('unit')} {one.get('of')}")

    def _posts(self) -> None:
        def weight(g: Item, f: Item) -> float:
            share = _share(g["title"], f["title"])
            return share if share >= _POST_TITLE else 0

        def layer_weight(g: Item, f: Item) -> float:
            return float(_same_voice(g["voice"], f["voice"]) and _words(g["starts"])[:4] == _words(f["starts"])[:4])

        gold, found = self._all("posts")
        pairs, missed, made_up = _match(gold, found, weight)
        add = self.tally.add
        add("posts", len(pairs), len(missed), len(made_up))
        for what, posts in (("missed", missed), ("made up", made_up)):
            for post in posts:
                self._note("posts", what, "title", post["title"])
        cut = sum(bool(g.get("truncated")) == bool(f.get("truncated")) for g, f in pairs)
        add("posts cut off or not", cut, len(pairs) - cut, len(pairs) - cut)
        dated = sum(_same(g, f, "date") for g, f in pairs)
        add("posts date", dated, len(pairs) - dated, len(pairs) - dated)
        for g, f in pairs:
            if not _same(g, f, "date"):
                self._note("posts", "wrong", "date", f"{g['title']}: {g.get('date')}, got {f.get('date')}")
            if bool(g.get("truncated")) != bool(f.get("truncated")):
                self._note("posts", "wrong", "cut off", f"{g['title']}: {g.get('truncated')}, got {f.get('truncated')}")
            layers, lost, extra = _match(g.get("layers") or [], f.get("layers") or [], layer_weight)
            add("layers", len(layers), len(lost), len(extra))
            for what, items, others in (("missed", lost, extra), ("made up", extra, lost)):
                for one in items:
                    near = any(_words(one["starts"])[:4] == _words(other["starts"])[:4] for other in others)
                    self._note("layers", what, "voice" if near else "border", f"{one['voice']}: {one['starts']}")
        for g in missed:
            add("layers", 0, len(g.get("layers") or []), 0)


def _same(g: Item, f: Item, key: str) -> bool:
    return bool(g.get(key) == f.get(key))


def _same_post(g: Item, f: Item) -> bool:
    return bool(g.get("post", 0) == f.get("post", 0))


def _once(people: Iterable[Item]) -> list[Item]:
    """People of the same name made one, with the roles of all; none is optional: a name stands in the text or not."""
    out: dict[tuple[str, ...], dict[str, Any]] = {}
    for person in people:
        one = out.setdefault(_words(person["name"]), {"name": person["name"], "roles": []})
        one["roles"] = one["roles"] + list(person.get("roles") or [])
    return list(out.values())


def _event(event: Item) -> str:
    quote = (event.get("quote") or "")[:90]
    return f"{event['type']}/{event.get('mode')} {event.get('date')} {event.get('participants')} «{quote}»"
