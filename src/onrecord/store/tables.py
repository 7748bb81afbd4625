"""Owns the shape of the record: every table, column and view, each with a comment that becomes the codebook.

Invariant: singular tables hold what was stored; plural views show it with words, and are what a visitor sees first.
Numbers (`document.number`, `post.number`, …) are local to one file and never leave it; ids are content hashes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

# What no database takes as text: NUL, and halves of surrogate pairs. The mark is a noncharacter that no text has.
_MARK = "\ufdd0"
_UNFIT = re.compile(f"[\x00\ud800-\udfff{_MARK}]")
_MARKED = re.compile(f"{_MARK}([0-9a-f]{{4}})")


def fit(text: str) -> str:
    """`text` in a form that every database takes; `unfit` gives it back exactly."""
    return _UNFIT.sub(lambda m: f"{_MARK}{ord(m[0]):04x}", text) if _UNFIT.search(text) else text


def unfit(text: str) -> str:
    """The text that `fit` was given."""
    return _MARKED.sub(lambda m: chr(int(m[1], 16)), text) if _MARK in text else text


def same_length(text: str) -> str:
    """`text` with each character that no database takes replaced by one that it does, so that no place shifts."""
    return _UNFIT.sub("\ufffd", text) if _UNFIT.search(text) else text


class Words(TypeDecorator[str]):
    """Text of any content, NUL bytes and lone surrogates included."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else fit(value)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else unfit(value)


metadata = MetaData()


def _column(name: str, kind: Any, comment: str, *more: Any, null: bool = False, **options: Any) -> Column[Any]:
    return Column(name, kind, *more, nullable=null, comment=comment, **options)


def _post() -> Column[Any]:
    return _column("post", Integer, "number of the post", ForeignKey("post.number", ondelete="CASCADE"))


def _n(of: str) -> Column[Any]:
    return _column("n", Integer, f"place of the {of} in its post, from 0")


def _span(prefix: str, of: str, null: bool = False) -> list[Column[Any]]:
    first = f"{prefix}_" if prefix else ""
    tail = "" if prefix else "_char"
    return [
        _column(f"{first}layer", Integer, f"layer of the post that holds {of}, from 0", null=null),
        _column(f"{first}start{tail}", Integer, f"first character of {of} in the layer's text, from 0", null=null),
        _column(f"{first}end{tail}", Integer, f"character after the last of {of} in the layer's text", null=null),
    ]


def _of_post(name: str, comment: str, of: str, *columns: Any) -> Table:
    return Table(
        name, metadata, _post(), _n(of), *columns, PrimaryKeyConstraint("post", "n"),
        comment=comment, sqlite_with_rowid=False,
    )  # fmt: skip


document = Table(
    "document",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _column("id", String(16), "hash of name, address, publisher, date, title and text", unique=True),
    _column("name", Words, "id that the source gave, or stem of the file"),
    _column("origin", Words, "where it was read from: file, address, feed"),
    _column("url", Words, "address of the page", null=True),
    _column("publisher", Words, "outlet whose page it is", null=True),
    _column("published", Words, "day the page gives for itself, ISO 8601 prefix", null=True),
    _column("fetched", Words, "when it was fetched, ISO 8601", null=True),
    _column("title", Words, "title given beside the text", null=True),
    _column("lang", Words, "language, BCP 47", null=True),
    _column("rest", Words, "JSON list of the stretches of text outside of all layers; with the layers, the whole text"),
    _column("characters", Integer, "length of the text"),
    _column("added", String, "when it was added to this record, UTC; no part of its content"),
    comment="what was read in, one row a document",
)

failure = Table(
    "failure",
    metadata,
    _column("id", String(16), "hash of origin and reason", primary_key=True),
    _column("origin", Words, "what could not be read: file, address, line"),
    _column("reason", Words, "why, and what to do"),
    _column("added", String, "when it was met first, UTC; no part of its content"),
    comment="inputs that could not be read, kept so that nothing is lost",
)

