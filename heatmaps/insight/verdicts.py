"""What people have said of spots, as it judges other spots of the same trouble."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from heatmaps.desk.words import Status
from heatmaps.insight.replayed import matches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from heatmaps.insight.replayed import Traced


class Verdict(StrEnum):
    """Whether a spot was worth opening, as the people who worked on it say."""

    REAL = "real"
    FALSE = "false"


_VERDICTS = {
    Status.REJECTED: Verdict.FALSE,
    Status.RESOLVED: Verdict.REAL,
    Status.CONFIRMED: Verdict.REAL,
    Status.REOPENED: Verdict.REAL,  # people had named its cause, and it came back
}


@dataclass(frozen=True, slots=True)
class WorkedSpot:
    """A spot of the store; one that was merged has the status of the one it went into."""

    spot_id: int
    opened_at: datetime
    lived_until: datetime
    status: Status
    complaint_ids: frozenset[int]

    @property
    def verdict(self) -> Verdict | None:
        """What people say of it; None where nobody has decided."""
        return _VERDICTS.get(self.status)


def judged(spots: Sequence[Traced], worked: Sequence[WorkedSpot]) -> dict[int, WorkedSpot]:
    """Give for spots the worked one of the same trouble: a judged one before any other.

    Of several the one that shares most complaints; a spot nobody knows is left out.
    """
    known = {one.spot_id: one for one in worked}
    best: dict[int, tuple[bool, int, float, int]] = {}
    for spot_id, other, shared, agree in matches(spots, worked):
        rank = (known[other].verdict is not None, shared, agree, -other)
        best[spot_id] = max(best.get(spot_id, rank), rank)
    return {spot_id: known[-rank[3]] for spot_id, rank in best.items()}


def found_again(worked: Sequence[WorkedSpot], spots: Sequence[Traced]) -> set[int]:
    """Give the numbers of the worked spots that are among these."""
    return {worked_id for worked_id, *_ in matches(worked, spots)}
