from __future__ import annotations

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from heatmaps.complaints.record import Technology, Topic
from heatmaps.region.grid import cell_of, to_text
from heatmaps.simulation import simulate
from heatmaps.simulation.holes import APART_M, LIVED_IN, coverage_holes

LATER = timedelta(days=90)


@pytest.mark.parametrize("seed", range(4))
def test_holes_are_small_lived_in_and_apart(region, seed):
    holes = coverage_holes(region, seed)
    houses = region.houses
    assert len({hole.hole_id for hole in holes}) == len(holes) > 3
    assert {technology for hole in holes for technology in hole.lack.missing} == set(Technology)
    for hole in holes:
        people = houses.subscribers[houses.within(hole.house, hole.radius_m)].sum()
        assert LIVED_IN[0] <= people <= LIVED_IN[1]
        assert cell_of(hole.lat, hole.lon, 9) in hole.cells
        assert 1 <= len(hole.cells) <= 12
        away = [
            np.hypot(
                houses.east[hole.house] - houses.east[other.house],
                houses.north[hole.house] - houses.north[other.house],
            )
            for other in holes
            if other is not hole
        ]
        assert min(away) >= APART_M


def test_a_hole_stays_where_it_is(region, simulation):
    later = simulate(region, simulation.until + LATER, seed=simulation.seed)
    assert later.holes == simulation.holes == coverage_holes(region, simulation.seed)


def test_a_hole_complains_little_but_week_after_week(region, simulation):
    weeks = {hole.hole_id: Counter() for hole in simulation.holes}
    for complaint, hole_id in zip(simulation.complaints, simulation.hole_ids, strict=True):
        if hole_id:
            weeks[hole_id][(complaint.created_at - simulation.since).days // 7] += 1
    for week in weeks.values():
        assert len(week) >= 6  # of eight
        assert max(week.values()) <= 12
        assert 8 <= week.total() <= 50


def test_a_holes_complaints_tell_what_is_missing_there(region, simulation):
    holes = {hole.hole_id: hole for hole in simulation.holes}
    named = Counter()
    rows = zip(simulation.complaints, simulation.houses, simulation.hole_ids, strict=True)
    for complaint, house, hole_id in rows:
        if hole_id is None:
            continue
        hole = holes[hole_id]
        assert int(region.houses.cell[house]) in hole.cells
        assert complaint.topic in hole.lack.topics
        assert complaint.topic in {
            Topic.NO_COVERAGE, Topic.NO_INTERNET, Topic.SLOW_INTERNET, Topic.NO_SERVICE
        }  # fmt: skip
        named[complaint.technology == hole.lack.named, complaint.place == hole.lack.place] += 1
    technology = named[True, True] + named[True, False]
    place = named[True, True] + named[False, True]
    assert min(technology, place) > 0.7 * named.total()


def test_the_truth_names_holes_apart_from_faults(written, simulation):
    import csv

    def rows_of(name):
        with (written / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    truth = Counter(row["hole_id"] for row in rows_of("truth.csv") if row["hole_id"])
    assert not [row for row in rows_of("truth.csv") if row["hole_id"] and row["fault_id"]]
    told = {row["hole_id"]: row for row in rows_of("holes.csv")}
    assert {hole_id: int(row["complaints_planted"]) for hole_id, row in told.items()} == truth
    for hole in simulation.holes:
        row = told[hole.hole_id]
        assert row["cells"].split() == [to_text(cell) for cell in hole.cells]
        assert row["technology_missing"].split() == list(hole.lack.missing)
