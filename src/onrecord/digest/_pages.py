"""Makes what the templates show out of what the record holds. Nothing here decides anything: it looks up and words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from onrecord.digest import _words
from onrecord.digest._marks import Mark, holds, lay, marked, paragraph_at, paragraphs
from onrecord.digest._shelf import Key, Shelf
from onrecord.merge import outlet_key
from onrecord.model import Actor, Claim, Event, Evidence, Layer, Office, Post, Statement, Telling, Variant

_NOTE = 900  # characters of an editor's note on an index page
_REPORT = 420  # characters of the republished text there
_QUOTE = 900  # characters of a statement in a list
_WITNESSES = 25  # attestations of an office shown one by one


@dataclass(frozen=True, slots=True)
class Page:
    """What readers may know of the document a post was read from. Where it lay on the reader's disk is not told."""

    name: str
    url: str | None
    publisher: str | None
    published: str | None
    label: str
    posts: int


@dataclass(slots=True)
class Entry:
    """A post as lists show it. `news` is the day its main news happened; `order` sorts newest first."""

    key: Key
    id: str
    title: str
    published: str | None
    news: str | None
    page: Page
    truncated: bool
    order: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def href(self) -> str:
        return f"post/{self.id}.html"


class People:
    """The people of the record, and which of them a name stands for in an event or a post."""

    def __init__(self, actors: Sequence[Actor], events_of: Callable[[str], Iterable[Event]]) -> None:
        self.actors = actors
        self._events_of = events_of
        self._events: dict[str, frozenset[str]] = {}
        self._called: dict[str, list[Actor]] = {}
        self.attested: dict[Key, list[tuple[Actor, Office, Evidence]]] = {}
        for actor in actors:
            for name in dict.fromkeys((actor.name, *actor.names)):
                self._called.setdefault(name, []).append(actor)
            for office in actor.offices:
                for document, post, evidence in office.attested:
                    self.attested.setdefault((document, post), []).append((actor, office, evidence))

    def of_event(self, name: str, event: Event) -> Actor | None:
        """Who is called `name` in the event; None if nobody is, or if it cannot be told."""
        called = self._called.get(name, [])
        if len(called) < 2:
            return called[0] if called else None
        found = [actor for actor in called if event.id in self._of(actor)]
        return found[0] if len(found) == 1 else None

    def of_post(self, name: str, key: Key) -> Actor | None:
        """Who is called `name` in the post; None if nobody is, or if it cannot be told."""
        called = self._called.get(name, [])
        if len(called) < 2:
            return called[0] if called else None
        here = {actor.id for actor, _, _ in self.attested.get(key, [])}
        found = [actor for actor in called if actor.id in here]
        return found[0] if len(found) == 1 else None

    def _of(self, actor: Actor) -> frozenset[str]:
        if actor.id not in self._events:
            self._events[actor.id] = frozenset(event.id for event in self._events_of(actor.id))
        return self._events[actor.id]


def person_href(actor: Actor | None) -> str | None:
    return f"person/{actor.id}.html" if actor else None


def event_href(event_id: str) -> str:
    return f"event/{event_id}.html"


# ------------------------------------------------------------------------------------------------ posts


