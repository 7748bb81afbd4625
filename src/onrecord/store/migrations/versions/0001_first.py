"""The first shape of the record."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "actor",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column("id", sa.String(length=16), nullable=False, comment="hash of kind, name and country"),
        sa.Column("kind", sa.String(), nullable=False, comment="person, organisation, country or group"),
        sa.Column("name", sa.String(), nullable=False, comment="fullest name that the sources give"),
        sa.Column("names", sa.String(), nullable=False, comment="JSON list of all its names"),
        sa.Column("country", sa.String(), nullable=True, comment="its state, ISO 3166 alpha-3"),
        sa.Column(
            "folded",
            sa.String(),
            nullable=False,
            comment="all its names without accents and capitals, by which it is found",
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        comment="a person, body or country behind many mentions; derived",
    )
    op.create_table(
        "document",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column(
            "id", sa.String(length=16), nullable=False, comment="hash of name, address, publisher, date, title and text"
        ),
        sa.Column("name", sa.String(), nullable=False, comment="id that the source gave, or stem of the file"),
        sa.Column("origin", sa.String(), nullable=False, comment="where it was read from: file, address, feed"),
        sa.Column("url", sa.String(), nullable=True, comment="address of the page"),
        sa.Column("publisher", sa.String(), nullable=True, comment="outlet whose page it is"),
        sa.Column("published", sa.String(), nullable=True, comment="day the page gives for itself, ISO 8601 prefix"),
        sa.Column("fetched", sa.String(), nullable=True, comment="when it was fetched, ISO 8601"),
        sa.Column("title", sa.String(), nullable=True, comment="title given beside the text"),
        sa.Column("lang", sa.String(), nullable=True, comment="language, BCP 47"),
        sa.Column(
            "rest",
            sa.String(),
            nullable=False,
            comment="JSON list of the stretches of text outside of all layers; with the layers, the whole text",
        ),
        sa.Column("characters", sa.Integer(), nullable=False, comment="length of the text"),
        sa.Column(
            "added",
            sa.String(),
            nullable=False,
            comment="when it was added to this record, UTC; no part of its content",
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        comment="what was read in, one row a document",
    )
    op.create_table(
        "event",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column("id", sa.String(length=16), nullable=False, comment="hash of the ids of its claims"),
        sa.Column("type", sa.String(), nullable=False, comment="PLOVER event type, or OFFICE"),
        sa.Column("mode", sa.String(), nullable=True, comment="mode of the type"),
        sa.Column("date", sa.String(), nullable=True, comment="when, ISO 8601 prefix, or --07-24"),
        sa.Column("place", sa.String(), nullable=True, comment="most exact place below a country"),
        sa.Column("country", sa.String(), nullable=True, comment="where, ISO 3166 alpha-3"),
        sa.Column("status", sa.String(), nullable=False, comment="happened or planned"),
        sa.Column("focus", sa.Boolean(), nullable=False, comment="whether a post reports it as news"),
        sa.Column("tellings", sa.Integer(), nullable=False, comment="how many claims tell it"),
        sa.Column("independent", sa.Integer(), nullable=False, comment="how many of them are of different origin"),
        sa.Column("title", sa.String(), nullable=False, comment="who, what and when in one line"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        comment="the row: all claims that tell one occurrence, merged; derived, made anew by every merge",
    )
    op.create_index("event_by_date", "event", ["date"], unique=False)
    op.create_table(
        "failure",
        sa.Column("id", sa.String(length=16), nullable=False, comment="hash of origin and reason"),
        sa.Column("origin", sa.String(), nullable=False, comment="what could not be read: file, address, line"),
        sa.Column("reason", sa.String(), nullable=False, comment="why, and what to do"),
        sa.Column("added", sa.String(), nullable=False, comment="when it was met first, UTC; no part of its content"),
        sa.PrimaryKeyConstraint("id"),
        comment="inputs that could not be read, kept so that nothing is lost",
    )
    op.create_table(
        "event_cell",
        sa.Column("event", sa.Integer(), nullable=False, comment="number of the event"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place among the event's cells, from 0"),
        sa.Column("cell", sa.String(), nullable=False, comment="mode, date, place, country, status or participant"),
        sa.Column("value", sa.String(), nullable=False, comment="value that tellings give"),
        sa.Column(
            "chosen", sa.Boolean(), nullable=False, comment="whether it stands in the row; if not, tellings disagree"
        ),
        sa.Column("tellings", sa.String(), nullable=False, comment="JSON list of the tellings that say so (telling.n)"),
        sa.Column(
            "names", sa.String(), nullable=False, comment="JSON list of the names that tellings give to a participant"
        ),
        sa.ForeignKeyConstraint(["event"], ["event.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event", "n"),
        comment="every value that tellings give for a cell of an event; derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_participant",
        sa.Column("event", sa.Integer(), nullable=False, comment="number of the event"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place among the event's participants, from 0"),
        sa.Column("name", sa.String(), nullable=False, comment="fullest form that the tellings give"),
        sa.Column("kind", sa.String(), nullable=False, comment="person, organisation, country or group"),
        sa.Column("role", sa.String(), nullable=False, comment="initiator, counterpart, host …"),
        sa.Column("inferred", sa.String(), nullable=False, comment="why it was inferred, empty if words name it"),
        sa.Column(
            "telling", sa.Integer(), nullable=False, comment="telling whose post its evidence lies in (telling.n)"
        ),
        sa.Column("evidence", sa.String(), nullable=False, comment="JSON list of [layer, start, end] in that post"),
        sa.Column(
            "folded",
            sa.String(),
            nullable=False,
            comment="all names it was given, without accents and capitals, by which it is found",
        ),
        sa.Column("actor", sa.Integer(), nullable=True, comment="number of the actor behind it"),
        sa.ForeignKeyConstraint(
            ["actor"],
            ["actor.number"],
        ),
        sa.ForeignKeyConstraint(["event"], ["event.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event", "n"),
        comment="the actors of an event; derived",
        sqlite_with_rowid=False,
    )
    op.create_index("event_participant_by_actor", "event_participant", ["actor"], unique=False)
    op.create_table(
        "office",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column("actor", sa.Integer(), nullable=False, comment="number of the actor"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place among the actor's offices, from 0"),
        sa.Column("title", sa.String(), nullable=False, comment="title of the office"),
        sa.Column("org", sa.String(), nullable=True, comment="body that it belongs to"),
        sa.Column("country", sa.String(), nullable=True, comment="state that it belongs to, ISO 3166 alpha-3"),
        sa.Column(
            "first", sa.String(), nullable=True, comment="first day on which a source attests it, ISO 8601 prefix"
        ),
        sa.Column("last", sa.String(), nullable=True, comment="last day on which a source attests it, ISO 8601 prefix"),
        sa.ForeignKeyConstraint(["actor"], ["actor.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        comment="an office of an actor, with the dates between which sources attest it; derived",
    )
    op.create_index(op.f("ix_office_actor"), "office", ["actor"], unique=False)
    op.create_table(
        "post",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column("document", sa.Integer(), nullable=False, comment="number of the document"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the post in its document, from 0"),
        sa.Column("title", sa.String(), nullable=False, comment="its title on the page"),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=False,
            comment="first character of the post in the document's text, from 0",
        ),
        sa.Column("end_char", sa.Integer(), nullable=False, comment="character after its last"),
        sa.Column(
            "truncated", sa.Boolean(), nullable=False, comment="whether the page cuts it off (“Continue reading”)"
        ),
        sa.Column("published", sa.String(), nullable=True, comment="date line of the post itself, ISO 8601 prefix"),
        sa.Column("byline", sa.String(), nullable=True, comment="author that the page names"),
        sa.Column("categories", sa.String(), nullable=False, comment="JSON list of the post's categories"),
        sa.Column("link", sa.String(), nullable=True, comment="address of the full post"),
        sa.Column("date", sa.String(), nullable=True, comment="day the post's main news happened, ISO 8601 prefix"),
        sa.Column(
            "date_inferred", sa.String(), nullable=False, comment="why that day was inferred, empty if words state it"
        ),
        sa.ForeignKeyConstraint(["document"], ["document.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("document", "n"),
        comment="one article or item within a document",
    )
    op.create_table(
        "amount",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the amount in its post, from 0"),
        sa.Column(
            "claim",
            sa.Integer(),
            nullable=True,
            comment="claim that it is a cell of (claim.n); empty for the post's own list",
        ),
        sa.Column("value", sa.Float(), nullable=False, comment="plain number"),
        sa.Column("unit", sa.String(), nullable=False, comment="ISO 4217 code, t, kg, persons or units"),
        sa.Column("of", sa.String(), nullable=False, comment="what it is an amount of"),
        sa.Column("giver", sa.String(), nullable=True, comment="who gives"),
        sa.Column("receiver", sa.String(), nullable=True, comment="who receives"),
        sa.Column("layer", sa.Integer(), nullable=False, comment="layer of the post that holds the amount, from 0"),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=False,
            comment="first character of the amount in the layer's text, from 0",
        ),
        sa.Column(
            "end_char",
            sa.Integer(),
            nullable=False,
            comment="character after the last of the amount in the layer's text",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="a quantity of money, goods or people",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attestation",
        sa.Column("office", sa.Integer(), nullable=False, comment="number of the office"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place among the office's attestations, from 0"),
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column(
            "layer",
            sa.Integer(),
            nullable=False,
            comment="layer of the post that holds the words that state the office, from 0",
        ),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=False,
            comment="first character of the words that state the office in the layer's text, from 0",
        ),
        sa.Column(
            "end_char",
            sa.Integer(),
            nullable=False,
            comment="character after the last of the words that state the office in the layer's text",
        ),
        sa.ForeignKeyConstraint(["office"], ["office.number"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("office", "n"),
        comment="where an office is stated; derived",
        sqlite_with_rowid=False,
    )
    op.create_index("attestation_by_post", "attestation", ["post"], unique=False)
    op.create_table(
        "claim",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the claim in its post, from 0"),
        sa.Column(
            "id", sa.String(length=16), nullable=False, comment="hash of the document's id, the post and the telling"
        ),
        sa.Column("type", sa.String(), nullable=False, comment="PLOVER event type, or OFFICE"),
        sa.Column("mode", sa.String(), nullable=True, comment="mode of the type, see the codebook of events"),
        sa.Column("date", sa.String(), nullable=True, comment="when, ISO 8601 prefix, or --07-24"),
        sa.Column(
            "date_inferred", sa.String(), nullable=False, comment="why the date was inferred, empty if words state it"
        ),
        sa.Column("place", sa.String(), nullable=True, comment="most exact place below a country"),
        sa.Column(
            "place_inferred", sa.String(), nullable=False, comment="why the place was inferred, empty if words state it"
        ),
        sa.Column("country", sa.String(), nullable=True, comment="where it took place, ISO 3166 alpha-3"),
        sa.Column(
            "country_inferred",
            sa.String(),
            nullable=False,
            comment="why the country was inferred, empty if words state it",
        ),
        sa.Column("status", sa.String(), nullable=False, comment="happened or planned"),
        sa.Column("focus", sa.Boolean(), nullable=False, comment="whether it is what the post reports as news"),
        sa.Column(
            "told_as",
            sa.Integer(),
            nullable=False,
            comment="number of the event within the post; claims with the same number tell one event",
        ),
        sa.Column(
            "trigger_layer",
            sa.Integer(),
            nullable=False,
            comment="layer of the post that holds the words that name the act, from 0",
        ),
        sa.Column(
            "trigger_start",
            sa.Integer(),
            nullable=False,
            comment="first character of the words that name the act in the layer's text, from 0",
        ),
        sa.Column(
            "trigger_end",
            sa.Integer(),
            nullable=False,
            comment="character after the last of the words that name the act in the layer's text",
        ),
        sa.Column(
            "quote_layer",
            sa.Integer(),
            nullable=False,
            comment="layer of the post that holds the clause or sentence that states the event, from 0",
        ),
        sa.Column(
            "quote_start",
            sa.Integer(),
            nullable=False,
            comment="first character of the clause or sentence that states the event in the layer's text, from 0",
        ),
        sa.Column(
            "quote_end",
            sa.Integer(),
            nullable=False,
            comment="character after the last of the clause or sentence that states the event in the layer's text",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="one layer's telling of an event",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_claim_id"), "claim", ["id"], unique=False)
    op.create_table(
        "credit",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the credit in its post, from 0"),
        sa.Column("of_layer", sa.Integer(), nullable=False, comment="layer that it is about, from 0"),
        sa.Column(
            "kind", sa.String(), nullable=False, comment="published, translated, dateline, photo, author or announced"
        ),
        sa.Column("name", sa.String(), nullable=False, comment="who is named"),
        sa.Column("layer", sa.Integer(), nullable=False, comment="layer of the post that holds the words, from 0"),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=False,
            comment="first character of the words in the layer's text, from 0",
        ),
        sa.Column(
            "end_char",
            sa.Integer(),
            nullable=False,
            comment="character after the last of the words in the layer's text",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="words that say whose text a layer is",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the date in its post, from 0"),
        sa.Column(
            "value", sa.String(), nullable=False, comment="ISO 8601 prefix, or --07-24 where only the year is unknown"
        ),
        sa.Column("last", sa.String(), nullable=True, comment="last day of a range"),
        sa.Column(
            "relative_to",
            sa.String(),
            nullable=False,
            comment="what it was resolved against, empty if it is written out",
        ),
        sa.Column(
            "anniversary", sa.Boolean(), nullable=False, comment="whether it dates a commemorated event, not the news"
        ),
        sa.Column("layer", sa.Integer(), nullable=False, comment="layer of the post that holds the date, from 0"),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=False,
            comment="first character of the date in the layer's text, from 0",
        ),
        sa.Column(
            "end_char", sa.Integer(), nullable=False, comment="character after the last of the date in the layer's text"
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="a date that a text gives",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "evidence",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column(
            "of",
            sa.String(),
            nullable=False,
            comment="person, role, organisation, place, participant, claim.date, .place or .country, or post.date",
        ),
        sa.Column("of_n", sa.Integer(), nullable=False, comment="which of the post's rows of that table (its n)"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place among the words for that row, from 0"),
        sa.Column("layer", sa.Integer(), nullable=False, comment="layer of the post that holds the words, from 0"),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=False,
            comment="first character of the words in the layer's text, from 0",
        ),
        sa.Column(
            "end_char",
            sa.Integer(),
            nullable=False,
            comment="character after the last of the words in the layer's text",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "of", "of_n", "n"),
        comment="the words on which a row or a cell rests",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "layer",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the layer in its post, from 0"),
        sa.Column("kind", sa.String(), nullable=False, comment="headline, editor, report, speech or caption"),
        sa.Column(
            "voice",
            sa.String(),
            nullable=False,
            comment="outlet, body or person whose text it is; `editor` for the page's own",
        ),
        sa.Column(
            "text", sa.String(), nullable=False, comment="the text; characters that no database takes stand as U+FFFD"
        ),
        sa.Column("exact", sa.String(), nullable=True, comment="the exact text, only where it holds such characters"),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=True,
            comment="its place in the document's text, empty for a title given beside it",
        ),
        sa.Column(
            "paragraphs",
            sa.String(),
            nullable=False,
            comment="JSON list of [first, after the last] character of each paragraph",
        ),
        sa.Column("publisher", sa.String(), nullable=True, comment="outlet that published it first"),
        sa.Column("dateline_place", sa.String(), nullable=True, comment="place of its dateline"),
        sa.Column("original_date", sa.String(), nullable=True, comment="day it was first published, ISO 8601 prefix"),
        sa.Column("lang", sa.String(), nullable=True, comment="language, BCP 47"),
        sa.Column("translator", sa.String(), nullable=True, comment="who translated it"),
        sa.Column(
            "sketch",
            sa.String(),
            nullable=False,
            comment="JSON list of hashes of its word sequences, by which shared text is known",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("post", "n"),
        comment="a stretch of a post in one voice",
    )
    op.create_table(
        "mention",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the mention in its post, from 0"),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="person, organisation, country, nationality, place, facility or group",
        ),
        sa.Column("name", sa.String(), nullable=False, comment="fullest form that the post gives"),
        sa.Column("form", sa.String(), nullable=False, comment="name, title, pronoun, abbreviation or group"),
        sa.Column("layer", sa.Integer(), nullable=False, comment="layer of the post that holds the mention, from 0"),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=False,
            comment="first character of the mention in the layer's text, from 0",
        ),
        sa.Column(
            "end_char",
            sa.Integer(),
            nullable=False,
            comment="character after the last of the mention in the layer's text",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="a person, body, country or place in a layer, each time it is named",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "organisation",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the organisation in its post, from 0"),
        sa.Column("name", sa.String(), nullable=False, comment="fullest form that the post gives"),
        sa.Column("abbreviation", sa.String(), nullable=True, comment="abbreviation that the post introduces"),
        sa.Column("country", sa.String(), nullable=True, comment="its state, ISO 3166 alpha-3"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="a body named in a post",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "participant",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the participant in its post, from 0"),
        sa.Column("claim", sa.Integer(), nullable=False, comment="claim it takes part in (claim.n)"),
        sa.Column("name", sa.String(), nullable=False, comment="fullest form that the post gives"),
        sa.Column("kind", sa.String(), nullable=False, comment="person, organisation, country or group"),
        sa.Column(
            "role",
            sa.String(),
            nullable=False,
            comment="initiator, counterpart, host, attendee, sender, giver, receiver …",
        ),
        sa.Column("inferred", sa.String(), nullable=False, comment="why it was inferred, empty if words name it"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="an actor of a claim",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the person in its post, from 0"),
        sa.Column("name", sa.String(), nullable=False, comment="fullest form that the post gives, without titles"),
        sa.Column("country", sa.String(), nullable=True, comment="state of the person, ISO 3166 alpha-3"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="a person named in a post",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "place",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the place in its post, from 0"),
        sa.Column("name", sa.String(), nullable=False, comment="its name"),
        sa.Column("kind", sa.String(), nullable=False, comment="country, city, region or facility"),
        sa.Column("country", sa.String(), nullable=True, comment="state it lies in, ISO 3166 alpha-3"),
        sa.Column("latitude", sa.Float(), nullable=True, comment="WGS 84 degrees"),
        sa.Column("longitude", sa.Float(), nullable=True, comment="WGS 84 degrees"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="a place named in a post",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "role",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the role in its post, from 0"),
        sa.Column("person", sa.Integer(), nullable=False, comment="place of the person in the post (person.n)"),
        sa.Column("title", sa.String(), nullable=False, comment="title of the office"),
        sa.Column("org", sa.String(), nullable=True, comment="body that it belongs to, as the text writes it"),
        sa.Column("country", sa.String(), nullable=True, comment="state that it belongs to, ISO 3166 alpha-3"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="an office that a layer states for a person",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the source in its post, from 0"),
        sa.Column("name", sa.String(), nullable=False, comment="its name"),
        sa.Column("relation", sa.String(), nullable=False, comment="republished, translated, cited or publisher"),
        sa.Column(
            "layer", sa.Integer(), nullable=False, comment="layer of the post that holds the words that say so, from 0"
        ),
        sa.Column(
            "start_char",
            sa.Integer(),
            nullable=False,
            comment="first character of the words that say so in the layer's text, from 0",
        ),
        sa.Column(
            "end_char",
            sa.Integer(),
            nullable=False,
            comment="character after the last of the words that say so in the layer's text",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="an outlet or body that a text names as where its information comes from",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statement",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place of the statement in its post, from 0"),
        sa.Column("speaker", sa.String(), nullable=False, comment="who said it, fullest form in the post"),
        sa.Column("kind", sa.String(), nullable=False, comment="direct, indirect or mixed"),
        sa.Column("addressee", sa.String(), nullable=True, comment="to whom, if told"),
        sa.Column(
            "chain",
            sa.String(),
            nullable=False,
            comment="JSON list of the voices that carried it, nearest to the speaker first",
        ),
        sa.Column(
            "inferred",
            sa.String(),
            nullable=False,
            comment="why the speaker was inferred, empty if words name the speaker",
        ),
        sa.Column(
            "quote_layer", sa.Integer(), nullable=False, comment="layer of the post that holds what was said, from 0"
        ),
        sa.Column(
            "quote_start",
            sa.Integer(),
            nullable=False,
            comment="first character of what was said in the layer's text, from 0",
        ),
        sa.Column(
            "quote_end",
            sa.Integer(),
            nullable=False,
            comment="character after the last of what was said in the layer's text",
        ),
        sa.Column(
            "cue_layer",
            sa.Integer(),
            nullable=True,
            comment="layer of the post that holds the words that attribute it, from 0",
        ),
        sa.Column(
            "cue_start",
            sa.Integer(),
            nullable=True,
            comment="first character of the words that attribute it in the layer's text, from 0",
        ),
        sa.Column(
            "cue_end",
            sa.Integer(),
            nullable=True,
            comment="character after the last of the words that attribute it in the layer's text",
        ),
        sa.Column(
            "speaker_layer",
            sa.Integer(),
            nullable=True,
            comment="layer of the post that holds the words that name the speaker, from 0",
        ),
        sa.Column(
            "speaker_start",
            sa.Integer(),
            nullable=True,
            comment="first character of the words that name the speaker in the layer's text, from 0",
        ),
        sa.Column(
            "speaker_end",
            sa.Integer(),
            nullable=True,
            comment="character after the last of the words that name the speaker in the layer's text",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("post", "n"),
        comment="reported speech",
    )
    op.create_table(
        "telling",
        sa.Column("event", sa.Integer(), nullable=False, comment="number of the event"),
        sa.Column(
            "n", sa.Integer(), nullable=False, comment="place among the event's tellings, the best first, from 0"
        ),
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("claim", sa.Integer(), nullable=False, comment="the claim (claim.n)"),
        sa.Column(
            "chain",
            sa.String(),
            nullable=False,
            comment="JSON list of the voices that vouch for it, speaker first, page last",
        ),
        sa.Column("reported", sa.String(), nullable=True, comment="day of the post or its document, ISO 8601 prefix"),
        sa.Column(
            "origin",
            sa.String(),
            nullable=False,
            comment="outlet or body that it goes back to; tellings of one origin are one independent source",
        ),
        sa.ForeignKeyConstraint(["event"], ["event.number"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event", "n"),
        comment="which claims tell an event, and who vouches for each; derived",
        sqlite_with_rowid=False,
    )
    op.create_index("telling_by_claim", "telling", ["post", "claim"], unique=False)
