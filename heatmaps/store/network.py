"""The network in the store: sectors, predicted coverage, and what is planned or broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h3.api.basic_int as h3
import numpy as np
import shapely
from sqlalchemy import delete, or_, select, update

from heatmaps.complaints.record import content_hashes
from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.region.coverage import cells_held
from heatmaps.region.grid import (
    GRID_RESOLUTION,
    cell_of,
    cells_of,
    child_range,
    parent,
    parents,
    resolution_of,
)
from heatmaps.region.sites import NearSector, SectorColumns
from heatmaps.store import bulk
from heatmaps.store.engine import lock
from heatmaps.store.region import Saved
from heatmaps.store.tables import CoverageArea, CoverageCell, Sector
from heatmaps.store.types import to_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Table

    from heatmaps.region.coverage import CoverageColumns

SECTOR: Table = Sector.__table__  # type: ignore[assignment]  # a mapped table is a Table
COVERAGE_AREA: Table = CoverageArea.__table__  # type: ignore[assignment]
COVERAGE_CELL: Table = CoverageCell.__table__  # type: ignore[assignment]

MANY_CELLS = 50_000
"""From here on the whole coverage is read at once instead of being asked for by cell."""

_REACH_OF_EDGE = 0.7
"""A ring of neighbours reaches at least one edge length beyond the cell in its middle; H3 edges
are up to a third shorter than the average of their resolution."""


def coverage_of(connection: Connection, cells: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Give whether each cell is predicted to be covered, by technology, each of the same shape.

    A technology whose coverage was never loaded is absent: unknown is not the same as none. A cell
    coarser than the grid counts as its centre does.
    """
    technologies = _technologies(connection)
    if not technologies or not len(cells):
        return {technology: np.zeros(len(cells), dtype=np.bool_) for technology in technologies}
    fine = _centres(cells)
    unique, place = np.unique(fine, return_inverse=True)
    packed, of_technology = _packed(connection, unique)
    found: dict[str, NDArray[np.bool_]] = {}
    for technology in technologies:
        held = _held(unique, packed[of_technology == technology])
        found[technology] = held[place]
    return found


def load_sectors(connection: Connection) -> SectorColumns:
    """Give all sectors, sorted by id."""
    names = SectorColumns.__slots__
    query = select(*(SECTOR.c[name] for name in names)).order_by(SECTOR.c.sector_id)
    columns: dict[str, Any] = dict(zip(names, bulk.read_columns(connection, query), strict=True))
    for name, column in columns.items():
        floats = name in {"azimuth", "lat", "lon"}
        columns[name] = column.astype(np.float64) if floats else column.tolist()
    return SectorColumns(**columns)


def save_sectors(connection: Connection, sectors: SectorColumns, at: datetime) -> Saved:
    """Write sectors, no id twice, over those with the same id; `at` is the time of their load."""
    lock(connection, "network")
    columns = _sector_columns(sectors)
    known = _known_sectors(connection, columns["sector_id"])
    rows = list(zip(*(columns[name] for name in _TOLD), strict=True))
    before = [known.get(row[0]) for row in rows]
    fresh = [place for place, row in enumerate(before) if row is None]
    changed = [place for place, row in enumerate(before) if row not in (None, rows[place])]
    gone = [rows[place][0] for place in changed]
    for part in bulk.in_parts(gone):
        connection.execute(delete(Sector).where(SECTOR.c.sector_id.in_(part)))
    chosen = [*fresh, *changed]
    lat, lon = sectors.lat[chosen], sectors.lon[chosen]
    written: dict[str, Any] = {
        name: [column[place] for place in chosen] for name, column in columns.items()
    }
    written["cell"] = cells_of(lat, lon)
    written["point"] = shapely.to_wkb(shapely.points(lon, lat))
    written["loaded_at"] = np.full(len(chosen), to_microseconds(at))
    bulk.insert_columns(connection, SECTOR, written)
    same = [row[0] for place, row in enumerate(rows) if before[place] == row]
    for part in bulk.in_parts(same):
        named = update(Sector).where(SECTOR.c.sector_id.in_(part))
        connection.execute(named.values(loaded_at=at))
    return Saved(len(fresh), len(changed), len(rows) - len(chosen))


def sectors_since(connection: Connection, since: datetime) -> set[str]:
    """Give the ids of the sectors that a load at `since` or later named."""
    return set(connection.scalars(select(Sector.sector_id).where(Sector.loaded_at >= since)))


def site_ids(connection: Connection) -> frozenset[str]:
    """Give the ids of all sites."""
    return frozenset(connection.scalars(select(SECTOR.c.site_id).distinct()))


def save_coverage(
    connection: Connection, areas: CoverageColumns, *, add: bool
) -> tuple[Saved, int]:
    """Write areas; those of the same technologies that are not among them go, unless `add`.

    Gives what became of the areas, and how many went. The cells of a technology that changed are
    made anew from all of its areas.
    """
    lock(connection, "network")
    hashes = _area_hashes(areas)
    known = _known_areas(connection, set(areas.technology))
    gone = [] if add else [known[each] for each in known.keys() - set(hashes)]
    first = {each: place for place, each in reversed(list(enumerate(hashes)))}
    fresh = sorted(place for each, place in first.items() if each not in known)
    for part in bulk.in_parts([row.id for row in gone]):
        connection.execute(delete(CoverageArea).where(CoverageArea.id.in_(part)))
    columns: dict[str, Any] = {
        "id": bulk.next_id(connection, COVERAGE_AREA) + np.arange(len(fresh)),
        "technology": [str(areas.technology[place]) for place in fresh],
        "name": [areas.name[place] for place in fresh],
        "content_hash": [hashes[place] for place in fresh],
        "shape": [areas.wkb[place] for place in fresh],
    }
    bulk.insert_columns(connection, COVERAGE_AREA, columns)
    for technology in sorted({*columns["technology"], *(row.technology for row in gone)}):
        _remake_cells(connection, technology)
    return Saved(len(fresh), 0, len(areas) - len(fresh)), len(gone)


