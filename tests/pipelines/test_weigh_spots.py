from __future__ import annotations

import shutil
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
import town
from hypothesis import given, settings
from hypothesis import strategies as st

from heatmaps.complaints.record import Segment, Topic
from heatmaps.policy import packaged_policy
from heatmaps.region.objects import ObjectKind, VulnerableObject
from heatmaps.region.territories import Territory
from heatmaps.spots.record import ComplaintColumns, DetectedSpot, Exposure, Signal
from heatmaps.store import detection
from heatmaps.store.detection import WeightColumns
from heatmaps.store.engine import open_store
from heatmaps.store.spots import load_cases
from heatmaps.store.types import to_microseconds
from pipelines import find_spots
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


TOLD = st.tuples(
    st.integers(-5, 400),
    st.integers(-3, 5),
    st.integers(-1, len(Segment) - 1),
    st.integers(0, len(Topic) - 1),
    st.booleans(),
)


def weighed(told: list[tuple[int, int, int, int, bool]], people: int, quiet_h: int | None):
    """Give the facts of a spot of two days with these complaints, as hours, customer, …"""
    hours, customer, segment, topic, critical = map(list, zip(*told, strict=True))
    order = np.argsort([-each for each in hours], kind="stable")
    ids = np.arange(len(told))
    time = to_microseconds(NOW) - np.array(hours, dtype=np.int64) * 3_600_000_000
    columns = {each.name: np.zeros(len(told), np.int64) for each in fields(ComplaintColumns)}
    columns |= {"complaint_id": ids, "time": time[order], "customer": np.array(customer)[order]}
    columns |= {"topic": np.array(topic, dtype=np.int8)[order]}
    weights = WeightColumns(
        np.array(segment, dtype=np.int8)[order],
        np.full(len(told), np.nan),
        np.array(critical)[order],
        np.array([None] * len(told), dtype=object),
    )
    exposure = Exposure(np.array([MIDDLE]), np.array([float(people)]))
    seen = replace(
        spot(MIDDLE),
        opened_at=NOW - timedelta(days=2),
        quiet_since=None if quiet_h is None else NOW - timedelta(hours=quiet_h),
        complaint_ids=tuple(ids.tolist()),
    )
    scales = Scales(ComplaintColumns(**columns), weights, exposure, [])
    return scales.facts(seen, NOW, packaged_policy().priority)


@settings(max_examples=60)
@given(
    st.lists(TOLD, min_size=1, max_size=8),
    TOLD,
    st.integers(0, 30),
    st.one_of(st.none(), st.integers(0, 60)),
)
def test_who_complains_late_takes_nothing_away(told, more, people, quiet_h):
    """A customer who complains is silent no more; nor may the spot lose by it."""
    before, after = weighed(told, people, quiet_h), weighed([*told, more], people, quiet_h)
    assert after.priority >= before.priority
    assert before.customers_silent == max(people - before.customers_complained, 0)
    assert after.priority == sum(part["points"] for part in after.parts)


def test_an_object_weighs_in_the_zone_that_holds_it(scales):
    lat, lon = h3.cell_to_latlng(RING[0])
    school = VulnerableObject("s", ObjectKind.SCHOOL, "Школа", lat, lon)
    nothing = ComplaintColumns(*[NOTHING] * 7), WeightColumns(*[NOTHING] * 4)
    held = Scales(*nothing, Exposure(NOTHING, NOTHING * 1.0), [], [school])
    policy = packaged_policy().priority
    plain = scales.facts(spot(RING[0]), NOW, policy).priority
    assert held.facts(spot(RING[0]), NOW, policy).priority == plain + policy.vulnerable["school"]
    assert held.facts(spot(RING[1]), NOW, policy).priority == plain


def test_what_a_customer_is_worth_changes_the_order_of_spots_and_never_which_open(
    tmp_path, sqlite_template
):
    rng = np.random.default_rng(5)
    plain, told = town.rows(), town.rows()
    for row in told:
        row["segment"] = str(rng.choice(Segment))
        row["ltv"] = None if rng.random() < 0.3 else float(rng.lognormal(8, 3))
        row["critical"] = bool(rng.random() < 0.3)
    until, found = town.FAULT_AT + timedelta(hours=9), []
    for name, rows in (("plain", plain), ("worth", told)):
        store = open_store(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / name)}")
        town.settle(store)
        town.tell(store, rows)
        with store.writing() as connection:
            detection.note_ticks(connection, [until - timedelta(hours=1)], town.CLOCK.now, 1)
        find_spots.detect(store, until, town.CLOCK, lambda *_: None)
        with store.reading() as connection:
            found.append(load_cases(connection))
        store.close()
    assert found[0]
    assert [case.detected for case in found[0]] == [case.detected for case in found[1]]
    assert all(one.now.priority != other.now.priority for one, other in zip(*found, strict=True))
