import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest

from heatmaps.errors import ConfigError, UsageError
from heatmaps.spots.detector import Detector, reach_back
from heatmaps.spots.explained import Explained
from heatmaps.spots.record import DetectedSpot, Exposure, Signal, taken

from .region import CENTRE, HOUR_US, START_US, Run, make_columns, replay

pytestmark = pytest.mark.usefixtures("coarse_calibration")

ZONE = ZoneInfo("Europe/Moscow")
START = datetime(2024, 3, 4, tzinfo=UTC)
NOBODY = Exposure(np.zeros(0, dtype=np.int64), np.zeros(0))
QUARTER = np.array(h3.grid_disk(CENTRE, 1), dtype=np.int64)


def at(hours):
    return START + timedelta(hours=hours)


def usual(town, days, seed=1, per_day=12):
    rng = np.random.default_rng(seed)
    count = int(per_day * days)
    return rng.choice(town.cell, count), rng.uniform(0, days * 24, count), rng.integers(0, 7, count)


def with_fault(town, days=20, at_h=400, size=12, seed=1, **kw):
    """Usual complaints and a burst of `size` on a block within five hours, all on one topic."""
    rng = np.random.default_rng(seed + 100)
    cells, hours, topic = usual(town, days, seed)
    return make_columns(
        np.concatenate([cells, rng.choice(QUARTER, size)]),
        np.concatenate([hours, at_h + rng.uniform(0, 5, size)]),
        topic=np.concatenate([topic, np.full(size, 2)]),
        **kw,
    )


def explained_by(columns, *spots):
    explained = Explained(columns)
    for spot in spots:
        explained.take_in(spot)
    return explained


def spots_of(detector, columns, first_h, last_h):
    return replay(detector, columns, at(first_h), at(last_h))


def test_a_fault_opens_one_spot_that_grows_and_turns_quiet(town, small):
    run = spots_of(Detector(town, small, ZONE), with_fault(town), 396, 440)
    assert list(run.opened) == [1]
    first, last = run.opened[1], run.last[1]
    assert at(401) <= first.opened_at <= at(404)
    assert first.topic in {"no_internet", "all"}
    assert first.observed >= small.min_customers
    assert first.recurrence_days >= small.recurrence_days_per_million
    assert first.signal is Signal.ACTIVE
    assert len(last.complaint_ids) >= 10
    assert last.signal is Signal.QUIET
    assert last.quiet_since is not None
    assert last.quiet_since <= at(420)
    assert last.cells_opened == first.cells_opened


@pytest.mark.parametrize("half_h", [403, 408])
def test_two_halves_with_records_between_are_one_run(town, small, half_h):
    whole, rest = whole_and_halves(
        lambda: Detector(town, small, ZONE), with_fault(town), 350, half_h, 430
    )
    assert rest.last == whole.last
    assert rest.opened == whole.opened
    assert rest.next_id == whole.next_id


@pytest.mark.parametrize("half_h", [405])
def test_a_run_killed_the_day_a_slow_fault_opens_finds_the_same(town, small, half_h):
    """Its first complaints are old enough to teach: the day's expectation keeps them."""
    rng, size = np.random.default_rng(3), 16
    slow = np.sort(rng.uniform(320, 480, size))
    usual = with_fault(town, size=0)
    columns = make_columns(
        np.concatenate([usual.cell, rng.choice(QUARTER, size)]),
        np.concatenate([(usual.time - START_US) / HOUR_US, slow]),
        topic=np.concatenate([usual.topic, np.full(size, 2)]),
    )
    whole, rest = whole_and_halves(lambda: Detector(town, small, ZONE), columns, 400, half_h, 430)
    first = whole.opened[1]
    oldest = columns.time[columns.complaint_id == first.complaint_ids[0]][0]
    assert at(384) < first.opened_at < at(half_h)
    assert oldest < START_US + (384 - small.guard_band_h) * HOUR_US
    assert rest.last == whole.last
    assert rest.opened == whole.opened


