"""Brings a record to the shape that this version knows: migrations, then views and index, which are made anew.

Invariant: a record is at one revision of the list, or it is refused. A record of a newer version is never touched.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from onrecord.errors import RecordError, RecordNewer
from onrecord.store import search
from onrecord.store.tables import VIEWS

# The newest revision under migrations/versions. Known here so that opening a record does not load Alembic.
HEAD = "0002"
APPLICATION = 0x4F4E5245  # "ONRE", by which `file` and we know our own


def revision(conn: Connection, where: str) -> str | None:
    """The revision of the record, None for an empty database; RecordError if it is a database of something else."""
    tables = set(inspect(conn).get_table_names())
    if "alembic_version" in tables:
        if "document" not in tables or "claim" not in tables:
            raise RecordError(f"{where} is a database of another program, not a record; choose another file")
        found = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return None if found is None else str(found)
    if tables:
        raise RecordError(f"{where} is a database of another program, not a record; choose another file")
    return None


def upgrade(conn: Connection, where: str) -> None:
    """Brings the record at `conn`, which is in a transaction of its own, to the newest revision."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "onrecord.store:migrations")
    config.attributes["connection"] = conn
    found = revision(conn, where)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise RecordNewer(
            f"{where} was made by a newer version of onrecord (revision {found}); "
            "upgrade with: pip install --upgrade onrecord"
        )
    if found == HEAD:
        return
    for name in VIEWS:
        conn.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
    if conn.dialect.name == "sqlite":
        search.drop(conn)
    command.upgrade(config, "head")
    for name, view in VIEWS.items():
        conn.exec_driver_sql(f"CREATE VIEW {name} AS {view.select}")
    if conn.dialect.name == "sqlite":
        search.create(conn)
        conn.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
