"""Where answers stand, kept for as long as a file is taken in: the same come again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.store.complaints import LocationColumns, together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heatmaps.geocoding.result import GeocodeResult

    Answers = Sequence[GeocodeResult | None]

MOST_KEPT = 200_000
"""Places kept at most, some 500 bytes each."""


class PlacesOfAnswers:
    """The places of answers to addresses beside which no coordinates are given.

    `located` makes the columns of such answers; it is asked once for each answer, which is known
    by being the same object. None stands for no address.
    """

    def __init__(
        self, located: Callable[[Answers], LocationColumns], most: int = MOST_KEPT
    ) -> None:
        self._located = located
        self._most = most
        self._row: dict[int, int] = {}
        self._answers: list[GeocodeResult | None] = []  # held, so that no other gets their number
        self._places: LocationColumns | None = None

    def of(self, answers: Answers) -> LocationColumns:
        """Give where each answer stands."""
        new = {id(answer): answer for answer in answers if id(answer) not in self._row}
        if len(self._row) + len(new) > self._most:
            self._row, self._answers, self._places = {}, [], None
            new = {id(answer): answer for answer in answers}
        places = self._with(list(new.values()))
        for number in new:
            self._row[number] = len(self._row)
        rows = (self._row[id(answer)] for answer in answers)
        return places.take(np.fromiter(rows, dtype=np.intp, count=len(answers)))

    def _with(self, new: Answers) -> LocationColumns:
        if self._places is None or new:
            added = self._located(new)
            self._places = together(self._places, added) if self._places else added
            self._answers += new
        return self._places
