"""`heatmaps bench pipeline`: every step of the journey is measured, and its counts add up."""

from __future__ import annotations

import json
from importlib.util import find_spec


def test_each_step_is_measured_and_the_counts_add_up(embedded):
    told = embedded(
        "bench", "pipeline", "--complaints", 300, "--houses", 300, "--days", 1,
        "--spelling", "dirty", "--json",
    ).done()  # fmt: skip
    parts = json.loads(told.out)["measured"]
    lines = told.err.splitlines()[1:]
    assert all(part["step"] in line for part, line in zip(parts, lines, strict=True))
    steps = {part["step"]: part for part in parts if part["way"] == "SQLite"}
    assert steps["ingest"]["facts"]["new"] == 300
    assert steps["ingest again"]["facts"] == {"new": 0, "unchanged": 300, "quarantined": 0}
    assert steps["ingest 1,000 more"]["facts"]["new"] == 1000
    assert steps["detect"]["facts"]["ticks"] == 24
    assert steps["detect an hour more"]["facts"]["ticks"] == 1
    assert all(part["wall_s"] > 0 and part["peak_mb"] > 10 for part in parts)
    naive = [part for part in parts if part["way"] == "naive"]
    assert len(naive) == (find_spec("sklearn") is not None)
    assert all(part["facts"]["located"] < 60 for part in naive)
