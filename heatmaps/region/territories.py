"""Territories: the region and its parts as polygons, and which of them holds a point."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import h3.api.basic_int as h3
import numpy as np
import shapely

from heatmaps.errors import FileError
from heatmaps.quarantine import Refused
from heatmaps.region.polygons import multipolygon, read_polygons
from heatmaps.region.timezones import is_timezone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_COLUMNS = ("territory_id", "name", "parent_id", "level", "timezone")
_REQUIRED = ("territory_id", "name", "parent_id")


@dataclass(frozen=True, slots=True)
class Territory:
    """One territory. The top one, the region, has no parent; deeper ones have a higher `level`.

    `timezone` is an IANA name; `wkb` a valid MultiPolygon in WGS 84 degrees, x = longitude.
    """

    territory_id: str
    name: str
    parent_id: str | None
    level: int
    timezone: str
    wkb: bytes


class Read(NamedTuple):
    """What became of a file: `territories` from the top down, `refused` rows, `notes` to show.

    A refused row's `line` is the number of its feature, from 1, and its `raw` has no geometry.
    """

    territories: list[Territory]
    refused: list[Refused]
    notes: list[str]


def read_territories(path: Path, layer: str | None = None) -> Read:
    """Read polygons of any format GDAL knows, or GeoParquet; `layer` is the one of several.

    Columns: ``territory_id name parent_id`` and, where absent or empty taken from the parent,
    ``level`` (one deeper) and ``timezone``. Coordinates are brought to WGS 84, invalid polygons
    repaired; the notes say so. Refused are rows without id, name or polygon, with an id that came
    before, an unknown zone, a level not below its parent's, and those whose parents do not lead
    to the top. FileError where the file cannot be read or has not exactly one top.
    """
    frame, notes = read_polygons(path, _COLUMNS, _REQUIRED, layer)
    attributes = frame.drop(columns=frame.geometry.name).astype(object)
    records = attributes.where(attributes.notna(), None).to_dict("records")
    rows = [
        _row(number, record, polygon)
        for number, (record, polygon) in enumerate(
            zip(records, frame.geometry, strict=True), start=1
        )
    ]
    reasons = _own_faults(rows)
    territories = _from_the_top(path, rows, reasons)
    repaired = [row.territory_id for row in rows if row.repaired and row.number not in reasons]
    notes += [f"Territory {each!r} had an invalid polygon; it was repaired." for each in repaired]
    refused = [
        Refused(row.number, reasons[row.number], row.raw) for row in rows if row.number in reasons
    ]
    return Read(territories, refused, notes)


class TerritoryIndex:
    """Finds the territories of many points at once."""

    def __init__(self, territories: Sequence[Territory]) -> None:
        # The last polygon that holds a point wins: the deepest, and on a border the first by id.
        ranked = sorted(territories, key=lambda each: each.territory_id, reverse=True)
        self._ranked = sorted(ranked, key=lambda each: each.level)
        self._polygons = shapely.from_wkb([each.wkb for each in self._ranked])

    def territory_of(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> list[str | None]:
        """Give the id of the deepest territory that holds each point, its border included.

        WGS 84 degrees; None where no territory does or a coordinate is NaN.
        """
        known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
        best = np.full(len(lat), -1, dtype=np.int64)
        if len(known) and self._ranked:
            # The tree holds the points, since a query prepares the polygons it is asked with.
            points: Any = shapely.points(lon[known], lat[known])
            tree = shapely.STRtree(points)
            polygon, point = tree.query(self._polygons, predicate="intersects")
            np.maximum.at(best, known[point], polygon)
        return [self._ranked[rank].territory_id if rank >= 0 else None for rank in best.tolist()]

    def territory_of_cells(self, cell: NDArray[np.int64]) -> list[str | None]:
        """Give the id of the deepest territory that holds the centre of each H3 cell."""
        centres = [h3.cell_to_latlng(each) for each in cell.tolist()]
        lat, lon = np.array(centres, dtype=np.float64).reshape(-1, 2).T
        return self.territory_of(lat, lon)

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Give the box of all territories, south, west, north, east degrees; None without any."""
        if not self._ranked:
            return None
        west, south, east, north = shapely.total_bounds(self._polygons).tolist()
        return south, west, north, east


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    raw: str
    territory_id: str | None
    name: str | None
    parent_id: str | None
    level: str | None
    timezone: str | None
    polygon: shapely.MultiPolygon | None
    repaired: bool