post = Table(
    "post",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _column("document", Integer, "number of the document", ForeignKey("document.number", ondelete="CASCADE")),
    _column("n", Integer, "place of the post in its document, from 0"),
    _column("title", Words, "its title on the page"),
    _column("start_char", Integer, "first character of the post in the document's text, from 0"),
    _column("end_char", Integer, "character after its last"),
    _column("truncated", Boolean, "whether the page cuts it off (“Continue reading”)"),
    _column("published", Words, "date line of the post itself, ISO 8601 prefix", null=True),
    _column("byline", Words, "author that the page names", null=True),
    _column("categories", Words, "JSON list of the post's categories"),
    _column("link", Words, "address of the full post", null=True),
    _column("date", Words, "day the post's main news happened, ISO 8601 prefix", null=True),
    _column("date_inferred", Words, "why that day was inferred, empty if words state it"),
    _column("merged", Boolean, "whether the last merge has seen it as it stands", server_default=false()),
    UniqueConstraint("document", "n"),
    Index("post_to_merge", "merged", sqlite_where=text("merged = 0"), postgresql_where=text("NOT merged")),
    comment="one article or item within a document",
)

layer = Table(
    "layer",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _post(),
    _n("layer"),
    _column("kind", String, "headline, editor, report, speech or caption"),
    _column("voice", Words, "outlet, body or person whose text it is; `editor` for the page's own"),
    _column("text", String, "the text; characters that no database takes stand as U+FFFD"),
    _column("exact", Words, "the exact text, only where it holds such characters", null=True),
    _column("start_char", Integer, "its place in the document's text, empty for a title given beside it", null=True),
    _column("paragraphs", String, "JSON list of [first, after the last] character of each paragraph"),
    _column("publisher", Words, "outlet that published it first", null=True),
    _column("dateline_place", Words, "place of its dateline", null=True),
    _column("original_date", Words, "day it was first published, ISO 8601 prefix", null=True),
    _column("lang", Words, "language, BCP 47", null=True),
    _column("translator", Words, "who translated it", null=True),
    UniqueConstraint("post", "n"),
    comment="a stretch of a post in one voice",
)

credit = _of_post(
    "credit",
    "words that say whose text a layer is",
    "credit",
    _column("of_layer", Integer, "layer that it is about, from 0"),
    _column("kind", String, "published, translated, dateline, photo, author or announced"),
    _column("name", Words, "who is named"),
    *_span("", "the words"),
)

mention = _of_post(
    "mention",
    "a person, body, country or place in a layer, each time it is named",
    "mention",
    _column("kind", String, "person, organisation, country, nationality, place, facility or group"),
    _column("name", Words, "fullest form that the post gives"),
    _column("form", String, "name, title, pronoun, abbreviation or group"),
    *_span("", "the mention"),
)

person = _of_post(
    "person",
    "a person named in a post",
    "person",
    _column("name", Words, "fullest form that the post gives, without titles"),
    _column("country", Words, "state of the person, ISO 3166 alpha-3", null=True),
)

role = _of_post(
    "role",
    "an office that a layer states for a person",
    "role",
    _column("person", Integer, "place of the person in the post (person.n)"),
    _column("title", Words, "title of the office"),
    _column("org", Words, "body that it belongs to, as the text writes it", null=True),
    _column("country", Words, "state that it belongs to, ISO 3166 alpha-3", null=True),
)

organisation = _of_post(
    "organisation",
    "a body named in a post",
    "organisation",
    _column("name", Words, "fullest form that the post gives"),
    _column("abbreviation", Words, "abbreviation that the post introduces", null=True),
    _column("country", Words, "its state, ISO 3166 alpha-3", null=True),
)

place = _of_post(
    "place",
    "a place named in a post",
    "place",
    _column("name", Words, "its name"),
    _column("kind", Words, "country, city, region or facility"),
    _column("country", Words, "state it lies in, ISO 3166 alpha-3", null=True),
    _column("latitude", Float, "WGS 84 degrees", null=True),
    _column("longitude", Float, "WGS 84 degrees", null=True),
)

day = _of_post(
    "day",
    "a date that a text gives",
    "date",
    _column("value", Words, "ISO 8601 prefix, or --07-24 where only the year is unknown"),
    _column("last", Words, "last day of a range", null=True),
    _column("relative_to", Words, "what it was resolved against, empty if it is written out"),
    _column("anniversary", Boolean, "whether it dates a commemorated event, not the news"),
    *_span("", "the date"),
)

