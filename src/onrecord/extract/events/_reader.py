"""The learnt reader: a small encoder over a whole post, and heads that judge acts, who takes part, when, and sameness.

Weights in data/reader/ (training/reader.py learns them, data/reader/card.toml says from what). Runs with onnxruntime
and numpy alone. The encoder is shown, beside the word pieces, the shape of each word, what the entities and dates found
there, which act a pattern found, and what kind of layer it is in; so it need not know a name to know that it is one.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from onrecord.annotate import plain
from onrecord.errors import ModelError
from onrecord.extract.events._patterns import MODES, Act, Trigger, act_of
from onrecord.extract.events._search import Candidate, Search
from onrecord.model import LAYER_KINDS, Claim, Evidence

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

# Word pieces that are read at once, and how many of those before are shown again with them.
PIECES, BEFORE = 400, 80
AHEAD, BEHIND = 96, 64  # pieces to both sides of an act that are read again for it
LABELS = ("O", *(f"{type_}/{mode}" for type_, modes in MODES.items() for mode in modes))
KINDS = (
    "", "person", "organisation", "country", "nationality", "place",
    "facility", "date", "pronoun", "title", "group", "quote",
)  # fmt: skip
LAYERS = LAYER_KINDS
SHAPES = 6
DISTANCES = 16
SAME_FLAGS = 12
_PHRASES = 6  # mentions of one actor that are looked at for one act
COUNCIL, COUNCIL_HEADS, COUNCIL_LAYERS = 96, 4, 2  # of the transformer over the actors of an act


@dataclass(frozen=True, slots=True)
class Page:
    """A post as the encoder sees it: its layers one below the other, what is known of each character, and its pieces.

    `ids` and the channels have one row a piece; `start` and `end` are places in the joined text; `runs` are the
    stretches read at once, as (first piece shown, first piece kept, end).
    """

    ids: Ints
    channels: Ints
    start: Ints
    end: Ints
    runs: tuple[tuple[int, int, int], ...]
    bases: dict[int, int]

    def pieces(self, start: int, end: int) -> tuple[int, int]:
        """First piece of a stretch of the joined text, and the one after its last; at least one where there is any."""
        first = int(np.searchsorted(self.end, start, side="right"))
        last = int(np.searchsorted(self.start, end, side="left"))
        first = min(first, max(len(self.ids) - 1, 0))
        return first, max(last, first + 1)


def label(claim: Claim) -> int:
    """The number of an act's type and mode; of a type alone, its first mode's."""
    return _number(claim.type, claim.mode)


@cache
def _number(type_: str, mode: str | None) -> int:
    name = f"{type_}/{mode or ''}"
    return LABELS.index(name) if name in LABELS else next(i for i, w in enumerate(LABELS) if w.split("/")[0] == type_)


@cache
def of_type(type_: str) -> tuple[int, ...]:
    """The numbers of the labels of a type."""
    return tuple(i for i, word in enumerate(LABELS) if word.split("/")[0] == type_)


@lru_cache(maxsize=65536)
def shape(word: str) -> int:
    """0 no letters, 1 small letters, 2 a capital first, 3 capitals, 4 mixed, 5 with digits."""
    if any(c.isdigit() for c in word):
        return 5
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return 0
    if not any(c.isupper() for c in letters):
        return 1
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return 3
    return 2 if letters[0].isupper() and not any(c.isupper() for c in letters[1:]) else 4


def page(search: Search, found: Sequence[Candidate]) -> Page:
    """The post of a search as the encoder sees it."""
    tokenizer = _tokenizer()
    layers = [layer for layer in search.post.layers if layer.kind != "caption"]
    bases: dict[int, int] = {}
    at = 0
    for layer in layers:
        bases[layer.index] = at
        at += len(layer.text) + 1
    channels = np.zeros((at + 1, 4), dtype=np.int64)
    for layer in layers:
        base = bases[layer.index]
        channels[base : base + len(layer.text), 3] = LAYERS.index(layer.kind)
        for token in search.docs[layer.index]:
            channels[base + token.idx : base + token.idx + len(token.text), 0] = shape(token.text)
    _paint(channels, search, found, bases)
    texts, starts = [], []
    for layer in layers:
        shown = plain(layer.text)
        for a, b in _spans(search.docs[layer.index]):
            texts.append(shown[a:b])
            starts.append(a + bases[layer.index])
    ids: list[int] = []
    start: list[int] = []
    end: list[int] = []
    sizes: list[int] = []
    for coded, base in zip(tokenizer.encode_batch(texts, add_special_tokens=False), starts, strict=True):
        kept = coded.ids[:PIECES]
        ids += kept
        start += [a + base for a, _ in coded.offsets[:PIECES]]
        end += [b + base for _, b in coded.offsets[:PIECES]]
        sizes.append(len(kept))
    first = np.array(start, dtype=np.int64)
    return Page(
        np.array(ids, dtype=np.int64), channels[first] if len(first) else channels[:0],
        first, np.array(end, dtype=np.int64), tuple(_runs(sizes)), bases,
    )  # fmt: skip


def _spans(doc: Doc) -> list[tuple[int, int]]:
    return [(s.start_char, s.end_char) for s in doc.sents]


def _paint(channels: Ints, search: Search, found: Sequence[Candidate], bases: dict[int, int]) -> None:
    for mention in sorted(search.entities.mentions, key=lambda m: m.evidence.start - m.evidence.end):
        where = mention.evidence
        if where.layer not in bases:
            continue
        kind = mention.form if mention.form in KINDS else mention.kind
        if kind in KINDS:
            base = bases[where.layer]
            channels[base + where.start : base + where.end, 1] = KINDS.index(kind)
    for date in search.dates:
        where = date.evidence
        if where.layer in bases:
            base = bases[where.layer]
            channels[base + where.start : base + where.end, 1] = KINDS.index("date")
    for candidate in found:
        where = candidate.claim.trigger
        base = bases[where.layer]
        channels[base + where.start : base + where.end, 2] = label(candidate.claim)


def _runs(sizes: Sequence[int]) -> Iterable[tuple[int, int, int]]:
    """Sentences in runs of at most PIECES pieces, each shown with up to BEFORE pieces before it."""
    at = kept = 0
    for size in sizes:
        if at + size - max(kept - BEFORE, 0) > PIECES and at > kept:
            yield max(kept - BEFORE, 0), kept, at
            kept = at
        at += size
    if at > kept:
        yield max(kept - BEFORE, 0), kept, at


def around(act: tuple[int, int], size: int) -> tuple[int, int]:
    """The pieces that are read again for an act: first, and the one after the last."""
    return max(act[0] - AHEAD, 0), min(act[0] + BEHIND, size)


def distance(gap: int) -> int:
    """The bucket of a signed distance in pieces, 0 to 15: the upper half for what stands behind."""
    size = abs(gap)
    bucket = next((n for n, most in enumerate((2, 4, 8, 16, 32, 64, 128)) if size <= most), 7)
    return bucket if gap < 0 else bucket + 8


def stretches(search: Search, bases: dict[int, int]) -> dict[str, list[tuple[int, int]]]:
    """Where each actor of a post is named, by name, as stretches of the joined text."""
    out: dict[str, list[tuple[int, int]]] = {}
    for layer, base in bases.items():
        scene = search.scene(layer)
        for actor in (*scene.actors, *scene.asides):
            for name, _ in actor.names:
                out.setdefault(name, []).append((actor.start + base, actor.end + base))
    return out


def same_flags(a: Candidate, b: Candidate) -> tuple[int, ...]:
    """How two acts of one type stand to each other, the earlier first."""
    x, y = a.claim, b.claim
    p = {m.name for m, c in zip(a.members, a.chances, strict=True) if c >= -0.3}
    q = {m.name for m, c in zip(b.members, b.chances, strict=True) if c >= -0.3}
    dated = x.date is not None and y.date is not None
    head = b.sentence.doc[b.trigger.head]
    definite = any(c.lower_ in ("the", "this", "these", "that") for c in head.children)
    return (
        int(x.mode == y.mode),
        int(a.sentence.doc[a.trigger.head].lemma_.lower() == head.lemma_.lower()),
        int(x.status == y.status),
        int(dated and x.date.value == y.date.value),  # type: ignore[union-attr]
        int(dated and x.date.value != y.date.value),  # type: ignore[union-attr]
        int(bool(p & q)),
        int(bool(p) and p == q),
        int(bool(p) and bool(q) and not p & q),
        int(definite and not b.trigger.verb),
        int(a.layer != b.layer),
        int(x.quote == y.quote),
        int(a.trigger.verb == b.trigger.verb),
    )


# --- judging --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the reader thinks of one act: log odds that it is an event, of each member, of each day, and its modes.

    `days` has one score for each of the candidate's days, then for each of its `untold`, and one for none at all.
    """

    likely: float
    members: tuple[float, ...]
    days: tuple[float, ...]
    modes: dict[str, float]


