"""Which answers a person should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.geocoding.location import Source
from heatmaps.geocoding.result import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Text
    from heatmaps.geocoding.result import GeocodeResult

JUNK = "junk"


def doubtful(results: Sequence[GeocodeResult | None], source: Text) -> NDArray[np.bool_]:
    """Tell of each answer whether it waits for a decision.

    That is one below `ACCEPTED`, unless it names no place at all (junk), or coordinates placed the
    complaint. `source` is what placed each, of `location.Source`.
    """
    unsure = [r is not None and r.confidence < ACCEPTED and JUNK not in r.faults for r in results]
    by_address = np.array([of != Source.COORDINATES for of in source], dtype=np.bool_)
    return np.array(unsure, dtype=np.bool_) & by_address
