"""Rows of an Events file become events; rows that cannot be true are refused, with why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from heatmaps.complaints.faults import Faults
from heatmaps.complaints.fields import check_texts, numbers, words
from heatmaps.complaints.identity import refuse_repeated
from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.complaints.times import read_times
from heatmaps.complaints.validation import EARLIEST, check_position
from heatmaps.region.events import EventKind, NetworkEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.complaints.identity import Seen
    from heatmaps.complaints.rows import RowBatch
    from heatmaps.complaints.validation import Intake
    from heatmaps.quarantine import Refused

MAX_RADIUS_M = 200_000.0
"""A larger circle is a slip of the unit; what reaches that far is a territory."""

MAX_AHEAD = timedelta(days=5 * 366)
"""Nobody plans works further ahead; a later time is a wrong year."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Places:
    """What an event may refer to: the ids of loaded territories and sites."""

    territories: frozenset[str]
    sites: frozenset[str]


class ValidatedEvents(NamedTuple):
    """What became of a batch: `events` in file order, the `line` of each, `refused` by line."""

    events: list[NetworkEvent]
    line: list[int]
    refused: list[Refused]


def validate_events(rows: RowBatch, intake: Intake, known: Places, seen: Seen) -> ValidatedEvents:
    """Turn a batch of rows into events, refusing every row with an impossible value.

    An event is in exactly one kind of place: nothing tells which of two is meant. Only an outage
    may lack an end. `seen` are the event ids of earlier batches, and is added to.
    """
    faults = Faults(rows)
    for name in ("event_id", "kind", "starts_at"):
        faults.refuse_absent(name)
    check_texts(rows, faults)
    kind = words(rows, "kind", EventKind, None, faults)
    starts, ends = _times(rows, intake, kind, faults)
    lat, lon, radius = (
        numbers(rows, name, faults, comma=name != "radius_m") for name in ("lat", "lon", "radius_m")
    )
    check_position(lat, lon, intake.bounds, faults)
    _check_place(rows, lat, radius, faults)
    _check_known(rows, "territory_id", known.territories, "territories", faults)
    _check_known(rows, "site_id", known.sites, "sites", faults)
    refuse_repeated(rows, "event_id", faults, seen)
    kept = faults.kept()
    good = list(range(len(rows))) if kept is None else kept
    event_id, territory, site, text = (
        rows.column(name) for name in ("event_id", "territory_id", "site_id", "text")
    )
    events = [
        NetworkEvent(
            event_id=event_id[row] or "",
            kind=EventKind(kind[row] or ""),
            starts_at=_moment(starts[row]),
            ends_at=None if ends[row] == ABSENT_TIME else _moment(ends[row]),
            lat=_given(lat[row]),
            lon=_given(lon[row]),
            radius_m=_given(radius[row]),
            territory_id=territory[row],
            site_id=site[row],
            text=text[row],
        )
        for row in good
    ]
    return ValidatedEvents(events, rows.line[good].tolist(), faults.refused(event_id))


def _times(
    rows: RowBatch, intake: Intake, kind: Sequence[str | None], faults: Faults
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give starts and ends, microseconds UTC; refuse what is no time or no span of time."""
    profile = intake.profile
    zone = ZoneInfo(profile.timezone) if profile.timezone else intake.zone
    first = (EARLIEST - _EPOCH) // _MICROSECOND
    last = (intake.now + MAX_AHEAD - _EPOCH) // _MICROSECOND
    read = {}
    for name in ("starts_at", "ends_at"):
        times = read_times(rows.column(name), zone, profile.time_formats)
        given = times.utc != ABSENT_TIME
        faults.refuse(
            times.unreadable,
            "is not a time; write it like 2026-01-31T09:30:00+03:00, or name its form in the "
            "profile's time_formats",
            name,
        )
        faults.refuse(
            given & ((times.utc < first) | (times.utc > last)),
            f"lies before {EARLIEST:%Y} or after {intake.now + MAX_AHEAD:%Y}; correct the year",
            name,
        )
        read[name] = times.utc
    starts, ends = read["starts_at"], read["ends_at"]
    backwards = (ends != ABSENT_TIME) & (ends <= starts)
    faults.refuse(backwards, "leave no time between; correct one of them", "starts_at", "ends_at")
    endless = (ends == ABSENT_TIME) & np.array([word != EventKind.OUTAGE for word in kind])
    faults.refuse(endless, "has no ends_at; only an outage may last without a known end", "kind")
    return starts, ends


def _check_place(
    rows: RowBatch, lat: NDArray[np.float64], radius: NDArray[np.float64], faults: Faults
) -> None:
    names = ("territory_id", "site_id")
    territory, site = (
        np.array([text is not None for text in rows.column(name)], dtype=np.bool_) for name in names
    )
    circle = ~np.isnan(lat)
    count = circle.astype(np.int8) + territory + site
    choice = "give one: lat, lon and radius_m, or territory_id, or site_id"
    given = {"lat": circle, "territory_id": territory, "site_id": site}
    for one, other in combinations(given, 2):
        faults.refuse(given[one] & given[other], f"are two places; {choice}", one, other)
    faults.refuse(count == 0, f"has no place; {choice}", "event_id")
    unbounded = circle & np.isnan(radius)
    faults.refuse(unbounded, "have no radius_m; say how far the event reaches", "lat", "lon")
    faults.refuse(
        (radius <= 0) | (radius > MAX_RADIUS_M),
        f"is no reach in metres; write more than 0, at most {MAX_RADIUS_M:,.0f}",
        "radius_m",
    )
    faults.refuse(~circle & ~np.isnan(radius), "belongs to no lat and lon; empty it", "radius_m")


def _check_known(
    rows: RowBatch, name: str, known: frozenset[str], what: str, faults: Faults
) -> None:
    strange = [text is not None and text not in known for text in rows.column(name)]
    faults.refuse(
        strange, f"is none of the {what} loaded; load it with `heatmaps {what} load`, then "
        "`heatmaps quarantine replay`", name
    )  # fmt: skip


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=int(microseconds))


def _given(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
