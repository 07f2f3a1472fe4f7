"""`heatmaps bench pipeline`: every step of the journey is measured, and its counts add up."""

from __future__ import annotations

import json
from importlib.util import find_spec


def test_each_step_is_measured_and_the_counts_add_up(embedded):
    told = embedded(
        "bench", "pipeline", "--scale", 1000, "--houses", 300, "--days", 1,
        "--spelling", "dirty", "--json",
    ).done()  # fmt: skip
    given = json.loads(told.out)
    parts = given["measured"]
    lines = told.err.splitlines()[3:]
    assert all(part["step"] in line for part, line in zip(parts, lines, strict=True))
    steps = {part["step"]: part for part in parts if part["way"] == "SQLite"}
    taken = {"complaints": 1000, "updated": 0, "quarantined": 0}
    located = steps["ingest"]["facts"].pop("located")
    assert 900 < located <= 1000
    assert steps["ingest"]["facts"] == {**taken, "new": 1000, "unchanged": 0}
    again = {**taken, "new": 0, "unchanged": 1000, "located": 0}
    assert steps["ingest again"]["facts"] == again
    assert steps["ingest 1,000 more"]["facts"]["new"] == 1000
    assert steps["detect"]["facts"]["ticks"] == 24
    assert steps["detect an hour more"]["facts"]["ticks"] == 1
    assert all(part["wall_s"] > 0 and part["peak_mb"] > 10 for part in parts)
    whole = next(wait for wait in given["waits"] if wait["way"] == "SQLite")
    assert whole["wall_s"] == steps["ingest"]["wall_s"] + steps["detect"]["wall_s"]
    assert whole["located"] == located / 1000
    naive = [part for part in parts if part["way"] == "naive"]
    assert len(naive) == (find_spec("sklearn") is not None)
    assert all(part["facts"]["located"] < 200 for part in naive)
