"""Predicted coverage: polygons of a planning tool by technology, and the H3 cells they hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import h3.api.basic_int as h3
import numpy as np
import shapely

from heatmaps.errors import FileError
from heatmaps.quarantine import Refused
from heatmaps.region.grid import GRID_RESOLUTION, cell_of, parents
from heatmaps.region.polygons import multipolygon, read_polygons
from heatmaps.region.technology import STANDARDS, Technology, technology_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


_COLUMNS = ("technology", "name")
_TILE_DEGREES = 2.0
"""Side of the squares that large shapes are filled in, so that memory stays bounded."""

_CHILDREN, _PENTAGON_CHILDREN = 7, 6


@dataclass(frozen=True, slots=True)
class CoverageColumns:
    """Areas where a technology is predicted to work, as equally long columns.

    `wkb` are valid MultiPolygons in WGS 84 degrees, x = longitude.
    """

    technology: Sequence[Technology]
    name: Sequence[str | None]
    wkb: Sequence[bytes]

    def __len__(self) -> int:
        """Give the number of areas."""
        return len(self.wkb)

    def without(self, technologies: Collection[str]) -> CoverageColumns:
        """Give the areas of all other technologies."""
        rows = [row for row, each in enumerate(self.technology) if each not in technologies]
        return CoverageColumns(
            technology=[self.technology[row] for row in rows],
            name=[self.name[row] for row in rows],
            wkb=[self.wkb[row] for row in rows],
        )


class Read(NamedTuple):
    """What became of a file: its `coverage`, `refused` rows, and `notes` to show.

    A refused row's `line` is the number of its feature, from 1, and its `raw` has no geometry.
    `incomplete` are the technologies that refused rows are of; one whose own is not known may be
    of any.
    """

    coverage: CoverageColumns
    refused: list[Refused]
    notes: list[str]
    incomplete: frozenset[Technology]


def read_coverage(
    path: Path,
    technology: Technology | None = None,
    region: tuple[float, float, float, float] | None = None,
    layer: str | None = None,
) -> Read:
    """Read polygons of any format GDAL knows, or GeoParquet; columns ``technology``, ``name``.

    A technology is 2g to 5g, or GSM, UMTS, LTE, NR, in any case; a row without one is of
    `technology` where that is given. `region` is the box of the loaded territories, south, west,
    north, east degrees; `layer` the one to read of several. Refused are rows without a polygon or a
    known technology. FileError where the file cannot be read, or its coordinates lie in the region
    only when they are exchanged.
    """
    required = () if technology else ("technology",)
    frame, notes = read_polygons(path, _COLUMNS, required, layer)
    _check_axes(path, frame.total_bounds.tolist(), region)
    attributes = frame.drop(columns=frame.geometry.name).astype(object)
    records = attributes.where(attributes.notna(), None).to_dict("records")
    areas: list[tuple[Technology, str | None, bytes]] = []
    refused: list[Refused] = []
    incomplete: set[Technology] = set()
    repaired = 0
    for number, (record, shape) in enumerate(zip(records, frame.geometry, strict=True), start=1):
        meant = _technology(record.get("technology"), technology)
        polygon = multipolygon(shape)
        if meant is None or polygon is None:
            reason = _NO_POLYGON if meant else _strange(record.get("technology"))
            refused.append(Refused(number, reason, _raw(record)))
            incomplete.update([meant] if meant else Technology)
            continue
        repaired += not shapely.is_valid(shape)
        areas.append((meant, _text(record.get("name")), shapely.to_wkb(polygon)))
    if repaired:
        notes.append(f"{repaired:,} areas had an invalid polygon; they were repaired.")
    coverage = CoverageColumns(
        technology=[each for each, _, _ in areas],
        name=[name for _, name, _ in areas],
        wkb=[wkb for _, _, wkb in areas],
    )
    return Read(coverage, refused, notes, frozenset(incomplete))


def cells_held(wkb: Sequence[bytes]) -> NDArray[np.int64]:
    """Give the cells of the grid that the union of some areas holds, packed and sorted.

    A cell is held where its centre is: so areas that touch share no cell and leave none between
    them, and their size in cells is right on average, where counting every cell that is touched
    would promise coverage a block beyond each border. A part too small to hold any centre is put
    to the cell of a point in it. `wkb` as in `CoverageColumns`.
    """
    if not len(wkb):
        return np.zeros(0, dtype=np.int64)
    whole = shapely.union_all(shapely.from_wkb(np.array(wkb, dtype=object)))
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    return pack(np.concatenate([_cells_of_part(part) for part in parts]))


def pack(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the fewest cells, sorted, that hold the same ground: whole families by their parent.

    `cells` are of the grid, and may stand twice.
    """
    packed: list[NDArray[np.int64]] = []
    current = np.unique(cells)
    for resolution in range(GRID_RESOLUTION, 0, -1):
        family, place, count = np.unique(
            parents(current, resolution - 1), return_inverse=True, return_counts=True
        )
        whole = count == _family_sizes(family, count)
        packed.append(current[~whole[place]])
        current = family[whole]
    return np.sort(np.concatenate([current, *packed]))