def shrinking(connection: Connection, areas: CoverageColumns) -> set[str]:
    """Give the technologies of which `save_coverage` would remove stored areas."""
    known = _known_areas(connection, set(areas.technology))
    return {known[each].technology for each in known.keys() - set(_area_hashes(areas))}


def nearest_sectors(
    connection: Connection, lat: float, lon: float, within_m: float
) -> list[NearSector]:
    """Give the sectors at most `within_m` metres from a point, the nearest first, then by id."""
    s = SECTOR.c
    held = or_(*(s.cell.between(*span) for span in _around(lat, lon, within_m)))
    query = select(s.sector_id, s.site_id, s.name, s.technology, s.band, s.azimuth, s.status,
                   s.lat, s.lon).where(held)  # fmt: skip
    rows = connection.execute(query).all()
    away = distance_m(
        np.array([row.lat for row in rows]), np.array([row.lon for row in rows]), lat, lon
    ).tolist()
    near = [
        NearSector(*row, metres)
        for row, metres in zip(rows, away, strict=True)
        if metres <= within_m
    ]
    return sorted(near, key=lambda each: (each.distance_m, each.sector_id))


_TOLD = tuple(SectorColumns.__slots__)


def _sector_columns(sectors: SectorColumns) -> dict[str, Any]:
    """Give what a file tells of sectors as lists, an absent azimuth as None."""
    columns = {name: getattr(sectors, name) for name in _TOLD}
    azimuth = [None if np.isnan(each) else each for each in sectors.azimuth.tolist()]
    lat, lon = sectors.lat.tolist(), sectors.lon.tolist()
    return {**columns, "azimuth": azimuth, "lat": lat, "lon": lon}


def _known_sectors(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    query = select(*(SECTOR.c[name] for name in _TOLD))
    return {
        row[0]: tuple(row)
        for part in bulk.in_parts(ids)
        for row in connection.execute(query.where(SECTOR.c.sector_id.in_(part)))
    }


def _area_hashes(areas: CoverageColumns) -> list[int]:
    hashes = content_hashes(
        [list(map(str, areas.technology)), list(areas.name), [wkb.hex() for wkb in areas.wkb]]
    )
    return [int(each) for each in hashes.tolist()]


def _known_areas(connection: Connection, technologies: Iterable[str]) -> dict[int, Any]:
    a = COVERAGE_AREA.c
    query = select(a.id, a.technology, a.content_hash).where(a.technology.in_(list(technologies)))
    return {row.content_hash: row for row in connection.execute(query)}


def _remake_cells(connection: Connection, technology: str) -> None:
    """Make the cells of a technology anew from its areas."""
    shapes = select(CoverageArea.shape).where(CoverageArea.technology == technology)
    cells = cells_held(list(connection.scalars(shapes)))
    connection.execute(delete(CoverageCell).where(CoverageCell.technology == technology))
    packed: dict[str, Any] = {"cell": cells, "technology": [technology] * len(cells)}
    bulk.insert_columns(connection, COVERAGE_CELL, packed)


def _technologies(connection: Connection) -> list[str]:
    query = select(CoverageArea.technology).distinct().order_by(CoverageArea.technology)
    return list(connection.scalars(query))


def _packed(
    connection: Connection, cells: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Give the covered cells that may hold any of these, and the technology of each."""
    c = COVERAGE_CELL.c
    query = select(c.cell, c.technology)
    if len(cells) >= MANY_CELLS:
        parts = [bulk.read_columns(connection, query)]
    else:
        levels = [parents(cells, level) for level in range(GRID_RESOLUTION + 1)]
        keys = np.unique(np.concatenate(levels)).tolist()
        parts = [
            bulk.read_columns(connection, query.where(c.cell.in_(part)))
            for part in bulk.in_parts(keys)
        ]
    cell, technology = (np.concatenate(column) for column in zip(*parts, strict=True))
    return cell.astype(np.int64), technology


def _held(cells: NDArray[np.int64], packed: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which cells of the grid are packed themselves or in an ancestor."""
    level = resolution_of(packed)
    held = np.zeros(len(cells), dtype=np.bool_)
    for resolution in np.unique(level).tolist():
        held |= np.isin(parents(cells, resolution), packed[level == resolution])
    return held


def _centres(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the cell of the grid in the middle of each cell, itself where it is one."""
    coarse = np.flatnonzero(resolution_of(cells) < GRID_RESOLUTION)
    if not len(coarse):
        return cells
    fine = cells.copy()
    middles = (h3.cell_to_center_child(cell, GRID_RESOLUTION) for cell in cells[coarse].tolist())
    fine[coarse] = np.fromiter(middles, dtype=np.int64, count=len(coarse))
    return fine


def _around(lat: float, lon: float, within_m: float) -> list[tuple[int, int]]:
    """Give ranges of cells of the grid that hold all that is at most `within_m` from a point."""
    finest_first = range(GRID_RESOLUTION, 0, -1)
    resolution = next(
        (
            level
            for level in finest_first
            if _REACH_OF_EDGE * h3.average_hexagon_edge_length(level, unit="m") >= within_m
        ),
        0,
    )
    disk = h3.grid_disk(parent(cell_of(lat, lon), resolution), 1)
    if resolution == GRID_RESOLUTION:
        return [(cell, cell) for cell in disk]
    return [child_range(cell, GRID_RESOLUTION) for cell in disk]
