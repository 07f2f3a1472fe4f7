"""Spots to files, one row a spot; the format follows the suffix."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

from heatmaps.errors import FileError, UsageError
from heatmaps.region.grid import to_text
from heatmaps.store.region import outline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from heatmaps.desk.case import SpotCase

    Writer = Callable[[Sequence[SpotCase], Path], None]

COLUMNS = (
    "spot_id", "opened_at", "closed_at", "status", "signal", "cells", "observed", "expected",
    "score", "recurrence_days", "topic", "technology", "territory", "priority",
    "customers_complained", "customers_silent", "cells_last", "observed_peak", "priority_last",
    "acknowledged_at", "resolved_at", "cause", "eta", "queue", "policy_version", "lat", "lon",
)  # fmt: skip
"""As at opening, then as they are now; the order others rely on."""


def spot_row(case: SpotCase) -> dict[str, Any]:
    """Give one spot as the exported columns; absent values are None."""
    seen, work = case.detected, case.work
    values = (
        seen.spot_id, _iso(seen.opened_at), _iso(work.closed_at), str(work.status),
        str(seen.signal), _cells(seen.cells_opened), seen.observed, round(seen.expected, 4),
        round(seen.score, 3), round(seen.recurrence_days, 2), seen.topic, case.technology,
        case.territory_id, round(case.at_opening.priority, 2),
        case.at_opening.customers_complained, case.at_opening.customers_silent,
        _cells(seen.cells), seen.observed_peak, round(case.now.priority, 2),
        _iso(work.acknowledged_at), _iso(work.resolved_at), work.cause and str(work.cause),
        _iso(work.eta), work.queue, case.policy_version, round(case.lat, 6), round(case.lon, 6),
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def write_spots(cases: Sequence[SpotCase], path: Path) -> int:
    """Write the spots and give their number.

    CSV holds `COLUMNS`; GeoJSON, GeoPackage and GeoParquet hold them with the zone now as a
    multipolygon in WGS 84. UsageError for another suffix, FileError where the file cannot be made.
    """
    writer = writer_for(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(cases, path)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}; choose another place."
        raise FileError(message) from error
    return len(cases)


def writer_for(path: Path) -> Writer:
    """Give what writes a file of this suffix; UsageError where nothing does."""
    writer = WRITERS.get(path.suffix.casefold())
    if writer is None:
        message = f"{path.name} has no known format; end it with {', '.join(WRITERS)}."
        raise UsageError(message)
    return writer


def _write_csv(cases: Sequence[SpotCase], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(spot_row(case) for case in cases)


def _write_layer(driver: str) -> Writer:
    return lambda cases, path: _frame(cases).to_file(path, driver=driver, layer=path.stem)


def _write_parquet(cases: Sequence[SpotCase], path: Path) -> None:
    _frame(cases).to_parquet(path)


def _frame(cases: Sequence[SpotCase]) -> gpd.GeoDataFrame:
    zones = [
        shapely.multipolygons(
            shapely.get_parts(shapely.union_all([outline(cell) for cell in case.detected.cells]))
        )
        for case in cases
    ]
    rows = [spot_row(case) for case in cases]
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    return gpd.GeoDataFrame(columns, geometry=zones, crs="EPSG:4326")


WRITERS: dict[str, Writer] = {
    ".csv": _write_csv,
    ".geojson": _write_layer("GeoJSON"),
    ".gpkg": _write_layer("GPKG"),
    ".parquet": _write_parquet,
}
"""One writer a suffix; XLSX joins with the other exports."""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _cells(cells: Sequence[int]) -> str:
    return " ".join(to_text(cell) for cell in sorted(cells))
