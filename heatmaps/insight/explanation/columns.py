"""What an explanation stands on: spots, their zones and their complaints as columns.

Times are int64 microseconds since 1970-01-01 UTC; codes are positions in `Topic`, `Technology`
and `Place`, `UNKNOWN` where nothing is told; that of a cause is a position in `CAUSES`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN = -1
"""Code of what is not told."""


class _Columns:
    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """Give the rows asked for, in the order asked for."""
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]  # its children are dataclasses
        return type(self)(**{name: getattr(self, name)[which] for name in names})


@dataclass(frozen=True)
class SpotColumns(_Columns):
    """Spots as equally long columns.

    `cause` is the code of the cause people named, and `named` when the spot was resolved with it,
    `UNKNOWN` and the end of time where it was not. `observed` customers against `expected` in
    `window_h` hours opened it; `lat`, `lon` are WGS 84 degrees; `area_km2` is that of the zone at
    opening. What was told after `until` is not looked at.
    """

    spot_id: NDArray[np.int64]
    opened: NDArray[np.int64]
    until: NDArray[np.int64]
    window_h: NDArray[np.int64]
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    cause: NDArray[np.int64]
    named: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    area_km2: NDArray[np.float64]

    def __len__(self) -> int:
        """Give the number of spots."""
        return len(self.spot_id)

    @property
    def began(self) -> NDArray[np.int64]:
        """When the window that opened each spot began."""
        return self.opened - self.window_h * 3_600_000_000

    @property
    def radius_m(self) -> NDArray[np.float64]:
        """The radius of a circle as large as each zone."""
        return np.asarray(1000 * np.sqrt(self.area_km2 / np.pi))


@dataclass(frozen=True)
class ReportColumns(_Columns):
    """Complaints counted in spots: equally long columns, by spot and time.

    `spot` is a position in `SpotColumns`; `cell` an H3 cell, `lat`, `lon` WGS 84 degrees, NaN
    where unknown; `customer` a code, different for everybody nobody named; `sector` the serving
    sector's code in some list, `UNKNOWN` where none was told.
    """

    spot: NDArray[np.int64]
    time: NDArray[np.int64]
    topic: NDArray[np.int64]
    technology: NDArray[np.int64]
    place: NDArray[np.int64]
    cell: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    customer: NDArray[np.int64]
    sector: NDArray[np.int64]

    def __len__(self) -> int:
        """Give the number of complaints."""
        return len(self.spot)


@dataclass(frozen=True)
class ZoneCells(_Columns):
    """The cells of the zones at opening; `spot` is a position in `SpotColumns`."""

    spot: NDArray[np.int64]
    cell: NDArray[np.int64]


def at_age(
    spots: SpotColumns, reports: ReportColumns, age_us: int
) -> tuple[SpotColumns, ReportColumns]:
    """Give spots and complaints as they stood so long after each spot opened.

    A suggestion is judged by others made as early: what a spot shows at its end, nobody knew when
    it was young.
    """
    aged = replace(spots, until=np.minimum(spots.opened + age_us, spots.until))
    return aged, reports.take(reports.time <= aged.until[reports.spot])
