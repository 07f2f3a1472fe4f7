from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely

from heatmaps.region.territories import Territory
from heatmaps.spots.record import ComplaintColumns, DetectedSpot, Exposure, Signal
from heatmaps.store.detection import WeightColumns
from pipelines.weigh_spots import Scales

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MIDDLE = h3.latlng_to_cell(59.94, 30.25, 9)
RING = sorted(h3.grid_ring(MIDDLE, 1))
NOTHING = np.array([], dtype=np.int64)


def spot(*cells: int) -> DetectedSpot:
    return DetectedSpot(
        spot_id=1, opened_at=NOW, topic="all", resolution=9, cells=cells, cells_opened=cells,
        window_h=6, observed=5, expected=0.5, score=9.0, recurrence_days=90.0,
        signal=Signal.ACTIVE, observed_last=5, expected_last=0.5, score_last=9.0, observed_peak=5,
        last_tick=NOW, quiet_since=None, complaint_ids=(),
    )  # fmt: skip


def territory(name: str, parent: str | None, cells: list[int]) -> Territory:
    shapes = [shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(cell)]) for cell in cells]
    outline = shapely.to_wkb(shapely.multipolygons(shapely.get_parts(shapely.union_all(shapes))))
    return Territory(name, name, parent, 2 if parent else 1, "UTC", outline)


@pytest.fixture
def scales() -> Scales:
    """A region of six cells about one in the water: four in the west, two in the east."""
    whole = territory("region", None, RING)
    parts = [territory("west", "region", RING[:4]), territory("east", "region", RING[4:])]
    columns = ComplaintColumns(*[NOTHING] * 7)
    weights = WeightColumns(*[NOTHING] * 4)
    return Scales(columns, weights, Exposure(NOTHING, NOTHING * 1.0), [whole, *parts])


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ((MIDDLE, *RING), ["west", "region"]),
        ((MIDDLE, RING[5]), ["east", "region"]),
        ((RING[0], RING[5]), ["east", "region"]),
        ((MIDDLE,), []),
    ],
    ids=["most", "water does not vote", "a tie", "water alone"],
)
def test_a_zone_belongs_where_most_of_it_lies(scales, cells, found):
    assert scales.territories(spot(*cells)) == found
    assert scales.territories(replace(spot(*cells[::-1]))) == found
