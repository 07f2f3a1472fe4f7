"""A fault that goes on beyond the place it was first seen at stays one spot."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.spots.detector import Detector

from .region import CENTRE, make_columns, replay

pytestmark = pytest.mark.usefixtures("coarse_calibration")

ZONE = ZoneInfo("Europe/Moscow")
START = datetime(2024, 3, 4, tzinfo=UTC)
FIRST_H, LATER_H = 400, 412


@pytest.fixture(scope="module")
def detector_of(town, small):
    """Give a fresh detector of the town; nothing of a run may stay in it."""
    return lambda: Detector(town, small, ZONE)


def spreading(town, later_topic):
    """Usual complaints; six around one place, and half a day later twelve further around it."""
    rng = np.random.default_rng(5)
    usual = 240
    near, around = (np.array(h3.grid_disk(CENTRE, ring), dtype=np.int64) for ring in (1, 2))
    groups = (
        (rng.choice(town.cell, usual), rng.uniform(0, 480, usual), rng.integers(0, 7, usual)),
        (rng.choice(near, 6), FIRST_H + rng.uniform(0, 3, 6), np.full(6, 2)),
        (rng.choice(around, 12), LATER_H + rng.uniform(0, 4, 12), np.full(12, later_topic)),
    )
    cell, hours, topic = (np.concatenate(column) for column in zip(*groups, strict=True))
    return make_columns(cell, hours, topic=topic)


@pytest.mark.parametrize(("later_topic", "spots"), [(2, 1), (4, 2)])
def test_what_spreads_is_one_spot_and_another_trouble_there_is_not(
    detector_of, town, later_topic, spots
):
    columns = spreading(town, later_topic)
    run = replay(detector_of(), columns, START + timedelta(hours=398), START + timedelta(hours=428))
    assert len(run.opened) == spots
    latest = run.last[spots]
    later = columns.complaint_id[columns.time > (START.timestamp() + LATER_H * 3600) * 1_000_000]
    assert len(set(latest.complaint_ids) & set(later.tolist())) >= 9
    assert len(latest.cells) > len(run.opened[1].cells)
