"""A database that lives as long as a measurement: made for it, removed after it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from heatmaps.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def scratch_file(folder: Path) -> str:
    """Give the URL of an SQLite store that does not exist yet."""
    return f"sqlite:///{folder / f'{uuid4().hex}.db'}"


@contextmanager
def scratch_database(server: str) -> Iterator[str]:
    """Give the URL of a new, empty database on the server of a PostgreSQL URL.

    StoreError where its user may make none. It is dropped at the end, whoever is still in it.
    """
    name = f"heatmaps_bench_{uuid4().hex[:12]}"
    url = make_url(server)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        message = (
            f"No database can be made at {url.render_as_string()}: {reason}; "
            "name a server and a user that may."
        )
        raise StoreError(message) from error
    finally:
        engine.dispose()