statement = Table(
    "statement",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _post(),
    _n("statement"),
    _column("speaker", Words, "who said it, fullest form in the post"),
    _column("kind", String, "direct, indirect or mixed"),
    _column("addressee", Words, "to whom, if told", null=True),
    _column("chain", Words, "JSON list of the voices that carried it, nearest to the speaker first"),
    _column("inferred", Words, "why the speaker was inferred, empty if words name the speaker"),
    *_span("quote", "what was said"),
    *_span("cue", "the words that attribute it", null=True),
    *_span("speaker", "the words that name the speaker", null=True),
    UniqueConstraint("post", "n"),
    comment="reported speech",
)

source = _of_post(
    "source",
    "an outlet or body that a text names as where its information comes from",
    "source",
    _column("name", Words, "its name"),
    _column("relation", String, "republished, translated, cited or publisher"),
    *_span("", "the words that say so"),
)

amount = _of_post(
    "amount",
    "a quantity of money, goods or people",
    "amount",
    _column("claim", Integer, "claim that it is a cell of (claim.n); empty for the post's own list", null=True),
    _column("value", Float, "plain number"),
    _column("unit", Words, "ISO 4217 code, t, kg, persons or units"),
    _column("of", Words, "what it is an amount of"),
    _column("giver", Words, "who gives", null=True),
    _column("receiver", Words, "who receives", null=True),
    *_span("", "the amount"),
)

claim = _of_post(
    "claim",
    "one layer's telling of an event",
    "claim",
    _column("id", String(16), "hash of the document's id, the post and the telling", index=True),
    _column("type", String, "PLOVER event type, or OFFICE"),
    _column("mode", String, "mode of the type, see the codebook of events", null=True),
    _column("date", Words, "when, ISO 8601 prefix, or --07-24", null=True),
    _column("date_inferred", Words, "why the date was inferred, empty if words state it"),
    _column("place", Words, "most exact place below a country", null=True),
    _column("place_inferred", Words, "why the place was inferred, empty if words state it"),
    _column("country", Words, "where it took place, ISO 3166 alpha-3", null=True),
    _column("country_inferred", Words, "why the country was inferred, empty if words state it"),
    _column("status", String, "happened or planned"),
    _column("focus", Boolean, "whether it is what the post reports as news"),
    _column("told_as", Integer, "number of the event within the post; claims with the same number tell one event"),
    *_span("trigger", "the words that name the act"),
    *_span("quote", "the clause or sentence that states the event"),
)

participant = _of_post(
    "participant",
    "an actor of a claim",
    "participant",
    _column("claim", Integer, "claim it takes part in (claim.n)"),
    _column("name", Words, "fullest form that the post gives"),
    _column("kind", String, "person, organisation, country or group"),
    _column("role", Words, "initiator, counterpart, host, attendee, sender, giver, receiver …"),
    _column("inferred", Words, "why it was inferred, empty if words name it"),
)

evidence = Table(
    "evidence",
    metadata,
    _post(),
    _column(
        "of",
        String,
        "person, role, organisation, place, participant, claim.date, .place or .country, or post.date",
    ),
    _column("of_n", Integer, "which of the post's rows of that table (its n)"),
    _column("n", Integer, "place among the words for that row, from 0"),
    *_span("", "the words"),
    PrimaryKeyConstraint("post", "of", "of_n", "n"),
    comment="the words on which a row or a cell rests",
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _column("id", String(16), "hash of the ids of its claims", unique=True),
    _column("type", String, "PLOVER event type, or OFFICE"),
    _column("mode", String, "mode of the type", null=True),
    _column("date", Words, "when, ISO 8601 prefix, or --07-24", null=True),
    _column("place", Words, "most exact place below a country", null=True),
    _column("country", Words, "where, ISO 3166 alpha-3", null=True),
    _column("status", String, "happened or planned"),
    _column("focus", Boolean, "whether a post reports it as news"),
    _column("tellings", Integer, "how many claims tell it"),
    _column("independent", Integer, "how many of them are of different origin"),
    _column("title", Words, "who, what and when in one line"),
    _column("review", String, "accepted or rejected if a reviewer ruled so, else empty", server_default=""),
    Index("event_by_date", "date"),
    comment="the row: all claims that tell one occurrence, merged; derived, made anew where a merge finds a change",
)

