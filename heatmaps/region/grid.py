"""H3 arithmetic on columns of signed 64-bit cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID_RESOLUTION = 9
"""The finest cell a complaint falls into: about 200 m an edge, a city block."""

_RESOLUTION_BITS = 52
_DIGITS = 15


def resolution_of(cell: NDArray[np.int64]) -> NDArray[np.int8]:
    """Give the H3 resolution of each cell, the same shape."""
    return ((cell >> _RESOLUTION_BITS) & 15).astype(np.int8)


def parents(cell: NDArray[np.int64], resolution: int) -> NDArray[np.int64]:
    """Give each cell's ancestor at a resolution not finer than its own, the same shape.

    Clears the resolution bits, sets the new one, and sets every digit below it to 7, the mark of
    an unused digit (H3 index layout, https://h3geo.org/docs/core-library/h3Indexing).
    """
    unused = np.int64((1 << 3 * (_DIGITS - resolution)) - 1)
    kept = cell & np.int64(~(15 << _RESOLUTION_BITS))
    return kept | np.int64(resolution << _RESOLUTION_BITS) | unused


def parent(cell: int, resolution: int) -> int:
    """Give one cell's ancestor; the scalar form of `parents`."""
    return int(parents(np.array([cell], dtype=np.int64), resolution)[0])


def child_range(cell: int, resolution: int) -> tuple[int, int]:
    """Give the first and last integer of a cell's descendants at a finer resolution, inclusive.

    Descendants at one resolution are one contiguous range of integers, so a spatial query is a
    BETWEEN on an index.
    """
    own = (cell >> _RESOLUTION_BITS) & 15
    kept = (cell & ~(15 << _RESOLUTION_BITS)) | (resolution << _RESOLUTION_BITS)
    low, high = kept, kept
    for digit in range(own + 1, resolution + 1):
        shift = 3 * (_DIGITS - digit)
        low &= ~(7 << shift)
        high = (high & ~(7 << shift)) | (6 << shift)
    return low, high


def cell_of(lat: float, lon: float, resolution: int = GRID_RESOLUTION) -> int:
    """Give the cell that holds a point; WGS 84 degrees, latitude first."""
    return int(h3.latlng_to_cell(lat, lon, resolution))


def cells_of(
    lat: NDArray[np.float64], lon: NDArray[np.float64], resolution: int = GRID_RESOLUTION
) -> NDArray[np.int64]:
    """Give the cell that holds each point, the same shape; WGS 84 degrees, latitude first."""
    points = zip(lat.tolist(), lon.tolist(), strict=True)
    cells = (h3.latlng_to_cell(*point, resolution) for point in points)
    return np.fromiter(cells, dtype=np.int64, count=len(lat))


def to_text(cell: int) -> str:
    """Give the 15-character hexadecimal form that files and screens use."""
    return format(cell, "x")


def from_text(text: str) -> int:
    """Read the hexadecimal form; ValueError where it is no valid H3 cell."""
    cell = int(text, 16)
    if not h3.is_valid_cell(cell):
        message = f"{text!r} is not a valid H3 cell"
        raise ValueError(message)
    return cell
