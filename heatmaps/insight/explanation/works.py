"""Which works, outages and mass events overlap which spots in place and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.signs import OUTCOMES, said
from heatmaps.region.events import EventKind
from heatmaps.spots.rhythm import HOUR_US

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.insight.explanation.columns import SpotColumns
    from heatmaps.insight.explanation.signs import Sign
    from heatmaps.region.events import NetworkEvent

EARLY_US = 2 * HOUR_US
"""An event that begins this little after the first complaints may still be behind them: clocks and
plans are kept by the hour."""

LASTS = int(np.iinfo(np.int64).max)
_NONE = OUTCOMES["works"].index("none")


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs of a spot and an event that touches it: positions, by spot and start of the event."""

    spot: NDArray[np.int64]
    event: NDArray[np.int64]


def overlaps(
    spots: SpotColumns,
    events: Sequence[NetworkEvent],
    reach: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64], float]],
    inside: Mapping[str, NDArray[np.bool_]],
) -> Overlaps:
    """Give which events are on at some moment of a spot, from its window on, where it is.

    `reach` gives, by event, the latitudes and longitudes of the points that it is at and how many
    metres it reaches; `inside`, by event, which spots lie in its territory.
    """
    pairs: list[NDArray[np.int64]] = [np.zeros((0, 2), dtype=np.int64)]
    for position, event in enumerate(events):
        start, end = _microseconds(event)
        rows = np.flatnonzero((start <= spots.until) & (end > spots.began))
        if event.event_id in inside:
            rows = rows[inside[event.event_id][rows]]
        else:
            lat, lon, metres = reach[event.event_id]
            away = distance_m(spots.lat[rows, None], spots.lon[rows, None], lat, lon)
            rows = rows[away.min(axis=1, initial=np.inf) <= metres + spots.radius_m[rows]]
        pairs.append(np.column_stack([rows, np.full(len(rows), position)]))
    together = np.concatenate(pairs)
    together = together[np.lexsort((together[:, 1], together[:, 0]))]
    return Overlaps(together[:, 0], together[:, 1])


def works(spots: SpotColumns, events: Sequence[NetworkEvent], found: Overlaps) -> Sign:
    """Say which kind of event was on when the complaints of each spot began.

    Of several the one that began nearest to them. The figure is the hours from its start to the
    first complaints, below 0 where they came before it. Says nothing where no event is known.
    """
    number = len(spots)
    if not events:
        return said(np.zeros(number, dtype=np.bool_), np.zeros(number), np.zeros(number))
    span = np.array([_microseconds(event) for event in events], dtype=np.int64)
    kind = np.array([list(EventKind).index(event.kind) for event in events], dtype=np.int64)
    start, end = span[found.event].T
    began = spots.began[found.spot]
    behind = np.flatnonzero((start <= spots.opened[found.spot]) & (start - EARLY_US <= began)
                            & (end > began))  # fmt: skip
    after = (began - start)[behind]
    order = behind[np.lexsort((np.abs(after), found.spot[behind]))]
    first = order[np.flatnonzero(np.diff(found.spot[order], prepend=UNKNOWN))]
    outcome = np.full(number, _NONE)
    figure = np.full(number, np.nan)
    outcome[found.spot[first]] = kind[found.event[first]]
    figure[found.spot[first]] = (began - start)[first] / HOUR_US
    return said(np.ones(number, dtype=np.bool_), outcome, figure)


def _microseconds(event: NetworkEvent) -> tuple[int, int]:
    start = round(event.starts_at.timestamp() * 1e6)
    return start, LASTS if event.ends_at is None else round(event.ends_at.timestamp() * 1e6)