class Marks:
    """One post read by the encoder."""

    def __init__(self, search: Search, found: Sequence[Candidate]) -> None:
        self._search = search
        self._page = page(search, found)
        size = len(self._page.ids)
        self._hidden = np.zeros((size, _width()), dtype=np.float32)
        self._tags = np.zeros((size, len(LABELS)), dtype=np.float32)
        self._middle = np.zeros((size, _width()), dtype=np.float32)
        session = _session("reader.onnx")
        before, after = _ends()
        for shown, kept, stop in self._page.runs:
            ids = np.concatenate(([before], self._page.ids[shown:stop], [after]))[None]
            rows = np.zeros((stop - shown + 2, 4), dtype=np.int64)
            rows[1:-1] = self._page.channels[shown:stop]
            hidden, tags, middle = session.run(["hidden", "tags", "middle"], {"ids": ids, "channels": rows[None]})
            self._hidden[kept:stop] = hidden[0, 1 + kept - shown : -1]
            self._tags[kept:stop] = tags[0, 1 + kept - shown : -1]
            self._middle[kept:stop] = middle[0, 1 + kept - shown : -1]
        self._names = stretches(search, self._page.bases)
        self._pieces: dict[str, list[tuple[int, int]]] = {}

    @cached_property
    def _odds(self) -> Floats:
        shifted = np.exp(self._tags - self._tags.max(axis=1, keepdims=True))
        out: Floats = shifted / shifted.sum(axis=1, keepdims=True)
        return out

    def _vector(self, layer: int, start: int, end: int) -> tuple[Floats, int]:
        base = self._page.bases[layer]
        first, last = self._page.pieces(start + base, end + base)
        vector: Floats = self._hidden[first:last].mean(axis=0)
        return vector, first

    def unnoticed(self, found: Sequence[Candidate], least: float) -> list[tuple[int, Trigger]]:
        """Words that name an act as likely as `least` where no pattern found one of its type, as triggers by layer."""
        taken: dict[tuple[int, str], list[tuple[int, int]]] = {}
        for candidate in found:
            where = candidate.claim.trigger
            taken.setdefault((where.layer, candidate.claim.type), []).append((where.start, where.end))
        for spans in taken.values():
            spans.sort()
        types = sorted({word.split("/")[0] for word in LABELS[1:]})
        sums = np.stack([self._odds[:, list(of_type(t))].sum(axis=1) for t in types], axis=1)
        best = sums.argmax(axis=1) if len(sums) else np.zeros(0, dtype=np.int64)
        likely = (sums.max(axis=1) >= least).tolist() if len(sums) else []
        out: list[tuple[int, Trigger]] = []
        for layer, base in self._page.bases.items():
            doc = self._search.docs[layer]
            runs: list[tuple[int, int, int]] = []  # first token, last token, type
            places = np.array([token.idx for token in doc], dtype=np.int64) + base
            sizes = np.array([len(token.text) for token in doc], dtype=np.int64)
            firsts = np.searchsorted(self._page.end, places, side="right").tolist()
            lasts = np.searchsorted(self._page.start, places + sizes, side="left").tolist()
            for i, first in enumerate(firsts):
                last = max(lasts[i], first + 1)
                if not any(likely[first:last]):
                    continue
                token = doc[i]
                if token.is_space or token.is_punct:
                    continue
                window = slice(first, last)
                if first >= len(best) or self._page.start[first] >= token.idx + base + len(token.text):
                    continue
                kind = int(best[first])
                if float(sums[window, kind].max()) < least:
                    continue
                if runs and runs[-1][2] == kind and token.i - runs[-1][1] <= 2 and doc[runs[-1][1]].sent == token.sent:
                    runs[-1] = (runs[-1][0], token.i, kind)
                else:
                    runs.append((token.i, token.i, kind))
            for a, b, kind in runs:
                start, end = doc[a].idx, doc[b].idx + len(doc[b].text)
                known = taken.get((layer, types[kind]), [])
                place = bisect_left(known, (end, 0))
                if any(start < y for _, y in known[max(place - 6, 0) : place]):
                    continue
                first, last = self._page.pieces(start + base, end + base)
                columns = list(of_type(types[kind]))
                name = LABELS[columns[int(self._odds[first:last][:, columns].sum(axis=0).argmax())]]
                out.append((layer, _trigger(doc, a, b, act_of(*name.split("/")))))
        return out

    def judge(self, found: Sequence[Candidate], least: float = -math.inf) -> list[tuple[Candidate, Verdict]]:
        """The acts whose odds are `least` or more, with the actors around them, and the verdict on each."""
        likely = [(c, odds) for c, odds in zip(found, self._likely(found), strict=True) if odds >= least]
        spans = [self._span(c.claim.trigger) for c, _ in likely]
        kinds = [label(c.claim) for c, _ in likely]
        out: list[tuple[Candidate, Verdict]] = []
        for begin in range(0, len(likely), _AT_ONCE):
            stop = min(begin + _AT_ONCE, len(likely))
            again = _Again(self._middle, spans[begin:stop], kinds[begin:stop])
            for n in range(begin, stop):
                candidate, odds = likely[n]
                weighed = self._search.weigh(candidate)
                act, seen = _Act(self._hidden[slice(*spans[n])].mean(axis=0), spans[n], kinds[n]), again.of(n - begin)
                members, days = self._members(weighed, act, seen), self._days(candidate, act, seen)
                out.append((weighed, Verdict(odds, members, days, self._modes(candidate, spans[n]))))
        return out

    def _span(self, where: Evidence) -> tuple[int, int]:
        base = self._page.bases[where.layer]
        return self._page.pieces(where.start + base, where.end + base)

    def _likely(self, found: Sequence[Candidate]) -> list[float]:
        """The log odds that each act is an event."""
        if not found:
            return []
        spans = [self._span(c.claim.trigger) for c in found]
        means = np.stack([self._hidden[first:last].mean(axis=0) for first, last in spans])
        kinds = np.array([label(c.claim) for c in found], dtype=np.int64)
        known = _heads().single("act", means, kinds)[:, 0]
        known += _heads().weight("act") * np.array([c.odds for c in found], dtype=np.float32)
        shares = np.array([
            self._odds[first:last][:, list(of_type(c.claim.type))].sum(axis=1).max()
            for c, (first, last) in zip(found, spans, strict=True)
        ]).clip(1e-6, 1 - 1e-6)  # fmt: skip
        facts = (np.log(shares / (1 - shares)) / 4).astype(np.float32)[:, None]
        fresh = _heads().single("fresh", means, kinds, facts)[:, 0]
        return [float(b if c.trigger.pattern == READER else a) for c, a, b in zip(found, known, fresh, strict=True)]

    def _modes(self, candidate: Candidate, span: tuple[int, int]) -> dict[str, float]:
        columns = of_type(candidate.claim.type)
        scores = self._tags[slice(*span)][:, list(columns)].max(axis=0)
        return {LABELS[c].split("/")[1]: float(s) for c, s in zip(columns, scores, strict=True)}

    def _members(self, candidate: Candidate, act: _Act, seen: _Look) -> tuple[float, ...]:
        spans: list[tuple[int, int]] = []
        owners: list[int] = []
        for n, member in enumerate(candidate.members):
            near = self._near(member.name, member.where, act.span[0])
            spans += near
            owners += [n] * len(near)
        out = np.full(len(candidate.members), -30.0, dtype=np.float32)
        odds = np.array(candidate.chances, dtype=np.float32)
        weight = _heads().weight("member")
        if spans:
            rows = np.stack([self._hidden[first:last].mean(axis=0) for first, last in spans])
            gaps = np.array([distance(first - act.span[0]) for first, _ in spans])
            flags = np.array([candidate.members[n].flags for n in owners], dtype=np.float32)
            scores = _heads().pair("member", act.vector, rows, act.kind, gaps, flags)
            scores += seen.scores("seen_member", spans, flags)
            np.maximum.at(out, np.array(owners), scores)
            asked, nearest = np.unique(np.array(owners), return_index=True)
            alone = np.stack([out[asked], odds[asked]], axis=-1).astype(np.float32) / np.float32(4)
            out[asked] += _heads().council(act.vector, rows[nearest], act.kind, gaps[nearest], flags[nearest], alone)
        return tuple(float(s + weight * o) for s, o in zip(out, odds, strict=True))

    def _near(self, name: str, where: Evidence, at: int) -> list[tuple[int, int]]:
        """Where an actor is named, nearest first; nowhere if only in a layer that is not shown."""
        pieces = self._pieces.get(name)
        if pieces is None:
            pieces = self._pieces[name] = sorted(self._page.pieces(a, b) for a, b in self._names.get(name, []))
        if not pieces and where.layer in self._page.bases:
            base = self._page.bases[where.layer]
            return [self._page.pieces(where.start + base, where.end + base)]
        place = bisect_left(pieces, (at, 0))
        around = pieces[max(place - _PHRASES, 0) : place + _PHRASES]
        return sorted(around, key=lambda p: (abs(p[0] - at), p))[:_PHRASES]

    def _days(self, candidate: Candidate, act: _Act, seen: _Look) -> tuple[float, ...]:
        heads = _heads()
        out: list[float] = []
        if candidate.days:
            spans: list[tuple[int, int] | None] = []
            for day in candidate.days:
                where = self._search.dates[day.number].evidence
                spans.append(self._span(where) if where.layer in self._page.bases else None)
            rows = [
                self._hidden[slice(*span)].mean(axis=0) if span else np.zeros(_width(), dtype=np.float32)
                for span in spans
            ]
            gaps = np.array([distance((span or act.span)[0] - act.span[0]) for span in spans])
            flags = np.array([day.flags for day in candidate.days], dtype=np.float32)
            scores = heads.pair("day", act.vector, np.stack(rows), act.kind, gaps, flags)
            out += [float(s) for s in scores + seen.scores("seen_day", spans, flags)]
        facts = np.array([undated_facts(candidate)], dtype=np.float32)
        *untold, none = heads.single("undated", act.vector[None], act.kind, facts)[0] + seen.undated()
        known = (_NEVER if cell is None else float(score) for cell, score in zip(candidate.untold, untold, strict=True))
        return (*out, *known, float(none))

    def same(self, pairs: Sequence[tuple[Candidate, Candidate]]) -> list[float]:
        """The log odds that the acts of each pair are one event."""
        out = []
        for a, b in pairs:
            (x, first), (y, second) = (
                self._vector(c.layer, c.claim.trigger.start, c.claim.trigger.end) for c in (a, b)
            )
            flags = np.array([same_flags(a, b)], dtype=np.float32)
            score = _heads().pair("same", x, y[None], label(a.claim), np.array([distance(second - first)]), flags)
            out.append(float(score[0]))
        return out


