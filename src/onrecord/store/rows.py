"""Extraction to rows and back: pure, exact both ways.

Invariant: `documents(rows(extraction)) == extraction`. The text of a layer is stored once: of a document only the
stretches outside of its layers are kept beside it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from onrecord.merge import claim_ids
from onrecord.model import (
    Amount,
    Cell,
    Claim,
    Credit,
    DateMention,
    Document,
    Evidence,
    Extraction,
    Layer,
    Mention,
    Organisation,
    Participant,
    Person,
    Place,
    Post,
    Reading,
    Role,
    Source,
    Span,
    Statement,
)
from onrecord.store import tables as t

Row = dict[str, Any]
_NO_SPAN = (None, None, None)


def compact(value: object) -> str:
    """JSON without blanks; letters of all scripts stay as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def document_row(extraction: Extraction, number: int, added: str) -> Row:
    """The row of the document itself."""
    document = extraction.document
    return {
        "number": number,
        "id": document.id,
        "name": document.name,
        "origin": document.origin,
        "url": document.url,
        "publisher": document.publisher,
        "published": document.published,
        "fetched": document.fetched,
        "title": document.title,
        "lang": document.lang,
        "rest": compact(_rest(document.text, _laid(extraction.posts, document.text))),
        "characters": len(document.text),
        "added": added,
    }


def _laid(posts: Iterable[Post], text: str) -> list[tuple[int, int, int, int]]:
    """(start, end, post, layer) of the layers from which `text` can be put together, in order, without overlap."""
    placed = sorted(
        (layer.start, layer.start + len(layer.text), p, n)
        for p, post in enumerate(posts)
        for n, layer in enumerate(post.layers)
        if layer.start is not None and layer.start >= 0 and layer.text
    )
    kept: list[tuple[int, int, int, int]] = []
    end = 0
    for item in placed:
        if item[0] >= end:
            kept.append(item)
            end = item[1]
    by_place = {(p, n): layer.text for p, post in enumerate(posts) for n, layer in enumerate(post.layers)}
    return [item for item in kept if text.startswith(by_place[item[2], item[3]], item[0])]


def _rest(text: str, laid: Sequence[tuple[int, int, int, int]]) -> list[Any]:
    """What of `text` no layer holds: strings, and [post, layer] where a layer's text stands."""
    rest: list[Any] = []
    at = 0
    for start, end, post, layer in laid:
        if start > at:
            rest.append(text[at:start])
        rest.append([post, layer])
        at = end
    if at < len(text):
        rest.append(text[at:])
    return rest


