"""Shared text, decisions, and what merging keeps so that a new document is merged alone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was derived is made anew after the migration.
    for name in ("event_cell", "event_participant", "telling", "event", "attestation", "office", "actor"):
        op.execute(f"DELETE FROM {name}")
    op.drop_table("event_participant")
    op.drop_table("telling")
    op.add_column(
        "attestation", sa.Column("reported", sa.String(), nullable=True, comment="day of the post, ISO 8601 prefix")
    )
    op.drop_column("layer", "sketch")
    op.add_column(
        "event",
        sa.Column(
            "review",
            sa.String(),
            server_default="",
            nullable=False,
            comment="accepted or rejected if a reviewer ruled so, else empty",
        ),
    )
    op.add_column(
        "event_cell",
        sa.Column(
            "ruled",
            sa.String(),
            server_default="",
            nullable=False,
            comment="id of the decision that chose it, empty if none did",
        ),
    )
    op.add_column(
        "post",
        sa.Column(
            "merged",
            sa.Boolean(),
            server_default=sa.text("0"),
            nullable=False,
            comment="whether the last merge has seen it as it stands",
        ),
    )
    op.create_index(
        "post_to_merge", "post", ["merged"], sqlite_where=sa.text("merged = 0"), postgresql_where=sa.text("NOT merged")
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
        sa.Column(
            "source",
            sa.Integer(),
            nullable=False,
            comment="number of the independent source: one for tellings of one origin or of shared text",
        ),
        sa.ForeignKeyConstraint(["event"], ["event.number"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event", "n"),
        comment="which claims tell an event, and who vouches for each; derived",
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
        sa.Column("naming", sa.Integer(), nullable=True, comment="number of the name by which its actor is known"),
        sa.ForeignKeyConstraint(["event"], ["event.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event", "n"),
        comment="the actors of an event; derived",
        sqlite_with_rowid=False,
    )
    op.create_index("telling_by_claim", "telling", ["post", "claim"])
    op.create_index("event_participant_by_naming", "event_participant", ["naming"])
    op.create_table(
        "decision",
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="number within this file; later decisions have higher ones"
        ),
        sa.Column("id", sa.String(length=16), nullable=False, comment="hash of what was ruled, by whom and when"),
        sa.Column("kind", sa.String(), nullable=False, comment="same, different, accept, reject or correct"),
        sa.Column(
            "claims",
            sa.String(),
            nullable=False,
            comment="JSON list of the ids of the claims of the event that was ruled on (claim.id)",
        ),
        sa.Column(
            "others",
            sa.String(),
            nullable=False,
            comment="JSON list of the ids of the claims of the other event, for same and different",
        ),
        sa.Column("cell", sa.String(), nullable=False, comment="cell that was corrected"),
        sa.Column("value", sa.String(), nullable=False, comment="what it is to be"),
        sa.Column("user", sa.String(), nullable=False, comment="who ruled"),
        sa.Column("at", sa.String(), nullable=False, comment="when, UTC"),
        sa.Column("reason", sa.String(), nullable=False, comment="why"),
        sa.Column("about", sa.String(), nullable=False, comment="what was ruled on, in one line, as it stood then"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        comment="what reviewers ruled: appended, never changed, and replayed by every merge",
    )
    op.create_table(
        "fingerprint",
        sa.Column("value", sa.BigInteger(), nullable=False, comment="hash of four words in a row"),
        sa.Column(
            "rank",
            sa.BigInteger(),
            nullable=False,
            comment="hash of the layer's place, by which layers are ordered the same everywhere",
        ),
        sa.Column("layer", sa.Integer(), nullable=False, comment="number of the layer"),
        sa.PrimaryKeyConstraint("value", "rank", "layer"),
        comment="by which layers that share text are found; derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "naming_key",
        sa.Column("key", sa.BigInteger(), nullable=False, comment="hash of two words of the name"),
        sa.Column("naming", sa.Integer(), nullable=False, comment="number of the naming"),
        sa.PrimaryKeyConstraint("key", "naming"),
        comment="by which longer and shorter forms of a name are found; derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "phrase",
        sa.Column("key", sa.BigInteger(), nullable=False, comment="hash under which a sentence meets its copies"),
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("claim", sa.Integer(), nullable=False, comment="the claim (claim.n)"),
        sa.PrimaryKeyConstraint("key", "post", "claim"),
        comment="by which copied sentences are found; derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shape",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column("id", sa.String(length=16), nullable=False, comment="hash of its data"),
        sa.Column("data", sa.String(), nullable=False, comment="JSON of what is compared: type, mode, date, actors"),
        sa.Column(
            "best",
            sa.Integer(),
            nullable=True,
            comment="shape that it proposes as told of the same event on another day",
        ),
        sa.Column(
            "knot", sa.Integer(), nullable=False, comment="number of the knot of shapes that it hangs together with"
        ),
        sa.Column("stale", sa.Boolean(), nullable=False, comment="whether its tellings changed since the last merge"),
        sa.Column("event", sa.Integer(), nullable=True, comment="number of its event"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        comment="what is compared of tellings; those that look the same share one; derived",
    )
    op.create_index("shape_by_best", "shape", ["best"], unique=False)
    op.create_index("shape_by_knot", "shape", ["knot"], unique=False)
    op.create_index(
        "shape_stale",
        "shape",
        ["stale"],
        unique=False,
        sqlite_where=sa.text("stale = 1"),
        postgresql_where=sa.text("stale"),
    )

    op.create_table(
        "shape_key",
        sa.Column(
            "key",
            sa.BigInteger(),
            nullable=False,
            comment="hash of two actors, or an actor and a day, under which shapes meet",
        ),
        sa.Column("shape", sa.Integer(), nullable=False, comment="number of the shape"),
        sa.PrimaryKeyConstraint("key", "shape"),
        comment="which shapes are compared with each other; derived",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "naming",
        sa.Column("number", sa.Integer(), nullable=False, comment="number within this file"),
        sa.Column("id", sa.String(length=16), nullable=False, comment="hash of kind, words and state"),
        sa.Column("kind", sa.String(), nullable=False, comment="person, organisation, country or group"),
        sa.Column("name", sa.String(), nullable=False, comment="one of the names that are written so"),
        sa.Column("country", sa.String(), nullable=True, comment="state that sources give with it, ISO 3166 alpha-3"),
        sa.Column("stale", sa.Boolean(), nullable=False, comment="whether it was seen anew since the last merge"),
        sa.Column("actor", sa.Integer(), nullable=True, comment="number of the actor"),
        sa.ForeignKeyConstraint(
            ["actor"],
            ["actor.number"],
        ),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
        comment="a name, of any spelling, by which an actor is known; derived",
    )
    op.create_index("naming_by_actor", "naming", ["actor"], unique=False)
    op.create_index(
        "naming_stale",
        "naming",
        ["stale"],
        unique=False,
        sqlite_where=sa.text("stale = 1"),
        postgresql_where=sa.text("stale"),
    )

    op.create_table(
        "sighted",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("n", sa.Integer(), nullable=False, comment="place among those seen in the post, from 0"),
        sa.Column("naming", sa.Integer(), nullable=False, comment="number of the naming"),
        sa.Column("kind", sa.String(), nullable=False, comment="person, organisation, country or group"),
        sa.Column("name", sa.String(), nullable=False, comment="as the post gives it"),
        sa.Column("country", sa.String(), nullable=True, comment="state that the post gives, ISO 3166 alpha-3"),
        sa.Column("alias", sa.String(), nullable=True, comment="abbreviation that the post introduces"),
        sa.Column("person", sa.Integer(), nullable=True, comment="which of the post's people (person.n)"),
        sa.Column("reported", sa.String(), nullable=True, comment="day of the post, ISO 8601 prefix"),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "n"),
        comment="who is named in which post, and by which name; derived",
        sqlite_with_rowid=False,
    )
    op.create_index("sighted_by_naming", "sighted", ["naming"], unique=False)

    op.create_table(
        "told",
        sa.Column("post", sa.Integer(), nullable=False, comment="number of the post"),
        sa.Column("claim", sa.Integer(), nullable=False, comment="the claim (claim.n)"),
        sa.Column("shape", sa.Integer(), nullable=False, comment="number of its shape"),
        sa.Column(
            "words",
            sa.String(),
            nullable=False,
            comment="JSON list of hashes of its sentence's words, empty for all but one claim of an event",
        ),
        sa.ForeignKeyConstraint(["post"], ["post.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", "claim"),
        comment="the shape of each claim; derived",
        sqlite_with_rowid=False,
    )
    op.create_index("told_by_shape", "told", ["shape"], unique=False)

    op.create_table(
        "reuse",
        sa.Column("first", sa.Integer(), nullable=False, comment="number of one layer"),
        sa.Column("second", sa.Integer(), nullable=False, comment="number of the other"),
        sa.Column(
            "spans",
            sa.String(),
            nullable=False,
            comment="JSON list of [start, end in the first, start, end in the second] of what they share",
        ),
        sa.Column(
            "first_share", sa.Float(), nullable=False, comment="share of the first layer's words that the second has"
        ),
        sa.Column(
            "second_share", sa.Float(), nullable=False, comment="share of the second layer's words that the first has"
        ),
        sa.Column("how", sa.String(), nullable=False, comment="copied, shortened, reworded or excerpt"),
        sa.Column(
            "source", sa.Integer(), nullable=False, comment="1 or 2 for the layer that was first, 0 if nothing tells it"
        ),
        sa.Column("why", sa.String(), nullable=False, comment="what tells it"),
        sa.ForeignKeyConstraint(["first"], ["layer.number"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["second"], ["layer.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("first", "second"),
        comment="layers that share text; derived",
        sqlite_with_rowid=False,
    )
    op.create_index("reuse_by_second", "reuse", ["second"], unique=False)
