"""Complaints of a batch to their locations: by address, by coordinates, or by the surer of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.geocoding.location import DISAGREE, NO_CELL, locate_batch
from heatmaps.store.complaints import LocationColumns

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.complaints.record import ComplaintBatch
    from heatmaps.geocoding.result import Geocoder, GeocodeResult


def placed(batch: ComplaintBatch, geocoder: Callable[[], Geocoder]) -> LocationColumns:
    """Give where each complaint stands; only complaints with an address ask the geocoder."""
    results = _geocoded(batch, geocoder)
    found = locate_batch(results, batch.lat, batch.lon, batch.accuracy_m)
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