def _row(number: int, attributes: dict[Any, Any], geometry: BaseGeometry | None) -> _Row:
    texts = {name: _text(attributes.get(name)) for name in _COLUMNS}
    raw = json.dumps({str(name): _text(value) for name, value in attributes.items()})
    repaired = geometry is not None and not shapely.is_valid(geometry)
    return _Row(number, raw, polygon=multipolygon(geometry), repaired=repaired, **texts)


def _text(value: object) -> str | None:
    """Give an attribute as text; formats differ in how they hold whole numbers and nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None else str(value).strip() or None


def _own_faults(rows: Sequence[_Row]) -> dict[int, str]:
    """Give the reasons, by row number, that a row alone or its repeated id gives."""
    reasons: dict[int, str] = {}
    seen: dict[str, int] = {}
    for row in rows:
        reason = _own_fault(row)
        if reason is None and row.territory_id in seen:
            first = seen[row.territory_id]
            reason = f"territory_id {row.territory_id!r} stands on row {first} too; keep one."
        if reason is not None:
            reasons[row.number] = reason
        elif row.territory_id is not None:
            seen[row.territory_id] = row.number
    return reasons


def _own_fault(row: _Row) -> str | None:
    if row.territory_id is None:
        return "The row has no territory_id; fill it in."
    if row.name is None:
        return "The row has no name; fill it in."
    if row.polygon is None:
        return f"Territory {row.territory_id!r} has no polygon; draw its area."
    if row.timezone is not None and not is_timezone(row.timezone):
        return f"timezone {row.timezone!r} is unknown; use an IANA name such as Europe/Moscow."
    if row.level is not None and not row.level.removeprefix("-").isdecimal():
        return f"level {row.level!r} is no whole number; correct it or leave it empty."
    return None


def _from_the_top(path: Path, rows: Sequence[_Row], reasons: dict[int, str]) -> list[Territory]:
    """Give the territories that lead to the top, parents first; add the others' reasons."""
    good = [row for row in rows if row.number not in reasons]
    children: dict[str, list[_Row]] = {}
    for row in good:
        children.setdefault(row.parent_id or "", []).append(row)
    top = _top(path, [row for row in good if row.parent_id is None], reasons)
    placed: list[Territory] = []
    waiting = deque([_territory(top, None, top.timezone or "")])
    while waiting:
        parent = waiting.popleft()
        placed.append(parent)
        for row in children.get(parent.territory_id, []):
            if row.level is not None and int(row.level) <= parent.level:
                reasons[row.number] = (
                    f"level {row.level} is not below the {parent.level} of its parent "
                    f"{parent.territory_id!r}; correct one of them."
                )
            else:
                waiting.append(_territory(row, parent, row.timezone or parent.timezone))
    reached = {each.territory_id for each in placed}
    for row in good:
        if row.number not in reasons and row.territory_id not in reached:
            reasons[row.number] = _unreached(row, {each.territory_id for each in good})
    return placed


def _top(path: Path, tops: Sequence[_Row], reasons: dict[int, str]) -> _Row:
    if len(tops) == 1 and tops[0].timezone is not None:
        return tops[0]
    if len(tops) > 1:
        named = ", ".join(repr(row.territory_id) for row in tops[:5])
        problem = f"has {len(tops)} territories without parent_id ({named})"
        cure = "give all but the region a parent"
    elif tops:
        problem = f"names no timezone for the region {tops[0].territory_id!r}"
        cure = "fill it in, such as Europe/Moscow"
    else:
        problem = "has no usable territory without parent_id"
        cure = (
            f"add the region ({next(iter(reasons.values()), 'all parents run in a circle.')[:-1]})"
        )
    message = f"File {path} {problem}; {cure}."
    raise FileError(message)


def _territory(row: _Row, parent: Territory | None, timezone: str) -> Territory:
    if row.territory_id is None or row.name is None or row.polygon is None:
        message = f"row {row.number} was not checked"
        raise ValueError(message)
    level = int(row.level) if row.level is not None else parent.level + 1 if parent else 0
    wkb = shapely.to_wkb(row.polygon)
    return Territory(row.territory_id, row.name, row.parent_id, level, timezone, wkb)


def _unreached(row: _Row, known: set[str | None]) -> str:
    if row.parent_id in known:
        return (
            f"Territory {row.territory_id!r} does not lead to the region by way of its parent "
            f"{row.parent_id!r}: a circle, or a parent refused; correct the parents."
        )
    return f"parent_id {row.parent_id!r} is no usable territory of the file; correct or add it."