def post_rows(document_id: str, document: int, number: int, post: Post, reading: Reading) -> dict[Table, list[Row]]:
    """All rows of one post; `document` and `number` are the numbers of the document and of the post.

    The numbers of layers and statements are left to the caller.
    """
    out: dict[Table, list[Row]] = defaultdict(list)
    words: list[Row] = out[t.evidence]

    def rest_on(of: str, of_n: int, evidence: Sequence[Evidence]) -> None:
        for n, e in enumerate(evidence):
            words.append(
                {"post": number, "of": of, "of_n": of_n, "n": n, "layer": e.layer, "start_char": e.start,
                 "end_char": e.end}
            )  # fmt: skip

    def cell(name: str, of: str, of_n: int, value: Cell | None) -> Row:
        if value is not None:
            rest_on(of, of_n, value.evidence)
        return {name: value and value.value, f"{name}_inferred": value.inferred if value else ""}

    out[t.post].append(
        {
            "number": number,
            "document": document,
            "n": post.index,
            "title": post.title,
            "start_char": post.start,
            "end_char": post.end,
            "truncated": post.truncated,
            "published": post.published,
            "byline": post.byline,
            "categories": compact(post.categories),
            "link": post.link,
            "merged": False,
            **cell("date", "post.date", 0, reading.date),
        }
    )
    for n, layer in enumerate(post.layers):
        text = t.same_length(layer.text)
        out[t.layer].append(
            {
                "post": number,
                "n": n,
                "kind": layer.kind,
                "voice": layer.voice,
                "text": text,
                "exact": None if text is layer.text or text == layer.text else layer.text,
                "start_char": layer.start,
                "paragraphs": compact([(p.start, p.end) for p in layer.paragraphs]),
                "publisher": layer.publisher,
                "dateline_place": layer.dateline_place,
                "original_date": layer.original_date,
                "lang": layer.lang,
                "translator": layer.translator,
            }
        )
        for credit in layer.credits:
            out[t.credit].append(
                {"post": number, "n": len(out[t.credit]), "of_layer": n, "kind": credit.kind, "name": credit.name,
                 **_span("", credit.evidence)}
            )  # fmt: skip
    out[t.mention] = [
        {"post": number, "n": n, "kind": m.kind, "name": m.name, "form": m.form, "layer": m.evidence.layer,
         "start_char": m.evidence.start, "end_char": m.evidence.end}
        for n, m in enumerate(reading.mentions)
    ]  # fmt: skip
    for n, person in enumerate(reading.people):
        out[t.person].append({"post": number, "n": n, "name": person.name, "country": person.country})
        rest_on("person", n, person.evidence)
        for role in person.roles:
            of_n = len(out[t.role])
            out[t.role].append(
                {"post": number, "n": of_n, "person": n, "title": role.title, "org": role.org, "country": role.country}
            )
            rest_on("role", of_n, role.evidence)
    for n, body in enumerate(reading.organisations):
        out[t.organisation].append(
            {"post": number, "n": n, "name": body.name, "abbreviation": body.abbreviation, "country": body.country}
        )
        rest_on("organisation", n, body.evidence)
    for n, place in enumerate(reading.places):
        out[t.place].append(
            {"post": number, "n": n, "name": place.name, "kind": place.kind, "country": place.country,
             "latitude": place.latitude, "longitude": place.longitude}
        )  # fmt: skip
        rest_on("place", n, place.evidence)
    out[t.day] = [
        {"post": number, "n": n, "value": d.value, "last": d.end, "relative_to": d.relative_to,
         "anniversary": d.anniversary, **_span("", d.evidence)}
        for n, d in enumerate(reading.dates)
    ]  # fmt: skip
    out[t.statement] = [
        {"post": number, "n": n, "speaker": s.speaker, "kind": s.kind, "addressee": s.addressee,
         "chain": compact(s.chain), "inferred": s.inferred, **_span("quote", s.quote), **_span("cue", s.cue),
         **_span("speaker", s.speaker_evidence)}
        for n, s in enumerate(reading.statements)
    ]  # fmt: skip
    out[t.source] = [
        {"post": number, "n": n, "name": s.name, "relation": s.relation, **_span("", s.evidence)}
        for n, s in enumerate(reading.sources)
    ]
    amounts = out[t.amount]

    def add_amounts(claim: int | None, items: Iterable[Amount]) -> None:
        for a in items:
            amounts.append(
                {"post": number, "n": len(amounts), "claim": claim, "value": float(a.value), "unit": a.unit, "of": a.of,
                 "giver": a.giver, "receiver": a.receiver, **_span("", a.evidence)}
            )  # fmt: skip

    add_amounts(None, reading.amounts)
    ids = claim_ids(document_id, post.index, reading.claims)
    for n, claim in enumerate(reading.claims):
        out[t.claim].append(
            {
                "post": number,
                "n": n,
                "id": ids[n],
                "type": claim.type,
                "mode": claim.mode,
                **cell("date", "claim.date", n, claim.date),
                **cell("place", "claim.place", n, claim.place),
                **cell("country", "claim.country", n, claim.country),
                "status": claim.status,
                "focus": claim.focus,
                "told_as": claim.group,
                **_span("trigger", claim.trigger),
                **_span("quote", claim.quote),
            }
        )
        add_amounts(n, claim.amounts)
        for p in claim.participants:
            of_n = len(out[t.participant])
            out[t.participant].append(
                {"post": number, "n": of_n, "claim": n, "name": p.name, "kind": p.kind, "role": p.role,
                 "inferred": p.inferred}
            )  # fmt: skip
            rest_on("participant", of_n, p.evidence)
    return out


def _span(prefix: str, e: Evidence | None) -> Row:
    layer, start, end = (e.layer, e.start, e.end) if e is not None else _NO_SPAN
    if prefix:
        return {f"{prefix}_layer": layer, f"{prefix}_start": start, f"{prefix}_end": end}
    return {"layer": layer, "start_char": start, "end_char": end}


# --- and back -----------------------------------------------------------------------------------------------------

Rows = Mapping[Table, Sequence[Any]]