telling = Table(
    "telling",
    metadata,
    _column("event", Integer, "number of the event", ForeignKey("event.number", ondelete="CASCADE")),
    _column("n", Integer, "place among the event's tellings, the best first, from 0"),
    _post(),
    _column("claim", Integer, "the claim (claim.n)"),
    _column("chain", Words, "JSON list of the voices that vouch for it, speaker first, page last"),
    _column("reported", Words, "day of the post or its document, ISO 8601 prefix", null=True),
    _column("origin", Words, "outlet or body that it goes back to; tellings of one origin are one independent source"),
    _column("source", Integer, "number of the independent source: one for tellings of one origin or of shared text"),
    PrimaryKeyConstraint("event", "n"),
    Index("telling_by_claim", "post", "claim"),
    comment="which claims tell an event, and who vouches for each; derived",
    sqlite_with_rowid=False,
)

event_participant = Table(
    "event_participant",
    metadata,
    _column("event", Integer, "number of the event", ForeignKey("event.number", ondelete="CASCADE")),
    _column("n", Integer, "place among the event's participants, from 0"),
    _column("name", Words, "fullest form that the tellings give"),
    _column("kind", String, "person, organisation, country or group"),
    _column("role", Words, "initiator, counterpart, host …"),
    _column("inferred", Words, "why it was inferred, empty if words name it"),
    _column("telling", Integer, "telling whose post its evidence lies in (telling.n)"),
    _column("evidence", String, "JSON list of [layer, start, end] in that post"),
    _column("folded", Words, "all names it was given, without accents and capitals, by which it is found"),
    _column("naming", Integer, "number of the name by which its actor is known", null=True),
    PrimaryKeyConstraint("event", "n"),
    Index("event_participant_by_naming", "naming"),
    comment="the actors of an event; derived",
    sqlite_with_rowid=False,
)

event_cell = Table(
    "event_cell",
    metadata,
    _column("event", Integer, "number of the event", ForeignKey("event.number", ondelete="CASCADE")),
    _column("n", Integer, "place among the event's cells, from 0"),
    _column("cell", String, "type, mode, date, place, country, status, amount or participant"),
    _column("value", Words, "value that tellings give"),
    _column("chosen", Boolean, "whether it stands in the row; if not, tellings disagree"),
    _column("tellings", String, "JSON list of the tellings that say so (telling.n)"),
    _column("names", Words, "JSON list of the names that tellings give to a participant"),
    _column("ruled", String, "id of the decision that chose it, empty if none did", server_default=""),
    PrimaryKeyConstraint("event", "n"),
    comment="every value that tellings give for a cell of an event; derived",
    sqlite_with_rowid=False,
)

actor = Table(
    "actor",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _column("id", String(16), "hash of kind, name and country", unique=True),
    _column("kind", String, "person, organisation, country or group"),
    _column("name", Words, "fullest name that the sources give"),
    _column("names", Words, "JSON list of all its names"),
    _column("country", Words, "its state, ISO 3166 alpha-3", null=True),
    _column("folded", Words, "all its names without accents and capitals, by which it is found"),
    comment="a person, body or country behind many mentions; derived",
)

office = Table(
    "office",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _column("actor", Integer, "number of the actor", ForeignKey("actor.number", ondelete="CASCADE"), index=True),
    _column("n", Integer, "place among the actor's offices, from 0"),
    _column("title", Words, "title of the office"),
    _column("org", Words, "body that it belongs to", null=True),
    _column("country", Words, "state that it belongs to, ISO 3166 alpha-3", null=True),
    _column("first", Words, "first day on which a source attests it, ISO 8601 prefix", null=True),
    _column("last", Words, "last day on which a source attests it, ISO 8601 prefix", null=True),
    comment="an office of an actor, with the dates between which sources attest it; derived",
)

attestation = Table(
    "attestation",
    metadata,
    _column("office", Integer, "number of the office", ForeignKey("office.number", ondelete="CASCADE")),
    _column("n", Integer, "place among the office's attestations, from 0"),
    _post(),
    *_span("", "the words that state the office"),
    _column("reported", Words, "day of the post, ISO 8601 prefix", null=True),
    PrimaryKeyConstraint("office", "n"),
    Index("attestation_by_post", "post"),
    comment="where an office is stated; derived",
    sqlite_with_rowid=False,
)