@dataclass(frozen=True, slots=True)
class ShownLayer:
    index: int
    kind: str
    label: str
    voice: str
    credit: Markup
    dateline: str
    original_date: str | None
    lang: str | None
    paragraphs: tuple[tuple[str, Markup], ...]
    headed: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A statement in a list: who, what, and where it stands."""

    speaker: str
    speaker_href: str | None
    kind: str
    words: str
    quoted: bool
    href: str
    chain: tuple[str, ...]
    entry: Entry | None = None


_QUOTES = ("“", '"', "«", "„", "‘", "「", "『")
_KINDS = {"direct": "in their words", "indirect": "as reported", "mixed": "partly in their words"}


def voice(layer: Layer) -> str:
    return "" if layer.voice == "editor" else layer.voice


def credit(layer: Layer) -> Markup:
    """Who first published, where and when, and who translated: as far as the page says so."""
    if layer.kind not in ("report", "speech"):
        return Markup("")
    publisher = layer.publisher or next((c.name for c in layer.credits if c.kind == "published"), None)
    date = _words.time(layer.original_date)
    parts: list[Markup] = []
    if publisher:
        parts.append(Markup("First published by <bdi>{}</bdi>").format(publisher))
        if date:
            parts[-1] += Markup(" on {}").format(date) if _is_day(layer.original_date) else Markup(", {}").format(date)
    elif date:
        parts.append(Markup("First published {}{}").format("on " if _is_day(layer.original_date) else "in ", date))
    author = next((c.name for c in layer.credits if c.kind == "author"), None)
    if author and author != publisher:
        parts.append(Markup("written by <bdi>{}</bdi>").format(author))
    translator = layer.translator or next((c.name for c in layer.credits if c.kind == "translated"), None)
    if translator:
        us = translator.lower() in ("us", "we", "editor", "the editor", "the editors")
        by = Markup("this page") if us else Markup("<bdi>{}</bdi>").format(translator)
        parts.append(Markup("translated by {}").format(by))
    if not parts:
        return Markup("")
    line = Markup(", ").join(parts)
    return line[:1].upper() + line[1:] + Markup(".")


def _is_day(value: str | None) -> bool:
    return _words.kind_of_date(value) == "day" or bool(value and value.startswith("--"))


def show_layers(
    post: Post, entry: Entry, told: Sequence[tuple[Event, Telling]], people: People, root: str
) -> tuple[list[ShownLayer], Markup | None]:
    """The layers of a post with its evidence marked, and its title with marks if the first layer is the title."""
    marks: dict[int, list[Mark]] = {}

    def add(evidence: Evidence, rank: int, css: str, title: str, event: str | None = None) -> None:
        if holds(post, evidence):
            href = root + event_href(event) if event else None
            anchor = f"e-{event}" if event and event not in anchored else None
            if event:
                anchored.add(event)
            found = Mark(evidence.start, evidence.end, rank, css, href, anchor, title)
            marks.setdefault(evidence.layer, []).append(found)

    anchored: set[str] = set()
    for event, telling in told:
        claim = telling.claim
        title = _words.event_title(event)
        css = f"act {_words.type_class(event.type)}"
        add(claim.trigger, 0, css, title, event.id)
        cells = [e for p in claim.participants for e in p.evidence]
        cells += [e for cell in (claim.date, claim.place, claim.country) if cell for e in cell.evidence]
        cells += [amount.evidence for amount in claim.amounts]
        for evidence in cells:
            add(evidence, 1, "m-cell", "")
    for actor, office, evidence in people.attested.get(entry.key, []):
        add(evidence, 2, "m-office", _words.flat(f"{office.title}: office of {actor.name}"))
    for layer in post.layers:
        for c in layer.credits:
            add(c.evidence, 3, "m-credit", "")
    shown: list[ShownLayer] = []
    heading: Markup | None = None
    for layer in post.layers:
        laid = lay(marks.get(layer.index, ()))
        if layer.kind == "headline" and heading is None and not shown and layer.text.strip() == post.title.strip():
            heading = marked(layer.text, 0, len(layer.text), laid)
            continue
        body = tuple(
            (f"l{layer.index}p{n}", marked(layer.text, span.start, span.end, laid))
            for n, span in enumerate(paragraphs(layer))
        )
        label = _words.layer_label(layer, post, entry.page.posts)
        shown.append(
            ShownLayer(
                layer.index, layer.kind, label, voice(layer), credit(layer), layer.dateline_place or "",
                layer.original_date, layer.lang, body, _headed(layer),
            )
        )  # fmt: skip
    return shown, heading


def place_of(post: Post, evidence: Evidence, entry: Entry) -> str:
    """The address of the paragraph that evidence stands in, seen from the root of the digest."""
    layer = post.layers[evidence.layer]
    first = layer.index == 0 and layer.kind == "headline" and layer.text.strip() == post.title.strip()
    number, _ = paragraph_at(layer, evidence.start)
    return f"{entry.href}#{'main' if first else f'l{layer.index}p{number}'}"


def said(statement: Statement, post: Post, entry: Entry, people: People) -> Said | None:
    """A statement as lists show it; None if its place is not in the post."""
    if not holds(post, statement.quote):
        return None
    words = post.words(statement.quote)
    short = _words.excerpt(words, _QUOTE)
    actor = people.of_post(statement.speaker, entry.key)
    bare = statement.kind == "direct" and not short.startswith(_QUOTES)
    return Said(
        statement.speaker, person_href(actor), _KINDS[statement.kind], short, bare,
        place_of(post, statement.quote, entry), statement.chain, entry,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A post on an index page."""

    entry: Entry
    note_label: str
    note: tuple[str, ...]
    credit: Markup
    report_label: str
    report: str
    report_kind: str
    report_lang: str | None