class PostRows:
    """The rows of one post, ready to become values."""

    def __init__(self) -> None:
        self.of: dict[Table, list[Any]] = defaultdict(list)
        self._words: dict[tuple[str, int], list[Evidence]] | None = None

    def words(self, of: str, of_n: int) -> tuple[Evidence, ...]:
        """The words that a row rests on."""
        if self._words is None:
            self._words = defaultdict(list)
            for r in self.of[t.evidence]:
                self._words[r.of, r.of_n].append(Evidence(r.layer, r.start_char, r.end_char))
        return tuple(self._words.get((of, of_n), ()))

    def claims(self) -> tuple[Claim, ...]:
        """The claims of the post."""
        taking_part: dict[int, list[Participant]] = defaultdict(list)
        for r in self.of[t.participant]:
            taking_part[r.claim].append(Participant(r.name, r.kind, r.role, self.words("participant", r.n), r.inferred))
        amounts: dict[int | None, list[Amount]] = defaultdict(list)
        for r in self.of[t.amount]:
            amounts[r.claim].append(_amount(r))
        return tuple(
            Claim(
                r.type,
                r.mode,
                Evidence(r.trigger_layer, r.trigger_start, r.trigger_end),
                Evidence(r.quote_layer, r.quote_start, r.quote_end),
                tuple(taking_part.get(r.n, ())),
                self._cell(r.date, "claim.date", r.n, r.date_inferred),
                self._cell(r.place, "claim.place", r.n, r.place_inferred),
                self._cell(r.country, "claim.country", r.n, r.country_inferred),
                tuple(amounts.get(r.n, ())),
                r.status,
                r.focus,
                r.told_as,
            )
            for r in self.of[t.claim]
        )

    def _cell(self, value: str | None, of: str, of_n: int, inferred: str) -> Cell | None:
        return None if value is None else Cell(value, self.words(of, of_n), inferred)

    def post(self) -> Post:
        """The post with its layers."""
        credits: dict[int, list[Credit]] = defaultdict(list)
        for r in self.of[t.credit]:
            credits[r.of_layer].append(Credit(r.kind, r.name, _evidence(r)))
        layers = tuple(
            Layer(
                r.n,
                r.kind,
                r.voice,
                r.text if r.exact is None else r.exact,
                r.start_char,
                tuple(Span(start, end) for start, end in json.loads(r.paragraphs)),
                r.publisher,
                r.dateline_place,
                r.original_date,
                r.lang,
                r.translator,
                tuple(credits.get(r.n, ())),
            )
            for r in self.of[t.layer]
        )
        (r,) = self.of[t.post]
        return Post(
            r.n, r.title, r.start_char, r.end_char, layers, r.truncated, r.published, r.byline,
            tuple(json.loads(r.categories)), r.link,
        )  # fmt: skip

    def reading(self) -> Reading:
        """What was found in the post."""
        roles: dict[int, list[Role]] = defaultdict(list)
        for r in self.of[t.role]:
            roles[r.person].append(Role(r.title, r.org, r.country, self.words("role", r.n)))
        (own,) = self.of[t.post]
        of, words = self.of, self.words
        return Reading(
            people=tuple(
                Person(r.name, tuple(roles.get(r.n, ())), words("person", r.n), r.country) for r in of[t.person]
            ),
            organisations=tuple(
                Organisation(r.name, words("organisation", r.n), r.abbreviation, r.country) for r in of[t.organisation]
            ),
            places=tuple(
                Place(r.name, r.kind, r.country, words("place", r.n), r.latitude, r.longitude) for r in of[t.place]
            ),
            mentions=tuple(Mention(r.kind, r.name, _evidence(r), r.form) for r in of[t.mention]),
            dates=tuple(DateMention(r.value, _evidence(r), r.last, r.relative_to, r.anniversary) for r in of[t.day]),
            statements=self.statements(),
            sources=tuple(Source(r.name, r.relation, _evidence(r)) for r in of[t.source]),
            amounts=tuple(_amount(r) for r in of[t.amount] if r.claim is None),
            claims=self.claims(),
            date=self._cell(own.date, "post.date", 0, own.date_inferred),
        )

    def statements(self) -> tuple[Statement, ...]:
        """The reported speech of the post."""
        return tuple(
            Statement(
                r.speaker,
                r.kind,
                Evidence(r.quote_layer, r.quote_start, r.quote_end),
                None if r.cue_layer is None else Evidence(r.cue_layer, r.cue_start, r.cue_end),
                None if r.speaker_layer is None else Evidence(r.speaker_layer, r.speaker_start, r.speaker_end),
                r.addressee,
                tuple(json.loads(r.chain)),
                r.inferred,
            )
            for r in self.of[t.statement]
        )


def _evidence(r: Any) -> Evidence:
    return Evidence(r.layer, r.start_char, r.end_char)


def _amount(r: Any) -> Amount:
    return Amount(r.value, r.unit, r.of, _evidence(r), r.giver, r.receiver)


def text_of(rest: str, layer_text: Callable[[int, int], str]) -> str:
    """The text of a document, from what stands outside of its layers and the text of each layer."""
    return "".join(part if isinstance(part, str) else layer_text(*part) for part in json.loads(rest))


def extraction(row: Any, posts: Sequence[PostRows]) -> Extraction:
    """The extraction whose document row and posts' rows are given, the posts in order."""
    made = tuple(post.post() for post in posts)
    document = Document(
        row.name,
        text_of(row.rest, lambda post, layer: made[post].layers[layer].text),
        row.origin,
        row.url,
        row.publisher,
        row.published,
        row.fetched,
        row.title,
        row.lang,
    )
    return Extraction(document, made, tuple(post.reading() for post in posts))