_AT_ONCE = 16  # acts that are read again at once


@dataclass(frozen=True, slots=True)
class _Act:
    """The words of an act as the encoder has them: their mean, their pieces, and the number of their type and mode."""

    vector: Floats
    span: tuple[int, int]
    kind: int


class _Again:
    """What the last layers of the encoder make of the pieces around each of some acts, the act pointed at."""

    def __init__(self, middle: Floats, spans: Sequence[tuple[int, int]], kinds: Sequence[int]) -> None:
        windows = [around(span, len(middle)) for span in spans]
        size = max((last - first for first, last in windows), default=0)
        states = np.zeros((len(spans), size, middle.shape[1]), dtype=np.float32)
        gaps = np.zeros((len(spans), size), dtype=np.int64)
        act, mask = np.zeros((len(spans), size), dtype=np.float32), np.zeros((len(spans), size), dtype=np.float32)
        for n, ((start, end), (first, last)) in enumerate(zip(spans, windows, strict=True)):
            states[n, : last - first] = middle[first:last]
            gaps[n, : last - first] = _distances()[np.arange(first, last) - start + PIECES]
            act[n, max(start - first, 0) : end - first] = 1
            mask[n, : last - first] = 1
        fed = {"middle": states, "label": np.array(kinds, dtype=np.int64), "gaps": gaps, "act": act, "mask": mask}
        self._windows, self._spans, self._kinds = windows, spans, kinds
        self._states: Floats = _session("again.onnx").run(["seen"], fed)[0]

    def of(self, n: int) -> _Look:
        first, last = self._windows[n]
        return _Look(self._states[n, : last - first], first, self._spans[n], self._kinds[n])


