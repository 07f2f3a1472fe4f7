"""Rows of names by what is written in them, within settlements or anywhere."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from heatmaps.geocoding.packed import fingerprint, view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MOST_FOUND = 1024
"""So many rows are given of a name that is looked for anywhere."""


class NamePrints:
    """A packed table sorted by the fingerprint of a text, then by settlement."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        self._print = view(arrays, f"{name}.print")
        self._town = view(arrays, f"{name}.town")
        self._row = view(arrays, f"{name}.row")

    def rows(self, text: str, settlements: Sequence[int] | None) -> list[int]:
        """Give the rows of a text in those settlements, or anywhere for None."""
        wanted = fingerprint(text)
        low = bisect_left(self._print, wanted)
        if low == len(self._print) or self._print[low] != wanted:
            return []
        high = bisect_right(self._print, wanted, low)
        if settlements is None:
            return list(self._row[low : min(high, low + MOST_FOUND)])
        rows: list[int] = []
        for town in settlements:
            start = bisect_left(self._town, town, low, high)
            while start < high and self._town[start] == town:
                rows.append(self._row[start])
                start += 1
        return rows