def _family_sizes(parent: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give how many children each has: seven, a pentagon six."""
    sizes = np.full(len(parent), _CHILDREN)
    six = np.flatnonzero(count == _PENTAGON_CHILDREN)
    pentagons = [row for row in six.tolist() if h3.is_pentagon(int(parent[row]))]
    sizes[pentagons] = _PENTAGON_CHILDREN
    return sizes


def _cells_of_part(part: shapely.Polygon) -> NDArray[np.int64]:
    found = [h3.geo_to_cells(piece, GRID_RESOLUTION) for piece in _pieces(part)]
    cells = np.array([cell for some in found for cell in some], dtype=np.int64)
    if len(cells):
        return cells
    inside = part.representative_point()
    return np.array([cell_of(inside.y, inside.x)], dtype=np.int64)


def _pieces(part: shapely.Polygon) -> Iterator[shapely.Polygon]:
    """Give a shape cut along a grid of degrees, whole where it is small."""
    west, south, east, north = part.bounds
    if max(east - west, north - south) <= _TILE_DEGREES:
        yield part
        return
    for x in np.arange(west, east, _TILE_DEGREES):
        for y in np.arange(south, north, _TILE_DEGREES):
            cut = shapely.intersection(
                part, shapely.box(x, y, x + _TILE_DEGREES, y + _TILE_DEGREES)
            )
            yield from (p for p in shapely.get_parts(cut) if p.geom_type == "Polygon")


def _check_axes(
    path: Path, bounds: list[float], region: tuple[float, float, float, float] | None
) -> None:
    """FileError where the file lies in the region only with its axes exchanged."""
    west, south, east, north = bounds
    if region is None or not all(np.isfinite(bounds)):
        return
    here = shapely.box(region[1], region[0], region[3], region[2])
    if here.intersects(shapely.box(west, south, east, north)):
        return
    if here.intersects(shapely.box(south, west, north, east)):
        message = (
            f"File {path} has latitude and longitude exchanged ({west:g}, {south:g} to {east:g}, "
            f"{north:g} is not in the region, the other way round it is); export it as x, y."
        )
        raise FileError(message)


_NO_POLYGON = "The row has no polygon; draw its area."


def _technology(value: object, otherwise: Technology | None) -> Technology | None:
    text = _text(value)
    return otherwise if text is None else technology_of(text)


def _strange(value: object) -> str:
    known = ", ".join([*Technology, *(name.upper() for name in STANDARDS)])
    if _text(value) is None:
        return f"The row has no technology; write one of {known}."
    return f"technology {_text(value)!r:.80} is not one of {known}; correct it."


def _raw(record: dict[Any, Any]) -> str:
    return json.dumps({str(name): _text(each) for name, each in record.items()}, ensure_ascii=False)


def _text(value: object) -> str | None:
    """Give an attribute as text; formats differ in how they hold nothing."""
    return None if value is None else str(value).strip() or None
