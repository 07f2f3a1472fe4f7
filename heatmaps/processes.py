"""Further processes of ours: how many are worth while, and how one is started."""

from __future__ import annotations

import os
import subprocess
import sys

PIPE_BYTES = 1 << 20
"""Room of each pipe where the system lets it be told, so that neither side often waits."""


def processors() -> int:
    """Give how many this process may use, where the system tells that; else how many there are."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def started(module: str) -> subprocess.Popen[bytes]:
    """Start `main` of one of our modules in a fresh interpreter, pipes on its input and output.

    It is no fork, so nothing of this process's threads, connections or caches comes along.
    """
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-c", f"from {module} import main; main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pipesize=PIPE_BYTES,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
