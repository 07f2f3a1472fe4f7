"""Real stores for the tests: SQLite files, and a private PostgreSQL + PostGIS cluster.

The cluster lives in a temporary folder, listens on loopback only, runs as the user ``postgres``
where the tests run as root (PostgreSQL refuses root), and is removed afterwards.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from heatmaps.store.engine import Store, upgrade_store

from .schedule import SharedWork, longest_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

SERVER_USER = "postgres"
STORES = ("sqlite", "postgis")
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
CLUSTER_TAKES = 2 * 1024**3
FILE_COPY_SINCE = 150_000


CLUSTER = ".cluster"
"""Suffix of the file that names the folder of a running cluster."""
CACHES = pytest.StashKey[Path]()
"""A folder for the caches of a whole run: one of each test, and the calibrations of all."""


def pytest_configure(config: pytest.Config) -> None:
    """Give all workers of a run one folder for their caches."""
    told = getattr(config, "workerinput", {}).get("caches")
    config.stash[CACHES] = Path(told or tempfile.mkdtemp(prefix="heatmaps-caches-"))
    (config.stash[CACHES] / "calibrations").mkdir(exist_ok=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Tell a worker which folder that is."""
    node.workerinput["caches"] = str(node.config.stash[CACHES])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the caches when no worker needs them any more, and what a killed worker left."""
    if hasattr(config, "workerinput"):
        return
    for told in config.stash[CACHES].glob(f"*{CLUSTER}"):
        _stop_cluster(Path(told.read_text(encoding="utf-8")))
    shutil.rmtree(config.stash[CACHES], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharedWork | None:
    """Keep together what is costly to set up, unless another way is asked for."""
    return SharedWork(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items[:] = longest_first(items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Keep the snapshots that a test writes from its user and from other tests.

    Stores at one place and time look alike to a snapshot. A calibration is named by all that it
    rests on: one that another test made is the very one that this test would make.
    """
    caches = item.config.stash[CACHES]
    own = caches / blake2b(item.nodeid.encode(), digest_size=8).hexdigest()
    os.environ["XDG_CACHE_HOME"] = str(own)
    if not own.exists():
        (own / "heatmaps").mkdir(parents=True)
        (own / "heatmaps" / "calibrations").symlink_to(caches / "calibrations")


def missing(what: str) -> None:
    """Skip loudly; in CI a missing part of the machine is a failure."""
    message = f"{what} is missing; `make test` installs it as root on Debian and Ubuntu"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_server(*command: str) -> None:
    other = {"user": SERVER_USER, "group": SERVER_USER, "extra_groups": []}
    done = subprocess.run(  # noqa: S603 - our own command line
        command, capture_output=True, text=True, check=False, cwd="/",
        **(other if os.geteuid() == 0 else {}),
    )  # fmt: skip
    if done.returncode:
        pytest.fail(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")


def _server_tools() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def _memory() -> Path | None:
    """Give a folder in memory with room for a cluster: on disk a database takes much longer."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > CLUSTER_TAKES
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None


def _stop_cluster(home: Path) -> None:
    tools = _server_tools()
    if tools is not None and (home / "data" / "postmaster.pid").exists():
        _as_server(str(tools / "pg_ctl"), "-D", str(home / "data"), "-m", "immediate", "stop")
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgis_cluster(request: pytest.FixtureRequest) -> Iterator[str]:
    """Start a private cluster; gives the URL of its server, without a database."""
    tools = _server_tools()
    if tools is None:
        missing("PostgreSQL with PostGIS")
    home = Path(tempfile.mkdtemp(prefix="heatmaps-pg-", dir=_memory()))
    if os.geteuid() == 0:
        shutil.chown(home, SERVER_USER, SERVER_USER)
    data, port = home / "data", _free_port()
    _as_server(str(tools / "initdb"), "-D", str(data), "-A", "trust", "-U", "heatmaps",
               "-E", "UTF8", "--locale=C", "--no-sync")  # fmt: skip
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home}"
        " -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c jit=off"
        " -c autovacuum=off"
    )
    control = [str(tools / "pg_ctl"), "-D", str(data), "-w", "-l", str(home / "log")]
    running = request.config.stash[CACHES] / f"{home.name}{CLUSTER}"
    running.write_text(str(home), encoding="utf-8")
    _as_server(*control, "-o", options, "start")
    try:
        yield f"postgresql+psycopg://heatmaps@127.0.0.1:{port}"
    finally:
        _stop_cluster(home)
        running.unlink(missing_ok=True)


class PostgisDatabases:
    """Makes migrated databases by copying one that is migrated once."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._made = 0
        # Since 15 a copy goes through the log unless told otherwise, which takes twice as long.
        self._by_files = "STRATEGY file_copy" if self._version() >= FILE_COPY_SINCE else ""
        self._run("CREATE DATABASE template_heatmaps")
        upgrade_store(f"{server}/template_heatmaps").close()

    def make(self, *, migrated: bool = True) -> str:
        return self.copy("template_heatmaps" if migrated else "template1")

    def copy(self, source: str) -> str:
        """Give the URL of a new database like `source`, a name or URL nobody is connected to."""
        self._made += 1
        name = f"heatmaps_{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {source.rsplit('/', 1)[-1]} {self._by_files}")
        return f"{self._server}/{name}"

    def drop(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement)

    def _version(self) -> int:
        with self._connected() as connection:
            return connection.info.server_version

    def _connected(self) -> psycopg.Connection:
        address = self._server.replace("+psycopg", "") + "/postgres"
        return psycopg.connect(address, autocommit=True)


@pytest.fixture(scope="session")
def postgis_databases(postgis_cluster: str) -> PostgisDatabases:
    return PostgisDatabases(postgis_cluster)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "heatmaps.db"
    upgrade_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated store; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "heatmaps.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    databases = request.getfixturevalue("postgis_databases")
    url = databases.make()
    yield url
    databases.drop(url)


@pytest.fixture(params=STORES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a place where no store has been made yet, of both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/made/here.db"
        return
    databases = request.getfixturevalue("postgis_databases")
    url = databases.make(migrated=False)
    yield url
    databases.drop(url)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh, migrated store of both kinds, open."""
    from heatmaps.store.engine import open_store

    opened = open_store(store_url)
    yield opened
    opened.close()
