"""Who could complain: subscribers per H3 cell, read from a file and spread over the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import h3.api.basic_int as h3
import numpy as np

from heatmaps.quarantine import Refused
from heatmaps.region.grid import GRID_RESOLUTION, from_text, parents, resolution_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

COARSEST_RESOLUTION = 4
"""A cell of resolution 3 is as large as a small country (12,000 km2), spread over 117,649 cells of
the grid: it would say of no place how many live there."""

_DIGIT_BITS = 3
_DIGITS = 15
_UNUSED = 7
_RESOLUTION_BITS = 52
_FAN_OUT = 7
_NO_CELL = 0


class Rows(Protocol):
    """A batch of rows of a Subscribers file, as intake gives it."""

    @property
    def line(self) -> NDArray[np.int64]:
        """Physical lines, from 1."""
        ...

    @property
    def refused(self) -> list[Refused]:
        """Rows that do not fit the header."""
        ...

    def column(self, ours: str) -> list[str | None]:
        """Give a column of stripped texts, None where empty."""
        ...

    def raw(self, position: int) -> str:
        """Give a row as the file had it, a JSON object."""
        ...


@dataclass(frozen=True, slots=True)
class Subscribers:
    """Subscribers per H3 cell, in file order; no cell twice, none inside another.

    `cell` holds resolutions `COARSEST_RESOLUTION` to `GRID_RESOLUTION`; `subscribers` are finite
    and not negative.
    """

    cell: NDArray[np.int64]
    subscribers: NDArray[np.float64]


class Read(NamedTuple):
    """What became of a file: `subscribers`, and the `refused` rows by line."""

    subscribers: Subscribers
    refused: list[Refused]


def read_subscribers(batches: Iterable[Rows]) -> Read:
    """Read a Subscribers file, columns ``cell`` and ``subscribers``, given in batches of rows.

    Refused are invalid cells, cells finer than the grid or too coarse to mean a place, numbers
    below zero or none, a cell that came before, and a cell inside another of the file: counting it
    would count its people twice.
    """
    file = _File(list(batches))
    cell = np.array([_cell(text) for text in file.cell], dtype=np.int64)
    people = np.array([_number(text) for text in file.subscribers], dtype=np.float64)
    level = resolution_of(cell)
    file.refuse(cell == _NO_CELL, "is no H3 cell; write its 15 hexadecimal digits", "cell")
    file.refuse(
        level > GRID_RESOLUTION, f"is finer than resolution {GRID_RESOLUTION}; sum up", "cell"
    )
    file.refuse(
        (cell != _NO_CELL) & (level < COARSEST_RESOLUTION),
        f"is coarser than resolution {COARSEST_RESOLUTION}; deliver smaller cells",
        "cell",
    )
    good = np.isfinite(people) & (people >= 0)
    file.refuse(~good, "is no number of people; write zero or more", "subscribers")
    file.refuse(_repeated(cell, file.good()), "came before in the file; keep one of them", "cell")
    nested = _nested(cell, level, file.good())
    file.refuse(nested, "lies inside another cell of the file; keep one of them", "cell")
    kept = file.good()
    return Read(Subscribers(cell[kept], people[kept]), file.refused())


def spread(
    cell: NDArray[np.int64], subscribers: NDArray[np.float64], house_cell: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Spread subscribers over the grid; give its cells, sorted, and the subscribers of each.

    A cell coarser than the grid is shared among its children in proportion to their houses, and
    evenly where no house is known; the sum stays what it was. `house_cell` is the grid cell of each
    house, one entry a house. No cell may stand twice or inside another, see `read_subscribers`.

    ValueError where a cell is finer than the grid.
    """
    own = resolution_of(cell)
    if (own > GRID_RESOLUTION).any():
        message = f"cells finer than resolution {GRID_RESOLUTION} cannot be spread"
        raise ValueError(message)
    house, houses = np.unique(house_cell, return_counts=True)
    levels = [np.flatnonzero(own == resolution) for resolution in range(GRID_RESOLUTION + 1)]
    parts = [
        _spread_level(cell[rows], subscribers[rows], resolution, house, houses)
        for resolution, rows in enumerate(levels)
        if len(rows)
    ]
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float64)
    spread_cell = np.concatenate([part for part, _ in parts])
    share = np.concatenate([share for _, share in parts])
    order = np.argsort(spread_cell)
    return spread_cell[order], share[order]


