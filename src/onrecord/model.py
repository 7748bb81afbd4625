"""The values that travel between rooms: frozen, hashable, and with ids that are hashes of their content.

Invariant: an `Evidence` always satisfies `0 <= start < end <= len(layer.text)`, and the words at that place are what
the value rests on. A `Cell` has evidence or says why it was inferred, never neither.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Literal

LayerKind = Literal["headline", "editor", "report", "speech", "caption"]
LAYER_KINDS: tuple[LayerKind, ...] = ("headline", "editor", "report", "speech", "caption")
MentionKind = Literal["person", "organisation", "country", "nationality", "place", "facility", "group"]
ActorKind = Literal["person", "organisation", "country", "group"]
Relation = Literal["republished", "translated", "cited", "publisher"]
StatementKind = Literal["direct", "indirect", "mixed"]
Status = Literal["happened", "planned"]
DecisionKind = Literal["same", "different", "accept", "reject", "correct"]
MarkKind = Literal["title", "head", "text", "quote", "caption", "marker", "date", "byline", "category", "meta", "link"]


def content_id(*parts: object) -> str:
    """A 16-digit hexadecimal id: SHA-256 over the JSON form of `parts`. The same content has the same id everywhere."""
    data = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """The words a value rests on: characters `start` to `end` of the text of layer number `layer` of the post."""

    layer: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: its value, with the words it rests on or the reason why it was inferred."""

    value: str
    evidence: tuple[Evidence, ...] = ()
    inferred: str = ""

    def __post_init__(self) -> None:
        if not self.evidence and not self.inferred:
            raise ValueError(f"the cell {self.value!r} has neither evidence nor a reason why it was inferred")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """What the markup of a source says of characters `start` to `end` of a document's text.

    `title` begins a post (`value` is the address of the whole of it), `link` leads to `value`; `date`, `byline`,
    `category` and `meta` are lines about a post, with what they say as `value` if the markup says it.
    """

    start: int
    end: int
    kind: MarkKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """What was read in. `name` is the id its source gave it, or the stem of its file; `origin` is where it came from.

    Dates are ISO 8601 prefixes (`2026`, `2026-02`, `2026-02-13`); `lang` is a BCP 47 tag. `marks` is what the source's
    markup says of stretches of `text`, in order; they serve to split it and are not kept.
    """

    name: str
    text: str
    origin: str = ""
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    fetched: str | None = None
    title: str | None = None
    lang: str | None = None
    byline: str | None = None
    section: str | None = None
    updated: str | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def id(self) -> str:
        return content_id("document", self.name, self.url, self.publisher, self.published, self.title, self.text)


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be read, and why. Kept in the record, so that nothing read is lost."""

    origin: str
    reason: str

    @property
    def id(self) -> str:
        return content_id("failure", self.origin, self.reason)


@dataclass(frozen=True, slots=True)
class Credit:
    """Words that say whose text a layer is: who published it, wrote it, translated it, or took the photograph."""

    kind: Literal["published", "translated", "dateline", "photo", "author", "announced"]
    name: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Layer:
    """A stretch of a post in one voice. `start` is its place in the document's text, None for a title given beside it.

    `voice` is the outlet, body or person whose text it is, `editor` for the page's own. `paragraphs` are spans of
    `text`, in order, without the white space between them.
    """

    index: int
    kind: LayerKind
    voice: str
    text: str
    start: int | None
    paragraphs: tuple[Span, ...] = ()
    publisher: str | None = None
    dateline_place: str | None = None
    original_date: str | None = None
    lang: str | None = None
    translator: str | None = None
    credits: tuple[Credit, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One article or item within a document. `published` is the date line of the post itself, if the page shows one."""

    index: int
    title: str
    start: int
    end: int
    layers: tuple[Layer, ...]
    truncated: bool = False
    published: str | None = None
    byline: str | None = None
    categories: tuple[str, ...] = ()
    link: str | None = None

    def words(self, evidence: Evidence) -> str:
        """The exact words at `evidence`."""
        return self.layers[evidence.layer].text[evidence.start : evidence.end]


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, body, country or place in a layer. `name` is the fullest form the post gives for it.

    `form` says how it is mentioned: by `name` (or a part of it), by `title` ("the minister"), by `pronoun`, by
    `abbreviation`, or as a `group` ("the two sides", with one mention for each member).
    """

    kind: MentionKind
    name: str
    evidence: Evidence
    form: Literal["name", "title", "pronoun", "abbreviation", "group"] = "name"


@dataclass(frozen=True, slots=True)
class Role:
    """An office that a layer states for a person. `country` is ISO 3166 alpha-3; `org` as the text writes it."""

    title: str
    org: str | None
    country: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A person named in a post, under the fullest form the post gives, without titles."""

    name: str
    roles: tuple[Role, ...]
    evidence: tuple[Evidence, ...]
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body named in a post: fullest form, abbreviation that the post introduces, and country if it can be told."""

    name: str
    evidence: tuple[Evidence, ...]
    abbreviation: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a post. `kind` is `country`, `city`, `region` or `facility`; coordinates are WGS 84 degrees."""

    name: str
    kind: str
    country: str | None
    evidence: tuple[Evidence, ...]
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date that the text gives. `value` is an ISO 8601 prefix, or `--07-24` where only the year is unknown.

    `end` is the last day of a range. `relative_to` says what it was resolved against, empty if it is written out.
    `anniversary` is true for a date that cannot date an event told beside it: of something commemorated, of a founding
    or a birth, an aim ("by 2030"), the period of a plan. `attributive` is true for one that dates the noun it stands
    before ("the 2014 summit").
    """

    value: str
    evidence: Evidence
    end: str | None = None
    relative_to: str = ""
    anniversary: bool = False
    attributive: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity of money, goods or people. `unit` is an ISO 4217 code, `t`, `kg`, `persons` or `units`."""

    value: float
    unit: str
    of: str
    evidence: Evidence
    giver: str | None = None
    receiver: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """Reported speech. `quote` is what was said, without the attribution; `cue` the words that attribute it.

    `chain` names the voices that carried it, nearest to the speaker first ("Zhao told Xinhua" gives `("Xinhua",)`).
    """

    speaker: str
    kind: StatementKind
    quote: Evidence
    cue: Evidence | None = None
    speaker_evidence: Evidence | None = None
    addressee: str | None = None
    chain: tuple[str, ...] = ()
    inferred: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet or body that the text names as where its information comes from."""

    name: str
    relation: Relation
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Participant:
    """An actor of an event. `role` is `initiator`, `counterpart`, `host`, `attendee`, `sender`, `giver`, `receiver`…"""

    name: str
    kind: ActorKind
    role: str = ""
    evidence: tuple[Evidence, ...] = ()
    inferred: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One layer's telling of an event, with the words for every cell.

    `type` and `mode` are PLOVER's and those of the codebook; `quote` is the clause or sentence that states the event,
    `trigger` the words within it that name the act. `group` numbers the event within the post: claims of one post with
    the same `group` tell one event.
    """

    type: str
    mode: str | None
    trigger: Evidence
    quote: Evidence
    participants: tuple[Participant, ...] = ()
    date: Cell | None = None
    place: Cell | None = None
    country: Cell | None = None
    amounts: tuple[Amount, ...] = ()
    status: Status = "happened"
    focus: bool = False
    group: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one post. Evidence points into the layers of that post."""

    people: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    places: tuple[Place, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dates: tuple[DateMention, ...] = ()
    statements: tuple[Statement, ...] = ()
    sources: tuple[Source, ...] = ()
    amounts: tuple[Amount, ...] = ()
    claims: tuple[Claim, ...] = ()
    date: Cell | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one document yields: its posts with their layers, and one reading for each post."""

    document: Document
    posts: tuple[Post, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Reuse:
    """Two layers that share text: the spans on both sides, the share of each, and which is the source if it is known.

    `first` and `second` are (document id, post, layer), in order. `first_share` and `second_share` are the shares of
    each layer's words that lie within `spans`. `how` is `copied` (nearly all of both), `shortened` (most of one),
    `reworded` (most of one, with other words between) or `excerpt`. `source` is 1 or 2 for the layer that was first,
    0 if neither dates nor credits tell it; `why` says what tells it.
    """

    first: tuple[str, int, int]
    second: tuple[str, int, int]
    spans: tuple[tuple[Span, Span], ...]
    first_share: float
    second_share: float
    how: str
    source: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """One claim of an event with where it stands and the chain of voices that vouch for it, speaker first.

    `words` are the words of the claim's quote; `reported` is the day of the post, or of its document, if known;
    `origin` is the outlet or body that the telling goes back to: tellings of one origin are one independent source.
    `source` numbers the independent sources of an event: tellings of one origin, or of shared text, have one number.
    """

    claim_id: str
    document_id: str
    post: int
    layer: int
    claim: Claim
    chain: tuple[str, ...]
    words: str = ""
    reported: str | None = None
    origin: str = ""
    source: int = 0


@dataclass(frozen=True, slots=True)
class Variant:
    """One value that tellings give for a cell of an event, and which of its tellings (by number) say so.

    `cell` is `type`, `mode`, `date`, `place`, `country`, `status`, `amount` or `participant`. `chosen` is true for the
    value that stands in the row; the others are what the tellings disagree about, or a state or body named in the place
    of somebody whom another telling names. For a participant `names` are all forms it was given. `ruled` is the id of
    the decision that chose the value, if one did; then it may be that no telling says so.
    """

    cell: str
    value: str
    tellings: tuple[int, ...]
    chosen: bool = True
    names: tuple[str, ...] = ()
    ruled: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """The row: all claims that tell one occurrence. `independent` counts tellings of different origin.

    The evidence of a participant points into the post of the first telling that names it (see `cells`). `review` is
    `accepted` or `rejected` if a reviewer ruled so.
    """

    id: str
    type: str
    mode: str | None
    participants: tuple[Participant, ...]
    date: str | None
    place: str | None
    country: str | None
    status: Status
    focus: bool
    tellings: tuple[Telling, ...] = field(default=())
    independent: int = 1
    cells: tuple[Variant, ...] = ()
    review: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer ruled on an event (its `claims`), or on two (`claims` and `others`).

    `kind` is `same` or `different` (of two events), `accept`, `reject`, or `correct`: then `cell` of the event is to be
    `value`; for a participant the value is `old name = new name`, with one of them empty to add or to take away.
    `about` is what was ruled on in one line, as it stood then. `at` is the time in UTC, ISO 8601.
    """

    kind: DecisionKind
    claims: tuple[str, ...]
    others: tuple[str, ...] = ()
    cell: str = ""
    value: str = ""
    user: str = ""
    at: str = ""
    reason: str = ""
    about: str = ""

    @property
    def id(self) -> str:
        return content_id(
            "decision", self.kind, sorted(self.claims), sorted(self.others), self.cell, self.value, self.user, self.at
        )


@dataclass(frozen=True, slots=True)
class Office:
    """An office of an actor, with the first and last date on which a source attests it, and where it is attested.

    `attested` holds (document id, post number, evidence) for every layer that states the office. Dates are ISO 8601
    prefixes, None where the post has no date.
    """

    title: str
    org: str | None
    country: str | None
    first: str | None
    last: str | None
    attested: tuple[tuple[str, int, Evidence], ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, body or country behind many mentions, with all its names and the offices that sources attest."""

    id: str
    kind: ActorKind
    name: str
    names: tuple[str, ...] = ()
    country: str | None = None
    offices: tuple[Office, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeAt:
    """An office of somebody at the time of an event: where it is attested, and on which day.

    `later` is true if only sources from after the event attest it.
    """

    title: str
    org: str | None
    country: str | None
    attested: str | None
    document_id: str
    post: int
    evidence: Evidence
    later: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the record should hold and does not.

    `kind` is `cut-off`, `announced`, `no date` or `silent month`; `about` is what lacks it, `what` says what is
    missing.
    """

    kind: Literal["cut-off", "announced", "no date", "silent month"]
    about: str
    what: str
    document_id: str | None = None
    post: int | None = None
    event_id: str | None = None
    month: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a search: a layer, a statement or an event, with the words around the match."""

    kind: Literal["layer", "statement", "event"]
    id: str
    title: str
    snippet: str
    document_id: str | None = None
    post: int | None = None
    layer: int | None = None