def item(entry: Entry, post: Post) -> Item:
    note: list[str] = []
    label, left = "", _NOTE
    report: Layer | None = None
    for layer in post.layers:
        if layer.kind == "editor" and report is None and left > 0:
            label = label or _words.layer_label(layer, post, entry.page.posts)
            for span in paragraphs(layer):
                if left <= 0:
                    break
                words = _words.excerpt(layer.text[span.start : min(span.end, span.start + 3 * _NOTE)], max(left, 80))
                if words:
                    note.append(words)
                    left -= len(words) + 60
        elif layer.kind in ("report", "speech") and report is None:
            report = layer
    if report is None:
        return Item(entry, label, tuple(note), Markup(""), "", "", "", None)
    start = paragraphs(report)[1].start if _headed(report) else 0
    words = _words.excerpt(report.text[start : start + 3 * _REPORT], _REPORT)
    by = voice(report)
    word = _words.layer_label(report, post, entry.page.posts)
    return Item(
        entry, label, tuple(note), credit(report), f"{word} of {by}" if by else word, words, report.kind, report.lang
    )


def _headed(layer: Layer) -> bool:
    """Whether a republished text begins with its own headline: a short paragraph that is no sentence."""
    spans = paragraphs(layer)
    if layer.kind not in ("report", "speech") or len(spans) < 2 or spans[0].end - spans[0].start > 160:
        return False
    return not layer.text[spans[0].start : spans[0].end].rstrip().endswith((".", "!", "?", "…", ":", "。", "”", '"'))


# ------------------------------------------------------------------------------------------------ events


@dataclass(frozen=True, slots=True)
class Witness:
    """The sentence that a cell rests on, with the words marked, and where it stands."""

    sentence: Markup
    href: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an event's table. `others` are values that other tellings give."""

    label: str
    value: Markup
    witness: Witness | None
    inferred: str = ""
    also: int = 0
    note: str = ""
    offices: tuple[tuple[str, Witness | None], ...] = ()
    others: tuple[tuple[Markup, tuple[Witness, ...]], ...] = ()
    span: int = 1

    def same_words(self, other: Row) -> bool:
        return (
            self.witness == other.witness is not None and self.also == other.also and not (self.others or other.others)
        )


@dataclass(frozen=True, slots=True)
class Told:
    """One telling as an event's page shows it."""

    number: int
    entry: Entry | None
    voice: str
    label: str
    kind: str
    words: Markup
    href: str | None
    chain: tuple[str, ...]
    reported: str | None


def witness(post: Post | None, entry: Entry | None, evidence: Sequence[Evidence], css: str) -> Witness | None:
    """The sentence around the first evidence, with all the evidence that lies in it marked."""
    if post is None or entry is None:
        return None
    good = [e for e in evidence if holds(post, e)]
    if not good:
        return None
    layer = post.layers[good[0].layer]
    _, span = paragraph_at(layer, good[0].start)
    high = max(span.end, good[0].end)
    start, end = _words.sentence(layer.text, good[0].start, good[0].end, span.start, high)
    marks = lay(Mark(e.start, e.end, 0, css) for e in good if e.layer == good[0].layer)
    words = marked(layer.text, start, end, marks)
    label = _words.layer_label(layer, post, entry.page.posts)
    by = voice(layer)
    return Witness(words, place_of(post, good[0], entry), f"{label}, {by}" if by else label)