def _spread_level(
    cell: NDArray[np.int64],
    subscribers: NDArray[np.float64],
    resolution: int,
    house: NDArray[np.int64],
    houses: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Spread cells of one resolution; grid cells and their subscribers, in no order."""
    if resolution == GRID_RESOLUTION:
        return cell, subscribers
    order = np.argsort(cell)
    cell, subscribers = cell[order], subscribers[order]
    above = parents(house, resolution)
    owner = np.minimum(np.searchsorted(cell, above), len(cell) - 1)
    inside = cell[owner] == above
    owner, house, houses = owner[inside], house[inside], houses[inside]
    total = np.bincount(owner, weights=houses, minlength=len(cell))
    by_house = subscribers[owner] * (houses / total[owner])
    bare = total == 0
    child, evenly = _spread_evenly(cell[bare], subscribers[bare], resolution)
    return np.concatenate([house, child]), np.concatenate([by_house, evenly])


def _spread_evenly(
    cell: NDArray[np.int64], subscribers: NDArray[np.float64], resolution: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give all grid children of the cells, each with its even share.

    A child's index is its parent's with one digit 0 to 6 more a level; below a pentagon, children
    whose first digit other than 0 is 1 do not exist (https://h3geo.org/docs/core-library/h3Indexing).
    """
    shifts = _DIGIT_BITS * (_DIGITS - np.arange(resolution + 1, GRID_RESOLUTION + 1))
    digits = np.indices((_FAN_OUT,) * len(shifts)).reshape(len(shifts), -1)
    steps = (digits << shifts[:, None]).sum(axis=0)
    leading = digits[(digits != 0).argmax(axis=0), np.arange(digits.shape[1])]
    pentagon = np.isin(cell, list(h3.get_pentagons(resolution)))
    exists = ~(pentagon[:, None] & (leading == 1)[None, :])
    finer = (GRID_RESOLUTION - resolution) << _RESOLUTION_BITS
    first = cell + np.int64(finer - int((_UNUSED << shifts).sum()))
    children = first[:, None] + steps[None, :]
    share = np.broadcast_to((subscribers / exists.sum(axis=1))[:, None], exists.shape)
    return children[exists], share[exists]


class _File:
    """The rows of all batches, and the first reason against each."""

    def __init__(self, batches: Sequence[Rows]) -> None:
        self._batches = batches
        self.cell = [text for batch in batches for text in batch.column("cell")]
        self.subscribers = [text for batch in batches for text in batch.column("subscribers")]
        self._ends = np.cumsum([len(batch.line) for batch in batches])
        self._reasons: dict[int, str] = {}

    def refuse(self, wrong: NDArray[np.bool_], what: str, name: str) -> None:
        """Refuse the rows of a mask for what is wrong with their column `name`."""
        texts = self.cell if name == "cell" else self.subscribers
        for row in np.flatnonzero(wrong).tolist():
            self._reasons.setdefault(row, f"{name} {texts[row]!r:.80} {what}.")

    def good(self) -> NDArray[np.bool_]:
        """Give the mask of the rows with nothing against them."""
        mask = np.ones(len(self.cell), dtype=np.bool_)
        mask[list(self._reasons)] = False
        return mask

    def refused(self) -> list[Refused]:
        """Give every refused row by line, those that did not fit the header too."""
        refused = [each for batch in self._batches for each in batch.refused]
        for row, reason in self._reasons.items():
            which = int(np.searchsorted(self._ends, row, side="right"))
            batch = self._batches[which]
            position = row - (int(self._ends[which - 1]) if which else 0)
            refused.append(Refused(int(batch.line[position]), reason, batch.raw(position)))
        return sorted(refused, key=lambda each: each.line)


def _cell(text: str | None) -> int:
    try:
        cell = from_text(text or "")
    except (ValueError, OverflowError):
        return _NO_CELL
    return cell


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def _repeated(cell: NDArray[np.int64], good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give the mask of good rows whose cell stands on a good row before."""
    rows = np.flatnonzero(good)
    first = np.unique(cell[rows], return_index=True)[1]
    mask = good.copy()
    mask[rows[first]] = False
    return mask


def _nested(
    cell: NDArray[np.int64], level: NDArray[np.int8], good: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Give the mask of good rows whose cell lies inside the cell of another good row."""
    mask = np.zeros(len(cell), dtype=np.bool_)
    for resolution in np.unique(level[good]).tolist():
        coarse = cell[good & (level == resolution)]
        rows = np.flatnonzero(good & (level > resolution))
        mask[rows] |= np.isin(parents(cell[rows], resolution), coarse)
    return mask
