"""Several processes that geocode one large batch, sharing a snapshot by mapping it.

Each ends when its parent does. Who answers a chunk makes no difference to the answer.
"""

from __future__ import annotations

import marshal
import threading
import weakref
from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING

from heatmaps.geocoding import crew_member
from heatmaps.geocoding.crew_member import read_frame, result_of, write_frame
from heatmaps.processes import started

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from heatmaps.geocoding.result import GeocodeResult

    Pair = tuple[str, str | None]
    Member = subprocess.Popen[bytes]

CHUNK = 200
"""Addresses that one process answers at a time; at the end one waits for what the other has."""

AHEAD = 2
"""Chunks that a member has at hand."""

WORTH_STARTING = 20_000
"""Addresses from which on it pays to start the crew: a member needs half a second to be ready."""
WORTH_ASKING = 2_000
"""Addresses from which on it pays to ask one that is ready."""


class Crew:
    """Processes over one snapshot file, started when the first large batch comes.

    `members` is how many there are besides the caller, who works too.
    """

    def __init__(self, snapshot: Path, default_city: str | None, members: int) -> None:
        self._snapshot = snapshot
        self._default_city = default_city
        self._members = members
        self._started: list[Member] = []
        self._busy = threading.Lock()
        self._dismissed = weakref.finalize(self, _dismiss, self._started)

    def is_worth(self, count: int) -> bool:
        """Tell whether so many addresses come sooner with the crew than without."""
        if not self._members:
            return False
        return count >= (WORTH_ASKING if self._started else WORTH_STARTING)

    def geocode(
        self,
        pairs: Sequence[Pair],
        alone: Callable[[Sequence[Pair]], list[GeocodeResult]],
    ) -> list[GeocodeResult]:
        """Give the results of pairs of address and city, in their order.

        `alone` is how the caller answers a chunk; it does all of them where another thread has
        the crew, and those of a member that has died.
        """
        if not self._busy.acquire(blocking=False):
            return alone(pairs)
        try:
            self._start()
            return self._shared(pairs, alone)
        finally:
            self._busy.release()

    def close(self) -> None:
        """Let the members go."""
        self._dismissed()

    def _start(self) -> None:
        _dismiss([member for member in self._started if member.poll() is not None])
        self._started[:] = [member for member in self._started if member.poll() is None]
        while len(self._started) < self._members:
            member = started(crew_member.__name__)
            self._started.append(member)
            _tell(member, marshal.dumps((str(self._snapshot), self._default_city)))

    def _shared(
        self,
        pairs: Sequence[Pair],
        alone: Callable[[Sequence[Pair]], list[GeocodeResult]],
    ) -> list[GeocodeResult]:
        chunks = deque(range(0, len(pairs), CHUNK))
        frames: dict[int, bytes] = {}
        talks = [_Talk(member, pairs, chunks, frames) for member in self._started]
        answered: dict[int, list[GeocodeResult]] = {}
        while (start := _next(chunks)) is not None:
            answered[start] = alone(pairs[start : start + CHUNK])
            _read(frames, answered)
        for talk in talks:
            talk.join()
        _read(frames, answered)
        results: list[GeocodeResult] = []
        for start in range(0, len(pairs), CHUNK):
            results += answered.get(start) or alone(pairs[start : start + CHUNK])
        return results


def _read(frames: dict[int, bytes], answered: dict[int, list[GeocodeResult]]) -> None:
    """Take the answers that have come; the caller does so as it goes, not when all wait for it."""
    for start in list(frames):
        answered[start] = list(map(result_of, marshal.loads(frames.pop(start))))  # noqa: S302 - from our own process


class _Talk:
    """The talk with one member: one thread tells it chunks, one hears its answers.

    So neither side ever waits for the other to read, and the member has its next chunk at hand
    while the threads are long in getting the interpreter back from the one that works beside them.
    """

    def __init__(
        self, member: Member, pairs: Sequence[Pair], chunks: deque[int], frames: dict[int, bytes]
    ) -> None:
        self._member = member
        self._pairs = pairs
        self._chunks = chunks
        self._frames = frames
        self._told: SimpleQueue[int | None] = SimpleQueue()
        self._room = threading.Semaphore(AHEAD)
        self._ended = False
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._tell, self._hear)
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until the member has answered all that it was told, or has died."""
        for thread in self._threads:
            thread.join()

    def _tell(self) -> None:
        while True:
            self._room.acquire()
            start = None if self._ended else _next(self._chunks)
            if start is None:
                break
            chunk = tuple(zip(*self._pairs[start : start + CHUNK], strict=True))
            if not _tell(self._member, marshal.dumps(chunk)):
                break
            self._told.put(start)
        self._told.put(None)

    def _hear(self) -> None:
        while (start := self._told.get()) is not None:
            frame = read_frame(self._member.stdout) if self._member.stdout else None
            if frame is None:
                self._ended = True
            else:
                self._frames[start] = frame
            self._room.release()


def _tell(member: Member, data: bytes) -> bool:
    try:
        if member.stdin:
            write_frame(member.stdin, data)
    except OSError:
        return False
    return True


def _next(chunks: deque[int]) -> int | None:
    try:
        return chunks.popleft()
    except IndexError:
        return None


def _dismiss(members: list[Member]) -> None:
    for member in members:
        for pipe in (member.stdin, member.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        member.wait()