@dataclass(frozen=True, slots=True)
class _Look:
    """The pieces around one act as they were read again: the first of them is piece `first` of the page."""

    states: Floats
    first: int
    span: tuple[int, int]
    kind: int

    def scores(self, head: str, spans: Sequence[tuple[int, int] | None], flags: Floats) -> Floats:
        """What a head says of each stretch; nothing (0) of those that are not around the act."""
        out = np.zeros(len(spans), dtype=np.float32)
        stop = self.first + len(self.states)
        near = [n for n, s in enumerate(spans) if s is not None and self.first <= s[0] and s[1] <= stop]
        if near:
            found = [self._mean(spans[n]) for n in near]
            out[near] = _heads().single(head, np.stack(found), self.kind, flags[near])[:, 0]
        return out

    def undated(self) -> Floats:
        """What speaks further for each date that is not told, and for none."""
        out: Floats = _heads().single("seen_undated", self._mean(self.span)[None], self.kind)[0]
        return out

    def _mean(self, span: tuple[int, int] | None) -> Floats:
        assert span is not None
        mean: Floats = self.states[span[0] - self.first : span[1] - self.first].mean(axis=0)
        return mean


@cache
def _distances() -> Ints:
    """The bucket of each distance from -PIECES to PIECES."""
    return np.array([distance(gap) for gap in range(-PIECES, PIECES + 1)], dtype=np.int64)


