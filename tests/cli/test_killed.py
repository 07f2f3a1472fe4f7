"""Promise 2: kill any command at any moment and run it again; nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

UNTIL = "2026-03-01T12:00+03:00"
# What tells when something was done, not what was done.
CLOCK = {"received_at", "done_at", "loaded_at", "replaced_at", "quarantined_at", "started_at",
         "finished_at"}  # fmt: skip
COMMAND = "from heatmaps.cli.main import run; run()"


def killed_midway(shell, args, table: str, at_least: int) -> bool:
    """Start a command and SIGKILL it once `table` has so many rows; True where it was in time."""
    running = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", COMMAND, *map(str, args)],
        cwd=shell.folder, env={**os.environ, **shell.environment()},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 120  # another worker may have the machine
    while running.poll() is None and time.monotonic() < deadline:
        if rows_of(shell, table) >= at_least:
            break
        time.sleep(0.01)
    in_time = running.poll() is None
    with contextlib.suppress(ProcessLookupError):
        running.send_signal(signal.SIGKILL)
    running.wait()
    return in_time


def rows_of(shell, table: str) -> int:
    path = shell.url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def content(shell, *tables: str) -> dict[str, list[tuple]]:
    """Every row of the tables without what the clock and counters of rows decide."""
    path = shell.url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = {}
        for table in tables:
            columns = [r[1] for r in connection.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join(c for c in columns if c not in CLOCK)
            found[table] = connection.execute(
                f"SELECT {chosen} FROM {table} ORDER BY 1, 2"
            ).fetchall()
        return found


def test_a_killed_ingest_is_run_again(embedded, stores, prompt_at, tmp_path):
    whims = random.Random(1)
    rows = [
        {
            "external_id": n if n % 500 else "", "created_at": "2026-02-20T10:00:00+03:00",
            "lat": round(59.9 + whims.random() / 20, 5), "lon": round(30.2 + whims.random() / 5, 5),
            "text": f"нет связи {n}",
        }
        for n in range(1, 15_001)
    ]  # fmt: skip
    path = embedded.table("many.csv", *rows)
    undisturbed = prompt_at(tmp_path, stores.copy(embedded.url))
    counts = undisturbed("ingest", path, "--json").done().json
    assert (counts["new"], counts["quarantined"]) == (14_970, 30)

    in_time = killed_midway(embedded, ("ingest", path), "complaint", 1)
    assert in_time or rows_of(embedded, "complaint") == 14_970
    already = rows_of(embedded, "complaint")
    again = embedded("ingest", path, "--json").done().json
    assert again["new"] == 14_970 - already
    assert again["unchanged"] == already
    assert again["rows_in"] == 15_000
    assert content(embedded, "complaint", "quarantine") == content(
        undisturbed, "complaint", "quarantine"
    )
    assert rows_of(embedded, "personal") == rows_of(undisturbed, "personal")


@pytest.mark.parametrize("after", [0.0, 0.3], ids=["at once", "a little later"])
def test_a_killed_ingest_in_its_first_moments(embedded, after):
    """Between the start and the first rows, whatever the store is in the middle of."""
    path = embedded.table("c.csv", {"external_id": 1, "created_at": "2026-02-20"})
    running = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", COMMAND, "ingest", str(path)],
        cwd=embedded.folder, env={**os.environ, **embedded.environment()},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(1.0 + after)
    running.kill()
    running.wait()
    counts = embedded("ingest", path, "--json").done().json
    assert counts["new"] + counts["unchanged"] == 1
    assert embedded.count()["complaint"] == 1


def test_a_killed_detection_is_run_again(stores, made, prompt_at, tmp_path):
    shell = prompt_at(tmp_path, stores.copy(made("taken_in", "sqlite")))
    in_time = killed_midway(shell, ("detect", "--as-of", UNTIL), "tick", 1)
    undisturbed = prompt_at(tmp_path, made("detected", "sqlite"))
    done, all_ticks = rows_of(shell, "tick"), rows_of(undisturbed, "tick")
    assert in_time, "detection wrote its ticks in one piece, or ended before it could be killed"
    assert 0 < done < all_ticks
    told = shell("detect", "--as-of", UNTIL, "--json").done().json
    assert told["ticks"] == all_ticks - done
    for one, name in ((shell, "killed.csv"), (undisturbed, "whole.csv")):
        one("export", "spots", "--out", name).done()
    killed, whole = (tmp_path / name for name in ("killed.csv", "whole.csv"))
    assert killed.read_text(encoding="utf-8") == whole.read_text(encoding="utf-8")
    tables = ("tick", "spot", "spot_cell", "spot_complaint")
    assert content(shell, *tables) == content(undisturbed, *tables)
    assert rows_of(shell, "spot_event") == rows_of(undisturbed, "spot_event")
