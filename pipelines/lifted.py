"""What spots lift off the baseline, by what people did with them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from heatmaps.desk.words import Status
from heatmaps.spots.explained import UNJUDGED_DAYS, usual_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heatmaps.desk.case import SpotCase
    from heatmaps.desk.lifecycle import Work
    from heatmaps.spots.explained import Explained
    from heatmaps.store.detection import PastSpot


def lifted_days(work: Work | PastSpot) -> float:
    """Give for how many days after it opened a spot lifts its complaints off the baseline.

    All of them where people took it up, none where they rejected it.
    """
    if work.status is Status.REJECTED:
        return 0.0
    return math.inf if work.acknowledged_at else UNJUDGED_DAYS


def note_spots(
    explained: Explained, past: Iterable[PastSpot], cases: Iterable[SpotCase]
) -> Explained:
    """Note what closed spots and these cases explain; gives the same `explained`."""
    for spot in past:
        part = usual_part(spot.observed, spot.expected)
        explained.note(spot.complaint_id, part, spot.opened_at, lifted_days(spot))
    for case in cases:
        explained.take_in(case.detected, lifted_days(case.work))
    return explained
