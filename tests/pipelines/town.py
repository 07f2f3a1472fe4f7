"""A small town for the pipelines' tests: even exposure, seeded complaints, one planted fault."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
from batches import at_given_points, batch

from heatmaps.spots.record import Exposure
from heatmaps.store import complaints, region
from heatmaps.store.policies import seed_policy
from pipelines.find_spots import Clockwork

START = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = 24
FAULT_AT = START + timedelta(days=21, hours=9)
FAULT_H = 20
END = START + timedelta(days=DAYS)
CENTRE = h3.latlng_to_cell(59.94, 30.25, 9)
CELLS = sorted(h3.grid_disk(CENTRE, 9))
FAULT_CELLS = sorted(h3.grid_disk(CENTRE, 1))
_KEPT = TemporaryDirectory(prefix="heatmaps-town-")  # calibrations: they take longer than the rest
NOW = datetime(2026, 11, 20, tzinfo=UTC)
CLOCK = Clockwork(NOW, ZoneInfo("Europe/Moscow"), Path(_KEPT.name))


def rows(seed: int = 3, *, fault: bool = True) -> list[dict]:
    """Give complaints of the town in order of time."""
    rng = np.random.default_rng(seed)
    quiet = [
        complaint(f"q{n}", START + timedelta(hours=float(h)), int(rng.choice(CELLS)), rng)
        for n, h in enumerate(np.sort(rng.uniform(0, DAYS * 24, 260)))
    ]
    planted = [
        complaint(f"f{n}", FAULT_AT + timedelta(hours=float(h)), int(rng.choice(FAULT_CELLS)), rng,
                  topic="no_internet")
        for n, h in enumerate(np.sort(rng.uniform(0, FAULT_H, 18)))
    ]  # fmt: skip
    told = quiet + (planted if fault else [])
    return sorted(told, key=lambda row: (row["created_at"], row["external_id"]))


def complaint(
    external_id: str, at: datetime, cell: int, rng=None, topic: str | None = None
) -> dict:
    rng = rng or np.random.default_rng(0)
    lat, lon = h3.cell_to_latlng(cell)
    topics = ["no_service", "no_internet", "slow_internet", "voice_quality", "other"]
    return {
        "external_id": external_id, "customer_id": f"c{external_id}", "lat": lat, "lon": lon,
        "created_at": at.replace(microsecond=0), "topic": topic or str(rng.choice(topics)),
        "segment": "mass", "ltv": float(rng.uniform(100, 9000)), "technology": "4g",
    }  # fmt: skip


def settle(store) -> None:
    """Give the store a policy and the town's exposure."""
    people = Exposure(np.array(CELLS, dtype=np.int64), np.full(len(CELLS), 900.0))
    with store.writing() as connection:
        seed_policy(connection, CLOCK.now)
        region.save_exposure(connection, people)


def tell(store, told: list[dict]) -> None:
    """Take complaints in as an import does."""
    all_rows = batch(*told)
    with store.writing() as connection:
        compared = complaints.compare(connection, all_rows)
        located = at_given_points(all_rows.take(compared.to_write))
        complaints.write(connection, all_rows, compared, located, CLOCK.now)
