"""How fast a provider may be asked, and when not at all."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random, SystemRandom
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FAILURES_TO_OPEN = 5
COOL_DOWN_S = 60.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance as an enquiry takes them: the moment in UTC, seconds that never go back."""

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Random = field(default_factory=SystemRandom)


@dataclass(slots=True)
class TokenBucket:
    """Lets through `per_second` requests a second, and not two at once; for one thread."""

    per_second: float
    clock: Clock
    _tokens: float = 1.0
    _counted_at: float | None = None

    def wait(self) -> None:
        """Come back when the next request may be sent."""
        now = self.clock.monotonic()
        passed = 0.0 if self._counted_at is None else now - self._counted_at
        tokens = min(1.0, self._tokens + passed * self.per_second)
        if tokens < 1.0:
            self.clock.sleep((1.0 - tokens) / self.per_second)
            tokens = 1.0
        self._tokens, self._counted_at = tokens - 1.0, self.clock.monotonic()


@dataclass(slots=True)
class CircuitBreaker:
    """Stops asking a provider that fails again and again, and tries it once more after a while."""

    clock: Clock
    failures_to_open: int = FAILURES_TO_OPEN
    _failures: int = 0
    _open_until: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing may be asked; half open, after the while, one request may."""
        return self._open_until is not None and self.clock.monotonic() < self._open_until

    def succeeded(self) -> None:
        """Note an answer: all is well again."""
        self._failures, self._open_until = 0, None

    def failed(self) -> None:
        """Note a failure; the last of several in a row, or one while half open, opens it."""
        self._failures += 1
        if self._failures >= self.failures_to_open:
            self.open(COOL_DOWN_S)

    def open(self, seconds: float) -> None:
        """Let nothing through for so long."""
        self._failures = self.failures_to_open
        self._open_until = self.clock.monotonic() + seconds
