"""Opening a store: SQLite by default, PostgreSQL with PostGIS for operators."""

from __future__ import annotations

import re
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from heatmaps.errors import ConfigError, StoreError
from heatmaps.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

BUSY_TIMEOUT_S = 60
"""How long a writer waits for another one before it gives up."""

CONNECT_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. Every write is one transaction: all of it or nothing."""

    engine: Engine

    @property
    def is_postgis(self) -> bool:
        """Whether this is PostgreSQL with PostGIS rather than SQLite."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the store and changes nothing."""
        with _told_plainly(self.engine), self.engine.connect() as connection:
            if self.is_postgis:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901 - the same connection
            yield connection

    @contextmanager
    def staging(self) -> Iterator[Connection]:
        """Give a connection for temporary tables; they go with it, whatever becomes of the process.

        Writing them in transactions of its own keeps nobody waiting; `writing` then takes `on`.
        """
        with _told_plainly(self.engine), self.engine.connect() as connection:
            connection.detach()
            yield connection

    @contextmanager
    def writing(self, *, keep: bool = True, on: Connection | None = None) -> Iterator[Connection]:
        """Give a connection in a transaction: committed at the end, undone on any error.

        With `keep` False it is undone in any case: a dry run does all the work and leaves none.
        In SQLite it takes the write lock at once, so that two writers queue instead of failing
        when they have already read. `on` is a connection of `staging`, else it is a new one.
        """
        own = nullcontext(on) if on is not None else self.engine.connect()
        with _told_plainly(self.engine), own as connection:
            connection = connection.execution_options(heatmaps_writes=True)  # noqa: PLW2901 - the same connection
            with connection.begin() as transaction:
                yield connection
                if not keep:
                    transaction.rollback()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open an existing store at this version's schema.

    StoreError where there is none (naming the absolute path), where it cannot be reached, or
    where its schema is older or newer than this version needs.
    """
    engine = _engine(url)
    _require_file(engine.url)
    store = Store(engine)
    with store.reading() as connection:
        schema.require_current(connection)
    return store


def upgrade_store(url: str, revision: str = schema.NEWEST) -> Store:
    """Create a store or migrate it, to this version's schema unless told, and open it."""
    engine = _engine(url)
    if path := _sqlite_path(engine.url):
        _make_room(path)
        if path.is_file() and path.stat().st_size:
            _require_file(engine.url)
    with _told_plainly(engine):
        schema.upgrade(engine, revision)
        if engine.dialect.name == "sqlite":
            _let_readers_read_while_one_writes(engine)
    return Store(engine)


def place_of(url: str) -> str:
    """Give where a store is, fit to be shown: an absolute path, or the URL without password."""
    parsed = make_url(url)
    return str(_sqlite_path(parsed) or parsed.render_as_string(hide_password=True))


def lock(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds the lock `name`; held until this one ends.

    SQLite has a single writer anyway, so there it does nothing.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext('heatmaps'), hashtext(:name))"),
            {"name": name},
        )


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            _require_lasting(parsed)
            engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed,
                pool_pre_ping=True,
                connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "options": "-c timezone=UTC"},
            )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
        message = (
            f"HEATMAPS_DATABASE_URL={_without_password(url)!r} is no database URL; "
            "write sqlite:///path/to/file.db or postgresql+psycopg://user:password@host/name."
        )
        raise ConfigError(message) from error
    message = (
        f"HEATMAPS_DATABASE_URL names the database {parsed.get_backend_name()!r}; "
        "only sqlite and postgresql are supported."
    )
    raise ConfigError(message)


def _require_lasting(url: URL) -> None:
    if not url.database or url.database == ":memory:" or "mode=memory" in url.database:
        message = (
            f"HEATMAPS_DATABASE_URL={url.render_as_string()!r} is a database in memory, which "
            "keeps nothing; write sqlite:///path/to/file.db."
        )
        raise ConfigError(message)


def _without_password(url: str) -> str:
    return re.sub(r"://[^@/]*@", "://***@", url)


def _prepare_sqlite(dbapi: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    dbapi.isolation_level = None  # transactions are begun by `_begin_sqlite`, not by the driver
    cursor = dbapi.cursor()
    cursor.execute("PRAGMA synchronous=FULL")  # NORMAL may lose a commit when power fails
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-262144")
    cursor.close()


def _let_readers_read_while_one_writes(engine: Engine) -> None:
    """Turn on write-ahead logging; the file remembers it, so opening a store changes nothing."""
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("heatmaps_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlite_path(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database).absolute()


def _require_file(url: URL) -> None:
    path = _sqlite_path(url)
    if path is None:
        return
    if not path.is_file():
        message = f"There is no store at {path}; create it with `heatmaps db upgrade`."
        raise StoreError(message)
    with path.open("rb") as file:
        head = file.read(16)
    if head != b"SQLite format 3\x00":
        message = f"{path} is not a store of heatmaps; point HEATMAPS_DATABASE_URL elsewhere."
        raise StoreError(message)


def _make_room(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {path.parent} cannot be made ({error.strerror}); choose another."
        raise StoreError(message) from error


@contextmanager
def _told_plainly(engine: Engine) -> Iterator[None]:
    """Turn a lost or refused connection into one sentence; let every other fault through."""
    try:
        yield
    except DBAPIError as error:
        where = _sqlite_path(engine.url) or engine.url.render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
        if not _is_access_fault(error, reason):
            raise
        reason = re.sub(r"\[Errno -?\d+\] ", "", reason)
        message = (
            f"The store at {where} cannot be used: {reason}; "
            "check HEATMAPS_DATABASE_URL and that the server runs and lets you in."
        )
        raise StoreError(message) from error


def _is_access_fault(error: DBAPIError, reason: str) -> bool:
    """Tell a store that cannot be reached or used from a fault of our own statements."""
    kind = type(error.orig).__name__
    if error.connection_invalidated or kind == "InsufficientPrivilege":
        return True
    if kind == "DatabaseError":  # SQLite: the file is damaged or no database
        return True
    ours = ("no such table", "no such column", "syntax error", "has no column")
    return kind == "OperationalError" and not any(word in reason for word in ours)