def whole_and_halves(make, columns, first_h, half_h, last_h):
    """One run, and one that goes on from records, with a detector of its own, after `half_h`."""
    whole = spots_of(make(), columns, first_h, last_h)
    half = spots_of(make(), columns, first_h, half_h)
    resumed = Run(
        half.opened,
        {k: restored(spot) for k, spot in half.last.items()},
        tuple(restored(spot) for spot in half.living),
        half.next_id,
    )
    fresh = columns_known_by(columns, at(last_h))
    return whole, replay(make(), fresh, at(half_h + 1), at(last_h), resumed)


def restored(spot):
    text = json.dumps(asdict(spot), default=lambda value: value.isoformat())
    values = json.loads(text)
    for name in ("opened_at", "last_tick", "quiet_since"):
        values[name] = values[name] and datetime.fromisoformat(values[name])
    for name in ("cells", "cells_opened", "complaint_ids"):
        values[name] = tuple(values[name])
    return DetectedSpot(**{**values, "signal": Signal(values["signal"])})


def columns_known_by(columns, tick):
    now = int(tick.timestamp()) * 1_000_000
    return taken(columns, columns.available <= now)


def test_columns_read_no_further_back_than_asked_give_the_same(town, small):
    short = small.model_copy(update={"baseline_days": 7})
    columns = with_fault(town, days=40, at_h=900)
    start = START_US + 895 * HOUR_US - int(reach_back(short).total_seconds()) * 1_000_000
    cut = taken(columns, columns.time >= start)
    one, other = (spots_of(Detector(town, short, ZONE), c, 896, 910) for c in (columns, cut))
    assert one.last == other.last
    assert one.opened


def test_order_of_living_changes_nothing(town, small):
    columns = with_fault(town)
    run = spots_of(Detector(town, small, ZONE), columns, 396, 402)
    twin = replace(run.living[0], spot_id=9, cells=(town.cell[0].item(),), complaint_ids=(5,))
    living, detector = (*run.living, twin), Detector(town, small, ZONE)
    one = detector.step(columns, at(403), living, explained_by(columns, *living), 10)
    back = living[::-1]
    other = detector.step(columns, at(403), back, explained_by(columns, *back), 10)
    assert one == other


def test_what_is_not_known_yet_waits_for_its_tick(town, small):
    late = np.concatenate([np.zeros(240), np.full(12, 415.0)])
    columns = with_fault(town, available_h=late)
    run = spots_of(Detector(town, small, ZONE), columns, 396, 420)
    assert [spot.opened_at for spot in run.opened.values()] == [at(415)]


def test_a_complaint_from_the_future_waits(town, small):
    columns = with_fault(town, at_h=500)
    early = replace(columns, available=np.full(len(columns.time), START_US))
    run = spots_of(Detector(town, small, ZONE), early, 480, 500)
    assert run.opened == {}


def test_complaints_of_past_spots_open_nothing_again(town, small):
    columns = with_fault(town)
    explained = Explained(columns)
    explained.note(columns.complaint_id[columns.topic == 2], 0.1, at(400), 7)
    result = Detector(town, small, ZONE).step(columns, at(404), (), explained, 5)
    assert result.spots == ()
    assert result.next_id == 5


def test_one_customer_floods_nothing(town, small):
    cells, hours, topic = usual(town, 20)
    rng = np.random.default_rng(0)
    many = 10_000
    columns = make_columns(
        np.concatenate([cells, rng.choice(QUARTER, many)]),
        np.concatenate([hours, rng.uniform(380, 420, many)]),
        topic=np.concatenate([topic, rng.integers(0, 7, many)]),
        customer=np.concatenate([np.arange(len(cells)) + 10, np.full(many, 1)]),
    )
    assert spots_of(Detector(town, small, ZONE), columns, 400, 412).opened == {}


def test_ten_thousand_customers_on_one_point_are_one_spot(town, small):
    cells, hours, topic = usual(town, 20)
    many = 10_000
    columns = make_columns(
        np.concatenate([cells, np.full(many, CENTRE)]),
        np.concatenate([hours, np.linspace(400, 403, many)]),
        topic=np.concatenate([topic, np.full(many, 1)]),
    )
    run = spots_of(Detector(town, small, ZONE), columns, 399, 405)
    assert len(run.opened) == 1
    assert len(run.last[1].complaint_ids) >= many * 0.99


