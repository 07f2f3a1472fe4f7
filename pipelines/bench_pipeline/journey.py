"""From files to spots and again, each step by the command a user would give, in a new store."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from heatmaps.errors import HeatmapsError
from heatmaps.simulation import workload
from heatmaps.simulation.workload import Plan
from heatmaps.store.scratch import scratch_database, scratch_file
from pipelines.bench_pipeline.measured import run
from pipelines.set_up import set_up_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from heatmaps.simulation.workload import Houses

SEED = 20260301
LATER = 1_000
"""Complaints that come in after all others, in the hour that follows."""

SQLITE, POSTGIS, NAIVE = "SQLite", "PostGIS", "naive"
INGEST, DETECT, AGAIN = "ingest", "detect", "ingest again"
MORE, HOUR_MORE = f"ingest {LATER:,} more", "detect an hour more"

SPELLINGS = {"clean": workload.clean, "dirty": workload.dirty}
_COMMAND = (sys.executable, "-c", "from heatmaps.cli import run; run()")
_NAIVE = (sys.executable, "-m", "pipelines.bench_pipeline.naive")
_FACTS = {
    "ingest": {"rows": "complaints", "new": "new", "updated": "updated", "unchanged": "unchanged",
               "quarantined": "quarantined"},
    "detect": {"ticks": "ticks", "opened": "spots"},
}  # fmt: skip
"""What the commands tell that is shown, and what it is called here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure: so many complaints over `days` before `now`, at so many houses.

    `postgis` is the URL of a server on which databases may be made, or None: SQLite alone.
    """

    complaints: int
    houses: int
    days: int
    now: datetime
    postgis: str | None = None
    spellings: tuple[str, ...] = tuple(SPELLINGS)


@dataclass(frozen=True, slots=True)
class Part:
    """One measured step. `facts` are counts that it told: complaints, located, spots."""

    way: str
    spelling: str
    step: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    facts: dict[str, int]


def bench(asked: Asked, folder: Path) -> Iterator[Part]:
    """Take clean and dirty complaints to spots in a store of each kind, and by the naive way.

    Gives each step as it ends: all in one run, one after another, so that the figures are of one
    machine in one state. The naive way is left out where scikit-learn is not installed.
    """
    until = asked.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    houses = workload.draw_houses(asked.houses, SEED)
    workload.write_gazetteer(folder / "gazetteer.csv", houses)
    workload.write_subscribers(folder / "subscribers.csv", houses)
    for spelling in asked.spellings:
        _write_complaints(folder, houses, asked, spelling, until)
        yield from _Journey(folder, SQLITE, spelling, scratch_file(folder)).parts(until)
        if asked.postgis:
            with scratch_database(asked.postgis) as url:
                yield from _Journey(folder, POSTGIS, spelling, url).parts(until)
        if find_spec("sklearn"):
            yield _naive(folder, spelling)


class _Journey:
    """The commands of one store, one after another."""

    def __init__(self, folder: Path, way: str, spelling: str, url: str) -> None:
        self._folder, self._way, self._spelling, self._url = folder, way, spelling, url
        self._environment = {**os.environ, "HEATMAPS_DATABASE_URL": url,
                             "HEATMAPS_CACHE_DIR": str(folder / "cache")}  # fmt: skip

    def parts(self, until: datetime) -> Iterator[Part]:
        """Do all of them; gives each part that is measured as it ends."""
        all_of_them = str(self._folder / f"{self._spelling}.csv")
        later = str(self._folder / f"{self._spelling}-later.csv")
        next_hour = (until + timedelta(hours=1)).isoformat()
        steps = {
            "gazetteer load": ("gazetteer", "load", str(self._folder / "gazetteer.csv")),
            "subscribers load": ("subscribers", "load", str(self._folder / "subscribers.csv")),
            INGEST: ("ingest", all_of_them),
            DETECT: ("detect", "--as-of", until.isoformat()),
            AGAIN: ("ingest", all_of_them),
            MORE: ("ingest", later),
            HOUR_MORE: ("detect", "--as-of", next_hour),
        }
        set_up_store(self._url, until).close()
        for name, command in steps.items():
            yield self._step(name, *command)

    def _step(self, name: str, *command: str) -> Part:
        done = run((*_COMMAND, *command, "--json"), self._environment)
        told = json.loads(done.said)
        facts = {ours: told[theirs] for theirs, ours in _FACTS.get(command[0], {}).items()}
        if "complaints" in facts:
            _check_sum(name, facts)
            facts["located"] = facts["new"] + facts["updated"] - told["unlocated"]
        return Part(
            self._way, self._spelling, name, done.wall_s, done.cpu_s, done.peak_mb, facts
        )  # fmt: skip


def _check_sum(step: str, facts: dict[str, int]) -> None:
    """HeatmapsError where a complaint was lost or counted twice."""
    told = sum(facts[name] for name in ("new", "updated", "unchanged", "quarantined"))
    if told != facts["complaints"]:
        message = (
            f"`{step}` read {facts['complaints']:,} complaints and told what became of {told:,}; "
            "that is a fault of heatmaps, report it with this line."
        )
        raise HeatmapsError(message)


def _naive(folder: Path, spelling: str) -> Part:
    files = (str(folder / "gazetteer.csv"), str(folder / f"{spelling}.csv"))
    done = run((*_NAIVE, *files), os.environ)
    told = json.loads(done.said)
    facts = {"complaints": told["rows"], "new": told["rows"], "located": told["located"],
             "spots": told["spots"]}  # fmt: skip
    return Part(NAIVE, spelling, "all", done.wall_s, done.cpu_s, done.peak_mb, facts)


def _write_complaints(
    folder: Path, houses: Houses, asked: Asked, spelling: str, until: datetime
) -> None:
    since, written = until - timedelta(days=asked.days), SPELLINGS[spelling]
    plan = Plan(spelling, asked.complaints, since, until, written, SEED)
    workload.write_complaints(folder / f"{spelling}.csv", houses, plan)
    hour = timedelta(hours=1)
    later = Plan(f"{spelling}-later", LATER, until, until + hour, written, SEED + 1)
    workload.write_complaints(folder / f"{spelling}-later.csv", houses, later)