class EventView:
    """Everything an event's page shows."""

    def __init__(self, event: Event, entries: dict[Key, Entry], shelf: Shelf, people: People) -> None:
        self.event = event
        self._entries = entries
        self._shelf = shelf
        self._people = people
        self._css = _words.type_class(event.type)

    def _post(self, number: int) -> tuple[Post | None, Entry | None]:
        if not 0 <= number < len(self.event.tellings):
            return None, None
        telling = self.event.tellings[number]
        key = (telling.document_id, telling.post)
        return self._shelf.post(key), self._entries.get(key)

    def _witness(self, number: int, evidence: Sequence[Evidence]) -> Witness | None:
        post, entry = self._post(number)
        return witness(post, entry, evidence, self._css)

    def _first(self, variant: Variant) -> tuple[Witness | None, str]:
        """The first telling's sentence for a value, or the reason why it was inferred."""
        inferred = ""
        for number in variant.tellings:
            if not 0 <= number < len(self.event.tellings):
                continue
            evidence, reason = _basis(self.event.tellings[number].claim, variant)
            if found := self._witness(number, evidence):
                return found, ""
            inferred = inferred or reason
        return None, inferred

    def rows(self) -> list[Row]:
        event = self.event
        rows = [self._row("Type", Markup("{}").format(_words.type_word(event.type)), self._variant("type", event.type))]
        if event.mode:
            value = Markup("{}").format(_words.mode_word(event.mode))
            rows.append(self._cell("mode", "Mode", value, event.mode, _words.mode_word))
        rows.append(self._cell("status", "Status", Markup(event.status.capitalize()), event.status, str))
        for n, participant in enumerate(event.participants):
            variant = self._variant("participant", participant.name)
            found, inferred = self._first(variant)
            if found is None and variant.tellings:
                found = self._witness(variant.tellings[0], participant.evidence)
            actor = self._people.of_event(participant.name, event) if participant.kind == "person" else None
            name = Markup("<bdi>{}</bdi>").format(participant.name)
            if actor:
                name = Markup('<a href="../{}">{}</a>').format(person_href(actor), name)
            role = participant.role if participant.role not in ("", "participant") else ""
            note = ", ".join(x for x in (role, "" if participant.kind == "person" else participant.kind) if x)
            offices = self._offices(actor) if actor else ()
            also = max(len(variant.tellings) - 1, 0)
            rows.append(
                Row("Participants" if n == 0 else "", name, found, "" if found else inferred or participant.inferred,
                    also if found else 0, note, offices)
            )  # fmt: skip
        if event.date:
            rows.append(self._cell("date", "Date", _words.time(event.date), event.date, _words.time))
        if event.place:
            value = Markup("<bdi>{}</bdi>").format(event.place)
            rows.append(self._cell("place", "Place", value, event.place, str))
        if event.country:
            value = Markup("<bdi>{}</bdi>").format(_words.country(event.country))
            rows.append(self._cell("country", "Country", value, event.country, _words.country))
        rows += self._amounts()
        return _spanned(rows)

    def _row(self, label: str, value: Markup, variant: Variant) -> Row:
        found, inferred = self._first(variant)
        return Row(label, value, found, inferred, max(len(variant.tellings) - 1, 0) if found else 0)

    def _cell(self, cell: str, label: str, value: Markup, raw: str, word: Callable[[str], str]) -> Row:
        row = self._row(label, value, self._variant(cell, raw))
        others = []
        for variant in self.event.cells:
            if variant.cell == cell and not variant.chosen and variant.value != raw:
                witnesses = []
                for number in variant.tellings[:5]:
                    if 0 <= number < len(self.event.tellings):
                        evidence, _ = _basis(self.event.tellings[number].claim, variant)
                        if found := self._witness(number, evidence):
                            witnesses.append(found)
                others.append((Markup("<bdi>{}</bdi>").format(word(variant.value)), tuple(witnesses)))
        return Row(row.label, row.value, row.witness, row.inferred, row.also, others=tuple(others))

    def _variant(self, cell: str, value: str) -> Variant:
        for variant in self.event.cells:
            if variant.cell == cell and variant.value == value:
                return variant
        every = tuple(range(len(self.event.tellings)))
        if cell == "type":
            return Variant(cell, value, every)
        holding = tuple(n for n in every if any(_basis(self.event.tellings[n].claim, Variant(cell, value, ()))))
        return Variant(cell, value, holding)

    def _amounts(self) -> list[Row]:
        rows: dict[tuple[float, str, str], Row] = {}
        for number, telling in enumerate(self.event.tellings):
            for amount in telling.claim.amounts:
                key = (amount.value, amount.unit, amount.of)
                if key not in rows:
                    value = Markup("<bdi>{}</bdi>").format(amount_words(amount.value, amount.unit, amount.of))
                    way = " to ".join(x for x in (amount.giver, amount.receiver) if x)
                    label = "Amounts" if not rows else ""
                    rows[key] = Row(label, value, self._witness(number, (amount.evidence,)), note=way)
        return list(rows.values())

    def _offices(self, actor: Actor) -> tuple[tuple[str, Witness | None], ...]:
        """The offices that the event's own posts state for a person; failing these, those attested before and after."""
        keys = dict.fromkeys((t.document_id, t.post) for t in self.event.tellings)
        here: list[tuple[str, Witness | None]] = []
        for office in actor.offices:
            for document, post, evidence in office.attested:
                if (document, post) in keys:
                    key = (document, post)
                    found = witness(self._shelf.post(key), self._entries.get(key), (evidence,), "")
                    here.append((office_words(office), found))
                    break
        if here:
            return tuple(here[:4])
        date = self.event.date
        if _words.kind_of_date(date) != "day" or date is None:
            return ()
        around = [o for o in actor.offices if o.first and o.last and o.first <= date <= o.last]
        return tuple(
            (f"{office_words(o)} (attested {_words.date_words(o.first)} to {_words.date_words(o.last)})", None)
            for o in around[:3]
        )

    def differ(self) -> bool:
        return any(not v.chosen and v.cell != "participant" for v in self.event.cells)

    def origins(self) -> list[tuple[str, list[Told]]]:
        """The tellings, those that come from the same voice together."""
        groups: dict[str, list[Told]] = {}
        names: dict[str, str] = {}
        for number, telling in enumerate(self.event.tellings):
            post, entry = self._post(number)
            layer = post.layers[telling.layer] if post and 0 <= telling.layer < len(post.layers) else None
            found = witness(post, entry, (telling.claim.trigger,), self._css)
            label = _words.layer_label(layer, post, entry.page.posts) if layer and post and entry else ""
            voices = [*telling.chain, *([voice(layer)] if layer and voice(layer) else [])]
            origin = telling.origin or (voices[0] if voices else "")
            # The origin is a key for all names of an outlet; show it under the name that a telling gives.
            if origin not in names and (called := next((v for v in voices if outlet_key(v) == origin), None)):
                names[origin] = called
            groups.setdefault(origin, []).append(
                Told(
                    number + 1, entry, voice(layer) if layer else "", label, layer.kind if layer else "editor",
                    found.sentence if found else Markup("{}").format(telling.words),
                    found.href if found else None, telling.chain, telling.reported,
                )
            )  # fmt: skip
        return [(names.get(origin, origin), told) for origin, told in groups.items()]