READER = "reader"


def _trigger(doc: Doc, first: int, last: int, act: Act) -> Trigger:
    span = doc[first : last + 1]
    verbs = [t for t in span if t.pos_ == "VERB" or (t.tag_.startswith("VB") and t.pos_ != "AUX")]
    head = verbs[0] if verbs and (span.root.pos_ in ("VERB", "AUX") or verbs[0].i == span.root.i) else span.root
    return Trigger(act, first, last, head.i, head.pos_ in ("VERB", "AUX"), 1, READER)


class _Heads:
    """The small networks behind the encoder, as numpy arrays."""

    def __init__(self, stored: dict[str, Floats]) -> None:
        self._w = stored

    def weight(self, head: str) -> float:
        return float(self._w[f"{head}.odds"])

    def pair(self, head: str, act: Floats, others: Floats, kind: int, gaps: Ints, flags: Floats | None) -> Floats:
        w = self._w
        inner = w[f"{head}.a"] @ act + w[f"{head}.label"][kind] + w[f"{head}.bias"]
        inner = inner + others @ w[f"{head}.b"].T + w[f"{head}.distance"][gaps]
        if flags is not None and f"{head}.flags" in w:
            inner = inner + flags @ w[f"{head}.flags"].T
        product = (others @ w[f"{head}.v"].T) @ (w[f"{head}.u"] @ act)
        out: Floats = np.maximum(inner, 0) @ w[f"{head}.out"] + product + w[f"{head}.last"]
        return out

    def council(self, act: Floats, others: Floats, kind: int, gaps: Ints, flags: Floats, scores: Floats) -> Floats:
        """What the actors of an act say of each other: a transformer with the layers' norms first."""
        w = self._w
        inner = w["council.act.weight"] @ act + w["council.act.bias"] + w["council.label.weight"][kind]
        inner = inner + others @ w["council.other.weight"].T + w["council.distance.weight"][gaps]
        inner = inner + flags @ w["council.flags.weight"].T + scores @ w["council.score.weight"].T
        for n in range(COUNCIL_LAYERS):
            at = f"council.layers.{n}"
            known = _norm(inner, w, f"{at}.norm1")
            mixed = known @ w[f"{at}.self_attn.in_proj_weight"].T + w[f"{at}.self_attn.in_proj_bias"]
            # (heads, actors, size of a head)
            q, k, v = (
                part.reshape(len(inner), COUNCIL_HEADS, -1).transpose(1, 0, 2) for part in np.split(mixed, 3, axis=1)
            )
            looks = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[2])
            looks = np.exp(looks - looks.max(axis=2, keepdims=True))
            looks /= looks.sum(axis=2, keepdims=True)
            heard = (looks @ v).transpose(1, 0, 2).reshape(len(inner), -1)
            inner = inner + heard @ w[f"{at}.self_attn.out_proj.weight"].T + w[f"{at}.self_attn.out_proj.bias"]
            known = np.maximum(
                _norm(inner, w, f"{at}.norm2") @ w[f"{at}.linear1.weight"].T + w[f"{at}.linear1.bias"], 0
            )
            inner = inner + known @ w[f"{at}.linear2.weight"].T + w[f"{at}.linear2.bias"]
        out: Floats = _norm(inner, w, "council.norm") @ w["council.out.weight"][0] + w["council.out.bias"]
        return out

    def single(self, head: str, means: Floats, kinds: int | Ints, flags: Floats | None = None) -> Floats:
        """What a head says of stretches, each by its mean: one row a stretch."""
        w = self._w
        inner = means @ w[f"{head}.a"].T + w[f"{head}.label"][kinds] + w[f"{head}.bias"]
        if flags is not None:
            inner = inner + flags @ w[f"{head}.flags"].T
        out: Floats = np.maximum(inner, 0) @ w[f"{head}.out"].T + w[f"{head}.last"]
        return out