decision = Table(
    "decision",
    metadata,
    _column("number", Integer, "number within this file; later decisions have higher ones", primary_key=True),
    _column("id", String(16), "hash of what was ruled, by whom and when", unique=True),
    _column("kind", String, "same, different, accept, reject or correct"),
    _column("claims", String, "JSON list of the ids of the claims of the event that was ruled on (claim.id)"),
    _column("others", String, "JSON list of the ids of the claims of the other event, for same and different"),
    _column("cell", String, "cell that was corrected"),
    _column("value", Words, "what it is to be"),
    _column("user", Words, "who ruled"),
    _column("at", String, "when, UTC"),
    _column("reason", Words, "why"),
    _column("about", Words, "what was ruled on, in one line, as it stood then"),
    comment="what reviewers ruled: appended, never changed, and replayed by every merge",
)

reuse = Table(
    "reuse",
    metadata,
    _column("first", Integer, "number of one layer", ForeignKey("layer.number", ondelete="CASCADE")),
    _column("second", Integer, "number of the other", ForeignKey("layer.number", ondelete="CASCADE")),
    _column("spans", String, "JSON list of [start, end in the first, start, end in the second] of what they share"),
    _column("first_share", Float, "share of the first layer's words that the second has"),
    _column("second_share", Float, "share of the second layer's words that the first has"),
    _column("how", String, "copied, shortened, reworded or excerpt"),
    _column("source", Integer, "1 or 2 for the layer that was first, 0 if nothing tells it"),
    _column("why", Words, "what tells it"),
    PrimaryKeyConstraint("first", "second"),
    Index("reuse_by_second", "second"),
    comment="layers that share text; derived",
    sqlite_with_rowid=False,
)

fingerprint = Table(
    "fingerprint",
    metadata,
    _column("value", BigInteger, "hash of four words in a row"),
    _column("rank", BigInteger, "hash of the layer's place, by which layers are ordered the same everywhere"),
    _column("layer", Integer, "number of the layer"),
    PrimaryKeyConstraint("value", "rank", "layer"),
    comment="by which layers that share text are found; derived",
    sqlite_with_rowid=False,
)

shape = Table(
    "shape",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _column("id", String(16), "hash of its data", unique=True),
    _column("data", Words, "JSON of what is compared: type, mode, date, actors"),
    _column("best", Integer, "shape that it proposes as told of the same event on another day", null=True),
    _column("knot", Integer, "number of the knot of shapes that it hangs together with"),
    _column("stale", Boolean, "whether its tellings changed since the last merge"),
    _column("event", Integer, "number of its event", null=True),
    Index("shape_by_best", "best"),
    Index("shape_by_knot", "knot"),
    Index("shape_stale", "stale", sqlite_where=text("stale = 1"), postgresql_where=text("stale")),
    comment="what is compared of tellings; those that look the same share one; derived",
)

shape_key = Table(
    "shape_key",
    metadata,
    _column("key", BigInteger, "hash of two actors, or an actor and a day, under which shapes meet"),
    _column("shape", Integer, "number of the shape"),
    PrimaryKeyConstraint("key", "shape"),
    comment="which shapes are compared with each other; derived",
    sqlite_with_rowid=False,
)

told = Table(
    "told",
    metadata,
    _post(),
    _column("claim", Integer, "the claim (claim.n)"),
    _column("shape", Integer, "number of its shape"),
    _column("words", String, "JSON list of hashes of its sentence's words, empty for all but one claim of an event"),
    PrimaryKeyConstraint("post", "claim"),
    Index("told_by_shape", "shape"),
    comment="the shape of each claim; derived",
    sqlite_with_rowid=False,
)

phrase = Table(
    "phrase",
    metadata,
    _column("key", BigInteger, "hash under which a sentence meets its copies"),
    _column("post", Integer, "number of the post"),
    _column("claim", Integer, "the claim (claim.n)"),
    PrimaryKeyConstraint("key", "post", "claim"),
    comment="by which copied sentences are found; derived",
    sqlite_with_rowid=False,
)

naming = Table(
    "naming",
    metadata,
    _column("number", Integer, "number within this file", primary_key=True),
    _column("id", String(16), "hash of kind, words and state", unique=True),
    _column("kind", String, "person, organisation, country or group"),
    _column("name", Words, "one of the names that are written so"),
    _column("country", Words, "state that sources give with it, ISO 3166 alpha-3", null=True),
    _column("stale", Boolean, "whether it was seen anew since the last merge"),
    _column("actor", Integer, "number of the actor", ForeignKey("actor.number"), null=True),
    Index("naming_by_actor", "actor"),
    Index("naming_stale", "stale", sqlite_where=text("stale = 1"), postgresql_where=text("stale")),
    comment="a name, of any spelling, by which an actor is known; derived",
)

