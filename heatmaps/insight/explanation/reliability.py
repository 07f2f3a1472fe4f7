"""How often suggestions were right: checked against the causes people gave to resolved spots.

Each resolved spot is suggested a cause from the spots resolved before it opened alone, as it would
have been then. The confidence of a new suggestion is the share right among past ones of its kind
(equally likely by the model; then, of the same cause too), each share drawn towards the one before
it by a Beta prior worth some spots.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.insight.explanation.cause import odds, probabilities
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.signs import CAUSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.desk.words import Cause
    from heatmaps.insight.explanation.cause import Marks
    from heatmaps.insight.explanation.columns import SpotColumns

BAND = 0.15
"""Suggestions are of one kind when their probabilities differ by no more than this."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Suggestions for resolved spots, by opening: equally long columns.

    `suggested` and `given` are codes of causes, `probability` is what the model thought of the
    suggestion, `confidence` what was to be said of it, from what was known before alone.
    """

    spot_id: NDArray[np.int64]
    named: NDArray[np.int64]
    suggested: NDArray[np.int64]
    given: NDArray[np.int64]
    probability: NDArray[np.float64]
    confidence: NDArray[np.float64]

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each suggestion was what people found."""
        return np.asarray(self.suggested == self.given)

    @property
    def later_half(self) -> Judged:
        """Those of the spots opened last, which more resolved spots had taught."""
        first = len(self) // 2
        return Judged(*(getattr(self, field.name)[first:] for field in fields(self)))

    def __len__(self) -> int:
        """Give the number of suggestions."""
        return len(self.suggested)


_NONE = np.zeros(0, dtype=np.int64)
NOTHING_JUDGED = Judged(_NONE, _NONE, _NONE, _NONE, np.zeros(0), np.zeros(0))


def judged(spots: SpotColumns, marked: Marks) -> Judged:
    """Suggest a cause for each resolved spot as it would have been when it opened."""
    rows = np.flatnonzero(spots.cause != UNKNOWN)
    rows = rows[np.lexsort((spots.spot_id[rows], spots.opened[rows]))]
    taught = (spots.cause != UNKNOWN) & (spots.named <= spots.opened[rows, None])
    chance = probabilities(odds(marked, spots.cause, taught, rows))
    suggested, probability = chance.argmax(axis=1), chance.max(axis=1)
    right, confidence = suggested == spots.cause[rows], np.zeros(len(rows))
    for place, known in enumerate(taught[:, rows]):
        past = (suggested[known], probability[known], right[known])
        one = int(suggested[place]), float(probability[place])
        confidence[place] = confidence_of(*one, past, marked.policy.worth_suggestions)[0]
    return Judged(spots.spot_id[rows], spots.named[rows], suggested, spots.cause[rows],
                  probability, confidence)  # fmt: skip


def confidence_of(
    suggested: int,
    probability: float,
    past: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]],
    worth: float,
) -> tuple[float, int, int]:
    """Give the confidence in a suggestion, and of how many past ones like it how many were right.

    The number right comes first, and how many there were last. `past` are the causes suggested,
    their probabilities, and which were right.
    """
    causes, chances, right = past
    alike = np.abs(chances - probability) <= BAND
    level = _drawn(right[alike], probability, worth)
    same = causes == suggested
    own = _drawn(right[same & alike], level, worth)
    return own, int(right[alike].sum()), int(alike.sum())


def _drawn(right: NDArray[np.bool_], prior: float, worth: float) -> float:
    """Give a share drawn towards a prior worth so many suggestions, the mean of a Beta."""
    return float((worth * prior + right.sum()) / (worth + len(right)))


@dataclass(frozen=True, slots=True)
class Line:
    """Suggestions of one cause: how many, how many right, and the mean confidence in them."""

    cause: Cause
    suggested: int
    right: int
    confidence: float
    given: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """How good suggestions were over some resolved spots.

    `brier` is the mean square of confidence less 1 for right, 0 for wrong (Brier 1950), and
    `brier_model` that of the model's own probabilities; `base` the accuracy of always suggesting
    the cause given most often. `table` counts suggested (rows) against given (columns) causes,
    shape (causes, causes); `bands` are the mean confidence, the share right and the number of
    suggestions by tenths of confidence.
    """

    spots: int
    right: int
    brier: float
    brier_model: float
    base: float
    lines: tuple[Line, ...]
    bands: tuple[tuple[float, float, int], ...]
    table: NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """The share right, NaN of none."""
        return self.right / self.spots if self.spots else float("nan")

    @property
    def calibration_error(self) -> float:
        """How far confidence is from the share right, the mean over suggestions; NaN of none.

        The expected calibration error by tenths (Naeini, Cooper and Hauskrecht 2015, AAAI).
        """
        away = [count * abs(said - right) for said, right, count in self.bands]
        return sum(away) / self.spots if self.spots else float("nan")


TENTHS = np.linspace(0.1, 0.9, 9)


def reliability(found: Judged) -> Reliability:
    """Sum suggestions up; NaN stands for the mean of none."""
    size, right = len(CAUSES), found.right
    table = np.zeros((size, size), dtype=np.int64)
    np.add.at(table, (found.suggested, found.given), 1)
    lines = tuple(
        Line(cause, int(table[code].sum()), int(table[code, code]),
             _mean(found.confidence[found.suggested == code]), int(table[:, code].sum()))
        for code, cause in enumerate(CAUSES)
        if table[code].any() or table[:, code].any()
    )  # fmt: skip
    band = np.digitize(found.confidence, TENTHS)
    bands = tuple(
        (_mean(found.confidence[band == one]), _mean(right[band == one]), int((band == one).sum()))
        for one in np.unique(band).tolist()
    )
    commonest = int(table.sum(axis=0).max(initial=0))
    return Reliability(
        spots=len(found),
        right=int(right.sum()),
        brier=_mean((found.confidence - right) ** 2),
        brier_model=_mean((found.probability - right) ** 2),
        base=commonest / len(found) if len(found) else float("nan"),
        lines=lines,
        bands=bands,
        table=table,
    )


def _mean(values: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")