def _spanned(rows: list[Row]) -> list[Row]:
    """The rows, those that rest on the same words one after another made to share them (`span` 0 after the first)."""
    out: list[Row] = []
    first = 0
    for number, row in enumerate(rows):
        if out and rows[first].same_words(row):
            out[first] = replace(out[first], span=out[first].span + 1)
            out.append(replace(row, span=0))
        else:
            first = number
            out.append(row)
    return out


def _basis(claim: Claim, variant: Variant) -> tuple[tuple[Evidence, ...], str]:
    """The words on which a claim rests one of its cells, and the reason if it was inferred."""
    if variant.cell in ("type", "mode"):
        return ((claim.trigger,), "") if variant.cell == "type" or claim.mode == variant.value else ((), "")
    if variant.cell == "status":
        return ((claim.trigger,), "") if claim.status == variant.value else ((), "")
    if variant.cell == "participant":
        names = {variant.value, *variant.names}
        for participant in claim.participants:
            if participant.name in names:
                return participant.evidence, participant.inferred
        return (), ""
    cell = {"date": claim.date, "place": claim.place, "country": claim.country}.get(variant.cell)
    if cell is None:
        return (), ""
    return cell.evidence, cell.inferred


def amount_words(value: float, unit: str, of: str) -> str:
    """`20 engineers`, `3,000 tonnes of rice`, `80,000,000 USD of financial assistance`."""
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    if unit in ("persons", "units"):
        return f"{number} {of or {'persons': 'people', 'units': 'items'}[unit]}"
    return f"{number} {'tonnes' if unit == 't' else unit}" + (f" of {of}" if of else "")


def office_words(office: Office) -> str:
    """The office with its body, and its country where neither names it."""
    words = office.title
    if office.org and office.org.casefold() not in words.casefold():
        words += f", {office.org}"
    land = _words.country(office.country)
    return words if not land or land.casefold() in words.casefold() else f"{words} ({land})"


# ------------------------------------------------------------------------------------------------ people


@dataclass(frozen=True, slots=True)
class Term:
    """An office on a person's page, with the sentences that attest it."""

    office: Office
    witnesses: tuple[tuple[Witness, Entry], ...]
    more: int


def office_terms(actor: Actor, entries: dict[Key, Entry], shelf: Shelf) -> list[Term]:
    out = []
    for office in actor.offices:
        found: dict[Key, tuple[Witness, Entry]] = {}
        keys = dict.fromkeys((document, post) for document, post, _ in office.attested)
        for document, number, evidence in office.attested:
            key = (document, number)
            if key in found or len(found) == _WITNESSES:
                continue
            entry = entries.get(key)
            if entry and (seen := witness(shelf.post(key), entry, (evidence,), "")):
                found[key] = (seen, entry)
        out.append(Term(office, tuple(found.values()), len(keys) - len(found)))
    return out