@pytest.mark.parametrize("people", [0.0, 30.0])
def test_an_empty_region_stays_empty(town, small, people):
    exposure = Exposure(town.cell, np.full(len(town.cell), people))
    run = spots_of(Detector(exposure, small, ZONE), make_columns(CENTRE, []), 0, 3)
    assert run.last == {}


def test_one_day_of_history_does_not_flood(town, small):
    cells, hours, topic = usual(town, 3, per_day=60)
    columns = make_columns(cells, hours, topic=topic)
    run = spots_of(Detector(town, small, ZONE), columns, 1, 48)
    assert len(run.opened) <= 3


def test_without_exposure_a_fault_is_found_and_nothing_floods(town, small):
    run = spots_of(Detector(NOBODY, small, ZONE), with_fault(town), 380, 410)
    ids = set(run.last[1].complaint_ids) if run.last else set()
    assert len(run.opened) <= 2
    assert len(ids) >= 8


def test_without_exposure_the_first_days_do_not_flood(town, small):
    cells, hours, topic = usual(town, 3, per_day=60)
    columns = make_columns(cells, hours, topic=topic)
    assert len(spots_of(Detector(NOBODY, small, ZONE), columns, 1, 48).opened) <= 3


def test_a_bad_day_everywhere_opens_no_rain_of_spots(town, small):
    cells, hours, topic = usual(town, 20)
    rng = np.random.default_rng(4)
    more = 300
    columns = make_columns(
        np.concatenate([cells, rng.choice(town.cell, more)]),
        np.concatenate([hours, rng.uniform(400, 424, more)]),
        topic=np.concatenate([topic, rng.integers(0, 7, more)]),
    )
    assert len(spots_of(Detector(town, small, ZONE), columns, 396, 424).opened) <= 3


def test_a_village_known_as_one_point_forms_a_spot_at_its_own_resolution(town, small):
    village = h3.latlng_to_cell(60.3, 30.9, 8)
    people = np.full(len(town.cell) + 7, 30.0)
    exposure = Exposure(
        np.concatenate([town.cell, np.array(h3.cell_to_children(village, 9))]), people
    )
    cells, hours, topic = usual(town, 20)
    columns = make_columns(
        np.concatenate([cells, np.full(8, village)]),
        np.concatenate([hours, np.linspace(400, 404, 8)]),
        topic=np.concatenate([topic, np.full(8, 0)]),
    )
    run = spots_of(Detector(exposure, small, ZONE), columns, 399, 406)
    assert len(run.opened) == 1
    cells, resolution = run.last[1].cells, run.last[1].resolution
    assert resolution == 8 or set(h3.cell_to_children(village, 9)) <= set(cells)


@pytest.mark.parametrize(
    "tick",
    [datetime(2024, 3, 4, 12), datetime(2024, 3, 4, 12, 30, tzinfo=UTC)],  # noqa: DTZ001 - a naive tick is the case
)
def test_a_tick_is_a_full_hour_with_a_zone(town, small, tick):
    none = make_columns(CENTRE, [])
    with pytest.raises(UsageError, match="full hour"):
        Detector(town, small, ZONE).step(none, tick, (), Explained(none), 1)


@pytest.mark.parametrize(
    ("cell", "people", "word"),
    [
        (h3.cell_to_parent(CENTRE, 7), 5.0, "resolution 7"),
        (CENTRE, -1.0, "-1.0"),
        (CENTRE, float("nan"), "nan"),
    ],
)
def test_a_wrong_exposure_is_refused_with_its_value(small, cell, people, word):
    with pytest.raises(ConfigError, match=word):
        Detector(Exposure(np.array([cell]), np.array([people])), small, ZONE)


def test_a_spot_outlives_a_policy_that_scans_other_resolutions(town, small):
    columns = with_fault(town)
    run = spots_of(Detector(town, small, ZONE), columns, 396, 402)
    other = small.model_copy(update={"resolutions": (7,), "windows_h": (48,)})
    explained = explained_by(columns, *run.living)
    result = Detector(town, other, ZONE).step(columns, at(403), run.living, explained, run.next_id)
    assert [spot.spot_id for spot in result.spots][:1] == [1]
