"""The command line as a user meets it: arguments in; exit code, stdout and stderr out.

Commands run in this process, since starting Python for each would cost more than what they do.
`heatmaps` gives a `Shell`; `fresh` and `region` give stores that are copies of one made once.
"""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

STORES = ("sqlite", "postgis")
UNTIL = "2026-03-01T12:00+03:00"
SINCE = "2026-02-27T12:00"  # the simulated complaints before it are left out, for speed
FEWER_DISKS = {"resolutions": "[9]", "max_ring": "1", "windows_h": "[1, 2, 3, 6]"}
# A remedy is an order: one of these stands in every sentence that refuses something.
REMEDY = re.compile(
    r"\b(use|name|give|set|write|correct|mend|remove|run|save|load|check|fill|copy|choose|export|"
    r"convert|start|make|create|point|put|empty|decompress|unset|add|fetch|see|leave|end|split|"
    r"move|free|ask|upgrade|migrate|open|quote|rename|close|replace|download|allow|try|"
    r"install|exchange|draw|needs|ends in|only [\w, ]+ are supported)\b",
    re.IGNORECASE,
)

JARGON = re.compile(r"Traceback|\w+Error\b|Errno|sqlalchemy|psycopg\.|0x[0-9a-f]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    def done(self) -> Outcome:
        assert self.code == 0, self
        assert "Traceback" not in self.err, self.err
        return self

    def refused(self, *named: str, code: int | tuple[int, ...] = (1, 2)) -> Outcome:
        """Show that the command left with one sentence that names the values and a remedy."""
        assert self.code in ((code,) if isinstance(code, int) else code), self
        assert not self.out, self.out
        [line] = self.err.splitlines()
        assert line.startswith("heatmaps: "), line
        assert line.endswith("."), line
        assert not re.search(r"[a-z)'»]\. [A-ZА-Я]", line), f"more than one sentence: {line}"
        assert not re.search(r"Traceback|\w+Error\b|Errno|sqlalchemy|psycopg\.|0x[0-9a-f]", line), (
            line
        )
        for value in named:
            assert value in line, (value, line)
        assert REMEDY.search(line.split(": ", 1)[1]), f"no remedy: {line}"
        assert len(line) < 500, line
        return self


@dataclass(frozen=True, slots=True)
class Shell:
    """A user at a prompt: a working folder and an environment."""

    folder: Path
    url: str = ""
    env: dict[str, str] = field(default_factory=dict)

    def __call__(self, *args: object, **env: str) -> Outcome:
        from heatmaps.cli.main import run

        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["heatmaps", *map(str, args)])
            for name, value in self.environment(**env).items():
                patch.setenv(name, value)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = _exit_code(run)
        return Outcome(code, _text(out), _text(err))

    def environment(self, **env: str) -> dict[str, str]:
        return {"HEATMAPS_DATABASE_URL": self.url, **self.env, **env}

    def at(self, url: str) -> Shell:
        return Shell(self.folder, url, self.env)

    def count(self) -> dict[str, int]:
        """Rows of every table of the store."""
        return {name: len(rows) for name, rows in self.dump().items()}

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table of the store as text, ordered."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            names = sa.inspect(connection).get_table_names()
            return {
                name: sorted(repr(tuple(row)) for row in _all(connection, name)) for name in names
            }

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement))]

    def file(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    def table(
        self, name: str, *rows: dict[str, object], delimiter: str = ",", encoding: str = "utf-8"
    ) -> Path:
        """Write rows as CSV, the header being every key in order of appearance."""
        text = io.StringIO()
        header = list(dict.fromkeys(key for row in rows for key in row))
        writer = csv.DictWriter(text, header, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        return self.file(name, text.getvalue(), encoding)


def _all(connection: sa.Connection, table: str) -> sa.CursorResult[Any]:
    return connection.execute(sa.text(f'SELECT * FROM "{table}"'))


def _exit_code(run: Callable[[], object]) -> int:
    try:
        run()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def plain_environment() -> Iterator[None]:
    """Keep the settings of whoever runs the tests out of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("HEATMAPS_")]:
            patch.delenv(name)
        yield


class Stores:
    """Makes stores of both kinds by copying: `copy` gives the URL of a copy of a URL's store."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request = request
        self._folder = folder
        self._number = itertools.count()

    def bare(self, kind: str) -> str:
        """Give the URL of a place without a store."""
        if kind == "sqlite":
            return f"sqlite:///{self._folder}/{next(self._number)}.db"
        return self._databases().make(migrated=False)

    def copy(self, url: str) -> str:
        if url.startswith("sqlite"):
            made = self.bare("sqlite")
            shutil.copy(url.removeprefix("sqlite:///"), made.removeprefix("sqlite:///"))
            return made
        return self._databases().copy(url)

    def drop(self, url: str) -> None:
        """Make room: a database of PostGIS takes ten megabytes."""
        if not url.startswith("sqlite"):
            self._databases().drop(url)

    def _databases(self) -> Any:
        return self._request.getfixturevalue("postgis_databases")


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    return Stores(request, tmp_path_factory.mktemp("stores"))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated region, pinned, with ``recent.csv``: its complaints of the last two days."""
    folder = tmp_path_factory.mktemp("sample")
    Shell(folder)("simulate", folder, "--until", UNTIL, "--seed", "3").done()
    with (folder / "complaints.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    recent = [row for row in rows if row["created_at"] >= SINCE]
    Shell(folder).table("recent.csv", *recent)
    return folder


class Made:
    """Stores made once per kind and asked for by name.

    ``fresh``; ``region`` knows a region; ``quick`` too, and scans few disks, for small scenes;
    ``taken_in`` has the sample's complaints, ``detected`` its spots as well.
    """

    def __init__(self, stores: Stores, folder: Path) -> None:
        self._stores = stores
        self._folder = folder
        self._sample: Callable[[], Path] | None = None
        self._made: dict[tuple[str, str], str] = {}

    def with_sample(self, sample: Callable[[], Path]) -> Made:
        self._sample = sample
        return self

    def __call__(self, name: str, kind: str) -> str:
        if (name, kind) not in self._made:
            self._made[name, kind] = getattr(self, f"_{name}")(kind)
        return self._made[name, kind]

    def _fresh(self, kind: str) -> str:
        url = self._stores.bare(kind)
        Shell(self._folder, url)("db", "upgrade").done()
        return url

    def _region(self, kind: str) -> str:
        assert self._sample is not None
        folder = self._sample()
        shell = Shell(folder, self._stores.copy(self("fresh", kind)))
        shell("territories", "load", folder / "territories.geojson").done()
        shell("gazetteer", "load", folder / "gazetteer.csv").done()
        shell("subscribers", "load", folder / "subscribers.csv").done()
        return shell.url

    def _quick(self, kind: str) -> str:
        from heatmaps.policy import PACKAGED_POLICY

        shell = Shell(self._folder, self._stores.copy(self("region", kind)))
        text = PACKAGED_POLICY.read_text(encoding="utf-8")
        for key, fewer in FEWER_DISKS.items():
            text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {fewer}", text)
        shell("policy", "load", shell.file("quick.toml", text)).done()
        return shell.url

    def _taken_in(self, kind: str) -> str:
        assert self._sample is not None
        folder = self._sample()
        shell = Shell(folder, self._stores.copy(self("region", kind)))
        shell("ingest", folder / "recent.csv").done()
        return shell.url

    def _detected(self, kind: str) -> str:
        shell = Shell(self._folder, self._stores.copy(self("taken_in", kind)))
        shell("detect", "--as-of", UNTIL).done()
        return shell.url


@pytest.fixture(scope="session")
def made(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Made:
    folder = tmp_path_factory.mktemp("made")
    return Made(stores, folder).with_sample(lambda: request.getfixturevalue("sample"))


@pytest.fixture(scope="session")
def prompt_at() -> type[Shell]:
    """Make a prompt of a folder and the URL of a store."""
    return Shell


@pytest.fixture
def anywhere(tmp_path: Path) -> Shell:
    """Give a prompt without a store."""
    return Shell(tmp_path, f"sqlite:///{tmp_path}/nowhere.db")


@pytest.fixture
def embedded(tmp_path: Path, stores: Stores, made: Made) -> Shell:
    """Give a prompt at a fresh SQLite store, for what does not touch the store's kind."""
    return Shell(tmp_path, stores.copy(made("fresh", "sqlite")))


@pytest.fixture(params=STORES)
def fresh(
    request: pytest.FixtureRequest, tmp_path: Path, stores: Stores, made: Made
) -> Iterator[Shell]:
    """Give a prompt at a fresh store, of both kinds."""
    url = stores.copy(made("fresh", request.param))
    yield Shell(tmp_path, url)
    stores.drop(url)


@pytest.fixture(params=STORES)
def region(
    request: pytest.FixtureRequest, tmp_path: Path, stores: Stores, made: Made
) -> Iterator[Shell]:
    """Give a prompt at a store that knows a region but no complaint, of both kinds."""
    url = stores.copy(made("region", request.param))
    yield Shell(tmp_path, url)
    stores.drop(url)


@pytest.fixture
def embedded_region(tmp_path: Path, stores: Stores, made: Made) -> Shell:
    return Shell(tmp_path, stores.copy(made("region", "sqlite")))


@pytest.fixture
def quick(tmp_path: Path, stores: Stores, made: Made) -> Shell:
    """Give a prompt at a store of a region whose detection scans few disks."""
    return Shell(tmp_path, stores.copy(made("quick", "sqlite")))
