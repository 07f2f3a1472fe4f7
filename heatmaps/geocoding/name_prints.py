"""Rows of names by what is written in them, within settlements or anywhere."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from heatmaps.geocoding.packed import fingerprint, view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MOST_FOUND = 1024
"""So many rows are given of a name that is looked for anywhere."""
_TEXTS_KEPT = 32_768


class NamePrints:
    """A packed table sorted by the fingerprint of a text, then by settlement."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        self._print = view(arrays, f"{name}.print")
        self._town = view(arrays, f"{name}.town")
        self._row = view(arrays, f"{name}.row")
        self._span = lru_cache(maxsize=_TEXTS_KEPT)(self._span_of)

    def rows(self, text: str, settlements: Sequence[int] | None) -> list[int]:
        """Give the rows of a text in those settlements, or anywhere for None."""
        low, high = self._span(text)
        rows: list[int] = []
        if settlements is None:
            rows = self._row[low : min(high, low + MOST_FOUND)].tolist()
        elif high - low < len(settlements):
            within = frozenset(settlements)
            rows = [self._row[at] for at in range(low, high) if self._town[at] in within]
        else:
            for town in settlements:
                start = bisect_left(self._town, town, low, high)
                while start < high and self._town[start] == town:
                    rows.append(self._row[start])
                    start += 1
        return rows

    def _span_of(self, text: str) -> tuple[int, int]:
        """Give where the rows of a text begin and end."""
        wanted = fingerprint(text)
        low = bisect_left(self._print, wanted)
        return low, bisect_right(self._print, wanted, low)
