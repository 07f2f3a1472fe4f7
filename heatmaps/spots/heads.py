"""Customers counted by place, plane and window: what a scan of one world starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.expectation import PLANES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.places import Places


@dataclass(frozen=True, slots=True)
class Moves:
    """Customers who come, `times` 1, or go, -1: columns of one length.

    `place` is a row of `Places`; `plane` is 0 for all topics or 1 + topic; `window` the position
    of the shortest window that holds the complaint; `fresh` says that it became known in the
    tick's hour.
    """

    place: NDArray[np.int32]
    plane: NDArray[np.intp]
    window: NDArray[np.intp]
    fresh: NDArray[np.bool_]
    times: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Customers by place and plane: columns of one length.

    `place` is a row of `places`; `within` counts by window, with all that a shorter one holds, of
    the shape (groups, windows); `fresh` says that some of them are.
    """

    places: Places
    place: NDArray[np.intp]
    plane: NDArray[np.intp]
    within: NDArray[np.float32]
    fresh: NDArray[np.bool_]


class Heads:
    """How many customers stand where.

    `at` are the rows of `places` that may hold anybody, ascending. `table` has the shape
    (len(at), `PLANES`, windows + 1): a window counts those that no shorter one holds, and the
    last column how many of all are fresh.
    """

    def __init__(self, places: Places, at: NDArray[np.intp], table: NDArray[np.float32]) -> None:
        self.places, self.at, self.table = places, at, table
        self._row = np.zeros(len(places.cell), dtype=np.int32)
        self._row[at] = np.arange(len(at))

    @property
    def windows(self) -> int:
        """How many windows there are."""
        return int(self.table.shape[-1]) - 1

    def groups(self) -> Groups:
        """Give all who stand somewhere, by place and plane."""
        flat = self.table.reshape(-1, self.table.shape[-1])
        held = np.flatnonzero(np.einsum("ij->i", flat[:, :-1]))  # faster than any sum by axis
        within = flat[held]
        for window in range(1, self.windows):
            within[:, window] += within[:, window - 1]
        row, plane = np.divmod(held, PLANES)
        return Groups(self.places, self.at[row], plane, within[:, :-1], within[:, -1] > 0)

    def rows(self, place: NDArray[np.int32]) -> NDArray[np.int32]:
        """Give the rows of the table of some places among `at`."""
        rows: NDArray[np.int32] = self._row[place]
        return rows

    def add(self, moves: Moves) -> None:
        """Let some come and go."""
        key = self.rows(moves.place).astype(np.intp) * PLANES + moves.plane
        add_at(self.table, key, moves)


def add_at(table: NDArray[np.float32], key: NDArray[np.intp], moves: Moves) -> None:
    """Count moves in a table of the shape (..., windows + 1); `key` is a row and plane of it."""
    flat, width = table.reshape(-1), table.shape[-1]
    times, fresh = moves.times.astype(np.float32), moves.fresh
    np.add.at(flat, key * width + moves.window, times)
    np.add.at(flat, key[fresh] * width + (width - 1), times[fresh])


def heads_of(
    places: Places,
    windows: int,
    who: tuple[NDArray[np.int32], NDArray[np.int8], NDArray[np.intp], NDArray[np.bool_]],
) -> Heads:
    """Give the heads of customers who each count among all and in their topic.

    `who` are their places, topics, windows and whether they are fresh.
    """
    place, topic, window, fresh = who
    at = np.flatnonzero(np.bincount(place, minlength=len(places.cell)))
    table = np.zeros((len(at), PLANES, windows + 1), dtype=np.float32)
    heads = Heads(places, at, table)
    key = (heads.rows(place).astype(np.intp) * PLANES + (1 + topic)) * (windows + 1)
    one = np.float32(1)
    np.add.at(table.reshape(-1), key + window, one)
    np.add.at(table.reshape(-1), key[fresh] + windows, one)
    table[:, 0] = np.einsum("ijk->ik", table[:, 1:])  # faster than the sum by axis
    return heads