def _norm(inner: Floats, w: dict[str, Floats], name: str) -> Floats:
    spread = inner.var(axis=-1, keepdims=True)
    out: Floats = (inner - inner.mean(axis=-1, keepdims=True)) / np.sqrt(spread + 1e-5)
    return out * w[f"{name}.weight"] + w[f"{name}.bias"]


UNDATED = 6
UNTOLD = 4  # dates that an act may have without being told: of the story, of the report, its month, its year
_NEVER = -30.0


def undated_facts(candidate: Candidate) -> tuple[float, ...]:
    """What speaks for the day of the news, or for no date, where no date is named beside an act."""
    claim = candidate.claim
    return (
        max(min(candidate.fresh, 4.0), -4.0) / 4,
        float(claim.status == "planned"),
        float(claim.date is not None),
        float(candidate.trigger.verb),
        float(candidate.story is not None and not candidate.story.inferred),
        float(len(candidate.days) > 0),
    )


def _data(name: str) -> Any:
    return resources.files("onrecord") / "data" / "reader" / name


@cache
def _heads() -> _Heads:
    try:
        with _data("heads.npz").open("rb") as file, np.load(file) as stored:
            return _Heads({name: stored[name].astype(np.float32) for name in stored.files})
    except (OSError, ValueError) as error:
        raise ModelError(f"the reader's heads cannot be loaded ({error}); reinstall onrecord") from error


@cache
def _width() -> int:
    return int(_heads()._w["act.a"].shape[1])


@cache
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(_data("tokenizer.json").read_text(encoding="utf-8"))
    except Exception as error:
        raise ModelError(f"the reader's word pieces cannot be loaded ({error}); reinstall onrecord") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@cache
def _ends() -> tuple[int, int]:
    return _tokenizer().token_to_id("[CLS]"), _tokenizer().token_to_id("[SEP]")


@cache
def _session(name: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(_data(name).read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"the reader's weights cannot be loaded ({error}); reinstall onrecord") from error
