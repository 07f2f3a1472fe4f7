"""A preview of a policy in a process of its own, so that pages stay quick while history runs.

Python lets one thread work at a time: in the app's own process a replay would slow every caller's
answer down. The process ends when its work does, or when nobody listens any more.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from dataclasses import dataclass
from threading import Thread
from typing import IO, TYPE_CHECKING

from heatmaps.errors import HeatmapsError
from heatmaps.processes import started
from heatmaps.store.engine import open_store
from pipelines.preview_policy import Known, Preview, preview_policy

if TYPE_CHECKING:
    from pipelines.find_spots import Clockwork

MODEST = 10
"""How far a preview stands back for everybody else on the machine, as `nice` counts."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to preview: the text of a policy, on the store at `url`, over so many days.

    `known` is of an earlier preview.
    """

    url: str
    body: str
    origin: str
    clock: Clockwork
    days: int
    known: Known | None = None


class PreviewBeside:
    """A preview under way; `done` of `total` steps, then a `preview` or the sentence of a `fault`.

    `total` is 0 until the first step. A process that dies leaves neither, and does not run.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.done, self.total = 0, 0
        self.preview: Preview | None = None
        self.fault: str | None = None
        self._process = started(__name__)
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def runs(self) -> bool:
        """Whether more is to come."""
        return self._listener.is_alive()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until nothing more is to come, so long at most."""
        self._listener.join(seconds)

    def stop(self) -> None:
        """End it before its time."""
        self._process.kill()
        self._listener.join()

    def _listen(self) -> None:
        with self._process as process:
            try:
                _tell(process.stdin, self.task)
                while True:
                    self._take(pickle.load(process.stdout))  # type: ignore[arg-type]  # noqa: S301 - from our own process
            except (EOFError, BrokenPipeError, pickle.UnpicklingError):
                process.kill()

    def _take(self, said: Preview | str | tuple[int, int]) -> None:
        if isinstance(said, Preview):
            self.preview = said
        elif isinstance(said, str):
            self.fault = said
        else:
            self.done, self.total = said


def main() -> None:
    """Preview the task that comes by standard input; tell steps and the end by standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(MODEST)
    task: Task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    out = sys.stdout.buffer
    try:
        _tell(out, _preview(task, out))
    except BrokenPipeError:  # nobody listens any more
        os._exit(1)


def _preview(task: Task, out: IO[bytes]) -> Preview | str:
    try:
        store = open_store(task.url)
        try:
            return preview_policy(
                store, task.body, task.origin, task.clock,
                lambda done, total: _tell(out, (done, total)), days=task.days, known=task.known,
            )  # fmt: skip
        finally:
            store.close()
    except HeatmapsError as error:
        return str(error)


def _tell(stream: IO[bytes] | None, said: object) -> None:
    if stream is not None:
        pickle.dump(said, stream)
        stream.flush()
