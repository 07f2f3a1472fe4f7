"""The records of detection: columns going in, spots coming out.

Times in columns are int64 microseconds since 1970-01-01 UTC; cells are H3 indexes as signed
64-bit integers; `tick` is the end of an hour, and a window of w hours ending at tick T holds the
complaints with T - w < time <= T.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

ALL_TOPICS = "all"
"""Topic of a spot that stands out over all topics together rather than in one of them."""


class Signal(StrEnum):
    """What the detector sees; never what people did."""

    ACTIVE = "active"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class ComplaintColumns:
    """Complaints as equally long columns, sorted by (`time`, `complaint_id`).

    `customer` is a code that is equal for one customer's complaints, below 0 where nobody is
    named: then equal codes are one complaint entered several times; `cell` the finest H3 cell
    the location's uncertainty allows and `resolution` its resolution; `topic` the position in
    `Topic`; `available` the time from which detection may know the complaint (late arrivals come
    after their `time`).
    """

    complaint_id: NDArray[np.int64]
    customer: NDArray[np.int64]
    cell: NDArray[np.int64]
    resolution: NDArray[np.int8]
    time: NDArray[np.int64]
    available: NDArray[np.int64]
    topic: NDArray[np.int8]


def taken(
    columns: ComplaintColumns, which: NDArray[np.intp] | NDArray[np.bool_] | slice
) -> ComplaintColumns:
    """Give the complaints asked for, in the order asked for."""
    names = columns.__dataclass_fields__
    return type(columns)(**{name: getattr(columns, name)[which] for name in names})


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who could complain: subscribers per H3 cell of resolution 9; columns sorted by `cell`."""

    cell: NDArray[np.int64]
    subscribers: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DetectedSpot:
    """A spot as the detector knows it; everything a restart needs to go on.

    `cells` is the zone now, of H3 `resolution`, and `cells_opened` the zone at opening, of the
    resolution its cells tell. `observed` customers against `expected` in `window_h` hours gave
    `score` (a log likelihood ratio, natural logarithm) and `recurrence_days` at opening: chance
    does as much once in so many days per million subscribers. `observed_last`, `expected_last`,
    `score_last` and `observed_peak` follow the zone. `complaint_ids` are all complaints ever
    counted in it. `quiet_since` is the tick the signal turned quiet.
    """

    spot_id: int
    opened_at: datetime
    topic: str
    resolution: int
    cells: tuple[int, ...]
    cells_opened: tuple[int, ...]
    window_h: int
    observed: int
    expected: float
    score: float
    recurrence_days: float
    signal: Signal
    observed_last: int
    expected_last: float
    score_last: float
    observed_peak: int
    last_tick: datetime
    quiet_since: datetime | None
    complaint_ids: tuple[int, ...]
    merged_into: int | None = None
    parent_id: int | None = None
