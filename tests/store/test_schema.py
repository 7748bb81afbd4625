"""The schema is what the migrations make, and everything in it is explained."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from onrecord.store import Record, schema
from onrecord.store.codebook import codebook
from onrecord.store.tables import SEARCHED, VIEWS, metadata

ROOT = Path(__file__).parents[2]


def test_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    Record.open(tmp_path / "record.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'record.db'}")
    made_otherwise = {
        f"{kind}_words{tail}" for kind in SEARCHED for tail in ("", "_data", "_idx", "_docsize", "_config", "_content")
    }
    with engine.connect() as conn:
        context = MigrationContext.configure(
            conn, opts={"include_name": lambda name, kind, _: not (kind == "table" and name in made_otherwise)}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_that_opening_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", "onrecord.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_every_table_column_and_view_is_explained() -> None:
    for table in metadata.tables.values():
        assert table.comment, table.name
        assert all(column.comment for column in table.columns), table.name
    for name, view in VIEWS.items():
        assert view.comment, name
        assert all(meaning for _, _, meaning in view.columns), name


def test_views_have_the_columns_that_the_codebook_lists(tmp_path: Path) -> None:
    Record.open(tmp_path / "record.db").close()
    conn = sqlite3.connect(tmp_path / "record.db")
    for name, view in VIEWS.items():
        columns = [row[0] for row in conn.execute(f"SELECT * FROM {name}").description]
        assert columns == [column for column, _, _ in view.columns]
    conn.close()


def test_codebook_is_current() -> None:
    assert (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8") == codebook(), (
        "run: python -m onrecord.store.codebook > docs/codebook.md"
    )


def test_plain_names_are_free_for_views() -> None:
    plain = {"events", "participants", "people", "offices", "statements", "layers", "posts", "documents"}
    assert plain <= set(VIEWS)
    assert not plain & set(metadata.tables)
    assert all(re.fullmatch("[a-z_]+", name) for name in (*VIEWS, *metadata.tables))


def test_a_record_of_the_first_version_is_brought_up_to_date_and_merged_anew(tmp_path: Path) -> None:
    from alembic import command
    from invented import meeting

    page = meeting("page", "Ansa Törnvik met Bruno Maldavia.", ("Ansa Törnvik", "Bruno Maldavia"), role="mayor")
    with Record.open(tmp_path / "new.db") as record:
        record.save(page)
        record.merge()
        wanted = list(record.dump())
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as conn:
        config = Config()
        config.set_main_option("script_location", "onrecord.store:migrations")
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        conn.exec_driver_sql(f"ATTACH '{tmp_path / 'new.db'}' AS new")
        for table in ("document", "post", "layer", "statement", "person", "role", "claim", "participant", "evidence"):
            own = [row[1] for row in conn.exec_driver_sql(f"PRAGMA main.table_info({table})")]
            kept = [name for name in own if name != "sketch"]
            listed = ", ".join(f'"{name}"' for name in kept)
            more, values = (", sketch", ", '[1]'") if "sketch" in own else ("", "")
            conn.exec_driver_sql(f"INSERT INTO main.{table} ({listed}{more}) SELECT {listed}{values} FROM new.{table}")
    engine.dispose()
    with Record.open(tmp_path / "old.db") as record:
        assert list(record.dump()) == wanted
        assert record.extraction(page.document.id) == page
        assert len(record.events()) == 1
