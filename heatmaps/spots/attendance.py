"""Who counts at a tick: of each customer the latest complaint, and the latest in each topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.spots.crowd import gathered
from heatmaps.spots.expectation import PLANES
from heatmaps.spots.heads import Heads, Moves, heads_of
from heatmaps.spots.rhythm import HOUR_US
from heatmaps.spots.roll import roll_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.spots.crowd import Crowd
    from heatmaps.spots.record import ComplaintColumns
    from heatmaps.spots.roll import Roll


class Attendance:
    """Complaints at a tick, microseconds UTC: the window that each falls into.

    `window` is the position of the shortest window that holds the complaint, `windows` where none
    does. `roll` is that of the columns, where it is known.
    """

    def __init__(
        self,
        columns: ComplaintColumns,
        tick: int,
        windows_h: NDArray[np.intp],
        *,
        roll: Roll | None = None,
    ) -> None:
        self.roll = roll or roll_of(columns)
        self.topic = columns.topic
        self.windows = len(windows_h)
        ends = np.searchsorted(columns.time, tick - windows_h[::-1] * HOUR_US, side="right")
        lengths = np.diff(np.concatenate([[0], ends, [len(columns.time)]]))
        self.window = np.repeat(np.arange(self.windows, -1, -1), lengths)

    def heads(self, counted: NDArray[np.bool_], fresh: NDArray[np.bool_]) -> Heads:
        """Give the heads with every complaint for itself: never fewer at any place."""
        row = np.flatnonzero(counted & (self.window < self.windows))
        who = (self.roll.place[row], self.topic[row], self.window[row], fresh[row])
        return heads_of(self.roll.places, self.windows, who)

    def moves(
        self,
        of_all: NDArray[np.intp],
        of_topic: NDArray[np.intp],
        fresh: NDArray[np.bool_],
        times: int,
    ) -> Moves:
        """Give complaints that come or go among all, and others that do in their topic."""
        row = np.concatenate([of_all, of_topic])
        plane = np.concatenate([np.zeros(len(of_all), dtype=np.intp), 1 + self.topic[of_topic]])
        number = np.full(len(row), times, dtype=np.int64)
        return Moves(self.roll.place[row], plane, self.window[row], fresh[row], number)

    def crowd(
        self, of_all: NDArray[np.intp], of_topic: NDArray[np.intp], fresh: NDArray[np.bool_]
    ) -> Crowd:
        """Give the crowd of complaints that count among all, and of those in their topic."""
        moves = self.moves(of_all, of_topic, fresh, 1)
        return gathered(self.roll.places, moves.place, moves.plane, moves.window, moves.fresh)


class Standing:
    """The complaints that count: of each customer the latest, and the latest in each topic.

    `counted` says which complaints may count at all. `everybody` has each of these for itself, as
    they were at first, `heads` those that count now; `by_window` counts them by plane and window,
    a window with all that a shorter holds.
    """

    def __init__(
        self, attendance: Attendance, counted: NDArray[np.bool_], fresh: NDArray[np.bool_]
    ) -> None:
        self._attendance, self._fresh, roll = attendance, fresh, attendance.roll
        counted = counted & (attendance.window < attendance.windows)
        self._counted = np.append(counted, [False])  # the last for whom there is none
        self._of_all, self._of_topic = (
            (roll.earlier, _latest(counted, roll.later)),
            (roll.earlier_alike, _latest(counted, roll.later_alike)),
        )
        self.heads = attendance.heads(counted, fresh)
        self.everybody = self.heads.groups()
        earlier, earlier_alike = (
            np.flatnonzero(counted & ~chain[1]) for chain in (self._of_all, self._of_topic)
        )
        self.heads.add(attendance.moves(earlier, earlier_alike, fresh, -1))
        by_window = np.einsum("ijk->jk", self.heads.table)[:, :-1]
        self.by_window = np.cumsum(by_window.astype(np.float64), axis=1)

    def crowd(self) -> Crowd:
        """Give everybody who counts now as the crowd of a scan."""
        of_all, of_topic = (np.flatnonzero(chain[1]) for chain in (self._of_all, self._of_topic))
        return self._attendance.crowd(of_all, of_topic, self._fresh)

    def counts(self, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Say which of some complaints may count."""
        counted: NDArray[np.bool_] = self._counted[rows]
        return counted

    def take_out(self, rows: NDArray[np.intp]) -> Moves:
        """Count some complaints no longer; gives who went, and whose earlier ones came instead."""
        self._counted[rows] = False
        moved = [self._stepped_back(rows, *chain) for chain in (self._of_all, self._of_topic)]
        (gone, come), (gone_alike, come_alike) = moved
        went = self._attendance.moves(gone, gone_alike, self._fresh, -1)
        came = self._attendance.moves(come, come_alike, self._fresh, 1)
        moves = Moves(*(np.concatenate([getattr(went, name), getattr(came, name)])
                        for name in Moves.__dataclass_fields__))  # fmt: skip
        change = np.zeros((PLANES, self._attendance.windows))
        np.add.at(change, (moves.plane, moves.window), moves.times)
        self.heads.add(moves)
        self.by_window = self.by_window + np.cumsum(change, axis=1)
        return moves

    def _stepped_back(
        self, rows: NDArray[np.intp], earlier: NDArray[np.intp], stands: NDArray[np.bool_]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        gone = rows[stands[rows]]
        stands[gone] = False
        before = earlier[gone]
        while (skipped := (before >= 0) & ~self._counted[before]).any():
            before[skipped] = earlier[before[skipped]]
        come = before[before >= 0]
        stands[come] = True
        return gone, come


def _latest(counted: NDArray[np.bool_], later: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Say which counted complaints no counted one follows."""
    rows = np.flatnonzero(counted & (later < len(later)))
    latest = counted.copy()
    latest[rows] = ~_followed(rows, later, np.append(counted, [False]))
    return latest


def _followed(
    rows: NDArray[np.intp], later: NDArray[np.intp], counted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Say which complaints a counted one follows; behind the last row nobody counts."""
    following = later[rows]
    skipped = np.flatnonzero((following < len(later)) & ~counted[following])
    while len(skipped):  # a complaint that does not count hides none before it
        following[skipped] = later[following[skipped]]
        open_end = following[skipped] < len(later)
        skipped = skipped[open_end & ~counted[following[skipped]]]
    return np.asarray(counted[following])