naming_key = Table(
    "naming_key",
    metadata,
    _column("key", BigInteger, "hash of two words of the name"),
    _column("naming", Integer, "number of the naming"),
    PrimaryKeyConstraint("key", "naming"),
    comment="by which longer and shorter forms of a name are found; derived",
    sqlite_with_rowid=False,
)

sighted = Table(
    "sighted",
    metadata,
    _post(),
    _column("n", Integer, "place among those seen in the post, from 0"),
    _column("naming", Integer, "number of the naming"),
    _column("kind", String, "person, organisation, country or group"),
    _column("name", Words, "as the post gives it"),
    _column("country", Words, "state that the post gives, ISO 3166 alpha-3", null=True),
    _column("alias", Words, "abbreviation that the post introduces", null=True),
    _column("person", Integer, "which of the post's people (person.n)", null=True),
    _column("reported", Words, "day of the post, ISO 8601 prefix", null=True),
    PrimaryKeyConstraint("post", "n"),
    Index("sighted_by_naming", "naming"),
    comment="who is named in which post, and by which name; derived",
    sqlite_with_rowid=False,
)

# In the order in which rows can be written; the reverse is the order in which they can be deleted.
OF_POST = (
    credit, mention, person, role, organisation, place, day, source, amount, claim, participant, evidence,
)  # fmt: skip
DERIVED = (
    actor, office, attestation, event, telling, event_participant, event_cell, reuse, fingerprint, shape, shape_key,
    told, phrase, naming, naming_key, sighted,
)  # fmt: skip


def _words(table: str, prefix: str = "") -> str:
    """SQL for the words of a span: the same in SQLite and PostgreSQL."""
    first, tail = (f"{prefix}_", "") if prefix else ("", "_char")
    start, end = f"{table}.{first}start{tail}", f"{table}.{first}end{tail}"
    return f"substr(l.text, {start} + 1, {end} - {start})"


def _at(table: str) -> str:
    return f"LEFT JOIN post p ON p.number = {table}.post LEFT JOIN document d ON d.number = p.document"


def _layer(table: str, column: str = "layer") -> str:
    return f"LEFT JOIN layer l ON l.post = {table}.post AND l.n = {table}.{column}"


@dataclass(frozen=True, slots=True)
class View:
    """A view: what a row is, its columns as (name, SQL, what it is), and where they come from.

    A column without a word of its own has that of the table's column it shows.
    """

    comment: str
    columns: tuple[tuple[str, str, str], ...]
    source: str

    @property
    def select(self) -> str:
        """The SELECT statement."""
        listed = ", ".join(f"{sql} AS {name}" for name, sql, _ in self.columns)
        return f"SELECT {listed} FROM {self.source}"


_ALIASES = {
    "d": document, "p": post, "l": layer, "a": actor, "o": office, "t": attestation, "e": event, "c": claim,
    "s": statement, "m": mention, "f": failure, "ep": event_participant, "q": amount, "r": source, "w": telling,
    "y": decision, "u": reuse,
}  # fmt: skip


def _plain(columns: str) -> tuple[tuple[str, str, str], ...]:
    """Columns shown as they are: `alias.column`, or `alias.column=name`."""
    out = []
    for item in columns.split():
        sql, _, name = item.partition("=")
        alias, _, column = sql.partition(".")
        out.append((name or column, sql, _ALIASES[alias].c[column].comment or ""))
    return tuple(out)


_WHERE = (
    ("publisher", "d.publisher", "outlet whose page it stands on"),
    ("document", "d.id", "id of the document"),
    ("post", "p.n", "post of the document, from 0"),
)


def _list(column: str, between: str) -> str:
    """SQL that shows a JSON list of strings to a reader."""
    return f"""replace(replace(replace({column}, '["', ''), '"]', ''), '","', '{between}')"""


_CHAIN = ("chain", _list("w.chain", " → "), "who vouches for it: the voices, speaker first, page last")


def _count(table: str, test: str) -> str:
    return f"(SELECT count(*) FROM {table} WHERE {test})"


