"""Complaints of a batch to their locations: by address, by coordinates, or by the surer of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.location import DISAGREE, NO_CELL, locate_batch
from heatmaps.store.complaints import LocationColumns, unplaced, write_places
from heatmaps.store.engine import lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from heatmaps.complaints.record import ComplaintBatch
    from heatmaps.geocoding.location import Locations
    from heatmaps.geocoding.result import Geocoder, GeocodeResult


def placed(batch: ComplaintBatch, geocoder: Callable[[], Geocoder]) -> LocationColumns:
    """Give where each complaint stands; only complaints with an address ask the geocoder."""
    results = _geocoded(batch, geocoder)
    return _columns(results, locate_batch(results, batch.lat, batch.lon, batch.accuracy_m))


def _columns(results: Sequence[GeocodeResult | None], found: Locations) -> LocationColumns:
    in_cell = (found.cell != NO_CELL).tolist()
    faults = [
        " ".join([*(result.faults if result else ()), *([DISAGREE] if apart else [])]) or None
        for result, apart in zip(results, found.disagree.tolist(), strict=True)
    ]
    return LocationColumns(
        location_level=[str(level) for level in found.level],
        location_source=[str(source) for source in found.source],
        lat=found.lat,
        lon=found.lon,
        uncertainty_m=found.uncertainty_m,
        location_faults=faults,
        cell=_where(in_cell, found.cell.tolist()),
        resolution=_where(in_cell, found.resolution.tolist()),
    )


def place_again(connection: Connection, geocoder: Callable[[], Geocoder]) -> int:
    """Look once more for complaints whose address was not found; gives how many got a cell."""
    lock(connection, "intake")
    lost = unplaced(connection)
    if not len(lost.id):
        return 0
    results = geocoder().geocode_batch(lost.address, lost.city)
    nowhere = np.full(len(lost.id), np.nan)
    located = _columns(results, locate_batch(results, nowhere, nowhere, nowhere))
    found = np.flatnonzero([cell is not None for cell in located.cell])
    if len(found):
        write_places(connection, lost, located, found)
    return len(found)


def _geocoded(
    batch: ComplaintBatch, geocoder: Callable[[], Geocoder]
) -> list[GeocodeResult | None]:
    results: list[GeocodeResult | None] = [None] * len(batch)
    rows = [row for row, address in enumerate(batch.address) if address]
    if not rows:
        return results
    found = geocoder().geocode_batch(
        [batch.address[row] or "" for row in rows], [batch.city[row] for row in rows]
    )
    for row, result in zip(rows, found, strict=True):
        results[row] = result
    return results


def _where(known: list[bool], values: list[int]) -> list[int | None]:
    return [value if yes else None for yes, value in zip(known, values, strict=True)]
