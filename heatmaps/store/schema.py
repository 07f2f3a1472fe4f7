"""The schema's version: migrating a store and refusing one that does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from heatmaps.errors import StoreError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).with_name("migrations")
NEWEST = "head"
HEAD = "0004"
"""The newest migration. Alembic itself is loaded only to migrate, for that takes a while."""
LOCK_TIMEOUT = "10s"
"""A migration gives way rather than block the desks behind it."""


def head() -> str:
    """Give the schema revision this version works with."""
    return HEAD


def current(connection: Connection) -> str | None:
    """Give the store's schema revision; None where it has none."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def require_current(connection: Connection) -> None:
    """StoreError where the store's schema is not the one this version works with."""
    have, need = current(connection), head()
    if have == need:
        return
    if have is None:
        message = f"The store at {_place(connection)} is empty; run `heatmaps db upgrade`."
        raise StoreError(message)
    _require_known(connection, have)
    message = (
        f"The store at {_place(connection)} has schema {have} and this version needs {need}; "
        "run `heatmaps db upgrade`."
    )
    raise StoreError(message)


def _require_known(connection: Connection, revision: str) -> None:
    if revision not in {script.revision for script in _scripts().walk_revisions()}:
        message = (
            f"The store at {_place(connection)} has schema {revision}, which this version does "
            "not know; install the newer version of heatmaps it was made with."
        )
        raise StoreError(message)


def upgrade(engine: Engine, revision: str = NEWEST) -> None:
    """Migrate to a schema, the newest unless told; safe to repeat.

    One process at a time in PostgreSQL.
    """
    from alembic import command
    from alembic.config import Config

    with engine.connect() as connection:
        connection = connection.execution_options(heatmaps_writes=True)  # noqa: PLW2901 - the same connection
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(hashtext('heatmaps:schema'))")
                )
                _require_postgis(connection)
            if (have := current(connection)) is not None:
                _require_known(connection, have)
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, revision)


def _require_postgis(connection: Connection) -> None:
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    except ProgrammingError as error:
        message = (
            f"The database {connection.engine.url.database} has no PostGIS and this user may not "
            "add it; have its owner run CREATE EXTENSION postgis."
        )
        raise StoreError(message) from error


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS))


def _place(connection: Connection) -> str:
    url = connection.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        return str(Path(url.database).absolute())
    return url.render_as_string(hide_password=True)