VIEWS: dict[str, View] = {
    "events": View(
        "one row an event, however many outlets tell it, with the sentence of its best telling",
        (
            *_plain(
                "e.date e.type e.mode e.title e.place e.country e.status e.focus e.tellings e.independent e.review"
            ),
            ("evidence", _words("c", "quote"), "the sentence of the best telling"),
            _CHAIN,
            *_WHERE[:2],
            *_plain("w.reported e.id"),
        ),
        f"""event e LEFT JOIN telling w ON w.event = e.number AND w.n = 0
        LEFT JOIN claim c ON c.post = w.post AND c.n = w.claim {_layer("c", "quote_layer")} {_at("w")}
        ORDER BY e.date IS NULL, e.date LIKE '--%', e.date DESC, e.focus DESC, e.independent DESC, e.id""",
    ),
    "participants": View(
        "who took part in which event",
        (
            *_plain("e.date e.type e.mode ep.name ep.role ep.kind a.name=actor ep.inferred"),
            ("event", "e.id", "id of the event"),
            ("actor_id", "a.id", "id of the actor"),
        ),
        """event_participant ep LEFT JOIN event e ON e.number = ep.event
        LEFT JOIN naming g ON g.number = ep.naming LEFT JOIN actor a ON a.number = g.actor""",
    ),
    "tellings": View(
        "every telling of every event: the sentence, its voice and the chain that vouches for it",
        (
            *_plain("e.date e.title"),
            ("evidence", _words("c", "quote"), "the clause or sentence that states the event"),
            ("act", _words("c", "trigger"), "the words that name the act"),
            *_plain("l.voice"),
            _CHAIN,
            *_plain("w.origin w.source w.reported"),
            *_WHERE,
            *_plain("c.quote_layer=layer c.quote_start c.quote_end"),
            ("event", "e.id", "id of the event"),
        ),
        f"""telling w LEFT JOIN event e ON e.number = w.event
        LEFT JOIN claim c ON c.post = w.post AND c.n = w.claim {_layer("c", "quote_layer")} {_at("w")}""",
    ),
    "people": View(
        "one row a person, with the names and the offices that sources state",
        (
            *_plain("a.name a.country"),
            ("names", _list("a.names", "; "), "all names that the sources give"),
            ("offices", _count("office o", "o.actor = a.number"), "how many offices sources state"),
            (
                "events",
                _count("event_participant ep JOIN naming g ON g.number = ep.naming", "g.actor = a.number"),
                "in how many events the person takes part",
            ),
            *_plain("a.id"),
        ),
        "actor a WHERE a.kind = 'person'",
    ),
    "offices": View(
        "who held which office, and between which days sources attest it",
        (
            ("person", "a.name", "name of the person"),
            *_plain("o.title o.org o.country o.first o.last"),
            ("attested", _count("attestation t", "t.office = o.number"), "how many times it is stated"),
            ("person_id", "a.id", "id of the person"),
        ),
        "office o LEFT JOIN actor a ON a.number = o.actor",
    ),
    "attestations": View(
        "the words that state each office",
        (
            ("person", "a.name", "name of the person"),
            *_plain("o.title o.org"),
            ("words", _words("t"), "the words that state it"),
            *_plain("t.reported"),
            *_WHERE,
            *_plain("t.layer t.start_char t.end_char"),
        ),
        f"""attestation t LEFT JOIN office o ON o.number = t.office LEFT JOIN actor a ON a.number = o.actor
        {_layer("t")} {_at("t")}""",
    ),
    "statements": View(
        "who said what, in the words of the text",
        (
            *_plain("s.speaker"),
            ("quote", _words("s", "quote"), "what was said"),
            *_plain("s.kind s.addressee l.voice"),
            ("chain", _list("s.chain", " → "), "voices that carried it, nearest to the speaker first"),
            ("reported", "coalesce(p.date, p.published, d.published)", "day of the post"),
            *_WHERE,
            *_plain("s.quote_layer=layer s.quote_start s.quote_end"),
        ),
        f"""statement s {_layer("s", "quote_layer")} {_at("s")}""",
    ),
    "layers": View(
        "the text of every post, one row a stretch in one voice",
        (
            *_WHERE[1:],
            ("layer", "l.n", "layer of the post, from 0"),
            *_plain("l.kind l.voice l.publisher l.original_date l.dateline_place l.translator l.lang l.text"),
        ),
        f"""layer l {_at("l")}""",
    ),
    "posts": View(
        "one row an article or item, with its place in the document",
        (
            *_plain("p.date p.title d.publisher p.published p.byline p.truncated"),
            ("layers", _count("layer l", "l.post = p.number"), "how many layers it has"),
            ("categories", _list("p.categories", "; "), "the post's categories"),
            *_plain("p.link"),
            *_WHERE[1:],
        ),
        "post p LEFT JOIN document d ON d.number = p.document",
    ),
    "documents": View(
        "what was read in, with how much was found in it",
        (
            *_plain("d.name d.title d.publisher d.published d.url d.origin d.lang d.characters"),
            ("posts", _count("post p", "p.document = d.number"), "how many posts it has"),
            *_plain("d.fetched d.added d.id"),
        ),
        "document d",
    ),
    "sources": View(
        "outlets and bodies that texts name as where their information comes from",
        (
            *_plain("r.name r.relation"),
            ("words", _words("r"), "the words that say so"),
            *_WHERE,
            *_plain("r.layer r.start_char r.end_char"),
        ),
        f"""source r {_layer("r")} {_at("r")}""",
    ),
    "amounts": View(
        "money, goods and people that are given, pledged, lent, traded or sent",
        (
            *_plain("q.value q.unit q.of q.giver q.receiver"),
            ("words", _words("q"), "the words that state it"),
            ("reported", "coalesce(p.date, p.published, d.published)", "day of the post"),
            *_WHERE,
            *_plain("q.layer q.start_char q.end_char"),
        ),
        f"""amount q {_layer("q")} {_at("q")} WHERE q.claim IS NULL""",
    ),
    "mentions": View(
        "every person, body, country and place, each time it is named",
        (
            *_plain("m.kind m.name"),
            ("words", _words("m"), "the words as they stand"),
            *_plain("m.form"),
            *_WHERE,
            *_plain("m.layer m.start_char m.end_char"),
        ),
        f"""mention m {_layer("m")} {_at("m")}""",
    ),
    "copies": View(
        "layers that share text: where each stands, how much they share, and which was first if it is known",
        (
            *_plain("u.how u.first_share u.second_share u.source u.why"),
            ("first_voice", "l1.voice", "whose text the first is"),
            ("second_voice", "l2.voice", "whose text the second is"),
            *(
                (f"{name}_{what}", sql.format(n), meaning)
                for n, name in ((1, "first"), (2, "second"))
                for what, sql, meaning in (
                    ("document", "d{}.id", "id of its document"),
                    ("post", "p{}.n", "its post, from 0"),
                    ("layer", "l{}.n", "its place in the post, from 0"),
                )
            ),
            *_plain("u.spans"),
        ),
        """reuse u LEFT JOIN layer l1 ON l1.number = u.first LEFT JOIN layer l2 ON l2.number = u.second
        LEFT JOIN post p1 ON p1.number = l1.post LEFT JOIN document d1 ON d1.number = p1.document
        LEFT JOIN post p2 ON p2.number = l2.post LEFT JOIN document d2 ON d2.number = p2.document""",
    ),
    "decisions": View(
        "what reviewers ruled, the last first",
        (*_plain("y.at y.user y.kind y.about y.cell y.value y.reason y.id"),),
        "decision y ORDER BY y.number DESC",
    ),
    "failures": View("inputs that could not be read, and why", _plain("f.origin f.reason f.added f.id"), "failure f"),
}

# What full-text search shows: FTS5 keeps only the index and fetches the words from here.
SEARCHED: dict[str, tuple[tuple[str, ...], str]] = {
    "layer": (("voice", "text"), "SELECT l.number, l.voice, l.text FROM layer l"),
    "statement": (
        ("speaker", "quote"),
        f"""SELECT s.number, s.speaker, {_words("s", "quote")} AS quote
        FROM statement s {_layer("s", "quote_layer")}""",
    ),
    "event": (
        ("names", "title", "quote"),
        f"""SELECT e.number,
        (SELECT group_concat(ep.name, ', ') FROM event_participant ep WHERE ep.event = e.number) AS names,
        e.title,
        (SELECT group_concat({_words("c", "quote")}, ' … ') FROM telling w
         JOIN claim c ON c.post = w.post AND c.n = w.claim
         JOIN layer l ON l.post = c.post AND l.n = c.quote_layer WHERE w.event = e.number) AS quote
        FROM event e""",
    ),
}
