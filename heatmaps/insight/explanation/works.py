"""Which works, outages and mass events overlap which spots in place and time, and what they say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.notices import cause_named
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


@dataclass(frozen=True, slots=True)
class EventPoints:
    """Where events are: equally long columns, a row for each point an event is at.

    `event` is a position in a list of events; an event in a territory is at no point. It reaches
    `reach_m` metres from `lat`, `lon`, WGS 84 degrees.
    """

    event: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    reach_m: NDArray[np.float64]


def overlaps(
    spots: SpotColumns,
    events: Sequence[NetworkEvent],
    points: EventPoints,
    inside: Mapping[str, NDArray[np.bool_]],
) -> Overlaps:
    """Give which events are on at some moment of a spot, from its window on, where it is.

    `inside` gives, by territory, which spots lie in it.
    """
    span = _spans(events)
    on = (span[:, 0] <= spots.until[:, None]) & (span[:, 1] > spots.began[:, None])
    spot, row = np.nonzero(on[:, points.event])
    away = distance_m(spots.lat[spot], spots.lon[spot], points.lat[row], points.lon[row])
    near = away <= points.reach_m[row] + spots.radius_m[spot]
    pairs = [np.column_stack([spot[near], points.event[row[near]]])]
    for position, event in enumerate(events):
        if event.territory_id is not None and event.territory_id in inside:
            rows = np.flatnonzero(on[:, position] & inside[event.territory_id])
            pairs.append(np.column_stack([rows, np.full(len(rows), position)]))
    together = np.unique(np.concatenate(pairs), axis=0)
    return Overlaps(together[:, 0], together[:, 1])


def works(spots: SpotColumns, events: Sequence[NetworkEvent], found: Overlaps) -> Sign:
    """Say which kind of event was on when the complaints of each spot began.

    Of several the one that began nearest to them. The figure is the hours from its start to the
    first complaints, below 0 where they came before it. Says nothing where no event is known.
    """
    number = len(spots)
    kind = np.array([list(EventKind).index(event.kind) for event in events], dtype=np.int64)
    outcome, hours = _behind(spots, events, found, kind)
    known = np.full(number, bool(events))
    return said(known, np.where(outcome == UNKNOWN, _NONE, outcome), hours)


def notice(spots: SpotColumns, events: Sequence[NetworkEvent], found: Overlaps) -> Sign:
    """Say which cause the notice of an outage names that was on when the complaints began.

    Of several that name one the nearest, as in `works`, and the figure is the same. Works tell
    what is done, not what is broken: their words say nothing.
    """
    named = np.array(
        [
            cause_named(event.text) if event.kind is EventKind.OUTAGE else UNKNOWN
            for event in events
        ],
        dtype=np.int64,
    )
    outcome, hours = _behind(spots, events, found, named)
    return said(outcome != UNKNOWN, outcome, hours)


def _behind(
    spots: SpotColumns, events: Sequence[NetworkEvent], found: Overlaps, code: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give the code of the event behind each spot, and the hours from its start to the complaints.

    Of several with a code the one that began nearest to the complaints; `UNKNOWN` and NaN where
    there is none. `code` has shape (events,).
    """
    start, end = _spans(events)[found.event].T
    began = spots.began[found.spot]
    behind = np.flatnonzero((start <= spots.opened[found.spot]) & (start - EARLY_US <= began)
                            & (end > began) & (code[found.event] != UNKNOWN))  # fmt: skip
    after = (began - start)[behind]
    order = behind[np.lexsort((np.abs(after), found.spot[behind]))]
    first = order[np.flatnonzero(np.diff(found.spot[order], prepend=UNKNOWN))]
    outcome, hours = np.full(len(spots), UNKNOWN, dtype=np.int64), np.full(len(spots), np.nan)
    outcome[found.spot[first]] = code[found.event[first]]
    hours[found.spot[first]] = (began - start)[first] / HOUR_US
    return outcome, hours


def _spans(events: Sequence[NetworkEvent]) -> NDArray[np.int64]:
    """Give when events start and end, shape (events, 2); the end of time where nobody knows."""
    spans = [
        (event.starts_at.timestamp(), event.ends_at.timestamp() if event.ends_at else math.inf)
        for event in events
    ]
    whole = np.array(spans, dtype=np.float64).reshape(-1, 2) * 1e6
    return np.where(np.isinf(whole), LASTS, np.where(np.isinf(whole), 0, whole).astype(np.int64))
