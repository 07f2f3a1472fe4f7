"""How long a new process needs from a snapshot file to its first answer, and how much memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from heatmaps.errors import UsageError
from heatmaps.geocoding.index import GazetteerIndex
from heatmaps.geocoding.snapshot import open_file

if TYPE_CHECKING:
    from heatmaps.geocoding.packed import Arrays

_KB = 1024
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds of a new process: to open the snapshot and answer, and in all with imports.

    `resident_mb` is the memory of the process then, the mapped file included; `own_mb` the part
    of it that is not the file's and so not shared with other processes.
    """

    ready_s: float
    process_s: float
    resident_mb: float
    own_mb: float
    file_mb: float


def fresh_start(snapshot: Path, address: str) -> Start:
    """Give how a new process starts from a snapshot file and answers one address."""
    started = time.perf_counter()
    command = [sys.executable, "-m", __name__, str(snapshot), address]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    process_s = time.perf_counter() - started
    told = json.loads(done.stdout)
    file_mb = snapshot.stat().st_size / _MB
    return Start(told["ready_s"], process_s, told["resident_mb"], told["own_mb"], file_mb)


def read_snapshot(path: Path) -> Arrays:
    """Give the arrays of a snapshot; raises UsageError where it is not whole."""
    arrays = open_file(path)
    if arrays is None:
        message = f"{path} is no whole snapshot; see that the disk is not full, and run again."
        raise UsageError(message)
    return arrays


def main(snapshot: Path, address: str) -> None:
    """Open the snapshot, answer, and print what that took."""
    started = time.perf_counter()
    GazetteerIndex(read_snapshot(snapshot)).geocode(address)
    ready_s = time.perf_counter() - started
    print(json.dumps({"ready_s": ready_s, **_memory()}))  # noqa: T201 - what the parent reads


def _memory() -> dict[str, float]:
    """Give the resident memory in MB; where the system does not tell its parts, the highest."""
    status = Path("/proc/self/status")
    if not status.is_file():
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB
        return {"resident_mb": highest, "own_mb": highest}
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    kilobytes = {name: int(lines[name].split()[0]) for name in ("VmRSS", "RssAnon")}
    return {
        "resident_mb": kilobytes["VmRSS"] * _KB / _MB,
        "own_mb": kilobytes["RssAnon"] * _KB / _MB,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
