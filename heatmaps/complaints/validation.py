"""Columns of texts become a batch of complaints; rows that cannot be true are refused, with why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from heatmaps.complaints.faults import Faults
from heatmaps.complaints.fields import MAX_LENGTH, check_texts, numbers, truths, words
from heatmaps.complaints.profiles import ISO
from heatmaps.complaints.record import (
    ABSENT_TIME,
    AddressKind,
    Channel,
    ComplaintBatch,
    Language,
    Place,
    Segment,
    State,
    Technology,
    Topic,
)
from heatmaps.complaints.times import Times, read_times

if TYPE_CHECKING:
    from enum import StrEnum

    from numpy.typing import NDArray

    from heatmaps.complaints.profiles import Profile
    from heatmaps.complaints.rows import RowBatch
    from heatmaps.quarantine import Refused

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No complaint is older: ten years of history are served and mobile data are not much older, while
clocks that were never set and empty dates come out as 1970, 1900 or 1899."""

MAX_AHEAD = timedelta(days=1)
"""How far a time may lie ahead of now: a wrong zone is a day at most, a wrong year is a fault."""

DEFAULT_SOURCE = "crm"

_TIMES = ("created_at", "updated_at", "occurred_at", "closed_at")
_NUMBERS = ("lat", "lon", "accuracy_m", "ltv")
_WORDS: dict[str, tuple[type[StrEnum], str | None]] = {
    "state": (State, State.OPEN.value),
    "address_kind": (AddressKind, AddressKind.PROBLEM.value),
    "place": (Place, None),
    "technology": (Technology, None),
    "channel": (Channel, None),
    "language": (Language, None),
    "segment": (Segment, None),
    "topic": (Topic, Topic.OTHER.value),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_POLE, _ANTIMERIDIAN = 90.0, 180.0


class Bounds(NamedTuple):
    """A box in WGS 84 degrees that holds the loaded region."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say which points lie in the box, its edges included."""
        inside = (lat >= self.south) & (lat <= self.north)
        return inside & (lon >= self.west) & (lon <= self.east)


class Validated(NamedTuple):
    """What became of a batch: `complaints` in file order, and `refused` by line."""

    complaints: ComplaintBatch
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class Intake:
    """What one load knows beside its rows.

    `zone` is that of naive times where the profile names none. `source` is what a row without one
    is given, before the profile's and `DEFAULT_SOURCE`. `bounds` is the box of the loaded region:
    coordinates outside it but inside when exchanged are refused as swapped, others are flagged.
    """

    profile: Profile
    now: datetime
    zone: ZoneInfo
    source: str | None = None
    bounds: Bounds | None = None


def validate(rows: RowBatch, intake: Intake) -> Validated:
    """Turn a batch of rows into complaints, refusing every row with an impossible value.

    A row's first fault is its reason. Flags: ``fold_hour gap_hour date_only outside_region
    closed_before_created occurred_after_created``. The last two are contradictions between times
    that leave what was reported, where and when, as good as it was: refusing them would blind
    detection to a real complaint for the sake of its paperwork.
    """
    faults = Faults(rows)
    faults.refuse_absent("external_id")
    faults.refuse_absent("created_at")
    check_texts(rows, faults)
    times = _times(rows, intake)
    _check_times(times, intake.now, faults)
    commas = set(_NUMBERS) if intake.profile.decimal_comma else {"lat", "lon"}
    figures = {name: numbers(rows, name, faults, comma=name in commas) for name in _NUMBERS}
    outside = check_position(figures["lat"], figures["lon"], intake.bounds, faults)
    for name in ("accuracy_m", "ltv"):
        faults.refuse(figures[name] < 0, "is below zero; correct it or leave it empty", name)
    source = intake.source or intake.profile.source or DEFAULT_SOURCE
    columns: dict[str, Any] = {
        "line": rows.line,
        **{name: rows.column(name) for name in MAX_LENGTH},
        **{name: column.utc for name, column in times.items()},
        **figures,
        **{name: words(rows, name, *fixed, faults) for name, fixed in _WORDS.items()},
        "source": [text or source for text in rows.column("source")],
        "roaming": truths(rows, "roaming", faults),
        "critical": np.array(truths(rows, "critical", faults), dtype=np.bool_),
        "flags": _flags(_doubts(times, outside), len(rows)),
    }
    refused = faults.refused(columns["source"], columns["external_id"])
    kept = faults.kept()
    if kept is not None:
        columns = {name: _taken(column, kept) for name, column in columns.items()}
    return Validated(ComplaintBatch(**columns), refused)


def _times(rows: RowBatch, intake: Intake) -> dict[str, Times]:
    profile = intake.profile
    zone = ZoneInfo(profile.timezone) if profile.timezone else intake.zone
    # Typed cells of a workbook or of Parquet are dates whatever form the texts beside them have.
    formats = dict.fromkeys((*profile.time_formats, ISO))
    return {name: read_times(rows.column(name), zone, tuple(formats)) for name in _TIMES}


def _check_times(times: dict[str, Times], now: datetime, faults: Faults) -> None:
    first, last = _microseconds(EARLIEST), _microseconds(now + MAX_AHEAD)
    known = (
        "write it like 2026-01-31T09:30:00+03:00, or name its form in the profile's time_formats"
    )
    for name, column in times.items():
        present = column.utc != ABSENT_TIME
        early, late = present & (column.utc < first), column.utc > last
        faults.refuse(column.unreadable, f"is not a time; {known}", name)
        faults.refuse(early, f"lies before {EARLIEST:%Y-%m-%d}; correct or empty it", name)
        faults.refuse(
            late, f"lies more than a day ahead of {now:%Y-%m-%d %H:%M %Z}; correct it", name
        )


def check_position(
    lat: NDArray[np.float64], lon: NDArray[np.float64], bounds: Bounds | None, faults: Faults
) -> NDArray[np.bool_]:
    """Refuse impossible coordinates; give the mask of points outside the bounds."""
    both = "lat", "lon"
    faults.refuse(
        np.isnan(lat) != np.isnan(lon), "are half a coordinate; give both or neither", *both
    )
    faults.refuse((lat == 0) & (lon == 0), "are no place but an unset pair; empty them", *both)
    fits = (np.abs(lat) <= _POLE) & (np.abs(lon) <= _ANTIMERIDIAN)
    fits_swapped = (np.abs(lon) <= _POLE) & (np.abs(lat) <= _ANTIMERIDIAN)
    outside = np.zeros(len(lat), dtype=np.bool_)
    swapped = ~fits & fits_swapped
    if bounds:
        outside = fits & ~bounds.holds(lat, lon)
        swapped |= outside & bounds.holds(lon, lat)
    faults.refuse(swapped, "are swapped; lat is the first, south to north", *both)
    given = ~np.isnan(lat) & ~np.isnan(lon)
    faults.refuse(
        given & ~fits, "lie off the globe; lat is -90 to 90 and lon -180 to 180 degrees", *both
    )
    return outside


def _doubts(times: dict[str, Times], outside: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Give the mask of each flag."""
    created = times["created_at"].utc
    closed, occurred = times["closed_at"].utc, times["occurred_at"].utc
    return {
        "fold_hour": np.logical_or.reduce([column.fold for column in times.values()]),
        "gap_hour": np.logical_or.reduce([column.gap for column in times.values()]),
        "date_only": times["created_at"].date_only,
        "outside_region": outside,
        "closed_before_created": (closed != ABSENT_TIME) & (closed < created),
        "occurred_after_created": (created != ABSENT_TIME) & (occurred > created),
    }


def _flags(doubts: dict[str, NDArray[np.bool_]], rows: int) -> list[tuple[str, ...]]:
    flags: list[tuple[str, ...]] = [()] * rows
    for name, mask in doubts.items():
        for row in np.flatnonzero(mask).tolist():
            flags[row] = (*flags[row], name)
    return flags


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _taken(column: Any, kept: list[int]) -> Any:  # noqa: ANN401 - a list or an array of any type
    return column[kept] if isinstance(column, np.ndarray) else [column[row] for row in kept]
