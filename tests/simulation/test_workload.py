"""The workload: as large as asked, the same each time, and readable by the commands."""

import csv
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from heatmaps.simulation.workload import (
    Plan,
    clean,
    dirty,
    draw_houses,
    write_complaints,
    write_gazetteer,
    write_subscribers,
)

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)


def read(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_houses_are_as_many_as_asked_and_none_twice():
    houses = draw_houses(3_000, seed=1)
    addresses = set(zip(houses.city, houses.street, houses.number, strict=True))
    points = set(zip(houses.lat.tolist(), houses.lon.tolist(), strict=True))
    assert len(houses) == len(addresses) == len(points) == 3_000
    assert len(set(houses.city)) == 16


def test_the_files_say_the_same_of_the_houses(tmp_path):
    houses = draw_houses(500, seed=1)
    write_gazetteer(tmp_path / "g.csv", houses)
    write_subscribers(tmp_path / "s.csv", houses)
    assert [row["house"] for row in read(tmp_path / "g.csv")] == houses.number
    assert sum(int(row["subscribers"]) for row in read(tmp_path / "s.csv")) == 500 * 60


@pytest.mark.parametrize("spelling", [clean, dirty])
def test_complaints_come_in_order_within_the_span_and_again_alike(tmp_path, spelling):
    houses, since = draw_houses(500, seed=1), UNTIL - timedelta(days=2)
    plan = Plan("x", 4_000, since, UNTIL, spelling, seed=3)
    for name in ("one.csv", "other.csv"):
        write_complaints(tmp_path / name, houses, plan)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()
    rows = read(tmp_path / "one.csv")
    times = [datetime.fromisoformat(row["created_at"]) for row in rows]
    assert times == sorted(times)
    assert since <= times[0] <= times[-1] < UNTIL
    assert len({row["external_id"] for row in rows}) == len(rows) == 4_000
    known = {f"{s}, {n}" for s, n in zip(houses.street, houses.number, strict=True)}
    as_known = np.mean([row["address"] in known for row in rows])
    assert as_known == 1 if spelling is clean else as_known < 0.05
