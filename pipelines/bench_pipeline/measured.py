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

LOOK_EVERY_S = 0.25
"""How often memory is looked at; each look makes the process wait some milliseconds."""

_WAIT_S = 0.01
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Run:
    """What a process did: its answer on stdout, wall and CPU seconds, and its peak memory.

    `peak_mb` is the most that the process and its children held together, pages that several map
    counted once, as often as it was looked at; and at least the most that one of them ever held.
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
        looked = started
        while (ended := os.wait4(child.pid, os.WNOHANG))[0] == 0:
            if time.perf_counter() - looked > LOOK_EVERY_S:
                held = max(held, _held(child.pid), _most_of_one(child.pid))
                looked = time.perf_counter()
            time.sleep(_WAIT_S)
        wall = time.perf_counter() - started
        for reader in readers:
            reader.join()
        child.returncode = os.waitstatus_to_exitcode(ended[1])
    if child.returncode:
        last = heard["err"].strip().splitlines()[-1:] or ["it said nothing"]
        message = f"`{' '.join(command[1:])}` ended with {child.returncode}: {last[0]}"
        raise HeatmapsError(message)
    usage = ended[2]
    return Run(heard["out"], wall, usage.ru_utime + usage.ru_stime, held / 1e6)


def _hear(heard: dict[str, str], name: str, stream: IO[str] | None) -> None:
    heard[name] = stream.read() if stream else ""


def _held(process: int) -> int:
    """Give the bytes that a process and all its children hold; 0 where nobody tells.

    The proportional set size: a page that n processes map counts for an n-th with each.
    """
    own = _told_of(process, "smaps_rollup", "Pss:")
    return own + sum(_held(child) for child in _children(process))


def _most_of_one(process: int) -> int:
    """Give the most bytes that one of these processes ever held, by the system's own mark.

    Not `ru_maxrss`, which begins at what the process that started it held.
    """
    own = _told_of(process, "status", "VmHWM:")
    return max([own, *map(_most_of_one, _children(process))])


def _told_of(process: int, file: str, what: str) -> int:
    try:
        lines = (_PROC / str(process) / file).read_text().splitlines()
    except OSError:
        return 0
    told = next((line for line in lines if line.startswith(what)), f"{what} 0 kB")
    return int(told.split()[1]) * 1024


def _children(process: int) -> list[int]:
    try:
        listed = (_PROC / str(process) / "task" / str(process) / "children").read_text()
    except OSError:
        return []
    return list(map(int, listed.split()))
