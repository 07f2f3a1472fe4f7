"""The vocabulary of evidence: which signs there are, and what each can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import Place, Technology, Topic
from heatmaps.desk.words import Cause
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.region.events import EventKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIXED = "mixed"
"""Nothing stands out."""

CAUSES = tuple(cause for cause in Cause if cause is not Cause.UNKNOWN)
"""What can be suggested; that nobody knows a cause is no cause."""

OUTCOMES: dict[str, tuple[str, ...]] = {
    "topics": (*map(str, Topic), MIXED),
    "technology": (*map(str, Technology), "several", MIXED),
    "whereabouts": (*map(str, Place), MIXED),
    "onset": ("sudden", "even", "growing"),
    "hours": ("evenings", "any_hour"),
    "works": (*map(str, EventKind), "none"),
    "notice": tuple(map(str, CAUSES)),
    "coverage": ("outside", "edge", "inside"),
    "sites": ("one_sector", "one_site", "several"),
    "extent": ("small", "middling", "wide"),
    "region": ("everywhere", "here_only"),
    "place_before": ("chronic", "ordinary"),
    "earlier": tuple(map(str, CAUSES)),
}
"""What each sign can say of a spot; a sign that cannot be read says nothing."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What one sign says of some spots.

    `outcome` are positions in its `OUTCOMES`, `UNKNOWN` where it says nothing; `figure` is the
    number behind it, NaN where there is none (see the function that reads the sign).
    """

    outcome: NDArray[np.int8]
    figure: NDArray[np.float64]


def said(
    readable: NDArray[np.bool_], outcome: NDArray[np.generic], figure: NDArray[np.float64]
) -> Sign:
    """Give what a sign says where it can be read, and nothing elsewhere."""
    told = np.where(readable, outcome, UNKNOWN).astype(np.int8)
    return Sign(told, np.where(readable, figure, np.nan))
