"""A command run as a process of its own: how long it took, and how much memory it held."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from heatmaps.errors import HeatmapsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOOK_EVERY_S = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Run:
    """What a process did: its answer on stdout, wall and CPU seconds, and its peak memory.

    `peak_mb` is the most that the process and its children held together, pages that they share
    counted for each; where the system does not tell, the most that one of them held.
    """

    said: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def run(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command to its end; HeatmapsError with its last words where it fails."""
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own command line
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        heard: dict[str, str] = {}
        readers = [
            threading.Thread(target=_hear, args=(heard, name, stream))
            for name, stream in (("out", child.stdout), ("err", child.stderr))
        ]
        for reader in readers:
            reader.start()
        held = 0
        while (ended := os.wait4(child.pid, os.WNOHANG))[0] == 0:
            held = max(held, _resident(child.pid))
            time.sleep(LOOK_EVERY_S)
        wall = time.perf_counter() - started
        for reader in readers:
            reader.join()
        child.returncode = os.waitstatus_to_exitcode(ended[1])
    if child.returncode:
        last = heard["err"].strip().splitlines()[-1:] or ["it said nothing"]
        message = f"`{' '.join(command[1:])}` ended with {child.returncode}: {last[0]}"
        raise HeatmapsError(message)
    usage = ended[2]
    peak = max(held, usage.ru_maxrss * 1024)
    return Run(heard["out"], wall, usage.ru_utime + usage.ru_stime, peak / 1e6)


def _hear(heard: dict[str, str], name: str, stream: IO[str] | None) -> None:
    heard[name] = stream.read() if stream else ""


def _resident(process: int) -> int:
    """Give the bytes that a process and all its children hold; 0 where nobody tells."""
    try:
        pages = int((_PROC / str(process) / "statm").read_text().split()[1])
        listed = (_PROC / str(process) / "task" / str(process) / "children").read_text()
    except OSError:
        return 0
    return pages * _PAGE + sum(_resident(int(child)) for child in listed.split())
